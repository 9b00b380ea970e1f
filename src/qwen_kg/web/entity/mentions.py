"""What else names a thing, such as the variants under a licence or the models of a developer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from qwen_kg.results import Store
from qwen_kg.web.entity.asking import Window, about
from qwen_kg.web.entity.groups import named
from qwen_kg.web.entity.values import Row, Value, text_of, value
from qwen_kg.web.paging import Paging

_PAGE = 80

# Without what other sections of a page show, what thousands of nodes have, and graphs that name everything.
_NAMING = """
  GRAPH ?graph { ?subject ?property ?_iri }
  FILTER(?graph NOT IN (graph:inferred, graph:description, graph:queries, graph:shapes, graph:alignments))
  FILTER(?property NOT IN (
    rdf:subject, rdf:object, rdf:predicate, owl:sourceIndividual, owl:targetIndividual, qkg:concerns,
    qkg:claimSubject, qkg:claimant, qkg:evaluates, qkg:offeredModel, qkg:seller, qkg:supportedBy,
    qkg:source, qkg:sourceVersion, qkg:versionOf, qkg:variantOf, qkg:inSeries, qkg:inFamily,
    qkg:successorOf, qkg:fineTunedFrom, qkg:quantizedFrom, qkg:convertedFrom, qkg:adapterOf,
    qkg:mergedFrom, qkg:distilledFrom, qkg:snapshotOf, qkg:refines, qkg:conflictsWith, qkg:comparedWith,
    rdfs:isDefinedBy, qkg:standing, qkg:polarity, qkg:scoreUnit))
  FILTER(?property != qkg:onBenchmark || NOT EXISTS { ?subject a qkg:Evaluation })"""

_COUNTS = f"SELECT ?property (COUNT(*) AS ?count) {{{_NAMING} }} GROUP BY ?property"
# The part that is shown is chosen before labels are looked up, which would take long for thousands.
_MENTIONS = f"""
SELECT ?subject ?property ?label ?called {{
  {{ SELECT ?subject ?property {{{_NAMING} }} ORDER BY STR(?property) STR(?subject) LIMIT %d OFFSET %d }}
  OPTIONAL {{ ?property rdfs:label ?called }}
  OPTIONAL {{ ?subject skos:prefLabel|dcterms:title ?label }}
}} ORDER BY STR(?property) STR(?subject)"""


@dataclass(frozen=True)
class Mentions:
    """Things that have this one as the value of a property."""

    name: str
    link: str
    others: list[Value]


def mentions(store: Store, iri: str, window: Window) -> tuple[list[Mentions], Paging]:
    """Give what names a thing, by the property that it does so with."""
    total = sum(int(text_of(row, "count")) for row in about(store, _COUNTS, iri))
    paging = window.paging("mentions", _PAGE, total)
    rows = about(store, _MENTIONS % (_PAGE, paging.start), iri) if total else []
    found = []
    for key, each in groupby(rows, key=lambda row: text_of(row, "property")):
        named_by: list[Row] = list(each)
        called = named(key, text_of(named_by[0], "called"))
        others = [value(row["subject"], row.get("label")) for row in named_by]
        found.append(Mentions(called, value(named_by[0]["property"]).link, others))
    return found, paging
