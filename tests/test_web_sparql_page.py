"""``/sparql`` for people: the form, the answer as a table, and what is wrong beside the query."""

from __future__ import annotations

import html
from urllib.parse import quote

import pytest

from qwen_kg.errors import QwenKgError
from qwen_kg.results import Result
from qwen_kg.web import create_app

from .asking import BROWSER, ENDLESS, media_type, url
from .sample import SampleKnowledge
from .serving import Server, serving

SELECT = "SELECT ?s { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"


def test_browsers_get_a_form(sampled: Server) -> None:
    answer = sampled.ask("GET", "/sparql", BROWSER)
    assert (answer.status, media_type(answer)) == (200, "text/html")
    assert "<textarea" in answer.text
    assert "PREFIX qkg:" in answer.text
    assert "Release 0.0.1" in answer.text


@pytest.mark.parametrize("name", ["html", "text/html", "text%2Fhtml", "HTML"])
def test_a_page_can_be_asked_for_by_name(sampled: Server, name: str) -> None:
    answer = sampled.ask("GET", f"/sparql?format={name}", {"Accept": "application/json"})
    assert (answer.status, media_type(answer)) == (200, "text/html")


def test_a_format_by_name_is_no_page_even_for_a_browser(sampled: Server) -> None:
    answer = sampled.ask("GET", url(query=SELECT, format="csv"), BROWSER)
    assert (answer.status, media_type(answer)) == (200, "text/csv")


def test_browsers_get_a_table(sampled: Server) -> None:
    page = sampled.ask("GET", url(query=SELECT), BROWSER).text
    assert '<a href="/id/Qwen2.5-VL-32B-Instruct">id:Qwen2.5-VL-32B-Instruct</a>' in page
    assert "1 row<" in page
    no = sampled.ask("GET", url(query="ASK { ?s ?s ?s }", format="html")).text
    assert '<p class="verdict">No</p>' in no
    assert "qkg:successorOf id:Qwen2.5-VL" in sampled.ask("GET", url(query=CONSTRUCT), BROWSER).text


def test_graphs_of_the_protocol_count_on_a_page_too(sampled: Server) -> None:
    graph = ("default-graph-uri", "https://w3id.org/qwen-kg/graph/inferred")
    page = sampled.ask("GET", url(graph, query="SELECT ?s { ?s ?p ?o }"), BROWSER).text
    assert "1 row<" in page


def test_browsers_see_what_is_wrong_beside_their_query(sampled: Server) -> None:
    answer = sampled.ask("GET", url(query="SELEC ?s <b>"), BROWSER)
    assert (answer.status, media_type(answer)) == (400, "text/html")
    assert "SELEC ?s &lt;b&gt;</textarea>" in answer.text
    assert "Query syntax error" in answer.text
    assert "SELEC ?s &lt;b&gt;\n^" in answer.text


@pytest.mark.parametrize(
    ("method", "target", "status", "words"),
    [
        ("GET", "/sparql?query=%FF", 400, "not percent-encoded UTF-8"),
        ("GET", url(update="CLEAR ALL"), 400, "not in the address"),
        ("GET", url(query="ASK { SERVICE <http://127.0.0.1:9/> {} }"), 403, "SERVICE is not allowed"),
        ("DELETE", "/sparql", 405, "DELETE is not allowed here"),
        ("POST", "/sparql", 415, "is not understood"),
        ("PUT", "/graphs?default", 403, "no updates"),
        ("GET", "/graphs?graph=urn:none", 404, "there is no graph <urn:none>"),
        ("POST", "/healthz", 405, "POST is not allowed here"),
    ],
)
def test_a_problem_is_a_page_for_browsers(
    sampled: Server, method: str, target: str, status: int, words: str
) -> None:
    answer = sampled.ask(method, target, BROWSER)
    assert (answer.status, media_type(answer)) == (status, "text/html")
    assert words.lower() in html.unescape(answer.text).lower()
    assert "Accept" in answer.headers["vary"].split(", ")


def test_a_program_that_takes_pages_last_gets_a_document(sampled: Server) -> None:
    answer = sampled.ask("DELETE", "/sparql", {"Accept": "application/json, text/html;q=0.1"})
    assert (answer.status, media_type(answer)) == (405, "application/problem+json")


def test_a_page_has_the_limits_of_every_query(sample_file: str) -> None:
    with serving("--store", sample_file, "--timeout", "1") as server:
        answer = server.ask("GET", url(query=ENDLESS), BROWSER)
        assert (answer.status, media_type(answer)) == (504, "text/html")
        assert "longer than 1 seconds" in answer.text


def test_what_data_say_is_text_on_a_page(sampled: Server) -> None:
    query = "SELECT (\"<script>1</script>\" AS ?x) (<javascript:alert(1)> AS ?y) ('a'@en AS ?z) ?none {}"
    page = sampled.ask("GET", url(query=query), BROWSER).text
    assert "&lt;script&gt;1&lt;/script&gt;" in page
    assert "<script>" not in page
    assert 'href="javascript' not in page
    for path in ("/nowhere/", "/graphs/"):
        quoted = sampled.ask("GET", path + quote("<script>"), BROWSER).text
        assert "<script>" not in quoted


def test_what_goes_wrong_inside_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(SampleKnowledge):
        def describe(self, iri: str, accept: str | None = None) -> Result:
            raise RuntimeError("the secret of /home/somebody")

        def graph(self, iri: str, accept: str | None = None) -> Result:
            raise QwenKgError("the secret of an error of our own")

    client = create_app(Broken()).test_client()
    for path in ("/data/Qwen2.5-VL.ttl", "/shapes"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
        assert answer.json is not None
        assert set(answer.json) == {"type", "title", "status", "detail", "id"}
        assert answer.json["id"] in answer.json["detail"]
        assert answer.json["id"] in caplog.text
        assert "secret" not in answer.text
        page = client.get(path, headers=BROWSER)
        assert (page.status_code, page.mimetype) == (500, "text/html")
        assert "secret" not in page.text
    assert "the secret of /home/somebody" in caplog.text
    assert "the secret of an error of our own" in caplog.text
