"""A server that answers every request with the same bytes, to see how much the load generator can do."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_BODY = b'{"head":{"vars":["label"]},"results":{"bindings":[{"label":{"type":"literal","value":"Qwen3"}}]}}\n'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"

#: The two ways in which a response tells where it ends.
RESPONSES = {
    "length": _HEAD + b"Content-Length: %d\r\n\r\n" % len(_BODY) + _BODY,
    "chunks": _HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(_BODY) + _BODY + b"\r\n0\r\n\r\n",
}


@contextlib.contextmanager
def fixed_server(kind: str) -> Iterator[int]:
    """Run a server that gives one of :data:`RESPONSES` until the block ends; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen(  # noqa: S603 - this module itself
            [sys.executable, "-m", "benchmarks.ceiling", kind, str(listener.fileno())],
            pass_fds=[listener.fileno()],
            cwd=Path(__file__).parents[1],
        )
        try:
            yield listener.getsockname()[1]
        finally:
            process.kill()
            process.wait()


def answer(listener: socket.socket, response: bytes) -> None:
    """Answer for ever. A request is taken to arrive whole, which is so for what the generator sends."""
    clients: dict[int, socket.socket] = {}
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                client, _address = listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                clients[client.fileno()] = client
                poll.register(client, select.EPOLLIN)
            elif clients[number].recv(65536):
                clients[number].sendall(response)
            else:
                clients.pop(number).close()


if __name__ == "__main__":
    answer(socket.socket(fileno=int(sys.argv[2])), RESPONSES[sys.argv[1]])
