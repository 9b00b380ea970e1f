"""``--allow-service``: what is allowed is reached, and nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..serving import Reply, serving
from .canary import SECRET, Canary, listening
from .services import SERVICES
from .wire import alive, ask


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A canary that must have heard nothing in the end."""
    with listening() as made:
        yield made
        assert made.heard == []


def services(dataset: str, text: str, *allowed: str) -> Reply:
    options = [option for iri in allowed for option in ("--allow-service", iri)]
    with serving("--store", dataset, "--timeout", "5", *options) as server:
        reply = ask(server, text)
        alive(server)
        return reply


def test_what_is_allowed_is_reached(dataset: str) -> None:
    with listening() as canary:
        address = f"http://127.0.0.1:{canary.port}/sparql"
        reply = services(
            dataset, f"SELECT * {{ SERVICE <{address}> {{ SELECT ?leaked {{ ?s ?p ?leaked }} }} }}", address
        )
        assert reply.status == 200, reply.text
        assert [row["leaked"]["value"] for row in json.loads(reply.body)["results"]["bindings"]] == [SECRET]
        assert len(canary.heard) == 1


def test_no_redirect_to_elsewhere_is_followed(dataset: str, canary: Canary) -> None:
    with listening(redirect=f"http://127.0.0.1:{canary.port}/sparql") as allowed:
        address = f"http://127.0.0.1:{allowed.port}/sparql"
        reply = services(dataset, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?leaked }} }}", address)
        assert reply.status in {403, 502}, reply.text
        assert SECRET.encode() not in reply.body
        assert len(allowed.heard) == 1


def test_what_only_begins_like_what_is_allowed_is_not_reached(dataset: str, canary: Canary) -> None:
    port = canary.port
    allowed = ["http://127.0.0.1:1", f"http://127.0.0.1:{port // 10}", f"http://127.0.0.1:{port}/sparql/"]
    options = [option for iri in allowed for option in ("--allow-service", iri)]
    with serving("--store", dataset, "--timeout", "5", *options) as server:
        for address in (
            f"http://127.0.0.1:1@127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}/sparql",
            f"http://127.0.0.1:{port}/sparql/../admin",
            f"http://127.0.0.1:{port}/sparql/%2e%2e/admin",
            f"http://127.0.0.1:{port}/SPARQL/",
            f"http://127.0.0.1:{port}?/sparql/",
            f"http://localhost:{port}/sparql/",
            f"http://2130706433:{port}/sparql/",
        ):
            for form in ("constant", "by VALUES", "silent"):
                reply = ask(server, SERVICES[form].format(address))
                assert reply.status in {400, 403}, (address, reply.status, reply.text)
        alive(server)


def test_a_file_is_never_allowed(dataset: str, tmp_path: Path) -> None:
    path = tmp_path / "secret.ttl"
    path.write_text('<x:s> <x:p> "what-is-in-the-file" .')
    file = path.as_uri()
    reply = services(dataset, f"SELECT * {{ SERVICE <{file}> {{ ?s ?p ?o }} }}", "http://127.0.0.1:1/")
    assert reply.status == 403
    assert b"what-is-in-the-file" not in reply.body
