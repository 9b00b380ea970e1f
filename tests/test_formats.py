"""Which format an Accept header gets (RFC 9110, 12.5.1), and which a name."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwen_kg.errors import InputError, NotAcceptableError
from qwen_kg.formats import FORMATS, PAGE, Format, Kind, as_accept, by_name, choose, negotiate

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

# What is asked, of what kind of answer, and the name of the format that comes; None for 406.
NEGOTIATED = """
B | (nothing)                                                        | json
O | (nothing)                                                        | json
G | (nothing)                                                        | turtle
D | (nothing)                                                        | jsonld
B | */*                                                              | json
G | */*                                                              | turtle
B | *                                                                | json
B | text/html, image/gif, *; q=.2, */*; q=.2                         | json
B | text/csv                                                         | csv
B | TEXT/CSV                                                         | csv
B | text/*                                                           | csv
G | text/*                                                           | turtle
G | application/*                                                    | ntriples
B | text/csv;q=0.1, application/sparql-results+xml;q=0.2             | xml
B | text/csv, application/sparql-results+json;q=0.9                  | csv
B | application/sparql-results+xml, application/sparql-results+json  | json
B | text/csv, */*                                                    | csv
B | text/csv;q=0.5, */*                                              | json
B | */*;q=0.1, text/*;q=0.9                                          | csv
B | text/*;q=0.9, text/csv;q=0.1                                     | tsv
B | text/*;q=0, */*                                                  | json
B | application/sparql-results+json;q=0, */*                         | xml
B | application/sparql-results+json;q=0, application/json            | xml!
B | */*;q=0                                                          | -
B | text/csv;q=0                                                     | -
B | text/csv;q=0.000                                                 | -
B | application/json                                                 | json
G | application/json                                                 | jsonld
B | application/xml                                                  | xml
G | application/xml                                                  | rdfxml
B | text/xml;q=0.5, application/sparql-results+json;q=0.4            | xml
B | text/turtle                                                      | -
B | application/ld+json                                              | -
G | application/sparql-results+json                                  | -
G | text/csv                                                         | -
O | text/csv                                                         | -
O | application/sparql-results+xml                                   | xml
B | text/csv;charset=utf-8                                           | csv
B | text/csv; charset="utf-8" ;q=0.5                                 | csv
G | application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted" | jsonld
B | text/csv;header=absent                                           | -
B | text/csv;header=absent, application/json;q=0.1                   | json
B | text/csv;q=0.5;extension=1                                       | csv
B | text/csv;q=2, application/sparql-results+xml;q=0.1               | xml
B | text/csv;q=high, application/sparql-results+xml;q=0.1            | xml
B | nonsense                                                         | json
B | ,, ,                                                             | json
B | /csv, text/, text//csv, */csv                                    | json
B | text/csv;q=1;                                                    | csv
B | text/csv;x="a,b;q=0", application/sparql-results+xml;q=0.1       | xml
""".replace("xml!", "-")

KINDS = {"B": Kind.BINDINGS, "O": Kind.BOOLEAN, "G": Kind.GRAPH, "D": Kind.DATASET}
CASES = [[part.strip() for part in line.split(" | ")] for line in NEGOTIATED.strip().splitlines()]


@pytest.mark.parametrize(("kind", "accept", "expected"), CASES)
def test_negotiation(kind: str, accept: str, expected: str) -> None:
    header = None if accept == "(nothing)" else accept
    if expected == "-":
        with pytest.raises(NotAcceptableError) as error:
            negotiate(header, KINDS[kind])
        assert list(error.value.offered) == [f.media_type for f in FORMATS if KINDS[kind] in f.kinds]
    else:
        assert negotiate(header, KINDS[kind]).name == expected


def test_an_empty_header_asks_for_nothing() -> None:
    assert negotiate("", Kind.BINDINGS).name == "json"


def test_a_page_is_chosen_only_when_asked_for() -> None:
    offered = [*FORMATS, PAGE]
    assert choose(BROWSER, offered) is PAGE
    assert choose("text/html;q=0.5, */*;q=0.1", offered) is PAGE
    for accept in (None, "*/*", "text/*", "application/json, text/html;q=0.9", "text/html;q=0"):
        try:
            assert choose(accept, offered) is not PAGE
        except NotAcceptableError:
            assert accept == "text/html;q=0"


@given(st.sampled_from(list(Kind)), st.text(alphabet='abct/x*;,q=01.9"\\ +-', max_size=60))
def test_any_header_gives_a_format_of_the_kind_or_406(kind: Kind, accept: str) -> None:
    chosen = None
    with contextlib.suppress(NotAcceptableError):  # and no other error
        chosen = negotiate(accept, kind)
    assert chosen is None or kind in chosen.kinds


@given(
    st.dictionaries(st.sampled_from(FORMATS), st.integers(0, 1000), min_size=1), st.sampled_from(list(Kind))
)
def test_the_highest_quality_wins(qualities: dict[Format, int], kind: Kind) -> None:
    accept = ", ".join(f"{each.media_type};q={quality / 1000:.3f}" for each, quality in qualities.items())
    usable = {each: quality for each, quality in qualities.items() if kind in each.kinds and quality}
    if usable:
        assert usable[negotiate(accept, kind)] == max(usable.values())
    else:
        with pytest.raises(NotAcceptableError):
            negotiate(accept, kind)


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_format_is_found_by_name_extension_and_media_type(each: Format) -> None:
    assert {by_name(each.name), by_name("." + each.extension.upper()), by_name(each.media_type)} == {each}
    assert as_accept(each.name).partition(",")[0] == each.media_type


@pytest.mark.parametrize(
    ("names", "kind", "chosen"),
    [
        ("json", Kind.BINDINGS, "json"),
        ("json", Kind.GRAPH, "jsonld"),
        ("xml", Kind.BOOLEAN, "xml"),
        ("xml", Kind.GRAPH, "rdfxml"),
        ("tsv,text/tab-separated-values", Kind.BINDINGS, "tsv"),
        ("json-ld,application/ld+json,application/x-json+ld", Kind.GRAPH, "jsonld"),
        ("yaml,n3", Kind.GRAPH, "turtle"),
    ],
)
def test_several_names_of_one_format_are_that_format_for_the_kind_of_answer(
    names: str, kind: Kind, chosen: str
) -> None:
    assert negotiate(as_accept(names), kind).name == chosen


def test_a_media_type_of_several_formats_keeps_its_ambiguity() -> None:
    assert by_name("application/json").name == "json"
    assert negotiate(as_accept("application/json"), Kind.GRAPH).name == "jsonld"


@pytest.mark.parametrize("name", ["", "yaml", "text/html", "json;q=1", "."])
def test_an_unknown_name_is_an_error_that_lists_the_names(name: str) -> None:
    with pytest.raises(
        InputError, match="json, xml, csv, tsv, turtle, ntriples, jsonld, rdfxml, trig, nquads"
    ):
        by_name(name)


def test_names_extensions_and_media_types_are_unique() -> None:
    for attribute in ("name", "extension", "media_type"):
        assert len({getattr(each, attribute) for each in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_the_engine_writes_every_format_under_our_media_type(each: Format) -> None:
    known = ox.RdfFormat if each.kinds & {Kind.GRAPH, Kind.DATASET} else ox.QueryResultsFormat
    found = known.from_media_type(each.media_type)
    assert found is not None
    assert found.media_type.partition(";")[0] == each.media_type
    assert found.file_extension == {"json": "srj", "xml": "srx"}.get(each.name, each.extension)
