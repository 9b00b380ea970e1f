"""Stores of this machine, on pyoxigraph, and the way to open any store from a string."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from qwen_kg.errors import InputError, QuerySyntaxError
from qwen_kg.federation.rewriting import Redirection
from qwen_kg.files import rdf_fault
from qwen_kg.formats import Kind, by_name, negotiate
from qwen_kg.limits import Limits
from qwen_kg.remote import RemoteStore
from qwen_kg.results import Result, Store
from qwen_kg.serialization import kind_of, rdf_format, serialized
from qwen_kg.sparql import escape_dots, find_keyword
from qwen_kg.syntax_errors import PADDING, explain

__all__ = ["LocalStore", "Result", "Store", "open_store"]


class LocalStore:
    """A store in this process. It answers like any :class:`Store`; see there for what ``query`` takes.

    The default graph is the union of all graphs. Oxigraph makes it by looking into every graph, so a triple
    that is in two graphs is counted twice; the graphs of a dataset for it are best kept disjoint.

    ``oxigraph`` is the store of pyoxigraph itself, for Python users (oxrdflib). Without ``limits``, an answer
    may be as long as it gets; ``redirection`` says which endpoints a query may call, by default none.
    """

    def __init__(self, oxigraph: ox.Store) -> None:
        self.oxigraph = oxigraph
        self.limits: Limits | None = None
        self.redirection = Redirection()

    @classmethod
    def from_nquads(cls, data: bytes) -> LocalStore:
        """Make a store in memory from N-Quads.

        Raises:
            DataError: the data do not parse; the file is called ``<nquads>``.
        """
        return cls(_loaded(ox.RdfFormat.N_QUADS, "<nquads>", data))

    @classmethod
    def from_file(cls, path: str | Path) -> LocalStore:
        """Make a store in memory from a file whose extension names its format (see :mod:`qwen_kg.formats`).

        Raises:
            InputError: the file cannot be read, or has another extension.
            DataError: it does not parse; the place is given.
        """
        path = Path(path)
        chosen = by_name(path.suffix) if path.suffix else None
        if chosen is None or not chosen.kinds & {Kind.GRAPH, Kind.DATASET}:
            raise InputError(f"{path}: the extension names no RDF format (ttl, nt, nq, trig, rdf, jsonld)")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}") from error
        return cls(_loaded(rdf_format(chosen), str(path), data))

    @classmethod
    def from_directory(cls, path: str | Path, *, writable: bool = False) -> LocalStore:
        """Open a store on disk; it is made if it is writable and the directory is empty or missing.

        A directory that is not writable is a published snapshot: no other process may write to it.

        Raises:
            InputError: the directory holds no store, or another process has it.
        """
        path = Path(path)
        made = (path / "CURRENT").exists()  # the file by which RocksDB knows its own
        if not made and not (writable and _may_become_store(path)):
            file = next(iter(sorted(path.glob("*.nq"))), None)
            hint = f"; did you mean {file}?" if file else ""
            raise InputError(f"{path}: this directory holds no store{hint}")
        try:
            return cls(ox.Store(str(path)) if writable else ox.Store.read_only(str(path)))
        except OSError as error:
            raise InputError(f"{path}: the store cannot be opened: {error}") from error

    def query(
        self,
        text: str,
        *,
        accept: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Result:
        """Answer a query; see :meth:`Store.query`."""
        rewritten = self.redirection.rewrite(text)
        try:
            answer = self._evaluate(rewritten.text, default_graphs, named_graphs, base)
            chosen = negotiate(accept, kind_of(answer))
            return Result(chosen.media_type, serialized(answer, chosen, self.limits))
        except SyntaxError as error:
            raise explain(text, rewritten.as_written(str(error)), dots_escaped=True) from error
        except UnicodeEncodeError as error:
            raise QuerySyntaxError(
                "the query holds half of a surrogate pair, which is no character"
            ) from error
        except (OSError, RuntimeError, ValueError) as error:  # evaluation goes on while it is written
            raise rewritten.failure(error) or InputError(f"the query cannot be evaluated: {error}") from error

    def _evaluate(
        self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str], base: str | None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Start to evaluate a query over the dataset that the protocol, the query or the store says."""
        read = escape_dots(text) + PADDING
        if default_graphs or named_graphs:
            return self.oxigraph.query(
                read,
                default_graph=[*_graphs(default_graphs)],
                named_graphs=[*_graphs(named_graphs)],
                base_iri=base,
            )
        # Oxigraph prefers the union to FROM, so where the query says FROM the union is not asked for.
        union = find_keyword(text, "FROM") is None
        return self.oxigraph.query(read, use_default_graph_as_union=union, base_iri=base)


def _may_become_store(path: Path) -> bool:
    """Say whether there is nothing, or only what RocksDB leaves when it is ended while it makes a store."""
    return not path.exists() or all(_LEFT.fullmatch(each.name) for each in path.iterdir())


_LEFT = re.compile(r"LOCK|LOG(\.old\.\d+)?|IDENTITY|(MANIFEST|OPTIONS)-\d+|\d+\.dbtmp|snapshots")


def open_store(location: str | Path, *, writable: bool = False) -> Store:
    """Open a store: a URL is a SPARQL endpoint, a directory a store on disk, a file is read into memory.

    Raises:
        InputError: nothing is there, or it is not usable as said.
        DataError: a file does not parse; the place is given.
    """
    text = str(location)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        if writable:
            raise InputError(f"{text}: only a directory can be written to")
        return RemoteStore(text)
    path = Path(location)
    if path.is_dir() or (writable and not path.exists()):
        return LocalStore.from_directory(path, writable=writable)
    if not path.exists():
        raise InputError(f"{path}: there is no such file or directory")
    if writable:
        raise InputError(f"{path}: only a directory can be written to")
    return LocalStore.from_file(path)


def _loaded(chosen: ox.RdfFormat, name: str, data: bytes) -> ox.Store:
    """Load data into a new store in memory; ``name`` is what errors call the file."""
    store = ox.Store()
    try:
        store.bulk_load(data, chosen)
    except SyntaxError as error:
        raise rdf_fault(name, error) from error
    return store


def _graphs(iris: Sequence[str]) -> list[ox.NamedNode]:
    """Give graph names as terms."""
    names = []
    for iri in iris:
        try:
            names.append(ox.NamedNode(iri))
        except ValueError as error:
            raise InputError(f"{iri!r} is no absolute IRI, and so names no graph: {error}") from error
    return names
