"""The JSON-LD context, made from the ontology (JSON-LD 1.1, section 4.1).

With it the facts read as plain JSON: a property is a word, an entity its name, a word of a closed vocabulary
itself. The context is published as ``ontology/context.jsonld`` and stands in every JSON-LD export, so that
no parser has to fetch anything. Whoever refers to the published one instead gives ``@base`` in the document:
a base in a context that was fetched does not count (JSON-LD 1.1, 4.1.3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from qwen_kg.exports.arrangement import Description, describe, named, natural
from qwen_kg.namespaces import PREFIXES, compact

FILE = "context.jsonld"

Definition: TypeAlias = str | dict[str, str]
Context: TypeAlias = dict[str, Definition]

#: Words of our own for what the ontology does not define. None may be the name of a term of the ontology.
WORDS: Context = {
    "id": "@id",
    "type": "@type",
    "label": {"@id": "skos:prefLabel", "@language": "en"},
    "names": {"@id": "skos:altLabel", "@container": "@language"},
    "spellings": {"@id": "skos:hiddenLabel"},
    "description": {"@id": "dcterms:description", "@language": "en"},
    "title": {"@id": "dcterms:title", "@language": "en"},
    "definition": {"@id": "skos:definition", "@language": "en"},
    "identifier": {"@id": "dcterms:identifier"},
    "issued": {"@id": "dcterms:issued", "@type": "edtf:EDTF"},
    "rights": {"@id": "dcterms:rights", "@language": "en"},
    "url": {"@id": "schema:url", "@type": "xsd:anyURI"},
    "subject": {"@id": "rdf:subject", "@type": "@id"},
    "predicate": {"@id": "rdf:predicate", "@type": "@vocab"},
    "object": {"@id": "rdf:object"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "start": {"@id": "oa:start", "@type": "xsd:integer"},
    "end": {"@id": "oa:end", "@type": "xsd:integer"},
    "events": {"@reverse": "qkg:concerns"},
    "claims": {"@reverse": "qkg:claimSubject"},
    "evaluations": {"@reverse": "qkg:evaluates"},
    "offers": {"@reverse": "qkg:offeredModel"},
    "statements": {"@reverse": "rdf:subject"},
    "versions": {"@reverse": "qkg:versionOf"},
    "passages": {"@reverse": "qkg:source"},
}

#: Terms of others that the ontology is written in.
_OF_OTHERS = {
    "rdfs:label": {"@language": "en"},
    "rdfs:comment": {"@language": "en"},
    "rdfs:subClassOf": {"@type": "@vocab"},
    "rdfs:subPropertyOf": {"@type": "@vocab"},
    "rdfs:domain": {"@type": "@vocab"},
    "rdfs:range": {"@type": "@vocab"},
    "rdfs:isDefinedBy": {"@type": "@id"},
    "owl:members": {"@type": "@vocab"},
    "skos:inScheme": {"@type": "@vocab"},
    "skos:topConceptOf": {"@type": "@vocab"},
    "skos:broader": {"@type": "@vocab"},
}

#: Datatypes that the ontology cannot name: OWL 2 has no dates (OWL 2 Structural Specification, 4).
_DATES = {
    "date": "edtf:EDTF",
    "claimDate": "edtf:EDTF",
    "offerDate": "edtf:EDTF",
    "asOf": "edtf:EDTF",
    "dateEarliest": "xsd:date",
    "dateLatest": "xsd:date",
}

_PLACES = (
    Path(__file__).parents[1] / "packaged" / "ontology",
    Path(__file__).parents[3] / "ontology",
)
_RANGE, _SCHEME, _TYPE = named("rdfs:range"), named("qkg:valueScheme"), named("rdf:type")
_KINDS = {named(f"owl:{kind}Property"): kind for kind in ("Object", "Datatype", "Annotation")}
#: Classes whose members are terms of the ontology, so that their names are words too.
_WORD_CLASSES = {named("skos:Concept"), named("skos:ConceptScheme"), named("qkg:Unit")}


def context(ontology: str | Iterable[ox.Quad]) -> Context:
    """Make the context of an ontology.

    Every property is a term. A property of objects takes names, or words where its values are of a closed
    vocabulary; one of data takes the datatype of its range. A prefix that is also a term (``license``,
    ``unit``) is left out: JSON-LD has one table for both.

    Args:
        ontology: Turtle, or the quads; several files may be one after the other.

    Raises:
        SyntaxError: the text is no Turtle.
        ValueError: the ontology defines a term that is one of :data:`WORDS`.

    >>> prefixes = "PREFIX qkg: <https://w3id.org/qwen-kg/ns#> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
    >>> context(prefixes + "qkg:variantOf a owl:ObjectProperty .")["variantOf"]
    {'@id': 'qkg:variantOf', '@type': '@id'}
    """
    quads = ox.parse(ontology, format=ox.RdfFormat.TURTLE) if isinstance(ontology, str) else ontology
    own: Context = {}
    foreign: Context = {name: {"@id": name, **how} for name, how in _OF_OTHERS.items()}
    for subject, description in describe(quads).items():
        kinds = [_KINDS[kind] for kind in _nodes(description, _TYPE) if kind in _KINDS]
        if kinds and isinstance(subject, ox.NamedNode):
            curie = compact(subject.value)
            if curie.startswith("qkg:"):
                name = curie.removeprefix("qkg:")
                own[name] = {"@id": curie, **_coercion(name, kinds[0], description)}
            elif kinds[0] == "Object":
                foreign.setdefault(curie, {"@id": curie, "@type": "@id"})
    if clash := sorted(WORDS.keys() & own.keys()):
        raise ValueError(f"the ontology defines words that the JSON-LD context uses: {', '.join(clash)}")
    prefixes = {name: iri for name, iri in PREFIXES.items() if name not in own and name not in WORDS}
    return {
        "@base": PREFIXES["id"],
        "@vocab": PREFIXES["qkg"],
        **prefixes,
        **WORDS,
        **_sorted(own),
        **_sorted(foreign),
    }


def _nodes(description: Description, predicate: ox.NamedNode) -> list[ox.NamedNode]:
    return [value for value in description.get(predicate, []) if isinstance(value, ox.NamedNode)]


def _coercion(name: str, kind: str, description: Description) -> dict[str, str]:
    """Give the part of a definition that says what a plain string stands for."""
    ranges = _nodes(description, _RANGE)
    if _SCHEME in description or not _WORD_CLASSES.isdisjoint(ranges):
        return {"@type": "@vocab"}
    if kind == "Object":
        return {"@type": "@id"}
    datatypes = [compact(each.value) for each in ranges]
    if "rdf:langString" in datatypes:
        return {"@language": "en"}
    found = _DATES.get(name) or next((each for each in datatypes if each.startswith("xsd:")), "xsd:string")
    return {} if found == "xsd:string" else {"@type": found}


def _sorted(terms: Context) -> Context:
    return {name: terms[name] for name in sorted(terms, key=natural)}


@cache
def published() -> Context:
    """Give the context that is published with the ontology, from the package or the checkout.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for place in _PLACES:
        if (place / FILE).is_file():
            found: Context = json.loads((place / FILE).read_text("utf-8"))["@context"]
            return found
    raise FileNotFoundError(f"{FILE} is neither in {' nor in '.join(map(str, _PLACES))}")
