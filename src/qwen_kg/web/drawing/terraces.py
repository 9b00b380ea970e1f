"""A large family as boxes in rows and columns: what is in a box belongs together, and arrows join the boxes.

Columns are times, rows are kinds; a box holds its entries as a tree, from the first to what was made of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.svg import colour, drawing, element, mark, shortened, wide

_LEFT = 132.0  # for the names of the rows
_TOP = 30.0  # for the names of the columns
_GUTTER = 46.0  # between columns, for the arrows
_BETWEEN = 12.0  # from one box to the next below it
_ENTRY, _CHIPS, _TITLE = 16.0, 14.0, 22.0  # the heights of lines
_INDENT = 13.0
_SIZE, _SMALL = 11.0, 9.5
_LONGEST = 210.0
_DOT = 3.6


class Chip(NamedTuple):
    """A form of an entry, told by a word: where it leads, what it is, and whether it is pale."""

    word: str
    link: str
    told: str
    pale: bool = False


class Item(NamedTuple):
    """An entry of a box: how deep it stands in the tree, its colour, whether it is pale, and its forms."""

    key: str
    label: str
    link: str
    told: str
    depth: int = 0
    group: int = 1
    pale: bool = False
    chips: Sequence[Chip] = ()


class Box(NamedTuple):
    """A box: its title if it has one, where that leads, and the row and the column that it stands in."""

    key: str
    title: str
    link: str
    row: int
    column: int
    items: Sequence[Item]
    pale: bool = False


class Arrow(NamedTuple):
    """An arrow from the earlier to the later, by the keys of boxes or entries.

    ``joins`` are the keys of all that it joins, where it stands for several.
    """

    source: str
    target: str
    told: str
    heavy: bool = False
    dashed: bool = False
    joins: Sequence[str] = ()


class _Spot(NamedTuple):
    """Where an arrow can begin or end: the left and the right edge of the box, and how far down."""

    left: float
    right: float
    y: float
    column: int


def terraces(
    boxes: Sequence[Box],
    rows: Sequence[tuple[str, str]],
    columns: Sequence[str],
    arrows: Sequence[Arrow],
    title: str,
) -> Markup:
    """Draw the boxes; the names of ``rows`` may lead somewhere. Arrows to what is not there are left out."""
    widths = [
        max((_width(box) for box in boxes if box.column == number), default=40.0)
        for number in range(len(columns))
    ]
    begins = [_LEFT + 10 + sum(widths[:number]) + _GUTTER * number for number in range(len(columns))]
    width = (begins[-1] + widths[-1] if columns else _LEFT) + 14
    cells: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in boxes:
        cells[box.row, box.column].append(box)
    spots: dict[str, _Spot] = {}
    back: list[Markup] = []
    front: list[Markup] = []
    y = _TOP
    for number, (name, link) in enumerate(rows):
        stacks = [cells[number, column] for column in range(len(columns))]
        height = (
            max((_stacked(stack, widths[at]) for at, stack in enumerate(stacks)), default=0.0) + 2 * _BETWEEN
        )
        back += _row(name, link, y, width, height, number % 2 == 0)
        for at, stack in enumerate(stacks):
            top = y + _BETWEEN
            for box in stack:
                front.append(_box(box, begins[at], top, widths[at], spots))
                top += _height(box, widths[at]) + _BETWEEN
        y += height
    heads = [
        element("text", name, x=begins[at], y=_TOP - 11, class_="label lane")
        for at, name in enumerate(columns)
    ]
    lines = [_arrow(arrow, spots) for arrow in arrows if arrow.source in spots and arrow.target in spots]
    return drawing(width, y + 2, title, [*back, *heads, *lines, *front], kind="terraces")


def _text_width(box: Box) -> float:
    titled = wide(shortened(box.title, _LONGEST), 13) * 1.05
    return max([titled, *(_item_width(item) for item in box.items)])


def _item_width(item: Item) -> float:
    own = wide(shortened(item.label, _LONGEST, _SIZE), _SIZE)
    return item.depth * _INDENT + 14 + max(own, 130.0 if item.chips else 0.0)


def _width(box: Box) -> float:
    return max(90.0, _text_width(box) + 18)


def _lines(item: Item, width: float) -> list[list[tuple[float, Chip]]]:
    """Break the forms of an entry into lines, each with its place from the left of the box."""
    begin = 9 + item.depth * _INDENT + 14
    lines: list[list[tuple[float, Chip]]] = []
    x = width
    for chip in item.chips:
        length = wide(chip.word, _SMALL) + 9
        if x + length > width - 4:
            lines.append([])
            x = begin
        lines[-1].append((x, chip))
        x += length
    return lines


def _height(box: Box, width: float) -> float:
    items = sum(_ENTRY + len(_lines(item, width)) * _CHIPS for item in box.items)
    return (_TITLE if box.title else 4.0) + items + 6.0


def _stacked(stack: Sequence[Box], width: float) -> float:
    return sum(_height(box, width) + _BETWEEN for box in stack) - (_BETWEEN if stack else 0.0)


def _row(name: str, link: str, y: float, width: float, height: float, soft: bool) -> Iterator[Markup]:
    if soft:
        yield element("rect", x=0.0, y=y, width=width, height=height, class_="band")
    words: list[str] = []
    for word in name.split():
        if words and wide(f"{words[-1]} {word}") <= _LEFT - 18:
            words[-1] += " " + word
        else:
            words.append(word)
    yield mark(
        link,
        name,
        *(
            element("text", line, x=8.0, y=y + 24 + number * 16, class_="label lane")
            for number, line in enumerate(words)
        ),
    )


def _box(box: Box, x: float, y: float, width: float, spots: dict[str, _Spot]) -> Markup:
    """Draw a box, and note where the arrows of it and of its entries begin and end."""
    height = _height(box, width)
    inside: list[Markup] = []
    top = y + 4.0
    spots[box.key] = _Spot(x, x + width, y + 13.0, box.column)
    if box.title:
        text = element("text", shortened(box.title, _LONGEST, 13), x=x + 9, y=y + 17, class_="label lane")
        inside.append(mark(box.link, box.title, text, class_="node off" if box.pale else "node"))
        top = y + _TITLE
    dots: list[tuple[float, float]] = []  # the last dot of each depth
    for item in box.items:
        at_x, at_y = x + 13 + item.depth * _INDENT, top + _ENTRY / 2
        del dots[item.depth :]
        if dots:
            up_x, up_y = dots[-1]
            path = f"M{up_x:.1f} {up_y + _DOT:.1f}V{at_y:.1f}H{at_x - _DOT:.1f}"
            inside.append(element("path", d=path, class_="axis"))
        dots.append((at_x, at_y))
        spots[item.key] = _Spot(x, x + width, at_y, box.column)
        inside.append(_item(item, at_x, at_y))
        top += _ENTRY
        for line in _lines(item, width):
            for chip_x, chip in line:
                word = element("text", chip.word, x=x + chip_x, y=top + 8, class_="faint small")
                inside.append(mark(chip.link, chip.told, word, class_="node off" if chip.pale else "node"))
            top += _CHIPS
    frame = element("rect", x=x, y=y, width=width, height=height, rx=7.0, class_="box")
    return element("g", frame, *inside)


def _item(item: Item, x: float, y: float) -> Markup:
    return mark(
        item.link,
        item.told,
        element("circle", cx=x, cy=y, r=_DOT, class_="mark"),
        element("text", shortened(item.label, _LONGEST, _SIZE), x=x + 8, y=y + 4, class_="label beside"),
        class_=f"node {colour(item.group)}" + (" off" if item.pale else ""),
    )


def _arrow(arrow: Arrow, spots: dict[str, _Spot]) -> Markup:
    one, other = spots[arrow.source], spots[arrow.target]
    x2, y2 = other.left - 5, other.y
    if one.column < other.column:
        x1, bend = one.right, max(_GUTTER * 0.8, (x2 - one.right) * 0.4)
        path = f"M{x1:.0f} {one.y:.0f}C{x1 + bend:.0f} {one.y:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    else:  # down or up beside the boxes of one column, or back to an earlier one
        x1, bend = one.left, _GUTTER * 0.7
        path = f"M{x1:.0f} {one.y:.0f}C{x1 - bend:.0f} {one.y:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return element(
        "g",
        element("title", arrow.told),
        element(
            "path",
            d=path,
            class_="line heavy" if arrow.heavy else "line",
            stroke_dasharray="5 4" if arrow.dashed else None,
        ),
        element(
            "path", d=f"M{x2 + 5:.0f} {y2:.0f}l-7 -3.5v7z", class_="head dark" if arrow.heavy else "head"
        ),
        class_="arrow",
        data_joins=" ".join(dict.fromkeys([arrow.source, arrow.target, *arrow.joins])),
    )
