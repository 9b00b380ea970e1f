"""What a page shows of one entity: its facts, who says what of it, and what else speaks of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qwen_kg.namespaces import expand, prologue
from qwen_kg.results import Store
from qwen_kg.sparql import substitute
from qwen_kg.web.tables import Cell, Term, cell, select

# What the closure adds is left out: a page shows what is said, not all that follows.
_FACTS = """
SELECT ?property ?value (MIN(STR(?name)) AS ?label) (MIN(STR(?called)) AS ?propertyLabel) {
  GRAPH ?graph { ?_iri ?property ?value }
  FILTER(?graph != graph:inferred)
  OPTIONAL { ?value skos:prefLabel ?name }
  OPTIONAL { ?property rdfs:label ?called }
} GROUP BY ?property ?value ORDER BY ?property ?value"""

_MENTIONS = """
SELECT ?subject ?property (MIN(STR(?name)) AS ?label) (MIN(STR(?called)) AS ?propertyLabel) {
  GRAPH ?graph { ?subject ?property ?_iri }
  FILTER(?graph != graph:inferred)
  FILTER(?graph NOT IN (graph:description, graph:queries))
  FILTER(?property NOT IN (rdf:subject, rdf:object, owl:sourceIndividual, owl:targetIndividual, qkg:concerns,
    qkg:claimSubject, qkg:evaluates, qkg:offeredModel))
  OPTIONAL { ?subject skos:prefLabel ?name }
  OPTIONAL { ?property rdfs:label ?called }
} GROUP BY ?subject ?property ORDER BY ?property ?subject"""

_PASSAGE = """
  OPTIONAL {
    ?node qkg:supportedBy ?passage .
    OPTIONAL { ?passage dcterms:identifier ?identifier }
    OPTIONAL { ?passage qkg:locator ?locator }
    OPTIONAL { ?passage qkg:source ?source . ?source dcterms:title ?title }
  }"""

_STATEMENTS = f"""
SELECT ?node ?property ?value ?label ?propertyLabel ?polarity ?standing
       ?passage ?identifier ?locator ?source ?title {{
  ?node rdf:subject ?_iri ; rdf:predicate ?property ; rdf:object ?value .
  OPTIONAL {{ ?node qkg:polarity ?polarity }}
  OPTIONAL {{ ?node qkg:standing ?standing }}
  OPTIONAL {{ ?value skos:prefLabel ?label }}
  OPTIONAL {{ ?property rdfs:label ?propertyLabel }}{_PASSAGE}
}} ORDER BY ?property ?value ?node ?passage"""

_NODES = f"""
SELECT ?node ?label ?value ?standing ?passage ?identifier ?locator ?source ?title {{
  ?node qkg:concerns|qkg:claimSubject|qkg:evaluates|qkg:offeredModel ?_iri .
  OPTIONAL {{ ?node qkg:standing ?standing }}
  OPTIONAL {{ ?node skos:prefLabel ?label }}
  OPTIONAL {{ ?node qkg:date ?value }}{_PASSAGE}
}} ORDER BY ?value ?node ?passage"""


#: What the head of a page shows already.
_AT_THE_TOP = {expand("skos:prefLabel"), expand("dcterms:description"), expand("dcterms:identifier")}


@dataclass(frozen=True)
class Fact:
    """A property and the other end of it."""

    property: Cell
    other: Cell


@dataclass(frozen=True)
class Passage:
    """Where something is said: ``place`` leads to the passage, ``source`` to its source."""

    place: Cell
    source: Cell | None


@dataclass
class Said:
    """A statement, event, claim, evaluation or offer, with the passages that support it.

    ``property`` is None where it is not a statement; ``value`` is then its date, if it has one.
    """

    node: Cell
    property: Cell | None
    value: Cell | None
    polarity: str
    standing: str
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True)
class Entity:
    """All that a page shows of one IRI."""

    iri: str
    label: str
    description: str
    facts: list[Fact]
    mentions: list[Fact]
    statements: list[Said]
    nodes: list[Said]


def entity(store: Store, iri: str) -> Entity:
    """Collect what is known of an IRI; of one that the store does not have, the lists are empty."""
    term = {"_iri": f"<{iri}>"}
    rows = list(_rows(store, _FACTS, term))
    facts = [
        Fact(_property(row), cell(row["value"], row.get("label")))
        for row in rows
        if row["property"]["value"] not in _AT_THE_TOP
    ]
    mentions = [
        Fact(_property(row), cell(row["subject"], row.get("label"))) for row in _rows(store, _MENTIONS, term)
    ]
    texts = {row["property"]["value"].rpartition("/")[2]: row["value"]["value"] for row in rows}
    return Entity(
        iri,
        texts.get("core#prefLabel", "") or texts.get("title", ""),
        texts.get("description", "") or texts.get("core#definition", ""),
        facts,
        mentions,
        _said(_rows(store, _STATEMENTS, term)),
        _said(_rows(store, _NODES, term)),
    )


def _rows(store: Store, text: str, terms: dict[str, str]) -> Iterator[dict[str, Term]]:
    """Answer one of the queries above."""
    return select(store, prologue() + substitute(text, terms))


def _property(row: dict[str, Term]) -> Cell:
    """Show the property of a row."""
    return cell(row["property"], row.get("propertyLabel"))


def _said(rows: Iterator[dict[str, Term]]) -> list[Said]:
    """Put rows together that are of one node, and differ in the passage."""
    found: dict[str, Said] = {}
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = row["node"]["value"]
        if key not in found:
            found[key] = Said(
                cell(row["node"], row.get("label") if "property" not in row else None),
                _property(row) if "property" in row else None,
                cell(row["value"], row.get("label")) if "value" in row else None,
                _local(row.get("polarity")),
                _local(row.get("standing")),
            )
        passage = row.get("passage")
        if passage is not None and (key, passage["value"]) not in seen:
            seen.add((key, passage["value"]))
            place = cell(passage, row.get("locator") or row.get("identifier"))
            source = cell(row["source"], row.get("title")) if "source" in row else None
            found[key].passages.append(Passage(place, source))
    return list(found.values())


def _local(term: Term | None) -> str:
    """Give the last part of an IRI, as a word to show."""
    return str(term["value"]).rpartition("#")[2] if term else ""
