"""The pool: hands work to evaluators, and ends those that take too long, too much, or work for nobody."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

from qwen_kg.errors import BusyError, TimeLimitError, from_wire
from qwen_kg.limits import Limits
from qwen_kg.workers.child import EndedError, Evaluator
from qwen_kg.workers.evaluators import Nursery
from qwen_kg.workers.messages import Message

_PERIOD = 0.02  # seconds between two looks at the clock
_LONG = 0.25  # seconds after which an evaluation has to give way to others
_LOW_PRIORITY = 15


class Watch(Protocol):
    """Is told once when a request turns out to take long; it may cancel the task then."""

    def __call__(self) -> object: ...  # noqa: D102


class Pool:
    """Evaluators of one store, at most ``limits.workers`` of them. All methods run in one event loop.

    ``counts`` are totals since the start: evaluations ``asked``, and evaluators ``killed`` and ``failed``.
    """

    def __init__(self, nursery: Nursery, limits: Limits) -> None:
        self._nursery, self._limits = nursery, limits
        self._room = limits.workers  # for so many more evaluations
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._idle: list[Evaluator] = []
        self._busy: dict[Evaluator, tuple[float, float, Watch | None]] = {}
        self._place: Any = None
        self._sweeping: asyncio.TimerHandle | None = None
        self.counts = {"asked": 0, "killed": 0, "failed": 0}

    @property
    def busy(self) -> int:
        """How many evaluators work at the moment."""
        return len(self._busy)

    @property
    def waiting(self) -> int:
        """How many requests wait for one."""
        return len(self._waiting)

    async def ask(
        self, head: Mapping[str, Any], body: bytes, timeout: float | None = None, watch: Watch | None = None
    ) -> Message:
        """Have an evaluator answer a message; when the task is cancelled, the evaluator is ended.

        Args:
            head: what to do; see :mod:`qwen_kg.workers.evaluator`.
            body: with what.
            timeout: seconds it may take; never more than the limit of the pool.
            watch: is called once when the evaluation takes long or has to wait.

        Raises:
            BusyError: too many requests wait already, or this one waited as long as it might have taken.
            TimeLimitError: it took too long.
            MemoryLimitError: it needed too much memory.
            LimitError: it nests so deeply that the evaluator broke.
            QwenKgError: what the evaluator answered.
        """
        allowed = min(timeout or self._limits.timeout, self._limits.timeout)
        if await self._enter(watch):
            watch = None
        try:
            evaluator = self._any_idle() or await self._fork()
            answer = await self._evaluate(evaluator, head, body, allowed, watch)
        finally:
            self._leave()
        if "error" in answer.head:
            raise from_wire(answer.head)
        return answer

    def renew(self, place: Any) -> None:
        """Have all work that comes from now on done by evaluators that open another place."""
        self._place = place
        while self._idle:
            self._idle.pop().close()

    def places(self) -> list[Any]:
        """Give the places that evaluators have open or will open; others are no longer needed."""
        return [self._place, *(evaluator.place for evaluator in self._busy)]

    async def _enter(self, watch: Watch | None) -> bool:
        """Take room for an evaluation, in the order of the requests; say whether it had to be waited for."""
        if self._room:
            self._room -= 1
            return False
        if len(self._waiting) >= self._limits.waiting:
            raise BusyError("too many requests wait for an answer already", retry_after=1)
        if watch is not None:
            watch()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._limits.timeout):
                await turn
        except BaseException as error:
            if not turn.cancelled():  # its turn came in the same moment
                self._leave()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise BusyError("all evaluators were busy for too long", retry_after=2) from None
            raise
        return True

    def _leave(self) -> None:
        """Give room back: to whoever waits longest, who keeps it from those that come later."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._room += 1

    def _any_idle(self) -> Evaluator | None:
        """Give the evaluator that was used last and still lives."""
        while self._idle:
            evaluator = self._idle.pop()
            if evaluator.alive:
                return evaluator
            evaluator.close()
        return None

    async def _fork(self) -> Evaluator:
        """Give a new evaluator of the place that is served when it is there."""
        try:
            async with asyncio.timeout(self._limits.timeout):
                while True:
                    place = self._place
                    evaluator = await self._nursery.fork(place)
                    if place is self._place:
                        return evaluator
                    evaluator.close()
        except TimeoutError:
            raise BusyError("the data were not there for too long", retry_after=2) from None

    async def _evaluate(
        self, evaluator: Evaluator, head: Mapping[str, Any], body: bytes, allowed: float, watch: Watch | None
    ) -> Message:
        started = time.monotonic()
        self._busy[evaluator] = (started, started + allowed, watch)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(_PERIOD, self._sweep)
        self.counts["asked"] += 1
        try:
            return await evaluator.ask({**head, "timeout": allowed}, body)
        except EndedError as end:
            if time.monotonic() - started >= allowed:
                self.counts["killed"] += 1
                told = f"this took longer than {allowed:g} seconds and was ended"
                raise TimeLimitError(told, allowed) from None
            self.counts["failed"] += 1
            raise end.reason(self._limits) from None
        except asyncio.CancelledError:
            self._nursery.kill(evaluator)
            raise
        finally:
            del self._busy[evaluator]
            self._give_back(evaluator, time.monotonic() - started)

    def _give_back(self, evaluator: Evaluator, took: float) -> None:
        """Keep an evaluator for the next request, unless it is gone, outdated, or of low priority by now."""
        if evaluator.alive and evaluator.place is self._place and took < _LONG:
            self._idle.append(evaluator)
        else:
            evaluator.close()

    def _sweep(self) -> None:
        """End what is over its time, and let what takes long give way."""
        loop = asyncio.get_running_loop()
        self._sweeping = loop.call_later(_PERIOD, self._sweep) if self._busy else None
        now = time.monotonic()
        for evaluator, (started, deadline, watch) in list(self._busy.items()):
            if now > deadline and evaluator.alive:
                self._nursery.kill(evaluator)
            elif now - started > _LONG and not evaluator.slow:
                evaluator.slow = True
                _lower_priority(evaluator.pid)
                if watch is not None:
                    watch()


def _lower_priority(process: int) -> None:
    """Let others go before a process; for Linux each of its threads has a priority of its own."""
    with contextlib.suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{process}/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), _LOW_PRIORITY)
