"""Starts the real server as a user would, and speaks HTTP to it without the help of a library that tidies up."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

#: What a server is started with in tests: no setting of whoever runs them.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("QWEN_KG_")}


@dataclass
class Reply:
    """An HTTP response, read to its end; the names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Server:
    """A server that is running."""

    process: subprocess.Popen[bytes]
    log: Path
    token: str = ""
    url: str = ""

    def wait(self, patience: float) -> None:
        """Wait until it listens, for so many seconds."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self.process.poll() is None:
            for line in self.log.read_text().splitlines():
                if line.startswith("listening on "):
                    self.url = line.split()[2].rstrip("/")
                    return
            time.sleep(0.02)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    @property
    def authority(self) -> str:
        return urlsplit(self.url).netloc

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        timeout: float = 60,
    ) -> Reply:
        """Send one request; ``target`` goes on the wire as it is."""
        connection = http.client.HTTPConnection(self.authority, timeout=timeout)
        try:
            sent = body.encode() if isinstance(body, str) else body
            connection.request(method, target, sent, dict(headers or {}))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, names, response.read())
        finally:
            connection.close()


@contextlib.contextmanager
def serving(
    *options: str, environment: Mapping[str, str] | None = None, patience: float = 60
) -> Iterator[Server]:
    """Run ``qwen-kg serve`` on a free port until the block ends; an option ``--port`` given beats it."""
    command = [sys.executable, "-c", "from qwen_kg.cli import main; main()", "serve", "--port", "0", *options]
    environment = {**CLEAN, "PYTHONUNBUFFERED": "1", **(environment or {})}
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        server = Server(process, Path(log.name), environment.get("QWEN_KG_TOKEN", ""))
        try:
            server.wait(patience)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            if process.poll() is None:
                process.kill()
                process.wait()
