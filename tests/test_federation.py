"""Which calls of other endpoints a query may make, and that it makes no other, however it is written."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qwen_kg.errors import ForbiddenError
from qwen_kg.federation.addresses import is_public, read_address, read_allowed, read_permitted
from qwen_kg.federation.relay import Relay
from qwen_kg.federation.rewriting import Redirection
from qwen_kg.sparql import escape_dots
from qwen_kg.syntax_errors import PADDING, explain

from .listening import Listener, ask, read, reply

ALLOWED = "https://a.example/sparql"

COVERED = [
    ("https://a.example/sparql", "https://a.example/sparql"),
    ("https://a.example/sparql", "HTTPS://A.Example:443/sparql"),
    ("https://a.example/sparql", "https://a.example/sparql/"),
    ("https://a.example/sparql", "https://a.example/sparql/x/y"),
    ("https://a.example/sparql/", "https://a.example/sparql/x"),
    ("https://a.example", "https://a.example/any/thing"),
    ("https://a.example/q?db=1", "https://a.example/q?db=1"),
    ("http://[::1]:3030/ds", "http://[0:0:0:0:0:0:0:1]:3030/ds"),
    ("http://127.0.0.1/", "http://127.0.0.1:80/x"),
]
NOT_COVERED = [
    "http://a.example/sparql",
    "https://a.example:8443/sparql",
    "https://a.example.evil.example/sparql",
    "https://evil.example/https://a.example/sparql",
    "https://xa.example/sparql",
    "https://a.example/sparql2",
    "https://a.example/SPARQL",
    "https://a.example/",
    "https://a.example//sparql",
    "https://a.example/sparql?update=DROP+ALL",
    "https://a.example/sparql/x?y",
    "https://a.example/s%70arql",
]


@pytest.mark.parametrize(("allowed", "iri"), COVERED)
def test_an_allowed_iri_covers_itself_and_what_is_below(allowed: str, iri: str) -> None:
    assert read_permitted(iri, ["https://b.example/", allowed]) == read_address(iri)


@pytest.mark.parametrize("iri", NOT_COVERED)
def test_what_only_looks_alike_is_not_covered(iri: str) -> None:
    read_address(iri)
    with pytest.raises(ValueError, match=r"calls only https://a\.example/sparql"):
        read_permitted(iri, [ALLOWED])


def test_a_trailing_slash_or_a_query_allows_less() -> None:
    for allowed, iri in [
        ("https://a.example/ds/", "https://a.example/ds"),
        ("https://a.example/q?db=1", "https://a.example/q"),
        ("https://a.example/q?db=1", "https://a.example/q?db=2"),
        ("https://a.example/q?db=1", "https://a.example/q/x?db=1"),
    ]:
        with pytest.raises(ValueError, match="calls only"):
            read_permitted(iri, [allowed])


DECEIVING_ADDRESSES = r"""
a.example //a.example/ ftp://a.example/ file:///etc/passwd https:///sparql https:// https:a.example
https://a.example@evil.example/sparql https://u:p@a.example/sparql https://@a.example/ https://a.example:/
https://evil.example\@a.example/sparql https://a.example/sparql\.. https://a.example/sparql#x https://a.example#
https://a.example/sparql/../admin https://a.example/sparql/%2e%2E/admin https://a.example/sparql/..
https://a.example/sparql/..;x=1/admin https://a.example/sparql/./x https://a.example/sparql/.%2e
https://a.example/sparql/..%2fadmin https://a.example/sparql%5cx https://a.example/sparql/%00
https://a.example/sparql/%0d%0aX: https://a.example/spar'ql https://a.example/é https://a.example/%zz
https://a.example:0/ https://a.example:65536/ https://a.example:99999999999/ https://a.example:+1/
https://a.example:４４３/ https://ａ.example/ https://a。example/ https://a.example./ https://.a/ http://localhost./
http://127.1/ http://2130706433/ http://0x7f.1/ http://0x7f000001/ http://0177.0.0.1/ http://127.0.0.01/
http://0/ http://127.0.0.0x1/ http://1.2.3.4.5/ http://256.1.1.1/ http://a.0x/
http://[::1/ http://::1/ http://[fe80::1%25eth0]/ http://[127.0.0.1]/ http://[::g]/ http://[::1].example/
https://a%2eexample/sparql https://a.example/% https://a.example/<x> https://a.example/{x}
"""
WITH_CONTROL_CHARACTERS = [
    *("", " https://a.example/", "https://a.example/\n", "https://a.example/\r\nX:", "https://a.ex\tample/"),
    *(
        "https://a.example/\x00",
        "https://a.example/\ud800",
        "http\u017f://a.example/",
        "https://a\u212a.example/",
    ),
]


@pytest.mark.parametrize("iri", [*DECEIVING_ADDRESSES.split(), *WITH_CONTROL_CHARACTERS])
def test_what_can_be_read_in_two_ways_is_no_address(iri: str) -> None:
    with pytest.raises(ValueError, match=r"address|port|path"):
        read_address(iri)


ADDRESS_PIECES = (
    "https:// a.example /sparql / : @ \\ # ? .. %2e %2f ; [ ] 443 evil.example 。 ａ . x % ſ 127.0.0.1"
)


@given(
    st.lists(st.sampled_from([*ADDRESS_PIECES.split(), *"\t\n \x00"]), max_size=6).map("".join), st.booleans()
)
@settings(max_examples=500)
def test_a_permitted_address_is_the_same_to_another_reader(tail: str, whole: bool) -> None:
    iri = tail if whole else f"{ALLOWED}{tail}"
    with contextlib.suppress(ValueError):
        read_permitted(iri, [ALLOWED])
        parts = urlsplit(iri)
        assert (parts.scheme, parts.hostname, parts.port or 443) == ("https", "a.example", 443)
        assert (parts.username, parts.query, parts.fragment) == (None, "", "")
        assert f"{posixpath.normpath(unquote(parts.path))}/".startswith("/sparql/")


def test_the_value_of_the_option() -> None:
    assert read_allowed(f" {ALLOWED}\n http://127.0.0.1:3030/ds") == (ALLOWED, "http://127.0.0.1:3030/ds")
    for text in ("", "  ", "a.example", f"{ALLOWED} ftp://a.example/"):
        with pytest.raises(ValueError, match=r"missing|address"):
            read_allowed(text)


PUBLIC = "1.1.1.1 8.8.8.8 2606:4700:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1"
NOT_PUBLIC = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
100.100.100.200 192.0.0.192 168.63.129.16 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255 192.88.99.1
:: ::1 fe80::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1 ff0e::1 2001:db8::1 100::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
::127.0.0.1 ::8.8.8.8 2002:7f00:1:: 2002:a00:1::1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::808:808 2001::1 4000::1
::ffff:0:127.0.0.1
"""
PUBLICITY = [(text, True) for text in PUBLIC.split()] + [(text, False) for text in NOT_PUBLIC.split()]


@pytest.mark.parametrize(("address", "public"), PUBLICITY)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.fixture
def endpoint() -> Iterator[Listener]:
    """An endpoint that is allowed."""
    with Listener() as listener:
        yield listener


@pytest.fixture
def canary() -> Iterator[Listener]:
    """An endpoint that is not allowed."""
    with Listener() as listener:
        yield listener


@pytest.fixture
def relay(endpoint: Listener) -> Iterator[Relay]:
    with Relay([endpoint.url], timeout=20) as running:
        yield running


# %s is an endpoint. All of these are calls to Oxigraph, and none may be made where it is not allowed.
CALLS = [
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "SELECT * { sErViCe# x\n<%s>{ ?s ?p ?o } }",
    "SELECT * { BIND(<%s> AS ?e) LATERAL { SERVICE ?e { ?s ?p ?o } } }",
    "PREFIX ex: <%s> SELECT * { SERVICE ex: { ?s ?p ?o } }",
    "PREFIX : <%s> SELECT * { SERVICE : { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "PREFIX ex: <%s> SELECT * { SERVICEex: { ?s ?p ?o } }",
    "PREFIX ex: <%s> SELECT * { SERVICESILENTex: { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT <%s> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1 . SERVICE <%s> { ?s ?p ?o } }",
    "PREFIX ex: <%s> SELECT * { ?s ?p 1SERVICEex: { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?a FILTER(?a<'x>') SERVICE <%s> { ?s ?p ?o } FILTER(?a!='y') }",
    "SELECT * { ?s ?p ?a FILTER(?a<#x>'\n 3) SERVICE <%s> { ?s ?p ?o } }#'",
    "SELECT * { VALUES ?x {'''abc' } SERVICE <%s> { ?s ?p ?o } VALUES ?y {'b'} }",
    "SELECT * { #\r SERVICE <%s> { ?s ?p ?o } }",
    r"SELECT * { SERVICE <%s/\u0061> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <%s> { ?s ?p ?o } } } UNION { ?s ?p ?o } }",
]
# These are calls by the standard, which Oxigraph does not know how to make.
NO_CALLS_YET = [
    "SELECT * { VALUES ?e { <%s> } SERVICE ?e { ?s ?p ?o } }",
    "SELECT * { BIND(<%s> AS ?e) SERVICE SILENT $e { ?s ?p ?o } }",
]


@pytest.fixture
def data() -> ox.Store:
    """A store in which the patterns of the calls find something, so that the calls come to be made."""
    store = ox.Store()
    for value in (ox.Literal(1), ox.Literal(True), ox.Literal("a")):
        store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), value))
    return store


@pytest.mark.parametrize("query", [*CALLS, *NO_CALLS_YET])
def test_what_is_not_allowed_is_not_called(
    relay: Relay, endpoint: Listener, canary: Listener, data: ox.Store, query: str
) -> None:
    for text in (query % canary.url, query % f"http://127.0.0.1:{endpoint.port}/other"):
        with pytest.raises(ForbiddenError, match=r"^line \d+, column \d+: "):
            ask(relay.redirection, text, data)
    assert (canary.connections, endpoint.connections) == (0, 0)


@pytest.mark.parametrize("query", CALLS)
def test_the_canary_sings(canary: Listener, data: ox.Store, query: str) -> None:
    """Without the rewriting each of them is a call, so that the test above can fail."""
    with contextlib.suppress(OSError, RuntimeError):
        list(data.query(escape_dots(query % canary.url)))  # type: ignore[arg-type]
    assert canary.connections


@pytest.mark.parametrize("query", [*CALLS, *NO_CALLS_YET])
def test_without_an_allowed_endpoint_nothing_is_called(canary: Listener, query: str) -> None:
    with pytest.raises(ForbiddenError, match="SERVICE is not allowed, because this endpoint calls no other"):
        ask(Redirection(), query % canary.url)
    assert canary.connections == 0


REFUSED = [
    ("SELECT * {\n SERVICE ?x {} }", 2, 2, r"by its IRI in full.* write SERVICE <https://"),
    ("SELECT * { SERVICE SILENT", 1, 12, "by its IRI in full"),
    ("SELECT * { SERVICE SILENT SILENT <%s> {} }", 1, 12, "by its IRI in full"),
    ("SELECT * { SERVICE <x> {} }", 1, 20, "<x> may not be called: the address of an endpoint is http"),
    ("SELECT * { SERVICE <%s/../x> {} }", 1, 20, "may not be called: the path has a segment"),
    ("SELECT * { SERVICE <%s2> {} }", 1, 20, "may not be called: this endpoint calls only http://"),
    (
        "SELECT * { SERVICESILENT <%s> {} }",
        1,
        12,
        "SERVICESILENT can be read as a call; write spaces around SERVICE",
    ),
    ("SELECT * { SERVICE <%s> { ?s ?p ?o { SERVICE SILENT <%s> {} } } }", 1, None, "a call within a call"),
    ("SELECT * { ?s ?p ?a FILTER(?a<#x> SERVICE\n <%s>) }", 2, 2, "before this can be read in two ways"),
    (
        "PREFIX e: <http://b:8> SELECT * { ?s ?p e:x SERVICE <%s> {} }",
        1,
        None,
        "before this can be read in two",
    ),
]


@pytest.mark.parametrize(("query", "line", "column", "why"), REFUSED)
def test_a_refusal_says_where_and_what_to_write(
    relay: Relay, endpoint: Listener, query: str, line: int, column: int | None, why: str
) -> None:
    place = f"line {line}, column {r'[0-9]+' if column is None else column}: "
    with pytest.raises(ForbiddenError, match=f"^{place}.*{why}"):
        relay.redirection.rewrite(query.replace("%s", endpoint.url))
    assert endpoint.connections == 0


HIDING = [
    "SELECT * { ?s ?p ?v MINUS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?v FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?v FILTER(?v = 1 || NOT EXISTS { ?s ?p ?v { SERVICE <%s> { ?s ?p ?o } } }) }",
    "SELECT * { ?s ?p ?v BIND(EXISTS { { SELECT ?s { SERVICE <%s> { ?s ?p ?o } } } } AS ?e) }",
    "SELECT * { ?s ?p ?v minus#\n{ SERVICE SILENT <%s> { ?s ?p ?o } } }",
]


@pytest.mark.parametrize("query", HIDING)
def test_a_call_is_not_made_where_oxigraph_hides_that_it_fails(
    relay: Relay, endpoint: Listener, data: ox.Store, query: str
) -> None:
    with pytest.raises(ForbiddenError, match="a call within MINUS or EXISTS is not allowed"):
        relay.redirection.rewrite(query % endpoint.url)
    rewritten = relay.redirection.rewrite(
        f"SELECT * {{ ?minus ?p ?o SERVICE <{endpoint.url}> {{}} MINUS {{ }} }}"
    )
    assert len(rewritten.calls) == 1
    # Should this ever be an error, the calls can be allowed.
    with Listener(reply(b"", 500)) as failing:
        assert read(data.query(query % failing.url)) is not None
        assert failing.connections


UNTOUCHED = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s <#me> 'SERVICE <http://b.example/> {}' } # SERVICE ?x {}",
    "PREFIX service: <http://a/> SELECT * { GRAPH service:x { ?service ?p service:SERVICE } }",
]


@pytest.mark.parametrize("query", UNTOUCHED)
def test_a_query_without_calls_stays_as_it_is(query: str) -> None:
    for redirection in (Redirection(), Redirection("http://127.0.0.1:1/secret", [ALLOWED])):
        assert (redirection.rewrite(query).text, redirection.rewrite(query).calls) == (query, ())


PIECES = [
    *(
        "SERVICE",
        "SILENT",
        " ",
        "\n",
        "\r",
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "'",
        '"',
        "'''",
        '"""',
        "#",
        "\\",
        ".",
    ),
    *(
        "?e",
        "ex:",
        "ex:a",
        ":",
        "1",
        "true",
        "@en",
        "^^",
        "|",
        "&&",
        "FILTER(?a<",
        "<#x>",
        "<x'>",
        "{|",
        "|}",
    ),
    *("GRAPH", "VALUES ?e { <CANARY> }", "SERVICE <CANARY> { ?s ?p ?o }", "SERVICE <ALLOWED> { ?s ?p ?o }"),
    *(
        "<CANARY>",
        "<ALLOWED>",
        "<ALLOWED2>",
        "<ALLOWED/../x>",
        "<ALLOWED@CANARY>",
        "\u017fERVICE",
        r"\u0053ERVICE",
    ),
]


@st.composite
def deceiving(draw: st.DrawFn) -> str:
    """Make a text out of calls, allowed and not, with pieces pushed into them anywhere."""
    texts = [each.replace("%s", draw(st.sampled_from(["CANARY", "ALLOWED"]))) for each in CALLS]
    text = draw(st.sampled_from(texts))
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=5)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + piece + text[at:]
    return f"PREFIX ex: <CANARY> {text}" if draw(st.booleans()) else text


@given(deceiving())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("SELECT * { SERVICE <ALLOWED> { ?s ?p '''' } SERVICE <CANARY> {} '''} }")
@example("SELECT * { ?s ?p ?a FILTER(?a<#x>'\n 3) SERVICE <ALLOWED> { ?s ?p ?o } }#'")
@example("SELECT * { SERVICE SILENT#\n<ALLOWED> { ?s ?p ?o } SERVICE<ALLOWED>{?s ?p ?o} }")
def test_no_text_makes_another_call(
    relay: Relay, endpoint: Listener, canary: Listener, data: ox.Store, text: str
) -> None:
    text = text.replace("CANARY", canary.url).replace("ALLOWED", endpoint.url)
    with contextlib.suppress(ForbiddenError):
        rewritten = relay.redirection.rewrite(text)
        assert rewritten.as_written(rewritten.text) == text
        with contextlib.suppress(OSError, RuntimeError, SyntaxError, ValueError):
            list(data.query(escape_dots(rewritten.text)))  # type: ignore[arg-type]
    assert canary.connections == 0
    targets = [request.split()[1] + b"/" for request in endpoint.requests]
    assert all(each.startswith(b"/sparql/") for each in targets)


BROKEN = [
    "SELECT * { SERVICE <%s> { ?s ?p ?o } ; }",
    "SELECT * { SERVICE <%s> { ?s ?p ?o } SERVICE <%s> { ?s ?p } }",
    "SELECT * { SERVICE <%s> { ?s ex:p ?o } }",
    "SELECT * { ?s ex:p ?o . SERVICE <%s> { ?s ?p ?o } }",
    "SELECT *\n{ SERVICE <%s> { ?s ?p ?o }\n SERVICE <%s> { ?s ?p ?o } SERVICE <%s> {} ex:a ?b ?c }",
    "SELECT * { SERVICE <%s> ?x { } }",
    "SELECT * { SERVICE <%s> { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", BROKEN)
def test_a_syntax_error_is_placed_in_the_query_as_it_was_written(query: str) -> None:
    text = query.replace("%s", ALLOWED)
    rewritten = Redirection("http://127.0.0.1:1/secret", [ALLOWED]).rewrite(text)
    with pytest.raises(SyntaxError) as plain:
        ox.Store().query(text + PADDING)  # nothing is called: the text is parsed first
    with pytest.raises(SyntaxError) as redirected:
        ox.Store().query(rewritten.text + PADDING)
    expected, told = (
        explain(text, said) for said in (str(plain.value), rewritten.as_written(str(redirected.value)))
    )
    assert (str(told), told.line, told.column) == (str(expected), expected.line, expected.column)
