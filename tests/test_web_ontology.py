"""``/ns`` for people: every term with its place, what it is, and examples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from qwen_kg.vocabulary import Vocabulary
from qwen_kg.web.ontology_terms import read

from .asking import BROWSER
from .sample import SampleKnowledge
from .serving import Server


def test_terms_hang_together() -> None:
    kg = SampleKnowledge()
    kg.store.oxigraph.update(
        """PREFIX qkg: <https://w3id.org/qwen-kg/ns#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        INSERT DATA { GRAPH <https://w3id.org/qwen-kg/graph/ontology> {
          qkg:Narrow a owl:Class ; rdfs:label "narrow" ; rdfs:subClassOf qkg:Variant .
          qkg:successorOf a owl:AsymmetricProperty ; rdfs:domain qkg:Variant ; rdfs:range qkg:Narrow .
          qkg:Words a skos:ConceptScheme ; skos:prefLabel "words" .
          qkg:word a skos:Concept ; skos:inScheme qkg:Words ; skos:prefLabel "word" ; skos:altLabel "wurd" .
        } }"""
    )
    ontology = read(kg.store)
    terms = {term.name: term for found in ontology.terms.values() for term in found}
    assert {name: term.kind for name, term in terms.items()} == {
        "Narrow": "class",
        "Variant": "class",
        "Words": "scheme",
        "successorOf": "property",
        "word": "concept",
    }
    related = {
        name: {heading: [each.text for each in others] for heading, others in term.related.items()}
        for name, term in terms.items()
    }
    assert related["Variant"] == {"Wider than": ["Narrow"], "Has": ["successorOf"]}
    assert related["Narrow"] == {"Narrower than": ["Variant"], "Value of": ["successorOf"]}
    assert related["successorOf"] == {"Of": ["Variant"], "To": ["Narrow"]}
    assert related["Words"] == {"Words": ["word"]}
    assert "asymmetric" in terms["successorOf"].marks
    assert terms["word"].also == ["wurd"]
    assert [(depth, each.text) for depth, each in ontology.tree] == [(0, "Variant"), (1, "Narrow")]


def test_examples_come_from_the_data(client: FlaskClient) -> None:
    page = client.get("/ns", headers=BROWSER).text
    place = page[page.index('id="successorOf"') :]
    assert "Came after." in place
    assert '<a href="/id/Qwen2.5-VL-32B-Instruct">Qwen2.5-VL-32B-Instruct</a>' in place
    assert '<a href="/id/Qwen2.5-VL">Qwen2.5-VL</a>' in place


def test_every_term_has_its_place(server: Server, vocabulary: Vocabulary) -> None:
    page = server.ask("GET", "/ns", BROWSER).text
    places = re.findall(r'id="([^"]+)"', page)
    assert len(places) == len(set(places))
    names = {
        str(iri).rpartition("#")[2]
        for iri in vocabulary.graph.subjects()
        if str(iri).startswith("https://w3id.org/qwen-kg/ns#")
    }
    assert names
    assert names <= set(places)
    within = {link for link in re.findall(r'href="#([^"]+)"', page) if link != "main"}
    assert within <= set(places)
    for name in vocabulary.properties:
        assert f'href="#{name}"' in page


def test_the_page_is_light_and_says_what_it_is(server: Server) -> None:
    answer = server.ask("GET", "/ns", BROWSER)
    assert len(answer.body) < 300 * 1024
    told = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    assert told is not None
    assert json.loads(told[1])["@type"] == "DefinedTermSet"
    assert '<meta name="description" content="' in answer.text


def test_programs_get_what_the_page_links(server: Server) -> None:
    page = server.ask("GET", "/ns", BROWSER).text
    links = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', page)
    assert links
    for media_type, href in links:
        answer = server.ask("GET", href)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("path", ["/ns/99.9.9"])
def test_other_versions_are_not_here(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_drawing_names_terms_only(root: Path, vocabulary: Vocabulary) -> None:
    drawing = (root / "src/qwen_kg/web/templates/data-model.svg").read_text("utf-8")
    names = set(re.findall(r'href="#([^"]+)"', drawing))
    assert names
    known = {str(iri).rpartition("#")[2] for iri in vocabulary.graph.subjects()}
    assert names <= known
    assert "style" not in drawing  # which the security policy would refuse
