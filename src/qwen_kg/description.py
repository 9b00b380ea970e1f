"""What the dataset says of itself: VoID, DCAT and the service description of its endpoint, and its queries.

All counts are of the dataset as it is published, this description included (VoID, 4; DCAT 3). There are no
blank nodes, so that every part can be named and linked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from qwen_kg.formats import FORMATS, Kind
from qwen_kg.namespaces import BASE, PREFIXES, compact, expand

TITLE = "qwen-kg: a knowledge graph of the Qwen model family"
ABOUT = (
    "What sources say of the Qwen models: their parts, lineage, licences, sizes, releases, claims, scores and "
    "prices. Every fact is there as a plain triple and as a statement that names the passages behind it."
)
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
#: Where sh: has no terms for a form of query, those of the SPARQL examples ontology are used.
SPARQL_EXAMPLES = "https://purl.expasy.org/sparql-examples/ontology#"

#: What is in each named graph.
GRAPHS = {
    "facts": "Entities with their names, and the plain triples of accepted statements; events, claims and offers.",
    "statements": "Every triple that a source affirms or denies, with its passages, polarity and standing.",
    "sources": "The sources, their versions, and the passages in them that support something.",
    "inferred": "What follows from the facts: broader classes and properties, chains of parts and successors.",
    "ontology": "The classes, properties and closed vocabularies that the data are written in.",
    "alignments": "How the terms of the ontology stand to those of other vocabularies.",
    "shapes": "The SHACL shapes that the data conform to.",
    "queries": "The saved queries, ready to be offered by editors.",
    "description": "This description of the dataset, with its counts.",
}
EXAMPLES = ("id:Qwen", "id:Qwen2.5-VL", "id:Qwen2.5-VL-32B-Instruct")


class Query(Protocol):
    """A saved query, as far as its record needs it; ``body`` is its text without prefixes."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def body(self) -> str: ...
    @property
    def form(self) -> str: ...


def _node(name: str) -> NamedNode:
    """Give the node of a CURIE."""
    return NamedNode(expand(name))


def _ours(path: str) -> NamedNode:
    return NamedNode(BASE + path)


def _text(text: str) -> Literal:
    return Literal(text, language="en")


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=_node(datatype))


DATASET, ENDPOINT, PREFIX_LIST = _ours("dataset"), _ours("sparql"), _ours("prefixes")
_FACTS, _OWN_GRAPH, _QUERIES = _node("graph:facts"), _node("graph:description"), _node("graph:queries")
_TYPE = _node("rdf:type")

Rows = Iterator[tuple[NamedNode, str, NamedNode | Literal]]


def query_records(queries: Iterable[Query]) -> list[Quad]:
    """Give the records of saved queries, for the graph of queries (SHACL, 5.2 and SHACL-AF, 5).

    Each is a ``sh:SPARQLExecutable``, as in the SPARQL examples of the SIB, which editors look for. All use one
    list of prefixes.
    """
    return [Quad(s, _node(p), o, _QUERIES) for query in queries for s, p, o in _query(query)] + [
        Quad(s, _node(p), o, _QUERIES) for s, p, o in _prefixes()
    ]


def _query(query: Query) -> Rows:
    record, form = _node(f"query:{query.name}"), query.form.upper()
    kind = f"SPARQL{form.capitalize()}Executable"
    yield record, "rdf:type", _node("sh:SPARQLExecutable")
    yield record, "rdf:type", NamedNode((SPARQL_EXAMPLES if form == "DESCRIBE" else PREFIXES["sh"]) + kind)
    yield record, "rdfs:label", _text(query.name)
    yield record, "rdfs:comment", _text(query.summary)
    yield record, "dcterms:description", _text(query.description)
    for tag in query.tags:
        yield record, "schema:keywords", Literal(tag)
    yield record, "schema:target", ENDPOINT
    yield record, "sh:prefixes", PREFIX_LIST
    yield record, _TEXT_PROPERTIES[form], Literal(query.body.rstrip("\n"))
