"""Sources, their versions and their passages: where everything is from.

A passage is a named place of a plain text (characters and paragraph) or a range of lines. It stores where,
and never what: a quotation can be looked up, and ``check-sources`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rdflib import DCTERMS, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

from qwen_kg import edtf
from qwen_kg.authoring.records import Origin, SourceRecord
from qwen_kg.bridge import new_graph
from qwen_kg.errors import Position
from qwen_kg.namespaces import PREFIXES
from qwen_kg.vocabulary import Vocabulary, qkg, suggest

SRC = Namespace(PREFIXES["src"])
OA = Namespace(PREFIXES["oa"])
SCHEMA = Namespace(PREFIXES["schema"])
EDTF = URIRef(PREFIXES["edtf"] + "EDTF")

Faults = list[tuple[Position, str]]
Places = dict[tuple[URIRef, URIRef | None], Position]


def add_bounds(graph: Graph, iri: URIRef, date: str) -> None:
    """Give a dated node the first and the last day that its date allows; an open end has none."""
    try:
        days = edtf.parse(date)
    except ValueError:  # noted as a fault where the literal was made
        return
    for name, day in (("dateEarliest", days.earliest), ("dateLatest", days.latest)):
        if day:
            graph.add((iri, qkg(name), Literal(day.isoformat(), datatype=XSD.date)))


class Evidence:
    """The cited sources, and the passages that have been asked for."""

    def __init__(
        self, records: Iterable[SourceRecord], vocabulary: Vocabulary, faults: Faults, places: Places
    ) -> None:
        self.records: dict[str, SourceRecord] = {}
        self.graph = new_graph()
        self._vocabulary, self._faults, self._places = vocabulary, faults, places
        self._source_of: dict[URIRef, SourceRecord] = {}
        for record in records:
            if record.id in self.records:
                faults.append((record.at, f'the source "{record.id}" is described twice'))
                continue
            self.records[record.id] = record
            self._describe(record)

    def _describe(self, record: SourceRecord) -> None:
        source, add = SRC[record.id], self.graph.add
        self._places[source, None] = record.at
        add((source, RDF.type, qkg("Source")))
        add((source, DCTERMS.identifier, Literal(record.id)))
        add((source, DCTERMS.title, Literal(record.title, lang="en")))
        add((source, SKOS.prefLabel, Literal(record.title, lang="en")))
        add((source, DCTERMS.description, Literal(record.description, lang="en")))
        add((source, qkg("sourceKind"), qkg(record.kind)))
        if record.url:
            add((source, SCHEMA.url, Literal(record.url, datatype=XSD.anyURI)))
        if record.license:
            add((source, DCTERMS.rights, Literal(record.license, lang="en")))
        if record.date:
            add((source, DCTERMS.issued, self.edtf_literal(record.date, record.place("date"), "date")))
        for version_record in record.versions:
            version = SRC[f"{record.id}/version/{version_record.sha256[:12]}"]
            add((version, RDF.type, qkg("SourceVersion")))
            add((version, qkg("versionOf"), source))
            add((version, qkg("sha256"), Literal(version_record.sha256)))
            if version_record.commit:
                add((version, qkg("commit"), Literal(version_record.commit)))
            if version_record.date:
                add(
                    (
                        version,
                        DCTERMS.issued,
                        self.edtf_literal(version_record.date, version_record.place("date"), "date"),
                    )
                )
        for name in record.passages:
            self._named_passage(record, name)

    def edtf_literal(self, text: str, place: Position, path: str) -> Literal:
        """Make an EDTF literal; an impossible date is noted as a fault."""
        try:
            edtf.parse(text)
        except ValueError as error:
            self._faults.append((place, f"{path}: {error}"))
        return Literal(text, datatype=EDTF)

    def passages(
        self, origins: Sequence[Origin], inherited: Sequence[Origin], place: Position, path: str = ""
    ) -> frozenset[URIRef]:
        """Give the passages that origins name; the block above supplies what they leave out.

        An origin that names only a source sets the source for those below and is no passage. With no
        passage in the end, the fault is noted at ``place``.
        """
        chosen = origins if any(o.passage or o.lines for o in origins) else inherited
        for_all = [o for o in origins if not (o.passage or o.lines)]
        naming = next((o for o in (*for_all, *inherited, *origins) if o.source), None)
        found = {
            passage
            for origin in chosen
            if (origin.passage or origin.lines)
            and (passage := self._passage(origin, origin if origin.source else naming))
        }
        if not found and not any(o.passage or o.lines for o in chosen):
            said = f"{path.removesuffix(': ')}: " if path else ""
            self._faults.append(
                (place, f"{said}no source is named; add from, with a passage or lines of a source")
            )
        return frozenset(found)

    def _passage(self, origin: Origin, naming: Origin | None) -> URIRef | None:
        """Give the passage of an origin; ``naming`` is the one that says in which source."""
        if naming is None or naming.source is None:
            self._faults.append((origin.at, f'no source is named for "{origin.passage or origin.lines}"'))
            return None
        source = naming.source
        record = self.records.get(source)
        if record is None:
            hint = suggest(source, self.records)
            self._faults.append((naming.place("source"), f'unknown source "{source}"{hint}'))
            return None
        if origin.passage:
            if origin.passage not in record.passages:
                self._faults.append((origin.at, f'the source "{source}" has no passage "{origin.passage}"'))
                return None
            return SRC[f"{source}/{origin.passage}"]
        return self._lines(record, str(origin.lines), origin.at)

    def _named_passage(self, record: SourceRecord, name: str) -> None:
        passage_record = record.passages[name]
        start, end = passage_record.span
        passage = self._describe_passage(record, name, passage_record.at)
        selector = URIRef(f"{passage}/selector")
        add = self.graph.add
        add((passage, DCTERMS.identifier, Literal(name)))
        add((passage, qkg("paragraph"), Literal(passage_record.paragraph)))
        locator = f"paragraph {passage_record.paragraph}, characters {start} to {end}"
        add((passage, qkg("locator"), Literal(locator)))
        add((passage, OA.hasSelector, selector))
        add((selector, RDF.type, OA.TextPositionSelector))
        add((selector, OA.start, Literal(start)))
        add((selector, OA.end, Literal(end)))

    def _lines(self, record: SourceRecord, lines: str, place: Position) -> URIRef | None:
        first, _, last = lines.partition("-")
        if int(last or first) < int(first):
            self._faults.append((place, f"lines {lines} end before they start"))
            return None
        passage = SRC[f"{record.id}/L{lines}"]
        if passage not in self._source_of:
            self._describe_passage(record, f"L{lines}", place)
            plural = f"lines {first} to {last}" if last else f"line {first}"
            self.graph.add((passage, DCTERMS.identifier, Literal(f"L{lines}")))
            self.graph.add((passage, qkg("locator"), Literal(plural)))
            self.graph.add((passage, qkg("firstLine"), Literal(int(first))))
            self.graph.add((passage, qkg("lastLine"), Literal(int(last or first))))
        return passage

    def _describe_passage(self, record: SourceRecord, name: str, place: Position) -> URIRef:
        passage = SRC[f"{record.id}/{name}"]
        self._source_of[passage] = record
        self._places[passage, None] = place
        version = SRC[f"{record.id}/version/{record.versions[-1].sha256[:12]}"]
        self.graph.add((passage, RDF.type, qkg("Passage")))
        self.graph.add((passage, qkg("source"), SRC[record.id]))
        self.graph.add((passage, qkg("sourceVersion"), version))
        return passage

    def source_of(self, passage: URIRef) -> SourceRecord:
        """Give the source that a passage is in."""
        return self._source_of[passage]

    def rank(self, passages: Iterable[URIRef]) -> int:
        """Give the rank of the best source among passages; 1 is the highest."""
        return min(self._vocabulary.rank(qkg(self._source_of[passage].kind)) for passage in passages)

    def latest(self, passages: Iterable[URIRef]) -> date:
        """Give the last day on which the latest of the sources may be from; the first of days if unknown."""
        days = []
        for passage in passages:
            record = self._source_of[passage]
            text = record.versions[-1].date or record.date
            if text and (latest := edtf.parse(text).latest):
                days.append(latest)
        return max(days, default=date.min)
