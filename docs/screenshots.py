"""``python docs/screenshots.py``: takes the pictures of the pages that docs/screenshots holds.

One page of each kind as a desktop and a phone show it, over the data of the checkout, in Debian's Chromium.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.kinds import of_server  # noqa: E402 - it is beside the package, not in it
from tests.serving import serving  # noqa: E402

SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}
DARK = {"home", "variant", "sparql"}  # kinds that are shown in dark, too


def main() -> None:
    """Take the pictures, and remove those of kinds that are no more."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("there is no Chromium")
    folder = ROOT / "docs" / "screenshots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []  # Chromium keeps no sandbox for root
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for kind, path in of_server(server.url).items():
            for screen, (width, height) in SCREENS.items():
                for scheme in ("light", "dark") if kind in DARK else ("light",):
                    page = browser.new_page(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,  # type: ignore[arg-type]
                        reduced_motion="reduce",
                    )
                    page.goto(server.url + path, wait_until="networkidle")
                    name = f"{kind}-{screen}{'-dark' if scheme == 'dark' else ''}.png"
                    page.screenshot(path=folder / name)
                    page.close()
                    print(name, file=sys.stderr)
        browser.close()


if __name__ == "__main__":
    main()
