"""Local names with several dots, which Oxigraph reads only when their dots are escaped."""

import pytest

from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.namespaces import prologue
from qwen_kg.sparql import escape_dots
from qwen_kg.store import LocalStore

STORE = LocalStore.from_nquads(
    b"""<https://w3id.org/qwen-kg/id/Qwen2.5-1.5B> <urn:p> "id:a.b.c" .
<https://w3id.org/qwen-kg/id/chat.qwen.ai> <urn:p> <https://w3id.org/qwen-kg/id/Qwen2.5-1.5B> .
"""
)


@pytest.mark.parametrize(
    "pattern",
    [
        "id:Qwen2.5-1.5B ?p ?o",
        "id:Qwen2.5-1.5B<urn:p>?o.",
        r"id:Qwen2\.5-1.5B ?p ?o",
        "id:chat.qwen.ai <urn:p> id:Qwen2.5-1.5B.",
        "?s ?p 'id:a.b.c'",
        "?s ?p ?o # id:a.b.c",
        "VALUES ?s { id:Qwen2.5-1.5B id:chat.qwen.ai } ?s ?p ?o",
    ],
)
def test_a_name_with_several_dots_is_found(pattern: str) -> None:
    assert STORE.query(f"{prologue()}ASK {{ {pattern}\n }}").body == b'{"head":{},"boolean":true}'


@pytest.mark.parametrize(
    "text", ["ASK { ?s ?p 'id:a.b.c' }", "ASK { <http://a.b.c/d> ?p ?o }", "ASK {} # id:a.b.c"]
)
def test_strings_iris_and_comments_are_left_alone(text: str) -> None:
    assert escape_dots(text) == text


def test_what_can_be_read_in_two_ways_is_left_alone() -> None:
    text = "ASK { ?a ?b ?c FILTER(?a<#x>'\n'id:a.b.c')}"
    assert escape_dots(text) == text


def test_the_site_is_found_by_its_curie(kg: KnowledgeGraph) -> None:
    rows = kg.query(prologue() + "SELECT ?m { ?m qkg:availableOn id:chat.qwen.ai }").rows()
    assert len(rows) > 5
