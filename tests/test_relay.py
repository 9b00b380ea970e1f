"""What the relay calls and takes, over real sockets: whole results of allowed endpoints at checked addresses."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

from qwen_kg.errors import RemoteError
from qwen_kg.federation.relay import Relay

from .listening import JSON, ROWS, ROWS_XML, XML, Answer, Drip, Listener, ask, reply
from .serving import serving

ALLOWED = "https://a.example/sparql"
QUERY = "SELECT ?o { SERVICE <%s> { ?s ?p ?o } }"


@pytest.fixture
def endpoint() -> Iterator[Listener]:
    """An endpoint that is allowed."""
    with Listener() as listener:
        yield listener


@pytest.fixture
def canary() -> Iterator[Listener]:
    """An endpoint that is not allowed."""
    with Listener() as listener:
        yield listener


@pytest.fixture
def relay(endpoint: Listener) -> Iterator[Relay]:
    with Relay([endpoint.url], timeout=20) as running:
        yield running


@contextlib.contextmanager
def relayed(answer: Answer, timeout: float = 20, **options: Any) -> Iterator[tuple[Relay, str]]:
    """Run an endpoint that gives an answer, and a relay that may call it; the IRI is that of the endpoint."""
    with Listener(answer) as listener, Relay([listener.url], timeout=timeout, **options) as relay:
        yield relay, listener.url


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """Another implementation of a SPARQL endpoint, with two triples."""
    command = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if command is None:
        pytest.skip("there is no oxigraph server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        authority = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen([command, "serve", "--bind", authority], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            connection = http.client.HTTPConnection(authority, timeout=10)
            with contextlib.closing(connection):
                try:
                    triples = b'<a:s> <a:p> "one" . <a:t> <a:p> "two"@en .'
                    connection.request("POST", "/store?default", triples, {"Content-Type": "text/turtle"})
                    assert connection.getresponse().status in {201, 204}
                    break
                except ConnectionRefusedError:
                    assert time.monotonic() < end
                    assert process.poll() is None
                    time.sleep(0.05)
        yield f"http://{authority}/query"
    finally:
        process.terminate()
        process.wait()


ANSWERED = [
    ("SELECT ?o { SERVICE <%s> { ?s <a:p> ?o } }", ["one", "two"]),
    ("SELECT ?o { SERVICE SILENT <%s> { <a:s> ?p ?o } }", ["one"]),
    ("SELECT ?l ?o { ?l <a:same> ?s SERVICE <%s> { ?s <a:p> ?o } }", ["a:l one", "a:m two"]),
    ("SELECT ?o { { SERVICE <%s> { <a:s> ?p ?o } } UNION { SERVICE <%s> { <a:t> ?p ?o } } }", ["one", "two"]),
    (
        "SELECT ?l ?o { ?l <a:same> ?x OPTIONAL { SERVICE <%s> { ?x <a:p> ?o } } FILTER(BOUND(?o)) }",
        ["a:l one", "a:m two"],
    ),
    ("SELECT ?o { SERVICE <%s> { SELECT (COUNT(*) AS ?o) { ?s ?p ?x } } }", ["2"]),
    ("ASK { SERVICE <%s> { ?s ?p 'one' } }", ["True"]),
    ("ASK { SERVICE <%s> { ?s ?p 'three' } }", ["False"]),
    (
        "CONSTRUCT { ?s <a:q> ?o } { SERVICE <%s> { ?s ?p ?o FILTER(LANG(?o) = 'en') } }",
        ["a:t a:q two"],
    ),
]


@pytest.mark.parametrize(("query", "rows"), ANSWERED)
def test_a_call_through_the_relay_gives_the_rows_of_the_endpoint(
    oxigraph: str, query: str, rows: list[str]
) -> None:
    store = ox.Store()
    for here, there in [("a:l", "a:s"), ("a:m", "a:t"), ("a:n", "a:u")]:
        store.add(ox.Quad(ox.NamedNode(here), ox.NamedNode("a:same"), ox.NamedNode(there)))
    with Relay([oxigraph], timeout=20) as relay:
        assert ask(relay.redirection, query.replace("%s", oxigraph), store) == rows


def test_another_process_is_told_of_the_relay_as_json(oxigraph: str) -> None:
    program = """
import json, sys, pyoxigraph
from qwen_kg.federation.rewriting import Redirection
told = json.load(sys.stdin)
for row in pyoxigraph.Store().query(Redirection(**told["redirection"]).rewrite(told["query"]).text):
    print(row["o"].value)
"""
    with Relay([oxigraph], timeout=20) as relay:
        told = {
            "redirection": asdict(relay.redirection),
            "query": f"SELECT ?o {{ SERVICE <{oxigraph}> {{ ?s ?p ?o }} }} ORDER BY ?o",
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "one\ntwo\n"


def test_the_server_calls_what_its_option_allows(endpoint: Listener, canary: Listener) -> None:
    with Listener(reply(b"", 500)) as failing:
        options = ("--allow-service", endpoint.url, "--allow-service", failing.url)
        asked = [endpoint.url, f"{endpoint.url}/x", failing.url, canary.url]
        with serving(*options) as server:
            replies = [server.ask("GET", f"/sparql?query={quote(QUERY % url)}") for url in asked]
    assert [each.status for each in replies] == [200, 200, 502, 403]
    assert json.loads(replies[0].body) == json.loads(ROWS)
    assert f"{failing.url}: it answered with status 500" in replies[2].text
    assert (endpoint.connections, canary.connections) == (2, 0)


def test_nothing_but_the_query_is_sent(
    relay: Relay, endpoint: Listener, canary: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{canary.port}/")
    assert ask(relay.redirection, f"SELECT ?o {{ SERVICE <{endpoint.url}/x> {{ ?s ?p ?o }} }}") == [
        "from afar"
    ]
    head, _, body = endpoint.requests[0].partition(b"\r\n\r\n")
    request, *fields = head.decode().split("\r\n")
    assert request == "POST /sparql/x HTTP/1.1"
    assert dict(field.split(": ") for field in fields) == {
        "Host": f"127.0.0.1:{endpoint.port}",
        "Accept": f"{JSON}, {XML}",
        "Content-Type": "application/sparql-query",
        "Content-Length": str(len(body)),
        "User-Agent": "qwen-kg",
        "Connection": "close",
    }
    assert body == b"SELECT * WHERE { ?s ?p ?o . }"
    assert canary.connections == 0


CHUNKED = "Transfer-Encoding: chunked"
TAKEN = {
    "JSON": reply(),
    "JSON with a parameter": reply(media_type=f"{JSON.upper()} ; charset=utf-8"),
    "XML": reply(ROWS_XML, media_type=XML),
    "in chunks": reply(b"%x\r\n%s\r\n0\r\n\r\n" % (len(ROWS), ROWS), length=None, extra=CHUNKED),
    "until the end of the connection": reply(ROWS + b"\n", length=None),
}


@pytest.mark.parametrize("answer", TAKEN.values(), ids=TAKEN)
def test_results_are_taken(answer: bytes) -> None:
    with relayed(answer) as (relay, url):
        assert ask(relay.redirection, QUERY % url) == ["from afar"]


TSV = "text/tab-separated-values"
BAD = {
    "an error": (reply(b"no", 500), "answered with status 500"),
    "no content": (reply(b"", 204), "answered with status 204"),
    "another part": (reply(ROWS, 206), "answered with status 206"),
    "a page": (reply(b"<html></html>", media_type="text/html"), "no SPARQL result"),
    "TSV": (reply(b'?o\n"from', media_type=TSV), "no SPARQL result"),
    "a graph": (reply(b"<a:b> <a:c> <a:d> .", media_type="text/turtle"), "no SPARQL result"),
    "compressed": (reply(extra="Content-Encoding: gzip"), "no SPARQL result"),
    "no type": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no SPARQL result"),
    "shorter than announced": (reply(length=len(ROWS) + 1), "breaks off"),
    "half of the JSON": (reply(ROWS[:-10]), "breaks off"),
    "half of the XML": (reply(ROWS_XML[:-9], media_type=XML), "breaks off"),
    "nothing of it": (reply(b""), "breaks off"),
    "half of the chunks": (
        reply(b"%x\r\n%s\r\n" % (len(ROWS), ROWS), length=None, extra=CHUNKED),
        "cannot be reached or read",
    ),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "cannot be reached or read"),
    "silence": (b"", "cannot be reached or read"),
    "too long, as announced": (reply(length=10**12), "longer than 10000 bytes"),
    "too long, in chunks": (
        reply(b"2710\r\n" + b" " * 10000 + b"\r\n1\r\n}\r\n0\r\n\r\n", length=None, extra=CHUNKED),
        "longer than 10000 bytes",
    ),
    "too long, until the end": (reply(b" " * 10_001, length=None), "longer than 10000 bytes"),
    "a long head": (reply(extra="X: y\r\n" * 200 + "X: y"), "cannot be reached or read"),
}


@pytest.mark.parametrize(("answer", "why"), BAD.values(), ids=BAD)
def test_what_is_no_whole_result_is_an_error(answer: bytes, why: str) -> None:
    with relayed(answer, size_limit=10_000) as (relay, url):
        with pytest.raises(RemoteError, match=why) as raised:
            ask(relay.redirection, QUERY % url)
        # Whoever asked is told which endpoint it was, and nothing of the relay.
        assert str(raised.value).startswith(f"{url}: ")
        assert relay.path not in str(raised.value)
        assert ask(relay.redirection, QUERY.replace("SERVICE", "SERVICE SILENT") % url) == ["-"]


def test_a_result_that_cannot_be_read_is_an_error_of_the_endpoint() -> None:
    with relayed(reply(b'{"head": {"vars": ["o"]}, "error": {}}')) as (relay, url):
        with pytest.raises(RemoteError, match="SERVICE failed: SPARQL JSON results must"):
            ask(relay.redirection, QUERY % url)
        with pytest.raises(RuntimeError, match="custom function <a:f> is not supported"):  # no fault of it
            ask(relay.redirection, f"SELECT * {{ SERVICE <{url}> {{}} BIND(<a:f>() AS ?x) }}")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed(canary: Listener, status: int) -> None:
    for location in (canary.url, f"//127.0.0.1:{canary.port}/sparql"):
        with (
            Listener(reply(b"", status, extra=f"Location: {location}")) as endpoint,
            Relay([endpoint.url, canary.url], timeout=20) as relay,
            pytest.raises(RemoteError, match="redirect"),
        ):
            ask(relay.redirection, QUERY % endpoint.url)
    assert canary.connections == 0


SLOW = {
    "the head": Drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "continue, and continue": Drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the body": Drip(reply(b"", length=10_000), b" "),
    "the body until the end": Drip(reply(ROWS, length=None), b" "),
    "the chunks": Drip(reply(b"", length=None, extra=CHUNKED), b"1\r\n \r\n"),
}


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW)
def test_an_answer_that_does_not_end_is_cut_off(answer: Drip) -> None:
    with (
        relayed(answer, timeout=0.5) as (relay, url),
        pytest.raises(RemoteError, match=r"did not answer within 0\.5 s"),
    ):
        ask(relay.redirection, QUERY % url)
    assert not answer.over


def test_what_is_announced_as_too_long_is_not_waited_for() -> None:
    answer = Drip(reply(b"", length=10**12), b" ")
    with relayed(answer, timeout=5) as (relay, url), pytest.raises(RemoteError, match="is longer than"):
        ask(relay.redirection, QUERY % url)
    assert not answer.over


def test_what_does_not_listen_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with Relay([url], timeout=20) as relay, pytest.raises(RemoteError, match="refused"):
        ask(relay.redirection, QUERY % url)


# --- Names


def resolver(*answers: Sequence[str]) -> tuple[Callable[[str, int], Sequence[str]], list[str]]:
    """Make something that looks names up, and the list of the names that it was asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    return resolve, asked


LEADS_HERE = [
    *(
        ["127.0.0.1"],
        ["127.0.0.2"],
        ["0.0.0.0"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["::127.0.0.1"],
        ["64:ff9b::7f00:1"],
    ),
    *(["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["10.0.0.1"], ["169.254.169.254"], ["fe80::1%lo"]),
]


@pytest.mark.parametrize("addresses", LEADS_HERE, ids=" ".join)
def test_a_name_that_leads_to_a_private_address_is_not_called(canary: Listener, addresses: list[str]) -> None:
    resolve, asked = resolver(addresses)
    url = f"http://kb.example.org:{canary.port}/sparql"
    with (
        Relay([url], timeout=20, resolve=resolve) as relay,
        pytest.raises(RemoteError, match=r"^http://kb\.example\.org.*may not be called by name") as raised,
    ):
        ask(relay.redirection, f"SELECT * {{ SERVICE <{url}> {{}} }}")
    assert (canary.connections, asked) == (0, ["kb.example.org"])
    assert addresses[0] not in str(raised.value)


def test_localhost_leads_to_this_machine_only() -> None:
    resolve, asked = resolver(["1.1.1.1"])
    with (
        Relay(["http://localhost:1/"], timeout=20, resolve=resolve) as relay,
        pytest.raises(RemoteError, match="may not be called by name"),
    ):
        relay.call("http://localhost:1/", b"ASK {}", "")
    assert asked == ["localhost"]


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A name that leads elsewhere the second time (DNS rebinding) is looked up once."""
    resolve, asked = resolver(["127.0.0.2"], ["127.0.0.1"])
    with Listener(host="127.0.0.2") as first:
        url = f"http://LOCALHOST:{first.port}/sparql"
        with Relay([url], timeout=20, resolve=resolve) as relay:
            assert ask(relay.redirection, QUERY % url) == ["from afar"]
    assert asked == ["localhost"]
    assert f"Host: localhost:{first.port}\r\n".encode() in first.requests[0]


def test_localhost_and_literal_addresses_can_be_named(endpoint: Listener) -> None:
    url = f"http://localhost:{endpoint.port}/sparql"
    with Relay([url, endpoint.url], timeout=20) as relay:
        for named in (url, endpoint.url):
            assert ask(relay.redirection, QUERY % named) == ["from afar"]


def test_another_address_of_a_name_is_tried(endpoint: Listener) -> None:
    resolve, _ = resolver(["127.0.0.2", "127.0.0.1"])  # on the first nothing listens
    url = f"http://localhost:{endpoint.port}/sparql"
    with Relay([url], timeout=20, resolve=resolve) as relay:
        assert ask(relay.redirection, QUERY % url) == ["from afar"]


@pytest.mark.parametrize("failing", [OSError("there is no such name"), UnicodeError("label too long")])
def test_a_name_that_is_unknown_is_an_error(failing: Exception) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise failing

    with (
        Relay([ALLOWED], timeout=20, resolve=resolve) as relay,
        pytest.raises(RemoteError, match=str(failing)),
    ):
        relay.call(ALLOWED, b"ASK {}", "")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a file with a certificate for a name and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")

    def make(name: str) -> Path:
        made = tmp_path_factory.mktemp("certificate") / "both.pem"
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ]
        command += ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        subprocess.run(
            [*command, "-keyout", made, "-out", made.with_suffix(".crt")], check=True, capture_output=True
        )
        made.write_text(made.read_text() + made.with_suffix(".crt").read_text())
        return made

    return make


def encrypted(listener: Listener, certificate: Path) -> list[str]:
    """Make a listener speak TLS; give the list of the names that clients ask it for."""
    names: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _sock, name, _context: names.append(str(name))
    listener.encrypt = lambda sock: context.wrap_socket(sock, server_side=True)
    return names


@pytest.mark.parametrize(
    ("host", "name", "trusted", "why"),
    [
        ("localhost", "localhost", True, None),
        ("localhost", "localhost", False, "self.signed certificate"),
        ("localhost", "other.example", True, "(?i)hostname mismatch"),
        ("127.0.0.1", "localhost", True, "(?i)IP address mismatch"),
    ],
)
def test_certificates_are_checked(
    endpoint: Listener,
    certificate: Callable[[str], Path],
    host: str,
    name: str,
    trusted: bool,
    why: str | None,
) -> None:
    made = certificate(name)
    names = encrypted(endpoint, made)
    trust = ssl.create_default_context(cafile=str(made)) if trusted else None
    url = f"https://{host}:{endpoint.port}/sparql"
    with Relay([url], timeout=20, trust=trust) as relay:
        if why is None:
            assert ask(relay.redirection, QUERY % url) == ["from afar"]
        else:
            with pytest.raises(RemoteError, match=why):
                ask(relay.redirection, QUERY % url)
            assert endpoint.requests == []
    assert names == ["localhost" if host == "localhost" else "None"]


def test_a_handshake_that_does_not_end_is_cut_off(endpoint: Listener) -> None:
    url = f"https://127.0.0.1:{endpoint.port}/"  # it waits for a request in plain text
    with (
        Relay([url], timeout=0.5) as relay,
        pytest.raises(RemoteError, match=r"did not answer within 0\.5 s"),
    ):
        relay.call(url, b"ASK {}", "")


# --- The relay itself


def test_the_relay_is_of_no_use_without_its_secret(relay: Relay, endpoint: Listener) -> None:
    authority = urlsplit(relay.redirection.base_url).netloc
    assert relay.path not in repr(relay.redirection)
    for method, path, status in [
        ("POST", f"/?endpoint={endpoint.url}&query=", 404),
        ("POST", f"{relay.path[:-1]}?endpoint={endpoint.url}&query=x", 404),
        ("POST", f"{relay.path}/?endpoint={endpoint.url}&query=x", 404),
        ("GET", f"{relay.path}?endpoint={endpoint.url}&query=x", 501),
        ("CONNECT", f"127.0.0.1:{endpoint.port}", 501),
    ]:
        connection = http.client.HTTPConnection(authority, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, b"ASK {}", {"Content-Type": "application/sparql-query"})
            assert connection.getresponse().status == status
    assert endpoint.connections == 0


def test_the_relay_itself_calls_what_is_allowed_only(
    relay: Relay, endpoint: Listener, canary: Listener
) -> None:
    """Whatever becomes of a text, the relay has the last word."""
    for iri in (canary.url, f"{endpoint.url}2", f"{endpoint.url}/../x", "file:///etc/passwd"):
        with pytest.raises(RemoteError, match=r"calls only|address|path"):
            relay.call(iri, b"ASK {}", "")
    with pytest.raises(RemoteError, match="a call within a call"):
        relay.call(endpoint.url, f"ASK {{ SERVICE <{relay.redirection.base_url}> {{}} }}".encode(), "")
    assert (canary.connections, endpoint.connections) == (0, 0)


def test_a_query_makes_so_many_calls(endpoint: Listener) -> None:
    store = ox.Store()
    for value in range(3):
        store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(value)))
    query = f"SELECT ?o {{ ?s ?p ?v LATERAL {{ SERVICE <{endpoint.url}> {{ ?x ?y ?o }} }} }}"
    with Relay([endpoint.url], timeout=20, calls=2) as relay:
        with pytest.raises(RemoteError, match="a query makes at most 2 calls"):
            ask(relay.redirection, query, store)
        assert endpoint.connections == 2
        assert ask(relay.redirection, query, ox.Store()) == []
        assert ask(relay.redirection, f"SELECT ?o {{ SERVICE <{endpoint.url}> {{}} }}") == ["from afar"]


def test_so_many_calls_are_made_at_the_same_time() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def answer() -> Iterator[bytes]:
        asked.set()
        go_on.wait(20)
        yield reply()

    with relayed(answer, simultaneous=1) as (relay, url):
        answers: list[tuple[str, bytes]] = []
        first = threading.Thread(target=lambda: answers.append(relay.call(url, b"ASK {}", "first")))
        first.start()
        assert asked.wait(20)
        with pytest.raises(RemoteError, match="too many calls"):
            relay.call(url, b"ASK {}", "second")
        go_on.set()
        first.join()
        assert answers == [(JSON, ROWS)]
        assert relay.call(url, b"ASK {}", "third") == (JSON, ROWS)


def test_a_closed_relay_calls_nothing(endpoint: Listener) -> None:
    relay = Relay([endpoint.url])
    relay.close()
    with pytest.raises(RemoteError, match="SERVICE failed: "):
        ask(relay.redirection, f"SELECT * {{ SERVICE <{endpoint.url}> {{}} }}")
    assert endpoint.connections == 0
