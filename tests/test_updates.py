"""Updates get the dataset that the protocol says, and load nothing, however they are written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qwen_kg.errors import ForbiddenError, InputError
from qwen_kg.syntax_errors import PADDING
from qwen_kg.updates import refuse_load, with_datasets

from .deceptive import ENDS, SPACES, STRINGS, glued, groups, prologues
from .listening import Listener

EXECUTED = [
    # What is sent with using g and named h, and what Oxigraph gets.
    ("INSERT {} WHERE {}", "INSERT {} USING <x:g> USING NAMED <x:h> WHERE {}"),
    ("delete{}insert{}where{}", "delete{}insert{}USING <x:g> USING NAMED <x:h> where{}"),
    (
        "DELETE { ?s ?p ?o } # WHERE\n WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } # WHERE\n USING <x:g> USING NAMED <x:h> WHERE { ?s ?p ?o }",
    ),
    (
        "DELETE WHERE {\n ?s ?p '''a\n''' # c\n}",
        "DELETE       {\n ?s ?p '''a\n''' # c\n} USING <x:g> USING NAMED <x:h> WHERE { ?s ?p '''a\\n'''   }",
    ),
    ("DELETEWHERE{}", "DELETE     {} USING <x:g> USING NAMED <x:h> WHERE {}"),
    (
        "CLEAR DEFAULT; DELETE\nWHERE { } ; INSERT { } WHERE { }",
        "CLEAR DEFAULT; DELETE\n      { } USING <x:g> USING NAMED <x:h> WHERE { } ; "
        "INSERT { } USING <x:g> USING NAMED <x:h> WHERE { }",
    ),
    (
        "PREFIX with: <x:> INSERT { ?s with:a '} WHERE {' } WHERE { ?s a with:b FILTER(?s<with:c&&?s>'USING') }",
        "PREFIX with: <x:> INSERT { ?s with:a '} WHERE {' } USING <x:g> USING NAMED <x:h> "
        "WHERE { ?s a with:b FILTER(?s<with:c&&?s>'USING') }",
    ),
    (
        "BASE <x:y> INSERT {} WHERE { <#a> <#b> (<#c>) FILTER(?a=<#d>) }",
        "BASE <x:y> INSERT {} USING <x:g> USING NAMED <x:h> WHERE { <#a> <#b> (<#c>) FILTER(?a=<#d>) }",
    ),
]

UNTOUCHED = [
    "INSERT DATA { <x:a> <x:b> 'DELETE WHERE {}' }",
    "DELETE DATA { <x:a> <x:b> <x:c> } ; CLEAR SILENT GRAPH <x:a> ; DROP ALL ; CREATE GRAPH <x:new>",
    "PREFIX using: <x:> COPY using:a TO using:b ; ADD using:a TO using:b ; MOVE DEFAULT TO using:b",
    "",
    "PREFIX a: <x:>",
]


@pytest.mark.parametrize(("text", "expected"), EXECUTED)
def test_the_dataset_is_said_in_each_operation_that_has_a_where(text: str, expected: str) -> None:
    read = with_datasets(text, ["x:g"], ["x:h"])
    assert read == expected
    ox.Store().update(read)  # which it would refuse were it no update


@pytest.mark.parametrize("text", UNTOUCHED)
def test_operations_without_a_where_stay(text: str) -> None:
    assert with_datasets(text, ["x:g"], ["x:h"]) == text
    ox.Store().update(text)


@pytest.mark.parametrize("text", [*UNTOUCHED, *(text for text, _ in EXECUTED), "nonsense {", "WITH <x:a>"])
def test_without_a_dataset_nothing_changes(text: str) -> None:
    assert with_datasets(text, [], []) == text


def store_of_graphs() -> ox.Store:
    """A store with a triple in the default graph and in each of three named graphs."""
    store = ox.Store()
    for name in ("default", "g", "h", "i"):
        graph = ox.DefaultGraph() if name == "default" else ox.NamedNode(f"x:{name}")
        store.add(ox.Quad(ox.NamedNode(f"x:{name}"), ox.NamedNode("x:p"), ox.Literal(name), graph))
    return store


SEEN = [
    # using, using named, and what WHERE sees of the default graph and of the named ones.
    (["x:g"], [], {"g"}, set()),
    (["x:g", "x:h"], [], {"g", "h"}, set()),
    ([], ["x:h"], set(), {"h"}),
    (["x:g"], ["x:h", "x:i"], {"g"}, {"h", "i"}),
    (["x:missing"], [], set(), set()),
]


@pytest.mark.parametrize(("using", "named", "default", "in_named"), SEEN)
def test_a_where_sees_these_graphs(
    using: list[str], named: list[str], default: set[str], in_named: set[str]
) -> None:
    store = store_of_graphs()
    text = (
        "INSERT { GRAPH <x:out> { <x:default> <x:saw> ?o } } WHERE { ?s ?p ?o } ;"
        "INSERT { GRAPH <x:out> { <x:named> <x:saw> ?o } } WHERE { GRAPH ?g { ?s <x:p> ?o } }"
    )
    store.update(with_datasets(text, using, named))
    out = {(quad.subject.value, quad.object.value) for quad in store if str(quad.graph_name) == "<x:out>"}
    assert out == {("x:default", each) for each in default} | {("x:named", each) for each in in_named}


def test_delete_where_deletes_what_the_dataset_has() -> None:
    store = store_of_graphs()
    store.add(ox.Quad(ox.NamedNode("x:g"), ox.NamedNode("x:p"), ox.Literal("g")))
    store.update(with_datasets("DELETE WHERE { ?s ?p ?o }", ["x:g"], []))
    left = sorted(str(quad) for quad in store if isinstance(quad.graph_name, ox.DefaultGraph))
    # What is matched in the graph x:g is deleted where the template says: from the default graph.
    assert left == ['<x:default> <x:p> "default"']
    assert len(store) == 4


CONFLICTS = [
    ("INSERT {} USING <x:a> WHERE {}", 1, 11),
    ("INSERT {}\n using NAMED <x:a> WHERE {}", 2, 2),
    ("WITH <x:a> DELETE {} WHERE {}", 1, 1),
    ("CLEAR ALL ; # c\n\tWITH <x:a> DELETE {} WHERE {}", 2, 2),
    ("PREFIX a: <x:> WITHa:b DELETE {} WHERE {}", 1, 16),
    ("PREFIX a: <x:> INSERT {}USINGa:b WHERE {}", 1, 25),
    ("PREFIX a: <x:> INSERT {}USINGNAMEDa:b WHERE {}", 1, 25),
    ("PREFIX a: <x:> INSERT {}USINGNAMED<x:a>WHERE{}", 1, 25),
    ("PREFIX with: <x:> WITH with:a INSERT {} WHERE {}", 1, 19),
]


@pytest.mark.parametrize(("text", "line", "column"), CONFLICTS)
def test_a_dataset_cannot_be_said_twice(text: str, line: int, column: int) -> None:
    ox.Store().update(text)  # it is an update
    for using, named in ((["x:g"], []), ([], ["x:g"])):
        with pytest.raises(InputError, match=rf"line {line}, column {column}: .* 2\.2\.3") as error:
            with_datasets(text, using, named)
        assert error.value.status == 400


@pytest.mark.parametrize(
    "iri",
    ["", "g", "x:g> WHERE {} #", "x:a b", "x:g>\nUSING <x:h", "<x:g>", "x:\\u003e", "x:{", "//a", "x:\ud800"],
)
def test_what_is_no_iri_is_refused(iri: str) -> None:
    for using, named in (([iri], []), ([], [iri])):
        with pytest.raises(InputError):
            with_datasets("CLEAR ALL", using, named)


@given(st.text(), st.text())
def test_no_iri_says_more_than_a_graph(using: str, named: str) -> None:
    store = store_of_graphs()
    text = "INSERT { ?s <x:hit> 1 } WHERE { ?s ?p ?o }"
    with contextlib.suppress(InputError):
        store.update(with_datasets(text, [f"y:{using}"], [f"y:{named}"]))
    assert len(store) == 4


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?a<#x>'\n1) }",
        "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(1 + 2<'x'&&?b>3) }",
        "INSERT { ?s ?p ?o } WHERE { VALUES (?s ?p ?o) { (1 <#x> 2) } }",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="can be read as an IRI and as a comparison"):
        with_datasets(text, ["x:g"], [])


def _operations() -> st.SearchStrategy[str]:
    hit = "{<x:hit> <x:hit> ?o0}"
    where = groups().map(lambda group: "{?s0 ?p0 ?o0 " + group + "}")
    return st.one_of(
        glued("INSERT", hit, "WHERE", where),
        glued("DELETE", "{?s0 ?p0 ?o0}", "WHERE", where),
        glued("DELETE{}INSERT", hit, "WHERE", where),
        glued("DELETE WHERE", "{?s0 ?p0 ?o0}"),
        glued("INSERT DATA{<x:a> <x:b>", STRINGS, "}"),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    prologues("http://127.0.0.1/"),
    st.lists(_operations(), min_size=1, max_size=3),
    st.lists(SPACES, min_size=3, max_size=3),
    ENDS,
)
def test_no_operation_sees_other_graphs(
    prologue: str, operations: list[str], spaces: list[str], end: str
) -> None:
    store = store_of_graphs()
    before = {str(quad) for quad in store}
    text = prologue + "".join(
        f"{operation}{space};" for operation, space in zip(operations, spaces, strict=False)
    )
    try:
        read = with_datasets(text + end, ["x:missing"], [])
    except InputError:
        return  # it has two readings
    with contextlib.suppress(SyntaxError):
        store.update(read + PADDING, base_iri="http://h/")
    after = {str(quad) for quad in store}
    assert before <= after
    assert not [each for each in after if "<x:hit>" in each]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(prologues("http://127.0.0.1/"), st.lists(_operations(), min_size=1, max_size=2), SPACES)
def test_what_was_an_update_still_is_one(prologue: str, operations: list[str], space: str) -> None:
    text = prologue + f"{space};".join(operations)
    try:
        read = with_datasets(text, ["x:missing"], [])
    except InputError:
        return
    assert _parses(read) == _parses(text)
    assert read.count("\n") == text.count("\n")


def _parses(text: str) -> bool:
    try:
        ox.Store().update(text + PADDING, base_iri="http://h/")
    except SyntaxError:
        return False
    return True


@pytest.fixture(scope="module")
def canary() -> Iterator[Listener]:
    """Listens, and counts who comes."""
    with Listener(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as listener:
        yield listener


def touched(canary: Listener, text: str) -> bool:
    """Carry out an update, and say whether it fetched something."""
    before = canary.connections
    with contextlib.suppress(OSError, RuntimeError, SyntaxError):
        ox.Store().update(text + PADDING, base_iri="http://h/")
    return canary.connections > before


def declared(canary: Listener) -> str:
    url = f"http://127.0.0.1:{canary.port}/"
    return f"PREFIX ex: <{url}> PREFIX : <{url}> PREFIX load: <{url}> "


# Each of these makes Oxigraph fetch something; where URL stands, the IRI of the canary is put.
LOADS = [
    "LOAD <URL>",
    "load<URL>",
    "LOAD SILENT <URL>",
    "LOADSILENT<URL>",
    "Load Silent <URL> INTO GRAPH <x:g>",
    "LOAD # a comment\n <URL>",
    "# a comment\r LOAD <URL>",
    "LOAD ex:a",
    "LOADex:a",
    "LOADSILENTex:a",
    "LOAD:a",
    "LOAD:",
    "LOADload:load",
    "CLEAR ALL ; LOAD <URL>",
    "CLEAR ALL;LOAD<URL>",
    "INSERT DATA { <x:a> <x:b> '}' };LOAD<URL>",
    "INSERT DATA { <x:a> <x:b> 1 } # ; \n ; # }\n LOAD <URL> ; CLEAR ALL",
    "INSERT {} WHERE { FILTER(?a<#x>'\n1) } ; LOAD <URL> # '",
    "INSERT {} WHERE { FILTER(?a<#>{\n1) } ; LOAD <URL> # }",
    "INSERT {} WHERE { VALUES ?x {'''a' } } ; LOAD <URL> # \\x '''",
    "INSERT {} WHERE { VALUES ?x {'''a' } } ; LOAD <URL> # \\uD800 '''",
    "INSERT {} WHERE { FILTER(?a<#x> \"\"\"\n1) VALUES ?y {'''\n# ''' } } ; LOAD <URL> # \"\"\" '''",
    "INSERT {} WHERE { FILTER(<a:\\u+062'> = 1) } ; LOAD <URL> # '",
    "VERSION '1.2' LOAD <URL>",
    "VERSION '1.2'LOAD<URL>",
    "PREFIX z: <#x> LOAD <URL>",
    "PREFIX z: <#'>LOAD<URL>",
    "BASE <http://127.0.0.1:PORT/> LOAD <a>",
]


@pytest.mark.parametrize("text", LOADS)
def test_a_load_is_found_however_it_is_written(text: str, canary: Listener) -> None:
    text = text.replace("URL", f"http://127.0.0.1:{canary.port}/a").replace("PORT", str(canary.port))
    text = declared(canary) + text
    assert touched(canary, text)
    with pytest.raises(ForbiddenError, match=r"line \d+, column \d+: LOAD is not allowed") as error:
        refuse_load(text)
    assert error.value.status == 403


def test_the_place_of_a_load_is_told() -> None:
    with pytest.raises(ForbiddenError, match="line 3, column 4: LOAD"):
        refuse_load("# LOAD <a>\nCLEAR ALL ;\n ; load <http://a/>")


NO_LOADS = [
    "INSERT DATA { <x:a> <x:b> 'LOAD <URL>' } # LOAD <URL>",
    "INSERT DATA { <x:a> <x:b> ''' ;\nLOAD <URL> ; ''' }",
    "INSERT DATA { <x:load> <http://a/LOAD> <x:LOAD> }",
    "INSERT DATA { load:load load:LOAD load: ; load:a load:b }",
    "INSERT DATA { <x:a> <x:b> <x:c> ; load:a <x:d> . load:b <x:e> <x:f> }",
    "INSERT DATA { _:load <x:b> 'a'@load }",
    "DELETE { ?load ?p $LOAD } WHERE { ?load ?p $LOAD ; load:x ?o }",
    "WITH load:g DELETE {} INSERT {} USING load:a USING NAMED load:b WHERE {}",
    "CLEAR SILENT GRAPH load:a ; CREATE GRAPH load:b ; DROP GRAPH load:b ; COPY load:a TO load:b",
    "INSERT DATA { <#me> <#knows> <#you> ; load:x <#'> }",
    "INSERT DATA { <x:a> <x:b> 'a' ; load:x 'b' }",
    "INSERT {} WHERE { ?s ?p ?o FILTER(?o < 3 && ?o > ' ; LOAD <URL>') }",
]


@pytest.mark.parametrize("text", NO_LOADS)
def test_the_word_alone_is_no_load(text: str, canary: Listener) -> None:
    text = declared(canary) + text.replace("URL", canary.url)
    store, before = ox.Store(), canary.connections
    store.update(text, base_iri="http://h/")  # it is an update, and fetches nothing
    assert canary.connections == before
    refuse_load(text)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_no_load_is_missed(canary: Listener, data: st.DataObject) -> None:
    url = f"http://127.0.0.1:{canary.port}/"
    load = glued(
        st.sampled_from(["LOAD", "load", "LOAD SILENT", "loadsilent"]),
        st.sampled_from([f"<{url}>", "ex:a", ":a", ":", "l:", "\ufff0:a"]),
        st.sampled_from(["", "INTO GRAPH <x:g>"]),
    )
    operation = st.one_of(
        load,
        glued("INSERT{}WHERE", groups()),
        glued("INSERT DATA{", st.sampled_from(["", "<x:a> <x:b>", "ex:load ex:load"]), STRINGS, "}"),
        st.just("CLEAR ALL"),
    )
    parts = [data.draw(glued(each, ";")) for each in data.draw(st.lists(st.just(operation), max_size=2))]
    text = data.draw(prologues(url)) + "".join(parts) + data.draw(glued(operation, ENDS))
    if touched(canary, text):
        with pytest.raises(ForbiddenError):
            refuse_load(text)


@pytest.mark.parametrize(
    "piece", ["<#x>LOAD", "(<#x>\n", "'''LOAD ", ";load:", "{(<#x>", "LOAD\n", "\\'''(<#> LOAD"]
)
def test_long_updates_are_read(piece: str) -> None:
    # Where a reading took a walk to the end of the text, this would take hours.
    text = "(" + piece * (200_000 // len(piece)) + "LOAD"
    with contextlib.suppress(ForbiddenError):
        refuse_load(text)
    with contextlib.suppress(InputError):
        with_datasets(text, ["x:g"], [])
