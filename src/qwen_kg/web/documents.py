"""The home page, the description of the dataset, and what programs look for first."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from flask import Blueprint, Response, url_for

from qwen_kg.errors import NotFoundError
from qwen_kg.exports import export
from qwen_kg.formats import PAGE, Kind, by_name, choose
from qwen_kg.namespaces import BASE
from qwen_kg.web.home import home as home_page
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.named_graphs import named_graphs
from qwen_kg.web.openapi import openapi
from qwen_kg.web.problems import TYPES
from qwen_kg.web.responses import JSON, document, graph, page, prefers_page, wanted


def documents_blueprint(kg: Knowledge, context: Mapping[str, Any]) -> Blueprint:
    """Make the routes for the documents of a graph; ``context`` is its JSON-LD context."""
    blueprint = Blueprint("documents", __name__)

    @blueprint.get("/")
    def home() -> Response:
        return home_page(kg)

    @blueprint.get("/problems/<name>")
    def problem_type(name: str) -> Response:
        kind = TYPES.get(name)
        if kind is None:
            raise NotFoundError(f"there is no type of problem {name!r}", get_close_matches(name, TYPES, n=2))
        told = {"title": kind.title, "status": kind.status, "detail": inspect.getdoc(kind) or ""}
        if choose(wanted(), [JSON, PAGE], "a type of problem") is PAGE:
            return page("problem.html", told=told, about="")
        return document({"type": f"{BASE}problems/{name}", **told})

    @blueprint.get("/.well-known/void")
    def description() -> Response:
        return graph(kg, "description")

    @blueprint.get("/graph")
    def graphs() -> Response:
        if not prefers_page(wanted()):
            return graph(kg, "description")  # which lists them, too
        return page("graphs.html", graphs=named_graphs(kg.store))

    @blueprint.get("/shapes")
    def shapes() -> Response:
        return graph(kg, "shapes")

    @blueprint.get("/dataset.<extension>")
    def dump(extension: str) -> Response:
        chosen = by_name(extension)
        if Kind.GRAPH not in chosen.kinds:
            raise NotFoundError(f"the dataset does not come as {extension}")
        return Response(export(kg.quads(), chosen.name), mimetype=chosen.media_type)

    @blueprint.get("/context.jsonld")
    def jsonld_context() -> Response:
        return document(context, "application/ld+json")

    @blueprint.get("/openapi.json")
    def api() -> Response:
        return document(openapi(kg, url_for("documents.home", _external=True).rstrip("/")))

    return blueprint
