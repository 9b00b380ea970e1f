"""Finished replies: the same request is answered without any work as long as the data are the same."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

Key = tuple[bytes, ...]

_OVERHEAD = 1024  # bytes that an entry takes beside its body, about


@dataclass(frozen=True, slots=True)
class Finished:
    """A reply as it goes to the server: status, headers and body.

    ``etag`` is its entity tag, empty where it has none; ``lasting`` says that it may be kept.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    etag: str = ""
    lasting: bool = False


class ResponseCache:
    """Replies by request; when they take too many bytes, those go that were not used for the longest time."""

    def __init__(self, limit: int) -> None:
        """Make an empty cache that holds so many bytes; with 0 it holds nothing."""
        self._limit, self._size = limit, 0
        self._entries: OrderedDict[Key, Finished] = OrderedDict()

    def get(self, key: Key) -> Finished | None:
        """Give what was kept for a request."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: Key, finished: Finished) -> None:
        """Keep a reply under everything of the request that it depends on."""
        size = _size(key, finished)
        if size > self._limit // 4 or key in self._entries:  # one large reply does not drive out all others
            return
        self._entries[key] = finished
        self._size += size
        while self._size > self._limit:
            self._size -= _size(*self._entries.popitem(last=False))

    def clear(self) -> None:
        """Forget everything, because the data have changed."""
        self._entries.clear()
        self._size = 0


def _size(key: Key, finished: Finished) -> int:
    return sum(map(len, key)) + len(finished.body) + _OVERHEAD
