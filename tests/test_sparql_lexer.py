"""The lexer finds what it is asked for, and nothing within strings, IRIs and comments."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qwen_kg.errors import ForbiddenError
from qwen_kg.limits import Limits
from qwen_kg.sparql import LINKS, find_keyword, first_keyword, nesting, refuse_service, substitute, tokens
from qwen_kg.syntax_errors import PADDING

from .deceptive import ENDS, glued, groups, prologues
from .listening import Listener

PIECES = st.sampled_from(
    [
        *("<", ">", "<http://a/b#c>", "'", '"', "'''", '"""', "#", "\n", "\r\n", " ", "\\", "\\'", "\\u00e9"),
        *("?x", "$x", "ex:a.b", ":", "_:b", "@en", "1.5e3", "SERVICE", "FROM", "é", "\U0001f600"),
        *("{", "}", ".", "^^", "%20"),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("'''a''''")
@example(r"'''a\''''''")
@example("'''a''' '''\\x")
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
    r"'''a\''''": "string",
    r"'''\u00e9\U0001F600'''": "string",
    r"<a:\u+062>": "iri",
    "'a": "other",
    "^^": "other",
    "{|": "other",
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_kinds(text: str, kind: str) -> None:
    assert [(token.kind, token.text) for token in tokens(text)] == [(kind, text)]


@pytest.mark.parametrize(
    "text",
    [
        *("<a b>", "'a\nb'", "'''a''", "ex:a.", "1.", "@1"),
        *(r"'''\x'''", r"'''\uD800'''", r"'''\U00110000'''", r"<\u-062>", r"<\x>"),
    ],
)
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
    # A string in three quotes is none where it holds what Oxigraph does not take for an escape.
    "ASK { VALUES ?x {'''a' } SERVICE <http://127.0.0.1:9/> {} VALUES ?y {'b'} } # \\x '''",
    "ASK { VALUES ?x {'''a' } SERVICE <http://127.0.0.1:9/> {} VALUES ?y {'b'} } # \\uD800 '''",
    # It does take "+062" for a number.
    "ASK { FILTER(<a:\\u+062'> = <a:b'>) SERVICE <http://127.0.0.1:9/> {} } # '",
    # What has no end in one reading has one in another.
    "ASK { ?s ?p ?o FILTER(?o<#x> \"\"\"\n1) VALUES ?y {'''\n# ''' } SERVICE <http://127.0.0.1:9/> {} } # \"\"\" '''",
    # A name that makes no IRI is read as the prefix alone, and what follows it.
    "PREFIX a: <http://a:80> ASK { OPTIONAL { ?a ?b a:SERVICE <http://127.0.0.1:9/> {} } }",
    "PREFIX a: <http://a:80> ASK { ?s !a:1.SERVICE <http://127.0.0.1:9/> {} }",
    "PREFIX \ufff0: <http://127.0.0.1:9/> ASK { OPTIONAL { ?a ?b ex:SERVICE\ufff0: {} } }",
    "PREFIX \ufff0: <http://127.0.0.1:9/> ASK { OPTIONAL { ?a ?b ex:SERVICE\ufff0:a {} } }",
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
        "PREFIX schema: <http://schema.org> ASK { ?s a schema:Service ; ?p <https://example.org> . { ?a ?b ?c } }",
        "PREFIX ex: <http://a/> ASK FROM ex:service { ?s <#service> <#a> FILTER(?s = ex:service) }",
        "ASK { ?s ?p '''it\\'s SERVICE <http://a/> {}''' }",
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


@pytest.fixture(scope="module")
def canary() -> Iterator[Listener]:
    """Listens, and counts who comes."""
    with Listener(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as listener:
        yield listener


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_no_call_is_missed(canary: Listener, data: st.DataObject) -> None:
    url = f"http://127.0.0.1:{canary.port}/"
    call = glued(
        st.sampled_from(["SERVICE", "service", "SERVICE SILENT", "servicesilent"]),
        st.sampled_from([f"<{url}>", "ex:a", ":a", ":", "l:", "\ufff0:", "\ufff0:a", "?u", "$u"]),
        "{}",
    )
    given_iri = f"VALUES ?u {{<{url}>}}"
    group = glued("SELECT*{", groups(call), "UNION{", given_iri, call, groups(), "}}", ENDS)
    text = data.draw(prologues(url)) + data.draw(group)
    store, before = ox.Store(), canary.connections
    store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode(url[:-1]), ox.Literal("a")))
    with contextlib.suppress(OSError, RuntimeError, SyntaxError):
        answer = store.query(text + PADDING, base_iri="http://h/")
        if not isinstance(answer, ox.QueryBoolean):
            assert list(answer) is not None  # evaluates it
    if canary.connections > before:
        with pytest.raises(ForbiddenError):
            refuse_service(text)


DEPTHS = {
    "": 0,
    "ASK {}": 1,
    "ASK { { } { { } } }": 3,
    "ASK { ?s ?p '((((', <http://a/((((> # ((((\n }": 1,
    "ASK { ?s ?p '''\n((((\n''' }": 1,
    r"ASK { ?s ex:\(\(\(a ?o }": 1,
    "ASK { FILTER(((1))) }": 4,
    "ASK { FILTER(!!!?a && !?b) }": 5,
    "ASK { FILTER(!(!?a)) }": 4,
    "ASK { ?s ?p ((1) (2)) , [ ?p [ ?p 1 ] ] }": 3,
    "ASK { ?s ?p <<( ?s ?p <<( ?s ?p 1 )>> )>> }": 5,
    "ASK { << << ?s ?p ?o >> ?p <<<x:a> <x:b> <x:c>>> >> ?p ?o }": 3,
    "ASK { ?s ?p ?o {| ?p ?o {| ?p ?o |} |} }": 3,
    "ASK { ?s ?p ?o FILTER(?a < 1 || ?a > 2 || ?a<<x:a> || ?a><x:a>) ?s ?p ?o }": 2,
    "ASK } } { {": 2,
    # In one of the two readings the comment ends with its line.
    "ASK { FILTER(?a<#x>'''\n((( 1))))# ''' \n }": 5,
    "ASK { FILTER(<'a'> > (<'a'> > (<'a'> > (1)))) }": 5,
}


@pytest.mark.parametrize(("text", "depth"), DEPTHS.items())
def test_nesting_is_counted(text: str, depth: int) -> None:
    assert nesting(text) == depth
    assert nesting(text, 1000) >= depth


CHAINS = {
    "operators": ("ASK { FILTER(1", "||1", ") }"),
    "sums": ("ASK { FILTER(1", "+1", ") }"),
    "signed numbers": ("ASK { FILTER(1", " -1", ") }"),
    "paths": ("ASK { ?s <x:p>", "/<x:p>", " ?o }"),
    "alternatives": ("ASK { ?s <x:p>", "|<x:p>", " ?o }"),
    "unions": ("ASK { {}", "UNION{}", "}"),
    "bindings": ("ASK { ", "BIND(1 AS ?x)", " }"),
    "differences": ("ASK { ", "MINUS{}", " }"),
    "conditions": ("ASK { ", "FILTER(1)", " }"),
    "expressions": ("SELECT * {} GROUP BY ", "(1)", ""),
    "resources": ("DESCRIBE ", "<x:a>", ""),
    "second operation": ("CLEAR ALL ; INSERT {} WHERE { FILTER(1", "||1", ") }"),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_chains_count_as_nested(chain: str) -> None:
    start, link, end = CHAINS[chain]
    text = start + link * (10 * LINKS) + end
    assert 10 <= nesting(text) <= 80
    assert nesting(text, 9) >= 10
    assert nesting(start + link * 100 + end) <= 3


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("INSERT DATA { ", "GRAPH <x:g> { <x:s> a true ; <x:p> -1 , 'a'@en , \"1\"^^<x:t> . } ", "}"),
        ("", "INSERT DATA { <x:s> a <x:o> } ;\n", ""),
        ("PREFIX ex: <x:> DELETE DATA { ", "ex:s ex:p ex:o .\n", "}"),
        ("SELECT * { VALUES ?x { ", "<x:a> ", "} }"),
        ("SELECT * { VALUES (?x ?y) { ", "(<x:a> 'b')", "} }"),
    ],
)
def test_much_data_is_not_nested(start: str, piece: str, end: str) -> None:
    assert nesting(start + piece * 10_000 + end) <= 13


def test_saved_queries_are_far_from_the_limit() -> None:
    queries = [path.read_text("utf-8") for path in Path(__file__).parents[1].glob("queries/*.rq")]
    assert queries
    assert max(map(nesting, queries)) < Limits().nesting / 5


# What nests: the beginning, what is repeated on the way in, the middle, what is repeated on the way out, the end.
NESTED = [
    ("ASK {", "{", "", "}", "}"),
    ("ASK {", "{?s ?p ?o ", "", "}", "}"),
    ("ASK {", "OPTIONAL{?s ?p ?o ", "", "}", "}"),
    ("ASK {", "MINUS{?s ?p ?o ", "", "}", "}"),
    ("ASK {", "GRAPH ?g{", "", "}", "}"),
    ("ASK {?s ?p ?o ", "FILTER NOT EXISTS{?s ?p ?o ", "", "}", "}"),
    ("ASK ", "{SELECT * {", "", "}}", ""),
    ("ASK {FILTER(", "(", "1", ")", ")}"),
    ("ASK {FILTER(", "!", "1", "", ")}"),
    ("ASK {FILTER(", "IF(", "1", ",1,2)", ")}"),
    ("ASK {FILTER(", "1 IN(", "1", ")", ")}"),
    ("ASK {FILTER(isTriple(", "<<(<x:s> <x:p> ", "1", ")>>", "))}"),
    ("ASK {?s ", "(", "<x:p>", ")", " ?o}"),
    ("ASK {?s ", "^(", "<x:p>", ")", " ?o}"),
    ("ASK {?s ?p ", "<<(<x:s> <x:p> ", "1", ")>>", "}"),
    ("ASK {VALUES ?x {", "<<(<x:s> <x:p> ", "1", ")>>", "}}"),
    ("ASK {", "", "FILTER(1)" * 1000, "", "}"),
    ("ASK {", "", "{}" + "UNION{}" * 1000, "", "}"),
    ("ASK {FILTER(", "", "1" + "||1" * 1000, "", ")}"),
]

_RUN = """
import json, sys, threading
import pyoxigraph as ox

def run():
    for text in json.load(sys.stdin):
        bool(ox.Store().query(text, use_default_graph_as_union=True))
    print("done")

threading.stack_size(int(sys.argv[1]))
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def nested(depth: int, start: str, into: str, middle: str, out: str, end: str) -> str:
    return start + into * depth + middle + out * depth + end


def evaluated(texts: list[str], stack: int) -> subprocess.CompletedProcess[str]:
    """Evaluate queries in a process of their own, with so many bytes of stack."""
    command = [sys.executable, "-c", _RUN, str(stack)]
    return subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False)


def test_what_is_within_the_limit_is_evaluated() -> None:
    texts = []
    for form in NESTED:
        least, each = nesting(nested(0, *form)), nesting(nested(1, *form)) - nesting(nested(0, *form))
        texts.append(nested((Limits().nesting - least) // max(each, 1), *form))
        assert nesting(texts[-1]) <= Limits().nesting
    done = evaluated(texts, 512 * 1024**2)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@pytest.mark.parametrize("form", [NESTED[0], NESTED[7], NESTED[8]])
def test_what_is_far_beyond_the_limit_would_end_the_process(form: tuple[str, str, str, str, str]) -> None:
    text = nested(20_000, *form)
    assert nesting(text) > 20_000
    assert evaluated([text], 8 * 1024**2).returncode == -signal.SIGSEGV


@pytest.mark.parametrize(
    "piece",
    [
        *("1.", "a.", "é", "'", '"""', "<", "<a", "ex:a...", "''' ", "<#", "'\\", "'''\\", '"\\'),
        *("(<#x>", "(<#x>\\'''\n", "(<'>", "('''a\\'''", "(''' ' \\'''x ", "<//a>a:b::", "!", "({["),
    ],
)
def test_long_texts_are_read(piece: str) -> None:
    # Where each of the tokens looked ahead to the end of the text, this would take hours.
    text = piece * (200_000 // len(piece))
    assert sum(len(token.text) for token in tokens(text)) == len(text)
    find_keyword(text + " SERVICE", "SERVICE")
    nesting(text)
