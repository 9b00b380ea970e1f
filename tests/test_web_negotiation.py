"""Which form of an answer is given, and by which methods: RFC 9110 over the real server."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from qwen_kg.formats import FORMATS, Kind

from .asking import BROWSER, FORM, QUERY, media_type, post, problem, url
from .serving import Reply, Server

SELECT = "SELECT ?s { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
RESULTS = [each.media_type for each in FORMATS if Kind.BINDINGS in each.kinds]
RDF = [each.media_type for each in FORMATS if Kind.GRAPH in each.kinds]

#: What is asked, in the words of Accept, and what comes; the query after ``|`` is a CONSTRUCT.
CHOICES = {
    "nothing": ("", JSON),
    "anything": ("*/*", JSON),
    "one": ("text/csv", "text/csv"),
    "another spelling": ("TEXT/CSV", "text/csv"),
    "an alias": ("application/json", JSON),
    "the better one": ("text/csv;q=0.5, text/tab-separated-values;q=0.6", "text/tab-separated-values"),
    "the better one, first": ("text/csv;q=0.9,application/sparql-results+xml;q=0.8", "text/csv"),
    "three digits": ("text/csv;q=0.001, application/sparql-results+xml;q=0.002", XML),
    "spaces": (" text/csv ; q=0.1 ,\t application/sparql-results+xml ; q=0.2 ", XML),
    "a range of types": ("text/*", "text/csv"),
    "what is named beats what is meant too": ("*/*;q=0.9, text/csv", "text/csv"),
    "a type beats anything": ("*/*;q=0.1, text/*;q=0.2", "text/csv"),
    "what is named may be worse than the rest": ("*/*, application/sparql-results+json;q=0.1", XML),
    "not that one": ("application/sparql-results+json;q=0, */*;q=0.1", XML),
    "not that type": ("text/*;q=0, application/sparql-results+json;q=0, */*", XML),
    "a parameter that says nothing": ("text/csv;charset=utf-8", "text/csv"),
    "a parameter after q": ("text/csv;q=0.9;level=1, application/sparql-results+xml;q=0.5", "text/csv"),
    "a parameter that nothing has": ("text/csv;header=absent, text/tab-separated-values;q=0.1", "text/tab-separated-values"),
    "what is not there, then what is": ("image/png, text/csv;q=0.1", "text/csv"),
    "a quoted comma": ('image/png;x="text/csv,", application/sparql-results+xml', XML),
    "what a graph would be in, then results": ("text/turtle, text/csv;q=0.1", "text/csv"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHOICES)
def test_the_best_of_what_is_accepted(sampled: Server, case: str) -> None:
    accept, expected = CHOICES[case]
    answer = sampled.ask("GET", url(query=SELECT), {"Accept": accept})
    assert (answer.status, media_type(answer)) == (200, expected)


@pytest.mark.parametrize(
    "accept", ["text/turtle", "image/png", "*/*;q=0", "text/csv;q=0", "text/csv;header=absent"]
)
def test_what_cannot_be_given_is_406_with_what_can(sampled: Server, accept: str) -> None:
    assert problem(sampled.ask("GET", url(query=SELECT), {"Accept": accept}), 406)["offered"] == RESULTS


def test_several_headers_are_one(sampled: Server) -> None:
    """RFC 9110, 5.3: a header that comes twice is one with both values."""
    answer = sampled.ask("GET", url(query=SELECT), {"Accept": "image/png", "accept": "text/csv"})
    assert media_type(answer) == "text/csv"


@pytest.mark.parametrize("accept", [None, "*/*"])
def test_what_comes_when_nothing_is_said(sampled: Server, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    for query, expected in (
        (SELECT, JSON),
        ("ASK {}", JSON),
        (CONSTRUCT, "text/turtle"),
        ("DESCRIBE <https://w3id.org/qwen-kg/id/Qwen2.5-VL>", "text/turtle"),
    ):
        assert media_type(sampled.ask("GET", url(query=query), headers)) == expected


@pytest.mark.parametrize("rdf", RDF)
def test_a_select_is_never_in_a_format_of_graphs(sampled: Server, rdf: str) -> None:
    for query in (SELECT, "ASK {}"):
        problem(sampled.ask("GET", url(query=query), {"Accept": rdf}), 406)
        problem(sampled.ask("GET", url(query=query, format=rdf)), 406)
        problem(post(sampled, "/sparql", FORM, urlencode({"query": query, "format": rdf}), {}), 406)


@pytest.mark.parametrize("results", RESULTS)
def test_a_graph_is_never_in_a_format_of_results(sampled: Server, results: str) -> None:
    for query in (CONSTRUCT, "DESCRIBE <https://w3id.org/qwen-kg/id/Qwen2.5-VL>"):
        told = problem(sampled.ask("GET", url(query=query), {"Accept": results}), 406)
        assert told["offered"] == RDF
        problem(sampled.ask("GET", url(query=query, format=results)), 406)


def test_a_format_by_name_beats_the_header(sampled: Server) -> None:
    for accept in ("text/turtle", "image/png", "text/csv;q=0, */*", "application/sparql-results+xml"):
        got = sampled.ask("GET", url(query=SELECT, format="csv"), {"Accept": accept})
        posted = post(
            sampled, "/sparql", FORM, urlencode({"query": SELECT, "format": "csv"}), {"Accept": accept}
        )
        direct = post(sampled, "/sparql?format=csv", QUERY, SELECT, {"Accept": accept})
        assert [media_type(each) for each in (got, posted, direct)] == ["text/csv"] * 3


# Methods

#: An address of each route, and the methods that it has.
ROUTES = {
    "/": {"GET", "HEAD", "OPTIONS"},
    "/sparql": {"GET", "HEAD", "POST", "QUERY", "OPTIONS"},
    "/sparql/": {"GET", "HEAD", "POST", "QUERY", "OPTIONS"},
    "/graphs": {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"},
    "/graphs/some/graph": {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"},
    "/queries": {"GET", "HEAD", "OPTIONS"},
    "/queries/successors": {"GET", "HEAD", "POST", "OPTIONS"},
    "/id/Qwen2.5-VL": {"GET", "HEAD", "OPTIONS"},
    "/page/Qwen2.5-VL": {"GET", "HEAD", "OPTIONS"},
    "/data/Qwen2.5-VL.ttl": {"GET", "HEAD", "OPTIONS"},
    "/statement/1": {"GET", "HEAD", "OPTIONS"},
    "/source/paper": {"GET", "HEAD", "OPTIONS"},
    "/graph/facts": {"GET", "HEAD", "OPTIONS"},
    "/ns": {"GET", "HEAD", "OPTIONS"},
    "/shapes": {"GET", "HEAD", "OPTIONS"},
    "/dataset": {"GET", "HEAD", "OPTIONS"},
    "/dataset.nq": {"GET", "HEAD", "OPTIONS"},
    "/.well-known/void": {"GET", "HEAD", "OPTIONS"},
    "/context.jsonld": {"GET", "HEAD", "OPTIONS"},
    "/openapi.json": {"GET", "HEAD", "OPTIONS"},
    "/static/style.css": {"GET", "HEAD", "OPTIONS"},
    "/healthz": {"GET", "HEAD", "OPTIONS"},
    "/metrics": {"GET", "HEAD", "OPTIONS"},
}


@pytest.mark.parametrize(("route", "methods"), ROUTES.items())
def test_a_route_tells_its_methods_and_has_no_others(sampled: Server, route: str, methods: set[str]) -> None:
    told = sampled.ask("OPTIONS", route)
    assert (told.status, told.body) == (204, b"")
    assert set(told.headers["allow"].split(", ")) == methods
    for method in {"GET", "POST", "QUERY", "PUT", "DELETE", "PATCH", "PROPFIND"} - methods:
        refused = sampled.ask(method, route)
        problem(refused, 405)
        assert set(refused.headers["allow"].split(", ")) == methods


def test_a_route_that_is_not_there_has_no_methods(sampled: Server) -> None:
    for path in ("/nowhere", "/sparql/more", "/healthz/more", "/graphsmore"):
        for method in ("GET", "OPTIONS", "PUT"):
            problem(sampled.ask(method, path), 404)


@pytest.mark.parametrize(
    "target",
    [
        *(route for route in ROUTES if route not in {"/metrics", "/healthz"}),
        url(query=SELECT),
        url(query=CONSTRUCT, format="nquads"),
        url(query="SELECT ?s { ?s ?p ?o } # " + "long " * 500),
        url(query="oops"),
        url(query="SELECT (RAND() < 2 AS ?x) {}"),
        "/graphs?default",
        "/graphs?graph=https://w3id.org/qwen-kg/graph/facts",
        "/graphs?graph=urn:none",
        "/nowhere",
        "/healthz",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/turtle", "image/png", BROWSER["Accept"]])
def test_head_is_get_without_its_body(sampled: Server, target: str, accept: str) -> None:
    headers = {"Accept": accept, "Accept-Encoding": "gzip"}
    head, got = sampled.ask("HEAD", target, headers), sampled.ask("GET", target, headers)
    assert head.body == b""
    assert head.status == got.status
    assert _undated(head) == _undated(got)


def _undated(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name != "date"}


def test_whatever_is_answered_may_be_read_and_not_sniffed(sampled: Server) -> None:
    for target in ("/", "/sparql", url(query=SELECT), url(query="oops"), "/nowhere", "/id/Qwen2.5-VL", "/ns",
                   "/healthz", "/metrics", "/graphs?default"):  # fmt: skip
        for method in ("GET", "HEAD", "OPTIONS", "PUT"):
            headers = sampled.ask(method, target).headers
            assert headers["qwen-kg-release"] == "0.0.1"
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "same-origin"
