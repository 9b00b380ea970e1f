"""Which part answers which path."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

from qwen_kg.errors import BusyError, InputError, MethodError, QwenKgError
from qwen_kg.web.endpoint import METHODS as SPARQL_METHODS
from qwen_kg.web.endpoint import Endpoint
from qwen_kg.web.exchange import Reply, Request
from qwen_kg.web.graphs import METHODS as GRAPH_METHODS
from qwen_kg.web.graphs import GraphStore
from qwen_kg.web.pages import Pages
from qwen_kg.web.preflight import options
from qwen_kg.web.responses import accepted, prefers_page
from qwen_kg.workers.service import Service

_READING = ("GET", "HEAD", "OPTIONS")

#: What is answered here and not by Flask, with its methods.
METHODS = {
    "/sparql": SPARQL_METHODS,
    "/graphs": GRAPH_METHODS,
    "/graphs/<path:rest>": GRAPH_METHODS,
    "/healthz": _READING,
    "/metrics": _READING,
}
_PATIENCE = 5.0  # seconds in which a store that is well answers


class Router:
    """Gives each request to the part that its path belongs to."""

    def __init__(
        self,
        sparql: Endpoint,
        graphs: GraphStore,
        others: Mapping[str, Callable[[], Reply | Awaitable[Reply]]],
        pages: Pages,
    ) -> None:
        """Take the parts; ``others`` are those of one path that have nothing to read of the request."""
        self._sparql, self._graphs, self._others, self._pages = sparql, graphs, others, pages

    async def __call__(self, request: Request) -> Reply:
        """Answer a request.

        Raises:
            QwenKgError: what the part that answers raises.
        """
        path = request.path.rstrip("/")
        if path == "/sparql":
            return await self._protocol(request)
        if path == "/graphs" or path.startswith("/graphs/"):
            return options(request, GRAPH_METHODS) if _is_options(request) else await self._graphs(request)
        if path in self._others:
            return await self._other(request, self._others[path])
        reply = await self._pages(request)
        if _is_options(request) and reply.status == 200:
            return options(request, reply.headers["Allow"].split(", "), reads_by_post=True)
        return reply

    async def _other(self, request: Request, give: Callable[[], Reply | Awaitable[Reply]]) -> Reply:
        if request.method not in _READING:
            raise MethodError(request.method, _READING)
        if _is_options(request):
            return options(request, _READING)
        found = give()
        return found if isinstance(found, Reply) else await found

    async def _protocol(self, request: Request) -> Reply:
        if _is_options(request):
            return options(request, SPARQL_METHODS, reads_by_post=True)
        if request.method in {"GET", "HEAD"} and _wants_page(request):
            self._sparql.read(request)  # so that what is wrong with a request is the same for a page
            return await self._pages(request)
        return await self._sparql(request)


async def healthy(service: Service, release: Callable[[], str]) -> Reply:
    """Say that queries are answered.

    Raises:
        BusyError: they are not.
    """
    if not service.usable:
        raise BusyError("the store is not open yet", retry_after=1)
    try:
        found = await asyncio.to_thread(release)
    except QwenKgError as error:
        raise BusyError(f"the store does not answer: {error}", retry_after=1) from error
    body = json.dumps({"status": "ok", "release": found}).encode() + b"\n"
    return Reply(200, "application/json", body)


def _is_options(request: Request) -> bool:
    return request.method == "OPTIONS"


def _wants_page(request: Request) -> bool:
    """Say whether a page of the endpoint is asked for, as by a browser; a wrong format is told elsewhere."""
    name = next((value for name, value in request.fields if name == "format"), None)
    try:
        return prefers_page(accepted(name, request.accept))
    except InputError:
        return False
