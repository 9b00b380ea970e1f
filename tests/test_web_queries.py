"""``/queries``: saved queries as addresses that answer."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from .asking import BROWSER, problem
from .serving import Server


def test_the_list(client: FlaskClient) -> None:
    listed = client.get("/queries").json
    assert listed is not None
    assert [each["name"] for each in listed] == ["successors", "everything", "at-least"]
    assert listed[0] == {
        "name": "successors",
        "summary": "What came after a model",
        "description": "",
        "tags": ["lineage"],
        "parameters": [
            {
                "name": "model",
                "type": "iri",
                "required": True,
                "default": None,
                "help": "A model, by its name.",
            }
        ],
        "href": "http://localhost/queries/successors",
    }
    page = client.get("/queries", headers=BROWSER)
    assert page.mimetype == "text/html"
    assert b'href="/queries/successors"' in page.data
    assert client.get("/queries?format=json", headers=BROWSER).json == listed
    assert client.get("/queries", headers={"Accept": "text/turtle"}).status_code == 406


def test_a_saved_query_is_negotiated(client: FlaskClient) -> None:
    path = "/queries/successors?model=Qwen2.5-VL"
    expected = b"successor\r\nhttps://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct\r\n"
    assert client.get(path, headers={"Accept": "text/csv"}).data == expected
    assert client.get(path + "&format=csv").data == expected
    assert client.post("/queries/successors", data={"model": "Qwen2.5-VL", "format": "csv"}).data == expected
    assert client.get(path).mimetype == "application/sparql-results+json"
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 406
    assert client.get("/queries/everything").mimetype == "text/turtle"
    assert client.get("/queries/at-least?count=2").json == {"head": {}, "boolean": True}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queries/sucessors", 404, "did you mean successors?"),
        ("/queries/zzz", 404, "there is no saved query 'zzz'"),
        ("/queries/successors", 400, "the parameter model is missing"),
        ("/queries/at-least?limit=3", 400, "there is no parameter limit"),
        ("/queries/at-least?count=3&count=4", 400, "the parameter count is given more than once"),
        ("/queries/at-least?format=yaml", 400, "there is no format 'yaml'"),
    ],
)
def test_bad_requests(client: FlaskClient, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None
    assert words in answer.json["detail"]


def _text(page: str) -> str:
    """What a page shows as text."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_the_page_of_a_query(client: FlaskClient) -> None:
    asked = client.get("/queries/successors", headers=BROWSER).data.decode()
    assert 'name="model"' in asked
    assert "What came after a model" in asked
    assert "PREFIX qkg:" in _text(asked)
    assert "rows<" not in asked
    answered = client.get("/queries/successors?model=Qwen2.5-VL&format=html").data.decode()
    assert '<a href="/id/Qwen2.5-VL-32B-Instruct">' in answered
    assert 'href="/queries/successors?model=Qwen2.5-VL&amp;format=csv"' in answered
    assert 'value="Qwen2.5-VL"' in answered
    assert (
        '<p class="verdict">Yes</p>' in client.get("/queries/at-least?count=", headers=BROWSER).data.decode()
    )
    assert "Qwen2.5-VL-32B-Instruct" in client.get("/queries/everything", headers=BROWSER).data.decode()


def test_the_page_of_a_query_says_what_is_wrong(client: FlaskClient) -> None:
    answer = client.get("/queries/at-least?count=1&other=<b>", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "there is no parameter other" in answer.text
    assert "<b>" not in answer.text


def test_the_openapi_description_covers_every_saved_query(client: FlaskClient) -> None:
    described = client.get("/openapi.json").json
    assert described is not None
    assert described["openapi"] == "3.1.0"
    assert described["info"]["version"] == "0.0.1"
    paths = described["paths"]
    assert {path for path in paths if path.startswith("/queries/")} == {
        "/queries/successors", "/queries/everything", "/queries/at-least",
    }  # fmt: skip
    model, timeout, format_name = paths["/queries/successors"]["get"]["parameters"]
    assert timeout["name"] == "timeout"
    assert (model["name"], model["required"], model["schema"]) == ("model", True, {"type": "string"})
    assert "csv" in format_name["schema"]["enum"]
    assert paths["/queries/at-least"]["get"]["parameters"][0]["schema"] == {"type": "integer", "default": 1}
    operations = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(set(operations)) == len(operations)
    assert json.dumps(described).count("#/components/schemas/Problem") == len(operations)


def test_what_the_openapi_description_tells_is_there(sampled: Server) -> None:
    """Each path, with each of its methods: none is 404 or 405, whatever else is missing."""
    described = json.loads(sampled.ask("GET", "/openapi.json").body)
    assert described["servers"] == [{"url": sampled.url}]
    paths = described["paths"]
    assert {"/sparql", "/graphs", "/queries", "/healthz", "/metrics", "/ns", "/.well-known/void"} <= set(
        paths
    )
    for path, methods in paths.items():
        place = path.format(name="Qwen2.5-VL", extension="ttl")
        allowed = sampled.ask("OPTIONS", place).headers["allow"].lower().split(", ")
        assert set(methods) - {"parameters"} <= set(allowed), path
        answer = sampled.ask("GET", place)
        needs = any(field.get("required") for field in methods["get"]["parameters"] if field["in"] == "query")
        assert answer.status == 400 if needs else answer.status in {200, 303}, path


def test_the_openapi_description_knows_every_member_of_a_problem(sampled: Server) -> None:
    described = json.loads(sampled.ask("GET", "/openapi.json").body)
    schema = described["components"]["schemas"]["Problem"]
    validator = Draft202012Validator(schema | {"additionalProperties": False})
    for method, target, body, status in (
        ("GET", "/sparql?query=oops", "", 400),
        ("GET", "/queries/sucessors", "", 404),
        ("GET", "/sparql?format=csv", "", 406),
        ("PATCH", "/sparql", "", 405),
        ("DELETE", "/ns", "", 405),
        ("POST", "/sparql", "ASK {}".ljust(200_000), 413),
        ("POST", "/graphs", "", 403),
    ):
        headers = {"Content-Type": "application/sparql-query"}
        validator.validate(problem(sampled.ask(method, target, headers, body), status))
