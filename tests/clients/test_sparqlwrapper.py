"""SPARQLWrapper, the client that most Python programs use, as it comes: with its parameters beside Accept."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from xml.dom.minidom import Document

import pytest
from rdflib import Graph
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDF,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
    SPARQLWrapper2,
)  # fmt: skip
from SPARQLWrapper.SPARQLExceptions import EndPointNotFound, QueryBadFormed, Unauthorized

from ..serving import Server
from .questions import (
    ASK,
    ASK_FALSE,
    AWKWARD,
    AWKWARD_LITERAL,
    BROKEN,
    CONSTRUCT,
    DESCRIBE,
    FACTS,
    SELECT,
    Row,
)

pytestmark = [  # its own: a class of rdflib that it uses, and that it sends Accept: */* for a format and gets another
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Sending Accept header:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:Format requested was RDF:RuntimeWarning"),
]

WAYS = {"GET": (GET, URLENCODED), "form": (POST, URLENCODED), "direct": (POST, POSTDIRECTLY)}


def asking(server: Server, query: str, way: str = "GET", form: str = JSON) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{server.url}/sparql")
    method, request_method = WAYS[way]
    client.setMethod(method)
    client.setRequestMethod(request_method)
    client.setReturnFormat(form)
    client.setQuery(query)
    return client


def of_json(answer: Any) -> set[Row]:
    return {
        (row["variant"]["value"], row["name"]["value"], int(row["size"]["value"]))
        for row in answer["results"]["bindings"]
    }


def of_xml(answer: Document) -> set[Row]:
    rows = set()
    for result in answer.getElementsByTagName("result"):
        found = {}
        for binding in result.getElementsByTagName("binding"):
            term = next(node for node in binding.childNodes if node.nodeType == node.ELEMENT_NODE)
            found[binding.getAttribute("name")] = term.firstChild.data
        rows.add((found["variant"], found["name"], int(found["size"])))
    return rows


def of_csv(answer: bytes) -> set[Row]:
    head, *rows = csv.reader(io.StringIO(answer.decode()))
    assert head == ["variant", "name", "size"]
    return {(variant, name, int(size)) for variant, name, size in rows}


def of_tsv(answer: bytes) -> set[Row]:
    head, *rows = (line.split("\t") for line in answer.decode().splitlines())
    assert head == ["?variant", "?name", "?size"]
    return {(variant.strip("<>"), name.split('"')[1], int(size)) for variant, name, size in rows}


TABLES: dict[str, Callable[[Any], set[Row]]] = {JSON: of_json, XML: of_xml, CSV: of_csv, TSV: of_tsv}


@pytest.mark.parametrize("only_negotiation", [False, True], ids=["parameters", "accept"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", TABLES)
def test_select(server: Server, sizes: set[Row], form: str, way: str, only_negotiation: bool) -> None:
    client = asking(server, SELECT, way, form)
    client.setOnlyConneg(only_negotiation)
    assert TABLES[form](client.queryAndConvert()) == sizes


@pytest.mark.parametrize("only_negotiation", [False, True], ids=["parameters", "accept"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", [JSON, XML])
def test_ask(server: Server, form: str, way: str, only_negotiation: bool) -> None:
    for query, expected in ((ASK, True), (ASK_FALSE, False)):
        client = asking(server, query, way, form)
        client.setOnlyConneg(only_negotiation)
        answer = client.queryAndConvert()
        if form == JSON:
            assert answer["boolean"] is expected
        else:
            assert answer.getElementsByTagName("boolean")[0].firstChild.data == str(expected).lower()


@pytest.mark.parametrize("only_negotiation", [False, True], ids=["parameters", "accept"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", [TURTLE, N3, XML, RDFXML, RDF, JSONLD])
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["CONSTRUCT", "DESCRIBE"])
def test_graphs(
    server: Server, graphs: dict[str, Graph], query: str, form: str, way: str, only_negotiation: bool
) -> None:
    client = asking(server, query, way, form)
    client.setOnlyConneg(only_negotiation)
    answer = client.queryAndConvert()
    found = Graph().parse(data=answer, format="turtle") if isinstance(answer, bytes) else answer
    assert set(found) == set(graphs["CONSTRUCT" if query is CONSTRUCT else "DESCRIBE"])


def test_without_any_setting(server: Server, graphs: dict[str, Graph]) -> None:
    client = SPARQLWrapper(f"{server.url}/sparql")
    client.setQuery(ASK)
    assert client.queryAndConvert().getElementsByTagName("boolean")
    client.setQuery(CONSTRUCT)
    assert set(client.queryAndConvert()) == set(graphs["CONSTRUCT"])


@pytest.mark.parametrize("way", WAYS)
def test_graphs_of_the_dataset(server: Server, way: str) -> None:
    counts = {}
    for name in (None, FACTS, "https://example.org/none"):
        client = asking(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", way)
        if name:
            client.addDefaultGraph(name)
        counts[name] = int(client.queryAndConvert()["results"]["bindings"][0]["n"]["value"])
    assert counts[None] > counts[FACTS] > counts["https://example.org/none"] == 0
    named = asking(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", way)
    named.addNamedGraph(FACTS)
    assert [row["g"]["value"] for row in named.queryAndConvert()["results"]["bindings"]] == [FACTS]


@pytest.mark.parametrize("way", WAYS)
def test_awkward_characters(server: Server, way: str) -> None:
    query = f"SELECT ?x {{ VALUES ?x {{ {AWKWARD_LITERAL} }} }}"
    answer = asking(server, query, way).queryAndConvert()
    assert answer["results"]["bindings"][0]["x"]["value"] == AWKWARD


def test_the_second_interface(server: Server, sizes: set[Row]) -> None:
    client = SPARQLWrapper2(f"{server.url}/sparql")
    client.setQuery(SELECT)
    rows = client.query().bindings
    assert {(row["variant"].value, row["name"].value, int(row["size"].value)) for row in rows} == sizes
    assert {row["name"].lang for row in rows} == {"en"}


def test_the_command_line(server: Server, sizes: set[Row]) -> None:
    command = [
        sys.executable,
        "-m",
        "SPARQLWrapper.main",
        "-e",
        f"{server.url}/sparql",
        "-F",
        "json",
        "-Q",
        SELECT,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert of_json(json.loads(done.stdout)) == sizes


@pytest.mark.parametrize("way", WAYS)
def test_errors_have_its_classes(server: Server, way: str) -> None:
    with pytest.raises(QueryBadFormed, match=r"line.*column"):
        asking(server, BROKEN, way).query()
    with pytest.raises(HTTPError, match="406"):
        asking(server, SELECT, way, TURTLE).query()
    client = asking(server, SELECT, way)
    client.endpoint = f"{server.url}/nowhere"
    with pytest.raises(EndPointNotFound):
        client.query()


@pytest.mark.parametrize("way", ["form", "direct"])
def test_update(editable: Server, way: str) -> None:
    graph = f"https://example.org/sparqlwrapper/{way}"
    insert = f"INSERT DATA {{ GRAPH <{graph}> {{ <x:s> <x:p> {AWKWARD_LITERAL} }} }}"
    with pytest.raises(Unauthorized):
        asking(editable, insert, way).query()
    with_password = asking(editable, insert, way)
    with_password.setCredentials("user", editable.token)
    with pytest.raises(Unauthorized):
        with_password.query()
    with_token = asking(editable, insert, way)
    with_token.addCustomHttpHeader("Authorization", f"Bearer {editable.token}")
    assert with_token.query().response.status in {200, 204}
    back = asking(editable, f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").queryAndConvert()
    assert [row["o"]["value"] for row in back["results"]["bindings"]] == [AWKWARD]
    with_token.setQuery(f"CLEAR GRAPH <{graph}>")
    with_token.query()
    assert asking(editable, f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").queryAndConvert()["boolean"] is False
