"""Writes that their owner did not mean: by a page of another site, without the token, as something else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

import pytest

from ..serving import Server, serving
from .wire import ask, exchange, get, problem

FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
QUERY = "application/sparql-query"
CLEAR = "CLEAR ALL"
ELSEWHERE = {"Origin": "https://elsewhere.example"}


@pytest.fixture(scope="module")
def storing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--writable", "--store", str(tmp_path_factory.mktemp("writes") / "store"))
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        headers = {"Content-Type": UPDATE, **bearer(running)}
        reply = running.ask(
            "POST", "/sparql", headers, "INSERT DATA { <x:s> <x:p> 1 . GRAPH <x:g> { <x:s> <x:p> 2 } }"
        )
        assert reply.status in {200, 204}, reply.text
        yield running


def bearer(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token}"}


def values(server: Server) -> list[str]:
    reply = ask(server, "SELECT ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?o")
    return sorted({row["o"]["value"] for row in json.loads(reply.body)["results"]["bindings"]})


def form(**fields: str) -> str:
    return urlencode(fields)


TOKEN = "Bearer only-for-tests"
TRUSTED = {"Authorization": TOKEN}

#: Method, address, headers, body and the statuses it may have.
REFUSED: dict[str, tuple[str, str, Mapping[str, str], str, set[int]]] = {
    # from a page of elsewhere
    "form, other origin": ("POST", "/sparql", {"Content-Type": FORM, **ELSEWHERE}, form(update=CLEAR), {401, 403}),
    "form, other origin, token": (
        "POST", "/sparql", {"Content-Type": FORM, **ELSEWHERE, **TRUSTED}, form(update=CLEAR), {403}),
    "form, no origin to tell, token": (
        "POST", "/sparql", {"Content-Type": FORM, "Origin": "null", **TRUSTED}, form(update=CLEAR), {403}),
    "form, origin that begins alike, token": (
        "POST", "/sparql", {"Content-Type": FORM, "Origin": "http://{host}.elsewhere.example", **TRUSTED},
        form(update=CLEAR), {403}),
    "form, origin that ends alike, token": (
        "POST", "/sparql", {"Content-Type": FORM, "Origin": "http://elsewhere.example@{host}", **TRUSTED},
        form(update=CLEAR), {403}),
    "form, other port, token": (
        "POST", "/sparql", {"Content-Type": FORM, "Origin": "http://127.0.0.1:1", **TRUSTED}, form(update=CLEAR), {403}),
    "form, cross-site by the browser's word, token": (
        "POST", "/sparql", {"Content-Type": FORM, "Sec-Fetch-Site": "cross-site", **TRUSTED}, form(update=CLEAR), {403}),
    "direct, other origin, token": (
        "POST", "/sparql", {"Content-Type": UPDATE, **ELSEWHERE, **TRUSTED}, CLEAR, {403}),
    "put, other origin, token": (
        "PUT", "/graphs?default", {"Content-Type": "text/turtle", **ELSEWHERE, **TRUSTED}, "", {403}),
    "delete, other origin, token": ("DELETE", "/graphs?default", {**ELSEWHERE, **TRUSTED}, "", {403}),
    # what a page can send without being asked first (Fetch, CORS-safelisted), token or not
    "text/plain": ("POST", "/sparql", {"Content-Type": "text/plain", **TRUSTED}, "update=CLEAR+ALL", {415}),
    "text/plain that is an update": ("POST", "/sparql", {"Content-Type": "text/plain", **TRUSTED}, CLEAR, {415}),
    "text/plain that mentions the type": (
        "POST", "/sparql", {"Content-Type": f"text/plain; {UPDATE}", **TRUSTED}, CLEAR, {415}),
    "multipart": (
        "POST", "/sparql", {"Content-Type": "multipart/form-data; boundary=b", **TRUSTED},
        f'--b\r\nContent-Disposition: form-data; name="update"\r\n\r\n{CLEAR}\r\n--b--\r\n', {415}),
    "no media type": ("POST", "/sparql", {"Content-Type": "", **TRUSTED}, CLEAR, {400, 415}),
    "graph as text/plain": ("PUT", "/graphs?default", {"Content-Type": "text/plain", **TRUSTED}, "", {415}),
    "graph as a form": ("POST", "/graphs?default", {"Content-Type": FORM, **TRUSTED}, "<x:s>=1", {415}),
    # without the token
    "form, no token": ("POST", "/sparql", {"Content-Type": FORM}, form(update=CLEAR), {401}),
    "direct, no token": ("POST", "/sparql", {"Content-Type": UPDATE}, CLEAR, {401}),
    "put, no token": ("PUT", "/graphs?default", {"Content-Type": "text/turtle"}, "", {401}),
    "post, no token": ("POST", "/graphs?default", {"Content-Type": "text/turtle"}, "<x:t> <x:p> 3 .", {401}),
    "delete, no token": ("DELETE", "/graphs?graph=x:g", {}, "", {401}),
    "wrong token": ("POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Bearer wrong"}, CLEAR, {401}),
    "token with more": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Authorization": TOKEN + "x"}, CLEAR, {401}),
    "token with less": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Authorization": TOKEN[:-1]}, CLEAR, {401}),
    "token in capitals": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Bearer ONLY-FOR-TESTS"}, CLEAR, {401}),
    "no token after the word": ("POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Bearer"}, CLEAR, {401}),
    "empty token": ("POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Bearer "}, CLEAR, {401}),
    "bytes as token": ("POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Bearer \xe9\xff"}, CLEAR, {401}),
    "two tokens": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Bearer wrong, " + TOKEN}, CLEAR, {400, 401}),
    "token without the word": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "only-for-tests"}, CLEAR, {401}),
    "token as a password": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Authorization": "Basic dXNlcjpvbmx5LWZvci10ZXN0cw=="}, CLEAR, {401}),
    "token in the address": (
        "POST", "/sparql?access_token=only-for-tests&token=only-for-tests", {"Content-Type": UPDATE}, CLEAR, {400, 401}),
    "token in the form": (
        "POST", "/sparql", {"Content-Type": FORM}, form(update=CLEAR, access_token="only-for-tests"), {400, 401}),
    "token in a cookie": (
        "POST", "/sparql", {"Content-Type": UPDATE, "Cookie": f"Authorization={quote(TOKEN)}"}, CLEAR, {401}),
    # by the wrong method
    "update by GET": ("GET", f"/sparql?{form(update=CLEAR)}", TRUSTED, "", {400, 403, 405}),
    "update by HEAD": ("HEAD", f"/sparql?{form(update=CLEAR)}", TRUSTED, "", {400, 403, 405}),
    "update by QUERY": ("QUERY", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, CLEAR, {400, 403, 405, 415}),
    "update by QUERY in a form": (
        "QUERY", "/sparql", {"Content-Type": FORM, **TRUSTED}, form(update=CLEAR), {400, 403, 405, 415}),
    "update by PUT": ("PUT", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, CLEAR, {405}),
    "update by PATCH": ("PATCH", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, CLEAR, {405}),
    "update in the address of a POST": ("POST", f"/sparql?{form(update=CLEAR)}", TRUSTED, "", {400, 415}),
    "another method in a header": (
        "GET", "/graphs?default", {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", **TRUSTED}, "", {200, 400}),
    "another method in the address": ("GET", "/graphs?default&_method=DELETE", TRUSTED, "", {200, 400}),
    "delete of all graphs": ("DELETE", "/graphs", TRUSTED, "", {400, 403, 405}),
    # as something that it is not
    "update as a query, GET": ("GET", f"/sparql?{form(query=CLEAR)}", TRUSTED, "", {400}),
    "update as a query, form": ("POST", "/sparql", {"Content-Type": FORM, **TRUSTED}, form(query=CLEAR), {400}),
    "update as a query, direct": ("POST", "/sparql", {"Content-Type": QUERY, **TRUSTED}, CLEAR, {400}),
    "update that looks like a query": (
        "POST", "/sparql", {"Content-Type": QUERY, **TRUSTED}, "PREFIX SELECT: <x:> PREFIX ASK: <x:> CLEAR ALL", {400}),
    "update after a query": ("POST", "/sparql", {"Content-Type": QUERY, **TRUSTED}, f"ASK {{}} ; {CLEAR}", {400}),
    "query as an update, form": ("POST", "/sparql", {"Content-Type": FORM, **TRUSTED}, form(update="ASK {}"), {400}),
    "query as an update, direct": ("POST", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, "SELECT * {}", {400}),
    "query after an update": ("POST", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, f"{CLEAR} ; ASK {{}}", {400}),
    "both": ("POST", "/sparql", {"Content-Type": FORM, **TRUSTED}, form(query="ASK {}", update=CLEAR), {400}),
    "two updates": ("POST", "/sparql", {"Content-Type": FORM, **TRUSTED}, "update=CLEAR+ALL&update=CLEAR+ALL", {400}),
    "the update twice encoded": (
        "POST", "/sparql", {"Content-Type": FORM, **TRUSTED}, form(update=quote(quote(CLEAR))), {400}),
    "update with graphs of its own and of the protocol": (
        "POST", "/sparql?using-graph-uri=x:g", {"Content-Type": UPDATE, **TRUSTED},
        "DELETE { ?s ?p ?o } USING <x:g> WHERE { ?s ?p ?o }", {400}),
    "update of which the second part fails": (
        "POST", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, f"{CLEAR} ; CREATE GRAPH <x:h> ; CREATE GRAPH <x:h>", {400, 409}),
    "update that ends in nonsense": ("POST", "/sparql", {"Content-Type": UPDATE, **TRUSTED}, f"{CLEAR} ; CLEAR", {400}),
    "graph that does not parse": (
        "PUT", "/graphs?graph=x:g", {"Content-Type": "text/turtle", **TRUSTED}, "<x:s> <x:p> 3 . <x:s> nonsense", {400}),
    "saved query to update": ("POST", "/queries/search", {"Content-Type": FORM, **TRUSTED}, form(text=CLEAR, update=CLEAR), {400}),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_and_changes_nothing(storing: Server, case: str) -> None:
    method, target, headers, body, statuses = REFUSED[case]
    given = {name: value.replace("{host}", storing.authority) for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    data = get(target, f"Content-Length: {len(body)}", *lines, method=method).replace(
        b"Host: localhost", f"Host: {storing.authority}".encode()
    )
    reply = (
        exchange(storing, data + body.encode()) if method != "HEAD" else storing.ask(method, target, given)
    )
    assert reply is not None
    assert reply.status in statuses, (reply.status, reply.text)
    if reply.status >= 400 and method != "HEAD":
        problem(reply)
    if reply.status == 401:
        assert reply.headers["www-authenticate"].startswith("Bearer")
    assert values(storing) == ["1", "2"]


@pytest.mark.parametrize("origin", [{}, {"Origin": "own"}, {"Sec-Fetch-Site": "same-origin"}], ids=str)
def test_what_is_allowed_does_change_something(storing: Server, origin: dict[str, str]) -> None:
    """So that the refusals above say something."""
    own = {name: storing.url if value == "own" else value for name, value in origin.items()}
    headers = {"Content-Type": UPDATE, **bearer(storing), **own}
    assert storing.ask("POST", "/sparql", headers, "INSERT DATA { <x:s> <x:p> 3 }").status in {200, 204}
    assert values(storing) == ["1", "2", "3"]
    as_form = {**headers, "Content-Type": FORM}
    assert storing.ask("POST", "/sparql", as_form, form(update="DELETE DATA { <x:s> <x:p> 3 }")).status in {
        200,
        204,
    }
    assert values(storing) == ["1", "2"]


@pytest.mark.parametrize("target", ["/sparql", "/graphs?default", "/graphs?graph=x:g"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_browser_that_asks_first_is_not_told_to_go_on(storing: Server, target: str, method: str) -> None:
    """A page of elsewhere may read, and so may POST a query; it may send no token and change no graph."""
    reply = storing.ask(
        "OPTIONS",
        target,
        {
            **ELSEWHERE,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization, content-type",
        },
    )
    assert reply.status < 500
    assert "access-control-allow-credentials" not in reply.headers
    names = [
        name.strip().lower() for name in reply.headers.get("access-control-allow-headers", "").split(",")
    ]
    assert "authorization" not in names
    assert "*" not in names
    methods = {name.strip() for name in reply.headers.get("access-control-allow-methods", "").split(",")}
    assert methods.isdisjoint({"PUT", "DELETE", "PATCH", "*"})


def test_reading_is_open_and_without_credentials(storing: Server) -> None:
    reply = storing.ask("GET", "/sparql?query=ASK%7B%7D", {**ELSEWHERE, "Cookie": "a=b"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("headers", [{}, {"Authorization": TOKEN}, {"Authorization": "Bearer "}], ids=str)
def test_a_server_that_is_only_read_is_not_written_to(server: Server, headers: dict[str, str]) -> None:
    before = ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # before").body
    for method, target, kind, body in (
        ("POST", "/sparql", UPDATE, CLEAR),
        ("POST", "/sparql", FORM, form(update=CLEAR)),
        ("PUT", "/graphs?default", "text/turtle", ""),
        ("POST", "/graphs?default", "text/turtle", "<x:s> <x:p> <x:o> ."),
        ("DELETE", "/graphs?graph=https://w3id.org/qwen-kg/graph/facts", "text/turtle", ""),
    ):
        assert problem(server.ask(method, target, {"Content-Type": kind, **headers}, body))["status"] == 403
    assert ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # after").body == before
