"""What goes wrong inside, and what is answered while everything is busy."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from qwen_kg.errors import QwenKgError
from qwen_kg.limits import Limits
from qwen_kg.web import create_app
from qwen_kg.web.cache import ResponseCache
from qwen_kg.web.exchange import Reply, Request
from qwen_kg.web.forwarded import Proxies
from qwen_kg.web.front import Front, State
from qwen_kg.web.observation import Observer
from qwen_kg.web.problems import shown
from qwen_kg.workers.evaluators import Nursery
from qwen_kg.workers.service import Service

from .abuse.processes import until
from .asking import BROWSER, ENDLESS, QUERY, media_type, post, problem, rows, update, url
from .sample import SampleKnowledge
from .serving import Server, serving


async def _fail(_: Request) -> Reply:
    raise RuntimeError("the secret of /home/somebody")


async def _fail_of_our_own(_: Request) -> Reply:
    raise QwenKgError("the secret of an evaluator")


def _answered(front: Front, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Ask a front for something, as its server does (ASGI 3.0)."""
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/sparql", "raw_path": b"/sparql",
        "query_string": b"query=ASK%7B%7D", "client": ("127.0.0.1", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    asyncio.run(front(scope, receive, send))
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, sent[1]["body"]


@pytest.mark.parametrize("answer", [_fail, _fail_of_our_own])
def test_a_fault_tells_nothing_but_where_the_log_has_it(
    caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    log, app = io.StringIO(), create_app(SampleKnowledge())
    observer = Observer(Service(Nursery("nothing:nothing", {}, Limits()), Limits()), log)
    state = State(lambda: "1", lambda: "0.0.1", writable=False)
    front = Front(
        answer,
        lambda request, reply: shown(app, request, reply),
        state, observer, ResponseCache(10**6), Proxies([]), Limits(),
    )  # fmt: skip
    with caplog.at_level(logging.ERROR):
        status, headers, body = _answered(front, {"Host": "a.example"})
        assert (status, headers["content-type"]) == (500, "application/problem+json")
        told = json.loads(body)
        assert set(told) == {"type", "title", "status", "detail", "id"}
        assert (told["title"], told["status"]) == ("Internal error", 500)
        assert told["id"] in told["detail"]
        assert told["id"] in caplog.text
        assert "Traceback" in caplog.text
        assert "the secret of" in caplog.text
        assert b"secret" not in body
        assert headers["qwen-kg-release"] == "0.0.1"
        again = json.loads(_answered(front, {"Host": "a.example"})[2])
        assert again["id"] != told["id"]
        status, headers, body = _answered(front, {"Host": "a.example", **BROWSER})
        assert (status, headers["content-type"]) == (500, "text/html; charset=utf-8")
        assert b"secret" not in body
        assert b"Internal error" in body
    observer.flush()
    assert [json.loads(line)["status"] for line in log.getvalue().splitlines()] == [500] * 3


# Everything is busy


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Server]:
    """A writable server with one evaluator, for which one request may wait."""
    options = ("--writable", "--timeout", "3", "--workers", "1", "--max-waiting", "1")
    store = ("--store", str(tmp_path / "store"))
    with serving(*options, *store, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as server:
        filler = " ".join(f"<x:s{number}> <x:p{number}> {number} ." for number in range(100))
        assert update(server, f"INSERT DATA {{ {filler} }}").status == 204
        assert server.ask("GET", url(query="ASK {}")).status == 200
        yield server


@contextlib.contextmanager
def busy(server: Server) -> Iterator[None]:
    """Keep the evaluator of a server busy, and its only place to wait taken."""

    def ask(number: int) -> None:
        server.ask("GET", url(query=f"{ENDLESS} # {number}"))

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in asking:
        thread.start()
    try:
        for _ in until(10):
            if re.search(r"^qwen_kg_requests_waiting 1", server.ask("GET", "/metrics").text, re.M):
                break
        yield
    finally:
        for thread in asking:
            thread.join()


def test_a_busy_server_says_so_at_once_and_when_to_come_again(narrow: Server) -> None:
    with busy(narrow):
        for kind, accept, expected in (
            (QUERY, "*/*", "application/problem+json"),
            (QUERY, "text/html", "text/html"),
        ):
            refused = post(narrow, "/sparql", kind, "ASK {}", {"Accept": accept})
            assert (refused.status, media_type(refused)) == (503, expected)
            assert int(refused.headers["retry-after"]) > 0
        assert narrow.ask("GET", "/healthz").status == 200
        assert narrow.ask("GET", url(query="ASK {}")).status == 200  # it was answered before
    assert post(narrow, "/sparql", QUERY, "ASK {}", {}).status == 200


def test_a_write_is_acknowledged_and_problems_are_told_while_all_evaluators_are_busy(narrow: Server) -> None:
    """The release of the data after a write is not known then, and nothing waits for it for long."""
    with busy(narrow):
        done = update(narrow, "INSERT DATA { <x:new> <x:p> 1 }")
        assert (done.status, done.body) == (204, b"")
        page = narrow.ask("DELETE", "/sparql", BROWSER)
        assert (page.status, media_type(page)) == (405, "text/html")
        assert "Release" not in page.text
        problem(narrow.ask("GET", "/graphs?graph=relative&default"), 400)
        assert narrow.ask("OPTIONS", "/sparql").status == 204
        assert narrow.ask("GET", "/metrics").status == 200
        refused = narrow.ask("GET", "/queries", BROWSER)
        assert refused.status == 200
    found = narrow.ask("GET", url(query="SELECT ?o { <x:new> <x:p> ?o }"))
    assert rows(found) == [{"o": "1"}]
    assert found.headers["qwen-kg-release"] == "unreleased"
