"""Horizontal bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.svg import colour, drawing, element, mark, shortened, wide

_WIDTH = 460.0
_ROW = 24.0
_LABELS = 190.0  # at most, for the labels beside the bars
_LARGER = 1.2  # so that the text is well readable on a wide screen, and still so on a phone


class Bar(NamedTuple):
    """A bar: its label and where that leads, how long it is, what is written at its end, and its colour."""

    label: str
    link: str
    value: float
    shown: str
    group: int = 1


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Draw a bar for each row, from the top down; they start at zero, also where some go below it."""
    left = min(max((wide(row.label) for row in rows), default=0.0), _LABELS) + 8
    right = max((wide(row.shown) for row in rows), default=0.0) + 8
    low = min([0.0, *(row.value for row in rows)])
    high = max([0.0, *(row.value for row in rows)])
    room = (_WIDTH - left - right) / ((high - low) or 1.0)
    zero = left - low * room
    height = len(rows) * _ROW + 2
    parts = [element("line", x1=zero, x2=zero, y1=0.0, y2=height, class_="axis")]
    for index, row in enumerate(rows):
        middle = index * _ROW + _ROW / 2 + 1
        length = abs(row.value) * room
        begin = zero if row.value >= 0 else zero - length
        label = element(
            "text",
            shortened(row.label, _LABELS),
            x=left - 8,
            y=middle + 4,
            text_anchor="end",
            class_="label",
        )
        bar = element(
            "rect", x=begin, y=middle - 8, width=max(length, 1.0), height=16.0, rx=2.0, class_="mark"
        )
        shown = element("text", row.shown, x=max(begin + length, zero) + 6, y=middle + 4, class_="faint")
        parts.append(mark(row.link, f"{row.label}: {row.shown}", label, bar, shown, class_=colour(row.group)))
    return drawing(_WIDTH, height, title, parts, kind="bars", larger=_LARGER)
