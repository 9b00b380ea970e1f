"""The IRIs of the project lead to pages and data, and the documents are there."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from qwen_kg.web import create_app

from . import asking
from .asking import BROWSER
from .sample import SampleKnowledge
from .serving import Server

RDF_EXTENSIONS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
}


@pytest.mark.parametrize(
    ("path", "page", "data"),
    [
        ("/id/Qwen2.5-VL", "/page/Qwen2.5-VL", "/data/Qwen2.5-VL"),
        ("/statement/1", "/page/statement/1", "/data/statement/1"),
        ("/source/paper", "/page/source/paper", "/data/source/paper"),
        ("/source/paper/p1", "/page/source/paper/p1", "/data/source/paper/p1"),
    ],
)
def test_an_entity_leads_to_what_is_asked_for(client: FlaskClient, path: str, page: str, data: str) -> None:
    to_page = client.get(path, headers=BROWSER)
    assert (to_page.status_code, to_page.headers["Location"]) == (303, page)
    assert "Accept" in to_page.vary
    assert client.get(page).mimetype == "text/html"
    assert client.get(path).headers["Location"] == data + ".ttl"
    assert client.get(path + "?format=html").headers["Location"] == page
    for extension, media_type in RDF_EXTENSIONS.items():
        to_data = client.get(path, headers={"Accept": media_type})
        assert (to_data.status_code, to_data.headers["Location"]) == (303, f"{data}.{extension}")
        found = client.get(to_data.headers["Location"], headers={"Accept": "image/png"})
        assert (found.status_code, found.mimetype) == (200, media_type)
        subjects = {quad.subject for quad in ox.parse(found.data, ox.RdfFormat.from_media_type(media_type))}
        assert ox.NamedNode("https://w3id.org/qwen-kg" + path) in subjects


def test_an_entity_leads_on_over_http_too(sampled: Server) -> None:
    for accept, place in (
        ("text/html", "/page/Qwen2.5-VL"),
        ("application/ld+json", "/data/Qwen2.5-VL.jsonld"),
    ):
        answer = sampled.ask("GET", "/id/Qwen2.5-VL", {"Accept": accept})
        assert (answer.status, answer.headers["location"]) == (303, place)
        assert "Accept" in answer.headers["vary"].split(", ")
        assert asking.media_type(sampled.ask("GET", place)) == accept
    for path in (
        "/page/Qwen2.5-VL",
        "/data/Qwen2.5-VL.nt",
        "/dataset.nq",
        "/graph/facts",
        "/ns",
        "/.well-known/void",
    ):
        assert sampled.ask("GET", path).status == 200


def test_an_entity_has_no_format_of_results(client: FlaskClient) -> None:
    assert client.get("/id/Qwen2.5-VL", headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize(
    "path",
    [
        *("/id/Qwen9", "/page/Qwen9", "/data/Qwen9.ttl", "/statement/9", "/source/9/p1"),
        *("/data/Qwen2.5-VL.csv", "/data/Qwen2.5-VL", "/id/", "/nowhere"),
        *("/id/a%20b", "/page/%3Ca%3E", "/data/%7Ba.ttl", "/graph/a%20b"),
    ],
)
def test_what_is_not_there_is_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_a_page_shows_facts_and_who_says_so(client: FlaskClient) -> None:
    page = client.get("/page/Qwen2.5-VL-32B-Instruct").text
    assert "<h1>Qwen2.5-VL-32B-Instruct</h1>" in page
    assert '<a href="/ns#successorOf">successor of</a>' in page
    assert '<a href="/page/Qwen2.5-VL">Qwen2.5-VL</a>' in page
    assert '<a href="/page/source/paper/p1">paragraph 1, characters 0 to 9</a>' in page
    assert '<a href="/page/source/paper">A &lt;b&gt;paper&lt;/b&gt;</a>' in page
    assert '<span class="tag bad">denied</span>' in page
    assert "disputed" in page
    assert "Release of the 32B" in page
    assert "2025-03-24" in page
    assert "owl:Thing" not in page  # inferred
    assert 'rel="alternate" type="text/turtle" href="/data/Qwen2.5-VL-32B-Instruct.ttl"' in page
    assert "Qwen2.5-VL-32B-Instruct</a>" in client.get("/page/Qwen2.5-VL").text  # what names it
    assert "A line that sees." in client.get("/page/Qwen2.5-VL").text


def test_a_named_graph_is_a_document(client: FlaskClient) -> None:
    answer = client.get("/graph/inferred", headers={"Accept": "application/n-triples"})
    assert answer.data.count(b"\n") == 1

    page = client.get("/graph/inferred", headers=BROWSER)
    assert page.mimetype == "text/html"
    assert "owl:Thing" in page.text
    assert client.get("/shapes").mimetype == "text/turtle"


def test_what_else_has_an_iri_leads_on(client: FlaskClient) -> None:
    for path, triples in (("/dataset", 3), ("/dataset/turtle", 1), ("/graph/facts/part", 1)):
        answer = client.get(path, headers={"Accept": "application/n-triples"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/data{path}.nt")
        assert client.get(answer.headers["Location"]).data.count(b"\n") == triples


@pytest.mark.parametrize(("extension", "media_type"), RDF_EXTENSIONS.items())
def test_all_can_be_downloaded(client: FlaskClient, extension: str, media_type: str) -> None:
    answer = client.get("/dataset." + extension)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    quads = list(ox.parse(answer.data, ox.RdfFormat.from_media_type(media_type)))
    assert len({quad.triple for quad in quads}) == len(SampleKnowledge().quads())


def test_what_cannot_be_downloaded(client: FlaskClient) -> None:
    assert client.get("/dataset.csv").status_code == 404


def test_the_home_page_counts_and_lists(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<dd>2</dd><dt><a href="/queries/statistics">statements</a></dt>' in page
    assert '<dd>1</dd><dt><a href="/search?class=variant">variants</a></dt>' in page
    assert 'href="/queries/successors?model=Qwen2.5-VL"' in page
    assert "http://localhost/sparql" in page
    assert "Release 0.0.1" in page


def test_the_ontology(client: FlaskClient) -> None:
    assert client.get("/ns").mimetype == "text/turtle"
    for media_type in RDF_EXTENSIONS.values():
        answer = client.get("/ns", headers={"Accept": media_type})
        assert answer.mimetype == media_type
        assert len(list(ox.parse(answer.data, ox.RdfFormat.from_media_type(media_type)))) == 6
    page = client.get("/ns", headers=BROWSER).text
    assert 'id="successorOf"' in page
    assert "Came after." in page
    assert client.get("/ns", headers={"Accept": "text/csv"}).status_code == 406


def test_the_description_of_the_dataset(client: FlaskClient) -> None:
    answer = client.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    assert b"<http://rdfs.org/ns/void#Dataset>" in answer.data
    assert client.get("/.well-known/void").mimetype == "text/turtle"


def test_the_context() -> None:
    kg = SampleKnowledge()
    assert b"https://w3id.org/qwen-kg/ns#" in create_app(kg).test_client().get("/context.jsonld").data
    answer = create_app(kg, {"@context": {"a": "b:"}}).test_client().get("/context.jsonld")
    assert (answer.mimetype, answer.json) == ("application/ld+json", {"@context": {"a": "b:"}})


def test_the_style_sheet(client: FlaskClient) -> None:
    with client.get("/static/style.css") as answer:
        assert answer.mimetype == "text/css"
