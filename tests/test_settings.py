"""The settings of the server are read from the environment as the table says."""

from __future__ import annotations

import pytest

from qwen_kg.errors import InputError
from qwen_kg.settings import SETTINGS, from_environment


def test_defaults() -> None:
    assert from_environment({}) == {"host": "127.0.0.1", "port": 8000, "store": None}


def test_every_setting_is_read_from_its_variable() -> None:
    given = {"QWEN_KG_HOST": "::1", "QWEN_KG_PORT": "0", "QWEN_KG_STORE": "x.nq", "QWEN_KG_OTHER": "1"}
    assert from_environment(given) == {"host": "::1", "port": 0, "store": "x.nq"}
    assert {setting.variable for setting in SETTINGS} == set(given) - {"QWEN_KG_OTHER"}
    assert [setting.option for setting in SETTINGS] == ["--host", "--port", "--store"]


def test_an_empty_variable_counts_as_unset() -> None:
    assert from_environment({"QWEN_KG_PORT": ""})["port"] == 8000


@pytest.mark.parametrize("text", ["http", "-1", "65536", "80.5"])
def test_an_unusable_value_is_an_error_that_names_option_and_variable(text: str) -> None:
    with pytest.raises(InputError, match=r"--port \(QWEN_KG_PORT\).*" + text):
        from_environment({"QWEN_KG_PORT": text})
