"""A right answer is told from a wrong one: responses, graphs, results, and service descriptions."""

from __future__ import annotations

import pytest
from rdflib import Graph

from ..serving import Reply
from .comparison import Solutions, compare, read_graph, read_results, same_graph
from .exchanges import Expected
from .manifests import FailedError
from .protocol import check
from .service_description import misuses

TURTLE = {"content-type": "text/turtle; charset=utf-8"}
JSON = {"content-type": "application/sparql-results+json"}
TRUE = b'{"head":{},"boolean":true}'
OK = frozenset({200})
GRAPH = Expected(
    OK, headers=(("content-type", "text/turtle; charset=utf-8"),), body="[] <urn:p> [ <urn:q> 1 ] ."
)

RIGHT = [
    (Expected(frozenset(range(200, 400))), Reply(204, {}, b"")),
    (Expected(OK, boolean=True, format="boolean"), Reply(200, JSON, TRUE)),
    (Expected(OK, format="tabular"), Reply(200, {"content-type": "text/csv; charset=utf-8"}, b"x\r\n1\r\n")),
    (Expected(OK, format="RDF"), Reply(200, TURTLE, b"<urn:s> <urn:p> 1 .")),
    (Expected(OK, location="$LOCATION$"), Reply(200, {"location": "/x"}, b"")),
    (GRAPH, Reply(200, TURTLE, b"_:a <urn:q> 1 . _:b <urn:p> _:a .")),
    (
        GRAPH,
        Reply(200, {"content-type": 'TEXT/Turtle;charset="UTF-8"'}, b"_:a <urn:q> 1 . _:b <urn:p> _:a ."),
    ),
]
WRONG = {
    "status": (Expected(frozenset(range(400, 500))), Reply(200, {}, b"")),
    "false": (Expected(OK, boolean=False), Reply(200, JSON, TRUE)),
    "no boolean": (
        Expected(OK, boolean=True),
        Reply(200, JSON, b'{"head":{"vars":[]},"results":{"bindings":[]}}'),
    ),
    "cut off": (Expected(OK, boolean=True), Reply(200, JSON, TRUE[:-2])),
    "SELECT in RDF": (Expected(OK, format="tabular"), Reply(200, TURTLE, b"<urn:s> <urn:p> 1 .")),
    "CONSTRUCT in results": (Expected(OK, format="RDF"), Reply(200, JSON, TRUE)),
    "boolean for a table": (Expected(OK, format="tabular"), Reply(200, JSON, TRUE)),
    "rows of two lengths": (
        Expected(OK, format="tabular"),
        Reply(200, {"content-type": "text/csv"}, b"x,y\r\n1\r\n"),
    ),
    "broken Turtle": (Expected(OK, format="RDF"), Reply(200, TURTLE, b"<urn:s> <urn:p>")),
    "quads for a graph": (
        Expected(OK, format="RDF"),
        Reply(200, {"content-type": "application/n-quads"}, b""),
    ),
    "no Location": (Expected(OK, location="$LOCATION$"), Reply(200, {}, b"")),
    "no charset": (GRAPH, Reply(200, {"content-type": "text/turtle"}, b"[] <urn:p> [ <urn:q> 1 ] .")),
    "charset": (
        GRAPH,
        Reply(200, {"content-type": "text/turtle; charset=latin1"}, b"[] <urn:p> [ <urn:q> 1 ] ."),
    ),
    "another graph": (GRAPH, Reply(200, TURTLE, b"[] <urn:p> [ <urn:q> 2 ] .")),
    "another shape": (GRAPH, Reply(200, TURTLE, b"[] <urn:p> [] . [] <urn:q> 1 .")),
    "one triple more": (GRAPH, Reply(200, TURTLE, b"[] <urn:p> [ <urn:q> 1, 2 ] .")),
    "no type": (GRAPH, Reply(200, {}, b"[] <urn:p> [ <urn:q> 1 ] .")),
}


@pytest.mark.parametrize(("expected", "reply"), RIGHT)
def test_a_right_response_passes(expected: Expected, reply: Reply) -> None:
    check(expected, reply)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_response_fails(name: str) -> None:
    with pytest.raises(FailedError):
        check(*WRONG[name])


def test_only_where_asked_a_charset_may_be_left_out_and_never_be_another() -> None:
    check(GRAPH, WRONG["no charset"][1], charset=False)
    with pytest.raises(FailedError):
        check(GRAPH, WRONG["charset"][1], charset=False)


TSV, CSV = "text/tab-separated-values", "text/csv"
#: Format, expected, what came, whether ordered, and the note or None where it is another answer.
ANSWERS = [
    (TSV, "?a\t?b\n_:x\t_:y\n_:y\t1\n", "?a\t?b\n_:1\t_:2\n_:2\t1\n", True, ""),
    (TSV, "?a\t?b\n_:x\t_:y\n_:y\t1\n", "?a\t?b\n_:1\t_:2\n_:1\t1\n", True, None),
    (TSV, "?a\t?b\n1\t2\n", "?b\t?a\n2\t1\n", True, ""),
    (TSV, "?a\t?b\n1\t2\n", "?b\t?a\n1\t2\n", True, None),
    (TSV, "?a\n1\n2\n", "?a\n2\n1\n", False, ""),
    (TSV, "?a\n1\n2\n", "?a\n2\n1\n", True, None),
    (TSV, "?a\n1\n1\n", "?a\n1\n", False, None),
    (TSV, "?a\n1\n1\n2\n", "?a\n1\n2\n2\n", False, None),
    (TSV, "?a\t?b\n1\t\n", "?a\t?b\n\t1\n", False, None),
    (TSV, "?a\t?b\n1\t\n", "?a\n1\n", False, None),
    (TSV, '?a\n"1"\n', "?a\n1\n", True, None),
    (TSV, '?a\n"x"\n', '?a\n"x"@en\n', True, None),
    (TSV, "?a\n1\n", "?a\n1.0\n", True, None),  # integer and decimal are not written alike for us
    (
        TSV,
        "?a\n1.0e6\n",
        "?a\n1.0E6\n",
        True,
        'numbers equal by value: "1.0e6"^^xsd:double as "1.0E6"^^xsd:double',
    ),
    (TSV, "?a\n1.0e6\n", "?a\n1.0e7\n", True, None),
    (
        TSV,
        "?a\n4.10\n",
        "?a\n4.1\n",
        True,
        'numbers equal by value: "4.10"^^xsd:decimal as "4.1"^^xsd:decimal',
    ),
    (CSV, "a,b\r\nx,_:1\r\n", "a,b\r\nx,_:b7\r\n", True, ""),
    (CSV, "a\r\n1.0E6\r\n", "a\r\n1000000\r\n", True, "numbers equal by value: 1.0E6 as 1000000"),
    (CSV, "a\r\n1.0E6\r\n", "a\r\n1000001\r\n", True, None),
    (CSV, "a\r\n1\r\n", "a\r\n1.0\r\n", True, None),
    (CSV, 'a\r\n"4,4"\r\n', "a\r\n44\r\n", True, None),
    (CSV, 'a\r\n"""x"""\r\n', "a\r\nx\r\n", True, None),
]


@pytest.mark.parametrize(("media_type", "expected", "came", "ordered", "note"), ANSWERS)
def test_answers_are_compared(
    media_type: str, expected: str, came: str, ordered: bool, note: str | None
) -> None:
    answers = read_results(media_type, expected.encode()), read_results(media_type, came.encode())
    if note is None:
        with pytest.raises(FailedError, match="expected"):
            compare(*answers, ordered, media_type)
    else:
        assert compare(*answers, ordered, media_type) == note


def test_yes_is_not_no_and_not_a_table() -> None:
    assert compare(True, True, False, TSV) == ""
    for other_answer in (False, Solutions((), ())):
        with pytest.raises(FailedError):
            compare(True, other_answer, False, TSV)


def test_comparing_leaves_graphs_as_they_are() -> None:
    graph = read_graph("text/turtle", b"_:a <urn:p> _:b .")
    before = str(graph)
    assert same_graph(graph, read_graph("text/turtle", b"_:b <urn:p> _:a ."))
    assert str(graph) == before


DESCRIPTION = """
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
[] a sd:Service ; sd:endpoint <urn:e> ; sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat <http://www.w3.org/ns/formats/Turtle> ;
  sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ;
    sd:namedGraph [ a sd:NamedGraph ; sd:name <urn:g> ; sd:graph [ a sd:Graph ] ] ] .
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("a sd:Service ;", ""),
        ("<urn:e>", '"urn:e"'),
        ("sd:endpoint", "sd:endPoint"),
        ("sd:SPARQL11Query", "sd:UnionDefaultGraph"),
        ("sd:SPARQL11Query", "sd:SPARQL13Query"),
        ("sd:feature sd:UnionDefaultGraph", "sd:feature sd:SPARQL11Query"),
        ("<http://www.w3.org/ns/formats/Turtle>", '"text/turtle"'),
        ("a sd:Dataset ;", ""),
        ("sd:defaultGraph [ a sd:Graph ]", "sd:defaultGraph [ a sd:Graph ] , [ a sd:Graph ]"),
        ("sd:graph [ a sd:Graph ]", "sd:graph []"),
        ("a sd:NamedGraph ;", ""),
        ("sd:name <urn:g> ;", ""),
        ("sd:name <urn:g>", 'sd:name "urn:g"'),
        ("sd:name <urn:g>", "sd:name <urn:g> , <urn:h>"),
    ],
)
def test_misuses_of_the_vocabulary_are_found(right: str, wrong: str) -> None:
    assert misuses(Graph().parse(data=DESCRIPTION, format="turtle")) == ""
    changed = DESCRIPTION.replace(right, wrong, 1)
    assert changed != DESCRIPTION
    assert misuses(Graph().parse(data=changed, format="turtle"))


def test_two_services_at_one_endpoint_are_a_misuse() -> None:
    twice = DESCRIPTION + "[] a sd:Service ; sd:endpoint <urn:e> ."
    assert misuses(Graph().parse(data=twice, format="turtle"))


def test_no_description_is_no_service_description() -> None:
    assert misuses(Graph()) == "no service is described"
