"""The pages on commands, settings, routes and saved queries, made of what they describe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from pages import NOTICE, named, page, table
from rdflib import URIRef

from qwen_kg.cli import COMMANDS
from qwen_kg.cli import main as program
from qwen_kg.errors import tree
from qwen_kg.formats import FORMATS, Kind
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.saved_queries import Parameter, SavedQuery, read_queries
from qwen_kg.settings import SETTINGS, Value
from qwen_kg.store import LocalStore
from qwen_kg.web import create_app
from qwen_kg.web.routing import METHODS

#: What each route does; a test holds the keys against the routes of the application.
ROUTES = {
    "/": "The home page: what the graph holds, an example query, the saved queries.",
    "/sparql": "The SPARQL 1.1 Protocol for queries and, where the server is writable, updates. Without a "
    "query it describes the service, and a browser gets a form. `timeout=` is a limit in seconds, below that "
    "of the server.",
    "/sparql/terms.json": "What the editor completes: classes, properties and words with their labels.",
    "/sparql/examples.json": "The saved queries as examples for the editor.",
    "/sparql/examples/<name>.rq": "The text of such an example.",
    "/search": "What has a name like `q`, in any spelling: a page, or JSON. `class` narrows it, `limit` and "
    "`from` give a part.",
    "/opensearch.xml": "The description of the search for browsers (OpenSearch 1.1).",
    "/compare": "Two to six variants side by side, each as `variant=`: a page, or CSV.",
    "/disagreements": "Where sources contradict each other, with both sides and the reason.",
    "/graphs": "The SPARQL 1.1 Graph Store HTTP Protocol: `?graph=` with an IRI, or `?default` for the "
    "unnamed graph, which is not the union that queries see. Without either, all graphs in a format of "
    "quads; POST of triples makes a new graph.",
    "/graphs/<path:rest>": "The graph that this address is the name of (direct identification).",
    "/queries": "The saved queries with their parameters, as JSON or as a page.",
    "/queries/<name>": "The answer of a saved query. Its parameters are those of the address or of a form.",
    "/pictures": "The list of the pictures.",
    "/pictures/<name>": "A picture of the family with its choices, its data as a table, its query and its "
    "downloads.",
    "/pictures/<name>.svg": "The drawing as a file, with the same choices.",
    "/pictures/<name>.csv": "Its data as CSV, with the same choices.",
    "/id/<path:name>": "An entity: 303 to a page for people or to data for programs.",
    "/<any(statement, source, dataset, prefixes):space>/<path:rest>": "A statement, a source or a passage, "
    "or a part of the description of the dataset: 303, as for an entity.",
    "/<any(dataset, prefixes):name>": "The dataset, or the list of prefixes of the saved queries: 303, as "
    "for an entity.",
    "/<any(graph):space>/<name>/<path:rest>": "A part of a named graph, as VoID counts it: 303, as for an "
    "entity.",
    "/page/<path:name>": "The page of an entity: its facts, who says what of it, what speaks of it.",
    "/data/<path:file>": "The data of an entity, in the format that the extension names.",
    "/graph": "The named graphs, with what each holds: a page, or the description of the dataset.",
    "/graph/<name>": "A whole named graph, such as `/graph/facts`.",
    "/dataset.<extension>": "The whole dataset, such as `/dataset.nq`.",
    "/ns": "The ontology, as a list of terms or in an RDF format.",
    "/ns/<version>": "The ontology under the IRI of its version.",
    "/shapes": "The SHACL shapes.",
    "/.well-known/void": "The description of the dataset in VoID and DCAT.",
    "/context.jsonld": "The JSON-LD context.",
    "/openapi.json": "The OpenAPI 3.1 description of all this.",
    "/healthz": "200 where the store answers, 503 where it does not.",
    "/metrics": "Numbers on requests and worker processes, for Prometheus.",
    "/problems/<name>": "What a type of problem means, which the `type` of a problem document names.",
    "/static/<path:filename>": "The style sheet of the pages.",
}

# So that usage does not depend on a terminal.
_WIDE: dict[str, Any] = {"terminal_width": 100, "max_content_width": 100}

_IMPLIED = {"HEAD", "OPTIONS"}
_KINDS = ((Kind.BINDINGS, "SELECT"), (Kind.BOOLEAN, "ASK"), (Kind.GRAPH, "CONSTRUCT, DESCRIBE"))


# --- commands and settings


def commands(_: Path) -> str:
    """Make the list of commands, with the settings and the exit codes."""
    top = program.make_context("qwen-kg", [], resilient_parsing=True, **_WIDE)
    parts = [
        "# Commands",
        NOTICE,
        "Results go to standard output, everything else to standard error, so that the output of a command "
        "can be used by the next. Without `--root`, a command works on the checkout that it runs in, and "
        "elsewhere on the data that are packaged with the program.",
        f"```text\n{program.get_usage(top)}\n```",
        _paragraph(program.help),
        _options(program, top),
    ]
    for command in COMMANDS:
        context = command.make_context(str(command.name), [], parent=top, resilient_parsing=True, **_WIDE)
        parts += [
            f"## {command.name}",
            _paragraph(command.help),
            f"```text\n{command.get_usage(context)}\n```",
            _options(command, context),
        ]
    parts += [
        "## Exit codes",
        table(("code", "meaning", "errors"), _exit_codes()),
        "## Settings",
        "The settings of `qwen-kg serve`. An option goes before an environment variable, and an environment "
        "variable before the default. An empty variable counts as none.",
        table(
            ("option", "environment variable", "default", "what it does"),
            [
                (
                    f"`{setting.option}`",
                    f"`{setting.variable}`",
                    _setting_default(setting.default),
                    setting.help,
                )
                for setting in SETTINGS
            ],
        ),
    ]
    return page(parts)


def _setting_default(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{value}`" if value not in (None, ()) else "none"


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


def _options(command: click.Command, context: click.Context) -> str:
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            rows.append((f"`{record[0]}`", record[1]))
    return table(("option", "what it does"), rows)


def _exit_codes() -> list[tuple[str, str, str]]:
    by_code: dict[int, list[str]] = {}
    for error in tree():
        by_code.setdefault(error.exit_code, []).append(f"`{error.__name__}`")
    meanings = {
        1: "the answer is no, the data do not conform, or something failed",
        2: "wrong use, or bad input",
    }
    rows = [("`0`", "done", "")]
    return rows + [(f"`{code}`", meanings[code], ", ".join(names)) for code, names in sorted(by_code.items())]


# --- routes and formats


def routes(root: Path) -> str:
    """Make the list of routes of the endpoint, with the formats and the errors."""
    found = url_rules(root)
    return page(
        [
            "# Routes",
            NOTICE,
            "What the endpoint of `qwen-kg serve` answers. `https://w3id.org/qwen-kg/X` stands for `/X` of "
            "the endpoint, so that the IRIs of the data lead here.",
            table(
                ("route", "methods", "what it gives"),
                [
                    (f"`{as_shown(rule)}`", ", ".join(methods), ROUTES[rule])
                    for rule, methods in found.items()
                ],
            ),
            "## Formats",
            "The `Accept` header decides, with its q-values; `?format=` with a name from this table decides "
            "before it. Where nothing on offer fits, the answer is 406 with a list of what there is. "
            "Browsers, which ask for `text/html`, get pages. The order is the preference of the server.",
            table(
                ("name", "media type", "also asked for by", "extension", "can carry the answer of"),
                [
                    (
                        f"`{each.name}`",
                        f"`{each.media_type}`",
                        ", ".join(f"`{other}`" for other in each.also),
                        f"`.{each.extension}`",
                        ", ".join(word for kind, word in _KINDS if kind in each.kinds),
                    )
                    for each in FORMATS
                ],
            ),
            "## Errors",
            "An error is a problem document (RFC 9457, `application/problem+json`), or a page for browsers. "
            "A syntax error of a query has `line`, `column` and `excerpt`, which points at it; an unknown "
            "name has `suggestions`; a refused format has `offered`; a limit has `limit`, the name of the "
            "setting, and `allowed`, its value; a write that would break the shapes has `report`.",
            table(
                ("status", "title", "when"),
                [
                    (str(error.status), error.title, _first_sentence(error.__doc__))
                    for error in sorted(tree(), key=lambda e: (e.status, e.title))
                ],
            ),
            "Every answer from the data names their release in the header `QWEN-KG-Release`.",
        ]
    )


def url_rules(root: Path) -> dict[str, list[str]]:
    """Give the routes of the application with their methods, in the order of the table above."""
    graph = KnowledgeGraph(LocalStore(ox.Store()), read_queries(root / "queries"))
    found = {rule: [each for each in methods if each not in _IMPLIED] for rule, methods in METHODS.items()}
    for rule in create_app(graph).url_map.iter_rules():
        if str(rule) not in METHODS:  # of these, Flask has the page for browsers only
            found.setdefault(str(rule), []).extend(sorted((rule.methods or set()) - _IMPLIED))
    order = list(ROUTES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else -1))


def as_shown(rule: str) -> str:
    """Write a route as people read it, without what only the router needs.

    >>> as_shown("/<any(statement, source):space>/<path:rest>")
    '/{statement,source}/<rest>'
    """
    rule = re.sub(r"<any\(([^)]*)\):\w+>", lambda found: f"{{{found[1].replace(' ', '')}}}", rule)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", rule).replace("{graph}", "graph")


def _first_sentence(text: str | None) -> str:
    return re.split(r"(?<=[a-z)`])[.;](?:\s|$)", _paragraph(text))[0] + "."


# --- saved queries


def queries(root: Path) -> str:
    """Make the list of saved queries."""
    saved = read_queries(root / "queries")
    parts = [
        "# Saved queries",
        NOTICE,
        "Each is a file of `queries/`. Ask one with `qwen-kg query NAME key=value`, with "
        '`kg.query("NAME", key="value")` in Python, or at `/queries/NAME?key=value` of the endpoint. Where '
        "an entity is asked for, any spelling of its name will do. A parameter is bound as an RDF term and "
        "never pasted as text.",
        table(("query", "what it answers"), [(f"[{q.name}](#{q.name})", q.summary) for q in saved.values()]),
    ]
    for query in saved.values():
        parts += [f"## {query.name}", query.description, *_parameters(query)]
        if query.tags:
            parts.append(f"Tags: {', '.join(query.tags)}.")
        parts.append(f"```sparql\n{query.text.strip()}\n```")
    return page(parts)


def _parameters(query: SavedQuery) -> Iterator[str]:
    if query.parameters:
        yield table(
            ("parameter", "type", "default", "what it is"),
            [
                (
                    f"`{each.name}`",
                    f"{each.type}, {named(URIRef(each.class_iri))}" if each.class_iri else each.type,
                    _default(each),
                    each.help,
                )
                for each in query.parameters
            ],
        )


def _default(parameter: Parameter) -> str:
    if parameter.default is not None:
        return f"`{parameter.default}`"
    return "required" if parameter.required else "none"
