"""rdflib's SPARQLStore and SPARQLUpdateStore: an endpoint behind the interface of a graph."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError

import pyoxigraph as ox
import pytest
from rdflib import RDF, SKOS, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from ..serving import Server
from .questions import ASK, ASK_FALSE, AWKWARD, BROKEN, CONSTRUCT, DESCRIBE, FACTS, SELECT, Row

QKG, ID = Namespace("https://w3id.org/qwen-kg/ns#"), Namespace("https://w3id.org/qwen-kg/id/")
EX = Namespace("https://example.org/rdflib/")
METHODS = ["GET", "POST", "POST_FORM"]


def store(server: Server, **options: Any) -> SPARQLStore:
    return SPARQLStore(f"{server.url}/sparql", **options)


@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
@pytest.mark.parametrize("method", METHODS)
def test_select(server: Server, sizes: set[Row], method: str, form: str) -> None:
    rows = store(server, method=method, returnFormat=form).query(SELECT)
    assert {(str(variant), str(name), int(size)) for variant, name, size in rows} == sizes


@pytest.mark.parametrize("method", METHODS)
def test_terms_keep_their_types(server: Server, method: str) -> None:
    for variant, name, size in store(server, method=method).query(SELECT):
        assert isinstance(variant, URIRef)
        assert name.language == "en"
        assert isinstance(size.toPython(), int)


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("method", METHODS)
def test_ask(server: Server, method: str, form: str) -> None:
    ours = store(server, method=method, returnFormat=form)
    assert ours.query(ASK).askAnswer is True
    assert ours.query(ASK_FALSE).askAnswer is False


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["CONSTRUCT", "DESCRIBE"])
def test_graph_answers(server: Server, graphs: dict[str, Graph], query: str, method: str) -> None:
    answer = store(server, method=method, returnFormat="application/rdf+xml").query(query)
    assert set(answer.graph) == set(graphs["CONSTRUCT" if query is CONSTRUCT else "DESCRIBE"])


def test_the_interface_of_a_graph(server: Server) -> None:
    graph = Graph(store(server))
    later, earlier = ID["Qwen2.5-VL-32B-Instruct"], ID["Qwen2.5-VL"]
    assert (later, QKG.successorOf, earlier) in graph
    assert (earlier, QKG.successorOf, later) not in graph
    assert earlier in set(graph.objects(later, QKG.successorOf))
    assert later in set(graph.subjects(QKG.successorOf, earlier))
    assert QKG.successorOf in set(graph.predicates(later, earlier))
    assert graph.value(later, SKOS.prefLabel).language == "en"


def test_length_and_all_triples(small_server: Server, small_dataset: list[ox.Quad]) -> None:
    # Two triples that differ in a blank node are two rows as well, so counting rows counts triples.
    ours = Graph(store(small_server, node_to_sparql=lambda node: node.n3()))
    assert len(ours) == sum(1 for _ in ours.triples((None, None, None))) == len(small_dataset)


def test_pages_of_triples(server: Server) -> None:
    graph = Graph(store(server))
    graph.LIMIT, graph.OFFSET = 5, 3
    assert len(list(graph.triples((None, RDF.type, None)))) == 5


def test_contexts(small_server: Server, small_dataset: list[ox.Quad]) -> None:
    names = {quad.graph_name.value for quad in small_dataset}
    assert {str(name) for name in store(small_server).contexts()} == names
    facts = Graph(store(small_server), identifier=URIRef(FACTS))
    assert 0 < len(facts) == len(set(facts)) < len(Graph(store(small_server)))
    nothing = Graph(store(small_server), identifier=EX.nothing)
    assert len(nothing) == 0


@pytest.mark.parametrize("method", METHODS)
def test_bindings_and_prefixes_of_its_own(small_server: Server, method: str) -> None:
    rows = Graph(store(small_server, method=method)).query(
        "SELECT ?earlier { ?later qkg:successorOf ?earlier }",
        initNs={"qkg": QKG},
        initBindings={"later": ID["Qwen2.5-VL-32B-Instruct"]},
    )
    assert [str(row.earlier) for row in rows] == [str(ID["Qwen2.5-VL"])]


def test_errors(server: Server) -> None:
    with pytest.raises(ValueError, match="wrong"):
        store(server).query(BROKEN)
    code, *_ = store(server, method="POST").query(BROKEN)
    assert code == 400


def editing(server: Server, headers: dict[str, str], **options: Any) -> SPARQLUpdateStore:
    address = f"{server.url}/sparql"
    return SPARQLUpdateStore(address, address, headers=headers, **options)


def test_changes(editable: Server, bearer: dict[str, str]) -> None:
    graph = Graph(editing(editable, bearer), identifier=EX.changes)
    graph.add((EX.s, EX.p, Literal(AWKWARD, lang="en")))
    graph.addN([(EX.s, EX.p, Literal(number), graph) for number in range(3)])
    assert set(graph.objects(EX.s, EX.p)) == {Literal(AWKWARD, lang="en"), *map(Literal, range(3))}
    graph.remove((EX.s, EX.p, Literal(1)))
    graph.update(f"INSERT DATA {{ <{EX.t}> <{EX.p}> <{EX.s}> }}")
    assert len(graph) == 4
    assert (EX.t, EX.p, EX.s) in graph
    graph.remove((None, None, None))
    assert len(graph) == 0


def test_changes_at_once_or_not_at_all(editable: Server, bearer: dict[str, str]) -> None:
    collecting = Graph(editing(editable, bearer, autocommit=False, dirty_reads=True), identifier=EX.collected)
    seen = Graph(store(editable), identifier=EX.collected)
    collecting.add((EX.s, EX.p, Literal(1)))
    collecting.rollback()
    collecting.add((EX.s, EX.p, Literal(2)))
    collecting.add((EX.s, EX.p, Literal(3)))
    assert len(seen) == 0
    collecting.commit()
    assert set(seen.objects()) == {Literal(2), Literal(3)}


def test_named_graphs(editable: Server, bearer: dict[str, str]) -> None:
    dataset = Dataset(editing(editable, bearer))
    one, two = dataset.graph(EX.one), dataset.graph(EX.two)
    one.add((EX.s, EX.p, Literal("one")))
    two.add((EX.s, EX.p, Literal("two")))
    assert set(one) == {(EX.s, EX.p, Literal("one"))}
    assert {EX.one, EX.two} <= set(dataset.store.contexts())
    dataset.remove_graph(one)
    assert EX.one not in set(dataset.store.contexts())
    assert set(two) == {(EX.s, EX.p, Literal("two"))}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}], ids=["none", "wrong"])
def test_without_the_token_nothing_changes(editable: Server, headers: dict[str, str]) -> None:
    graph = Graph(editing(editable, headers), identifier=EX.refused)
    with pytest.raises(HTTPError, match="401"):
        graph.add((EX.s, EX.p, EX.o))
    assert len(Graph(store(editable), identifier=EX.refused)) == 0
