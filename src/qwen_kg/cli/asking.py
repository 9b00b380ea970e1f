"""Commands that ask the graph: query, queries, describe, export."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from qwen_kg.cli.making import ROOT
from qwen_kg.cli.tables import evidence_text, text_table
from qwen_kg.errors import InputError, ParameterError
from qwen_kg.exports import export as export_quads
from qwen_kg.formats import FORMATS, Kind, by_name
from qwen_kg.knowledge_graph import KnowledgeGraph, open_graph
from qwen_kg.namespaces import prologue
from qwen_kg.results import Result
from qwen_kg.root import find_root
from qwen_kg.saved_queries import read_queries

STORE = click.option(
    "--store",
    "location",
    metavar="LOCATION",
    help="A file, a directory of a store, or the URL of an endpoint; by default what is packaged is built.",
)
_Command = TypeVar("_Command", bound=Callable[..., Any])

_HEAD = (
    prologue()
    + """SELECT ?label ?kind ?description WHERE {
  GRAPH graph:facts { ?entity a ?class ; skos:prefLabel ?label ; dcterms:description ?description }
  GRAPH graph:ontology { ?class rdfs:label ?kind }
}"""
)
_RDF_NAMES = [form.name for form in FORMATS if form.kinds & {Kind.GRAPH, Kind.DATASET}]


def _format(*names: str) -> Callable[[_Command], _Command]:
    """Make the option that chooses among formats; the first is the default."""
    said = "How to write the answer" + ("; table is for people." if names[0] == "table" else ".")
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True, help=said
    )


@click.command()
@STORE
@ROOT
@click.option("-e", "--text", help="A SPARQL query, in the place of a NAME.")
@click.option(
    "-f", "--file", type=click.File(encoding="utf-8"), help="A file with a SPARQL query; - for stdin."
)
@_format("table", *(form.name for form in FORMATS))
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
def query(
    location: str | None,
    root: Path | None,
    text: str | None,
    file: TextIO | None,
    form: str,
    name: str | None,
    parameters: tuple[str, ...],
) -> None:
    """Ask a saved query by NAME, with KEY=VALUE for its parameters, or a free one with -e or -f."""
    given = [source for source in (name, text, file) if source is not None]
    if len(given) != 1:
        raise InputError("give the NAME of a saved query, or a query with -e, or a file with -f: one of them")
    kg = open_graph(location, root=root)
    accept = None if form == "table" else by_name(form).media_type
    if name is not None:
        result = kg.run(name, _pairs(parameters), accept)
    else:
        result = kg.store.query(text if text is not None else file.read() if file else "", accept=accept)
    _write(result, as_table=form == "table")


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals:
            raise ParameterError(f'"{parameter}" is not KEY=VALUE')
        if key in pairs:
            raise ParameterError(f'the parameter "{key}" is given twice')
        pairs[key] = value
    return pairs


def _write(result: Result, *, as_table: bool = False) -> None:
    body = (
        text_table(json.loads(result.body)).encode()
        if as_table and "json" in result.media_type
        else result.body
    )
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.flush()


@click.command()
@ROOT
@_format("text", "json")
def queries(root: Path | None, form: str) -> None:
    """List the saved queries, their parameters and what they answer."""
    saved = read_queries(find_root(root) / "queries").values()
    if form == "json":
        rows = [{k: v for k, v in asdict(query).items() if k != "body"} for query in saved]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for query in saved:
        shown = [p.name if p.required else f"[{p.name}]" for p in query.parameters]
        click.echo(" ".join([click.style(query.name, bold=True), *shown]))
        click.echo(f"    {query.summary}")


@click.command()
@STORE
@ROOT
@_format("text", *_RDF_NAMES)
@click.argument("name")
def describe(location: str | None, root: Path | None, form: str, name: str) -> None:
    """Tell what is known of an entity, and who says so."""
    kg = open_graph(location, root=root)
    iri = kg.names.find(name)
    if form != "text":
        _write(kg.describe(iri, by_name(form).media_type))
        return
    kg.describe(iri)  # an IRI that the graph does not know ends here
    for row in kg.query(_HEAD.replace("?entity", f"<{iri}>")).rows():
        click.echo(f"{row['label']} ({row['kind']})\n{row['description']}\n{iri}\n")
    click.echo(evidence_text(kg.query("evidence", entity=iri).rows()), nl=False)


@click.command()
@STORE
@ROOT
@_format(*_RDF_NAMES)
@click.option(
    "--graph", "graphs", multiple=True, metavar="NAME", help="A named graph, such as facts; all by default."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; stdout by default."
)
def export(
    location: str | None, root: Path | None, form: str, graphs: tuple[str, ...], output: Path | None
) -> None:
    """Write the data for others, in one of the RDF formats."""
    kg: KnowledgeGraph = open_graph(location, root=root)
    body = export_quads(kg.quads(graphs), form)
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
    else:
        output.write_bytes(body)
        click.echo(str(output), err=True)
