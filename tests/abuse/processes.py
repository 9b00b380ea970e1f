"""The processes of a server, as the kernel knows them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path


def _parents() -> dict[int, int]:
    """Give the parent of every process that is no zombie."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, parent, *_ = status.read_text().rpartition(")")[2].split()
            if state != "Z":
                parents[int(status.parent.name)] = int(parent)
    return parents


def children(pid: int) -> list[int]:
    """Give the processes that a process has started, or taken over."""
    return [child for child, parent in _parents().items() if parent == pid]


def descendants(pid: int) -> list[int]:
    """Give the children of a process, and theirs, those that are nearer first."""
    parents = _parents()
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def living(pids: list[int]) -> list[int]:
    """Give those that have not ended."""
    return [pid for pid in pids if pid in _parents()]


def until(seconds: float) -> Iterator[None]:
    """Try again and again, for so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)
