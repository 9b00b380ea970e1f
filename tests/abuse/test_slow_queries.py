"""The time limit ends every query and every update, whatever it is doing, with an answer that says so."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..serving import Server, serving
from .slow import RUNAWAY, SLOW
from .wire import alive, ask, problem

LIMIT = 0.5  # seconds
BOUND = LIMIT + 10  # what is not ended by then is not ended by the limit


@pytest.fixture(scope="module")
def strict(dataset: str) -> Iterator[Server]:
    with serving("--store", dataset, "--timeout", str(LIMIT)) as running:
        yield running


@pytest.mark.parametrize("kind", SLOW)
def test_it_is_ended(strict: Server, kind: str) -> None:
    started = time.monotonic()
    reply = ask(strict, SLOW[kind], patience=BOUND)
    assert time.monotonic() - started < BOUND
    # 504: out of time; 503: out of memory before that; 400: more rows or a larger result than allowed.
    assert reply.status in {400, 503, 504}, (reply.status, reply.text[:500])
    told = problem(reply)
    assert any(word in told["detail"] for word in ("second", "memory", "rows", "bytes", "MiB")), told
    alive(strict)


def test_by_every_way_and_for_every_format(strict: Server) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    replies = [
        strict.ask("POST", "/sparql", form, "query=" + RUNAWAY.replace(" ", "+"), BOUND),
        strict.ask("GET", "/sparql?format=csv&query=" + RUNAWAY.replace(" ", "+"), None, None, BOUND),
        strict.ask(
            "GET", "/sparql?query=" + RUNAWAY.replace(" ", "+"), {"Accept": "text/tab-separated-values"}
        ),
    ]
    assert [reply.status for reply in replies] == [504] * 3
    assert [problem(reply)["status"] for reply in replies] == [504] * 3
    head = strict.ask("HEAD", "/sparql?query=" + RUNAWAY.replace(" ", "+"), None, None, BOUND)
    assert (head.status, head.body) == (504, b"")
    browser = strict.ask("GET", "/sparql?format=html&query=" + RUNAWAY.replace(" ", "+"), None, None, BOUND)
    assert (browser.status, browser.headers["content-type"]) == (504, "text/html; charset=utf-8")
    alive(strict)


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a short limit that may be written to, with enough data for a cross product."""
    options = (
        "--writable",
        "--store",
        str(tmp_path_factory.mktemp("slow") / "store"),
        "--timeout",
        str(LIMIT),
    )
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        triples = "".join(f"<x:s{number}> <x:p{number % 7}> {number} .\n" for number in range(2000))
        assert update(running, f"INSERT DATA {{ {triples} }}") in {200, 204}
        yield running


def update(server: Server, text: str) -> int:
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {server.token}"}
    return server.ask("POST", "/sparql", headers, text, BOUND).status


def count(server: Server) -> int:
    answer = ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


UPDATES = {
    "insert": "INSERT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "insert new ones": "INSERT { ?x <x:new> ?f } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(UUID() AS ?x) }",
    "delete": "DELETE { ?a ?b ?c } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "delete where": "DELETE WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "both": "DELETE { ?a ?b ?c } INSERT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }",
    "nothing found": "INSERT { <x:a> <x:b> <x:c> } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f < -1) }",
    "second of two": "INSERT DATA { <x:first> <x:b> <x:c> } ; INSERT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "after all is cleared": "CLEAR ALL ; INSERT { ?a ?b ?c } WHERE { "
    + " ".join(f"VALUES ?{name} {{ {' '.join(map(str, range(30)))} }}" for name in "cdefghij")
    + " BIND(UUID() AS ?a) BIND(<x:p> AS ?b) }",
}


@pytest.mark.parametrize("kind", UPDATES)
def test_an_update_that_is_ended_leaves_nothing_behind(writing: Server, kind: str) -> None:
    assert update(writing, UPDATES[kind]) in {400, 503, 504}
    assert count(writing) == 2000
    assert update(writing, f"INSERT DATA {{ <x:after> <x:is> '{kind}' }}") in {200, 204}
    assert update(writing, "DELETE WHERE { <x:after> <x:is> ?kind }") in {200, 204}
    assert count(writing) == 2000


def test_what_was_ended_is_not_there_after_a_restart(tmp_path: Path) -> None:
    options = ("--writable", "--store", str(tmp_path / "store"), "--timeout", str(LIMIT))
    for expected in (0, 1):
        with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
            assert count(running) == expected
            assert update(running, UPDATES["after all is cleared"]) in {400, 503, 504}
            assert update(running, f"INSERT DATA {{ <x:s> <x:p> {expected} }}") in {200, 204}
