"""Runs the application under Granian: one parent that watches, one web process that answers.

The web process opens the graph itself, and tells the parent how that went, so that a graph that cannot be
opened ends in a message and not in a restart.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from qwen_kg.errors import InputError, QwenKgError
from qwen_kg.web.application import Application, Configuration

# As Granian's own, but to stderr: stdout is for what was asked for.
_LOGGING = {
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}
    },
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}

_LOOK = 0.05  # seconds between two looks for a signal while the graph is opened
_GRACE = 10  # seconds that requests have to end after a signal to stop


def serve(
    configuration: Configuration, host: str, port: int, *, announce: Callable[[str], object] = print
) -> None:
    """Serve a graph over HTTP until SIGINT or SIGTERM, and then return.

    Args:
        configuration: what is served, and how.
        host: the address to listen on.
        port: the port to listen on; 0 takes one that is free.
        announce: is told the URL, once, when it answers.

    Raises:
        InputError: the address cannot be used, or the graph cannot be opened because of what was given.
        QwenKgError: the graph cannot be opened, or the worker does not stay alive.
    """
    port = _usable_port(host, port)
    news, tell = multiprocessing.Pipe(duplex=False)
    server = MPServer(
        "qwen_kg.web.application:Application",  # a name for the logs; the loader below makes it
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
    )
    failures: list[QwenKgError] = []

    def watch() -> None:
        while not news.poll(_LOOK):
            if server.interrupt_signal:
                _end_workers(server)
        try:
            exit_code, message = news.recv()
        except EOFError:  # the server ended before the worker had anything to tell
            return
        if exit_code:
            known = exit_code == InputError.exit_code
            failures.append(InputError(message) if known else QwenKgError(message))
            server.signal_handler_interrupt()  # type: ignore[no-untyped-call]  # what a signal does
            _end_workers(server)
            return
        while not _answers(host, port):
            if server.interrupt_signal:
                return
            time.sleep(0.02)
        announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        server.serve(target_loader=partial(_application, configuration, tell), wrap_loader=False)
    except SystemExit as end:
        # On Ctrl-C the worker gets the signal too, and its end may be seen before the parent acts on its own.
        if end.code and not server.interrupt_signal:
            raise QwenKgError("the server ended because its worker process does not stay alive") from end
    finally:
        tell.close()
        watcher.join()
    if failures:
        raise failures[0]


def _end_workers(server: MPServer) -> None:
    """End the web process while it does not answer yet: it listens to no signal then, and has no request."""
    for worker in server.wrks:
        worker.kill()  # type: ignore[no-untyped-call]


def _application(configuration: Configuration, tell: Connection) -> Application:
    """Make the application in the web process; it tells the parent when it has started, or why it has not."""
    # A fork inherits the handlers of the parent, which would keep a process that is still starting alive.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return Application(configuration, partial(_report, tell))


def _report(tell: Connection, error: QwenKgError | None) -> None:
    tell.send((error.exit_code, str(error)) if error else (0, ""))


def _end_with_parent() -> None:
    """Stop the worker when the parent is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _answers(host: str, port: int) -> bool:
    """Say whether the server answers already; an address for all interfaces is tried from here."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(reachable, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _usable_port(host: str, port: int) -> int:
    """Give the port, or a free one for 0.

    Granian shares its port with whoever asks, so two servers on one port would go unnoticed; this does not.

    Raises:
        InputError: the address does not exist here, or the port is taken or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"cannot listen on {host}, port {port}: {reason}; choose another with --port"
        ) from error
