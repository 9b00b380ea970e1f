"""The saved queries: their answers, their parameters, the names they take, and the faults of their files."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Dataset
from rdflib.term import Literal, Node, URIRef

from qwen_kg.errors import DataError, InputError, NotFoundError, ParameterError
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.namespaces import PREFIXES, compact, prologue
from qwen_kg.saved_queries import SavedQuery, parse_query, read_queries
from qwen_kg.sparql import tokens
from qwen_kg.store import LocalStore

from .expected.answers import (
    Case,
    Cell,
    bindings,
    expected_graph,
    expected_table,
    files,
    graph,
    read_cases,
    table,
)

ID = PREFIXES["id"]
SMALL, WHOLE = read_cases("small"), read_cases("whole")
CASES = [*SMALL, *WHOLE]
QUERIES = read_queries(Path(__file__).parents[1] / "queries")

#: Joins that rdflib does without what is bound already, and so takes minutes for.
TOO_MUCH_FOR_RDFLIB = {"organizations"}


def of_form(form: str, cases: Sequence[Case] = CASES) -> list[Case]:
    """Give the cases of the queries of one form; a case without a query is for a test of its own."""
    return [case for case in cases if case.query in QUERIES and QUERIES[case.query].form == form]


def by_id(case: Case) -> str:
    return f"{case.dataset}.{case.id}"


# --- answers ---


@pytest.fixture(scope="module")
def graphs(small_kg: KnowledgeGraph, kg: KnowledgeGraph) -> dict[str, KnowledgeGraph]:
    """The graphs that the cases are asked of, by the names of their datasets."""
    return {"small": small_kg, "whole": kg}


@pytest.mark.parametrize("case", of_form("SELECT"), ids=by_id)
def test_a_table_is_as_expected(graphs: dict[str, KnowledgeGraph], case: Case) -> None:
    kg = graphs[case.dataset]
    answer = table(kg, case)
    assert answer == expected_table(case.path(kg), answer)
    rows = [tuple(row) for row in answer]
    assert len(set(rows)) == len(rows), "a row comes twice"


@pytest.mark.parametrize("case", of_form("ASK"), ids=by_id)
def test_a_yes_or_no_is_as_expected(graphs: dict[str, KnowledgeGraph], case: Case) -> None:
    kg = graphs[case.dataset]
    answer = json.loads(kg.run(case.query, dict(case.parameters)).body)["boolean"]
    assert answer is json.loads(case.path(kg).read_text("utf-8"))


@pytest.mark.parametrize("case", of_form("CONSTRUCT"), ids=by_id)
def test_a_graph_is_as_expected(graphs: dict[str, KnowledgeGraph], case: Case) -> None:
    kg = graphs[case.dataset]
    answer = graph(kg, case)
    assert len(answer) > 0
    assert set(answer) == set(expected_graph(case.path(kg)))


def test_every_query_has_a_case_over_the_whole_and_every_case_a_query(kg: KnowledgeGraph) -> None:
    assert {case.query for case in WHOLE} == set(kg.queries)
    assert {case.query for case in SMALL} <= set(kg.queries)


def test_every_parameter_is_tried_in_a_case(kg: KnowledgeGraph) -> None:
    tried = {(case.query, name) for case in CASES for name, _ in case.parameters}
    assert tried == {(query.name, p.name) for query in kg.queries.values() for p in query.parameters}


@pytest.mark.parametrize("dataset", ["small", "whole"])
def test_every_file_of_answers_belongs_to_a_case(dataset: str, kg: KnowledgeGraph) -> None:
    assert sorted(files(dataset)) == sorted(case.path(kg) for case in CASES if case.dataset == dataset)


def test_every_passage_is_told_by_fact(kg: KnowledgeGraph) -> None:
    passages = kg.query("passages", source="wikipedia-qwen").rows()
    assert len(passages) == 170
    assert all(row["supported"] >= 1 for row in passages)
    silent = [row["identifier"] for row in passages if not kg.query("fact", identifier=row["identifier"])]
    assert silent == []


def test_every_query_says_what_it_answers(kg: KnowledgeGraph) -> None:
    for query in kg.queries.values():
        assert query.tags, query.name
        assert 10 < len(query.summary) < 100, query.name
        assert not query.summary.endswith("."), query.name
        assert query.description.endswith("."), query.name
        assert all(parameter.help for parameter in query.parameters), query.name


def test_every_query_parses_without_values(small_kg: KnowledgeGraph) -> None:
    """As published for editors, the parameters are variables still."""
    for query in small_kg.queries.values():
        small_kg.store.query(query.text)


# --- one order, whatever the store ---


@pytest.fixture(scope="module")
def shuffled(small_kg: KnowledgeGraph, small_dataset: list[ox.Quad]) -> KnowledgeGraph:
    """The same graph, loaded in another order."""
    store, quads = ox.Store(), list(small_dataset)
    random.Random(1).shuffle(quads)
    for quad in quads:  # one by one, which gives terms other places in the store than a bulk load does
        store.add(quad)
    return KnowledgeGraph(LocalStore(store), small_kg.queries)


@pytest.mark.parametrize("case", of_form("SELECT", SMALL), ids=by_id)
def test_the_order_does_not_depend_on_the_store(
    small_kg: KnowledgeGraph, shuffled: KnowledgeGraph, case: Case
) -> None:
    assert bindings(shuffled, case) == bindings(small_kg, case)


def test_every_table_is_ordered_by_its_own_clause(kg: KnowledgeGraph) -> None:
    for query in kg.queries.values():
        words = [token.text.upper() for token in tokens(query.body) if token.kind in {"word", "other"}]
        last_group = max((i for i, word in enumerate(words) if word == "}"), default=0)
        assert query.form != "SELECT" or "ORDER" in words[last_group:], query.name


# --- rdflib ---


def in_rdflib(dataset: Dataset, text: str, *, own_engine: bool) -> list[list[Cell]]:
    result = dataset.query(text, use_store_provided=not own_engine)
    assert result.vars is not None
    names = [str(name) for name in result.vars]
    return [names, *([_cell(row.get(name)) for name in result.vars] for row in result.bindings)]


def _cell(term: Node | None) -> Cell:
    if term is None:
        return None
    if isinstance(term, URIRef):
        return compact(str(term))
    assert isinstance(term, Literal)
    numeric = term.datatype in {URIRef(PREFIXES["xsd"] + name) for name in ("integer", "decimal")}
    return term.toPython() + 0 if numeric else str(term)


@pytest.mark.parametrize("case", of_form("SELECT", SMALL), ids=by_id)
def test_the_dataset_for_python_answers_the_same(small_kg: KnowledgeGraph, case: Case) -> None:
    text = small_kg.queries[case.query].bind(dict(case.parameters), small_kg.names.find)
    assert in_rdflib(small_kg.dataset, text, own_engine=False) == table(small_kg, case)


@pytest.fixture(scope="module")
def rdflib_dataset(small_dataset: list[ox.Quad]) -> Dataset:
    """The graph in the memory of rdflib, without Oxigraph."""
    dataset = Dataset(default_union=True)
    for name in {quad.graph_name for quad in small_dataset}:
        triples = [quad.triple for quad in small_dataset if quad.graph_name == name]
        text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        dataset.graph(URIRef(str(name)[1:-1])).parse(data=text, format="nt")
    return dataset


#: The first case of each query, because rdflib is slow.
FOR_RDFLIB = [
    next(case for case in of_form("SELECT", SMALL) if case.query == query)
    for query in sorted({case.query for case in of_form("SELECT", SMALL)} - TOO_MUCH_FOR_RDFLIB)
]


@pytest.mark.filterwarnings("ignore:Dataset\\..* is deprecated")  # by rdflib, which uses it itself
@pytest.mark.parametrize("case", FOR_RDFLIB, ids=by_id)
def test_the_engine_of_rdflib_answers_the_same(
    small_kg: KnowledgeGraph, rdflib_dataset: Dataset, case: Case
) -> None:
    text = small_kg.queries[case.query].bind(dict(case.parameters), small_kg.names.find)
    assert in_rdflib(rdflib_dataset, text, own_engine=True) == table(small_kg, case)


# --- parameters ---


def test_a_missing_parameter_is_named_with_its_help(kg: KnowledgeGraph) -> None:
    with pytest.raises(ParameterError, match='successors needs the parameter "model": The model that was'):
        kg.query("successors")
    with pytest.raises(ParameterError, match='needs the parameter "model"'):
        kg.query("successors", model="   ")


def test_an_unknown_parameter_gets_a_suggestion(kg: KnowledgeGraph) -> None:
    with pytest.raises(ParameterError, match='no parameter "modle", did you mean model'):
        kg.query("successors", modle="Qwen3")
    with pytest.raises(ParameterError, match='no parameter "xyz"; it has model, wide'):
        kg.query("successors", model="Qwen3", xyz="1")
    with pytest.raises(ParameterError, match='no parameter "model"; it has none'):
        kg.query("sources", model="Qwen3")


def test_an_unknown_query_gets_a_suggestion(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="did you mean successors"):
        kg.query("succesors", model="Qwen3")


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("successors", {"model": "Qwen3", "wide": "maybe"}),
        ("releases", {"since": "2025-13-01"}),
        ("releases", {"since": "2025-02-30"}),
        ("releases", {"since": "january"}),
        ("releases", {"until": "2025-01"}),
        ("releases", {"until": "20250101"}),
        ("largest", {"over": "many"}),
        ("largest", {"over": "1e9"}),
        ("largest", {"under": "١٢"}),
        ("largest", {"under": "1,5"}),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused(
    kg: KnowledgeGraph, query: str, parameters: dict[str, str]
) -> None:
    name = list(parameters)[-1]
    with pytest.raises(ParameterError, match=f"{query}: {name}=.* is no (boolean|date|decimal)"):
        kg.query(query, **parameters)


@pytest.mark.parametrize("wide", ["true", "TRUE", "yes", "1", True])
def test_a_boolean_is_written_as_people_do(kg: KnowledgeGraph, wide: object) -> None:
    assert kg.query("successors", model="Qwen2.5-VL", wide=wide).rows()


def test_an_integer_may_have_a_sign_and_zeros() -> None:
    query = parse_query("q", HEAD + "#+ parameters: {n: A number.}\nASK { FILTER(?_n_integer = 7) }", "q.rq")
    store = LocalStore.from_nquads(b"")
    for text, answer in (("7", b"true"), ("+007", b"true"), ("-7", b"false")):
        assert answer in store.query(query.bind({"n": text}, lambda name, kind: name)).body
    for wrong in ("7.0", "", "seven", "0x7", "9" * 31):
        with pytest.raises(ParameterError):
            query.bind({"n": wrong}, lambda name, kind: name)


#: What would change a query if it were pasted into it.
HOSTILE = st.lists(
    st.sampled_from(
        [
            *(
                '"',
                "'",
                '"""',
                "'''",
                "\\",
                "\n",
                "\r",
                "#",
                "{",
                "}",
                "(",
                ")",
                "<",
                ">",
                "?",
                "$",
                "^^",
                "@en",
            ),
            *(
                "?_model_iri",
                "?_text_string",
                "} UNION { ?s ?p ?o",
                "<http://x/>",
                "http://x/",
                "id:",
                "urn:x",
            ),
            *(
                "SELECT * WHERE { ?s ?p ?o }",
                "DROP ALL",
                "SERVICE <http://x/> {}",
                "\x00",
                "\t",
                "\u2028",
                "%3E",
                "𝒬",
            ),
        ]
    )
    | st.characters(codec="utf-8"),
    min_size=1,
    max_size=8,
).map("".join)


def shape(text: str) -> list[str]:
    """Give what a query consists of, without spaces; terms only by their kind."""
    return [
        t.kind if t.kind in {"iri", "string"} else t.text
        for t in tokens(text)
        if t.kind not in {"space", "comment"}
    ]


def shape_with_terms(query: SavedQuery) -> list[str]:
    """Give the shape that a query must have whatever its parameters are."""
    kinds = {p.variable: "iri" if p.type == "iri" else "string" for p in query.parameters}
    pieces = [t for t in tokens(query.text) if t.kind not in {"space", "comment"}]
    shown = []
    for piece in pieces:
        is_parameter = piece.kind == "variable" and piece.text[1:] in kinds
        shown.append(
            kinds[piece.text[1:]]
            if is_parameter
            else piece.kind
            if piece.kind in {"iri", "string"}
            else piece.text
        )
    return shown


@settings(max_examples=150, deadline=None)
@given(text=HOSTILE)
def test_no_text_changes_a_query(small_kg: KnowledgeGraph, text: str) -> None:
    query = small_kg.queries["search"]
    try:
        bound = query.bind({"text": text}, small_kg.names.find)
    except ParameterError:  # nothing but white space counts as no value
        assert not text.strip()
        return
    assert shape(bound) == shape_with_terms(query)
    names = {str(row["matched"]).casefold() for row in small_kg.query("search", text=text).rows()}
    # What was found contains the text, or the text is nothing but what does not matter.
    wanted = "".join(c for c in text.strip().lower() if c not in "-‐‑_ ")
    assert all(wanted in "".join(c for c in name.lower() if c not in "-‐‑_ ") for name in names)


@settings(max_examples=150, deadline=None)
@given(name=HOSTILE)
@example(name="http://[")
@example(name="http://a\x01b")
@example(name="id:a\x01b")
@example(name="id:a/%zz\x7f")
@example(name="<urn:x> . ?s ?p <urn:y>")
def test_no_name_changes_a_query(small_kg: KnowledgeGraph, name: str) -> None:
    query = small_kg.queries["variants"]
    try:
        bound = query.bind({"model": name}, small_kg.names.find)
    except InputError:  # nothing has that name
        return
    assert shape(bound) == shape_with_terms(query)
    assert small_kg.query("variants", model=name).rows() == []


# --- names ---


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("Qwen2.5-VL", "Qwen2.5-VL"),
        ("qwen2.5 vl", "Qwen2.5-VL"),
        ("QWEN2.5-VL", "Qwen2.5-VL"),
        ("qwen 2.5 vl", "Qwen2.5-VL"),
        ("qwen2.5_vl", "Qwen2.5-VL"),
        ("Qwen2.5\N{NON-BREAKING HYPHEN}VL", "Qwen2.5-VL"),
        ("Ｑｗｅｎ２．５－ＶＬ", "Qwen2.5-VL"),
        ("  Qwen2.5-VL  ", "Qwen2.5-VL"),
        ("Qwen/Qwen2.5-VL-32B-Instruct", "Qwen2.5-VL-32B-Instruct"),
        ("Qwen2.5-VL-32B", "Qwen2.5-VL-32B-Instruct"),
        ("通义千问", "Qwen"),
        ("Tongyi Qianwen", "Qwen"),
        ("Tōngyì Qiānwèn", "Qwen"),
        ("id:Qwen3", "Qwen3"),
        (ID + "Qwen3", "Qwen3"),
        (f"<{ID}Qwen3>", "Qwen3"),
        ("Qwen3-Next", "Qwen3-Next"),
        ("2.5-Max", "Qwen2.5-Max"),
        ("claude 3.5 sonnet", "Claude-3.5-Sonnet"),
    ],
)
def test_a_name_is_found_as_people_write_it(kg: KnowledgeGraph, name: str, entity: str) -> None:
    assert kg.names.find(name, PREFIXES["qkg"] + "ModelEntity") == ID + entity
    assert kg.query("what-is", entity=ID + entity).rows() == kg.query("what-is", entity=name).rows() != []


@pytest.mark.parametrize("name", ["Apache-2.0", "Apache 2.0", "apache license 2.0", "license:Apache-2.0"])
def test_a_licence_has_many_names(kg: KnowledgeGraph, name: str) -> None:
    assert kg.query("is-licensed-under", model="Qwen3", license=name)


@pytest.mark.parametrize("name", ["wikipedia-qwen", "src:wikipedia-qwen", "Qwen (encyclopaedia article)"])
def test_a_source_has_a_name(kg: KnowledgeGraph, name: str) -> None:
    assert len(kg.query("passages", source=name).rows()) == 170


def test_the_class_decides_between_things_of_one_name(kg: KnowledgeGraph) -> None:
    assert kg.names.find("weights", PREFIXES["qkg"] + "EventKindScheme") == PREFIXES["qkg"] + "weightsRelease"
    assert kg.names.find("weights", PREFIXES["qkg"] + "ArtifactScheme") == PREFIXES["qkg"] + "weights"
    with pytest.raises(NotFoundError):
        kg.query("successors", model="Hugging Face")


def test_an_unknown_name_gets_a_suggestion(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean .*Qwen2\.5-VL") as caught:
        kg.query("successors", model="Qwen2.5-LV")
    assert "Qwen2.5-VL" in caught.value.suggestions
    with pytest.raises(NotFoundError, match=r'nothing is called "zzzzzz"$'):
        kg.query("successors", model="zzzzzz")


@pytest.mark.parametrize("name", ["http://[", "http://a\x01b", "id:a\x01b", "http://a/%zz\x7f"])
def test_an_iri_that_is_none_is_refused(kg: KnowledgeGraph, name: str) -> None:
    with pytest.raises(NotFoundError):
        kg.query("successors", model=name)


def test_a_valid_iri_that_nothing_has_gives_no_rows(kg: KnowledgeGraph) -> None:
    assert kg.query("successors", model="http://example.org/nothing").rows() == []
    assert kg.query("successors", model="urn:x:nothing").rows() == []


# --- a small graph with what the data do not have yet ---


ONTOLOGY = """
graph:ontology {
  qkg:Model rdfs:subClassOf qkg:ModelEntity . qkg:Variant rdfs:subClassOf qkg:ModelEntity .
  qkg:successorOf rdfs:label "successor of"@en . qkg:variantOf rdfs:label "variant of"@en .
  qkg:license rdfs:label "license"@en . qkg:totalParameters rdfs:label "total parameters"@en .
  qkg:asserted skos:prefLabel "asserted"@en . qkg:disputed skos:prefLabel "disputed"@en .
  qkg:affirmed skos:prefLabel "affirmed"@en . qkg:denied skos:prefLabel "denied"@en .
  qkg:sourceRank skos:prefLabel "rank of the source"@en . qkg:unresolved skos:prefLabel "unresolved"@en .
  qkg:release skos:prefLabel "release"@en .
}
"""


def turtle_of(statements: list[tuple[str, str, str, str]]) -> str:
    """Write statements, each with a passage, and the plain triples of those that are asserted."""
    held, said, passages = [], [], []
    for number, (subject, name, value, standing) in enumerate(statements, 1):
        polarity, _, real = standing.rpartition(" ")
        said.append(
            f"st:{number} a qkg:Statement ; skos:prefLabel '{name} {value}'@en ; rdf:subject id:{subject} ; rdf:predicate qkg:{name} ;"
            f" rdf:object {value} ; qkg:polarity qkg:{polarity or 'affirmed'} ; qkg:standing qkg:{real} ;"
            f" qkg:supportedBy <{PREFIXES['src']}s/p{number}> ."
        )
        passages.append(f'<{PREFIXES["src"]}s/p{number}> qkg:locator "line {number}" .')
        if standing == "asserted":
            held.append(f"id:{subject} qkg:{name} {value} .")
    return (
        "graph:facts {" + "\n".join(held) + "}\ngraph:statements {" + "\n".join(said) + "}\n"
        "graph:sources {" + "\n".join(passages) + "}\n"
    )


def entities(**kinds: str) -> str:
    lines = [
        f'id:{name} a qkg:{kind} ; skos:prefLabel "{name}"@en ; dcterms:description "{name}."@en .'
        for kind, names in kinds.items()
        for name in names.split()
    ]
    return "graph:facts {" + "\n".join(lines) + "}\n"


def small(kg: KnowledgeGraph, trig: str) -> KnowledgeGraph:
    text = prologue().replace("PREFIX", "@prefix").replace(">\n", "> .\n") + ONTOLOGY + trig
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.TRIG)
    return KnowledgeGraph(LocalStore(store), kg.queries)


@pytest.fixture(scope="module")
def chain(kg: KnowledgeGraph) -> KnowledgeGraph:
    """B came after A, C after a variant of B, D after C; each has variants. E and F came after each other."""
    return small(
        kg,
        entities(Model="A B C D E F G", Variant="A1 B1 B2 C1")
        + turtle_of(
            [
                ("A1", "variantOf", "id:A", "asserted"),
                ("B1", "variantOf", "id:B", "asserted"),
                ("B2", "variantOf", "id:B", "asserted"),
                ("C1", "variantOf", "id:C", "asserted"),
                ("B", "successorOf", "id:A", "asserted"),
                ("C", "successorOf", "id:B1", "asserted"),
                ("D", "successorOf", "id:C", "asserted"),
                ("E", "successorOf", "id:F", "asserted"),
                ("F", "successorOf", "id:E", "asserted"),
                ("G", "successorOf", "id:A", "denied asserted"),
                ("G", "successorOf", "id:A", "planned"),
            ]
        ),
    )


def ways(kg: KnowledgeGraph, query: str, model: str, *, wide: bool) -> list[tuple[str, str, str, str]]:
    rows = kg.query(query, model=f"id:{model}", wide=wide).rows()
    return [(row["label"], row["how"], row["steps"], row["passages"]) for row in rows]


def test_without_wide_only_what_is_stated_counts(chain: KnowledgeGraph) -> None:
    assert ways(chain, "successors", "A", wide=False) == [("B", "stated", "successor of A", "s/p5")]
    assert ways(chain, "successors", "B", wide=False) == []
    assert ways(chain, "successors", "B1", wide=False) == [("C", "stated", "successor of B1", "s/p6")]
    assert ways(chain, "predecessors", "C", wide=False) == [("B1", "stated", "C came after it", "s/p6")]
    assert ways(chain, "predecessors", "C1", wide=False) == []


def test_wide_follows_chains_and_adds_variants(chain: KnowledgeGraph) -> None:
    assert ways(chain, "successors", "A", wide=True) == [
        ("B", "stated", "successor of A", "s/p5"),
        ("C", "chain", "successor of B1", "s/p6"),
        ("D", "chain", "successor of C", "s/p7"),
        ("B1", "variant of a successor", "variant of B", "s/p2"),
        ("B2", "variant of a successor", "variant of B", "s/p3"),
        ("C1", "variant of a successor", "variant of C", "s/p4"),
    ]
    assert ways(chain, "predecessors", "C1", wide=True) == [
        ("A", "of its model", "B came after it", "s/p5"),
        ("B1", "of its model", "C came after it", "s/p6"),
    ]
    assert ways(chain, "predecessors", "D", wide=True) == [
        ("C", "stated", "D came after it", "s/p7"),
        ("A", "chain", "B came after it", "s/p5"),
        ("B1", "chain", "C came after it", "s/p6"),
    ]


def test_what_is_succeeded_passes_nothing_on_to_its_variants(chain: KnowledgeGraph) -> None:
    assert ways(chain, "successors", "A1", wide=True) == []


def test_a_circle_ends(chain: KnowledgeGraph) -> None:
    assert ways(chain, "successors", "E", wide=True) == [("F", "stated", "successor of E", "s/p9")]


def test_denied_and_planned_succession_does_not_count(chain: KnowledgeGraph) -> None:
    assert ways(chain, "predecessors", "G", wide=True) == []
    assert not chain.query("succeeds", later="id:G", earlier="id:A", wide=True)


def test_the_three_queries_of_succession_agree(chain: KnowledgeGraph) -> None:
    every = ["A", "A1", "B", "B1", "B2", "C", "C1", "D", "E", "F", "G"]
    for wide in (False, True):
        after = {(one, row[0]) for one in every for row in ways(chain, "successors", one, wide=wide)}
        before = {(row[0], one) for one in every for row in ways(chain, "predecessors", one, wide=wide)}
        asked = {
            (one, other)
            for one in every
            for other in every
            if one != other and chain.query("succeeds", later=f"id:{other}", earlier=f"id:{one}", wide=wide)
        }
        assert after == before == asked
        assert len(after) == (5, 12)[wide]


def test_a_step_with_several_passages_is_one_row(kg: KnowledgeGraph) -> None:
    first, last = (f"<{PREFIXES['src']}s/p{number}>" for number in (0, 9))
    more = (
        f"graph:statements {{ st:1 qkg:supportedBy {first}, {last} }}"
        f'graph:sources {{ {first} qkg:locator "line 0" . {last} qkg:locator "line 9" }}'
    )
    two = small(kg, entities(Model="A B") + turtle_of([("B", "successorOf", "id:A", "asserted")]) + more)
    rows = two.query("successors", model="A").rows()
    assert [(row["passages"], row["locators"]) for row in rows] == [
        ("s/p0 s/p1 s/p9", "line 0; line 1; line 9")
    ]


def test_a_lost_a_kept_and_an_open_disagreement_are_told_apart(kg: KnowledgeGraph) -> None:
    conflicts = [(1, 2), (1, 3), (2, 3), (4, 5), (6, 7)]
    marks = " ".join(
        f"st:{a} qkg:conflictsWith st:{b} . st:{b} qkg:conflictsWith st:{a} ." for a, b in conflicts
    )
    rules = "".join(f"st:{n} qkg:rule qkg:sourceRank ; qkg:reason 'Rank.'@en . " for n in (1, 2, 3))
    rules += "".join(f"st:{n} qkg:rule qkg:unresolved ; qkg:reason 'Open.'@en . " for n in (4, 5))
    disputing = small(
        kg,
        entities(Model="X", Variant="A B C")
        + turtle_of(
            [
                ("A", "totalParameters", "1", "asserted"),
                ("A", "totalParameters", "2", "disputed"),
                ("A", "totalParameters", "3", "disputed"),
                ("B", "totalParameters", "4", "disputed"),
                ("B", "totalParameters", "5", "disputed"),
                ("C", "variantOf", "id:X", "asserted"),
                ("C", "successorOf", "id:X", "asserted"),
            ]
        )
        + f"graph:statements {{ {marks} {rules} }}",
    )
    rows = disputing.query("disagreements").rows()
    told = [
        (r["label"], r["outcome"], r["side"], r["otherSide"], r["sidePassages"], r.get("rule")) for r in rows
    ]
    size = "totalParameters"
    assert told == [
        ("A", "decided", f"{size} 1", f"{size} 2", "s/p1", "rank of the source"),
        ("A", "decided", f"{size} 1", f"{size} 3", "s/p1", "rank of the source"),
        ("A", "neither accepted", f"{size} 2", f"{size} 3", "s/p2", "rank of the source"),
        ("B", "open", f"{size} 4", f"{size} 5", "s/p4", "unresolved"),
        ("C", "both kept", "variantOf id:X", "successorOf id:X", "s/p6", None),
    ]
    assert len(disputing.query("disagreements", entity="id:A").rows()) == 3


def test_another_licence_settles_the_question_too(kg: KnowledgeGraph) -> None:
    licensed = small(
        kg,
        entities(Variant="A B C D", License="MIT BSD")
        + turtle_of(
            [
                ("A", "license", "id:MIT", "asserted"),
                ("B", "license", "id:BSD", "asserted"),
                ("C", "license", "id:MIT", "denied asserted"),
                ("D", "license", "id:MIT", "planned"),
            ]
        ),
    )
    answers = {
        name: [(row["answer"], row.get("passages")) for row in rows]
        for name in "ABCD"
        if (rows := licensed.query("license-check", model=f"id:{name}", license="id:MIT").rows())
    }
    assert answers == {
        "A": [("yes", "s/p1")],
        "B": [("no", "s/p2")],
        "C": [("no", "s/p3")],
        "D": [("unknown", None)],
    }


def test_a_date_that_another_gives_more_precisely_is_left_out(kg: KnowledgeGraph) -> None:
    events = "".join(
        f"id:{name} a qkg:ReleaseEvent, qkg:Event ; qkg:concerns id:A ; qkg:eventKind qkg:release ;"
        f' qkg:standing qkg:asserted ; skos:prefLabel "{name}"@en ; qkg:date "{date}" ;'
        " qkg:supportedBy <http://example.org/p> . "
        for name, date in (("e1", "2025-01"), ("e2", "2025-01-29"))
    )
    dated = small(kg, entities(Variant="A") + f"graph:facts {{ {events} id:e2 qkg:refines id:e1 }}")
    assert [row["date"] for row in dated.query("releases").rows()] == ["2025-01-29"]
    assert {row["date"] for row in dated.query("releases", all=True).rows()} == {"2025-01", "2025-01-29"}
    assert [row["date"] for row in dated.query("timeline").rows()] == ["2025-01-29"]


def test_a_name_that_several_things_have_is_refused_with_their_names(kg: KnowledgeGraph) -> None:
    doubled = small(
        kg, entities(Model="A B") + 'graph:facts { id:A skos:altLabel "Z" . id:B skos:altLabel "z" . }'
    )
    with pytest.raises(NotFoundError, match='"Z" is the name of id:A and id:B; use one of these'):
        doubled.query("successors", model="Z")
    assert doubled.query("successors", model="A").rows() == []


# --- files ---


HEAD = "#+ summary: A query\n#+ description: It is one.\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (HEAD + "#+ colour: red\nASK {}", "q.rq:3:4", 'unknown key "colour"'),
        (HEAD + "#+ chart: pie of x\nASK {}", "q.rq:3:11", "a chart is said as"),
        (HEAD + "#+ chart: bars n by x\nSELECT ?n { ?x ?p ?n }", "q.rq:3:11", 'no column "x" for the chart'),
        (HEAD + "#+ chart: bars rows by x\nASK {}", "q.rq:3:11", 'no column "x" for the chart'),
        ("#+ summary: A query\nASK {}", "q.rq:1:1", "#+ description: is missing"),
        ("ASK {}", "q.rq:1:1", "the file is empty"),
        ("#+ [a]\nASK {}", "q.rq:1:1", "decorators are keys and values"),
        (HEAD + "#+ tags: [a\nASK {}", "q.rq:", "not YAML"),
        (HEAD + "#+ summary: Again\nASK {}", "q.rq:3:4", "summary"),
        (HEAD + "ASK { ?_x_iri ?p ?o }", "q.rq:1:1", "#+ parameters: x is not described"),
        (HEAD + "#+ parameters: {y: Something.}\nASK {}", "q.rq:3:17", 'the query has no parameter "y"'),
        (HEAD + "#+ defaults: {y: 1}\nASK {}", "q.rq:3:15", 'the query has no parameter "y"'),
        (
            HEAD + "#+ parameters: {x: X.}\nASK { ?_x_colour ?p ?o }",
            "q.rq:",
            '"colour" is no type of parameter',
        ),
        *(
            (
                HEAD + f"#+ parameters: {{{name}: X.}}\nASK {{ FILTER(?__{name}_string = 'x') }}",
                "q.rq:1:1",
                f"a request means something else by {name}",
            )
            for name in ("format", "timeout", "from")
        ),
        (
            HEAD + "#+ parameters: {x: {class: nope:X, help: X.}}\nASK { ?_x_iri ?p ?o }",
            "q.rq:3:28",
            "unknown prefix",
        ),
        (HEAD + "#+ parameters: [x]\nASK { ?_x_iri ?p ?o }", "q.rq:", "are keys and values"),
        (
            HEAD + "#+ defaults: {n: many}\n#+ parameters: {n: N.}\nASK { FILTER(?_n_integer > 1) }",
            "q.rq:",
            "is no integer",
        ),
        (HEAD + "ASK { ?s ?p }", "q.rq:", "does not parse"),
        (HEAD + "ASK { ?s nope:p ?o }", "q.rq:", "does not parse"),
        (HEAD + "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "q.rq:", "does not parse"),
        (HEAD, "q.rq:", "does not parse"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(text: str, place: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_query("q", text, "q.rq")
    assert str(caught.value).startswith(place)
    assert message in str(caught.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text(HEAD + "#+ colour: red\n#+ size: 1\nASK {}", "utf-8")
    (tmp_path / "b.rq").write_text("#+ summary: B\nASK {}", "utf-8")
    (tmp_path / "c.rq").write_text(HEAD + "ASK {}", "utf-8")
    with pytest.raises(DataError) as caught:
        read_queries(tmp_path)
    assert [str(position) for position, _ in caught.value.faults] == [
        f"{tmp_path.name}/a.rq:3:4",
        f"{tmp_path.name}/a.rq:4:4",
        f"{tmp_path.name}/b.rq:1:1",
    ]


def test_a_good_file_is_read() -> None:
    query = parse_query(
        "q",
        HEAD + "#+ tags: [a, b]\n#+ defaults: {n: 3}\n#+ chart: bars o by o coloured by o\n"
        "#+ parameters:\n#+   n: A number.\n#+   x:\n"
        "#+     class: qkg:Model\n#+     help: A model.\n"
        "SELECT ?o { ?__x_iri ?p ?o FILTER(?o > ?_n_integer) }\n",
        "q.rq",
    )
    assert (query.form, query.tags, query.summary) == ("SELECT", ("a", "b"), "A query")
    assert query.chart is not None
    assert (query.chart.value, query.chart.label, query.chart.each, query.chart.colour) == ("o", "o", "", "o")
    by_name = {parameter.name: parameter for parameter in query.parameters}
    assert (by_name["n"].type, by_name["n"].default, by_name["n"].required) == ("integer", "3", False)
    assert (by_name["x"].class_iri, by_name["x"].required) == (PREFIXES["qkg"] + "Model", False)
    assert 'FILTER(?o > "3"^^' in query.bind({}, lambda name, kind: name)
    assert "?__x_iri" in query.bind({}, lambda name, kind: name)
    assert "<urn:m>" in query.bind({"x": "m"}, lambda name, kind: f"urn:{name}")
