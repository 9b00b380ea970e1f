"""A small graph in layers: what comes earlier stands left of what comes later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from qwen_kg.web.drawing.layers import Place, places
from qwen_kg.web.drawing.svg import colour, drawing, element, mark, shortened, wide

_BOX = 26.0  # the height of a node
_ROW = 38.0  # from one node to the next
_GAP = 84.0  # between two layers
_LONGEST = 230.0  # of a label
_EDGE = 10.0  # the size of the text on an edge


class Node(NamedTuple):
    """A node: what it is known by, what is written on it, where that leads, its colour, and its weight."""

    key: str
    label: str
    link: str
    group: int = 1
    strong: bool = False


class Edge(NamedTuple):
    """An edge from the earlier to the later, by their keys, and what it means."""

    source: str
    target: str
    label: str
    dashed: bool = False


def layered(nodes: Sequence[Node], edges: Sequence[Edge], title: str) -> Markup:
    """Draw a graph from left to right.

    Edges to nodes that are not there are left out; one that closes a circle is drawn backwards.
    """
    known = {node.key: node for node in nodes}
    drawn = [edge for edge in edges if edge.source in known and edge.target in known]
    drawn = [edge for edge in drawn if edge.source != edge.target]
    at = places(list(known), [(edge.source, edge.target) for edge in drawn])
    widths = {key: wide(shortened(node.label, _LONGEST)) + 22 for key, node in known.items()}
    columns = _columns(at, widths)
    points = {key: (columns[place.layer], place.row * _ROW + _BOX / 2 + 2) for key, place in at.items()}
    height = max((y for _, y in points.values()), default=0.0) + _BOX / 2 + 2
    width = max((points[key][0] + widths[key] for key in known), default=0.0) + 2
    lines = [_line(edge, points, widths) for edge in drawn]
    said = _said(drawn, points, widths)
    boxes = [_box(node, points[node.key], widths[node.key]) for node in known.values()]
    return drawing(max(width, 200.0), height, title, [*lines, *said, *boxes], kind="layered")


def _columns(at: dict[str, Place], widths: dict[str, float]) -> list[float]:
    """Give where each layer begins."""
    begins, x = [], 1.0
    for layer in range(max((place.layer for place in at.values()), default=-1) + 1):
        begins.append(x)
        x += max(widths[key] for key, place in at.items() if place.layer == layer) + _GAP
    return begins


Points = dict[str, tuple[float, float]]


def _ends(edge: Edge, points: Points, widths: dict[str, float]) -> tuple[float, float, float, float]:
    (x1, y1), (x2, y2) = points[edge.source], points[edge.target]
    return x1 + widths[edge.source], y1, x2 - 5, y2


def _line(edge: Edge, points: Points, widths: dict[str, float]) -> Markup:
    x1, y1, x2, y2 = _ends(edge, points, widths)
    bend = max(_GAP / 2, (x2 - x1) / 2) if x2 > x1 else _GAP
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return element(
        "g",
        element("title", edge.label),
        element("path", d=path, class_="line", stroke_dasharray="5 4" if edge.dashed else None),
        element("path", d=f"M{x2 + 5:.1f} {y2:.1f}l-7 -3.5v7z", class_="head"),
    )


def _said(edges: Sequence[Edge], points: Points, widths: dict[str, float]) -> list[Markup]:
    """Write on the edges what they mean, where no two of these stand over each other."""
    taken: list[tuple[float, float]] = []
    told: set[tuple[str, str]] = set()
    said = []
    for edge in edges:
        if (edge.source, edge.label) in told or (edge.label, edge.target) in told:
            continue  # it is written on another edge that begins or ends there
        x1, y1, x2, y2 = _ends(edge, points, widths)
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        free = all(abs(y - other_y) > _EDGE + 2 or abs(x - other_x) > _GAP for other_x, other_y in taken)
        if x2 > x1 and free and wide(edge.label, _EDGE) <= x2 - x1:
            taken.append((x, y))
            told |= {(edge.source, edge.label), (edge.label, edge.target)}
            said.append(element("text", edge.label, x=x, y=y - 4, text_anchor="middle", class_="faint said"))
    return said


def _box(node: Node, point: tuple[float, float], width: float) -> Markup:
    x, y = point
    strong = " strong" if node.strong else ""
    return mark(
        node.link,
        node.label,
        element("rect", x=x, y=y - _BOX / 2, width=width, height=_BOX, rx=6.0, class_="box"),
        element(
            "text",
            shortened(node.label, _LONGEST),
            x=x + width / 2,
            y=y + 4,
            text_anchor="middle",
            class_="label",
        ),
        class_=colour(node.group) + strong,
    )
