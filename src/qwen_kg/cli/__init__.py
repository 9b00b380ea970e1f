"""The command ``qwen-kg``: results to stdout, logs to stderr, 0 done, 1 no, 2 wrong use or bad input."""

from __future__ import annotations

import sys

import click

from qwen_kg.cli.asking import describe, export, queries, query
from qwen_kg.cli.making import build, check_sources, validate
from qwen_kg.cli.serving import serve
from qwen_kg.errors import QwenKgError

COMMANDS = (build, validate, serve, query, queries, describe, export, check_sources)


class _Group(click.Group):
    """Commands in the order of use, and every error of ours as one message with its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [str(command.name) for command in COMMANDS]

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except QwenKgError as error:
            click.echo(f"qwen-kg: {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:  # a reader such as head has seen enough
            sys.stderr.close()
            sys.exit(0)
        except OSError as error:
            click.echo(f"qwen-kg: {error}", err=True)
            sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qwen-kg", prog_name="qwen-kg")
def main() -> None:
    """What is known of the Qwen model family, as linked data, with who says so."""


for _command in COMMANDS:
    main.add_command(_command)
