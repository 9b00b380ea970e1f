"""What the dataset says of itself: VoID, DCAT and the service description of its endpoint, and its queries.

All counts are of the dataset as it is published, this description included (VoID, 4; DCAT 3). There are no
blank nodes, so that every part can be named and linked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from qwen_kg.content import Content
from qwen_kg.formats import FORMATS, Kind
from qwen_kg.namespaces import BASE, PREFIXES, compact, expand

TITLE = "qwen-kg: a knowledge graph of the Qwen model family"
ABOUT = (
    "What sources say of the Qwen models: their parts, lineage, licences, sizes, releases, claims, scores "
    "and prices. Every fact is there as a plain triple and as a statement that names the passages behind it."
)
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
#: Where sh: has no terms for a form of query, those of the SPARQL examples ontology are used.
SPARQL_EXAMPLES = "https://purl.expasy.org/sparql-examples/ontology#"

#: What is in each named graph.
GRAPHS = {
    "facts": "Entities and the plain triples of accepted statements; events, claims, scores and offers.",
    "statements": "Every triple that a source affirms or denies, with its passages, polarity and standing.",
    "sources": "The sources, their versions, and the passages in them that support something.",
    "inferred": "What follows from the facts: broader classes and properties, and chains of them.",
    "ontology": "The classes, properties and closed vocabularies that the data are written in.",
    "alignments": "How the terms of the ontology stand to those of other vocabularies.",
    "shapes": "The SHACL shapes that the data conform to.",
    "queries": "The saved queries, ready to be offered by editors.",
    "description": "This description of the dataset, with its counts.",
}
EXAMPLES = ("id:Qwen", "id:Qwen2.5-VL", "id:Qwen2.5-VL-32B-Instruct")


class Query(Protocol):
    """A saved query, as far as its record needs it."""

    @property
    def name(self) -> str:
        """What it is called, the last part of its IRI."""

    @property
    def summary(self) -> str:
        """What it answers, in a line."""

    @property
    def description(self) -> str:
        """What it answers, in full."""

    @property
    def tags(self) -> Sequence[str]:
        """Words to find it by."""

    @property
    def body(self) -> str:
        """Its text without prefixes."""

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE."""


def _node(name: str) -> NamedNode:
    """Give the node of a CURIE, or of an IRI in full."""
    return NamedNode(name if "://" in name else expand(name))


def _ours(path: str) -> NamedNode:
    return NamedNode(BASE + path)


def _text(text: str) -> Literal:
    return Literal(text, language="en")


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=_node(datatype))


DATASET, ENDPOINT, PREFIX_LIST = _ours("dataset"), _ours("sparql"), _ours("prefixes")
_VOID, _CREATOR = _ours(".well-known/void"), _node("id:qwen-kg-founders")
_TYPE = _node("rdf:type")

Rows = Iterator[tuple[NamedNode, str, NamedNode | Literal]]


def _quads(graph: str, rows: Rows) -> set[Quad]:
    name = _node(f"graph:{graph}")
    return {Quad(subject, _node(predicate), value, name) for subject, predicate, value in rows}


def query_records(queries: Iterable[Query]) -> set[Quad]:
    """Give the records of saved queries, for the graph of queries (SHACL, 5.2.1; SHACL-AF, 5).

    Each is a ``sh:SPARQLExecutable`` as in the SPARQL examples of the SIB, which editors look for, and its
    text has no prologue: all share one list of prefixes.
    """
    rows = (row for query in queries for row in _query(query))
    return _quads("queries", rows) | _quads("queries", _prefixes())


def _query(query: Query) -> Rows:
    record, form = _node(f"query:{query.name}"), query.form.upper()
    terms = SPARQL_EXAMPLES if form == "DESCRIBE" else PREFIXES["sh"]
    yield record, "rdf:type", _node("sh:SPARQLExecutable")
    yield record, "rdf:type", _node(f"{terms}SPARQL{form.capitalize()}Executable")
    yield record, "rdfs:label", _text(query.name)
    yield record, "rdfs:comment", _text(query.summary)
    yield record, "dcterms:description", _text(query.description)
    for tag in query.tags:
        yield record, "schema:keywords", Literal(tag)
    yield record, "schema:target", ENDPOINT
    yield record, "sh:prefixes", PREFIX_LIST
    yield record, terms + form.lower(), Literal(query.body.strip("\n"))


def _prefixes() -> Rows:
    yield PREFIX_LIST, "rdfs:label", _text("Prefixes of the saved queries")
    for prefix, iri in PREFIXES.items():
        declaration = _ours(f"prefixes/{prefix}")
        yield PREFIX_LIST, "sh:declare", declaration
        yield declaration, "rdf:type", _node("sh:PrefixDeclaration")
        yield declaration, "sh:prefix", Literal(prefix)
        yield declaration, "sh:namespace", _typed(iri, "xsd:anyURI")


def describe_dataset(quads: Iterable[Quad], version: str, issued: str) -> set[Quad]:
    """Describe a dataset, for the graph of its description.

    The description is part of what it counts, so it is made again until its counts are those of the whole.

    Args:
        quads: all other graphs.
        version: the release.
        issued: the day of the release, such as ``2026-11-23``.
    """
    quads, graph = set(quads), _node("graph:facts")
    facts, others = [quad for quad in quads if quad.graph_name == graph], Content.of(quads)
    made = same = _quads("description", _uncounted(facts, version, issued))
    while (again := same | _quads("description", _counted(others.united(Content.of(made))))) != made:
        made = again
    return made


def _uncounted(facts: Collection[Quad], version: str, issued: str) -> Rows:
    """Give what this description itself has no part in."""
    yield from _release(version, issued)
    yield from _distributions()
    yield from _service()
    yield from _examples(facts)
    yield from _partitions(facts)


def _counted(content: Content) -> Rows:
    yield from _totals(content)
    yield from _graphs(content)


def _release(version: str, issued: str) -> Rows:
    for kind in ("void:Dataset", "dcat:Dataset", "sd:Dataset"):
        yield DATASET, "rdf:type", _node(kind)
    yield DATASET, "dcterms:title", _text(TITLE)
    yield DATASET, "dcterms:description", _text(ABOUT)
    yield DATASET, "dcterms:license", _node(LICENSE)
    yield DATASET, "dcterms:creator", _CREATOR
    yield DATASET, "dcterms:publisher", _CREATOR
    yield DATASET, "dcterms:issued", _typed(issued, "xsd:date")
    yield DATASET, "dcat:version", Literal(version)
    yield DATASET, "dcat:landingPage", _ours("")
    yield DATASET, "void:uriSpace", Literal(BASE)
    yield _CREATOR, "rdf:type", _node("foaf:Group")
    yield _CREATOR, "foaf:name", _text("The qwen-kg founders")
    yield _VOID, "rdf:type", _node("void:DatasetDescription")
    yield _VOID, "dcterms:title", _text("Description of the qwen-kg dataset")
    yield _VOID, "foaf:primaryTopic", DATASET


def _count(number: int) -> Literal:
    return _typed(str(number), "xsd:integer")


def _totals(content: Content) -> Rows:
    yield DATASET, "void:triples", _count(len(content.triples))
    yield DATASET, "void:distinctSubjects", _count(len(content.subjects))
    yield DATASET, "void:properties", _count(len(content.predicates))
    yield DATASET, "void:classes", _count(len(content.classes))
    terms = [term.value for term in content.predicates | content.classes if isinstance(term, NamedNode)]
    for iri in PREFIXES.values():
        if any(term.startswith(iri) for term in terms):
            yield DATASET, "void:vocabulary", NamedNode(iri)


def _distributions() -> Rows:
    for written in FORMATS:
        if Kind.GRAPH in written.kinds:
            distribution = _ours(f"dataset/{written.name}")
            download = _ours(f"dataset.{written.extension}")
            yield DATASET, "dcat:distribution", distribution
            yield DATASET, "void:dataDump", download
            yield distribution, "rdf:type", _node("dcat:Distribution")
            yield distribution, "dcterms:title", _text(f"The dataset as {written.name}")
            yield distribution, "dcterms:license", _node(LICENSE)
            yield distribution, "dcat:mediaType", _node(MEDIA_TYPES + written.media_type)
            yield distribution, "dcat:downloadURL", download


def _service() -> Rows:
    yield DATASET, "void:sparqlEndpoint", ENDPOINT
    yield ENDPOINT, "rdf:type", _node("dcat:DataService")
    yield ENDPOINT, "rdf:type", _node("sd:Service")
    yield ENDPOINT, "dcterms:title", _text("SPARQL endpoint of qwen-kg")
    yield ENDPOINT, "dcterms:conformsTo", _node("https://www.w3.org/TR/sparql11-protocol/")
    yield ENDPOINT, "dcat:endpointURL", ENDPOINT
    yield ENDPOINT, "dcat:servesDataset", DATASET
    yield ENDPOINT, "sd:endpoint", ENDPOINT
    yield ENDPOINT, "sd:supportedLanguage", _node("sd:SPARQL11Query")
    yield ENDPOINT, "sd:feature", _node("sd:UnionDefaultGraph")
    yield ENDPOINT, "sd:defaultDataset", DATASET


def _graphs(content: Content) -> Rows:
    for graph, size in content.sizes.items():
        if isinstance(graph, NamedNode):
            name = compact(graph.value).removeprefix("graph:")
            yield DATASET, "void:subset", graph
            yield DATASET, "sd:namedGraph", graph
            yield graph, "rdf:type", _node("void:Dataset")
            yield graph, "rdf:type", _node("sd:NamedGraph")
            yield graph, "sd:name", graph
            yield graph, "dcterms:title", _text(name)
            if name in GRAPHS:
                yield graph, "dcterms:description", _text(GRAPHS[name])
            yield graph, "void:triples", _count(size)


def _examples(facts: Collection[Quad]) -> Rows:
    known = {quad.subject for quad in facts}
    for example in map(_node, EXAMPLES):
        if example in known:
            yield DATASET, "void:exampleResource", example


def _partitions(facts: Collection[Quad]) -> Rows:
    """Count the facts by property, by class, and by property of each class, from which editors complete."""
    graph = _node("graph:facts")
    classes: dict[object, set[NamedNode]] = {}
    for quad in facts:
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            classes.setdefault(quad.subject, set()).add(quad.object)
    used: dict[NamedNode, Counter[NamedNode]] = {}
    for quad in facts:
        for kind in classes.get(quad.subject, ()):
            used.setdefault(kind, Counter())[quad.predicate] += 1
    yield from _property_partitions(graph, Counter(quad.predicate for quad in facts))
    for kind, entities in Counter(kind for kinds in classes.values() for kind in kinds).items():
        partition = NamedNode(f"{graph.value}/class/{_path(kind)}")
        yield graph, "void:classPartition", partition
        yield partition, "void:class", kind
        yield partition, "void:entities", _count(entities)
        yield from _property_partitions(partition, used[kind])


def _property_partitions(whole: NamedNode, used: Counter[NamedNode]) -> Rows:
    for predicate, triples in used.items():
        partition = NamedNode(f"{whole.value}/property/{_path(predicate)}")
        yield whole, "void:propertyPartition", partition
        yield partition, "void:property", predicate
        yield partition, "void:triples", _count(triples)


def _path(term: NamedNode) -> str:
    """Make a path segment of a term; no two terms give the same."""
    return quote(compact(term.value), safe="").replace("%3A", "-", 1)
