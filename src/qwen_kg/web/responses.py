"""Answers as HTTP responses, and which form of an answer a request asks for."""

from __future__ import annotations

import functools
from typing import Any

from flask import Response, jsonify, render_template, request

from qwen_kg.errors import NotAcceptableError
from qwen_kg.formats import FORMATS, PAGE, Format, Kind, as_accept, choose
from qwen_kg.namespaces import PREFIXES
from qwen_kg.results import Result
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.named_graphs import beginning, named_graph

JSON = Format("json", "application/json", ("application/sparql-results+json",), "json", frozenset(Kind))
"""JSON that is neither a SPARQL result nor RDF, such as a list of saved queries."""


def wanted(name: str | None = None) -> str | None:
    """Give what the request asks for, as an Accept header; see :func:`accepted`.

    Args:
        name: the format, where it was read elsewhere than from the query string, as from a form.
    """
    named = ",".join(request.args.getlist("format")) if name is None else name
    return accepted(named, request.headers.get("Accept"))


def accepted(name: str | None, accept: str | None) -> str | None:
    """Give what is asked for, as an Accept header: a format chosen by name beats the header.

    Raises:
        InputError: there is no such format.
    """
    if not name:
        return accept
    return PAGE.media_type if name.lower() in {PAGE.name, PAGE.media_type} else as_accept(name)


@functools.lru_cache(maxsize=256)
def prefers_page(accept: str | None) -> bool:
    """Say whether a page for people is preferred to all formats of the data; it has to be asked for.

    >>> prefers_page("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    True
    >>> prefers_page("*/*")
    False
    """
    try:
        return choose(accept, [*FORMATS, PAGE]) is PAGE
    except NotAcceptableError:
        return False


def data(result: Result) -> Response:
    """Send an answer; text formats are labelled as UTF-8, which they are."""
    response = Response(result.body, mimetype=result.media_type)
    response.vary.add("Accept")
    return response


def graph(kg: Knowledge, name: str) -> Response:
    """Send a named graph of ours as a document; browsers get a page that tells of it.

    Raises:
        NotFoundError: the store has no graph of that name.
    """
    accept, iri = wanted(), PREFIXES["graph"] + name
    if not prefers_page(accept):
        return data(kg.graph(iri, accept))
    told = named_graph(kg.store, iri)
    if not told.triples:
        kg.graph(iri)  # which says that there is none
    formats = [each for each in FORMATS if Kind.GRAPH in each.kinds]
    return page("graph.html", told=told, beginning=beginning(kg.store, iri), formats=formats)


def document(value: object, media_type: str = JSON.media_type) -> Response:
    """Send a JSON document."""
    response = jsonify(value)
    response.mimetype = media_type
    response.vary.add("Accept")
    return response


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Send a page for people."""
    response = Response(render_template(template, **values), status, mimetype=PAGE.media_type)
    response.vary.add("Accept")
    return response
