"""Finished replies are kept and told apart; clients and caches in between learn when theirs still holds."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from .asking import BROWSER, FORM, QUERY, cached, hits, media_type, post, rows, update, url
from .sample import nquads
from .serving import Reply, Server, serving

SELECT = "SELECT ?s ?o { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"
LONG = "SELECT * { ?s ?p ?o }"
GZIP = {"Accept-Encoding": "gzip"}


# Entity tags


def test_a_tag_is_that_of_data_and_request(sampled: Server) -> None:
    first, again = sampled.ask("GET", url(query=SELECT)), sampled.ask("GET", url(query=SELECT))
    assert re.fullmatch(r'W/"[0-9a-f]{24}"', first.headers["etag"])
    assert cached(first, again)
    assert first.headers["cache-control"] == "public, max-age=300"


def test_different_answers_have_different_tags(sampled: Server) -> None:
    asked = [
        (url(query=SELECT), {}),
        (url(query=SELECT), {"Accept": "text/csv"}),
        (url(query=SELECT, format="xml"), {}),
        (url(query=SELECT), BROWSER),
        (url(query=SELECT), {"Host": "elsewhere.example"}),
        (url(query=SELECT + " LIMIT 1"), {}),
        (url(query=SELECT, timeout="3"), {}),
        (url(query=LONG), {}),
        (url(query=LONG), GZIP),
        ("/sparql", {}),
        ("/ns", {}),
        ("/ns", {"Accept": "application/n-triples"}),
        ("/graphs", {}),
        ("/graphs?default", {}),
        ("/graphs?graph=https://w3id.org/qwen-kg/graph/facts", {}),
        ("/queries/successors", BROWSER),
    ]
    tags = [sampled.ask("GET", target, headers).headers["etag"] for target, headers in asked]
    tags.append(sampled.ask("QUERY", "/sparql", {"Content-Type": QUERY}, SELECT).headers["etag"])
    tags.append(sampled.ask("QUERY", "/sparql", {"Content-Type": QUERY}, SELECT + " ").headers["etag"])
    assert len(set(tags)) == len(tags)


def test_the_same_data_have_the_same_tags_elsewhere_and_others_have_not(
    sampled: Server, tmp_path: Path
) -> None:
    def tag(server: Server) -> str:
        return server.ask("GET", url(query=SELECT), {"Host": "one.example"}).headers["etag"]

    for more, same in ((b"", True), (b"<x:s> <x:p> <x:o> .\n", False)):
        file = tmp_path / "data.nq"
        file.write_bytes(nquads() + more)
        with serving("--store", str(file)) as server:
            assert (tag(server) == tag(sampled)) == same


@pytest.mark.parametrize(
    "target", [url(query=SELECT), "/sparql", "/ns", "/openapi.json", "/static/style.css", "/"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_it_already_is_told_so(sampled: Server, target: str, method: str) -> None:
    whole = sampled.ask("GET", target, GZIP)
    tag = whole.headers["etag"]
    for wanted in (tag, tag.removeprefix("W/"), f'"a", {tag}', f'W/"b",{tag} , "c"', "*"):
        reply = sampled.ask(method, target, {**GZIP, "If-None-Match": wanted})
        assert (reply.status, reply.body) == (304, b""), wanted
        for name in ("etag", "cache-control", "vary", "qwen-kg-release", "access-control-allow-origin"):
            assert reply.headers.get(name) == whole.headers.get(name)
    for wanted in ('"a"', 'W/"b", "c"', tag[:-2] + '"', "nonsense", ""):
        reply = sampled.ask("GET", target, {**GZIP, "If-None-Match": wanted})
        assert (reply.status, reply.body) == (200, whole.body), wanted


def test_who_has_it_in_another_form_gets_this_one(sampled: Server) -> None:
    tag = sampled.ask("GET", url(query=SELECT)).headers["etag"]
    for headers in ({"Accept": "text/csv"}, BROWSER, {"Host": "elsewhere.example"}):
        assert sampled.ask("GET", url(query=SELECT), {**headers, "If-None-Match": tag}).status == 200


def test_what_is_no_answer_has_no_tag(sampled: Server) -> None:
    for target in (url(query="oops"), "/nowhere", "/id/Qwen2.5-VL", "/healthz", "/metrics"):
        reply = sampled.ask("GET", target, {"If-None-Match": "*"})
        assert reply.status != 304
        assert "etag" not in reply.headers
        assert reply.headers["cache-control"] == "no-store"
    posted = post(sampled, "/sparql", QUERY, SELECT, {"If-None-Match": "*"})
    assert (posted.status, "etag" in posted.headers) == (200, False)


def test_a_part_of_a_page_is_not_asked_for(sampled: Server) -> None:
    """What compresses, tags and keeps replies gives whole ones, as RFC 9110, 14.2 allows."""
    for target in ("/static/style.css", "/ns", url(query=SELECT)):
        whole, part = (sampled.ask("GET", target, more) for more in ({}, {"Range": "bytes=0-9"}))
        assert cached(whole, part)
        assert "accept-ranges" not in part.headers


# The cache of the server


def test_a_reply_that_is_there_is_given_again(sampled: Server) -> None:
    target, before = url(query=SELECT + " # the first time"), hits(sampled)
    asked = [sampled.ask(method, target) for method in ("GET", "GET", "HEAD")]
    assert hits(sampled) == before + 2
    assert cached(asked[0], asked[1])
    form = urlencode({"query": SELECT + " # by form"})
    first, second = (post(sampled, "/sparql", FORM, form, {}) for _ in range(2))
    assert hits(sampled) == before + 3
    assert cached(first, second)


def test_no_two_requests_share_a_reply(sampled: Server) -> None:
    """Each differs from the others in one thing only, and each answer is its own."""
    query = "SELECT (IRI('x') AS ?base) (1 AS ?n) {}"
    form = urlencode({"query": query})
    asked: list[tuple[str, str, dict[str, str], str | None]] = [
        ("GET", url(query=query), {}, None),
        ("GET", url(query=query), {"Accept": "text/csv"}, None),
        ("GET", url(query=query), {"Accept": "application/sparql-results+xml"}, None),
        ("GET", url(query=query), {"Accept": "text/turtle"}, None),
        ("GET", url(query=query), BROWSER, None),
        ("GET", url(query=query) + "&format=tsv", {}, None),
        ("GET", url(query=query) + "&format=nonsense", {}, None),
        ("GET", url(query=query.replace("1 AS", "2 AS")), {}, None),
        ("POST", "/sparql", {"Content-Type": FORM}, form.replace("1+AS", "6+AS")),
        ("POST", "/sparql", {"Content-Type": FORM}, form.replace("1+AS", "3+AS")),
        ("POST", "/sparql", {"Content-Type": QUERY}, form.replace("1+AS", "6+AS")),
        ("POST", "/sparql", {"Content-Type": "text/x-query"}, form.replace("1+AS", "6+AS")),
        ("POST", "/sparql", {"Content-Type": QUERY}, query.replace("1 AS", "4 AS")),
        ("POST", "/sparql?format=csv", {"Content-Type": QUERY}, query.replace("1 AS", "4 AS")),
        ("POST", "/sparql", {"Content-Type": "text/plain"}, query),
        ("POST", "/sparql", {"Content-Type": QUERY, "Content-Encoding": "br"}, query),
        ("QUERY", "/sparql", {"Content-Type": QUERY}, query.replace("1 AS", "5 AS")),
        ("GET", "/sparql", {}, None),
        ("GET", "/sparql", {"Host": "elsewhere.example"}, None),
        ("GET", "/openapi.json", {}, None),
        ("GET", "/openapi.json", {"Host": "elsewhere.example"}, None),
    ]
    first = [sampled.ask(*each) for each in asked]
    again = [sampled.ask(*each) for each in reversed(asked)][::-1]
    seen = {(reply.status, media_type(reply), reply.body) for reply in first}
    assert len(seen) == len(asked)
    assert [(each.status, each.body) for each in first] == [(each.status, each.body) for each in again]


def test_addresses_in_answers_are_those_that_the_client_uses(sampled: Server) -> None:
    for host in ("one.example", "two.example:8080", "one.example"):
        for target, address in (
            ("/sparql", f"<http://{host}/sparql>"),
            ("/openapi.json", f'"url":"http://{host}"'),
            ("/queries", f"http://{host}/queries/"),
        ):
            assert address in sampled.ask("GET", target, {"Host": host}).text.replace('": "', '":"')


@pytest.mark.parametrize(
    "function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "now ()", "1 + rand # it\n ()", "BNODE()"]
)
def test_what_is_another_each_time_is_evaluated_each_time(sampled: Server, function: str) -> None:
    query = f"SELECT ({function} AS ?x) {{}}"
    form = urlencode({"query": query})
    ways = [
        lambda: sampled.ask("GET", url(query=query)),
        lambda: sampled.ask("GET", "/sparql?query=" + "".join(f"%{byte:02x}" for byte in query.encode())),
        lambda: post(sampled, "/sparql", FORM, form, {}),
        lambda: post(sampled, "/sparql", FORM, "query=" + quote(query, safe=""), {}),
        lambda: post(sampled, "/sparql", QUERY, query, {}),
        lambda: sampled.ask("QUERY", "/sparql", {"Content-Type": QUERY}, query),
    ]
    for ask in ways:
        first, second = ask(), ask()
        assert rows(first) != rows(second)
        assert "etag" not in first.headers
        assert first.headers["cache-control"] == "no-store"


def test_a_function_that_is_glued_to_what_precedes_it_is_noticed(sampled: Server) -> None:
    """Oxigraph asks for no space between a keyword and a function."""
    query = "SELECT ?s { ?s ?p ?o } ORDER BYRAND() LIMIT 1"
    assert "etag" not in sampled.ask("GET", url(query=query)).headers


# What changes


def test_a_write_is_seen_by_the_next_request(empty: Server) -> None:
    targets = [url(query="SELECT ?o { <x:s> <x:p> ?o }"), "/sparql", "/graphs", "/graphs?default", "/"]
    seen: dict[str, list[Reply]] = {target: [] for target in targets}
    changes = [
        lambda number: update(empty, f"INSERT DATA {{ <x:s> <x:p> {number} }}"),
        lambda number: empty.ask(
            "POST", "/graphs?default", _turtle(empty), f"<x:s> <x:p> {number} . <x:t{number}> a <x:T> ."
        ),
    ]
    for number in range(4):
        assert changes[number % 2](number).status == 204
        for target in targets:
            first, again = empty.ask("GET", target), empty.ask("GET", target)
            assert cached(first, again)
            assert first.headers["cache-control"] == "no-cache"
            seen[target].append(first)
        assert len(rows(seen[targets[0]][-1])) == number + 1
    for replies in seen.values():
        assert len({reply.headers["etag"] for reply in replies}) == len(replies)
    last = seen[targets[0]][-1].headers["etag"]
    assert empty.ask("GET", targets[0], {"If-None-Match": last}).status == 304
    earlier = seen[targets[0]][0].headers["etag"]
    assert empty.ask("GET", targets[0], {"If-None-Match": earlier}).status == 200


def test_a_write_that_is_refused_changes_nothing_that_is_kept(empty: Server) -> None:
    update(empty, "INSERT DATA { <x:s> <x:p> 1 }")
    target = url(query="SELECT ?o { <x:s> <x:p> ?o }")
    first = empty.ask("GET", target)
    assert update(empty, "oops").status == 400
    assert post(empty, "/sparql", "application/sparql-update", "DROP ALL", {}).status == 401
    again = empty.ask("GET", target, {"If-None-Match": first.headers["etag"]})
    assert (again.status, rows(empty.ask("GET", target))) == (304, rows(first))


def test_what_was_asked_before_a_write_is_not_kept_for_after_it(empty: Server) -> None:
    """Queries that are answered while the store is written to see what was before or after, and are kept as that."""
    filler = " ".join(f"<x:s{number}> <x:p{number}> {number} ." for number in range(300))
    assert update(empty, f"INSERT DATA {{ {filler} <x:s> <x:n> 0 }}").status == 204

    def target(name: str) -> str:
        product = "{ SELECT (COUNT(*) AS ?c) { ?a ?b ?c . ?d ?e ?f } }"
        return url(query=f"SELECT ?n {{ <x:s> <x:n> ?n {product} }} # {name}")

    def ask(name: str, delay: float) -> None:
        time.sleep(delay)
        empty.ask("GET", target(name))

    stale = []
    for number in range(1, 16):
        names = [f"{number} {each}" for each in range(8)]
        threads = [threading.Thread(target=ask, args=(name, each * 0.005)) for each, name in enumerate(names)]
        for thread in threads:
            thread.start()
        change = f"DELETE WHERE {{ <x:s> <x:n> ?n }} ; INSERT DATA {{ <x:s> <x:n> {number} }}"
        assert update(empty, change).status == 204
        for thread in threads:
            thread.join()
        stale += [name for name in names if rows(empty.ask("GET", target(name))) != [{"n": str(number)}]]
    assert stale == []


def _turtle(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token}", "Content-Type": "text/turtle"}
