"""Fixtures that several test modules share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from qwen_kg.dataset import Build, build
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.root import keep
from qwen_kg.saved_queries import read_queries
from qwen_kg.store import LocalStore
from qwen_kg.vocabulary import Vocabulary
from qwen_kg.web import create_app

from .examples import build_once
from .sample import SampleKnowledge, nquads
from .serving import Server, serving
from .small import lay_out


@pytest.fixture
def client() -> FlaskClient:
    """A client of the pages over the sample graph."""
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
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the small dataset is built from; tests change copies of it."""
    return lay_out(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def small_built(small: Path) -> Build:
    """The small dataset, built once; tests do not change it."""
    return build(small)


@pytest.fixture(scope="session")
def small_dataset(small_built: Build) -> list[ox.Quad]:
    """The quads of the small dataset."""
    return list(ox.parse(small_built.quads, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="session")
def built(root: Path) -> Build:
    """The dataset, built once and kept for whoever serves the checkout; tests do not change it."""
    made = build_once(root)
    assert made.report.conforms, made.report.text()
    keep(root, made.quads)
    return made


@pytest.fixture(scope="session")
def built_dataset(built: Build) -> list[ox.Quad]:
    """The quads of the dataset."""
    return list(ox.parse(built.quads, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="session")
def kg(built: Build, root: Path) -> KnowledgeGraph:
    """The built graph, in memory, with the saved queries."""
    return KnowledgeGraph(LocalStore.from_nquads(built.quads), read_queries(root / "queries"))


@pytest.fixture(scope="session")
def small_kg(small_built: Build, small: Path) -> KnowledgeGraph:
    """The small graph, in memory, with the saved queries."""
    return KnowledgeGraph(LocalStore.from_nquads(small_built.quads), read_queries(small / "queries"))


@pytest.fixture(scope="session")
def server(built: Build) -> Iterator[Server]:
    """The real server over the graph of the checkout, as ``qwen-kg serve`` starts it; tests share it."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def small_file(small_built: Build, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The small dataset as a file."""
    file = tmp_path_factory.mktemp("small-dataset") / "dataset.nq"
    file.write_bytes(small_built.quads)
    return str(file)


@pytest.fixture(scope="session")
def small_server(small_file: str) -> Iterator[Server]:
    """The real server over the small dataset, all of which is less than a reply may be; tests share it."""
    with serving("--store", small_file) as running:
        yield running


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample graph as a file, which is opened faster than the packaged graph."""
    file = tmp_path_factory.mktemp("sample") / "sample.nq"
    file.write_bytes(nquads())
    return str(file)


@pytest.fixture(scope="session")
def sampled(sample_file: str) -> Iterator[Server]:
    """The real server over the sample graph; tests share it."""
    with serving("--store", sample_file) as running:
        yield running


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[Server]:
    """A server of its own that may be written to, over an empty store, with a token."""
    options = ("--writable", "--store", str(tmp_path / "store"))
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        yield running


@pytest.fixture(scope="session")
def storing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may be written to, with a token; tests share it, and may expect nothing of its data."""
    options = ("--writable", "--store", str(tmp_path_factory.mktemp("writable") / "store"))
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as running:
        yield running


@pytest.fixture
def empty(storing: Server) -> Server:
    """The writable server that tests share, without any data."""
    headers = {"Authorization": f"Bearer {storing.token}", "Content-Type": "application/sparql-update"}
    assert storing.ask("POST", "/sparql", headers, "DROP ALL").status == 204
    return storing
