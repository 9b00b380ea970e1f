"""SPARQL results as rows for a page, with links to the pages of our own entities."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from qwen_kg.namespaces import BASE, compact
from qwen_kg.results import Result, Store

RESULTS = "application/sparql-results+json"


class Cell(NamedTuple):
    """A term on a page: what is shown, where it leads, and its language or datatype."""

    text: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """The answer of a SELECT: names of columns and rows of cells, None where nothing is bound."""

    columns: list[str]
    rows: list[list[Cell | None]]


#: Languages and datatypes that a page does not name: its own language, and what shows itself.
_PLAIN = {
    "en",
    "xsd:string",
    "xsd:integer",
    "xsd:decimal",
    "xsd:boolean",
    "xsd:date",
    "edtf:EDTF",
    "xsd:anyURI",
}

Term = dict[str, Any]
"""A term as SPARQL JSON results write it."""


def select(store: Store, text: str) -> Iterator[dict[str, Term]]:
    """Answer a SELECT query of our own, one dictionary of the terms that are bound for each row."""
    yield from json.loads(store.query(text, accept=RESULTS).body)["results"]["bindings"]


def table(result: Result) -> Table | bool:
    """Read SPARQL JSON results: a table for SELECT, yes or no for ASK."""
    found = json.loads(result.body)
    if "boolean" in found:
        return bool(found["boolean"])
    columns = found["head"]["vars"]
    rows = [
        [cell(binding[name]) if name in binding else None for name in columns]
        for binding in found["results"]["bindings"]
    ]
    return Table(columns, rows)


def cell(term: Term, label: Term | None = None) -> Cell:
    """Show a term, under its label where it has one."""
    value = str(term["value"])
    if term["type"] == "uri":
        return Cell(str(label["value"]) if label else compact(value), link(value))
    if term["type"] == "bnode":
        return Cell("_:" + value)
    if term["type"] != "literal":  # a triple term: shown as it came
        return Cell(json.dumps(term["value"], ensure_ascii=False))
    note = term.get("xml:lang") or compact(term.get("datatype", ""))
    return Cell(value, note="" if note in _PLAIN else note)


def link(iri: str) -> str:
    """Give the address of a page for an IRI: here for our own, nothing for what is no web address.

    >>> link("https://w3id.org/qwen-kg/id/Qwen3")
    '/id/Qwen3'
    >>> link("urn:x:y")
    ''
    """
    if iri.startswith(BASE):
        return "/" + iri.removeprefix(BASE)
    return iri if iri.startswith(("https://", "http://")) else ""
