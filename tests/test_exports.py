"""All exports hold the same, read the same everywhere, and are pleasant to read."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import warnings
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_kg.errors import InputError
from qwen_kg.exports import WRITERS, export
from qwen_kg.exports.arrangement import SECTIONS
from qwen_kg.formats import FORMATS, Kind
from qwen_kg.namespaces import PREFIXES

AWKWARD = Path(__file__).parent / "awkward.trig"
TRIPLE_FORMATS = ("turtle", "ntriples", "rdfxml", "jsonld")
OXIGRAPH = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}
RDFLIB = {
    "turtle": "turtle",
    "ntriples": "nt",
    "rdfxml": "xml",
    "jsonld": "json-ld",
    "trig": "trig",
    "nquads": "nquads",
}
EX = "https://example.org/"


def canonical(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Give quads with the labels that blank nodes have in every copy of the same data."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def union(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    return {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads}


def in_oxigraph(data: bytes, name: str) -> set[ox.Quad]:
    return canonical(ox.parse(data, format=OXIGRAPH[name]))


def in_rdflib(data: bytes, name: str) -> set[ox.Quad]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own parsers
        if name in TRIPLE_FORMATS:
            triples = rdflib.Graph().parse(data=data, format=RDFLIB[name])
            return canonical(ox.Quad(term(s), term(p), term(o)) for s, p, o in triples)
        quads = list(rdflib.Dataset().parse(data=data, format=RDFLIB[name]).quads())
        return canonical(ox.Quad(term(s), term(p), term(o), term(g) if g else None) for s, p, o, g in quads)


def term(node: rdflib.term.Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Give a term of rdflib as one of pyoxigraph."""
    if isinstance(node, rdflib.Literal):
        datatype = None if node.datatype is None or node.language else ox.NamedNode(node.datatype)
        return ox.Literal(str(node), language=node.language, datatype=datatype)
    return ox.BlankNode(node) if isinstance(node, rdflib.BNode) else ox.NamedNode(str(node))


def parse(turtle: str) -> list[ox.Quad]:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    return list(ox.parse(f"{prefixes}@prefix ex: <{EX}> .\n{turtle}", format=ox.RdfFormat.TRIG))


@pytest.fixture(scope="module", params=["awkward", "small"])
def quads(request: pytest.FixtureRequest) -> set[ox.Quad]:
    """Data to export: made up of what is hard, and real."""
    if request.param == "awkward":
        return canonical(ox.parse(path=AWKWARD))
    return set(request.getfixturevalue("small_dataset"))


@pytest.mark.parametrize("name", WRITERS)
def test_oxigraph_reads_what_was_written(quads: set[ox.Quad], name: str) -> None:
    expected = union(quads) if name in TRIPLE_FORMATS else quads
    assert in_oxigraph(export(quads, name), name) == canonical(expected)


@pytest.mark.parametrize("name", WRITERS)
def test_rdflib_reads_the_same_from_every_format(quads: set[ox.Quad], name: str) -> None:
    plain = "ntriples" if name in TRIPLE_FORMATS else "nquads"
    assert in_rdflib(export(quads, name), name) == in_rdflib(export(quads, plain), plain)


@pytest.mark.skipif(shutil.which("rapper") is None, reason="rapper (raptor2-utils) is not installed")
@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml"])
def test_raptor_reads_the_same_triples(quads: set[ox.Quad], name: str) -> None:
    written = rapper(export(quads, name), name, "ntriples")
    assert in_oxigraph(written, "ntriples") == canonical(union(quads))


@pytest.mark.skipif(shutil.which("rapper") is None, reason="rapper (raptor2-utils) is not installed")
@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_raptor_reads_as_many_quads(quads: set[ox.Quad], name: str) -> None:
    assert len(rapper(export(quads, name), name, "nquads").splitlines()) == len(quads)


def rapper(data: bytes, name: str, output: str) -> bytes:
    command = ["rapper", "-q", "-i", name, "-o", output, "-", "https://example.org/base"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("name", WRITERS)
def test_the_order_of_the_data_does_not_matter(quads: set[ox.Quad], name: str) -> None:
    shuffled = sorted(quads, key=str)
    expected = export(shuffled, name)
    random.Random(1).shuffle(shuffled)
    assert export(shuffled, name) == expected
    assert export([*shuffled, *shuffled], name) == expected, "a quad given twice is one quad"


def test_there_is_a_writer_for_every_format_of_graphs() -> None:
    assert set(WRITERS) == {each.name for each in FORMATS if Kind.GRAPH in each.kinds}


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no export as 'csv', only as turtle, jsonld"):
        export([], "csv")


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_is_written_as_nothing(name: str) -> None:
    assert in_oxigraph(export([], name), name) == set()


SMALL = """
graph:facts {
  id:Qwen2.5-VL-72B a qkg:Variant ; skos:prefLabel "Qwen2.5-VL-72B"@en ; qkg:variantOf id:Qwen2.5-VL .
  id:Qwen2.5-VL-7B a qkg:Variant ; qkg:variantOf id:Qwen2.5-VL ; skos:prefLabel "Qwen2.5-VL-7B"@en ;
    dcterms:description "A small one.\\nIt sees."@en ; skos:altLabel "通义"@zh, "Qwen 7B"@en ;
    qkg:license license:Apache-2.0 ; qkg:totalParameters 7000000000 ; qkg:contextLength id:quantity-1 .
  id:quantity-1 a qkg:Quantity ; qkg:value 128000.0 ; qkg:unit unit:NUM .
  id:Qwen2.5-VL a qkg:Model ; skos:prefLabel "Qwen2.5-VL"@en .
}
graph:inferred { id:Qwen2.5-VL-7B a qkg:ModelEntity . }
graph:statements {
  st:1 a qkg:Statement ; rdf:subject id:Qwen2.5-VL-7B ; rdf:predicate qkg:license ;
    rdf:object license:Apache-2.0 ; qkg:polarity qkg:affirmed ;
    qkg:supportedBy src:article\\/f002, src:article\\/f010 .
}
graph:sources {
  src:article a qkg:Source .
  src:article\\/f002 a qkg:Passage ; qkg:source src:article ; qkg:locator "paragraph 1" .
}
graph:shapes {
  ex:shape a sh:NodeShape ; sh:property [ sh:path qkg:license ; sh:in ( license:MIT "none" ) ] .
}
"""

SMALL_TURTLE = """\
@prefix qkg: <https://w3id.org/qwen-kg/ns#> .
@prefix id: <https://w3id.org/qwen-kg/id/> .
@prefix st: <https://w3id.org/qwen-kg/statement/> .
@prefix src: <https://w3id.org/qwen-kg/source/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix license: <http://spdx.org/licenses/> .
@prefix unit: <http://qudt.org/vocab/unit/> .

### Models

id:Qwen2.5-VL a qkg:Model ;
    skos:prefLabel "Qwen2.5-VL"@en .

### Variants

id:Qwen2.5-VL-7B a qkg:Variant, qkg:ModelEntity ;
    skos:prefLabel "Qwen2.5-VL-7B"@en ;
    skos:altLabel "Qwen 7B"@en, "通义"@zh ;
    dcterms:description \"\"\"A small one.
It sees.\"\"\"@en ;
    qkg:variantOf id:Qwen2.5-VL ;
    qkg:license license:Apache-2.0 ;
    qkg:totalParameters 7000000000 ;
    qkg:contextLength id:quantity-1 .

id:Qwen2.5-VL-72B a qkg:Variant ;
    skos:prefLabel "Qwen2.5-VL-72B"@en ;
    qkg:variantOf id:Qwen2.5-VL .

### Quantities

id:quantity-1 a qkg:Quantity ;
    qkg:unit unit:NUM ;
    qkg:value 128000.0 .

### Statements

st:1 a qkg:Statement ;
    rdf:subject id:Qwen2.5-VL-7B ;
    rdf:predicate qkg:license ;
    rdf:object license:Apache-2.0 ;
    qkg:polarity qkg:affirmed ;
    qkg:supportedBy src:article\\/f002, src:article\\/f010 .

### Passages

src:article\\/f002 a qkg:Passage ;
    qkg:source src:article ;
    qkg:locator "paragraph 1" .

### Sources

src:article a qkg:Source .

### Shapes

<https://example.org/shape> a sh:NodeShape ;
    sh:property [
        sh:path qkg:license ;
        sh:in ( license:MIT "none" )
    ] .
"""


def test_turtle_reads_like_this() -> None:
    assert export(parse(SMALL), "turtle").decode() == SMALL_TURTLE


def test_trig_has_a_block_for_each_graph_in_which_sections_are_those_of_the_whole() -> None:
    text = export(parse(SMALL), "trig").decode()
    order = [line.removesuffix(" {") for line in text.splitlines() if line.endswith(" {")]
    assert order == ["graph:facts", "graph:statements", "graph:sources", "graph:inferred", "graph:shapes"]
    assert (
        "graph:inferred {\n\n    ### Variants\n\n    id:Qwen2.5-VL-7B a qkg:ModelEntity .\n}\n" in text
    )  # only the facts say that it is a variant


SMALL_JSONLD = [
    {"id": "Qwen2.5-VL", "type": "Model", "label": "Qwen2.5-VL"},
    {
        "id": "Qwen2.5-VL-7B",
        "type": ["Variant", "ModelEntity"],
        "label": "Qwen2.5-VL-7B",
        "names": {"en": "Qwen 7B", "zh": "通义"},
        "description": "A small one.\nIt sees.",
        "variantOf": "Qwen2.5-VL",
        "license": "http://spdx.org/licenses/Apache-2.0",
        "totalParameters": 7000000000,
        "contextLength": {
            "id": "quantity-1",
            "type": "Quantity",
            "unit": "http://qudt.org/vocab/unit/NUM",
            "value": "128000.0",
        },
        "statements": [
            {
                "id": "st:1",
                "type": "Statement",
                "predicate": "license",
                "object": {"id": "http://spdx.org/licenses/Apache-2.0"},
                "polarity": "affirmed",
                "supportedBy": ["src:article/f002", "src:article/f010"],
            }
        ],
    },
    {"id": "Qwen2.5-VL-72B", "type": "Variant", "label": "Qwen2.5-VL-72B", "variantOf": "Qwen2.5-VL"},
    {
        "id": "src:article",
        "type": "Source",
        "passages": [{"id": "src:article/f002", "type": "Passage", "locator": "paragraph 1"}],
    },
    {
        "id": "https://example.org/shape",
        "type": "sh:NodeShape",
        "sh:property": {
            "sh:path": {"id": "qkg:license"},
            "sh:in": {"@list": [{"id": "http://spdx.org/licenses/MIT"}, "none"]},
        },
    },
]


def test_jsonld_reads_like_this() -> None:
    text = export(parse(SMALL), "jsonld").decode()
    # As text, because the order of the keys is part of what is read.
    assert json.dumps(json.loads(text)["@graph"]) == json.dumps(SMALL_JSONLD)
    assert '    {"id": "Qwen2.5-VL", "type": "Model", "label": "Qwen2.5-VL"},\n' in text


def test_a_graph_that_is_named_by_a_blank_node_is_named_so() -> None:
    quads = parse("_:g { ex:a ex:p _:g, ex:b . }")
    assert in_oxigraph(export(quads, "trig"), "trig") == canonical(quads)


@pytest.mark.parametrize(
    ("iri", "written"),
    [
        (PREFIXES["id"] + "Qwen2.5-VL", "id:Qwen2.5-VL"),
        (PREFIXES["id"] + "01.AI", "id:01.AI"),
        (PREFIXES["src"] + "article/f081", r"src:article\/f081"),
        (PREFIXES["id"] + "ends-with.", "<https://w3id.org/qwen-kg/id/ends-with.>"),
        (PREFIXES["id"] + "ends-with/", "<https://w3id.org/qwen-kg/id/ends-with/>"),
        (PREFIXES["id"] + "a:b", "<https://w3id.org/qwen-kg/id/a:b>"),
        (PREFIXES["id"] + "-a", "<https://w3id.org/qwen-kg/id/-a>"),
        (PREFIXES["id"], "<https://w3id.org/qwen-kg/id/>"),
        ("id:Qwen", "<id:Qwen>"),
        (EX + "x", "<https://example.org/x>"),
    ],
)
def test_names_in_turtle(iri: str, written: str) -> None:
    quad = ox.Quad(ox.NamedNode(iri), ox.NamedNode(EX + "p"), ox.Literal("x"))
    assert export([quad], "turtle").decode().splitlines()[-2] == written


def test_every_section_has_a_heading_of_its_own_and_no_mark_is_in_two() -> None:
    headings = [heading for heading, _ in SECTIONS]
    marks = [mark for _, marks in SECTIONS for mark in marks]
    assert len(set(headings)) == len(headings)
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        (r'ex:a ex:b "\u0001" .', r"U\+0001"),
        ("ex:a <https://example.org/1> ex:b .", "ends in no XML name"),
        ("ex:a rdf:li ex:b .", "part of the syntax"),
    ],
)
def test_rdfxml_refuses_what_it_cannot_hold(turtle: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        export(parse(turtle), "rdfxml")


def test_jsonld_refuses_an_iri_that_would_be_read_with_a_prefix() -> None:
    with pytest.raises(InputError, match="<src:x>: its scheme is a prefix"):
        export(parse("ex:a ex:b <src:x> ."), "jsonld")


@pytest.mark.parametrize("name", ["turtle", "trig", "rdfxml", "jsonld"])
def test_rdf_1_2_is_refused_and_not_lost(name: str) -> None:
    triple = ox.Triple(ox.NamedNode(EX), ox.NamedNode(EX), ox.Literal("x"))
    directed = ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL)
    for term in (triple, directed):
        with pytest.raises(InputError, match=r"RDF 1\.2"):
            export([ox.Quad(ox.NamedNode(EX), ox.NamedNode(EX), term)], name)


LOCAL_NAMES = st.from_regex(r"[A-Za-z0-9_.~%:/@!$&'()*+,;=?-]{0,8}", fullmatch=True).map(
    lambda text: text.replace("%", "%25")
)
NAMESPACES = [PREFIXES[prefix] for prefix in ("qkg", "id", "src", "st", "graph", "license", "skos", "owl")]
WORDS = [
    "license",
    "access",
    "about",
    "concerns",
    "totalParameters",
    "id",
    "type",
    "label",
    "statements",
    "query",
    "x.y",
]
IRIS = st.builds(
    str.__add__, st.sampled_from([*NAMESPACES, EX, "urn:x:"]), LOCAL_NAMES | st.sampled_from(WORDS)
)
NODES = IRIS.map(ox.NamedNode)
BLANK_NODES = st.sampled_from([ox.BlankNode(f"b{number}") for number in range(4)])
# A property ends in a name, so that RDF/XML can hold it.
PROPERTIES = st.sampled_from(
    [ox.NamedNode(PREFIXES["qkg"] + word) for word in WORDS]
    + [
        ox.NamedNode(PREFIXES["rdf"] + word)
        for word in ("type", "first", "rest", "subject", "object", "predicate")
    ]
    + [ox.NamedNode(PREFIXES["skos"] + word) for word in ("prefLabel", "altLabel")]
    + [ox.NamedNode(EX + word) for word in ("p", "q/r", "x.y", "a%20b")]
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from('\n\r\t"\\'),
    max_size=12,
)
DATATYPES = st.sampled_from(["integer", "decimal", "boolean", "double", "date", "string"])
LITERALS = (
    TEXTS.map(ox.Literal)
    | st.builds(
        lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "zh-Latn", "de-1901"])
    )
    | st.integers().map(ox.Literal)
    | st.decimals(allow_nan=False, allow_infinity=False).map(
        lambda n: ox.Literal(str(n), datatype=xsd("decimal"))
    )
    | st.builds(lambda text, name: ox.Literal(text, datatype=xsd(name)), TEXTS | st.just("true"), DATATYPES)
)
QUADS = st.builds(
    ox.Quad,
    NODES | BLANK_NODES,
    PROPERTIES,
    NODES | BLANK_NODES | LITERALS | st.just(ox.NamedNode(PREFIXES["rdf"] + "nil")),
    st.sampled_from([ox.DefaultGraph(), ox.NamedNode(PREFIXES["graph"] + "facts"), ox.NamedNode(EX + "g")]),
)


def xsd(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["xsd"] + name)


@given(st.lists(QUADS, max_size=12))
@settings(deadline=None)
def test_whatever_the_data_oxigraph_reads_them_again(quads: list[ox.Quad]) -> None:
    for name in WRITERS:
        expected = union(quads) if name in TRIPLE_FORMATS else set(quads)
        assert in_oxigraph(export(quads, name), name) == canonical(expected), name


@given(st.lists(QUADS, max_size=12))
@settings(deadline=None)
def test_whatever_the_data_rdflib_reads_the_same_from_every_format(quads: list[ox.Quad]) -> None:
    expected = in_rdflib(export(quads, "ntriples"), "ntriples")
    for name in TRIPLE_FORMATS:
        assert in_rdflib(export(quads, name), name) == expected, name
