"""Our server passes the W3C tests, each by its name, and the published report says what came out."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import pytest

from . import earl
from .manifests import COUNTS, MISSING, SUITE, Test, all_tests
from .run import HANDLERS, Outcome, run
from .servers import qwen_kg

TESTS = all_tests()
needs_suite = pytest.mark.skipif(not SUITE.is_dir(), reason=MISSING)
each_test = pytest.mark.parametrize("test", TESTS or [None], ids=lambda test: test.name if test else "all")
COMMAND = "run python docs/conformance.py"


@pytest.fixture(scope="module")
def outcome_of() -> Iterator[Callable[[Test], Outcome]]:
    """Runs a test against the real server, once."""
    with qwen_kg() as endpoint:
        yield cache(lambda test: run(test, endpoint))


def _page() -> ModuleType:
    """Load docs/conformance.py, which is a program beside others and no package."""
    docs = earl.ROOT / "docs"
    if str(docs) not in sys.path:
        sys.path.insert(0, str(docs))
    spec = importlib.util.spec_from_file_location("conformance_page", docs / "conformance.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_suite
@each_test
def test_w3c(test: Test, outcome_of: Callable[[Test], Outcome]) -> None:
    outcome = outcome_of(test)
    assert outcome.passed, outcome.note


@needs_suite
def test_as_many_tests_are_listed_as_w3c_has() -> None:
    assert Counter(test.suite for test in TESTS if test.listed) == COUNTS


@needs_suite
def test_names_are_unique() -> None:
    assert len({test.name for test in TESTS}) == len(TESTS)


@needs_suite
def test_a_test_that_is_described_and_not_listed_is_noticed() -> None:
    # It is run with the others, but W3C's counts, and ours, leave it out. Another one would be news.
    assert [test.name for test in TESTS if not test.listed] == ["head_non_existing_direct"]


@needs_suite
def test_every_type_of_tests_has_its_handler_and_no_handler_is_idle() -> None:
    assert {test.kind for test in TESTS} == set(HANDLERS)


@needs_suite
def test_the_report_is_of_this_run(outcome_of: Callable[[Test], Outcome]) -> None:
    outcomes = [outcome_of(test) for test in TESTS if test.listed]
    assert (earl.ROOT / "docs" / "earl.ttl").read_text("utf-8") == earl.report(outcomes), COMMAND


def test_the_page_is_of_the_report() -> None:
    assert _page().main(["--check"]) == 0, COMMAND


def test_the_report_is_earl_of_all_tests() -> None:
    found = earl.read((earl.ROOT / "docs" / "earl.ttl").read_text("utf-8"))
    assert Counter(each.manifest.split("/")[-2] for each in found) == COUNTS
    assert {each.outcome for each in found} <= {"passed", "failed"}
