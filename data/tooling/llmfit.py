"""Transcribes what llmfit recorded of the repositories: ``python data/tooling/llmfit.py ../shared/sources``.

Writes ``data/facts/llmfit.csv`` and ``data/events/llmfit.csv`` from ``hf_models.json``, which holds what the
interface of Hugging Face answered in March 2026. Left out are:

- entries without a day of creation, which were entered by hand with rounded counts;
- parameter counts of builds, which may count packed tensors;
- active parameters, which look reckoned from the number of experts (three of them by one ratio) or rounded.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from repositories import DATA, builds, source, weights, write

NAME = "llmfit"
MIXTURE = "The entry is marked as a mixture of experts, in which only some parameters take part for a token."


def entries(lines: list[str]) -> Iterator[tuple[str, dict[str, tuple[str, int]]]]:
    """Give each entry on Qwen: the name of its repository, and its plain values with their lines."""
    start = 0
    for number, line in enumerate(lines, 1):
        if line == "  {":
            start = number
        elif line.startswith("  }"):
            entry = json.loads("\n".join(lines[start - 1 : number]).rstrip(","))
            if entry["name"].startswith("Qwen/"):
                places = {
                    found[1]: at
                    for at in range(start + 1, number)
                    if (found := re.match(r' {4}"(\w+)":', lines[at - 1]))
                }
                values = {key: (json.dumps(entry[key]).strip('"'), at) for key, at in places.items()}
                yield entry["name"].removeprefix("Qwen/"), values


def main(folder: Path) -> None:
    """Write the tables."""
    with_weights, packed = set(weights(folder)), set(builds(folder))
    facts, events = [], []
    for name, values in entries(source(folder, NAME).lines):
        if name not in with_weights | packed or values["release_date"][0] == "null":
            continue
        date, line = values["release_date"]
        events.append([name, "repository", date, line, "Hugging-Face"])
        if name in with_weights:
            facts.append([name, "totalParameters", *values["parameters_raw"], "", ""])
        tokens, line = values["context_length"]
        facts.append([name, "contextLength", f"{int(tokens):,}", line, "", ""])
        if values.get("is_moe", ("false", 0))[0] == "true":
            facts.append([name, "density", "sparse", values["is_moe"][1], "inferred", MIXTURE])
    write(
        DATA / "facts" / f"{NAME}.csv",
        ["subject", "property", "value", "locator", "standing", "reason"],
        facts,
    )
    write(DATA / "events" / f"{NAME}.csv", ["subject", "kind", "date", "locator", "via"], events)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
