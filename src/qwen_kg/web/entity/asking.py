"""Queries about one IRI, and which part of a long list a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qwen_kg.errors import ParameterError
from qwen_kg.namespaces import prologue
from qwen_kg.results import Store
from qwen_kg.sparql import substitute
from qwen_kg.web.paging import Paging
from qwen_kg.web.search import number
from qwen_kg.web.tables import Term, select

#: The lists of a page that may be long; an address names one of them and where it begins.
LISTS = ("parts", "builds", "scores", "offers", "events", "mentions", "passages", "supported")


def about(store: Store, text: str, iri: str) -> list[dict[str, Term]]:
    """Answer a query in which ``?_iri`` stands for an IRI."""
    return list(select(store, prologue() + substitute(text, {"_iri": f"<{iri}>"})))


def among(store: Store, text: str, iris: Iterable[str]) -> list[dict[str, Term]]:
    """Answer a query in which ``%s`` stands for IRIs of the store; nothing without any."""
    wanted = " ".join(f"<{iri}>" for iri in dict.fromkeys(iris))
    return list(select(store, prologue() + text.replace("%s", wanted))) if wanted else []


@dataclass(frozen=True)
class Window:
    """The part of one list of a page that an address asks for; all other lists begin at their start."""

    path: str
    name: str = ""
    start: int = 0
    setting: str = ""

    def first(self, name: str) -> int:
        """Give how many items of a list come before the part that is shown."""
        return self.start if name == self.name else 0

    def paging(self, name: str, limit: int, total: int) -> Paging:
        """Give the addresses around the part of a list that is shown."""
        fields = {"list": name, **({"setting": self.setting} if self.setting else {})}
        return Paging(self.path, fields, self.first(name), limit, total)


def window(path: str, given: Mapping[str, str]) -> Window:
    """Read what a request asks for.

    Raises:
        ParameterError: there is no such list, or its start is no number.
    """
    name = given.get("list", "")
    if name and name not in LISTS:
        raise ParameterError(f"there is no list {name[:40]!r}; one of {', '.join(LISTS)} is expected")
    return Window(path, name or "passages", number(given, "from", 0), given.get("setting", ""))
