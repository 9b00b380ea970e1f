"""The bridge between two term models, by way of N-Triples: rdflib for people, pyoxigraph for storing."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from rdflib import Graph


def triples_of(graph: Graph) -> list[ox.Triple]:
    """Give the triples of an rdflib graph as pyoxigraph has them."""
    text = graph.serialize(format="nt", encoding="utf-8")
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]


def graph_of(triples: Iterable[ox.Triple], into: Graph | None = None) -> Graph:
    """Give triples as an rdflib graph, a new one or one that there is; their order is kept."""
    graph = Graph() if into is None else into
    return graph.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"", format="nt")
