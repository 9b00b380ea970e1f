"""The nursery starts, or says why it does not; it loses no order, and forks as soon as it can."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qwen_kg.errors import BusyError, DataError, InputError, QwenKgError, TimeLimitError
from qwen_kg.limits import Limits
from qwen_kg.workers.evaluators import Nursery
from qwen_kg.workers.pool import Pool

from .working import DATA, ENDLESS, Workshop, ask, children, descriptors, nursery_of, query, until, workshop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    path = tmp_path_factory.mktemp("nursery") / "data.nq"
    path.write_text(DATA)
    with workshop(path, timeout=20, workers=4) as started:
        yield started


def prepared(what: str, **arguments: Any) -> Nursery:
    return Nursery(what, arguments, Limits())


@pytest.mark.parametrize(
    ("content", "kind"), [(None, InputError), ("<x:a> <x:b> oops .\n", DataError)], ids=["nothing", "faults"]
)
def test_data_that_cannot_be_opened_end_in_the_error_that_says_why(
    tmp_path: Path, content: str | None, kind: type[QwenKgError]
) -> None:
    """It is not tried again, and nothing stays of it."""
    path = tmp_path / "data.nq"
    if content is not None:
        path.write_text(content)
    nursery = prepared("qwen_kg.workers.preparation:prepare", location=str(path), root=None)

    async def work() -> None:
        before = descriptors()
        with pytest.raises(kind, match=r"data\.nq") as caught:
            await nursery.start()
        assert type(caught.value) is kind
        assert not nursery.usable
        with pytest.raises(BusyError):
            await nursery.fork(None)
        nursery.close()
        assert descriptors() == before

    asyncio.run(work())


@pytest.mark.parametrize(
    ("what", "arguments"),
    [("os:_exit", {"status": 3}), ("os:kill", {}), ("json:loads", {"s": "no JSON"}), ("no.such:thing", {})],
)
def test_a_process_that_ends_before_it_is_ready_is_not_started_for_ever(
    what: str, arguments: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    nursery = prepared(what, **arguments)

    async def work() -> None:
        with pytest.raises(QwenKgError, match="ended before"):
            await asyncio.wait_for(nursery.start(), 30)
        ended = nursery_of(nursery)
        await asyncio.sleep(0.1)
        assert nursery_of(nursery) == ended
        assert not nursery.usable
        nursery.close()

    asyncio.run(work())
    assert (what == "os:_exit") or "Traceback" in capfd.readouterr().err


def test_data_that_are_gone_for_a_while(tmp_path: Path) -> None:
    """A nursery that cannot be started again is tried until it can; meanwhile requests are told to come back."""
    path = tmp_path / "data.nq"
    path.write_text(DATA)
    with workshop(path, timeout=0.5) as shop, shop.pool() as pool:

        async def work() -> None:
            path.rename(tmp_path / "elsewhere")
            os.kill(nursery_of(shop.nursery), signal.SIGKILL)
            await until(lambda: not shop.nursery.usable)
            for _ in range(3):
                with pytest.raises(BusyError):
                    await ask(pool, "ASK {}")
            assert not shop.nursery.usable
            identity = shop.nursery.identity
            path.write_text(DATA + "<x:new> <x:new> <x:new> .\n")
            await until(lambda: shop.nursery.usable)
            assert b"true" in await ask(pool, "ASK { <x:new> <x:new> <x:new> }")
            assert shop.nursery.identity != identity, "the data are others"

        shop.run(work())


def test_no_order_is_lost_while_the_nursery_does_not_read(shop: Workshop) -> None:
    """More orders than the socket between them holds; each fork is then given to whoever asked for it."""

    async def work() -> None:
        os.kill(nursery_of(shop.nursery), signal.SIGSTOP)
        for _ in range(20_000):
            shop.nursery._tell({"kill": 0})
        forks = [asyncio.create_task(shop.nursery.fork(f"place {number}")) for number in range(10)]
        await asyncio.sleep(0.05)
        for each in forks[::3]:
            each.cancel()
        os.kill(nursery_of(shop.nursery), signal.SIGCONT)
        for number, each in enumerate(forks):
            if number % 3:
                evaluator = await asyncio.wait_for(each, 30)
                assert evaluator.place == f"place {number}"
                found = await evaluator.ask({**query(), "timeout": 5}, b"ASK {}")
                assert b"true" in found.body
                evaluator.close()
        await until(lambda: children(nursery_of(shop.nursery)) == [])

    shop.run(work())


def test_a_time_limit_that_comes_while_the_nursery_does_not_read(shop: Workshop) -> None:
    """The order to end an evaluator is given once, and carried out in the end."""

    async def work() -> None:
        endless = asyncio.create_task(ask(pool, ENDLESS, timeout=0.3))
        await until(lambda: pool.busy == 1)
        os.kill(nursery_of(shop.nursery), signal.SIGSTOP)
        await asyncio.sleep(0.6)
        assert not endless.done()
        os.kill(nursery_of(shop.nursery), signal.SIGCONT)
        with pytest.raises(TimeLimitError):
            await endless

    with shop.pool() as pool:
        shop.run(work())


def test_a_nursery_that_can_open_no_more_files(shop: Workshop) -> None:
    """Who wants a process is told to come back; those that are there go on, and later there are more."""

    async def work() -> None:
        pid = nursery_of(shop.nursery)
        endless = asyncio.create_task(ask(pool, ENDLESS))
        await until(lambda: pool.busy == 1)
        allowed = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), allowed[1]))
        for _ in range(3):
            with pytest.raises(BusyError, match="no process"):
                await ask(pool, "ASK {}")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, allowed)
        assert b"true" in await ask(pool, "ASK {}")
        assert not endless.done()
        assert nursery_of(shop.nursery) == pid
        endless.cancel()

    with shop.pool() as pool:
        shop.run(work())


def test_a_web_process_that_can_open_no_more_files(shop: Workshop) -> None:
    """The socket of a new process cannot be received then; later ones can, each by whom it is for."""

    async def work() -> None:
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
        os.close(next_one := os.dup(0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_one, allowed[1]))
        try:
            with pytest.raises(BusyError, match="no process"):
                await ask(pool, "ASK {}")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
        await until(lambda: children(nursery_of(shop.nursery)) == [])
        assert b"true" in await ask(pool, "ASK {}")

    with shop.pool() as pool:
        shop.run(work())


def test_whoever_waits_when_all_is_closed_gets_an_error(tmp_path: Path) -> None:
    """Those whose evaluation runs, those that wait for a process, and those that come too late."""

    async def work() -> None:
        pool, nursery, pid = Pool(shop.nursery, shop.limits), shop.nursery, nursery_of(shop.nursery)
        waiting = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(3)]
        await until(lambda: (pool.busy, pool.waiting) == (2, 1))
        waiting.append(asyncio.create_task(ask(Pool(nursery, shop.limits), "ASK {}")))
        await until(lambda: len(nursery._births) == 1, pause=0)
        nursery.close()
        nursery.close()
        for each in (*waiting, ask(pool, "ASK {}")):
            with pytest.raises(BusyError):
                await asyncio.wait_for(each, 10)
        assert not Path(f"/proc/{pid}").exists()

    (tmp_path / "data.nq").write_text(DATA)
    with workshop(tmp_path / "data.nq", workers=2, timeout=30) as shop:
        shop.run(work())


def test_closing_while_it_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "data.nq").write_text(DATA)
    with workshop(tmp_path / "data.nq") as shop:

        async def work() -> None:
            os.kill(nursery_of(shop.nursery), signal.SIGKILL)
            await until(lambda: not shop.nursery.usable, pause=0)
            forking = asyncio.create_task(shop.nursery.fork(None))
            await asyncio.sleep(0)
            shop.nursery.close()
            with pytest.raises(BusyError):
                await asyncio.wait_for(forking, 10)

        shop.run(work())
