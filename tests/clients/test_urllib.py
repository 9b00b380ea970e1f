"""The standard library alone, as scripts without dependencies use it."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from ..serving import Server
from .questions import BROKEN, DESCRIBE, SELECT, Row


def rows(body: bytes) -> set[Row]:
    return {
        (row["variant"]["value"], row["name"]["value"], int(row["size"]["value"]))
        for row in json.loads(body)["results"]["bindings"]
    }


def test_get_and_form(server: Server, sizes: set[Row]) -> None:
    fields = urlencode({"query": SELECT})
    with urlopen(f"{server.url}/sparql?{fields}") as by_get:
        assert by_get.headers.get_content_type() == "application/sparql-results+json"
        assert rows(by_get.read()) == sizes
    with urlopen(f"{server.url}/sparql", fields.encode()) as by_form:
        assert rows(by_form.read()) == sizes


def test_direct_post(server: Server, sizes: set[Row]) -> None:
    request = Request(f"{server.url}/sparql", SELECT.encode(), {"Content-Type": "application/sparql-query"})
    with urlopen(request) as answer:
        assert rows(answer.read()) == sizes


def test_head_has_the_headers_of_get(server: Server) -> None:
    address = f"{server.url}/sparql?{urlencode({'query': DESCRIBE})}"
    with urlopen(address) as whole, urlopen(Request(address, method="HEAD")) as head:
        assert head.read() == b""
        assert [pair for pair in head.getheaders() if pair[0].lower() != "date"] == [
            pair for pair in whole.getheaders() if pair[0].lower() != "date"
        ]
        assert int(head.headers["Content-Length"]) == len(whole.read())


def test_redirects_from_an_entity_to_its_data(server: Server) -> None:
    request = Request(f"{server.url}/id/Qwen2.5-VL", headers={"Accept": "text/turtle"})
    with urlopen(request) as answer:
        assert answer.url != request.full_url
        assert answer.headers.get_content_type() == "text/turtle"
        assert b"Qwen2.5-VL" in answer.read()


def test_an_error_is_a_problem_document(server: Server) -> None:
    with pytest.raises(HTTPError) as error:
        urlopen(f"{server.url}/sparql?{urlencode({'query': BROKEN})}")
    with error.value as answer:
        assert answer.headers.get_content_type() == "application/problem+json"
        problem = json.loads(answer.read())
    assert (problem["status"], problem["line"]) == (400, 1)
