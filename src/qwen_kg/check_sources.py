"""Reading the sources again, to see that each locator exists and that the value stands there.

This catches slips of transcription. It does not understand what it reads: a value that occurs in the passage
is taken as confirmed, and people read the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rdflib import DCTERMS, XSD, Literal, URIRef

from qwen_kg.assertions import Assertion
from qwen_kg.authoring.records import SourceRecord
from qwen_kg.builder import Compilation
from qwen_kg.errors import InputError, Position
from qwen_kg.namespaces import compact
from qwen_kg.vocabulary import qkg
from qwen_kg.written_forms import date_pattern, name_pattern, normalized, number_pattern


@dataclass(frozen=True)
class Unconfirmed:
    """A value that was not found at its locators, and why."""

    place: Position
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.reason}"


@dataclass(frozen=True)
class SourceCheck:
    """How many values were looked for, which were not found, and how many have sources elsewhere."""

    total: int
    unconfirmed: tuple[Unconfirmed, ...]
    elsewhere: dict[str, int]

    @property
    def confirmed(self) -> int:
        """How many values were found."""
        return self.total - len(self.unconfirmed)

    def text(self) -> str:
        """The report: a line for each value that was not found, and the count last."""
        percent = 100 * self.confirmed / self.total if self.total else 100.0
        lines = [str(row) for row in self.unconfirmed]
        lines += [f"{source}: not at hand ({number} values)" for source, number in self.elsewhere.items()]
        return "\n".join([*lines, f"confirmed {self.confirmed} of {self.total} ({percent:.1f} %)"]) + "\n"


@dataclass(frozen=True)
class _Value:
    what: str
    pattern: re.Pattern[str]
    passages: frozenset[URIRef]
    at: Position


def check_sources(made: Compilation, directory: Path) -> SourceCheck:
    """Look for every value at its locators in the copies of the sources under a directory.

    Raises:
        InputError: there is no such directory, or none of the sources is in it.
    """
    if not directory.is_dir():
        raise InputError(f"{directory}: there is no such directory")
    texts = _Texts(made, directory)
    if not texts.found:
        raise InputError(f"{directory}: no file here has the SHA-256 of any source")
    at_hand: list[_Value] = []
    elsewhere: Counter[str] = Counter()
    written = {(v.at, v.passages): v for v in _values(made)}  # said of each variant, it is written once
    for value in written.values():
        sources = {made.evidence.source_of(passage).id for passage in value.passages}
        if sources & texts.found.keys():
            at_hand.append(value)
        else:
            elsewhere.update(sources)
    rows = [Unconfirmed(v.at, v.what, reason) for v in at_hand if (reason := texts.missing(v))]
    return SourceCheck(
        len(at_hand), tuple(sorted(rows, key=lambda row: row.place)), dict(sorted(elsewhere.items()))
    )


class _Texts:
    """The texts of the sources at hand, found by their digests."""

    def __init__(self, made: Compilation, directory: Path) -> None:
        self._made = made
        wanted: dict[str, list[str]] = defaultdict(list)  # one licence text is in several repositories
        for record in made.evidence.records.values():
            wanted[record.versions[-1].sha256].append(record.id)
        self.found: dict[str, str] = {}
        for path in sorted(p for p in directory.rglob("*") if p.is_file()):
            content = path.read_bytes()
            for source in wanted.get(hashlib.sha256(content).hexdigest(), []):
                self.found[source] = content.decode("utf-8")

    def missing(self, value: _Value) -> str | None:
        """Say why a value is not confirmed, or None where one of its passages has it."""
        reasons = []
        for passage in sorted(value.passages):
            record = self._made.evidence.source_of(passage)
            if record.id not in self.found:
                continue
            shown = compact(passage)
            located = self._located(passage, record, self.found[record.id])
            if not located:
                reasons.append(f"{shown} does not exist in its source")
            elif any(value.pattern.search(normalized(text)) for text in located):
                return None
            else:
                reasons.append(f"not found in {shown}")
        return "; ".join(reasons)

    def _located(self, passage: URIRef, record: SourceRecord, text: str) -> list[str]:
        """Give the text of a passage; for a part of a sentence, the paragraph that it stands in, too."""
        graph = self._made.evidence.graph
        name = str(graph.value(passage, DCTERMS.identifier))
        if name in record.passages:
            start, end = record.passages[name].span
            if end > len(text):
                return []
            opening = text.rfind("\n", 0, start) + 1
            closing = text.find("\n", end)
            return [text[start:end], text[opening : closing if closing >= 0 else len(text)]]
        lines = text.splitlines()
        first, last = (int(str(graph.value(passage, qkg(p)))) for p in ("firstLine", "lastLine"))
        return ["\n".join(lines[first - 1 : last])] if last <= len(lines) else []


def _values(made: Compilation) -> Iterator[_Value]:
    for assertion in made.assertions:
        passages = assertion.passages if assertion.node else assertion.passages - assertion.inferred_from
        if passages:
            what = f"{compact(assertion.subject)} {compact(assertion.predicate)} {assertion.written}"
            yield _Value(what, _pattern(made, assertion), passages, assertion.at)
    for passages, text, place, predicate in made.nodes.written:
        number = re.fullmatch(r"-?\d+(\.\d+)?", text)
        pattern = _decimal_pattern(text) if number else name_pattern(_names_of_id(made, text))
        yield _Value(f"{compact(predicate)} {text}", pattern, passages, place)


def _pattern(made: Compilation, assertion: Assertion) -> re.Pattern[str]:
    if assertion.node:
        if assertion.extent in {None, (None, None)}:
            return name_pattern(made.vocabulary.labels(assertion.predicate))
        return date_pattern(assertion.written, year_implied=assertion.standing == "inferred")
    if assertion.quantity:
        return number_pattern(_amount(assertion))
    if isinstance(assertion.value, Literal):
        if assertion.value.datatype == XSD.integer:
            return number_pattern(Decimal(str(assertion.value)))
        return name_pattern([str(assertion.value)])
    return name_pattern(_names(made, assertion))


def _amount(assertion: Assertion) -> Decimal:
    bounds = dict(assertion.quantity.bounds) if assertion.quantity else {}
    return next(iter(bounds.values()))


def _decimal_pattern(text: str) -> re.Pattern[str]:
    stem = re.escape(text.rstrip("0").rstrip(".") if "." in text else text)
    return re.compile(rf"(?<![\d.]){stem}(?:\.?0*)(?![\d]|\.\d)")


def _names(made: Compilation, assertion: Assertion) -> Iterable[str]:
    value = assertion.value
    words = made.vocabulary.labels(value)
    if words:
        return words
    return _names_of_id(made, assertion.written)


def _names_of_id(made: Compilation, entity_id: str) -> list[str]:
    entity = made.entities.by_id.get(entity_id)
    if entity is None:
        return [entity_id]
    record = entity.record
    bare = re.sub(r"\s*\(.*\)$", "", record.label)  # "Alibaba Cloud (platform)" is written Alibaba Cloud
    return [record.id, record.label, bare, *record.spellings, *(n.value for n in record.names or [])]
