"""A checkout with few data that stay as they are, for tests that change one thing and build again.

The whole takes the better part of a minute to build. What these few say, they say of the ontology, the shapes
and the queries of the checkout as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from qwen_kg.root import SOURCES

HERE = Path(__file__).parent


def lay_out(home: Path) -> Path:
    """Copy all that the small dataset is built from into a directory, and give the directory."""
    for part in SOURCES:
        shutil.copytree((HERE if part == "data" else HERE.parents[1]) / part, home / part)
    return home
