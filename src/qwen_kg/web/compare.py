"""``/compare``: two to six variants side by side; the choice is in the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import InputError, NotFoundError, ParameterError
from qwen_kg.formats import PAGE, by_name, choose
from qwen_kg.namespaces import PREFIXES
from qwen_kg.web.comparison import Row, facts, known_variants, scores
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.passages import Place, passages
from qwen_kg.web.responses import page, wanted
from qwen_kg.web.search import page_of
from qwen_kg.web.suggested import suggested

_FEWEST, _MOST = 2, 6
_SETTINGS = 4  # of one benchmark that are shown at once
_VARIANT = PREFIXES["qkg"] + "Variant"
_CSV = by_name("csv")


@dataclass(frozen=True)
class Chosen:
    """A variant: how it was written, and the addresses of its page and of the comparison without it."""

    iri: str
    label: str
    name: str
    page: str = ""
    without: str = ""


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a name, and comparisons with other names in its place."""

    error: InputError
    instead: Sequence[tuple[str, str]] = ()


@dataclass
class Choice:
    """What a request chose: the variants that there are, and what is wrong with the other names."""

    variants: list[Chosen] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The status of the answer: that of the first mistake, or 200."""
        return self.mistakes[0].error.status if self.mistakes else 200


def compare_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for comparing variants of a graph."""
    blueprint = Blueprint("compare", __name__)

    @blueprint.get("/compare")
    def compare() -> Response:
        names = [name.strip() for name in request.args.getlist("variant") if name.strip()]
        choice = chosen(kg, names)
        enough = len(choice.variants) >= _FEWEST
        iris = [variant.iri for variant in choice.variants]
        rows = facts(kg.store, iris) if enough else []
        scored = scores(kg.store, iris) if enough else []
        if choose(wanted(), [_CSV, PAGE], "a comparison") is not PAGE:
            _refuse(choice)
            return _as_csv(kg, choice.variants, rows, scored)
        differing = request.args.get("only") == "differences"
        if differing:
            rows = [row for row in rows if row.differs]
        first, rest = _shortened(scored)
        items = (item.node for row in [*rows, *first] for slot in row.slots for item in slot.items)
        return page(
            "compare.html",
            choice.status,
            choice=choice,
            names=names,
            most=_MOST,
            fields=min(max(len(iris) + 1, 2 if names else 3), _MOST),
            groups=[(name, list(group)) for name, group in groupby(rows, lambda row: row.group)],
            scores=_by_benchmark(first),
            more=_by_benchmark(rest),
            passages=passages(kg.store, items),
            page_of=page_of,
            differing=differing,
            toggled=_address(iris, kg, only="" if differing else "differences"),
            csv=_address(iris, kg, format="csv"),
            suggestions=[]
            if enough
            else [(each, _address(each.variants, kg)) for each in suggested(kg.store)],
        )

    return blueprint


def chosen(kg: Knowledge, names: Sequence[str]) -> Choice:
    """Find the variants that are meant by names, in their order, and say what is wrong with the others."""
    choice = Choice()
    found: dict[str, str] = {}
    for name in names:
        try:
            iri = kg.names.find(name, _VARIANT)
        except NotFoundError as error:
            choice.mistakes.append(_mistaken(kg, names, name, error.suggestions))
            continue
        if iri in found:
            same = "" if found[iri] == name else f', which is what "{found[iri]}" means, too'
            choice.mistakes.append(Mistake(ParameterError(f'"{name}" is chosen twice{same}')))
        elif len(found) == _MOST:
            told = f'"{name}" is left out: {_MOST} variants can be compared, not more'
            choice.mistakes.append(Mistake(ParameterError(told)))
        else:
            found[iri] = name
    labels = known_variants(kg.store, found) if found else {}
    for iri, name in found.items():
        if iri in labels:
            without = _address([each for each in found if each in labels and each != iri], kg)
            choice.variants.append(Chosen(iri, labels[iri], name, page_of(iri), without))
        else:
            choice.mistakes.append(_mistaken(kg, names, name))
    return choice


def _mistaken(kg: Knowledge, names: Sequence[str], name: str, close: Sequence[str] = ()) -> Mistake:
    """Offer what may have been meant by a name: what has it in its own name, or looks like it."""
    near = [each.label for each in kg.index.search(name, _VARIANT)[:4]] or list(close)
    told = NotFoundError(f'no variant is called "{name}"', near)
    others = {each: [each if other == name else other for other in names] for each in near}
    return Mistake(told, [(each, _query(variant=replaced)) for each, replaced in others.items()])


def _address(iris: Sequence[str], kg: Knowledge, **fields: str) -> str:
    """Give the address of a comparison, in which variants have names that people can read."""
    named = [iri.removeprefix(PREFIXES["id"]) for iri in iris]
    return _query(variant=named, **{name: value for name, value in fields.items() if value})


def _query(**fields: str | Sequence[str]) -> str:
    query = urlencode(fields, doseq=True)
    return url_for("compare.compare") + (f"?{query}" if query else "")


def _refuse(choice: Choice) -> None:
    """Raise what is wrong with a choice, for programs.

    Raises:
        InputError: a name is unknown, repeated or one too many, or there are too few.
    """
    if choice.mistakes:
        raise choice.mistakes[0].error
    if len(choice.variants) < _FEWEST:
        raise ParameterError(f"a comparison needs {_FEWEST} to {_MOST} variants, as variant=…&variant=…")


def _shortened(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Part rows so that of each benchmark only so many settings are among the first."""
    first: list[Row] = []
    rest: list[Row] = []
    counted: dict[str, int] = {}
    for row in rows:
        counted[row.group] = counted.get(row.group, 0) + 1
        (first if counted[row.group] <= _SETTINGS else rest).append(row)
    return first, rest


def _by_benchmark(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Put the rows of a benchmark together, where the first of them stands."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row)
    return list(found.items())


def _as_csv(
    kg: Knowledge, variants: Sequence[Chosen], rows: Sequence[Row], scored: Sequence[Row]
) -> Response:
    """Send a comparison as CSV (RFC 4180): for each variant what holds, and the passages that say so."""
    nodes = (item.node for row in [*rows, *scored] for slot in row.slots for item in slot.shown)
    found = passages(kg.store, nodes)
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [(variant.label, f"{variant.label}: sources") for variant in variants]
    writer.writerow(["group", "what", "detail", "differs", *(text for head in heads for text in head)])
    for name, part in (("", rows), ("Scores", scored)):
        for row in part:
            cells = [
                ("; ".join(item.text for item in slot.shown), _sources(found, [i.node for i in slot.shown]))
                for slot in row.slots
            ]
            told = [name or row.group, row.head.text, row.detail, "yes" if row.differs else "no"]
            writer.writerow([*told, *(text for cell in cells for text in cell)])
    response = Response(out.getvalue(), mimetype=_CSV.media_type)
    response.headers["Content-Disposition"] = "attachment; filename=comparison.csv"
    response.vary.add("Accept")
    return response


def _sources(found: Mapping[str, Sequence[Place]], nodes: Sequence[str]) -> str:
    places = {f"{place.source.text}, {place.place.text}" for node in nodes for place in found.get(node, ())}
    return "; ".join(sorted(places))
