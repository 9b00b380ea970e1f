"""Messages between processes: a head in JSON and a body of bytes, each with its length before it."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import asyncio

_LENGTHS = struct.Struct(">IQ")
_CHUNK = 64 * 1024  # bytes; larger ones would be mapped and unmapped each time
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Message(NamedTuple):
    """What one process tells another."""

    head: Mapping[str, Any]
    body: bytes


def pack(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """Write a message as bytes."""
    encoded = _encode(head).encode()
    return b"".join((_LENGTHS.pack(len(encoded), len(body)), encoded, body))


class Outbox:
    """Sends over a socket that does not block: all of it, in order, and nobody has to wait for it."""

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock, self._loop = sock, loop
        self._unsent = bytearray()

    def put(self, piece: bytes) -> None:
        """Send a piece after those before it; with nobody at the other side it is dropped."""
        waits = bool(self._unsent)
        self._unsent += piece
        if not waits and not self._sent():
            self._loop.add_writer(self._sock, self._go_on)

    def close(self) -> None:
        """Drop what was not sent yet; to be called before the socket is closed."""
        if self._unsent:
            self._unsent.clear()
            self._loop.remove_writer(self._sock)

    def _go_on(self) -> None:
        if self._sent():
            self._loop.remove_writer(self._sock)

    def _sent(self) -> bool:
        """Send what the socket takes now; say whether that was all."""
        try:
            taken = self._sock.send(self._unsent)
        except BlockingIOError:
            taken = 0
        except OSError:  # nobody is there any more
            taken = len(self._unsent)
        del self._unsent[:taken]
        return not self._unsent


class Inbox:
    """Reads messages from a socket, blocking or not, a whole one at a time.

    The other side sends a message only when the one before was answered, so that nothing of a next one can be
    in the way.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._received = bytearray()
        self._total = 0  # of the message that is being read; 0 before its lengths are there

    def receive(self) -> Message | None:
        """Read what there is, and give the message once it is whole.

        Raises:
            EOFError: the other side is gone.
            BlockingIOError: the socket does not block, and has nothing.
        """
        chunk = self._sock.recv(max(_CHUNK, min(self._total - len(self._received), 64 * _CHUNK)))
        if not chunk:
            raise EOFError
        received = self._received
        received += chunk
        if not self._total and len(received) >= _LENGTHS.size:
            self._total = _LENGTHS.size + sum(_LENGTHS.unpack_from(received))
        if not self._total or len(received) < self._total:
            return None
        start = _LENGTHS.size + _LENGTHS.unpack_from(received)[0]
        head = received[_LENGTHS.size : start].decode()
        message = Message(json.loads(head), bytes(memoryview(received)[start:]))
        self._received, self._total = bytearray(), 0
        return message


class Line:
    """Messages over a socket that blocks, one in each direction at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._inbox = sock, Inbox(sock)

    def receive(self) -> Message:
        """Wait for a message.

        Raises:
            EOFError: the other side is gone.
        """
        while (message := self._inbox.receive()) is None:
            pass
        return message

    def send(self, packed: bytes) -> None:
        """Send a message, written as bytes."""
        self._sock.sendall(packed)
