"""The settings of the server, in one table from which options, environment variables and docs derive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from qwen_kg.errors import InputError


def _port(text: str) -> int:
    """Read a TCP port; 0 means any that is free."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError("a port is a number from 0 to 65535")
    return int(text)


class Setting(NamedTuple):
    """One setting: its name, what holds where nothing is said, how its text is read, what it does."""

    name: str
    default: str | int | None
    type: Callable[[str], str | int]
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that gives it.

        >>> SETTINGS[0].variable
        'QWEN_KG_HOST'
        """
        return "QWEN_KG_" + self.name.upper().replace("-", "_")

    @property
    def option(self) -> str:
        """The command line option that gives it, which beats the environment variable."""
        return "--" + self.name

    def read(self, text: str) -> str | int:
        """Read a value from text.

        Raises:
            InputError: the text is no value of this setting.
        """
        try:
            return self.type(text)
        except ValueError as error:
            raise InputError(f"{self.option} ({self.variable}): {text!r} is not usable: {error}") from error


SETTINGS: tuple[Setting, ...] = (
    Setting("host", "127.0.0.1", str, "The address to listen on; the default is reachable from here only."),
    Setting("port", 8000, _port, "The port to listen on; 0 takes any that is free."),
    Setting(
        "store",
        None,
        str,
        "What to serve: a file of RDF, a directory of a store, or the URL of a SPARQL endpoint. "
        "Where nothing is given, the graph of this package is built in memory.",
    ),
)


def from_environment(environment: Mapping[str, str]) -> dict[str, str | int | None]:
    """Give every setting its value from the environment, or its default; an empty variable counts as unset.

    Raises:
        InputError: a variable cannot be read.

    >>> from_environment({"QWEN_KG_PORT": "8080"})
    {'host': '127.0.0.1', 'port': 8080, 'store': None}
    """
    values: dict[str, str | int | None] = {}
    for setting in SETTINGS:
        text = environment.get(setting.variable, "")
        values[setting.name] = setting.read(text) if text else setting.default
    return values
