"""Messages between processes arrive whole, however the bytes are cut on the way."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import struct
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_kg.workers.messages import Inbox, Line, Message, Outbox, pack

Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
HEADS = st.dictionaries(st.text(), Json, max_size=4)


def pieces(whole: bytes, cuts: list[int]) -> list[bytes]:
    """Cut bytes at these places."""
    places = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return [whole[start:end] for start, end in itertools.pairwise(places)]


@settings(deadline=None)
@given(st.lists(st.tuples(HEADS, st.binary(max_size=5000)), min_size=1, max_size=3), st.lists(st.integers(0)))
def test_a_message_is_the_same_however_it_is_cut(
    messages: list[tuple[dict[str, Any], bytes]], cuts: list[int]
) -> None:
    """One after the other, as processes send them; nothing is given before the last byte is there."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        inbox = Inbox(ours)
        for head, body in messages:
            *early, last = pieces(pack(head, body), cuts)
            for piece in early:
                theirs.sendall(piece)
                assert inbox.receive() is None
            theirs.sendall(last)
            assert inbox.receive() == Message(head, body)


@given(HEADS, st.binary(max_size=100))
def test_the_lengths_stand_before_the_parts(head: dict[str, Any], body: bytes) -> None:
    written = pack(head, body)
    of_head, of_body = struct.unpack_from(">IQ", written)
    assert json.loads(written[12 : 12 + of_head]) == head
    assert written[12 + of_head :] == body
    assert of_body == len(body)


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 12 - 2, 256 * 1024, 5 * 1024 * 1024 + 1])
def test_large_bodies(size: int) -> None:
    """Sizes at the borders of what is read at once, and beyond what a socket holds."""
    body = bytes(index % 251 for index in range(min(size, 1000))) * (size // 1000 + 1)
    body = body[:size]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=Line(theirs).send, args=(pack({}, body),))
        sender.start()
        assert Line(ours).receive() == Message({}, body)
        sender.join()


def test_the_end_in_the_middle_is_no_message() -> None:
    """At every place of a message: what was cut off is an end, and not a shorter message."""
    whole = pack({"do": "query"}, b"ASK {}")
    for length in range(len(whole)):
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                theirs.sendall(whole[:length])
            with pytest.raises(EOFError):
                Line(ours).receive()


def test_a_socket_that_does_not_block_says_that_there_is_nothing() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        inbox = Inbox(ours)
        with pytest.raises(BlockingIOError):
            inbox.receive()
        theirs.sendall(pack({"a": 1}))
        assert inbox.receive() == Message({"a": 1}, b"")


def read_to_the_end(sock: socket.socket, received: bytearray) -> None:
    while chunk := sock.recv(65536):
        received += chunk


@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=20), st.integers(0, 400_000))
@settings(deadline=None, max_examples=30)
def test_an_outbox_sends_all_in_order(sent: list[bytes], large: int) -> None:
    """Also when one piece is more than the socket takes, and the next come while it waits."""
    sent.insert(len(sent) // 2, b"x" * large)

    async def send() -> None:
        loop = asyncio.get_running_loop()
        outbox = Outbox(ours, loop)
        for piece in sent:
            outbox.put(piece)
        reader = loop.run_in_executor(None, read_to_the_end, theirs, received)
        while len(received) < sum(map(len, sent)):
            await asyncio.sleep(0.001)
        outbox.close()
        ours.close()
        await reader

    received = bytearray()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        asyncio.run(send())
    assert bytes(received) == b"".join(sent)


def test_an_outbox_without_anybody_at_the_other_side_drops_what_it_gets() -> None:
    async def send() -> None:
        outbox = Outbox(ours, asyncio.get_running_loop())
        outbox.put(b"x" * 10_000_000)  # more than the socket takes
        theirs.close()
        for _ in range(5):
            await asyncio.sleep(0.01)
            outbox.put(b"more")
        outbox.close()

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours:
        asyncio.run(send())


def test_an_outbox_can_be_closed_while_it_waits() -> None:
    """The loop then watches the socket no more, whose number may be another's soon."""

    async def send() -> None:
        loop = asyncio.get_running_loop()
        outbox = Outbox(ours, loop)
        outbox.put(b"x" * 10_000_000)
        outbox.close()
        assert not loop.remove_writer(ours)
        outbox.close()

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        asyncio.run(send())
