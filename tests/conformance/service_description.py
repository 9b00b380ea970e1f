"""The tests of type ``mf:ServiceDescriptionTest``, of which the manifest gives no more than names.

What they ask is written in SPARQL 1.1 Service Description, 2 to 4.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from rdflib import RDF, Graph, Namespace

from .comparison import read_graph
from .endpoint import Endpoint, content_type, expect, shown
from .manifests import FailedError, Test

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SHAPES = Path(__file__).with_name("service-description.ttl")
RDF_TYPES = "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8"


def describe(test: Test, endpoint: Endpoint) -> str:
    """Do that one of the three tests that has this name.

    Raises:
        FailedError: the description is not as the test asks, or there is no such test here.
    """
    check = CHECKS.get(test.name)
    if check is None:
        raise FailedError(f"nothing is known of {test.iri}")
    check(endpoint)
    return ""


def returns_rdf(endpoint: Endpoint) -> None:
    """See that a GET without a query is answered in RDF, also where it does not say what it accepts (2)."""
    for accept in (None, RDF_TYPES):
        expect(len(_description(endpoint, accept)) > 0, f"the description is empty for Accept: {accept}")


def has_endpoint_triple(endpoint: Endpoint) -> None:
    """See that the address that was asked is an sd:endpoint (4)."""
    endpoints = {quad.object for quad in _description(endpoint) if quad.predicate.value == str(SD.endpoint)}
    expect(ox.NamedNode(endpoint.query) in endpoints, f"sd:endpoint is {sorted(map(str, endpoints))}")


def conforms_to_schema(endpoint: Endpoint) -> None:
    """See that the vocabulary is used as it is defined (3)."""
    triples = (quad.triple for quad in _description(endpoint))
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    wrong = misuses(Graph().parse(data=text or b"", format="nt"))
    expect(not wrong, wrong)


CHECKS: dict[str, Callable[[Endpoint], None]] = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


def misuses(description: Graph) -> str:
    """Say where a description uses the vocabulary in another way than it is defined, or nothing."""
    shapes = Graph().parse(SHAPES, format="turtle")
    found = [f"{term} is no term of the vocabulary" for term in sorted(_terms(description) - _terms(shapes))]
    if (None, RDF.type, SD.Service) not in description:
        found.append("no service is described")
    # with what the vocabulary says of its own classes and instances
    conforms, _, report = pyshacl.validate(description + shapes, shacl_graph=shapes)
    return "\n".join(found if conforms else [*found, str(report)])


def _terms(graph: Graph) -> set[str]:
    return {str(term) for triple in graph for term in triple if str(term).startswith(str(SD))}


def _description(endpoint: Endpoint, accept: str | None = RDF_TYPES) -> ox.Dataset:
    reply = endpoint.send("GET", endpoint.query, [] if accept is None else [("Accept", accept)])
    expect(reply.status == 200, f"expected 200, came {shown(reply)}")
    media_type, _ = content_type(reply.headers.get("content-type"))
    return read_graph(media_type, reply.body, base=endpoint.query)
