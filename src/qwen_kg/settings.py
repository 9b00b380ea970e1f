"""The settings of the server, in one table from which options, environment variables and docs derive."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from qwen_kg.errors import InputError
from qwen_kg.federation.addresses import read_allowed
from qwen_kg.limits import Limits

Value = str | int | float | bool | tuple[str, ...] | None

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_DEFAULTS = Limits()


def _port(text: str) -> int:
    """Read a TCP port; 0 means any that is free."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError("a port is a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    """Read a number of things, at least one."""
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ValueError("a whole number above 0 is needed")
    return int(text)


def _size(text: str) -> int:
    """Read a number of bytes, with k, M or G for powers of 1024.

    >>> _size("64M")
    67108864
    """
    found = re.fullmatch(r"([0-9]+)([kmg]?)(i?b)?", text.strip().lower())
    if found is None:
        raise ValueError("a number of bytes is needed, such as 65536, 64k, 64M or 1G")
    return int(found.group(1)) * _UNITS[found.group(2)]


def _seconds(text: str) -> float:
    """Read a time in seconds, above 0."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not float(text):
        raise ValueError("a number of seconds above 0 is needed, such as 2.5")
    return float(text)


def _flag(text: str) -> bool:
    """Read yes or no."""
    if text.lower() not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ValueError("yes or no is needed")
    return text.lower() in {"1", "true", "yes", "on"}


def _endpoint(text: str) -> str:
    """Read the address of an endpoint."""
    return read_allowed(text)[0]


def _network(text: str) -> str:
    """Read an IP address or network."""
    return str(ipaddress.ip_network(text))


class Setting(NamedTuple):
    """One setting: its name, what holds where nothing is said, how its text is read, what it does.

    Where ``many`` is true it may be given several times, in the environment with spaces between.
    """

    name: str
    default: Value
    type: Callable[[str], Value]
    help: str
    many: bool = False

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

    @property
    def parameter(self) -> str:
        """The name by which Python knows it."""
        return self.name.replace("-", "_")

    @property
    def is_flag(self) -> bool:
        """Whether the option stands alone and means yes."""
        return isinstance(self.default, bool)

    def read(self, text: str) -> Value:
        """Read a value from text.

        Raises:
            InputError: the text is no value of this setting.
        """
        try:
            if self.many:
                return tuple(str(self.type(part)) for part in text.split())
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
    Setting(
        "writable",
        False,
        _flag,
        "Take updates and whole graphs from whoever has the token in the environment variable "
        "QWEN_KG_TOKEN; --store is then a directory, which is made when it is missing or empty.",
    ),
    Setting("shapes", False, _flag, "Refuse writes after which the data would break the shapes."),
    Setting(
        "allow-service",
        (),
        _endpoint,
        "The IRI of an endpoint that SERVICE may call, and those below it; none without it.",
        many=True,
    ),
    Setting(
        "proxy",
        (),
        _network,
        "The address or network of a reverse proxy whose X-Forwarded headers are believed.",
        many=True,
    ),
    Setting("timeout", _DEFAULTS.timeout, _seconds, "Seconds that a query or an update may take."),
    Setting("workers", _DEFAULTS.workers, _count, "Processes that evaluate, at most; made when needed."),
    Setting("max-waiting", _DEFAULTS.waiting, _count, "Requests that wait for a process, at most."),
    Setting("max-body", _DEFAULTS.body, _size, "Bytes of a request body, at most."),
    Setting("max-query-length", _DEFAULTS.query_length, _size, "Bytes of a query or an update, at most."),
    Setting("max-nesting", _DEFAULTS.nesting, _count, "How deep a query may nest."),
    Setting("max-rows", _DEFAULTS.rows, _count, "Rows of an answer, at most."),
    Setting("max-result-size", _DEFAULTS.result_size, _size, "Bytes of an answer, at most."),
    Setting("max-memory", _DEFAULTS.memory, _size, "Bytes by which a process may grow."),
    Setting("cache-size", 64 * 1024**2, _size, "Bytes of finished answers that are kept; 0 keeps none."),
    Setting("access-log", "-", str, "Where a line for each request goes: a file, - for stderr, or none."),
)


def from_environment(environment: Mapping[str, str]) -> dict[str, Value]:
    """Give every setting its value from the environment, or its default; an empty variable counts as unset.

    Raises:
        InputError: a variable cannot be read.

    >>> from_environment({"QWEN_KG_PORT": "8080"})["port"]
    8080
    """
    values: dict[str, Value] = {}
    for setting in SETTINGS:
        text = environment.get(setting.variable, "")
        values[setting.name] = setting.read(text) if text else setting.default
    return values


def limits(values: Mapping[str, Value]) -> Limits:
    """Give the limits that the settings say."""
    named = {name: values[setting] for name, setting in LIMITS.items()}
    return Limits(**named)  # type: ignore[arg-type]  # each was read by its own type


#: The setting for each limit.
LIMITS = {
    "timeout": "timeout",
    "query_length": "max-query-length",
    "nesting": "max-nesting",
    "body": "max-body",
    "result_size": "max-result-size",
    "rows": "max-rows",
    "memory": "max-memory",
    "workers": "workers",
    "waiting": "max-waiting",
}
