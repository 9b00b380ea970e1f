"""The page of a saved query: what it answers, its form, the answer, and how others ask the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Response, request

from qwen_kg.errors import NotAcceptableError, ParameterError, QwenKgError
from qwen_kg.formats import FORMATS, Format
from qwen_kg.namespaces import prologue
from qwen_kg.web.answer_charts import Drawn, charts
from qwen_kg.web.answer_graphs import Excerpt, excerpt
from qwen_kg.web.answers import SOURCES, Row, Shown, shown
from qwen_kg.web.knowledge import Knowledge, SavedQuery
from qwen_kg.web.paging import Paging
from qwen_kg.web.query_forms import fields, wants_options
from qwen_kg.web.responses import page
from qwen_kg.web.snippets import command, curl, highlighted, python
from qwen_kg.web.tables import RESULTS, select

ROWS = 200
"""So many rows are on a page."""

_SOURCES = "SELECT ?source ?name { ?source a qkg:Source ; dcterms:title|dcterms:identifier ?name }"
_MOST_OFFSET = 10**9
_NAMES_OF_FORMATS = {
    "table": ("csv", "tsv", "json", "xml"),
    "graph": ("turtle", "jsonld", "ntriples", "rdfxml"),
}


@dataclass
class Answered:
    """The answer of a query, as far as there is one: a table, yes or no, or a graph."""

    text: str
    error: QwenKgError | None = None
    verdict: bool | None = None
    graph: Excerpt | None = None
    names: Sequence[str] = ()
    rows: Sequence[Row] = ()
    table: Shown | None = None
    paging: Paging | None = None
    drawn: Sequence[Drawn] = field(default=())

    @property
    def kind(self) -> str:
        """The kind of the answer: table, verdict, graph, or nothing."""
        kinds = {"table": self.table, "graph": self.graph, "verdict": self.verdict}
        return next((kind for kind, found in kinds.items() if found is not None), "")


def query_page(kg: Knowledge, query: SavedQuery, given: Mapping[str, str]) -> Response:
    """Show a saved query, and its answer once every parameter that must be is given.

    Args:
        kg: the graph.
        query: the query.
        given: the parameters as they were sent; ``from`` is how many rows stand before those to be shown.
    """
    filled = {
        name: value for name, value in given.items() if value and name != "from"
    }  # forms send empty ones
    missing = [each.name for each in query.parameters if each.required and each.name not in filled]
    answered = Answered(query.text)
    if filled or not missing:
        try:
            answered = _answered(kg, query, filled, given.get("from", ""))
        except QwenKgError as wrong:
            if wrong.status == 500:
                raise
            answered.error = wrong
    return page(
        "query.html",
        answered.error.status if answered.error else 200,
        query=query,
        fields=fields(query, given, _unfiltered(kg, query, filled, answered)),
        answered=answered,
        pieces=list(highlighted(answered.text)),
        formats=_formats(query, filled, answered.kind),
        calls=_calls(query, filled, answered.kind) if answered.kind else [],
    )


def _answered(kg: Knowledge, query: SavedQuery, filled: Mapping[str, str], start: str) -> Answered:
    """Ask a query, and show the part of the answer that is wanted.

    Raises:
        ParameterError: the part is not said by a number.
        QwenKgError: what a query may end with.
    """
    before = _number(start)
    answered = Answered(kg.filled(query.name, filled))
    try:
        found = json.loads(kg.store.query(answered.text, accept=RESULTS).body)
    except NotAcceptableError:  # the query gives a graph
        answered.graph = excerpt(kg.store, answered.text)
        return answered
    if "boolean" in found:
        answered.verdict = bool(found["boolean"])
        return answered
    answered.names, answered.rows = found["head"]["vars"], found["results"]["bindings"]
    answered.paging = Paging(request.path, filled, before, ROWS, len(answered.rows))
    sources = _sources(kg) if SOURCES & set(answered.names) else {}
    answered.table = shown(answered.names, answered.rows, before, ROWS, sources)
    answered.drawn = charts(query.chart, answered.names, answered.rows) if query.chart else ()
    return answered


def _sources(kg: Knowledge) -> dict[str, str]:
    """Give the IRI of each source by its title and by its identifier."""
    return {row["name"]["value"]: row["source"]["value"] for row in select(kg.store, prologue() + _SOURCES)}


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and int(text[:20]) <= _MOST_OFFSET):
        raise ParameterError(f'from="{text}" is not how many rows stand before those to be shown')
    return int(text or 0)


def _unfiltered(
    kg: Knowledge, query: SavedQuery, filled: Mapping[str, str], answered: Answered
) -> Sequence[Row]:
    """Give the rows of a query without parameters, where the form offers values that they have."""
    if not filled:
        return answered.rows
    if not wants_options(query, answered.names):
        return ()
    found = json.loads(kg.run(query.name, {}, RESULTS).body)
    rows: Sequence[Row] = found["results"]["bindings"]
    return rows


def _formats(query: SavedQuery, filled: Mapping[str, str], kind: str) -> list[tuple[Format, str]]:
    """Give the formats of an answer, each with its address."""
    names = _NAMES_OF_FORMATS.get(kind, ("json", "xml") if kind else ())
    by_name = {each.name: each for each in FORMATS}
    return [(by_name[name], f"{request.path}?{urlencode({**filled, 'format': name})}") for name in names]


def _calls(query: SavedQuery, filled: Mapping[str, str], kind: str) -> list[tuple[str, str]]:
    """Give the ways to ask the same elsewhere, each with its text."""
    format_name = {"graph": "turtle", "verdict": "json"}.get(kind, "csv")
    ending = {"graph": ".result.body.decode()", "verdict": ""}.get(kind, ".rows()")
    return [
        ("In a shell", curl(request.base_url, filled, format_name)),
        ("In Python", python(query.name, filled, ending)),
        ("On the command line", command(query.name, filled)),
    ]
