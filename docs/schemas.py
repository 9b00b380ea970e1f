"""JSON Schemas for editors, made of the records of data files and of the ontology.

An editor that knows JSON Schema (most do, for YAML with a language server) then offers the keys of a data
file with what they mean, and marks a mistake while it is typed. The build checks more than a schema can.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import RDF, SKOS, XSD, URIRef

from qwen_kg.authoring.library import KIND_OF_FILE
from qwen_kg.authoring.records import ClaimRecord, EntityRecord, Record, SourceRecord
from qwen_kg.vocabulary import Property, Vocabulary, qkg

Schema = dict[str, Any]


def _records(top: type[Record]) -> Iterator[type[Record]]:
    for below in top.__subclasses__():
        yield below
        yield from _records(below)


#: Every kind of block in data files, by its name.
RECORDS = {record.__name__: record for record in _records(Record)}

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "data/schema"

#: What a key means, where its record does not say; a test sees that each key is described once.
HELP = {
    "EntityRecord.id": "the last part of its IRI, and the name that other data files use for it",
    "EntityRecord.label": "what it is called",
    "EntityRecord.url": "a page of its own, such as its website",
    "EntityRecord.events": "what happened to it",
    "EntityRecord.variants": "models that belong to it, each a block like this one",
    "EventRecord.kind": "what happened: a word of the event kinds",
    "EventRecord.agent": "the id of the organization that brought it about",
    "EventRecord.timeZone": "the offset from UTC that a source gives with the date, such as +08:00",
    "EventRecord.underName": "the name that was used then, where it is not that of today",
    "Evidenced.standing": "how it is said; a plain value is asserted",
    "Stated.value": "the value: a word, a number, a name or an id, as the property asks",
    "Stated.polarity": "denied, where the source says that it does not hold",
    "SourceRecord.id": "the name that data files cite it by",
    "SourceRecord.title": "its title",
    "SourceRecord.description": "what it is, in our own words",
    "SourceRecord.kind": "what kind of source it is, which gives its rank",
    "SourceRecord.url": "where it is found",
    "SourceRecord.publisher": "the id of the organization that published it",
    "SourceRecord.versions": "the states of it that were read, the one in use last",
    "SourceRecord.passages": "places in a plain text, by a name for each",
    "SourceRecord.from": "what the links below come from, if not said",
    "SourceRecord.linksTo": "ids of web pages that it points its readers to",
    "VersionRecord.sha256": "the digest of the text, in hexadecimal",
    "VersionRecord.commit": "the commit that it was read at",
    "VersionRecord.date": "the day of this version, as EDTF",
    "PassageRecord.paragraph": "the number of the paragraph, from 1",
    "PassageRecord.chars": "the first character, counted from 0, and the first after the last, such as 6-34",
    "ComparisonRecord.relation": "how the subject stands to the other side: a word of the relations",
    "ComparisonRecord.to": "the id of the other side",
    "ClaimRecord.id": "the last part of its IRI",
    "ClaimRecord.label": "a short name for it",
    "ClaimRecord.subject": "the id of the model that it is about",
    "ClaimRecord.claimant": "the id of who makes it",
    "ClaimRecord.reporter": "the id of who passes it on",
    "ClaimRecord.via": "the id of the platform that it was made through",
    "ClaimRecord.date": "when it was made or reported, as EDTF",
    "ClaimRecord.aspect": "the respect in which things are compared",
    "ClaimRecord.benchmarks": "the id of the benchmark, or group of benchmarks, that it rests on",
    "ClaimRecord.trends": "ids of the trends that it asserts",
    "ClaimRecord.comparisons": "the pairs that it compares",
    "OfferRow.model": "the id of the model whose use is sold",
    "OfferRow.seller": "the id of who sells it",
    "OfferRow.price": "the amount of money, as a decimal number",
    "OfferRow.currency": "the ISO 4217 code of the money",
    "OfferRow.billedFor": "which tokens are counted: inputTokens or outputTokens",
    "OfferRow.region": "where the offer holds",
    "OfferRow.date": "when the offer was seen, as EDTF",
    "EvaluationRow.variant": "the id of the variant that was scored",
    "EvaluationRow.benchmark": "the id of the benchmark",
    "EvaluationRow.metric": "the name of what was measured",
    "EvaluationRow.setting": "the conditions of the score: shots, mode, tools",
    "EvaluationRow.score": "the number that is reported",
    "EvaluationRow.unit": "the unit of the score",
    "EntityRow.subject": "the id of the entity that it is said of",
    "FactRow.property": "a property of the ontology",
    "Row.source": "the id of the source, where the table is not named after it",
}

#: A file names its kind of record; each schema is for the files that a pattern matches.
FILES: dict[str, tuple[str, type[Record]]] = {
    "source": ("data/sources/*.yaml", SourceRecord),
    "model": ("data/models/*.yaml", EntityRecord),
    "entity": (f"data/{{{','.join(KIND_OF_FILE)}}}.yaml", EntityRecord),
    "claim": ("data/claims/*.yaml", ClaimRecord),
}

_COUNT = r"^\d[\d,]*(\.\d+)?\s*[KMBT]?$"
_QUANTITY = r"^(>=|<=|>|<)?\s*\d[\d,]*(\.\d+)?\s*[KMBT]?\s*(%|x)?$"
_TEXT = ["string", "number", "boolean"]  # YAML makes 2024 a number; the reader of data files keeps it text


def schemas(root: Path) -> dict[str, Schema]:
    """Make every schema, by its name, with the ontology of a root."""
    vocabulary = Vocabulary.read(root / "ontology")
    return {name: _schema(name, pattern, record, vocabulary) for name, (pattern, record) in FILES.items()}


def as_text(schema: Schema) -> str:
    """Lay a schema out as the file that is committed."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def help_of(record: type[Record], key: str) -> str:
    """Give what a key of a record means."""
    for field_name, field in record.model_fields.items():
        if (field.alias or field_name) == key and field.description:
            return field.description
    for owner in record.__mro__:
        if f"{owner.__name__}.{key}" in HELP:
            return HELP[f"{owner.__name__}.{key}"]
    raise KeyError(f"{record.__name__}.{key} is not described")


def _schema(name: str, pattern: str, record: type[Record], vocabulary: Vocabulary) -> Schema:
    made = record.model_json_schema(by_alias=True)
    definitions: Schema = made.pop("$defs", {})
    definitions.setdefault(record.__name__, {key: value for key, value in made.items() if key != "$ref"})
    for title, definition in definitions.items():
        definitions[title] = _described(title, _simplified(definition))
    if "EntityRecord" in definitions:
        _add_properties(definitions, vocabulary)
    for title in ("Stated", "Origin"):  # plain text stands for a block of them with one key
        if title in definitions:
            short = {"type": _TEXT, "description": "short for a block with this alone"}
            definitions[title] = {"anyOf": [short, definitions[title]]}
    one: Schema = {"$ref": f"#/$defs/{record.__name__}"}
    if name == "model":
        one = {"allOf": [one], "required": ["kind"]}
    return {
        "$schema": DIALECT,
        "title": f"{pattern} of qwen-kg",
        "if": {"type": "array"},
        "then": {"items": one},
        "else": one,
        "$defs": definitions,
    }


def _simplified(schema: Any) -> Any:
    """Drop what an editor does not need: titles of keys, empty defaults, and null, which no file can hold."""
    if isinstance(schema, list):
        return [_simplified(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema:
        kept = [each for each in schema["anyOf"] if each != {"type": "null"}]
        if len(kept) == 1:
            rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
            return _simplified({**kept[0], **rest})
    made: Schema = {}
    for key, value in schema.items():
        if (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, [], {})):
            continue
        if key == "properties":
            made[key] = {name: _simplified(each) for name, each in value.items()}
        else:
            made[key] = _simplified(value)
    if made.get("type") == "string" and "enum" not in made:
        made.update(_number_as_text(made["pattern"]) if "pattern" in made else {"type": _TEXT})
    if made.get("type") == "array" and made.get("items", {}).get("$ref", "").endswith(("/Origin", "/Stated")):
        return _one_or_more(made)
    return made


def _number_as_text(pattern: str) -> Schema:
    """Let a number that YAML made of a text be where the text would be."""
    if not re.search(pattern, "12"):
        return {"type": "string"}
    return {"type": ["string", "integer"], "minimum": 0 if re.search(pattern, "0") else 1}


def _one_or_more(array: Schema) -> Schema:
    """Let one item stand for a list of one."""
    rest = {key: value for key, value in array.items() if key == "description"}
    listed = {key: value for key, value in array.items() if key != "description"}
    return {"anyOf": [array["items"], listed], **rest}


def _described(title: str, definition: Schema) -> Schema:
    """Give each key of a definition its meaning."""
    for key, schema in definition.get("properties", {}).items():
        schema["description"] = help_of(RECORDS[title], key)
    return definition


def _add_properties(definitions: Schema, vocabulary: Vocabulary) -> None:
    """Add the stated properties of the ontology as keys of an entity, and nothing besides."""
    entity = definitions["EntityRecord"]
    entity["properties"]["kind"] = {
        "description": entity["properties"]["kind"]["description"],
        "enum": sorted(vocabulary.kinds),
    }
    schemes = {row.scheme: row for row in vocabulary.stated.values() if row.scheme}
    for scheme in sorted(schemes):
        definitions[_local(scheme)] = {"enum": _words(vocabulary, scheme)}
    kinds_of_event = qkg("EventKindScheme")
    definitions["EventRecord"]["properties"]["kind"] = {
        "description": definitions["EventRecord"]["properties"]["kind"]["description"],
        "enum": _words(vocabulary, kinds_of_event),
    }
    for name, row in sorted(vocabulary.stated.items()):
        if name == "linksTo":  # said of sources only
            continue
        value = _value(row)
        stated = {"allOf": [{"$ref": "#/$defs/Stated"}], "if": {"type": "object"}}
        stated["then"], stated["else"] = {"properties": {"value": value}}, value
        one = {"$ref": f"#/$defs/{name}"}
        definitions[name] = stated
        entity["properties"][name] = {
            "description": f"{_meaning(vocabulary, row)}",
            "anyOf": [one, {"type": "array", "minItems": 1, "items": one}],
        }
    entity["additionalProperties"] = False


def _words(vocabulary: Vocabulary, scheme: URIRef) -> list[str]:
    """Give the words of a scheme: the names of its concepts, and then their other spellings."""
    concepts = sorted(set(vocabulary.concepts(scheme).values()))
    names = [_local(concept) for concept in concepts]
    return list(dict.fromkeys([*names, *sorted(word for c in concepts for word in vocabulary.labels(c))]))


def _value(row: Property) -> Schema:
    """Give the form of a value, as the range of its property says."""
    if row.scheme:
        return {"$ref": f"#/$defs/{_local(row.scheme)}"}
    if row.range == qkg("Quantity"):
        return {"type": _TEXT, "pattern": _QUANTITY}
    if row.range == XSD.integer:
        return {"type": ["string", "number"], "pattern": _COUNT}
    if str(row.range).startswith(str(qkg(""))):
        return {"type": ["string", "number"], "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]*$"}
    return {"type": _TEXT}


def _meaning(vocabulary: Vocabulary, row: Property) -> str:
    definition = str(vocabulary.graph.value(row.iri, SKOS.definition))
    if row.range == qkg("Quantity"):
        return f"{definition} A quantity, such as 36T, 128K, >100 or <10%."
    if row.range == XSD.integer:
        return f"{definition} A count, such as 72B, 0.6B or 119."
    if (row.range, RDF.type, None) in vocabulary.graph and not row.scheme:
        return f"{definition} The id of {_article(vocabulary.noun(row.range))}."
    return definition


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def _local(iri: URIRef) -> str:
    return iri.rpartition("#")[2]
