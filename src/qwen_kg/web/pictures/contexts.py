"""How many tokens models take in at once, over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from qwen_kg.namespaces import prologue
from qwen_kg.web.drawing.scales import short
from qwen_kg.web.drawing.scatter import Axis, Point, scatter
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import Family, Member, page_of, read_family
from qwen_kg.web.pictures.picture import Drawn, Picture, asked, choose, colours, known_only, legend, saved
from qwen_kg.web.tables import Cell, Table, select

_LENGTHS = """
SELECT ?member ?notation ?exactly ?least ?most {
  ?member %s ?amount .
  ?amount qkg:notation ?notation .
  OPTIONAL { ?amount qkg:value ?exactly }
  OPTIONAL { ?amount qkg:minInclusive|qkg:minExclusive ?least }
  OPTIONAL { ?amount qkg:maxInclusive|qkg:maxExclusive ?most }
} ORDER BY ?member ?notation"""
_WHICH = [
    ("qkg:contextLength", "as trained"),
    ("qkg:extendedContextLength", "extended by a method of extrapolation"),
    ("qkg:outputLimit", "limit of the output"),
]


def _draw(kg: Knowledge, given: Mapping[str, str]) -> Drawn:
    which = choose(given, "which", "Context", _WHICH)
    known_only(given, [which])
    query = _LENGTHS % which.value
    family = read_family(kg.store)
    purposes, rows, undated = family.purposes(), [], 0
    together: dict[tuple[str, date, float], list[Member]] = defaultdict(list)
    line_of = {each.iri: line for line, variants in family.lines() for each in (line, *variants)}
    for row in select(kg.store, prologue() + query):
        member = family.members.get(row["member"]["value"])
        if member is None or member.iri not in line_of:
            continue
        line = line_of[member.iri]
        release = family.dated(member) or family.dated(line)
        exact = row.get("exactly")
        least, most = exact or row.get("least"), exact or row.get("most")
        length = float((most or least or {"value": "0"})["value"])
        if release:
            together[line.iri, release.day, length].append(member)
        else:
            undated += 1
        purpose = purposes.get(member.iri, "")
        rows.append(
            [
                Cell(member.label, member.link),
                Cell(row["notation"]["value"]),
                Cell(f"{float(least['value']):.0f}") if least else None,
                Cell(f"{float(most['value']):.0f}") if most else None,
                Cell(release.written, page_of(release.event)) if release else None,
                Cell(family.labels[purpose], page_of(purpose)) if purpose in family.labels else None,
            ]
        )
    groups = colours(purposes.get(line, "") for line, _, _ in together)
    points = [
        _point(family, members, length, day, line, groups[purposes.get(line, "")])
        for (line, day, length), members in together.items()
    ]
    rows.sort(key=lambda cells: (cells[4].text if cells[4] else "9", cells[0].text if cells[0] else ""))
    return Drawn(
        scatter(points, Axis("released", "date"), Axis("tokens", "log"), "Length of the context over time"),
        Table(["model", "tokens", "at least", "at most", "released", "kind"], rows),
        "A mark stands for the variants of a model with the same length and date. Where a source "
        "writes 128K, which may mean 128,000 or 131,072, the mark is at the greater."
        + (f" {undated} in the table have no date and no mark." if undated else ""),
        [saved("longest-context", "The longest context by size, as a saved query"), asked(query)],
        [which],
        legend(groups, {**family.labels, "": "not known"}, "others"),
        frozenset({"at least", "at most"}),
    )


def _point(family: Family, members: list[Member], length: float, day: date, line: str, group: int) -> Point:
    whole = family.members[line]
    one = members[0] if len(members) == 1 else whole
    label = one.label if len(members) == 1 else f"{whole.label} ×{len(members)}"
    told = f"{short(length)} tokens, {day.isoformat()}"
    if len(members) > 1:
        told += ": " + ", ".join(member.label for member in members)
    return Point(day, length, label, one.link, told, group)


PICTURE = Picture(
    "context",
    "Length of the context over time",
    "How many tokens the models take in at once, by the date of their release.",
    _draw,
)
