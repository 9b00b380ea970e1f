"""What is told of the running server: metrics for Prometheus, and a line of JSON for each request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from qwen_kg.errors import InputError
from qwen_kg.web.exchange import Reply, Request
from qwen_kg.workers.service import Service

#: The first part of the path is the route; others are of the whole family, so that nobody can make names up.
_ROUTES = frozenset(
    {
        *("sparql", "graphs", "queries", "id", "page", "data", "statement", "source", "graph", "dataset"),
        *("prefixes", "problems", "shapes", "ns", "healthz", "metrics", "static"),
    }
)
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_KEPT = 64 * 1024  # bytes of log that wait to be written at most


def route_of(path: str) -> str:
    """Give the name under which requests for a path are counted.

    >>> route_of("/queries/successors")
    '/queries'
    >>> route_of("/")
    '/'
    """
    first = path.strip("/").partition("/")[0]
    return "/" + first if first in _ROUTES else "/" if not first else "other"


class Observer:
    """Counts and logs requests."""

    def __init__(self, service: Service, log: IO[str] | None) -> None:
        """Watch a service; the log is written to a file, or not at all."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "qwen_kg_requests",
            "Requests.",
            ["route", "method", "status", "cache"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "qwen_kg_request_seconds",
            "How long they took.",
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_PoolCollector(service))
        self._log, self._lines, self._size = log, list[str](), 0
        self._known: dict[tuple[str, str, int, bool], tuple[Counter, Histogram]] = {}

    def note(self, request: Request, status: int, length: int, started: float, cached: bool) -> None:
        """Note a request that was answered.

        Args:
            request: what came.
            status: of the reply.
            length: of its body, in bytes.
            started: when it came, by :func:`time.perf_counter`.
            cached: whether the reply had been finished before.
        """
        took = time.perf_counter() - started
        route = route_of(request.path)
        method = request.method if request.method in _METHODS else "other"
        requests, seconds = self._series(route, method, status, cached)
        requests.inc()
        seconds.observe(took)
        if self._log is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": request.client,
            "method": request.method,
            "target": request.target.decode("latin-1")[:2048],
            "status": status,
            "bytes": length,
            "seconds": round(took, 6),
            "cached": cached,
            "agent": request.headers.get("user-agent", "")[:256],
        }
        self._lines.append(json.dumps(line))
        self._size += len(self._lines[-1])
        if self._size > _KEPT:
            self.flush()

    def _series(self, route: str, method: str, status: int, cached: bool) -> tuple[Counter, Histogram]:
        """Give the two series that a request counts in, looked up by name once only."""
        key = (route, method, status, cached)
        if key not in self._known:
            counter = self._requests.labels(route, method, str(status), "hit" if cached else "miss")
            self._known[key] = counter, self._seconds.labels(route)
        return self._known[key]

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._log is not None and self._lines:
            self._log.write("\n".join(self._lines) + "\n")
            self._log.flush()
        self._lines, self._size = [], 0

    def metrics(self) -> Reply:
        """Give all numbers in the text format of Prometheus."""
        return Reply(200, "text/plain; version=0.0.4; charset=utf-8", generate_latest(self._registry))


_METHODS = {"GET", "HEAD", "POST", "QUERY", "PUT", "DELETE", "OPTIONS", "PATCH"}


class _PoolCollector:
    """Reads the numbers of a pool when they are asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Give the numbers (the interface of ``prometheus_client``)."""
        pool = self._service.pool
        yield GaugeMetricFamily("qwen_kg_workers_busy", "Worker processes that evaluate.", pool.busy)
        yield GaugeMetricFamily("qwen_kg_requests_waiting", "Requests that wait for one.", pool.waiting)
        yield CounterMetricFamily("qwen_kg_evaluations", "Evaluations begun.", pool.counts["asked"])
        yield CounterMetricFamily("qwen_kg_workers_killed", "Ended for their time.", pool.counts["killed"])
        yield CounterMetricFamily("qwen_kg_workers_failed", "Ended otherwise.", pool.counts["failed"])
        yield CounterMetricFamily("qwen_kg_writes", "Changes of the store.", self._service.writes)


def log_file(name: str) -> IO[str] | None:
    """Open the access log: ``-`` is stderr, ``none`` is none, everything else a file that is appended to.

    Raises:
        InputError: the file cannot be opened.
    """
    if name == "none":
        return None
    try:
        return sys.stderr if name == "-" else open(name, "a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"the access log {name} cannot be written to: {error.strerror}") from error
