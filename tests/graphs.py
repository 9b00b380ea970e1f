"""What tests of writing share: short ways to write graphs, and to see what a store has."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from qwen_kg.writing import write_graph

BASE = "http://example.org/base/"
NT, NQ, TURTLE = "application/n-triples", "application/n-quads", "text/turtle"


def put(store: ox.Store, name: str | None, *bodies: str, replace: bool = True) -> bool:
    parts = [(TURTLE, f"{body} .".encode() if body else b"") for body in bodies]
    return write_graph(store, name, parts, base=BASE, replace=replace)


def objects(store: ox.Store, graph: str | None) -> list[str]:
    """The values of the objects in a graph, in order."""
    name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    terms = [quad.object for quad in store.quads_for_pattern(None, None, None, name)]
    return sorted(getattr(term, "value", str(term)) for term in terms)


def canonical(quads: Iterable[ox.Quad]) -> set[str]:
    """Quads with names for their blank nodes that depend on what is said of them only."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}
