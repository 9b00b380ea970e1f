"""The report of a run in EARL, the Evaluation and Report Language (https://www.w3.org/TR/EARL10-Schema/)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import Literal

from qwen_kg.namespaces import BASE

from .manifests import manifest_of
from .run import Outcome

ROOT = Path(__file__).resolve().parents[2]
EARL = "http://www.w3.org/ns/earl#"
DCTERMS = "http://purl.org/dc/terms/"

HEAD = """\
# Written by docs/conformance.py, from a run of the tests against the server.
@prefix dcterms: <{dcterms}> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix earl: <{earl}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<{subject}> a earl:TestSubject , earl:Software , doap:Project ;
    doap:name "qwen-kg" ;
    doap:release [ a doap:Version ; doap:revision "{version}"{date} ] .

<#harness> a earl:Assertor , earl:Software ;
    dcterms:title "tests/conformance of qwen-kg" .
"""

MANIFEST = """
<{manifest}> a earl:TestRequirement ;
    dcterms:title {label} .
"""

ASSERTION = """
<{test}> a earl:TestCase ;
    dcterms:title {title} ;
    dcterms:isPartOf <{manifest}> .
<#{name}> a earl:Assertion ;
    earl:assertedBy <#harness> ;
    earl:subject <{subject}> ;
    earl:test <{test}> ;
    earl:mode earl:automatic ;
    earl:result [ a earl:TestResult ; earl:outcome earl:{outcome}{info} ] .
"""


@dataclass(frozen=True)
class Assertion:
    """One line of a report: how a test of a manifest came out."""

    manifest: str
    label: str
    test: str
    title: str
    outcome: str
    info: str


def report(outcomes: Iterable[Outcome]) -> str:
    """Write what came out, as Turtle: the same text for the same outcomes of the same release.

    Why a test failed is not told, because the message has addresses and names that differ from run to run.
    """
    version, date = release()
    created = f' ; doap:created "{date}"^^xsd:date' if date else ""
    pieces = [HEAD.format(subject=BASE, version=version, date=created, dcterms=DCTERMS, earl=EARL)]
    seen: set[str] = set()
    for each in outcomes:
        manifest = manifest_of(each.test.suite)
        if manifest not in seen:
            pieces.append(MANIFEST.format(manifest=manifest, label=Literal(each.test.label).n3()))
        seen.add(manifest)
        info = f" ; earl:info {Literal(each.note).n3()}" if each.passed and each.note else ""
        pieces.append(
            ASSERTION.format(
                test=each.test.iri,
                title=Literal(each.test.title).n3(),
                manifest=manifest,
                name=each.test.name,
                subject=BASE,
                outcome="passed" if each.passed else "failed",
                info=info,
            )
        )
    return "".join(pieces)


def release() -> tuple[str, str]:
    """Give the version of the checkout, and the date of it in the change log, which is empty before release."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"^## \[{re.escape(version)}\] - (\S+)$", changes, re.MULTILINE)
    return version, found[1] if found else ""


def read(text: str) -> list[Assertion]:
    """Read a report, in the order in which the assertions stand in it."""
    properties: dict[tuple[str, str], str] = {}
    tests: list[tuple[str, str]] = []
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=BASE + "docs/earl.ttl"):
        subject, predicate, value = (_name(term) for term in (quad.subject, quad.predicate, quad.object))
        properties[subject, predicate] = value
        if predicate == EARL + "test":
            tests.append((subject, value))
    found = []
    for assertion, test in tests:
        manifest = properties[test, DCTERMS + "isPartOf"]
        result = properties[assertion, EARL + "result"]
        found.append(
            Assertion(
                manifest,
                properties[manifest, DCTERMS + "title"],
                test,
                properties[test, DCTERMS + "title"],
                properties[result, EARL + "outcome"].removeprefix(EARL),
                properties.get((result, EARL + "info"), ""),
            )
        )
    return found


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
