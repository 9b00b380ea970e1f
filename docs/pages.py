"""Pages and tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib.term import Node

from qwen_kg.namespaces import compact

NOTICE = "<!-- Written by docs/generate.py; edit what it is made of instead. -->\n"


def page(parts: Iterable[str]) -> str:
    """Join the parts of a page, leaving out those that are empty."""
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table; no rows, no table."""
    body = [[_cell(value) for value in row] for row in rows]
    if not body:
        return ""
    lines = [list(head), ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ")


def named(term: Node) -> str:
    """Give a term as the docs name it: a CURIE, and without its prefix if it is ours."""
    return compact(str(term)).removeprefix("qkg:")
