"""Visits the pages of a server as a reader would who follows every link, and notes how long each takes."""

from __future__ import annotations

import http.client
import re
import time
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from statistics import quantiles
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

#: What there are thousands of, made alike, or for each thing one: of these one in ``every`` is visited.
ALIKE = re.compile(
    r"/(?:page/)?(?:statement|source|event|claim|evaluation|offer|comparison)/.+|/page/[^?]*\?|/data/.+|/sparql\?|/queries/[^?]*\?"
)
_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "use": "href"}
WARM_UP = 50  # pages, which no number is told of
LIMIT = 0.3  # seconds that a page may take


@dataclass(frozen=True)
class Visit:
    """A request for a page and what came: ``seconds`` from the request to the last byte."""

    path: str
    found_on: str
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people, and not data, a script or a redirection."""
        return self.status == 200 and self.headers.get("content-type", "").startswith("text/html")


class _Links(HTMLParser):
    """Collects what a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "id" in values:
            self.anchors.add(values["id"] or "")
        address = values.get(_LINKS.get(tag, ""))
        if address is not None:
            self.found.append(address)


def links(body: bytes) -> tuple[list[str], set[str]]:
    """Give the addresses that a page links to, as they are written, and its anchors."""
    parser = _Links()
    parser.feed(body.decode())
    return parser.found, parser.anchors


def crawl(authority: str, *, every: int = 1, start: str = "/") -> Iterator[Visit]:
    """Follow the links from a page to all others of the server, each once, nearest first.

    A page that is chosen by a query string is visited, and of its links those without one are followed:
    the forms of a page make more addresses than there are pages.

    Args:
        authority: host and port.
        every: of the pages that are made alike, one in so many is visited.
        start: the path of the first page.
    """
    connection = http.client.HTTPConnection(authority, timeout=60)
    waiting, seen = deque([(start, "")]), {start}
    while waiting:
        path, found_on = waiting.popleft()
        visit = _visit(connection, path, found_on)
        yield visit
        base = f"http://{authority}{path}"
        if visit.is_page:
            found, _ = links(visit.body)
        else:
            found = [visit.headers["location"]] if "location" in visit.headers else []
        for address in found:
            target, _ = urldefrag(urljoin(base, address))
            parts = urlsplit(target)
            following = target.removeprefix(f"http://{authority}") or "/"
            if parts.netloc != authority or following in seen or (parts.query and "?" in path):
                continue
            seen.add(following)
            if not ALIKE.match(following) or zlib.crc32(following.encode()) % every == 0:
                waiting.append((following, path))
    connection.close()


def _visit(connection: http.client.HTTPConnection, path: str, found_on: str) -> Visit:
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - began
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Visit(path, found_on, response.status, headers, body, seconds)


def page_times(authority: str, every: int) -> dict[str, Any]:
    """Measure the pages of a server, each at its first visit, so that no cache of replies has it.

    Returns:
        How many ``pages`` there were, the ``median``, the 99th percentile ``p99`` and the ``worst`` in
        seconds, the number ``over`` the limit, the ``slowest`` pages with their seconds, and the largest
        page in bytes; ``broken`` are the addresses that are linked and not there.
    """
    visits = list(crawl(authority, every=every))
    broken = [f"{each.path} on {each.found_on}" for each in visits if each.status >= 400]
    times = sorted(((each.seconds, each.path) for each in visits[WARM_UP:] if each.is_page), reverse=True)
    cuts = quantiles([seconds for seconds, _ in times], n=100)
    return {
        "pages": len(times),
        "median": cuts[49],
        "p99": cuts[98],
        "worst": times[0][0],
        "over": sum(seconds > LIMIT for seconds, _ in times),
        "slowest": times[:5],
        "largest": max(len(each.body) for each in visits if each.is_page),
        "broken": broken,
    }
