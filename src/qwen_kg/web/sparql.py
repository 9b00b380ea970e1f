"""``/sparql`` for people: a form for a query, and its answer or what is wrong with it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request

from qwen_kg.errors import NotAcceptableError, QwenKgError
from qwen_kg.formats import FORMATS
from qwen_kg.namespaces import prologue
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.responses import page
from qwen_kg.web.tables import RESULTS, Table, table

EXAMPLE = """\
SELECT ?variant ?name
WHERE {
  ?variant qkg:successorOf id:Qwen2.5-VL ;
           skos:prefLabel ?name .
}"""


def sparql_blueprint(kg: Knowledge) -> Blueprint:
    """Make the page of the endpoint for a graph; programs are answered by :mod:`qwen_kg.web.endpoint`."""
    blueprint = Blueprint("sparql", __name__)

    @blueprint.get("/sparql")
    def endpoint() -> Response:
        query = request.args.get("query")
        shown = query if query is not None else prologue() + "\n" + EXAMPLE
        answer: Table | bool | None = None
        error, status, graph = None, 200, ""
        if query is not None:
            ask = partial(
                kg.store.query,
                query,
                default_graphs=request.args.getlist("default-graph-uri"),
                named_graphs=request.args.getlist("named-graph-uri"),
                base=request.base_url,
            )
            try:
                answer = table(ask(accept=RESULTS))
            except NotAcceptableError:  # the query gives a graph
                graph = ask(accept="text/turtle").body.decode()
            except QwenKgError as wrong:
                if wrong.status == 500:
                    raise
                error, status = wrong, wrong.status
        return page(
            "sparql.html", status, query=shown, answer=answer, graph=graph, error=error, formats=FORMATS
        )

    return blueprint
