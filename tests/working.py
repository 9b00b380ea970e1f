"""Pools and nurseries for tests, with the real processes behind them, and a look at these from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from qwen_kg.limits import Limits
from qwen_kg.workers.evaluators import Nursery
from qwen_kg.workers.pool import Pool
from qwen_kg.workers.service import Service

T = TypeVar("T")

THIRTY = " ".join(map(str, range(30)))
#: So many rows that they do not end within the time of a test, whatever the data are.
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'VALUES ?v{i} {{ {THIRTY} }}' for i in range(9))} }}"
DATA = "".join(
    f'<x:s{number}> <x:p{number % 7}> "{number % 13}" <x:g{number % 3}> .\n' for number in range(500)
)


def query(accept: str | None = None) -> dict[str, Any]:
    """The head of the message that asks for the evaluation of a query."""
    return {"do": "query", "accept": accept, "default_graphs": [], "named_graphs": [], "base": None}


async def ask(pool: Pool, text: str, **more: Any) -> bytes:
    """Have a query answered, in JSON."""
    return (await pool.ask(query(), text.encode(), **more)).body


async def value(pool: Pool, text: str) -> str:
    """Give the one value that a query has for an answer."""
    (row,) = json.loads(await ask(pool, text))["results"]["bindings"]
    return str(next(iter(row.values()))["value"])


async def until(holds: Callable[[], bool], seconds: float = 30, pause: float = 0.01) -> None:
    """Wait until something holds that other processes have to do; that it does in the end is the test.

    Without a pause nothing is missed that holds for a moment only.
    """
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        await asyncio.sleep(pause)


@dataclass
class Workshop:
    """A nursery that has started, in an event loop that runs when it is told to."""

    runner: asyncio.Runner
    nursery: Nursery
    limits: Limits

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @contextlib.contextmanager
    def pool(self, **changed: Any) -> Iterator[Pool]:
        """Give a pool of its own, with some limits changed."""
        pool = Pool(self.nursery, replace(self.limits, **changed))
        try:
            yield pool
        finally:
            self.run(self._close(pool))

    async def _close(self, pool: Pool) -> None:
        pool.renew("nothing")
        await until(lambda: children(nursery_of(self.nursery)) == [])


@contextlib.contextmanager
def workshop(data: Path, **limits: Any) -> Iterator[Workshop]:
    """Start a nursery over a file."""
    chosen = Limits(**limits)
    arguments = {"location": str(data), "root": None}
    with asyncio.Runner() as runner:
        nursery = Nursery("qwen_kg.workers.preparation:prepare", arguments, chosen)

        async def close() -> None:
            nursery.close()

        try:
            runner.run(nursery.start())
            yield Workshop(runner, nursery, chosen)
        finally:
            runner.run(close())


def nursery_of(nursery: Nursery) -> int:
    """The process id of a nursery."""
    assert nursery._process is not None
    return nursery._process.pid


def children(pid: int) -> list[int]:
    """The children of a process that are there, also those that have ended and were not waited for."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def lives(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/proc/self/fd"))


def busy(pool: Pool) -> list[int]:
    """The processes that evaluate for a pool at the moment."""
    return [evaluator.pid for evaluator in pool._busy]


@dataclass
class Desk:
    """A service that has started over a store that may be written to."""

    runner: asyncio.Runner
    nursery: Nursery
    service: Service
    directory: Path

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @property
    def writer(self) -> int:
        """The process that writes."""
        assert self.service._writer is not None
        assert self.service._writer._evaluator is not None
        return self.service._writer._evaluator.pid

    @property
    def snapshots(self) -> set[str]:
        return {each.name for each in (self.directory / "snapshots").iterdir()}

    async def update(self, text: str, timeout: float | None = None) -> None:
        head = {"do": "update", "base": "http://example.org/", "using": [], "using_named": []}
        await self.service.write(head, text.encode(), timeout)

    async def put(self, graph: str, triples: bytes, timeout: float | None = None) -> bool:
        """Replace a graph by N-Triples, and say whether it is new."""
        head = {
            **{"do": "write", "graph": graph, "whole": False, "base": graph, "replace": True},
            "parts": [["application/n-triples", len(triples)]],
        }
        return bool((await self.service.write(head, triples, timeout))["new"])

    async def count(self, pattern: str = "?s ?p ?o") -> int:
        return int(await value(self.service.pool, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"))


@contextlib.contextmanager
def desk(directory: Path, shapes: bool = False, **limits: Any) -> Iterator[Desk]:
    """Start a service over a directory that holds a store, or will."""
    arguments = {"location": str(directory), "shapes": shapes}
    chosen = Limits(**limits)
    with asyncio.Runner() as runner:
        nursery = Nursery("qwen_kg.workers.preparation:prepare_writable", arguments, chosen)

        async def make() -> Service:
            return Service(nursery, chosen, directory)

        async def stop() -> None:
            service.stop()

        service = runner.run(make())
        try:
            runner.run(service.start())
            yield Desk(runner, nursery, service, directory)
        finally:
            runner.run(stop())
