"""Finding what a person means by a name: a label in any spelling, a CURIE, an IRI, an id of a model hub."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from qwen_kg.errors import NotFoundError
from qwen_kg.namespaces import PREFIXES, compact, prologue
from qwen_kg.results import Store
from qwen_kg.slips import digits, one_off
from qwen_kg.vocabulary import fold

_MENDED = 4  # letters that a name has to have for a slip to be mended

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`]+$")

_NAMES = (
    prologue()
    + """
SELECT ?iri ?name ?rank ?class WHERE {
  VALUES (?property ?rank) {
    (skos:prefLabel 0) (dcterms:identifier 1) (skos:altLabel 2) (skos:hiddenLabel 3)
  }
  {
    GRAPH graph:facts { ?iri a ?kind ; dcterms:description ?any ; ?property ?name }
  } UNION {
    GRAPH graph:ontology { ?iri skos:inScheme ?kind ; ?property ?name }
  } UNION {
    GRAPH graph:sources { ?iri a ?kind ; dcterms:description ?any ; ?property ?name }
  }
  OPTIONAL { GRAPH graph:ontology { ?kind rdfs:subClassOf* ?class } }
}
"""
)


@dataclass(frozen=True)
class _Meaning:
    iri: str
    rank: int
    classes: frozenset[str]


class NameIndex:
    """The names of all entities and words of a store, read once."""

    def __init__(self, store: Store) -> None:
        """Read the names of a store.

        Raises:
            RemoteError: the store is elsewhere and failed.
        """
        rows: dict[tuple[str, str, int], set[str]] = defaultdict(set)
        answer = store.query(_NAMES, accept="text/csv").body.decode()
        for row in csv.DictReader(io.StringIO(answer)):
            rows[row["name"], row["iri"], int(row["rank"])].add(row["class"])
        self._spelling: dict[str, str] = {}
        self._meanings: dict[str, list[_Meaning]] = defaultdict(list)
        for (name, iri, rank), classes in sorted(rows.items()):
            self._spelling.setdefault(fold(name), name)
            self._meanings[fold(name)].append(_Meaning(iri, rank, frozenset(classes)))

    def find(self, name: str, class_iri: str | None = None) -> str:
        """Give the IRI that a name means.

        Args:
            name: a label, alias or id in any case, with or without hyphens and spaces; ``owner/id`` of a
                model hub; a CURIE; or an IRI, which is taken as it is.
            class_iri: the class it should be of; entities of other classes are passed over.

        Raises:
            NotFoundError: nothing has that name, or several things have and none is preferred.
        """
        name = name.strip()
        given = name[1:-1] if name.startswith("<") and name.endswith(">") else name
        if _IRI.match(given) or re.fullmatch(r"urn:[^\s<>\"{}|\\^`]+", given):
            return _checked(given)
        prefix, colon, local = given.partition(":")
        if colon and prefix in PREFIXES and _IRI.match(PREFIXES[prefix] + local):
            return _checked(PREFIXES[prefix] + local)
        for spelling in (given, given.rpartition("/")[2]):
            found = self._best(spelling, class_iri)
            if found:
                return found
        close = difflib.get_close_matches(fold(given), self._keys(class_iri), n=3, cutoff=0.6)
        raise NotFoundError(f'nothing is called "{given}"', [self._spelling[key] for key in close])

    def meanings(self, name: str) -> list[str]:
        """Give the IRIs of all that has a name, in any spelling."""
        return sorted({meaning.iri for meaning in self._meanings.get(fold(name), [])})

    def one_letter_off(self, name: str) -> str | None:
        """Give the name that differs from what is written by one letter, if there is just one such thing.

        Digits have to be the same, because other digits are another model; so have names of few letters.
        """
        key = fold(name)
        if sum(character.isalpha() for character in key) < _MENDED:
            return None
        close = [other for other in self._by_digits.get(digits(key), []) if one_off(key, other)]
        meant = {iri for other in close for iri in self.meanings(other)}
        return self._spelling[close[0]] if len(meant) == 1 else None

    @cached_property
    def _by_digits(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key in self._meanings:
            found[digits(key)].append(key)
        return found

    def _best(self, name: str, class_iri: str | None) -> str | None:
        fitting = [
            m for m in self._meanings.get(fold(name), []) if class_iri is None or class_iri in m.classes
        ]
        if not fitting:
            return None
        best = min(meaning.rank for meaning in fitting)
        iris = sorted({meaning.iri for meaning in fitting if meaning.rank == best})
        if len(iris) > 1:
            several = " and ".join(compact(iri) for iri in iris)
            raise NotFoundError(f'"{name}" is the name of {several}; use one of these')
        return iris[0]

    def _keys(self, class_iri: str | None) -> list[str]:
        if class_iri is None:
            return list(self._meanings)
        return [key for key, found in self._meanings.items() if any(class_iri in m.classes for m in found)]


def _checked(iri: str) -> str:
    """Refuse what looks like an IRI and is none (RFC 3987)."""
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        raise NotFoundError(f'"{iri}" is no IRI') from None
