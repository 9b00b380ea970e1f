"""kill -9 of whoever writes: each write is there whole or not at all, and none that was acknowledged is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from qwen_kg.errors import BusyError, InputError, TimeLimitError
from qwen_kg.limits import Limits
from qwen_kg.workers.writer import Writer

from .serving import CLEAN
from .working import Desk, children, desk, lives, nursery_of, until, value

EACH = 500  # triples of a write
SENT = "".join(f'<x:{number}> <x:p> "{number}" .\n' for number in range(EACH)).encode()


async def found(opened: Desk) -> dict[str, int]:
    """How many triples queries see in which graph."""
    pattern = "SELECT (GROUP_CONCAT(?gn) AS ?all) { SELECT (CONCAT(STR(?g), '=', STR(COUNT(*))) AS ?gn) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g }"
    pairs = (pair.split("=") for pair in (await value(opened.service.pool, pattern)).split())
    return {graph: int(count) for graph, count in pairs}


def test_a_writer_that_is_killed_at_any_moment(tmp_path: Path) -> None:
    """Whoever waited is told, and only of what was being kept it is not known whether it was."""
    chance, outcomes = random.Random(1), dict[str, str]()
    with desk(tmp_path / "store", timeout=30) as opened:

        async def work() -> None:
            for number in range(25):
                graph = f"x:g{number}"
                writing = asyncio.create_task(opened.put(graph, SENT))
                await asyncio.sleep(chance.random() * 0.06)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(opened.writer, signal.SIGKILL)
                try:
                    await writing
                    outcomes[graph] = "kept"
                except BusyError as error:
                    outcomes[graph] = "unknown" if "a query shows" in str(error) else "not kept"
            seen = await found(opened)
            assert set(seen.values()) <= {EACH}
            for graph, outcome in outcomes.items():
                assert outcome == "unknown" or (graph in seen) == (outcome == "kept"), (graph, outcome)

        opened.run(work())
        shown = opened.run(found(opened))
    kept = {quad.graph_name.value for quad in ox.Store(str(tmp_path / "store"))}
    assert kept == set(shown), "what queries saw is what is there"


def test_a_writer_that_is_killed_while_a_change_is_kept(tmp_path: Path) -> None:
    """In the moment in which it has the word to keep it: both may be, and queries see what is."""
    with desk(tmp_path / "store", timeout=30) as opened:

        async def work() -> None:
            for number in range(6):
                evaluator = await opened.service._writer._opened()  # type: ignore[union-attr]
                ask = evaluator.ask

                async def asking(head: Mapping[str, Any], body: bytes) -> Any:
                    if "do" in head:
                        return await ask(head, body)  # noqa: B023
                    answer = asyncio.create_task(ask(head, body))  # noqa: B023
                    await asyncio.sleep(0)
                    os.kill(evaluator.pid, signal.SIGKILL)  # noqa: B023
                    return await answer

                evaluator.ask = asking  # type: ignore[method-assign]
                with contextlib.suppress(BusyError):
                    await opened.put(f"x:g{number}", SENT)
                seen = await opened.count(f"GRAPH <x:g{number}> {{ ?s ?p ?o }}")
                assert seen in {0, EACH}
                await opened.update(f"INSERT DATA {{ <x:after> <x:is> {number} }}")
                assert await opened.count(f"GRAPH <x:g{number}> {{ ?s ?p ?o }}") == seen, "and it stays so"

        opened.run(work())


def test_a_writer_whose_time_is_over_gets_no_word(tmp_path: Path) -> None:
    """It says that all is done, and was ended for its time in the same moment: nothing of it is kept."""
    with desk(tmp_path / "store", timeout=30) as opened:

        async def work() -> None:
            assert opened.service._writer is not None
            evaluator, nursery = await opened.service._writer._opened(), nursery_of(opened.nursery)
            ask = evaluator.ask

            async def asking(head: Mapping[str, Any], body: bytes) -> Any:
                told = await ask(head, body)
                if told.head == {"settled": True}:
                    os.kill(nursery, signal.SIGSTOP)  # so that the order to end it takes its time
                    await until(lambda: not evaluator.alive)
                    asyncio.get_running_loop().call_later(0.3, os.kill, nursery, signal.SIGCONT)
                return told

            evaluator.ask = asking  # type: ignore[method-assign]
            with pytest.raises(TimeLimitError):
                await opened.update("INSERT DATA { <x:a> <x:b> 1 }", timeout=0.3)
            await opened.update("INSERT DATA { <x:a> <x:b> 2 }")
            assert await opened.count() == 1

        opened.run(work())


def test_a_write_that_cannot_be_shown_yet(tmp_path: Path) -> None:
    """It is not acknowledged, and is there with the next one that is."""
    with desk(tmp_path / "store", timeout=30) as opened:

        async def work() -> None:
            shutil.rmtree(snapshots := tmp_path / "store" / "snapshots")
            snapshots.write_text("in the way")
            with pytest.raises(BusyError, match="shown"):
                await opened.put("x:g", SENT)
            snapshots.unlink()
            await opened.put("x:h", SENT)
            assert await found(opened) == {"x:g": EACH, "x:h": EACH}

        opened.run(work())


def test_a_nursery_that_is_killed_between_and_during_writes(tmp_path: Path) -> None:
    with desk(tmp_path / "store", timeout=30) as opened:

        async def work() -> None:
            told: list[str] = []
            opened.service.changed = lambda: told.append(opened.service.identity)
            for number in range(4):
                told.clear()
                writing = asyncio.create_task(opened.put(f"x:g{number}", SENT))
                await asyncio.sleep(0.01 * number)
                os.kill(killed := nursery_of(opened.nursery), signal.SIGKILL)
                with contextlib.suppress(BusyError):
                    await asyncio.wait_for(writing, 60)
                await until(lambda: nursery_of(opened.nursery) != killed and opened.nursery.usable)
                assert opened.service.identity in told, "it may hold other data, and so has another identity"
                assert await opened.put(f"x:g{number}", SENT) in {True, False}
                assert set((await found(opened)).values()) == {EACH}

        opened.run(work())


SERVER = """
import asyncio, sys
from pathlib import Path
from tests.working import desk

with desk(Path(sys.argv[1]), timeout=30) as opened:
    async def work():
        number = int(sys.argv[2])
        while True:
            number += 1
            await opened.update(
                f"INSERT DATA {{ <x:n{number}> <x:p> 1, 2 }} ; "
                f"INSERT DATA {{ GRAPH <x:g> {{ <x:n{number}> <x:p> 3 }} }}"
            )
            print(number, flush=True)
    opened.run(work())
"""


def test_all_processes_killed_at_once(tmp_path: Path) -> None:
    """Again and again, over one store: what was acknowledged is there when it is opened next."""
    store, last = tmp_path / "store", 0
    for updates in (1, 7, 20):
        command = [sys.executable, "-c", SERVER, str(store), str(last)]
        root = Path(__file__).parents[1]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, start_new_session=True) as server:
            assert server.stdout is not None
            for _ in range(updates):
                last = int(server.stdout.readline())
            os.killpg(server.pid, signal.SIGKILL)
            rest = server.stdout.read().split()
            last = int(rest[-1]) if rest else last
        opened = opened_when_free(store)
        groups: dict[str, int] = {}
        for quad in opened:
            groups[str(quad.subject)] = groups.get(str(quad.subject), 0) + 1
        assert set(groups.values()) == {3}, "each is whole"
        assert {f"<x:n{number}>" for number in range(1, last + 1)} <= set(groups)
        assert len(groups) <= last + len((1, 7, 20)), "at most one that was not acknowledged, each time"
        del opened
        last = max(int(subject.strip("<>").removeprefix("x:n")) for subject in groups)


def opened_when_free(path: Path) -> ox.Store:
    """Open a store that dying processes may still hold for a moment."""
    end = time.monotonic() + 15
    while True:
        try:
            return ox.Store(str(path))
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    """With a message and the exit code of bad input; and the first one goes on as if nothing had been."""
    store = tmp_path / "store"
    command = [sys.executable, "-c", "from qwen_kg.cli import main; main()", "serve", "--port", "0"]
    command += ["--writable", "--store", str(store)]
    with desk(store, timeout=30) as first:
        first.run(first.put("x:g", SENT))
        snapshots = first.snapshots
        second = subprocess.run(
            [*command, "--timeout", "1"],
            capture_output=True,
            text=True,
            env={**CLEAN, "QWEN_KG_TOKEN": "only-for-tests"},
            timeout=60,
            check=False,
        )
        assert second.returncode == 2, second.stderr
        assert "another process writes to this store" in second.stderr
        assert "Traceback" not in second.stderr
        assert first.snapshots == snapshots, "they are the first one's"
        Writer(first.nursery, Limits(), store).clear_own()  # what another one does when it stops
        assert first.snapshots == snapshots
        first.service.pool.renew(first.service.pool.places()[0])
        assert first.run(first.count()) == EACH
        first.run(first.put("x:h", SENT))
        assert first.run(first.count()) == 2 * EACH


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (left := store / "snapshots" / "left-1").mkdir(parents=True)
    with desk(store) as opened:
        assert not left.exists()
        opened.run(opened.put("x:g", SENT))
    left.mkdir()
    (left / "CURRENT").write_text("a file of a store\n")
    with desk(store) as opened:
        assert opened.run(opened.count()) == EACH
        assert not left.exists()


@pytest.mark.parametrize("there", ["a file", "other files"])
def test_what_is_no_store_is_not_written_to(tmp_path: Path, there: str) -> None:
    path = tmp_path / "store"
    if there == "a file":
        path.write_text("<x:a> <x:b> <x:c> .")
    else:
        path.mkdir()
        (path / "letter.txt").write_text("do not touch")
    with pytest.raises(InputError), desk(path):
        pass
    assert [each.name for each in path.iterdir()] == ["letter.txt"] if path.is_dir() else path.is_file()


def test_one_process_has_the_store_and_the_others_have_snapshots(tmp_path: Path) -> None:
    """By what the kernel says of their open files: readers have none of what is written to."""
    with desk(tmp_path / "store", timeout=30) as opened:
        opened.run(opened.put("x:g", SENT))
        assert opened.run(opened.count()) == EACH
        writer = opened.writer
        readers = [pid for pid in children(nursery_of(opened.nursery)) if pid != writer and lives(pid)]
        assert readers
        for pid in readers:
            files = [os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()]
            inside = [Path(each) for each in files if each.startswith(str(tmp_path / "store"))]
            assert inside
            assert all("snapshots" in each.parts for each in inside)
