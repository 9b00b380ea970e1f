"""Event records to assertions: what happened to a model, and when, as each source says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from rdflib import Literal, URIRef
from rdflib.term import Node

from qwen_kg import edtf
from qwen_kg.assertions import Assertion
from qwen_kg.authoring.records import EventRecord
from qwen_kg.entities import ID, Entities, Entity
from qwen_kg.evidence import Evidence, Faults
from qwen_kg.statements import StatementMaker
from qwen_kg.values import Extent
from qwen_kg.vocabulary import Vocabulary, qkg

#: The class of an event, by its kind; a release where none is named.
EVENT_CLASSES = {"announcement": "AnnouncementEvent", "clearance": "ClearanceEvent"}


class EventMaker:
    """Reads the events of entity records into assertions, noting faults as it goes."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        entities: Entities,
        evidence: Evidence,
        statements: StatementMaker,
        faults: Faults,
    ) -> None:
        self._vocabulary, self._entities, self._evidence = vocabulary, entities, evidence
        self._statements, self._faults = statements, faults

    def all(self) -> Iterator[Assertion]:
        """Yield the events of all entities."""
        for entity in self._entities:
            for number, event in enumerate(entity.record.events):
                yield from self._event(entity, event, f"{entity.path}events.{number}.")

    def _event(self, entity: Entity, event: EventRecord, path: str) -> Iterator[Assertion]:
        try:
            kind = self._vocabulary.concept(qkg("EventKindScheme"), event.kind)
        except ValueError as error:
            self._faults.append((event.place("kind"), f"{path}kind: {error}"))
            return
        passages = self._evidence.passages(event.origins, entity.inherited, event.at, path.rstrip("."))
        extent: Extent = (None, None)
        if event.date:
            self._evidence.edtf_literal(event.date, event.place("date"), f"{path}date")
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
                node=_event_iri(target, event),
                scope=event.scope,
                condition=event.condition,
                decision=event.decision,
                reason=event.reason,
                details=details,
            )

    def _event_details(
        self, entity: Entity, event: EventRecord, path: str
    ) -> tuple[tuple[URIRef, Node], ...]:
        rows: list[tuple[URIRef, Node]] = []
        for name, key, allowed in (
            ("agent", "agent", "Agent"),
            ("publishedVia", "via", "Platform"),
        ):
            reference = getattr(event, key)
            if reference and (
                iri := self._entities.find(reference, qkg(allowed), event.place(key), f"{path}{key}: ")
            ):
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
                self._faults.append(
                    (event.place("before"), f'{path}before: there is no event of the kind "{event.before}"')
                )
            rows += [(qkg("precedes"), _event_iri(entity, e)) for e in later]
        if event.announces:
            planned = [
                s for s in entity.record.properties.get(event.announces, []) if s.standing == "planned"
            ]
            if not planned:
                self._faults.append(
                    (event.place("announces"), f'{path}announces: nothing is planned for "{event.announces}"')
                )
            rows += [
                (qkg("announces"), a.iri)
                for stated in planned
                for a in self._statements.of_property(entity, event.announces, stated)
            ]
        return tuple(rows)


def _event_iri(entity: Entity, event: EventRecord) -> URIRef:
    when = (event.date or "undated").replace("../", "until-").replace("/..", "-onwards").replace("/", "-to-")
    when = re.sub(r"[^0-9A-Za-z-]", "-", when)  # of a date that is none, which is noted as a fault
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
