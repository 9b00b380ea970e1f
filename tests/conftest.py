"""Fixtures that several test modules share."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from qwen_kg.dataset import Build, build
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.saved_queries import read_queries
from qwen_kg.store import LocalStore
from qwen_kg.vocabulary import Vocabulary
from qwen_kg.web import create_app

from .sample import SampleKnowledge


@pytest.fixture
def client() -> FlaskClient:
    """A client of the endpoint over the sample graph."""
    return create_app(SampleKnowledge()).test_client()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout, whose data, ontology, shapes and queries are tested."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def seeds(root: Path) -> Path:
    """The directory with the text and the facts that the project was asked to implement."""
    directory = root.parent / "shared" / "seeds"
    if not directory.is_dir():
        pytest.skip("the seed text is not at hand")
    return directory


@pytest.fixture(scope="session")
def vocabulary(root: Path) -> Vocabulary:
    """The ontology as a table."""
    return Vocabulary.read(root / "ontology")


@pytest.fixture(scope="session")
def built(root: Path) -> Build:
    """The dataset, built once; tests do not change it."""
    return build(root)


@pytest.fixture(scope="session")
def built_dataset(built: Build) -> list[ox.Quad]:
    """The quads of the dataset."""
    return list(ox.parse(built.quads, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="session")
def kg(built: Build, root: Path) -> KnowledgeGraph:
    """The built graph, in memory, with the saved queries."""
    return KnowledgeGraph(LocalStore.from_nquads(built.quads), read_queries(root / "queries"))
