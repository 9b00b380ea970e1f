"""The bridge between two term models: rdflib for people, pyoxigraph for storing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from qwen_kg.namespaces import PREFIXES

_STRING = PREFIXES["xsd"] + "string"


def new_graph() -> Graph:
    """Give an empty graph, in a store without contexts, which takes a triple in a third of the time."""
    return Graph("SimpleMemory")


def quads_of(triples: Iterable[tuple[Node, Node, Node]], graph: str = "") -> list[ox.Quad]:
    """Give triples of rdflib, such as a graph of it, as pyoxigraph has them.

    Args:
        triples: the triples.
        graph: the IRI of the named graph that they are in; without one they are in the default graph.

    Raises:
        ValueError: a term is none of RDF, or an IRI is not written as one.
    """
    known: dict[Node, Any] = {}  # most terms come often

    def term(node: Node) -> Any:
        found = known.get(node)
        if found is None:
            found = known[node] = _term(node)
        return found

    where = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return [ox.Quad(term(s), term(p), term(o), where) for s, p, o in triples]


def _term(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(node, URIRef):
        return ox.NamedNode(node)
    if isinstance(node, BNode):
        return ox.BlankNode(node)
    if not isinstance(node, Literal):
        raise ValueError(f"this is no term of RDF: {node!r}")
    if node.language:
        return ox.Literal(node, language=node.language)
    return ox.Literal(node, datatype=ox.NamedNode(node.datatype) if node.datatype else None)


def graph_of(triples: Iterable[ox.Triple], into: Graph | None = None) -> Graph:
    """Give triples as an rdflib graph, a new one or one that there is; their order is kept.

    Blank nodes are new ones, so that those of two documents do not become one.

    Raises:
        ValueError: a term is of RDF 1.2, which rdflib has not: a triple, or a text with a direction.
    """
    graph, known = Graph() if into is None else into, dict[object, Node]()
    for triple in triples:
        nodes = []
        for term in (triple.subject, triple.predicate, triple.object):
            node = known.get(term)
            if node is None:
                node = known[term] = _node(term)
            nodes.append(node)
        graph.add((nodes[0], nodes[1], nodes[2]))
    return graph


def _node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode()
    if isinstance(term, ox.Triple) or term.direction is not None:
        raise ValueError(f"rdflib does not know the terms of RDF 1.2: {term}")
    if term.language or term.datatype.value == _STRING:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype.value))
