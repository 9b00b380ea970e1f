"""Scores on a benchmark, by size or by date, and by generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from qwen_kg.errors import ParameterError
from qwen_kg.namespaces import prologue
from qwen_kg.web.drawing.scales import short
from qwen_kg.web.drawing.scatter import Axis, Point, Value, scatter
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import Family, Member, page_of, read_family
from qwen_kg.web.pictures.picture import (
    Choice,
    Drawn,
    Picture,
    asked,
    choose,
    colours,
    known_only,
    legend,
    saved,
)
from qwen_kg.web.tables import Cell, Table, Term, select

_BENCHMARKS = """
SELECT ?benchmark ?label (COUNT(DISTINCT ?variant) AS ?count) {
  ?evaluation qkg:onBenchmark ?benchmark ; qkg:evaluates ?variant .
  ?variant qkg:totalParameters ?size .
  ?benchmark skos:prefLabel ?label .
} GROUP BY ?benchmark ?label ORDER BY DESC(?count) ?label"""
_SCORES = """
SELECT ?evaluation ?variant ?label ?metric ?setting ?score ?unit ?standing ?source ?sourceTitle {
  ?evaluation qkg:onBenchmark <%s> ; qkg:evaluates ?variant ; qkg:metric ?metric ; qkg:score ?score ;
              qkg:scoreUnit ?unit ; qkg:standing/skos:prefLabel ?standing .
  ?variant skos:prefLabel ?label .
  OPTIONAL { ?evaluation qkg:setting ?setting }
  ?evaluation qkg:supportedBy/qkg:source ?source .
  ?source dcterms:title ?sourceTitle .
} ORDER BY ?label ?metric ?setting DESC(?score) ?evaluation ?source"""
_ACROSS = [("size", "size"), ("active", "active parameters"), ("date", "date of release")]
_TITLES = {"size": "parameters", "active": "parameters active for one token", "date": "released"}
_NOT_DRAWN = {"disputed", "withdrawn"}


def _draw(kg: Knowledge, given: Mapping[str, str]) -> Drawn:
    found = list(select(kg.store, prologue() + _BENCHMARKS))
    benchmarks = {_id(row["benchmark"]["value"]): row["benchmark"]["value"] for row in found}
    names = [
        (_id(row["benchmark"]["value"]), f"{row['label']['value']} ({row['count']['value']})")
        for row in found
    ]
    benchmark = choose(given, "benchmark", "Benchmark", names)
    across = choose(given, "across", "Across", _ACROSS)
    query = _SCORES % benchmarks.get(benchmark.value, "")
    reports = _reports(list(select(kg.store, prologue() + query)) if benchmarks else [])
    setting = _setting(given, reports)
    known_only(given, [benchmark, setting, across])
    family = read_family(kg.store)
    drawn = [
        row for row in reports if _kind(row) == setting.value and _text(row, "standing") not in _NOT_DRAWN
    ]
    lines = {_text(row, "variant"): _line(family, _text(row, "variant")) for row in drawn}
    placed = [(row, _place(family, _text(row, "variant"), across.value)) for row in drawn]
    groups = colours(lines[_text(row, "variant")] for row, place in placed if place is not None)
    points = {
        (place, _text(row, "score"), _text(row, "label")): _point(
            row, place, groups[lines[_text(row, "variant")]]
        )
        for row, place in placed
        if place is not None
    }
    unit = _unit(drawn)
    missing = len({_text(row, "variant") for row, place in placed if place is None})
    label = next((text.rpartition(" (")[0] for value, text in names if value == benchmark.value), "")
    axis = Axis(_TITLES[across.value], "date" if across.value == "date" else "log")
    without = "date of release" if across.value == "date" else "number of parameters"
    return Drawn(
        scatter(list(points.values()), axis, Axis(f"{label}, {unit}".strip(", ")), f"Scores on {label}"),
        _table(family, reports),
        f"Scores on {label} with this measure and setting: {setting.value or 'none'}. Only these are "
        "comparable, and only as far as their sources measured alike; what was disputed or withdrawn is in "
        "the table and not drawn."
        + (
            f" No source gives the {without} of {missing} of the variants, which have no mark."
            if missing
            else ""
        ),
        [saved("best-scores", "These scores as a saved query", benchmark=benchmark.value), asked(query)],
        [benchmark, setting, across],
        legend(groups, {**family.labels, "": "of no model"}, "other models"),
        frozenset({"score", "billions of parameters"}),
    )


def _reports(rows: Sequence[Mapping[str, Term]]) -> list[Mapping[str, Term]]:
    """Give each score once, with the first of its sources."""
    first: dict[str, Mapping[str, Term]] = {}
    for row in rows:
        first.setdefault(_text(row, "evaluation"), row)
    return list(first.values())


def _setting(given: Mapping[str, str], reports: Sequence[Mapping[str, Term]]) -> Choice:
    """Read the measure and setting: the most frequent where the benchmark has no score under that given.

    Raises:
        ParameterError: it is too long.
    """
    counts = Counter(_kind(row) for row in reports if _text(row, "standing") not in _NOT_DRAWN)
    options = [(kind, f"{kind} ({count})") for kind, count in counts.most_common()]
    wanted = given.get("setting", "")
    if len(wanted) > 500:
        raise ParameterError("setting is longer than any setting")
    # The form sends the setting of the benchmark that it showed before.
    return Choice(
        "setting",
        "Measure and setting",
        wanted if wanted in counts else next(iter(options), ("", ""))[0],
        options,
    )


def _kind(row: Mapping[str, Term]) -> str:
    return ", ".join(filter(None, [_text(row, "metric"), _text(row, "setting")]))


def _text(row: Mapping[str, Term], name: str) -> str:
    return str(row[name]["value"]) if name in row else ""


def _id(iri: str) -> str:
    return iri.rpartition("/")[2]


def _line(family: Family, variant: str) -> str:
    """Give the model that a variant is one of, or nothing."""
    member = family.members.get(variant)
    return member.first("qkg:variantOf") if member else ""


def _place(family: Family, variant: str, across: str) -> Value | None:
    member = family.members.get(variant)
    if member is None:
        return None
    if across == "date":
        release = family.dated(member) or (family.dated(whole) if (whole := _whole(family, member)) else None)
        return release.day if release else None
    total = member.first("qkg:totalParameters")
    size = member.first("qkg:activeParameters") or total if across == "active" else total
    return float(size) if size else None


def _whole(family: Family, member: Member) -> Member | None:
    return family.members.get(member.first("qkg:variantOf"))


def _point(row: Mapping[str, Term], place: Value, group: int) -> Point:
    size = f"{short(place)} parameters" if isinstance(place, float) else place.isoformat()
    told = f"{_text(row, 'score')}, {size}, {_text(row, 'sourceTitle')}"
    return Point(
        place, float(_text(row, "score")), _text(row, "label"), page_of(_text(row, "variant")), told, group
    )


def _unit(rows: Sequence[Mapping[str, Term]]) -> str:
    units = {_text(row, "unit").rpartition("/")[2].rpartition("#")[2] for row in rows}
    return "in %" if units == {"PERCENT"} else ""


def _table(family: Family, reports: Sequence[Mapping[str, Term]]) -> Table:
    rows: list[list[Cell | None]] = []
    for row in reports:
        member = family.members.get(_text(row, "variant"))
        size = member.first("qkg:totalParameters") if member else ""
        release = family.dated(member) if member else None
        rows.append(
            [
                Cell(_text(row, "label"), page_of(_text(row, "variant"))),
                Cell(_text(row, "score"), page_of(_text(row, "evaluation"))),
                Cell(_text(row, "metric")),
                Cell(_text(row, "setting")) if "setting" in row else None,
                Cell(f"{float(size) / 1e9:.4g}") if size else None,
                Cell(release.written, page_of(release.event)) if release else None,
                Cell(_text(row, "standing")),
                Cell(_text(row, "sourceTitle"), page_of(_text(row, "source"))),
            ]
        )
    columns = [
        "variant",
        "score",
        "measure",
        "setting",
        "billions of parameters",
        "released",
        "standing",
        "source",
    ]
    return Table(columns, rows)


PICTURE = Picture(
    "scores",
    "Scores by size and generation",
    "How the variants score on a benchmark, by their size or date; each generation has its colour.",
    _draw,
)
