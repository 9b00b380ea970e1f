"""How often each term of the ontology is used, and examples of that, asked for all terms at once."""

from __future__ import annotations

from collections.abc import Mapping

from qwen_kg.namespaces import expand, prologue
from qwen_kg.results import Store
from qwen_kg.web.ontology_terms import Ontology, Shown
from qwen_kg.web.tables import Cell, Term, cell, select

_MOST = 2  # examples of a term
# As the description of the dataset counts them; to count them anew takes as long as all the rest.
_USES = """
SELECT ?term (SUM(?count) AS ?uses) {
  GRAPH graph:description {
    ?part a sd:NamedGraph .
    { ?part void:classPartition ?counted . ?counted void:class ?term ; void:entities ?count }
    UNION
    { ?part void:propertyPartition ?counted . ?counted void:property ?term ; void:triples ?count }
  }
} GROUP BY ?term"""
# Entities that much is said of are known to readers, so they make good examples.
_KNOWN = """
SELECT ?x ?property ?value ?label ?called {
  {
    SELECT ?x (COUNT(?statement) AS ?said) { ?statement rdf:subject ?x }
    GROUP BY ?x ORDER BY DESC(?said) ?x LIMIT 12
  }
  GRAPH graph:facts { ?x ?property ?value }
  OPTIONAL { ?x skos:prefLabel ?label }
  OPTIONAL { ?value skos:prefLabel ?called }
} ORDER BY DESC(?said) ?x ?value"""
_OTHERS = """
SELECT ?term ?x ?value ?label ?called {
  %s
  OPTIONAL { ?x skos:prefLabel|dcterms:title ?label }
  OPTIONAL { ?value skos:prefLabel ?called }
} ORDER BY ?x ?value"""
_OTHER = "{ SELECT (%s AS ?term) ?x ?value { %s } LIMIT 1 }"
#: For each kind of term, what an example of it is.
_USED = {
    "class": "VALUES ?value { %s } ?x a ?value FILTER(ISIRI(?x))",
    "property": "?x %s ?value FILTER(ISIRI(?x))",
    "concept": "VALUES ?value { %s } GRAPH graph:facts { ?x ?property ?value } FILTER(ISIRI(?x))",
}
_TYPE = expand("rdf:type")

Row = Mapping[str, Term]


def add_examples(ontology: Ontology, store: Store) -> None:
    """Add to each term how often it is used, and examples with links."""
    terms = {term.iri: term for found in ontology.terms.values() for term in found}
    for row in select(store, prologue() + _KNOWN):
        _add(terms, row)
    for row in select(store, prologue() + _USES):
        if "term" in row and row["term"]["value"] in terms:
            terms[row["term"]["value"]].uses = int(row["uses"]["value"])
    lacking = [term for term in terms.values() if term.kind in _USED and not term.examples]
    if not lacking:
        return
    wanted = " UNION ".join(_OTHER % (term.curie, _USED[term.kind] % term.curie) for term in lacking)
    for row in select(store, prologue() + _OTHERS % wanted):
        term = terms[row["term"]["value"]]
        value = cell(row["value"], row.get("called")) if term.kind == "property" else None
        _put(term, cell(row["x"], row.get("label")), value)


def _add(terms: Mapping[str, Shown], row: Row) -> None:
    """Add a triple to the examples of the terms that occur in it."""
    subject = cell(row["x"], row.get("label"))
    relation, value = row["property"]["value"], row["value"]
    if relation == _TYPE:
        _put(terms.get(value["value"]), subject, None)
        return
    shown = cell(value, row.get("called"))
    _put(terms.get(relation), subject, shown)
    if value["type"] == "uri":
        _put(terms.get(value["value"]), subject, None)


def _put(term: Shown | None, subject: Cell, value: Cell | None) -> None:
    if term is None or len(term.examples) >= _MOST or any(subject == before for before, _ in term.examples):
        return
    term.examples.append((subject, value))
