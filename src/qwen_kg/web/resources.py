"""``/id/...``, ``/statement/...``, ``/source/...`` and so on: what the IRIs of this project lead to.

An entity is not a document, so its IRI answers 303 with the address of one about it (Cool URIs for the
Semantic Web, 4.2): ``/page/...`` for people, ``/data/....ttl`` and so on for programs. A named graph is a
document, and is sent itself.
"""

from __future__ import annotations

import re

import pyoxigraph as ox
from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import NotFoundError
from qwen_kg.formats import FORMATS, PAGE, Kind, choose
from qwen_kg.namespaces import BASE, PREFIXES
from qwen_kg.web.entity.asking import window
from qwen_kg.web.entity.page import entity
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.responses import data, graph, page, wanted
from qwen_kg.web.tables import RESULTS, table

_GRAPH_FORMATS = [each for each in FORMATS if Kind.GRAPH in each.kinds]
_EXTENSIONS = {each.extension: each for each in _GRAPH_FORMATS}
# What stands beside id/ in our IRIs; no entity has such a name.
_SPACES = {"statement", "source", "graph", "dataset", "prefixes"}
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def resources_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for the entities of a graph."""
    blueprint = Blueprint("resources", __name__)

    @blueprint.get("/id/<path:name>")
    @blueprint.get("/<any(dataset, prefixes):name>")
    def resource(name: str) -> Response:
        chosen = choose(wanted(), [*_GRAPH_FORMATS, PAGE], "this entity")
        _require(kg, _iri(name))
        if chosen is PAGE:
            target = url_for("resources.show", name=name)
        else:
            target = url_for("resources.document", file=f"{name}.{chosen.extension}")
        response = Response(status=303, headers={"Location": target})
        response.vary.add("Accept")
        return response

    @blueprint.get("/<any(statement, source, dataset, prefixes):space>/<path:rest>")
    @blueprint.get("/<any(graph):space>/<name>/<path:rest>")
    def other(space: str, rest: str, name: str = "") -> Response:
        return resource("/".join(part for part in (space, name, rest) if part))

    @blueprint.get("/data/<path:file>")
    def document(file: str) -> Response:
        name, _, extension = file.rpartition(".")  # names have dots themselves
        chosen = _EXTENSIONS.get(extension)
        if chosen is None:
            raise NotFoundError(
                f"the address of data ends in .{', .'.join(_EXTENSIONS)}, and {file} does not"
            )
        response = data(kg.describe(_iri(name), chosen.media_type))
        del response.headers["Vary"]  # the address alone says which format it is
        return response

    @blueprint.get("/page/<path:name>")
    def show(name: str) -> Response:
        found = entity(kg, _iri(name), window(request.path, request.args), request.base_url)
        links = [
            (each, url_for("resources.document", file=f"{name}.{each.extension}")) for each in _GRAPH_FORMATS
        ]
        response = page("entity.html", entity=found, head=found.head, links=links)
        del response.headers["Vary"]
        return response

    @blueprint.get("/graph/<name>")
    def named_graph(name: str) -> Response:
        _iri(f"graph/{name}")
        return graph(kg, name)

    return blueprint


def _require(kg: Knowledge, iri: str) -> None:
    """See that the graph knows an IRI, which takes less than to describe it.

    Raises:
        NotFoundError: it does not.
    """
    try:
        node = ox.NamedNode(iri)
    except ValueError as error:
        raise NotFoundError(f"{iri!r} is no IRI: {error}") from None
    if table(kg.store.query(f"ASK {{ {node} ?property ?value }}", accept=RESULTS)) is not True:
        raise NotFoundError(f"the graph knows nothing of <{iri}>")


def _iri(name: str) -> str:
    """Give the IRI that a name on this site stands for; a CURIE stands for what has its IRI elsewhere.

    Raises:
        NotFoundError: the name has characters that no IRI has.
    """
    if _NO_IRI.search(name):
        raise NotFoundError(f"there is nothing called {name!r}")
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return BASE + (name if name.partition("/")[0] in _SPACES else "id/" + name)
