"""deploy/w3id: every IRI of ours leads to the endpoint, by our own reading of the rules and by Apache's."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from qwen_kg.namespaces import BASE

from .programs import free_port, needs, running
from .serving import Server

FOLDER = Path(__file__).parents[1] / "deploy" / "w3id"
RULES = (FOLDER / ".htaccess").read_text("utf-8")

#: What IRIs of ours look like, with * for a name: those of the data, and those that the server names beside them.
FAMILIES = (
    "", ".well-known/*", "ns", "ns/*", "shapes", "sparql", "queries/*", "id/*", "prefixes", "prefixes/*",
    "statement/*", "statement/*/*", "source/*", "source/*/*", "source/*/*/*", "graph/*", "graph/*/*/*",
    "graph/*/*/*/*/*", "dataset", "dataset/*", "dataset.jsonld", "dataset.nq", "dataset.nt", "dataset.rdf",
    "dataset.trig", "dataset.ttl", "context.jsonld", "page/*", "data/*", "problems/*",
)  # fmt: skip
BESIDE = ("context.jsonld", "page/Qwen", "data/Qwen.ttl", "problems/bad-input")


@pytest.fixture(scope="module")
def families(small_dataset: list[ox.Quad]) -> dict[str, str]:
    """An IRI of each family."""
    terms = {
        t for quad in small_dataset for t in (quad.subject, quad.predicate, quad.object, quad.graph_name)
    }
    iris = sorted(t.value for t in terms if isinstance(t, ox.NamedNode) and t.value.startswith(BASE))
    found: dict[str, str] = {}
    for iri in (*iris, *(BASE + path for path in BESIDE)):
        path = iri.removeprefix(BASE).partition("#")[0]
        found.setdefault(re.sub(r"(?<=/)[^/]+", "*", path), BASE + path)
    return found


def _rewritten(iri: str) -> tuple[int, str]:
    """Replay the rules of .htaccess for an IRI, as Apache does for one in this directory."""
    path = urlsplit(iri).path.removeprefix(urlsplit(BASE).path)
    for line in RULES.splitlines():
        if line.startswith("RewriteRule "):
            _, pattern, target, flags = line.split()
            status = re.fullmatch(r"\[R=(\d+),L\]", flags)
            assert status, f"a flag that this does not know: {flags}"
            if found := re.search(pattern, path):
                return int(status[1]), re.sub(r"\$(\d)", lambda each: found[int(each[1])], target)
    raise AssertionError(f"no rule for {iri}")


def test_no_family_of_iris_is_forgotten(families: dict[str, str]) -> None:
    assert set(families) == set(FAMILIES)


def test_the_host_is_a_placeholder_that_nobody_can_own() -> None:
    hosts = set(re.findall(r"https://([^/$\s]+)/\$1", RULES))
    assert len(hosts) == 1
    assert hosts.pop().endswith(".example.org")


@pytest.mark.parametrize(
    "family",
    FAMILIES,
)
def test_the_rules_lead_to_something(family: str, families: dict[str, str], small_server: Server) -> None:
    """Each IRI goes to the same path of the endpoint, which knows it; a saved query may ask for parameters."""
    status, target = _rewritten(families[family])
    path = urlsplit(target).path
    assert (status, path) == (307, "/" + families[family].removeprefix(BASE))
    assert small_server.ask("GET", path).status in ({200, 400} if family == "queries/*" else {200, 303})


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that other users may enter, because Apache answers as one."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_apache_redirects_as_the_rules_say(families: dict[str, str], open_directory: Path) -> None:
    """The real program with the real file, laid out as w3id.org is."""
    apache, tmp_path = needs("apache2"), open_directory
    shutil.copytree(FOLDER, tmp_path / "site" / "qwen-kg")
    port = free_port()
    modules = Path("/usr/lib/apache2/modules")
    loaded = ("mpm_event", "authz_core", "rewrite", "headers", "dir")
    lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in loaded]
    lines += [
        f"ServerRoot {tmp_path}",
        f"Listen 127.0.0.1:{port}",
        "ServerName w3id.test",
        f"PidFile {tmp_path}/pid",
    ]
    lines += [f"DocumentRoot {tmp_path}/site", f"ErrorLog {tmp_path}/errors", "Mutex posixsem"]
    lines += ["User nobody", "Group nogroup"] if os.geteuid() == 0 else []
    lines += [
        f"<Directory {tmp_path}/site>",
        "AllowOverride All",
        "Options FollowSymLinks",
        "Require all granted",
    ]
    (tmp_path / "apache.conf").write_text("\n".join([*lines, "</Directory>"]) + "\n")
    with (
        running([apache, "-f", str(tmp_path / "apache.conf"), "-DFOREGROUND"], port),
        contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection,
    ):
        for iri in families.values():
            status, target = _rewritten(iri)
            for method, suffix in (("GET", ""), ("POST", "?query=ASK%20%7B%7D&a=%C3%A9")):
                connection.request(method, urlsplit(iri).path + suffix)
                response = connection.getresponse()
                response.read()
                assert (response.status, response.headers["Location"]) == (status, target + suffix)
                assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_readme_names_who_is_asked_and_iris_that_are_led_on() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    for line in ("- **Name:** ", "- **GitHub:** ", "- **Email:** "):
        assert line in text
    iris = re.findall(r"<(https://w3id\.org/qwen-kg/[^>]*)>", text)
    assert len(iris) > 5
    assert {_rewritten(iri)[0] for iri in iris} == {307}
