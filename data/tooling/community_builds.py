"""Transcribes which builds others made: ``python data/tooling/community_builds.py ../shared/sources``.

Writes ``data/models/community-builds.yaml`` from ``hf_models.json`` of llmfit: the repositories of others
than Qwen whose name is that of a variant with a format after it, and the GGUF files that a variant's entry
names. Left out are what has something else after its name (speculators, models trained further), and GGUF
files that the list gives for a variant of another name.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from repositories import DATA, source, weights

NAME = "llmfit"
HEAD = """\
# yaml-language-server: $schema=../schema/model.json
# Made by data/tooling/community_builds.py: builds by others, which are parts of no model of Qwen.
"""
#: What stands after the name of a variant: the word for the format, where there is one, and its name.
FORMATS = {
    "-AWQ": ("awq", "AWQ"),
    "-AWQ-4bit": ("awq", "AWQ, 4 bits"),
    "-FP4": ("", "FP4"),
    "-FP8": ("fp8", "FP8"),
    "-GGUF": ("gguf", "GGUF"),
    "-GPTQ-Int4": ("gptqInt4", "GPTQ Int4"),
    "-MLX-4bit": ("mlx4bit", "MLX, 4 bits"),
    "-MLX-5bit": ("mlx", "MLX, 5 bits"),
    "-MLX-6bit": ("mlx", "MLX, 6 bits"),
    "-MLX-8bit": ("mlx", "MLX, 8 bits"),
    "-MLX-bf16": ("mlx", "MLX, bfloat16"),
    "-NVFP4": ("nvfp4", "NVFP4"),
    "-8bit": ("", "8 bits"),
    "-quantized.w8a8": ("w8a8", "W8A8"),
    ".w8a8": ("w8a8", "W8A8"),
}
#: Formats whose numbers are as exact as before.
CONVERTED = {"-MLX-bf16"}


class Build(NamedTuple):
    """A repository with a build of a variant, and the lines that tell of it."""

    repository: str
    variant: str
    suffix: str
    line: int
    day: tuple[str, int] | None


def found(lines: list[str], variants: set[str]) -> Iterator[Build]:
    """Give the builds of variants, with the line of the name and, where the entry is its own, its day."""
    name, line = "", 0
    open_build: Build | None = None
    for number, text in enumerate(lines, 1):
        if match := re.match(r' {4}"name": "(.*)"', text):
            name, line = match[1], number
            open_build = named(name, variants, line)
        elif open_build and (match := re.match(r' {4}"release_date": "(.*)"', text)):
            yield open_build._replace(day=(match[1], number))
            open_build = None
        elif match := re.match(r' {8}"repo": "(.*)"', text):
            build = named(match[1], variants, number)
            if build and name == f"Qwen/{build.variant}":
                yield build


def named(repository: str, variants: set[str], line: int) -> Build | None:
    """Give the build that a repository is by its name, or nothing."""
    owner, _, own = repository.partition("/")
    for suffix in FORMATS:
        if owner != "Qwen" and own.endswith(suffix) and own.removesuffix(suffix) in variants:
            return Build(repository, own.removesuffix(suffix), suffix, line, None)
    return None


def written(build: Build) -> str:
    """Give a build as data."""
    word, spoken = FORMATS[build.suffix]
    relation = "convertedFrom" if build.suffix in CONVERTED else "quantizedFrom"
    reason = json.dumps("Its name is that of the other with the format added.")
    rows = [
        f"- id: {build.repository.replace('/', '--')}",
        "  kind: Variant",
        f"  label: {build.repository}",
        f"  description: {json.dumps(_description(build, spoken))}",
        f"  from: {{source: {NAME}, lines: {build.line}}}",
        f"  {relation}: {{value: {build.variant}, standing: inferred, reason: {reason}}}",
    ]
    if word:
        rows.append(f"  buildFormat: {{value: {word}, standing: inferred, reason: Its name says so.}}")
    rows += [
        f"  huggingFaceId: {build.repository}",
        "  access: {value: openWeights, standing: inferred, reason: Its weights are on Hugging Face.}",
    ]
    if build.day:
        day, line = build.day
        rows.append(
            "  events: [{kind: repository, date: "
            f"{day}, via: Hugging-Face, from: {{source: {NAME}, lines: {line}}}}}]"
        )
    return "\n".join(rows) + "\n"


def _description(build: Build, spoken: str) -> str:
    owner = build.repository.split("/")[0]
    return f"A build of {build.variant} by {owner} ({spoken})."


def main(folder: Path) -> None:
    """Write the file."""
    by_name = {b.repository: b for b in found(source(folder, NAME).lines, set(weights(folder)))}
    path = DATA / "models" / "community-builds.yaml"
    path.write_text(HEAD + "".join(written(by_name[name]) for name in sorted(by_name)), "utf-8")
    print(f"{path.relative_to(DATA)}: {len(by_name)} builds", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
