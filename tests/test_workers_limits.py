"""Every limit of an evaluation ends it with an error that names it, and harms nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qwen_kg.errors import LimitError, MemoryLimitError, QwenKgError, TimeLimitError, to_wire
from qwen_kg.workers.pool import Pool

from .working import DATA, Workshop, ask, busy, children, lives, nursery_of, query, until, value, workshop

MEMORY = 96 * 1024**2
TWO = "?a ?b ?c . ?d ?e ?f"
FOUR = TWO + " . ?g ?h ?i . ?j ?k ?l"
DOUBLED = "BIND('aaaaaaaaaaaaaaaa' AS ?x0)" + "".join(
    f" BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(40)
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """So deep may a text nest here that the lexical check lets through what breaks the stack."""
    path = tmp_path_factory.mktemp("limits") / "data.nq"
    path.write_text(DATA)
    with workshop(
        path, timeout=20, workers=2, memory=MEMORY, nesting=10**9, rows=1000, result_size=100_000
    ) as started:
        yield started


async def still_works(pool: Pool) -> None:
    """The next query has its answer."""
    assert await value(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "500"


ENDLESS = {
    "sort": f"SELECT ?a {{ {TWO} }} ORDER BY SHA512(CONCAT(STR(?a), STR(?f), STR(?c))) ?d LIMIT 1",
    "count of a cross product": f"SELECT (COUNT(*) AS ?n) {{ {FOUR} }}",
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^(!<x:y>))* ?b . ?c (!<x:y>|^(!<x:y>))* ?d }",
    "distinct": f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ {FOUR} }}",
    "regular expression": f"SELECT (COUNT(*) AS ?n) {{ {FOUR} FILTER(REGEX(STR(?a), CONCAT('(.*x){{9}}', STR(?f)))) }}",
    "offset": f"SELECT * {{ {FOUR} }} OFFSET 100000000000",
    "construct": f"CONSTRUCT {{ <x:a> <x:b> <x:c> }} {{ {FOUR} FILTER(STR(?a) = STR(?l)) }}",
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_the_time_limit_ends_whatever_is_done(shop: Workshop, text: str) -> None:
    async def work() -> None:
        before = nursery_of(shop.nursery)
        asked = asyncio.create_task(ask(pool, text))
        await until(lambda: pool.busy == 1)
        (pid,) = busy(pool)
        with pytest.raises(TimeLimitError) as caught:
            await asked
        assert (caught.value.limit, caught.value.allowed) == ("timeout", 0.4)
        await until(lambda: not lives(pid))
        await still_works(pool)
        assert pool.counts["killed"] == 1
        assert nursery_of(shop.nursery) == before

    with shop.pool(timeout=0.4) as pool:
        shop.run(work())


@pytest.mark.parametrize(("asked", "allowed"), [(0.3, 0.3), (1000.0, 0.5), (None, 0.5)])
def test_a_request_may_ask_for_less_time_and_not_for_more(
    shop: Workshop, asked: float | None, allowed: float
) -> None:
    with shop.pool(timeout=0.5) as pool, pytest.raises(TimeLimitError) as caught:
        shop.run(ask(pool, ENDLESS["offset"], timeout=asked))
    assert caught.value.allowed == allowed


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {FOUR} }} ORDER BY ?c",
        f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {{ {FOUR} }} }}",
        f"SELECT (STRLEN(?x40) AS ?n) {{ {DOUBLED} }}",
    ],
    ids=["sort", "distinct", "one long string"],
)
def test_the_memory_limit_ends_what_needs_more(shop: Workshop, text: str) -> None:
    async def work() -> None:
        with pytest.raises(MemoryLimitError) as caught:
            await ask(pool, text)
        assert (caught.value.limit, caught.value.allowed) == ("max-memory", MEMORY)
        await still_works(pool)

    with shop.pool() as pool:
        shop.run(work())


def test_the_memory_limit_is_of_each_evaluation_and_not_of_all(shop: Workshop) -> None:
    """What one query took does not count against the next, also in the same process."""

    async def work() -> None:
        for _ in range(8):  # 16 MB each time
            text = f"SELECT (STRLEN(?x20) AS ?n) {{ {DOUBLED.partition(' BIND(CONCAT(?x20')[0]} }}"
            assert await value(pool, text) == str(16 * 2**20)

    with shop.pool() as pool:
        shop.run(work())


def test_a_text_that_breaks_the_stack_is_refused(shop: Workshop) -> None:
    """It breaks one evaluator, and is told as a limit; nothing else ends."""
    depth = 200_000

    async def work() -> None:
        before = nursery_of(shop.nursery)
        with pytest.raises(LimitError) as caught:
            await ask(pool, "ASK {" + "{" * depth + "}" * depth + "}")
        assert caught.value.limit == "max-nesting"
        await still_works(pool)
        assert (pool.counts["failed"], nursery_of(shop.nursery)) == (1, before)

    with shop.pool() as pool:
        shop.run(work())


def test_what_nests_as_deeply_as_people_write_is_answered(shop: Workshop) -> None:
    with shop.pool() as pool:
        text = "ASK {" + "{" * 3000 + "?s ?p ?o" + "}" * 3000 + "}"
        assert json.loads(shop.run(ask(pool, text)))["boolean"] is True


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1001", "max-rows"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "max-result-size"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "max-result-size"),
    ],
)
def test_limits_of_what_is_answered(shop: Workshop, text: str, limit: str) -> None:
    async def work() -> None:
        with pytest.raises(LimitError) as caught:
            await pool.ask(query("text/tab-separated-values, text/turtle"), text.encode())
        assert caught.value.limit == limit
        await still_works(pool)

    with shop.pool() as pool:
        shop.run(work())


def test_nesting_is_refused_before_it_is_evaluated(tmp_path: Path) -> None:
    (tmp_path / "data.nq").write_text(DATA)
    with workshop(tmp_path / "data.nq", nesting=5) as shop, shop.pool() as pool:
        assert json.loads(shop.run(ask(pool, "ASK {{{{{}}}}}")))["boolean"] is True
        with pytest.raises(LimitError, match="6 deep") as caught:
            shop.run(ask(pool, "ASK {{{{{{}}}}}}"))
        assert (caught.value.limit, caught.value.allowed) == ("max-nesting", 5)


def test_four_endless_queries_and_many_quick_ones(shop: Workshop) -> None:
    """The quick ones are all answered while the others still run."""

    async def work() -> None:
        endless = [asyncio.create_task(ask(pool, ENDLESS["offset"])) for _ in range(4)]
        await until(lambda: pool.busy == 4)
        for _ in range(50):
            await still_works(pool)
        assert not any(each.done() for each in endless)
        for each in endless:
            each.cancel()
        await until(lambda: len(children(nursery_of(shop.nursery))) <= 1)

    with shop.pool(workers=6) as pool:
        shop.run(work())


def test_a_fault_of_ours_tells_nothing_and_ends_only_one_evaluator(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is a 500 for whoever asked, and a traceback in the log."""
    faults: list[tuple[dict[str, object], bytes]] = [
        ({"do": "nothing"}, b""),
        ({"do": "query"}, b"ASK {}"),
        (query(), b"ASK { '\xff' ?p ?o }"),
    ]

    async def work(pool: Pool) -> None:
        for head, body in faults:
            with pytest.raises(QwenKgError) as caught:
                await pool.ask(head, body)
            told = {"error": "QwenKgError", "message": "an evaluator failed", "members": {}}
            assert to_wire(caught.value) == told
            assert pool._idle == [], "nobody knows in which state it is"
            await still_works(pool)

    (tmp_path / "data.nq").write_text(DATA)
    with workshop(tmp_path / "data.nq") as shop, shop.pool() as pool:
        shop.run(work(pool))
    assert capfd.readouterr().err.count("Traceback") == len(faults)
