"""Entity records to assertions: what each source says, one triple or event at a time.

An assertion is what the resolution weighs. Most become a ``qkg:Statement``; those about something that
happened become an event, which is a node of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rdflib import SKOS, Literal, URIRef
from rdflib.term import Node

from qwen_kg import edtf
from qwen_kg.authoring.records import EventRecord, Origins, SourceRecord, Stated
from qwen_kg.entities import ID, MEMBERSHIP, Entities, Entity, suggest
from qwen_kg.errors import Position
from qwen_kg.evidence import SRC, Evidence, Faults
from qwen_kg.namespaces import PREFIXES
from qwen_kg.values import Extent, Quantity, count, quantity
from qwen_kg.vocabulary import Property, Vocabulary, fold, qkg

#: The class of an event, by its kind; a release where none is named.
EVENT_CLASSES = {"announcement": "AnnouncementEvent", "clearance": "ClearanceEvent"}


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """One thing that passages say, with all that the resolution needs to weigh it.

    ``predicate`` is a property, or for an event its kind. ``extent`` is what the value leaves open, as
    bounds on one scale, where it is a date or a quantity. ``details`` are further triples of the node.
    """

    subject: URIRef
    predicate: URIRef
    value: Node
    passages: frozenset[URIRef]
    at: Position
    written: str
    affirmed: bool = True
    standing: str = "asserted"
    single_valued: bool = False
    extent: Extent | None = None
    quantity: Quantity | None = None
    event_iri: URIRef | None = None
    as_of: str | None = None
    scope: str | None = None
    condition: str | None = None
    decision: str | None = None
    reason: str | None = None
    details: tuple[tuple[URIRef, Node], ...] = field(default=(), compare=False)

    @property
    def iri(self) -> URIRef:
        """The IRI of the event, or one made of the content of the statement."""
        if self.event_iri:
            return self.event_iri
        parts = [self.subject.n3(), self.predicate.n3(), self.value.n3(), str(self.affirmed)]
        parts += [
            self.standing if self.standing in {"planned", "attributed"} else "",
            *map(str, self.qualifiers),
        ]
        return URIRef(PREFIXES["st"] + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16])

    @property
    def qualifiers(self) -> tuple[str | None, str | None, str | None]:
        """What narrows it: statements with different qualifiers do not contradict each other."""
        return self.as_of, self.scope, self.condition


class StatementMaker:
    """Reads entity and source records into assertions, noting faults as it goes."""

    def __init__(
        self, vocabulary: Vocabulary, entities: Entities, evidence: Evidence, faults: Faults
    ) -> None:
        self._vocabulary, self._entities, self._evidence, self._faults = (
            vocabulary,
            entities,
            evidence,
            faults,
        )

    def assertions(self) -> list[Assertion]:
        """Give all assertions of all entities and sources, equal ones merged with all their passages."""
        merged: dict[URIRef, Assertion] = {}
        for assertion in self._all():
            iri = assertion.iri
            if iri in merged:
                merged[iri] = replace(
                    merged[iri],
                    passages=merged[iri].passages | assertion.passages,
                    decision=merged[iri].decision or assertion.decision,
                )
            else:
                merged[iri] = assertion
        return list(merged.values())

    def _all(self) -> Iterator[Assertion]:
        for entity in self._entities:
            yield from self._of_entity(entity)
        for record in self._evidence.records.values():
            yield from self._of_source(record)

    def _of_entity(self, entity: Entity) -> Iterator[Assertion]:
        record = entity.record
        if entity.parent:
            name = MEMBERSHIP.get(entity.parent.kind, "partOf")
            if name not in record.properties:
                parent = Stated(value=entity.parent.record.id, at=record.at, value_at=record.at)
                yield from self._stated(entity, name, parent)
        for stated in record.names or []:
            value = Literal(stated.value, lang=stated.language)
            yield from self._spread(entity, stated, SKOS.altLabel, value, f"{entity.path}names: ")
        for name, values in record.properties.items():
            for stated in values:
                yield from self._stated(entity, name, stated)
        for number, event in enumerate(record.events):
            yield from self._event(entity, event, f"{entity.path}events.{number}.")

    def _of_source(self, record: SourceRecord) -> Iterator[Assertion]:
        row = self._vocabulary.stated["linksTo"]
        for stated in record.links_to or []:
            page = self._entities.find(stated.value, row.range, stated.value_at, "linksTo: ")
            passages = self._evidence.passages(stated.origins, record.origins, stated.at)
            if page:
                yield self._assertion(SRC[record.id], row.iri, page, stated, passages, stated.at)

    def _stated(self, entity: Entity, name: str, stated: Stated) -> Iterator[Assertion]:
        path = f"{entity.path}{name}: "
        row = self._vocabulary.stated.get(name)
        if row is None:
            hint = suggest(name, self._vocabulary.stated)
            self._faults.append((stated.at, f'{path}unknown property "{name}"{hint}'))
        elif row.domain not in self._vocabulary.superclasses[qkg(entity.kind)]:
            noun = self._vocabulary.noun(row.domain)
            self._faults.append((stated.at, f"{path}is said of a {noun}, and {entity.record.id} is a {entity.kind}"))
        else:
            value = self._value(row, stated, path)
            if value is not None:
                yield from self._spread(entity, stated, row.iri, value, path, row.single_valued)

    def _value(self, row: Property, stated: Stated, path: str) -> Node | Quantity | None:
        """Read a value as the range of its property says; a fault is noted and gives None."""
        try:
            if row.scheme:
                return self._concept(row.scheme, stated.value)
            if row.range == qkg("Quantity"):
                relative_to = None
                if stated.relative_to:
                    relative_to = self._entities.find(stated.relative_to, qkg("Entity"), stated.at, path)
                return quantity(stated.value, row, relative_to, stated.measured_in, stated.condition)
            if self._vocabulary.is_numeric(row):
                return Literal(count(stated.value))
            if row.range in self._vocabulary.superclasses:
                return self._entities.find(stated.value, row.range, stated.value_at, path)
            return Literal(stated.value)
        except ValueError as error:
            self._faults.append((stated.value_at, f"{path}{error}"))
            return None

    def _concept(self, scheme: URIRef, word: str) -> URIRef:
        concepts = self._vocabulary.concepts(scheme)
        if fold(word) not in concepts:
            names = sorted({iri.removeprefix(PREFIXES["qkg"]) for iri in concepts.values()})
            hint = suggest(word, names) or f"; one of {', '.join(names)} is expected"
            raise ValueError(f'unknown word "{word}"{hint}')
        return concepts[fold(word)]

    def _spread(
        self,
        entity: Entity,
        stated: Stated,
        predicate: URIRef,
        value: Node | Quantity,
        path: str,
        single_valued: bool = False,
    ) -> Iterator[Assertion]:
        """Give the assertion, and with ``each`` one for every variant, denied for the exceptions.

        With an exception nothing is said of the entity as a whole, because it does not hold of all of it.
        """
        passages = self._passages(entity, stated.origins, stated.at)
        affirmed = stated.polarity == "affirmed"
        common = self._assertion(entity.iri, predicate, value, stated, passages, stated.value_at)
        common = replace(common, affirmed=affirmed, single_valued=single_valued)
        if not stated.exceptions:
            yield common
        if not stated.each:
            return
        if not entity.variants:
            self._faults.append((stated.at, f"{path}each: there are no variants in this block"))
        for unknown in sorted(set(stated.exceptions) - set(entity.variants)):
            known = suggest(unknown, entity.variants)
            self._faults.append((stated.at, f'{path}except: "{unknown}" is no variant of this block{known}'))
        for variant_id in entity.variants:
            variant = self._entities.by_id.get(variant_id)
            if variant is None:
                continue
            of_variant = replace(common, subject=variant.iri)
            if variant_id in stated.exceptions:
                denying = self._passages(entity, stated.exceptions[variant_id], stated.at)
                of_variant = replace(of_variant, affirmed=not affirmed, passages=denying)
            yield of_variant

    def _assertion(
        self,
        subject: URIRef,
        predicate: URIRef,
        value: Node | Quantity,
        stated: Stated,
        passages: frozenset[URIRef],
        at: Position,
    ) -> Assertion:
        amount = value if isinstance(value, Quantity) else None
        if stated.as_of:
            self._evidence.edtf_literal(stated.as_of, stated.at, "asOf")
        return Assertion(
            subject=subject,
            predicate=predicate,
            value=amount.iri if isinstance(value, Quantity) else value,  # type: ignore[union-attr]
            passages=passages,
            at=at,
            written=stated.value,
            standing=stated.standing,
            extent=amount.extent if amount else None,
            quantity=amount,
            as_of=stated.as_of,
            scope=stated.scope,
            condition=None if amount else stated.condition,
            decision=stated.decision,
            reason=stated.reason,
        )

    def _passages(self, entity: Entity, origins: Origins, at: Position) -> frozenset[URIRef]:
        """Give the passages of a value: its own, those of its block, or those of the block around."""
        inherited = list(entity.record.origins)
        above = entity.parent
        while above:
            inherited += [o for o in above.record.origins if o.source and not (o.passage or o.lines)]
            above = above.parent
        return self._evidence.passages(origins, inherited, at)

    def _event(self, entity: Entity, event: EventRecord, path: str) -> Iterator[Assertion]:
        try:
            kind = self._concept(qkg("EventKindScheme"), event.kind)
        except ValueError as error:
            self._faults.append((event.at, f"{path}kind: {error}"))
            return
        passages = self._passages(entity, event.origins, event.at)
        extent: Extent = (None, None)
        if event.date:
            self._evidence.edtf_literal(event.date, event.at, f"{path}date")
            extent = _days(event.date)
        targets = [entity]
        if event.each:
            chosen = event.only or entity.variants
            for unknown in sorted(set(event.only) - set(entity.variants)):
                self._faults.append((event.at, f'{path}only: "{unknown}" is no variant of this block'))
            targets += [self._entities.by_id[name] for name in chosen if name in self._entities.by_id]
        details = self._event_details(entity, event, path)
        for target in targets:
            yield Assertion(
                subject=target.iri,
                predicate=kind,
                value=Literal(event.date or "undated"),
                passages=passages,
                at=event.at,
                written=event.date or event.kind,
                standing=event.standing,
                single_valued=True,
                extent=extent,
                event_iri=_event_iri(target, event),
                scope=event.scope,
                condition=event.condition,
                decision=event.decision,
                reason=event.reason,
                details=details,
            )

    def _event_details(self, entity: Entity, event: EventRecord, path: str) -> tuple[tuple[URIRef, Node], ...]:
        rows: list[tuple[URIRef, Node]] = []
        for name, reference, allowed in (
            ("agent", event.agent, "Agent"),
            ("publishedVia", event.via, "Platform"),
        ):
            if reference and (iri := self._entities.find(reference, qkg(allowed), event.at, f"{path}{name}: ")):
                rows.append((qkg(name), iri))
        for name, text in (
            ("dateNote", event.note),
            ("timeZone", event.time_zone),
            ("underName", event.under_name),
        ):
            if text:
                rows.append((qkg(name), Literal(text)))
        if event.before:
            later = [e for e in entity.record.events if e.kind == event.before]
            if not later:
                self._faults.append((event.at, f'{path}before: there is no event of the kind "{event.before}"'))
            rows += [(qkg("precedes"), _event_iri(entity, e)) for e in later]
        if event.announces:
            planned = [s for s in entity.record.properties.get(event.announces, []) if s.standing == "planned"]
            if not planned:
                self._faults.append((event.at, f'{path}announces: nothing is planned for "{event.announces}"'))
            rows += [
                (qkg("announces"), a.iri) for stated in planned for a in self._stated(entity, event.announces, stated)
            ]
        return tuple(rows)


def _event_iri(entity: Entity, event: EventRecord) -> URIRef:
    when = (event.date or "undated").replace("../", "until-").replace("/..", "-onwards").replace("/", "-to-")
    return ID[f"{entity.record.id}-{event.kind}-{when}"]


def _days(date: str) -> Extent:
    try:
        days = edtf.parse(date)
    except ValueError:  # noted already, with its place
        return None, None
    return (
        Decimal(days.earliest.toordinal()) if days.earliest else None,
        Decimal(days.latest.toordinal()) if days.latest else None,
    )
