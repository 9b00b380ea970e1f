"""The build: from the texts under a root to one checked, sorted file of N-Quads, always the same bytes."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from rdflib import Graph

from qwen_kg.authoring.reader import Block, read_yaml
from qwen_kg.builder import Compilation, compile_root, to_quads
from qwen_kg.closure import closure, published_inferences
from qwen_kg.description import describe_dataset, query_records
from qwen_kg.edtf import parse as parse_date
from qwen_kg.errors import DataError, NotConformingError, Position
from qwen_kg.namespaces import PREFIXES
from qwen_kg.root import DATASET
from qwen_kg.saved_queries import read_queries
from qwen_kg.store import LocalStore
from qwen_kg.validation import JUDGED, Report, judged, validate
from qwen_kg.vocabulary import Vocabulary


class Release(NamedTuple):
    """Which state of the data this is: a version, and the day it was fixed, as an ISO 8601 date."""

    version: str
    issued: str


@dataclass(frozen=True)
class Build:
    """A dataset that was made, and what its judges say."""

    quads: bytes
    report: Report
    compilation: Compilation
    release: Release


@contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no circles of objects meanwhile: hardly any of the millions that are made is in one."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_collector()
def build(root: Path) -> Build:
    """Make and judge the dataset of a root.

    Raises:
        DataError: a file cannot be used; with every fault and its place.
    """
    release = read_release(root)
    queries = read_queries(root / "queries")
    made = compile_root(root)
    said = {triple for name in ("facts", "statements", "sources") for triple in made.graphs[name]}
    ontology = made.graphs["ontology"]
    closed = closure(said.union(ontology))
    made.graphs["inferred"] = published_inferences(closed, said, ontology)
    quads = [quad for name, graph in made.graphs.items() for quad in to_quads(graph, name)]
    quads += query_records(queries.values())
    quads += describe_dataset(quads, release.version, release.issued)
    store = ox.Store()
    store.bulk_extend(quads)
    triples = Graph()
    for name in JUDGED:
        for triple in made.graphs[name]:
            triples.store.add(triple, triples)  # as Graph.add does, which first looks whether it is a triple
    report = validate(store, closed, root / "shapes", made.places, triples)
    return Build(_sorted_lines(store), report, made, release)


@_without_collector()
def judge_files(files: Sequence[Path], root: Path) -> Report:
    """Judge RDF files by the ontology and the shapes of a root.

    Raises:
        InputError: a file has an extension that names no RDF format.
        DataError: a file does not parse.
    """
    store = ox.Store()
    for path in files:
        store.extend(LocalStore.from_file(path).oxigraph)
    ontology = Vocabulary.read(root / "ontology").graph
    if not any(store.quads_for_pattern(None, None, None, ox.NamedNode(PREFIXES["graph"] + "ontology"))):
        store.extend(to_quads(ontology, "ontology"))
    triples = judged(store)
    return validate(store, closure(triples), root / "shapes", {}, triples)


def read_release(root: Path) -> Release:
    """Read which release the data under a root are.

    Raises:
        DataError: ``data/release.yaml`` is missing or is no release.
    """
    path, shown = root / "data" / "release.yaml", "data/release.yaml"
    block = read_yaml(path, shown)
    if not isinstance(block, Block) or not set(block) >= {"version", "issued"}:
        raise DataError([(Position(shown, 1), "version and issued are expected")])
    others = [
        (place, f'"{key}" is not a key of this file')
        for key, place in block.key_positions.items()
        if key not in {"version", "issued"}
    ]
    if others:
        raise DataError(others)
    try:
        days = parse_date(block["issued"])
    except ValueError as error:
        raise DataError([(block["issued"].position, f"issued: {error}")]) from None
    if days.earliest != days.latest:
        raise DataError([(block["issued"].position, "issued: a day is expected, such as 2026-11-23")])
    return Release(version=str(block["version"]), issued=str(block["issued"]))


def write(built: Build, directory: Path) -> Path:
    """Write a build to ``dataset.nq`` in a directory, whole or not at all.

    Raises:
        NotConformingError: it does not conform; what was there before is left as it is.
        OSError: the directory cannot be written to.
    """
    if not built.report.conforms:
        raise NotConformingError(built.report.text())
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / DATASET
    descriptor, temporary = tempfile.mkstemp(dir=directory, prefix=".dataset-", suffix=".nq")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(built.quads)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def _sorted_lines(store: ox.Store) -> bytes:
    """Write what is in a store, where numbers have their canonical form, with canonical blank nodes.

    What a blank node is called depends only on the quads that mention one (RDFC-1.0, 4.4.3).
    """
    lines = (store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    unnamed = [line for line in lines if b"_:" in line]  # or a text has it, which does no harm
    dataset = ox.Dataset(ox.parse(b"".join(unnamed), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    named = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted({*lines}.difference(unnamed).union(named)))
