"""The lineage of the whole family: what succeeded, and was made of, what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from qwen_kg.web.drawing.terraces import Arrow, Box, terraces
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import RELATIONS, Family, Member, page_of, read_family
from qwen_kg.web.pictures.picture import (
    Choice,
    Drawn,
    Entry,
    Picture,
    asked,
    choose,
    colours,
    known_only,
    legend,
    saved,
    tick,
    write,
)
from qwen_kg.web.pictures.scene import Scene, arrows_of, boxes_of, short_id
from qwen_kg.web.tables import Cell, Table

_EDGES = """
SELECT ?from ?fromLabel ?relation ?to ?toLabel {
  VALUES ?relation { %s }
  ?from ?relation ?to ; skos:prefLabel ?fromLabel .
  ?to skos:prefLabel ?toLabel .
} ORDER BY ?relation ?fromLabel ?toLabel""" % " ".join(RELATIONS)  # noqa: UP031 - braces are SPARQL's
_NONE = "-"
_SAID = (
    "A box is a model with its variants, and one without a title has variants of no model. Lines in a box "
    "lead from a variant to what was made of it; heavy arrows to what succeeded it, light ones to what was "
    "made of it elsewhere, and dashed ones to what was distilled from it or is a fixed version of it. "
    "Columns are half-years of the first release; what has no date stands with what it was made of, or last."
)


def _draw(kg: Knowledge, given: Mapping[str, str]) -> Drawn:
    builds = tick(given, "builds", "With builds in other formats")
    family = read_family(kg.store)
    scene = Scene(family, bool(builds.value))
    every = [
        *scene.members.values(),
        *{each.iri: each for found in scene.builds.values() for each in found}.values(),
    ]
    abouts = {each.iri: scene.about(each) for each in every}
    text = write(given, "q", "Name")
    choices = [
        text,
        *(_offered(given, name, label, family, abouts.values()) for name, label in _FACETS),
        builds,
    ]
    known_only(given, choices)
    wanted = [choice for choice in choices[1:-1] if choice.value]
    matching = {
        each.iri
        for each in every
        if _plain(text.value) in _plain(each.label)
        and all((_key(abouts[each.iri][choice.name]) or _NONE) == choice.value for choice in wanted)
    }
    narrowed = bool(text.value or wanted)
    licences = colours(filter(None, (abouts[iri]["licence"] for iri in scene.members)))
    boxes, rows, columns = boxes_of(scene, matching, licences)
    arrows = arrows_of(scene)
    if narrowed:
        boxes = _kept(boxes, matching, arrows, scene.builds)
        rows, columns, boxes = _tightened(rows, columns, boxes)
    rows_of_table = [_row(scene, each, abouts[each.iri]) for each in every if each.iri in matching]
    rows_of_table.sort(key=lambda cells: cells[0].text.lower() if cells[0] else "")
    return Drawn(
        terraces(boxes, rows, columns, arrows, "The lineage of the family"),
        Table(
            [
                "name",
                "what",
                "model",
                "series",
                "kind",
                "licence",
                "released",
                "billions of parameters",
                "how",
                "from",
            ],
            rows_of_table,
        ),
        _SAID + (f" {len(matching)} match; what is pale is joined to them." if narrowed else ""),
        [saved("lineage", "The lineage of one model, as a saved query", model="Qwen2.5-VL"), asked(_EDGES)],
        choices,
        [
            *legend(licences, family.labels, "other licences"),
            Entry(8, "no licence known"),
        ],
        frozenset({"billions of parameters"}),
    )


_FACETS = (("series", "Series"), ("kind", "Kind"), ("licence", "Licence"))


def _offered(
    given: Mapping[str, str], name: str, label: str, family: Family, abouts: Iterable[Mapping[str, str]]
) -> Choice:
    counts = Counter(about[name] for about in abouts)
    known = sorted(
        ((iri, family.labels.get(iri, iri)) for iri in counts if iri), key=lambda each: each[1].lower()
    )
    options = [("", "all"), *((_key(iri), text) for iri, text in known), (_NONE, "not known")]
    return choose(given, name, label, options)._replace(column=name)


def _key(iri: str) -> str:
    """Give the last part of an IRI, by which an address names what is chosen."""
    return iri.rpartition("#")[2].rpartition("/")[2]


def _plain(text: str) -> str:
    """Give a name without what people write in other ways.

    >>> _plain("Qwen 2.5 vl") == _plain("Qwen2.5-VL")
    True
    """
    return re.sub(r"[\s_-]+", "", text).casefold()


def _kept(
    boxes: Sequence[Box], matching: set[str], arrows: Sequence[Arrow], builds: Mapping[str, Sequence[Member]]
) -> list[Box]:
    """Keep the boxes that something in matches, and those that an arrow joins to what matches."""
    keys = {short_id(iri) for iri in matching}
    keys |= {short_id(base) for base, found in builds.items() if any(each.iri in matching for each in found)}
    keys |= {key for arrow in arrows for key in arrow[:2] if keys & set(arrow[:2])}
    return [box for box in boxes if box.key in keys or any(item.key in keys for item in box.items)]


def _tightened(
    rows: Sequence[tuple[str, str]], columns: Sequence[str], boxes: Sequence[Box]
) -> tuple[list[tuple[str, str]], list[str], list[Box]]:
    """Leave out rows and columns in which nothing is left."""
    kept_rows = sorted({box.row for box in boxes})
    kept_columns = sorted({box.column for box in boxes})
    moved = [
        box._replace(row=kept_rows.index(box.row), column=kept_columns.index(box.column)) for box in boxes
    ]
    return [rows[each] for each in kept_rows], [columns[each] for each in kept_columns], moved


def _row(scene: Scene, member: Member, about: Mapping[str, str]) -> list[Cell | None]:
    labels = scene.family.labels
    whole = member.first("qkg:variantOf")
    release = scene.family.dated(member)
    size = member.first("qkg:totalParameters")
    bases = [(name, base) for name in RELATIONS for base in member.facts[name] if base in labels]
    return [
        Cell(member.label, member.link),
        Cell("build" if member.is_build else member.kind),
        Cell(labels[whole], page_of(whole)) if whole in labels else None,
        Cell(labels[about["series"]]) if about["series"] else None,
        Cell(labels.get(about["kind"], "")) if about["kind"] else None,
        Cell(labels[about["licence"]]) if about["licence"] else None,
        Cell(release.written) if release else None,
        Cell(f"{float(size) / 1e9:.4g}") if size else None,
        Cell(", ".join(dict.fromkeys(RELATIONS[name] for name, _ in bases))) if bases else None,
        Cell("; ".join(labels[base] for _, base in bases), page_of(bases[0][1]) if len(bases) == 1 else "")
        if bases
        else None,
    ]


PICTURE = Picture(
    "lineage",
    "The lineage of the family",
    "What succeeded what and what was made of what: every model with its variants, from the first on.",
    _draw,
)
