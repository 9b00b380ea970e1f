"""Updates (SPARQL 1.1 Protocol, 2.2): who may send them, what they see, and that each is whole or nothing."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from .asking import ENDLESS, FORM, QUERY, UPDATE, bearer, media_type, post, problem, quads, rows, update, url
from .serving import Server, serving

INSERT = "INSERT DATA { <x:s> <x:p> 1 }"
ONE = {'<x:s> <x:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'}


# What an update is


@pytest.mark.parametrize(
    ("kind", "body", "status", "words"),
    [
        ("text/plain", INSERT, 415, "is not understood"),
        ("multipart/form-data; boundary=x", INSERT, 415, "is not understood"),
        ("text/turtle", "<x:s> <x:p> 1 .", 415, "is not understood"),
        (QUERY, INSERT, 400, "INSERT is an update, not a query"),
        (UPDATE, "ASK {}", 400, "is a query, not an update"),
        (UPDATE, "PREFIX insert: <x:> SELECT * { insert:data ?p ?o }", 400, "is a query, not an update"),
        (FORM, urlencode({"update": "SELECT * {}"}), 400, "is a query, not an update"),
        (FORM, urlencode({"query": INSERT}), 400, "INSERT is an update, not a query"),
        (FORM, urlencode([("update", INSERT), ("update", INSERT)]), 400, "exactly one update"),
        (FORM, urlencode({"update": INSERT, "query": "ASK {}"}), 400, "either a query or an update"),
        (FORM, urlencode({"update": INSERT, "format": "json"}), 400, "an update has no answer"),
        (UPDATE, b"INSERT DATA { <x:s> <x:p> '\xff' }", 400, "the body is not UTF-8"),
        (UPDATE, INSERT + ' ; LOAD <http://127.0.0.1:9/>', 403, "LOAD is not allowed"),
        (UPDATE, "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "SERVICE is not"),
        (UPDATE, INSERT.ljust(128 * 1024 + 1), 413, "longer than 131072 bytes"),
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_no_update_changes_nothing(
    empty: Server, kind: str, body: str, status: int, words: str
) -> None:
    assert words in problem(post(empty, "/sparql", kind, body, bearer(empty)), status)["detail"]
    assert quads(empty) == set()


def test_an_update_is_told_from_a_query_by_parsing(empty: Server) -> None:
    update(empty, "PREFIX select: <x:> # ASK {}\n INSERT DATA { select:s select:p 1 }")
    assert quads(empty) == ONE
    asked = "PREFIX insert: <x:> # INSERT DATA\n SELECT ?delete { insert:s insert:p ?delete }"
    assert rows(empty.ask("GET", url(query=asked))) == [{"delete": "1"}]


def test_a_syntax_error_says_where(empty: Server) -> None:
    told = problem(update(empty, "INSERT DATA { <x:s> <x:p> 1 } ;\nINSRT DATA { <x:s> <x:p> 2 }"), 400)
    assert (told["title"], told["line"], told["column"]) == ("Query syntax error", 2, 1)
    assert told["excerpt"] == "INSRT DATA { <x:s> <x:p> 2 }\n^"
    told = problem(update(empty, "INSERT DATA {\n  <x:s> foaf:name 'a' }"), 400)
    assert (told["line"], told["column"]) == (2, 9)
    assert "PREFIX foaf: <http://xmlns.com/foaf/0.1/>" in told["detail"]


# What it sees


def test_relative_iris_are_those_of_the_address(empty: Server) -> None:
    update(empty, "INSERT DATA { <a> <x:p> <#b> . GRAPH <c> { <x:s> <x:p> </d> } }")
    here = empty.url
    assert quads(empty) == {
        f"<{here}/a> <x:p> <{here}/sparql#b> .",
        f"<x:s> <x:p> <{here}/d> <{here}/c> .",
    }
    assert update(empty, "DROP ALL").status == 204
    assert update(empty, "BASE <http://b.example/> INSERT DATA { <a> <x:p> <> }").status == 204
    assert quads(empty) == {"<http://b.example/a> <x:p> <http://b.example/> ."}


GRAPHS = "INSERT DATA { <x:d> <x:p> 1 . GRAPH <x:g> { <x:g> <x:p> 1 } GRAPH <x:h> { <x:h> <x:p> 1 } }"


@pytest.mark.parametrize(
    ("fields", "where", "seen"),
    [
        ("", "?s <x:p> 1", {"x:d"}),
        ("", "GRAPH ?g { ?s <x:p> 1 }", {"x:g", "x:h"}),
        ("?using-graph-uri=x:g", "?s <x:p> 1", {"x:g"}),
        ("?using-graph-uri=x:g&using-graph-uri=x:h", "?s <x:p> 1", {"x:g", "x:h"}),
        ("?using-graph-uri=x:g", "GRAPH ?g { ?s <x:p> 1 }", set()),
        ("?using-named-graph-uri=x:h", "GRAPH ?g { ?s <x:p> 1 }", {"x:h"}),
        ("?using-graph-uri=x:g&using-named-graph-uri=x:h", "{ ?s <x:p> 1 } UNION { GRAPH ?g { ?s <x:p> 1 } }", {"x:g", "x:h"}),
        ("?using-graph-uri=x:none", "?s <x:p> 1", set()),
    ],
)  # fmt: skip
def test_the_dataset_of_where(empty: Server, fields: str, where: str, seen: set[str]) -> None:
    assert update(empty, GRAPHS).status == 204
    assert (
        update(empty, f"INSERT {{ GRAPH <x:out> {{ ?s a <x:Seen> }} }} WHERE {{ {where} }}", fields).status
        == 204
    )
    found = empty.ask("GET", url(query="SELECT ?s { GRAPH <x:out> { ?s a <x:Seen> } }"))
    assert {row["s"] for row in rows(found)} == seen


def test_the_dataset_is_said_once(empty: Server) -> None:
    update(empty, GRAPHS)
    before = quads(empty)
    for text in (
        "INSERT { <x:s> a <x:Seen> } USING <x:g> WHERE { ?s ?p ?o }",
        "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ):
        assert "USING or WITH" in problem(update(empty, text, "?using-graph-uri=x:h"), 400)["detail"]
    assert "is no" in problem(update(empty, INSERT, "?using-graph-uri=no+iri"), 400)["detail"]
    assert quads(empty) == before


def test_a_query_sees_all_graphs_and_an_update_the_unnamed_one(empty: Server) -> None:
    update(empty, GRAPHS)
    found = empty.ask("GET", url(query="SELECT ?s { ?s <x:p> 1 }"))
    assert {row["s"] for row in rows(found)} == {"x:d", "x:g", "x:h"}
    update(empty, "DELETE WHERE { ?s <x:p> 1 }")
    found = empty.ask("GET", url(query="SELECT ?s { ?s <x:p> 1 }"))
    assert {row["s"] for row in rows(found)} == {"x:g", "x:h"}


# All or nothing


@pytest.mark.parametrize(
    "failing",
    [
        "CREATE GRAPH <x:g>",
        "DROP GRAPH <x:none>",
        "CLEAR GRAPH <x:none>",
        "LOAD <http://127.0.0.1:9/>",
        "oops",
    ],
)
def test_what_fails_later_undoes_what_was_before(empty: Server, failing: str) -> None:
    update(empty, GRAPHS)
    before = quads(empty)
    problem(
        update(empty, f"INSERT DATA {{ <x:new> <x:p> 1 }} ; DROP GRAPH <x:h> ; {failing}"),
        403 if "LOAD" in failing else 400,
    )
    assert quads(empty) == before
    assert update(empty, "INSERT DATA { <x:new> <x:p> 1 }").status == 204
    assert quads(empty) > before


def test_what_takes_too_long_leaves_nothing(empty: Server) -> None:
    filler = " ".join(f"<x:s{number}> <x:p{number}> {number} ." for number in range(100))
    update(empty, f"INSERT DATA {{ {filler} }}")
    before = quads(empty)
    endless = ENDLESS.replace("SELECT (COUNT(*) AS ?n)", "INSERT { <x:new> <x:p> ?a1 } WHERE")
    told = problem(
        update(empty, f"{INSERT} ; DELETE WHERE {{ <x:s1> ?p ?o }} ; {endless}", "?timeout=0.5"), 504
    )
    assert (told["limit"], told["allowed"]) == ("timeout", 0.5)
    assert quads(empty) == before
    assert update(empty, INSERT).status == 204
    assert quads(empty) == before | ONE


def test_readers_see_whole_updates_only_and_writers_lose_none(empty: Server) -> None:
    """Each update moves a counter in two graphs; whoever reads finds the two equal, and in the end all are counted."""
    update(empty, "INSERT DATA { GRAPH <x:a> { <x:s> <x:n> 0 } GRAPH <x:b> { <x:s> <x:n> 0 } }")
    step = " ; ".join(
        f"WITH <{graph}> DELETE {{ <x:s> <x:n> ?n }} INSERT {{ <x:s> <x:n> ?m }} "
        "WHERE { <x:s> <x:n> ?n BIND(?n + 1 AS ?m) }"
        for graph in ("x:a", "x:b")
    )
    look = "SELECT ?a ?b { GRAPH <x:a> { <x:s> <x:n> ?a } GRAPH <x:b> { <x:s> <x:n> ?b } }"
    seen, done, writing = list[tuple[str, str]](), list[int](), threading.Event()
    writing.set()

    def write() -> None:
        for _ in range(10):
            done.append(update(empty, step).status)

    def read(name: int) -> None:
        last, asked = 0, 0
        while writing.is_set():
            asked += 1
            found = rows(empty.ask("GET", url(query=f"{look} # {name} {asked}")))
            assert len(found) == 1
            seen.append((found[0]["a"], found[0]["b"]))
            assert int(found[0]["a"]) >= last  # nobody goes back in time
            last = int(found[0]["a"])

    writers = [threading.Thread(target=write) for _ in range(3)]
    readers = [threading.Thread(target=read, args=(name,)) for name in range(3)]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in readers:
        thread.join()
    assert done == [204] * 30
    assert all(a == b for a, b in seen)
    assert len(set(seen)) > 2
    assert rows(empty.ask("GET", url(query=look))) == [{"a": "30", "b": "30"}]


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    options = ("--writable", "--store", str(tmp_path / "new" / "store"))
    (tmp_path / "new").mkdir()
    for expected in (set(), ONE):
        with serving(*options, environment={"QWEN_KG_TOKEN": "t"}) as server:
            assert quads(server) == expected
            assert update(server, INSERT).status == 204
    with serving("--store", str(tmp_path / "new" / "store")) as server:
        assert quads(server) == ONE
        problem(post(server, "/sparql", UPDATE, "DROP ALL", {"Authorization": "Bearer t"}), 403)


def test_a_browser_gets_its_problem_as_a_page(empty: Server) -> None:
    refused = update(empty, "oops", Accept="text/html")
    assert (refused.status, media_type(refused)) == (400, "text/html")


def test_a_body_that_breaks_off_changes_nothing(empty: Server) -> None:
    """What came of it could be read: the connection ends within a list of triples, or between two operations."""
    host, _, port = empty.authority.rpartition(":")
    head = f"Host: here\r\nAuthorization: Bearer {empty.token}\r\nContent-Type: "
    triples, operation = "<x:s> <x:p> <x:o> .\n", "INSERT DATA { <x:s> <x:p> <x:o> } ;"
    for start, body in (
        ("PUT /graphs?default HTTP/1.1\r\n" + head + "application/n-triples\r\n", triples),
        ("POST /sparql HTTP/1.1\r\n" + head + UPDATE + "\r\n", operation),
    ):
        for rest in (
            f"Content-Length: 999\r\n\r\n{body}",
            f"Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\n",
        ):
            for pause in (0, 0.05):
                with socket.create_connection((host, int(port))) as connection:
                    connection.sendall((start + rest).encode())
                    time.sleep(pause)
    assert update(empty, "INSERT DATA { <x:last> <x:p> <x:o> }").status == 204  # one write after the other
    assert quads(empty) == {"<x:last> <x:p> <x:o> ."}
