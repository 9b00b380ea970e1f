"""deploy/nginx.conf, in the real nginx, in front of the real server."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qwen_kg.settings import SETTINGS

from .programs import free_port, needs, run, running
from .serving import Reply, serving

SITE = (Path(__file__).parents[1] / "deploy" / "nginx.conf").read_text("utf-8")
SETTING = {setting.name: setting for setting in SETTINGS}
PORT = SETTING["port"].default


def _directive(name: str) -> list[str]:
    """Give the values of a directive of the site, in their order."""
    return re.findall(rf"^\s*{name}\s+([^;{{]+);", SITE, re.M)


def _in_bytes(size: str) -> int:
    return int(size[:-1]) * {"k": 1024, "m": 1024**2}[size[-1]]


def test_the_proxy_has_the_limits_of_the_server_and_more_patience() -> None:
    body, timeout = SETTING["max-body"].default, SETTING["timeout"].default
    assert isinstance(body, int)
    assert isinstance(timeout, float)
    (allowed,) = _directive("client_max_body_size")
    assert _in_bytes(allowed) == body
    (patience,) = _directive("proxy_read_timeout")
    assert int(patience.removesuffix("s")) >= 2 * timeout


@cache
def _certificate(directory: Path) -> Path:
    """Make a certificate for the test, with its key in the same file."""
    path = directory / "certificate.pem"
    command = [needs("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "1", "-subj", "/CN=kg.example.org", "-keyout", str(path)]
    key = directory / "only.pem"
    run([*command, "-out", str(key)])
    path.write_text(path.read_text() + key.read_text())
    return path


class Proxy:
    """nginx with the site of deploy/, on ports of its own, in front of a server."""

    def __init__(self, directory: Path, upstream: str) -> None:
        self.plain, self.secure = free_port(), free_port()
        site = SITE
        for old, new in (
            (r"^ *listen \[::\].*\n", ""),
            (r"listen 80;", f"listen 127.0.0.1:{self.plain};"),
            (r"listen 443 ssl", f"listen 127.0.0.1:{self.secure} ssl"),
            (
                r"/etc/letsencrypt/live/kg\.example\.org/(fullchain|privkey)\.pem",
                str(_certificate(directory)),
            ),
            (rf"server 127\.0\.0\.1:{PORT};", f"server {upstream};"),
        ):
            site, count = re.subn(old, new, site, flags=re.M)
            assert count, f"the site has no {old}"
        (directory / "site.conf").write_text(site)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "\n".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds)
        self.config = directory / "nginx.conf"
        self.config.write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}"  # else as nobody, who may not enter the directory
            f"daemon off; pid {directory}/pid; error_log stderr; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; {places}\ninclude {directory}/site.conf; }}\n"
        )
        self.command = [needs("nginx"), "-p", str(directory), "-e", "stderr", "-c", str(self.config)]

    @contextlib.contextmanager
    def running(self) -> Iterator[Proxy]:
        with running(self.command, self.secure):
            yield self

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        secure: bool = True,
    ) -> Reply:
        context = ssl._create_unverified_context()
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.secure, timeout=60, context=context)
            if secure
            else http.client.HTTPConnection("127.0.0.1", self.plain, timeout=60)
        )
        with contextlib.closing(connection):
            connection.request(method, target, body, {"Host": "kg.example.org", **(headers or {})})
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def test_nginx_understands_the_site(tmp_path: Path) -> None:
    said = run([*Proxy(tmp_path, "127.0.0.1:1").command, "-t"])
    assert "[warn]" not in said
    assert "test is successful" in said


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Path]]:
    """The real server behind the real proxy, and its access log."""
    directory = tmp_path_factory.mktemp("nginx")
    log = directory / "access.log"
    needs("nginx")
    with (
        serving("--proxy", "127.0.0.1", "--access-log", str(log)) as server,
        Proxy(directory, server.authority).running() as proxy,
    ):
        yield proxy, log


QUERY = "ASK { <https://w3id.org/qwen-kg/id/Qwen> ?p ?o }"


def test_queries_pass_in_every_way_to_send_them(proxied: tuple[Proxy, Path]) -> None:
    proxy, _ = proxied
    asked = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    encoded = "ASK%20%7B%20%3Chttps%3A%2F%2Fw3id.org%2Fqwen-kg%2Fid%2FQwen%3E%20%3Fp%20%3Fo%20%7D"
    for method, target, body in (
        ("GET", f"/sparql?query={encoded}", None),
        ("POST", "/sparql", QUERY.encode()),
        ("QUERY", "/sparql", QUERY.encode()),
    ):
        reply = proxy.ask(method, target, asked, body)
        assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True), method


def test_what_a_client_says_of_itself_is_overwritten(proxied: tuple[Proxy, Path]) -> None:
    """The description of the endpoint tells its own address: that of the site, not one that was made up."""
    proxy, log = proxied
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "203.0.113.9"}
    reply = proxy.ask("GET", "/sparql?mark=lies", {**lies, "Accept": "text/turtle"})
    assert reply.status == 200
    assert b"<https://kg.example.org/sparql" in reply.body
    assert b"evil" not in reply.body
    end = time.monotonic() + 30
    while time.monotonic() < end and "mark=lies" not in log.read_text():
        time.sleep(0.05)
    line = next(json.loads(each) for each in log.read_text().splitlines() if "mark=lies" in each)
    assert line["client"] == "127.0.0.1"


def test_redirections_stay_on_the_site(proxied: tuple[Proxy, Path]) -> None:
    proxy, _ = proxied
    reply = proxy.ask("GET", "/id/Qwen", {"Accept": "text/turtle"})
    assert reply.status == 303
    assert urlsplit(reply.headers["location"])[:2] in {("", ""), ("https", "kg.example.org")}


def test_what_is_not_encrypted_is_sent_to_where_it_is(proxied: tuple[Proxy, Path]) -> None:
    proxy, _ = proxied
    reply = proxy.ask("GET", "/id/Qwen?a=b%20c", secure=False)
    assert (reply.status, reply.headers["location"]) == (308, "https://kg.example.org/id/Qwen?a=b%20c")


def test_limits_are_told_in_problem_documents(proxied: tuple[Proxy, Path]) -> None:
    """A body that is too large by nginx, the rest by the server."""
    proxy, _ = proxied
    body = SETTING["max-body"].default
    assert isinstance(body, int)
    sent = {"Content-Type": "application/sparql-query"}
    too_much = proxy.ask("POST", "/sparql", sent, b" " * (body + 1))
    assert (too_much.status, too_much.headers["content-type"]) == (413, "application/problem+json")
    late = proxy.ask(
        "POST", "/sparql?timeout=0.5", sent, b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    )
    assert (late.status, late.headers["content-type"]) == (504, "application/problem+json")


def test_the_server_keeps_its_etags_through_the_proxy(proxied: tuple[Proxy, Path]) -> None:
    proxy, _ = proxied
    first = proxy.ask("GET", "/graph/ontology", {"Accept": "text/turtle"})
    assert first.status == 200
    again = proxy.ask(
        "GET", "/graph/ontology", {"Accept": "text/turtle", "If-None-Match": first.headers["etag"]}
    )
    assert (again.status, again.body) == (304, b"")


def test_a_server_that_is_gone_is_told_and_not_kept(tmp_path: Path) -> None:
    with Proxy(tmp_path, f"127.0.0.1:{free_port()}").running() as proxy:
        reply = proxy.ask("GET", "/sparql")
    assert reply.status == json.loads(reply.body)["status"] == 503
    assert reply.headers["content-type"] == "application/problem+json"
    assert (reply.headers["cache-control"], reply.headers["retry-after"]) == ("no-store", "5")
