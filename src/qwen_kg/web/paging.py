"""Long lists in pages: which part is shown, and the addresses of the parts before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Paging:
    """A part of a list: ``limit`` items of ``total``, without the ``start`` items before it.

    ``path`` and ``fields`` are the address of the list, whatever part it shows.
    """

    path: str
    fields: Mapping[str, str]
    start: int
    limit: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first item that is shown, from 1; 0 where none is."""
        return self.start + 1 if self.start < self.total else 0

    @property
    def last(self) -> int:
        """The number of the last item that is shown."""
        return min(self.start + self.limit, self.total)

    @property
    def previous(self) -> str:
        """The address of the part before; nothing where there is none."""
        return self.address(max(0, min(self.start, self.total) - self.limit)) if self.start > 0 else ""

    @property
    def next(self) -> str:
        """The address of the part after; nothing where there is none.

        >>> Paging("/search", {"q": "qwen"}, 0, 20, 45).next
        '/search?q=qwen&from=20'
        >>> Paging("/search", {"q": "qwen"}, 40, 20, 45).next
        ''
        """
        return self.address(self.start + self.limit) if self.start + self.limit < self.total else ""

    def address(self, start: int) -> str:
        """Give the address of the part that begins after so many items."""
        fields = {name: value for name, value in self.fields.items() if name != "from"}
        if start:
            fields["from"] = str(start)
        return self.path + ("?" + urlencode(fields) if fields else "")
