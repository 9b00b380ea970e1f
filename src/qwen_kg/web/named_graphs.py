"""The named graphs of a store, as pages tell of them: what each holds, and how it begins."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_kg.namespaces import BASE, compact, prologue
from qwen_kg.results import Store
from qwen_kg.sparql import substitute
from qwen_kg.web.tables import select

_LINES = 200  # of Turtle on a page

_ALL = """
SELECT ?graph ?count ?title ?description {
  { SELECT ?graph (COUNT(*) AS ?count) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph }
  OPTIONAL { GRAPH graph:description { ?graph dcterms:title ?title } }
  OPTIONAL { GRAPH graph:description { ?graph dcterms:description ?description } }
} ORDER BY ?graph"""
_ONE = """
SELECT ?count ?title ?description {
  { SELECT (COUNT(*) AS ?count) { GRAPH ?_iri { ?s ?p ?o } } }
  OPTIONAL { GRAPH graph:description { ?_iri dcterms:title ?title } }
  OPTIONAL { GRAPH graph:description { ?_iri dcterms:description ?description } }
}"""
# Whole subjects, so that what is shown is all that is said of them.
_BEGINNING = """
CONSTRUCT { ?s ?p ?o } {
  { SELECT DISTINCT ?s { GRAPH ?_iri { ?s ?any ?thing } } LIMIT 40 }
  GRAPH ?_iri { ?s ?p ?o }
}"""


@dataclass(frozen=True)
class NamedGraph:
    """A named graph: ``name`` is what it is called, ``path`` where its page is, if it is one of ours."""

    iri: str
    name: str
    path: str
    description: str
    triples: int


def named_graphs(store: Store) -> list[NamedGraph]:
    """Give the named graphs of a store."""
    return [_read(row["graph"]["value"], row) for row in select(store, prologue() + _ALL)]


def named_graph(store: Store, iri: str) -> NamedGraph:
    """Tell of one named graph; of one that the store does not have, that it holds nothing."""
    return _read(iri, next(select(store, prologue() + substitute(_ONE, {"_iri": f"<{iri}>"}))))


def beginning(store: Store, iri: str) -> str:
    """Give the first lines of a named graph in Turtle."""
    text = prologue() + substitute(_BEGINNING, {"_iri": f"<{iri}>"})
    lines = store.query(text, accept="text/turtle").body.decode().splitlines(keepends=True)
    return "".join(lines[:_LINES])


def _read(iri: str, row: dict[str, dict[str, str]]) -> NamedGraph:
    def text(name: str) -> str:
        return row[name]["value"] if name in row else ""

    path = "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else ""
    name = text("title") or compact(iri).removeprefix("graph:")
    return NamedGraph(iri, name, path, text("description"), int(text("count") or 0))
