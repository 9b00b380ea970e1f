"""Values as people write them to RDF terms: counts, quantities, words and references.

Which of these a property takes is said by its range in the ontology.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from qwen_kg.namespaces import PREFIXES
from qwen_kg.vocabulary import Property, qkg

Extent = tuple[Decimal | None, Decimal | None]

_POWERS = {"": 0, "K": 1, "M": 2, "B": 3, "T": 4}
_NUMBER = r"((?:\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.\d{1,30})?)\s*([KMBT]?)"
_COUNT = re.compile(_NUMBER + "$", re.ASCII)
_QUANTITY = re.compile(r"(>=|<=|>|<)?\s*" + _NUMBER + r"\s*(%|x)?$", re.ASCII)
_BOUNDS = {">": "minExclusive", ">=": "minInclusive", "<": "maxExclusive", "<=": "maxInclusive"}
_UNIT_OF_SIGN = {"%": URIRef(PREFIXES["unit"] + "PERCENT"), "x": URIRef(PREFIXES["unit"] + "UNITLESS")}


def count(text: str) -> int:
    """Read a whole number such as ``72B``, ``0.6B`` or ``7,721,324,544``.

    Raises:
        ValueError: it is no number, or no whole one.

    >>> count("0.6B")
    600000000
    """
    match = _COUNT.match(text)
    if not match:
        raise ValueError(f'"{text}" is no count such as 72B, 1.7B or 7,721,324,544')
    amount = Decimal(match[1].replace(",", "")) * 1000 ** _POWERS[match[2]]
    if amount != amount.to_integral_value():
        raise ValueError(f'"{text}" is no whole number')
    return int(amount)


def count_extent(text: str) -> Extent:
    """Give between which numbers a count lies, by how it is written.

    ``7.61B`` is right to a unit in its last digit, because some round and some cut off; a number written out
    is exact.

    Raises:
        ValueError: it is no count.

    >>> [int(bound) for bound in count_extent("7.61B")]
    [7600000000, 7620000000]
    """
    amount, match = Decimal(count(text)), _COUNT.match(text)
    if match is None or not match[2]:
        return amount, amount
    unit = Decimal(1000 ** _POWERS[match[2]]).scaleb(-len(match[1].partition(".")[2]))
    return amount - unit, amount + unit


def decimal(text: str) -> Decimal:
    """Read a decimal number such as ``0.41``.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        raise ValueError(f'"{text}" is no decimal number')
    return _plain(Decimal(text))


@dataclass(frozen=True)
class Quantity:
    """An amount with its bounds, unit and what it is relative to."""

    notation: str
    unit: URIRef
    bounds: tuple[tuple[str, Decimal], ...]
    relative_to: URIRef | None = None
    measured_in: str | None = None
    condition: str | None = None

    @property
    def iri(self) -> URIRef:
        """An IRI made of the content, so that equal quantities are one node."""
        parts = (self.notation, self.unit, self.bounds, self.relative_to, self.measured_in, self.condition)
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:10]
        return URIRef(f"{PREFIXES['id']}quantity-{digest}")

    @property
    def extent(self) -> Extent:
        """The least and the greatest amount; None where there is no bound."""
        low: Decimal | None = None
        high: Decimal | None = None
        for name, amount in self.bounds:
            if name == "value" or name.startswith("min"):
                low = amount
            if name == "value" or name.startswith("max"):
                high = amount
        return low, high

    def triples(self) -> list[tuple[URIRef, Node]]:
        """Give the predicates and objects that describe it, but for its type."""
        rows: list[tuple[URIRef, Node]] = [
            (qkg("notation"), Literal(self.notation)),
            (qkg("unit"), self.unit),
        ]
        rows += [(qkg(name), Literal(amount, datatype=XSD.decimal)) for name, amount in self.bounds]
        if self.relative_to:
            rows.append((qkg("relativeTo"), self.relative_to))
        if self.measured_in:
            rows.append((qkg("measuredIn"), Literal(self.measured_in)))
        if self.condition:
            rows.append((qkg("condition"), Literal(self.condition)))
        return rows


def quantity(
    text: str,
    row: Property,
    relative_to: URIRef | None = None,
    measured_in: str | None = None,
    condition: str | None = None,
) -> Quantity:
    """Read an amount such as ``36T``, ``>100``, ``<10%``, ``>10x`` or, for a context length, ``128K``.

    K and M of a property with binary prefixes mean powers of ten to some writers and of two to others, so
    that such an amount has both as bounds.

    Raises:
        ValueError: it is none of these, or has no unit.
    """
    match = _QUANTITY.match(text)
    if not match:
        raise ValueError(f'"{text}" is no quantity such as 36T, 128K, >100, <10% or >10x')
    comparison, digits, prefix, sign = match.groups()
    unit = _UNIT_OF_SIGN[sign] if sign else row.unit
    if unit is None:
        raise ValueError(f'"{text}" has no unit; write % or x after the number')
    number, power = Decimal(digits.replace(",", "")), _POWERS[prefix]
    amount = _plain(number * 1000**power)
    if comparison:
        bounds: tuple[tuple[str, Decimal], ...] = ((_BOUNDS[comparison], amount),)
    elif row.binary_prefixes and 0 < power <= 2:
        bounds = (("minInclusive", amount), ("maxInclusive", _plain(number * 1024**power)))
    else:
        bounds = (("value", amount),)
    if not (comparison or prefix or sign):
        text = f"{amount:,}"  # written with commas or without, it is one amount, and so one node
    return Quantity(text, unit, bounds, relative_to, measured_in, condition)


def _plain(amount: Decimal) -> Decimal:
    """Drop trailing zeros of the fraction and any exponent, so that one amount has one lexical form.

    It is the canonical form of XML Schema 1.1, in which Oxigraph answers, too.
    """
    whole = amount.to_integral_value()
    return whole.quantize(Decimal(1)) if amount == whole else amount.normalize()
