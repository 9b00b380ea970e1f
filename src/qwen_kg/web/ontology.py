"""``/ns``: the ontology, as data for programs and as documentation for people."""

from __future__ import annotations

from flask import Blueprint, Response, request

from qwen_kg.errors import NotFoundError
from qwen_kg.formats import FORMATS, PAGE, Kind, choose
from qwen_kg.namespaces import PREFIXES
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.ontology_examples import add_examples
from qwen_kg.web.ontology_terms import IRI, KINDS, Ontology, read
from qwen_kg.web.responses import data, page, wanted

_GRAPH_FORMATS = [each for each in FORMATS if Kind.GRAPH in each.kinds]


def ontology_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for the ontology of a graph."""
    blueprint = Blueprint("ontology", __name__)

    @blueprint.get("/ns")
    def ontology() -> Response:
        accept = wanted()
        if choose(accept, [*_GRAPH_FORMATS, PAGE], "the ontology") is not PAGE:
            return data(kg.graph(PREFIXES["graph"] + "ontology", accept))
        found = read(kg.store)
        add_examples(found, kg.store)
        return page(
            "ontology.html",
            ontology=found,
            titles={kind: title for kind, (title, _) in KINDS.items()},
            about={name.partition(":")[2]: values[0] for name, values in found.about.items() if values},
            formats=[(each, f"{request.path}?format={each.name}") for each in _GRAPH_FORMATS],
            linked_data=_linked_data(found),
        )

    @blueprint.get("/ns/<version>")
    def ontology_version(version: str) -> Response:
        if version != kg.release:
            raise NotFoundError(f"this is version {kg.release} of the ontology, not {version}")
        return ontology()

    return blueprint


def _linked_data(ontology: Ontology) -> dict[str, object]:
    """Give what search engines read of the ontology (schema.org)."""

    def first(name: str) -> str:
        return next(iter(ontology.about.get(name, ())), "")

    told = {
        "name": first("dcterms:title"),
        "description": first("dcterms:description"),
        "version": first("owl:versionInfo"),
        "license": first("dcterms:license"),
        "dateModified": first("dcterms:modified"),
    }
    said = {name: value for name, value in told.items() if value}
    return {"@context": "https://schema.org", "@type": "DefinedTermSet", "@id": IRI, "url": IRI, **said}
