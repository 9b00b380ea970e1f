"""What happened to a model, what it costs, and what is claimed of it: nodes that name their passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qwen_kg.results import Store
from qwen_kg.web.entity.asking import Window, about
from qwen_kg.web.entity.facts import Support, supports
from qwen_kg.web.entity.values import Row, Value, number, text_of, value
from qwen_kg.web.paging import Paging

_PAGE = 40

_STANDING = """
  OPTIONAL { ?node qkg:standing ?standing . OPTIONAL { ?standing skos:prefLabel ?standingLabel } }
  OPTIONAL { ?node qkg:reason ?reason }"""

_EVENTS = f"""
SELECT DISTINCT ?node ?kind ?label ?date ?note ?via ?viaLabel ?standing ?standingLabel
       ?reason {{
  ?node qkg:concerns ?_iri .
  OPTIONAL {{ ?node skos:prefLabel ?label }}
  OPTIONAL {{ ?node qkg:eventKind/skos:prefLabel ?kind }}
  OPTIONAL {{ ?node qkg:date ?date }}
  OPTIONAL {{ ?node qkg:dateEarliest ?day }}
  OPTIONAL {{ ?node qkg:dateNote ?note }}
  OPTIONAL {{ ?node qkg:publishedVia ?via . ?via skos:prefLabel ?viaLabel }}{_STANDING}
}} ORDER BY ?day STR(?date) STR(?node)"""

_OFFERS = f"""
SELECT DISTINCT ?node ?model ?modelLabel ?seller ?sellerLabel ?price ?currency ?billed ?amount ?region
       ?date ?standing ?standingLabel ?reason {{
  {{ ?node qkg:offeredModel ?_iri }} UNION {{ ?node qkg:seller ?_iri }}
  ?node qkg:offeredModel ?model ; qkg:price ?price .
  OPTIONAL {{ ?model skos:prefLabel ?modelLabel }}
  OPTIONAL {{ ?node qkg:seller ?seller . ?seller skos:prefLabel ?sellerLabel }}
  OPTIONAL {{ ?node qkg:currency ?currency }}
  OPTIONAL {{ ?node qkg:billedFor/skos:prefLabel ?billed }}
  OPTIONAL {{ ?node qkg:referenceQuantity/qkg:notation ?amount }}
  OPTIONAL {{ ?node qkg:region ?region }}
  OPTIONAL {{ ?node qkg:offerDate ?date }}{_STANDING}
}} ORDER BY STR(?modelLabel) STR(?sellerLabel) STR(?region) STR(?billed) ?price STR(?node)"""

_CLAIMS = f"""
SELECT DISTINCT ?node ?label ?text ?who ?whoLabel ?reporter ?reporterLabel ?date ?standing
       ?standingLabel ?reason {{
  {{ ?node qkg:claimSubject ?_iri }} UNION {{ ?node qkg:comparison/qkg:comparedWith ?_iri }}
  UNION {{ ?node qkg:claimant ?_iri }}
  ?node a qkg:Claim .
  OPTIONAL {{ ?node skos:prefLabel ?label }}
  OPTIONAL {{ ?node qkg:claimText ?text }}
  OPTIONAL {{ ?node qkg:claimant ?who . ?who skos:prefLabel ?whoLabel }}
  OPTIONAL {{ ?node qkg:reporter ?reporter . ?reporter skos:prefLabel ?reporterLabel }}
  OPTIONAL {{ ?node qkg:claimDate ?date }}{_STANDING}
}} ORDER BY STR(?date) STR(?node)"""


@dataclass(frozen=True)
class Event:
    """Something that happened; ``note`` is what its source says of the date."""

    name: str
    date: Value | None
    note: str
    via: Value | None
    support: Support


@dataclass(frozen=True)
class Offer:
    """A price, with what it is for."""

    model: Value
    seller: Value | None
    price: Value
    billed: str
    region: str
    date: Value | None
    support: Support


@dataclass(frozen=True)
class Claim:
    """What somebody says; ``reporter`` passes it on."""

    text: str
    claimant: Value | None
    reporter: Value | None
    date: Value | None
    support: Support


def events(store: Store, iri: str, window: Window) -> tuple[list[Event], Paging]:
    """Give what happened to a thing, the earliest first and what has no date before it."""
    rows, paging = _shown(about(store, _EVENTS, iri), window, "events")
    held = supports(store, rows)
    return [
        Event(
            text_of(row, "kind") or text_of(row, "label"),
            _maybe(row, "date"),
            text_of(row, "note"),
            _maybe(row, "via"),
            held[text_of(row, "node")],
        )
        for row in rows
    ], paging


def offers(store: Store, iri: str, window: Window) -> tuple[list[Offer], Paging]:
    """Give the prices of a model, or of what a seller offers."""
    rows, paging = _shown(about(store, _OFFERS, iri), window, "offers")
    held = supports(store, rows)
    return [
        Offer(
            value(row["model"], row.get("modelLabel")),
            _maybe(row, "seller"),
            Value(f"{text_of(row, 'currency')} {number(text_of(row, 'price')).text}".strip()),
            " ".join(filter(None, ("per", text_of(row, "amount"), text_of(row, "billed")))),
            text_of(row, "region"),
            _maybe(row, "date"),
            held[text_of(row, "node")],
        )
        for row in rows
    ], paging


def claims(store: Store, iri: str) -> list[Claim]:
    """Give what is claimed of a thing, or by it."""
    rows = list({text_of(row, "node"): row for row in about(store, _CLAIMS, iri)}.values())
    held = supports(store, rows)
    return [
        Claim(
            text_of(row, "text") or text_of(row, "label"),
            _maybe(row, "who"),
            _maybe(row, "reporter"),
            _maybe(row, "date"),
            held[text_of(row, "node")],
        )
        for row in rows
    ]


def _shown(rows: Sequence[Row], window: Window, name: str) -> tuple[list[Row], Paging]:
    """Give the part of a list that a page shows; a node stands in it once."""
    found = list({text_of(row, "node"): row for row in rows}.values())
    paging = window.paging(name, _PAGE, len(found))
    return found[paging.start : paging.start + _PAGE], paging


def _maybe(row: Row, name: str) -> Value | None:
    return value(row[name], row.get(name + "Label")) if name in row else None
