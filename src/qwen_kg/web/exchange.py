"""A request and a reply, as everything behind the front sees them: whole, and without a framework."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from qwen_kg.errors import InputError
from qwen_kg.results import Result

Watch = Callable[[], object]

_FIELD_LIMIT = 1000  # more fields than any client sends, few enough to read


@dataclass(slots=True)
class Request:
    """An HTTP request.

    ``path`` is decoded, ``target`` is the path and query string as they came, ``query_string`` the latter
    alone. The names of ``headers`` are in lower case; of several of one name the values are joined by commas.
    ``watch`` begins to look whether the client is still there, and cancels the task when it is not.
    ``writing`` becomes true where something is to be changed, whether it may or not.
    """

    method: str
    path: str
    target: bytes
    query_string: bytes
    headers: Mapping[str, str]
    scheme: str
    client: str
    watch: Watch
    body: bytes = b""
    writing: bool = False
    _fields: list[tuple[str, str]] | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of the query string, decoded once: neither by two readers, nor for each again.

        Raises:
            InputError: see :func:`decoded_fields`.
        """
        if self._fields is None:
            self._fields = decoded_fields(self.query_string)
        return self._fields

    @property
    def accept(self) -> str | None:
        """The Accept header."""
        return self.headers.get("accept")

    @property
    def origin(self) -> str:
        """Scheme and authority of this server, as the client calls it."""
        return f"{self.scheme}://{self.headers.get('host') or 'localhost'}"

    @property
    def url(self) -> str:
        """The address that was asked, without its query string."""
        return self.origin + self.target.partition(b"?")[0].decode("latin-1")

    @property
    def media_type(self) -> str:
        """The media type of the body, in lower case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Reply:
    """An HTTP response; ``content_type`` is empty where there is no body.

    ``lasting`` says that the same request gets the same reply as long as the data stay the same.
    """

    status: int
    content_type: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    lasting: bool = False


def require_readable(request: Request) -> None:
    """Refuse a request whose address cannot be read in one way.

    Raises:
        InputError: the Host header is no authority (RFC 9110, 7.2), or the query string cannot be decoded.
    """
    host = request.headers.get("host") or "localhost"  # HTTP/1.0 has none
    if not _AUTHORITY.fullmatch(host):
        raise InputError(f"Host is the name and perhaps the port of this server, and not {host!r}")
    request.fields  # noqa: B018 - whether they can be read


def decoded_fields(raw: bytes) -> list[tuple[str, str]]:
    """Decode percent-encoded fields, once, and strictly as UTF-8.

    Raises:
        InputError: they are not percent-encoded UTF-8, or there are too many.
    """
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELD_LIMIT
        )
    except UnicodeDecodeError as error:
        raise InputError("the parameters are not percent-encoded UTF-8") from error
    except ValueError as error:
        raise InputError(f"there are more than {_FIELD_LIMIT} parameters") from error


_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")


def content_type(media_type: str) -> str:
    """Label a media type; text is in UTF-8 here.

    >>> content_type("text/turtle")
    'text/turtle; charset=utf-8'
    >>> content_type("application/n-triples")
    'application/n-triples'
    """
    return media_type + "; charset=utf-8" if media_type.startswith("text/") else media_type


def answer(found: Result) -> Reply:
    """Send the answer of a store."""
    return Reply(200, content_type(found.media_type), found.body, {"Vary": "Accept"}, lasting=True)
