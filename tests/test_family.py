"""The graph of the whole family: how much there is, that nothing is copied, and what is known to disagree."""

from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

from qwen_kg.dataset import Build
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.store import LocalStore

from .test_facts import ID, ask

#: How many there are at least: a pattern for what is counted as ?x.
COUNTS = {
    "variants with weights, and builds": (
        400, "?x a qkg:Variant . { ?x qkg:access qkg:openWeights } UNION { ?x qkg:buildFormat ?format }"
    ),
    "services": (60, "?x a qkg:Variant ; qkg:access qkg:apiService MINUS { ?x qkg:access qkg:openWeights }"),
    "evaluations": (2500, "?x a qkg:Evaluation"),
    "benchmarks that something is scored on": (150, "[] a qkg:Evaluation ; qkg:onBenchmark ?x"),
    "offers": (20, "?x a qkg:Offer"),
    "sides of disagreements": (60, "?x qkg:conflictsWith []"),
}  # fmt: skip

#: Where the sources are known to contradict each other: who it is about, and what the two sides say.
KNOWN = {
    "the 32B came two months later": ("Qwen2.5-VL-32B-Instruct", "release, 2025-03-24", "release, 2025-01"),
    "when the weights of Qwen2 were opened": ("Qwen2", "weights, ../2024-06-07", "weights, 2024-09"),
    "when the 72B was opened": ("Qwen-72B", "weights, 2023-11-30", "weights, 2023-12"),
    "when the 1.8B was opened": ("Qwen-1_8B", "weights, 2023-11-30", "weights, 2023-12"),
    "the day of Qwen3": ("Qwen3", "release, 2025-04-29", "release, 2025-04-28"),
    "the day of Qwen3-Next": ("Qwen3-Next", "release, 2025-09-11", "release, 2025-09-10"),
    "the day of Qwen2.5-Max": ("Qwen2.5-Max", "release, 2025-01-28", "release, 2025-01-29"),
    "the price of Qwen-VL-Max": ("Qwen-VL-Max", "USD 0.8 per 1M input", "USD 0.41 per 1M input"),
    "the size of Qwen2-7B": ("Qwen2-7B", "parameters 7615616512", "parameters 7070000000"),
    "the licence of the coder of 3B": ("Qwen2.5-Coder-3B", "Research License", "Apache License 2.0"),
    "whether the embeddings are proprietary": ("Qwen3-Embedding", "not: access prop", "access proprietary"),
    "a day in a registry": ("Qwen3-VL-235B-A22B-Instruct", "release, 2025-09-23", "release, 2025-04"),
    "another": ("Qwen3-Coder-480B-A35B-Instruct", "release, 2025-07-22", "release, 2025-04"),
    "and one": ("Qwen2.5-VL-72B-Instruct", "release, 2025-01", "release, 2024-09"),
    "and one more": ("Qwen3.5-9B", "release, 2026-03-02", "release, 2026-02-23"),
    "and this": ("Qwen3.5-397B-A17B", "release, 2026-02-16", "release, 2026-02-15"),
    "and that": ("Qwen3.6-35B-A3B", "release, 2026-04-16", "release, 2026-04-17"),
    "a context with and without the answer": ("Qwen3-0.6B", "context length 32", "context length 40,960"),
    "a score that was measured again": (
        "Qwen1.5-32B",
        "MMLU, score (5-shot): 74.3",
        "MMLU, score (5-shot): 73.4",
    ),
}


@pytest.mark.parametrize("what", COUNTS)
def test_there_are_at_least(kg: KnowledgeGraph, what: str) -> None:
    least, pattern = COUNTS[what]
    assert len(ask(kg, pattern, "x")) >= least


@pytest.mark.parametrize("what", KNOWN)
def test_a_known_disagreement_is_found(kg: KnowledgeGraph, what: str) -> None:
    about, side, other = KNOWN[what]
    rows = kg.query("disagreements", entity=ID + about).rows()
    pairs = [(str(row["side"]), str(row["otherSide"])) for row in rows]
    assert any(side in one and other in two for one, two in pairs), pairs
    assert all(row["rule"] and row["reason"] for row in rows)


def test_every_disagreement_has_both_sides_and_a_reason(kg: KnowledgeGraph) -> None:
    found = ask(kg, "?a qkg:conflictsWith ?b . ?a qkg:reason ?reason . ?b qkg:reason ?same", "a", "b")
    assert found == {(b, a) for a, b in found} == ask(kg, "?a qkg:conflictsWith ?b", "a", "b")


def test_the_line_of_the_language_models_is_drawn_by_stated_links(kg: KnowledgeGraph) -> None:
    rows = kg.query("lineage", model="Qwen3.8").rows()
    line = {str(row["from"]): str(row["to"]) for row in rows if row["relationLabel"] == "successor of"}
    names = ["Qwen3.8", "Qwen3.6", "Qwen3.5", "Qwen3", "Qwen2.5", "Qwen2", "Qwen1.5", "Qwen1"]
    assert all(line[ID + later] == ID + earlier for later, earlier in pairwise(names))
    assert all(row["passages"] for row in rows)
    assert kg.query("is-part-of", part="Qwen-7B", whole="Qwen1")


def test_the_line_of_the_vision_models_is_drawn_by_stated_links(kg: KnowledgeGraph) -> None:
    rows = kg.query("lineage", model="Qwen3-VL").rows()
    line = {(str(row["from"]), str(row["to"])) for row in rows if row["relationLabel"] == "successor of"}
    names = ["Qwen3-VL", "Qwen2.5-VL", "Qwen2-VL", "Qwen-VL1"]
    assert {(ID + later, ID + earlier) for later, earlier in pairwise(names)} <= line
    assert all(row["passages"] for row in rows)


def test_no_sentence_of_a_source_is_in_the_graph(built: Build, root: Path) -> None:
    sources = root.parent / "shared" / "sources"
    if not sources.is_dir():
        pytest.skip("the copies of the public sources are not at hand")
    objects = {quad.object for quad in LocalStore.from_nquads(built.quads).oxigraph}
    said = {term.value for term in objects if isinstance(term, ox.Literal)}
    runs = {run: text for text in said for run in nine_words(text)}
    copied = {
        run: runs[run]
        for path in sources.rglob("*")
        if path.suffix in {".md", ".txt", ""} and path.is_file() and path.name != "INVENTORY.md"
        for run in nine_words(path.read_text("utf-8", errors="replace"))
        if run in runs
    }
    assert copied == {}


def nine_words(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + 9]) for i in range(len(words) - 8)]
