"""Opens what is served: in the nursery what is held in memory, in each evaluator what is not."""

from __future__ import annotations

import hashlib
import secrets
import time
from pathlib import Path
from typing import Any

from qwen_kg.errors import InputError
from qwen_kg.ready import faults, quads_of
from qwen_kg.results import Store
from qwen_kg.root import find_root
from qwen_kg.store import LocalStore, open_store
from qwen_kg.workers.nursery import Prepared

_PATIENCE = 5.0  # seconds that a process that was killed may take to let go of a store on disk


def prepare(location: str | None, root: str | None) -> Prepared:
    """Prepare a store to be read.

    Args:
        location: as for :func:`qwen_kg.store.open_store`; None is the graph of this package.
        root: where that is built from; None is where this package or checkout is.

    Raises:
        InputError: there is nothing at the location.
        DataError: a file does not parse.
        NotConformingError: what was built does not conform.
    """
    if location is None:
        quads = quads_of(find_root(Path(root) if root else None))
        return _in_memory(LocalStore.from_nquads(quads), hashlib.sha256(quads).hexdigest())
    path = Path(location)
    if path.is_file():
        return _in_memory(LocalStore.from_file(path), hashlib.sha256(path.read_bytes()).hexdigest())
    open_store(location)  # what cannot be opened is told at once; Oxigraph's threads do not survive a fork
    return Prepared(lambda place: open_store(place or location), secrets.token_hex(8))


def prepare_writable(location: str, shapes: bool) -> Prepared:
    """Prepare a store on disk to be written to; evaluators open the place they are told.

    Args:
        location: the directory, which is made when it is missing or empty.
        shapes: whether writes are judged by the shapes of this package.
    """
    if Path(location).is_file() or "://" in location:
        raise InputError(f"{location}: only a directory can be written to")
    return Prepared(_open_place, secrets.token_hex(8), faults if shapes else None)


def _in_memory(store: LocalStore, identity: str) -> Prepared:
    return Prepared(lambda _: store, identity)


def _open_place(place: Any) -> Store:
    """Open ``["live", directory]`` to write, or ``["snapshot", directory]`` to read."""
    kind, directory = place
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return LocalStore.from_directory(directory, writable=kind == "live")
        except InputError as error:
            if "/LOCK: " not in str(error):
                raise
            if time.monotonic() > end:
                raise InputError(f"{directory}: another process writes to this store") from error
            time.sleep(0.05)
