"""``timeout=``: a client may ask for less time than the server gives, and never gets more."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ..serving import Server, serving
from .slow import RUNAWAY
from .wire import PATIENCE, alive, problem, query


@pytest.fixture(scope="module")
def hurried(dataset: str) -> Iterator[Server]:
    with serving("--store", dataset, "--timeout", "1") as running:
        yield running


@pytest.fixture(scope="module")
def patient(dataset: str) -> Iterator[Server]:
    with serving("--store", dataset, "--timeout", "60") as running:
        yield running


@pytest.mark.parametrize("asked", ["1", "0.5", "0.01"])
def test_less_time(patient: Server, asked: str) -> None:
    reply = patient.ask("GET", query(RUNAWAY, timeout=asked), timeout=PATIENCE)  # far less than sixty seconds
    assert problem(reply)["status"] == 504
    assert asked in problem(reply)["detail"]


def test_less_time_by_every_way(patient: Server) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    by_form = patient.ask("POST", "/sparql", form, query(RUNAWAY, timeout="1").partition("?")[2], PATIENCE)
    direct = {"Content-Type": "application/sparql-query"}
    by_post = patient.ask("POST", "/sparql?timeout=1", direct, RUNAWAY, PATIENCE)
    assert (by_form.status, by_post.status) == (504, 504)


@pytest.mark.parametrize("asked", ["60", "3600", "999999999999", "1.5"])
def test_never_more_time_than_the_server_gives(hurried: Server, asked: str) -> None:
    started = time.monotonic()
    reply = hurried.ask("GET", query(RUNAWAY, timeout=asked), timeout=60)
    assert problem(reply)["status"] == 504
    assert time.monotonic() - started < PATIENCE


def test_a_quick_query_is_not_bothered(hurried: Server) -> None:
    for asked in ("0.5", "1", "3600"):
        assert hurried.ask("GET", query("ASK {}", timeout=asked)).status == 200


@pytest.mark.parametrize(
    "asked", ["", " ", "abc", "-1", "-0.0", "0", "nan", "inf", "-inf", "1e400", "0x10", "1s", "1;2", "1,5", "1_0", "١", "1 2"]
)  # fmt: skip
def test_nonsense(hurried: Server, asked: str) -> None:
    reply = hurried.ask("GET", query("ASK {}", timeout=asked), timeout=PATIENCE)
    assert problem(reply)["status"] == 400
    assert "timeout" in problem(reply)["detail"]


def test_twice(hurried: Server) -> None:
    assert problem(hurried.ask("GET", query("ASK {}", timeout="1") + "&timeout=2"))["status"] == 400
    alive(hurried)
