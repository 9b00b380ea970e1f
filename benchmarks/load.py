"""The load generator: a few connections that are kept alive, each with one request on its way at a time.

It runs in a process of its own, started by :func:`run`: a job comes in on standard input, the outcome goes to
standard output, both as JSON. It does as little as possible, because it shares the machine with what it
measures: requests are made beforehand, and responses are only looked at for their status and their end.
"""

from __future__ import annotations

import gc
import itertools
import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.responses import ResponseError, ResponseReader

#: Stands in a request where its number comes, which makes each text one of a kind.
SERIAL = "\0"

_ROOT = Path(__file__).parents[1]
_READ = 1 << 16  # bytes at once; larger buffers would be mapped and unmapped for every read


@dataclass(frozen=True)
class Job:
    """What to send to a port of this machine.

    ``requests`` are whole HTTP requests. They are sent in turn for ``seconds``, after ``warm_up`` seconds
    that do not count, and then to the end of the list, so that a slow server is asked the same mix as a fast
    one. What was sent is waited for, but no longer than ``budget`` seconds from the start. ``serial`` is the
    first number to be put in the place of :data:`SERIAL`; those of two jobs for one server must not overlap.
    """

    port: int
    requests: Sequence[str]
    seconds: float
    warm_up: float = 0.0
    budget: float = 60.0
    connections: int = 8
    serial: int = 0


@dataclass
class Outcome:
    """What came of a job, without its warm-up.

    ``completed`` counts the responses with status 200 that were complete, ``failures`` tells of all others.
    ``elapsed`` are the seconds from the first request to the last response, ``received`` the bytes of the
    responses, ``cpu`` the share of one processor that the generator used, ``p50`` and ``p99`` percentiles of
    the latency in seconds. ``finished`` is false if the budget ended before the last response.
    """

    completed: int = 0
    elapsed: float = 0.0
    received: int = 0
    cpu: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    finished: bool = True
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests answered a second."""
        return self.completed / self.elapsed if self.elapsed else 0.0


class _Connection:
    """A connection, and the request that is on its way."""

    __slots__ = ("message", "port", "reader", "repeated", "sent", "socket")

    def __init__(self, port: int) -> None:
        self.port, self.reader = port, ResponseReader()
        self.message, self.sent, self.repeated = b"", 0.0, False
        self.socket = self._connected()

    def _connected(self) -> socket.socket:
        connected = socket.create_connection(("127.0.0.1", self.port))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def send(self, message: bytes, now: float) -> None:
        self.message, self.sent, self.repeated = message, now, False
        try:
            self.socket.sendall(message)
        except ConnectionError:
            return  # the end of the connection is seen when it is read

    def receive(self) -> bytes:
        try:
            return self.socket.recv(_READ)
        except ConnectionError:
            return b""

    def repeat(self) -> None:
        """Connect anew and send the request again, as a server may close a connection that waits.

        Raises:
            ResponseError: the connection was closed within a response, or twice (RFC 9112, 9.3.1).
        """
        if self.repeated or not self.reader.untouched:
            raise ResponseError("the connection was closed before the response was complete")
        self.socket.close()
        self.socket = self._connected()
        self.send(self.message, self.sent)
        self.repeated = True


def messages(job: Job) -> Iterator[bytes]:
    """Give the requests in turn, for ever, each with its number."""
    parts = [request.encode("ascii").split(SERIAL.encode()) for request in job.requests]
    for number, pieces in enumerate(itertools.cycle(parts), job.serial):
        yield (b"%d" % number).join(pieces) if len(pieces) > 1 else pieces[0]


def perform(job: Job) -> Outcome:
    """Do a job in this process."""
    try:
        connections = [_Connection(job.port) for _ in range(job.connections)]
    except OSError as error:
        return Outcome(finished=False, failures=[f"cannot connect: {error}"])
    to_send, give_up = messages(job), time.perf_counter() + job.budget
    gc.disable()
    try:
        if job.warm_up:
            warming = _phase(connections, to_send, job.warm_up, 1, give_up)
            if warming.failures or not warming.finished:
                return warming
        return _phase(connections, to_send, job.seconds, len(job.requests), give_up)
    finally:
        gc.enable()
        for connection in connections:
            connection.socket.close()


def _phase(
    connections: list[_Connection], to_send: Iterator[bytes], seconds: float, step: int, give_up: float
) -> Outcome:
    """Send for so many seconds, then until the number of requests is a multiple of ``step``, and wait."""
    outcome, latencies, poll = Outcome(), list[float](), select.epoll()
    waiting = {connection.socket.fileno(): connection for connection in connections}
    cpu, start = time.process_time(), time.perf_counter()
    now, last, stop, sent = start, start, start + seconds, 0
    for number, connection in waiting.items():
        poll.register(number, select.EPOLLIN)
        connection.send(next(to_send), start)
        sent += 1
    while waiting and now < give_up:
        for number, _event in poll.poll(give_up - now):
            connection = waiting[number]
            data = connection.receive()
            outcome.received += len(data)
            try:
                if not data:
                    connection.repeat()
                    del waiting[number]  # a socket that is closed leaves the poll by itself
                    waiting[connection.socket.fileno()] = connection
                    poll.register(connection.socket, select.EPOLLIN)
                    continue
                if not connection.reader.feed(data):
                    continue
            except (ResponseError, ValueError, ConnectionError) as error:
                outcome.failures.append(str(error))
                poll.unregister(number)
                del waiting[number]
                continue
            last = time.perf_counter()
            latencies.append(last - connection.sent)
            if last < stop or sent % step:
                connection.send(next(to_send), last)
                sent += 1
            else:
                poll.unregister(number)
                del waiting[number]
        now = time.perf_counter()
    poll.close()
    outcome.cpu = (time.process_time() - cpu) / (now - start)
    outcome.finished, outcome.completed, outcome.elapsed = not waiting, len(latencies), last - start
    if latencies:
        latencies.sort()
        outcome.p50, outcome.p99 = (latencies[len(latencies) * part // 100] for part in (50, 99))
    return outcome


def run(job: Job) -> Outcome:
    """Do a job in a process of its own.

    Raises:
        subprocess.CalledProcessError: the generator has a fault.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=_ROOT,
    )
    return Outcome(**json.loads(done.stdout))


if __name__ == "__main__":
    json.dump(asdict(perform(Job(**json.load(sys.stdin)))), sys.stdout)
