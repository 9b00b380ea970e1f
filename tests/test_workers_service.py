"""A store that is written to: queries see each write, one moment at a time, and writes follow each other."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from qwen_kg.errors import (
    BusyError,
    ForbiddenError,
    InputError,
    LimitError,
    MemoryLimitError,
    NotConformingError,
    NotFoundError,
    QuerySyntaxError,
    QwenKgError,
    TimeLimitError,
)
from qwen_kg.workers.service import Service

from .working import DATA, ENDLESS, Desk, children, desk, nursery_of, until, value, workshop

DOUBLED = "BIND('aaaaaaaaaaaaaaaa' AS ?x0)" + "".join(
    f" BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(40)
)
NEVER = f"INSERT {{ <x:a> <x:p> ?n }} WHERE {{ {{ {ENDLESS} }} }}"


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "store", timeout=20, waiting=40) as opened:
        yield opened


def test_a_write_is_acknowledged_when_queries_see_it(open_desk: Desk) -> None:
    async def work() -> None:
        told: list[str] = []
        open_desk.service.changed = lambda: told.append(open_desk.service.identity)
        for number in range(1, 31):
            await open_desk.update(f"INSERT DATA {{ <x:s> <x:p> {number} }}")
            assert await open_desk.count() == number
        assert len(set(told)) == len(told) == 30, (
            "it is told of each change, which has an identity of its own"
        )

    open_desk.run(work())


def test_each_operation_through_the_service(open_desk: Desk) -> None:
    """Put, read and delete a graph; all graphs; an update; and what is wrong with them."""

    async def work() -> None:
        service = open_desk.service
        assert await open_desk.put("x:g", b"<x:a> <x:p> <x:b> .") is True
        assert await open_desk.put("x:g", b"<x:a> <x:p> <x:c> .") is False
        read = {"do": "read", "graph": "x:g", "whole": False, "accept": "application/n-triples"}
        assert (await service.pool.ask(read, b"")).body == b"<x:a> <x:p> <x:c> .\n"
        whole = {**read, "whole": True, "accept": "application/n-quads"}
        assert (await service.pool.ask(whole, b"")).body == b"<x:a> <x:p> <x:c> <x:g> .\n"
        delete = {"do": "delete", "graph": "x:g", "base": "x:"}
        await service.write(delete, b"")
        assert await open_desk.count() == 0
        for asked, kind in (
            (service.write(delete, b""), NotFoundError),
            (service.pool.ask(read, b""), NotFoundError),
            (open_desk.update("INSERT DATA {"), QuerySyntaxError),
            (open_desk.update("LOAD <http://127.0.0.1:1/>"), ForbiddenError),
            (open_desk.put("no IRI", b""), InputError),
            (open_desk.put("x:g", b"nothing"), InputError),
        ):
            with pytest.raises(kind):
                await asked

    open_desk.run(work())


def test_a_query_sees_one_moment(open_desk: Desk) -> None:
    """One that began before a write ends with what was there, though the write is done before it."""

    async def work() -> None:
        await open_desk.put("x:g", "".join(f"<x:{n}> <x:p> <x:o> .\n" for n in range(1500)).encode())
        before = open_desk.snapshots
        product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(STR(?a)) > 0) }"
        running = asyncio.create_task(value(open_desk.service.pool, product))
        await until(lambda: open_desk.service.pool.busy == 1, pause=0)
        await open_desk.update("INSERT DATA { <x:new> <x:p> <x:o> }")
        assert not running.done()
        assert await open_desk.count() == 1501
        assert before < open_desk.snapshots, "it is still read"
        assert await running == str(1500 * 1500)
        await open_desk.update("INSERT DATA { <x:newer> <x:p> <x:o> }")
        assert len(open_desk.snapshots) == 1
        assert not before & open_desk.snapshots

    open_desk.run(work())


def test_writes_follow_each_other(open_desk: Desk) -> None:
    """Each sees what those before it wrote, and they come in their order."""

    async def work() -> None:
        text = (
            "DELETE {{ <x:last> <x:is> ?n }} INSERT {{ <x:last> <x:is> {0} . <x:s{0}> <x:after> ?n }} "
            "WHERE {{ OPTIONAL {{ <x:last> <x:is> ?n }} }}"
        )
        await asyncio.gather(*(open_desk.update(text.format(number)) for number in range(20)))
        for number in range(1, 20):
            found = await value(open_desk.service.pool, f"SELECT ?n {{ <x:s{number}> <x:after> ?n }}")
            assert int(found) == number - 1

    open_desk.run(work())


def test_what_takes_too_long_leaves_nothing(open_desk: Desk) -> None:
    async def work() -> None:
        await open_desk.update("INSERT DATA { <x:s> <x:p> 1 }")
        with pytest.raises(TimeLimitError) as caught:
            await open_desk.update(f"INSERT DATA {{ <x:s> <x:p> 2 }} ; {NEVER}", timeout=0.3)
        assert caught.value.allowed == 0.3
        assert await open_desk.count() == 1
        await open_desk.update("INSERT DATA { <x:s> <x:p> 3 }")
        assert await open_desk.count() == 2

    open_desk.run(work())


def test_of_what_is_said_to_have_been_ended_nothing_is_kept(open_desk: Desk) -> None:
    """Whenever the time is over: while it is read, carried out, or about to be kept."""

    async def work() -> None:
        loop = asyncio.get_running_loop()
        sent = "".join(f'<x:{n}> <x:p> "{n}" .\n' for n in range(4000)).encode()
        started = loop.time()
        await open_desk.put("x:first", sent)
        took, outcomes = loop.time() - started, set()
        for number in range(12):
            graph = f"x:g{number}"
            try:
                await open_desk.put(graph, sent, timeout=took * number / 12 + 0.005)
                kept = 4000
            except TimeLimitError:
                kept = 0
            assert await open_desk.count(f"GRAPH <{graph}> {{ ?s ?p ?o }}") == kept
            outcomes.add(kept)
        assert 0 in outcomes

    open_desk.run(work())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"INSERT {{ <x:a> <x:p> ?x40 }} WHERE {{ {DOUBLED} }}", MemoryLimitError),
        ("INSERT DATA {} ; INSERT {} WHERE " + "{" * 300_000 + "}" * 300_000, LimitError),
    ],
    ids=["memory", "depth"],
)
def test_an_update_has_the_limits_of_a_query(tmp_path: Path, text: str, kind: type[QwenKgError]) -> None:
    """And what was done before it came to its limit is not kept."""
    with desk(tmp_path / "store", memory=200 * 1024**2, nesting=10**9, timeout=30) as opened:

        async def work() -> None:
            await opened.update("INSERT DATA { <x:s> <x:p> 1 }")
            with pytest.raises(kind) as caught:
                await opened.update(f"INSERT DATA {{ <x:s> <x:p> 2 }} ; {text}")
            assert type(caught.value) is kind
            assert await opened.count() == 1
            await opened.update("INSERT DATA { <x:s> <x:p> 3 }")
            assert await opened.count() == 2

        opened.run(work())


def test_a_client_that_goes_away_while_its_write_is_carried_out(open_desk: Desk) -> None:
    """What has begun is done; what waits is not begun; and those behind have their turn."""

    async def work() -> None:
        sent = "".join(f"<x:{n}> <x:p> <x:o> .\n" for n in range(5000)).encode()
        begun = asyncio.create_task(open_desk.put("x:begun", sent))
        await until(open_desk.service._turn.locked, pause=0)
        waiting = asyncio.create_task(open_desk.put("x:waiting", sent))
        last = asyncio.create_task(open_desk.update("INSERT DATA { GRAPH <x:last> { <x:s> <x:p> 1 } }"))
        await until(lambda: open_desk.service._queued == 2, pause=0)
        waiting.cancel()
        begun.cancel()
        for each in (waiting, begun):
            with pytest.raises(asyncio.CancelledError):
                await each
        await last
        for graph, wanted in (("begun", 5000), ("waiting", 0), ("last", 1)):
            assert await open_desk.count(f"GRAPH <x:{graph}> {{ ?s ?p ?o }}") == wanted
        assert (open_desk.service._queued, open_desk.service._turn.locked()) == (0, False)

    open_desk.run(work())


def test_too_many_writes_are_refused_at_once(tmp_path: Path) -> None:
    with desk(tmp_path / "store", waiting=2, timeout=2) as opened:

        async def work() -> None:
            running = asyncio.create_task(opened.update(NEVER, timeout=0.8))
            await until(opened.service._turn.locked, pause=0)
            waiting = [asyncio.create_task(opened.update("INSERT DATA { <x:a> <x:b> 1 }")) for _ in range(2)]
            await until(lambda: opened.service._queued == 2, pause=0)
            with pytest.raises(BusyError):
                await opened.update("INSERT DATA { <x:a> <x:b> 2 }")
            assert not running.done()
            with pytest.raises(TimeLimitError):
                await running
            await asyncio.gather(*waiting)
            assert await opened.count() == 1

        opened.run(work())


def test_a_write_waits_no_longer_than_it_might_have_taken(tmp_path: Path) -> None:
    with desk(tmp_path / "store", timeout=0.6) as opened:

        async def work() -> None:
            writes = [asyncio.create_task(opened.update(NEVER, timeout=each)) for each in (0.3, 0.6, 0.6)]
            outcomes = await asyncio.gather(*writes, return_exceptions=True)
            assert [type(each) for each in outcomes] == [TimeLimitError, TimeLimitError, BusyError]
            await opened.update("INSERT DATA { <x:a> <x:b> 1 }")
            assert await opened.count() == 1

        opened.run(work())


def test_a_full_disk_ends_a_write_and_not_the_service(open_desk: Desk) -> None:
    """The engine then takes nothing more in that process, so another one takes its place."""

    async def work() -> None:
        await open_desk.update("INSERT DATA { <x:s> <x:p> 1 }")
        hard = resource.prlimit(open_desk.writer, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(open_desk.writer, resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(QwenKgError) as caught:
            await open_desk.put("x:g", b"".join(b"<x:%d> <x:p> <x:o> .\n" % n for n in range(5000)))
        assert caught.value.status == 500
        assert await open_desk.count() == 1
        await open_desk.update("INSERT DATA { <x:s> <x:p> 2 }")
        assert await open_desk.count() == 2

    open_desk.run(work())


def test_shapes_refuse_what_would_break_them(tmp_path: Path) -> None:
    """With the report; the writer goes on, and whoever comes next in that moment is served."""
    wrong = "INSERT DATA { <x:kept> <x:p> 1 . <x:b> a <https://w3id.org/qwen-kg/ns#Benchmark> }"
    with desk(tmp_path / "store", shapes=True, timeout=60) as opened:

        async def work() -> None:
            await opened.update("INSERT DATA { <x:s> <x:p> 1 }")
            writer = opened.writer
            refused, next_one = await asyncio.gather(
                opened.update(wrong), opened.update("INSERT DATA { <x:s> <x:p> 2 }"), return_exceptions=True
            )
            assert isinstance(refused, NotConformingError)
            assert "sh:ValidationReport" in str(refused.report)
            assert next_one is None
            assert await opened.count() == 2
            assert opened.writer == writer

        opened.run(work())


def test_a_store_that_is_only_read_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "data.nq").write_text(DATA)
    with workshop(tmp_path / "data.nq") as shop:

        async def work() -> None:
            service = Service(shop.nursery, shop.limits)
            with pytest.raises(ForbiddenError):
                await service.write({"do": "update"}, b"DROP ALL")
            assert await value(service.pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "500"
            service.pool.renew("nothing")

        shop.run(work())


def test_nothing_stays_when_it_stops(tmp_path: Path) -> None:
    """But the store, which has all that was written."""
    with desk(tmp_path / "store") as opened:
        opened.run(opened.update("INSERT DATA { <x:s> <x:p> 1 }"))
        nursery = nursery_of(opened.nursery)
        pids = children(nursery)
        assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in (nursery, *pids))
    assert list((tmp_path / "store" / "snapshots").iterdir()) == []
    assert len(ox.Store(str(tmp_path / "store"))) == 1
