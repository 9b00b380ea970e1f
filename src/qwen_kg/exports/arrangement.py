"""How data are put in order for people: in which section a subject stands, and what comes first within it.

The readable serializations (Turtle, TriG, RDF/XML, JSON-LD) share this order. It depends on nothing but the
data, so that equal data give equal text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from qwen_kg.errors import InputError
from qwen_kg.namespaces import PREFIXES, compact, expand

Subject = NamedNode | BlankNode
Object = NamedNode | BlankNode | Literal
Description = dict[NamedNode, list[Object]]
Descriptions = Mapping[Subject, Description]

#: Headings, each with the classes, or else the properties, by which a subject belongs there; the first fits.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Dataset", ("dcat:Dataset",)),
    ("Downloads and endpoint", ("dcat:Distribution", "dcat:DataService", "void:DatasetDescription")),
    ("Model families", ("qkg:ModelFamily",)),
    ("Model series", ("qkg:ModelSeries",)),
    ("Models", ("qkg:Model",)),
    ("Variants", ("qkg:Variant",)),
    ("Groups of models", ("qkg:ModelGroup",)),
    ("Organizations and other agents", ("qkg:Organization", "qkg:AgentGroup", "qkg:Agent")),
    ("Platforms", ("qkg:Platform",)),
    ("Benchmarks", ("qkg:Benchmark", "qkg:BenchmarkGroup")),
    ("Licences", ("qkg:License",)),
    ("Architectures and techniques", ("qkg:Architecture", "qkg:Technique")),
    ("Definitions of openness", ("qkg:OpennessDefinition",)),
    ("Trends", ("qkg:Trend",)),
    ("Web pages", ("qkg:WebPage",)),
    ("Events", ("qkg:ReleaseEvent", "qkg:AnnouncementEvent", "qkg:ClearanceEvent", "qkg:Event")),
    ("Claims", ("qkg:ComparisonClaim", "qkg:Claim", "qkg:Comparison")),
    ("Evaluations", ("qkg:Evaluation",)),
    ("Offers", ("qkg:Offer",)),
    ("Quantities", ("qkg:Quantity",)),
    ("Statements", ("qkg:Statement", "rdf:Statement", "owl:NegativePropertyAssertion")),
    ("Passages", ("qkg:Passage", "oa:TextPositionSelector")),
    ("Sources", ("qkg:Source", "qkg:SourceVersion")),
    ("Other entities", ("qkg:ModelEntity", "qkg:Entity")),
    ("Ontologies", ("owl:Ontology",)),
    ("Classes", ("owl:Class", "owl:AllDisjointClasses", "rdfs:Class", "rdfs:Datatype")),
    ("Properties", ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdf:Property")),
    ("Words of closed vocabularies", ("skos:ConceptScheme", "skos:Concept")),
    ("Units", ("qkg:Unit",)),
    ("Shapes", ("sh:NodeShape", "sh:PropertyShape", "sh:ConstraintComponent")),
    ("Saved queries", ("sh:SPARQLExecutable",)),
    ("Prefixes", ("sh:PrefixDeclaration", "sh:declare", "sh:prefix")),
    ("Graphs", ("sd:NamedGraph", "void:Dataset")),
    ("Counts by class and property", ("void:class", "void:property")),
)
REST = "Other descriptions"

#: Properties that come first within a subject, in this order, and those that come last. The others stand
#: between, in the order of their names.
FIRST = """rdf:type rdfs:label skos:prefLabel dcterms:title skos:altLabel skos:hiddenLabel dcterms:identifier
    dcterms:description skos:definition rdfs:comment rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range
    rdf:subject rdf:predicate rdf:object qkg:polarity qkg:standing qkg:variantOf qkg:inSeries qkg:inFamily
    qkg:partOf qkg:successorOf qkg:developer qkg:license qkg:totalParameters qkg:activeParameters
    qkg:concerns qkg:eventKind qkg:date qkg:dateEarliest qkg:dateLatest qkg:claimSubject qkg:claimant
    qkg:reporter qkg:claimText qkg:claimDate qkg:comparison qkg:relation qkg:comparedWith qkg:evaluates
    qkg:onBenchmark qkg:metric qkg:setting qkg:score qkg:scoreUnit qkg:offeredModel qkg:seller qkg:price
    qkg:currency qkg:source qkg:sourceVersion qkg:locator oa:start oa:end sh:targetClass sh:path""".split()  # noqa: SIM905 - read as one line of words
LAST = """qkg:conflictsWith qkg:refines qkg:rule qkg:reason qkg:supportedBy oa:hasSelector sh:prefixes
    sh:select sh:ask sh:construct rdfs:isDefinedBy""".split()  # noqa: SIM905

#: What stands side by side within a section: subjects with equal values of these.
GROUPED_BY = (
    "skos:inScheme",
    *("rdf:subject", "rdf:predicate", "rdf:object"),
    *("owl:sourceIndividual", "owl:assertionProperty", "owl:targetIndividual", "owl:targetValue"),
)

GRAPHS = (
    "facts",
    "statements",
    "sources",
    "inferred",
    "ontology",
    "alignments",
    "shapes",
    "queries",
    "description",
)


def named(curie: str) -> NamedNode:
    """Give the node of a CURIE of :data:`~qwen_kg.namespaces.PREFIXES`."""
    return NamedNode(expand(curie))


RDF_TYPE, RDF_FIRST, RDF_REST, RDF_NIL = map(named, ("rdf:type", "rdf:first", "rdf:rest", "rdf:nil"))

#: The section of a class or property, and its place among those that make up the section.
_PLACE = {
    named(curie): (number, place)
    for number, (_, curies) in enumerate(SECTIONS)
    for place, curie in enumerate(curies)
}
_NOWHERE = len(SECTIONS), 0
_RANK = {named(curie): (0, number) for number, curie in enumerate(FIRST)}
_RANK |= {named(curie): (2, number) for number, curie in enumerate(LAST)}
_GROUPED_BY = [named(curie) for curie in GROUPED_BY]
_GRAPH_RANK: dict[Subject, int] = {named(f"graph:{name}"): number for number, name in enumerate(GRAPHS)}

_OWN = PREFIXES["qkg"]

Natural = tuple[tuple[str | int, ...], str]


def natural(text: str) -> Natural:
    """Give a key by which names sort as people expect: 7B before 72B, and capitals beside small letters.

    >>> sorted(["Qwen2-72B", "Qwen3-4B", "qwen2-7B"], key=natural)
    ['qwen2-7B', 'Qwen2-72B', 'Qwen3-4B']
    """
    # Numbers are at the odd places; longer ones are cut, because Python refuses to read them.
    parts = re.split(r"([0-9]{1,1000})", text)
    return tuple(int(part) if place % 2 else part.casefold() for place, part in enumerate(parts)), text


@cache
def _name(iri: str) -> Natural:
    return natural(compact(iri))


TermKey = tuple[int, Natural, str]


def term_key(term: Object) -> TermKey:
    """Give the key by which terms are sorted, each kind naturally.

    The terms of the ontology come first, then other IRIs, literals, and blank nodes by their labels.
    """
    if isinstance(term, NamedNode):
        return 0 if term.value.startswith(_OWN) else 1, _name(term.value), term.value
    if isinstance(term, Literal):
        return 2, natural(term.value), f"{term.language or ''} {term.datatype.value}"
    return 3, natural(term.value), ""


def graph_key(graph: NamedNode | BlankNode | DefaultGraph) -> tuple[int, str]:
    """Give the key by which graphs are sorted: the default graph, those of the dataset, any others."""
    if isinstance(graph, DefaultGraph):
        return -1, ""
    return _GRAPH_RANK.get(graph, len(GRAPHS)), graph.value


def describe(quads: Iterable[Quad]) -> dict[Subject, Description]:
    """Collect quads, whatever their graphs, by subject and property, with both and the objects in order.

    Raises:
        InputError: a term is one of RDF 1.2, which not all serializations can hold.
    """
    found: dict[Subject, dict[NamedNode, set[Object]]] = {}
    for quad in quads:
        subject, target = quad.subject, quad.object
        if not isinstance(subject, Subject) or not isinstance(target, Object):
            raise InputError(f"triple terms of RDF 1.2 cannot be exported: {quad}")
        if isinstance(target, Literal) and target.direction:
            raise InputError(f"literals with a direction (RDF 1.2) cannot be exported: {target}")
        found.setdefault(subject, {}).setdefault(quad.predicate, set()).add(target)
    return {
        subject: {
            predicate: sorted(description[predicate], key=_type_key if predicate == RDF_TYPE else term_key)
            for predicate in sorted(description, key=_property_key)
        }
        for subject, description in sorted(found.items(), key=lambda entry: term_key(entry[0]))
    }


def _property_key(predicate: NamedNode) -> tuple[tuple[int, int], TermKey]:
    return _RANK.get(predicate, (1, 0)), term_key(predicate)


def _type_key(term: Object) -> tuple[tuple[int, int], TermKey]:
    """Put the class that says most first: the one whose section the subject stands in."""
    return _PLACE.get(term, _NOWHERE) if isinstance(term, NamedNode) else _NOWHERE, term_key(term)


def sections(subjects: Iterable[Subject], union: Descriptions) -> Iterator[tuple[str, list[Subject]]]:
    """Divide subjects into sections, each with its heading and in order; no section is empty.

    Args:
        subjects: what is to be divided.
        union: everything that is known of them, from whatever graph.
    """
    groups: dict[int, list[Subject]] = {}
    for subject in subjects:
        groups.setdefault(_section(union[subject]), []).append(subject)
    for number in sorted(groups):
        heading = SECTIONS[number][0] if number < len(SECTIONS) else REST
        yield heading, sorted(groups[number], key=lambda subject: _subject_key(subject, union[subject]))


def _section(description: Description) -> int:
    classes = [value for value in description.get(RDF_TYPE, []) if isinstance(value, NamedNode)]
    for marks in (classes, list(description)):
        fitting = [_PLACE[mark][0] for mark in marks if mark in _PLACE]
        if fitting:
            return min(fitting)
    return len(SECTIONS)


def _subject_key(subject: Subject, description: Description) -> list[TermKey]:
    grouping = [term_key(value) for predicate in _GROUPED_BY for value in description.get(predicate, [])[:1]]
    return [*grouping, term_key(subject)]


def nested(quads: Iterable[Quad]) -> frozenset[BlankNode]:
    """Find the blank nodes that can be written in the place of their only mention.

    Such a node is the object of one quad, is described in the graph of that quad, names no graph, and is
    not, over others, its own part.
    """
    mentions: Counter[BlankNode] = Counter()
    parent: dict[BlankNode, tuple[Subject, object]] = {}
    graphs: dict[BlankNode, set[object]] = {}
    names: set[object] = set()
    for quad in quads:
        names.add(quad.graph_name)
        if isinstance(quad.object, BlankNode) and isinstance(quad.subject, Subject):
            mentions[quad.object] += 1
            parent[quad.object] = quad.subject, quad.graph_name
        if isinstance(quad.subject, BlankNode):
            graphs.setdefault(quad.subject, set()).add(quad.graph_name)
    fitting = {
        node
        for node, count in mentions.items()
        if count == 1 and node not in names and graphs.get(node, set()) <= {parent[node][1]}
    }
    rooted: set[BlankNode] = set()
    for node in fitting:
        path: set[BlankNode] = set()
        above: object = node
        while isinstance(above, BlankNode) and above in fitting and above not in rooted and above not in path:
            path.add(above)
            above = parent[above][0]
        if above not in path:
            rooted.update(path)
    return frozenset(rooted)


def list_items(node: Object, descriptions: Descriptions, inner: frozenset[BlankNode]) -> list[Object] | None:
    """Give the items of an RDF list that can be written as one (RDF Schema 1.1, 5.2), or None if it cannot.

    Args:
        node: the head of the list; ``rdf:nil`` is the empty list.
        descriptions: the descriptions of the graph it is in.
        inner: the nodes that :func:`nested` found.
    """
    items: list[Object] = []
    while node != RDF_NIL:
        cell = descriptions.get(node, {}) if isinstance(node, BlankNode) and node in inner else {}
        first, rest = cell.get(RDF_FIRST, []), cell.get(RDF_REST, [])
        if len(cell) != 2 or len(first) != 1 or len(rest) != 1:
            return None
        items.append(first[0])
        node = rest[0]
    return items
