"""What a request may cost, in one value that the web process and its workers share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an endpoint; each is a setting of the same name (see :mod:`qwen_kg.settings`).

    ``timeout`` is in seconds; ``query_length``, ``body``, ``result_size`` and ``memory`` are in bytes;
    ``nesting`` counts brackets within each other, ``rows`` solutions, ``workers`` processes and ``waiting``
    requests that wait for one.
    """

    timeout: float = 10.0
    query_length: int = 128 * 1024
    nesting: int = 100
    body: int = 16 * 1024**2
    result_size: int = 64 * 1024**2
    rows: int = 1_000_000
    memory: int = 1024**3
    workers: int = 16
    waiting: int = 32
