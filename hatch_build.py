"""Builds the dataset when a wheel is made, so that whoever installs it need not.

A wheel of data that do not conform is not made. An editable install keeps the dataset in the checkout, where
it is used until something changes; there, data that do not conform yet are no reason to install nothing.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DatasetBuildHook(BuildHookInterface[Any]):
    """Puts the dataset and its digests beside the packaged data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the dataset of the sources beside this file; ``version`` is standard or editable."""
        home = Path(self.root)
        sys.path.insert(0, str(home / "src"))
        from qwen_kg.dataset import build, write  # noqa: PLC0415 - the package is not installed yet
        from qwen_kg.errors import QwenKgError  # noqa: PLC0415
        from qwen_kg.ready import quads_of  # noqa: PLC0415
        from qwen_kg.root import DATASET, DIGESTS, digests  # noqa: PLC0415

        if version == "editable":
            try:
                quads_of(home)
            except QwenKgError as error:
                self.app.display_warning(f"the dataset is not built yet:\n{error}")
            return
        self._made = tempfile.TemporaryDirectory()
        try:
            built = build(home)
            dataset = write(built, Path(self._made.name))
        except QwenKgError as error:
            self.app.abort(f"the dataset cannot be built:\n{error}")
        manifest = dataset.with_name(DIGESTS)
        manifest.write_text(digests(home, built.quads), "ascii")
        build_data["force_include"][str(dataset)] = f"qwen_kg/packaged/{DATASET}"
        build_data["force_include"][str(manifest)] = f"qwen_kg/packaged/{DIGESTS}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was only made to be packed."""
        if version != "editable":
            self._made.cleanup()
