"""Many at once: the small are not held up by the slow, and those for whom there is no place are told at once."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import re
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from ..serving import Server, serving
from .processes import until
from .slow import RUNAWAY
from .wire import alive, ask, connected, get, problem, query, receive, send


def test_small_queries_while_four_runaways_are_being_ended(
    dataset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving("--store", dataset, "--timeout", "3") as server:
        ended: list[int] = []
        enough = threading.Event()

        def run_away(number: int) -> None:
            while not enough.is_set():
                ended.append(ask(server, f"{RUNAWAY} #{number} {len(ended)}").status)

        slow = [threading.Thread(target=run_away, args=(number,)) for number in range(4)]
        for thread in slow:
            thread.start()
        connection = http.client.HTTPConnection(server.authority, timeout=60)
        seconds: list[float] = []
        try:
            while len(seconds) < 200 or not ended:  # until some have been ended and replaced meanwhile
                # A comment makes it another request, which no cache has the answer to.
                target = query("ASK {}") if len(seconds) % 2 else query(f"ASK {{}} # {len(seconds)}")
                started = time.monotonic()
                connection.request("GET", target)
                answer = connection.getresponse()
                assert (answer.status, json.loads(answer.read())["boolean"]) == (200, True)
                seconds.append(time.monotonic() - started)
                time.sleep(0.01)
        finally:
            enough.set()
            connection.close()
            for thread in slow:
                thread.join()
        assert set(ended) == {504}
        cuts = statistics.quantiles(seconds, n=100)
        with capsys.disabled():
            print(
                f" [{len(seconds)} ASK beside 4 runaways, milliseconds: median {cuts[49] * 1000:.1f}, "
                f"99th percentile {cuts[98] * 1000:.1f}, worst {max(seconds) * 1000:.1f}]",
                end="",
            )
        assert max(seconds) < 1  # a generous bound: whoever waits for a runaway waits for three


class Timed(NamedTuple):
    """A reply, and when it came."""

    at: float
    status: int
    retry_after: str | None
    media_type: str | None


async def _one(server: Server, data: bytes) -> Timed:
    host, _, port = server.authority.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(data)
        await writer.drain()
        whole = await reader.read()
        head, _, body = whole.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        assert len(body) == int(headers["content-length"])
        return Timed(
            time.monotonic(),
            int(lines[0].split()[1]),
            headers.get("retry-after"),
            headers.get("content-type"),
        )
    finally:
        writer.close()


async def _all(server: Server, requests: list[bytes]) -> list[Timed]:
    return await asyncio.wait_for(asyncio.gather(*(_one(server, each) for each in requests)), 90)


def test_two_hundred_runaways_at_once(dataset: str) -> None:
    with serving("--store", dataset, "--timeout", "2") as server:
        requests = [get(query(f"{RUNAWAY} # {number}"), "Connection: close") for number in range(200)]
        replies = asyncio.run(_all(server, requests))
        refused = [reply for reply in replies if reply.status == 503]
        ended = [reply for reply in replies if reply.status == 504]
        assert len(refused) + len(ended) == 200
        assert refused
        assert ended
        assert all(reply.media_type == "application/problem+json" for reply in replies)
        assert all(reply.retry_after and reply.retry_after.isdigit() for reply in refused)
        # At once: those without a place know before the first of those with one is out of time.
        at_once = [reply for reply in refused if reply.at < min(each.at for each in ended)]
        assert len(at_once) > 100
        alive(server)


@pytest.fixture(scope="module")
def patient(dataset: str) -> Iterator[Server]:
    """A server that lets a query run for longer than a test does."""
    with serving("--store", dataset, "--timeout", "60") as running:
        yield running


def abandon(server: Server, number: int, pause: float) -> None:
    """Ask a runaway and go away."""
    with connected(server) as connection:
        send(connection, get(query(f"{RUNAWAY} # {number}")))
        time.sleep(pause)


def busy(server: Server) -> float:
    """Give the number of workers that are busy, of all that ``/metrics`` has under such a name."""
    text = server.ask("GET", "/metrics").text
    found = re.findall(
        r"^(\w*worker\w*busy\w*|\w*busy\w*worker\w*)(?:\{[^}]*\})? ([0-9.e+]+)$", text, re.MULTILINE
    )
    assert found, text
    return sum(float(value) for _, value in found)


def all_free(server: Server) -> None:
    """Hold a server to freeing its workers long before the sixty seconds of their queries are over."""
    for _ in until(30):
        if not busy(server):
            break
    else:
        raise AssertionError(f"{busy(server)} workers are still busy for nobody")
    assert ask(server, f"ASK {{ ?s ?p ?o }} # {time.monotonic()}", patience=10).status == 200
    ended = server.ask("GET", query(f"{RUNAWAY} # {time.monotonic()}", timeout="1"), timeout=20)
    assert problem(ended)["status"] == 504  # it had a worker, for 503 would say that there was none


def test_clients_that_go_away_free_their_workers(patient: Server) -> None:
    for number in range(80):
        with connected(patient) as connection:
            send(connection, get(query(f"{RUNAWAY} # {number}")))
            time.sleep(0.02)
    all_free(patient)


def test_clients_that_go_away_while_they_wait(patient: Server) -> None:
    """Of a hundred at once some run, some wait and some are refused; when all have gone, there is room."""
    with contextlib.ExitStack() as stack:
        for number in range(100):
            send(stack.enter_context(connected(patient)), get(query(f"{RUNAWAY} # waiting {number}")))
        time.sleep(0.5)
        assert busy(patient) > 0
    all_free(patient)


def test_clients_that_close_only_their_half(patient: Server) -> None:
    """A client that has sent all it wants to send, and says so, still waits for its answer (RFC 9112, 9.6)."""
    with connected(patient) as connection:
        send(connection, get(query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # half")))
        connection.shutdown(socket.SHUT_WR)
        reply = receive(connection)
    assert reply is None or reply.status == 200
    alive(patient)


def test_clients_that_do_not_read(patient: Server) -> None:
    """Ten large answers that nobody takes keep no worker, and nobody else from an answer."""
    with contextlib.ExitStack() as stack:
        for number in range(10):
            connection = stack.enter_context(connected(patient))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            send(connection, get(query(f"SELECT * {{ ?s ?p ?o }} # unread {number}")))
        all_free(patient)
