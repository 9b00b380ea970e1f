"""Reads a request of the SPARQL 1.1 Protocol (2.1) into what a store is asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request

from qwen_kg.errors import ForbiddenError, InputError, UnsupportedTypeError

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"

_FIELD_LIMIT = 1000  # more fields than any client sends, few enough to read


@dataclass(frozen=True)
class Asked:
    """What a request asks: ``query`` is None where it asks for nothing but the service itself."""

    query: str | None
    format: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def read(request: Request) -> Asked:
    """Read a GET, a form POST or a direct POST.

    Raises:
        InputError: not exactly one query, no UTF-8, too many fields.
        ForbiddenError: an update.
        UnsupportedTypeError: a body that is neither a form nor a query.
    """
    fields = _fields(request.query_string)
    if request.method == "POST":
        fields += _body_fields(request)
    if any(name in {"update", "using-graph-uri", "using-named-graph-uri"} for name, _ in fields):
        raise ForbiddenError("this endpoint takes queries only, no updates")
    queries = _all(fields, "query")
    datasets = _all(fields, "default-graph-uri"), _all(fields, "named-graph-uri")
    if len(queries) > 1 or (not queries and (request.method == "POST" or any(datasets))):
        raise InputError(f"exactly one query is needed, and there are {len(queries) or 'none'}")
    formats = _all(fields, "format")
    if len(set(formats)) > 1:
        raise InputError(f"one format is needed, and there are {len(formats)}")
    return Asked(queries[0] if queries else None, formats[0] if formats else None, *datasets)


def _all(fields: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    """Give all values of a field, in order."""
    return tuple(value for name, value in fields if name == wanted)


def _body_fields(request: Request) -> list[tuple[str, str]]:
    """Read the body of a POST as fields; a query that is the body itself is the field ``query``."""
    if request.mimetype == FORM:
        return _fields(request.get_data())
    if request.mimetype == UPDATE:
        raise ForbiddenError("this endpoint takes queries only, no updates")
    if request.mimetype != QUERY:
        raise UnsupportedTypeError(
            f"a body of {request.mimetype or 'no media type'} is not understood; send {QUERY} or {FORM}"
        )
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise UnsupportedTypeError(f"a query is sent in UTF-8, not in {charset}")
    return [("query", _text(request.get_data()))]


def _fields(raw: bytes) -> list[tuple[str, str]]:
    """Decode percent-encoded fields, once, and strictly as UTF-8."""
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELD_LIMIT
        )
    except UnicodeDecodeError as error:
        raise InputError("the parameters are not percent-encoded UTF-8") from error
    except ValueError as error:
        raise InputError(f"there are more than {_FIELD_LIMIT} parameters") from error


def _text(raw: bytes) -> str:
    """Decode a query."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"the query is not UTF-8, from byte {error.start} on") from error
