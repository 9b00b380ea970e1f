"""A server that counts who comes: nobody should."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

#: What it answers, so that a client that comes gets something to show.
SECRET = "the-canary-was-heard"
ANSWER = f'{{"head":{{"vars":["leaked"]}},"results":{{"bindings":[{{"leaked":{{"type":"literal","value":"{SECRET}"}}}}]}}}}'


class Canary:
    """Listens on the loopback addresses of IPv4 and IPv6, on the same port; ``heard`` is what came.

    ``redirect`` is where it sends whoever comes, instead of an answer.
    """

    def __init__(self, redirect: str = "") -> None:
        self.heard: list[bytes] = []
        self._redirect = redirect
        four = socket.create_server(("127.0.0.1", 0))
        self.port: int = four.getsockname()[1]
        self._listening = [four]
        if socket.has_ipv6:
            with contextlib.suppress(OSError):  # a machine may have the protocol and no address
                self._listening.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for each in self._listening:
            threading.Thread(target=self._listen, args=(each,), daemon=True).start()

    def _listen(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):  # how it is told to stop
            while True:
                connection, _ = listening.accept()
                with connection:
                    connection.settimeout(5)
                    self.heard.append(b"")
                    with contextlib.suppress(OSError):
                        self.heard[-1] = connection.recv(65536)
                        connection.sendall(self._answer())

    def _answer(self) -> bytes:
        if self._redirect:
            return f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {self._redirect}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        head = f"Content-Type: application/sparql-results+json\r\nContent-Length: {len(ANSWER)}\r\nConnection: close"
        return f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n{ANSWER}".encode()

    def close(self) -> None:
        for each in self._listening:
            with contextlib.suppress(OSError):  # wakes whoever accepts
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextlib.contextmanager
def listening(redirect: str = "") -> Iterator[Canary]:
    """Keep a canary until the block ends."""
    canary = Canary(redirect)
    try:
        yield canary
    finally:
        canary.close()
