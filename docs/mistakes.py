"""A small set of data files that stands in the docs, and the mistakes people make in such files.

The docs show what the build says of each mistake. It is not written down but made: every mistake is put into
a copy of the files, and the copy is built.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from qwen_kg.dataset import build
from qwen_kg.errors import DataError

MODEL = "data/models/sample.yaml"

#: Data files that a whole graph can be built from, made up for the docs.
FILES = {
    "data/release.yaml": """\
version: 0.0.1
issued: 2026-01-01
""",
    "data/organizations.yaml": """\
- id: Sample-Lab
  label: Sample Lab
  description: A laboratory made up for this page.
""",
    "data/licenses.yaml": """\
- id: Apache-2.0
  iri: http://spdx.org/licenses/Apache-2.0
  label: Apache License 2.0
  description: A permissive open-source licence.
""",
    "data/sources/sample-post.yaml": """\
id: sample-post
title: Sample is here
description: The post with which the laboratory presented Sample.
kind: official
versions:
  - sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    date: 2025-01-29
""",
    MODEL: """\
id: Sample
kind: Model
label: Sample
description: A release line made up for this page.
from: {source: sample-post}
developer: {value: Sample-Lab, from: {lines: 1}}
license: {value: Apache-2.0, from: {lines: 7}, each: true, except: {Sample-72B: {lines: 8}}}
contextLength: {value: 128K, from: {lines: 12}}
events:
  - {kind: release, date: 2025-01-29, from: {lines: 3}}
variants:
  - id: Sample-7B
    label: Sample-7B
    description: The smaller of the two variants.
    from: {lines: 5}
    totalParameters: 7B
  - id: Sample-72B
    label: Sample-72B
    description: The larger of the two variants.
    from: {lines: 5}
    totalParameters: 72B
    activeParameters: {value: 12B, from: {lines: 6}}
""",
}


class Mistake(NamedTuple):
    """Text of a file, and what somebody wrote in its place."""

    title: str
    right: str
    wrong: str
    file: str = MODEL


MISTAKES = (
    Mistake("a licence that no file describes", "{value: Apache-2.0,", "{value: Apache 2.0,"),
    Mistake("an impossible month", "date: 2025-01-29", "date: 2025-13"),
    Mistake("no source", "developer: {value: Sample-Lab, from: {lines: 1}}", "developer: Sample-Lab"),
    Mistake("a source that no file describes", "source: sample-post", "source: sample-blog"),
    Mistake("a key given twice", "label: Sample\n", "label: Sample\nlabel: Sample line\n"),
    Mistake("a misspelt property", "contextLength:", "contextlenght:"),
    Mistake("a word that the vocabulary lacks", "kind: release", "kind: relase"),
    Mistake("a value of another class", "value: Sample-Lab", "value: Apache-2.0"),
    Mistake("a number that is none", "totalParameters: 7B", "totalParameters: 7 bn"),
    Mistake("an inference without a reason", "{value: 128K,", "{value: 128K, standing: inferred,"),
    Mistake("an exception that is no variant", "except: {Sample-72B:", "except: {Sample-70B:"),
    Mistake("a passage that ends before it starts", "from: {lines: 12}", "from: {lines: 12-11}"),
    Mistake("brackets that do not close", "from: {source: sample-post}", "from: {source: sample-post"),
    Mistake("a key of a block that has no such key", "{kind: release,", "{kind: release, day: 29,"),
    Mistake("more parameters active than there are", "value: 12B", "value: 120B"),
    Mistake(
        "a denial beside its affirmation",
        "    totalParameters: 7B\n",
        "    totalParameters: 7B\n    license: {value: Apache-2.0, polarity: denied}\n",
    ),
)


def write_files(directory: Path, root: Path) -> None:
    """Write the files into a directory, with what else a build reads from a root."""
    for name in ("ontology", "shapes"):
        shutil.copytree(root / name, directory / name)
    (directory / "queries").mkdir()
    for name, text in FILES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, "utf-8")


def said_of(mistake: Mistake, root: Path) -> tuple[int, str]:
    """Give the exit code and the message of a build of the files with a mistake in them.

    Raises:
        ValueError: the text to be replaced is not there once, or the build finds nothing.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        write_files(directory, root)
        text = FILES[mistake.file]
        if text.count(mistake.right) != 1:
            raise ValueError(f"{mistake.title}: the text to be replaced is not there once")
        (directory / mistake.file).write_text(text.replace(mistake.right, mistake.wrong), "utf-8")
        try:
            report = build(directory).report
        except DataError as error:
            return error.exit_code, str(error)
    if report.conforms:
        raise ValueError(f"{mistake.title}: the build finds nothing wrong")
    return 1, "\n".join(map(str, report.findings))
