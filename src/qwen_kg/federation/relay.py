"""The relay: a small HTTP server in the web process, which makes the calls for the evaluating processes.

Only this machine reaches it, under an address that holds a secret.
"""

from __future__ import annotations

import functools
import hmac
import logging
import secrets
import ssl
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

from qwen_kg.errors import RemoteError
from qwen_kg.federation.addresses import read_permitted
from qwen_kg.federation.calls import Caller, Resolve, resolve
from qwen_kg.federation.rewriting import Redirection

_log = logging.getLogger(__name__)


class Relay:
    """A relay that runs from when it is made until it is closed; it is a context manager.

    ``redirection`` is what the evaluating processes need to know of it.

    Args:
        allowed: IRIs of the endpoints that may be called, with what is below them (see
            :func:`qwen_kg.federation.addresses.read_allowed`).
        timeout: seconds for a call (see :class:`qwen_kg.federation.calls.Caller`); less than a query has.
        size_limit: the longest answer in bytes, and the longest query.
        calls: how many calls one query may make; Oxigraph makes one for each row in LATERAL.
        simultaneous: how many calls are made at the same time.
        resolve: what looks names up.
        trust: what certificates are checked with; by default what the system trusts.
    """

    def __init__(
        self,
        allowed: Sequence[str],
        *,
        timeout: float = 8.0,
        size_limit: int = 16 * 1024**2,
        calls: int = 50,
        simultaneous: int = 16,
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.size_limit = size_limit
        self.path = f"/{secrets.token_urlsafe(32)}"
        self._caller = Caller(timeout, size_limit, resolve, trust or ssl.create_default_context())
        self._slots = threading.BoundedSemaphore(simultaneous)
        self._calls, self._counts, self._lock = calls, dict[str, int](), threading.Lock()
        self._server = _Server(("127.0.0.1", 0), functools.partial(_Handler, self))
        port = self._server.server_address[1]
        self.redirection = Redirection(f"http://127.0.0.1:{port}{self.path}", tuple(allowed))
        # The argument is in seconds, and how long it takes to notice that it is to end.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more calls; those being made end within their time."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def call(self, endpoint: str, query: bytes, counted: str) -> tuple[str, bytes]:
        """Call an endpoint, and give the media type and the body of its answer.

        Args:
            endpoint: its IRI.
            query: what it is asked, in UTF-8.
            counted: what the calls of one query have in common, to count them.

        Raises:
            RemoteError: it may not be called, or did not give a whole result; the message says why.
        """
        try:
            address = read_permitted(endpoint, self.redirection.allowed)
        except ValueError as error:
            raise RemoteError(str(error)) from error
        if self.path.encode() in query:
            raise RemoteError("a call within a call is not allowed; write one behind the other")
        self._count(counted)
        if not self._slots.acquire(blocking=False):
            raise RemoteError("too many calls are being made at the moment; try again later")
        try:
            return self._caller.call(address, query)
        finally:
            self._slots.release()

    def _count(self, query: str) -> None:
        with self._lock:
            self._counts[query] = count = self._counts.pop(query, 0) + 1
            if len(self._counts) > 1000:  # the oldest are long done
                del self._counts[next(iter(self._counts))]
        if count > self._calls:
            raise RemoteError(f"a query makes at most {self._calls} calls; in LATERAL it is one for each row")


class _Server(ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a fault of ours; that an evaluating process was ended while it waited is none."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            _log.exception("a call failed")


class _Handler(BaseHTTPRequestHandler):
    """Takes the request of an evaluating process, and sends what the relay gives."""

    timeout = 10.0  # seconds for each step of the other side

    def __init__(self, relay: Relay, *connection: Any) -> None:
        self._relay = relay
        super().__init__(*connection)

    def do_POST(self) -> None:
        path, _, parameters = self.path.partition("?")
        if not hmac.compare_digest(path.encode(), self._relay.path.encode()):
            self._send(404, "text/plain", b"")
            return
        asked = parse_qs(parameters)
        length = int(self.headers["Content-Length"])
        try:
            if length > self._relay.size_limit:
                raise RemoteError(f"what it is asked is longer than {self._relay.size_limit} bytes")
            query = self.rfile.read(length)
            answer = self._relay.call(asked["endpoint"][0], query, asked["query"][0])
        except RemoteError as error:
            self._send(502, "text/plain; charset=utf-8", str(error).encode())
        else:
            self._send(200, *answer)

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing: the request line holds the secret."""
