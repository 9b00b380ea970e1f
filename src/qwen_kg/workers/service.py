"""A store that is served: read by a pool of evaluators, and written to by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from qwen_kg.errors import BusyError, ForbiddenError
from qwen_kg.limits import Limits
from qwen_kg.results import Result
from qwen_kg.workers.evaluators import Nursery
from qwen_kg.workers.messages import Message
from qwen_kg.workers.pool import Pool, Watch
from qwen_kg.workers.writer import Writer


class Service:
    """A pool, and where the store may be written to, its one writer.

    Readers never open the store that is written to: after each write they get a snapshot of it (a checkpoint
    of RocksDB, made of hard links in some milliseconds), so that a query sees the data of one moment, and the
    writer can be ended without harm to any reader. A write is acknowledged when queries can see it.

    ``writes`` counts the snapshots, and ``changed`` is called whenever queries see other data.
    """

    def __init__(self, nursery: Nursery, limits: Limits, directory: Path | None = None) -> None:
        """Put a service together; with a directory, which holds the store, it may be written to."""
        self.pool = Pool(nursery, limits)
        self.store = PooledStore(self.pool)
        self.writes = 0
        self.changed: Callable[[], object] = lambda: None
        self._nursery, self._limits = nursery, limits
        nursery.renewed = self._note_renewal
        self._writer = Writer(nursery, limits, directory) if directory is not None else None
        self._turn, self._queued = asyncio.Lock(), 0
        self._writing: asyncio.Task[Mapping[str, Any]] | None = None

    @property
    def identity(self) -> str:
        """What differs whenever the data differ."""
        return f"{self._nursery.identity}-{self.writes}"

    @property
    def usable(self) -> bool:
        """Whether queries can be answered now."""
        return self._nursery.usable

    async def start(self) -> None:
        """Open the store.

        Raises:
            QwenKgError: it cannot be opened.
        """
        self.store.loop = asyncio.get_running_loop()
        await self._nursery.start()
        if self._writer is not None:
            await self._writer.open()
            await self._publish(self._writer)
        await self.pool.ask(_query(), b"ASK {}")

    def stop(self) -> None:
        """End all processes."""
        self._nursery.close()
        if self._writer is not None:
            self._writer.clear_own()

    async def write(
        self, head: Mapping[str, Any], body: bytes, timeout: float | None = None
    ) -> Mapping[str, Any]:
        """Change the store; one write after the other, in the order in which they come.

        One that has begun comes to its end, whether somebody still waits for it or not.

        Args:
            head: what to do; see :mod:`qwen_kg.workers.evaluator`.
            body: with what.
            timeout: seconds it may take; never more than the limit of the service.

        Raises:
            ForbiddenError: the store is not one that may be written to.
            TimeLimitError: it took too long, and nothing of it was kept.
            BusyError: too many wait already, this one waited as long as it might have taken, or the writer
                ended by accident; the message says when it may have been kept.
            QwenKgError: what was wrong with it; nothing of it was kept.
        """
        if self._writer is None:
            raise ForbiddenError("this store is not one that may be written to")
        if self._turn.locked() and self._queued >= self._limits.waiting:
            raise BusyError("too many writes wait already", retry_after=1)
        allowed = min(timeout or self._limits.timeout, self._limits.timeout)
        self._queued += 1
        try:
            async with asyncio.timeout(self._limits.timeout):
                await self._turn.acquire()
        except TimeoutError:
            raise BusyError("other writes took too long", retry_after=2) from None
        finally:
            self._queued -= 1
        self._writing = asyncio.create_task(self._write(self._writer, head, body, allowed))
        self._writing.add_done_callback(lambda _: self._turn.release())
        return await asyncio.shield(self._writing)

    async def _write(
        self, writer: Writer, head: Mapping[str, Any], body: bytes, allowed: float
    ) -> Mapping[str, Any]:
        try:
            told = await writer.write(head, body, allowed)
        except BusyError:  # it may have been kept
            await self._publish(writer)
            raise
        await self._publish(writer)
        return told

    def _note_renewal(self) -> None:
        self.changed()

    async def _publish(self, writer: Writer) -> None:
        """Have readers see the store as it is now."""
        path = await writer.snapshot()
        self.writes += 1
        self.pool.renew(["snapshot", str(path)])
        self.changed()
        writer.clear({place[1] for place in self.pool.places()})


def _query(
    accept: str | None = None,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    base: str | None = None,
) -> dict[str, Any]:
    return {
        "do": "query",
        "accept": accept,
        "default_graphs": [*default_graphs],
        "named_graphs": [*named_graphs],
        "base": base,
    }


class Errand:
    """What a thread asks a pool for one request: each query in less time than usual, and none after its end.

    ``timeout`` is in seconds; ``watch`` is told when a query takes long, see :meth:`Pool.ask`.
    """

    def __init__(self, timeout: float | None = None, watch: Watch | None = None) -> None:
        self.timeout, self.watch = timeout, watch
        self._asked: set[Future[Message]] = set()
        self._ended = False

    def wait(self, asked: Future[Message]) -> Message:
        """Wait for an answer.

        Raises:
            BusyError: the errand has ended.
            QwenKgError: what the pool answers.
        """
        self._asked.add(asked)
        try:
            if self._ended:
                asked.cancel()
            return asked.result()
        except CancelledError:
            raise BusyError("nobody waits for this any more", retry_after=1) from None
        finally:
            self._asked.discard(asked)

    def end(self) -> None:
        """End what is asked at the moment, because nobody waits for it any more."""
        self._ended = True
        for asked in [*self._asked]:
            asked.cancel()


#: The errand that a thread is on; it is passed on by the context in which the thread was started.
ERRAND: ContextVar[Errand] = ContextVar("ERRAND")


class PooledStore:
    """The pool as a :class:`qwen_kg.results.Store`, for threads other than that of the event loop."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.loop: asyncio.AbstractEventLoop | None = None

    def query(
        self,
        text: str,
        *,
        accept: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Result:
        """Answer a query; see :meth:`qwen_kg.results.Store.query`, :meth:`Pool.ask` and :class:`Errand`."""
        if self.loop is None:
            raise BusyError("the server has not started yet", retry_after=1)
        errand = ERRAND.get(None) or Errand()
        head, body = _query(accept, default_graphs, named_graphs, base), text.encode("utf-8", "surrogatepass")
        asked = self._pool.ask(head, body, errand.timeout, errand.watch)
        found = errand.wait(asyncio.run_coroutine_threadsafe(asked, self.loop))
        return Result(found.head["media_type"], found.body)
