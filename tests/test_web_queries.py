"""``/queries``: saved queries as addresses that answer."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from qwen_kg.authoring.reader import Block, read_yaml_text
from qwen_kg.charts import Chart, read_chart
from qwen_kg.errors import Position
from qwen_kg.web.answer_charts import charts
from qwen_kg.web.answers import Item, shown
from qwen_kg.web.tables import Term

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


# --- pages ---


def test_the_list_is_by_topic_and_can_be_narrowed(client: FlaskClient) -> None:
    everything = client.get("/queries", headers=BROWSER).text
    assert '<h2 id="lineage">Lineage</h2>' in everything
    assert "All triples" in everything
    of_lineage = client.get("/queries?tag=lineage", headers=BROWSER).text
    assert "What came after a model" in of_lineage
    assert "All triples" not in of_lineage
    assert "All triples" in client.get("/queries?q=TRIPLES+all", headers=BROWSER).text
    nothing = client.get("/queries?q=%3Cb%3E", headers=BROWSER)
    assert nothing.status_code == 200
    assert "No saved query is about that" in nothing.text
    assert "<b>" not in nothing.text


def test_a_page_gives_the_call_and_the_query_with_its_values(client: FlaskClient) -> None:
    page = client.get("/queries/successors?model=Qwen2.5-VL", headers=BROWSER).text
    text = _text(page)
    assert "qkg:successorOf <https://w3id.org/qwen-kg/id/Qwen2.5-VL>" in text
    assert "curl 'http://localhost/queries/successors?model=Qwen2.5-VL&format=csv'" in text
    assert "qwen_kg.open().query('successors', model='Qwen2.5-VL').rows()" in text
    assert 'href="/sparql?query=PREFIX' in page
    for media_type, href in re.findall(r'rel="alternate" type="([^"]+)" href="([^"]+)"', page):
        assert client.get(html.unescape(href)).mimetype == media_type


def test_what_was_typed_stays_where_it_is_wrong(client: FlaskClient) -> None:
    answer = client.get("/queries/at-least?count=77&other=1", headers=BROWSER)
    assert answer.status_code == 400
    assert 'value="77"' in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("start", ["x", "-1", "1e3", "٣", "9" * 400])
def test_a_place_in_the_answer_is_a_number(client: FlaskClient, start: str) -> None:
    answer = client.get(
        "/queries/successors", query_string={"model": "Qwen2.5-VL", "from": start}, headers=BROWSER
    )
    assert answer.status_code == 400
    assert "is not how many rows stand before" in _text(answer.text)


def test_a_place_behind_the_last_row_leads_back(client: FlaskClient) -> None:
    page = client.get("/queries/successors?model=Qwen2.5-VL&from=200", headers=BROWSER).text
    assert 'There are no rows here. <a href="/queries/successors?model=Qwen2.5-VL">' in page


def uri(value: str) -> Term:
    return {"type": "uri", "value": value}


def literal(value: str, **more: str) -> Term:
    return {"type": "literal", "value": value, **more}


def test_labels_stand_in_the_place_of_iris() -> None:
    thing = uri("https://w3id.org/qwen-kg/id/A")
    rows = [
        {"model": thing, "label": literal("甲", **{"xml:lang": "zh"}), "n": _integer(1234567)},
        {"model": thing, "label": literal("A", **{"xml:lang": "en"}), "passages": literal("s/p1 s/p2")},
    ]
    found = shown(["model", "label", "n", "level", "passages"], rows, 0, 10, {})
    assert [(each.heading, each.number) for each in found.columns] == [
        ("Model", False),
        ("N", True),
        ("Passages", False),
    ]
    assert found.empty == ["Level"]
    assert found.rows[0][0] == [Item("甲", "/id/A", "zh")]
    assert found.rows[0][1:] == [[Item("1,234,567")], []]
    assert found.rows[1][2] == [Item("s/p1", "/source/s/p1"), Item("s/p2", "/source/s/p2")]


def test_a_part_of_an_answer_is_shown() -> None:
    rows = [{"n": _integer(number)} for number in range(5)]
    assert [row[0][0].text for row in shown(["n"], rows, 2, 2, {}).rows] == ["2", "3"]


@pytest.mark.parametrize(
    ("value", "written"),
    [("1.50", "1.5"), ("72.706203648", "72.706"), ("0.000125", "0.000125"), ("-3.0", "-3"), ("1E3", "1,000")],
)
def test_numbers_are_written_short(value: str, written: str) -> None:
    term = literal(value, datatype="http://www.w3.org/2001/XMLSchema#decimal")
    assert shown(["n"], [{"n": term}], 0, 1, {}).rows[0][0][0].text == written


def test_values_of_other_datatypes_are_no_numbers() -> None:
    term = literal("nonsense", datatype="http://www.w3.org/2001/XMLSchema#decimal")
    assert shown(["n"], [{"n": term}], 0, 1, {}).rows[0][0][0].text == "nonsense"


def _integer(value: int) -> Term:
    return literal(str(value), datatype="http://www.w3.org/2001/XMLSchema#integer")


def _chart(text: str) -> Chart:
    block = read_yaml_text(f"chart: {text}", "q.rq")
    assert isinstance(block, Block)
    faults: list[tuple[Position, str]] = []
    chart = read_chart(block, faults)
    assert chart is not None, faults
    return chart


def test_a_chart_has_a_bar_for_each_row_with_a_number() -> None:
    thing = uri("https://w3id.org/qwen-kg/id/A")
    rows = [
        {"model": thing, "label": literal("A"), "price": _integer(3), "currency": literal("USD")},
        {"model": thing, "label": literal("B"), "price": _integer(2), "currency": literal("USD")},
        {"model": thing, "label": literal("C"), "currency": literal("USD")},
        {"model": thing, "label": literal("D"), "price": _integer(20), "currency": literal("CNY")},
        {"model": thing, "label": literal("E"), "price": _integer(10), "currency": literal("CNY")},
    ]
    names = ["model", "label", "price", "currency"]
    whole = charts(_chart("bars price by label"), names, rows)
    assert [each.caption for each in whole] == ["Price"]
    assert str(whole[0].drawing).count("<rect") == 4
    assert 'href="/id/A"' in str(whole[0].drawing)
    parts = charts(_chart("bars price by label for each currency coloured by label"), names, rows)
    assert [each.caption for each in parts] == ["Price: USD", "Price: CNY"]
    assert [name for _, name in parts[1].legend] == ["D", "E"]


def test_a_chart_counts_rows() -> None:
    rows = [{"kind": literal(each)} for each in "abbab"]
    drawn = charts(_chart("bars rows by kind"), ["kind"], rows)
    assert [each.caption for each in drawn] == ["Rows by kind"]
    assert re.findall(r"<title>(.: .)</title>", str(drawn[0].drawing)) == ["b: 3", "a: 2"]


def test_what_has_one_bar_is_not_drawn() -> None:
    assert charts(_chart("bars rows by kind"), ["kind"], [{"kind": literal("a")}]) == []


def test_every_page_of_the_whole_data_is_light(server: Server) -> None:
    """Whatever is asked without parameters, of which the answers are the longest."""
    for each in json.loads(server.ask("GET", "/queries").body):
        if any(parameter["required"] for parameter in each["parameters"]):
            continue
        answer = server.ask("GET", f"/queries/{each['name']}", BROWSER)
        assert answer.status == 200, each["name"]
        assert len(answer.body) < 250 * 1024, each["name"]
