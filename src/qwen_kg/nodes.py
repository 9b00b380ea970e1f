"""Claims, offers and evaluations: nodes that carry their evidence themselves.

An offer and an evaluation are assertions too, of a price and of a score, for the resolution to compare.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from decimal import Decimal

from rdflib import RDF, SKOS, XSD, Literal, URIRef
from rdflib.term import Node

from qwen_kg.assertions import Assertion
from qwen_kg.authoring.library import Library
from qwen_kg.authoring.records import ClaimRecord, Origin
from qwen_kg.authoring.rows import EvaluationRow, OfferRow, Row
from qwen_kg.bridge import new_graph
from qwen_kg.entities import ID, Entities
from qwen_kg.errors import Position
from qwen_kg.evidence import Evidence, Faults, Places, add_bounds
from qwen_kg.namespaces import PREFIXES
from qwen_kg.values import Extent, decimal, quantity
from qwen_kg.vocabulary import Vocabulary, qkg

UNITS = {
    "percent": URIRef(PREFIXES["unit"] + "PERCENT"),
    "points": URIRef(PREFIXES["unit"] + "UNITLESS"),
}


class NodeMaker:
    """Turns claim records and the rows of tables into triples, noting faults as it goes."""

    def __init__(
        self, vocabulary: Vocabulary, entities: Entities, evidence: Evidence, faults: Faults, places: Places
    ) -> None:
        self._vocabulary, self._entities, self._evidence = vocabulary, entities, evidence
        self._faults, self._places = faults, places
        self.graph = new_graph()
        #: The prices and scores, for the resolution.
        self.assertions: list[Assertion] = []
        #: What was written, for the check against the sources: passages, text, place, and what it is.
        self.written: list[tuple[frozenset[URIRef], str, Position, URIRef]] = []

    def add_all(self, library: Library) -> None:
        """Make the nodes of all claims, offers and evaluations of a library."""
        for claim, source in library.claims:
            self._claim(claim, [Origin(source=source, at=claim.at)])
        for offer, table in library.offers:
            self._offer(offer, table)
        for evaluation, table in library.evaluations:
            self._evaluation(evaluation, table)

    def _start(
        self,
        iri: URIRef,
        kind: str,
        label: str,
        origins: Sequence[Origin],
        at: Position,
        inherited: Sequence[Origin] = (),
    ) -> frozenset[URIRef]:
        if (iri, None) in self._places:
            self._faults.append((at, f"is given already at {self._places[iri, None]}"))
        self._places[iri, None] = at
        self.graph.add((iri, RDF.type, qkg(kind)))
        self.graph.add((iri, SKOS.prefLabel, Literal(label, lang="en")))
        passages = self._evidence.passages(origins, inherited, at)
        for passage in passages:
            self.graph.add((iri, qkg("supportedBy"), passage))
        return passages

    def _link(
        self, iri: URIRef, name: str, reference: str | None, allowed: str, at: Position
    ) -> URIRef | None:
        other = self._entities.find(reference, qkg(allowed), at, f"{name}: ") if reference else None
        if other:
            self.graph.add((iri, qkg(name), other))
        return other

    def _word(self, iri: URIRef, name: str, word: str, at: Position) -> None:
        try:
            self.graph.add((iri, qkg(name), self._vocabulary.word(name, word)))
        except ValueError as error:
            self._faults.append((at, f"{name}: {error}"))

    def _spoken(self, name: str, word: str) -> str:
        """Give the label of a word, or the word itself where it is none (which is noted elsewhere)."""
        with contextlib.suppress(ValueError):
            return self._vocabulary.labels(self._vocabulary.word(name, word))[0]
        return word

    def _text(self, iri: URIRef, **values: str | None) -> None:
        for name, value in values.items():
            if value:
                self.graph.add((iri, qkg(name), Literal(value)))

    def _date(self, iri: URIRef, name: str, date: str | None, at: Position) -> None:
        if date:
            self.graph.add((iri, qkg(name), self._evidence.edtf_literal(date, at, name)))
            add_bounds(self.graph, iri, date)

    def _claim(self, record: ClaimRecord, source: list[Origin]) -> None:
        iri, at = ID[record.id], record.at
        kind = "ComparisonClaim" if record.comparisons else "Claim"
        self._start(iri, kind, record.label, record.origins, at, source)
        self.graph.add((iri, qkg("standing"), qkg("attributed")))
        self._text(
            iri, claimText=record.text, aspect=record.aspect, scope=record.scope, condition=record.condition
        )
        self._date(iri, "claimDate", record.date, record.place("date"))
        for name, key, allowed in (
            ("claimSubject", "subject", "ModelEntity"),
            ("claimant", "claimant", "Entity"),
            ("reporter", "reporter", "Agent"),
            ("publishedVia", "via", "Platform"),
            ("onBenchmark", "benchmarks", "Entity"),
        ):
            self._link(iri, name, getattr(record, key), allowed, record.place(key))
        for trend in record.trends:
            self._link(iri, "aboutTrend", trend, "Trend", at)
        for number, comparison in enumerate(record.comparisons, 1):
            pair = URIRef(f"{iri}-{number}")
            relation = self._spoken("relation", comparison.relation)
            label = f"{record.label}: {relation} {self._entities.label(comparison.to)}"
            passages = self._start(pair, "Comparison", label, comparison.origins, comparison.at, source)
            self.graph.add((iri, qkg("comparison"), pair))
            self._word(pair, "relation", comparison.relation, comparison.place("relation"))
            self._link(pair, "comparedWith", comparison.to, "Entity", comparison.place("to"))
            self._text(pair, scope=comparison.scope, condition=comparison.condition)
            self.written.append((passages, comparison.to, comparison.place("to"), qkg("comparedWith")))

    def _offer(self, row: OfferRow, table: str) -> None:
        said = (row.model, row.seller, row.region, row.date, row.billed_for, row.currency)
        content = (*said, row.source or table, *filter(None, [row.condition]))
        iri = ID[f"offer-{_digest(content)}"]
        what, who = self._entities.label(row.model), self._entities.label(row.seller)
        tokens = self._spoken("billedFor", row.billed_for)
        where = f" ({row.region})" if row.region else ""
        when = f", {row.condition}" if row.condition else ""
        label = f"{what} from {who}{where}: {row.currency} {row.price} per {row.per} {tokens}{when}"
        passages = self._start(iri, "Offer", label, row.found(table), row.at)
        self.written.append((passages, row.price, row.place("price"), qkg("price")))
        model = self._link(iri, "offeredModel", row.model, "ModelEntity", row.place("model"))
        self._link(iri, "seller", row.seller, "Agent", row.place("seller"))
        self._text(iri, currency=row.currency, region=row.region, condition=row.condition)
        self._date(iri, "offerDate", row.date, row.place("date"))
        self._word(iri, "billedFor", row.billed_for, row.place("billedFor"))
        if (price := self._number(iri, "price", row.price, row.place("price"))) is not None and model:
            self.assertions.append(
                Assertion(
                    subject=model,
                    predicate=qkg("price"),
                    value=Literal(price),
                    passages=passages,
                    at=row.place("price"),
                    written=row.price,
                    single_valued=True,
                    extent=(price, price),
                    node=iri,
                    condition=row.condition,
                    aspects=(row.seller, row.currency, row.per, row.billed_for),
                    limits=(row.region, row.date),
                )
            )
        try:
            amount = quantity(row.per, self._vocabulary.properties["trainingTokens"])
        except ValueError as error:
            self._faults.append((row.place("per"), f"per: {error}"))
            return
        self.graph.add((iri, qkg("referenceQuantity"), amount.iri))
        self.add_quantity(amount.iri, amount.triples())

    def _evaluation(self, row: EvaluationRow, table: str) -> None:
        said = (row.variant, row.benchmark, row.metric, row.setting, row.score, row.unit)
        content = (*said, row.source or table)
        iri = ID[f"evaluation-{_digest(content)}"]
        setting = f" ({row.setting})" if row.setting else ""
        what, test = self._entities.label(row.variant), self._entities.label(row.benchmark)
        label = f"{what} on {test}, {row.metric}{setting}: {row.score}"
        passages = self._start(iri, "Evaluation", label, row.found(table), row.at)
        self.written.append((passages, row.score, row.place("score"), qkg("score")))
        variant = self._link(iri, "evaluates", row.variant, "Variant", row.place("variant"))
        self._link(iri, "onBenchmark", row.benchmark, "Benchmark", row.place("benchmark"))
        self._text(iri, metric=row.metric, setting=row.setting)
        for name, bound in (("scoreLower", "lower"), ("scoreUpper", "upper")):
            if text := getattr(row, bound):
                self._number(iri, name, text, row.place(bound))
        self._date(iri, "evaluationDate", row.date, row.place("date"))
        self.graph.add((iri, qkg("scoreUnit"), UNITS[row.unit]))
        if (score := self._number(iri, "score", row.score, row.place("score"))) is not None and variant:
            self.assertions.append(
                Assertion(
                    subject=variant,
                    predicate=qkg("score"),
                    value=Literal(score),
                    passages=passages,
                    at=row.place("score"),
                    written=row.score,
                    standing=row.standing,
                    single_valued=True,
                    extent=_rounded(row.score),
                    node=iri,
                    aspects=(
                        row.benchmark,
                        row.metric,
                        row.setting,
                        row.unit,
                        row.date,
                        self._measurer(row, table),
                    ),
                )
            )

    def _measurer(self, row: Row, table: str) -> str:
        """Give who measured: the makers, or one of the others, whose scores are measurements of their own."""
        source = row.source or table
        record = self._evidence.records.get(source)
        return "official" if record and record.kind == "official" else source

    def _number(self, iri: URIRef, name: str, text: str, at: Position) -> Decimal | None:
        try:
            number = decimal(text)
        except ValueError as error:
            self._faults.append((at, f"{name}: {error}"))
            return None
        self.graph.add((iri, qkg(name), Literal(number, datatype=XSD.decimal)))
        return number

    def add_quantity(self, iri: URIRef, rows: Sequence[tuple[URIRef, Node]]) -> None:
        """Describe a quantity node."""
        self.graph.add((iri, RDF.type, qkg("Quantity")))
        for predicate, value in rows:
            self.graph.add((iri, predicate, value))
            if predicate == qkg("notation"):
                self.graph.add((iri, SKOS.prefLabel, value))


def _rounded(text: str) -> Extent:
    """Give the range that a score may be from which was rounded to the digits that are written.

    It is a little more than half a unit of the last digit: 81.45 becomes 81.5 and then 82.
    """
    score, digits = Decimal(text), len(text.partition(".")[2])
    margin = Decimal("0.556").scaleb(-digits)
    return score - margin, score + margin


def _digest(parts: tuple[str | None, ...]) -> str:
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()[:12]
