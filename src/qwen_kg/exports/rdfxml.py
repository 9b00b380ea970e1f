"""RDF/XML, for tools that read nothing else (RDF 1.1 XML Syntax).

One element a subject, in the sections of the other serializations; blank nodes and lists stand where they
are mentioned. The writers of rdflib and Oxigraph are not used because a carriage return or a property whose
name is no XML name comes out of them as something else, or as text that is no XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from qwen_kg.errors import InputError
from qwen_kg.exports.arrangement import (
    RDF_NIL,
    Descriptions,
    Object,
    Subject,
    describe,
    list_items,
    named,
    nested,
    sections,
)
from qwen_kg.namespaces import PREFIXES

_STEP = "  "
_XSD_STRING = named("xsd:string")
#: Names that mean something else as the name of an element (7.2.5, and rdf:li of 7.2.2).
_SYNTAX_NAMES = {
    named(f"rdf:{name}")
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description"),
        *("aboutEach", "aboutEachPrefix", "bagID", "li"),
    )
}
# ASCII names only (Namespaces in XML 1.0, NCName): more is allowed, and not read alike everywhere.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_LAST_NAME = re.compile(r"(.*?)([A-Za-z_][A-Za-z0-9_.-]*)", re.ASCII | re.DOTALL)
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, 2.2


def rdfxml(quads: Iterable[Quad]) -> str:
    """Write the union of all graphs as RDF/XML.

    Raises:
        InputError: the syntax cannot hold it: a control character, or a property that ends in no name.
    """
    union = {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    return _Writer(describe(union), nested(union)).document()


class _Writer:
    """Writes descriptions, and remembers the namespaces of the properties."""

    def __init__(self, descriptions: Descriptions, inner: frozenset[BlankNode]) -> None:
        self._descriptions, self._inner = descriptions, inner
        self._prefixes = {"rdf": PREFIXES["rdf"]}
        self._labels: dict[BlankNode, str] = {}

    def document(self) -> str:
        """Write all descriptions and, around them, the namespaces they use."""
        roots = [subject for subject in self._descriptions if subject not in self._inner]
        body: list[str] = []
        for heading, subjects in sections(roots, self._descriptions):
            body += ["", f"{_STEP}<!-- {heading} -->"]
            for subject in subjects:
                body += ["", *self._subject(subject, _STEP)]
        declared = "".join(f'\n{_STEP}xmlns:{p}="{escape(iri)}"' for p, iri in self._prefixes.items())
        return "\n".join(
            ['<?xml version="1.0" encoding="UTF-8"?>', f"<rdf:RDF{declared}>", *body, "", "</rdf:RDF>", ""]
        )

    def _subject(self, subject: Subject, indent: str) -> Iterator[str]:
        about = ""
        if isinstance(subject, NamedNode):
            about = f" rdf:about={quoteattr(subject.value)}"
        elif subject not in self._inner:
            about = f' rdf:nodeID="{self._label(subject)}"'
        description = self._descriptions.get(subject, {})
        if not description:
            yield f"{indent}<rdf:Description{about}/>"
            return
        yield f"{indent}<rdf:Description{about}>"
        for predicate, values in description.items():
            element = self._element(predicate)
            for value in values:
                yield from self._property(element, value, indent + _STEP)
        yield f"{indent}</rdf:Description>"

    def _property(self, element: str, value: Object, indent: str) -> Iterator[str]:
        if isinstance(value, Literal):
            yield f"{indent}<{element}{_type(value)}>{_text(value.value)}</{element}>"
            return
        items = None if value == RDF_NIL else list_items(value, self._descriptions, self._inner)
        members = [item for item in items or [] if not isinstance(item, Literal)]
        if items is not None and len(members) == len(items):
            yield f'{indent}<{element} rdf:parseType="Collection">'
            for member in members:
                yield from self._member(member, indent + _STEP)
            yield f"{indent}</{element}>"
        elif value in self._inner:
            yield f"{indent}<{element}>"
            yield from self._member(value, indent + _STEP)
            yield f"{indent}</{element}>"
        else:
            yield f"{indent}<{element} {self._reference(value)}/>"

    def _member(self, node: Subject, indent: str) -> Iterator[str]:
        if node in self._inner:
            yield from self._subject(node, indent)
        else:
            reference = self._reference(node).replace("rdf:resource", "rdf:about", 1)
            yield f"{indent}<rdf:Description {reference}/>"

    def _reference(self, node: Subject) -> str:
        if isinstance(node, BlankNode):
            return f'rdf:nodeID="{self._label(node)}"'
        return f"rdf:resource={quoteattr(node.value)}"

    def _label(self, node: BlankNode) -> str:
        """Give a node its number, in the order of mention: not every label is an XML name."""
        return self._labels.setdefault(node, f"b{len(self._labels) + 1}")

    def _element(self, predicate: NamedNode) -> str:
        if predicate in _SYNTAX_NAMES:
            raise InputError(
                f"RDF/XML cannot hold the property <{predicate.value}>: it is part of the syntax"
            )
        for prefix, iri in PREFIXES.items():
            local = predicate.value.removeprefix(iri)
            if local != predicate.value and _NAME.fullmatch(local):
                self._prefixes[prefix] = iri
                return f"{prefix}:{local}"
        match = _LAST_NAME.fullmatch(predicate.value)
        if not match:
            raise InputError(f"RDF/XML cannot hold the property <{predicate.value}>: it ends in no XML name")
        known = [prefix for prefix, iri in self._prefixes.items() if iri == match[1]]
        prefix = known[0] if known else f"ns{len(self._prefixes)}"
        self._prefixes[prefix] = match[1]
        return f"{prefix}:{match[2]}"


def _type(literal: Literal) -> str:
    if literal.language:
        return f' xml:lang="{literal.language}"'
    if literal.datatype == _XSD_STRING:
        return ""
    return f" rdf:datatype={quoteattr(literal.datatype.value)}"


def _text(text: str) -> str:
    if wrong := _NO_CHARACTER.search(text):
        raise InputError(f"RDF/XML cannot hold the character U+{ord(wrong[0]):04X}, found in a literal")
    return escape(text, {"\r": "&#13;"})
