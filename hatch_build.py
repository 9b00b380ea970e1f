"""Builds the dataset when a wheel is made, and brings the scripts of the pages.

So whoever installs the wheel need not. A wheel of data that do not conform is not made. An editable install
keeps the dataset in the checkout, where it is used until something changes; there, data that do not conform
yet are no reason to install nothing. The scripts come from npm at the versions of ``src/qwen_kg/web/npm``;
without npm the pages do without them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NPM = "src/qwen_kg/web/npm"
_STATIC = "qwen_kg/web/static/npm"
#: What the pages load, and the file of an npm package that it is.
_SCRIPTS = {
    "yasgui.css": "@zazuko/yasgui/build/yasgui.min.css",
    "yasgui.js": "@zazuko/yasgui/build/yasgui.min.js",
}


class WheelBuildHook(BuildHookInterface[Any]):
    """Puts the dataset and its digests beside the packaged data, and the scripts beside the style sheet."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what the wheel holds beside the sources; ``version`` is standard or editable."""
        self._made = tempfile.TemporaryDirectory()
        home, made = Path(self.root), Path(self._made.name)
        if version == "editable":
            self._build_in_place(home)
            self._bring_scripts(home, home / "src" / _STATIC)
            return
        included = self._build_dataset(home, made)
        if self._bring_scripts(home, made / "npm"):
            included[made / "npm"] = _STATIC
        build_data["force_include"] |= {str(path): target for path, target in included.items()}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was only made to be packed."""
        self._made.cleanup()

    def _build_in_place(self, home: Path) -> None:
        sys.path.insert(0, str(home / "src"))
        from qwen_kg.errors import QwenKgError  # noqa: PLC0415 - the package is not installed yet
        from qwen_kg.ready import quads_of  # noqa: PLC0415

        try:
            quads_of(home)
        except QwenKgError as error:
            self.app.display_warning(f"the dataset is not built yet:\n{error}")

    def _build_dataset(self, home: Path, made: Path) -> dict[Path, str]:
        sys.path.insert(0, str(home / "src"))
        from qwen_kg.dataset import build, write  # noqa: PLC0415 - the package is not installed yet
        from qwen_kg.errors import QwenKgError  # noqa: PLC0415
        from qwen_kg.root import DATASET, DIGESTS, digests  # noqa: PLC0415

        try:
            built = build(home)
            dataset = write(built, made)
        except QwenKgError as error:
            self.app.abort(f"the dataset cannot be built:\n{error}")
        manifest = dataset.with_name(DIGESTS)
        manifest.write_text(digests(home, built.quads), "ascii")
        return {dataset: f"qwen_kg/packaged/{DATASET}", manifest: f"qwen_kg/packaged/{DIGESTS}"}

    def _bring_scripts(self, home: Path, target: Path) -> bool:
        """Put the scripts of the pages into a directory; say whether they could be had."""
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning("the pages go without scripts of others, because there is no npm")
            return False
        work = Path(self._made.name) / "work"
        shutil.copytree(home / _NPM, work)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["npm failed"])[-1]
            self.app.display_warning(f"the pages go without scripts of others: {why}")
            return False
        target.mkdir(parents=True, exist_ok=True)
        for name, source in _SCRIPTS.items():
            shutil.copyfile(work / "node_modules" / source, target / name)
        (target / "LICENCES.txt").write_text(_licences(work / "node_modules"), "utf-8")
        return True


def _licences(modules: Path) -> str:
    """Give the licences of all packages that what is packed may hold parts of."""
    parts = []
    for manifest in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        package = json.loads(manifest.read_text("utf-8"))
        parts.append(f"{package['name']} {package['version']}: {package.get('license', 'no licence stated')}")
        texts = [
            each for each in manifest.parent.iterdir() if "licen" in each.name.lower() and each.is_file()
        ]
        parts += [each.read_text("utf-8", "replace").strip() for each in sorted(texts)]
    return "\n\n".join(parts) + "\n"
