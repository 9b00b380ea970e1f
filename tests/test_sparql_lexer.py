"""The lexer finds what it is asked for, and nothing within strings, IRIs and comments."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qwen_kg.errors import ForbiddenError
from qwen_kg.sparql import find_keyword, first_keyword, refuse_service, substitute, tokens

PIECES = st.sampled_from(
    [
        *("<", ">", "<http://a/b#c>", "'", '"', "'''", '"""', "#", "\n", "\r\n", " ", "\\", "\\'", "\\u00e9"),
        *("?x", "$x", "ex:a.b", ":", "_:b", "@en", "1.5e3", "SERVICE", "FROM", "é", "\U0001f600"),
        *("{", "}", ".", "^^", "%20"),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("'''a''''")
def test_the_tokens_together_are_the_text(text: str) -> None:
    found = list(tokens(text))
    assert "".join(token.text for token in found) == text
    for token in found:
        before = text[: token.offset]
        assert token.text == text[token.offset : token.offset + len(token.text)]
        assert (token.line, token.column) == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


KINDS = {
    "<http://a/b#c'd>": "iri",
    "<>": "iri",
    r"<a\u00e9>": "iri",
    "'a # <b> \\' \"'": "string",
    '"a\\"b"': "string",
    "'''a\n'b' ''c'''": "string",
    '"""a"b\\"""c"""': "string",
    "@en-GB": "langtag",
    "?x1": "variable",
    "$é_": "variable",
    "_:b.1": "blank",
    "ex:": "pname",
    ":a": "pname",
    "ex:Qwen2.5-VL": "pname",
    r"ex:it\'s\#1": "pname",
    "e.x-1:%20": "pname",
    "12": "number",
    "1.5": "number",
    ".5e-3": "number",
    "1.e1": "number",
    "SELECT": "word",
    "a": "word",
    "# ?x 'a' SERVICE": "comment",
    " \t\r\n": "space",
    "'a": "other",
    "^^": "other",
    "{|": "other",
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_kinds(text: str, kind: str) -> None:
    assert [(token.kind, token.text) for token in tokens(text)] == [(kind, text)]


@pytest.mark.parametrize("text", ["<a b>", "'a\nb'", "'''a''", "ex:a.", "1.", "@1"])
def test_what_is_no_single_token(text: str) -> None:
    assert len(list(tokens(text))) > 1


SUBSTITUTED = [
    ("SELECT ?_m { ?_m ?p $_m }", "SELECT <m:1> { <m:1> ?p <m:1> }"),
    ("ASK { ?s '?_m' \"?_m\", '''?_m''' }", "ASK { ?s '?_m' \"?_m\", '''?_m''' }"),
    ("ASK { <?_m> <$_m> ?_m2 } # ?_m", "ASK { <?_m> <$_m> ?_m2 } # ?_m"),
    ("ASK { ?s ?p ?_m. }", "ASK { ?s ?p <m:1>. }"),
    ("ASK{FILTER(?a<?_m)}", "ASK{FILTER(?a< <m:1>)}"),
    ("ASK{FILTER(?_m>?a)}", "ASK{FILTER(<m:1> >?a)}"),
    ("ASK{?_m?p?_m}", "ASK{<m:1> ?p <m:1>}"),
]


@pytest.mark.parametrize(("text", "expected"), SUBSTITUTED)
def test_variables_are_replaced_as_tokens(text: str, expected: str) -> None:
    assert substitute(text, {"_m": "<m:1>"}) == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_literal_can_change_a_query(value: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(value)))
    term = str(ox.Literal(value))
    query = substitute("SELECT ?o { ?s ?p ?o FILTER(?o=?_value_string) }", {"_value_string": term})
    assert [row["o"].value for row in store.query(query)] == [value]


@pytest.mark.parametrize(
    "term",
    [
        "",
        "?x",
        "<a:b> <a:c>",
        "<a b>",
        "'a",
        "'a' . ?s ?p 'b'",
        "'a'#",
        "<a:b> ",
        "1",
        "ex:a",
        "'a'^^ex:b",
        "'a'@en@en",
    ],
)
def test_what_is_not_one_term_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match="not one RDF term"):
        substitute("ASK { ?s ?p ?_m }", {"_m": term})


@pytest.mark.parametrize(
    "term", ["<a:b>", "'a'", '"a"@en-GB', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
)
def test_one_term_is_accepted(term: str) -> None:
    assert substitute("ASK { ?s ?p ?_m }", {"_m": term}) == f"ASK {{ ?s ?p {term} }}"


# Queries that Oxigraph takes for a call of another endpoint, each of which must be found.
CALLS = [
    "ASK { SERVICE <http://127.0.0.1:9/> {} }",
    "ASK { service\n<http://127.0.0.1:9/> {} }",
    "ASK { SERVICE # comment {\n ex:a {} }",
    "ASK { SERVICE SILENT ex:a {} }",
    "ASK { VALUES ?x { ex:a } SERVICE ?x {} }",
    "ASK { {SERVICE$x{}} }",
    "ASK{SERVICEex:a{}}",
    "ASK{SERVICESILENTex:a{}}",
    "ASK{?s ?p 1SERVICE ex:a {}}",
    "ASK{?s ?p 1SERVICEex:a {}}",
    "ASK{?s ?p trueSERVICE ex:a {}}",
    "ASK{?s ?p trueSERVICEex:a {}}",
    "ASK{?s ?p 1.SERVICE ex:a {}}",
    "ASK{ ?s ?p ?a FILTER(?a<'x>') SERVICE <http://127.0.0.1:9/> {} FILTER(?a='y') }",
    "ASK{ ?s ?p ?a FILTER(?a<#x>'\n 3) SERVICE <http://127.0.0.1:9/> {} }#'",
    "ASK{ ?s ?p ?a FILTER(?a<#x>'\n 3) # ' GRAPH\nSERVICEex:a {} }#'",
    "ASK{ ?s ?p ?a FILTER(?a<ex:b#x>'\n ) SERVICE <http://127.0.0.1:9/> {} }#'",
    "ASK { VALUES ?x {'''abc' } SERVICE <http://127.0.0.1:9/> {} VALUES ?y {'b'} }",
    "ASK { #\r SERVICE <http://127.0.0.1:9/> {} }",
]


@pytest.mark.parametrize("query", CALLS)
def test_a_call_is_found_however_it_is_written(query: str) -> None:
    text = "PREFIX ex: <http://127.0.0.1:9/> " + query
    with contextlib.suppress(OSError, RuntimeError):  # it refuses to call port 9, before it tries
        ox.Store().query(text)  # were it no query, a SyntaxError would come
    found = find_keyword(text, "SERVICE")
    assert found is not None
    assert "SERVICE" in found.text.upper()
    with pytest.raises(ForbiddenError, match=f"line {found.line}, column {found.column}: SERVICE"):
        refuse_service(text)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?service 'SERVICE <http://a/> {}' } # SERVICE <http://a/> {}",
        "ASK { ?s <http://a/SERVICE> 'it''s' }",
        "PREFIX service: <http://a/> ASK { ?s service:SERVICE ?o . ?service ?p ?o }",
        "PREFIX service: <http://a/> ASK { GRAPH service:x { ?s ?p ?o } }",
        "PREFIX ex: <http://a/it's#> ASK { ?s ex:SERVICE ?o }",
        "ASK { ?s ?p 'a'@service }",
        "ASK { _:SERVICE ?p ?o }",
        "ASK { ?s ?p ?o FILTER(?o < 3 && ?o > 'SERVICE ?x {}') }",
        "ASK { ?s ?p '''\n'SERVICE <http://a/> {}'\n''' }",
    ],
)
def test_the_word_alone_is_no_call(query: str) -> None:
    refuse_service(query)


def test_the_place_of_a_keyword() -> None:
    found = find_keyword("# SERVICE\nASK {\n  service <a:b> {}\n}", "SERVICE")
    assert found is not None
    assert (found.text, found.line, found.column) == ("service", 3, 3)
    assert find_keyword("ASK {}", "SERVICE") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("# INSERT\nSELECT * {}", "SELECT"),
        ("PREFIX insert: <http://a/> BASE <http://a/> insert data {}", "INSERT"),
        ("PREFIX a: <x> 'SELECT' ?ask <ASK> describe ?x", "DESCRIBE"),
    ],
)
def test_the_first_keyword_behind_the_prologue(text: str, expected: str) -> None:
    assert first_keyword(text) == expected


@pytest.mark.parametrize(
    "piece", ["1.", "a.", "é", "'", '"""', "<", "<a", "ex:a...", "''' ", "<#", "'\\", "'''\\", '"\\']
)
def test_long_texts_are_read(piece: str) -> None:
    # Where each of the tokens looked ahead to the end of the text, this would take hours.
    text = piece * (200_000 // len(piece))
    assert sum(len(token.text) for token in tokens(text)) == len(text)
    find_keyword(text + " SERVICE", "SERVICE")
