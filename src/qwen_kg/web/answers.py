"""The answer of a saved query as a table for people: plain headings, and labels in the place of IRIs.

The columns of saved queries are written in a few ways that this module knows: an entity is followed by its
label, ``passages`` are written as source and identifier, and polarity and standing are single words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from qwen_kg.namespaces import PREFIXES
from qwen_kg.web.tables import Term, cell, link

Row = Mapping[str, Term]
"""A solution: the terms of the variables that are bound."""

_NUMBERS = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float")}
_ADDRESS = PREFIXES["xsd"] + "anyURI"
_PASSAGES = re.compile(r"passages$|^deniedIn$", re.IGNORECASE)
#: Columns that name sources by their titles or identifiers.
SOURCES = {"source", "sourceTitle"}
_SHOWN_PASSAGES = 4
_TAGS = {"polarity", "standing", "outcome"}
_AGAINST = {"denied", "disputed", "withdrawn"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: Words of headings that are not written as other words are.
_SPELT = {"id": "ID", "url": "URL", "hugging": "Hugging", "face": "Face", "scope": "scope"}


class Item(NamedTuple):
    """A piece of a cell: its text, where it leads, its language, and the kind of tag that it is, if any."""

    text: str
    link: str = ""
    lang: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Column:
    """A column as it is shown; ``label`` names the column with the labels of its entities, if any."""

    name: str
    heading: str
    label: str = ""
    number: bool = False


@dataclass(frozen=True)
class Shown:
    """Rows of an answer as they are shown; ``empty`` are the headings of columns without any value."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Sequence[Item]]]
    empty: Sequence[str]


def shown(
    names: Sequence[str], rows: Sequence[Row], start: int, limit: int, sources: Mapping[str, str]
) -> Shown:
    """Show a part of an answer.

    Args:
        names: its variables.
        rows: all its solutions; what a column is depends on all of them.
        start: how many of them are not shown before the part.
        limit: how many of them are shown.
        sources: the IRI of each source, by its title and by its identifier.
    """
    columns, empty = [], []
    samples = _samples(names, rows)
    labels: set[str] = set()
    for name, following in zip(names, [*names[1:], ""], strict=True):
        sample = samples.get(name)
        if name in labels:
            continue
        if sample is None:
            empty.append(heading(name))
            continue
        label = _label(name, following, names) if sample["type"] == "uri" else ""
        labels.add(label)
        columns.append(Column(name, heading(name), label, sample.get("datatype") in _NUMBERS))
    return Shown(
        columns,
        [[_items(row, each, sources) for each in columns] for row in rows[start : start + limit]],
        empty,
    )


def _label(name: str, following: str, names: Sequence[str]) -> str:
    """Give the column that has the labels of the entities of another: the next, or the titles of sources."""
    if following in {"label", f"{name}Label"}:
        return following
    return "title" if name == "source" and "title" in names else ""


def _samples(names: Sequence[str], rows: Sequence[Row]) -> dict[str, Term]:
    """Give a term of each variable that is bound in any row."""
    found: dict[str, Term] = {}
    for row in rows:
        if len(found) == len(names):
            break
        for name in row.keys() - found.keys():
            found[name] = row[name]
    return found


def heading(name: str) -> str:
    """Write the name of a column or a parameter as words.

    >>> heading("totalBillions"), heading("huggingFaceId")
    ('Total billions', 'Hugging Face ID')
    """
    words = [_SPELT.get(word.lower(), word.lower()) for word in _WORD.findall(name)]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else name


def _items(row: Row, column: Column, sources: Mapping[str, str]) -> list[Item]:
    """Show the value of a column in a row: as many pieces as it has, none where there is none."""
    term = row.get(column.name)
    if term is None:
        return []
    value = str(term["value"])
    if term["type"] != "literal":
        label = row.get(column.label)
        if label is None and value.startswith(PREFIXES["st"]):
            return [Item("statement", link(value))]
        named = cell(term, label)
        return [Item(named.text, named.link, _language(label) if label else "")]
    if _PASSAGES.search(column.name) and "datatype" not in term:
        return _passages(value.split())
    if column.name in _TAGS:
        return [Item(value, tag="tag bad" if value in _AGAINST else "tag")]
    leads = value if term.get("datatype") == _ADDRESS else sources.get(value, "")
    is_link = leads and (leads == value or column.name in SOURCES)
    return [Item(written(term), link(leads) if is_link else "", _language(term))]


def _passages(names: Sequence[str]) -> list[Item]:
    """Show passages by their names; where they are many, the first ones and how many more there are."""
    pieces = [Item(name, link(PREFIXES["src"] + name)) for name in names[:_SHOWN_PASSAGES]]
    left = len(names) - len(pieces)
    return [*pieces, Item(f"and {left} more")] if left else pieces


def written(term: Term) -> str:
    """Write a literal; a number with commas, and with few digits behind the point."""
    value = str(term["value"])
    if term.get("datatype") not in _NUMBERS:
        return {"true": "yes", "false": "no"}.get(value, value) if "datatype" in term else value
    try:
        number = Decimal(value)
    except ArithmeticError:
        return value
    places = 3 if abs(number) >= 1 else 6
    return f"{number:,.{places}f}".rstrip("0").rstrip(".")


def _language(term: Term) -> str:
    """Give the language of a text that is not that of the page."""
    language = str(term.get("xml:lang", ""))
    return "" if language.startswith("en") else language


def number(term: Term | None) -> Decimal | None:
    """Give the number that a term is, if it is one."""
    if term is None or term.get("datatype") not in _NUMBERS:
        return None
    try:
        found = Decimal(str(term["value"]))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None
