"""The parts of the docs that are made of what they describe: ontology, commands, settings, routes, queries.

A page that is made whole is one function here. A page that people write has marked places in it, and
:func:`filled` puts the tables there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from mistakes import FILES, MISTAKES, MODEL, said_of
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from schemas import RECORDS, help_of

from qwen_kg.cli import COMMANDS
from qwen_kg.cli import main as program
from qwen_kg.description import GRAPHS
from qwen_kg.errors import QwenKgError
from qwen_kg.formats import FORMATS, Kind
from qwen_kg.knowledge_graph import KnowledgeGraph
from qwen_kg.namespaces import PREFIXES, compact
from qwen_kg.saved_queries import Parameter, SavedQuery, read_queries
from qwen_kg.settings import SETTINGS
from qwen_kg.store import LocalStore
from qwen_kg.vocabulary import QKG, Vocabulary, qkg
from qwen_kg.web import create_app

NOTICE = "<!-- Written by docs/generate.py; edit what it is made of instead. -->\n"

#: What each route does; a test holds the keys against the routes of the application.
ROUTES = {
    "/": "The home page: what the graph holds, an example query, the saved queries.",
    "/sparql": "The SPARQL 1.1 Protocol for queries. Without a query it describes the service, and a browser "
    "gets a form.",
    "/queries": "The saved queries with their parameters, as JSON or as a page.",
    "/queries/<name>": "The answer of a saved query. Its parameters are those of the address or of a form.",
    "/id/<path:name>": "An entity: 303 to a page for people or to data for programs.",
    "/<any(statement, source, dataset, prefixes):space>/<path:rest>": "A statement, a source or a passage, "
    "or a part of the description of the dataset: 303, as for an entity.",
    "/<any(dataset, prefixes):name>": "The dataset, or the list of prefixes of the saved queries: 303, as "
    "for an entity.",
    "/<any(graph):space>/<name>/<path:rest>": "A part of a named graph, as VoID counts it: 303, as for an "
    "entity.",
    "/page/<path:name>": "The page of an entity: its facts, who says what of it, what speaks of it.",
    "/data/<path:file>": "The data of an entity, in the format that the extension names.",
    "/graph/<name>": "A whole named graph, such as `/graph/facts`.",
    "/dataset.<extension>": "The whole dataset, such as `/dataset.nq`.",
    "/ns": "The ontology, as a list of terms or in an RDF format.",
    "/shapes": "The SHACL shapes.",
    "/.well-known/void": "The description of the dataset in VoID and DCAT.",
    "/context.jsonld": "The JSON-LD context.",
    "/openapi.json": "The OpenAPI 3.1 description of all this.",
    "/healthz": "200 where the store answers, 503 where it does not.",
    "/static/<path:filename>": "The style sheet of the pages.",
}

# So that usage does not depend on a terminal.
_WIDE: dict[str, Any] = {"terminal_width": 100, "max_content_width": 100}

_KINDS = ((Kind.BINDINGS, "SELECT"), (Kind.BOOLEAN, "ASK"), (Kind.GRAPH, "CONSTRUCT, DESCRIBE"))


# --- the ontology


def ontology(root: Path) -> str:
    """Make the list of all classes, properties and words."""
    vocabulary = Vocabulary.read(root / "ontology")
    graph = vocabulary.graph
    parts = [
        "# The ontology",
        NOTICE,
        f"Every term of `{QKG}`, usually written with the prefix `qkg:`. The [data model](data-model.md) "
        "explains how they work together. A property that is *stated* may be given in a data file, and its "
        "plain triples come only from accepted statements. Of a property with *one value*, two values of a "
        "subject disagree, and the [resolution](resolution.md) decides between them.",
        "## Classes",
        _table(("class", "definition", "below"), _classes(graph)),
        "No two of these can share an instance:",
        "\n".join(f"- {', '.join(f'`{_name(c)}`' for c in group)}" for group in _disjoint(graph)),
        "## Properties",
    ]
    for title, names in _sections((root / "ontology" / "qwen-kg.ttl").read_text("utf-8")):
        rows = [_property_row(vocabulary, name) for name in names if name in vocabulary.properties]
        if rows:
            parts += [
                f"### {title}",
                _table(("property", "definition", "domain", "range", "below", "marks"), rows),
            ]
    annotations = _in_order(t for t in graph.subjects(RDF.type, OWL.AnnotationProperty) if _ours(t))
    annotation_rows = [_annotation_row(graph, term) for term in annotations]
    parts += [
        "### Marks of the ontology itself",
        _table(("property", "definition", "domain", "range"), annotation_rows),
        "## Closed vocabularies",
        "The words are SKOS concepts. A data file may use a name, a label or another spelling.",
    ]
    schemes = _in_order(s for s in graph.subjects(RDF.type, SKOS.ConceptScheme) if _ours(s))
    for scheme in schemes:
        users = sorted(row.name for row in vocabulary.properties.values() if row.scheme == scheme)
        parts += [
            f"### {graph.value(scheme, SKOS.prefLabel)}",
            f"{graph.value(scheme, SKOS.definition)} Scheme `{_name(scheme)}`, for {_listed(users)}.",
            _table(("word", "label", "other spellings", "definition", "below"), _concepts(graph, scheme)),
        ]
    units = _in_order(unit for unit in graph.subjects(RDF.type, qkg("Unit")) if _ours(unit))
    meanings = [(graph.value(u, SKOS.prefLabel), graph.value(u, SKOS.definition)) for u in units]
    parts += [
        "### units",
        "Units that QUDT does not have; the others are from `unit:`.",
        _table(
            ("unit", "label", "definition"),
            [(f"`{_name(unit)}`", *meaning) for unit, meaning in zip(units, meanings, strict=True)],
        ),
    ]
    return _page(parts)


def _in_order(terms: Iterable[Node]) -> list[Node]:
    return sorted(terms, key=str)


def _ours(term: Node) -> bool:
    return isinstance(term, URIRef) and term.startswith(QKG)


def _name(term: Node) -> str:
    text = compact(str(term))
    return text.removeprefix("qkg:")


def _classes(graph: Graph) -> Iterator[Sequence[object]]:
    for term in graph.subjects(RDF.type, OWL.Class):
        if _ours(term):
            yield f"`{_name(term)}`", graph.value(term, SKOS.definition), _terms(graph, term, RDFS.subClassOf)


def _disjoint(graph: Graph) -> Iterator[list[Node]]:
    groups = []
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        members = graph.value(axiom, OWL.members)
        if members is not None:
            groups.append(list(Collection(graph, members)))
    yield from sorted(groups, key=lambda group: [str(term) for term in group])


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give the titles that the comments of the ontology give to groups of properties, in its order."""
    for block in re.split(r"^#### ", text, flags=re.M)[1:]:
        title, _, rest = block.partition("\n")
        yield title, re.findall(r"^qkg:(\w+) a ", rest, flags=re.M)


def _property_row(vocabulary: Vocabulary, name: str) -> Sequence[object]:
    row, graph = vocabulary.properties[name], vocabulary.graph
    marks = [
        ("stated", row.stated),
        ("one value", row.single_valued),
        ("functional", (row.iri, RDF.type, OWL.FunctionalProperty) in graph),
        ("transitive", (row.iri, RDF.type, OWL.TransitiveProperty) in graph),
        ("symmetric", (row.iri, RDF.type, OWL.SymmetricProperty) in graph),
        ("asymmetric", (row.iri, RDF.type, OWL.AsymmetricProperty) in graph),
        ("irreflexive", (row.iri, RDF.type, OWL.IrreflexiveProperty) in graph),
        ("binary prefixes", row.binary_prefixes),
    ]
    said = [word for word, holds in marks if holds]
    if row.unit:
        said.append(f"in `{_name(row.unit)}`")
    reach = f"a word of `{_name(row.scheme)}`" if row.scheme else f"`{_name(row.range)}`"
    return (
        f"`{name}`",
        graph.value(row.iri, SKOS.definition),
        f"`{_name(row.domain)}`",
        reach,
        _terms(graph, row.iri, RDFS.subPropertyOf),
        ", ".join(said),
    )


def _annotation_row(graph: Graph, term: Node) -> Sequence[object]:
    ends = [graph.value(term, end) for end in (RDFS.domain, RDFS.range)]
    return f"`{_name(term)}`", graph.value(term, SKOS.definition), *(f"`{_name(e)}`" for e in ends if e)


def _concepts(graph: Graph, scheme: Node) -> Iterator[Sequence[object]]:
    for term in graph.subjects(SKOS.inScheme, scheme):
        yield (
            f"`{_name(term)}`",
            graph.value(term, SKOS.prefLabel),
            ", ".join(sorted(map(str, graph.objects(term, SKOS.altLabel)))),
            graph.value(term, SKOS.definition),
            _terms(graph, term, SKOS.broader),
        )


def _terms(graph: Graph, term: Node, predicate: URIRef) -> str:
    return ", ".join(f"`{_name(other)}`" for other in _in_order(graph.objects(term, predicate)))


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
        _table(("code", "meaning", "errors"), _exit_codes()),
        "## Settings",
        "The settings of `qwen-kg serve`. An option goes before an environment variable, and an environment "
        "variable before the default. An empty variable counts as none.",
        _table(
            ("option", "environment variable", "default", "what it does"),
            [
                (
                    f"`{setting.option}`",
                    f"`{setting.variable}`",
                    "none" if setting.default is None else f"`{setting.default}`",
                    setting.help,
                )
                for setting in SETTINGS
            ],
        ),
    ]
    return _page(parts)


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


def _options(command: click.Command, context: click.Context) -> str:
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            rows.append((f"`{record[0]}`", record[1]))
    return _table(("option", "what it does"), rows)


def _exit_codes() -> list[tuple[str, str, str]]:
    by_code: dict[int, list[str]] = {}
    for error in _errors(QwenKgError):
        by_code.setdefault(error.exit_code, []).append(f"`{error.__name__}`")
    meanings = {
        1: "the answer is no, the data do not conform, or something failed",
        2: "wrong use, or bad input",
    }
    rows = [("`0`", "done", "")]
    return rows + [(f"`{code}`", meanings[code], ", ".join(names)) for code, names in sorted(by_code.items())]


def _errors(top: type[QwenKgError]) -> list[type[QwenKgError]]:
    return [top, *(each for below in top.__subclasses__() for each in _errors(below))]


# --- routes and formats


def routes(root: Path) -> str:
    """Make the list of routes of the endpoint, with the formats and the errors."""
    found = url_rules(root)
    return _page(
        [
            "# Routes",
            NOTICE,
            "What the endpoint of `qwen-kg serve` answers. `https://w3id.org/qwen-kg/X` stands for `/X` of "
            "the endpoint, so that the IRIs of the data lead here.",
            _table(
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
            _table(
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
            "A syntax error of a query has `line` and `column`; an unknown name has `suggestions`; a refused "
            "format has `offered`.",
            _table(
                ("status", "title", "when"),
                [
                    (str(error.status), error.title, _first_sentence(error.__doc__))
                    for error in sorted(_errors(QwenKgError), key=lambda e: (e.status, e.title))
                ],
            ),
            "Every answer names the release of the data in the header `QWEN-KG-Release`.",
        ]
    )


def url_rules(root: Path) -> dict[str, list[str]]:
    """Give the routes of the application with their methods, in the order of the table above."""
    graph = KnowledgeGraph(LocalStore(ox.Store()), read_queries(root / "queries"))
    found: dict[str, list[str]] = {}
    for rule in create_app(graph).url_map.iter_rules():
        found.setdefault(str(rule), []).extend(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
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
        _table(("query", "what it answers"), [(f"[{q.name}](#{q.name})", q.summary) for q in saved.values()]),
    ]
    for query in saved.values():
        parts += [f"## {query.name}", query.description, *_parameters(query)]
        if query.tags:
            parts.append(f"Tags: {', '.join(query.tags)}.")
        parts.append(f"```sparql\n{query.text.strip()}\n```")
    return _page(parts)


def _parameters(query: SavedQuery) -> Iterator[str]:
    if query.parameters:
        yield _table(
            ("parameter", "type", "default", "what it is"),
            [
                (
                    f"`{each.name}`",
                    f"{each.type}, {_name(URIRef(each.class_iri))}" if each.class_iri else each.type,
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


# --- parts of pages that people write


def record_table(name: str) -> str:
    """Make the table of the keys of a record of data files."""
    record = RECORDS[name]
    rows = []
    for field_name, field in record.model_fields.items():
        key = field.alias or field_name
        if field.exclude or key in {"at", "value_at"}:
            continue
        needed = "required" if field.is_required() else ""
        rows.append((f"`{key}`", needed, help_of(record, key)))
    return _table(("key", "", "meaning"), rows)


def sample_files() -> str:
    """Show the data files that the mistakes are made in."""
    shown = [name for name in FILES if name.startswith(("data/sources", "data/models"))]
    return "\n\n".join(f"```yaml\n# {name}\n{FILES[name].strip()}\n```" for name in shown)


def mistakes(root: Path) -> str:
    """Make the table of mistakes, with what the build says of each."""
    parts = []
    for mistake in MISTAKES:
        code, message = said_of(mistake, root)
        first, *more = message.splitlines()
        others = f"\n... and {len(more)} more" if more else ""
        parts.append(
            f"**{mistake.title}** (exit code {code})\n\n```text\n{_difference(mistake.right, mistake.wrong)}"
            f"\n\n{first}{others}\n```"
        )
    return "\n\n".join(parts)


def _difference(right: str, wrong: str) -> str:
    """Show the line that was wrong; of several, the one that was added."""
    old = right.splitlines()
    added = [line.strip() for line in wrong.splitlines() if line not in old]
    whole = next((line for line in FILES[MODEL].splitlines() if right in line), None)
    return whole.replace(right, wrong).strip() if whole and len(added) == 1 else "\n".join(added)


def shapes(root: Path) -> str:
    """List the shapes with what each demands."""
    graph = Graph().parse(root / "shapes" / "shapes.ttl")
    blocks = []
    for shape in sorted(graph.subjects(RDF.type, SH.NodeShape), key=str):
        if not isinstance(shape, URIRef):
            continue
        targets = [f"`{_name(t)}`" for t in _in_order(graph.objects(shape, SH.targetClass))]
        targets += [f"what has `{_name(t)}`" for t in _in_order(graph.objects(shape, SH.targetSubjectsOf))]
        demands = [graph.value(p, SH.message) for p in graph.objects(shape, SH.property)]
        demands.append(graph.value(shape, SH.message))
        lines = sorted({str(demand) for demand in demands if demand})
        head = f"- **{graph.value(shape, RDFS.label)}** ({', '.join(targets)})"
        blocks.append("\n".join([head, *(f"  - {line}" for line in lines)]))
    return "\n".join(blocks)


def first_comments(directory: Path, meaning: str) -> str:
    """List the queries of a directory by name, each with its first comment."""
    rows = []
    for path in sorted(directory.glob("*.rq")):
        comment = path.read_text("utf-8").splitlines()[0]
        rows.append((f"`{path.stem}`", comment.removeprefix("#").strip().removeprefix("OWL 2 RL, ")))
    return _table(("name", meaning), rows)


def graphs(_: Path) -> str:
    """List the named graphs with what is in each."""
    return _table(("graph", "what is in it"), [(f"`graph:{name}`", about) for name, about in GRAPHS.items()])


def prefixes(_: Path) -> str:
    """List our prefixes."""
    ours = [name for name, iri in PREFIXES.items() if "qwen-kg" in iri]
    return _table(("prefix", "IRI"), [(f"`{name}:`", f"`{PREFIXES[name]}`") for name in ours])


#: The marked places of pages, by name.
PARTS: dict[str, Callable[[Path], str]] = {
    "graphs": graphs,
    "prefixes": prefixes,
    "shapes": shapes,
    "checks": lambda root: first_comments(root / "shapes" / "checks", "what holds"),
    "inconsistencies": lambda root: first_comments(root / "shapes" / "inconsistencies", "rule of OWL 2 RL"),
    "sample": lambda _: sample_files(),
    "mistakes": mistakes,
    **{name: lambda _, name=name: record_table(name) for name in RECORDS},  # type: ignore[misc]
}

_PLACE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.S)


def filled(page: Path, root: Path) -> str:
    """Give the text of a page with its marked places filled anew.

    Raises:
        KeyError: a place is marked with a name that is not in :data:`PARTS`.
    """
    return _PLACE.sub(
        lambda found: f"{found[1]}\n{PARTS[found[2]](root)}\n\n{found[3]}", page.read_text("utf-8")
    )


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table; no rows, no table."""
    body = [[_cell(value) for value in row] for row in rows]
    if not body:
        return ""
    lines = [list(head), ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "statements"
