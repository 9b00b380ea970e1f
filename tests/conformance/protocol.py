"""The tests that are HTTP exchanges: ``mf:ProtocolTest`` and ``mf:GraphStoreProtocolTest``."""

from __future__ import annotations

import re

from ..serving import Reply
from .comparison import read_graph, read_results, same_graph
from .endpoint import UPDATE, Endpoint, content_type, expect, shown
from .exchanges import Exchange, Expected, exchanges, graph_data
from .manifests import FailedError, Test

#: What the names of mf:expectedFormat stand for, by the titles of the tests. RDFa, which those of graphs also
#: name, is not read here.
FORMATS = {
    "boolean": {"application/sparql-results+xml", "application/sparql-results+json"},
    "tabular": {
        "application/sparql-results+xml",
        "application/sparql-results+json",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples"},
}

# Where no media type tells: the parameter of an update, in the address or in a form, or the text of one.
_UPDATE = re.compile(r"(?:.*[?&])?update=|(?:CLEAR|DROP|INSERT|DELETE)\b")


def replay(test: Test, endpoint: Endpoint) -> str:
    """Load the data of a test, send its requests in order, and check each response.

    Raises:
        FailedError: a response is not as expected.
    """
    for graph, document in graph_data(test).items():
        endpoint.load(document, "application/n-triples", graph)
    steps = exchanges(test)
    locations: dict[str, str] = {}
    for number, step in enumerate(steps, 1):
        url, writes = address(step, endpoint)
        body = None if step.body is None else _fill(step.body, locations).encode(step.encoding)
        reply = endpoint.send(step.method, _fill(url, locations), step.headers, body, writes)
        try:
            check(step.expected, reply, endpoint.charset)
        except FailedError as wrong:
            place = f"request {number} of {len(steps)}, {step.method} {step.path}"
            raise FailedError(f"{place}: {wrong}; came {shown(reply)}") from wrong
        if step.expected.location is not None:
            locations[step.expected.location] = reply.headers["location"]
    return ""


def address(step: Exchange, endpoint: Endpoint) -> tuple[str, bool]:
    """Give the URL of a request at this endpoint, and whether the request would write.

    A request that updates in a wrong way, such as by GET or with a wrong media type, goes to the endpoint for
    updates, and with the token: it has to be refused for what is wrong with it.
    """
    if step.path.startswith("/gsp"):
        return endpoint.graphs + step.path.removeprefix("/gsp"), step.method not in {"GET", "HEAD"}
    assert step.path.startswith("/sparql/"), f"nothing is known of the path {step.path}"
    media_type, _ = content_type(dict(step.headers).get("content-type"))
    updates = media_type == UPDATE or any(_UPDATE.match(text) for text in (step.path, step.body or ""))
    return (endpoint.update if updates else endpoint.query) + step.path.removeprefix("/sparql/"), updates


def check(expected: Expected, reply: Reply, charset: bool = True) -> None:
    """Compare a response with what is expected of it, in everything that is expected.

    Args:
        expected: what the manifest says.
        reply: the response.
        charset: see :class:`Endpoint`.

    Raises:
        FailedError: it is not as expected.
    """
    media_type, _ = content_type(reply.headers.get("content-type"))
    expect(reply.status in expected.statuses, f"expected {_shortly(expected.statuses)}")
    for name, value in expected.headers:
        _check_header(name, value, reply, charset)
    if expected.location is not None:
        expect("location" in reply.headers, "expected a Location")
    if expected.format is not None:
        _check_format(expected.format, media_type, reply.body)
    if expected.boolean is not None:
        expect(read_results(media_type, reply.body) is expected.boolean, f"expected {expected.boolean}")
    if expected.body is not None:
        expected_type, _ = content_type(dict(expected.headers)["content-type"])
        graph = read_graph(expected_type, expected.body.encode())
        expect(same_graph(graph, read_graph(media_type, reply.body)), f"expected {expected.body}")


def _check_header(name: str, value: str, reply: Reply, charset: bool) -> None:
    assert name == "content-type", f"nothing is known of the header {name}"
    media_type, parameters = content_type(value)
    came, labels = content_type(reply.headers.get(name))
    right = came == media_type and all(
        labels.get(parameter, None if charset else expected) == expected
        for parameter, expected in parameters.items()
    )
    expect(right, f"expected {name}: {value}")


def _check_format(name: str, media_type: str, body: bytes) -> None:
    expect(media_type in FORMATS[name], f"expected {' or '.join(sorted(FORMATS[name]))}")
    if name == "RDF":
        read_graph(media_type, body)
    else:
        is_boolean = isinstance(read_results(media_type, body), bool)
        expect(is_boolean == (name == "boolean"), f"expected {name} results")


def _fill(text: str, locations: dict[str, str]) -> str:
    """Put the Location headers received so far in the place of their variables, as they came."""
    for name, value in locations.items():
        text = text.replace(name, value)
    return text


def _shortly(statuses: frozenset[int]) -> str:
    """Give the lowest status of each class in full, for a message: 201 or 204; 200 ... 399 as 2xx or 3xx."""
    whole = [first for first in range(1, 6) if set(range(100 * first, 100 * first + 100)) <= statuses]
    single = [status for status in sorted(statuses) if status // 100 not in whole]
    return " or ".join([*(f"{first}xx" for first in whole), *map(str, single)])
