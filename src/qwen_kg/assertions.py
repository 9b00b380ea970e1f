"""An assertion: one thing that passages say, as the resolution weighs it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from rdflib import URIRef
from rdflib.term import Node

from qwen_kg.errors import Position
from qwen_kg.namespaces import PREFIXES
from qwen_kg.values import Extent, Quantity


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """One thing that passages say, with all that the resolution needs to weigh it.

    ``predicate`` is a property, or for an event its kind. ``node`` is the IRI of the event, offer or
    evaluation that carries the evidence itself; a statement has none. ``aspects`` are what else has to be the
    same, such as the benchmark of a score; ``limits`` narrow it too, but where one is left out it may be any.
    ``extent`` is what the value leaves open, as bounds on one scale, where it is a date or a quantity.
    ``inferred_from`` are those of the passages that do not say it in words. ``details`` are further triples
    of the node.
    """

    subject: URIRef
    predicate: URIRef
    value: Node
    passages: frozenset[URIRef]
    at: Position
    written: str
    inferred_from: frozenset[URIRef] = frozenset()
    affirmed: bool = True
    standing: str = "asserted"
    single_valued: bool = False
    extent: Extent | None = None
    quantity: Quantity | None = None
    node: URIRef | None = None
    aspects: tuple[str | None, ...] = ()
    limits: tuple[str | None, ...] = ()
    as_of: str | None = None
    scope: str | None = None
    condition: str | None = None
    decision: str | None = None
    reason: str | None = None
    details: tuple[tuple[URIRef, Node], ...] = field(default=(), compare=False)

    @cached_property
    def iri(self) -> URIRef:
        """The IRI of the node, or one made of the content of the statement."""
        if self.node:
            return self.node
        parts = [self.subject.n3(), self.predicate.n3(), self.value.n3(), str(self.affirmed)]
        parts += [
            self.standing if self.standing in {"planned", "attributed"} else "",
            *map(str, self.qualifiers),
        ]
        return URIRef(PREFIXES["st"] + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16])

    @property
    def qualifiers(self) -> tuple[str | None, ...]:
        """What narrows it, and so belongs to what it says."""
        return self.as_of, self.scope, self.condition, *self.aspects


def merge(assertions: Iterable[Assertion]) -> list[Assertion]:
    """Make one of assertions that say the same, with the passages of all."""
    merged: dict[URIRef, Assertion] = {}
    for assertion in map(_with_inferred_passages, assertions):
        same = merged.get(assertion.iri)
        merged[assertion.iri] = _joined(same, assertion) if same else assertion
    return list(merged.values())


def _with_inferred_passages(assertion: Assertion) -> Assertion:
    inferred = assertion.passages if assertion.standing == "inferred" else frozenset()
    return replace(assertion, inferred_from=inferred)


def _joined(one: Assertion, other: Assertion) -> Assertion:
    """Join two that say the same; what one asserts is not only inferred because the other infers it."""
    plain = other if one.standing == "inferred" else one
    return replace(
        one,
        standing=plain.standing,
        reason=plain.reason,
        passages=one.passages | other.passages,
        inferred_from=one.inferred_from | other.inferred_from,
        decision=one.decision or other.decision,
        details=tuple(dict.fromkeys((*one.details, *other.details))),
    )
