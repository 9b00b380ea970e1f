"""The tests of result formats: ``mf:QueryEvaluationTest`` and ``mf:CSVResultFormatTest``."""

from __future__ import annotations

import re

from rdflib import RDF, RDFS, Namespace

from .comparison import compare, read_results
from .endpoint import Endpoint, content_type, expect, shown
from .manifests import DAWGT, MF, Test, only, path_of

QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
KNOWN = {RDF.type, RDFS.comment, MF.name, MF.action, MF.result, DAWGT.approval, DAWGT.approvedBy}

#: The expected file is in the format to ask for; its extension tells which.
MEDIA_TYPES = {
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}


def evaluate(test: Test, endpoint: Endpoint) -> str:
    """Put the data into the default graph, ask the query, and compare the answer with the expected file.

    Returns:
        what was compared by value, if anything (see :func:`compare`).

    Raises:
        FailedError: the answer is another one.
    """
    graph, action = test.graph, only(test.graph, test.iri, MF.action)
    assert set(graph.predicates(test.iri)) <= KNOWN
    assert set(graph.predicates(action)) == {QT.query, QT.data}
    query = path_of(only(graph, action, QT.query)).read_bytes()
    result = path_of(only(graph, test.iri, MF.result))
    media_type = MEDIA_TYPES[result.suffix]

    endpoint.load(path_of(only(graph, action, QT.data)).read_bytes(), "text/turtle")
    headers = [("Content-Type", "application/sparql-query"), ("Accept", media_type)]
    reply = endpoint.send("POST", endpoint.query, headers, query)
    expect(reply.status == 200, f"expected 200, came {shown(reply)}")
    came_type, _ = content_type(reply.headers.get("content-type"))
    expect(came_type == media_type, f"expected {media_type}, came {shown(reply)}")
    expected, came = read_results(media_type, result.read_bytes()), read_results(media_type, reply.body)
    ordered = re.search(rb"\bORDER\s+BY\b", query, re.IGNORECASE) is not None
    return compare(expected, came, ordered, media_type)
