"""What a thing is: its name, kind and description, other names of it, and what it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qwen_kg.namespaces import PREFIXES, compact
from qwen_kg.results import Store
from qwen_kg.web.entity.asking import about
from qwen_kg.web.entity.values import Row, Value, address, text_of, value

# What the closure adds is left out: a page shows what is said, not all that follows.
_PLAIN = """
SELECT DISTINCT ?property ?propertyLabel ?value ?label {
  GRAPH ?graph { ?_iri ?property ?value }
  FILTER(?graph != graph:inferred)
  OPTIONAL { ?value skos:prefLabel|dcterms:title|rdfs:label ?label }
  OPTIONAL { ?property rdfs:label ?propertyLabel }
} ORDER BY STR(?property) STR(?label) STR(?value)"""

_CLASSES = """
SELECT DISTINCT ?kind ?class ?label {
  GRAPH ?graph { ?_iri a|skos:inScheme ?kind }
  FILTER(?graph != graph:inferred)
  OPTIONAL { GRAPH graph:ontology { ?kind rdfs:subClassOf* ?class } }
  OPTIONAL { GRAPH graph:ontology { ?kind rdfs:label|skos:prefLabel ?label } }
}"""

# A build stands below what it was made from, which is no part of anything itself then.
_WHOLES = """
SELECT DISTINCT ?whole ?label ?kind {
  { ?_iri qkg:partOf ?whole }
  UNION { GRAPH graph:facts { ?_iri qkg:quantizedFrom|qkg:convertedFrom ?whole } }
  UNION { GRAPH graph:facts { ?_iri qkg:quantizedFrom|qkg:convertedFrom ?base } ?base qkg:partOf ?whole }
  GRAPH graph:facts { ?whole a ?kind ; skos:prefLabel ?label }
} ORDER BY STR(?label)"""

#: From the widest to the narrowest.
_RANKS = [PREFIXES["qkg"] + name for name in ("ModelFamily", "ModelSeries", "Model", "Variant")]

#: What a node that is no model belongs to.
_OWNERS = (
    "qkg:source",
    "qkg:versionOf",
    "rdf:subject",
    "qkg:concerns",
    "qkg:evaluates",
    "qkg:offeredModel",
    "qkg:claimSubject",
)
#: Nodes whose own label tells something of their owner, and does not name it.
_NAMED_AFTER_OWNER = frozenset({"Statement"})
_NAME = ("skos:prefLabel", "dcterms:title", "rdfs:label", "qkg:locator")
_DESCRIPTION = ("dcterms:description", "skos:definition", "rdfs:comment")


@dataclass(frozen=True)
class Head:
    """The top of a page.

    ``kind`` is its class in words, ``classes`` the local names of all its classes, ``schemes`` the IRIs of
    classes and vocabularies that a parameter of a query may ask for; ``identifier`` is what queries take.
    """

    iri: str
    label: str
    kind: str
    classes: frozenset[str]
    schemes: frozenset[str]
    description: str
    identifier: str
    aliases: tuple[Value, ...]
    crumbs: tuple[Value, ...]


def plain(store: Store, iri: str) -> list[Row]:
    """Give the triples of an IRI: ``property`` and ``value``, and their labels."""
    return list(about(store, _PLAIN, iri))


def head(store: Store, iri: str, rows: Iterable[Row]) -> Head:
    """Give the top of the page of an IRI, of which the rows are the triples."""
    values: dict[str, list[Row]] = {}
    for row in rows:
        values.setdefault(compact(text_of(row, "property")), []).append(row)
    found = about(store, _CLASSES, iri)
    schemes = frozenset(text_of(row, name) for row in found for name in ("kind", "class") if name in row)
    classes = frozenset(compact(each).removeprefix("qkg:") for each in schemes)
    owners = [value(row["value"], row.get("label")) for name in _OWNERS for row in values.get(name, [])][:1]
    crumbs = owners or _wholes(store, iri)
    label = next((text_of(row, "value") for name in _NAME for row in _english(values.get(name, []))), "")
    if owners and classes & _NAMED_AFTER_OWNER:
        label = f"{owners[0].text}: {label}"
    return Head(
        iri,
        label or compact(iri).rpartition(":")[2],
        "build" if "qkg:buildFormat" in values else _kind(found),
        classes,
        schemes,
        next((text_of(row, "value") for name in _DESCRIPTION for row in values.get(name, [])), ""),
        next((text_of(row, "value") for row in values.get("dcterms:identifier", [])), ""),
        tuple(value(row["value"]) for row in values.get("skos:altLabel", [])),
        tuple(crumbs),
    )


def _english(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["value"].get("xml:lang", "en") != "en")


def _kind(rows: Sequence[Row]) -> str:
    """Give the class in words: of our own classes before those of others."""
    named = [(not text_of(row, "kind").startswith(PREFIXES["qkg"]), text_of(row, "label")) for row in rows]
    local = [compact(text_of(row, "kind")).rpartition(":")[2] for row in rows]
    return min((each for each in named if each[1]), default=(0, local[0] if local else ""))[1]


def _wholes(store: Store, iri: str) -> list[Value]:
    """Give what a model is part of, the widest first."""
    rows = [row for row in about(store, _WHOLES, iri) if text_of(row, "kind") in _RANKS]
    rows.sort(key=lambda row: _RANKS.index(text_of(row, "kind")))
    return [Value(text_of(row, "label"), address(text_of(row, "whole"))) for row in rows]
