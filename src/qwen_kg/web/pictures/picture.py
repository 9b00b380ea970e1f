"""What every picture has: its choices, its drawing, its data as a table, and the query behind it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from qwen_kg.errors import ParameterError
from qwen_kg.namespaces import prologue
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.tables import Table

_MOST = 8  # groups that have a colour of their own; the last is for all others
_LONG = 200  # characters of what is searched for


class Choice(NamedTuple):
    """A control of the form: a text where there are no options, a box to tick where "yes" is the only one.

    ``column`` is the column of the table that has what is chosen, if any has.
    """

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    column: str = ""

    @property
    def is_box(self) -> bool:
        """Whether it is ticked or not."""
        return [value for value, _ in self.options] == ["yes"]


class Entry(NamedTuple):
    """A line of a legend: a colour and what it stands for, and where that leads."""

    group: int
    text: str
    link: str = ""


@dataclass(frozen=True)
class Drawn:
    """A picture as drawn: ``said`` tells what is seen in it, ``queries`` where its data can be asked."""

    svg: Markup
    table: Table
    said: str
    queries: Sequence[tuple[str, str]]
    choices: Sequence[Choice] = ()
    legend: Sequence[Entry] = ()
    numbers: frozenset[str] = field(default_factory=frozenset)


class Picture(NamedTuple):
    """A kind of picture: its name in the address, its title, what it shows, and how it is drawn.

    ``draw`` raises ParameterError for what is no choice.
    """

    name: str
    title: str
    summary: str
    draw: Callable[[Knowledge, Mapping[str, str]], Drawn]


def choose(given: Mapping[str, str], name: str, label: str, options: Sequence[tuple[str, str]]) -> Choice:
    """Read a choice, which is the first option where nothing is given.

    Raises:
        ParameterError: it is none of the options.
    """
    value = given.get(name, options[0][0] if options else "")
    if options and value not in {each for each, _ in options}:
        raise ParameterError(f"{name} is one of those offered, not {value[:60]!r}")
    return Choice(name, label, value, options)


def tick(given: Mapping[str, str], name: str, label: str) -> Choice:
    """Read a box that is ticked or not.

    Raises:
        ParameterError: it is given and not "yes".
    """
    if given.get(name, "yes") != "yes":
        raise ParameterError(f"{name} is yes, or is left out, not {given[name][:60]!r}")
    return Choice(name, label, given.get(name, ""), [("yes", "yes")])


def write(given: Mapping[str, str], name: str, label: str) -> Choice:
    """Read a text.

    Raises:
        ParameterError: it is too long.
    """
    value = given.get(name, "").strip()
    if len(value) > _LONG:
        raise ParameterError(f"{name} has {len(value)} characters, and at most {_LONG} are looked for")
    return Choice(name, label, value)


def known_only(given: Mapping[str, str], choices: Sequence[Choice]) -> None:
    """Refuse what no choice reads.

    Raises:
        ParameterError: a parameter is unknown.
    """
    names = [choice.name for choice in choices]
    for name in given:
        if name not in names:
            offered = ", ".join(names) or "none"
            raise ParameterError(f"there is no parameter {name[:60]!r} of this picture; there is {offered}")


def saved(name: str, text: str, **parameters: str) -> tuple[str, str]:
    """Give the link to a saved query with its parameters."""
    given = {key: value for key, value in parameters.items() if value}
    return text, f"/queries/{name}" + ("?" + urlencode(given) if given else "")


def asked(query: str) -> tuple[str, str]:
    """Give the link that opens a query in the editor."""
    text = prologue() + query
    used = [line for line in text.splitlines() if not _unused(line, query)]
    return "The query in the editor", "/sparql?" + urlencode({"query": "\n".join(used).strip()})


def _unused(line: str, query: str) -> bool:
    return line.startswith("PREFIX ") and f"{line.split()[1]}" not in query


def colours(counted: Iterable[str]) -> dict[str, int]:
    """Give the most frequent their own colours, and all others the last."""
    numbers = Counter(counted)
    order = sorted(numbers, key=lambda each: (-numbers[each], each))
    return {each: min(number, _MOST) for number, each in enumerate(order, 1)}


def legend(groups: Mapping[str, int], names: Mapping[str, str], others: str) -> list[Entry]:
    """Tell what the colours stand for; those that share the last are ``others``."""
    own = [Entry(number, names.get(each, each)) for each, number in groups.items() if number < _MOST]
    last = [each for each, number in groups.items() if number == _MOST]
    if not last:
        return own
    return [*own, Entry(_MOST, names.get(last[0], last[0]) if len(last) == 1 else others)]


def as_csv(table: Table) -> str:
    """Write a table as CSV (RFC 4180), each cell as it is shown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([each.text if each else "" for each in row] for row in table.rows)
    return text.getvalue()
