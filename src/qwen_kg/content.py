"""What a dataset consists of, in numbers, for its description (VoID, 4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Triple

from qwen_kg.namespaces import PREFIXES

_TYPE = NamedNode(PREFIXES["rdf"] + "type")


@dataclass(frozen=True)
class Content:
    """What is counted of a set of quads: all of it can be united with what is counted of another."""

    triples: set[Triple]
    subjects: set[object]
    predicates: set[NamedNode]
    classes: set[object]
    sizes: Counter[object]

    @staticmethod
    def of(quads: set[Quad]) -> Content:
        """Count quads."""
        triples = {quad.triple for quad in quads}
        return Content(
            triples,
            {triple.subject for triple in triples},
            {triple.predicate for triple in triples},
            {triple.object for triple in triples if triple.predicate == _TYPE},
            Counter(quad.graph_name for quad in quads),
        )

    def united(self, other: Content) -> Content:
        """Give what is counted of both together; the graphs of the two are different ones."""
        return Content(
            self.triples | other.triples,
            self.subjects | other.subjects,
            self.predicates | other.predicates,
            self.classes | other.classes,
            self.sizes + other.sizes,
        )
