"""A real browser, Debian's Chromium, that looks at the pages of the real server.

Whatever a page writes to the console as an error, and whatever it asks another host for, fails the test.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from ..serving import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: What the browser itself writes when an answer is a problem, which some tests want to see.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of (400|404|503|504)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser; the tests of a module share it, and each has a context of its own.

    It does not outlive the module, because while it is there asyncio holds that a loop runs in this thread,
    and tests that start one of their own fail.
    """
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []  # Chromium keeps no sandbox for root
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        launched.close()


class Watch:
    """What a context must not do, as it was noted."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self._home = server.authority
        context.on("console", self._note)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._look)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not ANSWERED.match(message.text):
            self.errors.append(message.text)

    def _look(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self._home:
            self.strangers.append(request.url)


def watched(browser: Browser, server: Server, **options: object) -> Iterator[BrowserContext]:
    """Open a context that is watched until it is closed."""
    context = browser.new_context(base_url=server.url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    watch = Watch(context, server)
    yield context
    context.close()
    assert watch.errors == []
    assert watch.strangers == []


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of the server over the whole data, with scripts; addresses are relative to the server."""
    for context in watched(browser, server):
        yield context.new_page()


@pytest.fixture
def unscripted(browser: Browser, server: Server) -> Iterator[Page]:
    """The same without JavaScript."""
    for context in watched(browser, server, java_script_enabled=False):
        yield context.new_page()
