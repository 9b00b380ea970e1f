"""``/pictures``: pictures with their choices, their data, their queries and their downloads."""

from __future__ import annotations

import csv
import html
import io
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.web import create_app
from qwen_kg.web.drawing.svg import SVG
from qwen_kg.web.pictures import PICTURES, release_timeline

from .asking import BROWSER
from .sample import SampleKnowledge


@pytest.fixture(scope="module")
def whole(kg: KnowledgeGraph) -> FlaskClient:
    """A client of the pages over the whole graph."""
    return create_app(kg).test_client()


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    reply = client.get(path, headers=BROWSER)
    assert reply.status_code == status, reply.text
    return reply.text


def rows(client: FlaskClient, path: str) -> list[list[str]]:
    reply = client.get(path)
    assert (reply.status_code, reply.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(reply.text)))


def table(text: str) -> list[list[str]]:
    """Read the table of a page: its headings and the texts of its cells."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", text[text.index("<table") : text.index("</table>")], re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        plain = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
        found.append(["" if cell == "–" else cell for cell in plain])
    return found


def drawing(text: str) -> ElementTree.Element:
    """Read the drawing of a page."""
    begin = text.index('<svg xmlns="http://www.w3.org/2000/svg" class="drawing')
    return ElementTree.fromstring(text[begin : text.index("</svg>", begin) + 6])


def links(root: ElementTree.Element) -> set[str]:
    return {each.attrib["href"] for each in root.iter(f"{{{SVG}}}a")}


def test_all_are_listed(client: FlaskClient) -> None:
    text = page(client, "/pictures")
    for name, picture in PICTURES.items():
        assert f'<a href="/pictures/{name}">{picture.title}</a>' in text


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_its_drawing_data_query_and_downloads(whole: FlaskClient, name: str) -> None:
    text = page(whole, f"/pictures/{name}")
    root = drawing(text)
    assert root.attrib["aria-label"]
    assert len(links(root)) > 5
    assert "style=" not in text
    assert f'href="/pictures/{name}.svg"' in text
    assert f'href="/pictures/{name}.csv"' in text
    assert 'href="/sparql?query=' in text
    assert 'href="/queries/' in text
    assert [[re.sub(r"\s+", " ", cell) for cell in row] for row in rows(whole, f"/pictures/{name}.csv")] == [
        [re.sub(r"\s+", " ", cell) for cell in row] for row in table(text)
    ]


@pytest.mark.parametrize("name", PICTURES)
def test_what_a_drawing_leads_to_is_there(whole: FlaskClient, name: str) -> None:
    for link in sorted(links(drawing(page(whole, f"/pictures/{name}"))))[:12]:
        assert whole.get(link, headers=BROWSER).status_code == 200, link


@pytest.mark.parametrize("name", PICTURES)
def test_its_queries_answer(whole: FlaskClient, kg: KnowledgeGraph, name: str) -> None:
    text = page(whole, f"/pictures/{name}")
    asked = [
        html.unescape(each) for each in re.findall(r'<a class="tag" href="(/(?:queries|sparql)[^"]*)"', text)
    ]
    assert len(asked) > 1
    for address in asked:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        if path == "/sparql":
            body = kg.store.query(query["query"][0], accept="text/csv").body
        else:
            body = kg.run(
                path.removeprefix("/queries/"), {key: value[0] for key, value in query.items()}, "text/csv"
            ).body
        assert body.count(b"\n") > 2, address


@pytest.mark.parametrize("name", PICTURES)
def test_the_file_of_a_drawing_needs_no_style_sheet(whole: FlaskClient, name: str) -> None:
    reply = whole.get(f"/pictures/{name}.svg")
    assert (reply.status_code, reply.mimetype) == (200, "image/svg+xml")
    root = ElementTree.fromstring(reply.data)
    assert root.tag == f"{{{SVG}}}svg"
    assert {"width", "height", "viewBox"} <= set(root.attrib)
    assert not any("class" in each.attrib for each in root.iter())
    assert b"var(" not in reply.data


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_drawn_of_nothing(client: FlaskClient, name: str) -> None:
    assert drawing(page(client, f"/pictures/{name}")) is not None
    assert client.get(f"/pictures/{name}.svg").status_code == 200


@pytest.mark.parametrize(
    "path", ["/pictures/nothing", "/pictures/nothing.svg", "/pictures/nothing.csv", "/pictures/lineag"]
)
def test_there_is_no_other_picture(client: FlaskClient, path: str) -> None:
    assert "there is no picture" in page(client, path, 404).lower()


@pytest.mark.parametrize("path", [
    "/pictures/timeline?by=colour",
    "/pictures/timeline?nothing=1",
    "/pictures/timeline?by=model&by=model",
    "/pictures/lineage?series=Nothing",
    "/pictures/lineage?builds=no",
    "/pictures/lineage?q=" + "x" * 300,
    "/pictures/context?which=breadth",
    "/pictures/licences.csv?by=colour",
    "/pictures/prices.svg?currency=XYZ",
])  # fmt: skip
def test_what_is_no_choice_is_refused(client: FlaskClient, path: str) -> None:
    assert "Bad parameter" in page(client, path, 400)


def test_what_is_looked_for_comes_back_escaped(client: FlaskClient) -> None:
    text = page(client, "/pictures/lineage?q=%22%3E%3Cscript%3E")
    assert "<script>" not in text
    assert 'value="&#34;&gt;&lt;script&gt;"' in text


@pytest.mark.parametrize("spelt", ["Qwen2.5-VL", "qwen 2.5 vl", "QWEN2.5_VL"])
def test_the_lineage_is_searched_in_any_spelling(whole: FlaskClient, spelt: str) -> None:
    found = rows(whole, f"/pictures/lineage.csv?q={spelt}")[1:]
    assert "Qwen2.5-VL-32B-Instruct" in [row[0] for row in found]
    assert all("qwen2.5-vl" in row[0].lower() for row in found)


def test_the_lineage_is_narrowed_by_series_kind_and_licence(whole: FlaskClient) -> None:
    heading, *every = rows(whole, "/pictures/lineage.csv")
    at = {name: heading.index(name) for name in ("series", "kind", "licence")}
    text = page(whole, "/pictures/lineage")
    for name, column in at.items():
        options = re.search(rf'<select id="by-{name}".*?</select>', text, re.S)
        assert options is not None
        values = re.findall(r'<option value="([^"]+)">([^<]+)<', options[0])
        value, label = values[0]
        narrowed = rows(whole, f"/pictures/lineage.csv?{name}={value}")[1:]
        assert narrowed == [row for row in every if row[column] == html.unescape(label)]
        assert 0 < len(narrowed) < len(every)
        unknown = rows(whole, f"/pictures/lineage.csv?{name}=-")[1:]
        assert unknown == [row for row in every if not row[column]]


def test_what_is_joined_to_what_matches_stays_pale(whole: FlaskClient) -> None:
    root = drawing(page(whole, "/pictures/lineage?q=Qwen2.5-VL"))
    nodes = {
        each.attrib["href"]: each.attrib["class"]
        for each in root.iter(f"{{{SVG}}}a")
        if "node" in each.attrib.get("class", "")
    }
    assert "off" not in nodes["/page/Qwen2.5-VL"].split()
    assert "off" in nodes["/page/Qwen2-VL"].split()
    assert "/page/QwQ" not in nodes


def test_the_lineage_has_an_arrow_to_each_successor(whole: FlaskClient, kg: KnowledgeGraph) -> None:
    told = {each.text for each in drawing(page(whole, "/pictures/lineage")).iter(f"{{{SVG}}}title")}
    pairs = kg.store.query(
        "PREFIX qkg: <https://w3id.org/qwen-kg/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "SELECT ?a ?b { ?new qkg:successorOf ?old . ?old skos:prefLabel ?a . ?new skos:prefLabel ?b }",
        accept="text/csv",
    ).body.decode()
    expected = [f"{old} succeeded by {new}" for old, new in list(csv.reader(io.StringIO(pairs)))[1:]]
    assert expected
    text = "; ".join(filter(None, told))
    assert [each for each in expected if each not in text] == []


def test_builds_are_shown_when_they_are_asked_for(whole: FlaskClient) -> None:
    without, builds = rows(whole, "/pictures/lineage.csv"), rows(whole, "/pictures/lineage.csv?builds=yes")
    added = [row for row in builds if row not in without]
    assert added
    assert {row[1] for row in added} == {"build"}


def test_scores_are_of_the_benchmark_and_setting_that_are_chosen(whole: FlaskClient) -> None:
    text = page(whole, "/pictures/scores")
    options = re.search(r'<select id="by-benchmark".*?</select>', text, re.S)
    assert options is not None
    chosen, other = re.findall(r'<option value="([^"]+)"', options[0])[:2]
    assert f'<option value="{chosen}" selected>' in text
    assert "with this measure and setting:" in text
    assert rows(whole, f"/pictures/scores.csv?benchmark={chosen}") == rows(whole, "/pictures/scores.csv")
    assert rows(whole, f"/pictures/scores.csv?benchmark={other}") != rows(whole, "/pictures/scores.csv")
    page(whole, "/pictures/scores?benchmark=Nothing", 400)


@pytest.mark.parametrize("across", ["size", "active", "date"])
def test_scores_are_drawn_across_size_or_time(whole: FlaskClient, across: str) -> None:
    assert len(links(drawing(page(whole, f"/pictures/scores?across={across}")))) > 5


@pytest.mark.parametrize("by", ["kind", "series", "model"])
def test_the_counts_of_the_licences_are_those_of_the_variants_they_name(whole: FlaskClient, by: str) -> None:
    heading, *found = rows(whole, f"/pictures/licences.csv?by={by}")
    number, which = heading.index("variants"), heading.index("which")
    assert found
    assert all(int(row[number]) == len(row[which].split("; ")) for row in found)


def test_the_home_page_has_a_timeline_of_releases(kg: KnowledgeGraph) -> None:
    root = ElementTree.fromstring(release_timeline(kg))
    assert "/page/Qwen3" in links(root)
    assert ElementTree.fromstring(release_timeline(SampleKnowledge())) is not None
