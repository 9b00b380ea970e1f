"""Who may write: whoever sends the token in its header, and no page of another site."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from .asking import FORM, UPDATE, bearer, post, problem, quads, update, url
from .sample import nquads
from .serving import Server

INSERT = "INSERT DATA { <x:s> <x:p> 1 }"
ONE = {'<x:s> <x:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
TURTLE = {"Content-Type": "text/turtle"}


# Updates


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer only-for-tests2"},
        {"Authorization": "Basic b25seS1mb3ItdGVzdHM="},
        {"Authorization": "only-for-tests"},
        {"Authorization": "Bearer ünly-for-tests".encode().decode("latin-1")},
    ],
)
def test_who_has_not_the_token_may_not_write(empty: Server, headers: dict[str, str]) -> None:
    for kind, body in ((UPDATE, INSERT), (FORM, urlencode({"update": INSERT}))):
        refused = post(empty, "/sparql", kind, body, headers)
        problem(refused, 401)
        assert refused.headers["www-authenticate"] == 'Bearer realm="qwen-kg"'
        assert "access-control-allow-origin" not in refused.headers
    assert quads(empty) == set()


def test_a_token_elsewhere_than_in_its_header_is_none(empty: Server) -> None:
    for name in ("access_token", "token", "Authorization"):
        fields = urlencode({name: empty.token})
        problem(post(empty, f"/sparql?{fields}", UPDATE, INSERT, {}), 401)
        problem(post(empty, "/sparql", FORM, urlencode({"update": INSERT}) + "&" + fields, {}), 401)
    problem(post(empty, "/sparql", UPDATE, INSERT, {"Cookie": f"token={empty.token}"}), 401)
    assert quads(empty) == set()


def test_whoever_has_the_token_may(empty: Server) -> None:
    for kind, body in (
        (UPDATE, INSERT),
        (FORM, urlencode({"update": INSERT})),
        (UPDATE + "; charset=utf-8", INSERT),
    ):
        assert update(empty, "DROP ALL").status == 204
        done = post(empty, "/sparql", kind, body, bearer(empty))
        assert (done.status, done.body) == (204, b"")
        assert "access-control-allow-origin" not in done.headers
        assert quads(empty) == ONE
    lower = {"authorization": f"bearer {empty.token}"}
    assert post(empty, "/sparql", UPDATE, "DROP ALL", lower).status == 204


def test_a_server_that_is_read_only_takes_no_update(sampled: Server) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}):
        told = problem(post(sampled, "/sparql", UPDATE, INSERT, headers), 403)
        assert "takes queries only" in told["detail"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_may_not_even_with_the_token(empty: Server, headers: dict[str, str]) -> None:
    for kind, body in ((UPDATE, INSERT), (FORM, urlencode({"update": INSERT}))):
        refused = post(empty, "/sparql", kind, body, {**bearer(empty), **headers})
        problem(refused, 403)
        assert "access-control-allow-origin" not in refused.headers
    assert quads(empty) == set()
    own = {"Origin": empty.url, "Sec-Fetch-Site": "same-origin"}
    assert post(empty, "/sparql", UPDATE, INSERT, {**bearer(empty), **own}).status == 204


def test_other_sites_may_read_without_credentials_and_not_write(empty: Server) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    for target in (url(query="ASK {}"), "/sparql", "/graphs?default", "/", url(query="oops")):
        headers = empty.ask("GET", target, origin).headers
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
    asked = {
        **origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for target, methods in (
        ("/sparql", "GET, HEAD, POST, QUERY"),
        ("/graphs", "GET, HEAD"),
        ("/ns", "GET, HEAD"),
    ):
        told = empty.ask("OPTIONS", target, asked)
        assert (told.status, told.headers["access-control-allow-origin"]) == (204, "*")
        assert set(told.headers["access-control-allow-methods"].split(", ")) == set(methods.split(", "))
        assert "authorization" not in told.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in told.headers
    # a query may be posted from elsewhere, since it changes nothing
    assert post(empty, "/sparql", FORM, "query=ASK{}", origin).headers["access-control-allow-origin"] == "*"


# Graphs


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_writing_needs_the_token_and_is_not_for_other_sites(empty: Server, method: str) -> None:
    update(empty, "INSERT DATA { GRAPH <urn:g> { <x:s> <x:p> 'a' } }")
    before, body = quads(empty), "" if method == "DELETE" else "<x:s> <x:p> 'b' ."
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({**bearer(empty), "Origin": "https://elsewhere.example"}, 403),
    ):
        for where in ("?graph=urn:g", "?default", "/some/place", ""):
            refused = empty.ask(method, "/graphs" + where, {**TURTLE, **headers}, body)
            problem(refused, status)
            assert "access-control-allow-origin" not in refused.headers
            assert ("www-authenticate" in refused.headers) == (status == 401)
    assert quads(empty) == before
    done = empty.ask(method, "/graphs?graph=urn:g", {**TURTLE, **bearer(empty)}, body)
    assert done.status == 204
    assert "access-control-allow-origin" not in done.headers


def test_a_server_that_is_read_only_gives_and_does_not_take(sampled: Server) -> None:
    facts = "/graphs?graph=https://w3id.org/qwen-kg/graph/facts"
    assert sampled.ask("GET", facts).status == 200
    assert quads(sampled) == set(nquads().decode().splitlines())
    for method in ("PUT", "POST", "DELETE"):
        problem(sampled.ask(method, facts, TURTLE, "<x:s> <x:p> 1 ."), 403)
