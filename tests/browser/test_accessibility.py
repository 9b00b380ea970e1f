"""axe-core looks at one page of each kind, in light and in dark, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from ..npm import installed
from ..serving import Server
from .conftest import watched
from .kinds import CLASSES, PAGES, of_server

HERE = Path(__file__).parent
SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    return (installed(HERE / "axe") / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def paths(server: Server) -> Mapping[str, str]:
    """The path of a page of each kind."""
    return of_server(server.url)


def violations(page: Any, axe: str) -> list[str]:
    """Tell what axe finds that is serious or critical."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"][:5]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", [*PAGES, *CLASSES])
def test_nothing_serious_is_found(
    browser: Browser, server: Server, axe: str, paths: Mapping[str, str], kind: str, scheme: str
) -> None:
    for context in watched(browser, server, color_scheme=scheme):
        page = context.new_page()
        page.goto(paths[kind], wait_until="networkidle")
        for name, (width, height) in SCREENS.items():
            page.set_viewport_size({"width": width, "height": height})
            assert violations(page, axe) == [], name
            beyond = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert beyond <= 0, f"{name}: the page is {beyond} pixels too wide"
