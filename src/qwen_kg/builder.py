"""From data files to the graphs of the dataset: reading, stating, resolving, and laying out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from rdflib import OWL, RDF, SKOS, Graph, Literal, URIRef

from qwen_kg.assertions import Assertion, merge
from qwen_kg.authoring.library import Library, read_library
from qwen_kg.bridge import new_graph, quads_of
from qwen_kg.entities import Entities
from qwen_kg.errors import DataError
from qwen_kg.events import EVENT_CLASSES, EventMaker
from qwen_kg.evidence import EDTF, SCHEMA, SRC, Evidence, Faults, Places, add_bounds
from qwen_kg.files import read_turtle
from qwen_kg.namespaces import PREFIXES
from qwen_kg.nodes import NodeMaker
from qwen_kg.resolution import Outcome, resolve
from qwen_kg.statements import StatementMaker
from qwen_kg.tables import attach
from qwen_kg.vocabulary import QKG, Vocabulary, qkg

#: What the name of a repository on a hub is the end of.
HUBS = {
    qkg("huggingFaceId"): "https://huggingface.co/",
    qkg("modelScopeId"): "https://modelscope.cn/models/",
}


@dataclass
class Compilation:
    """What came of the data files: graphs by name, and the place that each triple is from."""

    vocabulary: Vocabulary
    library: Library
    entities: Entities
    evidence: Evidence
    assertions: list[Assertion]
    outcomes: dict[URIRef, Outcome]
    nodes: NodeMaker
    graphs: dict[str, Graph] = field(default_factory=dict)
    places: Places = field(default_factory=dict)


def compile_root(root: Path) -> Compilation:
    """Read ``data``, ``ontology`` and ``shapes`` under a root and make the graphs of them.

    Raises:
        DataError: with every fault found, each with file, line and column.
    """
    library = read_library(root / "data")
    vocabulary = Vocabulary.read(root / "ontology")
    faults: Faults = []
    places: Places = {}
    attach(library, faults)
    evidence = Evidence(library.sources, vocabulary, faults, places)
    entities = Entities(library.entities, vocabulary, faults, places)
    statements = StatementMaker(vocabulary, entities, evidence, faults)
    events = EventMaker(vocabulary, entities, evidence, statements, faults)
    assertions = merge([*statements.all(), *events.all()])
    nodes = NodeMaker(vocabulary, entities, evidence, faults, places)
    nodes.add_all(library)
    _add_publishers(library, entities, evidence, faults)
    if faults:
        raise DataError(faults)
    outcomes = resolve([*assertions, *nodes.assertions], evidence)
    compilation = Compilation(
        vocabulary, library, entities, evidence, assertions, outcomes, nodes, places=places
    )
    _lay_out(compilation, root)
    return compilation


def _add_publishers(library: Library, entities: Entities, evidence: Evidence, faults: Faults) -> None:
    for record in library.sources:
        if record.publisher and (
            iri := entities.find(record.publisher, qkg("Agent"), record.place("publisher"), "publisher: ")
        ):
            evidence.graph.add((SRC[record.id], qkg("publishedBy"), iri))


def _lay_out(made: Compilation, root: Path) -> None:
    facts, statements = new_graph(), new_graph()
    facts += made.entities.graph
    for assertion in made.assertions:
        outcome = made.outcomes[assertion.iri]
        if assertion.quantity:
            made.nodes.add_quantity(assertion.quantity.iri, assertion.quantity.triples())
        target = facts if assertion.node else statements
        if assertion.node:
            _add_event(facts, assertion, made.vocabulary)
        else:
            _add_statement(statements, assertion, _said(made, assertion))
        _add_standing(target, assertion, outcome)
        made.places[assertion.iri, None] = assertion.at
        if _is_plain(assertion, outcome):
            facts.add((assertion.subject, assertion.predicate, assertion.value))
            if hub := HUBS.get(assertion.predicate):
                facts.add((assertion.subject, SCHEMA.sameAs, URIRef(hub + str(assertion.value))))
        if _is_nominal_size(assertion, outcome):
            facts.add((assertion.subject, qkg("sizeLabel"), Literal(assertion.written)))
        made.places[assertion.subject, assertion.predicate] = assertion.at
        if _is_timeless_denial(assertion, outcome):
            _add_negative(statements, assertion)
    for measured in made.nodes.assertions:
        _add_standing(facts, measured, made.outcomes[measured.iri])
    facts += made.nodes.graph
    made.graphs = {"facts": facts, "statements": statements, "sources": made.evidence.graph}
    made.graphs["ontology"] = made.vocabulary.graph
    made.graphs["alignments"] = read_turtle(root / "ontology" / "alignments.ttl", "ontology/alignments.ttl")
    made.graphs["shapes"] = read_turtle(root / "shapes" / "shapes.ttl", "shapes/shapes.ttl")


def _is_plain(assertion: Assertion, outcome: Outcome) -> bool:
    return not assertion.node and assertion.affirmed and outcome.accepted and not outcome.refined_by


def _is_nominal_size(assertion: Assertion, outcome: Outcome) -> bool:
    """Say whether this is a size as people write it, such as 72B; one may be known more exactly."""
    return (
        assertion.predicate == qkg("totalParameters")
        and assertion.affirmed
        and outcome.accepted
        and not assertion.written[-1].isdigit()
    )


def _is_timeless_denial(assertion: Assertion, outcome: Outcome) -> bool:
    return not assertion.affirmed and outcome.accepted and not any(assertion.qualifiers)


def _said(made: Compilation, assertion: Assertion) -> str:
    """Put a statement into words, so that no query has to."""
    names = [
        *made.vocabulary.labels(assertion.value),
        *made.entities.graph.objects(assertion.value, SKOS.prefLabel),
        assertion.quantity.notation if assertion.quantity else assertion.value,
    ]
    denial = "" if assertion.affirmed else "not: "
    return f"{denial}{made.vocabulary.noun(assertion.predicate)} {names[0]}"


def _add_statement(graph: Graph, assertion: Assertion, said: str) -> None:
    iri = assertion.iri
    graph.add((iri, SKOS.prefLabel, Literal(said, lang="en")))
    graph.add((iri, RDF.type, qkg("Statement")))
    graph.add((iri, RDF.type, RDF.Statement))
    graph.add((iri, RDF.subject, assertion.subject))
    graph.add((iri, RDF.predicate, assertion.predicate))
    graph.add((iri, RDF.object, assertion.value))
    graph.add((iri, qkg("polarity"), qkg("affirmed" if assertion.affirmed else "denied")))
    if assertion.as_of:
        graph.add((iri, qkg("asOf"), Literal(assertion.as_of, datatype=EDTF)))


def _add_event(graph: Graph, assertion: Assertion, vocabulary: Vocabulary) -> None:
    iri, kind = assertion.iri, assertion.predicate.removeprefix(QKG)
    graph.add((iri, RDF.type, qkg(EVENT_CLASSES.get(kind, "ReleaseEvent"))))
    graph.add((iri, qkg("concerns"), assertion.subject))
    graph.add((iri, qkg("eventKind"), assertion.predicate))
    name = next(iter(vocabulary.labels(assertion.predicate)), kind)
    subject = assertion.subject.rpartition("/")[2]
    graph.add((iri, SKOS.prefLabel, Literal(f"{subject}: {name}, {assertion.value}", lang="en")))
    if assertion.extent and assertion.extent != (None, None):
        graph.add((iri, qkg("date"), Literal(str(assertion.value), datatype=EDTF)))
        add_bounds(graph, iri, str(assertion.value))
    for predicate, value in assertion.details:
        graph.add((iri, predicate, value))


def _add_standing(graph: Graph, assertion: Assertion, outcome: Outcome) -> None:
    iri = assertion.iri
    graph.add((iri, qkg("standing"), qkg(outcome.standing)))
    for passage in assertion.passages:
        graph.add((iri, qkg("supportedBy"), passage))
    for other in outcome.conflicts:
        graph.add((iri, qkg("conflictsWith"), other))
    for other in outcome.refines:
        graph.add((iri, qkg("refines"), other))
    if outcome.rule:
        graph.add((iri, qkg("rule"), qkg(outcome.rule)))
    for name, text in (
        ("reason", outcome.reason),
        ("scope", assertion.scope),
        ("condition", assertion.condition),
    ):
        if text:
            graph.add((iri, qkg(name), Literal(text)))


def _add_negative(graph: Graph, assertion: Assertion) -> None:
    """Assert the negation in OWL, so that a triple that contradicts it makes the data inconsistent."""
    negative = URIRef(f"{assertion.iri}/negative")
    graph.add((negative, RDF.type, OWL.NegativePropertyAssertion))
    graph.add((negative, OWL.sourceIndividual, assertion.subject))
    graph.add((negative, OWL.assertionProperty, assertion.predicate))
    target = OWL.targetValue if isinstance(assertion.value, Literal) else OWL.targetIndividual
    graph.add((negative, target, assertion.value))


def to_quads(graph: Graph, name: str) -> list[ox.Quad]:
    """Give the triples of a graph as quads of the named graph of that name, for storing and serving."""
    return quads_of(graph, PREFIXES["graph"] + name)
