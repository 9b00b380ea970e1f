"""Who waits for the pool: in order, not too many, not too long, and none whose turn is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from qwen_kg.errors import BusyError, TimeLimitError

from .working import DATA, ENDLESS, Workshop, ask, until, workshop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    path = tmp_path_factory.mktemp("turns") / "data.nq"
    path.write_text(DATA)
    with workshop(path, timeout=20, workers=2, waiting=50) as started:
        yield started


def test_too_many_requests_are_refused_at_once(shop: Workshop) -> None:
    """While those before them still wait; and whoever may evaluate does not count as one that waits."""

    async def work() -> None:
        running = asyncio.create_task(ask(pool, ENDLESS))
        await until(lambda: pool.busy == 1)
        waiting = [asyncio.create_task(ask(pool, "ASK {}")) for _ in range(2)]
        await until(lambda: pool.waiting == 2)
        with pytest.raises(BusyError) as caught:
            await ask(pool, "ASK {}")
        assert caught.value.retry_after >= 1
        assert (pool.busy, pool.waiting) == (1, 2)
        running.cancel()
        assert len(await asyncio.gather(*waiting)) == 2
        with pytest.raises(asyncio.CancelledError):
            await running

    with shop.pool(workers=1, waiting=2) as pool:
        shop.run(work())


def test_where_nobody_may_wait_there_is_still_work(shop: Workshop) -> None:
    async def work() -> None:
        assert b"true" in await ask(pool, "ASK {}")
        running = asyncio.create_task(ask(pool, ENDLESS, timeout=1))
        await until(lambda: pool.busy == 1)
        with pytest.raises(BusyError):
            await ask(pool, "ASK {}")
        with pytest.raises(TimeLimitError):
            await running

    with shop.pool(workers=1, waiting=0) as pool:
        shop.run(work())


def test_one_waits_no_longer_than_it_might_have_taken(shop: Workshop) -> None:
    async def work() -> None:
        endless = [asyncio.create_task(ask(pool, ENDLESS, timeout=each)) for each in (0.3, 0.6, 0.6, 0.6)]
        outcomes = await asyncio.gather(*endless, return_exceptions=True)
        assert [type(each) for each in outcomes[:2]] == [TimeLimitError, TimeLimitError]
        assert [type(each) for each in outcomes[2:]] == [BusyError, BusyError]
        assert b"true" in await ask(pool, "ASK {}")
        assert (pool.busy, pool.waiting) == (0, 0)

    with shop.pool(workers=1, timeout=0.6) as pool:
        shop.run(work())


def test_those_that_wait_are_served_in_their_order(shop: Workshop) -> None:
    """Nobody who comes later gets before them, however often somebody does."""
    order: list[int] = []

    async def one(number: int) -> None:
        await ask(pool, "ASK {}")
        order.append(number)
        if number < 10:
            later.append(asyncio.create_task(one(number + 100)))  # comes in the moment in which there is room

    async def work() -> None:
        running = asyncio.create_task(ask(pool, ENDLESS))
        await until(lambda: pool.busy == 1)
        first = [asyncio.create_task(one(number)) for number in range(10)]
        await until(lambda: pool.waiting == 10)
        running.cancel()
        await asyncio.gather(*first)
        await asyncio.gather(*later)
        assert order == [*range(10), *range(100, 110)]

    later: list[asyncio.Task[None]] = []
    with shop.pool(workers=1) as pool:
        shop.run(work())


def test_a_request_that_is_cancelled_in_the_moment_of_its_turn_hands_the_turn_on(shop: Workshop) -> None:
    async def work() -> None:
        running = asyncio.create_task(ask(pool, ENDLESS))
        await until(lambda: pool.busy == 1)
        unlucky = asyncio.create_task(ask(pool, "ASK {}"))
        last = asyncio.create_task(ask(pool, "ASK {}"))
        await until(lambda: pool.waiting == 2)
        turn = pool._waiting[0].turn
        assert turn is not None
        hand_on = pool._leave

        def leave(work: Any) -> None:
            hand_on(work)
            if not unlucky.done() and turn.done():
                assert not turn.cancelled()
                unlucky.cancel()  # it has its turn, and has not got to know

        pool._leave = leave  # type: ignore[method-assign]
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await unlucky
        assert b"true" in await last
        assert (pool.busy, pool.waiting, pool._room) == (0, 0, 1)

    with shop.pool(workers=1) as pool:
        shop.run(work())


def test_a_request_that_is_cancelled_while_it_waits_is_forgotten(shop: Workshop) -> None:
    async def work() -> None:
        running = asyncio.create_task(ask(pool, ENDLESS))
        await until(lambda: pool.busy == 1)
        waiting = [asyncio.create_task(ask(pool, "ASK {}")) for _ in range(3)]
        await until(lambda: pool.waiting == 3)
        waiting[1].cancel()
        await until(lambda: pool.waiting == 2)
        waiting[0].cancel()
        running.cancel()  # in the same moment, so that the turn might go to the one that is cancelled
        assert b"true" in await waiting[2]
        assert pool._room == 1

    with shop.pool(workers=1) as pool:
        shop.run(work())


def test_whoever_has_to_wait_is_watched_from_then_on(shop: Workshop) -> None:
    """So that a client that goes away frees its place among those that wait."""

    async def work() -> None:
        called: list[str] = []
        running = asyncio.create_task(ask(pool, ENDLESS, timeout=0.7, watch=lambda: called.append("first")))
        await until(lambda: pool.busy == 1)
        waiting = asyncio.create_task(ask(pool, ENDLESS, timeout=0.7, watch=lambda: called.append("second")))
        await until(lambda: pool.waiting == 1)
        await until(lambda: bool(called))
        assert called == ["second"]
        for each in (running, waiting):
            with pytest.raises(TimeLimitError):
                await each
        assert sorted(called) == ["first", "second"]

    with shop.pool(workers=1) as pool:
        shop.run(work())
