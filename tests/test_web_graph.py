"""The endpoint over the graph as it is built, rather than over a sample."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.web import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CSV = {"Accept": "text/csv"}


@pytest.fixture(scope="module")
def web(kg: KnowledgeGraph) -> FlaskClient:
    """A client of the endpoint over the built graph."""
    return create_app(kg).test_client()


def test_what_came_after_a_model(web: FlaskClient) -> None:
    saved = web.get("/queries/successors?model=Qwen2.5-VL", headers=CSV).text
    query = (
        "PREFIX qkg: <https://w3id.org/qwen-kg/ns#> PREFIX id: <https://w3id.org/qwen-kg/id/> "
        "SELECT ?variant { ?variant qkg:successorOf id:Qwen2.5-VL }"
    )
    free = web.post("/sparql", data={"query": query}, headers=CSV).text
    assert free == "variant\r\nhttps://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct\r\n"
    assert len(saved.splitlines()) == 2
    assert "https://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct" in saved


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/queries",
        "/ns",
        "/page/Qwen2.5-VL-32B-Instruct",
        "/page/Qwen",
        "/page/source/wikipedia-qwen/f001",
    ],
)
def test_every_link_on_a_page_leads_somewhere(web: FlaskClient, path: str) -> None:
    page = web.get(path, headers=BROWSER)
    assert page.status_code == 200
    links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', page.text)}
    assert links
    for link in links:
        with web.get(link, headers=BROWSER) as answer:
            assert answer.status_code in {200, 303}, link


def test_every_saved_query_has_a_page_and_an_answer(web: FlaskClient, kg: KnowledgeGraph) -> None:
    for name, query in kg.queries.items():
        assert web.get(f"/queries/{name}", headers=BROWSER).status_code == 200, name
        if not any(parameter.required for parameter in query.parameters):
            assert web.get(f"/queries/{name}").status_code == 200, name


def test_who_is_not_known_is_404(web: FlaskClient) -> None:
    for path in ("/id/Qwen99", "/page/Qwen99", "/data/Qwen99.ttl", "/statement/0"):
        assert web.get(path).status_code == 404


def test_a_page_names_the_passage_behind_a_fact(web: FlaskClient) -> None:
    page = web.get("/page/Qwen2.5-VL-32B-Instruct").text
    assert "successor of" in page
    assert re.search(r'href="/source/wikipedia-qwen/f\d{3}"', page)
