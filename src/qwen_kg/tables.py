"""What tables say of entities goes to the records of these: one line of a table is like one of the record."""

from __future__ import annotations

from collections.abc import Iterable

from qwen_kg.authoring.library import Library
from qwen_kg.authoring.records import EntityRecord
from qwen_kg.authoring.rows import EventRow, FactRow
from qwen_kg.evidence import Faults
from qwen_kg.vocabulary import suggest


def attach(library: Library, faults: Faults) -> None:
    """Add the rows of the tables of facts and events to the records of their subjects.

    Args:
        library: what was read; its entities are changed.
        faults: where a row about an entity that nothing describes is noted.
    """
    records = {record.id: record for record in _all(entity for entity, _ in library.entities)}

    def subject(row: FactRow | EventRow) -> EntityRecord | None:
        if row.subject not in records:
            hint = suggest(row.subject, records)
            faults.append((row.place("subject"), f'subject: there is no entity "{row.subject}"{hint}'))
        return records.get(row.subject)

    for fact, table in library.facts:
        if record := subject(fact):
            said = fact.model_copy(update={"origins": fact.found(table)})
            record.properties.setdefault(fact.property, []).append(said)
    for event, table in library.events:
        if record := subject(event):
            record.events.append(event.model_copy(update={"origins": event.found(table)}))


def _all(records: Iterable[EntityRecord]) -> Iterable[EntityRecord]:
    for record in records:
        yield record
        yield from _all(record.variants)
