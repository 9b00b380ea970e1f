"""The members of the family as pictures need them: what each is, belongs to and comes from, since when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from itertools import chain

from qwen_kg.namespaces import PREFIXES, compact, prologue
from qwen_kg.results import Store
from qwen_kg.web.tables import link, select

#: The classes of members, and the words for them.
CLASSES = {
    "qkg:ModelFamily": "family",
    "qkg:ModelSeries": "series",
    "qkg:Model": "model",
    "qkg:Variant": "variant",
}
#: The relations from the later to the earlier, and the words for the way back.
RELATIONS = {
    "qkg:successorOf": "succeeded by",
    "qkg:fineTunedFrom": "fine-tuned to",
    "qkg:distilledFrom": "distilled to",
    "qkg:mergedFrom": "merged into",
    "qkg:adapterOf": "adapted by",
    "qkg:snapshotOf": "fixed as",
    "qkg:quantizedFrom": "quantised to",
    "qkg:convertedFrom": "converted to",
}
#: How well a kind of release event dates what it concerns; what is not named dates it worst.
DATING = {
    "qkg:release": 0,
    "qkg:weightsRelease": 0,
    "qkg:service": 0,
    "qkg:betaService": 0,
    "qkg:repository": 1,
    "qkg:paper": 2,
}
_VALUES = (
    "qkg:variantOf",
    "qkg:inSeries",
    "qkg:inFamily",
    "qkg:modelType",
    "qkg:license",
    "qkg:access",
    "qkg:buildFormat",
    "qkg:totalParameters",
    "qkg:activeParameters",
    *RELATIONS,
)
_MEMBERS = """
SELECT ?member ?class ?label {
  VALUES ?class { %s }
  ?member a ?class ; skos:prefLabel ?label .
} ORDER BY ?label ?member"""
_FACTS = """
SELECT ?member ?property ?value {
  VALUES ?property { %s }
  ?member ?property ?value .
} ORDER BY ?member ?value"""
_LABELS = """
SELECT DISTINCT ?value ?label {
  VALUES ?property { qkg:modelType qkg:license qkg:access qkg:buildFormat }
  ?member ?property ?value .
  ?value skos:prefLabel ?label .
}"""
RELEASES = """
SELECT ?member ?kind ?kindLabel ?date ?earliest ?event {
  ?event a qkg:ReleaseEvent ; qkg:concerns ?member ; qkg:eventKind ?kind ;
         qkg:date ?date ; qkg:dateEarliest ?earliest ; qkg:standing ?standing .
  FILTER(?standing IN (qkg:asserted, qkg:inferred))
  MINUS { ?finer qkg:refines ?event }
  ?kind skos:prefLabel ?kindLabel .
} ORDER BY ?earliest ?member ?event"""


@dataclass(frozen=True)
class Release:
    """A release: what of, its first possible day, the date as its source has it, and what was released."""

    member: str
    day: date
    written: str
    kind: str
    kind_label: str
    event: str


@dataclass
class Member:
    """A family, series, model or variant; everything by IRI, as far as the graph knows it."""

    iri: str
    label: str
    kind: str
    facts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    releases: list[Release] = field(default_factory=list)

    @property
    def link(self) -> str:
        """The path of its page."""
        return link(self.iri).replace("/id/", "/page/", 1)

    def first(self, name: str) -> str:
        """Give one value of a property, or nothing."""
        return next(iter(self.facts.get(name, ())), "")

    @property
    def is_build(self) -> bool:
        """Whether it is the weights of another variant in another format."""
        return bool(self.facts.get("qkg:quantizedFrom") or self.facts.get("qkg:convertedFrom"))


def rank(release: Release) -> tuple[int, bool, date]:
    """Rank a release as a date: by its kind, then a date with a month before a year, then the earliest."""
    return DATING.get(release.kind, len(DATING)), len(release.written) <= len("2024"), release.day


@dataclass(frozen=True)
class Family:
    """All members by their IRIs, and the labels of what is said of them."""

    members: Mapping[str, Member]
    labels: Mapping[str, str]

    def parts(self) -> dict[str, list[Member]]:
        """Give the variants of each model."""
        found: dict[str, list[Member]] = defaultdict(list)
        for member in self.members.values():
            for whole in member.facts.get("qkg:variantOf", ()):
                found[whole].append(member)
        return found

    def purposes(self) -> dict[str, str]:
        """Give the type that tells most of each member: its rarest, or else that of what it belongs to.

        A model without a type has that of most of its variants.
        """
        counted = Counter(each for member in self.members.values() for each in member.facts["qkg:modelType"])
        found = {
            member.iri: min(member.facts["qkg:modelType"], key=lambda each: (counted[each], each))
            for member in self.members.values()
            if member.facts["qkg:modelType"]
        }
        parts = self.parts()
        for whole, variants in parts.items():
            of_parts = Counter(found[each.iri] for each in variants if each.iri in found)
            if of_parts and whole not in found:
                found[whole] = max(of_parts, key=lambda each: (of_parts[each], -counted[each]))
        for whole, variants in parts.items():
            if whole in found:
                found.update({each.iri: found[whole] for each in variants if each.iri not in found})
        return found

    def lines(self) -> list[tuple[Member, list[Member]]]:
        """Give what is released under a name: each model with its variants, and each variant of no model.

        Builds are left out, and so is what is no part of a family.
        """
        parts = self.parts()
        return [
            (member, [each for each in parts.get(member.iri, ()) if not each.is_build])
            for member in self.members.values()
            if member.kind == "model"
            or (
                member.kind == "variant"
                and not member.facts["qkg:variantOf"]
                and not member.is_build
                and self.belongs(member)
            )
        ]

    def dated(self, member: Member) -> Release | None:
        """Give the release that dates a line or a variant: the earliest of the kind that does it best."""
        of_parts = (each.releases for each in self._parts.get(member.iri, ()) if not each.is_build)
        return min(chain(member.releases, *of_parts), key=rank, default=None)

    @cached_property
    def _parts(self) -> dict[str, list[Member]]:
        return self.parts()

    def belongs(self, member: Member) -> bool:
        """Say whether it is a part of one of the families."""
        wholes = ("qkg:variantOf", "qkg:inSeries", "qkg:inFamily")
        return member.kind == "family" or any(member.facts.get(name) for name in wholes)

    def series(self, member: Member) -> list[str]:
        """Give the series that it is in, itself or through its model."""
        found = list(member.facts.get("qkg:inSeries", ()))
        for whole in member.facts.get("qkg:variantOf", ()):
            if whole in self.members:
                found += self.members[whole].facts.get("qkg:inSeries", ())
        return list(dict.fromkeys(found))


def read_family(store: Store) -> Family:
    """Ask a graph for its family."""
    members = {
        row["member"]["value"]: Member(
            row["member"]["value"], row["label"]["value"], CLASSES[_name(row["class"]["value"])]
        )
        for row in select(store, prologue() + _MEMBERS % " ".join(CLASSES))
    }
    for row in select(store, prologue() + _FACTS % " ".join(_VALUES)):
        if row["member"]["value"] in members:
            facts = members[row["member"]["value"]].facts
            facts[_name(row["property"]["value"])].append(row["value"]["value"])
    for release in read_releases(store):
        if release.member in members:
            members[release.member].releases.append(release)
    labels = {row["value"]["value"]: row["label"]["value"] for row in select(store, prologue() + _LABELS)}
    return Family(members, {**labels, **{iri: each.label for iri, each in members.items()}})


def read_releases(store: Store) -> Iterable[Release]:
    """Ask a graph for the accepted releases, the earliest first."""
    for row in select(store, prologue() + RELEASES):
        yield Release(
            row["member"]["value"],
            date.fromisoformat(row["earliest"]["value"]),
            row["date"]["value"],
            _name(row["kind"]["value"]),
            row["kindLabel"]["value"],
            row["event"]["value"],
        )


_name = cache(compact)  # the same few properties and kinds come again and again


def page_of(iri: str) -> str:
    """Give the path of the page of an entity of ours, or the address of another's."""
    return link(iri).replace("/id/", "/page/", 1) if iri.startswith(PREFIXES["id"]) else link(iri)
