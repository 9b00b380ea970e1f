"""``/sparql``: the SPARQL 1.1 Protocol for queries and updates, and the method QUERY of its 1.2 draft."""

from __future__ import annotations

import asyncio

from qwen_kg.errors import InputError, MethodError
from qwen_kg.limits import Limits
from qwen_kg.results import Result
from qwen_kg.web.authority import Authority
from qwen_kg.web.exchange import Reply, Request, answer
from qwen_kg.web.protocol import Asked, read
from qwen_kg.web.responses import accepted
from qwen_kg.web.service_description import describe
from qwen_kg.workers.service import Service

METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")


class Endpoint:
    """Answers queries, carries out updates, and describes itself to whoever asks for nothing."""

    def __init__(
        self, service: Service, authority: Authority, limits: Limits, features: tuple[str, ...]
    ) -> None:
        self._service, self._authority, self._limits, self._features = service, authority, limits, features

    def read(self, request: Request) -> Asked:
        """Read what a request asks.

        Raises:
            InputError: it cannot be understood; see :func:`qwen_kg.web.protocol.read`.
        """
        return read(request, self._limits.query_length)

    async def __call__(self, request: Request) -> Reply:
        """Answer a request.

        Raises:
            MethodError: another method than those of the protocol.
            InputError: the request or what it asks cannot be understood.
            QwenKgError: what evaluation may end with; see :meth:`qwen_kg.workers.pool.Pool.ask`.
        """
        if request.method not in METHODS:
            raise MethodError(request.method, METHODS)
        asked = self.read(request)
        if asked.update is not None:
            return await self._update(request, asked, asked.update)
        accept = accepted(asked.format, request.accept)
        if asked.query is None:
            return answer(
                await asyncio.to_thread(describe, self._service.store, request.url, accept, self._features)
            )
        head = {
            "do": "query",
            "accept": accept,
            "default_graphs": asked.graphs,
            "named_graphs": asked.named_graphs,
            "base": request.url,
        }
        body = asked.query.encode("utf-8", "surrogatepass")
        found = await self._service.pool.ask(head, body, asked.timeout, request.watch)
        return answer(Result(found.head["media_type"], found.body))

    async def _update(self, request: Request, asked: Asked, text: str) -> Reply:
        self._authority.require(request)
        if asked.format is not None:
            raise InputError("an update has no answer, and so no format")
        head = {
            "do": "update",
            "base": request.url,
            "using": asked.graphs,
            "using_named": asked.named_graphs,
        }
        await self._service.write(head, text.encode("utf-8", "surrogatepass"), asked.timeout)
        return Reply(204)
