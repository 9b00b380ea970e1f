"""The command that starts the endpoint."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from qwen_kg.errors import InputError
from qwen_kg.settings import SETTINGS, Value, from_environment, limits
from qwen_kg.web.application import Configuration
from qwen_kg.web.server import serve as serve_application


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each setting; without it the environment decides."""
    for setting in reversed(SETTINGS):
        default = "" if setting.default in (None, False, ()) else f"default: {setting.default}; "
        shown = f"{setting.help} [{default}env: {setting.variable}]"
        kind = {"is_flag": True} if setting.is_flag else {"multiple": setting.many}
        function = click.option(setting.option, setting.parameter, default=None, help=shown, **kind)(function)  # type: ignore[arg-type]
    return function


@click.command()
@_options
def serve(**given: Any) -> None:
    """Start the endpoint; with no options it builds what is packaged, in memory."""
    values = from_environment(os.environ)
    for setting in SETTINGS:
        value = given[setting.parameter]
        if value not in (None, ()):
            values[setting.name] = value if setting.is_flag else setting.read(_text(value))
    configuration = _configuration(values)
    click.echo("opening the graph ..." if configuration.store else "building the graph ...", err=True)
    serve_application(
        configuration,
        str(values["host"]),
        int(str(values["port"])),
        announce=lambda url: click.echo(
            f"listening on {url} (SPARQL at {url}sparql); Ctrl-C ends it", err=True
        ),
    )


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _configuration(values: dict[str, Value]) -> Configuration:
    """Give what the settings mean together.

    Raises:
        InputError: they do not go together.
    """
    token = os.environ.get("QWEN_KG_TOKEN") or None
    if values["writable"] and not values["store"]:
        raise InputError("--writable needs a directory to write to: --store DIR")
    if values["writable"] and token is None:
        raise InputError("--writable needs a token in the environment variable QWEN_KG_TOKEN")
    if values["shapes"] and not values["writable"]:
        raise InputError("--shapes judges writes, so it needs --writable")
    return Configuration(
        store=str(values["store"]) if values["store"] else None,
        limits=limits(values),
        writable=bool(values["writable"]),
        token=token,
        shapes=bool(values["shapes"]),
        services=_many(values["allow-service"]),
        proxies=_many(values["proxy"]),
        cache_size=int(str(values["cache-size"])),
        access_log=str(values["access-log"]),
    )


def _many(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
