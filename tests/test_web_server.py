"""The server as processes: it announces itself when it answers, ends as it should, and outlives its accidents."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .abuse.processes import children, descendants, living, until
from .asking import ENDLESS, problem, url
from .serving import CLEAN, Reply, Server, serving

Start = Callable[..., subprocess.Popen[str]]
COMMAND = [sys.executable, "-c", "from qwen_kg.cli import main; main()", "serve"]

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in"
)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start ``qwen-kg serve``, in a group of processes of its own; it is stopped at the end, whatever happens."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str, command: list[str] = COMMAND, **environment: str) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                start_new_session=True, env={**CLEAN, **environment},
            )
        )  # fmt: skip
        return started[-1]

    yield run
    for process in started:
        with process, contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def listening(process: subprocess.Popen[str]) -> str:
    """Wait until a server announces itself, and give its address."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("listening on "):
            return line.split()[2]
    raise AssertionError("it ended")


def ask(address: str, target: str, timeout: float = 60) -> Reply:
    return Server(process=None, log=Path(), url=address.rstrip("/")).ask("GET", target, timeout=timeout)  # type: ignore[arg-type]


def ended(process: subprocess.Popen[str], all_of_it: list[int]) -> None:
    """Hold a server to be gone, with everything that it had started."""
    for _ in until(20):
        if not living(all_of_it):
            return
    raise AssertionError(f"of {process.pid} there are still {living(all_of_it)}")


@needs_proc
@pytest.mark.parametrize(
    ("how", "to_all"),
    [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True)],
    ids=["as a supervisor does", "as an interrupt", "as a terminal does"],
)
def test_it_answers_at_the_address_it_announces_and_stops_cleanly(
    start: Start, sample_file: str, how: signal.Signals, to_all: bool
) -> None:
    process = start("--store", sample_file, "--port", "0")
    address = listening(process)
    assert ask(address, "/sparql?query=ASK%7B%7D").body == b'{"head":{},"boolean":true}'
    started = descendants(process.pid)
    assert len(started) > 2
    (os.killpg if to_all else os.kill)(process.pid, how)
    assert process.wait(30) == 0
    ended(process, started)
    with pytest.raises(OSError, match="refused"):
        ask(address, "/")
    assert process.stdout is not None
    assert process.stdout.read() == ""


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_it_listens_on_ipv6(sample_file: str) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("there is no address ::1 here")
    with serving("--store", sample_file, "--host", "::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert server.ask("GET", "/healthz").status == 200


def test_a_busy_port_is_said(start: Start, sample_file: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--store", sample_file, "--port", str(port))
        out, complaint = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert f"qwen-kg: cannot listen on 127.0.0.1, port {port}: Address already in use; choose" in complaint


def test_two_servers_do_not_share_a_port(start: Start, sampled: Server, sample_file: str) -> None:
    process = start("--store", sample_file, "--port", sampled.authority.rpartition(":")[2])
    assert "in use" in process.communicate(timeout=30)[1]
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no"),
        ("<x:s> <x:p> oops .", "data.nq:1:13: "),
        ("", None),
    ],
)
def test_a_graph_that_cannot_be_opened_is_said(
    start: Start, tmp_path: Path, content: str | None, words: str | None
) -> None:
    file = tmp_path / "data.nq"
    if content is not None:
        file.write_text(content)
    process = start("--store", str(file), "--port", "0")
    if words is None:  # a graph may be empty
        assert ask(listening(process), "/sparql?query=ASK%7B%7D").status == 200
        return
    out, complaint = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert complaint.startswith("opening the graph ...\nqwen-kg: ")
    assert words in complaint
    assert "Traceback" not in complaint


def test_a_directory_that_is_no_store_is_said(start: Start, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for options in ((), ("--writable",)):
        process = start("--store", str(tmp_path), "--port", "0", *options, QWEN_KG_TOKEN="t")
        _, complaint = process.communicate(timeout=30)
        assert process.returncode == 2, complaint
        assert str(tmp_path) in complaint
        assert "Traceback" not in complaint
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_log_that_cannot_be_written_is_said(start: Start, sample_file: str, tmp_path: Path) -> None:
    process = start("--store", sample_file, "--port", "0", "--access-log", str(tmp_path / "none" / "log"))
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "the access log" in complaint
    assert "No such file" in complaint


def test_what_goes_wrong_inside_while_it_starts_ends_it(start: Start, tmp_path: Path) -> None:
    """A configuration that no command line gives: the settings would have refused it."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""
            import sys
            from qwen_kg.errors import QwenKgError
            from qwen_kg.web.application import Configuration
            from qwen_kg.web.server import serve
            if __name__ == "__main__":
                try:
                    serve(Configuration(store=sys.argv[1], proxies=("nonsense",)), "127.0.0.1", 0)
                except QwenKgError as error:
                    sys.exit(f"{error.exit_code} {error}")
        """)
    )
    (tmp_path / "data.nq").write_text("")
    process = start(str(tmp_path / "data.nq"), command=[sys.executable, str(program)])
    _, complaint = process.communicate(timeout=60)
    assert "ValueError: 'nonsense' does not appear to be" in complaint
    last = complaint.splitlines()[-1]
    assert last.startswith("1 something went wrong here")
    assert f"fault {last.rpartition(' ')[2]}" in complaint


@needs_proc
def test_it_stops_while_the_graph_is_opened(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "large.nq"
    file.write_text("".join(f"<x:s{number}> <x:p> <x:o{number % 7}> .\n" for number in range(1_000_000)))
    process = start("--store", str(file), "--port", "0")
    assert process.stderr is not None
    assert process.stderr.readline() == "opening the graph ...\n"
    for _ in until(20):
        if len(descendants(process.pid)) > 1:
            break
    started = descendants(process.pid)
    process.terminate()
    assert process.wait(30) == 0
    assert "listening" not in process.stderr.read()
    ended(process, started)


@needs_proc
def test_nothing_outlives_the_first_process(start: Start, sample_file: str) -> None:
    process = start("--store", sample_file, "--port", "0")
    address = listening(process)
    ask(address, url(query="ASK {}"))
    started = descendants(process.pid)
    process.kill()
    ended(process, started)
    with pytest.raises(OSError, match="refused"):
        ask(address, "/")


@needs_proc
@pytest.mark.parametrize("victim", ["web", "nursery", "evaluators"])
def test_each_process_is_replaced(sample_file: str, victim: str) -> None:
    with serving("--store", sample_file) as server:
        assert server.ask("GET", url(query="ASK {}")).status == 200
        (web,) = [pid for pid in children(server.process.pid) if children(pid)]
        nursery = children(web)[0]
        chosen = {"web": [web], "nursery": [nursery], "evaluators": children(nursery)}[victim]
        old = descendants(server.process.pid) if victim == "web" else chosen
        for pid in chosen:
            os.kill(pid, signal.SIGKILL)
        for number in until(30):
            with contextlib.suppress(OSError, http.client.HTTPException):
                if (
                    server.ask(
                        "GET", url(query=f"ASK {{}} # {number} {os.urandom(4).hex()}"), timeout=10
                    ).status
                    == 200
                ):
                    break
        else:
            raise AssertionError(server.log.read_text())
        assert server.process.poll() is None
        for _ in until(20):
            if not [
                pid
                for pid in living(old)
                if pid != server.process.pid and pid not in children(server.process.pid)
            ]:
                break
        assert web in living([web]) or victim == "web"
        assert not living(chosen)


def test_what_has_begun_is_answered_before_it_stops(sample_file: str) -> None:
    with serving("--store", sample_file) as server:
        replies: list[Reply] = []

        def wait() -> None:
            replies.append(server.ask("GET", url(query=ENDLESS, timeout="2")))

        asking = threading.Thread(target=wait)
        asking.start()
        for _ in until(10):
            if "qwen_kg_workers_busy 1" in server.ask("GET", "/metrics").text:
                break
        server.process.terminate()
        asking.join()
        assert problem(replies[0], 504)["allowed"] == 2
        assert server.process.wait(30) == 0
        assert '"status": 504' in server.log.read_text()


def test_an_option_beats_its_variable_and_the_variable_its_default(sample_file: str) -> None:
    environment = {"QWEN_KG_TIMEOUT": "0.4", "QWEN_KG_MAX_NESTING": "5", "QWEN_KG_STORE": sample_file}
    with serving("--timeout", "0.3", environment=environment) as server:
        assert problem(server.ask("GET", url(query=ENDLESS)), 504)["allowed"] == 0.3
        nested = server.ask("GET", url(query="ASK " + "{" * 6 + "}" * 6))
        assert problem(nested, 400)["allowed"] == 5
