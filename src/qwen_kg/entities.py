"""The entities that data files describe, and finding one by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import DCTERMS, RDF, SKOS, XSD, Literal, Namespace, URIRef

from qwen_kg.authoring.records import EntityRecord, Origin
from qwen_kg.bridge import new_graph
from qwen_kg.errors import Position
from qwen_kg.evidence import Faults, Places
from qwen_kg.namespaces import PREFIXES
from qwen_kg.vocabulary import Vocabulary, qkg, suggest

ID = Namespace(PREFIXES["id"])
SCHEMA = Namespace(PREFIXES["schema"])

#: How a nested variant belongs to the entity that it stands in.
MEMBERSHIP = {"Model": "variantOf", "ModelSeries": "inSeries", "ModelFamily": "inFamily"}


@dataclass(frozen=True)
class Entity:
    """An entity, its record and the entity that the record is nested in."""

    iri: URIRef
    kind: str
    record: EntityRecord
    path: str
    parent: Entity | None = None

    @property
    def inherited(self) -> list[Origin]:
        """What its values come from where they do not say: its own block, and the source of those around."""
        found, above = list(self.record.origins), self.parent
        while above:
            found += [o for o in above.record.origins if o.source and not (o.passage or o.lines)]
            above = above.parent
        return found

    @property
    def variants(self) -> list[str]:
        """The ids of the variants nested in it."""
        return [variant.id for variant in self.record.variants]


class Entities:
    """All entities, by id."""

    def __init__(
        self,
        records: Iterable[tuple[EntityRecord, str | None]],
        vocabulary: Vocabulary,
        faults: Faults,
        places: Places,
    ) -> None:
        self.by_id: dict[str, Entity] = {}
        self.graph = new_graph()
        self._vocabulary, self._faults, self._places = vocabulary, faults, places
        for record, implied in records:
            self._add(record, implied, "", None)

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.by_id.values())

    def _add(self, record: EntityRecord, implied: str | None, path: str, parent: Entity | None) -> None:
        kind = record.kind or implied
        kinds = self._vocabulary.kinds
        if kind is None or kind not in kinds:
            unknown = f'kind: unknown kind "{kind}"{suggest(kind, kinds)}' if kind else "kind: is missing"
            self._faults.append((record.place("kind"), path + unknown))
            return
        if record.id in self.by_id:
            first = self.by_id[record.id].record.at
            self._faults.append(
                (record.place("id"), f'{path}id: "{record.id}" is described already at {first}')
            )
            return
        entity = Entity(URIRef(record.iri or ID[record.id]), kind, record, path, parent)
        self.by_id[record.id] = entity
        self._describe(entity, kinds[kind])
        if record.variants and kind not in MEMBERSHIP:
            self._faults.append((record.at, f"{path}variants: a {kind} has none"))
        for number, variant in enumerate(record.variants):
            self._add(variant, "Variant", f"{path}variants.{number}.", entity)

    def _describe(self, entity: Entity, kind: URIRef) -> None:
        record, add = entity.record, self.graph.add
        self._places[entity.iri, None] = record.at
        add((entity.iri, RDF.type, kind))
        add((entity.iri, SKOS.prefLabel, Literal(record.label, lang="en")))
        add((entity.iri, DCTERMS.description, Literal(record.description, lang="en")))
        add((entity.iri, DCTERMS.identifier, Literal(record.id)))
        if record.url:
            add((entity.iri, SCHEMA.url, Literal(record.url, datatype=XSD.anyURI)))
        for spelling in record.spellings:
            add((entity.iri, SKOS.hiddenLabel, Literal(spelling)))

    def label(self, name: str) -> str:
        """Give the label of the entity of an id, or the id itself where there is none."""
        entity = self.by_id.get(name)
        return entity.record.label if entity else name

    def find(self, name: str, allowed: URIRef, place: Position, path: str) -> URIRef | None:
        """Give the IRI of the entity of that id if it is of the class allowed; note a fault if not."""
        entity = self.by_id.get(name)
        if entity and self._is_a(entity, allowed):
            return entity.iri
        what = self._vocabulary.noun(allowed)
        if entity is None:
            fitting = [e.record.id for e in self if self._is_a(e, allowed)]
            self._faults.append((place, f'{path}unknown {what} "{name}"{suggest(name, fitting)}'))
        else:
            self._faults.append((place, f'{path}"{name}" is of the kind {entity.kind}; expected: {what}'))
        return None

    def _is_a(self, entity: Entity, kind: URIRef) -> bool:
        return kind in self._vocabulary.superclasses[qkg(entity.kind)]
