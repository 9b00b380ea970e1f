"""Sources and passages: which versions of a source were read, its passages, and what a passage supports."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_kg.results import Store
from qwen_kg.web.entity.asking import Window, about, among
from qwen_kg.web.entity.values import Row, Value, address, text_of, value
from qwen_kg.web.paging import Paging

_PAGE = 50
_FEW = 3  # of what a passage supports, which the list of passages names

_VERSIONS = """
SELECT ?version ?date ?commit ?sha256 {
  ?version qkg:versionOf ?_iri .
  OPTIONAL { ?version dcterms:issued ?date }
  OPTIONAL { ?version qkg:commit ?commit }
  OPTIONAL { ?version qkg:sha256 ?sha256 }
} ORDER BY DESC(STR(?date)) STR(?version)"""

_COUNT = "SELECT (COUNT(*) AS ?count) { ?passage qkg:source ?_iri }"
_PASSAGES = """
SELECT ?passage ?locator {
  ?passage qkg:source ?_iri .
  OPTIONAL { ?passage qkg:locator ?locator }
  OPTIONAL { ?passage qkg:firstLine ?line }
  OPTIONAL { ?passage oa:hasSelector/oa:start ?character }
} ORDER BY ?line ?character STR(?passage) LIMIT %d OFFSET %d"""

_SUPPORTED = """
SELECT DISTINCT ?passage ?item ?label ?about ?aboutLabel {
  VALUES ?passage { %s }
  ?item qkg:supportedBy ?passage .
  OPTIONAL { ?item skos:prefLabel ?label }
  OPTIONAL { ?item rdf:subject ?about . ?about skos:prefLabel ?aboutLabel }
} ORDER BY STR(?passage) STR(?aboutLabel) STR(?label) STR(?item)"""


@dataclass(frozen=True)
class Version:
    """A version of a source, which is known by its digest."""

    link: str
    date: Value | None
    commit: str
    sha256: str


@dataclass(frozen=True)
class Passage:
    """A passage, with some of what it supports, and how much that is."""

    place: Value
    supports: list[Value]
    count: int


def versions(store: Store, iri: str) -> list[Version]:
    """Give the versions of a source that were read, the latest first."""
    return [
        Version(
            address(text_of(row, "version")),
            value(row["date"]) if "date" in row else None,
            text_of(row, "commit"),
            text_of(row, "sha256"),
        )
        for row in about(store, _VERSIONS, iri)
    ]


def passages(store: Store, iri: str, window: Window) -> tuple[list[Passage], Paging]:
    """Give the passages of a source in their order, with what each supports."""
    total = sum(int(text_of(row, "count")) for row in about(store, _COUNT, iri))
    paging = window.paging("passages", _PAGE, total)
    rows = about(store, _PASSAGES % (_PAGE, paging.start), iri) if total else []
    found: dict[str, list[Value]] = {}
    for row in among(store, _SUPPORTED, [text_of(row, "passage") for row in rows]):
        found.setdefault(text_of(row, "passage"), []).append(_said(row))
    return [
        Passage(value(row["passage"], row.get("locator")), supported[:_FEW], len(supported))
        for row in rows
        if (supported := found.get(text_of(row, "passage"), [])) is not None
    ], paging


def supported(store: Store, iri: str, window: Window) -> tuple[list[Value], Paging]:
    """Give what a passage supports."""
    found = [_said(row) for row in among(store, _SUPPORTED, [iri])]
    paging = window.paging("supported", _PAGE, len(found))
    return found[paging.start : paging.start + _PAGE], paging


def _said(row: Row) -> Value:
    """Name what is said: a statement with what it is about, anything else by its own label."""
    said = value(row["item"], row.get("label"))
    return said._replace(text=f"{text_of(row, 'aboutLabel')}: {said.text}") if "aboutLabel" in row else said
