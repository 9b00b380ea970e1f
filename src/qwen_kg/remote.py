"""A store that is elsewhere: any endpoint of the SPARQL 1.1 Protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener
from urllib.request import Request as UrllibRequest

from qwen_kg.errors import (
    ForbiddenError,
    InputError,
    NotAcceptableError,
    QuerySyntaxError,
    QwenKgError,
    RemoteError,
)
from qwen_kg.formats import FORMATS
from qwen_kg.results import Result
from qwen_kg.sparql import refuse_service
from qwen_kg.syntax_errors import explain

SIZE_LIMIT = 512 * 1024 * 1024
"""The longest answer in bytes that is taken from another endpoint."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """A response, of any status, read whole."""

    status: int
    content_type: str
    body: bytes


Send = Callable[[Request, float], Response]
"""What carries a request, with a time limit in seconds; it raises OSError where no response comes back."""


class RemoteStore:
    """A SPARQL endpoint, asked by direct POST (SPARQL 1.1 Protocol, 2.1.3).

    It answers like any :class:`qwen_kg.results.Store`; see there for what ``query`` takes. Its default graph
    is the one the endpoint has. SERVICE is refused here too, because this store may stand behind an endpoint
    of ours, whose visitors must not send requests from another machine.

    Args:
        url: its address, http or https.
        send: what carries the requests; urllib where nothing is given.
        timeout: seconds to wait for an answer.

    Raises:
        InputError: the address is not http or https.
    """

    def __init__(self, url: str, *, send: Send | None = None, timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(f"{url}: the address of an endpoint begins with http:// or https://")
        self.url = url
        self._send = send or send_with_urllib
        self._timeout = timeout

    def query(
        self,
        text: str,
        *,
        accept: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Result:
        """Answer a query; see :meth:`qwen_kg.results.Store.query`."""
        refuse_service(text)
        dataset = [("default-graph-uri", iri) for iri in default_graphs]
        dataset += [("named-graph-uri", iri) for iri in named_graphs]
        headers = {
            "Content-Type": "application/sparql-query",
            "Accept": accept or "application/sparql-results+json, text/turtle",
            "User-Agent": "qwen-kg",
        }
        try:
            body = (f"BASE <{base}> " if base else "").encode() + text.encode()
        except UnicodeEncodeError as error:
            raise QuerySyntaxError(
                "the query holds half of a surrogate pair, which is no character"
            ) from error
        request = Request("POST", self._address(dataset), headers, body)
        try:
            response = self._send(request, self._timeout)
        except (OSError, HTTPException) as error:
            raise RemoteError(f"{self.url}: {error}") from error
        media_type = response.content_type.partition(";")[0].strip().lower()
        if response.status != 200:
            raise self._error(text, response, media_type)
        if media_type not in _MEDIA_TYPES:
            raise RemoteError(
                f"{self.url} answered {media_type or 'no media type'}, which is no SPARQL result"
            )
        return Result(media_type, response.body)

    def _address(self, parameters: list[tuple[str, str]]) -> str:
        """Give the address with parameters for the dataset."""
        if not parameters:
            return self.url
        return self.url + ("&" if urlsplit(self.url).query else "?") + urlencode(parameters)

    def _error(self, text: str, response: Response, media_type: str) -> QwenKgError:
        """Turn a response that is no answer into the error that a local store would have raised."""
        problem = _problem(response) if media_type == "application/problem+json" else {}
        words = response.body[:500].decode(errors="replace").strip()
        detail = str(problem.get("detail") or words)
        if response.status == 400 and problem.get("title") in {None, QuerySyntaxError.title}:
            line, column = problem.get("line"), problem.get("column")
            if not isinstance(line, int) or not isinstance(column, int):
                return explain(text, detail)
            return QuerySyntaxError(detail.removeprefix(f"line {line}, column {column}: "), line, column)
        if response.status == 400:
            return InputError(detail)
        if response.status == 406:
            offered = [str(each) for each in problem.get("offered", [])]
            return NotAcceptableError(f"{self.url} has no such format", offered or ["what it does not say"])
        if response.status == 403 and problem.get("title") == ForbiddenError.title:
            return ForbiddenError(detail)
        hint = "; is this the address of a SPARQL endpoint?" if response.status in {404, 405} else ""
        told = f"{self.url} answered with status {response.status}: {detail}".rstrip(": ")
        return RemoteError(told + hint)


_MEDIA_TYPES = {media_type for each in FORMATS for media_type in (each.media_type, *each.also)}


def _problem(response: Response) -> dict[str, Any]:
    """Read a problem document (RFC 9457), or nothing where it is none."""
    try:
        document = json.loads(response.body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirect: the address that was given is the one that is asked, and no other."""

    def redirect_request(
        self, req: UrllibRequest, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> UrllibRequest | None:
        """Give no request, so that the redirect itself becomes the error."""
        return None


_opener = build_opener(_NoRedirects)


def send_with_urllib(request: Request, timeout: float) -> Response:
    """Send a request over the network with the standard library.

    Raises:
        OSError: there is no connection, no answer in time, or more than :data:`SIZE_LIMIT` bytes of it.
    """
    prepared = UrllibRequest(  # noqa: S310 - RemoteStore admits http and https only
        request.url, data=request.body, headers=dict(request.headers), method=request.method
    )
    try:
        with _opener.open(prepared, timeout=timeout) as answer:
            body = answer.read(SIZE_LIMIT + 1)
            if len(body) > SIZE_LIMIT:
                raise OSError(f"the answer is longer than {SIZE_LIMIT} bytes")
            return Response(answer.status, answer.headers.get("Content-Type", ""), body)
    except HTTPError as error:
        with error:
            content_type = error.headers.get("Content-Type", "") if error.headers else ""
            return Response(error.code, content_type, error.read(65536))
    except URLError as error:
        raise OSError(str(error.reason)) from error
