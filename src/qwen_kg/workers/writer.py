"""The one process that writes to a store on disk, and the snapshots that it makes for readers."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from qwen_kg.errors import BusyError, InputError, TimeLimitError, from_wire
from qwen_kg.limits import Limits
from qwen_kg.workers.child import EndedError, Evaluator
from qwen_kg.workers.evaluators import Nursery

_PATIENCE = 60.0  # seconds that opening the store, keeping a change, or making a snapshot may take
_TRIES = 3  # at making a snapshot


class Writer:
    """An evaluator that has the store for itself; another takes its place when it has ended.

    It can be ended for its time at any moment before it says that a change is *settled*: done, and not kept
    yet. Then it waits for the word to keep it. So of what is said to have been ended, nothing was kept.
    """

    def __init__(self, nursery: Nursery, limits: Limits, directory: Path) -> None:
        """Say which store is written to: the directory that holds it."""
        self._nursery, self._limits, self._directory = nursery, limits, directory
        self._evaluator: Evaluator | None = None
        # Another server, one that was killed or that has yet to end, has other names for its snapshots.
        self._name, self._numbers = secrets.token_hex(4), itertools.count(1)

    async def open(self) -> Evaluator:
        """Open the store, and give what has it open.

        Raises:
            QwenKgError: it cannot be opened.
        """
        evaluator = await self._nursery.fork(["live", str(self._directory)], judges=True)
        try:
            told = await self._ask(evaluator, {"do": "open"}, b"", _PATIENCE)
        except EndedError as end:
            raise end.reason(self._limits) from None
        if "error" in told:
            raise from_wire(told)
        self._evaluator = evaluator
        return evaluator

    async def write(self, head: Mapping[str, Any], body: bytes, allowed: float) -> Mapping[str, Any]:
        """Change the store, and give what is told of it.

        Args:
            head: what to do; see :mod:`qwen_kg.workers.evaluator`.
            body: with what.
            allowed: seconds it may take.

        Raises:
            TimeLimitError: it took too long, and nothing of it was kept.
            BusyError: the process ended by accident; if the change was settled, it may have been kept.
            QwenKgError: what was wrong with it; nothing of it was kept.
        """
        evaluator = await self._opened()
        started, settled = time.monotonic(), False
        try:
            told = await self._ask(evaluator, head, body, allowed)
            if "settled" in told:
                settled = evaluator.alive  # otherwise it is killed already, and gets no word
                told = await self._ask(evaluator, {}, b"", _PATIENCE)
        except EndedError as end:
            if settled:
                why = "its process ended while the change was being kept; a query shows whether it was"
                raise BusyError(why, retry_after=1) from None
            if time.monotonic() - started >= allowed:
                why = f"this took longer than {allowed:g} seconds and was ended; nothing of it was kept"
                raise TimeLimitError(why, allowed) from None
            raise end.reason(self._limits) from None
        if "error" in told:
            raise from_wire(told)
        return told

    async def snapshot(self) -> Path:
        """Make a snapshot of the store as it is now, and give its directory.

        Raises:
            BusyError: it could not be made, again and again.
        """
        for _ in range(_TRIES):
            path = self._snapshots / f"{self._name}-{next(self._numbers)}"
            with contextlib.suppress(EndedError, BusyError):
                head = {"do": "backup", "path": str(path)}
                if "error" not in await self._ask(await self._opened(), head, b"", _PATIENCE):
                    return path
        raise BusyError("what was written cannot be shown at the moment", retry_after=2)

    def clear(self, needed: Collection[str]) -> None:
        """Remove all snapshots but those that are needed; only whoever has the store open may do so."""
        for path in self._snapshots.iterdir():
            if str(path) not in needed:
                shutil.rmtree(path, ignore_errors=True)

    def clear_own(self) -> None:
        """Remove the snapshots that were made here."""
        for path in self._snapshots.glob(f"{self._name}-*"):
            shutil.rmtree(path, ignore_errors=True)

    @property
    def _snapshots(self) -> Path:
        return self._directory / "snapshots"

    async def _opened(self) -> Evaluator:
        if self._evaluator is not None and self._evaluator.alive:
            return self._evaluator
        try:
            return await self.open()
        except InputError as error:  # it was right when the server started, so it is no fault of the request
            raise BusyError("the store cannot be written to at the moment", retry_after=5) from error

    async def _ask(
        self, evaluator: Evaluator, head: Mapping[str, Any], body: bytes, allowed: float
    ) -> Mapping[str, Any]:
        with self._clock(evaluator, allowed):
            return (await evaluator.ask({**head, "timeout": allowed}, body)).head

    @contextlib.contextmanager
    def _clock(self, evaluator: Evaluator, seconds: float) -> Iterator[None]:
        """End an evaluator after so many seconds."""
        clock = asyncio.get_running_loop().call_later(seconds, self._nursery.kill, evaluator)
        try:
            yield
        finally:
            clock.cancel()
