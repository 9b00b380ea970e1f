"""Whatever is in a term or a name, it is kept as it came, and reaches nothing else."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qwen_kg.errors import InputError
from qwen_kg.formats import FORMATS, Format, Kind
from qwen_kg.serialization import rdf_format
from qwen_kg.writing import delete_graph, read_graph, write_graph

from .graphs import BASE, NT, canonical, objects, put

GRAPHS = [each for each in FORMATS if Kind.GRAPH in each.kinds]

# Texts that mean something else in SPARQL, or nothing in some syntax.
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(
        [
            "\\u0041",
            "\\",
            "\x00",
            "\r",
            "\n",
            '"',
            "'",
            '"""',
            "'''",
            "} ; DROP ALL ; #",
            "\x7f",
            "\ufffe",
            "^^",
            "@",
            "?x",
        ]
    )
).map("".join)
LITERALS = (
    TEXTS.map(ox.Literal)
    | TEXTS.map(lambda text: ox.Literal(text, language="en-GB"))
    | TEXTS.map(lambda text: ox.Literal(text, language="ar", direction=ox.BaseDirection.RTL))
    | TEXTS.map(lambda text: ox.Literal(text, datatype=ox.NamedNode("x:type")))
    | st.sampled_from(["NaN", "1e400", "x", ""]).map(  # none of them is a decimal
        lambda text: ox.Literal(text, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    )
)
IRIS = st.sampled_from(
    [
        *(
            "x:a",
            "urn:it's",
            "x:a#b'c",
            "http://a/é?q=(1)&r=*",
            "x:%7B%7D",
            "http://a/'''",
            "x:a.b.c",
            "x:",
            "s://[::1]/",
        )
    ]
).map(ox.NamedNode)
SIMPLE = st.builds(ox.Triple, IRIS | st.just(ox.BlankNode("b")), IRIS, LITERALS | IRIS)
TRIPLES = st.lists(
    SIMPLE
    | st.builds(ox.Triple, IRIS, IRIS, SIMPLE)
    | st.builds(ox.Triple, IRIS, IRIS, st.builds(ox.Triple, IRIS, IRIS, SIMPLE)),
    max_size=4,
)


@settings(deadline=None)
@given(TRIPLES, st.sampled_from(["x:g", "urn:it's", None]))
def test_every_term_is_kept_as_it_was_sent(triples: list[ox.Triple], name: str | None) -> None:
    """PUT and GET give what a parser of N-Triples reads in what was sent, RDF 1.2 included."""
    graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
    sent = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    wanted = [ox.Quad(*quad.triple, graph) for quad in ox.parse(sent, ox.RdfFormat.N_TRIPLES)]
    store = ox.Store()
    write_graph(store, name, [(NT, sent)], base=BASE, replace=True)
    assert canonical(store) == canonical(wanted)
    if triples:
        found = ox.parse(read_graph(store, name, NT).body, ox.RdfFormat.N_TRIPLES)
        assert canonical(ox.Quad(*quad.triple, graph) for quad in found) == canonical(wanted)


@pytest.mark.parametrize(
    "text", ["x' SERVICE <x:y> '", "' LOAD <x:y> '", "; LOAD <x:y>", "# SERVICE <x:y> {"]
)
def test_data_that_look_like_an_update_are_data(text: str) -> None:
    """No matter how an IRI with an apostrophe or a number sign could be read in an update."""
    store = ox.Store()
    for subject in ("urn:it's", "x:a#b"):
        sent = f"<{subject}> <x:p> {ox.Literal(text)} .\n"
        write_graph(store, "x:g", [(NT, sent.encode())], base=BASE, replace=True)
        assert objects(store, "x:g") == [text]


NAMES = st.text(max_size=30) | st.lists(
    st.sampled_from(
        ["x:g", "http://a/", ">", "<", "}", "{", " ", ";", "DROP ALL", "\\u003e", "%3E", "'", "#", "\n", "\\"]
    )
).map("".join)


@settings(deadline=None)
@given(NAMES)
@example("x:g> } } ; DROP ALL ; INSERT DATA { GRAPH <x:h> { <x:a> <x:p> 1")
@example("x:g\\u003e } } ; DROP ALL #")
def test_a_name_of_a_graph_reaches_no_other(name: str) -> None:
    """It is an absolute IRI, whole, or nothing is done."""
    store = ox.Store()
    put(store, "x:kept", "<x:a> <x:p> 1")
    try:
        put(store, name, "<x:a> <x:p> 2")
    except InputError:
        assert len(store) == 1
        return
    assert objects(store, name) == ["2"]
    delete_graph(store, name, base=BASE)
    if name != "x:kept":
        assert objects(store, "x:kept") == ["1"]


@settings(deadline=None)
@given(st.sampled_from(GRAPHS), st.binary(max_size=40) | TEXTS.map(str.encode))
def test_a_document_that_does_not_parse_is_a_fault_of_the_sender(chosen: Format, body: bytes) -> None:
    """It changes nothing; whatever is sent, no other error comes of it."""
    store = ox.Store()
    put(store, "x:g", "<x:a> <x:p> 1")
    before = set(store)
    try:
        wanted = [*ox.parse(body, rdf_format(chosen), base_iri=BASE)]
    except SyntaxError:
        with pytest.raises(InputError):
            write_graph(store, "x:g", [(chosen.media_type, body)], base=BASE, replace=True)
        assert set(store) == before
    else:
        if all(quad.graph_name == ox.DefaultGraph() for quad in wanted):
            write_graph(store, "x:g", [(chosen.media_type, body)], base=BASE, replace=True)
            assert len(store) == len(set(map(str, wanted)))
