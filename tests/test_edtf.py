"""EDTF dates: what is read, what is refused, and that ranges compare as days do."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwen_kg.edtf import DateRange, parse


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-01-29", "2025-01-29", "2025-01-29"),
        ("2025-01/2025-03", "2025-01-01", "2025-03-31"),
        ("../2023-09", None, "2023-09-30"),
        ("2023-09/..", "2023-09-01", None),
    ],
)
def test_a_date_has_its_first_and_last_day(text: str, earliest: str | None, latest: str | None) -> None:
    def day(iso: str | None) -> date | None:
        return date.fromisoformat(iso) if iso else None

    assert parse(text) == DateRange(day(earliest), day(latest))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025-13", "month 13"),
        ("2025-00", "month 00"),
        ("2025-02-30", "has no day 30"),
        ("2025-01-00", "has no day 00"),
        ("0000", "no year 0000"),
        ("2025-1", "is no date"),
        ("25", "is no date"),
        ("January 2025", "is no date"),
        ("2025-01-29 ", "is no date"),
        ("２０２５", "is no date"),
        ("2025/2024", "ends before"),
        ("../..", "at least one end"),
        ("", "is no date"),
        ("2025/2026/2027", "is no date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


@given(st.dates(min_value=date(1, 1, 1)))
def test_a_day_is_within_its_month_and_its_year(day: date) -> None:
    exact, month, year = parse(day.isoformat()), parse(day.isoformat()[:7]), parse(day.isoformat()[:4])
    assert year.contains(month)
    assert month.contains(exact)
    assert not exact.contains(year)


@given(st.text())
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse(text) != DateRange(None, None)
