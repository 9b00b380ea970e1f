"""Entity records to assertions: what each source says, one triple at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rdflib import SKOS, XSD, Literal, URIRef
from rdflib.term import Node

from qwen_kg.assertions import Assertion
from qwen_kg.authoring.records import SourceRecord, Stated
from qwen_kg.entities import MEMBERSHIP, Entities, Entity
from qwen_kg.errors import Position
from qwen_kg.evidence import SRC, Evidence, Faults
from qwen_kg.values import Quantity, count, count_extent, quantity
from qwen_kg.vocabulary import Property, Vocabulary, qkg, suggest


class StatementMaker:
    """Reads entity and source records into assertions, noting faults as it goes."""

    def __init__(
        self, vocabulary: Vocabulary, entities: Entities, evidence: Evidence, faults: Faults
    ) -> None:
        self._vocabulary, self._entities = vocabulary, entities
        self._evidence, self._faults = evidence, faults

    def all(self) -> Iterator[Assertion]:
        """Yield the statements of all entities and sources."""
        for entity in self._entities:
            yield from self._of_entity(entity)
        for record in self._evidence.records.values():
            yield from self._of_source(record)

    def _of_entity(self, entity: Entity) -> Iterator[Assertion]:
        record = entity.record
        if entity.parent:
            name = MEMBERSHIP.get(entity.parent.kind, "partOf")
            if name not in record.properties:
                parent = Stated(value=entity.parent.record.id, at=record.at)
                yield from self.of_property(entity, name, parent)
        for stated in record.names or []:
            value = Literal(stated.value, lang=stated.language)
            yield from self._spread(entity, stated, SKOS.altLabel, value, f"{entity.path}names: ")
        for name, values in record.properties.items():
            for stated in values:
                yield from self.of_property(entity, name, stated)

    def _of_source(self, record: SourceRecord) -> Iterator[Assertion]:
        row = self._vocabulary.stated["linksTo"]
        for stated in record.links_to or []:
            page = self._entities.find(stated.value, row.range, stated.place("value"), "linksTo: ")
            passages = self._evidence.passages(stated.origins, record.origins, stated.at, "linksTo: ")
            if page:
                yield self._assertion(SRC[record.id], row.iri, page, stated, passages, stated.at)

    def of_property(self, entity: Entity, name: str, stated: Stated) -> Iterator[Assertion]:
        """Yield the assertions of one value of a property of an entity."""
        path = f"{entity.path}{name}: "
        row = self._vocabulary.stated.get(name)
        if row is None:
            hint = suggest(name, self._vocabulary.stated)
            self._faults.append((stated.at, f'{path}unknown property "{name}"{hint}'))
        elif row.domain not in self._vocabulary.superclasses[qkg(entity.kind)]:
            noun = self._vocabulary.noun(row.domain)
            self._faults.append(
                (stated.at, f"{path}is said of: {noun}; {entity.record.id} is of the kind {entity.kind}")
            )
        else:
            value = self._value(row, stated, path)
            if value is not None:
                yield from self._spread(entity, stated, row.iri, value, path, row.single_valued)

    def _value(self, row: Property, stated: Stated, path: str) -> Node | Quantity | None:
        """Read a value as the range of its property says; a fault is noted and gives None."""
        try:
            if row.scheme:
                return self._vocabulary.concept(row.scheme, stated.value)
            if row.range == qkg("Quantity"):
                relative_to = None
                if stated.relative_to:
                    relative_to = self._entities.find(stated.relative_to, qkg("Entity"), stated.at, path)
                return quantity(stated.value, row, relative_to, stated.measured_in, stated.condition)
            if self._vocabulary.is_numeric(row):
                return Literal(count(stated.value))
            if row.range in self._vocabulary.superclasses:
                return self._entities.find(stated.value, row.range, stated.place("value"), path)
            return Literal(stated.value)
        except ValueError as error:
            self._faults.append((stated.place("value"), f"{path}{error}"))
            return None

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
        passages = self._evidence.passages(stated.origins, entity.inherited, stated.at, path)
        affirmed = stated.polarity == "affirmed"
        common = self._assertion(entity.iri, predicate, value, stated, passages, stated.place("value"))
        common = replace(common, affirmed=affirmed, single_valued=single_valued)
        if isinstance(value, Literal) and value.datatype == XSD.integer:
            common = replace(common, extent=count_extent(stated.value))
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
                denying = self._evidence.passages(
                    stated.exceptions[variant_id], entity.inherited, stated.at, path
                )
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
            value=value.iri if isinstance(value, Quantity) else value,
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
