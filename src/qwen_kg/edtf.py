"""Dates as precise as their source: the part of EDTF (ISO 8601-2:2019, levels 0 and 1) that sources need.

A year, a month, a day, an interval of these, and an interval open at one side. Each has a first and a last
day, by which dates are compared: months sort wrongly beside days in every engine.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$", re.ASCII)


class DateRange(NamedTuple):
    """The first and the last day that a date allows; None where it is open."""

    earliest: date | None
    latest: date | None

    def contains(self, other: DateRange) -> bool:
        """Say whether every day of the other is a day of this."""
        starts = self.earliest is None or (other.earliest is not None and self.earliest <= other.earliest)
        ends = self.latest is None or (other.latest is not None and other.latest <= self.latest)
        return starts and ends


def parse(text: str) -> DateRange:
    """Give the range of days that an EDTF date stands for.

    Raises:
        ValueError: it is no date of these forms, has an impossible month or day, or ends before it starts.

    >>> parse("2025-02")
    DateRange(earliest=datetime.date(2025, 2, 1), latest=datetime.date(2025, 2, 28))
    >>> parse("../2023-09").latest
    datetime.date(2023, 9, 30)
    >>> parse("2025-13")
    Traceback (most recent call last):
    ...
    ValueError: month 13 does not exist
    """
    if "/" not in text:
        return _single(text)
    start, _, end = text.partition("/")
    if start == end == "..":
        raise ValueError("an interval needs at least one end")
    earliest = None if start == ".." else _single(start).earliest
    latest = None if end == ".." else _single(end).latest
    if earliest and latest and latest < earliest:
        raise ValueError("the interval ends before it starts")
    return DateRange(earliest, latest)


def _single(text: str) -> DateRange:
    match = _DATE.match(text)
    if not match:
        raise ValueError(f'"{text}" is no date such as 2025, 2025-01, 2025-01-29 or ../2025-01')
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # noqa: S101 - the pattern requires it
    if year < 1:
        raise ValueError("there is no year 0000")
    if month is None:
        return DateRange(date(year, 1, 1), date(year, 12, 31))
    if not 1 <= month <= 12:
        raise ValueError(f"month {month:02} does not exist")
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return DateRange(date(year, month, 1), date(year, month, last))
    if not 1 <= day <= last:
        raise ValueError(f"{year}-{month:02} has no day {day:02}")
    return DateRange(date(year, month, day), date(year, month, day))
