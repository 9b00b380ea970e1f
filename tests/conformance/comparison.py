"""Whether two answers are the same: RDF up to blank nodes, SPARQL results up to blank nodes and order."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from .endpoint import expect
from .manifests import FailedError

XSD = "http://www.w3.org/2001/XMLSchema#"
CSV = "text/csv"
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_SIGNED = ("nonPositiveInteger", "negativeInteger", "nonNegativeInteger", "positiveInteger")
_SIZED = ("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte")
#: What a number is to its datatype (XML Schema Datatypes, 3.3 and 3.4): the datatype whose values it has, and
#: how they are read.
NUMBERS: dict[str, tuple[str, Callable[[str], object]]] = {
    **{XSD + name: (XSD + "integer", Decimal) for name in ("integer", *_SIGNED, *_SIZED)},
    XSD + "decimal": (XSD + "decimal", Decimal),
    XSD + "double": (XSD + "double", float),
    XSD + "float": (XSD + "float", float),
}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Solutions:
    """The answer to a SELECT; a row has a term, or None if it is not bound, for each variable."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


def read_graph(media_type: str, body: bytes, base: str = "http://www.example/") -> ox.Dataset:
    """Read an RDF document.

    Raises:
        FailedError: the media type is not one of RDF, or the document is not well-formed.
    """
    rdf_format = ox.RdfFormat.from_media_type(media_type)
    if rdf_format is None:
        raise FailedError(f"{media_type!r} is no RDF format")
    try:
        return ox.Dataset(ox.parse(body, format=rdf_format, base_iri=base))
    except (SyntaxError, ValueError) as wrong:
        raise FailedError(f"not well-formed {media_type}: {wrong}") from wrong


def read_results(media_type: str, body: bytes) -> Solutions | bool:
    """Read the results of a SELECT or an ASK.

    Raises:
        FailedError: the media type is not one of SPARQL results, or the results are not well-formed.
    """
    if media_type == CSV:
        return _read_csv(body)
    results_format = ox.QueryResultsFormat.from_media_type(media_type)
    if results_format is None:
        raise FailedError(f"{media_type!r} is no format of SPARQL results")
    try:
        results = ox.parse_query_results(body, results_format)
        if isinstance(results, ox.QueryBoolean):
            return bool(results)
        names = tuple(variable.value for variable in results.variables)
        return Solutions(names, tuple(tuple(row[name] for name in names) for row in results))
    except (SyntaxError, ValueError) as wrong:
        raise FailedError(f"not well-formed {media_type}: {wrong}") from wrong


def _read_csv(body: bytes) -> Solutions:
    """Read CSV (SPARQL 1.1 Query Results CSV and TSV Formats, 3): a field is the text of a term, and no more."""
    try:
        head, *rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)
    except (ValueError, csv.Error) as wrong:
        raise FailedError(f"not well-formed CSV: {wrong}") from wrong
    expect(all(len(row) == len(head) for row in rows), "CSV rows are not all as long as the head")
    return Solutions(tuple(head), tuple(tuple(_field(field) for field in row) for row in rows))


def _field(text: str) -> Term | None:
    return ox.BlankNode(text[2:]) if text.startswith("_:") else ox.Literal(text) if text else None


def same_graph(one: ox.Dataset, other: ox.Dataset) -> bool:
    """Say whether two graphs are isomorphic (RDF 1.1 Concepts, 3.6)."""
    copies = [ox.Dataset(one), ox.Dataset(other)]
    for copy in copies:
        copy.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return copies[0] == copies[1]


def compare(expected: Solutions | bool, came: Solutions | bool, ordered: bool, media_type: str) -> str:
    """Compare two results up to the names of blank nodes, and unless ordered up to the order of rows.

    Variables are compared by name, because the queries are all ``SELECT *``, which puts them in no order
    (SPARQL 1.1 Query, 18.2.4.4).

    Returns:
        nothing where they are equal term by term; where they are equal only with numbers compared by value,
        which ones were written in another way.

    Raises:
        FailedError: they are not the same.
    """
    if isinstance(expected, bool) or isinstance(came, bool):
        expect(expected is came, f"expected {expected}, came {came}")
        return ""
    variables = [sorted(each.variables) for each in (expected, came)]
    expect(variables[0] == variables[1], f"expected the variables {variables[0]}, came {variables[1]}")
    if same_graph(_dataset(expected, ordered), _dataset(came, ordered)):
        return ""
    # A store may keep a number as its value, as XML Schema's value spaces allow, and write it in its own way:
    # 1.0E6 as 1000000, and a negativeInteger, which is an integer, as an integer. So numbers are compared by
    # value, and what was written in another way is told. CSV has no datatypes; there only what the expected
    # file writes with an exponent is known to be a number, a double.
    doubles = _doubles(expected) if media_type == CSV else frozenset()
    by_value = [_map(solutions, lambda term: _by_value(term, doubles)) for solutions in (expected, came)]
    expect(
        same_graph(_dataset(by_value[0], ordered), _dataset(by_value[1], ordered)),
        f"expected {_rows(expected)}, came {_rows(came)}",
    )
    other = _literals(came) - _literals(expected)
    pairs = [
        f"{_text(term, media_type)} as {_text(each, media_type)}"
        for term in _literals(expected) - _literals(came)
        for each in other
        if _by_value(term, doubles) == _by_value(each, doubles)
    ]
    return "numbers equal by value: " + ", ".join(sorted(pairs))


def _dataset(solutions: Solutions, ordered: bool) -> ox.Dataset:
    """Put solutions into triples, a node for each row, so that one test of isomorphism serves all."""
    quads = []
    for number, row in enumerate(solutions.rows):
        node = ox.BlankNode()
        place = ox.Literal(number if ordered else "a row")
        quads.append(ox.Quad(node, ox.NamedNode("row:is"), place))
        for name, term in zip(solutions.variables, row, strict=True):
            if term is not None:
                quads.append(ox.Quad(node, ox.NamedNode(f"var:{name}"), term))
    return ox.Dataset(quads)


def _by_value(term: Term | None, doubles: frozenset[float]) -> Term | None:
    """Give a number in one form for each value; ``doubles`` are the values that texts without datatype have."""
    if not isinstance(term, ox.Literal):
        return term
    datatype, read = NUMBERS.get(term.datatype.value, ("", str))
    if datatype and _NUMBER.fullmatch(term.value):
        value = read(term.value)
        text = f"{value.normalize():f}" if isinstance(value, Decimal) else repr(value)
        return ox.Literal(text, datatype=ox.NamedNode(datatype))
    if _NUMBER.fullmatch(term.value) and float(term.value) in doubles:
        return ox.Literal(repr(float(term.value)))
    return term


def _doubles(solutions: Solutions) -> frozenset[float]:
    texts = [term.value for term in _literals(solutions) if _NUMBER.fullmatch(term.value)]
    return frozenset(float(text) for text in texts if "e" in text.lower())


def _literals(solutions: Solutions) -> set[ox.Literal]:
    return {term for row in solutions.rows for term in row if isinstance(term, ox.Literal)}


def _map(solutions: Solutions, change: Callable[[Term | None], Term | None]) -> Solutions:
    rows = tuple(tuple(change(term) for term in row) for row in solutions.rows)
    return Solutions(solutions.variables, rows)


def _text(term: ox.Literal, media_type: str) -> str:
    return term.value if media_type == CSV else str(term).replace(f"<{XSD}", "xsd:").replace(">", "")


def _rows(solutions: Solutions) -> Sequence[str]:
    return [" ".join("-" if term is None else str(term) for term in row) for row in solutions.rows]
