"""Releases on a timeline, by the kind of model or by model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.timeline import Lane, Moment, timeline
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import DATING, RELEASES, Family, Member, Release, page_of, rank, read_family
from qwen_kg.web.pictures.picture import (
    Drawn,
    Picture,
    asked,
    choose,
    colours,
    known_only,
    legend,
    saved,
)
from qwen_kg.web.tables import Cell, Table

_FEW = 2  # lines of a kind that gets no lane of its own on the small timeline
_LANES = [("kind", "kind"), ("series", "series"), ("model", "model")]
_WHAT = [("releases", "releases"), ("all", "releases, repositories, papers and features")]


def release_timeline(kg: Knowledge) -> Markup:
    """Draw when the models of the family were first released: a lane for each kind, one for the rare."""
    family = read_family(kg.store)
    purposes = family.purposes()
    moments: dict[str, list[Moment]] = defaultdict(list)
    for line, variants in family.lines():
        release = family.dated(line)
        if release is None or line.facts["qkg:snapshotOf"]:
            continue
        told = ", ".join(filter(None, [f"{release.kind_label} {release.written}", counted(len(variants))]))
        moments[purposes.get(line.iri, "")].append(Moment(release.day, line.label, line.link, told))
    rare = [each for each, found in moments.items() if len(found) <= _FEW or not each]
    others = [moment for each in rare for moment in moments.pop(each)]
    order = Counter({each: len(found) for each, found in moments.items()}).most_common()
    lanes = [
        Lane(
            plural(family.labels.get(each, each)),
            page_of(each),
            [moment._replace(group=number) for moment in moments[each]],
        )
        for number, (each, _) in enumerate(order, 1)
    ]
    if others:
        lanes.append(Lane("Others", "", [each._replace(group=8) for each in others]))
    return timeline(lanes, "First releases of the models of the family, by kind")


def counted(variants: int) -> str:
    """Say how many variants there are, and nothing where there are none.

    >>> counted(2)
    '2 variants'
    """
    return f"{variants} variant" + "s" * (variants > 1) if variants else ""


def plural(label: str) -> str:
    """Name a lane by a type.

    >>> plural("code model")
    'Code models'
    """
    return label[:1].upper() + label[1:] + "s"


class _Item(NamedTuple):
    """A release, what it is of, the line that this belongs to, and its lane."""

    release: Release
    member: Member
    line: Member
    lane: str


def _draw(kg: Knowledge, given: Mapping[str, str]) -> Drawn:
    by = choose(given, "by", "Lanes by", _LANES)
    what = choose(given, "what", "Show", _WHAT)
    known_only(given, [by, what])
    family = read_family(kg.store)
    items = [item for item in _items(family, by.value) if what.value == "all" or _is_release(item.release)]
    kinds = {item.release.kind: item.release.kind_label for item in items}
    groups = colours(item.release.kind for item in items)
    lanes = defaultdict(list)
    for item in items:
        lanes[item.lane].append(item)
    name: Callable[[str], str] = lambda lane: family.labels.get(lane, lane) or "Not known"  # noqa: E731
    first = {lane: min(item.release.day for item in found) for lane, found in lanes.items()}
    order = sorted(
        lanes, key=lambda each: (not each, -len(lanes[each]) if by.value == "kind" else 0, first[each])
    )
    drawn = [
        Lane(
            plural(name(lane)) if by.value == "kind" and lane else name(lane),
            page_of(lane) if lane else "",
            list(_moments(lanes[lane], groups)),
        )
        for lane in order
    ]
    return Drawn(
        timeline(drawn, f"Releases over time, by {by.value}"),
        Table(
            ["date", "what", "of", "belongs to", by.value],
            [
                [
                    Cell(item.release.written, page_of(item.release.event)),
                    Cell(item.release.kind_label),
                    Cell(item.member.label, item.member.link),
                    Cell(item.line.label, item.line.link) if item.line is not item.member else None,
                    Cell(name(item.lane), page_of(item.lane)) if item.lane else None,
                ]
                for item in items
                if item.lane or by.value != "model"
            ],
        ),
        f"{len(items)} dated events. A mark stands at the first day that its date may mean; releases of "
        "several variants of a model on one day are one mark. Builds in other formats, and dates that were "
        "not accepted or that another source gives more precisely, are left out.",
        [saved("timeline", "Everything that is dated, as a saved query"), asked(RELEASES)],
        [by, what],
        legend(groups, kinds, "others"),
    )


def _is_release(release: Release) -> bool:
    return DATING.get(release.kind) == 0


def _items(family: Family, by: str) -> Iterable[_Item]:
    purposes = family.purposes()
    items = []
    for line, variants in family.lines():
        for member in (line, *variants):
            lane = {
                "kind": purposes.get(member.iri, purposes.get(line.iri, "")),
                "series": next(iter(family.series(member)), ""),
                "model": line.iri if line.kind == "model" else "",
            }[by]
            items += [_Item(release, member, line, lane) for release in member.releases]
    return sorted(items, key=lambda item: (item.release.day, item.member.label))


def _moments(items: Iterable[_Item], groups: Mapping[str, int]) -> Iterable[Moment]:
    """Make one moment of what happened to a line and its variants on one day; the best kind colours it."""
    together: dict[tuple[object, ...], list[_Item]] = defaultdict(list)
    for item in items:
        together[item.line.iri, item.release.day].append(item)
    for found in together.values():
        release, line = min((item.release for item in found), key=rank), found[0].line
        members = {item.member.iri: item.member for item in found}
        told = " and ".join(dict.fromkeys(item.release.kind_label for item in found)) + f" {release.written}"
        shown = next(iter(members.values())) if len(members) == 1 else line
        if len(members) > 1:
            told += ": " + ", ".join(member.label for member in members.values() if member is not line)
        label = shown.label if len(members) == 1 or line.iri in members else f"{line.label} ×{len(members)}"
        yield Moment(release.day, label, shown.link, told, groups[release.kind])


PICTURE = Picture(
    "timeline",
    "Releases over time",
    "When the models of the family were released, by kind, by series or by model.",
    _draw,
)
