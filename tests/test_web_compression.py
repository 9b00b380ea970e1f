"""Replies of text are compressed for clients that take it, and are the same when they are unpacked."""

from __future__ import annotations

import gzip

import pytest

from .asking import quads, update, url
from .serving import Server

LONG = "SELECT * { ?s ?p ?o }"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=0.5, br", True),
        ("*", True),
        ("*;q=0, gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("br, zstd", False),
        ("", False),
    ],
)
def test_compression_is_for_who_takes_it(sampled: Server, encoding: str, compressed: bool) -> None:
    plain = sampled.ask("GET", url(query=LONG))
    reply = sampled.ask("GET", url(query=LONG), {"Accept-Encoding": encoding})
    assert reply.headers.get("content-encoding") == ("gzip" if compressed else None)
    assert (gzip.decompress(reply.body) if compressed else reply.body) == plain.body
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert (reply.headers["etag"] != plain.headers["etag"]) == compressed
    assert "Accept-Encoding" in reply.headers["vary"].split(", ")


def test_every_route_survives_compression(server: Server) -> None:
    everything = url(query="CONSTRUCT WHERE { ?s ?p ?o }")
    for target in (
        everything,
        "/graphs",
        "/",
        "/ns",
        "/dataset.nq",
        "/openapi.json",
        "/static/style.css",
        "/metrics",
    ):
        plain, packed = server.ask("GET", target), server.ask("GET", target, GZIP)
        assert packed.headers["content-encoding"] == "gzip"
        whole = gzip.decompress(packed.body)
        assert whole == plain.body or target == "/metrics"
        assert len(packed.body) < len(whole)


def test_what_is_short_is_left_as_it_is(sampled: Server) -> None:
    reply = sampled.ask("GET", url(query="ASK {}"), GZIP)
    assert "content-encoding" not in reply.headers
    assert "Accept-Encoding" in reply.headers["vary"].split(", ")


def test_what_is_compressed_is_the_same_data(empty: Server) -> None:
    update(empty, "INSERT DATA { " + " ".join(f"<x:s> <x:p> {number} ." for number in range(200)) + " }")
    packed = empty.ask("GET", "/graphs", {**GZIP, "Accept": "application/n-quads"})
    assert set(gzip.decompress(packed.body).decode().splitlines()) == quads(empty)
