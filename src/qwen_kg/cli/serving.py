"""The command that starts the endpoint."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from qwen_kg.knowledge_graph import open_graph
from qwen_kg.settings import SETTINGS, from_environment
from qwen_kg.web.server import serve as serve_graph


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each setting; without it the environment decides."""
    for setting in reversed(SETTINGS):
        default = "" if setting.default is None else f"default: {setting.default}; "
        shown = f"{setting.help} [{default}env: {setting.variable}]"
        function = click.option(setting.option, setting.name, default=None, help=shown)(function)
    return function


@click.command()
@_options
def serve(**given: Any) -> None:
    """Start the endpoint; with no options it builds what is packaged, in memory."""
    settings = from_environment(os.environ)
    for setting in SETTINGS:
        if given[setting.name] is not None:
            settings[setting.name] = setting.read(given[setting.name])
    store = settings["store"]
    click.echo("opening the graph ..." if store else "building the graph ...", err=True)
    serve_graph(
        partial(open_graph, str(store) if store else None),
        str(settings["host"]),
        int(settings["port"] or 0),
        announce=lambda url: click.echo(
            f"listening on {url} (SPARQL at {url}sparql); Ctrl-C ends it", err=True
        ),
    )
