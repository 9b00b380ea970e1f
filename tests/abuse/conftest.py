"""Data for servers that a module starts with limits of its own, and connections that stay open for long."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from qwen_kg.dataset import Build

from ..serving import Server
from .malformed import BEGINNINGS
from .wire import connected, send


@pytest.fixture(scope="session")
def dataset(small_built: Build, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the small graph in a file, from which a server starts soon."""
    path: Path = tmp_path_factory.mktemp("dataset") / "dataset.nq"
    path.write_bytes(small_built.quads)
    return str(path)


@pytest.fixture(scope="session", autouse=True)
def stalled(server: Server) -> Iterator[dict[str, socket.socket]]:
    """Requests that stop in the middle, from before the other tests here, so that none waits for their end."""
    with contextlib.ExitStack() as stack:
        connections = {name: stack.enter_context(connected(server)) for name in BEGINNINGS}
        for name, connection in connections.items():
            send(connection, BEGINNINGS[name])
        yield connections
