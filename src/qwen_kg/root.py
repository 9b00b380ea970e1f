"""Where the texts are that a graph is built from: a checkout, or the copy inside the installed package.

A wheel brings the dataset that was built and judged when it was made, with the digests of what it was built
from; a checkout keeps what was built last in ``build/``. Whoever only wants to ask takes that, and builds
nothing, as long as neither the texts nor the program have changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
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

#: The directories of a root that a dataset is made of.
SOURCES = ("data", "ontology", "queries", "shapes")
#: In the packaged root, or where a checkout keeps it: the dataset, and the digests by which it is known.
DATASET, DIGESTS = "dataset.nq", "dataset.sha256"
_KEPT = "build"


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


def prebuilt(home: Path) -> bytes | None:
    """Give N-Quads that are what building a root would give, if they came with this package or were kept.

    Both are only made of data that conform. Where a file of the root or of the program was edited, added or
    taken away since, or the dataset itself is not whole, there is nothing to give.

    Args:
        home: a root, the packaged one or any other; what counts is what its files say.
    """
    for place in (_PACKAGE / "packaged", home / _KEPT):
        with contextlib.suppress(OSError):
            quads = (place / DATASET).read_bytes()
            if digests(home, quads) == (place / DIGESTS).read_text("ascii"):
                return quads
    return None


def keep(home: Path, quads: bytes) -> None:
    """Keep what was built from a checkout for the next time; any other root is left as it is.

    Args:
        home: the root that the dataset was built from.
        quads: the dataset as N-Quads; it conforms.
    """
    if not (home / "pyproject.toml").is_file():
        return
    with contextlib.suppress(OSError):  # a checkout that may not be written to is built each time
        (home / _KEPT).mkdir(exist_ok=True)
        for name, content in ((DATASET, quads), (DIGESTS, digests(home, quads).encode("ascii"))):
            whole = home / _KEPT / f"{name}.{os.getpid()}"
            whole.write_bytes(content)
            whole.replace(home / _KEPT / name)


def digests(home: Path, quads: bytes) -> str:
    """List the SHA-256 digests of a dataset, the files of its root and the program, as ``sha256sum`` does.

    Args:
        home: the root that the dataset was built from.
        quads: the dataset as N-Quads.
    """
    files = {
        path.relative_to(home).as_posix(): path.read_bytes()
        for part in SOURCES
        for path in (home / part).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    files |= {
        f"../{path.relative_to(_PACKAGE).as_posix()}": path.read_bytes()
        for path in _PACKAGE.rglob("*.py")
        if _PACKAGE / "packaged" not in path.parents  # which holds the root
    }
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted([*files.items(), (DATASET, quads)])
    )
