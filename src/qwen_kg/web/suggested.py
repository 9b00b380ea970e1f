"""Comparisons that are worth a look, from the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qwen_kg.namespaces import prologue
from qwen_kg.results import Store
from qwen_kg.web.tables import select

_MOST = 4  # variants in one
_OF_A_KIND = 3  # comparisons of one kind

# Original weights with a size, on the first day that their release may mean; builds are left out.
_RELEASED = """
SELECT ?variant ?label ?size ?parameters ?line ?lineLabel (MAX(?early) AS ?day) {
  ?event a qkg:ReleaseEvent ; qkg:concerns ?variant ; qkg:standing ?standing ; qkg:dateEarliest ?early .
  FILTER(?standing IN (qkg:asserted, qkg:inferred))
  ?variant a qkg:Variant ; skos:prefLabel ?label ; qkg:sizeLabel ?size ; qkg:totalParameters ?parameters ;
           qkg:variantOf ?line .
  ?line skos:prefLabel ?lineLabel .
  MINUS { ?variant qkg:buildFormat [] }
  MINUS { ?variant qkg:tuning qkg:base }
} GROUP BY ?variant ?label ?size ?parameters ?line ?lineLabel
ORDER BY DESC(?day) ?label"""

_SUCCESSORS = """
SELECT ?variant ?label ?before ?beforeLabel (MAX(?early) AS ?day) {
  ?variant qkg:successorOf ?before ; a qkg:Variant ; skos:prefLabel ?label .
  ?before a qkg:Variant ; skos:prefLabel ?beforeLabel .
  OPTIONAL { ?event a qkg:ReleaseEvent ; qkg:concerns ?variant ; qkg:dateEarliest ?early }
} GROUP BY ?variant ?label ?before ?beforeLabel
ORDER BY DESC(?day) ?label"""


@dataclass(frozen=True)
class Suggestion:
    """A comparison: what it is about, its variants and their labels."""

    title: str
    variants: Sequence[str]
    labels: Sequence[str]


def suggested(store: Store) -> list[Suggestion]:
    """Give comparisons of the newest variants of one size, of one line, and with what came before."""
    released = [
        {name: str(term["value"]) for name, term in row.items()}
        for row in select(store, prologue() + _RELEASED)
    ]
    sizes = _gathered(released, "size", "The newest with {} parameters", by_size=False)
    lines = _gathered(released, "lineLabel", "{}, by size", by_size=True)
    pairs = [
        Suggestion(
            f"{row['label']['value']} and what came before",
            [row["variant"]["value"], row["before"]["value"]],
            [row["label"]["value"], row["beforeLabel"]["value"]],
        )
        for row in select(store, prologue() + _SUCCESSORS)
    ]
    return [*sizes[:_OF_A_KIND], *lines[:_OF_A_KIND], *pairs[:_OF_A_KIND]]


def _gathered(rows: Sequence[dict[str, str]], name: str, title: str, by_size: bool) -> list[Suggestion]:
    """Make a comparison of the newest variants of each value of a column, the newest value first."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if all(row["variant"] != other["variant"] for other in found.setdefault(row[name], [])):
            found[row[name]].append(row)
    made = []
    for value, group in found.items():
        if len(group) >= 3:
            newest = group[:_MOST]
            if by_size:
                newest.sort(key=lambda row: int(row["parameters"]))
            made.append(
                Suggestion(
                    title.format(value), [row["variant"] for row in newest], [row["label"] for row in newest]
                )
            )
    return made
