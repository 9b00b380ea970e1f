"""The pool: right answers, in turn, by no more processes than allowed, and none that works for nobody."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qwen_kg.errors import NotAcceptableError, QuerySyntaxError, QwenKgError, TimeLimitError
from qwen_kg.formats import FORMATS, Kind
from qwen_kg.store import LocalStore

from .working import (
    DATA,
    ENDLESS,
    THIRTY,
    Workshop,
    ask,
    busy,
    children,
    descriptors,
    lives,
    nursery_of,
    query,
    until,
    value,
    workshop,
)

ALL = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pool") / "data.nq"
    path.write_text(DATA)
    return path


@pytest.fixture(scope="module")
def shop(data: Path) -> Iterator[Workshop]:
    with workshop(data, timeout=20, workers=2, waiting=50) as started:
        yield started


@pytest.mark.parametrize("name", [each.name for each in FORMATS])
def test_answers_are_those_of_a_store_in_this_process(shop: Workshop, data: Path, name: str) -> None:
    """Byte by byte, in each format."""
    chosen = next(each for each in FORMATS if each.name == name)
    store = LocalStore.from_file(data)
    texts = [ALL, "SELECT * { FILTER(false) }"] if Kind.BINDINGS in chosen.kinds else []
    texts += ["ASK { ?s ?p '3' }"] if Kind.BOOLEAN in chosen.kinds else []
    texts += ["CONSTRUCT { ?o <x:of> 1 } { <x:s1> ?p ?o }"] if Kind.GRAPH in chosen.kinds else []
    with shop.pool() as pool:
        for text in texts:
            found = shop.run(pool.ask(query(chosen.media_type), text.encode()))
            wanted = store.query(text, accept=chosen.media_type)
            assert (found.head["media_type"], found.body) == (wanted.media_type, wanted.body)


@pytest.mark.parametrize(
    ("text", "accept", "kind"),
    [
        ("SELECT * { ?s ?p }", None, QuerySyntaxError),
        ("SELECT * { '\ud800' ?p ?o }", None, QuerySyntaxError),
        ("ASK {}", "text/turtle", NotAcceptableError),
    ],
)
def test_errors_are_those_of_a_store_in_this_process(
    shop: Workshop, data: Path, text: str, accept: str | None, kind: type[QwenKgError]
) -> None:
    with pytest.raises(kind) as wanted:
        LocalStore.from_file(data).query(text, accept=accept)
    with shop.pool() as pool, pytest.raises(kind) as found:
        shop.run(pool.ask(query(accept), text.encode("utf-8", "surrogatepass")))
    assert str(found.value) == str(wanted.value)
    assert {name: str(told) for name, told in vars(found.value).items() if name != "offered"} == {
        name: str(told) for name, told in vars(wanted.value).items() if name != "offered"
    }


def test_many_requests_share_few_processes(shop: Workshop) -> None:
    """Each gets its own answer, and there are never more processes than workers."""

    async def work() -> None:
        asked = [
            asyncio.create_task(value(pool, f"SELECT (COUNT(*) + {number} AS ?n) {{ ?s ?p ?o }}"))
            for number in range(30)
        ]
        most = 0
        while not all(task.done() for task in asked):
            most = max(most, pool.busy)
            assert len(children(nursery_of(shop.nursery))) <= 2
            await asyncio.sleep(0)
        assert [await task for task in asked] == [str(500 + number) for number in range(30)]
        assert most == 2
        assert (pool.busy, pool.waiting) == (0, 0)
        assert pool.counts == {"asked": 30, "killed": 0, "failed": 0}

    with shop.pool() as pool:
        shop.run(work())


def test_a_cancelled_evaluation_ends_its_process(shop: Workshop) -> None:
    async def work() -> None:
        running = asyncio.create_task(ask(pool, ENDLESS))
        await until(lambda: pool.busy == 1)
        (pid,) = busy(pool)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert pool.busy == 0
        await until(lambda: not lives(pid), seconds=10)  # before the kernel ends it for its processor time
        assert b"true" in await ask(pool, "ASK {}")

    with shop.pool() as pool:
        shop.run(work())


@pytest.mark.parametrize("moment", ["before", "at once when it is there"])
def test_a_request_that_is_cancelled_while_its_process_is_forked(shop: Workshop, moment: str) -> None:
    """Its room is free for others, and the process and its socket do not stay."""

    async def work() -> None:
        note, open_before = shop.nursery._note, descriptors()
        asked = asyncio.create_task(ask(pool, "ASK {}"))

        def noting(told: dict[str, object]) -> None:
            note(told)
            if "forked" in told:
                asked.cancel()

        if moment == "before":
            await until(lambda: len(shop.nursery._births) == 1, pause=0)
            asked.cancel()
        else:
            shop.nursery._note = noting  # type: ignore[method-assign,assignment]
        with pytest.raises(asyncio.CancelledError):
            await asked
        shop.nursery._note = note  # type: ignore[method-assign]
        await until(lambda: children(nursery_of(shop.nursery)) == [])
        assert descriptors() == open_before
        assert b"true" in await asyncio.wait_for(ask(pool, "ASK {}"), 10)

    with shop.pool(workers=1) as pool:
        shop.run(work())


def test_evaluators_of_an_old_place_are_not_used(shop: Workshop) -> None:
    """Neither those that are idle, nor one that works, nor one that is being forked when the place changes."""

    async def work() -> None:
        await ask(pool, "ASK {}")
        (idle,) = pool._idle
        pool.renew("one")
        await until(lambda: not lives(idle.pid))
        running = asyncio.create_task(ask(pool, f"{ENDLESS} # one", timeout=1))
        await until(lambda: pool.busy == 1)
        assert pool.places() == ["one", "one"]
        pool.renew("two")
        assert pool.places() == ["two", "one"]
        forked = asyncio.create_task(ask(pool, ENDLESS, timeout=1))
        await until(lambda: len(shop.nursery._births) == 1, pause=0)
        pool.renew("three")
        await until(lambda: pool.busy == 2)
        assert pool.places() == ["three", "one", "three"]
        for each in (running, forked):
            with contextlib.suppress(TimeLimitError):
                await each
        assert pool.places() == ["three"]
        quick = asyncio.create_task(ask(pool, "ASK {}"))
        await until(lambda: pool.busy == 1, pause=0)
        pool.renew("four")
        assert b"true" in await quick
        assert pool._idle == []

    with shop.pool(workers=2) as pool:
        shop.run(work())


def test_what_takes_long_gives_way_and_is_not_used_again(shop: Workshop) -> None:
    """In Linux each thread has a priority of its own, so that of the process says nothing."""

    def niceness(pid: int) -> set[int]:
        return {os.getpriority(os.PRIO_PROCESS, int(thread)) for thread in os.listdir(f"/proc/{pid}/task")}

    async def work() -> None:
        called: list[int] = []
        slow = asyncio.create_task(ask(pool, ENDLESS, timeout=1.5, watch=lambda: called.append(1)))
        await until(lambda: pool.busy == 1)
        (pid,) = busy(pool)
        assert niceness(pid) == {os.getpriority(os.PRIO_PROCESS, 0) + 5}, "behind the web process"
        await until(lambda: bool(called))
        assert niceness(pid) == {15}
        quick = asyncio.create_task(value(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
        assert await quick == "500"
        assert [evaluator.pid for evaluator in pool._idle] != [pid]
        with pytest.raises(TimeLimitError):
            await slow
        assert called == [1], "it is called once"
        await until(lambda: not lives(pid))

    with shop.pool() as pool:
        shop.run(work())


def test_what_took_long_and_has_an_answer_is_not_used_again_either(shop: Workshop) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        for factors in (3, 4, 5):
            started = loop.time()
            product = " ".join(f"VALUES ?v{number} {{ {THIRTY} }}" for number in range(factors))
            assert await value(pool, f"SELECT (COUNT(*) AS ?n) {{ {product} }}") == str(30**factors)
            took = loop.time() - started
            assert pool._idle == [] or took < 0.3
        assert took > 0.3, "the last one was long"

    with shop.pool(timeout=60) as pool:
        shop.run(work())


def test_a_quick_query_leaves_its_process_to_the_next(shop: Workshop) -> None:
    async def work() -> None:
        await ask(pool, "ASK {}")
        (first,) = pool._idle
        for _ in range(20):
            await ask(pool, "ASK {}")
        assert pool._idle == [first]

    with shop.pool() as pool:
        shop.run(work())
