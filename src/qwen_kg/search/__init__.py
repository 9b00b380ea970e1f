"""Searching by parts of names, as people type them: words in any order and spelling, or with a slip."""

from __future__ import annotations

import csv
import difflib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from qwen_kg.errors import NotFoundError
from qwen_kg.namespaces import PREFIXES, compact, prologue
from qwen_kg.results import Store
from qwen_kg.search.matching import Name, fit, slip, words_of
from qwen_kg.vocabulary import fold

# Whatever has a name: what the data describe, the words of the ontology with the schemes that they are of,
# and its classes and properties. The broader classes are those that a search can be narrowed to.
_NAMED = (
    prologue()
    + """
SELECT ?iri ?name ?rank ?kind ?kindLabel ?description WHERE {
  {
    VALUES ?graph { graph:facts graph:sources }
    VALUES (?property ?rank) {
      (skos:prefLabel 0) (dcterms:identifier 1) (skos:altLabel 2) (skos:hiddenLabel 3)
    }
    GRAPH ?graph { ?iri a ?kind ; dcterms:description ?description ; ?property ?name }
  } UNION {
    VALUES (?property ?rank) { (skos:prefLabel 0) (skos:altLabel 2) (skos:hiddenLabel 3) }
    GRAPH graph:ontology { ?iri skos:inScheme ?kind ; skos:definition ?description ; ?property ?name }
  } UNION {
    VALUES (?type ?kind ?kindLabel ?rank) {
      (owl:Class owl:Class "class" 0)
      (owl:ObjectProperty rdf:Property "property" 0)
      (owl:DatatypeProperty rdf:Property "property" 0)
    }
    GRAPH graph:ontology { ?iri a ?type ; skos:definition ?description ; rdfs:label ?name }
  }
  OPTIONAL { GRAPH graph:ontology { ?kind rdfs:label|skos:prefLabel ?kindLabel } }
}
ORDER BY ?iri ?rank ?name ?kind
"""
)

_BROADER = (
    prologue()
    + """
SELECT ?class ?broader ?label WHERE {
  GRAPH graph:ontology {
    ?class a owl:Class ; rdfs:subClassOf* ?broader . ?broader a owl:Class ; rdfs:label ?label
  }
}
"""
)

_BUILDS = (
    prologue()
    + """
SELECT DISTINCT ?iri WHERE {
  GRAPH graph:facts { ?iri qkg:quantizedFrom|qkg:convertedFrom|qkg:buildFormat [] }
}
"""
)

# What comes first where names fit equally well.
_LINE, _VARIANT, _OTHER, _BUILD, _SOURCE, _WORD, _TERM = range(7)
_PLACES = {
    "qkg:ModelFamily": _LINE,
    "qkg:ModelSeries": _LINE,
    "qkg:Model": _LINE,
    "qkg:Variant": _VARIANT,
    "qkg:Source": _SOURCE,
    "owl:Class": _TERM,
    "rdf:Property": _TERM,
}

_LONG = 200  # characters of what is searched for that are looked at


@dataclass(frozen=True)
class Found:
    """Something that was found: ``matched`` is the name that fits, ``kind`` what it is in plain words."""

    iri: str
    label: str
    matched: str
    kind: str
    description: str


@dataclass
class _Entry:
    """Something with all its names, the preferred one first."""

    iri: str
    label: str
    kind: str
    description: str
    kinds: set[str]
    place: int
    names: list[Name] = field(default_factory=list)


class SearchIndex:
    """The names of all that a store describes, read once; a search looks at each of them."""

    def __init__(self, store: Store) -> None:
        """Read the names of a store.

        Raises:
            RemoteError: the store is elsewhere and failed.
        """
        self._broader: dict[str, set[str]] = {}
        self._classes: dict[str, str] = {}
        for row in _rows(store, _BROADER):
            self._broader.setdefault(row["class"], set()).add(row["broader"])
            self._classes[fold(row["label"])] = row["broader"]
            self._classes.setdefault(fold(row["broader"].removeprefix(PREFIXES["qkg"])), row["broader"])
        builds = {row["iri"] for row in _rows(store, _BUILDS)}
        self._entries = {
            iri: self._entry(iri, list(group), iri in builds)
            for iri, group in groupby(_rows(store, _NAMED), itemgetter("iri"))
        }
        self._kinds = {kind for entry in self._entries.values() for kind in entry.kinds}

    def _entry(self, iri: str, rows: Sequence[dict[str, str]], build: bool) -> _Entry:
        first = rows[0]
        kind = first["kind"]
        named = first["kindLabel"] or compact(kind).partition(":")[2]
        self._classes.setdefault(fold(named), kind)
        entry = _Entry(
            iri,
            first["name"],
            named,
            first["description"],
            {each for row in rows for each in self._broader.get(row["kind"], {row["kind"]})},
            _place(compact(kind), build),
        )
        seen: set[str] = set()
        for row in rows:
            if row["name"] not in seen:
                seen.add(row["name"])
                entry.names.append(Name.of(row["name"], preferred=not entry.names))
        return entry

    def kind(self, word: str) -> str:
        """Give the IRI of the class or the scheme that a word, a CURIE or an IRI means.

        Raises:
            NotFoundError: it means none.
        """
        prefix, _, local = word.partition(":")
        iri = PREFIXES[prefix] + local if prefix in PREFIXES else word
        found = iri if iri in self._kinds else self._classes.get(fold(word))
        if found is None:
            close = difflib.get_close_matches(fold(word), self._classes, n=2)
            raise NotFoundError(
                f'there is no kind of thing called "{word}"', [compact(self._classes[each]) for each in close]
            )
        return found

    def search(self, text: str, kind: str | None = None) -> list[Found]:
        """Find what has a name with all words of a text in it, the best first.

        Case, width, hyphens and spaces do not matter, nor does the order of the words. Only if nothing is
        found, one word may have one letter more, less or other, or two in turn. Of equally good fits, models
        come before variants, these before other things, builds of variants, and words of the ontology;
        and then what is shorter.

        Args:
            text: what is searched for; an IRI or a CURIE is found, too. Nothing finds all of the kind.
            kind: only what is of this class or scheme (see :meth:`kind`).

        Raises:
            NotFoundError: there is no such kind.
        """
        wanted = self.kind(kind) if kind else None
        entries = [entry for entry in self._entries.values() if wanted is None or wanted in entry.kinds]
        text = text.strip()[:_LONG]
        prefix, colon, local = text.partition(":")
        named = self._entries.get(PREFIXES[prefix] + local if colon and prefix in PREFIXES else text)
        if named in entries:
            return [_named(named)]
        words = words_of(text)
        if not words:
            return [] if text or wanted is None else sorted(map(_named, entries), key=_by_label)
        return _ranked(entries, words, slips=False) or _ranked(entries, words, slips=True)

    @cached_property
    def kinds(self) -> dict[str, int]:
        """How many things there are of each kind, by its plain word, the most first."""
        return dict(Counter(entry.kind for entry in self._entries.values()).most_common())

    def close(self, text: str) -> list[str]:
        """Give up to three names that look like a text, for whoever found nothing."""
        near = difflib.get_close_matches(fold(text[:_LONG]), self._spelling, n=3, cutoff=0.5)
        return list(dict.fromkeys(self._spelling[each] for each in near))

    @cached_property
    def _spelling(self) -> dict[str, str]:
        """The label of what has a name, for each name."""
        found: dict[str, str] = {}
        for entry in self._entries.values():
            for name in entry.names:
                found.setdefault(name.folded, entry.label)
        return found


def _rows(store: Store, text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(store.query(text, accept="text/csv").body.decode()))


def _place(kind: str, build: bool) -> int:
    """Say where a kind of thing stands among others that fit equally well."""
    if build:
        return _BUILD
    return _PLACES.get(kind, _WORD if kind.endswith("Scheme") else _OTHER)


def _ranked(entries: Sequence[_Entry], words: Sequence[str], slips: bool) -> list[Found]:
    """Give what fits, the best first."""
    fits = []
    for entry in entries:
        best = min(
            (
                (how, not name.preferred, len(name.folded), name.written, name)
                for name in entry.names
                if (how := slip(name, words) if slips else fit(name, words)) is not None
            ),
            default=None,
        )
        if best is not None:
            fits.append(((best[0], entry.place, len(entry.label), entry.label, entry.iri), entry, best[-1]))
    return [_found(entry, name) for _, entry, name in sorted(fits, key=itemgetter(0))]


def _named(entry: _Entry) -> Found:
    return _found(entry, entry.names[0])


def _by_label(found: Found) -> tuple[str, str]:
    return fold(found.label), found.iri


def _found(entry: _Entry, name: Name) -> Found:
    return Found(entry.iri, entry.label, name.written, entry.kind, entry.description)
