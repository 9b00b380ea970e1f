"""Saved queries: one ``.rq`` file each, described in ``#+`` comments as grlc does, with typed parameters.

A parameter is a variable such as ``?_model_iri`` or, where it may be left out, ``?__model_iri``: its name and
its type are in the variable. A value is bound as an RDF term in the place of the variable, never pasted as
text, so that no value changes what a query means.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from qwen_kg.authoring.reader import Block, Items, Text, read_yaml_text
from qwen_kg.charts import Chart, read_chart
from qwen_kg.errors import DataError, ParameterError, Position
from qwen_kg.files import read_text
from qwen_kg.literals import READERS
from qwen_kg.namespaces import PREFIXES, expand, prologue
from qwen_kg.sparql import first_keyword, substitute, tokens

#: Gives the IRI that a person means by a name; the second argument is the class it should be of, if any.
NameResolver = Callable[[str, str | None], str]

KEYS = {"summary", "description", "tags", "defaults", "parameters", "chart"}

#: What a request for a saved query means by these names is no parameter of the query.
_TAKEN = {"format", "timeout", "from"}

_VARIABLE = re.compile(r"[?$](__?)([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)_([a-z]+)$")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved query.

    ``type`` is one of iri, string, integer, decimal, boolean and date; ``class_iri`` is the class that an
    entity should be of; ``required`` says that there is no answer without a value.
    """

    name: str
    type: str
    variable: str
    required: bool
    default: str | None
    class_iri: str | None
    help: str


@dataclass(frozen=True)
class SavedQuery:
    """A query that is kept under a name, with what it answers."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: str
    chart: Chart | None = None

    @property
    def text(self) -> str:
        """The query as it can be sent anywhere, with its prefixes; parameters are variables still."""
        used = {token.text.partition(":")[0] for token in tokens(self.body) if token.kind == "pname"}
        lines = [line for line in prologue().splitlines() if line.split()[1][:-1] in used]
        return "\n".join([*lines, self.body])

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE."""
        return first_keyword(self.body)

    def bind(self, values: Mapping[str, str], resolve: NameResolver) -> str:
        """Give the query with values in the place of its parameters.

        Args:
            values: by parameter name, as people write them.
            resolve: finds the entity that a name means.

        Raises:
            ParameterError: a parameter is unknown or missing, or its value is of another type.
            NotFoundError: no entity has the name given (from ``resolve``).
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f", did you mean {close[0]}?" if close else f"; it has {', '.join(known) or 'none'}"
                raise ParameterError(f'{self.name} has no parameter "{name}"{hint}')
        terms = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, "").strip() or parameter.default
            if value is not None:
                terms[parameter.variable] = _term(self.name, parameter, value, resolve)
            elif parameter.required:
                raise ParameterError(f'{self.name} needs the parameter "{parameter.name}": {parameter.help}')
        return substitute(self.text, terms)


def _term(query: str, parameter: Parameter, value: str, resolve: NameResolver) -> str:
    """Give a value as an RDF term in N-Triples syntax."""
    if parameter.type == "iri":
        return f"<{resolve(value, parameter.class_iri)}>"
    if parameter.type == "string":
        return str(ox.Literal(value))
    try:
        text = READERS[parameter.type](value)
    except ValueError:
        raise ParameterError(f'{query}: {parameter.name}="{value}" is no {parameter.type}') from None
    return f'"{text}"^^<{PREFIXES["xsd"]}{parameter.type}>'


def read_queries(directory: Path) -> dict[str, SavedQuery]:
    """Read every ``.rq`` file of a directory.

    Returns:
        The queries by name, in the order of their names.

    Raises:
        DataError: with every fault of every file.
    """
    queries: dict[str, SavedQuery] = {}
    faults: list[tuple[Position, str]] = []
    for path in sorted(directory.glob("*.rq")):
        try:
            queries[path.stem] = parse_query(
                path.stem,
                read_text(path, f"{directory.name}/{path.name}"),
                f"{directory.name}/{path.name}",
            )
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return queries


def parse_query(name: str, text: str, shown_as: str) -> SavedQuery:
    """Read one saved query.

    Raises:
        DataError: decorators that are no YAML, keys that are not known, a parameter of an unknown type, a
            default of another type, or a query that does not parse.
    """
    lines = text.splitlines()
    decorators = [line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in lines]
    body = "\n".join(line for line in lines if not line.startswith("#+")).strip() + "\n"
    top = Position(shown_as, 1)
    block = read_yaml_text("\n".join(decorators), shown_as, indent=3)
    if not isinstance(block, Block):
        raise DataError([(top, "decorators are keys and values")])
    faults = [
        (block.key_positions[key], f'unknown key "{key}"; one of {", ".join(sorted(KEYS))} is expected')
        for key in block
        if key not in KEYS
    ]
    faults += [(top, f"#+ {key}: is missing") for key in ("summary", "description") if key not in block]
    parameters = _parameters(body, block, top, faults)
    if not faults:
        query = SavedQuery(
            name=name,
            summary=_text(block, "summary"),
            description=_text(block, "description"),
            tags=tuple(str(tag) for tag in block.get("tags", Items(top))),
            parameters=parameters,
            body=body,
            chart=read_chart(block, faults),
        )
        _check(query, top, faults)
    if faults:
        raise DataError(faults)
    return query


def _text(block: Block, key: str) -> str:
    return " ".join(str(block[key]).split())


def _parameters(
    body: str, block: Block, top: Position, faults: list[tuple[Position, str]]
) -> tuple[Parameter, ...]:
    """Find the parameters in the variables of a query, and what the decorators say of them."""
    defaults, described = block.get("defaults", Block(top)), block.get("parameters", Block(top))
    if not isinstance(defaults, Block) or not isinstance(described, Block):
        faults.append((top, "#+ defaults: and #+ parameters: are keys and values"))
        return ()
    found: dict[str, Parameter] = {}
    for token in tokens(body):
        match = _VARIABLE.match(token.text) if token.kind == "variable" else None
        if match is None or match[2] in found:
            continue
        marker, name, kind = match.groups()
        if kind not in {"iri", "string", *READERS}:
            faults.append((top, f'?{token.text[1:]}: "{kind}" is no type of parameter'))
        if name in _TAKEN:
            faults.append((top, f"?{token.text[1:]}: a request means something else by {name}"))
        about = described.get(name, {})
        text_of = about.get if isinstance(about, Block) else {"help": about}.get
        default, class_name = defaults.get(name), text_of("class")
        found[name] = Parameter(
            name=name,
            type=kind,
            variable=token.text[1:],
            required=len(marker) == 1 and default is None,
            default=str(default) if default is not None else None,
            class_iri=_class(class_name, top, faults) if class_name else None,
            help=str(text_of("help") or ""),
        )
    for where in (defaults, described):
        for name in where:
            if name not in found:
                faults.append((where.key_positions[name], f'the query has no parameter "{name}"'))
    faults += [(top, f"#+ parameters: {name} is not described") for name, p in found.items() if not p.help]
    return tuple(found.values())


def _class(curie: Text, top: Position, faults: list[tuple[Position, str]]) -> str | None:
    try:
        return expand(curie)
    except KeyError:
        faults.append((getattr(curie, "position", top), f'"{curie}" has an unknown prefix'))
        return None


def _check(query: SavedQuery, top: Position, faults: list[tuple[Position, str]]) -> None:
    """Try the query on an empty store with its defaults, so that a mistake is found when it is made."""
    samples = {
        "iri": "urn:x",
        "string": "x",
        "integer": "1",
        "decimal": "1.0",
        "boolean": "true",
        "date": "2025-01-01",
    }
    values = {p.name: p.default or samples[p.type] for p in query.parameters}
    try:
        found = ox.Store().query(query.bind(values, lambda name, kind: "urn:x"))
    except (SyntaxError, ParameterError, ValueError) as error:
        faults.append((top, f"the query does not parse with its defaults: {error}"))
        return
    if query.chart:
        columns = [each.value for each in found.variables] if isinstance(found, ox.QuerySolutions) else []
        faults += query.chart.faults(columns)
