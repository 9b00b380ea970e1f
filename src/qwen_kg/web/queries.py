"""``/queries``: the saved queries, each an address that answers."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import InputError, NotAcceptableError, NotFoundError, ParameterError, UnsupportedTypeError
from qwen_kg.formats import FORMATS, PAGE, choose
from qwen_kg.web.knowledge import Knowledge, SavedQuery
from qwen_kg.web.protocol import FORM
from qwen_kg.web.responses import JSON, data, document, page, prefers_page, wanted
from qwen_kg.web.tables import RESULTS, Table, table

_FORMS = {FORM, "multipart/form-data"}


def queries_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for the saved queries of a graph."""
    blueprint = Blueprint("queries", __name__)

    @blueprint.get("/queries")
    def index() -> Response:
        if choose(wanted(), [JSON, PAGE], "the list of queries") is PAGE:
            return page("queries.html", queries=list(kg.queries.values()))
        return document([as_json(query) for query in kg.queries.values()])

    @blueprint.route("/queries/<name>", methods=["GET", "POST"])
    def run(name: str) -> Response:
        query = kg.queries.get(name)
        if query is None:
            close = difflib.get_close_matches(name, kg.queries, n=2)
            raise NotFoundError(f"there is no saved query {name!r}", close)
        given = _given()
        chosen = given.pop("format", None)
        accept = wanted(chosen)
        if prefers_page(accept):
            return _page(kg, query, given)
        return data(kg.run(name, given, accept))

    return blueprint


def as_json(query: SavedQuery) -> dict[str, Any]:
    """Describe a saved query as JSON."""
    return {
        "name": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [
            {
                "name": each.name,
                "type": each.type,
                "required": each.required,
                "default": each.default,
                "help": each.help,
            }
            for each in query.parameters
        ],
        "href": url_for("queries.run", name=query.name, _external=True),
    }


def _given() -> dict[str, str]:
    """Read the parameters from the query string and the form; each may come once, and ``timeout`` is none.

    Raises:
        ParameterError: a parameter comes twice.
        UnsupportedTypeError: the body is no form.
    """
    if request.method == "POST" and request.mimetype not in _FORMS and request.get_data():
        raise UnsupportedTypeError(
            f"parameters are sent as a form, not as {request.mimetype or 'no media type'}"
        )
    if request.mimetype == FORM:
        try:
            unquote_to_bytes(request.get_data()).decode()
        except UnicodeDecodeError:
            raise ParameterError("the form is not percent-encoded UTF-8") from None
    given: dict[str, str] = {}
    for name, values in (*request.args.lists(), *request.form.lists()):
        if name in given or len(values) > 1:
            raise ParameterError(f"the parameter {name} is given more than once")
        given[name] = values[0]
    given.pop("timeout", None)  # it has been read before
    return given


def _page(kg: Knowledge, query: SavedQuery, given: Mapping[str, str]) -> Response:
    """Show what the query answers, its form, and the answer once every parameter that must be is given."""
    filled = {name: value for name, value in given.items() if value}  # a form sends empty fields too
    missing = [each.name for each in query.parameters if each.required and each.name not in filled]
    answer: Table | bool | None = None
    error, status, graph = None, 200, ""
    if filled or not missing:
        try:
            answer = table(kg.run(query.name, filled, RESULTS))
        except NotAcceptableError:  # the query gives a graph
            graph = kg.run(query.name, filled, "text/turtle").body.decode()
        except InputError as wrong:
            error, status = wrong, wrong.status
    links = [
        (each.name, f"{request.path}?{urlencode({**filled, 'format': each.name})}")
        for each in FORMATS
        if each.name in ({"turtle", "jsonld"} if graph else {"json", "csv", "tsv", "xml"})
    ]
    return page(
        "query.html", status, query=query, given=filled, answer=answer, graph=graph, error=error, links=links
    )
