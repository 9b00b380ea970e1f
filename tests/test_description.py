"""What the dataset says of itself is true: every count is made again, by other means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from qwen_kg.description import MEDIA_TYPES, describe_dataset, query_records
from qwen_kg.exports import WRITERS
from qwen_kg.formats import by_name
from qwen_kg.namespaces import BASE, PREFIXES, expand, prologue

SMALL = """
graph:facts {
  id:Qwen a qkg:ModelFamily ; skos:prefLabel "Qwen"@en ; skos:altLabel "通义千问"@zh, "Tongyi Qianwen"@en .
  id:Qwen2.5-VL a qkg:Model ; skos:prefLabel "Qwen2.5-VL"@en ; qkg:inFamily id:Qwen .
  id:a a qkg:Variant ; qkg:variantOf id:Qwen2.5-VL ; <https://example.org/p> 1 .
  id:b a qkg:Variant, <https://example.org/C> ; qkg:variantOf id:Qwen2.5-VL .
  id:untyped skos:prefLabel "untyped" .
}
graph:inferred { id:a a qkg:ModelEntity ; qkg:partOf id:Qwen . }
graph:shapes { id:shape sh:property [ sh:path qkg:variantOf ] . }
graph:of-somebody-else { id:x skos:note "x" . }
"""


@dataclass(frozen=True)
class SavedQuery:
    name: str
    form: str
    body: str
    summary: str = "What it answers"
    description: str = "What it answers, at length."
    tags: tuple[str, ...] = ()


QUERIES = [
    SavedQuery(
        "successors", "SELECT", "SELECT ?x {\n  ?x qkg:successorOf ?_model_iri\n}\n", tags=("lineage", "b")
    ),
    SavedQuery("is-open", "ASK", "ASK { ?x qkg:license license:MIT }"),
    SavedQuery("copy", "CONSTRUCT", "CONSTRUCT { ?x rdf:type ?y } WHERE { ?x rdf:type ?y }"),
    SavedQuery("about", "DESCRIBE", "DESCRIBE ?_model_iri"),
]


def store_of(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(quads)
    return store


@pytest.fixture(scope="module")
def described() -> set[ox.Quad]:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    others = set(ox.parse(prefixes + SMALL, format=ox.RdfFormat.TRIG)) | query_records(QUERIES)
    return others | describe_dataset(others, "1.2.3", "2026-11-23")


@pytest.fixture(scope="module", params=["described", "small_dataset"])
def store(request: pytest.FixtureRequest) -> ox.Store:
    """A whole dataset, made up or real."""
    return store_of(request.getfixturevalue(request.param))


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    solutions = store.query(prologue() + query, use_default_graph_as_union=True)
    return sorted(tuple(term.value for term in solution) for solution in solutions)


def test_the_totals_are_those_of_the_whole(store: ox.Store) -> None:
    stated = "SELECT (STR(?n) AS ?text) { <https://w3id.org/qwen-kg/dataset> void:%s ?n }"
    counted = "SELECT (STR(COUNT(DISTINCT %s)) AS ?text) { %s }"
    for name, what, pattern in (
        ("triples", "*", "?s ?p ?o"),
        ("distinctSubjects", "?s", "?s ?p ?o"),
        ("properties", "?p", "?s ?p ?o"),
        ("classes", "?o", "?s a ?o"),
    ):
        assert rows(store, stated % name) == rows(store, counted % (what, pattern)), name


def test_every_named_graph_is_described_with_its_size(store: ox.Store) -> None:
    stated = rows(
        store,
        """SELECT ?graph (STR(?n) AS ?text) {
          ?dataset a dcat:Dataset ; void:subset ?graph ; sd:namedGraph ?graph .
          ?graph a void:Dataset, sd:NamedGraph ; sd:name ?graph ; dcterms:title ?title ; void:triples ?n }""",
    )
    counted = rows(store, "SELECT ?g (STR(COUNT(*)) AS ?text) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert stated == counted


def test_the_partitions_of_the_facts_are_complete_and_counted(store: ox.Store) -> None:
    stated = "SELECT %s (STR(?n) AS ?text) { graph:facts %s }"
    counted = "SELECT %s (STR(COUNT(%s)) AS ?text) { GRAPH graph:facts { %s } } GROUP BY %s"
    by_property = "void:propertyPartition ?part . ?part void:property ?p ; void:triples ?n"
    by_class = "void:classPartition ?part . ?part void:class ?c ; void:entities ?n"
    by_both = (
        "void:classPartition ?class . ?class void:class ?c ; void:propertyPartition ?part . "
        "?part void:property ?p ; void:triples ?n"
    )
    for names, statement, what, pattern in (
        ("?p", by_property, "*", "?s ?p ?o"),
        ("?c", by_class, "DISTINCT ?s", "?s a ?c"),
        ("?c ?p", by_both, "*", "?s a ?c ; ?p ?o"),
    ):
        made_again = rows(store, counted % (names, what, pattern, names))
        assert rows(store, stated % (names, statement)) == made_again, names
        assert made_again


def test_a_partition_is_of_one_class_or_property(store: ox.Store) -> None:
    query = "SELECT ?part { ?part void:class|void:property ?term } GROUP BY ?part HAVING (COUNT(?term) > 1)"
    assert rows(store, query) == []


def test_vocabularies_and_examples_are_used(store: ox.Store) -> None:
    vocabularies = rows(store, "SELECT ?v { ?dataset a dcat:Dataset ; void:vocabulary ?v }")
    assert (PREFIXES["qkg"],) in vocabularies
    for (iri,) in vocabularies:
        used = f'ASK {{ {{ ?s ?term ?o }} UNION {{ ?s a ?term }} FILTER(STRSTARTS(STR(?term), "{iri}")) }}'
        assert store.query(used, use_default_graph_as_union=True), iri
    examples = rows(store, "SELECT ?e { ?dataset void:exampleResource ?e }")
    assert (expand("id:Qwen2.5-VL"),) in examples
    for (iri,) in examples:
        assert store.query(f"ASK {{ GRAPH <{expand('graph:facts')}> {{ <{iri}> a ?kind }} }}"), iri


def test_there_is_a_download_for_every_format(store: ox.Store) -> None:
    stated = rows(
        store,
        """SELECT ?url ?type { ?dataset a dcat:Dataset ; void:dataDump ?url ; dcat:distribution ?way .
          ?way a dcat:Distribution ; dcat:downloadURL ?url ; dcat:mediaType ?type }""",
    )
    formats = [by_name(name) for name in WRITERS]
    assert stated == sorted((f"{BASE}dataset.{f.extension}", MEDIA_TYPES + f.media_type) for f in formats)


def test_the_endpoint_is_that_of_the_dataset(store: ox.Store) -> None:
    query = """SELECT ?url { ?dataset a dcat:Dataset ; void:sparqlEndpoint ?url .
      ?service a dcat:DataService, sd:Service ; dcat:endpointURL ?url ; sd:endpoint ?url ;
        dcat:servesDataset ?dataset ; sd:defaultDataset ?dataset }"""
    assert rows(store, query) == [(BASE + "sparql",)]


def test_nothing_in_descriptions_and_records_is_blank(described: set[ox.Quad]) -> None:
    made = {quad for quad in described if quad.graph_name.value.endswith(("/description", "/queries"))}
    assert made
    assert not [quad for quad in made if ox.BlankNode in (type(quad.subject), type(quad.object))]


def test_the_release_is_named(described: set[ox.Quad]) -> None:
    query = """SELECT ?version ?day ?licence { ?dataset a dcat:Dataset ; dcat:version ?version ;
      dcterms:issued ?day ; dcterms:license ?licence FILTER(DATATYPE(?day) = xsd:date) }"""
    expected = [("1.2.3", "2026-11-23", "https://creativecommons.org/licenses/by/4.0/")]
    assert rows(store_of(described), query) == expected


def test_only_what_the_facts_have_is_given_as_example() -> None:
    graph, node = ox.NamedNode(expand("graph:facts")), ox.NamedNode(expand("id:Qwen"))
    facts = {ox.Quad(node, ox.NamedNode(expand("skos:prefLabel")), ox.Literal("Qwen"), graph)}
    made = describe_dataset(facts, "1", "2026-11-23")
    assert rows(store_of(made), "SELECT ?e { ?dataset void:exampleResource ?e }") == [(node.value,)]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.form)
def test_the_record_of_a_query_is_what_editors_look_for(query: SavedQuery) -> None:
    other = "https://purl.expasy.org/sparql-examples/ontology#"
    terms = other if query.form == "DESCRIBE" else PREFIXES["sh"]
    found = rows(
        store_of(query_records(QUERIES)),
        f"""SELECT ?label ?comment ?description ?text ?target {{
          query:{query.name} a sh:SPARQLExecutable, <{terms}SPARQL{query.form.capitalize()}Executable> ;
            rdfs:label ?label ; rdfs:comment ?comment ; dcterms:description ?description ;
            <{terms}{query.form.lower()}> ?text ; schema:target ?target }}""",
    )
    expected = (query.name, query.summary, query.description, query.body.strip(), BASE + "sparql")
    assert found == [expected]


def test_tags_are_keywords() -> None:
    found = rows(store_of(query_records(QUERIES)), "SELECT ?query ?tag { ?query schema:keywords ?tag }")
    assert found == [(expand("query:successors"), "b"), (expand("query:successors"), "lineage")]


def test_a_query_runs_with_the_prefixes_it_is_published_with(store: ox.Store) -> None:
    records = rows(
        store,
        """SELECT ?query ?text (GROUP_CONCAT(?line; SEPARATOR="\\n") AS ?prologue) {
          ?query sh:prefixes/sh:declare [ sh:prefix ?prefix ; sh:namespace ?iri ] .
          ?query a sh:SPARQLExecutable ; sh:select|sh:ask|sh:construct ?text
          FILTER(DATATYPE(?iri) = xsd:anyURI)
          BIND(CONCAT("PREFIX ", ?prefix, ": <", STR(?iri), ">") AS ?line)
        } GROUP BY ?query ?text""",
    )
    assert records
    for name, text, head in records:
        # A query that does not parse raises; what it answers is tested with the saved queries.
        assert store.query(f"{head}\n{text}") is not None, name
