"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import qwen_kg

MODULES = ["qwen_kg", *(m.name for m in pkgutil.walk_packages(qwen_kg.__path__, "qwen_kg."))]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [t for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples]
    assert len(found) > 15
