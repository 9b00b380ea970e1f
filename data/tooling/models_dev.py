"""Writes what models.dev records of Qwen models: ``python data/tooling/models_dev.py ../shared/sources``.

Makes ``data/facts/models.dev.csv`` (lengths, modalities, access, reasoning), ``data/events/models.dev.csv``
(days of release) and ``data/evaluations/models.dev.csv`` (scores) from its TOML files on models and on the
two places where Alibaba Cloud sells them. ``entries`` gives these files, and the variants each is about.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1]
HOME = Path("anomalyco+models.dev")
#: Folder of the files, beginning of the id of their source, and the region of the place of sale.
FOLDERS = {
    "models/alibaba": ("models.dev", ""),
    "providers/alibaba/models": ("models.dev-alibaba", "international"),
    "providers/alibaba-cn/models": ("models.dev-alibaba-cn", "mainland China"),
}
#: Names that the rules of ``variants`` do not give. One entry on Qwen3-VL stands for two sets of weights.
NAMED = {
    "qwq-32b": ["QwQ-32B"],
    "qwq-plus": ["QwQ-Plus"],
    "qvq-max": ["QVQ-Max"],
    "tongyi-intent-detect-v3": ["Tongyi-Intent-Detect-V3"],
    "qwen-plus-character-ja": ["Qwen-Plus-Character-JA"],
    "qwen3-livetranslate-flash-realtime": ["Qwen3-LiveTranslate-Flash-Realtime"],
    "qwen3-vl-235b-a22b": ["Qwen3-VL-235B-A22B-Instruct", "Qwen3-VL-235B-A22B-Thinking"],
    "qwen3-vl-30b-a3b": ["Qwen3-VL-30B-A3B-Instruct", "Qwen3-VL-30B-A3B-Thinking"],
}
#: What such an entry says of reasoning is read of the set that is named after thinking only.
SHARED = "models.dev has one entry for this size, whichever of its two sets of weights is meant."
SOLD = "models.dev lists it with a price where Alibaba Cloud sells the use of models."
SWITCHED = "models.dev lists an option that turns its reasoning on and off."
CLOSED = (
    "The entry on the model says closed and names no repository, as those on open weights do; only the "
    "entry of the seller says open."
)
FACT = ["subject", "property", "value", "source", "locator", "standing", "reason", "polarity", "decision"]
EVENT = ["subject", "kind", "date", "source", "locator", "standing", "reason"]
SCORE = ["variant", "benchmark", "metric", "setting", "score", "unit", "source", "locator", "date"]


@dataclass(frozen=True)
class Entry:
    """A file of models.dev on a Qwen model: its source, region, variants, lines and content."""

    name: str
    source: str
    region: str
    variants: list[str]
    lines: list[str]
    content: dict[str, Any]

    def line(self, start: str, within: str = "", number: int = 1) -> int:
        """Give the number of the line that begins so, after the nth heading ``within``."""
        seen, inside = 0, not within
        for place, text in enumerate(self.lines, 1):
            if text.startswith("["):
                seen += text.strip() == within
                inside = text.strip() == within and seen == number
            if inside and re.match(re.escape(start) + r"(?!\w)", text):
                return place
        raise ValueError(f"{self.source}: no line {start!r} after {within!r}")


def variants(name: str) -> list[str]:
    """Give the ids of the variants that a file is about: a name on Hugging Face or that of a service."""
    if name in NAMED:
        return NAMED[name]
    words = re.sub(r"^qwen2-5", "qwen2.5", name).split("-")
    upper = {"vl", "asr", "mt", "ocr"}
    spelt = [w.upper() if w in upper or re.fullmatch(r"a?\d+b", w) else w.capitalize() for w in words]
    return ["-".join(spelt)]


def entries(sources: Path) -> Iterator[Entry]:
    """Give every file on a Qwen model. One that only holds the path of another (a link) is left out."""
    for folder, (start, region) in FOLDERS.items():
        for path in sorted((sources / HOME / folder).glob("*.toml")):
            text = path.read_text(encoding="utf-8")
            if path.stem.startswith("deepseek") or text.startswith("../"):
                continue
            content = tomllib.loads(text)
            source = f"{start}-{path.stem}"
            yield Entry(path.stem, source, region, variants(path.stem), text.splitlines(), content)


def facts(entry: Entry, variant: str) -> Iterator[list[str]]:
    """Give the lines of the table of facts."""
    standing = ["inferred", SHARED] if len(entry.variants) > 1 else ["", ""]
    content = entry.content

    def row(name: str, value: str, line: int, how: list[str], *rest: str) -> list[str]:
        return [variant, name, value, entry.source, str(line), *how, *rest, *[""] * (2 - len(rest))]

    for key, name in (("context", "contextLength"), ("output", "outputLimit")):
        if limit := content.get("limit", {}).get(key):
            yield row(name, f"{limit:,}", entry.line(key, "[limit]"), standing)
    for key, name in (("input", "inputModality"), ("output", "outputModality")):
        for word in content.get("modalities", {}).get(key, []):
            yield row(name, word, entry.line(key, "[modalities]"), standing)
    if "open_weights" in content:
        place = entry.line("open_weights")
        if content["open_weights"]:
            yield row("access", "openWeights", place, standing)
        else:
            decision = CLOSED if variant == "Qwen3-Coder-Plus" else ""
            yield row("access", "openWeights", place, standing, "denied", decision)
    if entry.region and not content.get("open_weights", "base_model" not in content):
        yield row("access", "apiService", entry.line("[cost]", "[cost]"), ["inferred", SOLD])
    if content.get("reasoning") and not (len(entry.variants) > 1 and variant.endswith("-Instruct")):
        yield row("capability", "reasoning", entry.line("reasoning"), standing)
    if {"type": "toggle"} in content.get("reasoning_options", []) and not content.get("open_weights"):
        place = entry.line('type = "toggle"', "[[reasoning_options]]")
        yield row("capability", "switchableReasoning", place, ["inferred", SWITCHED])


def scores(entry: Entry) -> Iterator[list[str]]:
    """Give the lines of the table of scores; their place is the whole block, from its name to its date."""
    for number, found in enumerate(entry.content.get("benchmarks", []), 1):
        first = entry.line("name", "[[benchmarks]]", number)
        last = entry.line("score", "[[benchmarks]]", number)
        benchmark = found["name"].replace(" ", "-")
        setting = f"{found['dataset']} dataset" if "dataset" in found else ""
        unit = "points" if found["metric"] == "index" else "percent"
        score = entry.lines[last - 1].partition("=")[2].strip()
        said = [found["metric"], setting, score, unit, entry.source, f"{first}-{last}", found.get("date", "")]
        yield [entry.variants[0], benchmark, *said]


def write(path: Path, head: list[str], rows: list[list[str]]) -> None:
    """Write a table without the columns that no line fills."""
    filled = [n for n in range(len(head)) if any(row[n] for row in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerows([line[n] for n in filled] for line in (head, *rows))
    print(f"{path}: {len(rows)}")


def main(sources: Path) -> None:
    """Write the three tables."""
    found = list(entries(sources))
    stated: list[list[str]] = []
    happened: list[list[str]] = []
    for entry in found:
        shared = ["inferred", SHARED] if len(entry.variants) > 1 else ["", ""]
        for variant in entry.variants:
            stated += facts(entry, variant)
            if date := entry.content.get("release_date"):
                place = str(entry.line("release_date"))
                happened.append([variant, "release", date, entry.source, place, *shared])
    write(DATA / "facts" / "models.dev.csv", FACT, stated)
    write(DATA / "events" / "models.dev.csv", EVENT, happened)
    write(DATA / "evaluations" / "models.dev.csv", SCORE, [row for e in found for row in scores(e)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
