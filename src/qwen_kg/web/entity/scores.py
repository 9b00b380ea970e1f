"""Scores: those of a model on benchmarks, or those of models on one benchmark, as a chart and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from markupsafe import Markup

from qwen_kg.results import Store
from qwen_kg.web.drawing.bars import Bar, bars
from qwen_kg.web.entity.asking import Window, about
from qwen_kg.web.entity.facts import Support, supports
from qwen_kg.web.entity.values import Row, Value, address, number, text_of, value
from qwen_kg.web.paging import Paging

_PAGE = 60
_BARS = 12
_ALL = 150  # scores of a benchmark that are shown together, however they were measured

_SCORES = """
SELECT DISTINCT ?node ?other ?label ?metric ?setting ?score ?unit ?date ?standing ?standingLabel ?reason {
  ?node %(this)s ?_iri ; a qkg:Evaluation ; %(other)s ?other ; qkg:score ?score .
  OPTIONAL { ?other skos:prefLabel ?label }
  OPTIONAL { ?node qkg:metric ?metric }
  OPTIONAL { ?node qkg:setting ?setting }
  OPTIONAL { ?node qkg:scoreUnit ?unit }
  OPTIONAL { ?node qkg:evaluationDate ?date }
  OPTIONAL { ?node qkg:standing ?standing . OPTIONAL { ?standing skos:prefLabel ?standingLabel } }
  OPTIONAL { ?node qkg:reason ?reason }
} ORDER BY STR(?label) STR(?metric) STR(?setting) STR(?node)"""
_OF_MODEL = _SCORES % {"this": "qkg:evaluates", "other": "qkg:onBenchmark"}
_ON_BENCHMARK = _SCORES % {"this": "qkg:onBenchmark", "other": "qkg:evaluates"}

# How many models each benchmark has scores of.
_SPREAD = """
SELECT ?other (COUNT(DISTINCT ?model) AS ?count) {
  { SELECT DISTINCT ?other { ?one qkg:evaluates ?_iri ; qkg:onBenchmark ?other } }
  ?each qkg:onBenchmark ?other ; qkg:evaluates ?model
} GROUP BY ?other"""

_PERCENT = "http://qudt.org/vocab/unit/PERCENT"


@dataclass(frozen=True)
class Score:
    """One score; ``other`` is the benchmark on the page of a model, and the model on that of a benchmark.

    ``row`` is what was asked, and ``support`` has passages only where the page shows the score.
    """

    node: str
    other: Value
    metric: str
    setting: str
    score: Value
    amount: Decimal
    percent: bool
    date: Value | None
    row: Row
    support: Support

    @property
    def measure(self) -> str:
        """How it was measured, in words: scores of one measure can be compared."""
        return ", ".join(each for each in (self.metric, self.setting) if each) + (
            " (%)" if self.percent else ""
        )


@dataclass(frozen=True)
class Scores:
    """The scores that a page shows, a chart of some with the rule by which these were chosen.

    ``measures`` are those of a benchmark with how often each was used, and ``chosen`` the one that is shown.
    """

    rows: list[Score]
    chart: Markup | None
    rule: str
    paging: Paging
    measures: list[tuple[str, int]]
    chosen: str


def of_model(store: Store, iri: str, label: str, window: Window) -> Scores | None:
    """Give the scores of a model; None where there are none."""
    found = [_score(row) for row in about(store, _OF_MODEL, iri)]
    if not found:
        return None
    rows = about(store, _SPREAD, iri)
    spread = {address(text_of(row, "other")): int(text_of(row, "count")) for row in rows if "other" in row}
    chart, rule = _chart_of_model(found, spread, label)
    found.sort(key=lambda each: -spread.get(each.other.link, 0))
    return _page(store, found, chart, rule, window, [], "")


def on_benchmark(store: Store, iri: str, label: str, window: Window) -> Scores | None:
    """Give the scores on a benchmark, the highest first; None where there are none."""
    found = [_score(row) for row in about(store, _ON_BENCHMARK, iri)]
    if not found:
        return None
    found.sort(key=lambda each: -each.amount)
    used = Counter(each.measure for each in found)
    measures = sorted(used.items(), key=lambda each: (-each[1], each[0]))
    wanted = window.setting if window.setting in used else ""
    drawn = wanted or measures[0][0]
    chosen = wanted or (measures[0][0] if len(found) > _ALL else "")
    rows = [each for each in found if each.measure == drawn and each.support.accepted]
    best = list({each.other: each for each in reversed(rows)}.values())[::-1][:_BARS]
    rule = (
        f"The {len(best)} highest of the scores measured as {drawn}, which most are. "
        if not wanted
        else f"The {len(best)} highest of the scores measured as {drawn}. "
    ) + "Of several scores of one model, the highest is drawn."
    chart = bars([_bar(each) for each in best], f"Scores on {label}: {drawn}") if len(best) > 1 else None
    shown = [each for each in found if not chosen or each.measure == chosen]
    return _page(store, shown, chart, rule, window, measures if len(measures) > 1 else [], chosen)


def _page(
    store: Store,
    found: list[Score],
    chart: Markup | None,
    rule: str,
    window: Window,
    measures: list[tuple[str, int]],
    chosen: str,
) -> Scores:
    """Give the part that the page shows, with what supports it."""
    paging = window.paging("scores", _PAGE, len(found))
    shown = found[paging.start : paging.start + _PAGE]
    held = supports(store, [each.row for each in shown])
    rows = [replace(each, support=held[each.node]) for each in shown]
    return Scores(rows, chart, rule, paging, measures, chosen)


def _score(row: Row) -> Score:
    percent = text_of(row, "unit") == _PERCENT
    shown = number(text_of(row, "score"))
    return Score(
        text_of(row, "node"),
        value(row["other"], row.get("label")),
        text_of(row, "metric"),
        text_of(row, "setting"),
        shown._replace(text=shown.text + "%") if percent else shown,
        Decimal(text_of(row, "score")),
        percent,
        value(row["date"]) if "date" in row else None,
        row,
        Support(standing=text_of(row, "standing").rpartition("#")[2]),
    )


def _chart_of_model(found: Iterable[Score], spread: dict[str, int], label: str) -> tuple[Markup | None, str]:
    """Draw the scores of a model that most readers look for, and say which these are."""
    fitting = [each for each in found if each.percent and each.support.accepted]
    metrics = Counter(metric for metric, _ in {(each.metric, each.other) for each in fitting})
    if not metrics:
        return None, ""
    metric = max(sorted(metrics), key=lambda each: metrics[each])
    best: dict[Value, Score] = {}
    for each in fitting:
        if each.metric == metric and (each.other not in best or each.amount > best[each.other].amount):
            best[each.other] = each
    drawn = sorted(best.values(), key=lambda each: (-spread.get(each.other.link, 0), each.other.text))[:_BARS]
    if len(drawn) < 2:
        return None, ""
    rule = (
        (
            f"The benchmarks on which most models are scored, of those measured in percent as {metric!r}, "
            "which most of these scores are. Of several scores on one benchmark, the highest is drawn."
        )
        .replace("'", "“", 1)
        .replace("'", "”", 1)
    )
    return bars([_bar(each) for each in drawn], f"Scores of {label}, {metric} in percent"), rule


def _bar(score: Score) -> Bar:
    return Bar(score.other.text, score.other.link, float(score.amount), score.score.text)
