"""A server in a comparison: the time that it has used, what it answers, and what it does in a time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from benchmarks.load import SERIAL, Job, run
from benchmarks.servers import Product, Server, ServerError
from benchmarks.workloads import TABLE, Query

Record = dict[str, Any]
"""A part of what goes into the JSON file."""

_FIRST_NUMBER = 10**9  # larger than any count in the data, so that no answer depends on it
_NUMBERS_A_JOB = 10**7
_SETTLING = 10  # seconds


@dataclass(frozen=True)
class Plan:
    """How much is measured; times in seconds.

    ``patience`` is the time for one query when it is tried first, ``budget`` that for one measurement,
    ``allowance`` that for all that one server does with one dataset. ``every`` is the step through the saved
    queries.
    """

    rounds: int
    seconds: float
    warm_up: float
    starts: int
    patience: float
    budget: float
    allowance: float
    every: int = 1
    clients: int = 8


class Answer(NamedTuple):
    """How much an answer says, such as ``3 rows``; or why there is none."""

    good: bool
    text: str


class Contestant:
    """A server in a comparison.

    ``excluded`` tells, by the name of a mix, why it is not measured there.
    """

    def __init__(self, product: Product, data: Path, plan: Plan) -> None:
        self.product, self.name = product, product.name
        self.excluded: dict[str, str] = {}
        self.used = 0.0
        self._data, self._plan = data, plan
        self._log = data.parent / f"{product.name}.log"
        self._server: Server | None = None
        self._jobs = 0

    @property
    def _left(self) -> float:
        return self._plan.allowance - self.used

    @property
    def _used_up(self) -> str:
        return f"not finished in the {self._plan.allowance:.0f} s that it has for all work"

    @contextmanager
    def _clock(self) -> Iterator[None]:
        start = monotonic()
        try:
            yield
        finally:
            self.used += monotonic() - start

    def start(self) -> Server:
        """Start the server, or start it anew.

        Raises:
            ServerError: it does not start, or not in the time that is left.
        """
        self.stop()
        if self._left <= 0:
            raise ServerError(self._used_up)
        with self._clock():
            self._server = Server(self.product, self._data, self._log, self._left)
            self._server.settle(_SETTLING)
        return self._server

    def start_without_data(self) -> float:
        """Start the server over an empty file, and give the seconds to its first answer.

        Raises:
            ServerError: it does not start.
        """
        empty = self._data.parent / "empty.nq"
        empty.write_bytes(b"")
        server = Server(self.product, empty, self._log, self._plan.allowance)
        server.stop()
        return server.ready

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self._server:
            self._server.stop()
        self._server = None

    def memory(self) -> int | None:
        """Give the bytes of memory that it holds, if it runs."""
        return self._server.memory() if self._server else None

    def answer(self, query: Query) -> Answer:
        """Ask a query once.

        Raises:
            ServerError: the server does not run any more, and cannot be started.
        """
        server = self._server or self.start()
        text = query.text.replace(SERIAL, str(_FIRST_NUMBER - 1))
        with self._clock():
            try:
                return Answer(True, size(server.ask(text, query.accept, self._plan.patience), query.accept))
            except ConnectionRefusedError:
                problem = Answer(False, "the server ended")
            except ServerError as error:
                problem = Answer(False, str(error))
        self.stop()  # it may still be at work on the query
        return problem

    def measure(self, queries: Sequence[Query]) -> Record:
        """Send queries as the plan says.

        Returns:
            What came of it; ``problem`` tells why it does not count, if so.

        Raises:
            ServerError: the server does not run any more, and cannot be started.
        """
        server = self._server or self.start()
        self._jobs += 1
        job = Job(
            port=server.port,
            requests=[query.request(self.product.path) for query in queries],
            seconds=self._plan.seconds,
            warm_up=self._plan.warm_up,
            budget=max(1.0, min(self._plan.budget, self._left)),
            connections=self._plan.clients,
            serial=_FIRST_NUMBER + self._jobs * _NUMBERS_A_JOB,
        )
        with self._clock():
            outcome = run(job)
        record: Record = {"problem": None, "rate": outcome.rate, **asdict(outcome)}
        failures = record.pop("failures")
        if failures:
            tried = len(failures) + outcome.completed
            record["problem"] = f"{len(failures)} of {tried} requests failed: {failures[0]}"
        elif not outcome.finished:
            record["problem"] = f"not finished in {job.budget:.0f} s" if self._left > 0 else self._used_up
        if record["problem"]:
            self.stop()  # it may be gone, or still at work
        return record


def size(body: bytes, accept: str) -> str:
    """Tell how much an answer says, whatever way it is written in its format.

    >>> size(b'{"head": {}, "boolean": true}', "application/sparql-results+json")
    'yes'
    """
    if accept != TABLE:
        return _counted(sum(1 for line in io.BytesIO(body) if line.strip()), "triple")
    document = json.loads(body)
    if "boolean" in document:
        return "yes" if document["boolean"] else "no"
    return _counted(len(document["results"]["bindings"]), "row")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
