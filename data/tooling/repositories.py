"""Names the repositories of Qwen models, and the sources at hand with their texts, for other scripts here.

The repositories are those of the lists 1c (weights) and 1d (builds) of ``INVENTORY.md`` in that folder.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

DATA = Path(__file__).parents[1]


@dataclass(frozen=True)
class Source:
    """A source at hand: its id, its kind, its day as far as it is known, and its lines."""

    id: str
    kind: str
    date: str
    lines: list[str]


def weights(folder: Path) -> list[str]:
    """Give the names, without ``Qwen/``, of the repositories with weights."""
    return re.findall(r"(?m)^\| \d+ \| ([\w.-]+) \|", _section(folder, "1c"))


def builds(folder: Path) -> list[str]:
    """Give the names of the repositories with quantised weights, or weights in another format."""
    lists = re.findall(r"(?m)^- \*\*.*?\*\* \(\d+\): (.*)$", _section(folder, "1d"))
    return [name for names in lists for name in names.split(", ")]


def _section(folder: Path, number: str) -> str:
    text = (folder / "INVENTORY.md").read_text("utf-8")
    return text.split(f"\n### {number}. ", 1)[1].split("\n### ", 1)[0]


def sources(folder: Path) -> list[Source]:
    """Give every source that ``data/sources`` describes and that is at hand, as its last version."""
    described: dict[str, dict[str, str]] = {}
    for path in sorted((DATA / "sources").glob("*.yaml")):
        tree = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - text only
        for record in tree if isinstance(tree, list) else [tree]:
            last = record["versions"][-1]
            described[last["sha256"]] = {"date": record.get("date", ""), **last, **record}
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if record := described.pop(hashlib.sha256(content).hexdigest(), None):
            text = content.decode("utf-8").splitlines()
            found.append(Source(record["id"], record["kind"], record["date"], text))
    return found


def source(folder: Path, name: str) -> Source:
    """Give a source by its id."""
    return next(found for found in sources(folder) if found.id == name)


def write(path: Path, columns: Iterable[str], rows: Iterable[Iterable[str | int]]) -> None:
    """Write a table, and say how long it is."""
    kept = [list(row) for row in rows]
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(kept)
    print(f"{path.relative_to(DATA)}: {len(kept)} rows", file=sys.stderr)
