"""What a family, a series or a model consists of, and the builds that were made of a variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qwen_kg.namespaces import PREFIXES
from qwen_kg.results import Store
from qwen_kg.web.entity.asking import Window, about, among
from qwen_kg.web.entity.released import Released, released
from qwen_kg.web.entity.values import Row, Value, address, text_of, value
from qwen_kg.web.paging import Paging

_PAGE = 50
_BUILDS = 60

_PARTS = """
SELECT DISTINCT ?part ?label ?kind ?kindLabel {
  GRAPH graph:facts {
    ?part qkg:variantOf|qkg:inSeries|qkg:inFamily ?_iri ; a ?kind ; skos:prefLabel ?label .
  }
  OPTIONAL { ?kind rdfs:label ?kindLabel }
}"""

_DETAILS = """
SELECT DISTINCT ?part ?property ?value ?label ?amount {
  VALUES ?part { %s }
  VALUES ?property { qkg:totalParameters qkg:activeParameters qkg:sizeLabel qkg:contextLength qkg:license }
  GRAPH graph:facts { ?part ?property ?value }
  OPTIONAL { ?value skos:prefLabel ?label }
  OPTIONAL { ?value qkg:value|qkg:minInclusive ?amount }
} ORDER BY STR(?label) STR(?value)"""

_BUILT = """
SELECT ?build ?label (GROUP_CONCAT(DISTINCT ?format; separator=", ") AS ?formats) {
  GRAPH graph:facts { ?build qkg:quantizedFrom|qkg:convertedFrom ?_iri ; skos:prefLabel ?label }
  OPTIONAL { ?build qkg:buildFormat/skos:prefLabel ?format }
} GROUP BY ?build ?label ORDER BY STR(?label) STR(?build)"""

_RANKS = [PREFIXES["qkg"] + name for name in ("ModelSeries", "Model", "Variant")]


@dataclass(frozen=True)
class Part:
    """A row of the table of parts; what is not known is None, and the table is sorted by ``exact``."""

    name: Value
    kind: str
    size: Value | None
    context: Value | None
    licenses: Sequence[Value]
    released: Released | None


@dataclass(frozen=True)
class Parts:
    """The parts that a page shows, and the counts of all by their kinds."""

    rows: list[Part]
    counts: list[tuple[str, int]]
    paging: Paging


@dataclass(frozen=True)
class Build:
    """A build, with its format."""

    name: Value
    format: str


def parts(store: Store, iri: str, window: Window) -> Parts:
    """Give the direct parts: series, models and then variants, in each kind the latest first."""
    found = about(store, _PARTS, iri)
    dated = released(store, [text_of(row, "part") for row in found])
    found.sort(key=lambda row: text_of(row, "label"))
    found.sort(
        key=lambda row: dated[part].day if (part := text_of(row, "part")) in dated else "", reverse=True
    )
    found.sort(
        key=lambda row: _RANKS.index(kind) if (kind := text_of(row, "kind")) in _RANKS else len(_RANKS)
    )
    kinds = [text_of(row, "kindLabel") or "part" for row in found]
    paging = window.paging("parts", _PAGE, len(found))
    shown = found[paging.start : paging.start + _PAGE]
    details: dict[tuple[str, str], list[Row]] = {}
    for row in among(store, _DETAILS, [text_of(row, "part") for row in shown]):
        details.setdefault((text_of(row, "part"), text_of(row, "property").rpartition("#")[2]), []).append(
            row
        )

    def values(row: Row, name: str) -> list[Value]:
        return [
            value(each["value"], each.get("label"))._replace(
                exact=text_of(each, "amount") or text_of(each, "value")
            )
            for each in details.get((text_of(row, "part"), name), [])
        ]

    rows = [
        Part(
            Value(text_of(row, "label"), address(text_of(row, "part"))),
            text_of(row, "kindLabel"),
            _size(values(row, "totalParameters"), values(row, "activeParameters"), values(row, "sizeLabel")),
            next(iter(values(row, "contextLength")), None),
            values(row, "license"),
            dated.get(text_of(row, "part")),
        )
        for row in shown
    ]
    return Parts(rows, [(kind, kinds.count(kind)) for kind in dict.fromkeys(kinds)], paging)


def builds(store: Store, iri: str, window: Window) -> tuple[list[Build], Paging]:
    """Give the builds that were made of a variant."""
    found = [
        Build(Value(text_of(row, "label"), address(text_of(row, "build"))), text_of(row, "formats"))
        for row in about(store, _BUILT, iri)
        if "build" in row
    ]
    paging = window.paging("builds", _BUILDS, len(found))
    return found[paging.start : paging.start + _BUILDS], paging


def _size(total: list[Value], active: list[Value], label: list[Value]) -> Value | None:
    """Give the number of parameters, with those that are active; the label where no number is known."""
    size = next(iter([*total, *label]), None)
    if size and active:
        return size._replace(text=f"{size.text}, {active[0].text} active")
    return size
