"""What the clients are compared with, and the server that they write to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rdflib import Graph

from qwen_kg.knowledge_graph import Answer, KnowledgeGraph

from ..serving import Server, serving
from .questions import CONSTRUCT, DESCRIBE, SELECT, Row


@pytest.fixture(scope="session")
def sizes(kg: KnowledgeGraph) -> set[Row]:
    """The answer to SELECT, found without HTTP."""
    rows = Answer(kg.store.query(SELECT)).rows()
    assert len(rows) > 10
    return {(row["variant"], row["name"], row["size"]) for row in rows}


@pytest.fixture(scope="session")
def graphs(kg: KnowledgeGraph) -> dict[str, Graph]:
    """The answers to CONSTRUCT and DESCRIBE, found without HTTP."""
    found = {}
    for form, text in (("CONSTRUCT", CONSTRUCT), ("DESCRIBE", DESCRIBE)):
        triples = kg.store.query(text, accept="application/n-triples").body
        found[form] = Graph().parse(data=triples, format="nt")
        assert len(found[form]) > 10
    return found


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may be written to, which the clients share; each keeps to graphs of its own."""
    options = ("--writable", "--store", str(tmp_path_factory.mktemp("editable") / "store"))
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        yield running


@pytest.fixture(scope="session")
def bearer(editable: Server) -> dict[str, str]:
    """The header without which nothing is written."""
    return {"Authorization": f"Bearer {editable.token}"}
