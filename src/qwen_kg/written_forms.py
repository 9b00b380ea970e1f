"""The forms in which sources write a value: numbers, dates, names and words, as patterns to search for."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\u00ad"), "-")
_SCALES = (
    (10**12, ("T", " trillion")),
    (10**9, ("B", " billion")),
    (10**6, ("M", " million")),
    (10**3, ("K", " thousand")),
    (1, ("",)),
)


def normalized(text: str) -> str:
    """Bring a text to the form in which it is searched: one width, one hyphen, no case."""
    return unicodedata.normalize("NFKC", text).translate(_HYPHENS).casefold()


def name_pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Match any of some names as whole words, whatever stands between their parts.

    >>> bool(name_pattern(["ModelScope"]).search(normalized("and Model Scope.")))
    False
    >>> bool(name_pattern(["Apache-2.0"]).search(normalized("the Apache 2.0 License")))
    True
    """
    parts = ["".join(_flexible(normalized(name))) for name in names if name.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?!\w|\.\d)")


def _flexible(name: str) -> Iterable[str]:
    for piece in re.findall(r"\w+|[\s_-]+|.", name):
        yield r"[\s_-]*" if re.fullmatch(r"[\s_-]+", piece) else re.escape(piece)


def number_pattern(amount: Decimal) -> re.Pattern[str]:
    """Match a number as digits, with separators, or with a scale, which in a list may come later.

    >>> bool(number_pattern(Decimal(72_000_000_000)).search(normalized("3, 7, 32, and 72 billion")))
    True
    >>> bool(number_pattern(Decimal(7_000_000_000)).search(normalized("its 72B models")))
    False
    >>> bool(number_pattern(Decimal(131_072)).search(normalized("context = 131_072")))
    True
    >>> bool(number_pattern(Decimal(3_000_000_000_000)).search(normalized("3.0T tokens")))
    True
    """
    forms = {f"{amount:,}", f"{amount:,}".replace(",", "_"), f"{amount:f}"}  # 131_072 in TOML
    bare = []
    for scale, words in _SCALES:
        scaled = amount / scale
        if scaled >= Decimal("0.01") and scaled == scaled.quantize(Decimal("0.001")):
            digits = f"{scaled.normalize():f}"
            forms |= {
                digits + zero + word for word in words for zero in ("", ".0" if "." not in digits else "0")
            }
            if scale == 10**9:
                bare.append(rf"{re.escape(digits)}(?=,? (?:and |or )?[\d., and]*(?:b\b| billion))")
    exact = [re.escape(normalized(form)).replace(r"\ ", r"\s*") for form in forms]
    return re.compile(
        rf"(?<![\d.,])(?:{'|'.join([*sorted(exact, key=len, reverse=True), *bare])})(?![\d]|[.,]\d)"
    )


def date_pattern(edtf: str, *, year_implied: bool = False) -> re.Pattern[str]:
    """Match an EDTF date in the ways that prose and tables write it.

    >>> bool(date_pattern("2025-03-24").search(normalized("On March 24, 2025, Alibaba")))
    True
    """
    single = edtf.replace("..", "").strip("/").partition("/")[0]
    year, month, day = [*single.split("-"), "", ""][:3]
    if not month:
        return re.compile(rf"(?<!\d){year}(?!\d)")
    names = f"(?:{calendar.month_name[int(month)]}|{calendar.month_abbr[int(month)]}\\.?)".lower()
    years = f"(?:,? {year})" + ("?" if year_implied else "")
    if not day:
        return re.compile(rf"(?<!\w){names}{years}(?!\d)|(?<!\d){year}[-/.]0?{int(month)}(?!\d)")
    written = [
        rf"{names} {int(day)}(?:st|nd|rd|th)?{years}",
        rf"{int(day)}(?:st|nd|rd|th)? {names}{years}",
        rf"{year}[-/.]0?{int(month)}[-/.]0?{int(day)}",
    ]
    return re.compile(rf"(?<![\w])(?:{'|'.join(written)})(?!\d)")
