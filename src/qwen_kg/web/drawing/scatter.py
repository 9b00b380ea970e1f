"""Points between two axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.scales import Scale, dates, linear, logarithmic
from qwen_kg.web.drawing.svg import colour, drawing, element, mark, wide

_WIDTH, _HEIGHT = 1120.0, 560.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 24.0, 30.0, 52.0
_RADIUS = 5.0
_SIZE = 11.0  # of the labels of points

Value = float | date


class Point(NamedTuple):
    """A point: where it stands, what is written beside it if there is room, where it leads, what is told."""

    x: Value
    y: Value
    label: str
    link: str
    detail: str = ""
    group: int = 1


class Axis(NamedTuple):
    """An axis: what it measures, and how; an axis of dates has points with dates."""

    title: str
    kind: Literal["linear", "log", "date"] = "linear"


class Area(NamedTuple):
    """A part of the drawing: its left, upper, right and lower edge."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        """Say whether two parts have anything in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def scatter(points: Sequence[Point], x: Axis, y: Axis, title: str) -> Markup:
    """Draw the points; a label that would stand over another or over a point is told when pointed at only."""
    across = _scale(x, [point.x for point in points], _LEFT + 14, _WIDTH - _RIGHT - 14, 10)
    up = _scale(y, [point.y for point in points], _HEIGHT - _BOTTOM - 10, _TOP, 7)
    at = [(across.at(_number(point.x)), up.at(_number(point.y))) for point in points]
    beside = _labels([point.label for point in points], at)
    marks = [_mark(point, place, label, x, y) for point, place, label in zip(points, at, beside, strict=True)]
    return drawing(_WIDTH, _HEIGHT, title, [*_frame(across, up, x, y), *marks], kind="scatter")


def _number(value: Value) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _scale(axis: Axis, values: Sequence[Value], start: float, end: float, most: int) -> Scale:
    if axis.kind == "date":
        return dates([value for value in values if isinstance(value, date)], start, end, most)
    scale: Callable[..., Scale] = linear if axis.kind == "linear" else logarithmic
    return scale(map(_number, values), start, end, most)


def _frame(across: Scale, up: Scale, x: Axis, y: Axis) -> list[Markup]:
    """Draw the axes with their ticks and titles."""
    floor = _HEIGHT - _BOTTOM
    parts = [
        element("text", y.title, x=0.0, y=14.0, class_="faint"),
        element("text", x.title, x=_WIDTH - _RIGHT, y=_HEIGHT - 8, text_anchor="end", class_="faint"),
    ]
    for tick in across.ticks:
        parts += [
            element("line", x1=tick.at, x2=tick.at, y1=_TOP, y2=floor, class_="grid"),
            element("text", tick.text, x=tick.at, y=floor + 18, text_anchor="middle", class_="faint"),
        ]
    for tick in up.ticks:
        parts += [
            element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=tick.at, y2=tick.at, class_="grid"),
            element("text", tick.text, x=_LEFT - 8, y=tick.at + 4, text_anchor="end", class_="faint"),
        ]
    return [*parts, element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=floor, y2=floor, class_="axis")]


class _Label(NamedTuple):
    x: float
    y: float
    anchor: str


def _labels(labels: Sequence[str], at: Sequence[tuple[float, float]]) -> list[_Label | None]:
    """Find room for each label right, left, above or below of its point; None where there is none."""
    taken = [Area(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in at]
    found: list[_Label | None] = []
    for label, (x, y) in zip(labels, at, strict=True):
        length = wide(label, _SIZE)
        for place, left in (
            (_Label(x + _RADIUS + 3, y + 4, "start"), x + _RADIUS + 3),
            (_Label(x - _RADIUS - 3, y + 4, "end"), x - _RADIUS - 3 - length),
            (_Label(x, y - _RADIUS - 4, "middle"), x - length / 2),
            (_Label(x, y + _RADIUS + 11, "middle"), x - length / 2),
        ):
            area = Area(left, place.y - _SIZE + 1, left + length, place.y + 2)
            inside = area.left >= _LEFT and area.right <= _WIDTH and area.bottom <= _HEIGHT - _BOTTOM
            if inside and not any(area.meets(other) for other in taken):
                taken.append(area)
                found.append(place)
                break
        else:
            found.append(None)
    return found


def _mark(point: Point, at: tuple[float, float], label: _Label | None, x: Axis, y: Axis) -> Markup:
    told = ", ".join(filter(None, [point.label, point.detail]))
    parts = [element("circle", cx=at[0], cy=at[1], r=_RADIUS, class_="mark")]
    if label:
        parts.append(
            element(
                "text", point.label, x=label.x, y=label.y, text_anchor=label.anchor, class_="label beside"
            )
        )
    return mark(point.link, told, *parts, class_=colour(point.group))
