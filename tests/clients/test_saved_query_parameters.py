"""Whatever is given as a parameter stays a value: no text becomes a part of a saved query."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qwen_kg.root import find_root
from qwen_kg.saved_queries import Parameter, SavedQuery, read_queries

from ..expected.answers import read_cases
from ..serving import Reply, Server

QUERIES = read_queries(find_root() / "queries")
PLACES = [
    pytest.param(query, parameter, id=f"{query.name}-{parameter.name}")
    for query in QUERIES.values()
    for parameter in query.parameters
]

#: Parameters with which each query has an answer.
WORKING: dict[str, dict[str, str]] = {}
for case in [*read_cases("small"), *read_cases("whole")]:
    if len(case.parameters) >= len(WORKING.get(case.query, ())):
        WORKING[case.query] = dict(case.parameters)

INJECTIONS = [
    "> } DELETE WHERE { ?s ?p ?o } #",
    "https://example.org/x> ?p ?o } UNION { ?s ?p ?o } #",
    "https://example.org/x\\u003E ?p ?o } #",
    '" } UNION { ?s ?p ?o } #',
    '")) || true) } #',
    "'''\"\"\" } #",
    '\\" . ?s ?p ?o } #',
    '\\u0022 . ?s ?p ?o } #',
    '\\U00000022@en } #',
    'x" @en . ?s ?p "',
    'x"^^<http://www.w3.org/2001/XMLSchema#string> . ?s ?p ?o . #',
    "x\n} DELETE { ?s ?p ?o } WHERE { ?s ?p ?o\n#",
    "x\r\n} #",
    "?s",
    "$_model_iri",
    "_:b",
    "id:Qwen3 . ?s ?p ?o",
    "(SELECT * { ?s ?p ?o })",
    "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }",
    "1 OR 1=1",
    "true } #",
    "2025-01-01\" } #",
    "\\",
    '"',
    "\x00",
    "\x1f\x7f\u0085\u2028",
    "\u202e\ufeff\ufffe",
    "%3E%20%7D%20%23",
    "{{7*7}}${7*7}%s%n",
    "x" * 5000,
]  # fmt: skip


class Asker:
    """Asks saved queries over one connection that is kept."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(server.authority, timeout=60)

    def ask(self, name: str, parameters: dict[str, str]) -> Reply:
        fields = urlencode(parameters, errors="surrogatepass")
        self._connection.request("GET", f"/queries/{name}?{fields}", headers={"Accept": "*/*"})
        answer = self._connection.getresponse()
        return Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def asker(server: Server) -> Iterator[Asker]:
    made = Asker(server)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shapes(asker: Asker) -> dict[str, list[str] | None]:
    """The columns of every query, as a harmless request has them; None where it has none."""
    return {name: columns(asker.ask(name, WORKING[name])) for name in QUERIES}


def columns(reply: Reply) -> list[str] | None:
    assert reply.status == 200, reply.text
    if reply.headers["content-type"] != "application/sparql-results+json":
        return None
    head: dict[str, list[str]] = json.loads(reply.body)["head"]
    return head.get("vars")


def judge(query: SavedQuery, reply: Reply, shape: list[str] | None) -> bool:
    """Hold an answer to the form of its query; say whether anything was found."""
    if reply.status != 200:
        assert reply.status in {400, 404}, (reply.status, reply.text)
        problem = json.loads(reply.body)
        assert (reply.headers["content-type"], problem["status"]) == (
            "application/problem+json",
            reply.status,
        )
        assert "syntax" not in problem["title"].lower(), problem  # the value got into the text of the query
        return False
    if query.form in {"CONSTRUCT", "DESCRIBE"}:
        assert reply.headers["content-type"].startswith("text/turtle")
        return bool([line for line in reply.text.splitlines() if line and not line.startswith("@prefix")])
    answer = json.loads(reply.body)
    if query.form == "ASK":
        assert set(answer) == {"head", "boolean"}
        return bool(answer["boolean"])
    assert answer["head"]["vars"] == shape
    return bool(answer["results"]["bindings"])


def test_every_query_has_a_working_case(shapes: dict[str, list[str] | None]) -> None:
    assert len(shapes) > 50
    assert set(WORKING) == set(QUERIES)


@pytest.mark.parametrize(("query", "parameter"), PLACES)
def test_injected_text_finds_nothing(
    asker: Asker, shapes: dict[str, list[str] | None], query: SavedQuery, parameter: Parameter
) -> None:
    for text in INJECTIONS:
        reply = asker.ask(query.name, {**WORKING[query.name], parameter.name: text})
        found = judge(query, reply, shapes[query.name])
        if parameter.type not in {"string", "iri"}:
            assert reply.status == 400, text
        # One sign alone may well be a part of a name, and what is a name has an answer.
        elif len(text) > 1:
            assert not found, (text, reply.text[:500])


@pytest.mark.parametrize(("query", "parameter"), PLACES)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(text=st.text() | st.text(alphabet="<>{}\"'\\?$#.;:@^_ \nuU0123456789abcdef", max_size=30))
def test_any_text(
    asker: Asker,
    shapes: dict[str, list[str] | None],
    query: SavedQuery,
    parameter: Parameter,
    text: str,
) -> None:
    judge(query, asker.ask(query.name, {**WORKING[query.name], parameter.name: text}), shapes[query.name])


@pytest.mark.parametrize("text", ["%00", "%FF", "%C3%28", "%ED%A0%80", "%", "%zz", "%u0041"])
def test_what_is_no_text(server: Server, text: str) -> None:
    reply = server.ask("GET", f"/queries/search?text={text}")
    assert reply.status in {200, 400}
    if text in {"%FF", "%C3%28", "%ED%A0%80"}:
        assert reply.status == 400  # bytes that are no UTF-8 are not guessed at
