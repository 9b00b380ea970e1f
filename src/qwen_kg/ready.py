"""The dataset of a root, built before or now; what builds and judges is only imported when it is needed.

Importing it takes longer than opening the dataset that a wheel brings.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from qwen_kg.errors import NotConformingError
from qwen_kg.root import find_root, keep, prebuilt


def quads_of(root: Path) -> bytes:
    """Give the dataset of a root as N-Quads, and keep it in a checkout.

    Raises:
        DataError: a file of the root cannot be read.
        NotConformingError: what was built does not conform.
    """
    ready = prebuilt(root)
    if ready is not None:
        return ready
    from qwen_kg.dataset import build  # noqa: PLC0415

    built = build(root)
    if not built.report.conforms:
        raise NotConformingError(built.report.text())
    keep(root, built.quads)
    return built.quads


def faults(quads: Iterable[ox.Quad]) -> NotConformingError | None:
    """Say what the shapes of this package find wrong with the content of a store, and None if nothing."""
    from qwen_kg.validation import shacl_report  # noqa: PLC0415

    report = shacl_report(quads, find_root() / "shapes")
    return None if report.conforms else NotConformingError(report.text(), report.turtle())
