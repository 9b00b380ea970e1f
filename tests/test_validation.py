"""Every judge can find a fault: each check, each rule of inconsistency, each shape; and owlrl agrees."""

import json
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Graph, URIRef

from qwen_kg.closure import closure
from qwen_kg.dataset import Build, judge_files
from qwen_kg.namespaces import PREFIXES, expand
from qwen_kg.sparql import tokens
from qwen_kg.validation import Report, judged, validate
from qwen_kg.vocabulary import Vocabulary, qkg

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def parse(trig: str) -> list[ox.Quad]:
    return list(ox.parse(HEADER + trig, format=ox.RdfFormat.TRIG))


def judge(small_dataset: list[ox.Quad], root: Path, add: str = "", remove: str = "") -> Report:
    store = ox.Store()
    store.bulk_extend(small_dataset)
    store.extend(parse(add))
    gone = parse(remove)
    for quad in gone:
        assert quad in store, f"{quad} is not in the dataset"
        store.remove(quad)
    return validate(store, closure(judged(store)), root / "shapes", {})


def said(statement: str) -> str:
    return f"graph:statements {{ {statement} }}"


#: The check, and quads that it must find when they are added, or missing ones that it must miss.
CHECKS = {
    "accepted-statement-without-its-triple": ("", "graph:facts { id:Qwen3-8B qkg:density qkg:dense }"),
    "denied-statement-with-its-triple": (
        "graph:facts { id:Qwen2.5-VL-72B qkg:license license:Apache-2.0 }",
        "",
    ),
    "fact-without-statement": ("graph:facts { id:Qwen3-8B qkg:license id:Other }", ""),
    "circle": (
        "graph:facts { id:A qkg:successorOf id:B . id:B qkg:successorOf id:C . id:C qkg:successorOf id:A }",
        "",
    ),
    "passage-that-supports-nothing": ("graph:sources { src:wikipedia-qwen\\/x a qkg:Passage }", ""),
    "unused-entity": ('graph:facts { id:X a qkg:Variant ; skos:prefLabel "X"@en }', ""),
    "label-used-twice-for-one-kind": ('graph:facts { id:X a qkg:Variant ; skos:prefLabel "gpt 4O"@en }', ""),
    "value-of-another-scheme": ("graph:facts { id:Qwen3-8B qkg:density qkg:image }", ""),
    "two-values-of-a-single-valued-property": ("graph:facts { id:Qwen3-8B qkg:density qkg:sparse }", ""),
    "value-of-another-class": ("graph:facts { id:Qwen3-8B qkg:developer id:GPT-4o }", ""),
    "conflict-without-a-side": ("graph:statements { st:x qkg:conflictsWith st:y }", ""),
    "term-outside-the-ontology": ("graph:facts { id:Qwen3 qkg:licence license:Apache-2.0 }", ""),
    "triple-in-two-graphs": ("graph:facts { st:x qkg:scope 1 } graph:statements { st:x qkg:scope 1 }", ""),
}

#: The rule, and triples that contradict it.
INCONSISTENCIES = {
    "irreflexive-property": "graph:facts { id:Qwen3 qkg:successorOf id:Qwen3 }",
    "asymmetric-property": (
        "graph:facts { id:Qwen3 qkg:successorOf id:Qwen2 . id:Qwen2 qkg:successorOf id:Qwen3 }"
    ),
    "negative-property-assertion": "graph:facts { id:Qwen2.5-VL-72B qkg:license license:Apache-2.0 }",
    "disjoint-classes": "graph:facts { id:Qwen3 a qkg:Organization }",
    "functional-property": "graph:facts { id:Qwen3-8B qkg:totalParameters 9 }",
    "same-and-different": "graph:facts { id:Qwen3 owl:sameAs id:Qwen2 ; owl:differentFrom id:Qwen2 }",
    "empty-class": "graph:facts { id:Qwen3 a owl:Nothing }",
}


def test_the_dataset_conforms(built: Build) -> None:
    assert built.report.conforms, built.report.text()
    assert built.report.triples > 200_000


def test_every_check_and_rule_has_a_case(root: Path) -> None:
    assert {path.stem for path in (root / "shapes" / "checks").glob("*.rq")} == set(CHECKS)
    assert {path.stem for path in (root / "shapes" / "inconsistencies").glob("*.rq")} == set(INCONSISTENCIES)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_finds_its_fault(check: str, small_dataset: list[ox.Quad], root: Path) -> None:
    add, remove = CHECKS[check]
    report = judge(small_dataset, root, add, remove)
    assert check in {finding.check for finding in report.findings}, report.text()
    assert not report.conforms


@pytest.mark.parametrize("rule", INCONSISTENCIES)
def test_a_rule_finds_its_contradiction(rule: str, small_dataset: list[ox.Quad], root: Path) -> None:
    report = judge(small_dataset, root, INCONSISTENCIES[rule])
    assert rule in {finding.check for finding in report.findings}, report.text()


#: What each shape must say, by its message, of quads that stand alone beside the ontology.
SHAPES = {
    "an entity has one label in a language": (
        'graph:facts { id:X a qkg:Variant ; dcterms:description "Something."@en }'
    ),
    "an entity is described in a sentence of our own": (
        'graph:facts { id:X a qkg:Variant ; skos:prefLabel "X"@en ; dcterms:description "short"@en }'
    ),
    "everything that is said names a passage that says it": (
        'graph:facts { id:x a qkg:ReleaseEvent ; qkg:concerns id:Qwen3 ; qkg:eventKind qkg:release }'
    ),
    "total parameters are one positive integer": (
        "graph:facts { id:X a qkg:Variant ; qkg:totalParameters 0 }"
    ),
    "active parameters are one positive integer": (
        "graph:facts { id:X a qkg:Variant ; qkg:activeParameters 0 }"
    ),
    "active parameters are at most the total parameters": (
        "graph:facts { id:X a qkg:Variant ; qkg:totalParameters 7 ; qkg:activeParameters 8 }"
    ),
    "a language count is one positive integer": (
        "graph:facts { id:X a qkg:Variant ; qkg:languageCount 0 }"
    ),
    "a licence is one that data/licenses.yaml describes, and there is at most one": (
        "graph:facts { id:X a qkg:Variant ; qkg:license id:Unheard-of }"
    ),
    "a context length is one quantity": (
        "graph:facts { id:X a qkg:Variant ; qkg:contextLength 128000 }"
    ),
    "a dense model has no active parameters apart from the total": (
        "graph:facts { id:X a qkg:Variant ; qkg:density qkg:dense ; qkg:activeParameters 1 }"
    ),
    "a variant is one of a model": (
        "graph:facts { id:X a qkg:Variant ; qkg:variantOf id:Qwen }"
    ),
    "a statement has one subject": (
        said("st:x a qkg:Statement")
    ),
    "a statement has one predicate": (
        said("st:x a qkg:Statement")
    ),
    "a statement has one object": (
        said("st:x a qkg:Statement")
    ),
    "a statement affirms or denies": (
        said("st:x a qkg:Statement ; qkg:polarity qkg:dense")
    ),
    "a statement has one standing": (
        said("st:x a qkg:Statement ; qkg:standing qkg:dense")
    ),
    "the time of a statement is one EDTF date": (
        said("st:x a qkg:Statement ; qkg:asOf 2024")
    ),
    "what the resolution decided has its reason": (
        said("st:x qkg:rule qkg:recency")
    ),
    "a decision is about a conflict": (
        said("st:x qkg:rule qkg:recency")
    ),
    "a passage is in one source": (
        "graph:sources { src:x a qkg:Passage }"
    ),
    "a passage is in one version of its source": (
        "graph:sources { src:x a qkg:Passage }"
    ),
    "a passage tells people where it is": (
        "graph:sources { src:x a qkg:Passage }"
    ),
    "a passage has one identifier": (
        "graph:sources { src:x a qkg:Passage }"
    ),
    "a passage starts at a character": (
        'graph:sources { src:x a qkg:Passage ; oa:hasSelector src:y . src:y oa:start -1 }'
    ),
    "a selector starts once, before its end": (
        "graph:sources { src:y a oa:TextPositionSelector ; oa:start 5 ; oa:end 5 }"
    ),
    "a selector ends once": (
        "graph:sources { src:y a oa:TextPositionSelector ; oa:start 5 }"
    ),
    "a source has a title": (
        "graph:sources { src:x a qkg:Source }"
    ),
    "a source is of one kind": (
        "graph:sources { src:x a qkg:Source }"
    ),
    "a source is fixed by a version": (
        "graph:sources { src:x a qkg:Source }"
    ),
    "a version has a SHA-256 digest in hexadecimal": (
        'graph:sources { src:x a qkg:SourceVersion ; qkg:sha256 "ABC" }'
    ),
    "an event happened to one model entity": (
        "graph:facts { id:x a qkg:ReleaseEvent }"
    ),
    "an event is of one kind": (
        "graph:facts { id:x a qkg:ReleaseEvent }"
    ),
    "the date of an event is one EDTF literal": (
        'graph:facts { id:x a qkg:ReleaseEvent ; qkg:date "2025" }'
    ),
    "the earliest day of an event is an xsd:date no later than the latest": (
        'graph:facts { id:x a qkg:ReleaseEvent ; qkg:dateEarliest "2025-02-01"^^xsd:date ;'
        ' qkg:dateLatest "2025-01-01"^^xsd:date }'
    ),
    "the latest day of an event is an xsd:date": (
        'graph:facts { id:x a qkg:ReleaseEvent ; qkg:dateLatest "2025" }'
    ),
    "a claim is told in our words": (
        "graph:facts { id:x a qkg:Claim }"
    ),
    "a claim is about one model entity": (
        "graph:facts { id:x a qkg:Claim }"
    ),
    "a comparison has one relation": (
        "graph:facts { id:x a qkg:Comparison }"
    ),
    "a comparison has one other side": (
        "graph:facts { id:x a qkg:Comparison }"
    ),
    "an evaluation scores one variant": (
        "graph:facts { id:x a qkg:Evaluation ; qkg:evaluates id:Qwen }"
    ),
    "an evaluation is on one benchmark": (
        "graph:facts { id:x a qkg:Evaluation }"
    ),
    "an evaluation names its metric": (
        "graph:facts { id:x a qkg:Evaluation }"
    ),
    "an evaluation has one score": (
        "graph:facts { id:x a qkg:Evaluation ; qkg:score 65 }"
    ),
    "an offer has one price, which is not negative": (
        "graph:facts { id:x a qkg:Offer ; qkg:price -0.1 }"
    ),
    "the currency of an offer is an ISO 4217 code": (
        'graph:facts { id:x a qkg:Offer ; qkg:currency "$" }'
    ),
    "an offer sells the use of a model": (
        "graph:facts { id:x a qkg:Offer }"
    ),
    "the price of an offer is for a quantity": (
        "graph:facts { id:x a qkg:Offer }"
    ),
    "a quantity has one unit": (
        "graph:facts { id:x a qkg:Quantity ; qkg:value 1.0 }"
    ),
    "a quantity has a value or bounds, and not both": (
        "graph:facts { id:x a qkg:Quantity ; qkg:value 1.0 ; qkg:minInclusive 1.0 }"
    ),
}  # fmt: skip


def test_every_message_of_the_shapes_has_a_case(root: Path) -> None:
    shapes = Graph().parse(root / "shapes" / "shapes.ttl")
    assert {str(message) for message in shapes.objects(None, SH.message)} == set(SHAPES)


@pytest.fixture(scope="module")
def all_shape_faults(small_dataset: list[ox.Quad], root: Path) -> dict[str, str]:
    """The messages that come of each case alone, and of none."""
    ontology = [q for q in small_dataset if q.graph_name == ox.NamedNode(PREFIXES["graph"] + "ontology")]
    found = {}
    for message, add in {"": "", **SHAPES}.items():
        store = ox.Store()
        store.extend([*ontology, *parse(add)])
        # Ranges would make a value of any kind one of the class that is asked for: the shapes judge what is said.
        report = validate(store, Graph(), root / "shapes", {})
        found[message] = "\n".join(f.message for f in report.findings if f.check == "shape")
    return found


@pytest.mark.parametrize("message", SHAPES)
def test_a_shape_finds_its_fault(message: str, all_shape_faults: dict[str, str]) -> None:
    assert message in all_shape_faults[message]


def test_without_a_fault_the_shapes_find_none(all_shape_faults: dict[str, str]) -> None:
    assert not all_shape_faults[""]


def test_owlrl_finds_the_data_consistent_and_agrees_on_what_follows(small_built: Build) -> None:
    """The judge of the standard, on the model entities: the fast closure must give what it gives."""
    graphs = small_built.compilation.graphs
    small = Graph()
    small += graphs["ontology"]
    for triple in graphs["facts"]:
        if triple[1] in {
            RDF.type,
            qkg("variantOf"),
            qkg("inFamily"),
            qkg("inSeries"),
            qkg("successorOf"),
            qkg("fineTunedFrom"),
        }:
            small.add(triple)
    mine = closure(small)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(small)
    errors = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    assert not list(small.triples((None, RDF.type, errors)))
    wanted = {RDF.type, qkg("partOf"), qkg("derivedFrom"), qkg("successorOfTransitive"), DCTERMS.isPartOf}

    def ours(graph: Graph) -> set[tuple[str, str, str]]:
        return {
            (str(s), str(p), str(o))
            for s, p, o in graph
            if p in wanted and str(s).startswith(PREFIXES["id"]) and o not in {OWL.Thing, RDFS.Resource}
        }

    assert ours(mine) == ours(small)


@pytest.mark.parametrize(
    "rule", ["asymmetric-property", "irreflexive-property", "negative-property-assertion", "disjoint-classes"]
)
def test_owlrl_finds_the_same_contradictions(rule: str, small_built: Build) -> None:
    small = Graph()
    small += small_built.compilation.graphs["ontology"]
    small += Graph().parse(
        data=HEADER
        + """
        [] a owl:NegativePropertyAssertion ; owl:sourceIndividual id:Qwen2.5-VL-72B ;
          owl:assertionProperty qkg:license ; owl:targetIndividual license:Apache-2.0 .
        id:Qwen3 a qkg:Model . id:Qwen2 a qkg:Model ."""
    )
    for quad in parse(INCONSISTENCIES[rule]):
        small += Graph().parse(data=f"{quad.subject} {quad.predicate} {quad.object} .", format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(small)
    messages = [
        str(o) for o in small.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))
    ]
    assert messages


def test_the_ontology_is_in_the_owl_2_rl_profile(root: Path) -> None:
    """OWL 2 Profiles, 4.2: by the constructs that the ontology uses, each of which the profile has."""
    graph = Vocabulary.read(root / "ontology").graph
    used = {t for s, p, o in graph for t in (p, o) if str(t).startswith(str(OWL))}
    assert used <= {
        OWL.Ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual,
        OWL.TransitiveProperty, OWL.AsymmetricProperty, OWL.IrreflexiveProperty, OWL.SymmetricProperty,
        OWL.FunctionalProperty, OWL.AllDisjointClasses, OWL.members, OWL.versionIRI, OWL.versionInfo, OWL.Thing,
    }  # fmt: skip
    thing = set(graph.subject_predicates(OWL.Thing))
    annotations = set(graph.subjects(RDF.type, OWL.AnnotationProperty))
    assert {s for s, _ in thing} <= annotations  # as a class, owl:Thing is outside the profile
    datatypes = {o for o in graph.objects(None, RDFS.range) if "XMLSchema" in str(o)}
    assert {str(d).rpartition("#")[2] for d in datatypes} <= {"string", "integer", "decimal", "boolean"}
    transitive = set(graph.subjects(RDF.type, OWL.TransitiveProperty))
    simple = set(graph.subjects(RDF.type, OWL.AsymmetricProperty)) | set(
        graph.subjects(RDF.type, OWL.IrreflexiveProperty)
    )
    assert not {
        p for p in simple for sub in graph.transitive_subjects(RDFS.subPropertyOf, p) if sub in transitive
    }


def test_queries_and_checks_use_terms_that_there_are(root: Path) -> None:
    terms = {str(s) for s in Vocabulary.read(root / "ontology").graph.subjects()}
    unknown = [
        f"{path.name}:{token.line}: {token.text}"
        for path in [*(root / "queries").glob("*.rq"), *(root / "shapes").glob("*/*.rq")]
        for token in tokens(path.read_text("utf-8"))
        if token.kind == "pname"
        and (
            token.text.partition(":")[0] not in PREFIXES
            or (token.text.startswith("qkg:") and expand(token.text) not in terms)
        )
        and token.text != "qkg:"
    ]
    assert unknown == []


def test_every_term_of_the_ontology_is_complete(root: Path) -> None:
    graph = Vocabulary.read(root / "ontology").graph
    terms = {s for s in graph.subjects(RDF.type, None) if str(s).startswith(PREFIXES["qkg"])}
    assert len(terms) > 200
    for term in terms:
        kinds = set(graph.objects(term, RDF.type))
        label = (
            SKOS.prefLabel if kinds & {SKOS.Concept, SKOS.ConceptScheme, OWL.NamedIndividual} else RDFS.label
        )
        needed = [label, SKOS.definition, RDFS.isDefinedBy]
        if kinds & {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}:
            needed += [RDFS.domain, RDFS.range]
        if SKOS.Concept in kinds:
            needed.append(SKOS.inScheme)
        assert not [p for p in needed if not list(graph.objects(term, p))], term
    (ontology,) = graph.subjects(RDF.type, OWL.Ontology)
    for predicate in (OWL.versionIRI, DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.license,
                      DCTERMS.created, DCTERMS.modified, DCTERMS.bibliographicCitation):  # fmt: skip
        assert list(graph.objects(ontology, predicate)), predicate


def test_foreign_terms_are_declared_and_nothing_more_is_said_of_them(root: Path) -> None:
    graph = Vocabulary.read(root / "ontology").graph
    foreign = [
        (s, p, o)
        for s, p, o in graph
        if isinstance(s, URIRef) and not str(s).startswith("https://w3id.org/qwen-kg/")
    ]
    assert {p for _, p, _ in foreign} == {RDF.type}
    alignments = Graph().parse(root / "ontology" / "alignments.ttl")
    known = set(graph.subjects())
    for subject, predicate in set(alignments.subject_predicates()):
        if str(predicate).startswith(str(SKOS)):
            assert subject in known


def test_the_report_is_told_as_text_json_and_turtle(small_dataset: list[ox.Quad], root: Path) -> None:
    report = judge(small_dataset, root, INCONSISTENCIES["functional-property"])
    assert len(report.findings) > 1
    assert report.text().rstrip().endswith(f"{len(report.findings)} findings in {report.triples} triples")
    document = json.loads(report.json())
    assert document["conforms"] is False
    assert {row["check"] for row in document["findings"]} >= {"functional-property", "shape"}
    graph = Graph().parse(data=report.turtle(), format="turtle")
    assert len(set(graph.subjects(RDF.type, SH.ValidationResult))) == len(report.findings)
    assert [conforms.toPython() for conforms in graph.objects(None, SH.conforms)] == [False]


def test_files_of_others_are_judged_too(tmp_path: Path, small_built: Build, root: Path) -> None:
    (tmp_path / "dataset.nq").write_bytes(small_built.quads)
    assert judge_files([tmp_path / "dataset.nq"], root).conforms
    (tmp_path / "more.ttl").write_text(HEADER + "id:Qwen3-8B qkg:totalParameters 9 .\n")
    report = judge_files([tmp_path / "dataset.nq", tmp_path / "more.ttl"], root)
    assert "functional-property" in {finding.check for finding in report.findings}
