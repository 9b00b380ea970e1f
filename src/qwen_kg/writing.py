"""Changes a store: updates (SPARQL 1.1 Update) and whole graphs (SPARQL 1.1 Graph Store HTTP Protocol).

Everything becomes the text of one update request, because Oxigraph makes one transaction of it: all of it is
kept, or nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import pyoxigraph as ox

from qwen_kg.errors import InputError, NotFoundError, QuerySyntaxError, UnsupportedTypeError
from qwen_kg.files import rdf_fault
from qwen_kg.formats import FORMATS, Format, Kind, negotiate
from qwen_kg.limits import Limits
from qwen_kg.results import Result
from qwen_kg.serialization import rdf_format, serialized_graph
from qwen_kg.sparql import escape_dots, refuse_service
from qwen_kg.syntax_errors import PADDING, explain
from qwen_kg.updates import refuse_load, with_datasets


class Consent(NamedTuple):
    """Who is asked before a change is kept; if either raises an error, nothing of the change is kept.

    ``judge`` is shown all quads as they would be. ``settle`` is called last, when all that is left is to keep
    the change.
    """

    judge: Callable[[list[ox.Quad]], object] | None = None
    settle: Callable[[], object] | None = None


_GIVEN = Consent()

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

Part = tuple[str, bytes]
"""A media type, and what was sent as it."""


def update(
    store: ox.Store,
    text: str,
    *,
    base: str,
    using: Sequence[str] = (),
    using_named: Sequence[str] = (),
    consent: Consent = _GIVEN,
) -> None:
    """Carry out an update request, all of it or nothing.

    Args:
        store: what is changed.
        text: the request; it may consist of several operations.
        base: the IRI against which relative IRIs are resolved.
        using: IRIs of the graphs that WHERE sees as the default graph (SPARQL 1.1 Protocol, 2.2.3).
        using_named: IRIs of the graphs that GRAPH sees in WHERE.
        consent: is asked before the outcome is kept.

    Raises:
        QuerySyntaxError: the text is no update, which a query is not either.
        ForbiddenError: it loads a document (LOAD) or calls another endpoint (SERVICE).
        InputError: it says USING or WITH itself though datasets are given, or cannot be evaluated.
    """
    refuse_load(text)
    refuse_service(text)
    try:
        _carry_out(store, escape_dots(with_datasets(text, using, using_named)), base, consent)
    except SyntaxError as error:
        raise explain(text, str(error), update=True, dots_escaped=True) from error


def _carry_out(store: ox.Store, text: str, base: str, consent: Consent) -> None:
    """Carry out an update, and ask for consent to its outcome within the same transaction.

    pyoxigraph has no transactions to open and close, but what functions are called with does come from the
    transaction, and an operation that fails ends it. So operations are added to the update: they call ``see``
    for each quad, then ``agree``, and if it does, make a graph, which the last one drops. Without that graph
    it fails (SPARQL 1.1 Update, 3.2.2), because an error in a function is none for Oxigraph.
    """
    secret = secrets.token_hex(16)  # so that no text can call them
    see, agree, agreed = (ox.NamedNode(f"urn:qwen-kg:{name}:{secret}") for name in ("see", "agree", "agreed"))
    quads: list[ox.Quad] = []
    refusals: list[BaseException] = []

    def collect(*terms: Term) -> Term:
        try:
            quads.append(ox.Quad(*terms))  # type: ignore[arg-type]  # the query gives them in this order
        except BaseException as error:
            refusals.append(error)
        return ox.Literal(False)

    def conclude() -> Term:
        try:
            if consent.judge is not None and not refusals:
                consent.judge(quads)
            if consent.settle is not None and not refusals:
                consent.settle()
        except BaseException as error:
            refusals.append(error)
        return ox.Literal(not refusals)

    show = f"""
        DELETE {{}} INSERT {{}} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({see}(?s, ?p, ?o, ?g)) }} ;
        DELETE {{}} INSERT {{}} WHERE {{ ?s ?p ?o FILTER({see}(?s, ?p, ?o)) }} ;
    """
    # Only a prologue or a semicolon can stand before INSERT DATA, so no text reaches into what is added.
    added = f"""
        INSERT DATA {{}} ; {show if consent.judge is not None else ""}
        INSERT {{ GRAPH {agreed} {{ {agreed} {agreed} {agreed} }} }} WHERE {{ FILTER({agree}()) }} ;
        DROP GRAPH {agreed}
    """
    carry_out = partial(store.update, base_iri=base, custom_functions={see: collect, agree: conclude})
    try:
        try:
            carry_out(f"{text}\n;{added}")
        except SyntaxError:  # it has a semicolon of its own, or no operation, or is wrong
            try:
                carry_out(f"{text}\n{added}")
            except SyntaxError:
                ox.Store().update(text + PADDING, base_iri=base)  # says what is wrong with the text alone
                raise
    except UnicodeEncodeError as error:
        raise QuerySyntaxError("the update holds half of a surrogate pair, which is no character") from error
    except (RuntimeError, ValueError) as error:
        if not refusals:
            raise InputError(f"the update cannot be carried out: {error}") from error
    if refusals:
        raise refusals[0]


def read_graph(store: ox.Store, name: str | None, accept: str | None, limits: Limits | None = None) -> Result:
    """Give a graph (Graph Store Protocol, 5.2).

    Args:
        store: what has it.
        name: its IRI; None is the unnamed graph, which always exists.
        accept: an Accept header.
        limits: how long it may be.

    Raises:
        NotFoundError: the store has no graph of that name.
        NotAcceptableError: no RDF format fits ``accept``.
        LimitError: it is too long.
    """
    graph, chosen = _graph(name), negotiate(accept, Kind.GRAPH)
    if isinstance(graph, ox.NamedNode) and not _exists(store, graph):
        raise NotFoundError(f"there is no graph {graph}")
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, graph))
    return Result(chosen.media_type, serialized_graph(triples, chosen, limits))


def read_dataset(store: ox.Store, accept: str | None, limits: Limits | None = None) -> Result:
    """Give all graphs, in a format that can hold them.

    Raises:
        NotAcceptableError: no such format fits ``accept``.
        LimitError: they are too long.
    """
    chosen = negotiate(accept, Kind.DATASET)
    return Result(chosen.media_type, serialized_graph(store, chosen, limits))


def write_graph(
    store: ox.Store,
    name: str | None,
    parts: Sequence[Part],
    *,
    base: str,
    replace: bool,
    consent: Consent = _GIVEN,
) -> bool:
    """Replace a graph (PUT, Graph Store Protocol, 5.3) or add to it (POST, 5.5); say whether it is new.

    Args:
        store: what is changed.
        name: the IRI of the graph; None is the unnamed graph.
        parts: documents of triples; their blank nodes are kept apart, and from those in the store.
        base: the IRI against which relative IRIs are resolved.
        replace: whether what was in the graph goes.
        consent: is asked before the outcome is kept.

    Raises:
        UnsupportedTypeError: a document is in no format of triples.
        InputError: a document does not parse; line and column are given.
    """
    graph = _graph(name)
    new = isinstance(graph, ox.NamedNode) and not _exists(store, graph)
    triples = "".join(_triples(part, base, Kind.GRAPH, number) for number, part in enumerate(parts))
    if isinstance(graph, ox.NamedNode):
        remove = f"DROP SILENT GRAPH {graph} ; "
        insert = f"INSERT DATA {{ GRAPH {graph} {{\n{triples}}} }}"
    else:
        remove, insert = "DROP DEFAULT ; ", f"INSERT DATA {{\n{triples}}}"
    _carry_out(store, (remove if replace else "") + insert, base, consent)
    return new


def write_dataset(
    store: ox.Store, part: Part, *, base: str, replace: bool, consent: Consent = _GIVEN
) -> None:
    """Replace all graphs, or add to them.

    Raises:
        UnsupportedTypeError: the document is in no format of quads.
        InputError: it does not parse; line and column are given.
    """
    text = _triples(part, base, Kind.DATASET, 0)
    _carry_out(store, ("DROP ALL ; " if replace else "") + f"INSERT DATA {{\n{text}}}", base, consent)


def delete_graph(store: ox.Store, name: str | None, *, base: str, consent: Consent = _GIVEN) -> None:
    """Remove a graph (Graph Store Protocol, 5.4); the unnamed one is emptied.

    Raises:
        NotFoundError: the store has no graph of that name.
    """
    graph = _graph(name)
    if isinstance(graph, ox.NamedNode) and not _exists(store, graph):
        raise NotFoundError(f"there is no graph {graph}")
    text = f"DROP GRAPH {graph}" if isinstance(graph, ox.NamedNode) else "DROP DEFAULT"
    _carry_out(store, text, base, consent)


def format_of(media_type: str, kind: Kind) -> Format:
    """Give the format of a document that was sent.

    Raises:
        UnsupportedTypeError: there is none of that media type for the kind.
    """
    wanted = media_type.partition(";")[0].strip().lower()
    formats = [each for each in FORMATS if kind in each.kinds]
    for each in formats:
        if wanted == each.media_type or wanted in each.also:
            return each
    offered = ", ".join(each.media_type for each in formats)
    raise UnsupportedTypeError(f"{wanted or 'no media type'} cannot be stored; send one of {offered}")


def _graph(name: str | None) -> ox.NamedNode | ox.DefaultGraph:
    """Give the name of a graph as a term."""
    try:
        return ox.DefaultGraph() if name is None else ox.NamedNode(name)
    except ValueError as error:
        raise InputError(f"{name!r} is no absolute IRI, and so names no graph: {error}") from error


def _exists(store: ox.Store, graph: ox.NamedNode) -> bool:
    """Say whether there is a graph; one that was emptied is as good as removed (SPARQL 1.1 Update, 3.1.3)."""
    return next(store.quads_for_pattern(None, None, None, graph), None) is not None


def _triples(part: Part, base: str, kind: Kind, number: int) -> str:
    """Read a document, and write it as the inside of INSERT DATA."""
    media_type, body = part
    chosen = format_of(media_type, kind)
    try:
        quads = [*ox.parse(body, rdf_format(chosen), base_iri=base, rename_blank_nodes=True)]
    except SyntaxError as error:
        name = f"part {number + 1}" if number else "the body"
        raise InputError(str(rdf_fault(name, error))) from error
    graphs: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = {}
    for quad in quads:
        graphs.setdefault(quad.graph_name, []).append(quad.triple)
    if kind is Kind.GRAPH and any(not isinstance(graph, ox.DefaultGraph) for graph in graphs):
        raise InputError("a graph is made of triples, and the body names graphs of its own")
    if any(isinstance(graph, ox.BlankNode) for graph in graphs):
        raise InputError("a graph is named by an IRI here, and the body names one by a blank node")
    text = []
    for graph, triples in graphs.items():
        lines = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
        text.append(lines if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph} {{\n{lines}}}\n")
    return "".join(text)
