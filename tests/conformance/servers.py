"""Servers to run the tests against, started for that and stopped again."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ..serving import serving
from .endpoint import Endpoint

TOKEN = "only-for-tests"


@contextlib.contextmanager
def qwen_kg() -> Iterator[Endpoint]:
    """Run our server over an empty store that may be written to."""
    with tempfile.TemporaryDirectory() as directory:
        options = ("--writable", "--store", str(Path(directory) / "store"))
        with serving(*options, environment={"QWEN_KG_TOKEN": TOKEN}) as server:
            yield Endpoint(f"{server.url}/sparql", f"{server.url}/sparql", f"{server.url}/graphs", TOKEN)


@contextlib.contextmanager
def oxigraph() -> Iterator[Endpoint]:
    """Run Oxigraph's own server, in memory: a second implementation, which shows that the tests can fail.

    It labels no document with a charset, so none is asked for, and it keeps graphs that were emptied, so they are
    dropped.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        authority = f"127.0.0.1:{free.getsockname()[1]}"
    program = Path(sys.executable).with_name("oxigraph")
    with subprocess.Popen([program, "serve", "--bind", authority], stderr=subprocess.DEVNULL) as process:
        try:
            _wait(authority, process)
            url = f"http://{authority}"
            yield Endpoint(f"{url}/query", f"{url}/update", f"{url}/store", charset=False, reset="DROP ALL")
        finally:
            process.terminate()


def _wait(authority: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection(authority)
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("the server did not start")
