"""Reads a request of the SPARQL 1.1 Protocol (2.1, 2.2) into what it asks or wants changed."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_kg.errors import ContentTooLargeError, InputError, UnsupportedTypeError
from qwen_kg.web.exchange import Request, decoded_fields

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"

_ONCE = ("query", "update", "timeout")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks; where neither ``query`` nor ``update`` is given, it asks for the service itself.

    ``graphs`` and ``named_graphs`` are the dataset, of an update the one that its WHERE sees; ``timeout`` is
    in seconds, ``format`` one name or several with commas between.
    """

    query: str | None
    update: str | None
    format: str | None
    timeout: float | None
    graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def read(request: Request, longest: int) -> Asked:
    """Read a query by GET, by QUERY, by a form or as the body itself, or an update by the latter two.

    Args:
        request: what came.
        longest: the length in bytes that a query or an update may have.

    Raises:
        InputError: not exactly one query or update, an update by GET, no UTF-8, too many fields.
        ContentTooLargeError: the query is too long.
        UnsupportedTypeError: a body that is neither a form nor a query nor an update.
    """
    fields = [*request.fields]
    if any(name == "update" for name, _ in fields):
        raise InputError("an update is sent in the body of a POST, not in the address")
    if request.method in {"POST", "QUERY"}:
        fields += _body_fields(request)
    once = {name: _only(fields, name) for name in _ONCE}
    text, change = once["query"], once["update"]
    if text is not None and change is not None:
        raise InputError("either a query or an update is needed, and there are both")
    if change is not None and request.method == "QUERY":
        raise InputError("the method QUERY changes nothing, so it takes no update")
    prefix = "using" if change is not None else "default"
    graphs = _all(fields, f"{prefix}-graph-uri")
    named = _all(fields, "using-named-graph-uri" if change is not None else "named-graph-uri")
    if text is None and change is None and (request.method in {"POST", "QUERY"} or graphs or named):
        raise InputError("exactly one query is needed, and there is none")
    if len((text or change or "").encode("utf-8", "surrogatepass")) > longest:
        raise ContentTooLargeError(
            f"the query is longer than {longest} bytes, the longest that is taken",
            "max-query-length",
            longest,
        )
    return Asked(
        text, change, ",".join(_all(fields, "format")) or None, seconds(once["timeout"]), graphs, named
    )


def _all(fields: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    """Give all values of a field, in order."""
    return tuple(value for name, value in fields if name == wanted)


def _only(fields: list[tuple[str, str]], wanted: str) -> str | None:
    """Give the value of a field that may come once."""
    values = _all(fields, wanted)
    if len(values) > 1:
        raise InputError(f"exactly one {wanted} is needed, and there are {len(values)}")
    return values[0] if values else None


def seconds(text: str | None) -> float | None:
    """Read ``timeout=``; digits and a point, so that neither ``inf`` nor ``1_0`` is a number.

    Raises:
        InputError: it is something else.
    """
    if text is None:
        return None
    if not text.isascii() or not text.replace(".", "", 1).isdigit() or not float(text):
        raise InputError(f"timeout is a number of seconds above 0, such as 2.5, and not {text!r}")
    return float(text)


def _body_fields(request: Request) -> list[tuple[str, str]]:
    """Read the body as fields; a query or an update that is the body itself is the field of that name."""
    media_type = request.media_type
    if media_type not in {FORM, QUERY, UPDATE}:
        raise UnsupportedTypeError(
            f"a body of {media_type or 'no media type'} is not understood; send {QUERY}, {UPDATE} or {FORM}"
        )
    require_utf8(request)
    if media_type == FORM:
        return decoded_fields(request.body)
    try:
        return [("query" if media_type == QUERY else "update", request.body.decode())]
    except UnicodeDecodeError as error:
        raise InputError(f"the body is not UTF-8, from byte {error.start} on") from error


def require_utf8(request: Request) -> None:
    """Refuse a body that says that it is in another encoding, or compressed.

    Raises:
        UnsupportedTypeError: it is.
    """
    for parameter in request.headers.get("content-type", "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8"}:
            raise UnsupportedTypeError(f"text is sent in UTF-8, not in {value.strip()}")
    coding = request.headers.get("content-encoding", "identity").lower()
    if coding != "identity":
        raise UnsupportedTypeError(f"a body is sent as it is, not in the coding {coding}")
