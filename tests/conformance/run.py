"""Which test is done by what, and how it came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rdflib import URIRef

from .endpoint import Endpoint
from .manifests import MF, FailedError, Test
from .protocol import replay
from .results import evaluate
from .service_description import describe

#: What does the tests of each type; it returns what is to be told of a test that passed.
HANDLERS: dict[URIRef, Callable[[Test, Endpoint], str]] = {
    MF.ProtocolTest: replay,
    MF.GraphStoreProtocolTest: replay,
    MF.ServiceDescriptionTest: describe,
    MF.CSVResultFormatTest: evaluate,
    MF.QueryEvaluationTest: evaluate,
}


@dataclass(frozen=True)
class Outcome:
    """How a test came out; ``note`` tells why it failed, or on what terms it passed."""

    test: Test
    passed: bool
    note: str


def run(test: Test, endpoint: Endpoint) -> Outcome:
    """Do a test in an empty store. A type of tests that nothing handles has failed."""
    try:
        handler = HANDLERS.get(test.kind)
        if handler is None:
            raise FailedError(f"nothing handles a {test.kind}")
        endpoint.clear()
        return Outcome(test, True, handler(test, endpoint))
    except FailedError as wrong:
        return Outcome(test, False, str(wrong))
