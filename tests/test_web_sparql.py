"""``/sparql``: the SPARQL 1.1 Protocol for queries, negotiation, and the service description."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from qwen_kg.formats import FORMATS, Format, Kind
from qwen_kg.namespaces import PREFIXES
from qwen_kg.web import create_app

from .sample import SampleKnowledge

SELECT = "SELECT ?s { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def url(*fields: tuple[str, str], **more: str) -> str:
    """The address of a GET."""
    return "/sparql?" + urlencode([*fields, *more.items()])


def test_three_ways_to_ask_give_the_same(client: FlaskClient) -> None:
    answers = [
        client.get(url(query=SELECT)),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", data=SELECT.encode(), content_type=QUERY),
        client.post("/sparql", data=SELECT.encode(), content_type=QUERY + ";charset=UTF-8"),
    ]
    for answer in answers:
        assert (answer.status_code, answer.mimetype) == (200, "application/sparql-results+json")
        assert answer.data == answers[0].data
    found = json.loads(answers[0].data)["results"]["bindings"]
    assert [row["s"]["value"] for row in found] == ["https://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct"]


def test_fields_are_decoded_once_and_as_utf8(client: FlaskClient) -> None:
    query = 'SELECT ("é%41+%2B" AS ?x) {}'
    for answer in (client.get(url(query=query)), client.post("/sparql", data={"query": query})):
        assert json.loads(answer.data)["results"]["bindings"][0]["x"]["value"] == "é%41+%2B"


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_every_format_by_header_and_by_name(client: FlaskClient, each: Format) -> None:
    query = CONSTRUCT if Kind.GRAPH in each.kinds else SELECT
    by_header = client.get(url(query=query), headers={"Accept": each.media_type})
    by_name = client.get(url(query=query, format=each.name), headers={"Accept": "image/png"})
    by_form = client.post("/sparql", data={"query": query, "format": each.media_type})
    for answer in (by_header, by_name, by_form):
        assert (answer.status_code, answer.mimetype) == (200, each.media_type)
        assert answer.data == by_header.data
        assert "Accept" in answer.vary
    text = each.media_type.startswith("text/") or each.media_type.endswith("xml")
    assert by_header.content_type == each.media_type + ("; charset=utf-8" if text else "")


@pytest.mark.parametrize(
    ("query", "accept", "first"),
    [
        (SELECT, "text/turtle", "application/sparql-results+json"),
        (CONSTRUCT, "text/csv", "text/turtle"),
        ("ASK {}", "text/csv", "application/sparql-results+json"),
    ],
)
def test_406_says_what_is_offered(client: FlaskClient, query: str, accept: str, first: str) -> None:
    answer = client.get(url(query=query), headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    assert answer.json is not None
    assert answer.json["offered"][0] == first
    assert accept not in answer.json["offered"]
    assert "Accept" in answer.vary


def test_graphs_of_the_store_are_chosen_by_the_protocol(client: FlaskClient) -> None:
    def count(*fields: tuple[str, str]) -> int:
        query = ("query", "SELECT ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        posted = client.post("/sparql", data=urlencode([query, *fields]), content_type=FORM)
        direct = client.post("/sparql?" + urlencode(fields), data=query[1].encode(), content_type=QUERY)
        got = client.get(url(query, *fields))
        assert got.data == posted.data == direct.data
        return len(json.loads(got.data)["results"]["bindings"])

    graph = "https://w3id.org/qwen-kg/graph/"
    description = count(("default-graph-uri", graph + "description"))
    assert description == 3
    assert count(("named-graph-uri", graph + "description")) == description
    assert count(("default-graph-uri", graph + "inferred"), ("named-graph-uri", graph + "description")) == 4
    assert count(("default-graph-uri", graph + "inferred"), ("default-graph-uri", graph + "description")) == 4
    assert count(("default-graph-uri", "file:///etc/passwd")) == 0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (url(("query", SELECT), ("query", SELECT)), "exactly one query is needed, and there are 2"),
        (url(("default-graph-uri", "a:g")), "there are none"),
        (url(("query", ""),), "ends too early"),
        (url(query=SELECT, format="yaml"), "there is no format 'yaml', only json"),
        (url(("query", SELECT), ("format", "csv"), ("format", "xml")), "one format is needed"),
        (url(("query", SELECT), ("default-graph-uri", "no iri")), "is no absolute IRI"),
        ("/sparql?query=%FF", "not percent-encoded UTF-8"),
        ("/sparql?" + "x=1&" * 1001, "more than 1000 parameters"),
    ],
)  # fmt: skip
def test_bad_requests(client: FlaskClient, path: str, words: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json is not None
    assert words in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"query=%FF", FORM, 400),
        (b"query=\xff", FORM, 400),
        (b"", FORM, 400),
        (b"ASK { ?s ?p '\xff' }", QUERY, 400),
        ("ASK {}".encode("utf-16"), QUERY + "; charset=utf-16", 415),
        (b"ASK {}", "text/plain", 415),
        (b"ASK {}", None, 415),
        (b'{"query": "ASK {}"}', "application/json", 415),
        (b"query=ASK {}", "multipart/form-data; boundary=x", 415),
        (b"CLEAR ALL", "application/sparql-update", 403),
        (b"update=CLEAR%20ALL", FORM, 403),
        (b"query=ASK%20{}&update=CLEAR%20ALL", FORM, 403),
        (b"CLEAR ALL", QUERY, 400),
        (b"query=CLEAR%20ALL", FORM, 400),
        (b"ASK {} #" + b"x" * 1024 * 1024, QUERY, 413),
        (b"query=ASK%20{}&x=" + b"x" * 1024 * 1024, FORM, 413),
    ],
)
def test_bad_bodies(client: FlaskClient, body: bytes, content_type: str | None, status: int) -> None:
    answer = client.post("/sparql", data=body, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None
    assert answer.json["status"] == status
    assert client.get(url(query="ASK { ?s ?p ?o }")).data == b'{"head":{},"boolean":true}'


def test_a_syntax_error_says_where(client: FlaskClient) -> None:
    answer = client.get(url(query="SELECT * {\n  ?s foo:bar ?o }"))
    assert answer.status_code == 400
    assert answer.json == {
        "type": "https://w3id.org/qwen-kg/problems/query-syntax-error",
        "title": "Query syntax error",
        "status": 400,
        "detail": "line 2, column 6: the prefix foo: is not declared",
        "line": 2,
        "column": 6,
    }


def test_no_other_endpoint_is_called(client: FlaskClient) -> None:
    answer = client.get(url(query="ASK { SERVICE <http://127.0.0.1:9/> {} }"))
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["detail"].startswith("line 1, column 7: SERVICE is not allowed")


def test_head_is_get_without_its_body(client: FlaskClient) -> None:
    for path in (url(query=SELECT), url(query=CONSTRUCT, format="nquads"), "/sparql", url(query="oops")):
        got, head = client.get(path), client.head(path)
        assert head.data == b""
        assert head.status_code == got.status_code
        assert dict(head.headers) == dict(got.headers)


def test_methods(client: FlaskClient) -> None:
    options = client.options("/sparql")
    assert options.status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        refused = client.open("/sparql", method=method)
        assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
        for answer in (options, refused):
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_every_answer_names_the_release_and_is_not_sniffed(client: FlaskClient) -> None:
    for path in ("/", "/sparql", url(query=SELECT), url(query="oops"), "/nowhere", "/id/Qwen2.5-VL", "/ns"):
        headers = client.get(path).headers
        assert headers["QWEN-KG-Release"] == "0.0.1"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


# The service description


def test_the_service_describes_itself_in_every_rdf_format(client: FlaskClient) -> None:
    sizes = set()
    for each in FORMATS:
        if Kind.GRAPH in each.kinds:
            answer = client.get("/sparql", headers={"Accept": each.media_type})
            assert (answer.status_code, answer.mimetype) == (200, each.media_type)
            sizes.add(len(list(ox.parse(answer.data, ox.RdfFormat.from_media_type(each.media_type)))))
    assert len(sizes) == 1
    assert client.get("/sparql").mimetype == "text/turtle"
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406


def test_the_service_description_is_true(client: FlaskClient) -> None:
    store = ox.Store()
    store.load(client.get("/sparql").data, ox.RdfFormat.TURTLE)
    prefixes = "".join(f"PREFIX {each}: <{PREFIXES[each]}> " for each in ("sd", "void"))

    def column(query: str) -> set[str]:
        return {row[0].value for row in store.query(prefixes + query)}

    assert column("SELECT ?x { ?s a sd:Service ; sd:endpoint ?x }") == {"http://localhost/sparql"}
    assert column("SELECT ?x { ?s sd:feature ?x }") == {
        "http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph"
    }
    types = "SELECT ?x { ?s sd:resultFormat/<http://www.w3.org/ns/formats/media_type> ?x }"
    assert column(types) == {each.media_type for each in FORMATS}
    names = {name.rpartition("/")[2] for name in column("SELECT ?x { ?s sd:resultFormat ?x }")}
    assert names == {
        *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
        *("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads"),
    }  # as https://www.w3.org/ns/formats/ has them
    sizes = {row["g"].value: int(row["n"].value) for row in store.query(
        prefixes + "SELECT ?g ?n { ?s sd:namedGraph ?x . ?x sd:name ?g ; sd:graph/void:triples ?n }"
    )}  # fmt: skip
    for graph, size in sizes.items():
        answer = client.get(url(query=f"SELECT ?s {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))
        assert len(json.loads(answer.data)["results"]["bindings"]) == size
    assert len(sizes) == 6
    assert column("SELECT ?n { ?s sd:defaultGraph/void:triples ?n }") == {str(sum(sizes.values()))}


# For people


def test_browsers_get_a_form(client: FlaskClient) -> None:
    answer = client.get("/sparql", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert b"<textarea" in answer.data
    assert b"PREFIX qkg:" in answer.data


def test_browsers_get_a_table(client: FlaskClient) -> None:
    page = client.get(url(query=SELECT), headers=BROWSER).data.decode()
    assert '<a href="/id/Qwen2.5-VL-32B-Instruct">id:Qwen2.5-VL-32B-Instruct</a>' in page
    assert "1 row<" in page
    assert (
        '<p class="verdict">No</p>' in client.get(url(query="ASK { ?s ?s ?s }", format="html")).data.decode()
    )
    assert "qkg:successorOf id:Qwen2.5-VL" in client.get(url(query=CONSTRUCT), headers=BROWSER).data.decode()


def test_browsers_see_what_is_wrong_beside_their_query(client: FlaskClient) -> None:
    answer = client.get(url(query="SELEC ?s <b>"), headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert b"SELEC ?s &lt;b&gt;</textarea>" in answer.data
    assert b"Query syntax error" in answer.data
    asked = client.get("/sparql?query=%FF", headers=BROWSER)
    assert (asked.status_code, asked.mimetype) == (400, "text/html")


def test_what_data_say_is_text_on_a_page(client: FlaskClient) -> None:
    query = "SELECT (\"<script>1</script>\" AS ?x) (<javascript:alert(1)> AS ?y) ('a'@en AS ?z) ?none {}"
    page = client.get(url(query=query), headers=BROWSER).data.decode()
    assert "&lt;script&gt;1&lt;/script&gt;" in page
    assert "<script" not in page
    assert 'href="javascript' not in page
    quoted = client.get("/nowhere/" + quote("<script>"), headers=BROWSER).data.decode()
    assert "<script" not in quoted


def test_what_goes_wrong_inside_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(SampleKnowledge):
        def describe(self, iri: str, accept: str | None = None) -> object:  # type: ignore[override]
            raise RuntimeError("the secret of /home/somebody")

    answer = create_app(Broken()).test_client().get("/id/Qwen2.5-VL")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.json is not None
    assert answer.json["id"] in caplog.text
    assert "the secret of /home/somebody" in caplog.text
