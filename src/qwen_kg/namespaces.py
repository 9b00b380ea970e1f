"""The IRIs of this project and of the vocabularies it uses.

A misspelt term of our own is an error when it is used, because :data:`QKG` is closed over the terms of
the ontology by a test, and :func:`prefixes` is the one table of prefixes for queries and serializations.
"""

from __future__ import annotations

BASE = "https://w3id.org/qwen-kg/"

PREFIXES: dict[str, str] = {
    "qkg": BASE + "ns#",
    "id": BASE + "id/",
    "st": BASE + "statement/",
    "src": BASE + "source/",
    "graph": BASE + "graph/",
    "query": BASE + "queries/",
    "shape": BASE + "shapes#",
    "ai": "https://w3id.org/dpv/ai#",
    "airo": "https://w3id.org/airo#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "fair4ml": "https://w3id.org/fair4ml/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "it6": "http://data.europa.eu/it6/",
    "mls": "http://www.w3.org/ns/mls#",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "spdxai": "https://spdx.org/rdf/3.0.1/terms/AI/",
    "license": "http://spdx.org/licenses/",
    "unit": "http://qudt.org/vocab/unit/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def expand(curie: str) -> str:
    """Give the IRI of a CURIE such as ``qkg:successorOf``.

    Raises:
        KeyError: the prefix is not in :data:`PREFIXES`.

    >>> expand("id:Qwen3")
    'https://w3id.org/qwen-kg/id/Qwen3'
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def compact(iri: str) -> str:
    """Give the CURIE of an IRI, or the IRI itself where no prefix fits.

    >>> compact("https://w3id.org/qwen-kg/id/Qwen3")
    'id:Qwen3'
    >>> compact("https://example.org/x")
    'https://example.org/x'
    """
    fitting = [(len(ns), prefix) for prefix, ns in PREFIXES.items() if iri.startswith(ns) and iri != ns]
    if not fitting:
        return iri
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def prologue() -> str:
    """Give the SPARQL prologue that declares every prefix, one a line."""
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
