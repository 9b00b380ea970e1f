"""Releases on a timeline, by what the models are for."""

from __future__ import annotations

from collections import Counter, defaultdict

from markupsafe import Markup

from qwen_kg.web.drawing.timeline import Lane, Moment, timeline
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import Family, page_of, read_family

_FEW = 2  # lines of a purpose that gets no lane of its own


def release_timeline(kg: Knowledge) -> Markup:
    """Draw when the models of the family were first released: a lane for each purpose, one for the rare."""
    return timeline(_lanes(read_family(kg.store)), "First releases of the models of the family, by purpose")


def _lanes(family: Family) -> list[Lane]:
    purposes = family.purposes()
    moments: dict[str, list[Moment]] = defaultdict(list)
    for line, variants in family.lines():
        release = family.dated(line)
        if release is None or (line.kind == "variant" and line.facts["qkg:snapshotOf"]):
            continue
        told = f"{release.kind_label} {release.written}"
        if variants:
            told += f", {len(variants)} variants" if len(variants) > 1 else ", 1 variant"
        moments[purposes.get(line.iri, "")].append(Moment(release.day, line.label, line.link, told))
    rare = [each for each, found in moments.items() if len(found) <= _FEW]
    others = [moment for each in rare for moment in moments.pop(each)]
    order = Counter({each: len(found) for each, found in moments.items()}).most_common()
    lanes = [
        Lane(
            _plural(family.labels.get(each, each)),
            page_of(each),
            [moment._replace(group=number) for moment in moments[each]],
        )
        for number, (each, _) in enumerate(order, 1)
    ]
    return [*lanes, Lane("Others", "", [each._replace(group=8) for each in others])] if others else lanes


def _plural(label: str) -> str:
    """Name a lane by a type: "code model" becomes "Code models".

    >>> _plural("code model")
    'Code models'
    """
    return label[:1].upper() + label[1:] + "s"
