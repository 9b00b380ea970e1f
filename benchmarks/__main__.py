"""The command ``python -m benchmarks``."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from benchmarks.contestants import Plan, Record
from benchmarks.data import write_built, write_enlarged
from benchmarks.report import render
from benchmarks.rounds import compare, packaged_pages, packaged_starts
from benchmarks.servers import CORES, ROOT, ServerError, products
from benchmarks.workloads import mixes
from qwen_kg.knowledge_graph import open_graph

FULL = Plan(rounds=5, seconds=3, warm_up=1, starts=3, patience=10, budget=60, allowance=900)
QUICK = Plan(rounds=1, seconds=1, warm_up=0.3, starts=1, patience=5, budget=20, allowance=75, every=6)
LARGE = Plan(rounds=3, seconds=3, warm_up=0, starts=1, patience=20, budget=120, allowance=500, every=4)
TIMES = 100  # the size of the large graph
PAGES, QUICK_PAGES = 20, 500  # of the pages for statements and passages, one in so many is visited
COPIES = 100  # of an entity, at least, in the large graph
CASES = ROOT / "tests" / "expected" / "whole" / "cases.yaml"


def machine() -> Record:
    """Tell in general terms where this runs."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": model,
        "cores": CORES,
        "memory": memory,
        "system": platform.system(),
        "python": platform.python_version(),
    }


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One short round and a part of the saved queries.")
@click.option("--large", is_flag=True, help=f"Compare over a graph of {TIMES} times the size too.")
@click.option("--rounds", type=click.IntRange(1), help=f"How many rounds. [default: {FULL.rounds}]")
@click.option("--seconds", type=click.FloatRange(0.1), help=f"Of each measurement. [default: {FULL.seconds}]")
@click.option(
    "--rdflib-store",
    type=click.Choice(["default", "Oxigraph"]),
    default="default",
    show_default=True,
    help="The store behind rdflib-endpoint.",
)
@click.option(
    "--pages", is_flag=True, help="Only visit the pages, and put that into the report of an earlier run."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where benchmarks.json and benchmarks.md go. [default: docs, with --quick build]",
)
def main(
    quick: bool,
    large: bool,
    rounds: int | None,
    seconds: float | None,
    rdflib_store: str,
    pages: bool,
    output: Path | None,
) -> None:
    """Compare our endpoint with its peers, and write the report."""
    output = output or ROOT / ("build" if quick else "docs")
    if pages:
        _renew_pages(output, QUICK_PAGES if quick else PAGES)
        return
    plan = QUICK if quick else FULL
    plan = replace(plan, rounds=rounds or plan.rounds, seconds=seconds or plan.seconds)
    at_large = replace(LARGE, rounds=min(plan.rounds, LARGE.rounds), seconds=plan.seconds)
    versions = {
        server.name: {package: _version(package) for package in server.packages}
        for server in products(rdflib_store, raised=False)
    }
    document: Record = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions,
        "datasets": [],
    }
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        built, enlarged = folder / "built.nq", folder / "enlarged.nq"
        runs = [(built, "the built graph", write_built(ROOT, built), 0, plan)]
        if large:
            quads = write_enlarged(built, enlarged, TIMES)
            runs.append((enlarged, f"{TIMES} times the built graph", quads, COPIES, at_large))
        kg = open_graph(built, root=ROOT)
        try:
            document["packaged_starts"] = packaged_starts(plan.starts, folder, _say)
            document["pages"] = packaged_pages(QUICK_PAGES if quick else PAGES, folder, _say)
        except ServerError as error:
            raise click.ClickException(f"{error}\n{error.log}") from None
        for file, title, quads, copies, its_plan in runs:
            servers, work = products(rdflib_store, copies > 0), mixes(kg, CASES, its_plan.every, copies)
            measured = compare(title, file, servers, work, its_plan, _say)
            document["datasets"].append({"quads": quads, **measured})
            _write(document, output)  # so that the first one is kept if the second fails


def _renew_pages(output: Path, every: int) -> None:
    kept = output / "benchmarks.json"
    if not kept.is_file():
        raise click.UsageError(f"there is no {kept} to put the pages into; run without --pages first")
    document = json.loads(kept.read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        try:
            document["pages"] = packaged_pages(every, Path(name), _say)
        except ServerError as error:
            raise click.ClickException(f"{error}\n{error.log}") from None
    _write(document, output)


def _write(document: Record, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (folder / "benchmarks.json").write_text(text, "utf-8")
    (folder / "benchmarks.md").write_text(render(json.loads(text)), "utf-8")
    _say(f"wrote {folder / 'benchmarks.md'}")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise click.ClickException(f"{package} is not installed; pip install '.[bench]'") from None


if __name__ == "__main__":
    main()
