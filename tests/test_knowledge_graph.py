"""The Python library: questions, rows as Python values, and the rdflib Dataset over the same store."""

from decimal import Decimal

import pytest
from rdflib import Dataset, URIRef

import qwen_kg
from qwen_kg.dataset import Build
from qwen_kg.errors import InputError, NotFoundError
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.remote import RemoteStore

ID = "https://w3id.org/qwen-kg/id/"


def test_a_saved_query_gives_rows(small_kg: KnowledgeGraph) -> None:
    rows = small_kg.query("successors", model="Qwen2.5-VL").rows()
    assert [row["successor"] for row in rows] == [ID + "Qwen2.5-VL-32B-Instruct"]


def test_python_values_are_parameters(small_kg: KnowledgeGraph) -> None:
    wide = small_kg.query("successors", model="Qwen2.5-VL", wide=True).rows()
    assert [row["label"] for row in wide] == ["Qwen2.5-VL-32B-Instruct"]


def test_a_free_query_gives_python_values(kg: KnowledgeGraph) -> None:
    answer = kg.query(
        'SELECT * { VALUES (?a ?b ?c ?d ?e) { (1 2.50 true <urn:x> "y"@en) (UNDEF 3.0 false <urn:z> "w") } }'
    )
    assert answer.rows() == [
        {"a": 1, "b": Decimal("2.5"), "c": True, "d": "urn:x", "e": "y"},
        {"b": Decimal(3), "c": False, "d": "urn:z", "e": "w"},
    ]


def test_a_yes_or_no_question_is_true_or_false(kg: KnowledgeGraph) -> None:
    assert not kg.query("ASK { <urn:x> ?p ?o }")
    assert kg.query(f"ASK {{ <{ID}Qwen3> ?p ?o }}")
    with pytest.raises(InputError, match="no SELECT"):
        kg.query("ASK {}").rows()


def test_an_unknown_query_is_told_with_the_closest(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="did you mean successors"):
        kg.query("sucessors", model="Qwen3")


def test_parameters_are_for_saved_queries(kg: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match="parameters are for saved queries"):
        kg.query("ASK {}", model="Qwen3")


def test_the_release_is_that_of_the_data(kg: KnowledgeGraph, built: Build) -> None:
    assert kg.release == built.release.version


def test_the_dataset_is_an_rdflib_dataset_over_the_same_store(small_kg: KnowledgeGraph) -> None:
    dataset = small_kg.dataset
    assert isinstance(dataset, Dataset)
    qkg = "https://w3id.org/qwen-kg/ns#"
    found = set(dataset.subjects(URIRef(qkg + "successorOf"), URIRef(ID + "Qwen2.5-VL")))
    assert found == {URIRef(ID + "Qwen2.5-VL-32B-Instruct")}
    rows = list(dataset.query(f"SELECT ?v {{ ?v <{qkg}variantOf> <{ID}Qwen2.5-VL> }}"))
    assert len(rows) == 4
    facts = dataset.graph(URIRef("https://w3id.org/qwen-kg/graph/facts"))
    assert (URIRef(ID + "Qwen3"), None, None) in facts


def test_a_remote_graph_is_no_rdflib_dataset(kg: KnowledgeGraph) -> None:
    remote = KnowledgeGraph(RemoteStore("http://127.0.0.1:9/sparql"), kg.queries)
    with pytest.raises(InputError, match="only a store of this machine"):
        remote.dataset  # noqa: B018 - the property raises


def test_describe_gives_one_entity_and_not_the_others(small_kg: KnowledgeGraph) -> None:
    text = small_kg.describe(ID + "Qwen3-8B", "application/n-triples").body.decode()
    subjects = {line.split()[0] for line in text.splitlines()}
    assert f"<{ID}Qwen3-8B>" in subjects
    assert f"<{ID}Qwen3-8B> <https://w3id.org/qwen-kg/ns#density>" in text
    assert f"<{ID}Qwen3-14B> <https://w3id.org/qwen-kg/ns#density>" not in text
    assert "/source/wikipedia-qwen/f102>" in text
    assert len(subjects) < 100


@pytest.mark.parametrize("iri", [ID + "Qwen99", "urn:nothing", "no iri", "http://x/> ?p ?o } #"])
def test_what_the_graph_does_not_know_is_not_found(iri: str, kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError):
        kg.describe(iri)


def test_a_graph_that_is_not_there_is_told(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="graph:facts"):
        kg.quads(["nonsense"])


def test_open_reads_a_file(built: Build, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("graph") / "dataset.nq"
    path.write_bytes(built.quads)
    assert qwen_kg.open(path).query("license", model="Qwen3-8B").rows()
