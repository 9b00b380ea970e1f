"""Behind a reverse proxy: what it says of the client is believed where it was named, and of nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from qwen_kg.web.forwarded import Proxies

from .abuse.processes import until
from .asking import UPDATE, bearer, problem, quads, update, url
from .serving import Server, serving

PUBLIC = {
    "Host": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "kg.example",
    "X-Forwarded-For": "203.0.113.7",
}


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A writable server that believes a proxy on this machine."""
    directory = tmp_path_factory.mktemp("behind")
    options = (
        "--writable",
        "--store",
        str(directory / "store"),
        "--proxy",
        "127.0.0.1",
        "--proxy",
        "10.0.0.0/8",
    )
    with serving(*options, environment={"QWEN_KG_TOKEN": "only-for-tests"}) as server:
        yield server


def endpoint(server: Server, headers: dict[str, str]) -> str:
    """The address of the endpoint, as it tells it to a client."""
    described = server.ask("GET", "/sparql", {"Accept": "application/n-triples", **headers}).text
    found: str = described.partition("#endpoint> <")[2].partition(">")[0]
    return found


def test_addresses_are_those_of_the_proxy(behind: Server) -> None:
    assert endpoint(behind, PUBLIC) == "https://kg.example/sparql"
    assert endpoint(behind, PUBLIC | {"X-Forwarded-Proto": "http"}) == "http://kg.example/sparql"
    assert endpoint(behind, {}) == behind.url + "/sparql"
    described = json.loads(behind.ask("GET", "/openapi.json", PUBLIC).body)
    assert described["servers"] == [{"url": "https://kg.example"}]
    listed = json.loads(behind.ask("GET", "/queries", PUBLIC).body)
    assert all(each["href"].startswith("https://kg.example/queries/") for each in listed)


def test_each_public_address_has_its_own_replies(behind: Server) -> None:
    asked = url(query="SELECT (IRI('x') AS ?x) {}")
    hosts = [PUBLIC, PUBLIC | {"X-Forwarded-Host": "other.example"}, PUBLIC | {"X-Forwarded-Proto": "http"}]
    for target in (asked, "/sparql"):
        tags = [behind.ask("GET", target, headers).headers["etag"] for headers in hosts * 2]
        assert tags[:3] == tags[3:]
        assert len(set(tags)) == 3


def test_relative_iris_are_those_of_the_public_address(behind: Server) -> None:
    update(behind, "DROP ALL")
    assert update(behind, "INSERT DATA { <a> <x:p> <b> }", **PUBLIC).status == 204
    assert quads(behind) == {"<https://kg.example/a> <x:p> <https://kg.example/b> ."}
    made = behind.ask(
        "POST", "/graphs", {**PUBLIC, **bearer(behind), "Content-Type": "text/turtle"}, "<> <x:p> <b> ."
    )
    assert made.headers["location"].startswith("https://kg.example/graphs/")


def test_the_site_is_that_of_the_proxy(behind: Server) -> None:
    """A page of the public site may write, and a page that only names the inner address may not."""
    assert update(behind, "DROP ALL", **PUBLIC, Origin="https://kg.example").status == 204
    problem(update(behind, "DROP ALL", **PUBLIC, Origin="https://127.0.0.1"), 403)
    problem(update(behind, "DROP ALL", **PUBLIC, Origin="https://elsewhere.example"), 403)


def test_what_the_client_itself_has_said_does_not_count(behind: Server) -> None:
    """A proxy appends to what was there before, so that the last of several values is its own."""
    lies = {
        "X-Forwarded-Proto": "http, https",
        "X-Forwarded-Host": "evil.example, kg.example",
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "User-Agent": "who says so",
    }
    assert endpoint(behind, PUBLIC | lies) == "https://kg.example/sparql"
    assert clients(behind, "who says so") == {"203.0.113.9"}


@pytest.mark.parametrize("scheme", ["javascript", "file", "", "https://"])
def test_a_scheme_that_is_none_of_http_is_not_taken(behind: Server, scheme: str) -> None:
    assert endpoint(behind, PUBLIC | {"X-Forwarded-Proto": scheme}) == "http://kg.example/sparql"


def clients(server: Server, agent: str) -> set[str]:
    """The clients whose requests the access log has, of those with this user agent."""
    for _ in until(10):
        noted = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        if found := {line["client"] for line in noted if line["agent"] == agent}:
            return found
    raise AssertionError(server.log.read_text())


def test_who_is_no_proxy_is_not_believed(sample_file: str) -> None:
    for options in ((), ("--proxy", "10.0.0.0/8", "--proxy", "::1")):
        with serving("--store", sample_file, *options) as server:
            assert endpoint(server, PUBLIC | {"Host": "inner.example"}) == "http://inner.example/sparql"
            server.ask("GET", "/", PUBLIC | {"User-Agent": "a liar"})
            assert clients(server, "a liar") == {"127.0.0.1"}


def test_the_public_site_is_unknown_where_no_proxy_is_named(empty: Server) -> None:
    problem(update(empty, "DROP ALL", **PUBLIC, Origin="https://kg.example"), 403)
    answer = empty.ask("POST", "/sparql", {**PUBLIC, "Content-Type": UPDATE}, "DROP ALL")
    problem(answer, 401)


@pytest.mark.parametrize(
    ("networks", "client", "trusted"),
    [
        (["127.0.0.1"], "127.0.0.1", True),
        (["127.0.0.1"], "127.0.0.2", False),
        (["10.0.0.0/8", "::1"], "10.255.0.1", True),
        (["10.0.0.0/8", "::1"], "::1", True),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", False),
        (["::/0"], "127.0.0.1", False),
        (["10.0.0.0/8"], "nonsense", False),
        (["10.0.0.0/8"], "", False),
        ([], "127.0.0.1", False),
    ],
)
def test_whom_to_believe(networks: list[str], client: str, trusted: bool) -> None:
    assert Proxies(networks).trusts(client) is trusted
