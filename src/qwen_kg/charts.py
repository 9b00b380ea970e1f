"""The chart that suits the answer of a saved query, as its ``#+ chart:`` says it.

``bars VALUE by LABEL`` draws one bar for each row, as long as the number in the column VALUE, with what the
column LABEL has beside it; ``rows`` as the value counts the rows of each label instead. ``for each COLUMN``
makes a chart of its own for each value of a column, such as a currency, where numbers cannot be compared
across them; ``coloured by COLUMN`` gives each value of a column a colour.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from qwen_kg.authoring.reader import Block
from qwen_kg.errors import Position

#: What stands for a column where rows are counted.
ROWS = "rows"

_CHART = re.compile(r"bars (\w+) by (\w+)(?: for each (\w+))?(?: coloured by (\w+))?", re.ASCII)
_FORM = "bars VALUE by LABEL, and if wanted for each COLUMN, coloured by COLUMN"


@dataclass(frozen=True)
class Chart:
    """Bars, by the names of the columns that they are made of; ``each`` and ``colour`` may be empty."""

    value: str
    label: str
    each: str
    colour: str
    position: Position

    def faults(self, columns: Collection[str]) -> list[tuple[Position, str]]:
        """Tell the columns that the chart names and the answer does not have."""
        named = [self.value] * (self.value != ROWS) + [self.label, self.each, self.colour]
        return [
            (self.position, f'the answer has no column "{name}" for the chart')
            for name in named
            if name and name not in columns
        ]


def read_chart(block: Block, faults: list[tuple[Position, str]]) -> Chart | None:
    """Read the chart of a saved query from its decorators, if they have one; a fault is added to the list."""
    if "chart" not in block:
        return None
    told = block["chart"]
    match = _CHART.fullmatch(" ".join(str(told).split()))
    if match is None:
        faults.append((told.position, f'a chart is said as "{_FORM}"'))
        return None
    value, label, each, colour = match.groups("")
    return Chart(value, label, each, colour, told.position)
