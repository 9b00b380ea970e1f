"""The ontology as a page shows it: its terms, and how they hang together, read from its graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qwen_kg.namespaces import BASE, PREFIXES, compact, expand, prologue
from qwen_kg.results import Store
from qwen_kg.web.tables import Cell, select

IRI = BASE + "ns"

_TRIPLES = """
SELECT ?s ?p ?o {
  VALUES ?graph { graph:ontology graph:alignments }
  GRAPH ?graph { ?s ?p ?o }
  FILTER(ISIRI(?s) && !ISBLANK(?o))
}"""

#: The kinds of terms, in the order of the page: what they are called, and the types that make them so.
KINDS = {
    "class": ("Classes", ("owl:Class",)),
    "property": ("Properties", ("owl:ObjectProperty", "owl:DatatypeProperty")),
    "scheme": ("Closed vocabularies", ("skos:ConceptScheme",)),
    "concept": ("Words of closed vocabularies", ("skos:Concept",)),
    "annotation": ("Annotations of the ontology itself", ("owl:AnnotationProperty",)),
    "individual": ("Individuals", ("owl:NamedIndividual",)),
}
#: What a term may be beside its kind, in words.
_CHARACTERISTICS = {
    "owl:TransitiveProperty": "transitive",
    "owl:SymmetricProperty": "symmetric",
    "owl:AsymmetricProperty": "asymmetric",
    "owl:IrreflexiveProperty": "irreflexive",
    "owl:FunctionalProperty": "functional",
    "owl:DatatypeProperty": "takes a literal",
    "owl:ObjectProperty": "takes a thing",
}
_MARKED = {
    "qkg:isStated": "comes from statements",
    "qkg:singleValued": "one value",
    "qkg:binaryPrefixes": "K and M of two or of ten",
}
#: What is told of a term as a list of others, by the heading.
_RELATED = {
    "rdfs:subClassOf": "Narrower than",
    "rdfs:subPropertyOf": "Narrower than",
    "rdfs:domain": "Of",
    "rdfs:range": "To",
    "owl:inverseOf": "Inverse of",
    "qkg:valueScheme": "Values from",
    "qkg:defaultUnit": "Unit where none is given",
    "skos:inScheme": "In",
    "skos:broader": "Narrower than",
    "skos:closeMatch": "Much like",
    "skos:relatedMatch": "Related to",
    "skos:exactMatch": "Same as",
}
#: The same, seen from the other end.
_INVERSE = {
    "rdfs:subClassOf": "Wider than",
    "rdfs:subPropertyOf": "Wider than",
    "rdfs:domain": "Has",
    "rdfs:range": "Value of",
    "qkg:valueScheme": "Values of",
    "skos:inScheme": "Words",
    "skos:broader": "Wider than",
}

Values = Mapping[str, Sequence[str]]
"""The values of a subject, by the CURIEs of properties."""


@dataclass
class Shown:
    """A term; ``related`` are other terms under headings, ``uses`` is None where it is not known."""

    name: str
    iri: str
    label: str
    definition: str
    kind: str
    marks: Sequence[str] = ()
    also: Sequence[str] = ()
    related: dict[str, list[Cell]] = field(default_factory=dict)
    uses: int | None = None
    examples: list[tuple[Cell, Cell | None]] = field(default_factory=list)

    @property
    def curie(self) -> str:
        """The IRI as a prefixed name."""
        return "qkg:" + self.name


@dataclass(frozen=True)
class Ontology:
    """The ontology: what it says of itself, and its terms by kind; ``tree`` are classes with their depth."""

    about: Values
    terms: Mapping[str, Sequence[Shown]]
    tree: Sequence[tuple[int, Cell]]


def read(store: Store) -> Ontology:
    """Read the ontology from a store, with how its terms stand to those of others."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in select(store, prologue() + _TRIPLES):
        said[row["s"]["value"]][compact(row["p"]["value"])].append(str(row["o"]["value"]))
    kinds = {iri: kind for iri in said if (kind := _kind(said[iri])) and iri.startswith(PREFIXES["qkg"])}
    terms = {iri: _term(iri, kind, said[iri], kinds) for iri, kind in kinds.items()}
    for iri in sorted(terms, key=str.casefold):
        for relation, heading in _INVERSE.items():
            for other in said[iri].get(relation, ()):
                if other in terms:
                    terms[other].related.setdefault(heading, []).append(reference(iri))
    ordered = sorted(terms.values(), key=lambda term: term.name.casefold())
    by_kind = {kind: [term for term in ordered if term.kind == kind] for kind in KINDS}
    return Ontology(
        said.get(IRI, {}), {kind: found for kind, found in by_kind.items() if found}, _tree(said, kinds)
    )


def reference(iri: str) -> Cell:
    """Refer to a term: within the page where it is one of ours.

    >>> reference("https://w3id.org/qwen-kg/ns#Model")
    Cell(text='Model', link='#Model', note='')
    """
    if iri.startswith(PREFIXES["qkg"]):
        name = iri.removeprefix(PREFIXES["qkg"])
        return Cell(name, "#" + name)
    return Cell(compact(iri), iri if iri.startswith(("http://", "https://")) else "")


def _kind(values: Values) -> str:
    types = {compact(each) for each in values.get("rdf:type", ())}
    return next((kind for kind, (_, made_so) in KINDS.items() if types & set(made_so)), "")


def _term(iri: str, kind: str, values: Values, kinds: Mapping[str, str]) -> Shown:
    """Give what is told of one term by itself."""

    def first(*names: str) -> str:
        return next((value for name in names for value in values.get(name, ())), "")

    types = [compact(each) for each in values.get("rdf:type", ())]
    marks = [word for name, word in _CHARACTERISTICS.items() if name in types]
    marks += [word for name, word in _MARKED.items() if first(name) == "true"]
    related: dict[str, list[Cell]] = {}
    for relation, heading in _RELATED.items():
        for other in sorted(values.get(relation, ())):
            related.setdefault(heading, []).append(reference(other))
    name = iri.removeprefix(PREFIXES["qkg"])
    return Shown(
        name,
        iri,
        first("rdfs:label", "skos:prefLabel") or name,
        first("skos:definition", "rdfs:comment"),
        kind,
        marks,
        sorted(values.get("skos:altLabel", ())),
        related,
    )


def _tree(said: Mapping[str, Values], kinds: Mapping[str, str]) -> list[tuple[int, Cell]]:
    """Lay the classes out as a tree; one that is narrower than several stands under each of them."""
    classes = sorted((iri for iri, kind in kinds.items() if kind == "class"), key=str.casefold)
    below: dict[str, list[str]] = defaultdict(list)
    for iri in classes:
        ours = [other for other in said[iri].get("rdfs:subClassOf", ()) if other in kinds and other != iri]
        for other in ours or [expand("owl:Thing")]:
            below[other].append(iri)
    laid: list[tuple[int, Cell]] = []

    def lay(iri: str, path: tuple[str, ...]) -> None:
        for narrower in below.get(iri, ()):
            if narrower not in path:
                laid.append((len(path), reference(narrower)))
                lay(narrower, (*path, narrower))

    lay(expand("owl:Thing"), ())
    return laid
