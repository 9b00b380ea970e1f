"""``--shapes``: a write after which the data would not conform is answered with 422 and the report, and not kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from qwen_kg.dataset import Build

from .asking import bearer, problem, quads, update
from .serving import Reply, Server, serving

PREFIXES = "PREFIX qkg: <https://w3id.org/qwen-kg/ns#> PREFIX id: <https://w3id.org/qwen-kg/id/> "
SH = "http://www.w3.org/ns/shacl#"
NAMELESS = PREFIXES + "INSERT DATA { GRAPH <urn:more> { id:Nameless a qkg:Variant } }"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, small_built: Build) -> Iterator[Server]:
    """A server that judges what is written to it, with the small dataset, put there as a whole."""
    options = (
        "--writable",
        "--shapes",
        "--timeout",
        "60",
        "--store",
        str(tmp_path_factory.mktemp("judged") / "store"),
    )
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as server:
        put = send(server, "PUT", "/graphs", "application/n-quads", small_built.quads)
        assert put.status == 204, put.text
        yield server


@pytest.fixture
def before(judged: Server, small_built: Build) -> set[str]:
    """All that the server holds before the test: the dataset as it was built, but for the names of blank nodes."""
    found = quads(judged)
    assert len(found) == small_built.quads.count(b"\n")
    return found


def send(server: Server, method: str, target: str, kind: str, body: bytes | str) -> Reply:
    return server.ask(method, target, {"Content-Type": kind, **bearer(server)}, body)


def results(reply: Reply) -> list[set[str]]:
    """What the validation report in a refusal tells, a set of values for each result."""
    told = problem(reply, 422)
    assert told["title"] == "The data do not conform"
    store = ox.Store()
    store.load(told["report"].encode(), ox.RdfFormat.TURTLE)
    conforms = store.query(f"ASK {{ ?r a <{SH}ValidationReport> ; <{SH}conforms> false }}")
    assert isinstance(conforms, ox.QueryBoolean)
    assert conforms
    found = store.query(f"SELECT ?r ?value {{ ?r a <{SH}ValidationResult> ; ?p ?value }}")
    values: dict[str, set[str]] = {}
    for row in found:  # type: ignore[union-attr]
        values.setdefault(str(row["r"]), set()).add(row["value"].value)  # type: ignore[index]
    return list(values.values())


def test_an_update_that_breaks_a_shape_is_refused_with_the_report(judged: Server, before: set[str]) -> None:
    found = results(update(judged, NAMELESS))
    assert any("https://w3id.org/qwen-kg/id/Nameless" in values for values in found)
    assert all(SH + "Violation" in values for values in found)
    assert quads(judged) == before


def test_what_was_right_in_a_refused_update_is_not_kept_either(judged: Server, before: set[str]) -> None:
    text = "INSERT DATA { GRAPH <urn:more> { <x:s> <x:p> 1 } } ; " + NAMELESS.removeprefix(PREFIXES)
    assert results(update(judged, PREFIXES + text))
    assert quads(judged) == before


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("where", ["?graph=urn:more", "?default", "/more", ""])
def test_a_graph_that_breaks_a_shape_is_refused(
    judged: Server, before: set[str], method: str, where: str
) -> None:
    turtle = (
        "@prefix qkg: <https://w3id.org/qwen-kg/ns#> . <https://w3id.org/qwen-kg/id/Nameless> a qkg:Variant ."
    )
    kind = "application/trig" if method == "PUT" and not where else "text/turtle"
    assert results(send(judged, method, "/graphs" + where, kind, turtle))
    assert quads(judged) == before


def test_what_is_taken_away_is_judged_too(judged: Server, before: set[str]) -> None:
    text = (
        PREFIXES
        + "DELETE { GRAPH ?g { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } } WHERE { GRAPH ?g { ?s a qkg:Variant ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } }"
    )
    assert results(update(judged, text))
    gone = judged.ask("DELETE", "/graphs?graph=https://w3id.org/qwen-kg/graph/sources", bearer(judged))
    assert results(gone)
    assert quads(judged) == before


def test_what_conforms_is_kept(judged: Server, before: set[str]) -> None:
    inserted = "INSERT DATA { GRAPH <urn:more> { <x:s> <x:p> 1 } }"
    assert update(judged, inserted).status == 204
    assert len(quads(judged)) == len(before) + 1
    assert update(judged, "DROP GRAPH <urn:more>").status == 204
    assert quads(judged) == before


def test_what_does_not_parse_is_no_matter_of_shapes(judged: Server, before: set[str]) -> None:
    problem(update(judged, "oops"), 400)
    problem(send(judged, "PUT", "/graphs?default", "text/turtle", "oops"), 400)
    assert quads(judged) == before


def test_shapes_that_take_too_long_end_the_write(tmp_path: Path, small_built: Build) -> None:
    """What judges has the time of the write: what it did not judge is not kept."""
    options = ("--writable", "--shapes", "--timeout", "0.5", "--store", str(tmp_path / "store"))
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as server:
        put = send(server, "PUT", "/graphs", "application/n-quads", small_built.quads)
        assert problem(put, 504)["limit"] == "timeout"
        assert quads(server) == set()
