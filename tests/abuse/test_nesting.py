"""Texts that nest deeply or go on for long end in an answer, not in the end of a process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from ..serving import Server, serving
from .wire import alive, ask, problem

BOUND = 30

Nest = Callable[[int], str]


def around(before: str, opening: str, middle: str, closing: str, after: str) -> Nest:
    return lambda depth: before + opening * depth + middle + closing * depth + after


NESTED: dict[str, Nest] = {
    "groups": around("SELECT * {", "{", "?s ?p ?o", "}", "}"),
    "groups that never end": around("SELECT * {", "{", "", "", ""),
    "optionals": around("SELECT * {", "OPTIONAL{", "?s ?p ?o", "}", "}"),
    "minus": around("SELECT * { ?s ?p ?o ", "MINUS{ ?s ?p ?o ", "", "}", "}"),
    "unions": around("SELECT * {", "{}UNION{", "?s ?p ?o", "}", "}"),
    "subselects": around("SELECT * {", "{SELECT*{", "?s ?p ?o", "}}", "}"),
    "exists": around("ASK {", "FILTER EXISTS{", "?s ?p ?o", "}", "}"),
    "graphs": around("ASK {", "GRAPH?g{", "?s ?p ?o", "}", "}"),
    "parentheses": around("ASK { FILTER(", "(", "1=1", ")", ") }"),
    "parentheses that never end": around("ASK { FILTER(", "(", "", "", ""),
    "negations": around("ASK { FILTER(", "!(", "1=1", ")", ") }"),
    "bare negations": around("ASK { FILTER(", "!", "(1=1)", "", ") }"),
    "minus signs": around("SELECT (", "-(", "1", ")", " AS ?x) {}"),
    "bare minus signs": around("SELECT (", "- ", "1", "", " AS ?x) {}"),
    "functions": around("SELECT (", "STR(", "1", ")", " AS ?x) {}"),
    "conditions": around("SELECT (", "IF(true,", "1", ",2)", " AS ?x) {}"),
    "in lists": around("ASK { FILTER(1 IN (", "1 IN (", "1", ")", ")) }"),
    "paths in parentheses": around("ASK { ?s ", "(", "<x:p>", ")*", " ?o }"),
    "paths backwards": around("ASK { ?s ", "^(", "<x:p>", ")", " ?o }"),
    "bare paths backwards": around("ASK { ?s ", "^", "<x:p>", "", " ?o }"),
    "blank nodes": around("ASK { ", "[<x:p> ", "1", "]", " }"),
    "lists": around("ASK { ", "(", "1", ")", " <x:p> 1 }"),
    "lists to construct": around("CONSTRUCT { ", "(", "1", ")", " <x:p> 1 } WHERE {}"),
    "triple terms": around("ASK { ?s ?p ", "<<(?s ?p ", "1", ")>>", " }"),
    "reified triples": around("ASK { ", "<<", "?s ?p 1", "~ ?r>> ?p 1", " }"),
    "annotations": around("ASK { ?s ?p 1 ", "{|<x:p> 1 ", "", "|}", " }"),
}

LONG: dict[str, Nest] = {
    "sum": lambda size: "ASK { FILTER(" + "1+" * size + "1 > 0) }",
    "conjunction": lambda size: "ASK { FILTER(" + "1=1&&" * size + "1=1) }",
    "alternatives": lambda size: "ASK { {} " + "UNION{}" * size + " }",
    "optionals": lambda size: "ASK { " + "OPTIONAL{}" * size + " }",
    "filters": lambda size: "ASK { " + "FILTER(1=1)" * size + " }",
    "binds": lambda size: "ASK { " + "".join(f"BIND(1 AS ?v{n})" for n in range(size)) + " }",
    "groups": lambda size: "ASK { " + "{}" * size + " }",
    "path of steps": lambda size: "ASK { FILTER NOT EXISTS { <x:a> <x:p>" + "/<x:p>" * size + " <x:b> } }",
    "path of alternatives": lambda size: (
        "ASK { FILTER NOT EXISTS { <x:a> <x:p>" + "|<x:p>" * size + " <x:b> } }"
    ),
    "values": lambda size: "ASK { VALUES ?x {" + " 1" * size + "} }",
    "list": lambda size: "ASK { FILTER(1 IN (2" + ",2" * size + ",1)) }",
    "triples": lambda size: "ASK { FILTER NOT EXISTS { ?s <x:p> 1" + ",1" * size + " } }",
    "comments": lambda size: "#\n" * size + "ASK {}",
    "prefixes": lambda size: "".join(f"PREFIX p{n}:<x:>" for n in range(size)) + "ASK {}",
    "variable": lambda size: "ASK { BIND(1 AS ?" + "v" * size + ") }",
    "literal": lambda size: "ASK { BIND('" + "\\u0041" * size + "' AS ?v) }",
}


@pytest.fixture(scope="module")
def target(dataset: str) -> Iterator[Server]:
    with serving("--store", dataset, "--timeout", "1") as running:
        yield running


@pytest.mark.parametrize("depth", [5_000, 50_000])
@pytest.mark.parametrize("kind", NESTED)
def test_deeply_nested_queries(target: Server, kind: str, depth: int) -> None:
    reply = ask(target, NESTED[kind](depth), patience=BOUND)
    assert reply.status in {400, 413, 503, 504}, (reply.status, reply.text[:500])
    problem(reply)
    alive(target)


@pytest.mark.parametrize("kind", NESTED)
def test_nesting_that_people_use(target: Server, kind: str) -> None:
    """Ten levels are no attack; only what is no query by the grammar, or not by that of 1.1, may be refused."""
    reply = ask(target, NESTED[kind](10), patience=BOUND)
    if "never end" in kind or "bare" in kind or kind in {"triple terms", "reified triples", "annotations"}:
        assert reply.status in {200, 400}
    else:
        assert reply.status == 200, (reply.status, reply.text[:500])


@pytest.mark.parametrize("size", [5_000, 50_000])
@pytest.mark.parametrize("kind", LONG)
def test_long_queries(target: Server, kind: str, size: int) -> None:
    """What is long but flat may have its answer, and then the right one; or the limit is told."""
    reply = ask(target, LONG[kind](size), patience=BOUND)
    if reply.status == 200:
        assert json.loads(reply.body)["boolean"] is True
    else:
        assert reply.status in {400, 413, 503, 504}, (reply.status, reply.text[:500])
        problem(reply)
    alive(target)


DOCUMENTS: dict[str, tuple[str, Nest]] = {
    "turtle lists": ("text/turtle", around("<x:s> <x:p> ", "(", "1", ")", " .")),
    "turtle blank nodes": ("text/turtle", around("<x:s> <x:p> ", "[ <x:p> ", "1", "]", " .")),
    "turtle triple terms": ("text/turtle", around("<x:s> <x:p> ", "<<( <x:s> <x:p> ", "1", ")>>", " .")),
    "rdf/xml": (
        "application/rdf+xml",
        around(
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="x:">',
            "<a><b>",
            "",
            "</b></a>",
            "</r:RDF>",
        ),
    ),
    "rdf/xml entities": (
        "application/rdf+xml",
        lambda depth: (
            '<!DOCTYPE r [<!ENTITY e0 "ha">'
            + "".join(f'<!ENTITY e{n + 1} "&e{n};&e{n};">' for n in range(min(depth, 60)))
            + ']><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="x:">'
            + f'<r:Description r:about="x:s"><p>&e{min(depth, 60)};</p></r:Description></r:RDF>'
        ),
    ),
    "json-ld arrays": ("application/ld+json", around('{"@id": "x:s", "x:p": ', "[", "1", "]", "}")),
    "json-ld objects": ("application/ld+json", around('{"@id": "x:s", "x:p": ', '{"x:p": ', "1", "}", "}")),
    "json-ld contexts": ("application/ld+json", around('{"@context": ', "[", "{}", "]", "}")),
    "trig graphs": ("application/trig", around("", "<x:g> {", "<x:s> <x:p> 1", "}", "")),
    "n-triples terms": (
        "application/n-triples",
        around("<x:s> <x:p> ", "<<( <x:s> <x:p> ", "<x:o>", " )>>", " .\n"),
    ),
}


@pytest.fixture(scope="module")
def storing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--writable", "--store", str(tmp_path_factory.mktemp("nesting") / "store"), "--timeout", "1")
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        yield running


@pytest.mark.parametrize("depth", [5_000, 50_000])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_deeply_nested_documents(storing: Server, kind: str, depth: int) -> None:
    media_type, text = DOCUMENTS[kind]
    token = {"Authorization": f"Bearer {storing.token}"}
    address = "/graphs?graph=https://example.org/nested"
    reply = storing.ask("PUT", address, {"Content-Type": media_type, **token}, text(depth), BOUND)
    if reply.status in {200, 201, 204}:  # read without a stack: then all of it is there
        back = storing.ask("GET", address, {"Accept": "application/n-triples"}, None, BOUND)
        assert back.status == 200
        assert storing.ask("DELETE", address, token, None, BOUND).status in {200, 204}
    else:
        assert reply.status in {400, 413, 503, 504}, (reply.status, reply.text[:500])
        problem(reply)
        assert storing.ask("GET", address, None, None, BOUND).status == 404
    alive(storing)
