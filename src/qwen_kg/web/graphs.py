"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import secrets
from email.parser import BytesParser
from email.policy import HTTP

from qwen_kg.errors import ForbiddenError, InputError, MethodError, UnsupportedTypeError
from qwen_kg.formats import Kind
from qwen_kg.results import Result
from qwen_kg.web.authority import Authority
from qwen_kg.web.exchange import Reply, Request, answer
from qwen_kg.web.protocol import require_utf8
from qwen_kg.web.responses import accepted
from qwen_kg.workers.service import Service
from qwen_kg.writing import Part, format_of

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_MULTIPART = "multipart/form-data"


class GraphStore:
    """Gives, replaces, extends and removes graphs.

    A graph is named by ``?graph=`` or ``?default`` (indirect identification, 4.2) or is the address itself
    below ``/graphs/`` (direct, 4.1). ``?default`` is the unnamed graph, not the union that queries see.
    Without any, the address is that of all graphs: GET gives them, PUT replaces them, POST adds to them, in a
    format of quads; POST of triples makes a new graph, and tells its address (5.5).
    """

    def __init__(self, service: Service, authority: Authority) -> None:
        self._service, self._authority = service, authority

    async def __call__(self, request: Request) -> Reply:
        """Answer a request.

        Raises:
            MethodError: another method than those of the protocol.
            InputError: the graph is not named as it should be, or the body cannot be understood.
            NotFoundError: there is no such graph.
            QwenKgError: what evaluation may end with; see :meth:`qwen_kg.workers.pool.Pool.ask`.
        """
        if request.method not in METHODS:
            raise MethodError(request.method, METHODS)
        fields = _fields(request)
        name, whole = _target(request, fields)
        if request.method in {"GET", "HEAD"}:
            accept = accepted(fields.get("format"), request.accept)
            head = {"do": "read", "graph": name, "whole": whole, "accept": accept}
            found = await self._service.pool.ask(head, b"", watch=request.watch)
            return answer(Result(found.head["media_type"], found.body))
        self._authority.require(request)
        if request.method == "DELETE":
            if whole:
                raise ForbiddenError("all graphs at once are removed by the update DROP ALL only")
            await self._service.write({"do": "delete", "graph": name, "base": request.url}, b"")
            return Reply(204)
        return await self._put_or_post(request, name, whole)

    async def _put_or_post(self, request: Request, name: str | None, whole: bool) -> Reply:
        parts, replace = _parts(request), request.method == "PUT"
        made = ""
        if whole and not _is_dataset(parts):
            if replace:
                raise InputError("say which graph is replaced, with ?graph= or ?default")
            made = name = f"{request.url.rstrip('/')}/{secrets.token_hex(8)}"
            whole = False
        head = {
            "do": "write",
            "graph": name,
            "whole": whole,
            "parts": [(media_type, len(body)) for media_type, body in parts],
            "base": name or request.url,
            "replace": replace,
        }
        told = await self._service.write(head, b"".join(body for _, body in parts))
        headers = {"Location": made} if made else {}
        return Reply(201 if told["new"] else 204, headers=headers)


def _fields(request: Request) -> dict[str, str]:
    """Read the query string; each field may come once."""
    fields = dict(request.fields)
    if len(fields) < len(request.fields):
        raise InputError("each parameter may be given once")
    if unknown := fields.keys() - {"graph", "default", "format"}:
        raise InputError(f"there is no parameter {min(unknown)!r} here, only graph, default and format")
    return fields


def _target(request: Request, fields: dict[str, str]) -> tuple[str | None, bool]:
    """Say which graph a request is about, None for the unnamed one, and whether it is about all of them."""
    direct = request.path.removeprefix("/graphs").strip("/") != ""
    if direct + ("graph" in fields) + ("default" in fields) > 1:
        raise InputError("a graph is named in one way: by ?graph=, by ?default or by the address itself")
    if fields.get("default"):
        raise InputError("default has no value: it says that the unnamed graph is meant")
    if direct:
        return request.url, False
    return fields.get("graph"), not fields.keys() & {"graph", "default"}


def _parts(request: Request) -> list[Part]:
    """Give the documents in the body: one, or those of a form (RFC 7578)."""
    require_utf8(request)
    if request.media_type != _MULTIPART:
        return [(request.media_type, request.body)]
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1")
    form = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not form.is_multipart() or form.defects:
        raise InputError("the body is not the multipart form that its media type says")
    parts = []
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        parts.append((part.get_content_type(), content if isinstance(content, bytes) else b""))
    return parts


def _is_dataset(parts: list[Part]) -> bool:
    """Say whether the body is one document in a format that can hold named graphs."""
    try:
        return len(parts) == 1 and bool(format_of(parts[0][0], Kind.DATASET))
    except UnsupportedTypeError:
        return False
