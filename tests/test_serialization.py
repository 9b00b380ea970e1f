"""Answers are written whole or not at all, and their rows are counted as they are."""

from __future__ import annotations

import csv
import io
import json
import string
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qwen_kg.errors import LimitError
from qwen_kg.formats import FORMATS, Format, Kind, by_name
from qwen_kg.limits import Limits
from qwen_kg.namespaces import PREFIXES
from qwen_kg.serialization import (
    Answer,
    Bounded,
    kind_of,
    rdf_format,
    rows,
    serialized,
    serialized_graph,
)

BINDINGS = [each for each in FORMATS if Kind.BINDINGS in each.kinds]
GRAPHS = [each for each in FORMATS if Kind.GRAPH in each.kinds]
HUGE = Limits(rows=10**9, result_size=10**9)

# What separates rows or terms in one of the formats, in literals.
AWKWARD = st.lists(
    st.sampled_from(
        [
            "},{",
            "[{",
            "]}",
            '"',
            '""',
            "'",
            "\\",
            "\\n",
            "\n",
            "\r\n",
            "\r",
            "\t",
            ",",
            " ",
            "<result>",
            "&lt;",
        ]
    )
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=3),
    max_size=6,
).map("".join)
TERMS = st.none() | AWKWARD.map(ox.Literal) | AWKWARD.map(lambda text: ox.Literal(text, language="en"))
TABLES = st.lists(st.tuples(TERMS, TERMS), max_size=8)


def select(table: list[tuple[ox.Literal | None, ox.Literal | None]]) -> Answer:
    """Have the engine answer with these rows."""
    lines = " ".join(f"({' '.join(str(term) if term else 'UNDEF' for term in row)})" for row in table)
    return ox.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {lines} }} }}")


def in_csv(body: bytes) -> int:
    return len(list(csv.reader(io.StringIO(body.decode(), newline="")))) - 1


COUNTED: dict[str, Callable[[bytes], int]] = {
    "json": lambda body: len(json.loads(body)["results"]["bindings"]),
    "xml": lambda body: len(ET.fromstring(body).findall(".//{http://www.w3.org/2005/sparql-results#}result")),
    "csv": in_csv,
    "tsv": lambda body: body.decode().count("\n") - 1,  # a term of TSV is in one line, by its syntax
}


@settings(deadline=None)
@given(TABLES)
@example([])
@example([(None, None)] * 3)
@example([(ox.Literal('"},{"'), ox.Literal("\\")), (ox.Literal('\\"'), ox.Literal('"'))])
def test_rows_are_counted_whatever_the_terms_hold(
    table: list[tuple[ox.Literal | None, ox.Literal | None]],
) -> None:
    """The count is that of a reader of the format, and that of the rows that were asked for."""
    assert set(COUNTED) == {each.name for each in BINDINGS}
    for each in BINDINGS:
        body = serialized(select(table), each)
        assert rows(body, each) == COUNTED[each.name](body) == len(table), body


@pytest.mark.parametrize("chosen", BINDINGS, ids=lambda each: each.name)
def test_answers_without_variables_have_rows_too(chosen: Format) -> None:
    assert rows(serialized(ox.Store().query("SELECT * {}"), chosen), chosen) == 1
    assert rows(serialized(ox.Store().query("SELECT * { FILTER(false) }"), chosen), chosen) == 0


@pytest.mark.parametrize("chosen", BINDINGS, ids=lambda each: each.name)
def test_rows_with_triple_terms_are_counted(chosen: Format) -> None:
    """RDF 1.2: a term within a term is no row."""
    text = "SELECT * { VALUES ?t { <<( <a:s> <a:p> <<( <a:s> <a:p> 'o' )>> )>> 'x' UNDEF } BIND(?t AS ?u) }"
    assert rows(serialized(ox.Store().query(text), chosen), chosen) == 3


@pytest.mark.parametrize("count", [1, 2, 10, 100])
@pytest.mark.parametrize("chosen", BINDINGS, ids=lambda each: each.name)
def test_the_limit_of_rows_is_exact(chosen: Format, count: int) -> None:
    table: list[tuple[ox.Literal | None, ox.Literal | None]] = [(ox.Literal("},{\n"), None)] * count
    whole = serialized(select(table), chosen)
    for allowed in (count, count + 1):
        assert serialized(select(table), chosen, Limits(rows=allowed)) == whole
    with pytest.raises(LimitError, match=f"more than {count - 1} rows") as caught:
        serialized(select(table), chosen, Limits(rows=count - 1))
    assert (caught.value.limit, caught.value.allowed) == ("max-rows", count - 1)


@pytest.mark.parametrize("name", [each.name for each in BINDINGS])
def test_one_very_long_literal_is_counted_without_much_memory(name: str) -> None:
    """A pattern that remembers each character would take a hundred times the text."""
    body = serialized(select([(ox.Literal("x" * 2_000_000 + '"'), None)]), by_name(name))
    tracemalloc.start()
    try:
        assert rows(body, by_name(name)) == 1
        assert tracemalloc.get_traced_memory()[1] < 10 * len(body)
    finally:
        tracemalloc.stop()


def triples(count: int) -> list[ox.Triple]:
    predicate = ox.NamedNode("https://example.org/p")
    return [ox.Triple(ox.NamedNode(f"x:{number}"), predicate, ox.Literal("a")) for number in range(count)]


@pytest.mark.parametrize("chosen", BINDINGS, ids=lambda each: each.name)
def test_the_limit_of_size_is_exact_for_bindings(chosen: Format) -> None:
    table: list[tuple[ox.Literal | None, ox.Literal | None]] = [(ox.Literal("é\n"), None)] * 50
    whole = serialized(select(table), chosen)
    assert serialized(select(table), chosen, Limits(result_size=len(whole))) == whole
    with pytest.raises(LimitError, match=f"longer than {len(whole) - 1} bytes") as caught:
        serialized(select(table), chosen, Limits(result_size=len(whole) - 1))
    assert (caught.value.limit, caught.value.allowed) == ("max-result-size", len(whole) - 1)


@pytest.mark.parametrize("chosen", GRAPHS, ids=lambda each: each.name)
def test_the_limit_of_size_is_of_what_is_written_of_a_graph(chosen: Format) -> None:
    """What is below the limit is given whole; nothing that is longer is ever given, shortened or not."""
    whole = serialized_graph(triples(50), chosen)
    assert serialized_graph(triples(50), chosen, Limits(result_size=len(whole) + 10_000)) == whole
    for allowed in (1, len(whole) // 2, len(whole) - 1):
        with pytest.raises(LimitError) as caught:
            serialized_graph(triples(50), chosen, Limits(result_size=allowed))
        assert caught.value.allowed == allowed


def test_the_limit_of_size_holds_for_a_boolean() -> None:
    with pytest.raises(LimitError):
        serialized(ox.Store().query("ASK {}"), by_name("json"), Limits(result_size=5))


VALUES = " ".join(map(str, range(1000)))
PRODUCT = f"VALUES ?a {{ {VALUES} }} VALUES ?b {{ {VALUES} }} VALUES ?c {{ {VALUES} }}"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        *((f"SELECT * {{ {PRODUCT} FILTER(<x:count>()) }}", each) for each in BINDINGS),
        *(
            (
                f"CONSTRUCT {{ ?s <x:p> ?b }} {{ {PRODUCT} BIND(IRI(CONCAT('x:', STR(?a))) AS ?s) FILTER(<x:count>()) }}",
                each,
            )
            for each in GRAPHS
        ),
    ],
    ids=lambda each: each.name if isinstance(each, Format) else each.split()[0],
)
def test_a_limit_of_size_ends_the_evaluation(text: str, chosen: Format) -> None:
    """Of a thousand million rows, only those are made that the limit has room for, or the writer buffers."""
    made = 0

    def count() -> ox.Literal:
        nonlocal made
        made += 1
        return ox.Literal(True)

    answer = ox.Store().query(text, custom_functions={ox.NamedNode("x:count"): count})
    with pytest.raises(LimitError, match="longer than 20000 bytes"):
        serialized(answer, chosen, Limits(result_size=20_000))
    assert 0 < made < 100_000


def test_a_file_in_memory_refuses_the_piece_that_is_too_much() -> None:
    output = Bounded(5)
    assert output.write(b"12345") == 5
    with pytest.raises(LimitError):
        output.write(b"6")
    assert Bounded(None).write(b"x" * 100) == 100


def test_every_format_of_the_table_is_known_to_the_engine() -> None:
    for each in FORMATS:
        if each.kinds & {Kind.GRAPH, Kind.DATASET}:
            assert rdf_format(each).media_type == each.media_type
        else:
            found = ox.QueryResultsFormat.from_media_type(each.media_type)
            assert found is not None
            assert found.media_type.partition(";")[0] == each.media_type


def test_the_kind_of_an_answer() -> None:
    store = ox.Store()
    assert kind_of(store.query("SELECT * {}")) is Kind.BINDINGS
    assert kind_of(store.query("ASK {}")) is Kind.BOOLEAN
    assert kind_of(store.query("CONSTRUCT {} WHERE {}")) is Kind.GRAPH
    assert kind_of(store.query("DESCRIBE <x:a>")) is Kind.GRAPH


LOCAL = st.text(string.ascii_letters + string.digits + "-_.:/", max_size=6)
IRIS = st.builds(
    lambda start, end: ox.NamedNode(start + end),
    st.sampled_from([*PREFIXES.values(), "x:a", "http://a/"]),
    LOCAL,
)
XML_NAMES = st.builds(
    lambda start, end: ox.NamedNode(start + end),
    st.sampled_from([*PREFIXES.values()]),
    st.text(string.ascii_letters, min_size=1, max_size=4),
)
# Texts that look like the use or the declaration of a prefix.
TEXTS = st.sampled_from(
    [f"{prefix}:" for prefix in PREFIXES] + ["@prefix skos: <x:> .\n", 'xmlns:rdf="x:"', ">"]
)
GRAPH = st.lists(
    st.builds(ox.Triple, IRIS, XML_NAMES, IRIS | TEXTS.map(ox.Literal)), max_size=5, unique_by=str
)


@settings(deadline=None)
@given(GRAPH)
@example([])
def test_a_graph_is_read_as_it_was_written(graph: list[ox.Triple]) -> None:
    """The declarations of prefixes that are left out are not missed, in any format."""
    for each in GRAPHS:
        body = serialized_graph(graph, each)
        read = [quad.triple for quad in ox.parse(body, rdf_format(each))]
        assert sorted(map(str, read)) == sorted(map(str, graph)), body


@pytest.mark.parametrize("name", ["turtle", "trig", "rdfxml"])
def test_prefixes_that_are_not_used_are_not_declared(name: str) -> None:
    used = ox.Triple(ox.NamedNode("x:a"), ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.Literal("a"))
    body = serialized_graph([used], by_name(name)).decode()
    assert PREFIXES["rdfs"] in body
    assert not [iri for prefix, iri in PREFIXES.items() if prefix not in {"rdf", "rdfs"} and iri in body]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.builds(ox.Quad, IRIS, XML_NAMES, IRIS, IRIS | st.just(ox.DefaultGraph())), max_size=5))
def test_a_dataset_is_read_as_it_was_written(quads: list[ox.Quad]) -> None:
    store = ox.Store()
    store.extend(quads)
    for each in FORMATS:
        if Kind.DATASET in each.kinds:
            read = ox.parse(serialized_graph(store, each, HUGE), rdf_format(each))
            assert {str(quad) for quad in read} == {str(quad) for quad in quads}
