"""Pages and saved queries keep the limits of the endpoint: the time of one request, and a client that leaves."""

from __future__ import annotations

import socket
import time

import pytest

from .asking import BROWSER, ENDLESS, FORM, url
from .serving import Server


def _busy(server: Server) -> bool:
    return "qwen_kg_workers_busy 0" not in server.ask("GET", "/metrics").text


def _becomes(server: Server, *, busy: bool) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if _busy(server) is busy:
            return True
        time.sleep(0.05)
    return False


def test_a_page_of_a_query_has_the_time_that_is_asked_for(server: Server) -> None:
    reply = server.ask("GET", url(query=ENDLESS, timeout="0.3"), BROWSER)
    assert reply.status == 504
    assert reply.headers["content-type"].startswith("text/html")
    assert "0.3 seconds" in reply.text


def test_a_saved_query_takes_the_time_that_is_asked_for(server: Server) -> None:
    assert server.ask("GET", "/queries/successors?model=Qwen2.5-VL&timeout=5").status == 200
    posted = server.ask("POST", "/queries/successors?timeout=5", {"Content-Type": FORM}, b"model=Qwen2.5-VL")
    assert posted.status == 200


@pytest.mark.parametrize("path", ["/queries/successors?model=Qwen2.5-VL&", "/queries?", "/graphs/facts?"])
@pytest.mark.parametrize("timeout", ["soon", "-1", "0", "inf", ""])
def test_a_time_that_is_no_number_is_refused(path: str, timeout: str, server: Server) -> None:
    reply = server.ask("GET", f"{path}timeout={timeout}")
    assert reply.status == 400, reply.text


def test_a_page_for_a_client_that_goes_away_is_given_up(server: Server) -> None:
    host, _, port = server.authority.partition(":")
    with socket.create_connection((host, int(port))) as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "gone", **BROWSER}.items())
        connection.sendall(f"GET {url(query=ENDLESS)} HTTP/1.1\r\n{head}\r\n".encode())
        assert _becomes(server, busy=True)
    assert _becomes(server, busy=False)
    assert server.ask("GET", url(query="ASK {}"), BROWSER).status == 200
