"""Comunica, a query engine for the web in JavaScript, which takes an endpoint as one of its sources."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path

import pytest
from rdflib import Graph

from ..npm import installed
from ..serving import Server
from .questions import ASK, BROKEN, CONSTRUCT, SELECT, Row

PACKAGE = Path(__file__).parent / "comunica"


@pytest.fixture(scope="session")
def command() -> Path:
    """The command of Comunica, installed once for each version of the lock file."""
    return installed(PACKAGE) / ".bin" / "comunica-sparql"


def comunica(command: Path, source: str, query: str, media_type: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [command, source, "-q", query, "-t", media_type], capture_output=True, timeout=120, check=False
    )


@pytest.mark.parametrize("source", ["{}/sparql", "sparql@{}/sparql"], ids=["found out", "told"])
def test_select(command: Path, server: Server, sizes: set[Row], source: str) -> None:
    done = comunica(command, source.format(server.url), SELECT, "text/csv")
    assert done.returncode == 0, done.stderr.decode()
    rows = csv.DictReader(io.StringIO(done.stdout.decode()))
    found = {(row["variant"].strip("<>"), row["name"].split('"')[-2] if '"' in row["name"] else row["name"],
              int(re.search(r"\d+", row["size"])[0])) for row in rows}  # fmt: skip
    assert found == sizes


def test_construct(command: Path, server: Server, graphs: dict[str, Graph]) -> None:
    done = comunica(command, f"{server.url}/sparql", CONSTRUCT, "application/n-triples")
    assert done.returncode == 0, done.stderr.decode()
    assert set(Graph().parse(data=done.stdout, format="nt")) == set(graphs["CONSTRUCT"])


def test_ask(command: Path, server: Server) -> None:
    done = comunica(command, f"{server.url}/sparql", ASK, "application/sparql-results+json")
    assert json.loads(done.stdout)["boolean"] is True


def test_a_graph_as_a_document(command: Path, server: Server) -> None:
    """A source need not be an endpoint: Comunica fetches a document about an entity and asks that."""
    query = "SELECT ?later { ?later <https://w3id.org/qwen-kg/ns#successorOf> ?earlier }"
    done = comunica(command, f"{server.url}/id/Qwen2.5-VL-32B-Instruct", query, "text/csv")
    assert b"https://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct" in done.stdout, done.stderr.decode()


def test_an_error_is_told(command: Path, server: Server) -> None:
    done = comunica(command, f"sparql@{server.url}/sparql", BROKEN, "text/csv")
    assert done.returncode != 0


def test_the_lock_file_is_pinned_and_names_no_registry() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    lock = json.loads((PACKAGE / "package-lock.json").read_text())
    for name, version in package["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for path, entry in lock["packages"].items():
        assert "resolved" not in entry
        assert path == "" or entry["integrity"].startswith("sha512-")
