"""JSON-LD that reads as plain JSON (JSON-LD 1.1).

Each entity stands with its facts, and beneath it are its events, claims, scores and offers and the statements
that say where each fact is from; each source has its versions and passages beneath it. Sources follow the
entities; the ontology, the shapes and the queries come last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from qwen_kg.exports.arrangement import (
    RDF_TYPE,
    SECTIONS,
    Object,
    Subject,
    describe,
    list_items,
    named,
    nested,
    sections,
)
from qwen_kg.exports.context import Context, published
from qwen_kg.exports.terms import Terms

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json]"

#: Things that are part of another, and are written where they are mentioned first.
_PARTS = {named("qkg:Quantity"), named("qkg:Comparison"), named("oa:TextPositionSelector")}

_HEADINGS = [heading for heading, _ in SECTIONS]
#: What stands after the entities and their sources: mostly nothing is left of the first two by then.
_AFTER = {"Statements": 1, "Passages": 1, "Dataset": 2, "Downloads and endpoint": 2}
_AFTER |= dict.fromkeys(_HEADINGS[_HEADINGS.index("Ontologies") :], 3)

_XSD_STRING, _XSD_INTEGER, _XSD_BOOLEAN = map(named, ("xsd:string", "xsd:integer", "xsd:boolean"))
# A JSON number is an xsd:integer again only in its canonical form, and surely only up to the precision of a
# double (JSON-LD 1.1 API, 8.6).
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}", re.ASCII)
_WIDTH = 110


def jsonld(quads: Iterable[Quad], context: Context | None = None) -> str:
    """Write the union of all graphs as one JSON-LD document, with the context in it.

    Args:
        quads: the data.
        context: what :func:`qwen_kg.exports.context.context` makes; by default the published one.

    Raises:
        InputError: a term is one of RDF 1.2, or an IRI has a prefix of the context as its scheme.
    """
    context = published() if context is None else context
    union = {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    return lay_out({"@context": context, "@graph": _Document(union, Terms(context)).nodes()}) + "\n"


class _Document:
    """Writes every description once, at the best place for it."""

    def __init__(self, quads: set[Quad], terms: Terms) -> None:
        self._terms = terms
        self._descriptions, self._inner = describe(quads), nested(quads)
        roots = [subject for subject in self._descriptions if subject not in self._inner]
        ordered = sorted(sections(roots, self._descriptions), key=lambda section: _AFTER.get(section[0], 0))
        self._roots = [subject for _, subjects in ordered for subject in subjects]
        self._written: set[Subject] = set()
        #: For each subject what is written beneath it, by the name of the inverse property.
        self._beneath: dict[NamedNode, dict[str, list[NamedNode]]] = {}
        for subject in self._roots:
            for predicate, values in self._descriptions[subject].items():
                for host in values:
                    if isinstance(subject, NamedNode) and self._is_host(predicate, host):
                        names = self._beneath.setdefault(host, {})  # type: ignore[arg-type]
                        names.setdefault(terms.inverse[predicate.value], []).append(subject)

    def _is_host(self, predicate: NamedNode, value: Object) -> bool:
        return predicate.value in self._terms.inverse and (
            isinstance(value, NamedNode) and value in self._descriptions
        )

    def nodes(self) -> list[Json]:
        """Give what stands at the top of the document."""
        return [self._node(subject) for subject in self._roots if subject not in self._written]

    def _node(self, subject: Subject) -> Json:
        self._written.add(subject)
        node: dict[str, Json] = {} if subject in self._inner else {"id": self._name(subject)}
        for predicate, values in self._descriptions[subject].items():
            if isinstance(subject, NamedNode):
                values = [value for value in values if not self._is_host(predicate, value)]  # noqa: PLW2901
            if predicate == RDF_TYPE and all(isinstance(value, NamedNode) for value in values):
                node["type"] = _one_or_all([self._terms.word(value.value) for value in values])
            elif values:
                node |= self._property(predicate, values)
        beneath = self._beneath.get(subject, {}) if isinstance(subject, NamedNode) else {}
        for name in sorted(beneath, key=list(self._terms.inverse.values()).index):
            node[name] = [
                {"id": self._name(each)} if each in self._written else self._node(each)
                for each in beneath[name]
            ]
        return node

    def _name(self, node: Subject) -> str:
        return str(node) if isinstance(node, BlankNode) else self._terms.name(node.value)

    def _property(self, predicate: NamedNode, values: list[Object]) -> dict[str, Json]:
        key, definition = self._terms.property(predicate.value)
        if predicate == RDF_TYPE:
            key = "rdf:type"
        if definition.get("@container") != "@language":
            return {key: _one_or_all([self._value(value, definition) for value in values])}
        by_language: dict[str, list[Json]] = {}
        others: list[Json] = []
        for value in values:
            if isinstance(value, Literal) and (value.language or value.datatype == _XSD_STRING):
                by_language.setdefault(value.language or "@none", []).append(value.value)
            else:
                others.append(self._value(value, {}))
        found: dict[str, Json] = {}
        if by_language:
            found[key] = {language: _one_or_all(texts) for language, texts in by_language.items()}
        if others:
            found[definition["@id"]] = _one_or_all(others)
        return found

    def _value(self, value: Object, definition: dict[str, str]) -> Json:
        if isinstance(value, Literal):
            return self._literal(value, definition)
        items = list_items(value, self._descriptions, self._inner) if isinstance(value, BlankNode) else None
        if items is not None:
            return {"@list": [self._value(item, definition) for item in items]}
        if value not in self._written and self._is_part(value):
            return self._node(value)
        coercion = definition.get("@type")
        if isinstance(value, NamedNode) and coercion in ("@id", "@vocab"):
            return self._name(value) if coercion == "@id" else self._terms.word(value.value)
        return {"id": self._name(value)}

    def _is_part(self, node: Subject) -> bool:
        description = self._descriptions.get(node, {})
        return (node in self._inner and bool(description)) or not _PARTS.isdisjoint(
            description.get(RDF_TYPE, [])
        )

    def _literal(self, literal: Literal, definition: dict[str, str]) -> Json:
        if literal.language:
            if literal.language == definition.get("@language"):
                return literal.value
            return {"@value": literal.value, "@language": literal.language}
        datatype = self._terms.word(literal.datatype.value)
        coerced = definition.get("@type")
        native: Json = literal.value
        if literal.datatype == _XSD_INTEGER and _INTEGER.fullmatch(literal.value):
            native = int(literal.value)
        elif literal.datatype == _XSD_BOOLEAN and literal.value in ("true", "false"):
            native = literal.value == "true"
        if coerced == datatype or (coerced is None and not isinstance(native, str)):
            return native
        if literal.datatype == _XSD_STRING:
            return native if definition.keys() <= {"@id"} else {"@value": native}
        return {"@value": literal.value, "@type": datatype}


def _one_or_all(values: Sequence[Json]) -> Json:
    return values[0] if len(values) == 1 else list(values)


def lay_out(value: Json, depth: int = 0) -> str:
    """Write JSON with two spaces a level, and on one line whatever fits into one.

    >>> print(lay_out({"id": "Qwen", "names": {"en": "Qwen"}}))
    {"id": "Qwen", "names": {"en": "Qwen"}}
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or 2 * depth + len(line) <= _WIDTH:
        return line
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {lay_out(each, depth + 1)}"
            for key, each in value.items()
        ]
    else:
        parts = [lay_out(each, depth + 1) for each in value]
    indent = "\n" + "  " * depth
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}{indent}  {f',{indent}  '.join(parts)}{indent}{closing}"
