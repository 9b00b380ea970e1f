"""The shapes of tables: one line for one thing that a source says.

A table is named after its source, or after what its rows have in common; then each row names its source.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from qwen_kg.authoring.records import EntityId, EventRecord, Evidenced, Origin, Record, SourceId, Stated


class Row(Record):
    """A line of a table; ``source`` may be left out where the table is named after it."""

    source: SourceId | None = None
    locator: str = Field(description="passages of the source, separated by spaces, or lines")

    def found(self, table: str) -> list[Origin]:
        """Give where the row is from.

        Args:
            table: the name of its table, which is its source if it names none.
        """
        source = self.source or table
        return [
            Origin(source=source, lines=part, at=self.at)
            if re.fullmatch(r"\d+(-\d+)?", part, re.ASCII)
            else Origin(source=source, passage=part, at=self.at)
            for part in self.locator.split()
        ]


class EntityRow(Row, Evidenced):
    """A line about an entity that is described elsewhere."""

    subject: EntityId

    @model_validator(mode="after")
    def _locator_says_where(self) -> EntityRow:
        if self.origins or getattr(self, "each", False):
            raise ValueError("a line of a table has a locator, and neither from nor each")
        return self


class FactRow(EntityRow, Stated):
    """One line of ``data/facts/*.csv``: a value of a property of an entity that is described elsewhere."""

    property: str


class EventRow(EntityRow, EventRecord):
    """One line of ``data/events/*.csv``: what happened to an entity that is described elsewhere."""


class OfferRow(Row):
    """One line of ``data/offers/*.csv``."""

    model: str
    seller: str
    price: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    per: str = Field(description="how many tokens the price is for")
    billed_for: str = Field(alias="billedFor")
    region: str | None = None
    date: str | None = None
    condition: str | None = Field(
        None, description="what the price depends on, such as the length of the input"
    )


class EvaluationRow(Row):
    """One line of ``data/evaluations/*.csv``."""

    variant: str
    benchmark: str
    metric: str
    setting: str | None = None
    score: str
    lower: str | None = Field(None, description="the lower bound of its confidence interval")
    upper: str | None = Field(None, description="the upper bound of its confidence interval")
    unit: Literal["percent", "points"]
    date: str | None = Field(None, description="when it was measured or listed, as EDTF")
    standing: Literal["asserted", "withdrawn"] = Field(
        "asserted", description="withdrawn where the source hides it, as in a comment"
    )
