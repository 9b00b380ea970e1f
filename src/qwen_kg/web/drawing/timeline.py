"""A timeline: lanes, and what happened in each when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.scales import Scale, dates
from qwen_kg.web.drawing.svg import colour, drawing, element, mark, shortened, wide

_WIDTH = 1120.0
_LEFT = 170.0  # for the names of the lanes
_TOP = 26.0  # for the years
_ROW = 18.0
_PADDING = 7.0
_RADIUS = 4.5


class Moment(NamedTuple):
    """Something on a day: what is written beside it, where it leads, what else is told, and its colour."""

    day: date
    label: str
    link: str
    detail: str
    group: int = 1


class Lane(NamedTuple):
    """What belongs together, under a name that may lead somewhere."""

    name: str
    link: str
    moments: Sequence[Moment]


class _Placed(NamedTuple):
    moment: Moment
    x: float
    row: int
    leftwards: bool


def timeline(lanes: Sequence[Lane], title: str) -> Markup:
    """Draw the lanes below each other, on one scale of days; labels never stand over each other."""
    days = [moment.day for lane in lanes for moment in lane.moments]
    scale = dates(days, _LEFT + _RADIUS + 4, _WIDTH - 60)
    parts: list[Markup] = []
    y = _TOP
    for lane in lanes:
        placed = _rows(lane.moments, scale)
        height = (max((each.row for each in placed), default=0) + 1) * _ROW + 2 * _PADDING
        parts.append(_lane(lane, placed, y, height))
        y += height
    grid = [
        part
        for tick in scale.ticks
        for part in (
            element("line", x1=tick.at, x2=tick.at, y1=_TOP - 6, y2=y, class_="grid"),
            element("text", tick.text, x=tick.at, y=_TOP - 12, text_anchor="middle", class_="faint"),
        )
    ]
    return drawing(_WIDTH, y + 2, title, [*grid, *parts], kind="timeline")


def _rows(moments: Sequence[Moment], scale: Scale) -> list[_Placed]:
    """Put each moment in the first row that has room for it and its label."""
    placed: list[_Placed] = []
    taken: list[list[tuple[float, float]]] = []
    for moment in sorted(moments, key=lambda each: (each.day, each.label)):
        x = scale.at(moment.day.toordinal())
        length = wide(moment.label) + 2 * _RADIUS + 10
        leftwards = x + length > _WIDTH
        span = (x - length, x + _RADIUS + 3) if leftwards else (x - _RADIUS - 3, x + length)
        row = next((n for n, spans in enumerate(taken) if all(_apart(span, other) for other in spans)), None)
        if row is None:
            row = len(taken)
            taken.append([])
        taken[row].append(span)
        placed.append(_Placed(moment, x, row, leftwards))
    return placed


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]


def _lane(lane: Lane, placed: Sequence[_Placed], y: float, height: float) -> Markup:
    named = element(
        "text", shortened(lane.name, _LEFT - 12), x=0.0, y=y + _PADDING + _ROW / 2 + 4, class_="label lane"
    )
    return element(
        "g",
        element("line", x1=0.0, x2=_WIDTH, y1=y, y2=y, class_="axis"),
        mark(lane.link, lane.name, named),
        *(_moment(each, y + _PADDING) for each in placed),
    )


def _moment(placed: _Placed, top: float) -> Markup:
    moment, y = placed.moment, top + placed.row * _ROW + _ROW / 2
    side = -1 if placed.leftwards else 1
    told = f"{moment.label}, {moment.day.isoformat()}" + (f", {moment.detail}" if moment.detail else "")
    return mark(
        moment.link,
        told,
        element("circle", cx=placed.x, cy=y, r=_RADIUS, class_="mark"),
        element(
            "text",
            moment.label,
            x=placed.x + side * (_RADIUS + 4),
            y=y + 4,
            text_anchor="end" if placed.leftwards else None,
            class_="label",
        ),
        class_=colour(moment.group),
    )
