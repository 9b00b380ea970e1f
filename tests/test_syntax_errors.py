"""What is wrong with a query is said in words, with the line and the column where it is."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import _NAMESPACE_PREFIXES_CORE, _NAMESPACE_PREFIXES_RDFLIB

from qwen_kg.errors import QuerySyntaxError, from_wire, to_wire
from qwen_kg.namespaces import PREFIXES
from qwen_kg.sparql import escape_dots
from qwen_kg.store import LocalStore
from qwen_kg.syntax_errors import PADDING, WELL_KNOWN, excerpt, explain

# The query, the line and column of the mistake, and words of the message.
FAULTS = [
    ("SELEC * {}", 1, 1, "'SELEC'"),
    ("SELECT * WHERE { ?s foo:bar ?o }", 1, 21, "the prefix foo: is not declared"),
    ("SELECT * {\n  ?s qkg:partOf ?o\n}", 2, 6, "PREFIX qkg: <https://w3id.org/qwen-kg/ns#>"),
    ("SELECT * { ?s <rel> ?o }", 1, 15, "<rel> is not a complete IRI"),
    ("SELECT * {\n  ?s a <http://a/b>\n  ?s ?p ?o .\n}", 3, 3, "'?s'"),
    ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "'?s'"),
    ("SELECT * { ?s ?p ?o FILTER(?s > ) }", 1, 33, "')'"),
    ("SELECT * { ?s ?p ?o FILTER ?s > 3 }", 1, 28, "'?s'"),
    ("SELECT * { ?s ?p ?o .. }", 1, 22, "'.'"),
    ("SELECT * { ?s ?p 'é\U0001f600' foo }", 1, 23, "'foo'"),
    ("SELECT * { ?s ?p ?o", 1, 20, "ends too early"),
    ("SELECT * {\n ?s ?p ?o\n\n", 2, 10, "ends too early"),
    ("ASK {} ASK {}", 1, 8, "'ASK'"),
    ("", 1, 1, "ends too early"),
    ("# nothing", 1, 10, "ends too early"),
    ("SELECT (COUNT(*) AS ?n) ?p { ?s ?p ?o }", 1, 39, "contains a variable that is unbound"),
    ("PREFIX a: <http://a/>\nINSERT DATA { a:a a:b a:c }", 2, 1, "INSERT is an update, not a query"),
    ("DELETE WHERE { ?s ?p ?o }", 1, 1, "DELETE is an update, not a query"),
    ("LOAD <http://a/>", 1, 1, "LOAD is an update, not a query"),
]


@pytest.mark.parametrize(("query", "line", "column", "words"), FAULTS)
def test_the_mistake_is_placed_and_named(query: str, line: int, column: int, words: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        LocalStore.from_nquads(b"").query(query)
    assert (error.value.line, error.value.column) == (line, column)
    assert words in str(error.value)
    assert str(error.value).startswith(f"line {line}, column {column}: ")


def test_a_surrogate_is_no_character() -> None:
    with pytest.raises(QuerySyntaxError, match="surrogate"):
        LocalStore.from_nquads(b"").query("ASK { ?s ?p '\ud800' }")


# The same for updates.
UPDATE_FAULTS = [
    ("insrt data {}", 1, 1, "'insrt'"),
    ("# c\n  SELECT * {}", 2, 3, "SELECT is a query, not an update"),
    ("PREFIX a: <http://a/> ask {}", 1, 23, "ASK is a query, not an update"),
    ("CONSTRUCT WHERE {}", 1, 1, "CONSTRUCT is a query, not an update"),
    ("describe <x:a>", 1, 1, "DESCRIBE is a query, not an update"),
    ("CLEAR ALL ;\n ASK {}", 2, 2, "'ASK'"),
    ("INSERT DATA { ?s <x:p> 1 }", 1, 15, "a variable is not allowed in INSERT DATA"),
    (
        "CLEAR ALL; insert data {\n <x:s> <x:p> 1 ; <x:p> ?o }",
        2,
        24,
        "a variable is not allowed in INSERT DATA",
    ),
    ("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> ?o } }", 1, 41, "a variable is not allowed in INSERT DATA"),
    ("DELETE DATA { _:a <x:p> 1 }", 1, 15, "a blank node is not allowed in DELETE DATA"),
    ("DELETE WHERE { [] <x:p> 1 }", 1, 16, "a blank node is not allowed in DELETE WHERE"),
    ("DELETE { ?s ?p _:a } INSERT { _:a ?p ?o } WHERE { ?s ?p _:b }", 1, 16, "not allowed in DELETE"),
    ("INSERT { ?s ?p foaf:a } WHERE {}", 1, 16, "PREFIX foaf: <http://xmlns.com/foaf/0.1/>"),
    ("INSERT { ?s ?p ?o } { ?s ?p ?o }", 1, 21, "'{'"),
    ("DELETE { ?s ?p ?o }", 1, 20, "the update ends too early"),
    ("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o > ) }", 1, 50, "')'"),
    ("INSERT DATA { <x:s> <rel> 1 }", 1, 21, "<rel> is not a complete IRI"),
    ("DROP GRAPH", 1, 11, "ends too early"),
]


def update_fault(text: str, **how: bool) -> QuerySyntaxError:
    """Give the error for an update that Oxigraph refuses."""
    with pytest.raises(SyntaxError) as refusal:
        ox.Store().update((escape_dots(text) if how.get("dots_escaped") else text) + PADDING)
    return explain(text, str(refusal.value), update=True, **how)


@pytest.mark.parametrize(("update", "line", "column", "words"), UPDATE_FAULTS)
def test_the_mistake_in_an_update_is_placed_and_named(
    update: str, line: int, column: int, words: str
) -> None:
    error = update_fault(update)
    assert (error.line, error.column) == (line, column)
    assert words in str(error)


def test_a_fault_that_has_no_place() -> None:
    error = update_fault("INSERT DATA { _:a <x:p> 1 } ; INSERT DATA { _:a <x:p> 2 }")
    assert (error.line, error.column, error.excerpt) == (None, None, "")
    assert str(error) == "The blank node _:a cannot be shared by multiple blocks"


@pytest.mark.parametrize(("query", "line", "column"), [fault[:3] for fault in FAULTS if fault[0].strip()])
def test_the_caret_stands_under_the_mistake(query: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        LocalStore.from_nquads(b"").query(query)
    shown, below = error.value.excerpt.split("\n")
    assert shown == query.split("\n")[line - 1].rstrip("\r")
    assert below == " " * (column - 1) + "^"


EXCERPTS = [
    # A line, the column in it, and the two lines shown.
    ("", 1, ""),
    ("abc", 2, "abc\n ^"),
    ("abc", 4, "abc\n   ^"),
    ("\ta\tbc\r", 4, "\ta\tbc\n\t \t^"),
    ("一e\u0301\u00a0c", 5, "一e\u0301\ufffdc\n    ^"),
    ("\x1b[0m\x00c", 6, "\ufffd[0m\ufffdc\n     ^"),
    ("'\ud800'", 1, "'\ufffd'\n^"),
    ("a" * 100, 100, "a" * 100 + "\n" + " " * 99 + "^"),
    ("a" * 150, 1, "a" * 100 + "…\n^"),
    ("a" * 150, 75, "…" + "a" * 100 + "…\n" + " " * 51 + "^"),
    ("a" * 150, 151, "…" + "a" * 100 + "\n" + " " * 101 + "^"),
]


@pytest.mark.parametrize(("line", "column", "shown"), EXCERPTS)
def test_a_long_line_is_cut_around_the_mistake(line: str, column: int, shown: str) -> None:
    assert excerpt(line, column) == shown


@given(st.text(), st.integers(1, 400))
def test_the_caret_counts_characters(line: str, column: int) -> None:
    line = line.replace("\n", "")
    column = min(column, len(line) + 1)
    found = excerpt(line, column)
    if found:
        shown, below = found.split("\n")
        assert len(shown) <= 102
        assert below.endswith("^")
        if column <= len(line.rstrip("\r")) and line[column - 1].isprintable():
            assert shown[len(below) - 1] == line[column - 1]


@pytest.mark.parametrize("query", [fault[0] for fault in FAULTS])
def test_an_error_can_be_told_as_json(query: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        LocalStore.from_nquads(b"").query(query)
    members = vars(error.value)
    assert set(members) == {"message", "line", "column", "excerpt"}
    assert all(isinstance(value, str | int | None) for value in members.values())
    told = from_wire(json.loads(json.dumps(to_wire(error.value))))
    assert (type(told), str(told), vars(told)) == (QuerySyntaxError, str(error.value), members)


ADVICE = [
    # A prologue, a prefix that it does not declare, and how the message ends.
    ("", "qkg", ", declare it with PREFIX qkg: <https://w3id.org/qwen-kg/ns#>"),
    ("", "wdt", ", declare it with PREFIX wdt: <http://www.wikidata.org/prop/direct/>"),
    ("", "dbr", ", declare it with PREFIX dbr: <http://dbpedia.org/resource/>"),
    ("", "schema", ", declare it with PREFIX schema: <https://schema.org/>"),
    ("", "skso", ", did you mean skos:? Declare it with PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"),
    ("", "FOAF", ", did you mean foaf:? Declare it with PREFIX foaf: <http://xmlns.com/foaf/0.1/>"),
    ("PREFIX skos: <x:>", "skso", ", did you mean skos:?"),
    ("prefix mine:<x:> PREFIX other: <y:>", "mime", ", did you mean mine:?"),
    ("PREFIX ex: <x:>", "EX", ", did you mean ex:?"),
    ("", "zzz", "is not declared"),
    ("", "foo", "is not declared"),
    ("PREFIX ex: <x:>", "", "is not declared"),
]


@pytest.mark.parametrize(("prologue", "prefix", "end"), ADVICE)
def test_a_prefix_that_is_not_declared_is_advised(prologue: str, prefix: str, end: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        LocalStore.from_nquads(b"").query(f"{prologue}\nASK {{ ?s {prefix}:a ?o }}")
    assert error.value.message.startswith(f"the prefix {prefix}: is not declared")
    assert error.value.message.endswith(end)
    assert (error.value.line, error.value.column) == (2, 10)


def test_the_well_known_prefixes_are_known_to_rdflib_as_the_same() -> None:
    known = {**_NAMESPACE_PREFIXES_CORE, **_NAMESPACE_PREFIXES_RDFLIB}
    for prefix, namespace in known.items():
        assert WELL_KNOWN[prefix] == PREFIXES.get(prefix, str(namespace)), prefix


def test_each_well_known_prefix_can_be_declared() -> None:
    for prefix, iri in WELL_KNOWN.items():
        ox.Store().query(f"PREFIX {prefix}: <{iri}> ASK {{ ?s {prefix}:a ?o }}")


def test_escaped_dots_do_not_move_the_place() -> None:
    text = "PREFIX id: <x:> INSERT DATA { id:Qwen2.5-1.5B id:a.b.c id:d.e.f bad }"
    error = update_fault(text, dots_escaped=True)
    assert (error.line, error.column) == (1, text.index("bad") + 1)
    assert "'bad'" in str(error)
    error = update_fault("PREFIX id: <x:> INSERT DATA { id:Qwen2.5-1.5B id:a.b.c.d ", dots_escaped=True)
    assert "ends too early" in str(error)
