"""What a server tells of itself: the access log, the metrics, and its health."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from .abuse.processes import children, until
from .asking import ENDLESS, QUERY, problem, quads, update, url
from .serving import Server, serving


@pytest.fixture
def watched(sample_file: str) -> Iterator[Server]:
    """A server of its own, with a short time limit and few evaluators."""
    with serving("--store", sample_file, "--timeout", "2", "--workers", "2", "--max-waiting", "2") as server:
        yield server


def noted(server: Server, **wanted: object) -> dict[str, Any]:
    """The line of the access log that has these values; it is waited for."""
    for _ in until(10):
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        for line in lines:
            if wanted.items() <= line.items():
                found: dict[str, Any] = line
                return found
    raise AssertionError(f"{wanted} is not in\n{server.log.read_text()}")


def metrics(server: Server) -> dict[str, float]:
    """The numbers, by name and labels, as Prometheus reads them."""
    reply = server.ask("GET", "/metrics")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        " ".join(
            [sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))]
        ): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


# The access log


def test_every_request_is_a_line_of_json(watched: Server) -> None:
    agent = {"User-Agent": "the one who asks"}
    kept = url(query="ASK { ?s ?p ?o }")
    tag = watched.ask("GET", kept, agent).headers["etag"]
    asked: list[tuple[str, str, Mapping[str, str], str, int]] = [
        ("GET", kept, {"If-None-Match": tag}, "", 304),
        ("HEAD", kept, {}, "", 200),
        ("GET", "/id/Qwen2.5-VL", {}, "", 303),
        ("OPTIONS", "/graphs", {}, "", 204),
        ("GET", url(query="oops"), {}, "", 400),
        ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, "DROP ALL", 403),
        ("GET", "/nowhere?a=%22%0A", {}, "", 404),
        ("BREW", "/healthz", {}, "", 405),
        ("GET", kept, {"Accept": "image/png"}, "", 406),
        ("POST", "/sparql", {"Content-Type": QUERY}, "ASK {}".ljust(200_000), 413),
        ("POST", "/sparql", {"Content-Type": "text/plain"}, "ASK {}", 415),
        ("GET", url(query=ENDLESS, timeout="0.2"), {}, "", 504),
    ]
    replies = [
        watched.ask(method, target, {**agent, **more}, body) for method, target, more, body, _ in asked
    ]
    for (method, target, _, _, status), reply in zip(asked, replies, strict=True):
        assert reply.status == status
        line = noted(watched, method=method, target=target, status=status)
        assert set(line) == {
            "time", "client", "method", "target", "status", "bytes", "seconds", "cached", "agent",
        }  # fmt: skip
        assert (line["client"], line["agent"]) == ("127.0.0.1", "the one who asks")
        assert line["bytes"] == len(reply.body)
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
        assert 0 <= line["seconds"] < 60
        assert line["cached"] is (status == 304 or method == "HEAD")
    lines = [line for line in watched.log.read_text().splitlines() if "the one who asks" in line]
    assert len(lines) == len(asked) + 1


def test_a_client_that_goes_away_is_noted_as_that(watched: Server) -> None:
    host, _, port = watched.authority.rpartition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET {url(query=ENDLESS)} HTTP/1.1\r\nHost: gone\r\n\r\n".encode())
        for _ in until(10):
            if metrics(watched)["qwen_kg_workers_busy"]:
                break
    line = noted(watched, status=499)
    assert (line["method"], line["target"], line["bytes"]) == ("GET", url(query=ENDLESS), 0)


def test_a_client_that_stops_in_its_body_is_noted_as_that(watched: Server) -> None:
    host, _, port = watched.authority.rpartition(":")
    with socket.create_connection((host, int(port))) as connection:
        head = (
            f"POST /sparql HTTP/1.1\r\nHost: gone\r\nContent-Type: {QUERY}\r\nContent-Length: 99\r\n\r\nASK"
        )
        connection.sendall(head.encode())
    assert noted(watched, status=400)["method"] == "POST"


def test_what_a_client_sends_stays_in_its_line(watched: Server) -> None:
    watched.ask("GET", "/a%0Ab?" + "x" * 5000, {"User-Agent": 'so"\\ \t\xff' + "y" * 500})
    line = noted(watched, status=404)
    assert line["target"] == ("/a%0Ab?" + "x" * 5000)[:2048]
    assert line["agent"].startswith('so"\\ \t\xff')
    assert len(line["agent"]) == 256


def test_the_log_is_a_file_or_none(sample_file: str, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("before\n")
    for name in (str(log), "none"):
        with serving("--store", sample_file, "--access-log", name) as server:
            server.ask("GET", "/ns")
            server.process.terminate()
            server.process.wait(20)  # what has been noted is written by then
            assert "{" not in server.log.read_text()
    first, *lines = log.read_text().splitlines()
    assert first == "before"
    assert [json.loads(line)["target"] for line in lines if "healthz" not in line] == ["/ns"]


# Metrics


def test_requests_are_counted_by_route_method_status_and_cache(watched: Server) -> None:
    before = metrics(watched)
    asked = url(query="SELECT * { ?s ?p ?o } LIMIT 3")
    for _ in range(3):
        watched.ask("GET", asked)
    watched.ask("GET", url(query="oops"))
    watched.ask("GET", "/id/Qwen2.5-VL")
    watched.ask("GET", "/queries/successors")
    for name in ("madeup", "another"):
        watched.ask("GET", f"/{name}/path")
        watched.ask(name.upper(), "/")
    after = metrics(watched)

    def grown(**labels: str) -> float:
        name = " ".join(["qwen_kg_requests_total", *(f"{key}={labels[key]}" for key in sorted(labels))])
        return after.get(name, 0) - before.get(name, 0)

    assert grown(route="/sparql", method="GET", status="200", cache="miss") == 1
    assert grown(route="/sparql", method="GET", status="200", cache="hit") == 2
    assert grown(route="/sparql", method="GET", status="400", cache="miss") == 1
    assert grown(route="/id", method="GET", status="303", cache="miss") == 1
    assert grown(route="other", method="GET", status="404", cache="miss") == 2
    assert grown(route="/", method="other", status="405", cache="miss") == 2
    assert not [name for name in after if "madeup" in name.lower()]
    name = "qwen_kg_request_seconds_count route=/sparql"
    assert after[name] - before.get(name, 0) == 4
    assert after["qwen_kg_request_seconds_bucket le=+Inf route=/sparql"] == after[name]
    assert after["qwen_kg_evaluations_total"] - before["qwen_kg_evaluations_total"] >= 2


def test_evaluators_are_counted_while_they_work_wait_and_are_killed(watched: Server) -> None:
    before = metrics(watched)
    asking = [
        threading.Thread(target=watched.ask, args=("GET", url(query=f"{ENDLESS} # {number}")))
        for number in range(3)
    ]
    for thread in asking:
        thread.start()
    for _ in until(10):
        during = metrics(watched)
        if during["qwen_kg_workers_busy"] == 2 and during["qwen_kg_requests_waiting"] == 1:
            break
    assert (during["qwen_kg_workers_busy"], during["qwen_kg_requests_waiting"]) == (2, 1)
    for thread in asking:
        thread.join()
    after = metrics(watched)
    assert (after["qwen_kg_workers_busy"], after["qwen_kg_requests_waiting"]) == (0, 0)
    assert after["qwen_kg_workers_killed_total"] - before["qwen_kg_workers_killed_total"] >= 2


def test_writes_are_counted(empty: Server) -> None:
    before = metrics(empty)["qwen_kg_writes_total"]
    update(empty, "INSERT DATA { <x:s> <x:p> 1 }")
    update(empty, "oops")
    assert quads(empty)
    assert metrics(empty)["qwen_kg_writes_total"] == before + 1


# Health


def test_a_server_is_well_while_its_store_is_usable(sampled: Server) -> None:
    reply = sampled.ask("GET", "/healthz")
    assert json.loads(reply.body) == {"status": "ok", "release": "0.0.1"}
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in")
def test_a_server_without_its_store_is_not_well_and_recovers(watched: Server) -> None:
    assert watched.ask("GET", "/healthz").status == 200
    (web,) = children(watched.process.pid)[-1:]
    statuses = set()
    for _ in range(5):
        for nursery in children(web):
            with contextlib.suppress(ProcessLookupError):
                os.kill(nursery, signal.SIGKILL)
        for _ in until(10):
            reply = watched.ask("GET", "/healthz")
            statuses.add(reply.status)
            if reply.status == 503:
                assert reply.headers["retry-after"]
                problem(reply, 503)
            elif 503 in statuses:
                break
        assert watched.ask("GET", url(query="ASK { ?s ?p ?o }")).status == 200
        if statuses == {200, 503}:
            return
    raise AssertionError(f"it was never seen to be unwell: {statuses}")
