"""Which group of facts a property belongs to on a page, and in which order; what is unknown stands last."""

from __future__ import annotations

from qwen_kg.namespaces import compact

OTHER = "Other"

#: The groups in the order of reading, with their properties as CURIEs, those of our own without a prefix.
GROUPS: dict[str, str] = {
    "What it says": "rdf:subject rdf:predicate rdf:object polarity scope asOf condition",
    "What happened": (
        "concerns eventKind date dateNote timeZone agent publishedVia underName announces precedes"
    ),
    "What is claimed": (
        "claimText claimSubject claimant reporter claimDate comparison relation comparedWith aspect "
        "aboutTrend"
    ),
    "What was measured": (
        "evaluates onBenchmark metric setting score scoreUnit scoreLower scoreUpper evaluationDate"
    ),
    "What is offered": "offeredModel seller price currency billedFor referenceQuantity region offerDate",
    "How it stands": "standing rule reason conflictsWith refines",
    "Amount": (
        "notation value minInclusive minExclusive maxInclusive maxExclusive unit relativeTo measuredIn"
    ),
    "Identity": (
        "modelType describedAs tuning focus platformType sourceKind developer fineTunedBy publishedBy "
        "basedIn about purpose flagshipOf skos:altLabel formerName skos:inScheme skos:broader "
        "skos:definition skos:topConceptOf"
    ),
    "Place in the family": "inFamily inSeries variantOf snapshotOf",
    "Size and architecture": (
        "sizeLabel totalParameters activeParameters density memberDensity usesArchitecture "
        "basedOnArchitecture improvesOn introduces component buildFormat"
    ),
    "Context": "contextLength extendedContextLength outputLimit",
    "Input, output and abilities": (
        "inputModality outputModality capability reasoningSwitch languageCount programmingLanguageCount"
    ),
    "Licence and access": (
        "license memberLicense access memberAccess releasedArtifact documentedArtifact meets "
        "commercialUse commercialUserLimit"
    ),
    "Lineage": "successorOf fineTunedFrom quantizedFrom convertedFrom adapterOf mergedFrom distilledFrom",
    "Training": "trainingTokens trainingCost",
    "In use": "inferenceThroughput downloadCount openWeightModelCount",
    "Where to get it": (
        "availableOn downloadableFrom memberAvailableOn huggingFaceId modelScopeId serviceId "
        "schema:sameAs schema:url hostedOn linksTo"
    ),
    "The document": (
        "source sourceVersion versionOf paragraph firstLine lastLine locator oa:hasSelector "
        "dcterms:issued commit sha256 dcterms:rights"
    ),
}

#: What the head of a page or another section of it shows, and what only helps to find or to sort.
HIDDEN = frozenset(
    {
        *("rdf:type", "skos:prefLabel", "dcterms:description", "dcterms:identifier", "dcterms:title"),
        *("skos:hiddenLabel", "qkg:dateEarliest", "qkg:dateLatest", "qkg:supportedBy", "prov:wasDerivedFrom"),
        *("skos:definition", "rdfs:label", "rdfs:comment", "rdfs:isDefinedBy"),
    }
)

#: Names of properties of other vocabularies, which the ontology has no labels for.
NAMES = {
    "rdf:subject": "about",
    "rdf:predicate": "property",
    "rdf:object": "value",
    "skos:altLabel": "also called",
    "skos:inScheme": "in the vocabulary",
    "skos:broader": "kind of",
    "skos:topConceptOf": "top word of",
    "schema:sameAs": "same as",
    "schema:url": "address",
    "dcterms:issued": "date",
    "dcterms:rights": "rights",
    "oa:hasSelector": "characters",
}

_ORDER = {
    name if ":" in name else "qkg:" + name: (index, place, group)
    for index, (group, names) in enumerate(GROUPS.items())
    for place, name in enumerate(names.split())
}
_LAST = len(GROUPS)


def group_of(iri: str) -> str:
    """Give the group of a property.

    >>> group_of("https://w3id.org/qwen-kg/ns#license")
    'Licence and access'
    >>> group_of("https://example.org/unknown")
    'Other'
    """
    found = _ORDER.get(compact(iri))
    return found[2] if found else OTHER


def place_of(iri: str) -> tuple[int, int]:
    """Give the place of a property among all."""
    found = _ORDER.get(compact(iri))
    return found[:2] if found else (_LAST, 0)


def named(iri: str, label: str = "") -> str:
    """Give what a property is called on a page."""
    return label or NAMES.get(compact(iri)) or compact(iri).rpartition(":")[2]
