"""Answers as text for people."""

from __future__ import annotations

import unicodedata
from typing import Any

from qwen_kg.namespaces import compact


def text_table(document: dict[str, Any]) -> str:
    """Show SPARQL JSON results: a table with a count for SELECT, yes or no for ASK."""
    if "boolean" in document:
        return "yes\n" if document["boolean"] else "no\n"
    names = document["head"]["vars"]
    rows = [[_shown(row.get(name)) for name in names] for row in document["results"]["bindings"]]
    widths = [max(map(_width, [name, *column])) for name, *column in zip(names, *rows, strict=True)]
    lines = [names, ["-" * width for width in widths], *rows]
    table = "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)
    plural = "row" if len(rows) == 1 else "rows"
    return f"{table}\n{len(rows)} {plural}\n"


def _shown(term: dict[str, str] | None) -> str:
    if term is None:
        return ""
    value = compact(term["value"]) if term["type"] == "uri" else term["value"]
    return " ".join(value.split())


def _width(text: str) -> int:
    """Count the columns of a terminal that a text takes; Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
