"""Runs the examples of a Markdown page, so that what the page shows is what comes out.

A fence says how its text is tried:

========================  ==========================================================================
```console                ``$`` commands with their output, where ``...`` stands for any text; a command
                          with no output shown has to succeed
```yaml path/of/file      written to that file before the commands that follow
```python                 run; with ``>>>`` as a doctest
```sparql                 has to give a row, a triple or yes
```turtle                 has to be in the dataset; a blank node stands for any node
```sh, or indented        known commands only; not run, because they install, wait or change things, but
                          for ``curl``, which has to be answered
```yaml, ```json          has to parse
```text                   shown only
========================  ==========================================================================

The commands of one page run one after the other in a copy of the data. ``qwen-kg`` runs in this process, and
``curl`` asks the application without a network.
"""

from __future__ import annotations

import doctest
import hashlib
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox
import yaml
from click.testing import CliRunner

from qwen_kg import dataset
from qwen_kg.cli import main
from qwen_kg.knowledge_graph import KnowledgeGraph, open_graph
from qwen_kg.namespaces import PREFIXES
from qwen_kg.web import create_app

ROOT = Path(__file__).parents[1]
PARTS = ("data", "ontology", "shapes", "queries")

#: Commands that a page may name without running them.
NOT_RUN = (
    "cd ",
    "git clone ",
    "git switch ",
    "git commit ",
    "python -m venv ",
    "python docs/generate.py",
    ". .venv/bin/activate",
    "pip install ",
    "pip wheel ",
    "pytest",
    "ruff ",
    "mypy",
    "qwen-kg ",
)


class Block(NamedTuple):
    """A fenced block: its language, the rest of its first line, its text, and the line that it starts at."""

    language: str
    argument: str
    text: str
    line: int


_FENCE = re.compile(r"^( *)```(\w*) *([^\n]*)\n(.*?)^\1```$", re.M | re.S)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}(?![-*] )\S[^\n]*\n)+", re.M)


def blocks(text: str) -> Iterator[Block]:
    """Find the fenced blocks of a page, and then the indented ones, which are commands."""
    for found in _FENCE.finditer(text):
        indent, language, argument, body = found.groups()
        lines = [line.removeprefix(indent) for line in body.splitlines()]
        yield Block(language, argument.strip(), "\n".join(lines), _line(text, found.start()))
    unfenced = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    for found in _INDENTED.finditer(unfenced):
        lines = [line.strip() for line in found[0].splitlines()]
        yield Block("sh", "", "\n".join(lines), _line(unfenced, found.start()))


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


_BUILDS: dict[bytes, dataset.Build] = {}
_build = dataset.build


def build_once(root: Path) -> dataset.Build:
    """Build a root, or give the build of the same files that was made before."""
    files = sorted(path for part in PARTS for path in (root / part).rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    key = digest.digest()
    if key not in _BUILDS:
        _BUILDS[key] = _build(root)
    return _BUILDS[key]


@cache
def graph() -> KnowledgeGraph:
    """Open the graph of the checkout."""
    return open_graph(root=ROOT)


def run_sparql(text: str) -> None:
    """Ask a query as it stands; it has to find something."""
    answer = ox.Store()
    result = graph().store.query(text)
    if "json" in result.media_type:
        document = json.loads(result.body)
        found = document["boolean"] if "boolean" in document else document["results"]["bindings"]
        assert found, "the query finds nothing"
    else:
        answer.load(result.body, format=ox.RdfFormat.from_media_type(result.media_type))
        assert len(answer), "the query gives no triple"


def find_turtle(text: str) -> None:
    """Look for the triples of an example in the dataset; a blank node stands for any node."""
    known = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    triples = [quad.triple for quad in ox.parse(known + text, format=ox.RdfFormat.TURTLE)]
    assert triples, "the example holds no triple"
    lines = [f"{_variable(t.subject)} {t.predicate} {_variable(t.object)} ." for t in triples]
    missing = [line for line in lines if not _holds([line])]
    assert not missing, "not in the dataset: " + "; ".join(missing)
    assert _holds(lines), "the triples are there, but not of one node"


def _holds(lines: list[str]) -> bool:
    result = graph().store.query("ASK { " + " ".join(lines) + " }")
    return bool(json.loads(result.body)["boolean"])


def _variable(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return f"?b{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def run_python(block: Block, page: str, names: dict[str, Any]) -> None:
    """Run Python; with prompts, what it shows has to be what comes out."""
    if ">>>" not in block.text:
        exec(compile(block.text, f"{page}:{block.line}", "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.text + "\n", names, page, page, block.line)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.append, clear_globs=False)
    assert not runner.failures, "".join(report)
    names.update(test.globs)


def check_commands(text: str) -> None:
    """See that a page names no command without our knowing."""
    for line in text.splitlines():
        command = line.partition(" #")[0].strip()
        parts = [part.strip() for part in command.split("&&")] if command else []
        for part in parts:
            if part.startswith("curl "):
                status, body = curl(shlex.split(part)[1:])
                assert status < 400, f"{part}: {body}"
                continue
            assert part.startswith(NOT_RUN), f"not a command that a page may name: {part}"
            if part.startswith("qwen-kg "):
                _parse(shlex.split(part)[1:])


def _parse(arguments: list[str]) -> None:
    """See that a command and its options exist, without running it."""
    name, *rest = arguments
    command = main.commands[name]
    command.make_context(name, rest)


class Session:
    """The commands of one page, in a copy of the data of the checkout."""

    def __init__(self, directory: Path) -> None:
        for part in PARTS:
            shutil.copytree(ROOT / part, directory / part)
        self.directory = directory
        self.exit_code = 0

    def write(self, name: str, text: str) -> None:
        """Write a file that the page shows."""
        path = self.directory / name
        assert path.resolve().is_relative_to(self.directory.resolve()), name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", "utf-8")

    def run(self, text: str) -> None:
        """Run the commands of a block; each has to give what stands below it."""
        for chunk in re.split(r"^\$ ", text, flags=re.M)[1:]:
            command, _, shown = chunk.partition("\n")
            while command.endswith("\\"):
                more, _, shown = shown.partition("\n")
                command = command[:-1] + more.removeprefix("> ").strip()
            came = _tidy(self._output(command))
            if not shown.strip():
                assert self.exit_code == 0, f"$ {command}\ncame:\n{came}"
                continue
            pattern = re.escape(_tidy(shown)).replace(re.escape("..."), ".*?")
            assert re.fullmatch(pattern, came, re.S), f"$ {command}\nshown:\n{shown}\ncame:\n{came}"

    def _output(self, command: str) -> str:
        if command == "echo $?":
            return f"{self.exit_code}\n"
        lexer = shlex.shlex(command, posix=True, punctuation_chars="|")
        lexer.whitespace_split = True
        stages: list[list[str]] = [[]]
        for token in lexer:
            if token == "|":
                stages.append([])
            else:
                stages[-1].append(token)
        program, *arguments = stages[0]
        output = {"qwen-kg": self._qwen_kg, "curl": self._curl}[program](arguments, len(stages) > 1)
        for stage in stages[1:]:
            output = _FILTERS[stage[0]](output, stage[1:])
        return output

    def _qwen_kg(self, arguments: list[str], piped: bool) -> str:
        result = CliRunner().invoke(main, arguments, prog_name="qwen-kg")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.exit_code = result.exit_code
        return result.stdout if piped else result.output

    def _curl(self, arguments: list[str], piped: bool) -> str:
        status, body = curl(arguments)
        self.exit_code = 0 if status < 400 else 22
        return body


def curl(arguments: list[str]) -> tuple[int, str]:
    """Do what curl does with the options that examples need; give the status and the body."""
    headers, fields, address = {}, [], ""
    left = iter(arguments)
    for argument in left:
        if argument in {"-H", "--header"}:
            name, _, value = next(left).partition(":")
            headers[name.strip()] = value.strip()
        elif argument in {"-d", "--data"}:
            fields.append(next(left))
        elif argument == "--data-urlencode":
            name, _, value = next(left).partition("=")
            fields.append(f"{name}={quote(value, safe='')}")
        elif argument not in {"-s", "-S", "-sS", "--silent", "-G", "--get", "-L", "--location"}:
            assert argument.startswith("http://127.0.0.1:8000/"), f"curl: {argument}"
            address = argument.removeprefix("http://127.0.0.1:8000")
    client = create_app(graph()).test_client()
    body = "&".join(fields)
    follow = bool({"-L", "--location"} & set(arguments))
    if body and not {"-G", "--get"} & set(arguments):
        form = headers.pop("Content-Type", "application/x-www-form-urlencoded")
        response = client.post(address, data=body, content_type=form, headers=headers)
    else:
        address += ("&" if "?" in address else "?") + body if body else ""
        response = client.get(address, headers=headers, follow_redirects=follow)
    return response.status_code, response.get_data(as_text=True)


def _head(text: str, arguments: list[str]) -> str:
    number = int(arguments[-1].removeprefix("-").removeprefix("n"))
    return "".join(text.splitlines(keepends=True)[:number])


_FILTERS: dict[str, Callable[[str, list[str]], str]] = {
    "head": _head,
    "sort": lambda text, arguments: "".join(sorted(text.splitlines(keepends=True))),
}


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def parses(block: Block) -> None:
    """See that an example of data is well-formed."""
    if block.language == "yaml":
        yaml.safe_load(block.text)
    elif block.language == "json":
        json.loads(block.text)
