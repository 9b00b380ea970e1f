"""What is wrong with a query is said in words, with the line and the column where it is."""

from __future__ import annotations

import pytest

from qwen_kg.errors import QuerySyntaxError
from qwen_kg.store import LocalStore

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
