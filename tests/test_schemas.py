"""The JSON Schemas for editors accept the data files, and refuse mistakes where a schema can."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from qwen_kg.authoring.library import KIND_OF_FILE
from qwen_kg.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
SCHEMAS = {path.stem: json.loads(path.read_text("utf-8")) for path in (DATA / "schema").glob("*.json")}

FILES = {
    **dict.fromkeys(sorted((DATA / "sources").glob("*.yaml")), "source"),
    **dict.fromkeys(sorted((DATA / "models").glob("*.yaml")), "model"),
    **dict.fromkeys(sorted((DATA / "claims").glob("*.yaml")), "claim"),
    **{DATA / f"{name}.yaml": "entity" for name in KIND_OF_FILE},
}


class _Loader(yaml.SafeLoader):
    """Reads YAML as editors do, which know no dates (YAML 1.2, 10.3)."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as in the class above
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _faults(name: str, text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMAS[name])
    document = yaml.load(text, Loader=_Loader)  # a SafeLoader with one resolver less
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_every_data_file_has_a_schema() -> None:
    assert set(FILES) == set(DATA.rglob("*.yaml")) - {DATA / "release.yaml"}
    assert set(FILES.values()) == set(SCHEMAS)


@pytest.mark.parametrize("path", FILES, ids=_shown)
def test_data_file_is_accepted(path: Path) -> None:
    assert _faults(FILES[path], path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=_shown)
def test_data_file_names_its_schema(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found, "the first line of a data file names its schema, so that editors find it"
    assert (path.parent / found[1]).resolve() == DATA / "schema" / f"{FILES[path]}.json"


def test_every_stated_property_is_a_key_with_its_definition() -> None:
    stated = set(Vocabulary.read(ROOT / "ontology").stated) - {"linksTo"}
    keys: dict[str, Any] = SCHEMAS["entity"]["$defs"]["EntityRecord"]["properties"]
    assert stated <= set(keys)
    assert all(keys[name]["description"] for name in keys)


MODEL = """\
id: Sample
kind: Model
label: Sample
description: A model made up for a test.
from: {source: sample}
"""


def test_the_model_that_mistakes_are_put_into_is_accepted() -> None:
    assert _faults("model", MODEL) == []


@pytest.mark.parametrize(
    "given",
    [
        "license: Apache-2.0",
        "license: {value: Apache-2.0, from: f001}",
        "license: [{value: Apache-2.0, from: [f001, f002]}]",
        "license: {value: Apache-2.0, each: true, except: {Sample-7B: f001}}",
        "density: mixture of experts",
        "totalParameters: 72B",
        "totalParameters: 7,721,324,544",
        "languageCount: 119",
        'trainingCost: {value: "<10%", relativeTo: Other, from: {lines: 12-15}}',
        "contextLength: 128K",
        "names: {value: Tongyi, language: zh, from: f001}",
        "events: [{kind: release, date: 2025-01, from: f001}]",
        "variants: [{id: Sample-7B, label: Sample-7B, description: A variant made up for a test.}]",
    ],
)
def test_right_value_is_accepted(given: str) -> None:
    assert _faults("model", MODEL + given) == []


@pytest.mark.parametrize(
    "given",
    [
        "licence: Apache-2.0",
        "license: Apache 2.0",
        "license: {value: Apache-2.0, sorce: f001}",
        "license: {from: f001}",
        "license: []",
        "license: {value: Apache-2.0, standing: sure, from: f001}",
        "license: {value: Apache-2.0, polarity: no, from: f001}",
        "license: {value: Apache-2.0, each: perhaps}",
        "license: {value: Apache-2.0, from: {lines: 0}}",
        "density: thick",
        "density: {value: thick, from: f001}",
        "totalParameters: 72 billion",
        "contextLength: long",
        "events: [{kind: relase, from: f001}]",
        "events: [{date: 2025-01, from: f001}]",
        "variants: [{id: Sample-7B, label: Sample-7B}]",
        "variants: [{id: Sample 7B, label: Sample-7B, description: A variant made up for a test.}]",
        "linksTo: Somewhere",
    ],
)
def test_mistake_is_refused(given: str) -> None:
    assert _faults("model", MODEL + given)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("kind: Model\n", ""),
        ("kind: Model", "kind: Modell"),
        ("kind: Model", "kind: Statement"),
        ("label: Sample\n", ""),
        ("id: Sample", "id: a sample"),
        ("{source: sample}", "{source: Sample Post}"),
        ("{source: sample}", "{source: sample, page: 3}"),
    ],
)
def test_mistake_in_the_head_is_refused(right: str, wrong: str) -> None:
    assert right in MODEL
    assert _faults("model", MODEL.replace(right, wrong))


def test_a_list_of_entities_needs_no_kind() -> None:
    assert _faults("entity", "- {id: A, label: A, description: An organization made up for a test.}") == []
    assert _faults("model", "- {id: A, label: A, description: An organization made up for a test.}")


SOURCE = """\
id: sample
title: Sample
description: A post made up for a test.
kind: official
versions: [{sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}]
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("kind: official", "kind: rumour"),
        ("sha256: e3b0", "sha256: E3B0"),
        ("versions: [{", "versions: [] # [{"),
        ("title: Sample\n", ""),
        ("kind: official", "kind: official\npassages: {f001: {paragraph: 0, chars: 1-2}}"),
        ("kind: official", "kind: official\npassages: {f001: {paragraph: 1, chars: 1 to 2}}"),
    ],
)
def test_mistake_in_a_source_is_refused(right: str, wrong: str) -> None:
    assert _faults("source", SOURCE) == []
    assert right in SOURCE
    assert _faults("source", SOURCE.replace(right, wrong))


CLAIM = """\
id: claim-sample
label: A claim
text: The sample does better than the other.
subject: Sample
from: f001
comparisons: [{relation: better, to: Other, from: f002}]
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("text: ", "txt: "), ("subject: Sample\n", ""), ("to: Other, ", ""), ("from: f001", "standing: sure")],
)
def test_mistake_in_a_claim_is_refused(right: str, wrong: str) -> None:
    assert _faults("claim", CLAIM) == []
    assert right in CLAIM
    assert _faults("claim", CLAIM.replace(right, wrong))
