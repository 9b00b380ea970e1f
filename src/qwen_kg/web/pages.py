"""The pages in Flask behind the front: a request goes in, a reply comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask

from qwen_kg.web.exchange import Reply, Request
from qwen_kg.web.protocol import seconds
from qwen_kg.workers.service import ERRAND, Errand

_THREADS = 8
# What the front sees to, whatever Flask makes of it.
_NOT_ASKED = ("content-length", "transfer-encoding", "range", "if-")
_NOT_KEPT = {"content-type", "content-length", "accept-ranges", "date", "etag", "last-modified"}


class Pages:
    """A Flask application that answers requests, in threads beside the event loop."""

    def __init__(self, app: Flask) -> None:
        self._app = WSGIMiddleware(app, workers=_THREADS)  # type: ignore[arg-type]  # a WSGI application it is

    async def __call__(self, request: Request) -> Reply:
        """Answer a request; HEAD is answered as GET, of which the front sends the headers only.

        Every query for it has the time that ``timeout=`` allows, and is ended when the task is cancelled.

        Raises:
            InputError: ``timeout`` is no number of seconds.
        """
        host, _, port = (request.headers.get("host") or "localhost").partition(":")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET" if request.method == "HEAD" else request.method,
            "scheme": request.scheme,
            "path": request.path,
            "raw_path": request.target.partition(b"?")[0],
            "query_string": request.query_string,
            "root_path": "",
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in request.headers.items()
                if not name.startswith(_NOT_ASKED)
            ]
            + [(b"content-length", str(len(request.body)).encode())],
            "server": (host, int(port) if port.isdigit() else 80),
            "client": (request.client, 0),
        }
        waiting = [{"type": "http.request", "body": request.body, "more_body": False}]
        sent: list[Mapping[str, Any]] = []

        async def receive() -> Mapping[str, Any]:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        allowed = next((value for name, value in request.fields if name == "timeout"), None)
        errand = Errand(seconds(allowed), request.watch)
        token = ERRAND.set(errand)
        try:
            await self._app(scope, receive, send)  # type: ignore[arg-type]  # the types of ASGI, spelt otherwise
        except asyncio.CancelledError:
            errand.end()
            raise
        finally:
            ERRAND.reset(token)
        start = sent[0]
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]
        }
        body = b"".join(message.get("body", b"") for message in sent[1:])
        kept = {name: value for name, value in headers.items() if name not in _NOT_KEPT}
        return Reply(
            start["status"],
            headers.get("content-type", ""),
            body,
            _titled(kept),
            lasting=start["status"] == 200,
        )


def _titled(headers: Mapping[str, str]) -> dict[str, str]:
    """Write names of headers in one way, so that none comes twice."""
    return {name.title(): value for name, value in headers.items()}
