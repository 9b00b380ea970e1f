"""The page of one thing: its facts with their evidence, what it belongs to, and what programs find in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.namespaces import PREFIXES
from qwen_kg.store import LocalStore
from qwen_kg.web import create_app
from qwen_kg.web.entity.groups import GROUPS, OTHER, group_of

TRIG = (
    "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    + """
graph:facts {
  id:Family a qkg:ModelFamily ; skos:prefLabel "Family"@en ; dcterms:identifier "Family" ;
    dcterms:description "All of them."@en ; skos:altLabel "通义千问"@zh .
  id:Line a qkg:Model ; skos:prefLabel "Line"@en ; qkg:inFamily id:Family ; dcterms:identifier "Line" .
  id:One a qkg:Variant ; skos:prefLabel "One"@en ; dcterms:identifier "One" ; dcterms:description "The </script> first."@en ;
    qkg:variantOf id:Line ; qkg:inFamily id:Family ; qkg:totalParameters 7721324544 ; qkg:contextLength id:quantity-1 ;
    qkg:license license:Apache-2.0 ; <https://example.org/odd> "strange" ; qkg:successorOf id:Zero .
  id:Zero a qkg:Variant ; skos:prefLabel "Zero"@en .
  id:quantity-1 a qkg:Quantity ; skos:prefLabel "32K" ; qkg:notation "32K" ; qkg:minInclusive 32000 ; qkg:maxInclusive 32768 ;
    qkg:unit qkg:Token .
  license:Apache-2.0 a qkg:License ; skos:prefLabel "Apache License 2.0"@en ; dcterms:description "A licence."@en .
  id:released a qkg:ReleaseEvent ; qkg:concerns id:One ; qkg:eventKind qkg:release ; qkg:date "2025-04"^^edtf:EDTF ;
    qkg:dateEarliest "2025-04-01"^^xsd:date ; qkg:standing qkg:asserted ; qkg:supportedBy src:paper\\/p1 .
  id:B a qkg:Benchmark ; skos:prefLabel "Bench"@en . id:C a qkg:Benchmark ; skos:prefLabel "Course"@en .
  id:e1 a qkg:Evaluation ; qkg:evaluates id:One ; qkg:onBenchmark id:B ; qkg:metric "score" ; qkg:score 65.25 ;
    qkg:scoreUnit unit:PERCENT ; qkg:standing qkg:asserted ; qkg:supportedBy src:paper\\/p1 .
  id:e2 a qkg:Evaluation ; qkg:evaluates id:One ; qkg:onBenchmark id:C ; qkg:metric "score" ; qkg:score 70.5 ;
    qkg:scoreUnit unit:PERCENT ; qkg:standing qkg:asserted .
  id:e3 a qkg:Evaluation ; qkg:evaluates id:Zero ; qkg:onBenchmark id:B ; qkg:metric "score" ; qkg:score 12 ;
    qkg:scoreUnit unit:PERCENT ; qkg:standing qkg:disputed .
}
graph:statements {
  st:1 a qkg:Statement ; rdf:subject id:One ; rdf:predicate qkg:totalParameters ; rdf:object 7721324544 ;
    qkg:polarity qkg:affirmed ; qkg:standing qkg:asserted ; qkg:supportedBy src:paper\\/p1 ; qkg:conflictsWith st:2 ;
    qkg:rule qkg:sourceRank ; qkg:reason "The paper is the better source." ; skos:prefLabel "total parameters 7.7B" .
  st:2 a qkg:Statement ; rdf:subject id:One ; rdf:predicate qkg:totalParameters ; rdf:object 7000000000 ;
    qkg:polarity qkg:affirmed ; qkg:standing qkg:disputed ; qkg:conflictsWith st:1 ; skos:prefLabel "total parameters 7B" .
  st:3 a qkg:Statement ; rdf:subject id:One ; rdf:predicate qkg:license ; rdf:object license:MIT ;
    qkg:polarity qkg:denied ; qkg:standing qkg:asserted ; qkg:supportedBy src:paper\\/p1 .
}
graph:sources {
  src:paper a qkg:Source ; dcterms:title "A paper"@en ; dcterms:identifier "paper" ; dcterms:description "Read."@en .
  src:paper\\/version\\/1 a qkg:SourceVersion ; qkg:versionOf src:paper ; qkg:sha256 "abc" ; qkg:commit "def" .
  src:paper\\/p1 a qkg:Passage ; qkg:source src:paper ; dcterms:identifier "p1" ; qkg:locator "line 7" .
}
graph:ontology {
  qkg:ModelFamily a owl:Class ; rdfs:label "model family"@en ; rdfs:subClassOf qkg:ModelEntity .
  qkg:Model a owl:Class ; rdfs:label "model"@en ; rdfs:subClassOf qkg:ModelEntity .
  qkg:Variant a owl:Class ; rdfs:label "variant"@en ; rdfs:subClassOf qkg:ModelEntity .
  qkg:ModelEntity a owl:Class ; rdfs:label "model entity"@en .
  qkg:Benchmark a owl:Class ; rdfs:label "benchmark"@en .
  qkg:totalParameters a owl:DatatypeProperty ; rdfs:label "total parameters"@en .
  qkg:disputed skos:prefLabel "disputed"@en . qkg:asserted skos:prefLabel "asserted"@en .
  qkg:sourceRank skos:prefLabel "source rank"@en . qkg:Token rdfs:label "Token"@en . qkg:release skos:prefLabel "release"@en .
}
graph:inferred { id:One qkg:partOf id:Line , id:Family . id:Line qkg:partOf id:Family . }
graph:description { <https://w3id.org/qwen-kg/dataset> a dcat:Dataset ; dcat:version "0.0.1" . }
"""
)


@pytest.fixture(scope="module")
def things() -> FlaskClient:
    """A client of the pages over a few things of each kind."""
    quads = ox.serialize(ox.parse(TRIG, ox.RdfFormat.TRIG), format=ox.RdfFormat.N_QUADS) or b""
    return create_app(KnowledgeGraph(LocalStore.from_nquads(quads), {})).test_client()


def embedded(page: str) -> dict[str, Any]:
    """Read the JSON-LD of a page as a browser does: up to the first end of a script."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    read = json.loads(found[1])
    assert isinstance(read, dict)
    return read


def row(page: str, name: str) -> str:
    """Give the row of a property."""
    found = re.search(rf'<tr[^>]*>\s*<th scope="row" id="fact-{name}">.*?</tr>', page, re.DOTALL)
    assert found, name
    return found[0]


def test_a_fact_has_its_evidence_in_its_row(things: FlaskClient) -> None:
    found = row(things.get("/page/One").text, "totalParameters")
    assert "7.72B" in found
    assert "7,721,324,544" in found
    assert re.search(r"<details.*A paper.*line 7.*asserted.*/page/statement/1.*</details>", found, re.DOTALL)


def test_a_contradiction_is_marked_with_both_sides_and_the_reason(things: FlaskClient) -> None:
    page = things.get("/page/One").text
    found = row(page, "totalParameters")
    assert found.index("7.72B") < found.index("7B", found.index("7.72B") + 5)  # what holds stands first
    assert found.count('<span class="tag bad">disputed</span>') == 2  # the row, and the value that lost
    assert "The paper is the better source." in found
    assert "source rank" in found
    assert "/page/statement/2" in found
    assert 'href="/disagreements?entity=One"' in page
    assert "sources disagree" not in things.get("/page/Line").text


def test_what_is_denied_is_said_to_be_not_so(things: FlaskClient) -> None:
    found = row(things.get("/page/One").text, "license")
    assert re.search(
        r'not <a href="/page/license:MIT">.*<span class="tag bad">denied</span>', found, re.DOTALL
    )
    assert found.index("Apache License 2.0") < found.index("denied")


def test_an_amount_is_shown_as_written_and_as_meant(things: FlaskClient) -> None:
    found = row(things.get("/page/One").text, "contextLength")
    assert "32K tokens" in found
    assert "at least 32,000 and at most 32,768" in found


def test_what_no_group_has_is_shown_all_the_same(things: FlaskClient) -> None:
    page = things.get("/page/One").text
    assert f"<h3>{OTHER}</h3>" in page
    assert "strange" in row(page, "odd")


def test_a_thing_stands_below_what_it_is_part_of(things: FlaskClient) -> None:
    crumbs = re.search(r'<nav class="crumbs".*?</nav>', things.get("/page/One").text, re.DOTALL)
    assert crumbs
    assert re.findall(r'href="([^"]+)"', crumbs[0]) == ["/page/Family", "/page/Line"]


def test_parts_are_listed_with_what_is_known_of_them(things: FlaskClient) -> None:
    page = things.get("/page/Line").text
    parts = page[page.index('id="parts"') :]
    assert re.search(r"/page/One.*7.72B.*32K.*Apache License 2.0.*April 2025", parts, re.DOTALL)


def test_lineage_is_drawn_and_listed(things: FlaskClient) -> None:
    page = things.get("/page/Zero").text
    assert re.search(r'<svg[^>]*class="drawing layered"', page)
    assert re.search(r'Succeeded by</dt><dd><a href="/page/One">', page)
    assert re.search(r'Came after</dt><dd><a href="/page/Zero">', things.get("/page/One").text)


def test_scores_of_a_model_and_on_a_benchmark(things: FlaskClient) -> None:
    page = things.get("/page/One").text
    assert re.search(r'<svg[^>]*class="drawing bars"', page)
    assert re.search(r"/page/B.*65.25%.*A paper", page, re.DOTALL)
    benchmark = things.get("/page/B").text
    assert benchmark.index('href="/page/One"') < benchmark.index('href="/page/Zero"')  # the highest first
    assert "disputed" in benchmark


def test_other_names_have_their_language(things: FlaskClient) -> None:
    assert '<span lang="zh">通义千问</span>' in things.get("/page/Family").text


def test_a_date_is_as_precise_as_its_source(things: FlaskClient) -> None:
    assert '<time datetime="2025-04">April 2025</time>' in things.get("/page/One").text


def test_a_source_and_a_passage_and_a_statement(things: FlaskClient) -> None:
    source = things.get("/page/source/paper").text
    assert "abc" in source
    assert 'href="/page/source/paper/p1">line 7</a>' in source
    assert ">1 more</a>" in source
    passage = things.get("/page/source/paper/p1").text
    assert "One: total parameters 7.7B" in passage
    assert 'href="/page/source/paper">A paper</a>' in passage
    statement = things.get("/page/statement/1").text
    assert "<h1>One: total parameters 7.7B</h1>" in statement
    assert "The paper is the better source." in statement


def test_a_licence_with_an_iri_of_others_has_a_page(things: FlaskClient) -> None:
    page = things.get("/page/license:Apache-2.0").text
    assert "<h1>Apache License 2.0</h1>" in page
    assert 'href="/page/One"' in page
    assert '<link rel="canonical" href="http://spdx.org/licenses/Apache-2.0">' in page
    assert things.get("/data/license:Apache-2.0.nt").status_code == 200


def test_search_engines_find_what_it_is(things: FlaskClient) -> None:
    page = things.get("/page/One").text
    assert "<title>One, variant of Line · qwen-kg</title>" in page
    assert re.search(r'<meta name="description" content="The &lt;/script&gt; first. Parameters 7.72B', page)
    assert '<link rel="canonical" href="https://w3id.org/qwen-kg/id/One">' in page
    assert 'rel="alternate" type="application/ld+json" href="/data/One.jsonld"' in page


def test_the_embedded_data_cannot_leave_its_script(things: FlaskClient) -> None:
    page = things.get("/page/One").text
    data = embedded(page)
    assert data["@type"] == "SoftwareApplication"
    assert data["@id"] == "https://w3id.org/qwen-kg/id/One"
    assert data["name"] == "One"
    assert data["description"] == "The </script> first."
    assert data["datePublished"] == "2025-04-01"
    assert {each["name"] for each in data["isPartOf"]} == {"Line", "Family"}
    assert embedded(things.get("/page/source/paper").text)["@type"] == "CreativeWork"


@pytest.mark.parametrize("query", ["list=nothing", "from=x", "list=parts&from=-1", "from=9999999999"])
def test_a_part_that_cannot_be_is_said_to_be_wrong(things: FlaskClient, query: str) -> None:
    assert things.get(f"/page/Family?{query}").status_code == 400


def test_a_part_after_the_end_is_empty(things: FlaskClient) -> None:
    assert things.get("/page/source/paper?from=500").status_code == 200


def test_a_property_is_in_one_group_only() -> None:
    names = [name for group in GROUPS.values() for name in group.split()]
    assert len(names) == len(set(names))
    assert group_of(PREFIXES["qkg"] + "license") == "Licence and access"


def test_each_property_that_is_stated_has_a_group(root: Path) -> None:
    triples = ox.parse((root / "ontology" / "qwen-kg.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    stated = {each.subject.value for each in triples if each.predicate.value == PREFIXES["qkg"] + "isStated"}
    assert stated
    assert [each for each in stated if group_of(each) == OTHER] == []
