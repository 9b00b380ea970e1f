"""A thing in the words of schema.org, for search engines: what a page embeds as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qwen_kg.namespaces import compact
from qwen_kg.web.entity.head import Head
from qwen_kg.web.entity.values import Row, text_of

#: The type of schema.org for our classes, the narrower before the wider.
TYPES = {
    "ModelFamily": "CreativeWorkSeries",
    "ModelSeries": "CreativeWorkSeries",
    "Model": "SoftwareApplication",
    "Variant": "SoftwareApplication",
    "Organization": "Organization",
    "Agent": "Organization",
    "Platform": "WebSite",
    "Benchmark": "Dataset",
    "BenchmarkGroup": "Dataset",
    "License": "CreativeWork",
    "OpennessDefinition": "CreativeWork",
    "WebPage": "WebPage",
    "Source": "CreativeWork",
    "SourceVersion": "CreativeWork",
    "Passage": "CreativeWork",
    "Event": "Event",
    "Offer": "Offer",
    "Evaluation": "Observation",
    "Claim": "Claim",
    "Statement": "Claim",
    "Concept": "DefinedTerm",
    "skos:Concept": "DefinedTerm",
}
_OTHER = "Thing"

#: Properties of schema.org that say the same, where the value is a text or an address.
_SAME = {
    "schema:sameAs": "sameAs",
    "schema:url": "url",
    "dcterms:issued": "datePublished",
    "qkg:license": "license",
    "qkg:claimText": "text",
    "qkg:date": "startDate",
    "qkg:price": "price",
    "qkg:currency": "priceCurrency",
    "qkg:serviceId": "alternateName",
}
#: The same, where the value is a thing with a name.
_LINKED = {
    "qkg:developer": "creator",
    "qkg:variantOf": "isPartOf",
    "qkg:inSeries": "isPartOf",
    "qkg:inFamily": "isPartOf",
    "qkg:fineTunedFrom": "isBasedOn",
    "qkg:quantizedFrom": "isBasedOn",
    "qkg:convertedFrom": "isBasedOn",
    "qkg:source": "isPartOf",
    "qkg:seller": "seller",
    "qkg:offeredModel": "itemOffered",
}
_MODEL = "SoftwareApplication"


def structured_data(head: Head, rows: Iterable[Row], page: str, released: str = "") -> Mapping[str, Any]:
    """Describe a thing in schema.org.

    Args:
        head: the top of its page.
        rows: its triples.
        page: the address of its page.
        released: the first day that it was available, as ISO 8601 writes it, if that is known.
    """
    kind = next((each for name, each in TYPES.items() if name in head.classes), _OTHER)
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": head.iri,
        "name": head.label,
        "mainEntityOfPage": page,
    }
    if head.description:
        found["description"] = head.description
    if head.identifier:
        found["identifier"] = head.identifier
    if kind == _MODEL:
        found |= {"applicationCategory": "Machine learning model", "operatingSystem": "Any"}
    if released:
        found["datePublished"] = released
    many: dict[str, list[Any]] = {}
    for alias in head.aliases:
        many.setdefault("alternateName", []).append(alias.text)
    for row in rows:
        property_, text = compact(text_of(row, "property")), text_of(row, "value")
        if property_ in _SAME:
            many.setdefault(_SAME[property_], []).append(text)
        elif property_ in _LINKED:
            other = {"@id": text, **({"name": text_of(row, "label")} if "label" in row else {})}
            many.setdefault(_LINKED[property_], []).append(other)
    return found | {name: each[0] if len(each) == 1 else each for name, each in many.items()}
