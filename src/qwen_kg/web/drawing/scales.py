"""Scales: where a value stands on an axis, and the ticks that a reader finds it by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

_STEPS = (1.0, 2.0, 5.0, 10.0)
_LETTERS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Tick(NamedTuple):
    """A place on an axis and what is written there."""

    at: float
    text: str


class Scale(NamedTuple):
    """An axis: ``at`` places a value, and ``ticks`` are its ticks, already placed."""

    at: Callable[[float], float]
    ticks: Sequence[Tick]


def short(value: float) -> str:
    """Write a number in few characters.

    >>> short(32_000_000_000), short(131072), short(0.6), short(1500)
    ('32B', '131K', '0.6', '1.5K')
    """
    for size, letter in _LETTERS:
        if abs(value) >= size:
            scaled = value / size
            return f"{scaled:.3g}{letter}" if abs(scaled) < 1000 else f"{scaled:.0f}{letter}"
    return f"{value:.4g}"


def nice_step(span: float, most: int) -> float:
    """Give the least step of 1, 2 or 5 times a power of ten that a span has at most so many of.

    >>> nice_step(97, 6), nice_step(0.3, 6)
    (20.0, 0.05)
    """
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next((each for each in _STEPS if each * power * most >= span * (1 - 1e-9)), _STEPS[-1])
    return float(f"{step * power:.6g}")


def linear(values: Iterable[float], start: float, end: float, most: int = 6) -> Scale:
    """Make a scale with even steps that goes from one place to another; equal values stand in its middle."""
    low, high = _bounds(values, 1.0)
    step = nice_step(high - low, most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    low, high = first * step, last * step
    at = _between(low, high, start, end)
    return Scale(at, [Tick(at(n * step), short(float(f"{n * step:.10g}"))) for n in range(first, last + 1)])


def logarithmic(values: Iterable[float], start: float, end: float, most: int = 8) -> Scale:
    """Make a scale on which equal ratios are equally long; what is not above zero stands at its start."""
    given = [value for value in values if value > 0]
    low, high = _bounds(map(math.log10, given), 0.5)
    at = _between(low, high, start, end)
    exponents = range(math.floor(low), math.ceil(high) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [digit * 10.0**power for power in exponents for digit in digits]
        ticks = [tick for tick in ticks if low - 1e-9 <= math.log10(tick) <= high + 1e-9]
        if len(ticks) <= most:
            break
    placed = [Tick(at(math.log10(tick)), short(tick)) for tick in ticks]
    return Scale(lambda value: at(math.log10(value)) if value > 0 else start, placed)


def dates(days: Iterable[date], start: float, end: float, most: int = 10) -> Scale:
    """Make a scale of days, which are placed by their ordinals; the ticks are years, quarters or months."""
    ordinals = [day.toordinal() for day in days]
    low, high = _bounds(map(float, ordinals), 45.0, around_zero=False)
    at = _between(low, high, start, end)
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    ticks: list[date] = []
    for months in (1, 3, 6, 12, 24, 60, 120):
        ticks = [
            date(year, month, 1)
            for year in range(first.year - first.year % max(1, months // 12), last.year + 1)
            for month in range(1, 13, min(months, 12))
            if (year * 12 + month - 1) % months == 0 and low <= date(year, month, 1).toordinal() <= high
        ]
        if len(ticks) <= most:
            break
    return Scale(at, [Tick(at(tick.toordinal()), _month(tick, months)) for tick in ticks])


def _month(day: date, months: int) -> str:
    return str(day.year) if months >= 12 else f"{_MONTHS[day.month - 1]} {day.year}"


def _bounds(values: Iterable[float], apart: float, around_zero: bool = True) -> tuple[float, float]:
    """Give the least and the greatest value, which stand apart even where all are equal or there is none."""
    given = list(values)
    low, high = (min(given), max(given)) if given else (0.0, 0.0)
    if not given and not around_zero:
        low = high = float(date(2024, 1, 1).toordinal())
    if low == high:
        return low - apart, high + apart
    return low, high


def _between(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / (high - low) * (end - start)
