"""What the operating system tells of a process and those that it started; from /proc, so on Linux only."""

from __future__ import annotations

import os
import time
from pathlib import Path

_PROC = Path("/proc")
_TICK = 1 / os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """Give the ids of a process and of all that descend from it."""
    children: dict[int, list[int]] = {}
    for process in _PROC.iterdir():
        if process.name.isdigit() and (fields := _stat(int(process.name))):
            children.setdefault(int(fields[1]), []).append(int(process.name))
    found = [root]
    for process_id in found:
        found += children.get(process_id, [])
    return found


def memory(root: int) -> int:
    """Give the bytes of memory that a tree of processes holds.

    It is the proportional set size: a page that several processes share counts in parts, once in all. Where
    the kernel does not tell it, the resident set sizes are summed, which counts shared pages several times.
    """
    return sum(_memory(process_id) for process_id in tree(root))


def settle(root: int, patience: float) -> None:
    """Wait until a tree of processes has next to nothing to do, but no longer than so many seconds."""
    end, used = time.monotonic() + patience, _used(root)
    while time.monotonic() < end:
        time.sleep(0.3)
        before, used = used, _used(root)
        if used - before < 0.03:
            return


def _used(root: int) -> float:
    """Give the seconds of processor time that the processes of a tree have used."""
    fields = [stat for process_id in tree(root) if (stat := _stat(process_id))]
    return sum(int(user) + int(system) for *_, user, system in (stat[:13] for stat in fields)) * _TICK


def _stat(process_id: int) -> list[str] | None:
    """Give the fields of /proc/PID/stat from the third on, the state; none if the process is gone."""
    try:
        return (_PROC / str(process_id) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _memory(process_id: int) -> int:
    for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = (_PROC / str(process_id) / name).read_text().splitlines()
        except OSError:
            continue
        return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(key))
    return 0
