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
_SHORT = 0.03  # seconds in which most evaluations end
_LONG = 0.25  # seconds after which an evaluation has to give way to others
_LOW_PRIORITY = 15


class Watch(Protocol):
    """Is told once when a request turns out to take long; it may cancel the task then."""

    def __call__(self) -> object: ...  # noqa: D102


class _Work:
    """What one request asks for, from when it comes until it is answered.

    ``since`` is when it came, or when its evaluation began; ``short`` whether it may still turn out to be so.
    """

    __slots__ = ("deadline", "short", "since", "turn", "watch")

    def __init__(self, watch: Watch | None) -> None:
        self.since, self.watch, self.short = time.monotonic(), watch, True
        self.deadline = 0.0  # of the evaluation
        self.turn: asyncio.Future[None] | None = None  # where it has to wait

    def look(self) -> None:
        """Have it watched from now on whether the client is still there."""
        if self.watch is not None:
            self.watch()
            self.watch = None


class Pool:
    """Evaluators of one store, at most ``limits.workers`` of them. All methods run in one event loop.

    Of the evaluations that have just begun, only about as many run at once as there are processors: then few
    evaluators do all short work, and their data stay in the caches of the processors, which makes point
    look-ups several times as fast. One that takes longer no longer counts, so that it holds up nobody.

    ``counts`` are totals since the start: evaluations ``asked``, and evaluators ``killed`` and ``failed``.
    """

    def __init__(self, nursery: Nursery, limits: Limits) -> None:
        self._nursery, self._limits = nursery, limits
        self._room = limits.workers  # for so many more evaluations
        self._starts = _processors() + 1  # so many of which may be short ones
        self._waiting: deque[_Work] = deque()
        self._idle: list[Evaluator] = []
        self._busy: dict[Evaluator, _Work] = {}
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
        work = _Work(watch)
        await self._enter(work)
        try:
            evaluator = self._any_idle() or await self._fork()
            answer = await self._evaluate(evaluator, head, body, allowed, work)
        finally:
            self._leave(work)
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

    async def _enter(self, work: _Work) -> None:
        """Take room for an evaluation, in the order of the requests."""
        if len(self._waiting) >= self._limits.waiting + self._room:
            raise BusyError("too many requests wait for an answer already", retry_after=1)
        self._waiting.append(work)
        self._admit()
        if not self._waiting or self._waiting[-1] is not work:
            return
        work.turn = asyncio.get_running_loop().create_future()
        self._look_after()
        try:
            await work.turn
        except BaseException:
            if work in self._waiting:
                self._waiting.remove(work)
            elif not work.turn.cancelled() and work.turn.exception() is None:  # its turn came in this moment
                self._leave(work)
            raise

    def _admit(self) -> None:
        """Let those in for whom there is room, first whoever waits longest."""
        while self._waiting and self._room and self._starts:
            work = self._waiting.popleft()
            if work.turn is None or not work.turn.done():
                self._room, self._starts = self._room - 1, self._starts - 1
                if work.turn is not None:
                    work.turn.set_result(None)

    def _leave(self, work: _Work) -> None:
        """Give room back."""
        self._room, self._starts = self._room + 1, self._starts + work.short
        self._admit()

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
        self, evaluator: Evaluator, head: Mapping[str, Any], body: bytes, allowed: float, work: _Work
    ) -> Message:
        started = work.since = time.monotonic()
        work.deadline = started + allowed
        self._busy[evaluator] = work
        self._look_after()
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

    def _look_after(self) -> None:
        """See to it that somebody looks at the clock."""
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(_PERIOD, self._sweep)

    def _sweep(self) -> None:
        """End what is over its time, and let what takes long give way."""
        self._sweeping, now = None, time.monotonic()
        for evaluator, work in self._busy.items():
            lasted = now - work.since
            if now > work.deadline and evaluator.alive:
                self._nursery.kill(evaluator)
            elif lasted > _LONG and not evaluator.slow:
                evaluator.slow = True
                _lower_priority(evaluator.pid)
                work.look()
            if lasted > _SHORT and work.short:
                work.short = False
                self._starts += 1
        for work in self._waiting:
            if now - work.since > _SHORT:
                work.look()
            if now - work.since > self._limits.timeout and work.turn is not None and not work.turn.done():
                work.turn.set_exception(BusyError("all evaluators were busy for too long", retry_after=2))
        self._admit()
        if self._busy or self._waiting:
            self._look_after()


def _processors() -> int:
    """Count the processors that this process may use; where that is not told, those of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _lower_priority(process: int) -> None:
    """Let others go before a process; for Linux each of its threads has a priority of its own."""
    with contextlib.suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{process}/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), _LOW_PRIORITY)
