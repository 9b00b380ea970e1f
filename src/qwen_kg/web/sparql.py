"""``/sparql`` for people: a form for a query, and its answer or what is wrong with it.

Where there are scripts, the form becomes an editor (``static/editor.js``). The page carries what it shows of
the answer as data too, so that the editor shows the answer that is there and need not ask a second time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, request

from qwen_kg.errors import NotAcceptableError, QwenKgError
from qwen_kg.exports import export
from qwen_kg.formats import FORMATS, Kind
from qwen_kg.namespaces import prologue
from qwen_kg.results import Result
from qwen_kg.web.editor import tell_editor, with_prefixes
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.problems import problem
from qwen_kg.web.responses import page
from qwen_kg.web.tables import RESULTS, Table, table

EXAMPLE = """\
SELECT ?variant ?name
WHERE {
  ?variant qkg:successorOf id:Qwen2.5-VL ;
           skos:prefLabel ?name .
}"""

_MOST = 500  # rows or triples of an answer that a page shows; all can be downloaded
_NPM = Path(__file__).parent / "static" / "npm"

#: What to do about an error that says that it was too much, by its title.
ADVICE = {
    "Time limit": "Bind more of what is asked, name the graph with GRAPH, or count less at a time. "
    "A server of your own may take longer: qwen-kg serve --timeout 60.",
    "Memory limit": "Sort, group or combine less at a time, or name the graph with GRAPH. "
    "A server of your own may take more: qwen-kg serve --max-memory.",
    "Beyond a limit": "Ask for less of it with LIMIT, or download the dataset as a whole.",
    "Busy": "Nothing is wrong with the query; others are being answered. Try it again in a moment.",
    "Not allowed": "This endpoint answers from its own data. Ask the other endpoint itself, or run a server "
    "that may call it: qwen-kg serve --service.",
}


@dataclass
class _Shown:
    """What a page shows of an answer; ``total`` counts the rows or triples that there are."""

    answer: Table | bool | None = None
    graph: str = ""
    total: int = 0
    error: QwenKgError | None = None
    told: dict[str, Any] = field(default_factory=dict)


def sparql_blueprint(kg: Knowledge) -> Blueprint:
    """Make the page of the endpoint for a graph; programs are answered by :mod:`qwen_kg.web.endpoint`."""
    blueprint = Blueprint("sparql", __name__)
    tell_editor(blueprint, kg)

    @blueprint.get("/sparql")
    def endpoint() -> Response:
        query = request.args.get("query")
        shown = _Shown() if query is None else _answered(kg, query)
        status = shown.error.status if shown.error else 200
        kinds = {bool: Kind.BOOLEAN, Table: Kind.BINDINGS}
        kind = Kind.GRAPH if shown.graph else kinds.get(type(shown.answer))
        return page(
            "sparql.html",
            status,
            query=with_prefixes(EXAMPLE) if query is None else query,
            shown=shown,
            most=_MOST,
            advice=ADVICE,
            formats=FORMATS,
            downloads=[each for each in FORMATS if kind in each.kinds],
            prefixes=prologue(),
            has_editor=(_NPM / "yasgui.js").is_file(),
        )

    return blueprint


def _answered(kg: Knowledge, query: str) -> _Shown:
    """Answer a query as far as a page shows it; ``told`` is the same for the editor."""
    ask = partial(
        kg.store.query,
        query,
        default_graphs=request.args.getlist("default-graph-uri"),
        named_graphs=request.args.getlist("named-graph-uri"),
        base=request.base_url,
    )
    try:
        try:
            return _with_rows(ask(accept=RESULTS))
        except NotAcceptableError:  # the query gives a graph
            return _with_graph(ask(accept="application/n-triples").body)
    except QwenKgError as wrong:
        if wrong.status == 500:
            raise
        return _Shown(error=wrong, told={"problem": json.loads(problem(wrong).body)})


def _with_rows(result: Result) -> _Shown:
    found, total = json.loads(result.body), 0
    if "results" in found:
        total = len(found["results"]["bindings"])
        found["results"]["bindings"] = found["results"]["bindings"][:_MOST]
    cut = Result(result.media_type, json.dumps(found).encode())
    return _Shown(table(cut), total=total, told={"results": found, "total": total})


def _with_graph(triples: bytes) -> _Shown:
    lines = triples.decode().splitlines(True)
    text = "".join(lines[:_MOST])
    quads = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
    graph = export(quads, "turtle").decode() if lines else "# no triples\n"
    return _Shown(graph=graph, total=len(lines), told={"triples": text, "total": len(lines)})
