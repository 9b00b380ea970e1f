"""All the data files under one root, read and typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from qwen_kg.authoring.parsing import parse
from qwen_kg.authoring.reader import Block, Items, Text, read_csv, read_yaml
from qwen_kg.authoring.records import ClaimRecord, EntityRecord, Record, SourceRecord
from qwen_kg.authoring.rows import EvaluationRow, EventRow, FactRow, OfferRow
from qwen_kg.errors import DataError, Position

#: Files that hold one kind of entity, and that kind; a record in them may name another.
KIND_OF_FILE = {
    "organizations": "Organization",
    "platforms": "Platform",
    "benchmarks": "Benchmark",
    "licenses": "License",
    "architectures": "Architecture",
}

#: Where files of any name are read, and of which kind; those of the schemas are for editors.
_PLACES = {
    "sources": "*.yaml",
    "models": "*.yaml",
    "claims": "*.yaml",
    "facts": "*.csv",
    "events": "*.csv",
    "offers": "*.csv",
    "evaluations": "*.csv",
    "schema": "*.json",
    "tooling": "*.py",
}

RecordType = TypeVar("RecordType", bound=Record)


@dataclass
class Library:
    """What the files say, before anything is made of it; rows are with the name of their table."""

    sources: list[SourceRecord] = field(default_factory=list)
    entities: list[tuple[EntityRecord, str | None]] = field(default_factory=list)
    facts: list[tuple[FactRow, str]] = field(default_factory=list)
    events: list[tuple[EventRow, str]] = field(default_factory=list)
    claims: list[tuple[ClaimRecord, str]] = field(default_factory=list)
    offers: list[tuple[OfferRow, str]] = field(default_factory=list)
    evaluations: list[tuple[EvaluationRow, str]] = field(default_factory=list)
    faults: list[tuple[Position, str]] = field(default_factory=list)


def read_library(data: Path) -> Library:
    """Read every file of a ``data`` directory.

    Raises:
        DataError: with all faults of all files.
    """
    library = Library()
    for path in _files(data / "sources", "*.yaml"):
        library.sources += _read(library, path, data, SourceRecord)
    for name, kind in KIND_OF_FILE.items():
        for path in _files(data, f"{name}.yaml"):
            library.entities += [(record, kind) for record in _read(library, path, data, EntityRecord)]
    for path in _files(data / "models", "*.yaml"):
        library.entities += [(record, None) for record in _read(library, path, data, EntityRecord)]
    for path in _files(data / "facts", "*.csv"):
        library.facts += [(row, path.stem) for row in _read(library, path, data, FactRow)]
    for path in _files(data / "events", "*.csv"):
        library.events += [(row, path.stem) for row in _read(library, path, data, EventRow)]
    for path in _files(data / "claims", "*.yaml"):
        library.claims += [(record, path.stem) for record in _read(library, path, data, ClaimRecord)]
    for path in _files(data / "offers", "*.csv"):
        library.offers += [(row, path.stem) for row in _read(library, path, data, OfferRow)]
    for path in _files(data / "evaluations", "*.csv"):
        library.evaluations += [(row, path.stem) for row in _read(library, path, data, EvaluationRow)]
    _refuse_others(library, data)
    if not library.sources and not library.faults:
        library.faults.append((Position(_shown(data / "sources", data), 1), "there is no source file"))
    if library.faults:
        raise DataError(library.faults)
    return library


def _refuse_others(library: Library, data: Path) -> None:
    """Note every file that nothing reads: a fact in it would be lost without a word."""
    files = Counter(record.at.file for record in library.sources)
    for record in library.sources:  # a file of several is named after what they have in common
        if files[record.at.file] == 1 and record.at.file != f"{data.name}/sources/{record.id}.yaml":
            library.faults.append(
                (record.place("id"), f'the file of the source "{record.id}" is {record.id}.yaml')
            )
    expected = {data / "release.yaml", *(data / f"{name}.yaml" for name in KIND_OF_FILE)}
    for place, pattern in _PLACES.items():
        expected |= set((data / place).glob(pattern))
    for path in sorted(p for p in data.rglob("*") if not p.is_dir() and not _is_hidden(p, data)):
        if path not in expected:
            library.faults.append((Position(_shown(path, data), 1), "no file of this name is read here"))


def _is_hidden(path: Path, data: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.relative_to(data).parts)


def _files(directory: Path, pattern: str) -> Iterator[Path]:
    return iter(sorted(directory.glob(pattern)))


def _shown(path: Path, data: Path) -> str:
    return path.relative_to(data.parent).as_posix()


def _read(library: Library, path: Path, data: Path, kind: type[RecordType]) -> list[RecordType]:
    """Read one file of one record, or of a list of records; faults are collected, not raised."""
    read: Callable[[Path, str], Block | Items | list[Block]] = (
        read_csv if path.suffix == ".csv" else read_yaml
    )
    records: list[RecordType] = []
    try:
        tree = read(path, _shown(path, data))
    except DataError as error:
        library.faults += error.faults
        return records
    for block in [tree] if isinstance(tree, Block) else tree:
        try:
            if not isinstance(block, Block):
                place = block.position if isinstance(block, Text | Items) else Position(_shown(path, data), 1)
                raise DataError([(place, "a block of keys and values is expected")])
            records.append(parse(kind, block))
        except DataError as error:
            library.faults += error.faults
    return records
