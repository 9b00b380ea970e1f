"""The endpoint as one ASGI application: what it consists of, how it starts and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from qwen_kg.errors import QwenKgError
from qwen_kg.federation.relay import Relay
from qwen_kg.federation.rewriting import Redirection
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.limits import Limits
from qwen_kg.root import find_root
from qwen_kg.saved_queries import read_queries
from qwen_kg.web import create_app
from qwen_kg.web.authority import Authority
from qwen_kg.web.cache import ResponseCache
from qwen_kg.web.endpoint import Endpoint
from qwen_kg.web.forwarded import Proxies
from qwen_kg.web.front import Front, Receive, Scope, Send, State
from qwen_kg.web.graphs import GraphStore
from qwen_kg.web.observation import Observer, log_file
from qwen_kg.web.pages import Pages
from qwen_kg.web.problems import fault, shown
from qwen_kg.web.routing import Router, healthy
from qwen_kg.workers.evaluators import Nursery
from qwen_kg.workers.service import Service

_SHARE = 0.8  # of the time of a query, which a call to another endpoint may take
_VERSION = metadata.version("qwen-kg")
_FLUSH = 1.0  # seconds that a line of the log waits at most


@dataclass(frozen=True)
class Configuration:
    """What is served, and how; each is a setting (see :mod:`qwen_kg.settings`), ``token`` a secret."""

    store: str | None = None
    limits: Limits = field(default_factory=Limits)
    writable: bool = False
    token: str | None = None
    shapes: bool = False
    services: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    cache_size: int = 64 * 1024**2
    access_log: str = "none"

    def nursery(self, redirection: Redirection) -> Nursery:
        """Give the nursery for the store, whose queries may call what is told."""
        module = "qwen_kg.workers.preparation"
        if self.writable:
            arguments: dict[str, Any] = {"location": self.store, "shapes": self.shapes}
            return Nursery(f"{module}:prepare_writable", arguments, self.limits, redirection)
        arguments = {"location": self.store, "root": None}
        return Nursery(f"{module}:prepare", arguments, self.limits, redirection)


class Application:
    """The endpoint; it answers requests once ASGI has told it to start."""

    def __init__(self, configuration: Configuration, started: Callable[[QwenKgError | None], object]) -> None:
        """Make an endpoint.

        Args:
            configuration: what it serves.
            started: is told when it answers, or why it does not.
        """
        self._configuration, self._started = configuration, started
        self._front: Front | None = None
        self._relay: Relay | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and self._front is not None:
            await self._front(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()  # lifespan.startup
        try:
            await self._start()
        except Exception as error:
            self._started(error if isinstance(error, QwenKgError) else fault(error))
            await (
                asyncio.Event().wait()
            )  # until the parent ends this process; one that ends by itself is replaced
        await send({"type": "lifespan.startup.complete"})
        self._started(None)
        await receive()  # lifespan.shutdown
        self._flushing.cancel()
        self._observer.flush()
        self._service.stop()
        if self._relay is not None:
            self._relay.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        wanted = self._configuration
        directory = Path(wanted.store) if wanted.writable and wanted.store else None
        redirection = Redirection()
        if wanted.services:
            timeout = wanted.limits.timeout * _SHARE
            self._relay = Relay(wanted.services, timeout=timeout)
            redirection = self._relay.redirection
        self._service = service = Service(wanted.nursery(redirection), wanted.limits, directory)
        self._observer = Observer(service, log_file(wanted.access_log))
        await service.start()
        kg = KnowledgeGraph(service.store, read_queries(find_root() / "queries"))

        # Pages are made by the program, too.
        state = State(lambda: f"{service.identity}-{_VERSION}", lambda: kg.release, wanted.writable)
        app = create_app(kg, release=lambda: state.known)
        authority = Authority(wanted.token if wanted.writable else None)
        router = Router(
            Endpoint(service, authority, wanted.limits, _features(wanted)),
            GraphStore(service, authority),
            {"/metrics": self._observer.metrics, "/healthz": partial(healthy, service, lambda: kg.release)},
            Pages(app),
        )
        cache = ResponseCache(wanted.cache_size)

        def changed() -> None:
            kg.forget()
            state.forget()
            cache.clear()

        service.changed = changed
        self._front = Front(
            router,
            lambda request, reply: shown(app, request, reply),
            state,
            self._observer,
            cache,
            Proxies(wanted.proxies),
            wanted.limits,
        )
        self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH)
            self._observer.flush()


def _features(wanted: Configuration) -> tuple[str, ...]:
    """Give what the service description says beside the usual."""
    features = []
    if wanted.writable:
        features.append("sd:SPARQL11Update")
    if wanted.services:
        features.append("sd:BasicFederatedQuery")
    return tuple(features)
