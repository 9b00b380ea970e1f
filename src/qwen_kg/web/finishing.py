"""The last step of every reply: entity tag, caching, compression, what other sites may see, and safety."""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from qwen_kg.web.cache import Finished
from qwen_kg.web.exchange import Reply, Request
from qwen_kg.web.protocol import FORM

_SAFETY = (
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"same-origin"),
)
_OPEN = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Allow, ETag, Link, Location, QWEN-KG-Release, Retry-After"),
)
_SHORT = 1024  # bytes; below it compression gains nothing
_LONG = 64 * 1024  # bytes; above it compression is done beside the event loop
_COMPRESSIBLE = re.compile(r"text/|application/(?!octet)|image/svg")
# Functions whose value is another each time (SPARQL 1.1 Query, 17.4), and calls to other endpoints. Oxigraph
# asks for no space before them.
_VOLATILE = re.compile(r"(?:now|rand|uuid|bnode)(?:\s|#[^\r\n]*)*\(|service")
_VOLATILE_WORDS = ("now", "rand", "uuid", "bnode", "service")


def is_volatile(request: Request) -> bool:
    """Say whether the same request may get another reply though the data are the same."""
    texts = [value.lower() for _, value in request.fields]
    if request.body:
        body = _decoded(request.body) if request.media_type == FORM else request.body
        texts.append(body.decode("utf-8", "replace").lower())
    # The words are looked for first, which takes a tenth of the time.
    return any(word in text for text in texts for word in _VOLATILE_WORDS) and any(
        _VOLATILE.search(text) for text in texts
    )


async def finish(reply: Reply, request: Request, release: str, identity: str, writable: bool) -> Finished:
    """Make a reply ready to be sent.

    Args:
        reply: what is sent.
        request: what it answers.
        release: the version of the data; nothing where it is not known, and then the reply is not kept.
        identity: what differs whenever the data differ.
        writable: whether the data may change at any time.
    """
    headers = {**reply.headers, "QWEN-KG-Release": release} if release else {**reply.headers}
    body, etag = reply.body, ""
    if reply.content_type:
        headers["Content-Type"] = reply.content_type
    if body and _COMPRESSIBLE.match(reply.content_type):
        headers["Vary"] = ", ".join(filter(None, [headers.get("Vary", ""), "Accept-Encoding"]))
        if len(body) >= _SHORT and accepts_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            body = await _compressed(body)
    lasting = bool(release) and reply.lasting and reply.status == 200 and not is_volatile(request)
    if lasting and request.method != "POST":
        etag = _entity_tag(reply, request, identity, headers.get("Content-Encoding", ""))
        headers["ETag"] = etag
        headers.setdefault("Cache-Control", "no-cache" if writable else "public, max-age=300")
    headers.setdefault("Cache-Control", "no-store")
    if reply.status not in {204, 304}:
        headers["Content-Length"] = str(len(body))
    common = _SAFETY + _OPEN if not request.writing else _SAFETY
    return Finished(reply.status, common + _encoded(headers), body, etag, lasting)


def not_modified(finished: Finished, headers: Mapping[str, str]) -> Finished | None:
    """Give the reply 304 where the client has this already (RFC 9110, 13.1.2)."""
    wanted = headers.get("if-none-match")
    if not wanted or not finished.etag:
        return None
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if "*" not in tags and finished.etag.removeprefix("W/") not in tags:
        return None
    kept = tuple(each for each in finished.headers if each[0] not in {b"content-length", b"content-type"})
    return Finished(304, kept, b"", finished.etag)


@functools.lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: str) -> bool:
    """Say whether the client takes gzip (RFC 9110, 12.5.3); it has to be named, or everything allowed.

    >>> accepts_gzip("*;q=0, gzip;q=0.5")
    True
    """
    taken = {}
    for item in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in item.split(";"))
        taken[coding] = not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", part) for part in parameters)
    return taken.get("gzip", taken.get("x-gzip", taken.get("*", False)))


def _entity_tag(reply: Reply, request: Request, identity: str, coding: str) -> str:
    """Make an entity tag of the data, the request and the format, so that the bytes need not be read.

    It is a weak one (RFC 9110, 8.8.1): the same request for the same data gives the same answer, though the
    blank nodes that it makes may have other names the next time.
    """
    parts = (identity, request.origin, reply.content_type, coding, request.headers.get("content-type", ""))
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=12)
    digest.update(request.target + b"\n" + request.body)
    return f'W/"{digest.hexdigest()}"'


def _decoded(fields: bytes) -> bytes:
    return unquote_to_bytes(fields.replace(b"+", b" "))


async def _compressed(body: bytes) -> bytes:
    if len(body) > _LONG:
        return await asyncio.to_thread(gzip.compress, body, 5, mtime=0)
    return gzip.compress(body, 5, mtime=0)


def _encoded(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    # Nothing that a client sends may end a header.
    return tuple(
        (name.lower().encode(), (value if value.isprintable() else value.translate(_ENDS)).encode("utf-8"))
        for name, value in headers.items()
    )


_ENDS = dict.fromkeys(map(ord, "\r\n\0"), " ")
