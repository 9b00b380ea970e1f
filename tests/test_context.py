"""The JSON-LD context is current, covers the ontology, and makes plain JSON mean the right thing."""

from __future__ import annotations

import importlib.util
import json
import warnings
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest
import rdflib

from qwen_kg.exports.context import WORDS, context, published
from qwen_kg.exports.terms import Terms
from qwen_kg.namespaces import PREFIXES, expand

ROOT = Path(__file__).parents[1]
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


@pytest.fixture
def generate() -> ModuleType:
    """The script that makes generated files, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_current(generate: ModuleType) -> None:
    stale = generate.stale()
    assert stale == [], f"{', '.join(stale)}: made from an older state, run `{generate.COMMAND}`"


def test_what_is_stale_is_named_by_check_and_written_without(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "GENERATED", {"one.txt": lambda: "new\n", "two.txt": lambda: "same\n"})
    (tmp_path / "one.txt").write_text("old\n", "utf-8")
    (tmp_path / "two.txt").write_text("same\n", "utf-8")

    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "one.txt is out of date: run python docs/generate.py\n"
    assert (tmp_path / "one.txt").read_text("utf-8") == "old\n"

    assert generate.main([]) == 0
    assert (tmp_path / "one.txt").read_text("utf-8") == "new\n"
    assert generate.main(["--check"]) == 0
    assert generate.main(["--chekc"]) == 2


def test_every_property_of_the_ontology_is_a_term() -> None:
    store = ox.Store()
    for path in (ROOT / "ontology").glob("*.ttl"):
        store.bulk_load(path=path)
    query = (
        HEAD
        + """SELECT ?property {
      ?property a ?kind FILTER(?kind IN (owl:ObjectProperty, owl:DatatypeProperty, owl:AnnotationProperty))
      FILTER(STRSTARTS(STR(?property), STR(qkg:)))
    }"""
    )
    properties = {row[0].value for row in store.query(query)}
    terms = Terms(published())
    assert properties
    assert {terms.property(iri)[0] for iri in properties} == {
        iri.removeprefix(PREFIXES["qkg"]) for iri in properties
    }
    assert all(terms.property(iri)[1] for iri in properties), "each has a definition"


@pytest.mark.parametrize(
    ("turtle", "definition"),
    [
        ("a owl:ObjectProperty ; rdfs:range qkg:Model", {"@type": "@id"}),
        ("a owl:ObjectProperty", {"@type": "@id"}),
        ("a owl:ObjectProperty ; rdfs:range skos:Concept ; qkg:valueScheme qkg:S", {"@type": "@vocab"}),
        ("a owl:ObjectProperty ; rdfs:range qkg:Unit", {"@type": "@vocab"}),
        ("a owl:DatatypeProperty ; rdfs:range xsd:integer", {"@type": "xsd:integer"}),
        ("a owl:DatatypeProperty ; rdfs:range xsd:string", {}),
        ("a owl:DatatypeProperty ; rdfs:range rdf:langString", {"@language": "en"}),
        ("a owl:DatatypeProperty ; rdfs:range rdfs:Literal", {}),
        ("a owl:AnnotationProperty ; rdfs:range xsd:boolean", {"@type": "xsd:boolean"}),
    ],
)
def test_the_range_of_a_property_says_what_a_string_stands_for(
    turtle: str, definition: dict[str, str]
) -> None:
    assert context(f"{HEAD} qkg:x {turtle} .")["x"] == {"@id": "qkg:x", **definition}


def test_dates_have_the_datatypes_that_owl_cannot_name() -> None:
    made = context(f"{HEAD} qkg:date a owl:DatatypeProperty ; rdfs:range rdfs:Literal .")
    assert made["date"] == {"@id": "qkg:date", "@type": "edtf:EDTF"}


def test_a_prefix_that_is_also_a_term_is_left_out() -> None:
    made = context(f"{HEAD} qkg:license a owl:ObjectProperty .")
    assert made["license"] == {"@id": "qkg:license", "@type": "@id"}
    assert made["id"] == "@id"
    assert made["src"] == PREFIXES["src"]


def test_a_term_that_hides_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="words that the JSON-LD context uses: label, statements"):
        context(f"{HEAD} qkg:statements a owl:ObjectProperty . qkg:label a owl:DatatypeProperty .")


def test_words_stand_for_terms_that_exist() -> None:
    for meaning in WORDS.values():
        for key in ("@id", "@reverse"):
            if isinstance(meaning, dict) and key in meaning:
                assert expand(meaning[key]).startswith("http")


PLAIN_JSON = {
    "id": "Qwen2.5-VL-7B",
    "type": "Variant",
    "label": "Qwen2.5-VL-7B",
    "names": {"zh": "通义", "@none": "Qwen 7B"},
    "variantOf": "Qwen2.5-VL",
    "license": "http://spdx.org/licenses/Apache-2.0",
    "access": "openWeights",
    "totalParameters": 7000000000,
    "events": [{"id": "release", "date": "2025-01"}],
    "statements": [
        {
            "id": "st:1",
            "predicate": "license",
            "object": {"id": "http://spdx.org/licenses/Apache-2.0"},
            "supportedBy": "src:article/f001",
        }
    ],
}
MEANING = """
id:Qwen2.5-VL-7B a qkg:Variant ; skos:prefLabel "Qwen2.5-VL-7B"@en ; skos:altLabel "通义"@zh, "Qwen 7B" ;
  qkg:variantOf id:Qwen2.5-VL ; qkg:license license:Apache-2.0 ; qkg:access qkg:openWeights ;
  qkg:totalParameters 7000000000 .
id:release qkg:concerns id:Qwen2.5-VL-7B ; qkg:date "2025-01"^^edtf:EDTF .
st:1 rdf:subject id:Qwen2.5-VL-7B ; rdf:predicate qkg:license ; rdf:object license:Apache-2.0 ;
  qkg:supportedBy <https://w3id.org/qwen-kg/source/article/f001> .
"""


def test_plain_json_means_what_it_seems_to_say_in_both_parsers() -> None:
    text = json.dumps({"@context": published(), **PLAIN_JSON})
    expected = {str(quad) for quad in ox.parse(HEAD + MEANING, format=ox.RdfFormat.TURTLE)}
    assert {str(quad) for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)} == expected
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own parser
        graph = rdflib.Graph().parse(data=text, format="json-ld")
    in_ntriples = graph.serialize(format="nt")
    assert {str(quad) for quad in ox.parse(in_ntriples, format=ox.RdfFormat.N_TRIPLES)} == expected


@pytest.mark.parametrize(
    ("iri", "name", "word"),
    [
        (PREFIXES["id"] + "Qwen2.5-VL", "Qwen2.5-VL", PREFIXES["id"] + "Qwen2.5-VL"),
        (PREFIXES["id"] + "a/b", "a/b", PREFIXES["id"] + "a/b"),
        (PREFIXES["id"] + "id", PREFIXES["id"] + "id", PREFIXES["id"] + "id"),
        (PREFIXES["id"] + "../x", PREFIXES["id"] + "../x", PREFIXES["id"] + "../x"),
        (PREFIXES["id"] + "a:b", PREFIXES["id"] + "a:b", PREFIXES["id"] + "a:b"),
        (PREFIXES["qkg"] + "openWeights", "qkg:openWeights", "openWeights"),
        (PREFIXES["qkg"] + "names", "qkg:names", "qkg:names"),
        (PREFIXES["qkg"] + "graph", "qkg:graph", "qkg:graph"),
        (PREFIXES["skos"] + "altLabel", "skos:altLabel", "names"),
        (PREFIXES["src"] + "article/f001", "src:article/f001", "src:article/f001"),
        (PREFIXES["src"] + "//x", PREFIXES["src"] + "//x", PREFIXES["src"] + "//x"),
        (PREFIXES["license"] + "MIT", PREFIXES["license"] + "MIT", PREFIXES["license"] + "MIT"),
    ],
)
def test_an_iri_as_a_name_and_as_a_word(iri: str, name: str, word: str) -> None:
    terms = Terms(published())
    assert (terms.name(iri), terms.word(iri)) == (name, word)
