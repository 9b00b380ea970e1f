"""Requests that no client of good will sends: refused or understood, never a fault of ours and never silence."""

from __future__ import annotations

import contextlib
import json
import socket
import time

import pytest

from ..serving import Reply, Server
from .malformed import ASK, BEGINNINGS, CASES, FORM, MIB, QUERY
from .wire import PATIENCE, alive, connected, exchange, get, post, problem, query, receive, send


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_or_understood(server: Server, case: str) -> None:
    data, allowed = CASES[case]
    reply = exchange(server, data)
    assert (reply.status if reply else 0) in allowed, reply and (reply.status, reply.body[:300])
    if reply and reply.status >= 400 and reply.headers.get("content-type", "").startswith("application/"):
        problem(reply)
    if reply and reply.status == 200:
        assert b"root:" not in reply.body
    alive(server)


def test_http_1_0(server: Server) -> None:
    """It has no Host and no persistence, and is answered all the same (RFC 9112, 9.3)."""
    reply = exchange(server, b"GET " + query("ASK {}").encode() + b" HTTP/1.0\r\n\r\n")
    assert reply is not None
    assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True)
    assert "transfer-encoding" not in reply.headers


def test_the_absolute_form_of_an_address(server: Server) -> None:
    """A server must accept it (RFC 9112, 3.2.2)."""
    reply = exchange(server, get(server.url + query("ASK {}")))
    assert reply is not None
    assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True)


def test_expect_100_continue(server: Server) -> None:
    with connected(server) as connection:
        headers = (QUERY, "Expect: 100-continue", f"Content-Length: {len(ASK)}")
        send(connection, get("/sparql", *headers, method="POST"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        send(connection, ASK)
        reply = receive(connection)
    assert reply is not None
    assert reply.status == 200


def test_expect_100_continue_for_what_is_too_much(server: Server) -> None:
    """It is refused before it is sent, or cut off once it is too much."""
    with connected(server) as connection:
        headers = (QUERY, "Expect: 100-continue", f"Content-Length: {10**12}")
        send(connection, get("/sparql", *headers, method="POST"))
        answer = connection.recv(1000)
        if answer.startswith(b"HTTP/1.1 100 "):
            reply = endless(connection, b"x" * MIB)
            assert reply is None or reply.status == 413
        else:
            assert answer.split()[1] in {b"413", b"417"}
    alive(server)


def endless(connection: socket.socket, piece: bytes) -> Reply | None:
    """Send a piece again and again until the server ends it, and read what it says; 256 MiB are too much."""
    for _ in range(256 * MIB // len(piece)):
        try:
            connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            break
        except TimeoutError:  # nobody reads any more, so an answer is there
            break
    else:
        raise AssertionError("the server takes a body without end")
    return receive(connection)


@pytest.mark.parametrize(
    "kind", [QUERY, FORM, "Content-Type: text/turtle", "Content-Type: multipart/form-data; boundary=b"]
)
@pytest.mark.parametrize("target", ["/sparql", "/graphs?default", "/queries/search"])
def test_a_body_that_never_ends_is_cut_off(server: Server, target: str, kind: str) -> None:
    with connected(server) as connection:
        send(connection, get(target, kind, "Transfer-Encoding: chunked", method="POST"))
        reply = endless(connection, b"100000\r\n" + b"#" * MIB + b"\r\n")
    # Somebody who may not write at all, or sends what is not understood, need not be read to the limit.
    assert reply is None or reply.status in {400, 401, 403, 405, 413, 415}
    alive(server)


def test_what_arrives_drop_by_drop_is_understood(server: Server) -> None:
    with connected(server) as connection:
        for byte in post(ASK, QUERY):
            send(connection, bytes([byte]))
        reply = receive(connection)
    assert reply is not None
    assert reply.status == 200


def test_connections_that_say_nothing_or_stop_in_the_middle_hold_nobody_up(server: Server) -> None:
    beginnings = [b"", *BEGINNINGS.values()]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connected(server)) for _ in range(160)]
        for number, connection in enumerate(connections):
            send(connection, beginnings[number % len(beginnings)])
        for number in range(5):
            text = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {number}"
            assert server.ask("GET", query(text), timeout=PATIENCE).status == 200
            page = "/queries/successors?model=Qwen2.5-VL&format=csv"
            assert server.ask("GET", page, {"X-Number": str(number)}, timeout=PATIENCE).status == 200
            time.sleep(0.1)
    alive(server)


@pytest.mark.parametrize(
    "target",
    [
        "/sparql?query=ASK%7B%7D&format=json%0d%0aX-Injected:%201",
        "/sparql?query=ASK%7B%7D&default-graph-uri=x:%0d%0aX-Injected:%201",
        "/sparql?query=ASK%7B%7D%23%0d%0aX-Injected:%201",
        "/sparql?query=ASK%7B%7D&timeout=1%0d%0aX-Injected:%201",
        "/sparql?query=SELECT%20*%20%7B%0d%0aX-Injected:%201",
        "/graphs?graph=x:%0d%0aX-Injected:%201",
        "/id/Qwen%0d%0aX-Injected:%201",
        "/id/Qwen2.5-VL?format=ttl%0d%0aX-Injected:%201",
        "/data/Qwen%0d%0aX-Injected:%201.ttl",
        "/page/Qwen%0d%0aX-Injected:%201",
        "/queries/successors%0d%0aX-Injected:%201",
        "/queries/successors?model=Qwen%0d%0aX-Injected:%201",
        "/queries/successors/%0d%0aX-Injected:%201",
        "/%0d%0aX-Injected:%201",
        "/sparql/%0d%0aX-Injected:%201",
        "/id/Qwen%E5%98%8A%E5%98%8DX-Injected:%201",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/turtle"])
def test_no_parameter_becomes_a_header(server: Server, target: str, accept: str) -> None:
    with connected(server) as connection:
        send(connection, get(target, f"Accept: {accept}", "Connection: close"))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"\nx-injected" not in head
    assert int(head.split()[1]) in {200, 303, 308, 400, 401, 403, 404, 406}
    alive(server)


def test_no_address_becomes_markup(server: Server) -> None:
    for target in ("/%3Cscript%3Ealert(1)%3C/script%3E", "/id/%3Cscript%3Ealert(1)%3C/script%3E",
                   "/queries/%3Cscript%3Ealert(1)%3C/script%3E", "/sparql?query=%3Cscript%3Ealert(1)%3C/script%3E",
                   "/queries/search?text=%3Cscript%3Ealert(1)%3C/script%3E"):  # fmt: skip
        reply = server.ask("GET", target, {"Accept": "text/html"})
        assert reply.status in {200, 400, 404}
        assert b"<script>alert" not in reply.body


@pytest.mark.parametrize("name", BEGINNINGS)
def test_what_stops_in_the_middle_is_ended_some_time(stalled: dict[str, socket.socket], name: str) -> None:
    stalled[name].settimeout(90)
    reply = receive(stalled[name])
    assert reply is None or reply.status in {400, 403, 408, 413}
