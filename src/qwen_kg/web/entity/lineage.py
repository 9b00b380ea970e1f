"""What a model came from and what came of it, two steps each way, as a drawing and as a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from qwen_kg.results import Store
from qwen_kg.web.drawing.layered import Edge, Node, layered
from qwen_kg.web.entity.asking import about
from qwen_kg.web.entity.values import Row, Value, address, text_of

# The plain triples only: the closure would draw a line from each to all before it.
_LINKS = """
SELECT DISTINCT ?later ?laterLabel ?property ?earlier ?earlierLabel {
  VALUES ?property { %s }
  {
    { GRAPH graph:facts { ?_iri ?property ?earlier } BIND(?_iri AS ?later) }
    UNION { GRAPH graph:facts { ?later ?property ?_iri } BIND(?_iri AS ?earlier) }
    UNION { GRAPH graph:facts { ?_iri %p ?later . ?later ?property ?earlier } }
    UNION { GRAPH graph:facts { ?earlier %p ?_iri . ?later ?property ?earlier } }
  }
  ?later skos:prefLabel ?laterLabel . ?earlier skos:prefLabel ?earlierLabel .
} ORDER BY STR(?laterLabel) STR(?earlierLabel)"""


@dataclass(frozen=True)
class _Kind:
    """A relation in words: on an edge, above the earlier ones, above the later ones, and of many at once.

    One without words for the later ones has them listed elsewhere. ``most`` are drawn one by one; ``group``
    is the colour of the later ones.
    """

    edge: str
    earlier: str
    later: str
    many: str
    most: int = 5
    group: int = 1


_BUILD = _Kind("built as", "Made from", "", "builds", 2, 8)
#: The relations of lineage, in the order of reading.
_KINDS = {
    "successorOf": _Kind("succeeded by", "Came after", "Succeeded by", "successors"),
    "fineTunedFrom": _Kind("fine-tuned", "Fine-tuned from", "Fine-tuned to", "fine-tunes", group=2),
    "mergedFrom": _Kind("merged into", "Merged from", "Merged into", "merges", group=2),
    "adapterOf": _Kind("adapted by", "Adapter of", "Adapters", "adapters", group=4),
    "distilledFrom": _Kind("distilled to", "Distilled from", "Distilled to", "distilled models", group=5),
    "snapshotOf": _Kind("snapshot", "Snapshot of", "Snapshots", "snapshots", group=7),
    "quantizedFrom": _BUILD,
    "convertedFrom": _BUILD,
}
_QUERY = _LINKS.replace("%s", " ".join(f"qkg:{name}" for name in _KINDS)).replace(
    "%p", "|".join(f"qkg:{name}" for name in _KINDS)
)


@dataclass(frozen=True)
class Relation:
    """Models that stand to this one in the same way, in words."""

    words: str
    others: list[Value]


@dataclass(frozen=True)
class Lineage:
    """The lineage of a model: the drawing, and its direct relations."""

    drawing: Markup
    relations: list[Relation]


def lineage(store: Store, iri: str, label: str) -> Lineage | None:
    """Give the lineage of a model; None where nothing is known of it."""
    rows = about(store, _QUERY, iri)
    if not rows:
        return None
    return Lineage(_draw(rows, iri, label), _relations(rows, iri))


def _relations(rows: Sequence[Row], iri: str) -> list[Relation]:
    found: dict[str, list[Value]] = defaultdict(list)
    for name, kind in _KINDS.items():
        for row in rows:
            if text_of(row, "property").rpartition("#")[2] != name:
                continue
            for side, other, words in (("later", "earlier", kind.earlier), ("earlier", "later", kind.later)):
                if words and text_of(row, side) == iri:
                    found[words].append(Value(text_of(row, other + "Label"), address(text_of(row, other))))
    return [Relation(words, list(dict.fromkeys(others))) for words, others in found.items()]


def _draw(rows: Sequence[Row], iri: str, label: str) -> Markup:
    """Draw what the rows say; where many came of one in the same way, they are drawn as one node."""
    came: dict[tuple[str, _Kind], list[Row]] = defaultdict(list)
    for row in rows:
        came[text_of(row, "earlier"), _KINDS[text_of(row, "property").rpartition("#")[2]]].append(row)
    nodes = {iri: Node(iri, label, address(iri), strong=True)}
    edges: dict[Edge, None] = {}
    for (earlier, kind), later in came.items():
        nodes.setdefault(earlier, Node(earlier, text_of(later[0], "earlierLabel"), address(earlier), 1))
        single = [row for row in later if text_of(row, "later") == iri or len(later) <= kind.most]
        for row in single:
            node = text_of(row, "later")
            nodes.setdefault(node, Node(node, text_of(row, "laterLabel"), address(node), kind.group))
            edges[Edge(earlier, node, kind.edge, dashed=kind.group == _DASHED)] = None
        rest = len(later) - len(single)
        if rest:
            key = f"{earlier} {kind.many}"
            place = "#builds" if kind is _BUILD else "#lineage"
            link = place if earlier == iri else address(earlier) + place
            nodes[key] = Node(key, f"{rest} {'other ' if single else ''}{kind.many}", link, kind.group)
            edges[Edge(earlier, key, kind.edge)] = None
    return layered(list(nodes.values()), list(edges), f"Lineage of {label}")


_DASHED = _KINDS["distilledFrom"].group  # its output was used, and not its weights
