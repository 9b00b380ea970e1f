"""``/disagreements``: where sources contradict each other, with both sides, their passages and the reason."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import NotFoundError
from qwen_kg.formats import PAGE, by_name, choose
from qwen_kg.namespaces import PREFIXES, prologue
from qwen_kg.results import Store
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.paging import Paging
from qwen_kg.web.passages import Place, passages
from qwen_kg.web.responses import page, wanted
from qwen_kg.web.search import number, page_of
from qwen_kg.web.tables import Term, select

_PAGE = 20  # disagreements on one page
_CSV = by_name("csv")
_ACCEPTED = {PREFIXES["qkg"] + standing for standing in ("asserted", "inferred")}
_FILTERS = ("entity", "topic", "outcome", "rule")

_PAIRS = "SELECT ?item ?other { ?item qkg:conflictsWith ?other FILTER(STR(?item) < STR(?other)) }"

# What each side says, with the property or the kind of event that it is about.
_SIDES = """
SELECT ?item ?about ?aboutLabel ?topic ?topicLabel ?on ?metric ?detail ?value ?valueLabel ?currency ?billed
       ?polarity ?standing ?rule ?ruleLabel ?reason {
  { SELECT DISTINCT ?item { ?item qkg:conflictsWith [] } }
  ?item qkg:standing ?standing ; rdf:subject|qkg:concerns|qkg:offeredModel|qkg:evaluates ?about .
  ?about skos:prefLabel ?aboutLabel .
  OPTIONAL { ?item qkg:polarity ?polarity }
  OPTIONAL { ?item qkg:rule ?rule . ?rule skos:prefLabel ?ruleLabel }
  OPTIONAL { ?item qkg:reason ?reason }
  {
    ?item rdf:predicate ?topic ; rdf:object ?value .
    OPTIONAL { ?value skos:prefLabel ?valueLabel }
    OPTIONAL { ?item qkg:scope|qkg:condition ?detail }
  } UNION {
    ?item a qkg:Event ; qkg:eventKind ?topic ; qkg:date ?value .
    OPTIONAL { ?item qkg:scope ?detail }
  } UNION {
    ?item a qkg:Evaluation ; qkg:onBenchmark/skos:prefLabel ?on ; qkg:score ?value .
    OPTIONAL { ?item qkg:metric ?metric }
    OPTIONAL { ?item qkg:setting ?detail }
    BIND(qkg:score AS ?topic)
  } UNION {
    ?item a qkg:Offer ; qkg:price ?value ; qkg:currency ?currency ; qkg:billedFor/skos:prefLabel ?billed .
    OPTIONAL { ?item qkg:region ?detail }
    BIND(qkg:price AS ?topic)
  }
  OPTIONAL { ?topic rdfs:label|skos:prefLabel ?topicLabel }
}"""


@dataclass(frozen=True)
class Side:
    """What one side says: ``value`` of ``topic``, in the circumstances of ``detail``."""

    node: str
    about: str
    about_label: str
    topic: str
    topic_label: str
    value: str
    detail: str
    denied: bool
    accepted: bool
    rule: str
    rule_label: str
    reason: str


@dataclass(frozen=True)
class Pair:
    """Two sides that cannot both hold; ``sides`` has the accepted one first, where one is."""

    sides: tuple[Side, Side]

    @property
    def outcome(self) -> str:
        """What came of it, in the words of the saved query ``disagreements``."""
        first, second = self.sides
        if first.accepted:
            return "both kept" if second.accepted else "decided"
        return "open" if second.rule == PREFIXES["qkg"] + "unresolved" else "neither accepted"

    @property
    def rule(self) -> str:
        """The rule by which it was decided; that of the side that lost is that of its defeat."""
        return self.sides[1].rule_label

    @property
    def reason(self) -> str:
        """Why it was decided so, in words."""
        return self.sides[1].reason


@dataclass(frozen=True)
class Choice:
    """A value of a filter with its name and how many there are."""

    value: str
    label: str
    count: int


def disagreements_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for the disagreements of a graph."""
    blueprint = Blueprint("disagreements", __name__)

    @blueprint.get("/disagreements")
    def index() -> Response:
        given = {name: value.strip() for name in _FILTERS if (value := request.args.get(name, "")).strip()}
        first = number(request.args, "from", 0)
        problem: NotFoundError | None = None
        try:
            pairs = read(kg, given.get("entity", ""))
        except NotFoundError as error:
            pairs, problem = [], error
        found = [pair for pair in pairs if _fits(pair, given)]
        if choose(wanted(), [_CSV, PAGE], "the disagreements") is not PAGE:
            if problem is not None:
                raise problem
            return _as_csv(kg.store, found)
        shown = found[first : first + _PAGE]
        return page(
            "disagreements.html",
            404 if problem else 200,
            given=given,
            problem=problem,
            total=len(pairs),
            choices=_choices(pairs, given),
            rules=Counter((pair.rule, pair.reason) for pair in found if pair.rule).most_common(),
            pairs=shown,
            passages=passages(kg.store, (side.node for pair in shown for side in pair.sides)),
            page_of=page_of,
            csv=url_for("disagreements.index") + "?" + urlencode({**given, "format": "csv"}),
            paging=Paging(url_for("disagreements.index"), given, first, _PAGE, len(found)),
        )

    return blueprint


def read(kg: Knowledge, entity: str = "") -> list[Pair]:
    """Give the disagreements of a graph, about one entity or all.

    Args:
        kg: the graph.
        entity: a name in any spelling; all disagreements where it is empty.

    Raises:
        NotFoundError: nothing has that name.
    """
    iri = kg.names.find(entity) if entity else ""
    sides = {side.node: side for side in map(_side, select(kg.store, prologue() + _SIDES))}
    pairs = []
    for row in select(kg.store, prologue() + _PAIRS):
        first, second = sides.get(row["item"]["value"]), sides.get(row["other"]["value"])
        if first is None or second is None:  # somebody wrote a conflict of something that says nothing
            continue
        if not iri or iri in (first.about, second.about):
            pairs.append(Pair((second, first) if second.accepted and not first.accepted else (first, second)))
    return sorted(
        pairs, key=lambda pair: [(s.about_label, s.topic_label, s.detail, s.value) for s in pair.sides]
    )


def _side(row: Mapping[str, Term]) -> Side:
    value = _text(row, "valueLabel") or _text(row, "value")
    if row["value"].get("datatype") == PREFIXES["xsd"] + "integer":
        value = f"{int(value):,}"
    if "currency" in row:
        value = f"{_text(row, 'currency')} {value}"
    details = [_text(row, name) for name in ("on", "metric", "billed", "detail")]
    topic = _text(row, "topic")
    return Side(
        row["item"]["value"],
        row["about"]["value"],
        row["aboutLabel"]["value"],
        topic.rpartition("#")[2],
        _text(row, "topicLabel") or topic,
        value,
        ", ".join(each for each in details if each and each != "score"),
        _text(row, "polarity") == PREFIXES["qkg"] + "denied",
        row["standing"]["value"] in _ACCEPTED,
        _text(row, "rule"),
        _text(row, "ruleLabel"),
        _text(row, "reason"),
    )


def _text(row: Mapping[str, Term], name: str) -> str:
    return str(row[name]["value"]) if name in row else ""


def _fits(pair: Pair, given: Mapping[str, str], but: str = "") -> bool:
    """Say whether a pair passes the filters, but for one of them."""
    has = {"topic": [side.topic for side in pair.sides], "outcome": [pair.outcome], "rule": [pair.rule]}
    return all(given[name] in has[name] for name in has if name in given and name != but)


def _choices(pairs: Iterable[Pair], given: Mapping[str, str]) -> dict[str, list[Choice]]:
    """Give the values of each filter, with how many there are under the other filters."""
    counted: dict[str, Counter[tuple[str, str]]] = {
        "topic": Counter(),
        "outcome": Counter(),
        "rule": Counter(),
    }
    for pair in pairs:
        for name, values in (
            ("topic", {(side.topic, side.topic_label) for side in pair.sides}),
            ("outcome", {(pair.outcome, pair.outcome)}),
            ("rule", {(pair.rule, pair.rule)} if pair.rule else set()),
        ):
            counted[name].update({key: int(_fits(pair, given, but=name)) for key in values})
    return {
        name: [Choice(*key, count) for key, count in found.most_common()] for name, found in counted.items()
    }


def _as_csv(store: Store, pairs: Iterable[Pair]) -> Response:
    """Send disagreements as CSV (RFC 4180), each with the passages of both sides."""
    pairs = list(pairs)
    found = passages(store, (side.node for pair in pairs for side in pair.sides))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "about",
            "topic",
            "outcome",
            "side",
            "side_passages",
            "other_side",
            "other_passages",
            "rule",
            "reason",
        ]
    )
    for pair in pairs:
        told = [(_said(side), "; ".join(map(_place, found.get(side.node, [])))) for side in pair.sides]
        first = pair.sides[0]
        writer.writerow(
            [first.about_label, first.topic_label, pair.outcome, *told[0], *told[1], pair.rule, pair.reason]
        )
    response = Response(out.getvalue(), mimetype=_CSV.media_type)
    response.headers["Content-Disposition"] = "attachment; filename=disagreements.csv"
    response.vary.add("Accept")
    return response


def _said(side: Side) -> str:
    return ("not " if side.denied else "") + side.value + (f" ({side.detail})" if side.detail else "")


def _place(place: Place) -> str:
    return f"{place.source.text}, {place.place.text}"
