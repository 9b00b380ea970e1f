"""The nursery as the web process sees it: a socket in an event loop, over which others come."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from qwen_kg.errors import BusyError, QwenKgError, from_wire
from qwen_kg.federation.rewriting import Redirection
from qwen_kg.limits import Limits
from qwen_kg.workers.child import Evaluator
from qwen_kg.workers.messages import Outbox

_NO_CALLS = Redirection()
_PAUSE = 1.0  # seconds before what could not be started again is tried once more
_GRACE = 5.0  # seconds that the nursery has to end


class Nursery:
    """The process that forks evaluators; it is started again when it ends by accident.

    ``identity`` differs whenever the data differ, and ``renewed`` is called when it was started again.
    """

    def __init__(
        self,
        prepare: str,
        arguments: Mapping[str, Any],
        limits: Limits,
        redirection: Redirection = _NO_CALLS,
    ) -> None:
        """Say what to start.

        Args:
            prepare: ``module:function`` of what gives a :class:`qwen_kg.workers.nursery.Prepared`.
            arguments: its arguments, which JSON can carry.
            limits: for the evaluators.
            redirection: which other endpoints they may call.
        """
        self.identity = ""
        self.renewed: Callable[[], object] = lambda: None
        self._order = {
            "prepare": prepare,
            "arguments": arguments,
            "limits": asdict(limits),
            "redirection": asdict(redirection),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._outbox: Outbox | None = None
        self._children: dict[int, Evaluator] = {}
        self._births: deque[tuple[asyncio.Future[Evaluator], Any]] = deque()
        self._descriptors: deque[int] = deque()
        self._rest = b""
        self._ready: asyncio.Future[None] | None = None
        self._closing = False

    @property
    def usable(self) -> bool:
        """Whether it can fork now."""
        ready = self._ready
        return not self._closing and ready is not None and ready.done() and ready.exception() is None

    async def start(self) -> None:
        """Start the process, and wait until it has prepared what there is to prepare.

        Raises:
            QwenKgError: it cannot be prepared; the error is that of ``prepare``.
        """
        self._ready = asyncio.get_running_loop().create_future()
        self._launch()
        await self._ready

    async def fork(self, place: Any, *, judges: bool = False) -> Evaluator:
        """Give a new evaluator, as soon as the nursery can.

        Args:
            place: what ``Prepared.open`` is to open.
            judges: whether it judges what it writes.

        Raises:
            BusyError: it cannot at the moment.
        """
        while not self.usable:
            if self._ready is None or self._ready.done():
                raise BusyError("the data cannot be opened at the moment", retry_after=5)
            await asyncio.wait([self._ready])
        birth: asyncio.Future[Evaluator] = asyncio.get_running_loop().create_future()
        self._births.append((birth, place))
        self._tell({"fork": place, "judges": judges})
        try:
            return await birth
        except asyncio.CancelledError:
            if birth.done() and not birth.cancelled() and birth.exception() is None:
                birth.result().close()  # born in the moment in which nobody wanted it any more
            raise

    def kill(self, evaluator: Evaluator) -> None:
        """End an evaluator, whatever it does."""
        evaluator.alive = False
        if self._children.get(evaluator.pid) is evaluator:
            self._tell({"kill": evaluator.pid})

    def close(self) -> None:
        """End the process, and with it all evaluators."""
        self._closing = True
        self._drop()
        if self._ready is not None and not self._ready.done():
            self._fail(BusyError("the server is about to end", retry_after=5))
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
            self._process.kill()
            self._process.wait()

    def _launch(self) -> None:
        """Start the process, and give it its order."""
        if self._closing:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "qwen_kg.workers.nursery", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)  # noqa: S603
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        loop.add_reader(ours, self._hear)
        self._control, self._outbox = ours, Outbox(ours, loop)
        self._tell(self._order)

    def _tell(self, what: Mapping[str, Any]) -> None:
        if self._outbox is not None:
            self._outbox.put(json.dumps(what).encode() + b"\n")

    def _hear(self) -> None:
        """Hear what the nursery tells: a line each, some with the socket of a new evaluator."""
        if self._control is None:
            return
        try:
            chunk, descriptors, _, _ = socket.recv_fds(self._control, 65536, 16)
        except BlockingIOError:
            return
        except OSError:
            chunk, descriptors = b"", []
        self._descriptors.extend(descriptors)
        if not chunk:
            self._start_again()
            return
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._note(json.loads(line))

    def _note(self, told: Mapping[str, Any]) -> None:
        if "forked" in told and self._descriptors:
            birth, place = self._births.popleft()
            evaluator = Evaluator(told["forked"], socket.socket(fileno=self._descriptors.popleft()), place)
            self._children[evaluator.pid] = evaluator
            if birth.done():  # whoever wanted it has given up
                evaluator.close()
            else:
                birth.set_result(evaluator)
        elif "forked" in told or "unborn" in told:  # there, or here, no more sockets can be opened
            birth, _ = self._births.popleft()
            if not birth.done():
                birth.set_exception(BusyError("no process can be started at the moment", retry_after=2))
        elif "ended" in told:
            if told["ended"] in self._children:
                self._children.pop(told["ended"]).end(told["signal"])
        elif self._ready is not None and not self._ready.done():
            if "failed" in told:
                if not self.identity:  # what was prepared once is tried again
                    self._closing = True
                    self._fail(from_wire(told["failed"]))
            else:
                again, self.identity = bool(self.identity), told["ready"]
                self._ready.set_result(None)
                if again:
                    self.renewed()

    def _fail(self, error: QwenKgError) -> None:
        """Tell whoever waits until the nursery is ready that it will not be."""
        if self._ready is not None:
            self._ready.set_exception(error)
            self._ready.exception()  # nobody may be waiting, and then it is no fault that nobody sees it

    def _drop(self) -> None:
        """Let go of the process, of what it had forked, and of who waits for it to fork."""
        if self._control is not None and self._outbox is not None:
            self._outbox.close()
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
        self._control, self._outbox, self._rest = None, None, b""
        while self._descriptors:  # of an evaluator whose line did not come any more
            socket.close(self._descriptors.popleft())
        for evaluator in self._children.values():
            evaluator.end(signal.SIGKILL)
        self._children.clear()
        while self._births:
            birth, _ = self._births.popleft()
            if not birth.done():
                birth.set_exception(BusyError("the server is starting again", retry_after=2))

    def _start_again(self) -> None:
        """Start another process in the place of one that has ended."""
        was_ready = self.usable
        loop = asyncio.get_running_loop()
        if was_ready:
            self._ready = loop.create_future()
        self._drop()
        if self._process is None or self._closing:
            return
        self._process.kill()
        code = self._process.wait()
        if not self.identity:
            self._fail(QwenKgError(f"the process that opens the data ended before it had ({code})"))
            return
        logging.getLogger(__name__).error("the nursery ended by accident (%s); it is started again", code)
        loop.call_later(0 if was_ready else _PAUSE, self._launch)
