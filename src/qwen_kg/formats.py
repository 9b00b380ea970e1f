"""The formats an answer can have, in one table, and the choice between them.

Everything that names a format reads :data:`FORMATS`: content negotiation, ``?format=``, ``--format``, file
names, the service description. The order of the table is the preference of the server.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qwen_kg.errors import InputError, NotAcceptableError


class Kind(enum.Enum):
    """What a query gives, which decides the formats that can carry it."""

    BINDINGS = "SELECT"
    BOOLEAN = "ASK"
    GRAPH = "CONSTRUCT or DESCRIBE"
    DATASET = "a dataset"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an answer.

    ``media_type`` labels it; ``also`` are media types that ask for it too; ``name`` is what people type.
    """

    name: str
    media_type: str
    also: tuple[str, ...]
    extension: str
    kinds: frozenset[Kind]


_RESULTS = frozenset({Kind.BINDINGS, Kind.BOOLEAN})
# SPARQL 1.1 CSV and TSV define no form for the answer of ASK, so none is invented.
_BINDINGS = frozenset({Kind.BINDINGS})
_GRAPH = frozenset({Kind.GRAPH})
_DATASET = frozenset({Kind.GRAPH, Kind.DATASET})

FORMATS: tuple[Format, ...] = (
    Format("json", "application/sparql-results+json", ("application/json",), "json", _RESULTS),
    Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml"), "xml", _RESULTS),
    Format("csv", "text/csv", (), "csv", _BINDINGS),
    Format("tsv", "text/tab-separated-values", (), "tsv", _BINDINGS),
    Format("turtle", "text/turtle", ("application/x-turtle",), "ttl", _GRAPH),
    Format("ntriples", "application/n-triples", (), "nt", _GRAPH),
    Format("jsonld", "application/ld+json", ("application/json",), "jsonld", _DATASET),
    Format("rdfxml", "application/rdf+xml", ("application/xml", "text/xml"), "rdf", _GRAPH),
    Format("trig", "application/trig", ("application/x-trig",), "trig", _DATASET),
    Format("nquads", "application/n-quads", ("text/x-nquads",), "nq", _DATASET),
)

PAGE = Format("html", "text/html", ("application/xhtml+xml",), "html", frozenset(Kind))
"""A page for people: no format of the data, so it is offered only where it is put on offer beside them."""


def by_name(name: str) -> Format:
    """Give the format that has this name, extension or media type, in any case.

    A media type that several formats answer to gives the first of the table.

    Raises:
        InputError: there is none; the message lists the names.
    """
    wanted = name.strip().lower().removeprefix(".")
    wanted = _ALIASES.get(wanted, wanted)
    for attribute in ("name", "extension", "media_type"):
        for each in FORMATS:
            if getattr(each, attribute) == wanted:
                return each
    for each in FORMATS:
        if wanted in each.also:
            return each
    raise InputError(f"there is no format {name!r}, only {', '.join(each.name for each in FORMATS)}")


def as_accept(names: str) -> str:
    """Give the Accept header for formats chosen by name (``?format=``, ``--format``).

    Clients send several names of one format, with commas between, some of which nobody knows. A media type
    stays what it is; ``json`` and ``xml`` are what there is of that for the kind of the answer.

    Raises:
        InputError: none of them is a format, or they are of several.

    >>> as_accept("xml")
    'application/sparql-results+xml, application/xml;q=0.9'
    """
    found: list[str] = []
    formats: set[str] = set()
    unknown: InputError | None = None
    for name in names.lower().split(","):
        try:
            chosen = by_name(name)
        except InputError as error:
            unknown = unknown or error
            continue
        formats.add(chosen.name)
        found.append(name.strip() if "/" in name else chosen.media_type)
        if "/" not in name and chosen.name in _OF_EACH_KIND:
            found.append(f"application/{chosen.name};q=0.9")
    if not found and unknown:
        raise unknown
    if len(formats) > 1:
        raise InputError(f"one format is needed, and there are {len(formats)}: {', '.join(sorted(formats))}")
    return ", ".join(found)


_OF_EACH_KIND = {"json", "xml"}
#: What else people and clients call a format.
_ALIASES = {"n3": "turtle", "json-ld": "jsonld", "rdf+xml": "rdfxml", "n-triples": "ntriples"}


@functools.lru_cache(maxsize=256)  # clients say the same each time, and it takes as long as a short query
def negotiate(accept: str | None, kind: Kind) -> Format:
    """Choose the format for an answer of a kind from an Accept header; see :func:`choose`.

    Raises:
        NotAcceptableError: none that can carry the kind is accepted; ``offered`` lists those that can.
    """
    return choose(accept, [each for each in FORMATS if kind in each.kinds], f"the answer of {kind.value}")


def choose(accept: str | None, offered: Sequence[Format], what: str = "this") -> Format:
    """Choose one of the formats on offer from an Accept header (RFC 9110, 12.5.1).

    The most specific range that fits a media type gives its quality; of equal qualities the more specific
    range wins, then the order of the offer. ``q=0`` excludes. An alias such as ``application/json`` is
    matched only when it is named, not by a wildcard. No header, an empty one, or one in which nothing is
    well-formed asks for nothing, and gets the first. ``what`` names the thing in the error.

    Raises:
        NotAcceptableError: none is accepted; ``offered`` lists their media types.
    """
    ranges = list(_ranges(accept or ""))
    if not ranges:
        return offered[0]
    ranked = [(_quality(each, ranges), -position, each) for position, each in enumerate(offered)]
    (quality, _), _, best = max(ranked, key=lambda entry: entry[:2])
    if quality <= 0:
        raise NotAcceptableError(
            f"no format for {what} fits Accept: {accept}", [each.media_type for each in offered]
        )
    return best


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of an Accept header: type, subtype (``*`` for any) and quality."""

    type: str
    subtype: str
    quality: float


_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the production of RFC 9110, 5.6.2
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_MEMBER = re.compile(rf"(?:{_QUOTED}|[^,\"])+")
_RANGE = re.compile(rf"\s*({_TOKEN})(?:/({_TOKEN}))?\s*((?:;[^;\"]*(?:{_QUOTED}[^;\"]*)*)*)\Z")
_PARAMETER = re.compile(rf";\s*({_TOKEN})\s*=\s*({_TOKEN}|{_QUOTED})\s*")
# A few old clients write ".2"; that is read as meant. More than three digits are not worth an error.
_QVALUE = re.compile(r"(?:0?\.\d+|[01](?:\.\d*)?)\Z")
# Parameters that do not make another format of it: all is UTF-8, and a profile is a hint (RFC 6906, 3.1).
_IGNORED_PARAMETERS = {"charset", "profile"}


def _ranges(accept: str) -> Iterator[_Range]:
    """Read the members of an Accept header; a member that is not well-formed is left out."""
    for member in _MEMBER.findall(accept):
        parsed = _RANGE.match(member)
        if parsed is None:
            continue
        kind, subtype, tail = parsed.group(1).lower(), (parsed.group(2) or "").lower(), parsed.group(3)
        if not subtype and kind == "*":  # the spelling of Java's URLConnection
            subtype = "*"
        if not subtype or (kind == "*" and subtype != "*"):
            continue
        quality, fits, wellformed = 1.0, True, not _PARAMETER.sub("", tail).strip(" \t;")
        for name, value in _PARAMETER.findall(tail):
            if name.lower() == "q":
                wellformed = wellformed and bool(_QVALUE.match(value)) and float(value) <= 1
                quality = float(value) if wellformed else 0.0
                break  # what follows q extends the range and says nothing of the media type
            fits = fits and name.lower() in _IGNORED_PARAMETERS
        if wellformed:
            # A parameter that no format has makes it a range that nothing fits, which still counts as said.
            yield _Range(kind if fits else "", subtype, quality)


def _quality(candidate: Format, ranges: Sequence[_Range]) -> tuple[float, int]:
    """Give the quality of a format and how specific the range was that gave it."""
    kind, _, subtype = candidate.media_type.partition("/")
    named = _best(ranges, kind, subtype)
    if named == 0:
        return 0.0, 2
    by_alias = [_best(ranges, *alias.split("/")) for alias in candidate.also]
    exact = [quality for quality in (named, *by_alias) if quality is not None]
    if exact and max(exact) > 0:
        return max(exact), 2
    for specificity, wildcard in ((1, (kind, "*")), (0, ("*", "*"))):
        quality = _best(ranges, *wildcard)
        if quality is not None:
            return quality, specificity
    return 0.0, -1


def _best(ranges: Sequence[_Range], kind: str, subtype: str) -> float | None:
    """Give the best quality that ranges of exactly this spelling have, or None where there is none."""
    return max(
        (each.quality for each in ranges if (each.type, each.subtype) == (kind, subtype)), default=None
    )
