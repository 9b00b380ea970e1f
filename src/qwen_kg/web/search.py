"""``/search``: what has a part of a name, for programs and suggestions as JSON, for people as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from qwen_kg.errors import ParameterError
from qwen_kg.formats import PAGE, choose
from qwen_kg.namespaces import BASE, PREFIXES, compact
from qwen_kg.search import Found
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.paging import Paging
from qwen_kg.web.responses import JSON, document, page, wanted
from qwen_kg.web.tables import link

_MOST = 100  # results on one page
_USUAL = 20
_DESCRIPTION = "application/opensearchdescription+xml"


def search_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for searching a graph by name."""
    blueprint = Blueprint("search", __name__)

    @blueprint.get("/search")
    def search() -> Response:
        given = {name: value.strip() for name, value in request.args.items() if value.strip()}
        text, kind = given.get("q", ""), given.get("class")
        first, limit = number(given, "from", 0), number(given, "limit", _USUAL, least=1, most=_MOST)
        found = kg.index.search(text, kind)
        suggestions = kg.index.close(text) if text and not found else []
        fields = {name: value for name, value in given.items() if name != "format"}
        paging = Paging(url_for("search.search"), fields, first, limit, len(found))
        shown = [(each, page_of(each.iri)) for each in found[first : first + limit]]
        if choose(wanted(), [JSON, PAGE], "what was found") is PAGE:
            return page(
                "search.html",
                text=text,
                kind=kind,
                shown=shown,
                kinds=_kinds(found, text) if not kind else [],
                all_kinds=kg.index.kinds,
                every=_address(q=text),
                suggestions=suggestions,
                paging=paging,
            )
        return document(
            {
                "query": text,
                "total": len(found),
                "results": [_as_json(each, path) for each, path in shown],
                "suggestions": suggestions,
                "next": paging.next or None,
            }
        )

    @blueprint.get("/opensearch.xml")
    def description() -> Response:
        return Response(render_template("opensearch.xml"), mimetype=_DESCRIPTION)

    return blueprint


def page_of(iri: str) -> str:
    """Give the path of the page of an IRI, which is the term's place on the page of the ontology for a term.

    A listed licence has its IRI from SPDX, and its page here is found by its CURIE.

    >>> page_of("https://w3id.org/qwen-kg/id/Qwen3")
    '/page/Qwen3'
    >>> page_of("https://w3id.org/qwen-kg/ns#license")
    '/ns#license'
    """
    if iri.startswith(BASE) and not iri.startswith(PREFIXES["qkg"]):
        return "/page/" + iri.removeprefix(BASE).removeprefix("id/")
    if iri.startswith(PREFIXES["license"]):
        return "/page/" + compact(iri)
    return link(iri)


def number(given: Mapping[str, str], name: str, usual: int, least: int = 0, most: int | None = None) -> int:
    """Read a number that a request gives; more than the most is taken as the most.

    Raises:
        ParameterError: it is no number, or less than the least.
    """
    text = given.get(name, str(usual))
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < least:
        raise ParameterError(f"{name} is a number from {least}, not {text[:40]!r}")
    return int(text) if most is None else min(int(text), most)


def _as_json(found: Found, path: str) -> dict[str, Any]:
    return {
        "iri": found.iri,
        "label": found.label,
        "matched": found.matched,
        "kind": found.kind,
        "description": found.description,
        "page": path,
    }


def _kinds(found: list[Found], text: str) -> list[tuple[str, int, str]]:
    """Count the kinds of what was found, each with the address that narrows the search to it."""
    counted = Counter(each.kind for each in found).most_common()
    return [(kind, count, _address(q=text, **{"class": kind})) for kind, count in counted]


def _address(**fields: str) -> str:
    given = {name: value for name, value in fields.items() if value}
    return url_for("search.search") + ("?" + urlencode(given) if given else "")
