"""When something was released first, by the rule that the pictures follow, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qwen_kg.namespaces import compact
from qwen_kg.results import Store
from qwen_kg.web.entity.asking import among
from qwen_kg.web.entity.values import Row, Value, text_of, value
from qwen_kg.web.pictures.family import DATING

_RELEASES = """
SELECT ?about ?kind ?date ?day {
  VALUES ?about { %s }
  ?event qkg:concerns ?about ; a qkg:ReleaseEvent ; qkg:eventKind ?kind ; qkg:date ?date ;
         qkg:dateEarliest ?day ; qkg:standing ?standing .
  FILTER(?standing IN (qkg:asserted, qkg:inferred))
  MINUS { ?finer qkg:refines ?event }
}"""
_YEAR = len("2025")


@dataclass(frozen=True)
class Released:
    """A date as its source has it, and the first day that it may mean."""

    date: Value
    day: str


def released(store: Store, iris: Iterable[str]) -> dict[str, Released]:
    """Give the release by which each of some things is dated, where there is one."""
    found: dict[str, list[Row]] = {}
    for row in among(store, _RELEASES, iris):
        found.setdefault(text_of(row, "about"), []).append(row)
    best = {iri: min(rows, key=_rank) for iri, rows in found.items()}
    return {iri: Released(value(row["date"]), text_of(row, "day")) for iri, row in best.items()}


def _rank(row: Row) -> tuple[int, bool, str]:
    """Rank a release as a date: by its kind, then a month before a year, then the earliest."""
    kind = compact(text_of(row, "kind"))
    return DATING.get(kind, len(DATING)), len(text_of(row, "date")) <= _YEAR, text_of(row, "day")
