"""The data for others, in six formats that all hold the same.

Equal data give equal bytes, whatever the order in which they come. Turtle, N-Triples, RDF/XML and JSON-LD
hold the union of all graphs, TriG and N-Quads the graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad

from qwen_kg.errors import InputError
from qwen_kg.exports.jsonld import jsonld
from qwen_kg.exports.rdfxml import rdfxml
from qwen_kg.exports.turtle import trig, turtle

__all__ = ["WRITERS", "export"]


def nquads(quads: Iterable[Quad]) -> str:
    """Write N-Quads, one quad a line, in the order of their characters (RDF 1.1 N-Quads)."""
    return "".join(sorted({f"{quad} .\n" for quad in quads}))


def ntriples(quads: Iterable[Quad]) -> str:
    """Write the union of all graphs as N-Triples, in the order of their characters (RDF 1.1 N-Triples)."""
    return "".join(sorted({f"{quad.triple} .\n" for quad in quads}))


#: The formats of :data:`qwen_kg.formats.FORMATS` that an export can have, each with its writer.
WRITERS: dict[str, Callable[[Iterable[Quad]], str]] = {
    "turtle": turtle,
    "jsonld": jsonld,
    "trig": trig,
    "nquads": nquads,
    "ntriples": ntriples,
    "rdfxml": rdfxml,
}


def export(quads: Iterable[Quad], format_name: str) -> bytes:
    """Write quads in a format, as UTF-8.

    Args:
        quads: the data, in any order and with any labels of blank nodes.
        format_name: one of :data:`WRITERS`.

    Raises:
        InputError: there is no such format, or it cannot hold the data (RDF 1.2; see each writer).
    """
    if format_name not in WRITERS:
        raise InputError(f"there is no export as {format_name!r}, only as {', '.join(WRITERS)}")
    dataset = Dataset(quads)
    dataset.canonicalize(
        CanonicalizationAlgorithm.RDFC_1_0
    )  # a store gives blank nodes other labels each time
    return WRITERS[format_name](dataset).encode()
