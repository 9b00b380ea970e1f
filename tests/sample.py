"""A small graph of the shape of the real one, so that store and web are tested without building it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from qwen_kg.charts import Chart
from qwen_kg.errors import NotFoundError, ParameterError
from qwen_kg.names import NameIndex
from qwen_kg.namespaces import PREFIXES, prologue
from qwen_kg.results import Result
from qwen_kg.search import SearchIndex
from qwen_kg.sparql import substitute
from qwen_kg.store import LocalStore

TRIG = (
    "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    + """
graph:facts {
  id:Qwen2.5-VL a qkg:Model ; skos:prefLabel "Qwen2.5-VL"@en ; dcterms:description "A line that sees."@en .
  id:Qwen2.5-VL-32B-Instruct a qkg:Variant ; skos:prefLabel "Qwen2.5-VL-32B-Instruct"@en ;
    qkg:successorOf id:Qwen2.5-VL ; qkg:totalParameters 33000000000 .
  id:release-1 a qkg:ReleaseEvent ; skos:prefLabel "Release of the 32B"@en ;
    qkg:concerns id:Qwen2.5-VL-32B-Instruct ; qkg:date "2025-03-24"^^edtf:EDTF ;
    qkg:supportedBy src:paper\\/p1 .
}
graph:statements {
  st:1 a qkg:Statement ; rdf:subject id:Qwen2.5-VL-32B-Instruct ; rdf:predicate qkg:successorOf ;
    rdf:object id:Qwen2.5-VL ; qkg:polarity qkg:affirmed ; qkg:standing qkg:asserted ;
    qkg:supportedBy src:paper\\/p1 .
  st:2 a qkg:Statement ; rdf:subject id:Qwen2.5-VL-32B-Instruct ; rdf:predicate qkg:license ;
    rdf:object license:MIT ; qkg:polarity qkg:denied ; qkg:standing qkg:disputed ;
    qkg:supportedBy src:paper\\/p1 .
}
graph:sources {
  src:paper a qkg:Source ; dcterms:title "A <b>paper</b>"@en .
  src:paper\\/p1 a qkg:Passage ; qkg:source src:paper ; dcterms:identifier "p1" ;
    qkg:locator "paragraph 1, characters 0 to 9" .
}
graph:ontology {
  <https://w3id.org/qwen-kg/ns> a owl:Ontology .
  qkg:successorOf a owl:ObjectProperty ; rdfs:label "successor of"@en ; skos:definition "Came after."@en .
  qkg:Variant a owl:Class ; rdfs:label "variant"@en .
}
graph:description {
  <https://w3id.org/qwen-kg/dataset> a void:Dataset , dcat:Dataset ; dcat:version "0.0.1" .
  <https://w3id.org/qwen-kg/dataset/turtle> a dcat:Distribution .
  <https://w3id.org/qwen-kg/graph/facts/part> a void:Dataset .
}
graph:inferred { id:Qwen2.5-VL-32B-Instruct a owl:Thing . }
"""
)


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    default: str | None = None
    help: str = ""
    class_iri: str | None = None

    @property
    def required(self) -> bool:
        return self.default is None


@dataclass(frozen=True)
class SavedQuery:
    name: str
    summary: str
    text: str
    parameters: tuple[Parameter, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    chart: Chart | None = None


QUERIES = [
    SavedQuery(
        "successors",
        "What came after a model",
        prologue() + "SELECT ?successor { ?successor qkg:successorOf ?_model_iri }",
        (Parameter("model", "iri", help="A model, by its name."),),
        tags=("lineage",),
    ),
    SavedQuery("everything", "All triples", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
    SavedQuery(
        "at-least",
        "Whether there are so many triples",
        "ASK { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } FILTER(?n >= ?_count_integer) }",
        (Parameter("count", "integer", "1"),),
    ),
]


class SampleKnowledge:
    """Does what the web asks of a ``KnowledgeGraph``, in the simplest way."""

    release = "0.0.1"

    def __init__(self) -> None:
        self.store = LocalStore.from_nquads(nquads())
        self.names = NameIndex(self.store)
        self.index = SearchIndex(self.store)
        self.queries: Mapping[str, SavedQuery] = {query.name: query for query in QUERIES}

    def run(self, name: str, parameters: Mapping[str, str], accept: str | None = None) -> Result:
        return self.store.query(self.filled(name, parameters), accept=accept)

    def filled(self, name: str, parameters: Mapping[str, str]) -> str:
        query = self.queries[name]
        terms = {}
        for parameter in query.parameters:
            value = parameters.get(parameter.name, parameter.default)
            if value is None:
                raise ParameterError(f"the parameter {parameter.name} is missing")
            iri = f"<{PREFIXES['id']}{value}>"
            number = f'"{value}"^^<{PREFIXES["xsd"]}integer>'
            terms[f"_{parameter.name}_{parameter.type}"] = iri if parameter.type == "iri" else number
        unknown = set(parameters) - {parameter.name for parameter in query.parameters}
        if unknown:
            raise ParameterError(f"there is no parameter {unknown.pop()}")
        return substitute(query.text, terms)

    def describe(self, iri: str, accept: str | None = None) -> Result:
        if b"true" not in self.store.query(f"ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?p <{iri}> }} }}").body:
            raise NotFoundError(f"there is nothing called {iri}", ["Qwen2.5-VL"])
        return self.store.query(f"DESCRIBE <{iri}>", accept=accept)

    def graph(self, iri: str, accept: str | None = None) -> Result:
        return self.store.query(
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}", accept=accept
        )

    def quads(self) -> list[ox.Quad]:
        return list(self.store.oxigraph)


def nquads() -> bytes:
    """The sample as N-Quads."""
    return ox.serialize(ox.parse(TRIG, ox.RdfFormat.TRIG), format=ox.RdfFormat.N_QUADS) or b""
