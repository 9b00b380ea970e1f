"""The form of a saved query: one field for each parameter, with what was typed in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qwen_kg.literals import READERS
from qwen_kg.namespaces import compact
from qwen_kg.web.answers import Row, heading
from qwen_kg.web.knowledge import Parameter, SavedQuery

_MOST_OPTIONS = 60
_KEYBOARDS = {"integer": "numeric", "decimal": "decimal"}


@dataclass(frozen=True)
class Field:
    """A field of a form.

    ``control`` is entity, choice, date or text; ``value`` is what stands in it; ``options`` are what may be
    chosen, or what is offered while typing; ``keyboard`` is the one that suits, on a phone.
    """

    name: str
    label: str
    control: str
    value: str
    required: bool
    help: str
    class_name: str
    keyboard: str
    options: Sequence[tuple[str, str]]


def fields(query: SavedQuery, given: Mapping[str, str], rows: Sequence[Row]) -> list[Field]:
    """Make the fields of a query.

    Args:
        query: the query.
        given: what was typed, by the names of parameters.
        rows: solutions of the query for which nothing was typed, if at hand: the values of a column that is
            called as a parameter are offered for it.
    """
    return [_field(each, given.get(each.name, each.default or ""), rows) for each in query.parameters]


def wants_options(query: SavedQuery, columns: Sequence[str]) -> bool:
    """Say whether values that are offered can be read from a column of the answer without conditions."""
    return any(each.type == "string" and each.name in columns for each in query.parameters) and not any(
        each.required for each in query.parameters
    )


def _field(parameter: Parameter, value: str, rows: Sequence[Row]) -> Field:
    options: list[tuple[str, str]] = []
    control = {"iri": "entity", "boolean": "choice", "date": "date"}.get(parameter.type, "text")
    if control == "choice":
        options = [("true", "yes"), ("false", "no")]
        if parameter.default is None:
            options.insert(0, ("", "either"))
        value = value if value in dict(options) else _read("boolean", value)
    elif control == "date" and value and _read("date", value) != value:
        control = "text"  # a field for dates would not show what was typed
    elif parameter.type == "string":
        found = sorted({str(row[parameter.name]["value"]) for row in rows if parameter.name in row})
        options = [(each, each) for each in found] if len(found) <= _MOST_OPTIONS else []
    return Field(
        parameter.name,
        heading(parameter.name),
        control,
        value,
        parameter.required,
        parameter.help,
        compact(parameter.class_iri) if parameter.class_iri else "",
        _KEYBOARDS.get(parameter.type, ""),
        options,
    )


def _read(kind: str, value: str) -> str:
    try:
        return READERS[kind](value)
    except ValueError:
        return ""
