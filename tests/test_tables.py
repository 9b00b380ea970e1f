"""Tables of facts and events: a line of one is like a line of the record of its subject."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, Literal, URIRef

from qwen_kg.builder import Compilation, compile_root
from qwen_kg.errors import DataError
from qwen_kg.evidence import SCHEMA, SRC
from qwen_kg.namespaces import PREFIXES
from qwen_kg.root import SOURCES
from qwen_kg.vocabulary import qkg

QWEN3 = URIRef(PREFIXES["id"] + "Qwen3-0.6B")


@pytest.fixture
def home(small: Path, tmp_path: Path) -> Path:
    for part in SOURCES:
        shutil.copytree(small / part, tmp_path / part)
    return tmp_path


def compiled(home: Path, kind: str, *lines: str) -> Compilation:
    (home / "data" / kind).mkdir(exist_ok=True)
    (home / "data" / kind / "llmfit.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return compile_root(home)


def test_a_line_is_a_fact_with_its_source(home: Path) -> None:
    made = compiled(
        home,
        "facts",
        "subject,property,value,source,locator",
        "Qwen3-0.6B,huggingFaceId,Qwen/X,ms-swift-models,7",
    )
    facts, statements = made.graphs["facts"], made.graphs["statements"]
    assert (QWEN3, qkg("huggingFaceId"), Literal("Qwen/X")) in facts
    assert (QWEN3, SCHEMA.sameAs, URIRef("https://huggingface.co/Qwen/X")) in facts
    (statement,) = statements.subjects(RDF.object, Literal("Qwen/X"))
    (passage,) = statements.objects(statement, qkg("supportedBy"))
    assert passage == SRC["ms-swift-models/L7"]
    assert str(made.places[QWEN3, qkg("huggingFaceId")]) == "data/facts/llmfit.csv:2:26"


def test_a_table_is_named_after_its_source_where_no_column_names_one(home: Path) -> None:
    made = compiled(home, "events", "subject,kind,date,locator", "Qwen3-0.6B,repository,2025-04-27,9 12-13")
    event = URIRef(PREFIXES["id"] + "Qwen3-0.6B-repository-2025-04-27")
    passages = set(made.graphs["facts"].objects(event, qkg("supportedBy")))
    assert passages == {SRC["llmfit/L9"], SRC["llmfit/L12-13"]}


@pytest.mark.parametrize(
    ("number", "outcome"),
    [("620000000", "refines"), ("751632384", "conflictsWith")],
    ids=["finer", "another"],
)
def test_a_count_agrees_with_a_size_that_is_right_to_a_unit(number: str, outcome: str, home: Path) -> None:
    made = compiled(home, "facts", "subject,property,value,locator", f"Qwen3-0.6B,totalParameters,{number},5")
    statements = made.graphs["statements"]
    (one,) = (
        s for s in statements.subjects(RDF.object, Literal(int(number))) if statements.value(s, qkg(outcome))
    )
    (other,) = statements.objects(one, qkg(outcome))
    assert statements.value(other, RDF.object) == Literal(600_000_000)
    assert (QWEN3, qkg("sizeLabel"), Literal("0.6B")) in made.graphs["facts"] or outcome == "conflictsWith"


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("subject,property,value,locator", "Qwen3-0.6,density,dense,1", 'llmfit.csv:2:1: subject: there is no entity "Qwen3-0.6"'),
        ("subject,property,value,locator", "Qwen3-0.6B,densty,dense,1", 'llmfit.csv:2:1: variants.0.densty: unknown property "densty", did you mean density?'),
        ("subject,property,value,locator,from", "Qwen3-0.6B,density,dense,1,2", "has a locator, and neither from nor each"),
        ("subject,property,value,source,locator", "Qwen3-0.6B,density,dense,llmfot,1", 'unknown source "llmfot", did you mean llmfit?'),
        ("subject,property,value,locator,colour", "Qwen3-0.6B,density,dense,1,red", "colour"),
    ],
    ids=["subject", "property", "from", "source", "column"],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(header: str, line: str, told: str, home: Path) -> None:
    with pytest.raises(DataError) as refused:
        compiled(home, "facts", header, line)
    assert told in str(refused.value)


def test_lines_without_a_source_are_of_the_block_and_not_of_their_neighbour(home: Path) -> None:
    path = home / "data" / "models" / "test-line.yaml"
    path.write_text(
        "id: Test-Line\nkind: Model\nlabel: Test Line\ndescription: A line that is made for this test alone.\n"
        "from: {source: qwen3-readme, lines: 1}\ninFamily: Qwen\n"
        "density: {value: dense, from: [{source: qwen2-readme, lines: 4}, {lines: 5}]}\n",
        "utf-8",
    )
    made = compile_root(home)
    statements = made.graphs["statements"]
    (statement,) = (
        s
        for s in statements.subjects(RDF.subject, URIRef(PREFIXES["id"] + "Test-Line"))
        if statements.value(s, RDF.predicate) == qkg("density")
    )
    passages = set(statements.objects(statement, qkg("supportedBy")))
    assert passages == {SRC["qwen2-readme/L4"], SRC["qwen3-readme/L5"]}


def test_a_file_may_describe_several_sources(home: Path) -> None:
    sources = compile_root(home).graphs["sources"]
    assert (SRC["qwen3-readme"], DCTERMS.identifier, Literal("qwen3-readme")) in sources
    path = home / "data" / "sources" / "qwenlm.yaml"
    path.write_text(
        "\n".join(path.read_text("utf-8").split("\n- id: ")[:1]) + "\n- id: lone-readme\n", "utf-8"
    )
    with pytest.raises(DataError):
        compile_root(home)
