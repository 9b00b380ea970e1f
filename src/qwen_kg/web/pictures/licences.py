"""Which licence covers what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from urllib.parse import urlencode

from qwen_kg.namespaces import prologue
from qwen_kg.web.drawing.matrix import Count, Head, matrix
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import Family, Member, page_of, read_family
from qwen_kg.web.pictures.picture import Drawn, Entry, Picture, asked, choose, known_only, saved, tick
from qwen_kg.web.pictures.releases import plural
from qwen_kg.web.tables import Cell, Table, select

_LICENCES = """
SELECT ?license ?label ?use ?limit {
  ?license a qkg:License ; skos:prefLabel ?label .
  OPTIONAL { ?license qkg:commercialUse/skos:prefLabel ?use }
  OPTIONAL { ?license qkg:commercialUserLimit/qkg:notation ?limit }
} ORDER BY ?label"""
_COVERED = """
SELECT ?licenceLabel ?use ?variant ?label {
  ?variant a qkg:Variant ; skos:prefLabel ?label ; qkg:license ?licence .
  ?licence skos:prefLabel ?licenceLabel .
  OPTIONAL { ?licence qkg:commercialUse/skos:prefLabel ?use }
} ORDER BY ?licenceLabel ?label"""
_ROWS = [("kind", "kind"), ("series", "series"), ("model", "model")]
#: The colours of what a licence says of commercial use, by the words for it; 8 is for what is not known.
_USES = {"allowed": 4, "allowed below a limit": 6, "not allowed": 3}


def _draw(kg: Knowledge, given: Mapping[str, str]) -> Drawn:
    by = choose(given, "by", "Rows by", _ROWS)
    builds = tick(given, "builds", "With builds in other formats")
    known_only(given, [by, builds])
    family = read_family(kg.store)
    told = list(select(kg.store, prologue() + _LICENCES))
    licences = [row["license"]["value"] for row in told]
    heads = [
        Head(
            row["label"]["value"],
            page_of(row["license"]["value"]) if row["license"]["value"].startswith("https://w3id") else "",
            _permission(row),
            _USES.get(row["use"]["value"] if "use" in row else "", 8),
        )
        for row in told
    ]
    heads = [
        head._replace(link=head.link or _covered_by(row["label"]["value"]))
        for head, row in zip(heads, told, strict=True)
    ]
    heads.append(Head("No licence known", "/queries/unknown-licenses", "no source states one", 8))
    row_of = _rows(family, by.value)
    counts: Counter[tuple[str, int]] = Counter()
    names: dict[tuple[str, int], list[Member]] = defaultdict(list)
    for member in family.members.values():
        if member.kind != "variant" or not family.belongs(member) or (member.is_build and not builds.value):
            continue
        columns = [licences.index(each) for each in member.facts["qkg:license"] if each in licences]
        for column in columns or [len(licences)]:
            counts[row_of.get(member.iri, ""), column] += 1
            names[row_of.get(member.iri, ""), column].append(member)
    totals = Counter[str]()
    for (row, _), number in counts.items():
        totals[row] += number
    order = sorted(totals, key=lambda each: (not each, -totals[each], family.labels.get(each, "")))
    kept = [index for index in range(len(heads)) if any(column == index for _, column in counts)]
    rows = [Head(_name(family, each, by.value), page_of(each) if each else "") for each in order]
    cells = {
        (order.index(row), kept.index(column)): Count(
            number,
            _cell_link(row, by.value, heads[column], column < len(licences)),
            f"{_name(family, row, by.value)}: {number} under {heads[column].label}"
            if column < len(licences)
            else f"{_name(family, row, by.value)}: {number} whose licence no source states",
        )
        for (row, column), number in counts.items()
    }
    table: list[list[Cell | None]] = [
        [
            Cell(_name(family, row, by.value), page_of(row)) if row else Cell("not known"),
            Cell(heads[column].label, heads[column].link),
            Cell(heads[column].note),
            Cell(str(counts[row, column])),
            Cell(
                "; ".join(member.label for member in sorted(names[row, column], key=lambda each: each.label))
            ),
        ]
        for row in order
        for column in kept
        if (row, column) in counts
    ]
    uses = {head.group: head.note.partition(",")[0] for head in (heads[each] for each in kept)}
    return Drawn(
        matrix(rows, [heads[each] for each in kept], cells, f"Number of variants by licence and {by.value}"),
        Table([by.value, "licence", "commercial use", "variants", "which"], table),
        "The number of variants under each licence, as sources state it of the variant itself. A disc is as "
        "large as its number; its colour tells what the licence says of commercial use.",
        [
            saved("commercial-use", "What may be used commercially, as a saved query"),
            saved("unknown-licenses", "Variants whose licence is not known"),
            asked(_COVERED),
        ],
        [by, builds],
        [Entry(group, use if group != 8 else "not known") for group, use in sorted(uses.items())],
        frozenset({"variants"}),
    )


def _permission(row: Mapping[str, Mapping[str, str]]) -> str:
    if "use" not in row:
        return "commercial use not known"
    limit = f", {row['limit']['value']} users" if "limit" in row else ""
    return f"commercial use {row['use']['value']}{limit}"


def _covered_by(label: str) -> str:
    return "/queries/licensed-under?" + urlencode({"license": label})


def _cell_link(row: str, by: str, head: Head, is_licence: bool) -> str:
    """Give the page that lists what is in a cell, or what of the row has no licence."""
    if by == "kind" or not row:
        return head.link
    name = row.rpartition("/")[2]
    return f"/queries/{'commercial-use' if is_licence else 'unknown-licenses'}?" + urlencode({"model": name})


def _rows(family: Family, by: str) -> dict[str, str]:
    """Give the row of each variant."""
    if by == "kind":
        purposes = family.purposes()
        origins = {each.iri: _origin(family, each) for each in family.members.values()}
        return {iri: purposes.get(iri) or purposes.get(origins[iri], "") for iri in family.members}
    if by == "series":
        return {each.iri: next(iter(family.series(each)), "") for each in family.members.values()}
    return {each.iri: each.first("qkg:variantOf") for each in family.members.values()}


def _origin(family: Family, member: Member) -> str:
    return member.first("qkg:quantizedFrom") or member.first("qkg:convertedFrom")


def _name(family: Family, row: str, by: str) -> str:
    if not row:
        return f"Of no {by}" if by != "kind" else "Of no known kind"
    label = family.labels.get(row, row)
    return plural(label) if by == "kind" else label


PICTURE = Picture(
    "licences",
    "Which licence covers what",
    "How many variants are under which licence, and what each licence says of commercial use.",
    _draw,
)
