"""All that the page of one thing shows: which sections it has depends on its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qwen_kg.namespaces import compact
from qwen_kg.results import Store
from qwen_kg.web.entity import happenings, mentions, scores, sources
from qwen_kg.web.entity import parts as consists
from qwen_kg.web.entity.asking import Window
from qwen_kg.web.entity.facts import Fact, Group, groups
from qwen_kg.web.entity.head import Head, head, plain
from qwen_kg.web.entity.lineage import Lineage, lineage
from qwen_kg.web.entity.related import Related, related
from qwen_kg.web.entity.released import released
from qwen_kg.web.entity.structured_data import structured_data
from qwen_kg.web.entity.values import Value
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.paging import Paging
from qwen_kg.web.passages import Place, passages

#: What is shown at a glance, of what is known, with the words above it.
_GLANCE = {
    "totalParameters": "Parameters",
    "activeParameters": "Active",
    "contextLength": "Context",
    "license": "Licence",
    "access": "Access",
    "commercialUse": "Commercial use",
    "sourceKind": "Kind of source",
    "score": "Score",
    "price": "Price",
}
_AT_MOST = 4
_HEADING = 2  # rows that the heading of a group is as high as
_DESCRIBED = 300  # characters that a search engine may show


@dataclass(frozen=True)
class Entity:
    """What a page shows of one IRI; what it does not have is empty or None.

    ``about`` is what a search engine shows below the title, ``places`` are where the node itself is said.
    """

    head: Head
    title: str
    about: str
    glance: list[tuple[str, Value]]
    groups: list[Group]
    places: list[Place]
    parts: consists.Parts
    builds: tuple[list[consists.Build], Paging]
    lineage: Lineage | None
    scores: scores.Scores | None
    events: tuple[list[happenings.Event], Paging]
    offers: tuple[list[happenings.Offer], Paging]
    claims: list[happenings.Claim]
    versions: list[sources.Version]
    passages: tuple[list[sources.Passage], Paging]
    supported: tuple[list[Value], Paging]
    mentions: tuple[list[mentions.Mentions], Paging]
    related: list[Related]
    data: Mapping[str, Any]

    @property
    def columns(self) -> list[list[Group]]:
        """The groups in two columns of about the same height, in their order."""
        heights = [_HEADING + sum(len(fact.values) for fact in group.facts) for group in self.groups]
        unequal = [abs(sum(heights[:cut]) - sum(heights[cut:])) for cut in range(len(heights) + 1)]
        cut = unequal.index(min(unequal))
        return [column for column in (self.groups[:cut], self.groups[cut:]) if column]

    @property
    def contested(self) -> list[Fact]:
        """The facts about which sources contradict each other."""
        return [fact for group in self.groups for fact in group.facts if fact.contested]


def entity(kg: Knowledge, iri: str, window: Window, address: str) -> Entity:
    """Collect what a page shows of an IRI.

    Args:
        kg: the graph.
        iri: what the page is about.
        window: which parts of long lists are shown.
        address: of the page.

    Raises:
        NotFoundError: the graph has nothing of it.
    """
    store = kg.store
    rows = plain(store, iri)
    if not rows:
        kg.describe(iri)
    top = head(store, iri, rows)
    found = groups(store, iri, rows)
    first = released(store, [iri]).get(iri)
    glance = _glance(found)
    if first:
        glance = [*glance, ("Released", first.date)]
    return Entity(
        head=top,
        title=_title(top),
        about=_about(top, glance),
        glance=glance,
        groups=found,
        places=_places(store, iri),
        parts=consists.parts(store, iri, window),
        builds=consists.builds(store, iri, window),
        lineage=lineage(store, iri, top.label),
        scores=_scores(store, top, window),
        events=happenings.events(store, iri, window),
        offers=happenings.offers(store, iri, window),
        claims=happenings.claims(store, iri),
        versions=sources.versions(store, iri),
        passages=sources.passages(store, iri, window),
        supported=sources.supported(store, iri, window),
        mentions=mentions.mentions(store, iri, window),
        related=related(kg.queries.values(), top),
        data=structured_data(top, rows, address, first.day if first else ""),
    )


def _places(store: Store, iri: str) -> list[Place]:
    return passages(store, [iri]).get(iri, [])


def _scores(store: Store, top: Head, window: Window) -> scores.Scores | None:
    """Give scores: models are scored, and benchmarks are what is scored on."""
    read = scores.on_benchmark if "Benchmark" in top.classes else scores.of_model
    return read(store, top.iri, top.label, window)


def _glance(found: list[Group]) -> list[tuple[str, Value]]:
    """Give the first accepted value of what readers look for first."""
    facts = {compact(fact.iri).removeprefix("qkg:"): fact for group in found for fact in group.facts}
    shown = []
    for name, words in _GLANCE.items():
        said = facts[name].values[0] if name in facts else None
        if said and (said.support is None or (said.support.accepted and not said.support.denied)):
            shown.append((words, said.value))
    return shown[:_AT_MOST]


def _title(top: Head) -> str:
    """Give the title of the page: its name and what it is, with what it belongs to where there is room."""
    of = f" of {top.crumbs[-1].text}" if top.crumbs and top.crumbs[-1].text not in top.label else ""
    return f"{top.label}, {top.kind}{of}" if top.kind else top.label


def _about(top: Head, glance: list[tuple[str, Value]]) -> str:
    known = ", ".join(f"{words.lower()} {each.text}" for words, each in glance)
    first = top.description or f"{top.label}: {top.kind} in a knowledge graph of the Qwen models."
    text = (
        f"{first} {known[:1].upper()}{known[1:]}. Each fact with its source."
        if known
        else (f"{first} Each fact with its source.")
    )
    return text if len(text) <= _DESCRIBED else text[: _DESCRIBED - 1].rpartition(" ")[0] + "…"
