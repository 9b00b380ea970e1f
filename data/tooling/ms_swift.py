"""Transcribes where ms-swift finds the repositories: ``python data/tooling/ms_swift.py ../shared/sources``.

Writes ``data/facts/ms-swift.csv`` from the list of supported models, and, where it is asked for as a
second argument, a file with the repositories of ``INVENTORY.md`` that the list lacks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from repositories import DATA, builds, source, weights, write

NAME = "ms-swift-models"
LINKS = {
    "huggingFaceId": re.compile(r"\[([^]]+)\]\(https://huggingface\.co/(Qwen/[\w.-]+)\)"),
    "modelScopeId": re.compile(r"\[([^]]+)\]\(https://modelscope\.cn/models/(Qwen/[\w.-]+)\)"),
}


def links(folder: Path) -> list[list[str | int]]:
    """Give the links of the list: repository, property, name on the hub, line."""
    known = {*weights(folder), *builds(folder)}
    found: dict[tuple[str, str], list[str | int]] = {}
    for number, line in enumerate(source(folder, NAME).lines, 1):
        names = {key: match for key, pattern in LINKS.items() if (match := pattern.search(line))}
        if len({match[2] for match in names.values()}) > 1 or any(m[1] != m[2] for m in names.values()):
            print(f"line {number}: the names differ: {line}", file=sys.stderr)
            continue
        for key, match in names.items():
            subject = match[2].removeprefix("Qwen/")
            if subject in known:
                found.setdefault((subject, key), [subject, key, match[2], number])
            else:
                print(f"line {number}: {match[2]} is not in the inventory", file=sys.stderr)
    return list(found.values())


def main(folder: Path, missing: Path | None = None) -> None:
    """Write the table."""
    rows = links(folder)
    sourced = [[*row[:-1], NAME, row[-1]] for row in rows]
    write(DATA / "facts" / "ms-swift.csv", ["subject", "property", "value", "source", "locator"], sourced)
    if missing:
        listed = {row[0] for row in rows}
        lacking = [name for name in [*weights(folder), *builds(folder)] if name not in listed]
        missing.write_text("".join(f"{name}\n" for name in lacking), "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
