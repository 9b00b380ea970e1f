"""What deploy/ and docs/running.md hold is understood by the programs it is for, and agrees with the server."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from qwen_kg.cli import main
from qwen_kg.settings import SETTINGS
from qwen_kg.web import server as web_server

from .programs import free_port, needs, run
from .serving import Server, serving

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SETTING = {setting.name: setting for setting in SETTINGS}
PORT = str(SETTING["port"].default)


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def _help() -> str:
    result = CliRunner().invoke(main, ["serve", "--help"])
    assert result.exit_code == 0
    return result.stdout


def _assert_serves(command: Sequence[str]) -> None:
    """See that a command is ``qwen-kg serve`` with options that exist."""
    program, name, *options = command
    assert (Path(program).name, name) == ("qwen-kg", "serve")
    main.commands["serve"].make_context("serve", list(options))


@pytest.mark.parametrize(
    "name", ["deploy/qwen-kg.service", "deploy/Dockerfile", "deploy/nginx.conf", "docs/running.md"]
)
def test_options_and_variables_that_are_named_exist(name: str) -> None:
    text = _text(name)
    for variable in set(re.findall(r"\bQWEN_KG_[A-Z_]*[A-Z]\b", text)):
        assert re.search(rf"\b{variable}\b", _help()), variable
    for command in re.findall(r"qwen-kg serve( [^`\n]*(?:\\\n[^\n]*)*)", text):
        for option in re.findall(r"(?<!\S)--[a-z-]+", command):
            assert f"{option} " in _help(), option


# --- systemd


def _unit() -> dict[str, list[str]]:
    """Read the unit: its directives with all their values, in whatever section."""
    found: dict[str, list[str]] = {}
    for line in _text("deploy/qwen-kg.service").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


UNIT = _unit()
VARIABLES = dict(value.split("=", 1) for value in UNIT["Environment"])

#: Directives that keep the service from what it does not need.
HARDENED = {
    "DynamicUser": "yes",
    "CapabilityBoundingSet": "",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "IPAddressDeny": "any",
    "LimitCORE": "0",
    "UMask": "0077",
}


def test_the_unit_serves_with_settings_that_can_be_read() -> None:
    (command,) = UNIT["ExecStart"]
    _assert_serves(shlex.split(command))
    named = {setting.variable: setting for setting in SETTINGS}
    for variable, value in VARIABLES.items():
        named[variable].read(value)


def test_the_unit_holds_no_secret_and_starts_without_its_files() -> None:
    assert "QWEN_KG_TOKEN" not in VARIABLES
    assert UNIT["EnvironmentFile"]
    assert all(file.startswith("-/etc/qwen-kg/") for file in UNIT["EnvironmentFile"])


@pytest.mark.parametrize("directive", HARDENED)
def test_the_unit_is_hardened(directive: str) -> None:
    assert UNIT[directive] == [HARDENED[directive]]


def test_the_unit_lets_workers_be_killed_and_requests_end() -> None:
    """A worker that the kernel kills must not stop the service, and SIGTERM is for the first process only."""
    assert (UNIT["KillMode"], UNIT["OOMPolicy"]) == (["mixed"], ["continue"])
    assert int(UNIT["TimeoutStopSec"][0]) > web_server._GRACE
    assert (UNIT["Restart"], UNIT["RestartPreventExitStatus"]) == (["on-failure"], ["2"])
    assert int(UNIT["TasksMax"][0]) > 0
    assert UNIT["MemoryMax"][0].endswith("G")


def test_the_unit_and_the_site_of_nginx_are_at_one_address() -> None:
    (upstream,) = re.findall(r"^\s*server ([^\s;{]+);", _text("deploy/nginx.conf"), re.M)
    assert upstream == f"{VARIABLES['QWEN_KG_HOST']}:{VARIABLES['QWEN_KG_PORT']}"
    assert VARIABLES["QWEN_KG_PROXY"] == VARIABLES["QWEN_KG_HOST"], "nginx calls from where it calls to"


@pytest.fixture
def startable(tmp_path: Path) -> Path:
    """The unit with a program that exists here, because systemd looks whether it does."""
    unit = tmp_path / "qwen-kg.service"
    text = _text("deploy/qwen-kg.service")
    unit.write_text(text.replace("/opt/qwen-kg/bin/qwen-kg", sys.executable), "utf-8")
    return unit


def test_systemd_understands_the_unit(startable: Path) -> None:
    assert run([needs("systemd-analyze"), "verify", startable]) == ""


def test_systemd_finds_little_exposed(startable: Path) -> None:
    """The level goes from 0 to 10 in systemd's own measure; the threshold is a tenth of that as a percentage."""
    command = [needs("systemd-analyze"), "security", "--offline=true", "--no-pager", "--threshold=15"]
    assert "Overall exposure level" in run([*command, startable])


# --- the container


def _instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile: its instructions in order, with what they are given."""
    lines = [line for line in _text("deploy/Dockerfile").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


INSTRUCTIONS = _instructions()
LAST_STAGE = INSTRUCTIONS[max(n for n, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM") :]
GIVEN = dict(LAST_STAGE)


def test_images_are_pinned_and_slim() -> None:
    images = [value.split()[0] for name, value in INSTRUCTIONS if name == "FROM"]
    assert len(images) == 2
    assert len(set(images)) == 1, "what is built in one stage runs in the other"
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", images[0])
    minor = int(images[0].split("-")[0].partition(".")[2])
    assert f"Programming Language :: Python :: 3.{minor}" in _text("pyproject.toml")


def test_the_container_serves_to_the_outside_at_its_port_and_not_as_root() -> None:
    entry, default = json.loads(GIVEN["ENTRYPOINT"]), json.loads(GIVEN["CMD"])
    assert entry == ["qwen-kg"]
    assert default == ["serve", "--host", "0.0.0.0"]
    _assert_serves([*entry, *default])
    assert GIVEN["EXPOSE"] == PORT
    assert int(GIVEN["USER"]) > 0
    names = [name for name, _ in LAST_STAGE]
    assert names.index("USER") > max(n for n, name in enumerate(names) if name in {"RUN", "COPY"})


def _health_check() -> list[str]:
    command: list[str] = json.loads(GIVEN["HEALTHCHECK"].partition("CMD ")[2])
    assert command[0] == "python"
    assert f"http://127.0.0.1:{PORT}/healthz" in command[-1]
    return [sys.executable, *command[1:]]


def test_the_health_check_tells_a_server_that_answers_from_one_that_does_not(server: Server) -> None:
    *program, code = _health_check()
    run([*program, code.replace(f"127.0.0.1:{PORT}", server.authority)])
    failed = code.replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{free_port()}")
    assert subprocess.run([*program, failed], capture_output=True, timeout=60, check=False).returncode == 1


def test_the_health_check_fails_on_an_error() -> None:
    """A server that answers 503, as ours does while its store cannot be used, is not healthy."""
    *program, code = _health_check()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        code = code.replace(f":{PORT}", f":{listener.getsockname()[1]}")
        with subprocess.Popen([*program, code], stderr=subprocess.DEVNULL) as process:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            assert process.wait(60) == 1


def _sent(path: str) -> bool:
    """Say whether a file goes to the builder: the last line of the ignore file that matches decides."""
    sent = True
    for line in _text("deploy/Dockerfile.dockerignore").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!").removeprefix("**/")
            parents = [path, *map(str, Path(path).parents)]
            if any(fnmatch.fnmatchcase(each, pattern) or Path(each).name == pattern for each in parents):
                sent = line.startswith("!")
    return sent


def test_the_builder_gets_what_a_wheel_is_made_of_and_nothing_private() -> None:
    needed = ["requirements/runtime.txt", "hatch_build.py", "pyproject.toml", "README.md"]
    needed += ["LICENSE", "LICENSE-DATA", "src/qwen_kg/__init__.py", "data/release.yaml"]
    needed += ["ontology/qwen-kg.ttl", "queries/successors.rq", "shapes/checks/circle.rq"]
    for name in needed:
        assert (ROOT / name).is_file()
        assert _sent(name), name
    for name in (".git/config", ".env", "token.env", "build/dataset.nq", "src/qwen_kg/__pycache__/a.pyc"):
        assert not _sent(name), name


def test_hadolint_finds_no_fault() -> None:
    assert run([needs("hadolint"), DEPLOY / "Dockerfile"]) == ""


def test_docker_finds_no_fault() -> None:
    """Only where an engine is at hand that can check a build without building."""
    docker = needs("docker")
    for command in (["info"], ["buildx", "version"]):
        if subprocess.run([docker, *command], capture_output=True, timeout=60, check=False).returncode:
            pytest.skip(f"docker {command[0]} does not work here")
    run([docker, "build", "--check", "--file", DEPLOY / "Dockerfile", ROOT])


# --- what docs/running.md says


def _column(heading: str) -> set[str]:
    """Give the first column of the table with a heading."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", _text("docs/running.md"), re.M)
    assert found, heading
    return set(re.findall(r"^\| `([^`]+)` \|", found[1], re.M))


def test_the_docs_name_every_setting_and_every_file_of_deploy() -> None:
    text = _text("docs/running.md")
    for setting in SETTINGS:
        assert re.search(rf"{setting.option}\b", text) or setting.variable in text, setting.option
    for path in DEPLOY.iterdir():
        if path.suffix != ".dockerignore":
            assert f"deploy/{path.name}" in text


def test_the_docs_name_the_keys_of_the_access_log(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with serving("--access-log", str(log)) as server:
        server.ask("GET", "/sparql?query=ASK%20%7B%7D")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "/sparql?query=ASK%20%7B%7D" in {line["target"] for line in lines}
    assert {key for line in lines for key in line} == _column("key") - {"fault"}


def test_the_docs_name_the_metrics(server: Server) -> None:
    text = server.ask("GET", "/metrics").text
    given = {name for name in re.findall(r"^# TYPE (\S+) ", text, re.M) if not name.endswith("_created")}
    assert given == _column("metric")
