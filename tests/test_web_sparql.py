"""``/sparql``: the SPARQL 1.1 Protocol for queries, over HTTP, and the service description."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from qwen_kg.formats import FORMATS, Format, Kind
from qwen_kg.namespaces import PREFIXES

from .asking import BROWSER, ENDLESS, FORM, QUERY, UPDATE, media_type, post, problem, rows, url
from .serving import Server, serving

SELECT = "SELECT ?s { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
MIB = 1024 * 1024


def test_all_ways_to_ask_give_the_same(sampled: Server) -> None:
    form = urlencode({"query": SELECT})
    answers = [
        sampled.ask("GET", url(query=SELECT)),
        *(
            post(sampled, "/sparql", kind, body, {})
            for kind, body in ((FORM, form), (QUERY, SELECT), (QUERY + ";charset=UTF-8", SELECT))
        ),
        sampled.ask("QUERY", "/sparql", {"Content-Type": QUERY}, SELECT),
        sampled.ask("QUERY", "/sparql", {"Content-Type": FORM}, form),
    ]
    for answer in answers:
        assert (answer.status, media_type(answer)) == (200, "application/sparql-results+json")
        assert answer.body == answers[0].body
    assert rows(answers[0]) == [{"s": "https://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct"}]


def test_fields_are_decoded_once_and_as_utf8(sampled: Server) -> None:
    query = 'SELECT ("é%41+%2B" AS ?x) {}'
    for answer in (
        sampled.ask("GET", url(query=query)),
        post(sampled, "/sparql", FORM, urlencode({"query": query}), {}),
        post(sampled, "/sparql", QUERY, query, {}),
    ):
        assert rows(answer) == [{"x": "é%41+%2B"}]


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_every_format_by_header_and_by_name(sampled: Server, each: Format) -> None:
    query = CONSTRUCT if Kind.GRAPH in each.kinds else SELECT
    by_header = sampled.ask("GET", url(query=query), {"Accept": each.media_type})
    by_name = sampled.ask("GET", url(query=query, format=each.name), {"Accept": "image/png"})
    by_form = post(sampled, "/sparql", FORM, urlencode({"query": query, "format": each.media_type}), {})
    for answer in (by_header, by_name, by_form):
        assert (answer.status, media_type(answer)) == (200, each.media_type)
        assert answer.body == by_header.body
        assert "Accept" in answer.headers["vary"].split(", ")
    text = "; charset=utf-8" if each.media_type.startswith("text/") else ""
    assert by_header.headers["content-type"] == each.media_type + text


@pytest.mark.parametrize(
    ("query", "accept", "first"),
    [
        (SELECT, "text/turtle", "application/sparql-results+json"),
        (CONSTRUCT, "text/csv", "text/turtle"),
        ("ASK {}", "text/csv", "application/sparql-results+json"),
    ],
)
def test_406_says_what_is_offered(sampled: Server, query: str, accept: str, first: str) -> None:
    answer = sampled.ask("GET", url(query=query), {"Accept": accept})
    told = problem(answer, 406)
    assert told["offered"][0] == first
    assert accept not in told["offered"]
    assert "Accept" in answer.headers["vary"].split(", ")


def test_graphs_of_the_store_are_chosen_by_the_protocol(sampled: Server) -> None:
    def count(*fields: tuple[str, str]) -> int:
        query = ("query", "SELECT ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        posted = post(sampled, "/sparql", FORM, urlencode([query, *fields]), {})
        direct = post(sampled, "/sparql?" + urlencode(fields), QUERY, query[1], {})
        got = sampled.ask("GET", url(query, *fields))
        assert got.body == posted.body == direct.body
        return len(rows(got))

    graph = "https://w3id.org/qwen-kg/graph/"
    description = count(("default-graph-uri", graph + "description"))
    assert description == 5
    assert count(("named-graph-uri", graph + "description")) == description
    assert count(("default-graph-uri", graph + "inferred"), ("named-graph-uri", graph + "description")) == 6
    assert count(("default-graph-uri", graph + "inferred"), ("default-graph-uri", graph + "description")) == 6
    assert count(("default-graph-uri", "file:///etc/passwd")) == 0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (url(("query", SELECT), ("query", SELECT)), "exactly one query is needed, and there are 2"),
        (url(("default-graph-uri", "a:g")), "exactly one query is needed, and there is none"),
        (url(("query", "")), "ends too early"),
        (url(query=SELECT, format="yaml"), "there is no format 'yaml', only json"),
        (url(("query", SELECT), ("format", "csv"), ("format", "xml")), "one format is needed"),
        (url(("query", SELECT), ("default-graph-uri", "no iri")), "is no absolute IRI"),
        (url(update="CLEAR ALL"), "not in the address"),
        (url(query=SELECT, update="CLEAR ALL"), "not in the address"),
        (url(query="CLEAR ALL"), "CLEAR is an update, not a query"),
        ("/sparql?query=%FF", "not percent-encoded UTF-8"),
        ("/sparql?" + "x=1&" * 1001, "more than 1000 parameters"),
    ],
)  # fmt: skip
def test_bad_requests(sampled: Server, path: str, words: str) -> None:
    told = problem(sampled.ask("GET", path), 400)
    assert words in told["detail"]
    page = sampled.ask("GET", path, BROWSER)
    assert (page.status, media_type(page)) == (400, "text/html")


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
        (b"CLEAR ALL", UPDATE, 403),
        (b"update=CLEAR%20ALL", FORM, 403),
        (b"query=ASK%20{}&update=CLEAR%20ALL", FORM, 400),
        (b"CLEAR ALL", QUERY, 400),
        (b"query=CLEAR%20ALL", FORM, 400),
    ],
)
def test_bad_bodies(sampled: Server, body: bytes, content_type: str | None, status: int) -> None:
    problem(post(sampled, "/sparql", content_type, body, {}), status)
    assert sampled.ask("GET", url(query="ASK { ?s ?p ?o }")).body == b'{"head":{},"boolean":true}'


def test_a_compressed_body_is_not_understood(sampled: Server) -> None:
    answer = post(sampled, "/sparql", QUERY, b"\x1f\x8b", {"Content-Encoding": "gzip"})
    assert "in the coding gzip" in problem(answer, 415)["detail"]


def test_an_update_is_no_query_by_any_method(sampled: Server) -> None:
    told = problem(sampled.ask("QUERY", "/sparql", {"Content-Type": UPDATE}, "CLEAR ALL"), 400)
    assert "takes no update" in told["detail"]
    told = problem(post(sampled, "/sparql?update=CLEAR%20ALL", FORM, "query=ASK{}", {}), 400)
    assert "not in the address" in told["detail"]


# What is too long, as documented


def test_a_query_that_is_too_long(sampled: Server) -> None:
    longest = "ASK {}".ljust(128 * 1024)
    assert post(sampled, "/sparql", QUERY, longest, {}).body == b'{"head":{},"boolean":true}'
    for kind, body in ((QUERY, longest + " "), (FORM, urlencode({"query": longest + " "}))):
        told = problem(post(sampled, "/sparql", kind, body, {}), 413)
        assert (told["limit"], told["allowed"]) == ("max-query-length", 128 * 1024)


def test_a_body_that_is_too_long(sampled: Server) -> None:
    for kind, body in ((FORM, b"query=ASK%20{}&x="), (QUERY, b"ASK {} #")):
        told = problem(post(sampled, "/sparql", kind, body.ljust(16 * MIB + 1, b"x"), {}), 413)
        assert (told["limit"], told["allowed"]) == ("max-body", 16 * MIB)
    padded = b"query=ASK%20{}&x=".ljust(16 * MIB, b"x")
    assert post(sampled, "/sparql", FORM, padded, {}).body == b'{"head":{},"boolean":true}'


def test_an_address_that_is_too_long(sampled: Server) -> None:
    assert sampled.ask("GET", url(query="ASK {} #" + "x" * 128 * 1024)).status == 414


def test_every_limit_answers_with_its_name_and_value(sample_file: str) -> None:
    limits = {
        "timeout": 1,
        "max-rows": 3,
        "max-result-size": 2000,
        "max-nesting": 9,
        "max-query-length": 4096,
    }
    options = [text for name, value in limits.items() for text in (f"--{name}", str(value))]
    with serving("--store", sample_file, *options) as server:
        asked = {
            "timeout": (504, ENDLESS),
            "max-rows": (400, "SELECT ?s { ?s ?p ?o } LIMIT 4"),
            "max-result-size": (400, "CONSTRUCT WHERE { ?s ?p ?o }"),
            "max-nesting": (400, "ASK " + "{" * 10 + "}" * 10),
            "max-query-length": (413, "ASK {}".ljust(4097)),
        }
        for limit, (status, query) in asked.items():
            told = problem(post(server, "/sparql", QUERY, query, {}), status)
            assert (told["limit"], told["allowed"]) == (limit, limits[limit])
        assert len(rows(server.ask("GET", url(query="SELECT ?s { ?s ?p ?o } LIMIT 3")))) == 3
        told = problem(server.ask("GET", url(query=ENDLESS, timeout="0.3")), 504)
        assert (told["limit"], told["allowed"]) == ("timeout", 0.3)
        assert problem(server.ask("GET", url(query=ENDLESS, timeout="99")), 504)["allowed"] == 1


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "inf", "nan", "", "1_0", "soon"])
def test_a_time_that_is_none(sampled: Server, text: str) -> None:
    told = problem(sampled.ask("GET", url(query="ASK {}", timeout=text)), 400)
    assert "timeout is a number of seconds above 0" in told["detail"]


# Errors


def test_a_syntax_error_says_where(sampled: Server) -> None:
    for kind, body in ((QUERY, "SELECT * {\n  ?s foo:bar ?o }"), (FORM, None)):
        sent = body or urlencode({"query": "SELECT * {\n  ?s foo:bar ?o }"})
        assert problem(post(sampled, "/sparql", kind, sent, {}), 400) == {
            "type": "https://w3id.org/qwen-kg/problems/query-syntax-error",
            "title": "Query syntax error",
            "status": 400,
            "detail": "line 2, column 6: the prefix foo: is not declared",
            "line": 2,
            "column": 6,
            "excerpt": "  ?s foo:bar ?o }\n     ^",
        }


def test_a_prefix_that_is_well_known_is_suggested(sampled: Server) -> None:
    told = problem(sampled.ask("GET", url(query="SELECT * { ?s skos:prefLabel ?o }")), 400)
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>" in told["detail"]


def test_no_other_endpoint_is_called(sampled: Server) -> None:
    told = problem(sampled.ask("GET", url(query="ASK { SERVICE <http://127.0.0.1:9/> {} }")), 403)
    assert told["detail"].startswith("line 1, column 7: SERVICE is not allowed")


# The service description


def test_the_service_describes_itself_in_every_rdf_format(sampled: Server) -> None:
    sizes = set()
    for each in FORMATS:
        if Kind.GRAPH in each.kinds:
            answer = sampled.ask("GET", "/sparql", {"Accept": each.media_type})
            assert (answer.status, media_type(answer)) == (200, each.media_type)
            sizes.add(len(list(ox.parse(answer.body, ox.RdfFormat.from_media_type(each.media_type)))))
    assert len(sizes) == 1
    assert media_type(sampled.ask("GET", "/sparql")) == "text/turtle"
    problem(sampled.ask("GET", "/sparql", {"Accept": "text/csv"}), 406)


def test_the_service_description_is_true(sampled: Server) -> None:
    store = ox.Store()
    store.load(sampled.ask("GET", "/sparql").body, ox.RdfFormat.TURTLE)
    prefixes = "".join(f"PREFIX {each}: <{PREFIXES[each]}> " for each in ("sd", "void"))

    def column(query: str) -> set[str]:
        return {row[0].value for row in store.query(prefixes + query)}

    assert column("SELECT ?x { ?s a sd:Service ; sd:endpoint ?x }") == {sampled.url + "/sparql"}
    assert column("SELECT ?x { ?s sd:supportedLanguage ?x }") == {PREFIXES["sd"] + "SPARQL11Query"}
    assert column("SELECT ?x { ?s sd:feature ?x }") == {PREFIXES["sd"] + "UnionDefaultGraph"}
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
        answer = sampled.ask("GET", url(query=f"SELECT ?s {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))
        assert len(json.loads(answer.body)["results"]["bindings"]) == size
    assert len(sizes) == 6
    assert column("SELECT ?n { ?s sd:defaultGraph/void:triples ?n }") == {str(sum(sizes.values()))}


def test_an_endpoint_that_is_written_to_says_so(empty: Server) -> None:
    described = empty.ask("GET", "/sparql", {"Accept": "application/n-triples"}).text
    assert f"<{PREFIXES['sd']}supportedLanguage> <{PREFIXES['sd']}SPARQL11Update>" in described
