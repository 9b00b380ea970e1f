"""``/sparql``: the SPARQL 1.1 Protocol for queries, its service description, and a form for people."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import InputError, NotAcceptableError
from qwen_kg.formats import FORMATS
from qwen_kg.namespaces import prologue
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.protocol import Asked, read
from qwen_kg.web.responses import data, page, prefers_page, wanted
from qwen_kg.web.service_description import describe
from qwen_kg.web.tables import RESULTS, Table, table

EXAMPLE = """\
SELECT ?variant ?name
WHERE {
  ?variant qkg:successorOf id:Qwen2.5-VL ;
           skos:prefLabel ?name .
}"""


def sparql_blueprint(kg: Knowledge) -> Blueprint:
    """Make the endpoint for a graph."""
    blueprint = Blueprint("sparql", __name__)

    @blueprint.route("/sparql", methods=["GET", "POST"])
    def endpoint() -> Response:
        asked = read(request)
        accept = wanted(asked.format)
        if prefers_page(accept):
            return _page(kg, asked)
        if asked.query is None:
            return data(describe(kg.store, url_for("sparql.endpoint", _external=True), accept))
        return data(
            kg.store.query(
                asked.query,
                accept=accept,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
            )
        )

    return blueprint


def _page(kg: Knowledge, asked: Asked) -> Response:
    """Show the form, and where there is a query its answer or what is wrong with it."""
    query = asked.query if asked.query is not None else prologue() + "\n" + EXAMPLE
    answer: Table | bool | None = None
    error, status, graph = None, 200, ""
    if asked.query is not None:
        graphs = {"default_graphs": asked.default_graphs, "named_graphs": asked.named_graphs}
        try:
            answer = table(kg.store.query(query, accept=RESULTS, **graphs))
        except NotAcceptableError:  # the query gives a graph
            graph = kg.store.query(query, accept="text/turtle", **graphs).body.decode()
        except InputError as wrong:
            error, status = wrong, wrong.status
    return page("sparql.html", status, query=query, answer=answer, graph=graph, error=error, formats=FORMATS)
