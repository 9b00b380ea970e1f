"""Where the texts are that a graph is built from: a checkout, or the copy inside the installed package."""

from __future__ import annotations

from pathlib import Path

from qwen_kg.errors import InputError

_PARTS = (
    "data/release.yaml",
    "ontology/qwen-kg.ttl",
    "ontology/vocabularies.ttl",
    "ontology/alignments.ttl",
    "shapes/shapes.ttl",
    "shapes/checks/*.rq",
    "shapes/inconsistencies/*.rq",
    "queries/*.rq",
)
_PACKAGE = Path(__file__).parent


def is_root(directory: Path) -> bool:
    """Say whether a directory has all that a graph is built from."""
    return not _missing(directory)


def _missing(directory: Path) -> list[str]:
    return [part for part in _PARTS if not any(directory.glob(part))]


def find_root(given: Path | None = None) -> Path:
    """Give the root to build from.

    Args:
        given: the one that was asked for; without it, the checkout that the command runs in, the copy in the
            package, or the checkout that the package is installed from, whichever is first.

    Raises:
        InputError: there is none, or the one given lacks a part.
    """
    if given is not None:
        if missing := _missing(given):
            raise InputError(f"{given}: there is no {', no '.join(missing)} here")
        return given
    for candidate in (Path.cwd(), _PACKAGE / "packaged", _PACKAGE.parent.parent):
        if is_root(candidate):
            return candidate
    raise InputError("there are no data to build from; name their place with --root")
