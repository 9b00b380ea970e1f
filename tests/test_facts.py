"""The graph against the text that it was asked to hold: every fact, at its offsets, and asked as users would."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.namespaces import prologue


def ask(kg: KnowledgeGraph, where: str, *names: str) -> set[Any]:
    """Give the solutions of a pattern, as values of one variable or tuples of several."""
    text = f"{prologue()}SELECT DISTINCT {' '.join('?' + name for name in names)} WHERE {{ {where} }}"
    rows = [tuple(row.get(name) for name in names) for row in kg.query(text).rows()]
    return {row[0] if len(names) == 1 else row for row in rows}


def test_every_fact_id_is_on_a_passage_that_supports_something(kg: KnowledgeGraph) -> None:
    found = ask(
        kg,
        """?passage a qkg:Passage ; dcterms:identifier ?id ; qkg:source src:wikipedia-qwen .
           ?node qkg:supportedBy ?passage ; a ?kind
           FILTER(?kind IN (qkg:Statement, qkg:ReleaseEvent, qkg:AnnouncementEvent, qkg:ClearanceEvent,
                            qkg:Claim, qkg:ComparisonClaim, qkg:Comparison, qkg:Offer))""",
        "id",
    )
    assert found == {f"f{number:03}" for number in range(1, 171)}


def test_the_offsets_and_paragraphs_are_those_of_the_facts(kg: KnowledgeGraph, seeds: Path) -> None:
    facts = [json.loads(line) for line in (seeds / "facts.jsonl").read_text("utf-8").splitlines()]
    found = ask(
        kg,
        """?passage qkg:source src:wikipedia-qwen ; dcterms:identifier ?id ; qkg:paragraph ?paragraph ;
             oa:hasSelector [ a oa:TextPositionSelector ; oa:start ?start ; oa:end ?end ]""",
        *("id", "paragraph", "start", "end"),
    )
    assert found == {(f["id"], f["seed_paragraph"], f["start"], f["end"]) for f in facts}


def test_the_source_is_fixed_by_the_digest_of_the_text(kg: KnowledgeGraph, seeds: Path) -> None:
    (text,) = seeds.glob("*.txt")
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    assert ask(kg, "?version qkg:versionOf src:wikipedia-qwen ; qkg:sha256 ?digest", "digest") == {digest}
    assert ask(kg, "src:wikipedia-qwen qkg:sourceKind/skos:prefLabel ?kind", "kind") == {"encyclopaedia"}


def test_no_sentence_of_the_text_is_in_the_graph(built: Any, seeds: Path) -> None:
    (path,) = seeds.glob("*.txt")
    words = path.read_text("utf-8").split()
    graph = " ".join(built.quads.decode().replace('"', " ").split())
    copied = [run for i in range(len(words) - 8) if (run := " ".join(words[i : i + 9])) in graph]
    assert copied == []


ID = "https://w3id.org/qwen-kg/id/"

#: A question about the text, the pattern a user would write, its variables, and the answer.
QUESTIONS: dict[str, tuple[str, tuple[str, ...], set[Any]]] = {
    "which variants succeeded Qwen2.5-VL?": (
        "?v qkg:successorOf id:Qwen2.5-VL", ("v",), {ID + "Qwen2.5-VL-32B-Instruct"}
    ),
    "what are the names of Qwen?": (
        "id:Qwen skos:altLabel ?name BIND(LANG(?name) AS ?language)", ("name", "language"),
        {("Tongyi Qianwen", ""), ("通义千问", "zh"), ("Tōngyì Qiānwèn", "zh-latn-pinyin")},
    ),
    "who develops Qwen?": ("id:Qwen qkg:developer/skos:prefLabel ?who", ("who",), {"Alibaba Cloud"}),
    "how large are the variants of Qwen2.5-VL?": (
        "?v qkg:variantOf id:Qwen2.5-VL ; qkg:totalParameters ?n", ("n",),
        {3_000_000_000, 7_000_000_000, 32_000_000_000, 72_000_000_000},
    ),
    "which of them are under Apache-2.0?": (
        "?v qkg:variantOf id:Qwen2.5-VL ; qkg:license license:Apache-2.0", ("v",),
        {ID + "Qwen2.5-VL-3B", ID + "Qwen2.5-VL-7B", ID + "Qwen2.5-VL-32B-Instruct"},
    ),
    "which licence is denied of which model?": (
        "?s rdf:predicate qkg:license ; rdf:subject ?m ; rdf:object ?l ; qkg:polarity qkg:denied", ("m", "l"),
        {(ID + "Qwen2.5-VL-72B", "http://spdx.org/licenses/Apache-2.0")},
    ),
    "which denials does OWL know?": (
        "?n a owl:NegativePropertyAssertion ; owl:sourceIndividual id:Qwen2.5-VL-72B ; owl:assertionProperty ?p", ("p",),
        {"https://w3id.org/qwen-kg/ns#license"},
    ),
    "which definitions of openness does Qwen not meet?": (
        "?s rdf:subject id:Qwen ; rdf:predicate qkg:meets ; rdf:object/skos:prefLabel ?d ; qkg:polarity qkg:denied", ("d",),
        {"Open Source AI Definition", "Model Openness Framework"},
    ),
    "what is planned for Qwen3.5?": (
        "?s rdf:subject id:Qwen3.5 ; qkg:standing qkg:planned ; rdf:object/skos:prefLabel ?what", ("what",),
        {"Qwen3-Next (refined architecture)"},
    ),
    "what was announced and not released?": (
        """?e a qkg:AnnouncementEvent ; qkg:announces ?planned ; qkg:publishedVia/skos:prefLabel ?via .
           ?planned rdf:subject ?m ; rdf:predicate ?p ; rdf:object ?o .
           ?denied rdf:subject ?m ; rdf:predicate ?p ; rdf:object ?o ; qkg:polarity qkg:denied""",
        ("m", "via"), {(ID + "Qwen2.5-Max", "official X account of Alibaba")},
    ),
    "when was Qwen3 released?": (
        "?e a qkg:ReleaseEvent ; qkg:concerns id:Qwen3 ; qkg:date ?d", ("d",), {"2025-04-28"}
    ),
    "what happened in March 2025?": (
        """?e qkg:concerns ?m ; qkg:dateEarliest ?from ; qkg:dateLatest ?to
           FILTER(?from >= "2025-03-01"^^xsd:date && ?to <= "2025-03-31"^^xsd:date)""",
        ("m",), {ID + "Qwen2.5-VL-32B-Instruct", ID + "Qwen2.5-Omni-7B"},
    ),
    "which year is implied for the 7B weights, and is that said?": (
        "?e qkg:concerns id:Qwen-7B ; qkg:date ?d ; qkg:standing ?s", ("d", "s"),
        {("2023-08", "https://w3id.org/qwen-kg/ns#inferred")},
    ),
    "how long is the context of Qwen3-8B?": (
        "id:Qwen3-8B qkg:contextLength [ qkg:notation ?n ; qkg:minInclusive ?a ; qkg:maxInclusive ?b ]", ("n", "a", "b"),
        {("128K", 128_000, 131_072)},
    ),
    "which Qwen3 variants do not have it?": (
        """?s rdf:predicate qkg:contextLength ; rdf:subject ?m ; qkg:polarity qkg:denied""", ("m",),
        {ID + "Qwen3-0.6B", ID + "Qwen3-1.7B", ID + "Qwen3-4B"},
    ),
    "how many open-weight models are there?": (
        "id:Qwen qkg:openWeightModelCount/qkg:minExclusive ?n", ("n",), {100}
    ),
    "what does Qwen-VL-Max cost?": (
        """?o a qkg:Offer ; qkg:offeredModel id:Qwen-VL-Max ; qkg:price ?p ; qkg:currency ?c ;
             qkg:billedFor ?t ; qkg:referenceQuantity/qkg:value ?per ; qkg:seller/skos:prefLabel ?who""",
        ("p", "c", "per", "who"), {(Decimal("0.41"), "USD", 1_000_000, "Alibaba Cloud")},
    ),
    "who fine-tuned Qwen into what?": (
        "?m qkg:fineTunedFrom id:Qwen ; qkg:developer [ skos:prefLabel ?who ; qkg:basedIn ?where ]", ("m", "who", "where"),
        {(ID + "Liberated-Qwen", "Abacus AI", "San Francisco")},
    ),
    "whom does Alibaba say Qwen3-Max outperforms, and through what?": (
        """?c a qkg:ComparisonClaim ; qkg:claimSubject id:Qwen3-Max ; qkg:claimant id:Alibaba ;
             qkg:publishedVia id:Alibaba-X-account ; qkg:comparison [ qkg:relation qkg:better ; qkg:comparedWith ?m ]""",
        ("m",),
        {ID + m for m in ("Qwen3-235B-A22B-Instruct-2507", "Kimi-K2", "Claude-4-Opus-Non-thinking", "DeepSeek-V3.1",
                          "Other-foundation-non-reasoning-models")},
    ),
    "how did SuperCLUE rank Qwen2-72B-Instruct, and who reported it?": (
        """?c qkg:claimant id:SuperCLUE ; qkg:reporter/skos:prefLabel ?who ; qkg:claimDate ?when ;
             qkg:comparison [ qkg:relation/skos:prefLabel ?how ; qkg:comparedWith/skos:prefLabel ?m ]""",
        ("who", "when", "how", "m"),
        {("South China Morning Post", "2024-07", how, m) for how, m in (
            ("ranked behind", "GPT-4o"), ("ranked behind", "Claude 3.5 Sonnet"), ("ranked ahead of", "other Chinese models"))},
    ),
    "did Qwen3-Max think at the start?": (
        "?s rdf:subject id:Qwen3-Max ; rdf:object qkg:thinkingMode ; qkg:polarity/skos:prefLabel ?p ; qkg:asOf ?when", ("p", "when"),
        {("denied", "2025-09-05"), ("affirmed", "2025-11")},
    ),
    "what is Qwen3-Next built on?": (
        """id:Qwen3-Next qkg:usesArchitecture ?a . ?a qkg:improvesOn id:Qwen3-architecture ; qkg:introduces/skos:prefLabel ?t""",
        ("t",),
        {"hybrid attention mechanism", "highly sparse mixture-of-experts structure",
         "training-stability-friendly optimizations", "multi-token prediction mechanism"},
    ),
    "what did the training of Qwen3-Next cost?": (
        "id:Qwen3-Next qkg:trainingCost [ qkg:maxExclusive ?n ; qkg:unit ?u ; qkg:relativeTo ?m ; qkg:measuredIn ?in ]",
        ("n", "u", "m", "in"), {(10, "http://qudt.org/vocab/unit/PERCENT", ID + "Qwen3-32B", "GPU hours")},
    ),
    "what belongs to Qwen?": (
        "?m qkg:partOf id:Qwen ; a qkg:Model", ("m",),
        {ID + m for m in ("Qwen2", "QwQ", "Qwen2-VL", "Qwen2.5-VL", "Qwen2-Math", "Qwen2.5-Omni", "Qwen3", "Qwen3-Next",
                          "Qwen3.5", "Qwen3-Omni")},
    ),
    "what takes video?": ("?m qkg:inputModality qkg:video", ("m",), {ID + "Qwen2.5-Omni", ID + "Qwen3-Omni"}),
    "where can Qwen2.5-Omni-7B be had?": (
        "id:Qwen2.5-Omni-7B qkg:availableOn/skos:prefLabel ?p", ("p",), {"chat.qwen.ai", "Hugging Face", "GitHub", "ModelScope"}
    ),
    "which sizes are sparse, with how many active parameters?": (
        "?m qkg:density qkg:sparse ; qkg:totalParameters ?n ; qkg:activeParameters ?a", ("n", "a"),
        {(30 * 10**9, 3 * 10**9), (80 * 10**9, 3 * 10**9), (235 * 10**9, 22 * 10**9)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_by_a_short_query(small_kg: KnowledgeGraph, question: str) -> None:
    where, names, answer = QUESTIONS[question]
    assert ask(small_kg, where, *names) == answer


def test_every_disagreement_of_the_text_has_both_sides_and_a_reason(small_kg: KnowledgeGraph) -> None:
    found = ask(small_kg, "?a qkg:conflictsWith ?b . ?a qkg:reason ?reason . ?b qkg:reason ?same", "a", "b")
    assert found == {(b, a) for a, b in found}
    assert len(found) == 4
    disputed = ask(small_kg, "?e qkg:standing qkg:disputed ; qkg:concerns ?m ; qkg:date ?d", "m", "d")
    assert disputed == {(ID + "Qwen2.5-VL-32B-Instruct", "2025-01")}
