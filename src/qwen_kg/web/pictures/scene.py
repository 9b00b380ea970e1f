"""What stands where in the picture of the lineage: boxes of models, their entries, and arrows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from qwen_kg.web.drawing.terraces import Arrow, Box, Chip, Item
from qwen_kg.web.pictures.family import RELATIONS, Family, Member, page_of
from qwen_kg.web.pictures.releases import plural

_BUILT = ("qkg:quantizedFrom", "qkg:convertedFrom")
_HEAVY = {"qkg:successorOf"}
_DASHED = {"qkg:snapshotOf", "qkg:distilledFrom"}
_OTHERS = "others"


class Scene:
    """What is drawn of a family: which members, in which lane, and where each stands in time."""

    def __init__(self, family: Family, builds: bool) -> None:
        self.family = family
        self.purposes = family.purposes()
        self.members = {
            each.iri: each
            for each in family.members.values()
            if each.kind in {"model", "variant"}
            and (family.belongs(each) or _origins(each))
            and not each.is_build
        }
        self.builds: dict[str, list[Member]] = defaultdict(list)
        if builds:
            for member in family.members.values():
                for base in {each for name in _BUILT for each in member.facts[name]}:
                    self.builds[base].append(member)
        self.home = {
            iri: whole if (whole := each.first("qkg:variantOf")) in self.members else iri
            for iri, each in self.members.items()
        }

    def lane(self, iri: str) -> str:
        """Give the lane of a box: its purpose, or that of what it was made of; others have their own."""
        if not self.family.belongs(self.members[iri]):
            return _OTHERS
        for each in (iri, *_origins(self.members[iri])):
            if each in self.purposes:
                return self.purposes[each]
        return ""

    def day(self, iri: str, seen: frozenset[str] = frozenset()) -> date | None:
        """Give when something came: its own date, or else that of what it was made of."""
        release = self.family.dated(self.members[iri])
        if release:
            return release.day
        before = [each for each in _origins(self.members[iri]) if each in self.members and each not in seen]
        days = [self.day(each, seen | {iri}) for each in before]
        return max((day for day in days if day), default=None)

    def about(self, member: Member) -> dict[str, str]:
        """Give what a member can be chosen by."""
        purpose = self.purposes.get(member.iri) or self.purposes.get(next(iter(_origins(member)), ""), "")
        return {
            "series": next(iter(self.family.series(member)), ""),
            "kind": purpose,
            "licence": member.first("qkg:license"),
        }


def _origins(member: Member) -> list[str]:
    return [each for name in RELATIONS for each in member.facts.get(name, ())]


def boxes_of(
    scene: Scene, matching: set[str], licences: Mapping[str, int]
) -> tuple[list[Box], list[tuple[str, str]], list[str]]:
    """Put the members into boxes, and these into lanes and half-years."""
    held: dict[tuple[str, str, int | None], list[str]] = defaultdict(list)
    for iri, home in scene.home.items():
        member = scene.members[home]
        day = scene.day(home)
        half = day.year * 2 + (day.month > 6) if day else None
        key = home if member.kind == "model" else ""
        held[key, scene.lane(home), half].append(iri)
    halves = sorted({half for _, _, half in held if half is not None})
    columns = list(range(halves[0], halves[-1] + 1)) if halves else []
    sizes = Counter(lane for (_, lane, _), found in held.items() for _ in found)
    lanes = sorted(sizes, key=lambda lane: (lane in {"", _OTHERS}, -sizes[lane], lane))
    names = {"": ("Of no known kind", ""), _OTHERS: ("Made by others", "")}
    boxes = []
    days = {home: str(scene.day(home) or "9") if home else "9" for home, _, _ in held}
    for home, lane, half in sorted(held, key=lambda key: (days[key[0]], not key[0], key[0])):
        entries = [iri for iri in held[home, lane, half] if iri != home]
        title = scene.members[home].label if home else ""
        boxes.append(
            Box(
                short_id(home) if home else f"{lane} {half}",
                title,
                page_of(home) if home else "",
                lanes.index(lane),
                columns.index(half) if half is not None else len(columns),
                list(_items(scene, entries, title, matching, licences)),
                bool(home) and home not in matching,
            )
        )
    named = [f"{half // 2}, {'second' if half % 2 else 'first'} half" for half in columns]
    if any(box.column == len(columns) for box in boxes):
        named.append("no date")
    rows = [names.get(lane) or (plural(scene.family.labels.get(lane, lane)), page_of(lane)) for lane in lanes]
    return boxes, rows, named


def _items(
    scene: Scene, entries: Sequence[str], title: str, matching: set[str], licences: Mapping[str, int]
) -> Iterable[Item]:
    """Give the entries of a box as a tree: each below that of the box which it was made of."""
    inside = set(entries)
    below: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(entries, key=lambda iri: _order(scene.members[iri])):
        base = next((each for each in _origins(scene.members[iri]) if each in inside and each != iri), "")
        below[base].append(iri)
    walk = [(iri, 0) for iri in reversed(below[""])]
    seen: set[str] = set()
    while walk:
        iri, depth = walk.pop()
        if iri in seen:
            continue
        seen.add(iri)
        walk += [(each, depth + 1) for each in reversed(below[iri])]
        member = scene.members[iri]
        yield Item(
            short_id(iri),
            _without(member.label, title),
            member.link,
            _told(scene, member),
            depth,
            licences.get(member.first("qkg:license"), 8),
            iri not in matching,
            [_chip(scene, build, member, matching) for build in scene.builds.get(iri, ())],
        )


def _order(member: Member) -> tuple[float, str]:
    size = member.first("qkg:totalParameters")
    return float(size) if size else 0.0, member.label


def _without(label: str, title: str) -> str:
    """Leave out of a label what the title of its box says."""
    rest = label.removeprefix(title) if title else label
    return rest.lstrip("- ") if rest != label and rest[:1] in {"-", " "} else label


def _told(scene: Scene, member: Member) -> str:
    labels = scene.family.labels
    licence = labels.get(member.first("qkg:license"), "no licence known")
    release = scene.family.dated(member)
    made = [
        f"{RELATIONS[name].split()[0]} from {labels.get(base, base)}"
        for name in RELATIONS
        if name not in {"qkg:successorOf", "qkg:snapshotOf"}
        for base in member.facts[name]
    ]
    return ", ".join(filter(None, [member.label, release.written if release else "", licence, *made]))


def _chip(scene: Scene, build: Member, base: Member, matching: set[str]) -> Chip:
    word = scene.family.labels.get(build.first("qkg:buildFormat"), "")
    return Chip(word or _without(build.label, base.label), build.link, build.label, build.iri not in matching)


def arrows_of(scene: Scene) -> list[Arrow]:
    """Give the arrows between boxes; inside of a box the tree tells it.

    Several from the variants of one model to those of another are one arrow between the models.
    """
    bundles: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for iri, member in scene.members.items():
        for name in RELATIONS:
            for base in member.facts[name]:
                home = scene.home.get(base)
                if home and (home != scene.home[iri] or name == "qkg:successorOf"):
                    bundles[home, scene.home[iri], name].append((base, iri))
    arrows: list[Arrow] = []
    for (home, target, name), pairs in bundles.items():
        models = scene.members[home].kind == scene.members[target].kind == "model"
        if models and len(pairs) > 1 and home != target:
            arrows.append(_arrow(scene, name, home, target, pairs))
        else:
            arrows += [_arrow(scene, name, *pair, [pair]) for pair in pairs]
    return arrows


def _arrow(scene: Scene, name: str, source: str, target: str, pairs: Sequence[tuple[str, str]]) -> Arrow:
    labels = scene.family.labels
    told = "; ".join(f"{labels[base]} {RELATIONS[name]} {labels[iri]}" for base, iri in pairs)
    ends = [short_id(each) for pair in pairs for each in pair]
    return Arrow(
        short_id(source), short_id(target), told, name in _HEAVY, name in _DASHED, tuple(dict.fromkeys(ends))
    )


def short_id(iri: str) -> str:
    """Give the last part of an IRI, which is enough to tell the members of a family apart."""
    return iri.rpartition("/")[2]
