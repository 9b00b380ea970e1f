"""Graphs are replaced, extended, removed and read as the Graph Store Protocol says, term by term as they came."""

from __future__ import annotations

import resource
from pathlib import Path

import pyoxigraph as ox
import pytest

from qwen_kg.errors import (
    InputError,
    LimitError,
    NotAcceptableError,
    NotFoundError,
    QuerySyntaxError,
    UnsupportedTypeError,
)
from qwen_kg.formats import FORMATS, Format, Kind
from qwen_kg.limits import Limits
from qwen_kg.writing import (
    delete_graph,
    format_of,
    read_dataset,
    read_graph,
    update,
    write_dataset,
    write_graph,
)

from .graphs import BASE, NQ, TURTLE, canonical, objects, put

GRAPHS = [each for each in FORMATS if Kind.GRAPH in each.kinds]
DATASETS = [each for each in FORMATS if Kind.DATASET in each.kinds]


@pytest.mark.parametrize("name", ["x:g", None])
def test_put_replaces_and_post_adds(name: str | None) -> None:
    """Only a graph with a name can be new: the unnamed one always exists."""
    store = ox.Store()
    assert put(store, name, "<x:a> <x:p> 1") is (name is not None)
    assert not put(store, name, "<x:a> <x:p> 2", replace=False)
    assert objects(store, name) == ["1", "2"]
    assert not put(store, name, "<x:a> <x:p> 3")
    assert objects(store, name) == ["3"]
    assert put(store, "x:other", "<x:a> <x:p> 4", replace=False)
    assert objects(store, name) == ["3"]


def test_a_graph_without_triples_does_not_exist() -> None:
    store = ox.Store()
    assert put(store, "x:g", "")
    with pytest.raises(NotFoundError):
        read_graph(store, "x:g", None)
    assert put(store, "x:g", "<x:a> <x:p> 1")
    put(store, "x:g", "")
    assert list(store.named_graphs()) == []
    with pytest.raises(NotFoundError):
        delete_graph(store, "x:g", base=BASE)
    assert read_graph(store, None, None).body == b""


@pytest.mark.parametrize("name", ["x:g", None])
def test_delete_removes_one_graph(name: str | None) -> None:
    store = ox.Store()
    for each in ("x:g", "x:other", None):
        put(store, each, "<x:a> <x:p> 1")
    delete_graph(store, name, base=BASE)
    assert objects(store, name) == []
    assert len(store) == 2
    with pytest.raises(NotFoundError):
        delete_graph(store, "x:none", base=BASE)


@pytest.mark.parametrize("chosen", GRAPHS, ids=lambda each: each.name)
def test_a_graph_is_read_in_each_format_and_can_be_sent_back(chosen: Format) -> None:
    store, copy = ox.Store(), ox.Store()
    put(store, "x:g", '<x:a> <x:p> "é\\n", [ <x:q> <x:b> ], "l"@en')
    put(store, "x:other", "<x:a> <x:p> 2")
    found = read_graph(store, "x:g", chosen.media_type)
    assert found.media_type == chosen.media_type
    write_graph(copy, "x:g", [(chosen.media_type, found.body)], base=BASE, replace=True)
    in_graph = store.quads_for_pattern(None, None, None, ox.NamedNode("x:g"))
    assert canonical(copy) == canonical(in_graph)


@pytest.mark.parametrize("chosen", DATASETS, ids=lambda each: each.name)
def test_all_graphs_are_read_in_each_format_and_can_be_sent_back(chosen: Format) -> None:
    store, copy = ox.Store(), ox.Store()
    put(copy, "x:gone", "<x:a> <x:p> 1")
    for name in ("x:g", None):
        put(store, name, '<x:a> <x:p> "é", [ <x:q> <x:b> ]')
    found = read_dataset(store, chosen.media_type)
    assert found.media_type == chosen.media_type
    write_dataset(copy, (chosen.media_type, found.body), base=BASE, replace=False)
    assert objects(copy, "x:gone") == ["1"]
    write_dataset(copy, (chosen.media_type, found.body), base=BASE, replace=True)
    assert canonical(copy) == canonical(store)


def test_reading_has_limits_and_formats_of_its_kind() -> None:
    store = ox.Store()
    put(store, "x:g", "<x:a> <x:p> 1, 2, 3")
    for read in (lambda **more: read_graph(store, "x:g", **more), lambda **more: read_dataset(store, **more)):
        with pytest.raises(LimitError):
            read(accept=None, limits=Limits(result_size=20))
        with pytest.raises(NotAcceptableError):
            read(accept="text/csv")
    with pytest.raises(NotAcceptableError):
        read_dataset(store, "text/turtle")


def test_blank_nodes_are_kept_apart() -> None:
    """Those of several documents of one request, and those of a document and of the store (RDF 1.1, 4.1)."""
    store = ox.Store()
    same = "_:b <x:p> 1 . _:b <x:p> 2"
    put(store, "x:g", same, same)
    put(store, "x:g", same, replace=False)
    put(store, "x:other", same)
    subjects = [quad.subject for quad in store]
    assert len(subjects) == 8
    assert len(set(subjects)) == 4


def test_one_blank_node_in_two_graphs_of_a_dataset_stays_one() -> None:
    store = ox.Store()
    write_dataset(store, (NQ, b"_:b <x:p> <x:o> <x:g> .\n_:b <x:p> <x:o> <x:h> .\n"), base=BASE, replace=True)
    assert len({quad.subject for quad in store}) == 1
    assert len(store) == 2


def test_the_place_of_a_fault_is_told() -> None:
    store = ox.Store()
    good = (TURTLE, b"<x:a> <x:p> 1 .")
    with pytest.raises(InputError, match="the body:2:"):
        write_graph(store, "x:g", [(TURTLE, b"<x:a> <x:p> 1 .\n<x:a> .")], base=BASE, replace=True)
    with pytest.raises(InputError, match="part 2:1:"):
        write_graph(store, "x:g", [good, (TURTLE, b"nothing")], base=BASE, replace=True)
    assert len(store) == 0


@pytest.mark.parametrize(
    ("media_type", "body", "why"),
    [
        ("application/trig", b"<x:h> { <x:a> <x:p> 1 }", "names graphs of its own"),
        (NQ, b"<x:a> <x:p> <x:b> <x:h> .", "names graphs of its own"),
        ("application/trig", b"[] { <x:a> <x:p> 1 }", "names graphs of its own"),
    ],
)
def test_a_graph_is_made_of_triples(media_type: str, body: bytes, why: str) -> None:
    store = ox.Store()
    with pytest.raises(InputError, match=why):
        write_graph(store, "x:g", [(media_type, body)], base=BASE, replace=True)
    assert len(store) == 0


def test_a_dataset_names_its_graphs_by_iris() -> None:
    store = ox.Store()
    with pytest.raises(InputError, match="blank node"):
        write_dataset(store, (NQ, b"<x:a> <x:p> <x:b> _:g ."), base=BASE, replace=True)
    with pytest.raises(UnsupportedTypeError):
        write_dataset(store, (TURTLE, b"<x:a> <x:p> 1 ."), base=BASE, replace=True)


def test_relative_iris_are_resolved_against_the_base() -> None:
    store = ox.Store()
    put(store, "x:g", "<a> <#p> <../b>")
    assert [str(quad.triple) for quad in store] == [
        "<http://example.org/base/a> <http://example.org/base/#p> <http://example.org/b>"
    ]
    update(store, "INSERT DATA { <c> <x:p> 1 }", base=BASE)
    assert ox.NamedNode("http://example.org/base/c") in {quad.subject for quad in store}


@pytest.mark.parametrize("media_type", ["text/turtle; charset=utf-8", "TEXT/Turtle", "application/x-turtle"])
def test_a_media_type_is_known_in_any_case_and_with_parameters(media_type: str) -> None:
    assert format_of(media_type, Kind.GRAPH).name == "turtle"


@pytest.mark.parametrize("media_type", ["", "text/html", "text/plain", "text/csv", "turtle", "*/*"])
def test_what_cannot_be_stored_is_refused_with_what_can(media_type: str) -> None:
    with pytest.raises(UnsupportedTypeError, match="text/turtle"):
        format_of(media_type, Kind.GRAPH)


def test_a_full_disk_is_no_fault_of_the_sender(tmp_path: Path) -> None:
    """It gives the error of the system, which is no InputError, and nothing was kept when it is opened again."""
    store = ox.Store(str(tmp_path))
    put(store, "x:g", "<x:a> <x:p> 1")
    before, limits = set(store), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))  # of any file, in bytes
    try:
        with pytest.raises(OSError, match="File too large"):
            put(store, "x:g", f"<x:a> <x:p> {', '.join(map(repr, range(20_000)))}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    del store
    assert set(ox.Store(str(tmp_path))) == before


def test_a_fault_in_an_update_is_told_where_it_is() -> None:
    """Also where the end of the text is at fault, behind which there is more for the engine."""
    with pytest.raises(QuerySyntaxError) as caught:
        update(ox.Store(), "INSERT DATA {\n  <x:a> <x:p> 1 .\n  <x:a> oops\n}", base=BASE)
    assert (caught.value.line, caught.value.column) == (3, 9)
    with pytest.raises(QuerySyntaxError, match="ends too early") as caught:
        update(ox.Store(), "INSERT DATA {\n  <x:a> <x:p> 1", base=BASE)
    assert (caught.value.line, caught.value.column) == (2, 16)


def test_a_dataset_for_where() -> None:
    """SPARQL 1.1 Protocol, 2.2.3: using-graph-uri and using-named-graph-uri say what WHERE sees."""
    store = ox.Store()
    put(store, "x:g", "<x:a> <x:p> 1")
    put(store, "x:h", "<x:a> <x:p> 2")
    text = "INSERT { GRAPH <x:found> { ?s <x:p> ?o } } WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    for using, named, wanted in ((["x:g"], [], ["1"]), ([], ["x:h"], ["2"]), (["x:g"], ["x:h"], ["1", "2"])):
        update(store, "DROP SILENT GRAPH <x:found>", base=BASE)
        update(store, text, base=BASE, using=using, using_named=named)
        assert objects(store, "x:found") == wanted
