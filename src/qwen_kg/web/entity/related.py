"""Saved queries that can be asked about a thing, as links with the parameter filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from qwen_kg.namespaces import compact
from qwen_kg.web.entity.head import Head
from qwen_kg.web.knowledge import Parameter, SavedQuery

#: A parameter of this name takes anything that has a name; one of another name is of the class that it says.
_ANYTHING = "entity"


class Related(NamedTuple):
    """A saved query, what it answers, and the parameter that takes this thing; ``needed`` says it has to."""

    name: str
    summary: str
    fields: dict[str, str]
    needed: bool


def related(queries: Iterable[SavedQuery], head: Head) -> list[Related]:
    """Give the queries that take a thing, those first that are only about one."""
    if not head.identifier or not head.description:  # what has none has no name that a query takes
        return []
    found = []
    for query in queries:
        fitting = [each for each in query.parameters if _fits(each, head)]
        others = [each for each in query.parameters if each.required and each not in fitting[:1]]
        if fitting and not others:
            # Of one class a name means one thing; of all, it may be the name of a source, too.
            name = head.identifier if fitting[0].class_iri else compact(head.iri)
            found.append(Related(query.name, query.summary, {fitting[0].name: name}, fitting[0].required))
    return sorted(found, key=lambda each: not each.needed)


def _fits(parameter: Parameter, head: Head) -> bool:
    if parameter.type != "iri":
        return False
    if parameter.class_iri is None:
        return parameter.name == _ANYTHING
    return parameter.class_iri in head.schemes
