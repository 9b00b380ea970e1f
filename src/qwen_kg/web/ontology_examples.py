"""How often each term of the ontology is used, and examples of that, asked for all terms at once."""

from __future__ import annotations

from collections.abc import Mapping

from qwen_kg.namespaces import expand, prologue
from qwen_kg.results import Store
from qwen_kg.web.ontology_terms import Ontology, Shown
from qwen_kg.web.tables import Cell, Term, cell, select

_MOST = 2  # examples of a term
_CLASSES = """
SELECT ?term (COUNT(?x) AS ?uses) (SAMPLE(?x) AS ?one) (MIN(?x) AS ?other) {
  GRAPH graph:ontology { ?term a owl:Class }
  ?x a ?term
} GROUP BY ?term"""
_PROPERTIES = """
SELECT ?term (COUNT(?x) AS ?uses) (SAMPLE(?x) AS ?one) {
  GRAPH graph:ontology { ?term a ?kind FILTER(?kind IN (owl:ObjectProperty, owl:DatatypeProperty)) }
  ?x ?term ?value
} GROUP BY ?term"""
_CONCEPTS = """
SELECT ?term (COUNT(?x) AS ?uses) (SAMPLE(?x) AS ?one) (MIN(?x) AS ?other) {
  GRAPH graph:ontology { ?term skos:inScheme ?scheme }
  GRAPH graph:facts { ?x ?property ?term }
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
  VALUES (?term ?x ?property) { %s }
  ?x ?property ?value
  OPTIONAL { ?x skos:prefLabel|dcterms:title ?label }
  OPTIONAL { ?value skos:prefLabel ?called }
} ORDER BY ?x ?value"""
_TYPE = expand("rdf:type")

Row = Mapping[str, Term]


def add_examples(ontology: Ontology, store: Store) -> None:
    """Add to each term how often it is used, and examples with links."""
    terms = {term.iri: term for found in ontology.terms.values() for term in found}
    for row in select(store, prologue() + _KNOWN):
        _add(terms, row)
    lacking: list[tuple[str, str, str]] = []
    for text in (_CLASSES, _PROPERTIES, _CONCEPTS):
        for row in select(store, prologue() + text):
            if "term" in row and (term := terms.get(row["term"]["value"])):
                term.uses = int(row["uses"]["value"])
                lacking += _wanted(term, row)
    rows = " ".join(f"({' '.join(f'<{iri}>' for iri in wanted)})" for wanted in lacking)
    for row in select(store, prologue() + _OTHERS % rows):
        term = terms[row["term"]["value"]]
        value = cell(row["value"], row.get("called")) if term.kind == "property" else None
        _put(term, cell(row["x"], row.get("label")), value)


def _wanted(term: Shown, row: Row) -> list[tuple[str, str, str]]:
    """Give the subjects and the properties whose values make examples of a term, where it has none yet."""
    if term.examples:
        return []
    found = {row[name]["value"] for name in ("one", "other") if name in row and row[name]["type"] == "uri"}
    return [(term.iri, subject, term.iri if term.kind == "property" else _TYPE) for subject in sorted(found)]


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
