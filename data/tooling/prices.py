"""Writes the prices that models.dev records: ``python data/tooling/prices.py ../shared/sources``.

Makes ``data/offers/models.dev.csv`` from the files on the two places where Alibaba Cloud sells the use of
models. The folder does not tell the day of the commit that it was read at, so that the offers have no date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from models_dev import DATA, HOME, Entry, entries, write

SELLER = "Alibaba-Cloud-company"
HEAD = [
    "model",
    "seller",
    "price",
    "currency",
    "per",
    "billedFor",
    "region",
    "condition",
    "source",
    "locator",
]
BILLED = {
    "input": "inputTokens",
    "output": "outputTokens",
    "reasoning": "reasoningTokens",
    "cache_read": "cachedInputTokens",
    "cache_write": "cacheWriteTokens",
    "input_audio": "audioInputTokens",
    "output_audio": "audioOutputTokens",
}


def offers(entry: Entry) -> Iterator[list[str]]:
    """Give the lines of the table: the price of each kind of token, at first and in each tier."""
    cost = entry.content["cost"]
    tiers = cost.get("tiers", [])
    if set(cost) - {*BILLED, "tiers"} or any(set(tier) - {*BILLED, "tier"} for tier in tiers):
        raise ValueError(f"{entry.source}: a price of a kind that is not known")
    limits = [tier["tier"]["size"] for tier in tiers]
    first = f"up to {limits[0]:,} tokens of context" if limits else ""
    yield from _block(entry, "[cost]", 1, first)
    for number, limit in enumerate(limits, 1):
        yield from _block(entry, "[[cost.tiers]]", number, f"more than {limit:,} tokens of context")


def _block(entry: Entry, heading: str, number: int, condition: str) -> Iterator[list[str]]:
    for key, billed in BILLED.items():
        try:
            place = entry.line(key, heading, number)
        except ValueError:
            continue
        price = entry.lines[place - 1].partition("=")[2].strip()
        for variant in entry.variants:
            shared = "listed for the size, for both sets of weights" if len(entry.variants) > 1 else ""
            said = "; ".join(filter(None, (condition, shared)))
            where = [entry.region, said, entry.source, str(place)]
            yield [variant, SELLER, price, "USD", "1M", billed, *where]


def main(sources: Path) -> None:
    """Write the table."""
    rows: list[list[str]] = []
    for entry in entries(sources):
        if "cost" not in entry.content:
            continue
        rows += offers(entry)
        linked = sources / HOME / "providers/alibaba-cn/models" / f"{entry.name}.toml"
        if entry.region == "international" and linked.exists():
            text = linked.read_text(encoding="utf-8")
            if text.strip() == f"../../alibaba/models/{entry.name}.toml":  # a link: one file for both regions
                rows += offers(replace(entry, region="mainland China"))
    write(DATA / "offers" / "models.dev.csv", HEAD, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
