"""Files of text and of Turtle, whose faults are told by file, line and column."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from qwen_kg.bridge import graph_of
from qwen_kg.errors import DataError, Position


def read_text(path: Path, shown_as: str) -> str:
    """Read a text in UTF-8, with or without a byte order mark.

    Args:
        path: the file.
        shown_as: its name in messages, such as ``data/models/qwen3.yaml``.

    Raises:
        DataError: it cannot be opened, or is no UTF-8; the line is that of the first bad byte.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError([(Position(shown_as, 1), f"cannot be read: {error.strerror}")]) from None
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = Position(shown_as, before.count(b"\n") + 1, len(before.rpartition(b"\n")[2]) + 1)
        raise DataError([(place, f"not UTF-8: {error.reason}")]) from None


def read_turtle(path: Path, shown_as: str, into: Graph | None = None) -> Graph:
    """Read a Turtle file that is not empty, into a graph that there is or a new one.

    The triples keep the order of the file, in which the docs tell of the ontology.

    Raises:
        DataError: it cannot be opened, does not parse, or says nothing.
    """
    text = read_text(path, shown_as)
    try:
        triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise rdf_fault(shown_as, error) from None
    if not triples:
        raise DataError([(Position(shown_as, 1), "the file says nothing")])
    return graph_of(triples, into)


def rdf_fault(shown_as: str, error: SyntaxError) -> DataError:
    """Give what pyoxigraph says of RDF that does not parse as an error with its place."""
    message = re.sub(r"^Parser error at line .*?: ", "", error.msg or str(error))  # it repeats the place
    return DataError([(Position(shown_as, error.lineno or 1, error.offset or 1), message)])
