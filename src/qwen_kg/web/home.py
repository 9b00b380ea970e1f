"""The home page: what the graph is, the family at a glance, and ways in for people and for programs."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, url_for

from qwen_kg.namespaces import PREFIXES, prologue
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures.family import Family, read_family
from qwen_kg.web.pictures.releases import release_timeline
from qwen_kg.web.responses import page
from qwen_kg.web.tables import select

_NEWEST = 8  # releases that are listed
_DOWNLOADS = ("nq", "trig", "jsonld")


class Counted(NamedTuple):
    """A number of things of a kind, and where they can be seen."""

    word: str
    number: int
    path: str


class Example(NamedTuple):
    """A question that people ask, and the saved query with the parameters that answers it."""

    text: str
    query: str
    parameters: dict[str, str]


class Latest(NamedTuple):
    """A release: what was released, its page, the date as its source has it, and what kind of release."""

    label: str
    path: str
    written: str
    kind: str


# The words for one class each and where its members are listed, in the order of reading.
_COUNTED = {
    "ModelSeries": ("series", "/search?class=model+series"),
    "Model": ("models", "/search?class=model"),
    "Variant": ("variants", "/search?class=variant"),
    "Evaluation": ("scores", "/pictures/scores"),
    "Offer": ("prices", "/pictures/prices"),
    "Statement": ("statements", "/queries/statistics"),
    "Source": ("sources", "/queries/sources"),
}
_COUNTS = """
SELECT ?class (COUNT(DISTINCT ?node) AS ?count) {
  VALUES ?class { %s }
  ?node a ?class
} GROUP BY ?class"""
_DISAGREEMENTS = """
SELECT (COUNT(*) AS ?count) { ?one qkg:conflictsWith ?other FILTER(STR(?one) < STR(?other)) }"""

#: What the page offers as examples. A test asks each of them.
EXAMPLES = (
    Example("Which variants succeeded Qwen2.5-VL?", "successors", {"model": "Qwen2.5-VL"}),
    Example(
        "Is Qwen2.5-3B under Apache 2.0?", "license-check", {"model": "Qwen2.5-3B", "license": "Apache-2.0"}
    ),
    Example(
        "Which open-weight vision models have less than 10 billion parameters?",
        "find",
        {"access": "open weights", "type": "vision language model", "under": "10"},
    ),
    Example("Which models take in video?", "accepting", {"modality": "video"}),
    Example("How does Qwen3-235B-A22B score?", "evaluations", {"model": "Qwen3-235B-A22B"}),
    Example(
        "What changed from Qwen2.5 to Qwen3?", "changes-between", {"first": "Qwen2.5", "second": "Qwen3"}
    ),
    Example("What is claimed of Qwen3, and by whom?", "claims", {"model": "Qwen3"}),
    Example("What does Qwen-Plus cost?", "prices", {"model": "Qwen-Plus"}),
)


def home(kg: Knowledge) -> Response:
    """Make the home page of a graph."""
    examples = [
        (each.text, f"{url_for('queries.run', name=each.query)}?{urlencode(each.parameters)}")
        for each in EXAMPLES
        if each.query in kg.queries
    ]
    [disagreements] = select(kg.store, prologue() + _DISAGREEMENTS)
    return page(
        "home.html",
        counts=_counts(kg),
        newest=newest(read_family(kg.store)),
        timeline=release_timeline(kg),
        examples=examples,
        disagreements=int(disagreements["count"]["value"]),
        queries=len(kg.queries),
        downloads=_DOWNLOADS,
    )


def newest(family: Family) -> list[Latest]:
    """Give the models that were released last, the newest first; fixed states of a service are left out."""
    dated = [
        (release.day, line, release)
        for line, _ in family.lines()
        if (release := family.dated(line)) and not line.facts["qkg:snapshotOf"]
    ]
    dated.sort(key=lambda each: (each[0], each[1].label), reverse=True)
    return [
        Latest(line.label, line.link, release.written, release.kind_label)
        for _, line, release in dated[:_NEWEST]
    ]


def _counts(kg: Knowledge) -> list[Counted]:
    """Count what the graph holds, class by class."""
    classes = " ".join(f"qkg:{name}" for name in _COUNTED)
    found = {
        row["class"]["value"].removeprefix(PREFIXES["qkg"]): int(row["count"]["value"])
        for row in select(kg.store, prologue() + _COUNTS % classes)
    }
    return [Counted(word, found[name], path) for name, (word, path) in _COUNTED.items() if name in found]
