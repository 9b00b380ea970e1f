"""The page that counts what the graph holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pages import NOTICE, page, table

from qwen_kg.knowledge_graph import KnowledgeGraph, open_graph
from qwen_kg.namespaces import prologue

#: What is counted on the page, as the pattern that finds it as ``?x``.
COUNTED = {
    "models and series of them": "?x a ?kind FILTER(?kind IN (qkg:ModelFamily, qkg:ModelSeries, qkg:Model))",
    "variants with weights, apart from builds": (
        "?x a qkg:Variant ; qkg:access qkg:openWeights MINUS { ?x qkg:buildFormat ?format }"
    ),
    "quantised builds, and builds in other formats": "?x a qkg:Variant ; qkg:buildFormat ?format",
    "models that are only offered as a service": (
        "?x a qkg:Variant ; qkg:access qkg:apiService MINUS { ?x qkg:access qkg:openWeights }"
    ),
    "licences": "?x a qkg:License",
    "events": "?x a qkg:Event",
    "scores": "?x a qkg:Evaluation",
    "benchmarks that something is scored on": "[] a qkg:Evaluation ; qkg:onBenchmark ?x",
    "prices": "?x a qkg:Offer",
    "statements": "?x a qkg:Statement",
    "statements of one source only": """
        ?x a qkg:Statement ; qkg:supportedBy/qkg:source ?source .
        FILTER NOT EXISTS { ?x qkg:supportedBy/qkg:source ?other FILTER(?other != ?source) }""",
    "passages": "?x a qkg:Passage",
    "sources": "?x a qkg:Source",
}


def contents(root: Path) -> str:
    """Make the page of counts."""
    kg = open_graph(root=root)
    disagreements = kg.query("disagreements").rows()
    outcomes = sorted({str(row["outcome"]) for row in disagreements})
    rules = sorted({str(row["rule"]) for row in disagreements})
    parts = [
        "# What the graph holds",
        NOTICE,
        f"Release {kg.release}. A query that counts more is [statistics](queries.md#statistics).",
        table(("what", "number"), [(what, _count(kg, pattern)) for what, pattern in COUNTED.items()]),
        "## Of which source",
        "Statements, events, scores and prices that a passage of the source supports. A row for each group "
        "of sources; [sources](queries.md#sources) lists them one by one.",
        table(("sources", "number", "supported"), _by_kind(kg)),
        "## Where sources disagree",
        f"{len(disagreements)} pairs cannot both hold. The [resolution](resolution.md) says how they are "
        "decided, and [disagreements](queries.md#disagreements) lists them.",
        table(("outcome", *rules), [_crossed(outcome, rules, disagreements) for outcome in outcomes]),
        "## What is measured",
        "The benchmarks with the most scores of models of Qwen.",
        table(("benchmark", "scores", "variants"), _benchmarks(kg)),
    ]
    return page(parts)


def _rows(kg: KnowledgeGraph, text: str) -> list[tuple[str, ...]]:
    answer = kg.query(prologue() + text).rows()
    return [tuple(str(value) for value in row.values()) for row in answer]


def _count(kg: KnowledgeGraph, pattern: str) -> str:
    ((number,),) = _rows(kg, f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}")
    return number


def _by_kind(kg: KnowledgeGraph) -> list[tuple[str, ...]]:
    return _rows(
        kg,
        """SELECT ?kind (COUNT(DISTINCT ?source) AS ?sources) (COUNT(DISTINCT ?x) AS ?n) WHERE {
             ?x qkg:supportedBy/qkg:source ?source . ?source qkg:sourceKind/skos:prefLabel ?kind
           } GROUP BY ?kind ORDER BY DESC(?n)""",
    )


def _crossed(outcome: str, rules: Sequence[str], rows: Sequence[dict[str, object]]) -> tuple[str, ...]:
    numbers = [sum(row["outcome"] == outcome and row["rule"] == rule for row in rows) for rule in rules]
    return (outcome, *(str(number) if number else "" for number in numbers))


def _benchmarks(kg: KnowledgeGraph) -> list[tuple[str, ...]]:
    return _rows(
        kg,
        """SELECT ?label (COUNT(DISTINCT ?x) AS ?n) (COUNT(DISTINCT ?variant) AS ?variants) WHERE {
             ?x a qkg:Evaluation ; qkg:onBenchmark/skos:prefLabel ?label ; qkg:evaluates ?variant
           } GROUP BY ?label ORDER BY DESC(?n) ?label LIMIT 25""",
    )
