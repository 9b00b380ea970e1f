"""The shapes alone judge the content of a store, whatever graph it is in."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from qwen_kg.dataset import Build
from qwen_kg.errors import DataError
from qwen_kg.namespaces import PREFIXES
from qwen_kg.validation import shacl_report

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

OWN = """
@prefix ex: <https://example.org/> .
ex:Named a sh:NodeShape ; sh:targetClass ex:Thing ;
  sh:property [ sh:path rdfs:label ; sh:minCount 1 ; sh:message "a thing has a label" ] .
"""
EXAMPLE = "@prefix ex: <https://example.org/> . "


def store_of(trig: str) -> ox.Store:
    store = ox.Store()
    store.load(HEADER + trig, format=ox.RdfFormat.TRIG)
    return store


@pytest.fixture
def own_shapes(tmp_path: Path) -> Path:
    path = tmp_path / "own.ttl"
    path.write_text(HEADER + OWN, "utf-8")
    return path


def test_the_dataset_conforms(built: Build, root: Path) -> None:
    store = ox.Store()
    store.bulk_load(built.quads, ox.RdfFormat.N_QUADS)
    report = shacl_report(store, root / "shapes")
    assert report.conforms, report.text()
    assert report.triples == len(store)


FAULT = 'id:X a qkg:Variant ; skos:prefLabel "X"@en ; dcterms:description "short"@en .'


@pytest.mark.parametrize("graph", ["", "graph:facts", "<https://example.org/any>"])
def test_a_fault_is_found_in_every_graph(graph: str, root: Path) -> None:
    store = store_of(f"{graph} {{ {FAULT} }}")
    (finding,) = shacl_report(store, root / "shapes").findings
    assert finding.focus == PREFIXES["id"] + "X"
    assert finding.message == "an entity is described in a sentence of our own (found: short)"
    assert finding.path == PREFIXES["dcterms"] + "description"


def test_graphs_are_judged_as_one(root: Path) -> None:
    """What is needed in one graph may be said in another, and two values are two, in however many graphs."""
    named, described = 'skos:prefLabel "X"@en', 'dcterms:description "It is the one of this test."@en'
    whole = store_of(f"{{ id:X a qkg:Variant }} graph:a {{ id:X {named} }} graph:b {{ id:X {described} }}")
    assert shacl_report(whole, root / "shapes").conforms
    twice = f"graph:a {{ id:X a qkg:Variant ; {named} ; {described} ; qkg:totalParameters 1 }}"
    assert shacl_report(store_of(twice), root / "shapes").conforms
    twice += " graph:b { id:X qkg:totalParameters 2 }"
    assert not shacl_report(store_of(twice), root / "shapes").conforms


def test_quads_need_not_be_in_a_store(root: Path) -> None:
    quads = list(store_of(f"{{ {FAULT} }}"))
    assert shacl_report(iter(quads), root / "shapes") == shacl_report(quads, root / "shapes")
    assert len(shacl_report(quads, root / "shapes").findings) == 1


def test_shapes_of_a_root_know_the_classes_of_its_ontology(root: Path) -> None:
    """A release is an event, and of events a passage is asked; only the ontology says that it is one."""
    event = "{ id:x a qkg:ReleaseEvent ; qkg:concerns id:Qwen3 ; qkg:eventKind qkg:release }"
    messages = [f.message for f in shacl_report(store_of(event), root / "shapes").findings]
    assert "everything that is said names a passage that says it" in messages
    assert shacl_report(store_of(event), root / "shapes" / "shapes.ttl").findings


def test_other_shapes_know_the_classes_that_the_content_tells_of(own_shapes: Path) -> None:
    content = f"{EXAMPLE} {{ ex:a a ex:Car }}"
    assert shacl_report(store_of(content), own_shapes).conforms
    content += " graph:classes { ex:Car rdfs:subClassOf ex:Thing }"
    (finding,) = shacl_report(store_of(content), own_shapes).findings
    assert (finding.focus, finding.message) == ("https://example.org/a", "a thing has a label")


@pytest.mark.parametrize("value", ["<<( ex:a ex:p 1 )>>", '"a"@en--ltr'])
def test_what_shacl_cannot_judge_does_not_pass(value: str, own_shapes: Path) -> None:
    store = store_of(f"{EXAMPLE} {{ ex:a ex:p {value} ; a ex:Thing }}")
    findings = shacl_report(store, own_shapes).findings
    assert {finding.check for finding in findings} == {"RDF 1.1", "shape"}
    assert {finding.focus for finding in findings} == {"https://example.org/a"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("this is no Turtle", ":1:1: "),
        ("[] sh:targetNode id:a ; sh:property [ sh:path rdfs:label ; sh:minCount 'x' ] .", ":1:1: not SHACL"),
        ("# nothing\n", ":1:1: the file says nothing"),
    ],
)
def test_shapes_that_are_none_are_bad_input(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text((HEADER if "sh:" in text else "") + text, "utf-8")
    with pytest.raises(DataError) as caught:
        shacl_report(store_of("{ id:a rdfs:label 1 }"), path)
    assert f"{path}{told}" in str(caught.value)


def test_shapes_are_those_of_the_first_time(own_shapes: Path) -> None:
    """A server judges by the shapes that it started with."""
    store = store_of(f"{EXAMPLE} {{ ex:a a ex:Thing }}")
    assert not shacl_report(store, own_shapes).conforms
    own_shapes.unlink()
    assert not shacl_report(store, own_shapes).conforms
