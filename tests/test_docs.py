"""What the docs say is complete, current and true: examples are run, and lists compared with the code."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from rdflib import OWL, RDF, SKOS

from qwen_kg import dataset
from qwen_kg.authoring import records
from qwen_kg.cli import COMMANDS
from qwen_kg.cli import main as program
from qwen_kg.description import GRAPHS
from qwen_kg.formats import FORMATS
from qwen_kg.resolution import EXCLUSIVE
from qwen_kg.saved_queries import KEYS, read_queries
from qwen_kg.settings import SETTINGS
from qwen_kg.vocabulary import QKG, Vocabulary, qkg

from .examples import (
    ROOT,
    Block,
    Session,
    blocks,
    build_once,
    check_commands,
    find_turtle,
    parses,
    run_python,
    run_sparql,
)

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
RUN = [page for page in PAGES if page.name != "queries.md"]  # saved queries have tests of their own
LANGUAGES = {"console", "python", "sparql", "turtle", "sh", "yaml", "json", "text", "csv", "http"}
VOCABULARY = Vocabulary.read(ROOT / "ontology")
QUERIES = read_queries(ROOT / "queries")


def _generator() -> ModuleType:
    folder = str(ROOT / "docs")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = _generator()


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _title(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _section(text: str, title: str) -> str:
    """Give what stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"there is no section {title}"
    return found[1]


def _blocks(*languages: str) -> list[Any]:
    return [
        pytest.param(block, id=f"{_title(page)}:{block.line}")
        for page in RUN
        for block in blocks(page.read_text("utf-8"))
        if block.language in languages
    ]


@pytest.fixture(autouse=True)
def _build_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the same files only once, however many examples ask for them."""
    monkeypatch.setattr(dataset, "build", build_once)


# --- what is made of the code is current


@pytest.mark.parametrize("name", GENERATE.GENERATED)
def test_generated_file_is_current(name: str) -> None:
    assert _text(name) == GENERATE.GENERATED[name](), f"run {GENERATE.COMMAND}"


def test_check_names_a_stale_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(GENERATE, "GENERATED", {"docs/commands.md": lambda: "something else"})
    assert GENERATE.main(["--check"]) == 1
    assert capsys.readouterr().out.startswith("docs/commands.md is out of date")


# --- nothing is left out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_option_of_a_command_is_documented(command: click.Command) -> None:
    section = _section(_text("docs/commands.md"), str(command.name))
    assert " ".join(str(command.help).split()) in section
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert re.search(rf"[`, ]{re.escape(option)}[`, ]", section), option
        else:
            assert parameter.make_metavar(click.Context(command)) in section


def test_every_command_of_the_program_is_documented() -> None:
    titles = re.findall(r"^## (.+)$", _text("docs/commands.md"), re.M)
    assert set(program.commands) == set(titles) - {"Exit codes", "Settings"}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.name))
def test_every_setting_is_documented(setting: Any) -> None:
    section = _section(_text("docs/commands.md"), "Settings")
    for part in (f"`{setting.option}`", f"`{setting.variable}`", setting.help):
        assert part in section


def test_every_route_is_documented() -> None:
    rules = GENERATE.interfaces.url_rules(ROOT)
    assert set(rules) == set(GENERATE.interfaces.ROUTES), "ROUTES in docs/interfaces.py lists the routes"
    for rule, methods in rules.items():
        shown = GENERATE.interfaces.as_shown(rule)
        assert f"| `{shown}` | {', '.join(methods)} |" in _text("docs/routes.md")


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: str(each.name))
def test_every_format_is_documented(each: Any) -> None:
    assert f"| `{each.name}` | `{each.media_type}` |" in _text("docs/routes.md")


@pytest.mark.parametrize("name", QUERIES)
def test_every_saved_query_is_documented(name: str) -> None:
    section, query = _section(_text("docs/queries.md"), name), QUERIES[name]
    assert query.description in section
    assert query.body.strip() in section
    for parameter in query.parameters:
        assert f"| `{parameter.name}` | {parameter.type}" in section
        assert parameter.help in section


def test_every_term_of_the_ontology_is_documented() -> None:
    text, graph = _text("docs/ontology.md"), VOCABULARY.graph
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, SKOS.Concept)
    terms = {t for kind in kinds for t in graph.subjects(RDF.type, kind) if str(t).startswith(QKG)}
    terms |= set(graph.subjects(RDF.type, qkg("Unit")))
    assert len(terms) > 100
    for term in sorted(terms, key=str):
        name, definition = str(term).removeprefix(QKG), graph.value(term, SKOS.definition)
        assert re.search(rf"^\| `{name}` \|.*{re.escape(str(definition))}", text, re.M), name


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_decorator_of_saved_queries_is_documented(key: str) -> None:
    assert f"`#+ {key}:`" in _text("CONTRIBUTING.md")


RECORDS = [
    record
    for record in vars(records).values()
    if isinstance(record, type) and issubclass(record, records.Record) and record is not records.Record
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record.__name__))
def test_every_key_of_data_files_is_documented(record: type[records.Record]) -> None:
    found = re.search(rf"<!-- made: {record.__name__} -->(.*?)<!-- end -->", _text("docs/authoring.md"), re.S)
    assert found, f"docs/authoring.md has no place for {record.__name__}"
    for name, field in record.model_fields.items():
        if not field.exclude and name != "value_at":
            assert f"| `{field.alias or name}` |" in found[1]


def test_every_key_is_described_once() -> None:
    described = {
        f"{record.__name__}.{field.alias or name}"
        for record in RECORDS
        for name, field in record.model_fields.items()
        if field.description and name in record.__annotations__
    }
    assert not described & set(GENERATE.schemas.HELP)


@pytest.mark.parametrize("folder", ["checks", "inconsistencies"])
def test_every_check_is_documented(folder: str) -> None:
    names = [path.stem for path in (ROOT / "shapes" / folder).glob("*.rq")]
    assert names
    for name in names:
        assert f"| `{name}` |" in _text("docs/validation.md")


def test_the_rule_of_resolution_is_documented() -> None:
    text = _text("docs/resolution.md")
    for scheme in ("ResolutionRuleScheme", "StandingScheme", "SourceKindScheme"):
        for concept in VOCABULARY.graph.subjects(SKOS.inScheme, qkg(scheme)):
            assert f"`{str(concept).removeprefix(QKG)}`" in text
    for pair in EXCLUSIVE:
        for iri in pair:
            assert f"`{iri.removeprefix(QKG)}`" in text


@pytest.mark.parametrize("name", GRAPHS)
def test_every_named_graph_is_documented(name: str) -> None:
    assert f"| `graph:{name}` |" in _text("docs/data-model.md")


# --- links lead somewhere


def _slugs(page: Path) -> set[str]:
    """Give the anchors that headings get: lower case, no punctuation, hyphens for spaces."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ +(.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_title)
def test_internal_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    targets = [
        *re.findall(r"\]\(([^)\s]+)[^)]*\)", text),
        *re.findall(r'(?:src|href|srcset)="([^"]+)"', text),
    ]
    for target in targets:
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            other = (page.parent / name).resolve() if name else page
            assert other.exists(), f"{target} does not exist"
            assert not anchor or anchor in _slugs(other), f"{target} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=_title)
def test_pages_name_no_path_of_a_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:work|tmp|home|root|Users)/", page.read_text("utf-8"))


# --- examples are run


@pytest.mark.parametrize("page", PAGES, ids=_title)
def test_fences_are_of_a_language_that_is_checked(page: Path) -> None:
    text = page.read_text("utf-8")
    found = list(blocks(text))
    opened = re.findall(r"^ *```\w", text, re.M)
    assert len(re.findall(r"^ *```", text, re.M)) == 2 * len(opened), (
        "a fence does not close, or has no language"
    )
    assert {block.language for block in found} <= LANGUAGES


@pytest.mark.parametrize("block", _blocks("sparql"))
def test_sparql_example_finds_something(block: Block) -> None:
    run_sparql(block.text)


@pytest.mark.parametrize("block", _blocks("turtle"))
def test_turtle_example_is_in_the_dataset(block: Block) -> None:
    find_turtle(block.text)


@pytest.mark.parametrize("block", _blocks("yaml", "json"))
def test_data_example_is_well_formed(block: Block) -> None:
    parses(block)


@pytest.mark.parametrize("block", _blocks("sh"))
def test_commands_that_are_not_run_exist(block: Block) -> None:
    check_commands(block.text)


@pytest.mark.parametrize("page", RUN, ids=_title)
def test_examples_give_what_the_page_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, names = Session(tmp_path), dict[str, Any]()
    monkeypatch.chdir(tmp_path)
    for block in blocks(page.read_text("utf-8")):
        if block.language == "console":
            session.run(block.text)
        elif block.language == "python":
            run_python(block, _title(page), names)
        elif block.argument:
            session.write(block.argument, block.text)


def test_a_wrong_example_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError, match="came"):
        Session(tmp_path).run("$ qwen-kg --version\nsome other program\n")
    with pytest.raises(AssertionError, match="there is no saved query"):
        Session(tmp_path / "again").run("$ qwen-kg query no-such-query\n")
    with pytest.raises(AssertionError, match="there is no saved query"):
        check_commands("curl http://127.0.0.1:8000/queries/no-such-query")
    with pytest.raises(AssertionError, match="finds nothing"):
        run_sparql("SELECT * { <urn:x> ?p ?o }")
    with pytest.raises(AssertionError, match="not in the dataset"):
        find_turtle("id:Qwen2.5-VL qkg:successorOf id:Qwen .")
    with pytest.raises(AssertionError, match="Expected"):
        run_python(Block("python", "", ">>> 1 + 1\n3", 1), "page", {})
    with pytest.raises(AssertionError, match="not a command"):
        check_commands("rm -r data")
