"""The one place where disagreements are found and decided.

The written rule (``docs/resolution.md``), in this order:

1. a curator's decision, with its reason;
2. the rank of the source: official, registry, press, encyclopaedia;
3. the more precise of two compatible values (which *refines* the other and does not contradict it);
4. the later source.

Where none decides between two values, all sides are disputed and the question stays open. Where none
decides between an affirmation and a denial of one triple, the data are refused: one of them is a mistake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from rdflib import URIRef

from qwen_kg.assertions import Assertion
from qwen_kg.errors import DataError
from qwen_kg.evidence import Evidence, Faults
from qwen_kg.values import Extent
from qwen_kg.vocabulary import qkg

#: Standings of what a source holds to be true; the others are never accepted and contradict nothing.
HELD = {"asserted", "inferred"}

#: Pairs of properties that cannot both relate the same two entities: a part does not come after its whole.
EXCLUSIVE = ((qkg("successorOf"), qkg("variantOf")),)


@dataclass
class Outcome:
    """What the resolution made of one assertion."""

    standing: str
    conflicts: set[URIRef] = field(default_factory=set)
    refines: set[URIRef] = field(default_factory=set)
    refined_by: set[URIRef] = field(default_factory=set)
    rule: str | None = None
    reason: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the graph says it too, in plain triples."""
        return self.standing in HELD


def resolve(assertions: Iterable[Assertion], evidence: Evidence) -> dict[URIRef, Outcome]:
    """Decide every disagreement among assertions.

    Returns:
        The outcome of each assertion, by its IRI.

    Raises:
        DataError: an affirmation and a denial contradict each other and no rule decides.
    """
    assertions = list(assertions)
    outcomes = {a.iri: Outcome(a.standing, reason=a.reason) for a in assertions}
    held = [a for a in assertions if a.standing in HELD and a.passages]
    about: dict[object, list[Assertion]] = defaultdict(list)
    for assertion in held:
        same = (assertion.as_of, assertion.condition, assertion.aspects)
        about[assertion.subject, assertion.predicate, same].append(assertion)
    faults: Faults = []
    for group in about.values():
        _resolve_group(group, outcomes, evidence, faults)
    for outcome in outcomes.values():  # only what is accepted stands for what it refines
        outcome.refined_by = {iri for iri in outcome.refined_by if outcomes[iri].accepted}
    _mark_exclusive(held, outcomes)
    if faults:
        raise DataError(faults)
    return outcomes


def _resolve_group(
    group: list[Assertion], outcomes: dict[URIRef, Outcome], evidence: Evidence, faults: Faults
) -> None:
    for one, other in combinations(group, 2):
        for finer, coarser in ((one, other), (other, one)):
            if _refines(finer, coarser):
                outcomes[finer.iri].refines.add(coarser.iri)
                outcomes[coarser.iri].refined_by.add(finer.iri)
        if _contradict(one, other):
            outcomes[one.iri].conflicts.add(other.iri)
            outcomes[other.iri].conflicts.add(one.iri)
    by_strength = sorted(group, key=lambda a: (_strength(a, evidence), a.iri))
    for position, strong in enumerate(by_strength):
        if not outcomes[strong.iri].accepted:
            continue
        for weak in by_strength[position + 1 :]:
            if weak.iri in outcomes[strong.iri].conflicts and outcomes[weak.iri].accepted:
                _decide(strong, weak, outcomes, evidence, faults)
    for outcome in (outcomes[a.iri] for a in by_strength):
        if outcome.accepted and outcome.conflicts and not outcome.rule:  # all its others lost to a third
            lost = next(outcomes[a.iri] for a in by_strength if a.iri in outcome.conflicts)
            outcome.rule, outcome.reason = lost.rule, lost.reason


def _decide(
    strong: Assertion, weak: Assertion, outcomes: dict[URIRef, Outcome], evidence: Evidence, faults: Faults
) -> None:
    rules = ("curatorDecision", "sourceRank", "recency")
    pairs = zip(rules, _strength(strong, evidence), _strength(weak, evidence), strict=True)
    rule = next((rule for rule, ours, theirs in pairs if ours != theirs), None)
    winner, loser = outcomes[strong.iri], outcomes[weak.iri]
    if rule is None and strong.affirmed != weak.affirmed:
        denial = weak if strong.affirmed else strong
        affirmation = strong if strong.affirmed else weak
        message = f'"{affirmation.written}" is affirmed here and denied at {denial.at} for the same subject; '
        faults.append((affirmation.at, message + "no rule decides, so one needs a decision with its reason"))
    elif rule is None and strong.passages == weak.passages:
        first, second = sorted((strong, weak), key=lambda assertion: assertion.at)
        faults.append(
            (second.at, f'"{second.written}" and "{first.written}" at {first.at} are from one passage')
        )
    elif rule is None:
        for outcome in (winner, loser):
            outcome.standing, outcome.rule = "disputed", "unresolved"
            outcome.reason = "Sources of equal rank and date disagree, and no curator has decided."
    else:
        reason = strong.decision or _REASONS[rule]
        loser.standing, loser.rule, loser.reason = "disputed", rule, reason
        if winner.accepted:  # after a tie at the top, that it beats the rest is not the last word
            winner.rule, winner.reason = rule, reason


_REASONS = {
    "sourceRank": "A source of higher rank goes before one of lower rank.",
    "recency": "Of sources of equal rank the later goes before the earlier.",
}


def _strength(assertion: Assertion, evidence: Evidence) -> tuple[int, int, int]:
    """Order assertions by the rule; the smallest is the strongest."""
    latest = evidence.latest(assertion.passages)
    return (0 if assertion.decision else 1, evidence.rank(assertion.passages), -latest.toordinal())


def _meet(one: Assertion, other: Assertion) -> bool:
    """Say whether both speak of one part, one region and one day; what leaves it out speaks of all."""
    pairs = zip((one.scope, *one.limits), (other.scope, *other.limits), strict=True)
    return all(a == b or a is None or b is None for a, b in pairs)


def _contradict(one: Assertion, other: Assertion) -> bool:
    if one.affirmed != other.affirmed:  # a denial for the whole may be there because some parts differ
        return one.value == other.value and one.scope == other.scope
    if not (one.affirmed and one.single_valued and one.value != other.value and _meet(one, other)):
        return False
    if one.extent is None or other.extent is None:
        return True
    return not (_within(one.extent, other.extent) or _within(other.extent, one.extent))


def _refines(finer: Assertion, coarser: Assertion) -> bool:
    both = finer.affirmed and coarser.affirmed and _meet(finer, coarser)
    if not (both and finer.single_valued and finer.value != coarser.value):
        return False
    if finer.extent is None or coarser.extent is None or finer.extent == coarser.extent:
        return False
    return _within(finer.extent, coarser.extent)


def _within(inner: Extent, outer: Extent) -> bool:
    low = outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])
    high = outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
    return low and high


def _mark_exclusive(held: list[Assertion], outcomes: dict[URIRef, Outcome]) -> None:
    """Mark relations that cannot both hold; both stay accepted, because each answers its own question."""
    affirmed = {(a.subject, a.predicate, a.value): a for a in held if a.affirmed}
    for first, second in EXCLUSIVE:
        for (subject, predicate, value), one in affirmed.items():
            other = affirmed.get((subject, second, value))
            if predicate == first and other is not None:
                for mine, theirs in ((one, other), (other, one)):
                    outcome, decision = outcomes[mine.iri], mine.decision or theirs.decision
                    outcome.conflicts.add(theirs.iri)
                    outcome.rule = "curatorDecision" if decision else "unresolved"
                    outcome.reason = (
                        decision or "A part of a model cannot also come after it; no curator has decided."
                    )
