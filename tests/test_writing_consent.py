"""An update is kept whole or not at all, and nothing is kept before whoever has to has consented to all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qwen_kg.errors import (
    ForbiddenError,
    InputError,
    NotConformingError,
    QuerySyntaxError,
    QwenKgError,
)
from qwen_kg.lexer import tokens
from qwen_kg.writing import Consent, delete_graph, update, write_dataset, write_graph

from .graphs import BASE, NQ, NT, objects, put

BEFORE = b"<x:a> <x:p> <x:old> <x:g> .\n<x:a> <x:p> <x:old> <x:h> .\n<x:a> <x:p> <x:old> .\n"


@pytest.fixture(params=["in memory", "on disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ox.Store:
    """A store with two named graphs and the unnamed one, of both kinds that the engine has."""
    made = ox.Store() if request.param == "in memory" else ox.Store(str(tmp_path / "store"))
    made.extend(ox.parse(BEFORE, ox.RdfFormat.N_QUADS))
    return made


Change = Callable[[ox.Store, Consent], object]

#: One of each function that changes something.
CHANGES: dict[str, Change] = {
    "update": lambda store, consent: update(
        store,
        "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?s ?p <x:new> } ?s ?p ?g } "
        "WHERE { GRAPH ?g { ?s ?p ?o } } ; INSERT DATA { _:b <x:p> <<( <x:a> <x:p> '\\n' )>> } ; DROP GRAPH <x:h>",
        base=BASE,
        consent=consent,
    ),
    "update that drops all": lambda store, consent: update(store, "DROP ALL", base=BASE, consent=consent),
    "update without an operation": lambda store, consent: update(store, "", base=BASE, consent=consent),
    "put": lambda store, consent: write_graph(
        store, "x:g", [(NT, b"<x:a> <x:p> <x:new> .")], base=BASE, replace=True, consent=consent
    ),
    "post": lambda store, consent: write_graph(
        store, None, [(NT, b"<x:a> <x:p> <x:new> .")], base=BASE, replace=False, consent=consent
    ),
    "put all": lambda store, consent: write_dataset(
        store, (NQ, b"<x:a> <x:p> <x:new> <x:i> ."), base=BASE, replace=True, consent=consent
    ),
    "delete": lambda store, consent: delete_graph(store, "x:h", base=BASE, consent=consent),
}
EACH_CHANGE = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@EACH_CHANGE
def test_the_judge_sees_what_is_kept_then(store: ox.Store, change: Change) -> None:
    """All graphs, the unnamed one too, as they are behind all operations; each quad once, and once in all."""
    seen: list[list[ox.Quad]] = []
    steps: list[str] = []

    def judge(quads: list[ox.Quad]) -> None:
        steps.append("judge")
        seen.append([*quads])
        assert {str(quad) for quad in store} == before, "it is shown before it is kept"

    before = {str(quad) for quad in store}
    change(store, Consent(judge, lambda: steps.append("settle")))
    assert steps == ["judge", "settle"]
    assert sorted(map(str, seen[0])) == sorted(map(str, store))
    assert {str(graph) for graph in store.named_graphs()} == {
        str(quad.graph_name) for quad in store if quad.graph_name != ox.DefaultGraph()
    }


@EACH_CHANGE
@pytest.mark.parametrize("who", ["judge", "settle"])
@pytest.mark.parametrize(
    "error", [NotConformingError("no"), EOFError("gone"), KeyboardInterrupt(), MemoryError()]
)
def test_without_consent_nothing_is_kept(
    store: ox.Store, change: Change, who: str, error: BaseException
) -> None:
    """Whatever is raised comes out as it is, and the store goes on as it was."""

    def refuse(*_: object) -> None:
        raise error

    before = {str(quad) for quad in store}
    with pytest.raises(type(error)) as caught:
        change(store, Consent(**{who: refuse}))
    assert caught.value is error
    assert {str(quad) for quad in store} == before
    update(store, "INSERT DATA { <x:a> <x:p> <x:later> }", base=BASE)
    assert len(store) == len(before) + 1


def test_nobody_is_asked_to_settle_what_was_judged_wrong(store: ox.Store) -> None:
    def refuse(_: object) -> None:
        raise NotConformingError("no")

    with pytest.raises(NotConformingError):
        update(store, "DROP ALL", base=BASE, consent=Consent(refuse, lambda: pytest.fail("it was asked")))


def end_while_asked(path: str, name: str) -> None:
    """Change a store on disk, and end this process at the moment in which it is asked."""
    CHANGES[name](ox.Store(path), Consent(settle=lambda: os._exit(7)))


@pytest.mark.parametrize("name", CHANGES)
def test_a_process_that_ends_while_it_is_asked_keeps_nothing(tmp_path: Path, name: str) -> None:
    """A real end, in a process of its own, over a store on disk that is opened again afterwards."""
    path = str(tmp_path / "store")
    made = ox.Store(path)
    made.extend(ox.parse(BEFORE, ox.RdfFormat.N_QUADS))
    before = {str(quad) for quad in made}
    del made
    # No fork of this process: a store on disk has threads, whose locks a fork would find taken for ever.
    program = f"from tests.{Path(__file__).stem} import end_while_asked; end_while_asked({path!r}, {name!r})"
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[1], timeout=60
    )
    assert ended.returncode == 7
    again = ox.Store(path)
    assert {str(quad) for quad in again} == before
    CHANGES["put"](again, Consent())
    assert objects(again, "x:g") == ["x:new"]


@pytest.mark.parametrize(
    "fault",
    [
        "DROP GRAPH <x:none>",
        "CREATE GRAPH <x:g>",
        "INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH <x:none> { ?s ?p ?o } } ; CLEAR GRAPH <x:none>",
    ],
)
def test_an_error_in_a_later_operation_leaves_nothing_of_the_earlier(store: ox.Store, fault: str) -> None:
    before = {str(quad) for quad in store}
    with pytest.raises(InputError):
        update(store, f"INSERT DATA {{ <x:b> <x:p> 1 }} ; DROP GRAPH <x:h> ; {fault}", base=BASE)
    assert {str(quad) for quad in store} == before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("LOAD <http://127.0.0.1:1/>", ForbiddenError),
        ("INSERT DATA {} ; LOAD SILENT <file:///etc/passwd> INTO GRAPH <x:g>", ForbiddenError),
        ("INSERT { <x:a> <x:p> ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", ForbiddenError),
        ("ASK {}", QuerySyntaxError),
        ("INSERT DATA { <x:a> <x:p> }", QuerySyntaxError),
        ("INSERT DATA { <x:a> <x:p> '\\ud800' }", QuerySyntaxError),
        ("INSERT DATA { <x:a> <x:p> '\ud800' }", QuerySyntaxError),
        ("INSERT { <x:a> <x:p> 1 } USING <x:g> WHERE {}", InputError),
    ],
)
def test_updates_that_are_refused_change_nothing(text: str, kind: type[QwenKgError]) -> None:
    store = ox.Store()
    put(store, "x:g", "<x:a> <x:p> 1")
    with pytest.raises(kind):
        update(store, f"INSERT DATA {{ <x:b> <x:p> 2 }} ; {text}", base=BASE, using=["x:g"])
    assert len(store) == 1


# Updates, beginnings and ends of some, and what could reach into the operations that are added to them.
WHOLE = [
    "",
    "PREFIX x: <x:>",
    "BASE <x:base> PREFIX urn: <x:>",
    "INSERT DATA { <x:b> <x:p> 1 }",
    "INSERT DATA { <x:b> <x:p> 1 } ;",
    "INSERT DATA { <x:b> <x:p> 1 } # no line ends this",
    "INSERT DATA { <x:b> <x:p> 1 } ; # ;",
    "DELETE WHERE { ?s ?p <x:old> }",
    "WITH <x:g> DELETE { ?s ?p ?o } INSERT { ?s ?p '''\n;''' } WHERE { ?s ?p ?o FILTER(?o<#x>\n?p) }",
    "DROP ALL ; INSERT DATA { GRAPH <x:g> { <x:b> <x:p> <<( <x:a> <x:b> '}' )>> } }",
]
PIECES = [
    *(
        ";",
        "{",
        "}",
        "#",
        "\n",
        "'",
        '"',
        "'''",
        '"""',
        "<",
        ">",
        "<x:g>",
        "\\",
        "(",
        ")",
        ".",
        ",",
        "[",
        "]",
        "<<",
        ">>",
    ),
    *(
        "{|",
        "|}",
        "@en",
        "^^",
        "_:b",
        "?s",
        " WITH <x:g> ",
        " USING <x:g> ",
        " WHERE ",
        " DELETE ",
        " INSERT ",
        " DATA ",
    ),
    *(
        " FILTER ",
        " BIND( ",
        " AS ?g ",
        " UNION ",
        " OPTIONAL ",
        " GRAPH ?g ",
        " PREFIX urn: ",
        " BASE ",
        " VALUES ?g ",
    ),
    *("{ SELECT * WHERE ", " SILENT ", " <x:a> <x:p> 1 "),
]
OPERATIONS = {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
TEXTS = st.builds(
    lambda start, cut, end: start[: len(start) - cut] + end,
    st.sampled_from(WHOLE) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.integers(0, 30).map(lambda cut: cut // 2),
    st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
)


@settings(deadline=None, max_examples=400)
@given(TEXTS)
@example("INSERT DATA { <x:b> <x:p> 1 } ; WITH <x:g>")
@example("INSERT DATA { <x:b> <x:p> '''")
@example('INSERT { <x:b> <x:p> """')
@example("INSERT DATA { <x:b> <x:p> 1 } ; INSERT { } WHERE { FILTER(1 <")
@example("INSERT DATA { <x:b> <x:p> 1 } ;;")
def test_no_text_reaches_into_what_is_asked_behind_it(text: str) -> None:
    """With consent to ask for, a text parses if and only if it parses alone, does the same, and is judged."""
    alone, asked, seen = ox.Store(), ox.Store(), list[list[ox.Quad]]()
    for store in (alone, asked):
        store.extend(ox.parse(BEFORE, ox.RdfFormat.N_QUADS))
    # Oxigraph takes a semicolon for an update, which needs an operation before it (SPARQL 1.1 Query, 19.8).
    assume(";" not in text or any(token.text.upper() in OPERATIONS for token in tokens(text)))
    try:
        alone.update(text, base_iri=BASE)
    except (SyntaxError, RuntimeError, ValueError) as error:
        with pytest.raises(QuerySyntaxError if isinstance(error, SyntaxError) else InputError):
            update(asked, text, base=BASE, consent=Consent(seen.append))
        assert seen == []
    else:
        update(asked, text, base=BASE, consent=Consent(lambda quads: seen.append([*quads])))
        assert len(seen) == 1
        assert sorted(map(str, seen[0])) == sorted(map(str, asked))
    assert ox.Dataset(asked).__len__() == len(alone)
    assert {quad.predicate for quad in asked} == {quad.predicate for quad in alone}


@pytest.mark.parametrize("text", WHOLE)
def test_updates_of_every_form_can_be_asked_about(text: str) -> None:
    """The texts from which the ones above are made are updates, and stay so."""
    test = ox.Store()
    test.extend(ox.parse(BEFORE, ox.RdfFormat.N_QUADS))
    calls: list[int] = []
    update(test, text, base=BASE, consent=Consent(lambda quads: calls.append(len(quads))))
    assert calls == [len(test)]
