"""``/queries``: the saved queries, each an address that answers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import NotFoundError, ParameterError, UnsupportedTypeError
from qwen_kg.formats import PAGE, choose
from qwen_kg.web.knowledge import Knowledge, SavedQuery
from qwen_kg.web.protocol import FORM
from qwen_kg.web.query_pages import query_page
from qwen_kg.web.responses import JSON, data, document, page, prefers_page, wanted

_FORMS = {FORM, "multipart/form-data"}


def queries_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for the saved queries of a graph."""
    blueprint = Blueprint("queries", __name__)

    @blueprint.get("/queries")
    def index() -> Response:
        if choose(wanted(), [JSON, PAGE], "the list of queries") is PAGE:
            return _index(kg)
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
            return query_page(kg, query, given)
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


def _index(kg: Knowledge) -> Response:
    """List the queries by what they are about, their first tag; a tag and words narrow it."""
    tag, words = request.args.get("tag", ""), request.args.get("q", "")
    found = [each for each in kg.queries.values() if _fits(each, tag, words)]
    topics: dict[str, list[SavedQuery]] = {}
    for query in found:
        topics.setdefault(tag or next(iter(query.tags), "other"), []).append(query)
    return page(
        "queries.html",
        topics=dict(sorted(topics.items())),
        tags=sorted({each for query in kg.queries.values() for each in query.tags}),
        count=len(found),
        tag=tag,
        words=words,
    )


def _fits(query: SavedQuery, tag: str, words: str) -> bool:
    """Say whether a query has a tag, and every one of some words somewhere in what is told of it."""
    told = _told(query)
    return (not tag or tag in query.tags) and all(word in told for word in words.casefold().split())


def _told(query: SavedQuery) -> str:
    parts: Iterable[str] = (query.name, query.summary, query.description, *query.tags)
    return " ".join(parts).casefold()
