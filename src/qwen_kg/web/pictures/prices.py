"""What a million tokens cost, by the date of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from qwen_kg.namespaces import prologue
from qwen_kg.web.drawing.scatter import Axis, Point, scatter
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import page_of, read_family
from qwen_kg.web.pictures.picture import Drawn, Picture, asked, choose, colours, known_only, legend, saved
from qwen_kg.web.tables import Cell, Table, Term, select

_OFFERS = """
SELECT ?offer ?member ?label ?tokens ?price ?per ?currency ?region ?date ?day ?condition ?standing {
  ?offer a qkg:Offer ; qkg:offeredModel ?member ; qkg:price ?price ; qkg:currency ?currency ;
         qkg:billedFor/skos:prefLabel ?tokens ; qkg:referenceQuantity/qkg:value ?per ;
         qkg:standing/skos:prefLabel ?standing .
  ?member skos:prefLabel ?label .
  OPTIONAL { ?offer qkg:region ?region }
  OPTIONAL { ?offer qkg:offerDate ?date ; qkg:dateEarliest ?day }
  OPTIONAL { ?offer qkg:condition ?condition }
} ORDER BY ?label ?tokens ?region ?condition ?price ?offer"""
_LOST = "disputed"
_USUAL = 2  # kinds of tokens that are shown where nothing is chosen, the most frequent ones
_ALL = "all"


def _draw(kg: Knowledge, given: Mapping[str, str]) -> Drawn:
    offers = list(select(kg.store, prologue() + _OFFERS))
    region = choose(given, "region", "Region", _options(offers, "region"))
    currency = choose(given, "currency", "Currency", _options(offers, "currency"))
    kinds = _options(offers, "tokens")
    usual = [kind for kind, _ in kinds[:_USUAL]]
    tokens = choose(
        given, "tokens", "Tokens", [("", " and ".join(usual)), (_ALL, "all kinds"), *sorted(kinds)]
    )
    wanted = {"": usual, _ALL: [kind for kind, _ in kinds]}.get(tokens.value, [tokens.value])
    known_only(given, [region, currency, tokens])
    chosen = [
        row
        for row in offers
        if _text(row, "region") == region.value
        and _text(row, "currency") == currency.value
        and _text(row, "tokens") in wanted
    ]
    groups = colours(_text(row, "tokens") for row in chosen)
    family = read_family(kg.store)
    points: dict[tuple[str, str, float], Point] = {}
    rows: list[list[Cell | None]] = []
    undated = 0
    for row in chosen:
        member = family.members.get(row["member"]["value"])
        release = family.dated(member) if member else None
        price = float(row["price"]["value"]) * 1_000_000 / float(row["per"]["value"])
        day = date.fromisoformat(_text(row, "day")) if "day" in row else release and release.day
        if day and _text(row, "standing") != _LOST:
            told = f"{price:g} {currency.value} for a million {_text(row, 'tokens')}"
            if "condition" in row:
                told += f", {_text(row, 'condition')}"
            point = Point(day, price, _text(row, "label"), page_of(_text(row, "offer")), told, 1)
            points[_text(row, "label"), _text(row, "tokens"), price] = point._replace(
                group=groups[_text(row, "tokens")]
            )
        elif not day:
            undated += 1
        rows.append(
            [
                Cell(_text(row, "label"), page_of(_text(row, "member"))),
                Cell(_text(row, "tokens")),
                Cell(f"{price:g}", page_of(_text(row, "offer"))),
                Cell(_text(row, "currency")),
                Cell(_text(row, "region")) if "region" in row else None,
                Cell(_text(row, "condition")) if "condition" in row else None,
                Cell(_text(row, "date")) if "date" in row else None,
                Cell(release.written, page_of(release.event)) if release else None,
                Cell(_text(row, "standing")),
            ]
        )
    return Drawn(
        scatter(
            list(points.values()),
            Axis("model released", "date"),
            Axis(f"{currency.value} for a million tokens", "log"),
            "Price of a million tokens over time",
        ),
        Table(
            [
                "model",
                "tokens",
                "price of a million",
                "currency",
                "region",
                "condition",
                "as of",
                "released",
                "standing",
            ],
            rows,
        ),
        "A mark stands at the day of the offer where its source gives one, and else at that of the "
        "release of the model, because most lists of prices are not dated."
        + (f" {undated} in the table have neither, and no mark." if undated else ""),
        [saved("price-history", "These prices as a saved query", region=region.value), asked(_OFFERS)],
        [region, currency, tokens],
        legend(groups, {}, "other tokens"),
        frozenset({"price of a million"}),
    )


def _text(row: Mapping[str, Term], name: str) -> str:
    return str(row[name]["value"]) if name in row else ""


def _options(offers: list[dict[str, Term]], name: str) -> list[tuple[str, str]]:
    """Give the values that offers have, the most frequent first."""
    counts = Counter(_text(row, name) for row in offers)
    return [(value, value or "not said") for value, _ in counts.most_common()] or [("", "not said")]


PICTURE = Picture(
    "prices",
    "Prices over time",
    "What a million tokens cost, by the date of the offer or of the model.",
    _draw,
)
