"""The graph as Python users, the web and the command line see it: a store, its names, its saved queries."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pyoxigraph as ox

from qwen_kg.errors import InputError, NotFoundError
from qwen_kg.exports import export
from qwen_kg.formats import Kind, negotiate
from qwen_kg.names import NameIndex
from qwen_kg.namespaces import PREFIXES, compact, prologue
from qwen_kg.ready import quads_of
from qwen_kg.results import Result, Store
from qwen_kg.root import find_root
from qwen_kg.saved_queries import SavedQuery, read_queries
from qwen_kg.search import SearchIndex
from qwen_kg.store import LocalStore, open_store

if TYPE_CHECKING:
    from rdflib import Dataset

_RELEASE = (
    prologue()
    + "SELECT ?version { GRAPH graph:description { ?dataset a dcat:Dataset ; dcat:version ?version } }"
)

_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <%s> { ?s ?p ?o } }"

_GRAPH_NAMES = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"

#: All of an entity: what is said of it, what happened to it, how it is claimed, scored and sold.
_DESCRIPTION = (
    prologue()
    + """
CONSTRUCT { ?node ?property ?value . ?value skos:prefLabel ?label } WHERE {
  {
    SELECT DISTINCT ?node WHERE {
      { VALUES ?node { <%s> } }
      UNION { ?node rdf:subject|qkg:concerns|qkg:claimSubject|qkg:evaluates|qkg:offeredModel <%s> }
      UNION { ?claim qkg:claimSubject <%s> ; qkg:comparison ?node }
      UNION { ?offer qkg:offeredModel <%s> ; qkg:referenceQuantity ?node }
      UNION { ?statement rdf:subject <%s> ; rdf:object ?node . ?node a qkg:Quantity }
    }
  }
  ?node ?property ?value
  OPTIONAL { ?value skos:prefLabel ?label }
}
"""
)

_EVIDENCE = (
    prologue()
    + """
CONSTRUCT { ?part ?property ?value } WHERE {
  {
    SELECT DISTINCT ?part WHERE {
      VALUES ?node { %s }
      { ?node qkg:supportedBy ?part }
      UNION { ?node qkg:supportedBy/(oa:hasSelector|qkg:source|qkg:sourceVersion) ?part }
    }
  }
  ?part ?property ?value
}
"""
)


class Answer:
    """The answer to a query: ``result`` as it came, and its rows for Python."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def rows(self) -> list[dict[str, Any]]:
        """Give the solutions of a SELECT as dictionaries, unbound variables left out.

        IRIs and strings are ``str``, integers ``int``, decimals ``Decimal``, booleans ``bool``.

        Raises:
            InputError: the answer has no rows, because the query was no SELECT.
        """
        document = json.loads(self.result.body)
        if "results" not in document:
            raise InputError("the answer has no rows: the query is no SELECT")
        return [
            {name: _python(term) for name, term in solution.items()}
            for solution in document["results"]["bindings"]
        ]

    def __bool__(self) -> bool:
        """The answer to an ASK; for a SELECT, whether it has rows."""
        document = json.loads(self.result.body)
        return bool(document["boolean"] if "boolean" in document else document["results"]["bindings"])


_PYTHON: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": Decimal,
    "boolean": lambda text: text in {"true", "1"},
}


def _python(term: Mapping[str, str]) -> Any:
    kind = term.get("datatype", "").removeprefix(PREFIXES["xsd"])
    return _PYTHON.get(kind, str)(term["value"])


class _Read:
    """What was read from a store once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def names(self) -> NameIndex:
        return NameIndex(self._store)

    @cached_property
    def index(self) -> SearchIndex:
        return SearchIndex(self._store)

    @cached_property
    def release(self) -> str:
        rows = Answer(self._store.query(_RELEASE)).rows()
        return str(rows[0]["version"]) if rows else "unreleased"


class KnowledgeGraph:
    """A graph that can be asked."""

    def __init__(self, store: Store, queries: Mapping[str, SavedQuery]) -> None:
        self.store = store
        self.queries = queries
        self._read = _Read(store)

    @property
    def names(self) -> NameIndex:
        """The names of all entities, read from the store when first needed."""
        return self._read.names

    @property
    def index(self) -> SearchIndex:
        """What can be found by parts of names, read from the store when first needed."""
        return self._read.index

    @property
    def release(self) -> str:
        """The version of the data in the store; ``unreleased`` where they do not say."""
        return self._read.release

    def forget(self) -> None:
        """Read the names and the release again when they are next needed, because the store has changed.

        What is being read at the moment goes with what is forgotten.
        """
        self._read = _Read(self.store)

    @cached_property
    def dataset(self) -> Dataset:
        """The graph as an rdflib Dataset over the same store; the default graph is the union of all.

        Raises:
            InputError: the store is on another machine.
        """
        if not isinstance(self.store, LocalStore):
            raise InputError("only a store of this machine can be used as an rdflib Dataset")
        from oxrdflib import OxigraphStore  # noqa: PLC0415  # for users of rdflib, who are few, half a second
        from rdflib import Dataset  # noqa: PLC0415

        return Dataset(store=OxigraphStore(store=self.store.oxigraph), default_union=True)

    def query(self, name_or_text: str, /, **parameters: object) -> Answer:
        """Ask a saved query by its name, or any SPARQL query; see :meth:`run` and :meth:`Store.query`.

        >>> import qwen_kg
        >>> kg = qwen_kg.open()
        >>> [row["label"] for row in kg.query("successors", model="Qwen2.5-VL").rows()]
        ['Qwen2.5-VL-32B-Instruct', 'Qwen3-VL']
        """
        if name_or_text in self.queries or "{" not in name_or_text:
            texts = {name: _text(value) for name, value in parameters.items()}
            return Answer(self.run(name_or_text, texts))
        if parameters:
            raise InputError("parameters are for saved queries")
        return Answer(self.store.query(name_or_text))

    def run(self, name: str, parameters: Mapping[str, str], accept: str | None = None) -> Result:
        """Answer a saved query.

        Raises:
            NotFoundError: there is no query, or no entity, of that name.
            ParameterError: a parameter is unknown, missing, or of another type.
            NotAcceptableError: the answer has no format that fits ``accept``.
        """
        return self.store.query(self.filled(name, parameters), accept=accept)

    def filled(self, name: str, parameters: Mapping[str, str]) -> str:
        """Give the text of a saved query with values for its parameters; it raises what :meth:`run` does."""
        return self.saved_query(name).bind(parameters, self.names.find)

    def saved_query(self, name: str) -> SavedQuery:
        """Give a saved query.

        Raises:
            NotFoundError: there is none of that name.
        """
        if name not in self.queries:
            close = difflib.get_close_matches(name, self.queries, n=3)
            raise NotFoundError(f'there is no saved query "{name}"', close)
        return self.queries[name]

    def describe(self, iri: str, accept: str | None = None) -> Result:
        """Give what is known of one entity, with the statements, the passages and the sources behind it.

        Raises:
            NotFoundError: the graph does not know the IRI.
            NotAcceptableError: no RDF format fits ``accept``.
        """
        chosen = negotiate(accept, Kind.GRAPH)
        try:
            node = ox.NamedNode(iri)
        except ValueError as error:
            raise NotFoundError(f"{iri!r} is no IRI: {error}") from None
        triples = self._triples(_DESCRIPTION.replace("<%s>", str(node)))
        if not triples:
            name = unquote(iri.rstrip("/").rpartition("/")[2])
            raise NotFoundError(f"the graph knows nothing of <{iri}>", self.index.close(name))
        nodes = {str(t.subject) for t in triples if isinstance(t.subject, ox.NamedNode)}
        triples |= self._triples(_EVIDENCE % " ".join(sorted(nodes)))
        quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples]
        return Result(chosen.media_type, export(quads, chosen.name))

    def graph(self, iri: str, accept: str | None = None) -> Result:
        """Give a whole named graph.

        Raises:
            NotFoundError: the store has no graph of that name.
            NotAcceptableError: no RDF format fits ``accept``.
        """
        chosen = negotiate(accept, Kind.GRAPH)
        quads = [ox.Quad(q.subject, q.predicate, q.object) for q in self.quads([iri])]
        return Result(chosen.media_type, export(quads, chosen.name))

    def quads(self, names: Sequence[str] = ()) -> list[ox.Quad]:
        """Give the quads of the named graphs, all of them where no name is given.

        Args:
            names: names such as ``facts``, or IRIs.

        Raises:
            NotFoundError: the store has no graph of a name.
        """
        known = [str(row["graph"]) for row in Answer(self.store.query(_GRAPH_NAMES)).rows()]
        wanted = [name if "://" in name else PREFIXES["graph"] + name for name in names]
        for iri in wanted:
            if iri not in known:
                raise NotFoundError(
                    f"there is no graph {compact(iri)}; there are {', '.join(map(compact, known))}"
                )
        return [
            ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(iri))
            for iri in wanted or known
            for triple in self._triples(_GRAPH % iri)
        ]

    def _triples(self, text: str) -> set[ox.Triple]:
        body = self.store.query(text, accept="application/n-triples").body
        return {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def open_graph(location: str | Path | None = None, *, root: Path | None = None) -> KnowledgeGraph:
    """Open a graph.

    Args:
        location: a file, a directory of a store, or the URL of an endpoint; without it the graph is built in
            memory from what is packaged, or from the checkout that the program runs in.
        root: where the saved queries, and without a location the data, are read from.

    Raises:
        InputError: there is nothing at the location, or no root to build from.
        NotConformingError: what was built does not conform.
    """
    home = find_root(root)
    queries = read_queries(home / "queries")
    if location is not None:
        return KnowledgeGraph(open_store(location), queries)
    return KnowledgeGraph(LocalStore.from_nquads(quads_of(home)), queries)
