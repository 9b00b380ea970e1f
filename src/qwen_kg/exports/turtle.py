"""Turtle and TriG that people like to read (RDF 1.1 Turtle, RDF 1.1 TriG).

Subjects stand in sections under headings, a blank line between them; classes and labels come first; blank
nodes and lists are written where they are mentioned; queries keep their lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, Literal, Quad

from qwen_kg.exports.arrangement import (
    RDF_TYPE,
    Description,
    Descriptions,
    Object,
    Subject,
    describe,
    graph_key,
    list_items,
    named,
    nested,
    sections,
)
from qwen_kg.namespaces import PREFIXES, compact

_WIDTH = 110
_STEP = "    "
_XSD_STRING, _XSD_BOOLEAN, _XSD_INTEGER, _XSD_DECIMAL = map(
    named, ("xsd:string", "xsd:boolean", "xsd:integer", "xsd:decimal")
)
#: Datatypes that need no mention, with the forms in which they are recognised (productions 19, 20 and 133s).
_BARE = {
    _XSD_BOOLEAN: re.compile(r"true|false"),
    _XSD_INTEGER: re.compile(r"[+-]?[0-9]+"),
    _XSD_DECIMAL: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
}
# The grammar allows more in a local name. This is what rdflib, Oxigraph and Raptor all read; the slash is
# escaped, which SPARQL reads too, and any other name is written as a full IRI.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_-])?", re.ASCII)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f\ufffe\uffff]')
_SPECIAL_LONG = re.compile(r'\\|"(?="")|"\Z|[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]')


def turtle(quads: Iterable[Quad]) -> str:
    """Write the union of all graphs as Turtle.

    Raises:
        InputError: a term is one of RDF 1.2.
    """
    union = {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    writer = _Writer(union)
    return writer.document(list(writer.graph(describe(union), 0)))


def trig(quads: Iterable[Quad]) -> str:
    """Write every graph as a block of TriG, the default graph first.

    Raises:
        InputError: a term is one of RDF 1.2.
    """
    quads = set(quads)
    writer = _Writer(quads)
    blocks: list[str] = []
    for graph in sorted({quad.graph_name for quad in quads}, key=graph_key):
        descriptions = describe(quad for quad in quads if quad.graph_name == graph)
        name = "" if isinstance(graph, DefaultGraph) else writer.node(graph) + " "
        inside = "\n".join(writer.graph(descriptions, 1))
        blocks.append(f"{name}{{\n\n{inside}}}\n")
    return writer.document(blocks)


class _Writer:
    """Writes descriptions, and remembers the prefixes that it used."""

    def __init__(self, quads: set[Quad]) -> None:
        self._union, self._inner = describe(quads), nested(quads)
        # What needs no label: a blank node that nothing mentions, described in one graph only.
        mentioned = {name for quad in quads for name in (quad.object, quad.graph_name)}
        graphs = Counter(subject for subject, _ in {(quad.subject, quad.graph_name) for quad in quads})
        self._nameless = {subject for subject, n in graphs.items() if n == 1 and subject not in mentioned}
        self._prefixes: set[str] = set()

    def document(self, blocks: list[str]) -> str:
        """Put the prefixes that were used before the blocks, with blank lines between them."""
        used = [f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items() if p in self._prefixes]
        return "\n".join(["".join(used), *blocks] if used else blocks)

    def graph(self, descriptions: Descriptions, depth: int) -> Iterator[str]:
        """Write one graph as blocks: for each section its heading, and for each subject its description."""
        roots = [subject for subject in descriptions if subject not in self._inner]
        for heading, subjects in sections(roots, self._union):
            yield f"{_STEP * depth}### {heading}\n"
            for subject in subjects:
                yield self._subject(subject, descriptions, depth)

    def _subject(self, subject: Subject, descriptions: Descriptions, depth: int) -> str:
        nameless = isinstance(subject, BlankNode) and subject in self._nameless
        name = "[]" if nameless else self.node(subject)
        lines = self._properties(descriptions[subject], descriptions, depth + 1)
        # The class stands beside the subject where there is one.
        first = f" {lines[0].lstrip()}" if RDF_TYPE in descriptions[subject] else f"\n{lines[0]}"
        return _STEP * depth + name + " ;\n".join([first, *lines[1:]]) + " .\n"

    def _properties(self, description: Description, descriptions: Descriptions, depth: int) -> list[str]:
        lines = []
        for predicate, values in description.items():
            start = _STEP * depth + ("a" if predicate == RDF_TYPE else self.node(predicate))
            texts = [self._object(value, descriptions, depth) for value in values]
            line = f"{start} {', '.join(texts)}"
            if len(values) > 1 and len(line) > _WIDTH and "\n" not in line:
                line = start + ",".join(f"\n{_STEP * (depth + 1)}{text}" for text in texts)
            lines.append(line)
        return lines

    def _object(self, term: Object, descriptions: Descriptions, depth: int) -> str:
        if isinstance(term, Literal):
            return self._literal(term)
        items = list_items(term, descriptions, self._inner)
        if items is not None:
            return self._list([self._object(item, descriptions, depth + 1) for item in items], depth)
        if not isinstance(term, BlankNode) or term not in self._inner:
            return self.node(term)
        lines = self._properties(descriptions.get(term, {}), descriptions, depth + 1)
        if not lines:
            return "[]"
        if len(lines) == 1 and len(lines[0]) < _WIDTH / 2 and "\n" not in lines[0]:
            return f"[ {lines[0].lstrip()} ]"
        return "[\n" + " ;\n".join(lines) + f"\n{_STEP * depth}]"

    def _list(self, items: list[str], depth: int) -> str:
        if not items:
            return "()"
        line = f"( {' '.join(items)} )"
        if len(line) <= _WIDTH - 40 and "\n" not in line:
            return line
        return "(" + "".join(f"\n{_STEP * (depth + 1)}{item}" for item in items) + f"\n{_STEP * depth})"

    def node(self, node: Subject) -> str:
        """Write an IRI, with a prefix where that can be read, or the label of a blank node."""
        if isinstance(node, BlankNode):
            return str(node)
        prefix, _, local = compact(node.value).partition(":")
        if PREFIXES.get(prefix, "") + local != node.value or not _LOCAL.fullmatch(local):
            return f"<{node.value}>"
        self._prefixes.add(prefix)
        return prefix + ":" + local.replace("/", "\\/")

    def _literal(self, literal: Literal) -> str:
        bare = _BARE.get(literal.datatype)
        if bare and bare.fullmatch(literal.value):
            return literal.value
        if "\n" in literal.value:
            text = f'"""{_SPECIAL_LONG.sub(_escape, literal.value)}"""'
        else:
            text = f'"{_SPECIAL.sub(_escape, literal.value)}"'
        if literal.language:
            return f"{text}@{literal.language}"
        return text if literal.datatype == _XSD_STRING else f"{text}^^{self.node(literal.datatype)}"


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"
