"""The HTTP exchanges of a test, as manifests write them in the HTTP vocabulary.

The vocabulary is that of https://www.w3.org/TR/HTTP-in-RDF10/ with terms of the test manifests for what is
expected. A property that is not known here is an error, so that nothing a manifest asks is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

from .manifests import DAWGT, MF, Test, only, path_of

HT = Namespace("http://www.w3.org/2011/http#")
HTS = Namespace("http://www.w3.org/2011/http-statusCodes#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

Headers = tuple[tuple[str, str], ...]
"""Names, in lower case, and values."""

#: The properties that each kind of node may have.
KNOWN: dict[str, set[URIRef]] = {
    "test": {RDF.type, MF.name, MF.requires, MF.action, UT.graphData, DAWGT.approval, DAWGT.approvedBy},
    "data": {UT.graph, RDFS.label},
    "connection": {RDF.type, HT.connectionAuthority, HT.requests},
    "request": {RDF.type, HT.absolutePath, HT.methodName, HT.httpVersion, HT.headers, HT.body, HT.resp},
    "response": {
        RDF.type,
        HT.headers,
        HT.body,
        MF.expectedStatus,
        MF.expectedBoolean,
        MF.expectedFormat,
        MF.expectedLocation,
    },
    "header": {RDF.type, HT.fieldName, HT.fieldValue},
    "body": {RDF.type, CNT.characterEncoding, CNT.chars},
}

STATUSES = {HTS[status.phrase.replace(" ", "")]: {int(status)} for status in HTTPStatus} | {
    HTS[f"StatusCode{first}xx"]: set(range(100 * first, 100 * first + 100)) for first in range(1, 6)
}


@dataclass(frozen=True)
class Expected:
    """What is expected of a response; None where the manifest does not say."""

    statuses: frozenset[int]
    boolean: bool | None = None
    format: str | None = None
    location: str | None = None
    headers: Headers = ()
    body: str | None = None


@dataclass(frozen=True)
class Exchange:
    """A request, with ``path`` and ``body`` as in the manifest, and what is expected of its response."""

    method: str
    path: str
    headers: Headers
    body: str | None
    encoding: str
    expected: Expected


def exchanges(test: Test) -> list[Exchange]:
    """Read the requests of a test, in order.

    Raises:
        AssertionError: the manifest says something that is not known here.
    """
    graph = test.graph
    connection = only(graph, _known(graph, test.iri, "test"), MF.action)
    requests = only(graph, _known(graph, connection, "connection"), HT.requests)
    return [_exchange(graph, request) for request in graph.items(requests)]


def graph_data(test: Test) -> dict[str, bytes]:
    """Read the documents that have to be in the store, as N-Triples, by the IRIs of their graphs."""
    return {
        str(only(test.graph, data, RDFS.label)): path_of(only(test.graph, data, UT.graph)).read_bytes()
        for data in test.graph.objects(test.iri, UT.graphData)
        if _known(test.graph, data, "data")
    }


def _exchange(graph: Graph, request: Node) -> Exchange:
    _known(graph, request, "request")
    assert str(only(graph, request, HT.httpVersion)) == "1.1"
    body, encoding = _body(graph, request)
    return Exchange(
        str(only(graph, request, HT.methodName)),
        str(only(graph, request, HT.absolutePath)),
        _headers(graph, request),
        body,
        encoding,
        _expected(graph, _known(graph, only(graph, request, HT.resp), "response")),
    )


def _expected(graph: Graph, response: Node) -> Expected:
    statuses = [STATUSES[URIRef(str(each))] for each in graph.objects(response, MF.expectedStatus)]
    assert statuses, "no status is expected"
    boolean = _maybe(graph, response, MF.expectedBoolean)
    return Expected(
        frozenset().union(*statuses),
        None if boolean is None else {"true": True, "false": False}[boolean],
        _maybe(graph, response, MF.expectedFormat),
        _maybe(graph, response, MF.expectedLocation),
        _headers(graph, response),
        _body(graph, response)[0],
    )


def _headers(graph: Graph, message: Node) -> Headers:
    items = graph.value(message, HT.headers)
    nodes: Iterable[Node] = () if items is None else graph.items(items)
    return tuple(
        (str(only(graph, node, HT.fieldName)).lower(), str(only(graph, node, HT.fieldValue)))
        for node in nodes
        if _known(graph, node, "header")
    )


def _body(graph: Graph, message: Node) -> tuple[str | None, str]:
    node = graph.value(message, HT.body)
    if node is None:
        return None, ""
    _known(graph, node, "body")
    return str(only(graph, node, CNT.chars)), str(only(graph, node, CNT.characterEncoding))


def _maybe(graph: Graph, node: Node, predicate: URIRef) -> str | None:
    return str(only(graph, node, predicate)) if (node, predicate, None) in graph else None


def _known(graph: Graph, node: Node, kind: str) -> Node:
    unknown = set(graph.predicates(node)) - KNOWN[kind]
    assert not unknown, f"nothing is known of {unknown}"
    return node
