"""One set of tests for every kind of store: in memory, on disk, and over the SPARQL Protocol.

The remote one is asked twice: our own server, and a real server of Oxigraph.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request as UrllibRequest
from urllib.request import urlopen

import pyoxigraph as ox
import pytest

from qwen_kg.errors import (
    DataError,
    ForbiddenError,
    InputError,
    NotAcceptableError,
    QuerySyntaxError,
    RemoteError,
)
from qwen_kg.formats import FORMATS, Format, Kind
from qwen_kg.remote import RemoteStore, Request, Response
from qwen_kg.results import Store
from qwen_kg.store import LocalStore, open_store

from .serving import serving

DATA = b"""\
<a:s> <a:p> "default" .
<a:s> <a:p> "one" <a:g1> .
<a:s> <a:p> "two" <a:g2> .
<a:s> <a:q> <https://w3id.org/qwen-kg/id/Qwen3> <a:g2> .
"""


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our own endpoint over the data."""
    file = tmp_path_factory.mktemp("own") / "data.nq"
    file.write_bytes(DATA)
    with serving("--store", str(file)) as server:
        yield server.url + "/sparql"


@pytest.fixture(scope="session")
def oxigraph_server() -> Iterator[str]:
    """The address of a real Oxigraph server over the data."""
    beside_python = str(Path(sys.executable).parent)  # where pip puts it, on the path or not
    program = shutil.which("oxigraph") or shutil.which("oxigraph", path=beside_python)
    assert program, "the test extra brings the oxigraph server"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _load(f"http://127.0.0.1:{port}/store", process)
            yield f"http://127.0.0.1:{port}/query"
        finally:
            process.terminate()


def _load(url: str, process: subprocess.Popen[bytes]) -> None:
    """Send the data to a server that may still be starting."""
    request = UrllibRequest(url, data=DATA, headers={"Content-Type": "application/n-quads"}, method="POST")
    for _ in range(500):
        assert process.poll() is None, "the oxigraph server ended"
        try:
            urlopen(request).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("the oxigraph server does not answer")


@pytest.fixture(params=["memory", "directory", "our own server", "oxigraph server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each kind of store, with the same data."""
    if request.param == "oxigraph server":
        return RemoteStore(request.getfixturevalue("oxigraph_server"))
    if request.param == "directory":
        writable = LocalStore.from_directory(tmp_path / "store", writable=True)
        writable.oxigraph.load(DATA, ox.RdfFormat.N_QUADS)
        del writable  # lets go of the directory
        return LocalStore.from_directory(tmp_path / "store")
    if request.param == "our own server":
        return RemoteStore(request.getfixturevalue("own_server"))
    return LocalStore.from_nquads(DATA)


def values(store: Store, query: str, **dataset: list[str]) -> list[str]:
    """The values of ?o, sorted."""
    body = store.query(query, accept="text/csv", **dataset).body.decode()
    return sorted(row["o"] for row in csv.DictReader(io.StringIO(body)))


def test_select_gives_json_unless_asked_otherwise(store: Store) -> None:
    result = store.query('SELECT ?p { ?s ?p "one" }')
    assert result.media_type == "application/sparql-results+json"
    assert json.loads(result.body)["results"]["bindings"] == [{"p": {"type": "uri", "value": "a:p"}}]


def test_construct_gives_turtle_unless_asked_otherwise(store: Store) -> None:
    result = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert result.media_type == "text/turtle"
    assert len(list(ox.parse(result.body, ox.RdfFormat.TURTLE))) == 4


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_every_format_is_written_and_can_be_read(store: Store, each: Format) -> None:
    if Kind.GRAPH in each.kinds:
        result = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", accept=each.media_type)
        triples = {
            quad.triple for quad in ox.parse(result.body, ox.RdfFormat.from_media_type(each.media_type))
        }
        objects = {str(triple.object) for triple in triples}
        assert objects == {'"default"', '"one"', '"two"', "<https://w3id.org/qwen-kg/id/Qwen3>"}
    else:
        result = store.query('SELECT ?s { ?s ?p "one" }', accept=each.media_type)
        if each.name == "csv":
            assert result.body == b"s\r\na:s\r\n"
        else:
            solutions = ox.parse_query_results(
                result.body, ox.QueryResultsFormat.from_media_type(each.media_type)
            )
            assert isinstance(solutions, ox.QuerySolutions)
            assert [row["s"] for row in solutions] == [ox.NamedNode("a:s")]
    assert result.media_type == each.media_type


def test_ask(store: Store) -> None:
    assert json.loads(store.query('ASK { ?s ?p "one" }').body)["boolean"] is True
    assert b"<boolean>false</boolean>" in store.query('ASK { ?s ?p "nine" }', accept="application/xml").body


def test_the_default_graph_is_the_union(store: Store) -> None:
    assert values(store, "SELECT ?o { ?s <a:p> ?o }") == ["default", "one", "two"]
    assert values(store, "SELECT ?o { GRAPH ?g { ?s <a:p> ?o } }") == ["one", "two"]


def test_the_query_chooses_graphs_of_the_store(store: Store, request: pytest.FixtureRequest) -> None:
    if "oxigraph" in request.node.callspec.id:
        pytest.skip("with its union on, the server of Oxigraph does not heed FROM")
    assert values(store, "SELECT ?o FROM <a:g1> { ?s <a:p> ?o }") == ["one"]
    assert values(store, "SELECT ?o FROM <a:g1> FROM <a:g2> { ?s <a:p> ?o }") == ["one", "two"]
    assert values(store, "SELECT ?o FROM NAMED <a:g2> { GRAPH ?g { ?s <a:p> ?o } }") == ["two"]
    assert values(store, "SELECT ?o FROM NAMED <a:g2> { ?s <a:p> ?o }") == []


def test_the_protocol_chooses_graphs_of_the_store(store: Store) -> None:
    plain, named = "SELECT ?o { ?s <a:p> ?o }", "SELECT ?o { GRAPH ?g { ?s <a:p> ?o } }"
    assert values(store, plain, default_graphs=["a:g1"]) == ["one"]
    assert values(store, plain, default_graphs=["a:g1", "a:g2"]) == ["one", "two"]
    assert values(store, named, default_graphs=["a:g1"], named_graphs=["a:g2"]) == ["two"]
    assert values(store, named, default_graphs=["a:g1"]) == []
    assert values(store, "SELECT ?o FROM <a:g1> { ?s <a:p> ?o }", default_graphs=["a:g2"]) == ["two"]


def test_the_protocol_alone_names_the_dataset(store: Store, request: pytest.FixtureRequest) -> None:
    if "oxigraph" in request.node.callspec.id:
        pytest.skip("the server of Oxigraph keeps its union as the default graph")
    assert values(store, "SELECT ?o { ?s <a:p> ?o }", named_graphs=["a:g2"]) == []


@pytest.mark.parametrize("graph", ["a:nowhere", "file:///etc/passwd"])
def test_a_graph_that_the_store_does_not_have_is_empty(store: Store, graph: str) -> None:
    assert values(store, "SELECT ?o { ?s ?p ?o }", default_graphs=[graph]) == []
    assert values(store, f"SELECT ?o FROM NAMED <{graph}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == []


@pytest.mark.parametrize("query", ["SELECT * {", "", "SELECT * { ?s foo:bar ?o }", "ASK {} ASK {}"])
def test_what_is_no_query_is_a_syntax_error_with_its_place(store: Store, query: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        store.query(query)
    assert error.value.line == 1
    assert error.value.column


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <a:x> <a:y> <a:z> }", "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }", "CLEAR ALL"]
)
def test_an_update_is_no_query(store: Store, update: str) -> None:
    with pytest.raises(QuerySyntaxError, match="is an update, not a query"):
        store.query(update)
    assert len(values(store, "SELECT ?o { ?s ?p ?o }")) == 4


def test_results_have_no_rdf_format_and_graphs_no_results_format(store: Store) -> None:
    with pytest.raises(NotAcceptableError):
        store.query("SELECT * {}", accept="text/turtle")
    with pytest.raises(NotAcceptableError):
        store.query("CONSTRUCT WHERE { ?s ?p ?o }", accept="text/csv")


@pytest.fixture
def canary() -> Iterator[tuple[str, list[object]]]:
    """The address of a socket that notes who connects to it."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, caller = server.accept()
                except OSError:
                    return
                calls.append(caller)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <%s> } SERVICE ?x { ?s ?p ?o } }",
        "PREFIX ex: <%s> SELECT * { SERVICEex: { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?o<#x>'\n 'z') SERVICE <%s> {} }#'",
    ],
)
def test_no_other_endpoint_is_called(store: Store, canary: tuple[str, list[object]], query: str) -> None:
    address, calls = canary
    with pytest.raises(ForbiddenError, match="SERVICE is not allowed"):
        store.query(query % address)
    assert calls == []


def test_no_graph_is_fetched(store: Store, canary: tuple[str, list[object]], tmp_path: Path) -> None:
    address, calls = canary
    secret = tmp_path / "secret.ttl"
    secret.write_text('<a:s> <a:p> "secret" .')
    for graph in (address, secret.as_uri()):
        for query in (
            "SELECT ?o FROM <%s> { ?s ?p ?o }",
            "SELECT ?o FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
        ):
            assert "secret" not in values(store, query % graph)
        assert values(store, "SELECT ?o { ?s ?p ?o }", default_graphs=[graph]) == []
    assert calls == []


def test_the_canary_sings(canary: tuple[str, list[object]]) -> None:
    address, calls = canary
    with pytest.raises(OSError, match=r"HTTP|[Cc]onnection"):
        ox.Store().query(f"SELECT * {{ SERVICE <{address}> {{}} }}").serialize(
            format=ox.QueryResultsFormat.JSON
        )
    assert calls


def test_a_fault_while_the_answer_is_written_is_an_error(store: Store) -> None:
    with pytest.raises((InputError, RemoteError), match="not supported"):
        store.query("SELECT * { ?s ?p ?o FILTER(<a:function>(?o)) }")


def test_a_graph_is_named_by_an_iri() -> None:
    for dataset in ({"default_graphs": ["no iri"]}, {"named_graphs": [""]}):
        with pytest.raises(InputError, match="is no absolute IRI"):
            LocalStore.from_nquads(DATA).query("ASK {}", **dataset)


def test_only_prefixes_in_use_are_declared() -> None:
    store = LocalStore.from_nquads(DATA)
    query = "CONSTRUCT WHERE { ?s <a:q> ?o }"
    assert store.query(query).body.decode() == (
        "@prefix id: <https://w3id.org/qwen-kg/id/> .\n<a:s> <a:q> id:Qwen3 .\n"
    )
    assert store.query(query, accept="application/trig").body.count(b"@prefix") == 1
    xml = store.query(
        "CONSTRUCT { ?s <http://purl.org/dc/terms/title> ?o } { ?s ?p ?o }", accept="application/rdf+xml"
    )
    assert b"<dcterms:title>" in xml.body
    assert b"xmlns:owl" not in xml.body


# Opening


def test_open_a_file_of_each_format(tmp_path: Path) -> None:
    everything = LocalStore.from_nquads(DATA)
    for each in FORMATS:
        if each.kinds & {Kind.GRAPH, Kind.DATASET}:
            path = tmp_path / f"data.{each.extension}"
            path.write_bytes(everything.query("CONSTRUCT WHERE { ?s ?p ?o }", accept=each.media_type).body)
            assert values(open_store(path), "SELECT ?o { ?s <a:p> ?o }") == ["default", "one", "two"]


def test_open_a_directory(tmp_path: Path) -> None:
    path = tmp_path / "store"
    made = open_store(path, writable=True)
    assert isinstance(made, LocalStore)
    made.oxigraph.load(DATA, ox.RdfFormat.N_QUADS)
    with pytest.raises(InputError, match="cannot be opened"):
        open_store(path, writable=True)  # it is locked
    del made
    assert values(open_store(str(path)), "SELECT ?o { ?s <a:p> ?o }") == ["default", "one", "two"]


def test_open_a_url() -> None:
    assert isinstance(open_store("https://example.org/sparql"), RemoteStore)
    for location in ("ftp://example.org/x.ttl", "file:///etc/passwd", "http:///sparql"):
        with pytest.raises(InputError, match="http:// or https://"):
            open_store(location)


def test_open_what_cannot_be_opened(tmp_path: Path) -> None:
    for name in ("data", "data.csv", "data.json", "data.yaml"):
        (tmp_path / name).write_text("")
        with pytest.raises(InputError, match=r"the extension names no RDF format|there is no format"):
            open_store(tmp_path / name)
    with pytest.raises(InputError, match="no such file or directory"):
        open_store(tmp_path / "missing.ttl")
    with pytest.raises(InputError, match="holds no store"):
        open_store(tmp_path)
    with pytest.raises(InputError, match="holds no store"):
        open_store(tmp_path, writable=True)  # it has files of others in it
    for location in ("http://example.org/sparql", tmp_path / "data.csv"):
        with pytest.raises(InputError, match="only a directory can be written to"):
            open_store(location, writable=True)


def test_a_file_that_does_not_parse_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("<a:s> <a:p> 1 .\n<a:s> foo:p 2 .\n")
    with pytest.raises(DataError) as error:
        open_store(path)
    assert str(error.value) == f"{path}:2:7: The prefix foo: has not been declared"
    with pytest.raises(DataError, match="<nquads>:1:1: "):
        LocalStore.from_nquads(b"\xff")


def test_contexts_are_not_fetched(tmp_path: Path, canary: tuple[str, list[object]]) -> None:
    address, calls = canary
    path = tmp_path / "data.jsonld"
    path.write_text(json.dumps({"@context": address, "@id": "a:s"}))
    with pytest.raises(DataError, match=r"data\.jsonld:1:1: "):
        open_store(path)
    assert calls == []


# What only a remote store can meet


def answering(status: int, content_type: str, body: bytes = b"") -> RemoteStore:
    """A remote store that gets one answer to everything."""
    return RemoteStore(
        "http://here/sparql", send=lambda _request, _timeout: Response(status, content_type, body)
    )


def test_a_request_is_a_direct_post() -> None:
    seen: list[Request] = []

    def send(request: Request, _timeout: float) -> Response:
        seen.append(request)
        return Response(200, "text/csv; charset=utf-8", b"o\r\n")

    store = RemoteStore("http://here/sparql?key=1", send=send)
    assert (
        store.query("ASK {}é", accept="text/csv", default_graphs=["a:g1", "a:b&c"]).media_type == "text/csv"
    )
    store.query("ASK {}")
    assert seen[0].method == "POST"
    assert seen[0].url == "http://here/sparql?key=1&default-graph-uri=a%3Ag1&default-graph-uri=a%3Ab%26c"
    assert seen[0].body == "ASK {}é".encode()
    assert seen[0].headers["Content-Type"] == "application/sparql-query"
    assert seen[0].headers["Accept"] == "text/csv"
    assert seen[1].url == "http://here/sparql?key=1"
    assert seen[1].headers["Accept"] == "application/sparql-results+json, text/turtle"


@pytest.mark.parametrize(
    ("status", "content_type", "body", "words"),
    [
        (500, "text/plain", b"oh", "http://here/sparql answered with status 500: oh"),
        (
            404,
            "text/html",
            b"",
            "http://here/sparql answered with status 404; is this the address of a SPARQL endpoint",
        ),
        (301, "text/html", b"", "http://here/sparql answered with status 301"),
        (403, "text/plain", b"no", "http://here/sparql answered with status 403: no"),
        (503, "application/problem+json", b'{"detail": "busy"}', "status 503: busy"),
        (503, "application/problem+json", b"[]", "status 503: "),
        (200, "text/html", b"<p>Log in", "answered text/html, which is no SPARQL result"),
        (200, "", b"", "answered no media type"),
    ],
)
def test_other_answers_are_remote_errors(status: int, content_type: str, body: bytes, words: str) -> None:
    with pytest.raises(RemoteError, match=words):
        answering(status, content_type, body).query("ASK {}")


def test_an_error_of_ours_comes_back_as_what_it_was(own_server: str) -> None:
    store = RemoteStore(own_server)
    with pytest.raises(InputError, match="is no absolute IRI") as error:
        store.query("ASK {}", default_graphs=["no iri"])
    assert type(error.value) is InputError
    with pytest.raises(NotAcceptableError) as refused:
        store.query("ASK {}", accept="text/turtle")
    assert refused.value.offered == ("application/sparql-results+json", "application/sparql-results+xml")


def test_no_connection_is_a_remote_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    with pytest.raises(RemoteError, match=f"^{address}: .*refused"):
        RemoteStore(address).query("ASK {}")


def test_a_redirect_is_not_followed(canary: tuple[str, list[object]]) -> None:
    address, calls = canary
    with socket.create_server(("127.0.0.1", 0)) as server:

        def redirect() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                head = f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n"
                connection.sendall(head.encode())

        thread = threading.Thread(target=redirect)
        thread.start()
        with pytest.raises(RemoteError, match="status 302"):
            RemoteStore(f"http://127.0.0.1:{server.getsockname()[1]}/").query("ASK {}")
        thread.join()
    assert calls == []


def test_what_is_left_of_a_store_that_was_ended_while_it_was_made_becomes_one(tmp_path: Path) -> None:
    for name in ("LOCK", "LOG", "IDENTITY", "MANIFEST-000001", "000001.dbtmp"):
        (tmp_path / name).touch()
    LocalStore.from_directory(tmp_path, writable=True)
    assert (tmp_path / "CURRENT").exists()


def test_a_directory_with_something_else_in_it_becomes_none(tmp_path: Path) -> None:
    (tmp_path / "LOCK").touch()
    (tmp_path / "letter.txt").touch()
    with pytest.raises(InputError, match="holds no store"):
        LocalStore.from_directory(tmp_path, writable=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["LOCK", "letter.txt"]
