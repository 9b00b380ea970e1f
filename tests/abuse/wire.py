"""HTTP without manners: bytes as they are, connections left open, and what must hold of whatever comes back."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote

from ..serving import Reply, Server

PATIENCE = 15.0
"""Seconds after which silence is a hang; a generous bound, and no measure of speed."""


@contextlib.contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    """Open a connection to a server."""
    host, _, port = server.authority.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        yield connection


def send(connection: socket.socket, data: bytes) -> None:
    """Send bytes; a server that has stopped listening, because it has seen enough, is no fault."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(data)


def receive(connection: socket.socket, method: str = "GET") -> Reply | None:
    """Read one response whole, or None where the server ends the connection or answers no HTTP/1.

    Raises:
        TimeoutError: the server hangs.
        http.client.IncompleteRead: the body is shorter than its headers say.
    """
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
    except (HTTPException, ConnectionError):
        return None
    names = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, names, response.read())


def exchange(server: Server, data: bytes) -> Reply | None:
    """Send bytes on a connection of their own and read what comes back."""
    with connected(server) as connection:
        send(connection, data)
        return receive(connection)


def get(target: str, *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    """Write a request without a body; ``target`` and ``headers`` go on the wire as they are."""
    lines = [f"{method} {target} {version}", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def post(body: bytes, *headers: str, target: str = "/sparql", length: int | str | None = None) -> bytes:
    """Write a POST; the length of the body is the true one where none is given."""
    said = len(body) if length is None else length
    return get(target, f"Content-Length: {said}", *headers, method="POST") + body


def query(text: str, **more: str) -> str:
    """Give the target that asks a query by GET."""
    fields = {"query": text, **more}
    return "/sparql?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())


def ask(server: Server, text: str, patience: float = 60, **more: str) -> Reply:
    """Ask a query by POST, which has room for a long one; ``more`` are parameters of the address."""
    fields = "&".join(f"{name}={quote(value, safe='')}" for name, value in more.items())
    headers = {"Content-Type": "application/sparql-query"}
    return server.ask("POST", f"/sparql?{fields}", headers, text.encode(), patience)


def problem(reply: Reply) -> dict[str, Any]:
    """Give the problem document that a reply must be (RFC 9457)."""
    assert reply.headers["content-type"] == "application/problem+json", (reply.status, reply.text[:500])
    document: dict[str, Any] = json.loads(reply.body)
    assert {"type", "title", "status", "detail"} <= set(document)
    assert document["status"] == reply.status
    assert int(reply.headers["content-length"]) == len(reply.body)
    return document


def alive(server: Server) -> None:
    """Hold a server to answering as if nothing had been."""
    assert server.process.poll() is None, server.log.read_text()
    reply = server.ask("GET", query("ASK {}"), timeout=PATIENCE)
    assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True)
