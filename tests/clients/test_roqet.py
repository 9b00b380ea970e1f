"""roqet of rasqal-utils; asked through it, an endpoint gives tables only, which is a limit of roqet."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import pytest
from rdflib.query import Result

from ..serving import Server
from .questions import BROKEN, SELECT, Row

pytestmark = pytest.mark.skipif(shutil.which("roqet") is None, reason="roqet (rasqal-utils) is not installed")


def roqet(server: Server, query: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = ["roqet", "-p", f"{server.url}/sparql", "-e", query, *options]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("form", ["xml", "tsv"])
def test_select(server: Server, sizes: set[Row], form: str) -> None:
    done = roqet(server, SELECT, "-q", "-r", form)
    assert done.returncode == 0, done.stderr.decode()
    rows = Result.parse(io.BytesIO(done.stdout), format=form)
    assert {(str(row.variant), str(row.name), int(row["size"])) for row in rows} == sizes


def test_select_as_csv(server: Server, sizes: set[Row]) -> None:
    done = roqet(server, SELECT, "-q", "-r", "csv")
    rows = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert {(row["variant"], row["name"], int(row["size"])) for row in rows} == sizes


def test_it_shows_how_many_there_are(server: Server, sizes: set[Row]) -> None:
    done = roqet(server, SELECT)
    assert f"Query returned {len(sizes)} results" in done.stderr.decode()
    assert done.stdout.count(b"row: [") == len(sizes)


def test_named_graphs_are_asked_in_the_query(server: Server) -> None:
    done = roqet(server, "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/qwen-kg/graph/facts> { ?s ?p ?o } }",
                 "-q", "-r", "csv")  # fmt: skip
    assert int(done.stdout.split()[1]) > 100


def test_an_error_is_told(server: Server) -> None:
    done = roqet(server, BROKEN)
    assert done.returncode != 0
    assert "HTTP status 400" in done.stderr.decode()
