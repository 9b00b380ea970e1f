"""The servers that are compared: how each is started over a file of data, asked, and stopped."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks import processes

ROOT = Path(__file__).parents[1]
OURS, OXIGRAPH, RDFLIB = "qwen-kg", "oxigraph", "rdflib-endpoint"

CORES = len(os.sched_getaffinity(0))
_SCRIPTS = Path(sysconfig.get_path("scripts"))
_GRACE = 5  # seconds that a server has to end by itself
_PRESENT = "ASK { ?s ?p ?o }"


class ServerError(Exception):
    """A server did not start, or gave no answer to a query.

    ``log`` is the end of what it wrote. The message goes into the report and the log does not, because it may
    name places of this machine.
    """

    log = ""


@dataclass(frozen=True)
class Product:
    """A server that can be measured.

    In ``command``, ``{data}`` and ``{port}`` stand for a file of N-Quads and a port. A server that takes
    data only when it runs has them posted to ``upload``. ``path`` is where it answers queries, ``packages``
    are the distributions whose versions matter.
    """

    name: str
    command: tuple[str, ...]
    path: str
    packages: tuple[str, ...]
    upload: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> str:
        """The command as a person would type it."""
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        return " ".join([*variables, *self.command]).format(data="FILE", port="PORT")


def products(rdflib_store: str, raised: bool) -> list[Product]:
    """Give the servers, ours first.

    Args:
        rdflib_store: the store of rdflib behind rdflib-endpoint, ``default`` or ``Oxigraph``.
        raised: whether our limits on answers are raised, for data of which a dump exceeds the default ones.
    """
    options = _known(_LIKE_PEERS | (_RAISED if raised else {}))
    return [
        Product(
            OURS,
            ("qwen-kg", "serve", "--store", "{data}", "--port", "{port}", *options),
            "/sparql",
            ("qwen-kg", "pyoxigraph", "granian"),
        ),
        Product(
            OXIGRAPH,
            ("oxigraph", "serve", "--bind", "127.0.0.1:{port}", "--union-default-graph"),
            "/query",
            ("oxigraph",),
            upload="/store",
        ),
        Product(
            RDFLIB,
            (
                "uvicorn",
                "benchmarks.rdflib_app:app",
                *("--port", "{port}", "--workers", str(CORES)),
                *("--no-access-log", "--timeout-keep-alive", "600"),
                *("--timeout-worker-healthcheck", "600"),  # or a worker that loads for long is killed
            ),
            "/",
            ("rdflib-endpoint", "rdflib", "oxrdflib", "uvicorn", "fastapi"),
            environment={"BENCHMARKS_DATA": "{data}", "BENCHMARKS_STORE": rdflib_store},
        ),
    ]


#: ``qwen-kg serve`` as it is without options, which serves the packaged graph.
PACKAGED = Product(OURS, ("qwen-kg", "serve", "--port", "{port}"), "/sparql", ("qwen-kg",))


# The peers write no line for each request either.
_LIKE_PEERS = {"--access-log": "none"}
_RAISED = {"--timeout": "120", "--max-result-size": str(1 << 30), "--max-rows": str(10**8)}


def _known(options: Mapping[str, str]) -> list[str]:
    """Give the options that this version of our server has, each before its value."""
    shown = subprocess.run(  # noqa: S603 - our own command
        [_SCRIPTS / "qwen-kg", "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    return [part for option, value in options.items() if option in shown for part in (option, value)]


class Server:
    """A server that runs and answers.

    ``ready`` are the seconds from its start to its first answer from the data, loading included.
    """

    def __init__(self, product: Product, data: Path, log: Path, patience: float) -> None:
        """Start it.

        Raises:
            ServerError: it ended, or did not answer within so many seconds; it does not run any more then.
        """
        self.product, self.port = product, _free_port()
        values = {"data": str(data), "port": str(self.port)}
        program, *arguments = (part.format(**values) for part in product.command)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QWEN_KG_")}
        environment |= {name: value.format(**values) for name, value in product.environment.items()}
        start = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - a command of the table above
                [_SCRIPTS / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=ROOT,
                start_new_session=True,
            )
        try:
            self._wait(data, patience)
        except BaseException as error:
            self.stop()
            if isinstance(error, ServerError):
                error.log = log.read_text("utf-8", "replace")[-500:]
            raise
        self.ready = time.perf_counter() - start

    def _wait(self, data: Path, patience: float) -> None:
        end, uploaded = time.monotonic() + patience, self.product.upload is None
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise ServerError(f"{self.product.name} ended")
            try:
                if not uploaded:
                    self._upload(data, end - time.monotonic())
                    uploaded = True
                self.ask(_PRESENT, "application/sparql-results+json", max(0.1, end - time.monotonic()))
                return
            except (ConnectionRefusedError, ServerError):
                time.sleep(0.01)
        raise ServerError(f"{self.product.name} did not answer within {patience:.0f} s")

    def _upload(self, data: Path, timeout: float) -> None:
        headers = {"Content-Type": "application/n-quads", "Content-Length": str(data.stat().st_size)}
        with self._connection(timeout) as connection, data.open("rb") as body:
            connection.request("POST", str(self.product.upload), body, headers)
            status = connection.getresponse().status
        if status >= 300:
            raise ServerError(f"{self.product.name} took no data: {status}")

    def ask(self, text: str, accept: str, timeout: float) -> bytes:
        """Ask a query and give the body of the answer.

        Raises:
            ServerError: the status is not 200, the answer is not complete, or none came within ``timeout``
                seconds.
            ConnectionRefusedError: it does not listen.
        """
        with self._connection(timeout) as connection:
            target = f"{self.product.path}?query={quote(text, safe='')}"
            connection.request("GET", target, headers={"Accept": accept})
            response = connection.getresponse()
            body = response.read()
        if response.status != 200:
            raise ServerError(f"status {response.status}: {body[:200].decode('utf-8', 'replace')}")
        return body

    @contextlib.contextmanager
    def _connection(self, timeout: float) -> Iterator[http.client.HTTPConnection]:
        """Give a connection, on which what goes wrong is a ServerError; that none listens stays apart."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            yield connection
        except ConnectionRefusedError:
            raise
        except TimeoutError:
            raise ServerError(f"no answer within {timeout:.0f} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(f"no complete answer: {error!r}") from None
        finally:
            connection.close()

    def settle(self, patience: float) -> None:
        """Wait until all its processes have started and are idle, for so many seconds at most."""
        processes.settle(self._process.pid, patience)

    def memory(self) -> int:
        """Give the bytes of memory that its processes hold."""
        return processes.memory(self._process.pid)

    def stop(self) -> None:
        """End it and all that it started; what it was doing does not keep it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
