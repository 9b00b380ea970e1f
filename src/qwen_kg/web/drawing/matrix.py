"""A matrix: how many there are of each row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.svg import colour, drawing, element, mark, shortened, wide

_LABELS = 240.0  # at most, for the names of the rows
_COLUMN = 128.0
_ROW = 30.0
_RADIUS = 13.0
_LINE = 15.0  # of a heading


class Head(NamedTuple):
    """A row or a column: its name, where that leads, what is written below it, and its colour."""

    label: str
    link: str = ""
    note: str = ""
    group: int = 1


class Count(NamedTuple):
    """How many there are, where they can be seen, and what they are."""

    number: int
    link: str
    told: str


def matrix(
    rows: Sequence[Head], columns: Sequence[Head], cells: Mapping[tuple[int, int], Count], title: str
) -> Markup:
    """Draw a disc for each count, as large as it is; ``cells`` are known by their row and column."""
    left = min(max((wide(row.label) for row in rows), default=0.0), _LABELS) + 16
    heads = [(_lines(column.label), _lines(column.note)) for column in columns]
    top = max((len(label) + len(note) for label, note in heads), default=0) * _LINE + 14
    most = max((cell.number for cell in cells.values()), default=1)
    width, height = left + len(columns) * _COLUMN, top + len(rows) * _ROW + 4
    parts: list[Markup] = []
    for index, (column, (label, note)) in enumerate(zip(columns, heads, strict=True)):
        x = left + (index + 0.5) * _COLUMN
        said = [
            element("text", line, x=x, y=(number + 1) * _LINE, text_anchor="middle", class_=kind)
            for number, (line, kind) in enumerate(
                [(line, "label lane") for line in label] + [(line, "faint") for line in note]
            )
        ]
        parts.append(mark(column.link, column.label, *said))
    for index, row in enumerate(rows):
        y = top + index * _ROW
        name = element("text", shortened(row.label, _LABELS), x=0.0, y=y + _ROW / 2 + 4, class_="label")
        parts += [
            element("line", x1=0.0, x2=width, y1=y, y2=y, class_="axis"),
            mark(row.link, row.label, name),
        ]
    for (row_index, column_index), cell in cells.items():
        x, y = left + (column_index + 0.5) * _COLUMN, top + (row_index + 0.5) * _ROW
        radius = max(3.0, _RADIUS * (cell.number / most) ** 0.5)
        disc = element("circle", cx=x - 12, cy=y, r=radius, class_="mark")
        number_shown = element("text", str(cell.number), x=x + 8, y=y + 4, class_="label")
        parts.append(
            mark(cell.link, cell.told, disc, number_shown, class_=colour(columns[column_index].group))
        )
    return drawing(width, height, title, parts, kind="matrix")


def _lines(text: str) -> list[str]:
    """Break a heading into lines that fit into its column."""
    lines: list[str] = []
    for word in text.split():
        if lines and wide(f"{lines[-1]} {word}") <= _COLUMN - 12:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
