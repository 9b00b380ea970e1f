"""The nursery: holds the data in memory, and forks evaluators that share it.

It is a process of its own, with one thread, because only such a one can be forked safely: the web process has
many. Run as ``python -m qwen_kg.workers.nursery FD``; over that socket it is told what to open, then to fork
and to kill, a line of JSON each; it tells of what became of each child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from qwen_kg.errors import QwenKgError, to_wire
from qwen_kg.federation.rewriting import Redirection
from qwen_kg.limits import Limits
from qwen_kg.results import Store
from qwen_kg.workers.evaluator import Report, run


class Prepared(NamedTuple):
    """What the nursery prepares before it forks.

    ``open`` gives the store within an evaluator, for a place that is None for the store that is served, and
    names another where the pool says so. ``identity`` changes with the data. ``report`` judges writes.
    """

    open: Callable[[Any], Store]
    identity: str
    report: Report | None = None


def main(descriptor: int) -> None:
    """Prepare, and then fork and kill as told, until the other side is gone."""
    control = socket.socket(fileno=descriptor)
    lines = Lines(control)
    told = lines.receive()[0]
    module, _, name = told["prepare"].partition(":")
    try:
        prepared: Prepared = getattr(importlib.import_module(module), name)(**told["arguments"])
    except QwenKgError as error:
        _tell(control, {"failed": to_wire(error)})
        return
    gc.collect()
    gc.freeze()  # the collector of a child would write to every page that is shared
    _tell(control, {"ready": prepared.identity})
    redirection = Redirection(**told["redirection"])
    _Nursery(control, prepared, Limits(**told["limits"]), redirection).serve(lines)


class Lines:
    """Reads lines of JSON from a socket; several may come at once, and one in pieces."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._rest = b""

    def receive(self) -> list[dict[str, Any]]:
        """Wait for at least one line, and give all that are there.

        Raises:
            EOFError: the other side is gone.
        """
        while True:
            chunk = self._sock.recv(65536)
            if not chunk:
                raise EOFError
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            if lines:
                return [json.loads(line) for line in lines]


class _Nursery:
    def __init__(
        self, control: socket.socket, prepared: Prepared, limits: Limits, redirection: Redirection
    ) -> None:
        self._control, self._prepared = control, prepared
        self._limits, self._redirection = limits, redirection
        self._children: set[int] = set()

    def serve(self, lines: Lines) -> None:
        """Do what is told, and tell what happens."""
        woken, wake = socket.socketpair()
        wake.setblocking(False)
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for each in (signal.SIGINT, signal.SIGTERM):  # for the web process, which ends all this in order
            signal.signal(each, signal.SIG_IGN)
        selector = selectors.DefaultSelector()
        selector.register(self._control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is woken:
                    woken.recv(4096)
                    self._reap()
                    continue
                try:
                    for told in lines.receive():
                        self._obey(told)
                except (EOFError, ConnectionError):  # the web process is gone
                    self._end()
                    return

    def _obey(self, told: dict[str, Any]) -> None:
        if "kill" in told:
            if told["kill"] in self._children:  # not one that is gone, whose number is another's by now
                os.kill(told["kill"], signal.SIGKILL)
            return
        try:
            ours, theirs = socket.socketpair()
            child = os.fork()
        except OSError as error:
            _tell(self._control, {"unborn": error.strerror})
            return
        if child == 0:
            self._become_evaluator(ours, theirs, told["fork"], bool(told.get("judges")))
        ours.close()
        self._children.add(child)
        _tell(self._control, {"forked": child}, theirs)
        theirs.close()

    def _become_evaluator(self, ours: socket.socket, theirs: socket.socket, place: Any, judges: bool) -> None:
        """Be an evaluator, until the end of this process."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        theirs.close()
        self._control.close()
        try:
            report = self._prepared.report if judges else None
            run(ours, lambda: self._prepared.open(place), self._limits, self._redirection, report)
        finally:
            sys.stderr.flush()
            os._exit(0)

    def _reap(self) -> None:
        """Tell of the children that ended, and by which signal."""
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self._children.discard(child)
            by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            _tell(self._control, {"ended": child, "signal": by})

    def _end(self) -> None:
        """End all children, and see them end: then nobody has the store open any more."""
        signal.set_wakeup_fd(-1)
        for child in self._children:
            os.kill(child, signal.SIGKILL)
        for child in self._children:
            os.waitpid(child, 0)


def _tell(control: socket.socket, what: dict[str, Any], passed: socket.socket | None = None) -> None:
    """Send a line, and with it an open socket."""
    line = json.dumps(what).encode() + b"\n"
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it is gone, which is seen in a moment
        if passed is None:
            control.sendall(line)
        else:
            socket.send_fds(control, [line], [passed.fileno()])


if __name__ == "__main__":
    main(int(sys.argv[1]))
