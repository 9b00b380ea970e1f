"""Other programs of this machine: to be run by tests where they are installed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest


def needs(program: str) -> str:
    """Give the path of a program, or skip the test."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"there is no {program} here")
    return found


def run(command: Sequence[str | Path]) -> str:
    """Run a program that has to succeed, and give all that it says."""
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextlib.contextmanager
def running(command: Sequence[str | Path], port: int, patience: float = 30) -> Iterator[None]:
    """Run a program that listens on a port of this machine until the block ends."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            end = time.monotonic() + patience
            while process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert time.monotonic() < end, f"{command[0]} does not listen"
                time.sleep(0.02)
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            yield
        finally:
            process.terminate()
            process.communicate(timeout=patience)
