"""The OWL 2 RL closure of the data, and the part of it that is published.

`reasonable` makes the closure in a fraction of a second, but reports no contradiction; the rules that
conclude *false* are therefore queries over the closure (``shapes/inconsistencies``), with owlrl as the
judge in a test.
"""

from __future__ import annotations

import reasonable
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from qwen_kg.vocabulary import QKG


def closure(graph: Graph) -> Graph:
    """Give everything that follows from a graph by OWL 2 RL/RDF, with the graph itself."""
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(graph)
    closed = Graph()
    closed += graph
    for triple in reasoner.reason():
        if not isinstance(triple[2], URIRef):
            continue  # literals come back without their datatype, and no rule of ours makes new ones
        closed.add(triple)
    return closed


def published_inferences(closed: Graph, said: Graph, ontology: Graph) -> Graph:
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
    subjects = {s for s in said.subjects() if isinstance(s, URIRef)}
    inferred = Graph()
    for s, p, o in closed:
        wanted = p in above or (p == RDF.type and o in classes)
        if wanted and s in subjects and (s, p, o) not in said and not str(s).startswith(QKG):
            inferred.add((s, p, o))
    return inferred
