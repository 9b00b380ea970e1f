"""The server as a process: it announces itself when it answers, and ends as it should."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

# What a command line does: the graph is opened by a function that the worker calls.
PROGRAM = """
    import sys, time
    sys.path.insert(0, {tests!r})
    from qwen_kg.errors import InputError, QwenKgError
    from qwen_kg.web.server import serve
    from sample import SampleKnowledge

    def broken():
        raise InputError("data.nq:1:1: not good")

    def crashing():
        raise ValueError("boom")

    def slow():
        print("opening", flush=True)
        time.sleep(60)

    if __name__ == "__main__":
        try:
            load, port = globals()[sys.argv[1]], int(sys.argv[2])
            serve(load, "127.0.0.1", port, announce=lambda url: print(url, flush=True))
        except QwenKgError as error:
            print(type(error).__name__, error, file=sys.stderr)
            sys.exit(error.exit_code)
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the program; it is stopped at the end, whatever happens."""
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM.format(tests=str(Path(__file__).parent))))
    started: list[subprocess.Popen[str]] = []

    def run(load: str = "SampleKnowledge", port: int = 0) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, program, load, str(port)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            )
        )  # fmt: skip
        return started[-1]

    yield run
    for process in started:
        with process:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_at_the_address_it_announces_and_stops_cleanly(start: Start, how: signal.Signals) -> None:
    process = start()
    address = first_line(process)
    with urlopen(address + "sparql?query=ASK%7B%7D") as answer:
        assert answer.read() == b'{"head":{},"boolean":true}'
    process.send_signal(how)
    assert process.wait(30) == 0
    with pytest.raises(OSError, match="refused"):
        urlopen(address)


def test_a_busy_port_is_said(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(port=port)
        _, complaint = process.communicate(timeout=30)
    assert process.returncode == 2
    assert f"InputError cannot listen on 127.0.0.1, port {port}: Address already in use; choose" in complaint


def test_two_servers_do_not_share_a_port(start: Start) -> None:
    address = first_line(start())
    second = start(port=int(address.rpartition(":")[2].strip("/")))
    assert "in use" in second.communicate(timeout=30)[1]
    assert second.returncode == 2


def test_a_graph_that_cannot_be_opened_is_said(start: Start) -> None:
    process = start("broken")
    out, complaint = process.communicate(timeout=30)
    assert process.returncode == 2
    assert out == ""
    assert complaint == "InputError data.nq:1:1: not good\n"


def test_a_worker_that_does_not_start_ends_the_server(start: Start) -> None:
    process = start("crashing")
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ValueError: boom" in complaint
    assert "QwenKgError the server ended" in complaint.splitlines()[-1], complaint


def test_it_stops_while_the_graph_is_opened(start: Start) -> None:
    process = start("slow")
    assert first_line(process) == "opening"
    process.terminate()
    assert process.wait(30) == 0


def test_the_worker_does_not_outlive_its_parent(start: Start) -> None:
    process = start()
    address = first_line(process)
    process.kill()
    assert process.stdout is not None
    assert process.stdout.read() == ""  # comes to an end once no process holds it, the worker included
    with pytest.raises(OSError, match="refused"):
        urlopen(address)
