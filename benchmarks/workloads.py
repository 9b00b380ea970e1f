"""The kinds of work that are measured, as SPARQL texts.

Where nothing shall be answered from a cache, a text holds :data:`~benchmarks.load.SERIAL`, which the load
generator replaces by another number for every request. The number stands where it changes the text but
neither the answer nor the work: in a filter that is always true, in the name of a variable, in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from urllib.parse import quote

import yaml

from benchmarks.data import in_copy
from benchmarks.load import SERIAL
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.namespaces import PREFIXES, compact

TABLE, GRAPH = "application/sparql-results+json", "application/n-triples"

_LOOKED_UP = 40  # entities, each in every way of _POINTS

_ENTITIES = """
SELECT ?entity ?label WHERE {
  GRAPH graph:facts { ?entity a ?class ; skos:prefLabel ?label ; dcterms:description ?description }
  FILTER(LANG(?label) = "en")
}
ORDER BY ?entity
"""

# In the tables, $n is the number; $iri and $label are those of an entity.

_POINTS = {
    "label and classes": """
SELECT ?label ?class {
  <$iri> skos:prefLabel ?label ; a ?class
  FILTER(STR(?label) != "$n")
}""",
    "what it belongs to": """
SELECT ?whole ?label {
  <$iri> qkg:partOf* ?whole . ?whole skos:prefLabel ?label
  FILTER(STR(?label) != "$n")
}""",
    "by its name": """
SELECT ?entity ?description {
  ?entity skos:prefLabel "$label"@en ; dcterms:description ?description
  FILTER(STR(?description) != "$n")
}""",
    "who says so": """
SELECT ?label ?passage {
  ?statement rdf:subject <$iri> ; skos:prefLabel ?label ; qkg:supportedBy ?passage
  FILTER(STR(?label) != "$n")
}""",
}

_LISTS = {
    "entities by name": """
SELECT ?entity ?label {
  ?entity a qkg:Entity ; skos:prefLabel ?label
  FILTER(STR(?label) != "$n")
}
ORDER BY ?label ?entity LIMIT 100""",
    "statements by name": """
SELECT ?statement ?label {
  ?statement a qkg:Statement ; skos:prefLabel ?label ; qkg:standing ?standing
  FILTER(STR(?label) != "$n")
}
ORDER BY DESC(?label) ?statement LIMIT 100""",
    "events by date": """
SELECT ?event ?label ?date {
  ?event qkg:dateEarliest ?date ; skos:prefLabel ?label
  FILTER(STR(?label) != "$n")
}
ORDER BY DESC(?date) ?event LIMIT 100""",
    "variants by size": """
SELECT ?variant ?label ?size {
  ?variant qkg:totalParameters ?size ; skos:prefLabel ?label
  FILTER(STR(?label) != "$n")
}
ORDER BY DESC(?size) ?variant LIMIT 100""",
}

# The numbers are larger than any count.
_AGGREGATES = {
    "things by class": """
SELECT ?class (COUNT(*) AS ?things) { ?thing a ?class }
GROUP BY ?class HAVING (COUNT(*) != $n)""",
    "statements by standing": """
SELECT ?standing ?polarity (COUNT(*) AS ?statements) {
  ?statement qkg:standing ?standing ; qkg:polarity ?polarity
}
GROUP BY ?standing ?polarity HAVING (COUNT(*) != $n)""",
    "passages by source": """
SELECT ?source (COUNT(DISTINCT ?passage) AS ?passages) {
  ?statement qkg:supportedBy ?passage . ?passage qkg:source ?source
}
GROUP BY ?source HAVING (COUNT(*) != $n)""",
    "most spoken of": """
SELECT ?subject (COUNT(*) AS ?statements) { ?statement rdf:subject ?subject }
GROUP BY ?subject HAVING (COUNT(*) != $n)
ORDER BY DESC(?statements) ?subject LIMIT 20""",
}

_DUMP = {"every triple": "CONSTRUCT { ?s$n ?p ?o } WHERE { ?s$n ?p ?o }"}


@dataclass(frozen=True)
class Query:
    """A text to ask, with the format to ask for."""

    name: str
    text: str
    accept: str = TABLE

    def request(self, path: str) -> str:
        """Give the HTTP request that asks it at a path (SPARQL 1.1 Protocol, 2.1.1)."""
        target = f"{path}?query={quote(self.text, safe='')}".replace(quote(SERIAL), SERIAL)
        return f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {self.accept}\r\n\r\n"


@dataclass(frozen=True)
class Mix:
    """A kind of work; ``title`` is for readers, ``targets`` are ratios to reach, by the name of the peer."""

    name: str
    title: str
    queries: tuple[Query, ...]
    targets: Mapping[str, float] = field(default_factory=dict)


def mixes(kg: KnowledgeGraph, cases: Path, every: int = 1, copies: int = 0) -> list[Mix]:
    """Give the kinds of work, in the order in which they are measured.

    Args:
        kg: has the saved queries, and finds the entities that parameters name.
        cases: a YAML file with parameters for the saved queries, by query and case.
        every: takes only each so-many-th saved query.
        copies: the graph that is asked has at least so many copies, in which entities are looked up too.

    Raises:
        NotFoundError, ParameterError: a case is out of date.
    """
    saved = _saved_queries(kg, cases, every)
    told_apart = [Query(each.name, f"{each.text}\n# {SERIAL}", each.accept) for each in saved]
    return [
        Mix("points", "changing point look-ups", _look_ups(kg, copies), _targets(0.25, 4)),
        Mix("lists", "sorted lists", _texts(_LISTS), _targets(1.0, 10)),
        Mix("aggregates", "aggregates", _texts(_AGGREGATES), _targets(1.0, 10)),
        Mix("dump", "full dump", _texts(_DUMP, GRAPH), _targets(0.8, 10)),
        Mix("cold", "saved queries, each text new", tuple(told_apart)),
        Mix("hot", "repeated saved queries", tuple(saved), _targets(1.5, 20)),
    ]


def _targets(oxigraph: float, rdflib: float) -> dict[str, float]:
    return {"oxigraph": oxigraph, "rdflib-endpoint": rdflib}


def _saved_queries(kg: KnowledgeGraph, cases: Path, every: int) -> list[Query]:
    """Give saved queries with the parameters of the first case that each has."""
    document = yaml.load(cases.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes text only
    found = []
    for name in sorted(document)[::every]:
        query, parameters = kg.saved_query(name), next(iter(document[name].values()))
        accept = TABLE if query.form in {"SELECT", "ASK"} else GRAPH
        found.append(Query(name, query.bind(parameters, kg.names.find), accept))
    return found


def _look_ups(kg: KnowledgeGraph, copies: int) -> tuple[Query, ...]:
    """Give look-ups of entities that are spread over the graph and its copies."""
    rows = kg.query(_with_prefixes(_ENTITIES)).rows()
    chosen = rows[:: max(1, len(rows) // _LOOKED_UP)]
    found: list[Query] = []
    for number, row in enumerate(chosen):
        copy = 1 + number * copies // len(chosen) if copies and number % 4 else None
        iri, label = in_copy(row["entity"], row["label"], copy)
        escaped = label.replace("\\", "\\\\").replace('"', '\\"')
        found += _texts(_POINTS, suffix=f" of {compact(iri)}", iri=iri, label=escaped)
    return tuple(found)


def _texts(
    table: Mapping[str, str], accept: str = TABLE, suffix: str = "", **values: str
) -> tuple[Query, ...]:
    return tuple(
        Query(name + suffix, _with_prefixes(Template(text).substitute(values, n=SERIAL)), accept)
        for name, text in table.items()
    )


def _with_prefixes(text: str) -> str:
    """Declare the prefixes that a text uses."""
    used = set(re.findall(r"(\w+):", text))  # and perhaps one that is only in a name, which does no harm
    lines = [f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items() if prefix in used]
    return "\n".join([*lines, text.strip()])
