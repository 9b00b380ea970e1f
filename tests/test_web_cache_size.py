"""The cache of finished replies holds as many bytes as it may, and what was used last."""

from __future__ import annotations

from qwen_kg.web.cache import Finished, ResponseCache

from .asking import cached, hits, url
from .serving import serving

SELECT = "SELECT ?s ?o { ?s <https://w3id.org/qwen-kg/ns#successorOf> ?o }"


def test_nothing_is_kept_where_nothing_may_be(sample_file: str) -> None:
    with serving("--store", sample_file, "--cache-size", "0") as server:
        first, again = server.ask("GET", url(query=SELECT)), server.ask("GET", url(query=SELECT))
        assert cached(first, again)
        assert server.ask("GET", url(query=SELECT), {"If-None-Match": first.headers["etag"]}).status == 304
        assert hits(server) == 0


def test_the_cache_is_bounded_and_keeps_what_was_used_last() -> None:
    def reply(size: int) -> Finished:
        return Finished(200, (), bytes(size))

    cache = ResponseCache(10_000)
    for number in range(20):
        cache.put((b"%d" % number,), reply(900))
        assert cache.get((b"0",)) is not None  # it is used all the time
    kept = [number for number in range(20) if cache.get((b"%d" % number,))]
    assert kept == [0, *range(16, 20)]
    cache.put((b"large",), reply(5000))
    assert cache.get((b"large",)) is None  # which would drive out the others
    cache.clear()
    assert cache.get((b"0",)) is None
    cache.put((b"0",), reply(1))
    assert cache.get((b"0",)) == reply(1)


def test_a_server_that_keeps_little_answers_all_the_same(sample_file: str) -> None:
    with serving("--store", sample_file, "--cache-size", "16k") as server:
        targets = [url(query=f"SELECT * {{ ?s ?p ?o }} LIMIT 5 # {number}") for number in range(30)]
        bodies = {server.ask("GET", target).body for _ in range(2) for target in targets}
        assert len(bodies) == 1
        assert hits(server) == 0
        for _ in range(3):
            server.ask("GET", targets[0])
        assert hits(server) == 2
