"""An evaluator as the web process sees it: a socket in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Mapping
from typing import Any

from qwen_kg.errors import BusyError, LimitError, MemoryLimitError, QwenKgError
from qwen_kg.limits import Limits
from qwen_kg.workers.messages import Inbox, Message, Outbox, pack


class EndedError(Exception):
    """An evaluator ended without an answer: by which signal, 0 for by itself."""

    def __init__(self, by: int) -> None:
        self.signal = by
        super().__init__(f"ended by signal {by}")

    def reason(self, limits: Limits) -> QwenKgError:
        """Say why it ended, unless it was killed for its time.

        Oxigraph aborts where it gets no memory, and the stack ends in a segmentation fault.
        """
        if self.signal == signal.SIGABRT:
            told = f"this needed more than {limits.memory} bytes of memory and was ended"
            return MemoryLimitError(told, limits.memory)
        if self.signal == signal.SIGSEGV:
            return LimitError("this nests too deeply to be evaluated", "max-nesting", limits.nesting)
        return BusyError("the process that evaluated this was ended; please try again", retry_after=1)


class Evaluator:
    """One evaluator; it is asked one thing at a time.

    ``alive`` says whether it can be asked, as far as is known here.
    """

    def __init__(self, pid: int, sock: socket.socket, place: Any) -> None:
        self.pid, self.place, self.slow, self.alive = pid, place, False, True
        sock.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._sock, self._inbox, self._outbox = sock, Inbox(sock), Outbox(sock, self._loop)
        self._answer: asyncio.Future[Message] | None = None
        self._ended: int | None = None
        self._loop.add_reader(sock, self._receive)

    async def ask(self, head: Mapping[str, Any], body: bytes) -> Message:
        """Send a message, and give the answer; one that is killed gets no message, and its end is awaited.

        Raises:
            EndedError: it ended without an answer.
        """
        if self._ended is not None:
            raise EndedError(self._ended)
        self._answer = self._loop.create_future()
        if self.alive:
            self._outbox.put(pack(head, body))
        return await self._answer

    def end(self, by: int) -> None:
        """Note that the process has ended by a signal; an answer that it had sent before still counts."""
        self._ended = by
        with contextlib.suppress(BlockingIOError):
            while self._asked is not None and self._sock.fileno() >= 0 and self._receive():
                pass
        if self._asked is not None:
            self._asked.set_exception(EndedError(by))
        self.close()

    def close(self) -> None:
        """Let the process go; it ends when it sees that nobody is there."""
        self.alive = False
        if self._sock.fileno() >= 0:
            self._outbox.close()
            self._loop.remove_reader(self._sock)
            self._sock.close()

    @property
    def _asked(self) -> asyncio.Future[Message] | None:
        """The answer that somebody waits for."""
        return self._answer if self._answer is not None and not self._answer.done() else None

    def _receive(self) -> bool:
        """Receive what there is; say whether there may be more."""
        try:
            message = self._inbox.receive()
        except (EOFError, ConnectionError):
            self.alive = False  # what became of it is told by the nursery
            self._loop.remove_reader(self._sock)
            return False
        if message is not None:
            if self._asked is not None:
                self._asked.set_result(message)
            if message.head.get("last"):
                self.close()
        return True
