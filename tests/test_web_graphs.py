"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol, direct and indirect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from qwen_kg.formats import FORMATS, Format, Kind

from .asking import bearer, media_type, problem, quads, rows, update, url
from .sample import nquads
from .serving import Reply, Server

TURTLE = "text/turtle"
NQUADS = "application/n-quads"
G = "?graph=urn:g"
GRAPH_FORMATS = [each for each in FORMATS if Kind.GRAPH in each.kinds]
DATASET_FORMATS = [each for each in FORMATS if Kind.DATASET in each.kinds]


def send(
    server: Server, method: str, where: str, kind: str | None = None, body: bytes | str = "", **headers: str
) -> Reply:
    """Send a request for a graph, with the token."""
    more = {"Content-Type": kind} if kind else {}
    return server.ask(method, "/graphs" + where, {**bearer(server), **more, **headers}, body)


def get(server: Server, where: str, headers: Mapping[str, str] | None = None) -> Reply:
    return server.ask("GET", "/graphs" + where, headers)


def lines(server: Server, where: str) -> set[str]:
    """The triples of a graph, a line of N-Triples each."""
    reply = get(server, where, {"Accept": "application/n-triples"})
    assert reply.status == 200, reply.text
    return set(reply.text.splitlines())


# A graph, however it is named


@pytest.mark.parametrize(
    "where",
    [
        G,
        "?default",
        "/some/place",
        "/" + quote("ein Ort"),
        "?graph=" + quote("http://e.example/?a=b&c=d#e", ""),
    ],
)
def test_a_graph_comes_grows_is_replaced_and_goes(empty: Server, where: str) -> None:
    named = where != "?default"
    first = send(empty, "PUT", where, TURTLE, "<x:s> <x:p> 'a' .")
    assert first.status == (201 if named else 204)
    assert lines(empty, where) == {'<x:s> <x:p> "a" .'}
    assert send(empty, "PUT", where, TURTLE, "<x:s> <x:p> 'b' .").status == 204
    assert send(empty, "POST", where, TURTLE, "<x:s> <x:p> 'c' .").status == 204
    assert lines(empty, where) == {'<x:s> <x:p> "b" .', '<x:s> <x:p> "c" .'}
    assert empty.ask("HEAD", "/graphs" + where).status == 200
    gone = send(empty, "DELETE", where)
    assert (gone.status, gone.body) == (204, b"")
    assert quads(empty) == set()
    if named:
        for method in ("GET", "HEAD", "DELETE"):
            assert send(empty, method, where).status == 404
        assert send(empty, "POST", where, TURTLE, "<x:s> <x:p> 'd' .").status == 201
    else:
        assert (lines(empty, where), send(empty, "DELETE", where).status) == (set(), 204)


def test_a_graph_is_the_same_by_its_address_and_by_its_name(empty: Server) -> None:
    assert send(empty, "PUT", "/some/place", TURTLE, "<x:s> <x:p> 'a' .").status == 201
    name = empty.url + "/graphs/some/place"
    assert quads(empty) == {f'<x:s> <x:p> "a" <{name}> .'}
    assert lines(empty, "?" + urlencode({"graph": name})) == lines(empty, "/some/place")
    assert rows(empty.ask("GET", url(query=f"SELECT ?o {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"))) == [{"o": "a"}]


def test_the_default_is_the_unnamed_graph_and_not_the_union(empty: Server) -> None:
    update(empty, "INSERT DATA { <x:s> <x:p> 'd' . GRAPH <urn:g> { <x:s> <x:p> 'g' } }")
    assert lines(empty, "?default") == {'<x:s> <x:p> "d" .'}
    assert send(empty, "PUT", "?default", TURTLE, "<x:s> <x:p> 'e' .").status == 204
    assert lines(empty, G) == {'<x:s> <x:p> "g" .'}
    assert send(empty, "DELETE", "?default").status == 204
    assert quads(empty) == {'<x:s> <x:p> "g" <urn:g> .'}


@pytest.mark.parametrize("each", GRAPH_FORMATS, ids=lambda each: each.name)
def test_every_format_goes_in_and_comes_out(empty: Server, each: Format) -> None:
    content = b"<x:s> <x:p> 'a', \"\xc3\xa9\"@fr, 1 ; <x:q> <x:o> ."
    triples = list(ox.parse(content, ox.RdfFormat.TURTLE))
    written = ox.serialize(
        (quad.triple for quad in triples), format=ox.RdfFormat.from_media_type(each.media_type)
    )
    assert send(empty, "PUT", G, each.media_type, written or b"").status == 201
    read = get(empty, G, {"Accept": each.media_type})
    assert media_type(read) == each.media_type
    found = {quad.triple for quad in ox.parse(read.body, ox.RdfFormat.from_media_type(each.media_type))}
    assert found == {quad.triple for quad in triples}
    by_name = get(empty, f"{G}&format={each.name}", {"Accept": "image/png"})
    assert by_name.body == read.body


def test_a_graph_is_negotiated(empty: Server) -> None:
    send(empty, "PUT", G, TURTLE, "<x:s> <x:p> 'a' .")
    assert media_type(get(empty, G)) == TURTLE
    assert (
        media_type(get(empty, G, {"Accept": "text/turtle;q=0.1, application/ld+json"}))
        == "application/ld+json"
    )
    assert problem(get(empty, G, {"Accept": "text/csv"}), 406)["offered"] == [
        each.media_type for each in GRAPH_FORMATS
    ]
    offered = problem(get(empty, "", {"Accept": TURTLE}), 406)["offered"]
    assert offered == [each.media_type for each in DATASET_FORMATS]


# All graphs


@pytest.mark.parametrize("each", DATASET_FORMATS, ids=lambda each: each.name)
def test_all_graphs_go_in_and_come_out(empty: Server, each: Format) -> None:
    data = list(ox.parse(nquads(), ox.RdfFormat.N_QUADS))
    written = ox.serialize(data, format=ox.RdfFormat.from_media_type(each.media_type)) or b""
    update(empty, "INSERT DATA { <x:s> <x:p> 'old' . GRAPH <x:old> { <x:s> <x:p> 'old' } }")
    assert send(empty, "PUT", "", each.media_type, written).status == 204
    assert quads(empty) == {f"{quad} ." for quad in data}
    read = get(empty, "", {"Accept": each.media_type})
    found = ox.parse(read.body, ox.RdfFormat.from_media_type(each.media_type))
    assert set(found) == set(data)
    assert send(empty, "POST", "", NQUADS, '<x:s> <x:p> "new" <x:new> .').status == 204
    assert quads(empty) == {*(f"{quad} ." for quad in data), '<x:s> <x:p> "new" <x:new> .'}


def test_all_graphs_are_not_removed_by_accident(empty: Server) -> None:
    send(empty, "PUT", G, TURTLE, "<x:s> <x:p> 'a' .")
    assert "DROP ALL" in problem(send(empty, "DELETE", ""), 403)["detail"]
    assert (
        "which graph is replaced"
        in problem(send(empty, "PUT", "", TURTLE, "<x:s> <x:p> 'b' ."), 400)["detail"]
    )
    assert len(quads(empty)) == 1


def test_triples_without_a_graph_make_a_new_one(empty: Server) -> None:
    made = [send(empty, "POST", "", TURTLE, "<> <x:p> 'a' .") for _ in range(2)]
    places = [reply.headers["location"] for reply in made]
    assert [reply.status for reply in made] == [201, 201]
    assert len(set(places)) == 2
    for place in places:
        assert place.startswith(empty.url + "/graphs/")
        assert lines(empty, place.removeprefix(empty.url + "/graphs")) == {f'<{place}> <x:p> "a" .'}


# What is sent


def test_relative_iris_are_those_of_the_graph(empty: Server) -> None:
    for where, base in (
        ("?graph=http://e.example/a/b", "http://e.example/a/b"),
        ("/some/place", empty.url + "/graphs/some/place"),
        ("?default", empty.url + "/graphs"),
    ):
        assert send(empty, "PUT", where, TURTLE, "<> <x:p> <c> .").status in {201, 204}
        assert lines(empty, where) == {f"<{base}> <x:p> <{base.rpartition('/')[0]}/c> ."}


def test_blank_nodes_are_kept_apart(empty: Server) -> None:
    for _ in range(2):
        send(empty, "POST", G, TURTLE, "_:b <x:p> 'a' .")
    assert len(lines(empty, G)) == 2
    asked = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> 'a' }"
    assert rows(empty.ask("GET", url(query=asked))) == [{"n": "2"}]


def _form(*parts: tuple[str, str]) -> tuple[str, str]:
    text = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="f{number}"; filename="f"\r\n'
        f"Content-Type: {kind}\r\n\r\n{body}\r\n"
        for number, (kind, body) in enumerate(parts)
    )
    return "multipart/form-data; boundary=cut", text + "--cut--\r\n"


def test_a_form_of_several_documents_is_one_graph(empty: Server) -> None:
    parts = [(TURTLE, "_:b <x:p> 'a' ."), ("application/n-triples; charset=utf-8", '_:b <x:p> "ü" .\n')]
    assert send(empty, "POST", G, *_form(*parts)).status == 201
    assert {line.partition(" ")[2] for line in lines(empty, G)} == {'<x:p> "a" .', '<x:p> "ü" .'}
    asked = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> ?o }"
    assert rows(empty.ask("GET", url(query=asked))) == [{"n": "2"}]
    assert send(empty, "PUT", G, *_form((TURTLE, "<x:s> <x:p> 'c' ."))).status == 204
    assert lines(empty, G) == {'<x:s> <x:p> "c" .'}


def test_a_form_with_one_bad_document_changes_nothing(empty: Server) -> None:
    for bad, status in (
        ((TURTLE, "oops"), 400),
        (("text/plain", "<x:s> <x:p> 1 ."), 415),
        ((NQUADS, "<x:s> <x:p> <x:o> <x:g> ."), 400),
    ):
        problem(send(empty, "POST", G, *_form((TURTLE, "<x:s> <x:p> 'a' ."), bad)), status)
        assert quads(empty) == set()
    problem(send(empty, "POST", G, "multipart/form-data; boundary=other", _form((TURTLE, ""))[1]), 400)
    problem(send(empty, "POST", G, "multipart/form-data", "nothing"), 400)


@pytest.mark.parametrize(
    ("kind", "body", "status", "words"),
    [
        (TURTLE, "<x:s> <x:p>\n  'a' . oops", 400, ":2:9"),
        (TURTLE, b"<x:s> <x:p> '\xff' .", 400, ""),
        ("application/ld+json", "{", 400, ""),
        ("application/rdf+xml", "<x", 400, ""),
        ("application/ld+json", json.dumps({"@context": "http://127.0.0.1:9/c", "a": 1}), 400, ""),
        ("application/trig", "<x:g> { <x:s> <x:p> 'a' }", 400, "names graphs of its own"),
        (NQUADS, '<x:s> <x:p> "a" <x:g> .', 400, "names graphs of its own"),
        ("text/plain", "<x:s> <x:p> 'a' .", 415, "cannot be stored"),
        ("text/csv", "a", 415, "cannot be stored"),
        ("application/sparql-update", "DROP ALL", 415, "cannot be stored"),
        ("application/x-www-form-urlencoded", "a=b", 415, "cannot be stored"),
        (None, "<x:s> <x:p> 'a' .", 415, "no media type"),
        (TURTLE + "; charset=iso-8859-1", "<x:s> <x:p> 'a' .", 415, "UTF-8"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_cannot_be_stored_changes_nothing(
    empty: Server, method: str, kind: str | None, body: str | bytes, status: int, words: str
) -> None:
    send(empty, "PUT", G, TURTLE, "<x:s> <x:p> 'before' .")
    told = problem(send(empty, method, G, kind, body), status)
    assert words in told["detail"]
    assert lines(empty, G) == {'<x:s> <x:p> "before" .'}


def test_a_fault_in_a_document_has_its_place(empty: Server) -> None:
    told = problem(send(empty, "PUT", G, TURTLE, "<x:s> <x:p>\n  'a' . oops"), 400)
    assert told["detail"].startswith("the body:2:9: ")
    told = problem(send(empty, "POST", G, *_form((TURTLE, ""), (TURTLE, "oops"))), 400)
    assert told["detail"].startswith("part 2:1:1: ")


def test_a_body_in_a_coding_is_not_understood(empty: Server) -> None:
    problem(send(empty, "PUT", G, TURTLE, b"\x1f\x8b", **{"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("?graph=urn:g&default", "in one way"),
        ("/some/place?default", "in one way"),
        ("/some/place?graph=urn:g", "in one way"),
        ("?graph=urn:g&graph=urn:h", "given once"),
        ("?default=yes", "default has no value"),
        ("?graph=relative", "is no absolute IRI"),
        ("?graph=", "is no absolute IRI"),
        ("?graph=%FF", "not percent-encoded UTF-8"),
        ("?grph=urn:g", "there is no parameter 'grph'"),
    ],
)
def test_a_graph_is_named_as_it_should_be(empty: Server, where: str, words: str) -> None:
    for method in ("GET", "PUT", "POST", "DELETE"):
        body = "<x:s> <x:p> 'a' ." if method in {"PUT", "POST"} else ""
        assert words in problem(send(empty, method, where, TURTLE, body), 400)["detail"]
    assert quads(empty) == set()
