"""Every link on every page leads somewhere; of pages that are made alike, some of each are looked at."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
import pytest
from benchmarks.pages import Visit, crawl, links
from rdflib import Dataset

from .serving import Server

#: Of the pages for statements, passages and the like, one in so many is visited.
EVERY = 150
TOO_LARGE = 300 * 1024  # bytes that a page weighs with all that it loads; only the editor may weigh more
ALTERNATE = re.compile(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"')


@pytest.fixture(scope="module")
def visits(server: Server) -> list[Visit]:
    """All that is linked, from the home page on."""
    return list(crawl(server.authority, every=EVERY))


def test_no_link_is_broken(visits: list[Visit]) -> None:
    assert len(visits) > 500
    assert [f"{v.status} {v.path} on {v.found_on}" for v in visits if v.status not in {200, 303}] == []


def test_every_anchor_is_there(visits: list[Visit]) -> None:
    anchors = {visit.path: links(visit.body)[1] for visit in visits if visit.is_page}
    missing = []
    for visit in visits:
        for address in links(visit.body)[0] if visit.is_page else []:
            parts = urlsplit(urljoin(visit.path, address))
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if (
                parts.fragment
                and not parts.netloc
                and target in anchors
                and parts.fragment not in anchors[target]
            ):
                missing.append(f"{address} on {visit.path}")
    assert missing == []


def test_no_page_is_too_large(visits: list[Visit], server: Server) -> None:
    pages = [visit for visit in visits if visit.is_page and not visit.path.startswith("/sparql")]
    loaded: dict[str, int] = {}
    for path in ("style.css", "page.js", "suggest.js", "tables.js", "pictures.js", "compare.js"):
        reply = server.ask("GET", f"/static/{path}")
        loaded[path] = len(reply.body) if reply.status == 200 else 0
    common = sum(loaded.values())
    assert 5_000 < common < TOO_LARGE
    large = {visit.path: len(visit.body) for visit in pages if len(visit.body) + common > TOO_LARGE}
    assert large == {}


# rdflib's own reader of JSON-LD makes the kind of graph that rdflib tells others not to make.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_what_a_page_names_as_its_data_parses(visits: list[Visit], server: Server) -> None:
    named = [(v.path, *found) for v in visits if v.is_page for found in ALTERNATE.findall(v.body.decode())]
    assert len({path for path, _, _ in named}) > 50
    kinds = {media_type for _, media_type, _ in named}
    assert {"text/turtle", "application/ld+json", "application/rdf+xml"} <= kinds
    for number, (_, media_type, address) in enumerate(named):
        if number % 7:  # they are many, and one in seven has all formats in turn
            continue
        reply = server.ask("GET", unescape(address))
        assert reply.status == 200, address
        assert reply.headers["content-type"].split(";")[0] == media_type
        assert parsed(reply.body, media_type) > 0, address


def parsed(body: bytes, media_type: str) -> int:
    """Read data in any format that a page may name; give the number of triples, rows or members."""
    if media_type == "application/ld+json":
        return sum(1 for _ in Dataset().parse(data=body, format="json-ld").quads())
    if media_type.endswith("json"):  # before the formats of RDF: Oxigraph takes all JSON to be JSON-LD
        return len(json.loads(body))
    known = ox.RdfFormat.from_media_type(media_type)
    if known is not None:
        return sum(1 for _ in ox.parse(io.BytesIO(body), format=known))
    return len(body.decode().splitlines())
