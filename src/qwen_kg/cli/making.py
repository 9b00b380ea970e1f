"""Commands that make and judge the data: build, validate, check-sources."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from qwen_kg import dataset
from qwen_kg.builder import compile_root
from qwen_kg.check_sources import check_sources as check
from qwen_kg.errors import NotConformingError
from qwen_kg.root import find_root
from qwen_kg.validation import Report

ROOT = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where data, ontology, shapes and queries are; by default this checkout, or those packaged.",
)


@click.command()
@ROOT
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The directory for dataset.nq.",
)
def build(root: Path | None, output: Path) -> None:
    """Make dataset.nq from the sources; data that do not conform are refused."""
    started = time.monotonic()
    built = dataset.build(find_root(root))
    path = dataset.write(built, output)
    count = built.quads.count(b"\n")
    click.echo(f"{count} quads in {time.monotonic() - started:.1f} s, all checks passed", err=True)
    click.echo(str(path))


@click.command()
@ROOT
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "turtle", "json"]),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def validate(root: Path | None, form: str, files: tuple[Path, ...]) -> None:
    """Judge the data under the root, or RDF FILES, by OWL 2 RL, SHACL and checks.

    The exit code is 1 if they do not conform.
    """
    home = find_root(root)
    report = dataset.judge_files(files, home) if files else dataset.build(home).report
    click.echo(_shown(report, form), nl=False)
    if not report.conforms:
        sys.exit(NotConformingError.exit_code)


def _shown(report: Report, form: str) -> str:
    return {"text": report.text, "turtle": report.turtle, "json": report.json}[form]()


@click.command("check-sources")
@ROOT
@click.argument("directory", type=click.Path(path_type=Path))
def check_sources(root: Path | None, directory: Path) -> None:
    """Look for every value at its locator in the copies of the sources under DIRECTORY.

    The exit code is 1 if a value is not found.
    """
    found = check(compile_root(find_root(root)), directory)
    click.echo(found.text(), nl=False)
    if found.unconfirmed:
        sys.exit(1)
