"""Terms as people read them: numbers, amounts and dates in words, names with their language, and links."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from qwen_kg.namespaces import PREFIXES, compact
from qwen_kg.web.search import page_of
from qwen_kg.web.tables import Term

Row = Mapping[str, Term]

_NUMBERS = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float")}
_DATES = {PREFIXES["edtf"] + "EDTF", PREFIXES["xsd"] + "date"}
_PLAIN = {"en", "und"}
_SCALES = ((10**12, "T"), (10**9, "B"), (10**6, "M"))
_DIGITS = 3  # decimals that a page shows, and of thousands one; the data have all
_MACHINE = re.compile(r"\d{4}(-\d\d){0,2}$", re.ASCII)

#: What a bound of a quantity is called before its number.
_BOUNDS = {
    "minInclusive": "at least",
    "minExclusive": "more than",
    "maxInclusive": "at most",
    "maxExclusive": "less than",
}


class Value(NamedTuple):
    """What a page shows of a term.

    ``link`` is where it leads, ``lang`` its language where that is not English, ``exact`` what it means to
    the digit or the condition it holds under, and ``machine`` a date as HTML writes it.
    """

    text: str
    link: str = ""
    lang: str = ""
    exact: str = ""
    machine: str = ""


def value(term: Term, label: Term | None = None) -> Value:
    """Show a term, under its label where it has one."""
    text = str(term["value"])
    if term["type"] == "uri":
        named = str(label["value"]) if label else _short(text)
        return Value(named, address(text), language(label) if label else "")
    if term["type"] != "literal":
        return Value(text)
    datatype = term.get("datatype", "")
    if datatype in _NUMBERS:
        return number(text)
    if datatype in _DATES:
        return Value(day(text), machine=text if _MACHINE.match(text) else "")
    if datatype == PREFIXES["xsd"] + "anyURI" and text.startswith(("https://", "http://")):
        return Value(_short(text), text)
    return Value(text, lang=language(term))


def language(term: Term) -> str:
    """Give the language of a literal where a page has to name it."""
    tag = str(term.get("xml:lang", ""))
    return "" if tag in _PLAIN else tag


def address(iri: str) -> str:
    """Give the path of the page of an IRI; the words of our vocabularies have one, too.

    >>> address("https://w3id.org/qwen-kg/ns#openWeights")
    '/page/qkg:openWeights'
    """
    if iri.startswith(PREFIXES["qkg"]):
        return "/page/" + compact(iri)
    return page_of(iri)


def text_of(row: Row, name: str) -> str:
    """Give the text of a variable of a row; nothing where it is not bound."""
    return str(row[name]["value"]) if name in row else ""


def number(written: str) -> Value:
    """Show a number: one of millions in short with its digits beside it, a long one with few decimals.

    >>> number("7721324544")
    Value(text='7.72B', link='', lang='', exact='7,721,324,544', machine='')
    >>> number("1156.1024361596615").text
    '1,156.1'
    """
    try:
        amount = Decimal(written)
    except ArithmeticError:
        return Value(written)
    if not amount.is_finite():
        return Value(written)
    for scale, letter in _SCALES:
        if abs(amount) >= scale:
            return Value(f"{_digits(round(amount / scale, 2))}{letter}", exact=_digits(amount))
    rounded = round(amount, 1 if abs(amount) >= 1000 else _DIGITS)
    return Value(_digits(rounded), exact="" if rounded == amount else str(amount))


def _digits(amount: Decimal) -> str:
    whole, point, part = f"{amount:,f}".partition(".")
    part = part.rstrip("0")
    return whole + (point + part if part else "")


def day(edtf: str) -> str:
    """Write a date as precisely as it is known.

    >>> day("2025-04-28"), day("2025-04"), day("../2023-09"), day("2025-01/2025-02")
    ('28 April 2025', 'April 2025', 'by September 2023', 'January 2025 to February 2025')
    """
    start, between, end = edtf.partition("/")
    if not between:
        return _day(edtf)
    if start in {"..", ""}:
        return f"by {_day(end)}"
    return f"from {_day(start)}" if end in {"..", ""} else f"{_day(start)} to {_day(end)}"


def _day(text: str) -> str:
    year, month, date = [*text.split("-"), "", ""][:3]
    if not (month.isdigit() and 1 <= int(month) <= 12):
        return text
    return (
        f"{int(date)} {calendar.month_name[int(month)]} {year}"
        if date.isdigit()
        else (f"{calendar.month_name[int(month)]} {year}")
    )


def quantity(rows: list[Row]) -> Value:
    """Show a quantity, from its properties: the notation with its unit, and what that means exactly.

    Args:
        rows: ``property`` and ``value`` of the node, with ``label`` where the value has one.
    """
    found = {text_of(row, "property").rpartition("#")[2]: row for row in rows}
    unit = text_of(found.get("unit", {}), "label").lower()
    sign = {"percent": "%", "unitless": ""}.get(unit)
    written = text_of(found.get("notation", {}), "value") or text_of(found.get("prefLabel", {}), "value")
    shown = written + (f" {unit}s" if unit and sign is None else "")
    exact = [
        f"{word} {_digits(Decimal(text_of(found[name], 'value')))}".strip()
        for name, word in {"value": "", **_BOUNDS}.items()
        if name in found
    ]
    if exact and exact[0] == written:
        exact = []
    notes = [" and ".join(exact)] if exact else []
    if "relativeTo" in found:
        notes.append("compared with " + (text_of(found["relativeTo"], "label") or "another"))
    if "measuredIn" in found:
        notes.append("measured in " + text_of(found["measuredIn"], "value"))
    if "condition" in found:
        notes.append(text_of(found["condition"], "value"))
    return Value(shown, exact="; ".join(notes))


def _short(iri: str) -> str:
    """Give an IRI without a name as a CURIE, or an address without its scheme."""
    curie = compact(iri)
    return curie if curie != iri else re.sub(r"^https?://(www\.)?|/$", "", iri)
