"""Processes may end at any time; who waits for them gets an error, and the others go on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qwen_kg.errors import BusyError
from qwen_kg.workers.child import EndedError

from .working import (
    DATA,
    ENDLESS,
    Workshop,
    ask,
    busy,
    children,
    descriptors,
    lives,
    nursery_of,
    query,
    until,
    workshop,
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    path = tmp_path_factory.mktemp("ends") / "data.nq"
    path.write_text(DATA)
    with workshop(path, timeout=20, workers=4, waiting=50) as started:
        yield started


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_an_evaluator_that_is_killed_while_it_works(shop: Workshop) -> None:
    async def work() -> None:
        killed, other = (asyncio.create_task(ask(pool, ENDLESS, timeout=2)) for _ in range(2))
        await until(lambda: pool.busy == 2)
        kill(busy(pool)[0])
        with pytest.raises(BusyError):
            await killed
        assert not other.done()
        assert b"true" in await ask(pool, "ASK {}")
        other.cancel()
        assert pool.counts["failed"] == 1

    with shop.pool() as pool:
        shop.run(work())


def test_an_evaluator_that_is_killed_while_it_is_idle(shop: Workshop) -> None:
    """Nobody is given it; whoever might be in that moment gets an error and no hang."""

    async def work() -> None:
        await ask(pool, "ASK {}")
        (idle,) = pool._idle
        kill(idle.pid)
        await until(lambda: not idle.alive)
        assert b"true" in await ask(pool, "ASK {}")

    with shop.pool() as pool:
        shop.run(work())


def test_an_evaluator_that_is_killed_while_it_is_being_told(shop: Workshop) -> None:
    """It has taken a part of a long message only; the rest is for nobody."""

    async def work() -> None:
        await ask(pool, "ASK {}")
        (idle,) = pool._idle
        os.kill(idle.pid, signal.SIGSTOP)
        told = asyncio.create_task(ask(pool, "ASK {} #" + "x" * 5_000_000))
        await until(lambda: pool.busy == 1)
        await asyncio.sleep(0.05)
        assert not told.done()
        kill(idle.pid)
        with pytest.raises(BusyError):
            await asyncio.wait_for(told, 10)
        assert b"true" in await ask(pool, "ASK {} #" + "x" * 5_000_000)

    with shop.pool() as pool:
        shop.run(work())


def test_an_answer_counts_that_was_sent_before_the_end(shop: Workshop) -> None:
    """Both are to be read here at the same time, and the end is read first."""

    async def work() -> None:
        for _ in range(5):
            asked = asyncio.create_task(ask(pool, "ASK {}"))
            await until(lambda: pool.busy == 1, pause=0)
            time.sleep(0.1)  # nothing is read here meanwhile
            (evaluator,) = pool._busy
            kill(evaluator.pid)
            time.sleep(0.1)
            shop.nursery._hear()
            assert evaluator._ended == signal.SIGKILL
            assert b"true" in await asked

    with shop.pool() as pool:
        shop.run(work())


def test_one_that_has_ended_answers_nothing_more(shop: Workshop) -> None:
    async def work() -> None:
        evaluator = await shop.nursery.fork(None)
        kill(evaluator.pid)
        await until(lambda: evaluator._ended is not None)
        with pytest.raises(EndedError):
            await asyncio.wait_for(evaluator.ask({**query(), "timeout": 5}, b"ASK {}"), 5)
        evaluator.close()
        evaluator.end(0)

    shop.run(work())


def test_one_that_was_killed_is_told_nothing_and_its_end_is_awaited(shop: Workshop) -> None:
    async def work() -> None:
        evaluator = await shop.nursery.fork(None)
        shop.nursery.kill(evaluator)
        with pytest.raises(EndedError) as caught:
            await asyncio.wait_for(evaluator.ask({**query(), "timeout": 5}, b"ASK {}"), 5)
        assert caught.value.signal == signal.SIGKILL

    shop.run(work())


def test_two_hundred_ends_leave_nothing_behind(shop: Workshop) -> None:
    """No process that nobody waited for, and no open socket, here or in the nursery."""

    def of_nursery() -> int:
        return len(os.listdir(f"/proc/{nursery_of(shop.nursery)}/fd"))

    async def end_some() -> None:
        for _ in range(50):
            asked = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(4)]
            await until(lambda: pool.busy == 4, pause=0.001)
            first, second, *_ = busy(pool)
            kill(first)
            os.kill(second, signal.SIGABRT)
            for each in asked[2:]:
                each.cancel()
            assert all(
                isinstance(each, BaseException)
                for each in await asyncio.gather(*asked, return_exceptions=True)
            )
        await until(lambda: children(nursery_of(shop.nursery)) == [])

    with shop.pool() as pool:
        before = descriptors(), of_nursery()
        shop.run(end_some())
        assert (descriptors(), of_nursery()) == before
        assert shop.nursery._children == {}


def test_the_nursery_is_started_again_when_it_ends(shop: Workshop) -> None:
    """What it had forked ends with it; who waited for that gets an error, and who comes later an answer."""

    async def work() -> None:
        renewed: list[bool] = []
        shop.nursery.renewed = lambda: renewed.append(shop.nursery.usable)
        before, identity, open_before = nursery_of(shop.nursery), shop.nursery.identity, descriptors()
        running = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(4)]
        await until(lambda: pool.busy == 4)
        waiting = [asyncio.create_task(ask(pool, "ASK {}")) for _ in range(8)]
        await until(lambda: pool.waiting == 8)
        evaluators = busy(pool)
        kill(before)
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        assert [type(each) for each in outcomes] == [BusyError] * 4
        assert not shop.nursery.usable
        assert all(b"true" in each for each in await asyncio.gather(*waiting)), "they had not begun"
        await until(lambda: not any(map(lives, evaluators)))
        assert nursery_of(shop.nursery) != before
        assert (shop.nursery.identity, shop.nursery.usable, renewed) == (identity, True, [True])
        pool.renew("nothing")
        await until(lambda: shop.nursery._children == {})
        assert descriptors() == open_before

    with shop.pool() as pool:
        shop.run(work())


def test_a_nursery_that_ends_again_and_again(shop: Workshop) -> None:
    """Under load, and in every phase of its life: each request gets an answer or an error, and none hangs."""

    async def load() -> None:
        while not over.is_set():
            try:
                assert b"true" in await asyncio.wait_for(ask(pool, "ASK {}"), 60)
                outcomes.append("answer")
            except BusyError:
                outcomes.append("error")
                await asyncio.sleep(0.001)

    async def work() -> None:
        requests = [asyncio.create_task(load()) for _ in range(8)]
        for pause in (0.0, 0.05, 0.2, 0.5, 1.0):
            seen = len(outcomes)
            await until(lambda: shop.nursery.usable, pause=0)
            kill(nursery_of(shop.nursery))
            await asyncio.sleep(pause)
            await until(lambda: outcomes[seen:].count("answer") > 20)  # noqa: B023
        over.set()
        await asyncio.gather(*requests)
        assert (pool.busy, pool.waiting, pool._room) == (0, 0, 4)

    outcomes: list[str] = []
    over = asyncio.Event()
    with shop.pool() as pool:
        shop.run(work())


def test_a_signal_that_is_for_the_whole_group_does_not_end_the_nursery(shop: Workshop) -> None:
    """Ctrl-C, or what stops a service: the web process gets it too, and ends the others in order."""

    async def work() -> None:
        before = nursery_of(shop.nursery)
        await ask(pool, "ASK {}")
        (idle,) = pool._idle
        for each in (signal.SIGINT, signal.SIGTERM):
            os.kill(before, each)
            os.kill(idle.pid, each)
        await asyncio.sleep(0.1)
        assert b"true" in await ask(pool, "ASK {}")
        assert (nursery_of(shop.nursery), [each.pid for each in pool._idle]) == (before, [idle.pid])

    with shop.pool() as pool:
        shop.run(work())


PARENT = """
import asyncio, sys, time
from pathlib import Path
from tests.working import ENDLESS, ask, busy, children, nursery_of, until, workshop

with workshop(Path(sys.argv[1]), workers=3) as shop, shop.pool() as pool:
    async def work():
        await ask(pool, "ASK {}")
        endless = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(2)]
        await until(lambda: pool.busy == 2)
        print(nursery_of(shop.nursery), *children(nursery_of(shop.nursery)), flush=True)
        time.sleep(60)
    shop.run(work())
"""


@pytest.mark.parametrize("stopped", [False, True], ids=["", "while it is stopped"])
def test_all_ends_when_the_web_process_is_killed(tmp_path: Path, stopped: bool) -> None:
    """However busy the evaluators are."""
    (tmp_path / "data.nq").write_text(DATA)
    command = [sys.executable, "-c", PARENT, str(tmp_path / "data.nq")]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 3
        assert all(map(lives, pids))
        if stopped:
            parent.send_signal(signal.SIGSTOP)
        parent.kill()
        parent.wait()
    end = time.monotonic() + 15
    while any(map(lives, pids)):
        assert time.monotonic() < end, "they outlive it"
        time.sleep(0.05)
