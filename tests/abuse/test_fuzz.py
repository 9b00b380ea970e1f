"""Texts that hypothesis thinks of, in every place of a request that takes one."""

from __future__ import annotations

import contextlib
import socket

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qwen_kg.formats import FORMATS, Kind

from ..serving import Server
from .malformed import FORM, QUERY
from .wire import connected, exchange, get, post, problem, query, receive, send

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
TOKENS = st.sampled_from(
    [*(each.media_type for each in FORMATS), "*/*", "text/*", "application/*", "*", "/", "q=", "q=0", "q=1.0", "q=nan",
     "q=-1", "q=1e9", ";", ",", " ", "=", '"', "\\", "charset=utf-8", "a", "\t", "\xe9", "image/png", "text/html"]
)  # fmt: skip
FIELD = st.one_of(
    st.lists(TOKENS, max_size=12).map("".join),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=60),
)


def media_types(*kinds: Kind) -> set[str]:
    return {each.media_type for each in FORMATS if each.kinds & set(kinds)}


@FUZZ
@given(accept=FIELD, encoding=FIELD)
def test_any_accept(server: Server, accept: str, encoding: str) -> None:
    headers = (f"Accept: {accept}", f"Accept-Encoding: {encoding}")
    for text, kind in (
        ("SELECT * { ?s ?p ?o } LIMIT 1", Kind.BINDINGS),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", Kind.GRAPH),
    ):
        reply = exchange(server, get(query(text), *headers))
        assert reply is not None
        assert reply.status in {200, 400, 406}
        if reply.status == 200:
            assert reply.headers["content-type"].split(";")[0] in {*media_types(kind), "text/html"}


@FUZZ
@given(name=st.text(max_size=40) | st.sampled_from([each.name for each in FORMATS]) | TOKENS)
def test_any_format(server: Server, name: str) -> None:
    reply = server.ask("GET", query("SELECT * { ?s ?p ?o } LIMIT 1", format=name))
    assert reply.status in {200, 400, 406}
    if reply.status == 200:
        assert reply.headers["content-type"].split(";")[0] in {*media_types(Kind.BINDINGS), "text/html"}
    else:
        problem(reply)


@FUZZ
@given(name=st.text(max_size=20), value=st.text(max_size=20), header=FIELD)
def test_any_parameter_and_any_header(server: Server, name: str, value: str, header: str) -> None:
    with contextlib.suppress(UnicodeEncodeError):
        target = query("ASK {}", **{name: value})
        for field in ("If-None-Match", "Content-Type", "Authorization", "Origin", "Cookie", "Range", "Host", "Forwarded",
                      "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"):  # fmt: skip
            reply = exchange(server, get(target, f"{field}: {header}"))
            assert reply is not None
            assert reply.status < 500


@FUZZ
@given(path=st.text(max_size=30))
def test_any_path(server: Server, path: str) -> None:
    reply = exchange(server, get(query("", x=path).replace("/sparql?query=&x=", "/").replace("%2F", "/")))
    assert reply is not None
    assert reply.status < 500


@FUZZ
@given(data=st.binary(max_size=200))
def test_any_bytes(server: Server, data: bytes) -> None:
    with connected(server) as connection:
        send(connection, data + b"\r\n\r\n")
        with contextlib.suppress(OSError):  # the server may have closed it already
            connection.shutdown(socket.SHUT_WR)
        reply = receive(connection)
    assert reply is None or reply.status < 500


@FUZZ
@given(text=st.text(max_size=80), media_type=st.sampled_from([QUERY, FORM, "Content-Type: text/turtle"]))
def test_any_body(server: Server, text: str, media_type: str) -> None:
    reply = exchange(server, post(text.encode(), media_type))
    assert reply is not None
    assert reply.status in {200, 400, 403, 415}
