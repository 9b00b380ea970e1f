"""How tests ask the endpoint, and what a reply has to be to count as an answer or as a problem."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .serving import Reply, Server

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

#: It takes longer than any test waits: a product of all triples, again and again.
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(30)) + " }"


def url(*fields: tuple[str, str], **more: str) -> str:
    """The address of a query by GET."""
    return "/sparql?" + urlencode([*fields, *more.items()])


def media_type(reply: Reply) -> str:
    """The media type of a reply, without parameters."""
    return reply.headers.get("content-type", "").partition(";")[0]


def rows(reply: Reply) -> list[dict[str, str]]:
    """The solutions in a reply in JSON or CSV, by the names of the variables."""
    assert reply.status == 200, reply.text
    if media_type(reply) == "text/csv":
        return list(csv.DictReader(io.StringIO(reply.text)))
    found = json.loads(reply.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in solution.items()} for solution in found]


def problem(reply: Reply, status: int) -> dict[str, Any]:
    """The problem document that a reply is (RFC 9457)."""
    assert (reply.status, media_type(reply)) == (status, "application/problem+json"), reply.text
    told: dict[str, Any] = json.loads(reply.body)
    assert told["status"] == status
    assert told["type"].startswith("https://w3id.org/qwen-kg/problems/")
    assert told["title"]
    assert told["detail"]
    return told


def bearer(server: Server) -> dict[str, str]:
    """The header with the token of a server."""
    return {"Authorization": f"Bearer {server.token}"}


def update(server: Server, text: str, fields: str = "", **headers: str) -> Reply:
    """Send an update with the token."""
    return server.ask("POST", "/sparql" + fields, {"Content-Type": UPDATE, **bearer(server), **headers}, text)


def post(
    server: Server, target: str, media: str | None, body: bytes | str, headers: Mapping[str, str]
) -> Reply:
    """Send a body of a media type, or of none."""
    return server.ask("POST", target, {**({"Content-Type": media} if media else {}), **headers}, body)


def quads(server: Server) -> set[str]:
    """All that a store holds, a line of N-Quads each."""
    reply = server.ask("GET", "/graphs", {"Accept": "application/n-quads"})
    assert reply.status == 200, reply.text
    return set(reply.text.splitlines())


def cached(reply: Reply, again: Reply) -> bool:
    """Whether two replies are the same one, by what only a time of evaluation would change."""
    return (reply.status, dict(reply.headers) | {"date": ""}, reply.body) == (
        again.status,
        dict(again.headers) | {"date": ""},
        again.body,
    )


def hits(server: Server) -> float:
    """How many requests were answered by a reply that had been finished before."""
    found = re.findall(
        r'^qwen_kg_requests_total\{cache="hit".*\} (\S+)$', server.ask("GET", "/metrics").text, re.M
    )
    return sum(map(float, found))
