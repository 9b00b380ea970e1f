"""kill -9: what was acknowledged is there, what was not is there whole or not at all, and it goes on by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..serving import Server, serving
from .processes import children, descendants, living, until
from .wire import PATIENCE, ask, query

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in"
)

EACH = 5  # triples of an update
TOKEN = {"QWEN_KG_TOKEN": "only-for-tests"}


class Writer:
    """Writes numbered groups of triples, one update each, and notes which were acknowledged.

    An update has two operations and replaces a counter, so that a half of it would show.
    """

    def __init__(self, server: Server) -> None:
        self.sent, self.acknowledged = 0, list[int]()
        self.server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def after(self, count: int) -> None:
        """Wait until so many were acknowledged."""
        for _ in until(60):
            if len(self.acknowledged) >= count:
                return
        raise AssertionError(f"only {len(self.acknowledged)} updates were acknowledged")

    def _run(self) -> None:
        headers = {
            "Content-Type": "application/sparql-update",
            "Authorization": f"Bearer {self.server.token}",
        }
        while not self._stop.is_set():
            self.sent += 1
            number = self.sent
            triples = [f"<x:n{number}> <x:p> {value}" for value in range(EACH)]
            text = (
                f"INSERT DATA {{ {' . '.join(triples[:2])} }} ;"
                f"INSERT DATA {{ GRAPH <x:g> {{ {' . '.join(triples[2:])} }} }} ;"
                f"DELETE WHERE {{ <x:counter> <x:is> ?old }} ; INSERT DATA {{ <x:counter> <x:is> {number} }}"
            )
            try:
                status = self.server.ask("POST", "/sparql", headers, text, PATIENCE).status
            except (
                OSError,
                http.client.HTTPException,
            ):  # it was killed; whether this one was done is not known
                time.sleep(0.02)
                continue
            if status in {200, 204}:
                self.acknowledged.append(number)
            else:
                assert status in {503, 504}
                time.sleep(0.02)

    def judge(self, server: Server) -> None:
        """Hold a server to what was acknowledged, and to each update being there whole or not at all."""
        rows = bindings(server, "SELECT ?s (COUNT(*) AS ?n) { ?s <x:p> ?o } GROUP BY ?s")
        found = {int(row["s"].removeprefix("x:n")): int(row["n"]) for row in rows}
        assert set(found.values()) == {EACH}
        assert set(self.acknowledged) <= set(found)
        assert set(found) <= set(range(1, self.sent + 1))
        assert bindings(server, "SELECT ?n { <x:counter> <x:is> ?n }") == [{"n": str(max(found))}]


def bindings(server: Server, text: str) -> list[dict[str, str]]:
    reply = ask(server, text)
    assert reply.status == 200, reply.text
    rows = json.loads(reply.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def started(stack: contextlib.ExitStack, *options: str) -> Server:
    """Start a server on a store that the processes of a dead one may still hold for a moment."""
    problems = []
    for _ in until(30):
        try:
            return stack.enter_context(serving(*options, environment=TOKEN))
        except AssertionError as error:
            problems.append(str(error))
    raise AssertionError(problems[-1])


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("updates", [1, 40])
def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path, updates: int) -> None:
    options = ("--writable", "--store", str(tmp_path / "store"))
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(*options, environment=TOKEN))
        writer, children = Writer(server), descendants(server.process.pid)
        with writer.running():
            writer.after(updates)
            server.process.kill()
            server.process.wait(PATIENCE)
        again = started(stack, *options)
        writer.judge(again)
        assert living(children) == [], "processes of a server that is dead still live"
        assert len(writer.acknowledged) >= updates


def test_all_processes_killed_at_once(tmp_path: Path) -> None:
    options = ("--writable", "--store", str(tmp_path / "store"))
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(*options, environment=TOKEN))
        writer = Writer(server)
        with writer.running():
            writer.after(30)
            for pid in [server.process.pid, *descendants(server.process.pid)]:
                kill(pid)
            server.process.wait(PATIENCE)
        writer.judge(started(stack, *options))


def test_again_and_again(tmp_path: Path) -> None:
    """What was written before earlier crashes is still there after later ones."""
    options = ("--writable", "--store", str(tmp_path / "store"))
    writer: Writer | None = None
    for _ in range(2):
        with contextlib.ExitStack() as stack:
            server = started(stack, *options)
            next_writer = Writer(server)
            if writer is not None:
                writer.judge(server)
                next_writer.sent, next_writer.acknowledged = writer.sent, writer.acknowledged
            writer = next_writer
            with writer.running():
                writer.after(len(writer.acknowledged) + 10)
                server.process.kill()
                server.process.wait(PATIENCE)
    assert writer is not None
    with contextlib.ExitStack() as stack:
        writer.judge(started(stack, *options))


def recovered(server: Server) -> None:
    """Hold a server to answering again, by itself and at the same address."""
    for _ in until(30):
        assert server.process.poll() is None, server.log.read_text()
        with contextlib.suppress(OSError, http.client.HTTPException):
            target = query(f"ASK {{ FILTER(true) }} # {time.monotonic()}")
            if server.ask("GET", target, timeout=PATIENCE).status == 200:
                return
    raise AssertionError(f"it does not answer again:\n{server.log.read_text()}")


def victims(server: Server) -> list[int]:
    """Give at most three children of each process of a server: more of a kind tell nothing new."""
    parents = [server.process.pid, *descendants(server.process.pid)]
    return [pid for parent in parents for pid in children(parent)[:3]]


def test_a_server_outlives_each_of_its_processes(dataset: str) -> None:
    with serving("--store", dataset, "--timeout", "5") as server:
        for pid in victims(server):
            kill(pid)
            recovered(server)
        for _ in range(8):  # more than once, and whatever is there by now
            for pid in descendants(server.process.pid)[-2:]:
                kill(pid)
            recovered(server)


def test_writes_outlive_the_processes_that_do_them(tmp_path: Path) -> None:
    with serving("--writable", "--store", str(tmp_path / "store"), environment=TOKEN) as server:
        writer = Writer(server)
        with writer.running():
            writer.after(10)
            for pid in victims(server):
                kill(pid)
                recovered(server)
                writer.after(len(writer.acknowledged) + 5)
        writer.judge(server)
