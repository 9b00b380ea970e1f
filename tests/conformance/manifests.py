"""The tests, as the manifests of the W3C SPARQL 1.1 test suite list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
DAWGT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")

#: Where the files are, beside the checkout, and where W3C publishes them.
SUITE = Path(__file__).resolve().parents[3] / "shared" / "w3c" / "sparql" / "sparql11"
PUBLISHED = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MISSING = "the W3C test suite is not at hand"

#: How many tests each manifest lists; its directory names it.
COUNTS = {
    "protocol": 34,
    "graph-store-protocol": 13,
    "service-description": 3,
    "csv-tsv-res": 6,
    "json-res": 4,
}


class FailedError(Exception):
    """A server did not do what a test expects; the message says what came instead."""


@dataclass(frozen=True)
class Test:
    """A test.

    ``kind`` is its type; ``suite`` and ``label`` are the directory and the title of its manifest; ``listed`` says
    whether the manifest lists it or only describes it; ``graph`` is the manifest.
    """

    __test__ = False  # it is not one of pytest's

    iri: URIRef
    kind: URIRef
    title: str
    suite: str
    label: str
    listed: bool
    graph: Graph = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The local name, which no other test of the five manifests has."""
        return str(self.iri).rpartition("#")[2]


def tests(suite: str) -> list[Test]:
    """Read the tests of a manifest and of those it includes: first what they list, in order, then what not."""
    found: list[Test] = []
    label = ""
    for graph, manifest in _graphs(suite, "manifest.ttl"):
        label = label or str(only(graph, manifest, RDFS.label))
        entries = graph.value(manifest, MF.entries)
        listed = [] if entries is None else list(graph.items(entries))
        described = {*graph.subjects(MF.name), *graph.subjects(MF.action)}
        for node in [*listed, *sorted(described - set(listed), key=str)]:
            kind, title = only(graph, node, RDF.type), str(only(graph, node, MF.name))
            assert isinstance(node, URIRef)
            assert isinstance(kind, URIRef)
            found.append(Test(node, kind, " ".join(title.split()), suite, label, node in listed, graph))
    return sorted(found, key=lambda test: not test.listed)


def all_tests() -> list[Test]:
    """Read the tests of all manifests, or give none where the files are not at hand."""
    return [test for suite in COUNTS for test in tests(suite)] if SUITE.is_dir() else []


def manifest_of(suite: str) -> str:
    """Give the address at which W3C publishes a manifest."""
    return f"{PUBLISHED}{suite}/manifest.ttl"


def path_of(node: Node) -> Path:
    """Give the file that a manifest names by its published address."""
    return SUITE / str(node).removeprefix(PUBLISHED)


def only(graph: Graph, node: Node, predicate: URIRef) -> Node:
    """Give the one value of a property.

    Raises:
        AssertionError: there is none, or more than one.
    """
    values = list(graph.objects(node, predicate))
    assert len(values) == 1, f"{node} has {len(values)} values of {predicate}"
    return values[0]


def _graphs(suite: str, name: str) -> Iterator[tuple[Graph, URIRef]]:
    """Read a manifest and those that it includes."""
    address = URIRef(f"{PUBLISHED}{suite}/{name}")
    graph = Graph().parse(path_of(address), publicID=address, format="turtle")
    yield graph, address
    for included in graph.objects(address, MF.include):
        for each in graph.items(included):
            yield from _graphs(suite, path_of(each).name)
