"""The charts of an answer, as the saved query says they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from qwen_kg.charts import ROWS, Chart
from qwen_kg.web.answers import Row, heading, number, written
from qwen_kg.web.drawing.bars import Bar, bars
from qwen_kg.web.tables import link

_MOST_BARS = 16
_MOST_CHARTS = 4
_COLOURS = 8


@dataclass(frozen=True)
class Drawn:
    """A chart: its drawing, what it shows in words, and what each colour means."""

    drawing: Markup
    caption: str
    legend: Sequence[tuple[int, str]]


def charts(chart: Chart, names: Sequence[str], rows: Sequence[Row]) -> list[Drawn]:
    """Draw the rows of an answer with these columns; the list is empty where nothing can be drawn."""
    # What a label is the name of stands before it.
    about = names[max(names.index(chart.label) - 1, 0)]
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(_text(row, chart.each), []).append(row)
    colours = {name: place % _COLOURS + 1 for place, name in enumerate(_distinct(chart.colour, rows))}
    said = parts if len(parts) > 1 else {"": rows}
    drawn = [_drawn(chart, about, part, name, colours) for name, part in said.items()]
    return [each for each in drawn if each is not None][:_MOST_CHARTS]


def _drawn(chart: Chart, about: str, rows: Sequence[Row], part: str, colours: dict[str, int]) -> Drawn | None:
    """Draw one chart, of the rows that belong to it; of fewer than two bars there is none."""
    made = list(
        _counts(chart, rows, colours) if chart.value == ROWS else _values(chart, about, rows, colours)
    )
    if len(made) < 2:
        return None
    of = about if chart.label.lower().endswith("label") else chart.label
    what = f"Rows by {heading(of).lower()}" if chart.value == ROWS else heading(chart.value)
    title = f"{what}: {part}" if part else what
    shown = made[:_MOST_BARS]
    left = f", the first {len(shown)} of {len(made)}" if len(shown) < len(made) else ""
    used = {each.group for each in shown}
    legend = [(colour, name) for name, colour in colours.items() if colour in used and name]
    return Drawn(bars(shown, title), title + left, legend if chart.colour else ())


def _values(chart: Chart, about: str, rows: Sequence[Row], colours: dict[str, int]) -> Iterator[Bar]:
    """Give a bar for each row that has a number, in the order of the answer; none twice."""
    seen = set()
    for row in rows:
        value = number(row.get(chart.value))
        if value is None or value < 0:
            continue
        bar = Bar(
            _text(row, chart.label),
            link(str(row[about]["value"])) if about in row and row[about]["type"] == "uri" else "",
            float(value),
            written(row[chart.value]),
            colours.get(_text(row, chart.colour), 1),
        )
        if bar not in seen:
            seen.add(bar)
            yield bar


def _counts(chart: Chart, rows: Sequence[Row], colours: dict[str, int]) -> Iterator[Bar]:
    """Give a bar for each label, as long as there are rows with it, the longest first."""
    counted = Counter(
        (_text(row, chart.label), _text(row, chart.colour)) for row in rows if chart.label in row
    )
    for (label, colour), count in counted.most_common():
        yield Bar(label, "", float(count), f"{Decimal(count):,}", colours.get(colour, 1))


def _distinct(name: str, rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(_text(row, name) for row in rows)) if name else []


def _text(row: Row, name: str) -> str:
    return str(row[name]["value"]) if name in row else ""
