"""What runs the W3C tests sends what they say, passes over nothing, finds faults, and reports what came out."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef

from . import earl
from .endpoint import Endpoint
from .exchanges import HT, exchanges
from .manifests import COUNTS, MF, MISSING, SUITE, FailedError, all_tests
from .protocol import address
from .run import Outcome, run
from .servers import oxigraph

TESTS = {test.name: test for test in all_tests()}
NOWHERE = Endpoint("http://query.example/q", "http://update.example/u", "http://graphs.example/g")
needs_suite = pytest.mark.skipif(not SUITE.is_dir(), reason=MISSING)

# --- another server

#: What Oxigraph's server (0.5.13) gets wrong.
FAULTS = {
    "query_content_type_describe": "N-Quads for a graph",
    "query_content_type_construct": "N-Quads for a graph",
    "bad_update_get": "the parameter is ignored, and the service described",
    "post_get_post_get_direct": "no multipart/form-data",
    "post_get_post_get_indirect": "no multipart/form-data",
    "head_existing_direct": "HEAD without Content-Type",
    "head_existing_indirect": "HEAD without Content-Type",
}
BY_VALUE = {"csv03", "tsv03"}


@pytest.fixture(scope="module")
def other() -> Iterator[Endpoint]:
    with oxigraph() as endpoint:
        yield endpoint


@needs_suite
def test_the_faults_of_another_server_are_found_and_no_others(other: Endpoint) -> None:
    outcomes = [run(test, other) for test in TESTS.values() if test.listed]
    assert {each.test.name for each in outcomes if not each.passed} == set(FAULTS)
    assert {each.test.name for each in outcomes if each.passed and each.note} == BY_VALUE


@needs_suite
def test_the_command_line_tells_each_outcome_and_the_totals(other: Endpoint) -> None:
    command = [sys.executable, "-m", "tests.conformance", other.query, "--update", other.update]
    command += ["--graphs", other.graphs, "--only", "bad_update_"]
    done = subprocess.run(command, cwd=earl.ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0].startswith("failed protocol bad_update_get: request 1 of 1")
    assert lines[1] == "passed protocol bad_update_wrong_media_type"
    assert lines[-1] == "protocol: 5 of 6"


def test_a_server_that_is_not_there_passes_nothing() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/"
        with pytest.raises(FailedError, match="no response"):
            Endpoint(url, url, url).clear()


# --- what is sent


@needs_suite
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        (
            "bad_query_missing_form_type",
            [b"POST /q HTTP/1.1", b"Host: {}", b"Content-Length: 18", b"", b"query=ASK%20%7B%7D"],
        ),
        (
            "bad_query_non_utf8",
            [
                b"POST /q HTTP/1.1",
                b"Host: {}",
                b"content-type: application/sparql-query; charset=UTF-16",
                b"Content-Length: 14",
                b"",
                "ASK {}".encode("utf-16"),
            ],
        ),
        (
            "put_get_uri_pct_encoded_twice",
            [b"PUT /g?graph=http://www.example/gsp/person/%31.ttl HTTP/1.1", b"Host: {}"],
        ),
    ],
)
def test_requests_are_sent_byte_for_byte(name: str, sent: list[bytes]) -> None:
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        authority = f"127.0.0.1:{listener.getsockname()[1]}"

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                received.append(connection.recv(1 << 16))
                while not re.search(rb"\r\n\r\n.", received[0], re.DOTALL):
                    received[0] += connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        endpoint = Endpoint(f"http://{authority}/q", f"http://{authority}/u", f"http://{authority}/g")
        step = exchanges(TESTS[name])[0]
        url, writes = address(step, endpoint)
        assert step.body is not None
        endpoint.send(step.method, url, step.headers, step.body.encode(step.encoding), writes)
        thread.join()
    wanted = b"\r\n".join(sent).replace(b"{}", authority.encode())
    assert received[0].startswith(wanted)
    if b"" in sent:
        assert received[0] == wanted


@needs_suite
def test_multipart_bodies_have_the_line_ends_of_mime() -> None:
    bodies = [
        step.body
        for test in TESTS.values()
        if test.suite == "graph-store-protocol"
        for step in exchanges(test)
        if dict(step.headers).get("content-type", "").startswith("multipart/")
    ]
    assert len(bodies) == 2
    for body in bodies:
        assert body is not None
        assert body.count("\r\n") == body.count("\n") == body.count("\r") == 15


@needs_suite
def test_what_updates_goes_to_the_endpoint_for_updates_with_the_token() -> None:
    for test in TESTS.values():
        if test.suite != "protocol":
            continue
        steps = exchanges(test)
        updates = [address(step, NOWHERE) for step in steps]
        is_update = "update" in test.name
        assert updates[0][1] == is_update, test.name
        assert [url.startswith(NOWHERE.update) for url, _ in updates] == [writes for _, writes in updates]
        assert not any(writes for _, writes in updates[1:]), "what follows an update asks for its effect"


# --- nothing is passed over


@needs_suite
def test_a_type_of_tests_that_nothing_handles_has_failed() -> None:
    outcome = run(replace(TESTS["query_get"], kind=MF.NegativeSyntaxTest), NOWHERE)
    assert not outcome.passed
    assert outcome.note == f"nothing handles a {MF.NegativeSyntaxTest}"


@needs_suite
@pytest.mark.parametrize(
    "place", [HT.requests, HT.resp, HT.methodName, HT.fieldValue, HT.connectionAuthority]
)
def test_a_property_that_is_not_known_is_noticed(place: URIRef) -> None:
    test = TESTS["put_get_repeat_indirect"]
    more = Graph() + test.graph
    for step in test.graph.subjects(place):
        more.add((step, MF.expectedTrailer, URIRef("urn:x")))
    assert exchanges(test)
    with pytest.raises(AssertionError, match="nothing is known of"):
        exchanges(replace(test, graph=more))


@needs_suite
def test_a_service_description_test_of_another_name_has_failed(other: Endpoint) -> None:
    renamed = replace(TESTS["returns-rdf"], iri=URIRef("urn:manifest#returns-more"))
    outcome = run(renamed, other)
    assert not outcome.passed
    assert outcome.note == "nothing is known of urn:manifest#returns-more"


@needs_suite
def test_every_part_of_a_manifest_is_read() -> None:
    steps = {name: exchanges(test) for name, test in TESTS.items() if test.suite in list(COUNTS)[:2]}
    assert all(steps.values())
    expected = [step.expected for each in steps.values() for step in each]
    assert sum(each.boolean is not None for each in expected) == 14
    assert sum(each.format is not None for each in expected) == 18
    assert sum(each.location is not None for each in expected) == 1
    assert sum(each.body is not None for each in expected) == 13


# --- the report


@needs_suite
def test_the_report_says_what_came_out() -> None:
    tests = [TESTS["query_get"], TESTS["csv03"], TESTS["bad_update_get"]]
    outcomes = [
        Outcome(tests[0], True, ""),
        Outcome(tests[1], True, 'by "value"'),
        Outcome(tests[2], False, "port 1234"),
    ]
    text = earl.report(outcomes)
    found = earl.read(text)
    assert [(each.test, each.outcome, each.info) for each in found] == [
        (str(tests[0].iri), "passed", ""),
        (str(tests[1].iri), "passed", 'by "value"'),
        (str(tests[2].iri), "failed", ""),
    ]
    assert [each.label for each in found] == ["SPARQL Protocol", "CSV/TSV Result Format", "SPARQL Protocol"]
    modes = [
        quad
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="urn:x")
        if "mode" in quad.predicate.value
    ]
    assert [quad.object for quad in modes] == [ox.NamedNode(earl.EARL + "automatic")] * 3
