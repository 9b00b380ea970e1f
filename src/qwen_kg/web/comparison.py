"""Variants side by side: what is said of each of them, in rows that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qwen_kg.namespaces import PREFIXES, prologue
from qwen_kg.results import Store
from qwen_kg.web.fact_groups import DATES, PRICES, group_of, place_of
from qwen_kg.web.tables import Cell, Term, cell, select

_ACCEPTED = {PREFIXES["qkg"] + standing for standing in ("asserted", "inferred")}
_INTEGER = PREFIXES["xsd"] + "integer"

# Statements, dated events and offers. What is refined by something more precise is said less well elsewhere.
_FACTS = """
SELECT ?item ?variant ?row ?rowLabel ?definition ?detail ?value ?valueLabel ?currency ?polarity ?standing
       ?standingLabel ?finer {
  VALUES ?variant { %s }
  {
    ?item rdf:subject ?variant ; rdf:predicate ?row ; rdf:object ?value ; qkg:polarity ?polarity .
    OPTIONAL { ?value skos:prefLabel ?valueLabel }
    OPTIONAL { ?item qkg:scope|qkg:condition|qkg:asOf ?detail }
  } UNION {
    ?item qkg:concerns ?variant ; qkg:eventKind ?row ; qkg:date ?value .
    OPTIONAL { ?item qkg:scope ?detail }
  } UNION {
    ?item qkg:offeredModel ?variant ; qkg:price ?value ; qkg:currency ?currency ; qkg:billedFor ?row ;
          qkg:seller/skos:prefLabel ?seller .
    OPTIONAL { ?item qkg:referenceQuantity/skos:prefLabel ?amount }
    OPTIONAL { ?item qkg:region ?region }
    BIND(CONCAT("per ", COALESCE(?amount, ""), ", ", ?seller, COALESCE(CONCAT(", ", ?region), "")) AS ?detail)
  }
  ?item qkg:standing ?standing .
  ?standing skos:prefLabel ?standingLabel .
  ?row rdfs:label|skos:prefLabel ?rowLabel .
  OPTIONAL { ?row skos:definition ?definition }
  OPTIONAL { ?finer qkg:refines ?item }
}"""

_SCORES = """
SELECT ?item ?variant ?benchmark ?benchmarkLabel ?description ?metric ?setting ?unit ?value ?date ?standing
       ?standingLabel {
  VALUES ?variant { %s }
  ?item qkg:evaluates ?variant ; qkg:onBenchmark ?benchmark ; qkg:metric ?metric ; qkg:score ?value ;
        qkg:scoreUnit ?unit ; qkg:standing ?standing .
  ?standing skos:prefLabel ?standingLabel .
  ?benchmark skos:prefLabel ?benchmarkLabel .
  OPTIONAL { ?benchmark dcterms:description ?description }
  OPTIONAL { ?item qkg:setting ?setting }
  OPTIONAL { ?item qkg:evaluationDate ?date }
}"""


@dataclass(frozen=True)
class Item:
    """A statement, event, offer or score: the ``value`` that it gives, and how it stands.

    ``number`` is the value as a number, where it is one; ``date`` that of a score.
    """

    node: str
    value: Cell
    detail: str
    accepted: bool
    denied: bool
    standing: str
    number: float | None = None
    date: str = ""

    @property
    def text(self) -> str:
        """The value in words, with what it depends on."""
        said = ("not " if self.denied else "") + self.value.text
        return f"{said} ({self.detail})" if self.detail else said


@dataclass
class Slot:
    """What is said of one variant in a row: ``shown`` is what holds, ``others`` what was not accepted."""

    shown: list[Item] = field(default_factory=list)
    others: list[Item] = field(default_factory=list)
    best: bool = False

    def add(self, item: Item, holds: bool) -> None:
        """Add an item to those that hold or to the others, once."""
        items = self.shown if holds else self.others
        if item not in items:
            items.append(item)

    @property
    def items(self) -> list[Item]:
        """All that is said."""
        return [*self.shown, *self.others]


@dataclass
class Row:
    """A property, an event, a price or a benchmark, with a slot for each variant."""

    group: str
    head: Cell
    detail: str
    slots: list[Slot]
    place: int = 0

    @property
    def differs(self) -> bool:
        """Whether two variants of which it is known are told apart by it."""
        said = {frozenset(item.text for item in slot.shown) for slot in self.slots if slot.shown}
        return len(said) > 1

    @property
    def known(self) -> int:
        """Of how many variants something holds."""
        return sum(bool(slot.shown) for slot in self.slots)


def facts(store: Store, variants: Sequence[str]) -> list[Row]:
    """Give what is said of variants, but for their scores: one row for each property, event and price.

    Args:
        store: what is asked.
        variants: IRIs of the store, in the order of the slots.
    """
    rows: dict[str, Row] = {}
    for found in _rows(store, _FACTS, variants):
        iri, polarity, detail = _text(found, "row"), found.get("polarity"), _text(found, "detail")
        kind = PRICES if "currency" in found else "" if polarity else DATES
        common = detail if kind == PRICES else ""  # only prices in the same circumstances can be compared
        row = rows.get(kind + iri + common)
        if row is None:
            head = cell(found["row"], found["rowLabel"])._replace(note=_text(found, "definition"))
            group = kind or group_of(iri)
            row = Row(group, head, common, [Slot() for _ in variants], place_of(iri, group))
            rows[kind + iri + common] = row
        accepted = found["standing"]["value"] in _ACCEPTED
        denied = polarity is not None and polarity["value"] == PREFIXES["qkg"] + "denied"
        item = Item(
            found["item"]["value"],
            _value(found),
            "" if common else detail,
            accepted,
            denied,
            _text(found, "standingLabel"),
        )
        row.slots[variants.index(found["variant"]["value"])].add(item, accepted and "finer" not in found)
    for row in rows.values():
        for slot in row.slots:
            slot.shown.sort(key=lambda item: (item.denied, item.text))
    told = [row for row in rows.values() if row.known]
    return sorted(told, key=lambda row: (row.place, row.head.text, row.detail))


def scores(store: Store, variants: Sequence[str]) -> list[Row]:
    """Give how variants score: one row for each benchmark, metric and setting that two of them share.

    Of several days, the last counts. The best of a row is marked: the highest, or the lowest where the metric
    is a rate of errors or the description of the benchmark says that lower is better.
    """
    rows: dict[tuple[str, str, str, str], Row] = {}
    lower: dict[tuple[str, str, str, str], bool] = {}
    for found in _rows(store, _SCORES, variants):
        metric, setting = _text(found, "metric"), _text(found, "setting")
        key = (_text(found, "benchmark"), metric, setting, _text(found, "unit"))
        if key not in rows:
            detail = ", ".join(each for each in (metric, setting) if each and each != "score")
            head = cell(found["benchmark"], found["benchmarkLabel"])
            rows[key] = Row(head.text, head, detail, [Slot() for _ in variants])
            lower[key] = lower_is_better(metric, _text(found, "description"))
        accepted = found["standing"]["value"] in _ACCEPTED
        number, percent = float(_text(found, "value")), _text(found, "unit").endswith("PERCENT")
        item = Item(
            found["item"]["value"],
            Cell(_score(number) + (" %" if percent else "")),
            "",
            accepted,
            False,
            _text(found, "standingLabel"),
            number,
            _text(found, "date"),
        )
        rows[key].slots[variants.index(found["variant"]["value"])].add(item, accepted)
    for named, row in rows.items():
        _judge(row, lower[named])
    shared = [row for row in rows.values() if row.known > 1]
    return sorted(shared, key=lambda row: (-row.known, row.head.text, len(row.detail), row.detail))


def lower_is_better(metric: str, description: str) -> bool:
    """Say whether the lower score is the better one.

    >>> lower_is_better("word error rate", ""), lower_is_better("score", "How much it knows.")
    (True, False)
    """
    return any(word in metric for word in ("error", "hallucination", "perplexity")) or (
        "lower is better" in description
    )


def known_variants(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """Give the labels of those of some IRIs that are variants."""
    asked = "SELECT ?variant ?label { VALUES ?variant { %s } ?variant a qkg:Variant ; skos:prefLabel ?label }"
    return {row["variant"]["value"]: row["label"]["value"] for row in _rows(store, asked, iris)}


def _judge(row: Row, lower: bool) -> None:
    """Keep the last day of each slot of a row, and mark the best."""
    for slot in row.slots:
        last = max((item.date for item in slot.shown), default="")
        slot.shown = [replace(item, detail=item.date) for item in slot.shown if item.date == last]
        slot.shown.sort(key=lambda item: item.number or 0.0)
    sign = -1 if lower else 1
    reached = [max((sign * (item.number or 0.0) for item in slot.shown), default=None) for slot in row.slots]
    values = [each for each in reached if each is not None]
    for slot, value in zip(row.slots, reached, strict=True):
        slot.best = len(set(values)) > 1 and value == max(values)


def _rows(store: Store, text: str, iris: Iterable[str]) -> Iterator[dict[str, Term]]:
    return select(store, prologue() + text % " ".join(f"<{iri}>" for iri in iris))


def _value(found: Mapping[str, Term]) -> Cell:
    value = found["value"]
    if value.get("datatype") == _INTEGER:
        return Cell(f"{int(value['value']):,}")
    shown = cell(value, found.get("valueLabel"))
    return Cell(f"{_text(found, 'currency')} {shown.text}" if "currency" in found else shown.text, shown.link)


def _score(number: float) -> str:
    """Write a score with up to five digits; the page of it has all.

    >>> _score(1373.4123113771748), _score(36.4), _score(52.0)
    ('1373.4', '36.4', '52')
    """
    return f"{number:.5g}"


def _text(row: Mapping[str, Term], name: str) -> str:
    return str(row[name]["value"]) if name in row else ""
