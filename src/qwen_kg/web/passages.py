"""Where things are said: the passages behind statements, events, scores and offers, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qwen_kg.namespaces import prologue
from qwen_kg.results import Store
from qwen_kg.web.search import page_of
from qwen_kg.web.tables import Cell, cell, select

_PASSAGES = """
SELECT DISTINCT ?item ?passage ?locator ?source ?title ?kind {
  VALUES ?item { %s }
  ?item qkg:supportedBy ?passage .
  ?passage qkg:source ?source .
  OPTIONAL { ?passage qkg:locator ?locator }
  OPTIONAL { ?source dcterms:title ?title }
  OPTIONAL { ?source qkg:sourceKind/skos:prefLabel ?kind }
} ORDER BY ?title ?passage"""


@dataclass(frozen=True)
class Place:
    """A passage: ``source`` leads to the source, ``place`` to the passage in it, ``kind`` is its kind."""

    source: Cell
    place: Cell
    kind: str


def passages(store: Store, items: Iterable[str]) -> dict[str, list[Place]]:
    """Give the passages behind each of some nodes, by their IRIs.

    Args:
        store: what is asked.
        items: IRIs that come from the store.
    """
    wanted = " ".join(f"<{item}>" for item in dict.fromkeys(items))
    found: dict[str, list[Place]] = {}
    for row in select(store, prologue() + _PASSAGES % wanted) if wanted else ():
        place = Place(
            cell(row["source"], row.get("title"))._replace(link=page_of(row["source"]["value"])),
            cell(row["passage"], row.get("locator"))._replace(link=page_of(row["passage"]["value"])),
            str(row["kind"]["value"]) if "kind" in row else "",
        )
        found.setdefault(row["item"]["value"], []).append(place)
    return found
