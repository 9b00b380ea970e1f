"""The facts of a thing in groups, each with who says so, how it stands, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from qwen_kg.namespaces import PREFIXES, compact
from qwen_kg.results import Store
from qwen_kg.web.entity.asking import about, among
from qwen_kg.web.entity.groups import HIDDEN, group_of, named, place_of
from qwen_kg.web.entity.values import Row, Value, address, quantity, text_of, value
from qwen_kg.web.passages import Place, passages

_STATEMENTS = """
SELECT ?node ?property ?propertyLabel ?value ?label ?polarity ?standing ?standingLabel ?reason ?scope ?asOf {
  ?node rdf:subject ?_iri ; rdf:predicate ?property ; rdf:object ?value .
  OPTIONAL { ?node qkg:polarity ?polarity }
  OPTIONAL { ?node qkg:standing ?standing . OPTIONAL { ?standing skos:prefLabel ?standingLabel } }
  OPTIONAL { ?node qkg:reason ?reason }
  OPTIONAL { ?node qkg:scope ?scope }
  OPTIONAL { ?node qkg:asOf ?asOf }
  OPTIONAL { ?value skos:prefLabel ?label }
  OPTIONAL { ?property rdfs:label ?propertyLabel }
} ORDER BY STR(?label) STR(?value) STR(?node)"""

# How some nodes stand to others: what contradicts them, and what says them more precisely.
_RELATED = """
SELECT ?item ?relation ?other ?label ?rule {
  VALUES ?item { %s }
  {
    ?item qkg:conflictsWith ?other . BIND("against" AS ?relation)
    OPTIONAL { ?item qkg:rule/skos:prefLabel ?rule }
  }
  UNION { ?other qkg:refines ?item . BIND("finer" AS ?relation) }
  OPTIONAL { ?other skos:prefLabel ?label }
} ORDER BY STR(?label) STR(?other)"""

_QUANTITIES = """
SELECT ?node ?property ?value ?label {
  VALUES ?node { %s }
  GRAPH graph:facts { ?node ?property ?value }
  OPTIONAL { ?value skos:prefLabel|rdfs:label ?label }
}"""

_QUANTITY = PREFIXES["id"] + "quantity-"
_ACCEPTED = frozenset({"", "asserted", "inferred"})


@dataclass
class Support:
    """Why a page may say something: ``link`` leads to the node that says it.

    ``standing`` and ``label`` are how it stands, as a word of ours and for people; ``against`` are nodes that
    contradict it, ``rule`` how that was decided, ``finer`` nodes that say it more precisely.
    """

    link: str = ""
    standing: str = ""
    label: str = ""
    denied: bool = False
    reason: str = ""
    rule: str = ""
    places: list[Place] = field(default_factory=list)
    against: list[Value] = field(default_factory=list)
    finer: list[Value] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the graph takes it as true."""
        return self.standing in _ACCEPTED

    @property
    def marks(self) -> list[str]:
        """The words that a row is marked with; what a source simply says has none."""
        words = ["denied"] * self.denied
        words += [self.label or self.standing] * (self.standing not in {"", "asserted"})
        words += ["contradicted"] * bool(self.against and self.accepted)
        return words + ["less precise"] * bool(self.finer)


@dataclass
class Said:
    """A value of a property; ``support`` is None where no source has to say it. ``limits`` narrow it."""

    value: Value
    support: Support | None = None
    limits: str = ""

    @property
    def order(self) -> tuple[bool, ...]:
        """What holds stands first, and what was not accepted last."""
        if self.support is None:
            return (False, False, False)
        return (not self.support.accepted, self.support.denied, bool(self.support.finer))


@dataclass
class Fact:
    """A property with its values."""

    iri: str
    name: str
    values: list[Said] = field(default_factory=list)

    @property
    def link(self) -> str:
        """Where the property is defined, if here."""
        return "/ns#" + self.iri.removeprefix(PREFIXES["qkg"]) if self.iri.startswith(PREFIXES["qkg"]) else ""

    @property
    def anchor(self) -> str:
        """What the row is known by on its page."""
        return "fact-" + self.iri.rpartition("#")[2].rpartition("/")[2]

    @property
    def contested(self) -> bool:
        """Whether sources contradict each other about it."""
        return any(each.support and each.support.against for each in self.values)


@dataclass
class Group:
    """Facts that belong together, under a heading."""

    name: str
    facts: list[Fact] = field(default_factory=list)


def groups(store: Store, iri: str, rows: Iterable[Row], without: Iterable[str] = ()) -> list[Group]:
    """Give the facts of an IRI in groups, in the order of reading.

    Args:
        store: what is asked.
        iri: what the facts are about.
        rows: its triples.
        without: properties, as CURIEs, that the page shows elsewhere.
    """
    hidden = HIDDEN | set(without)
    stated = list(about(store, _STATEMENTS, iri))
    held = supports(store, stated)
    amounts = _quantities(store, [*stated, *rows])
    facts: dict[str, Fact] = {}
    seen: set[tuple[str, str]] = set()
    for row in [*_once(stated), *rows]:
        key, term = text_of(row, "property"), row["value"]
        node = text_of(row, "node")
        if compact(key) in hidden or (not node and (key, str(term["value"])) in seen):
            continue
        seen.add((key, str(term["value"])))
        fact = facts.setdefault(key, Fact(key, named(key, text_of(row, "propertyLabel"))))
        shown = amounts.get(str(term["value"])) or value(term, row.get("label"))
        limits = "; ".join(each for each in (text_of(row, "scope"), _as_of(row)) if each)
        fact.values.append(Said(shown, held.get(node), limits))
    found: dict[str, Group] = {}
    for fact in sorted(facts.values(), key=lambda each: (place_of(each.iri), each.name)):
        fact.values.sort(key=lambda each: each.order)
        name = group_of(fact.iri)
        found.setdefault(name, Group(name)).facts.append(fact)
    return list(found.values())


def supports(store: Store, rows: Iterable[Row]) -> dict[str, Support]:
    """Give what supports each ``node`` of some rows, with its ``standing``, ``polarity`` and ``reason``."""
    found = {
        text_of(row, "node"): Support(
            address(text_of(row, "node")),
            text_of(row, "standing").rpartition("#")[2],
            text_of(row, "standingLabel"),
            text_of(row, "polarity") == PREFIXES["qkg"] + "denied",
            text_of(row, "reason"),
        )
        for row in rows
    }
    for node, places in passages(store, found).items():
        found[node].places = places
    for row in among(store, _RELATED, found):
        support = found[text_of(row, "item")]
        other = value(row["other"], row.get("label"))
        known = support.against if text_of(row, "relation") == "against" else support.finer
        if other not in known:
            known.append(other)
        support.rule = text_of(row, "rule") or support.rule
    return found


def _once(rows: Iterable[Row]) -> list[Row]:
    """Leave out rows of a node that differ only in a second label or reason."""
    return list({text_of(row, "node"): row for row in rows}.values())


def _as_of(row: Row) -> str:
    return "as of " + value(row["asOf"]).text if "asOf" in row else ""


def _quantities(store: Store, rows: Iterable[Row]) -> dict[str, Value]:
    """Read the quantities among the values of some rows."""
    nodes = [text_of(row, "value") for row in rows if text_of(row, "value").startswith(_QUANTITY)]
    found: dict[str, list[Row]] = {}
    for row in among(store, _QUANTITIES, nodes):
        found.setdefault(text_of(row, "node"), []).append(row)
    return {node: quantity(each)._replace(link=address(node)) for node, each in found.items()}
