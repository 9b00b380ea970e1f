"""The ontology as a table: which properties there are, what they apply to, and which words they take.

The authoring format, the resolution and the checks read it from ``ontology/*.ttl``, so that a property or a
word is added in one place and needs no code.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from qwen_kg.files import read_turtle
from qwen_kg.namespaces import PREFIXES

QKG = PREFIXES["qkg"]


@cache
def qkg(name: str) -> URIRef:
    """Give the IRI of a term of the ontology."""
    return URIRef(QKG + name)


def fold(text: str) -> str:
    r"""Bring a name to the form in which names are compared.

    Width and compatibility forms are made one, case is dropped, and so is everything but letters, digits
    and dots, because sources write ``Qwen2.5-VL``, ``qwen 2.5 vl`` and ``Qwen2.5 VL``.

    >>> fold("Qwen 2.5-VL") == fold("qwen2.5\u2011vl")
    True
    """
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in normal if character.isalnum() or character == ".").strip(".")


def suggest(name: str, candidates: Iterable[str]) -> str:
    """Give ``, did you mean X?`` for the candidate closest to a name, or nothing where none is close."""
    by_fold = {fold(candidate): candidate for candidate in candidates}
    close = difflib.get_close_matches(fold(name), by_fold, n=1, cutoff=0.6)
    return f", did you mean {by_fold[close[0]]}?" if close else ""


@dataclass(frozen=True)
class Property:
    """One row of the table of properties."""

    name: str
    iri: URIRef
    domain: URIRef
    range: URIRef
    scheme: URIRef | None
    unit: URIRef | None
    stated: bool
    single_valued: bool
    binary_prefixes: bool


#: Classes of which nothing is without being of a narrower one, and classes that have files of their own.
_GENERAL = ("Entity", "ModelEntity", "Agent")
_RECORDED_ELSEWHERE = {"Event", "Claim", "Comparison", "Evaluation", "Offer", "Quantity", "Statement"}
_RECORDED_ELSEWHERE |= {"Passage", "Source", "SourceVersion"}


class Vocabulary:
    """The ontology and its concept schemes."""

    def __init__(self, graph: Graph) -> None:
        """Index a graph that holds the ontology and the concept schemes."""
        self.graph = graph

    @classmethod
    def read(cls, ontology: Path) -> Vocabulary:
        """Read ``qwen-kg.ttl`` and ``vocabularies.ttl`` of a directory.

        Raises:
            DataError: one of them cannot be read.
        """
        graph = Graph()
        for name in ("qwen-kg.ttl", "vocabularies.ttl"):
            read_turtle(ontology / name, f"{ontology.name}/{name}", graph)
        return cls(graph)

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Every property of the ontology, by its local name."""
        table = {}
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
            for iri in self.graph.subjects(RDF.type, kind):
                if isinstance(iri, URIRef) and iri.startswith(QKG):
                    name = iri.removeprefix(QKG)
                    table[name] = self._property(name, iri)
        return table

    def _property(self, name: str, iri: URIRef) -> Property:
        def one(predicate: URIRef) -> URIRef | None:
            value = self.graph.value(iri, predicate)
            return value if isinstance(value, URIRef) else None

        def marked(annotation: str) -> bool:
            return (iri, qkg(annotation), Literal(True)) in self.graph

        return Property(
            name=name,
            iri=iri,
            domain=one(RDFS.domain) or OWL.Thing,
            range=one(RDFS.range) or RDFS.Literal,
            scheme=one(qkg("valueScheme")),
            unit=one(qkg("defaultUnit")),
            stated=marked("isStated"),
            single_valued=marked("singleValued"),
            binary_prefixes=marked("binaryPrefixes"),
        )

    @cached_property
    def stated(self) -> dict[str, Property]:
        """The properties that a data file may give to an entity."""
        return {name: row for name, row in self.properties.items() if row.stated}

    @cached_property
    def superclasses(self) -> dict[URIRef, frozenset[URIRef]]:
        """Every class of the ontology with itself and all classes above it."""
        classes = [iri for iri in self.graph.subjects(RDF.type, OWL.Class) if isinstance(iri, URIRef)]
        return {
            iri: frozenset(
                c for c in self.graph.transitive_objects(iri, RDFS.subClassOf) if isinstance(c, URIRef)
            )
            for iri in classes
        }

    @cached_property
    def kinds(self) -> dict[str, URIRef]:
        """The classes that a data file may name as the kind of an entity, by local name."""
        elsewhere = {qkg(name) for name in _RECORDED_ELSEWHERE}
        return {
            iri.removeprefix(QKG): iri
            for iri, above in self.superclasses.items()
            if qkg("Entity") in above and not above & elsewhere and iri not in map(qkg, _GENERAL)
        }

    def concepts(self, scheme: URIRef) -> dict[str, URIRef]:
        """The concepts of a scheme by their folded local names and labels."""
        return self._concepts.get(scheme, {})

    @cached_property
    def _concepts(self) -> dict[Node, dict[str, URIRef]]:
        found: dict[Node, dict[str, URIRef]] = {}
        for concept, scheme in self.graph.subject_objects(SKOS.inScheme):
            if isinstance(concept, URIRef):
                for name in (concept.removeprefix(QKG), *self.labels(concept)):
                    found.setdefault(scheme, {})[fold(name)] = concept
        return found

    def concept(self, scheme: URIRef, word: str) -> URIRef:
        """Give the concept that a word means in a scheme.

        Raises:
            ValueError: the scheme has no such word; the message says which there are.
        """
        concepts = self.concepts(scheme)
        if fold(word) not in concepts:
            names = sorted({iri.removeprefix(QKG) for iri in concepts.values()})
            hint = suggest(word, names) or f"; one of {', '.join(names)} is expected"
            raise ValueError(f'unknown word "{word}"{hint}')
        return concepts[fold(word)]

    def word(self, name: str, word: str) -> URIRef:
        """Give the concept that a word means as a value of a property; see :meth:`concept`.

        Raises:
            ValueError: the property takes no words, or not this one.
        """
        scheme = self.properties[name].scheme
        if scheme is None:
            raise ValueError(f"{name} takes no words")
        return self.concept(scheme, word)

    def labels(self, term: Node) -> list[str]:
        """The preferred and alternative labels of a term, preferred first."""
        return [str(label) for p in (SKOS.prefLabel, SKOS.altLabel) for label in self.graph.objects(term, p)]

    def noun(self, term: URIRef) -> str:
        """What a class or a property is called in prose."""
        return str(self.graph.value(term, RDFS.label) or re.split("[/#]", term)[-1])

    def rank(self, source_kind: URIRef) -> int:
        """The rank of a kind of source; 1 is the highest."""
        return int(str(self.graph.value(source_kind, SKOS.notation)))

    def is_numeric(self, row: Property) -> bool:
        """Say whether the values of a property are counts."""
        return row.range == XSD.integer
