"""Nothing leaves: whatever is asked or sent, no connection is opened and no file is read.

All addresses here are those of this machine, written in one way or another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from ..serving import Reply, Server, serving
from .canary import SECRET, Canary, listening
from .services import SERVICES
from .wire import alive, ask, problem, query

FILE_SECRET = "what-is-in-the-file"


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A canary that must have heard nothing in the end."""
    with listening() as made:
        yield made
        assert made.heard == []


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The IRI of a file that holds a secret."""
    path = tmp_path_factory.mktemp("files") / "secret.ttl"
    path.write_text(f'<x:s> <x:p> "{FILE_SECRET}" .\n')
    return path.as_uri()


@pytest.fixture(scope="module")
def storing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--writable", "--store", str(tmp_path_factory.mktemp("outgoing") / "store"))
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        assert write(running, "INSERT DATA { <x:s> <x:p> 1 }").status in {200, 204}
        yield running


def write(server: Server, text: str, target: str = "/sparql") -> Reply:
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {server.token}"}
    return server.ask("POST", target, headers, text)


def nothing(reply: Reply) -> None:
    """Hold a reply to telling nothing of what it could not see."""
    assert reply.status < 500, reply.text
    assert FILE_SECRET.encode() not in reply.body
    assert SECRET.encode() not in reply.body


def test_the_canary_hears_who_comes() -> None:
    with listening() as canary:
        with urlopen(f"http://127.0.0.1:{canary.port}/") as answer:
            assert SECRET.encode() in answer.read()
        assert len(canary.heard) == 1


HOSTS = ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "017700000001", "127.1", "0", "0.0.0.0",
         "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1.", "localhost.", "user@127.0.0.1", "LOCALHOST",
         "127.0.0.2", "①②⑦.⓪.⓪.①", "%6c%6f%63%61%6c%68%6f%73%74"]  # fmt: skip


@pytest.mark.parametrize("form", SERVICES)
def test_service(server: Server, canary: Canary, form: str) -> None:
    address = f"http://127.0.0.1:{canary.port}/sparql"
    reply = ask(server, SERVICES[form].format(address, address.removeprefix("http")))
    assert reply.status in {400, 403}, reply.text  # 400 where it is no query by the grammar
    nothing(reply)
    problem(reply)


@pytest.mark.parametrize("host", HOSTS)
def test_service_by_every_way_to_write_an_address(server: Server, canary: Canary, host: str) -> None:
    for form in ("constant", "silent", "by VALUES"):
        reply = ask(server, SERVICES[form].format(f"http://{host}:{canary.port}/sparql"))
        assert reply.status in {400, 403}, reply.text
        nothing(reply)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "clause", ["FROM <{}>", "FROM NAMED <{}>", "FROM <{0}> FROM NAMED <{0}>", "from<{}>"]
)
def test_from(server: Server, canary: Canary, clause: str, host: str) -> None:
    graphs = clause.format(f"http://{host}:{canary.port}/data.ttl")
    for text in (f"SELECT * {graphs} {{ ?s ?p ?o }}", f"SELECT * {graphs} {{ GRAPH ?g {{ ?s ?p ?o }} }}"):
        reply = ask(server, text)
        nothing(reply)
        if reply.status == 200:
            assert json.loads(reply.body)["results"]["bindings"] == []


@pytest.mark.parametrize("field", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("pattern", ["?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"])
def test_graphs_of_the_protocol(server: Server, canary: Canary, file: str, field: str, pattern: str) -> None:
    text = f"SELECT * {{ {pattern} }}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for iri in (
        f"http://127.0.0.1:{canary.port}/data.ttl",
        file,
        file.replace("file:///", "file:/"),
        "file:///etc/passwd",
    ):
        target = query(text, **{field: iri})
        for reply in (
            server.ask("GET", target),
            server.ask("POST", "/sparql", form, target.partition("?")[2]),
            ask(server, text, **{field: iri}),
        ):
            nothing(reply)
            assert reply.status in {200, 400, 403}
            if reply.status == 200:
                assert json.loads(reply.body)["results"]["bindings"] == []


@pytest.mark.parametrize("clause", ["FROM <{}>", "FROM NAMED <{}>"])
@pytest.mark.parametrize(
    "spelling", ["{}", "file:/{}", "file://localhost/{}", "FILE:///{}", "file:////{}", "/{}", "{}#x"]
)
def test_files(server: Server, file: str, clause: str, spelling: str) -> None:
    iri = spelling.format(file if spelling.startswith("{}") else file.removeprefix("file:///"))
    for text in (
        f"SELECT * {clause.format(iri)} {{ ?s ?p ?o }}",
        f"CONSTRUCT {{ ?s ?p ?o }} {clause.format(iri)} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"DESCRIBE <x:s> {clause.format(iri)}",
        f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}",
    ):
        nothing(ask(server, text))
    alive(server)


UPDATES = {
    "LOAD": "LOAD <{}>",
    "LOAD SILENT": "LOAD SILENT <{}>",
    "LOAD INTO": "LOAD <{}> INTO GRAPH <x:g>",
    "LOAD in lower case": "load silent <{}> into graph <x:g>",
    "LOAD by a prefix": "PREFIX e: <{}> LOAD e:",
    "LOAD after another operation": "INSERT DATA {{ <x:t> <x:p> 2 }} ; LOAD <{}>",
    "LOAD before another operation": "LOAD SILENT <{}> ; INSERT DATA {{ <x:t> <x:p> 2 }}",
    "SERVICE": "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
    "SERVICE SILENT": "INSERT {{ <x:t> <x:p> 2 }} WHERE {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
    "SERVICE to delete": "DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o OPTIONAL {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }} }}",
}  # fmt: skip


@pytest.mark.parametrize("kind", UPDATES)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_updates(storing: Server, canary: Canary, file: str, kind: str, scheme: str) -> None:
    iri = file if scheme == "file" else f"http://127.0.0.1:{canary.port}/data.ttl"
    reply = write(storing, UPDATES[kind].format(iri))
    assert reply.status == 403, (reply.status, reply.text)
    nothing(reply)
    unchanged(storing)


@pytest.mark.parametrize("clause", ["USING <{}>", "USING NAMED <{}>"])
def test_using(storing: Server, canary: Canary, file: str, clause: str) -> None:
    for iri in (file, f"http://127.0.0.1:{canary.port}/data.ttl"):
        for text in (
            f"INSERT {{ GRAPH <x:g> {{ ?s ?p ?o }} }} {clause.format(iri)} WHERE {{ ?s ?p ?o }}",
            f"INSERT {{ GRAPH <x:g> {{ ?s ?p ?o }} }} {clause.format(iri)} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"COPY <{iri}> TO <x:g>",
            f"ADD SILENT <{iri}> TO <x:g>",
            f"MOVE SILENT <{iri}> TO <x:g>",
        ):
            nothing(write(storing, text))
            unchanged(storing)
        nothing(write(storing, "INSERT { ?s ?p 3 } WHERE { ?s ?p ?o }", f"/sparql?using-graph-uri={iri}"))
        unchanged(storing)


def unchanged(storing: Server) -> None:
    reply = ask(storing, "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    rows = json.loads(reply.body)["results"]["bindings"]
    assert [(row["s"]["value"], row["o"]["value"]) for row in rows] == [("x:s", "1")]


DOCUMENTS = {
    "JSON-LD, remote context": ("application/ld+json", '{{"@context": "{0}", "@id": "x:s", "name": "n"}}'),
    "JSON-LD, one of several": ("application/ld+json", '{{"@context": [{{"name": "x:p"}}, "{0}"], "@id": "x:s", "name": "n"}}'),
    "JSON-LD, scoped": ("application/ld+json", '{{"@context": {{"T": {{"@id": "x:T", "@context": "{0}"}}}}, "@type": "T", "x:p": 1}}'),
    "JSON-LD, imported": ("application/ld+json", '{{"@context": {{"@version": 1.1, "@import": "{0}"}}, "@id": "x:s", "name": "n"}}'),
    "RDF/XML, external entity": (
        "application/rdf+xml",
        '<!DOCTYPE r [<!ENTITY e SYSTEM "{0}">]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:x="x:"><r:Description r:about="x:s"><x:p>&e;</x:p></r:Description></r:RDF>',
    ),
    "RDF/XML, external subset": (
        "application/rdf+xml",
        '<!DOCTYPE r SYSTEM "{0}"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ),
    "RDF/XML, parameter entity": (
        "application/rdf+xml",
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "{0}"> %p;]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ),
    "Turtle, base": ("text/turtle", "@base <{0}> . <> <http://www.w3.org/2002/07/owl#imports> <{0}> ."),
}  # fmt: skip


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_documents(storing: Server, canary: Canary, file: str, kind: str, method: str) -> None:
    media_type, text = DOCUMENTS[kind]
    token = {"Authorization": f"Bearer {storing.token}"}
    address = "/graphs?graph=https://example.org/documents"
    for iri in (f"http://127.0.0.1:{canary.port}/context", file):
        reply = storing.ask(method, address, {"Content-Type": media_type, **token}, text.format(iri))
        nothing(reply)
        assert reply.status in {200, 201, 204, 400, 403}
        if media_type == "application/ld+json":
            assert reply.status in {400, 403}  # what a context would have meant is not known
        nothing(storing.ask("GET", address, {"Accept": "text/turtle"}))
        storing.ask("DELETE", address, token)
        unchanged(storing)


def test_graphs_of_elsewhere_are_only_names(storing: Server, canary: Canary, file: str) -> None:
    for iri in (f"http://127.0.0.1:{canary.port}/data", file):
        assert storing.ask("GET", f"/graphs?graph={iri}").status == 404


def test_headers_with_addresses(server: Server, canary: Canary) -> None:
    address = f"http://127.0.0.1:{canary.port}/"
    for name in ("Host", "X-Forwarded-Host", "Forwarded", "Referer", "Origin", "Link", "X-Original-URL", "Content-Location",
                 "Profile", "Accept-Profile"):  # fmt: skip
        nothing(
            server.ask(
                "GET",
                query("ASK {}"),
                {name: address.removeprefix("http://").rstrip("/") if "ost" in name else address},
            )
        )
