"""curl, with the options that people type and those that send something unusual."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from rdflib import Graph

from ..serving import Reply, Server
from .questions import AWKWARD_LITERAL, BROKEN, SELECT, Row

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

JSON = "application/sparql-results+json"
TURTLE = f"<https://example.org/s> <https://example.org/p> {AWKWARD_LITERAL}@en .\n"


def curl(*arguments: str | Path, stdin: bytes = b"") -> Reply:
    """Run curl; the headers are those of the last response, after any 100 Continue or redirect."""
    command = ["curl", "-sS", "-i", "--max-time", "60", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=90, check=True)
    rest = done.stdout
    while True:
        head, _, rest = rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        if status >= 200 and not (300 <= status < 400 and rest.startswith(b"HTTP/")):
            break
    return Reply(
        status, {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}, rest
    )


def rows(reply: Reply) -> set[Row]:
    assert (reply.status, reply.headers["content-type"]) == (200, JSON), reply.text
    return {
        (row["variant"]["value"], row["name"]["value"], int(row["size"]["value"]))
        for row in json.loads(reply.body)["results"]["bindings"]
    }


def test_query_by_get_form_and_direct_post(server: Server, sizes: set[Row]) -> None:
    address, field = f"{server.url}/sparql", f"query={SELECT}"
    assert rows(curl("-G", address, "--data-urlencode", field)) == sizes
    assert rows(curl(address, "--data-urlencode", field)) == sizes
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", SELECT)
    assert rows(curl(address, *direct)) == sizes
    assert rows(curl("--http1.0", address, *direct)) == sizes
    assert rows(curl("-H", "Transfer-Encoding: chunked", address, *direct)) == sizes
    assert rows(curl("-H", "Expect: 100-continue", address, *direct)) == sizes


def test_the_method_query(server: Server, sizes: set[Row]) -> None:
    direct = ("-X", "QUERY", "-H", "Content-Type: application/sparql-query", "--data-binary", SELECT)
    assert rows(curl(f"{server.url}/sparql", *direct)) == sizes


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/json", JSON),
        ("text/turtle, text/*;q=0.1", "text/csv"),
        ("*/*", JSON),
    ],
)
def test_accept(server: Server, accept: str, media_type: str) -> None:
    reply = curl(
        "-G", f"{server.url}/sparql", "--data-urlencode", f"query={SELECT}", "-H", f"Accept: {accept}"
    )
    assert (reply.status, reply.headers["content-type"].split(";")[0]) == (200, media_type)


def test_head_has_the_headers_of_get(server: Server) -> None:
    request = ("-G", f"{server.url}/sparql", "--data-urlencode", f"query={SELECT}")
    whole, head = curl(*request), curl("--head", *request)
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}
    assert int(head.headers["content-length"]) == len(whole.body)


def test_compressed(server: Server) -> None:
    request = ("-G", f"{server.url}/sparql", "--data-urlencode", "query=SELECT * { ?s ?p ?o }")
    plain = curl(*request)
    assert "content-encoding" not in plain.headers
    raw = curl(*request, "-H", "Accept-Encoding: gzip")
    assert raw.headers["content-encoding"] == "gzip"
    assert int(raw.headers["content-length"]) == len(raw.body) < len(plain.body) / 2
    assert gzip.decompress(raw.body) == plain.body
    understood = curl(*request, "--compressed")  # gzip, deflate, br and zstd, where curl was built with them
    assert "content-encoding" in understood.headers
    assert understood.body == plain.body
    assert "accept-encoding" in plain.headers["vary"].lower()


def test_conditional_requests(server: Server, tmp_path: Path) -> None:
    kept = tmp_path / "etag"
    request = ("-G", f"{server.url}/sparql", "--data-urlencode", f"query={SELECT}")
    first = curl(*request, "--etag-save", kept)
    assert first.headers["etag"] in kept.read_text()
    again = curl(*request, "--etag-compare", kept)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert curl(*request, "-H", 'If-None-Match: "other", W/"else"').body == first.body
    assert curl(*request, "-H", "If-None-Match: *").status == 304
    other_format = curl(*request, "-H", "Accept: text/csv", "-H", f"If-None-Match: {first.headers['etag']}")
    assert (other_format.status, other_format.headers["content-type"].split(";")[0]) == (200, "text/csv")
    compressed = curl(*request, "--compressed", "-H", f"If-None-Match: {first.headers['etag']}")
    assert compressed.status in {200, 304}


def test_methods(server: Server) -> None:
    options = curl("-X", "OPTIONS", f"{server.url}/sparql")
    assert options.status in {200, 204}
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= {
        name.strip() for name in options.headers["allow"].split(",")
    }
    for method in ("PATCH", "DELETE", "PUT"):
        refused = curl("-X", method, f"{server.url}/sparql")
        assert refused.status == 405
        assert refused.headers["content-type"] == "application/problem+json"
        assert "GET" in refused.headers["allow"]


def test_failures_become_its_exit_code(server: Server) -> None:
    command = ["curl", "-sS", "--fail", "-G", f"{server.url}/sparql", "--data-urlencode", f"query={BROKEN}"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 22
    assert b"400" in done.stderr


def test_a_file_in_a_form_is_no_query(server: Server) -> None:
    reply = curl(f"{server.url}/sparql", "-F", f"query={SELECT}")
    assert (reply.status, reply.headers["content-type"]) == (415, "application/problem+json")


def test_multipart_parameters_of_a_saved_query(server: Server) -> None:
    reply = curl(f"{server.url}/queries/successors", "-F", "model=Qwen2.5-VL", "-F", "format=csv")
    assert reply.status == 200
    assert b"Qwen2.5-VL-32B-Instruct" in reply.body


def test_it_asks_its_way_through_a_redirect(server: Server) -> None:
    reply = curl("-L", "-H", "Accept: application/n-triples", f"{server.url}/id/Qwen2.5-VL")
    assert reply.status == 200
    assert len(Graph().parse(data=reply.body, format="nt")) > 10


def graph(server: Server, name: str) -> str:
    return f"{server.url}/graphs?graph=https://example.org/curl/{name}"


def test_put_a_file(editable: Server, bearer: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text(TURTLE, "utf-8")
    address, token = graph(editable, "put"), ("-H", f"Authorization: {bearer['Authorization']}")
    turtle = ("-H", "Content-Type: text/turtle")
    assert curl(address).status == 404
    assert curl("-T", file, *turtle, address).status == 401
    assert curl("-T", file, *turtle, *token, address).status == 201
    assert curl("-T", file, *turtle, *token, address).status in {200, 204}
    found = curl(address, "-H", "Accept: text/turtle")
    assert set(Graph().parse(data=found.body)) == set(Graph().parse(data=TURTLE))
    assert curl("--head", address).status == 200
    more = TURTLE.replace("/s>", "/t>").encode()
    added = curl("--data-binary", "@-", *turtle, *token, address, stdin=more)
    assert added.status in {200, 204}
    assert len(Graph().parse(data=curl(address, "-H", "Accept: text/turtle").body)) == 2
    assert curl("-X", "DELETE", *token, address).status in {200, 204}
    assert curl(address).status == 404


@pytest.mark.parametrize("framing", [(), ("-H", "Transfer-Encoding: chunked")], ids=["length", "chunked"])
def test_put_a_file_for_which_it_asks_first(
    editable: Server, bearer: dict[str, str], tmp_path: Path, framing: tuple[str, ...]
) -> None:
    """For a body of more than a mebibyte curl sends ``Expect: 100-continue`` and waits."""
    file = tmp_path / "data.nt"
    line = '<https://example.org/s> <https://example.org/p> "{}" .\n'
    file.write_text("".join(line.format(number) for number in range(30_000)))
    assert file.stat().st_size > 1024 * 1024
    address, token = graph(editable, "large"), ("-H", f"Authorization: {bearer['Authorization']}")
    put = ("-T", file, "-H", "Content-Type: application/n-triples", *framing, *token, address)
    assert curl(*put).status in {200, 201, 204}
    assert curl(address, "-H", "Accept: application/n-triples").body.count(b"\n") == 30_000


def test_add_files_by_a_form(editable: Server, bearer: dict[str, str], tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.nt"
    one.write_text(TURTLE, "utf-8")
    two.write_text("<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n")
    address, token = graph(editable, "form"), ("-H", f"Authorization: {bearer['Authorization']}")
    parts = ("-F", f"one=@{one};type=text/turtle", "-F", f"two=@{two};type=application/n-triples")
    assert curl(*parts, address).status == 401
    assert curl(*parts, *token, address).status in {200, 201, 204}
    assert len(Graph().parse(data=curl(address, "-H", "Accept: text/turtle").body)) == 2


def test_update(editable: Server, bearer: dict[str, str]) -> None:
    name = "https://example.org/curl/update"
    insert = f"INSERT DATA {{ GRAPH <{name}> {{ <x:s> <x:p> {AWKWARD_LITERAL} }} }}"
    token, address = ("-H", f"Authorization: {bearer['Authorization']}"), f"{editable.url}/sparql"
    assert curl(address, "--data-urlencode", f"update={insert}").status == 401
    assert curl(address, "--data-urlencode", f"update={insert}", *token).status in {200, 204}
    ask = f"ASK {{ GRAPH <{name}> {{ ?s ?p {AWKWARD_LITERAL} }} }}"
    assert json.loads(curl("-G", address, "--data-urlencode", f"query={ask}").body)["boolean"] is True
    direct = ("-H", "Content-Type: application/sparql-update", "--data-binary", f"CLEAR GRAPH <{name}>")
    assert curl(address, *direct, *token).status in {200, 204}
    assert json.loads(curl("-G", address, "--data-urlencode", f"query={ask}").body)["boolean"] is False
