"""The OWL 2 RL closure of the data, and the part of it that is published.

`reasonable` makes the closure in a fraction of a second, but reports no contradiction; the rules that
conclude *false* are therefore queries over the closure (``shapes/inconsistencies``), with owlrl as the
judge in a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

import reasonable
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from qwen_kg.bridge import new_graph
from qwen_kg.vocabulary import QKG

Triple = tuple[Node, Node, Node]
"""A triple as rdflib has it. Where no pattern is looked for, a set of them is less work than a graph."""


def closure(triples: Iterable[Triple]) -> set[Triple]:
    """Give everything that follows from triples by OWL 2 RL/RDF, with the triples themselves."""
    said = set(triples)
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(list(said))
    # Literals come back without their datatype, and no rule of ours makes new ones.
    return said.union(triple for triple in reasoner.reason() if isinstance(triple[2], URIRef))


def published_inferences(closed: Set[Triple], said: Set[Triple], ontology: Graph) -> Graph:
    """Give the inferences that help people who query: superclasses, superproperties and transitive links.

    Args:
        closed: the closure.
        said: what the graphs of data say themselves; none of it is given again.
        ontology: the ontology, whose terms decide what is of interest.
    """
    above = set(ontology.objects(None, RDFS.subPropertyOf)) | set(
        ontology.subjects(RDF.type, OWL.TransitiveProperty)
    )
    classes = set(ontology.subjects(RDF.type, OWL.Class))
    subjects = {s for s, _, _ in said if isinstance(s, URIRef)}
    inferred = new_graph()
    for s, p, o in closed - said:
        wanted = p in above or (p == RDF.type and o in classes)
        if wanted and s in subjects and not str(s).startswith(QKG):
            inferred.add((s, p, o))
    return inferred
