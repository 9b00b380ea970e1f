"""The endpoint over the graph as it is packaged, rather than over a sample."""

from __future__ import annotations

import html
import re

import pytest

from qwen_kg.knowledge_graph import KnowledgeGraph

from .asking import BROWSER, rows, url
from .serving import Server

CSV = {"Accept": "text/csv"}


def test_what_came_after_a_model(small_server: Server) -> None:
    saved = small_server.ask("GET", "/queries/successors?model=Qwen2.5-VL", CSV)
    query = (
        "PREFIX qkg: <https://w3id.org/qwen-kg/ns#> PREFIX id: <https://w3id.org/qwen-kg/id/> "
        "SELECT ?variant { ?variant qkg:successorOf id:Qwen2.5-VL }"
    )
    free = small_server.ask("GET", url(query=query), CSV)
    assert free.text == "variant\r\nhttps://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct\r\n"
    assert len(rows(saved)) == 1
    assert "https://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct" in rows(saved)[0].values()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/queries",
        "/ns",
        "/sparql",
        "/page/Qwen2.5-VL-32B-Instruct",
        "/page/Qwen",
        "/page/source/wikipedia-qwen/f001",
    ],
)
def test_every_link_on_a_page_leads_somewhere(server: Server, path: str) -> None:
    page = server.ask("GET", path, BROWSER)
    assert page.status == 200
    links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', page.text)}
    assert links
    for link in links:
        assert server.ask("GET", link, BROWSER).status in {200, 303}, link


def test_every_saved_query_has_a_page_and_an_answer(server: Server, kg: KnowledgeGraph) -> None:
    for name, query in kg.queries.items():
        assert server.ask("GET", f"/queries/{name}", BROWSER).status == 200, name
        if not any(parameter.required for parameter in query.parameters):
            assert server.ask("GET", f"/queries/{name}").status == 200, name


def test_who_is_not_known_is_404(server: Server) -> None:
    for path in ("/id/Qwen99", "/page/Qwen99", "/data/Qwen99.ttl", "/statement/0"):
        assert server.ask("GET", path).status == 404


def test_a_page_names_the_passage_behind_a_fact(server: Server) -> None:
    page = server.ask("GET", "/page/Qwen2.5-VL-32B-Instruct").text
    assert "successor of" in page
    assert re.search(r'href="/page/source/wikipedia-qwen/f\d{3}"', page)


def test_every_answer_names_the_release(server: Server, kg: KnowledgeGraph) -> None:
    for target in (
        "/",
        url(query="ASK {}"),
        url(query="oops"),
        "/id/Qwen",
        "/graphs?default",
        "/nowhere",
        "/healthz",
    ):
        assert server.ask("GET", target).headers["qwen-kg-release"] == kg.release
