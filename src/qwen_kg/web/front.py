"""The front: one ASGI application that every request passes, whatever answers it in the end.

It reads the request whole, looks for a finished reply, has one made where there is none, and finishes, sends
and notes it. What it is made of answers a :class:`Request` with a :class:`Reply` and knows nothing of ASGI.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from qwen_kg.errors import ContentTooLargeError, InputError, QwenKgError, RequestTimeoutError
from qwen_kg.limits import Limits
from qwen_kg.web.cache import Finished, Key, ResponseCache
from qwen_kg.web.exchange import Reply, Request, require_readable
from qwen_kg.web.finishing import accepts_gzip, finish, not_modified
from qwen_kg.web.forwarded import Proxies
from qwen_kg.web.observation import Observer
from qwen_kg.web.problems import problem

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Answer = Callable[[Request], Awaitable[Reply]]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CACHED = frozenset({"GET", "HEAD", "POST", "QUERY"})
_BODY_TIME = 30.0  # seconds in which a body has to arrive
_LINGER = 3.0  # seconds for which what is beyond the limit is read, and thrown away,
_BEYOND = 8  # and how often the limit, at most
_RELEASE_TIME = 0.5  # seconds for which a reply waits to know the release that it names
_GONE = 499  # what the log says of a client that did not wait; nothing is sent then


class State:
    """What replies depend on beside the request; it changes when the store is written to."""

    def __init__(self, identity: Callable[[], str], release: Callable[[], str], writable: bool) -> None:
        """Say where it is read.

        Args:
            identity: gives what differs whenever the data differ; asked when queries see other data.
            release: asks the store for the version of the data, which may take its time.
            writable: whether the data may change at any time.
        """
        self.identity, self.writable = identity(), writable
        self.known = ""  # the version of the data, where it has been read
        self._identify, self._read = identity, release
        self._reading: asyncio.Task[None] | None = None

    async def release(self) -> str:
        """Give the version of the data, or nothing while the store is too busy to say."""
        if not self.known:
            self._reading = self._reading or asyncio.create_task(self._learn())
            await asyncio.wait([self._reading], timeout=_RELEASE_TIME)
        return self.known

    def forget(self) -> None:
        """Take note that queries see other data from now on; their version is read when it is needed."""
        self.identity, self.known = self._identify(), ""

    async def _learn(self) -> None:
        try:
            with contextlib.suppress(QwenKgError):  # it is busy, or gone; whoever comes next tries again
                while not self.known:
                    identity = self.identity
                    found = await asyncio.to_thread(self._read)
                    if identity == self.identity:
                        self.known = found
        finally:
            self._reading = None


class Front:
    """Answers HTTP."""

    def __init__(
        self,
        answer: Answer,
        show: Callable[[Request, Reply], Reply],
        state: State,
        observer: Observer,
        cache: ResponseCache,
        proxies: Proxies,
        limits: Limits,
    ) -> None:
        """Put the parts together.

        Args:
            answer: gives the reply to a request, or raises an error of ours.
            show: gives a problem as a page where the client prefers one.
            state: what replies depend on beside the request.
            observer: notes each request.
            cache: of finished replies.
            proxies: whose word on the client counts.
            limits: how long a body may be.
        """
        self._answer, self._show, self._state, self._observer = answer, show, state, observer
        self._cache, self._proxies, self._limits = cache, proxies, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3.0, HTTP)."""
        started = time.perf_counter()
        task, watching = asyncio.current_task(), list[asyncio.Task[None]]()

        def watch() -> None:
            if not watching and task is not None:
                watching.append(asyncio.create_task(_cancel_when_gone(receive, task)))

        request = self._request(scope, watch)
        try:
            finished, cached = await self._finished(request, receive)
            bare = request.method == "HEAD" or finished.status in {204, 304}
            await send(
                {"type": "http.response.start", "status": finished.status, "headers": finished.headers}
            )
            await send({"type": "http.response.body", "body": b"" if bare else finished.body})
            self._observer.note(request, finished.status, 0 if bare else len(finished.body), started, cached)
        except asyncio.CancelledError:
            if not watching or not watching[0].done():
                raise
            self._observer.note(request, _GONE, 0, started, cached=False)
        finally:
            for each in watching:
                each.cancel()

    def _request(self, scope: Scope, watch: Callable[[], object]) -> Request:
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        client = scope.get("client")
        scheme, address = self._proxies.seen(scope["scheme"], client[0] if client else "", headers)
        query = scope["query_string"]
        path = scope.get("raw_path") or scope["path"].encode()
        target = path + b"?" + query if query else path
        return Request(scope["method"], scope["path"], target, query, headers, scheme, address, watch)

    async def _finished(self, request: Request, receive: Receive) -> tuple[Finished, bool]:
        """Give the finished reply, and whether it had been finished before."""
        identity, key, release = self._state.identity, None, ""
        try:
            require_readable(request)
            if request.method not in _SAFE:
                request.body = await self._body(request, receive)
            if request.method in _CACHED:
                key = _key(request)
                found = self._cache.get(key)
                if found is not None:
                    return not_modified(found, request.headers) or found, True
            release = await self._state.release()
            reply = await self._answer(request)
        except Exception as error:
            release = release or self._state.known
            reply = self._show(request, problem(error))
        if request.writing:  # afterwards it may be another one, which is not worth to wait for
            release = self._state.known
        finished = await finish(reply, request, release, identity, self._state.writable)
        if key is not None and finished.lasting and identity == self._state.identity:
            self._cache.put(key, finished)
        return not_modified(finished, request.headers) or finished, False

    async def _body(self, request: Request, receive: Receive) -> bytes:
        """Read the body.

        Raises:
            ContentTooLargeError: it is longer than allowed.
            RequestTimeoutError: it does not come.
            InputError: it breaks off.
        """
        limit, length = self._limits.body, request.headers.get("content-length", "0")
        if not length.isdigit():
            raise InputError(f"Content-Length is a number, and not {length!r}")
        pieces, size, more = list[bytes](), 0, int(length) <= limit
        try:
            async with asyncio.timeout(_BODY_TIME):
                while more and size <= limit:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise InputError("the body broke off, or is not written as HTTP says")
                    pieces.append(message.get("body", b""))
                    size, more = size + len(pieces[-1]), message.get("more_body", False)
        except TimeoutError:
            raise RequestTimeoutError(f"the body did not arrive within {_BODY_TIME:g} seconds") from None
        body = b"".join(pieces)
        if pieces and not more and size <= limit:
            return body
        if (
            more or not pieces
        ) and "expect" not in request.headers:  # who asks before sending it has not sent it yet
            await _discard(receive, _BEYOND * limit)
        raise ContentTooLargeError(f"a body may have {limit} bytes, and this has more", "max-body", limit)


def _key(request: Request) -> Key:
    """Give everything of a request that its reply depends on."""
    headers = request.headers
    return (
        b"GET" if request.method == "HEAD" else request.method.encode(),
        request.origin.encode("latin-1"),
        request.target,
        headers.get("accept", "").encode("latin-1"),
        b"gzip" if accepts_gzip(headers.get("accept-encoding", "")) else b"",
        headers.get("content-type", "").encode("latin-1"),
        headers.get("content-encoding", "").encode("latin-1"),
        request.body,
    )


async def _discard(receive: Receive, most: int) -> None:
    """Read on for a while: a client that sends all before it reads would never see an earlier answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while most > 0 and (message := await receive()).get("more_body"):
                most -= len(message["body"])


async def _cancel_when_gone(receive: Receive, task: asyncio.Task[Any]) -> None:
    """Wait until the client is gone, and cancel what is done for it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    task.cancel()
