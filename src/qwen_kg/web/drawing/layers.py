"""Where the nodes of a small graph stand: their layers, and their rows in these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_SWEEPS = 8


class Place(NamedTuple):
    """The layer of a node, from the left, and its row in it, from the top."""

    layer: int
    row: float


def places(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, Place]:
    """Place each node right of all that lead to it, and near to what it is joined to."""
    onward = _without_circles(keys, edges)
    layer_of = _layers(keys, onward)
    near: dict[str, list[str]] = defaultdict(list)
    for source, target in onward:
        near[source].append(target)
        near[target].append(source)
    columns: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        columns[layer_of[key]].append(key)
    row = {key: float(index) for column in columns.values() for index, key in enumerate(column)}
    order = sorted(columns)
    for sweep in range(_SWEEPS):
        for layer in order if sweep % 2 == 0 else reversed(order):
            _settle(columns[layer], row, near)
    least = min(row.values(), default=0.0)
    return {key: Place(layer_of[key], row[key] - least) for key in keys}


def _without_circles(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out the edges that close a circle, as a walk from the first node on finds them."""
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    kept: list[tuple[str, str]] = []
    done: set[str] = set()
    for root in keys:
        if root in done:
            continue
        path, walk = {root}, [(root, iter(after[root]))]
        while walk:
            key, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                walk.pop()
                path.discard(key)
                done.add(key)
            elif following not in path:
                kept.append((key, following))
                if following not in done:
                    path.add(following)
                    walk.append((following, iter(after[following])))
    return kept


def _layers(keys: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Give each node the layer after the last that leads to it; what only leads on stands next to that."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    waiting = {key: len(before[key]) for key in keys}
    free = [key for key in keys if not waiting[key]]
    layer = dict.fromkeys(keys, 0)
    for key in free:  # it grows while it is walked through
        for following in after[key]:
            layer[following] = max(layer[following], layer[key] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                free.append(following)
    for key in keys:
        if not before[key] and after[key]:
            layer[key] = min(layer[each] for each in after[key]) - 1
    return layer


def _settle(column: list[str], row: dict[str, float], near: dict[str, list[str]]) -> None:
    """Move the nodes of a layer to the middle of what they are joined to, a row or more apart."""
    wish = {
        key: sum(row[each] for each in near[key]) / len(near[key]) if near[key] else row[key]
        for key in column
    }
    column.sort(key=lambda key: (wish[key], row[key]))
    placed: list[float] = []
    for key in column:
        placed.append(max(wish[key], placed[-1] + 1) if placed else wish[key])
    # Pushing goes down only, so that the layer is moved back up by what it went too far on the whole.
    drift = sum(at - wish[key] for at, key in zip(placed, column, strict=True)) / (len(column) or 1)
    for key, at in zip(column, placed, strict=True):
        row[key] = at - drift
