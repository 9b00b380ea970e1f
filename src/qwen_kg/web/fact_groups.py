"""Which group of facts a property belongs to on a page, and in which order."""

from __future__ import annotations

DATES, PRICES, OTHER = "Dates", "Prices", "More"

#: The groups in the order of reading, with the local names of their properties; what is not listed is more.
GROUPS: dict[str, tuple[str, ...]] = {
    "What it is": (
        "variantOf",
        "inSeries",
        "inFamily",
        "modelType",
        "tuning",
        "density",
        "usesArchitecture",
        "buildFormat",
        "developer",
        "fineTunedBy",
    ),
    "Size and limits": (
        "sizeLabel",
        "totalParameters",
        "activeParameters",
        "contextLength",
        "extendedContextLength",
        "outputLimit",
    ),
    "What it can do": (
        "inputModality",
        "outputModality",
        "capability",
        "reasoningSwitch",
        "languageCount",
        "programmingLanguageCount",
    ),
    "Licence and access": ("license", "access", "availableOn", "downloadableFrom"),
    DATES: (),
    "Lineage": (
        "successorOf",
        "snapshotOf",
        "fineTunedFrom",
        "quantizedFrom",
        "convertedFrom",
        "adapterOf",
        "mergedFrom",
        "distilledFrom",
    ),
    "Training": ("trainingTokens", "trainingCost"),
    PRICES: (),
    OTHER: (),
    "Where to find it": ("huggingFaceId", "modelScopeId", "serviceId"),
}
_WIDE = 100  # more than a group has properties
_GROUP = {name: group for group, names in GROUPS.items() for name in names}
_PLACE = {
    name: number * _WIDE + index
    for number, names in enumerate(GROUPS.values())
    for index, name in enumerate(names)
}
_FIRST = {group: number * _WIDE for number, group in enumerate(GROUPS)}


def group_of(iri: str) -> str:
    """Give the group of a property.

    >>> group_of("https://w3id.org/qwen-kg/ns#license")
    'Licence and access'
    """
    return _GROUP.get(_local(iri), OTHER)


def place_of(iri: str, group: str) -> int:
    """Give the place of a property among all, by its group; what is not listed stands last in it."""
    return _PLACE.get(_local(iri), _FIRST[group] + _WIDE - 1)


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]
