"""The answer of a query that gives a graph: the beginning of its Turtle, and a drawing where it is small."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup

from qwen_kg.namespaces import compact, expand
from qwen_kg.results import Store
from qwen_kg.web.answers import heading
from qwen_kg.web.drawing.layered import Edge, Node, layered
from qwen_kg.web.tables import link

_TURTLE = "text/turtle"
_SHOWN = 24_000  # characters of Turtle on a page
_MOST_NODES = 60
_LABELS = {expand("skos:prefLabel"), expand("rdfs:label"), expand("dcterms:title")}


@dataclass(frozen=True)
class Excerpt:
    """A graph on a page: the beginning of its Turtle, whether that is all, and a drawing if it is small."""

    turtle: str
    whole: bool
    triples: int
    drawing: Markup | None


def excerpt(store: Store, text: str) -> Excerpt:
    """Ask a query that gives a graph.

    Raises:
        QwenKgError: what a query may end with.
    """
    turtle = store.query(text, accept=_TURTLE).body.decode()
    triples = [each.triple for each in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]
    beginning = shortened(turtle)
    return Excerpt(beginning, beginning == turtle, len(triples), drawing(triples))


def shortened(turtle: str) -> str:
    """Give the beginning of a text, in whole lines where the first is not too long for that."""
    if len(turtle) <= _SHOWN:
        return turtle
    end = turtle.rfind("\n", 0, _SHOWN)
    return turtle[: end + 1 if end > 0 else _SHOWN]


def drawing(triples: list[ox.Triple]) -> Markup | None:
    """Draw the triples between things that have IRIs, if there are any and not too many."""
    labels = {
        each.subject.value: each.object.value
        for each in triples
        if each.predicate.value in _LABELS and isinstance(each.object, ox.Literal)
        if isinstance(each.subject, ox.NamedNode)
    }
    edges = [
        (each.subject.value, each.predicate.value, each.object.value)
        for each in triples
        if isinstance(each.subject, ox.NamedNode) and isinstance(each.object, ox.NamedNode)
        if each.subject.value in labels and each.object.value in labels
    ]
    nodes = dict.fromkeys(iri for start, _, end in edges for iri in (start, end))
    if not 1 < len(nodes) <= _MOST_NODES:
        return None
    return layered(
        [Node(iri, labels[iri], link(iri)) for iri in nodes],
        [
            Edge(start, end, heading(compact(relation).partition(":")[2]).lower())
            for start, relation, end in edges
        ],
        "The answer as a drawing",
    )
