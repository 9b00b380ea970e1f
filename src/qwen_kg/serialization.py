"""Writes what pyoxigraph answers as bytes, within limits of size and rows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from qwen_kg.errors import InputError, LimitError
from qwen_kg.formats import Format, Kind
from qwen_kg.limits import Limits
from qwen_kg.namespaces import PREFIXES

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


def kind_of(answer: Answer) -> Kind:
    """Say what an answer is."""
    if isinstance(answer, ox.QueryTriples):
        return Kind.GRAPH
    return Kind.BOOLEAN if isinstance(answer, ox.QueryBoolean) else Kind.BINDINGS


def rdf_format(chosen: Format) -> ox.RdfFormat:
    """Give pyoxigraph's name of an RDF format of ours."""
    found = ox.RdfFormat.from_media_type(chosen.media_type)
    if found is None:  # cannot be: a test goes through the table
        raise InputError(f"pyoxigraph does not know {chosen.media_type}")
    return found


def serialized(answer: Answer, chosen: Format, limits: Limits | None = None) -> bytes:
    """Write the answer to a query, whole or not at all.

    Raises:
        LimitError: it is longer, or has more rows, than the limits allow.
    """
    if isinstance(answer, ox.QueryTriples):
        return serialized_graph(answer, chosen, limits)
    results_format = ox.QueryResultsFormat.from_media_type(chosen.media_type)
    if results_format is None:  # cannot be: a test goes through the table
        raise InputError(f"pyoxigraph does not know {chosen.media_type}")
    if limits is None:
        return answer.serialize(format=results_format) or b""
    output = Bounded(limits.result_size)
    answer.serialize(output, results_format)
    body = output.getvalue()
    if isinstance(answer, ox.QuerySolutions) and len(body) > limits.rows and rows(body, chosen) > limits.rows:
        raise LimitError(
            f"the answer has more than {limits.rows} rows; ask for fewer, or for pages with LIMIT and OFFSET",
            "max-rows",
            limits.rows,
        )
    return body


def serialized_graph(
    triples: ox.QueryTriples | Iterable[ox.Triple] | Iterable[ox.Quad],
    chosen: Format,
    limits: Limits | None = None,
) -> bytes:
    """Write a graph or a dataset.

    Raises:
        LimitError: it is longer than the limits allow.
    """
    output = Bounded(limits.result_size if limits else None)
    ox.serialize(triples, output, rdf_format(chosen), prefixes=PREFIXES)
    return _without_idle_prefixes(output.getvalue(), chosen)


class Bounded(io.BytesIO):
    """A file in memory that takes so many bytes; the error that it raises ends the evaluation, too."""

    def __init__(self, limit: int | None) -> None:
        super().__init__()
        self._limit = limit

    def write(self, piece: Buffer, /) -> int:
        """Take a piece.

        Raises:
            LimitError: with it there are more bytes than allowed.
        """
        written = super().write(piece)
        if self._limit is not None and self.tell() > self._limit:
            raise LimitError(
                f"the answer is longer than {self._limit} bytes; ask for less, or for pages with LIMIT",
                "max-result-size",
                self._limit,
            )
        return written


def rows(body: bytes, chosen: Format) -> int:
    """Count the solutions in a written answer, without reading its terms.

    >>> from qwen_kg.formats import by_name
    >>> rows(b'{"results":{"bindings":[{"x":{"type":"literal","value":",{"}},{}]}}', by_name("json"))
    2
    """
    strings, mark, head = _ROWS[chosen.name]
    return len(mark.findall(strings.sub(b"", body))) - head


# For each format: what may hold anything, what stands once for each row beside it, and how often in the head.
# Possessive quantifiers, because a string may be as long as the whole: what may be tried again takes memory.
_JSON_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_ROWS: dict[str, tuple[re.Pattern[bytes], re.Pattern[bytes], int]] = {
    "json": (_JSON_STRING, re.compile(rb"[\[,]\{"), 0),
    "xml": (re.compile(rb"(?!)"), re.compile(rb"<result>"), 0),
    "csv": (re.compile(rb'"[^"]*+(?:""[^"]*+)*+"'), re.compile(rb"\n"), 1),
    "tsv": (re.compile(rb"(?!)"), re.compile(rb"\n"), 1),
}

_DECLARATIONS = {
    "turtle": (re.compile(rb"\A(?:@prefix [^\n]*\n)*"), rb"@prefix %s: [^\n]*\n"),
    "trig": (re.compile(rb"\A(?:@prefix [^\n]*\n)*"), rb"@prefix %s: [^\n]*\n"),
    "rdfxml": (re.compile(rb"\A.*?<rdf:RDF[^>]*>", re.DOTALL), rb' xmlns:%s="[^"]*"'),
}


def _without_idle_prefixes(body: bytes, chosen: Format) -> bytes:
    """Leave out the declarations of prefixes that are not used, which would be most of a short answer."""
    if chosen.name not in _DECLARATIONS:
        return body
    head_pattern, declaration = _DECLARATIONS[chosen.name]
    found = head_pattern.match(body)
    if found is None:
        return body
    head, rest = found.group(), body[found.end() :]
    for prefix in (each.encode() for each in PREFIXES):
        if prefix + b":" not in rest:
            head = re.sub(declaration % re.escape(prefix), b"", head)
    return head + rest
