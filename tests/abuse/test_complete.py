"""A 200 is the whole answer: all rows, as long as its headers say, in a form that can be read to the end."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from ..serving import Reply, Server
from .wire import ask, connected, get, query, send

ALL = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"
TRIPLES = "CONSTRUCT WHERE { ?s ?p ?o }"
RESULT = ".//{http://www.w3.org/2005/sparql-results#}result"

COUNTS: dict[str, Callable[[bytes], int]] = {
    "application/sparql-results+json": lambda body: len(json.loads(body)["results"]["bindings"]),
    "application/sparql-results+xml": lambda body: len(ElementTree.fromstring(body).findall(RESULT)),
    "text/csv": lambda body: len(list(csv.reader(io.StringIO(body.decode(), newline="")))) - 1,
    "text/tab-separated-values": lambda body: body.count(b"\n") - 1,
}

RDF = ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "application/trig",
       "application/n-quads"]  # fmt: skip


def whole(reply: Reply, media_type: str) -> bytes:
    assert reply.status == 200
    assert reply.headers["content-type"].split(";")[0] == media_type
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert "transfer-encoding" not in reply.headers
    encoded = reply.headers.get("content-encoding") == "gzip"
    return gzip.decompress(reply.body) if encoded else reply.body


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("media_type", COUNTS)
def test_all_rows(small_server: Server, small_dataset: list[ox.Quad], media_type: str, encoding: str) -> None:
    for _ in range(2):  # the second answer may come from a cache
        reply = small_server.ask("GET", query(ALL), {"Accept": media_type, "Accept-Encoding": encoding})
        assert COUNTS[media_type](whole(reply, media_type)) == len(small_dataset)


@pytest.mark.parametrize("media_type", RDF)
def test_all_triples(server: Server, built_dataset: list[ox.Quad], media_type: str) -> None:
    triples = {quad.triple for quad in built_dataset}
    body = whole(server.ask("GET", query(TRIPLES), {"Accept": media_type}), media_type)
    found = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.from_media_type(media_type))]
    assert len(found) == len(triples)
    assert {triple.predicate for triple in found} == {triple.predicate for triple in triples}


@pytest.mark.parametrize("rows", [0, 1, 2, 999, 1000, 1001, 10_000, 100_000])
def test_as_many_rows_as_were_asked_for(server: Server, rows: int) -> None:
    reply = ask(server, f"SELECT ?a ?d {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {rows}")
    assert COUNTS["application/sparql-results+json"](whole(reply, "application/sparql-results+json")) == rows


def test_answers_after_each_other_on_one_connection(server: Server) -> None:
    """Requests that are sent before the answers are read get theirs in order, each whole (RFC 9112, 9.3.2)."""
    requests = [get(query(f"SELECT ({number} AS ?n) {{}}")) for number in range(20)]
    with connected(server) as connection:
        send(connection, b"".join(requests) + get(query("ASK {}"), "Connection: close"))
        answers = b"".join(iter(lambda: connection.recv(65536), b"")).split(b"HTTP/1.1 200 OK\r\n")[1:]
    *numbered, last = (answer.partition(b"\r\n\r\n")[2] for answer in answers)
    found = [json.loads(body)["results"]["bindings"][0]["n"]["value"] for body in numbered]
    assert found == [str(number) for number in range(20)]
    assert json.loads(last)["boolean"] is True
