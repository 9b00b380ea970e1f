"""The data that are served: the built graph, and one a hundred times its size that is made from it.

The large graph is the built one and renamed copies of what it says of entities, statements and sources. A
copy has names, numbers and dates of its own, lacks some triples, and points to the original here and there,
so that neither its labels nor its structure repeat. It is the same on every machine.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from qwen_kg.dataset import build
from qwen_kg.errors import NotConformingError
from qwen_kg.namespaces import PREFIXES

_RDF, _XSD, _SKOS, _DCTERMS = (PREFIXES[name].encode() for name in ("rdf", "xsd", "skos", "dcterms"))

#: The graphs that speak of entities; the others are the same for any number of them.
_COPIED = tuple(
    f"<{PREFIXES['graph']}{name}> .\n".encode() for name in ("facts", "inferred", "sources", "statements")
)
_RENAMED = re.compile(b"<(%s)([^>]+)>" % b"|".join(PREFIXES[name].encode() for name in ("id", "st", "src")))
_NAMES = re.compile(rb'> <(?:%s(?:pref|alt|hidden)Label|%sidentifier)> "' % (_SKOS, _DCTERMS))
#: What every copy keeps, so that the joins of queries find something in each.
_KEPT = re.compile(rb"> <(?:%s(?:type|subject|predicate|object)|%sprefLabel)> " % (_RDF, _SKOS))
_LAST_QUOTE = re.compile(rb'"(@| <|\^)')
_INTEGER = re.compile(rb'"(\d+)"(?=\^\^<%sinteger>)' % _XSD)
_DATE = re.compile(rb'"(\d{4})(?=-\d\d-\d\d"\^\^<%sdate>)' % _XSD)


def write_built(root: Path, file: Path) -> int:
    """Build the graph of a checkout and write it as N-Quads.

    Returns:
        The number of quads.

    Raises:
        DataError: a file of the checkout has a mistake.
        NotConformingError: the graph does not conform.
    """
    built = build(root)
    if not built.report.conforms:
        raise NotConformingError(built.report.text())
    file.write_bytes(built.quads)
    return built.quads.count(b"\n")


def write_enlarged(built: Path, file: Path, times: int) -> int:
    """Write the graph of an N-Quads file and copies of it, until there are so many times its quads.

    Returns:
        The number of quads.
    """
    with built.open("rb") as source:
        lines = list(source)
    wanted = len(lines) * times
    copied = [line for line in lines if line.endswith(_COPIED) and _RENAMED.search(line)]
    written, number = len(lines), 0
    with file.open("wb") as out:
        out.writelines(lines)
        while written < wanted:
            number += 1
            for line in _copy(copied, number):
                out.write(line)
                written += 1
                if written == wanted:
                    break
    return written


def _copy(lines: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Give the lines of one copy."""
    mark = b"%d" % number
    for line in lines:
        chance = zlib.crc32(mark, zlib.crc32(line))
        if chance % 11 == 0 and not _KEPT.search(line):
            continue
        # One link in sixteen keeps its object, and so leads to the original.
        count = 1 if chance % 16 == 0 else 0
        text = _RENAMED.sub(_renamed(number), line, count)
        if _NAMES.search(text):
            text = _LAST_QUOTE.sub(rb' %s"\1' % mark, text, 1)
        else:
            text = _INTEGER.sub(lambda found: b'"%d"' % (int(found[1]) + number), text)
            text = _DATE.sub(lambda found: b'"%d' % (int(found[1]) - 4 * (number % 6)), text)
        yield text


def in_copy(iri: str, label: str, number: int | None) -> tuple[str, str]:
    """Give the IRI and the label that an entity has in a copy; without a number, in the original."""
    if number is None:
        return iri, label
    renamed = _RENAMED.sub(_renamed(number), f"<{iri}>".encode())
    return renamed.decode()[1:-1], f"{label} {number}"


def _renamed(number: int) -> bytes:
    return rb"<\g<1>copy-%d/\2>" % number
