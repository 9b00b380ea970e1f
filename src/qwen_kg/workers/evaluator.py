"""An evaluator: a process that answers one message after the other from a store, until it is killed."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from qwen_kg.errors import (
    InputError,
    LimitError,
    MemoryLimitError,
    NotConformingError,
    QwenKgError,
    to_wire,
)
from qwen_kg.federation.rewriting import Redirection
from qwen_kg.limits import Limits
from qwen_kg.results import Result, Store
from qwen_kg.sparql import nesting
from qwen_kg.store import LocalStore
from qwen_kg.workers.messages import Line, Message, pack
from qwen_kg.writing import (
    Consent,
    delete_graph,
    read_dataset,
    read_graph,
    update,
    write_dataset,
    write_graph,
)

Report = Callable[[Iterable[ox.Quad]], NotConformingError | None]
"""Says what is wrong with data that do not conform, and None of data that do."""

_STACK = 512 * 1024 * 1024  # bytes of address space, used only by queries that nest deeply
_NICE = 5  # the web process, which everyone waits for, goes before those that evaluate
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4


def run(
    sock: socket.socket,
    open_store: Callable[[], Store],
    limits: Limits,
    redirection: Redirection,
    report: Report | None,
) -> None:
    """Answer what comes over a socket until the other side is gone.

    Args:
        sock: where messages come from and answers go.
        open_store: gives the store, in this process.
        limits: of size, rows and nesting for each query, and of the memory of the process.
        redirection: which other endpoints may be called, and how.
        report: what judges writes.
    """
    _die_with_parent()
    os.nice(_NICE)
    threading.stack_size(_STACK)
    line = Line(sock)
    make = partial(_Evaluator, limits=limits, redirection=redirection, report=report, line=line)
    thread = threading.Thread(target=_answer_all, args=(line, lambda: make(open_store()), limits.memory))
    thread.start()
    thread.join()


def _answer_all(line: Line, make: Callable[[], _Evaluator], memory: int) -> None:
    with contextlib.suppress(EOFError, ConnectionError):
        try:
            evaluator = make()
        except QwenKgError as error:
            line.receive()
            line.send(pack({**to_wire(error), "last": True}))
            return
        _limit_memory(memory)
        while True:
            line.send(evaluator.answer(line.receive()))


class _Evaluator:
    """A store, and the table of what it can be asked."""

    def __init__(
        self,
        store: Store,
        limits: Limits,
        redirection: Redirection,
        report: Report | None,
        line: Line,
    ) -> None:
        self._store, self._limits, self._report, self._line = store, limits, report, line
        if isinstance(store, LocalStore):
            store.limits, store.redirection = limits, redirection
        self._operations: Mapping[str, Callable[..., bytes]] = {
            "open": lambda _: pack({}),
            "query": self._query,
            "read": self._read,
            "update": self._update,
            "write": self._write,
            "delete": self._delete,
            "backup": self._backup,
        }

    def answer(self, message: Message) -> bytes:
        """Answer a message with a message; an error is an answer, too.

        After a fault nobody knows in which state this is, so it is said that the answer is the last.

        Raises:
            EOFError: the other side is gone.
        """
        arguments = dict(message.head)
        _limit_cpu(arguments.pop("timeout"))
        try:
            return self._operations[arguments.pop("do")](message.body, **arguments)
        except QwenKgError as error:
            return pack(to_wire(error))
        except MemoryError:
            allowed = self._limits.memory
            told = MemoryLimitError(f"this needed more than {allowed} bytes of memory", allowed)
            return pack(to_wire(told))
        except (EOFError, ConnectionError):
            raise
        except Exception:  # a fault of ours or of the disk: it is noted here, and a 500 for whoever asked
            logging.getLogger(__name__).exception("an evaluator failed")
            return pack({**to_wire(QwenKgError("an evaluator failed")), "last": True})

    def _query(
        self,
        body: bytes,
        accept: str | None,
        default_graphs: list[str],
        named_graphs: list[str],
        base: str | None,
    ) -> bytes:
        text = _text(body)
        self._refuse_depth(text)
        found = self._store.query(
            text, accept=accept, default_graphs=default_graphs, named_graphs=named_graphs, base=base
        )
        return _result(found, self._limits)

    def _read(self, _: bytes, graph: str | None, whole: bool, accept: str | None) -> bytes:
        store = self._oxigraph()
        if whole:
            return _result(read_dataset(store, accept, self._limits), self._limits)
        return _result(read_graph(store, graph, accept, self._limits), self._limits)

    def _update(self, body: bytes, base: str, using: list[str], using_named: list[str]) -> bytes:
        text = _text(body)
        self._refuse_depth(text)
        store, consent = self._oxigraph(), self._consent()
        update(store, text, base=base, using=using, using_named=using_named, consent=consent)
        return pack({})

    def _write(
        self,
        body: bytes,
        graph: str | None,
        whole: bool,
        parts: list[tuple[str, int]],
        base: str,
        replace: bool,
    ) -> bytes:
        contents, start = [], 0
        for media_type, length in parts:
            contents.append((media_type, body[start : start + length]))
            start += length
        store, consent = self._oxigraph(), self._consent()
        if whole:
            write_dataset(store, contents[0], base=base, replace=replace, consent=consent)
            return pack({"new": False})
        new = write_graph(store, graph, contents, base=base, replace=replace, consent=consent)
        return pack({"new": new})

    def _delete(self, _: bytes, graph: str | None, base: str) -> bytes:
        delete_graph(self._oxigraph(), graph, base=base, consent=self._consent())
        return pack({})

    def _backup(self, _: bytes, path: str) -> bytes:
        Path(path).parent.mkdir(exist_ok=True)
        self._oxigraph().backup(path)
        return pack({})

    def _refuse_depth(self, text: str) -> None:
        depth = nesting(text, self._limits.nesting)
        if depth > self._limits.nesting:
            raise LimitError(
                f"the query nests {depth} deep, and {self._limits.nesting} are allowed",
                "max-nesting",
                self._limits.nesting,
            )

    def _oxigraph(self) -> ox.Store:
        if not isinstance(self._store, LocalStore):
            raise InputError("the graphs of a store on another machine are not served from here")
        return self._store.oxigraph

    def _consent(self) -> Consent:
        return Consent(partial(_refuse_faults, self._report) if self._report else None, self._settle)

    def _settle(self) -> None:
        """Say that all is done, and wait for the word to keep it, which comes unless the time is over."""
        self._line.send(pack({"settled": True}))
        _limit_cpu(self._line.receive().head["timeout"])


def _refuse_faults(report: Report, quads: Iterable[ox.Quad]) -> None:
    found = report(quads)
    if found is not None:
        raise found


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogatepass")


def _result(found: Result, limits: Limits) -> bytes:
    if len(found.body) > limits.result_size:  # of a store elsewhere, whose answer came whole
        raise LimitError(
            f"the answer is longer than {limits.result_size} bytes", "max-result-size", limits.result_size
        )
    return pack({"media_type": found.media_type}, found.body)


def _limit_memory(allowed: int) -> None:
    """Let the process grow by so many bytes from now on, and no further."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + allowed, now + allowed))


def _limit_cpu(seconds: float) -> None:
    """Have the kernel end this process, should whoever ends it after its time be gone."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 5, hard))


def _die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, and write no image of one that crashes."""
    if sys.platform == "linux":
        parent, libc = os.getppid(), ctypes.CDLL(None)
        libc.prctl(_PR_SET_DUMPABLE, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended in between
            os._exit(0)
