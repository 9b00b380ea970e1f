"""Stores of this machine, on pyoxigraph, and the way to open any store from a string."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from qwen_kg.errors import InputError, QuerySyntaxError
from qwen_kg.files import rdf_fault
from qwen_kg.formats import Format, Kind, by_name, negotiate
from qwen_kg.namespaces import PREFIXES
from qwen_kg.remote import RemoteStore
from qwen_kg.results import Result, Store
from qwen_kg.sparql import escape_dots, find_keyword, refuse_service
from qwen_kg.syntax_errors import PADDING, explain

__all__ = ["LocalStore", "Result", "Store", "open_store"]


class LocalStore:
    """A store in this process. It answers like any :class:`Store`; see there for what ``query`` takes.

    The default graph is the union of all graphs. Oxigraph makes it by looking into every graph, so a triple
    that is in two graphs is counted twice; the graphs of a dataset for it are best kept disjoint.

    ``oxigraph`` is the store of pyoxigraph itself, for Python users (oxrdflib).
    """

    def __init__(self, oxigraph: ox.Store) -> None:
        self.oxigraph = oxigraph

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
        return cls(_loaded(_rdf_format(chosen), str(path), data))

    @classmethod
    def from_directory(cls, path: str | Path, *, writable: bool = False) -> LocalStore:
        """Open a store on disk; it is made if it is writable and the directory is empty or missing.

        A directory that is not writable is a published snapshot: no other process may write to it.

        Raises:
            InputError: the directory holds no store, or another process has it.
        """
        path = Path(path)
        made = (path / "CURRENT").exists()  # the file by which RocksDB knows its own
        if not made and not (writable and (not path.exists() or not any(path.iterdir()))):
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
    ) -> Result:
        """Answer a query; see :meth:`Store.query`."""
        refuse_service(text)
        answer = self._evaluate(text, default_graphs, named_graphs)
        kind = _kind(answer)
        chosen = negotiate(accept, kind)
        try:
            return Result(chosen.media_type, _serialized(answer, chosen))
        except (OSError, RuntimeError, ValueError) as error:  # evaluation goes on while it is written
            raise InputError(f"the query cannot be evaluated: {error}") from error

    def _evaluate(
        self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Start to evaluate a query over the dataset that the protocol, the query or the store says."""
        read = escape_dots(text) + PADDING
        try:
            if default_graphs or named_graphs:
                return self.oxigraph.query(
                    read,
                    default_graph=[*_graphs(default_graphs)],
                    named_graphs=[*_graphs(named_graphs)],
                )
            # Oxigraph prefers the union to FROM, so where the query says FROM the union is not asked for.
            union = find_keyword(text, "FROM") is None
            return self.oxigraph.query(read, use_default_graph_as_union=union)
        except SyntaxError as error:
            raise explain(text, str(error)) from error
        except UnicodeEncodeError as error:
            raise QuerySyntaxError(
                "the query holds half of a surrogate pair, which is no character"
            ) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(f"the query cannot be evaluated: {error}") from error


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


def _rdf_format(chosen: Format) -> ox.RdfFormat:
    """Give pyoxigraph's name of an RDF format of ours."""
    found = ox.RdfFormat.from_media_type(chosen.media_type)
    if found is None:  # cannot be: a test goes through the table
        raise InputError(f"pyoxigraph does not know {chosen.media_type}")
    return found


def _graphs(iris: Sequence[str]) -> list[ox.NamedNode]:
    """Give graph names as terms."""
    names = []
    for iri in iris:
        try:
            names.append(ox.NamedNode(iri))
        except ValueError as error:
            raise InputError(f"{iri!r} is no absolute IRI, and so names no graph: {error}") from error
    return names


def _kind(answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Kind:
    """Say what an answer is."""
    if isinstance(answer, ox.QueryTriples):
        return Kind.GRAPH
    return Kind.BOOLEAN if isinstance(answer, ox.QueryBoolean) else Kind.BINDINGS


def _serialized(answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, chosen: Format) -> bytes:
    """Write an answer."""
    if isinstance(answer, ox.QueryTriples):
        body = ox.serialize(answer, format=_rdf_format(chosen), prefixes=PREFIXES) or b""
        return _without_idle_prefixes(body, chosen)
    results_format = ox.QueryResultsFormat.from_media_type(chosen.media_type)
    if results_format is None:  # cannot be: a test goes through the table
        raise InputError(f"pyoxigraph does not know {chosen.media_type}")
    return answer.serialize(format=results_format) or b""


_DECLARATIONS = {
    "turtle": (re.compile(rb"\A(?:@prefix [^\n]*\n)*"), rb"@prefix %s: [^\n]*\n"),
    "trig": (re.compile(rb"\A(?:@prefix [^\n]*\n)*"), rb"@prefix %s: [^\n]*\n"),
    "rdfxml": (re.compile(rb"\A.*?<rdf:RDF[^>]*>", re.DOTALL), rb' xmlns:%s="[^"]*"'),
}


def _without_idle_prefixes(body: bytes, chosen: Format) -> bytes:
    """Leave out the declarations of prefixes that are not used, which would be most of a short answer."""
    if chosen.name not in _DECLARATIONS:
        return body
    head_pattern, declaration = _DECLARATIONS[chosen.name]
    found = head_pattern.match(body)
    if found is None:
        return body
    head, rest = found.group(), body[found.end() :]
    for prefix in (each.encode() for each in PREFIXES):
        if prefix + b":" not in rest:
            head = re.sub(declaration % re.escape(prefix), b"", head)
    return head + rest
