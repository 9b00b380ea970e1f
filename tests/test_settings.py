"""The settings of the server are read as the table says, from options and from the environment."""

from __future__ import annotations

from dataclasses import asdict, fields

import pytest
from click.testing import CliRunner, Result

from qwen_kg.cli import main
from qwen_kg.errors import InputError
from qwen_kg.limits import Limits
from qwen_kg.settings import LIMITS, SETTINGS, Value, from_environment, limits

#: For each setting a text that its variable may have, and what it means.
GIVEN: dict[str, tuple[str, Value]] = {
    "host": ("::1", "::1"),
    "port": ("0", 0),
    "store": ("x.nq", "x.nq"),
    "writable": ("yes", True),
    "shapes": ("1", True),
    "allow-service": (
        "https://a.example/sparql http://b.example/",
        ("https://a.example/sparql", "http://b.example/"),
    ),
    "proxy": ("127.0.0.1 10.0.0.0/8 ::1", ("127.0.0.1/32", "10.0.0.0/8", "::1/128")),
    "timeout": ("2.5", 2.5),
    "workers": ("3", 3),
    "max-waiting": ("4", 4),
    "max-body": ("5", 5),
    "max-query-length": ("6k", 6 * 1024),
    "max-nesting": ("7", 7),
    "max-rows": ("8", 8),
    "max-result-size": ("9M", 9 * 1024**2),
    "max-memory": ("2GiB", 2 * 1024**3),
    "cache-size": ("0", 0),
    "access-log": ("none", "none"),
}


def serve(*options: str, **environment: str) -> Result:
    """Run ``qwen-kg serve``; whatever it takes to be right, there is nothing to serve."""
    return CliRunner().invoke(main, ["serve", *options], env={"QWEN_KG_STORE": "missing.nq", **environment})


def test_defaults() -> None:
    found = from_environment({})
    assert found == {setting.name: setting.default for setting in SETTINGS}
    assert (found["host"], found["port"], found["store"]) == ("127.0.0.1", 8000, None)
    assert (found["writable"], found["allow-service"], found["proxy"]) == (False, (), ())
    assert found["timeout"] == 10
    assert limits(found) == Limits()


def test_every_setting_is_read_from_its_variable() -> None:
    assert set(GIVEN) == {setting.name for setting in SETTINGS}
    given = {setting.variable: GIVEN[setting.name][0] for setting in SETTINGS}
    assert from_environment({**given, "QWEN_KG_OTHER": "1"}) == {
        name: value for name, (_, value) in GIVEN.items()
    }


def test_a_setting_has_one_name_everywhere() -> None:
    for setting in SETTINGS:
        assert setting.option == "--" + setting.name
        assert setting.variable == "QWEN_KG_" + setting.name.replace("-", "_").upper()
        assert setting.parameter == setting.name.replace("-", "_")


def test_an_empty_variable_counts_as_unset() -> None:
    assert from_environment({setting.variable: "" for setting in SETTINGS}) == from_environment({})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("port", text) for text in ("http", "-1", "65536", "80.5", "²")),
        *(("workers", text) for text in ("0", "-1", "1.5", "many", "1_0")),
        *(("timeout", text) for text in ("0", "0.0", "-1", "inf", "nan", "1e3", "1,5", "soon")),
        *(("max-body", text) for text in ("-1", "1.5M", "M", "1T", "1 000")),
        *(("writable", text) for text in ("maybe", "2")),
        *(("proxy", text) for text in ("localhost", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.1 nonsense")),
        *(("allow-service", text) for text in ("nonsense", "file:///etc/passwd", "ftp://a.example/")),
    ],
)
def test_an_unusable_value_is_an_error_that_names_option_and_variable(name: str, text: str) -> None:
    (setting,) = (each for each in SETTINGS if each.name == name)
    with pytest.raises(InputError) as raised:
        from_environment({setting.variable: text})
    assert str(raised.value).startswith(f"{setting.option} ({setting.variable}): ")
    by_variable = serve(**{setting.variable: text})
    assert (by_variable.exit_code, by_variable.stdout) == (2, "")
    assert setting.variable in by_variable.stderr
    if not setting.is_flag:
        by_option = serve(f"{setting.option}={text}")
        assert by_option.exit_code == 2
        assert setting.option in by_option.stderr


def test_every_limit_has_its_setting() -> None:
    assert set(LIMITS) == {field.name for field in fields(Limits)}
    values: dict[str, Value] = {name: number for number, name in enumerate(LIMITS.values())}
    assert list(asdict(limits(values)).values()) == [values[LIMITS[field.name]] for field in fields(Limits)]
    assert len(set(LIMITS.values())) == len(LIMITS)


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        (
            ["--writable"],
            {"QWEN_KG_TOKEN": "t", "QWEN_KG_STORE": ""},
            "--writable needs a directory to write to: --store DIR",
        ),
        (["--writable", "--store", "new"], {}, "--writable needs a token"),
        (["--writable", "--store", "new"], {"QWEN_KG_TOKEN": ""}, "environment variable QWEN_KG_TOKEN"),
        (["--shapes"], {}, "--shapes judges writes, so it needs --writable"),
        (["--port", "1", "2"], {}, "unexpected extra argument"),
        (["--token", "t"], {}, "No such option"),
    ],
)
def test_settings_that_make_no_sense_together(
    options: list[str], environment: dict[str, str], words: str
) -> None:
    result = serve(*options, **environment)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_the_token_is_no_setting_that_shows_in_lists_of_processes() -> None:
    assert not [setting.name for setting in SETTINGS if "token" in setting.name]


def test_help_tells_of_every_setting() -> None:
    shown = " ".join(serve("--help").stdout.split())
    for setting in SETTINGS:
        assert setting.option in shown
        assert f"env: {setting.variable}]" in shown.replace("- ", "-")
