"""Answers as text for people."""

from __future__ import annotations

import unicodedata
from itertools import groupby
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


def evidence_text(rows: list[dict[str, Any]]) -> str:
    """Show the rows of the saved query ``evidence``: each thing that is said, and who says it where."""
    lines: list[str] = []
    for item, of_item in groupby(rows, key=lambda row: row["item"]):
        first, *rest = of_item
        standing = "" if first.get("standing", "asserted") == "asserted" else f" ({first['standing']})"
        about = f"{first['label']}: " if first["role"] == "mentioned" and first["kind"] == "statement" else ""
        lines.append(f"{about}{first['says']}{standing}")
        lines += [
            f"    {row['sourceTitle']}, {row['locator']} [{row['identifier']}]" for row in (first, *rest)
        ]
        if "reason" in first:
            lines.append(f"    Reason: {first['reason']}")
        lines.append(f"    {compact(item)}")
    return "\n".join(lines) + "\n" if lines else "Nothing is said of it.\n"


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
