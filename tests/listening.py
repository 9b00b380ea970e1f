"""Other endpoints: things that listen on this machine, and send what they are told; and how ours asks them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from qwen_kg.federation.rewriting import Redirection
from qwen_kg.sparql import escape_dots
from qwen_kg.syntax_errors import PADDING

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
ROWS = b'{"head":{"vars":["o"]},"results":{"bindings":[{"o":{"type":"literal","value":"from afar"}}]}}'
ROWS_XML = (
    b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="o"/>'
    b'</head><results><result><binding name="o"><literal>from afar</literal></binding></result></results></sparql>'
)


def reply(
    body: bytes = ROWS, status: int = 200, media_type: str = JSON, length: int | None = -1, extra: str = ""
) -> bytes:
    """Make a response; a length of -1 is that of the body, with None it ends with the connection."""
    lines = [f"HTTP/1.1 {status} Something", f"Content-Type: {media_type}"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return "\r\n".join([*lines, *([extra] if extra else []), "", ""]).encode() + body


ANSWER = reply()


Answer = bytes | Callable[[], Iterator[bytes]]
"""What is sent, at once or piece by piece."""


class Listener:
    """Something that listens on this machine: it counts connections, keeps requests, and sends what it is told."""

    def __init__(self, answer: Answer = ANSWER, host: str = "127.0.0.1") -> None:
        self.connections, self.requests, self._answer = 0, list[bytes](), answer
        self.encrypt: Callable[[socket.socket], socket.socket] = lambda sock: sock
        self._socket = socket.create_server((host, 0), backlog=50)
        self.port = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._socket.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self._socket.accept()[0]
                self.connections += 1
                connection.settimeout(30)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), self.encrypt(connection) as stream:
            request = b""
            while b"\r\n\r\n" not in request or len(request.partition(b"\r\n\r\n")[2]) < _length(request):
                received = stream.recv(65536)
                if not received:
                    return
                request += received
            self.requests.append(request)
            for piece in self._answer() if callable(self._answer) else [self._answer]:
                stream.sendall(piece)


def _length(request: bytes) -> int:
    head = request.partition(b"\r\n\r\n")[0].lower()
    return int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)


class Drip:
    """An answer that goes on for ten seconds, in steps none of which takes long; ``over`` says if it came to its end."""

    def __init__(self, head: bytes, piece: bytes) -> None:
        self._head, self._piece, self.over = head, piece, False

    def __call__(self) -> Iterator[bytes]:
        yield self._head
        for _ in range(100):
            time.sleep(0.1)
            yield self._piece
        self.over = True


def ask(redirection: Redirection, text: str, store: ox.Store | None = None) -> list[str]:
    """Evaluate a query as the store of the endpoint does, and give the values of its rows."""
    rewritten = redirection.rewrite(text)
    try:
        rows = read((store or ox.Store()).query(escape_dots(rewritten.text) + PADDING))
    except (OSError, RuntimeError, ValueError) as error:
        raise rewritten.failure(error) or error from error
    return sorted(
        " ".join("-" if each is None else str(getattr(each, "value", each)) for each in row) for row in rows
    )


def read(answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> list[list[object]]:
    """Read an answer to its end; what is left of it in a traceback must not be: it belongs to this thread."""
    try:
        if isinstance(answer, ox.QueryBoolean):
            return [[bool(answer)]]
        return [[*row] for row in list(answer)]
    finally:
        del answer
