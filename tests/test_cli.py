"""The commands as a user types them: results to stdout, logs to stderr, exit codes that tell."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from qwen_kg.cli import COMMANDS, main
from qwen_kg.dataset import Build
from qwen_kg.formats import FORMATS, Kind


@pytest.fixture(scope="session")
def dataset_file(small_built: Build, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The built dataset as a file, so that commands need not build it again."""
    path = tmp_path_factory.mktemp("build") / "dataset.nq"
    path.write_bytes(small_built.quads)
    return str(path)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def test_the_successor_of_qwen2_5_vl(dataset_file: str) -> None:
    result = run("query", "--store", dataset_file, "successors", "model=Qwen2.5-VL", "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["label"] for row in rows] == ["Qwen2.5-VL-32B-Instruct"]


def test_without_a_store_the_graph_is_built(root: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from qwen_kg.cli import main; main()",
        "query",
        "-e",
        "ASK { ?s ?p ?o }",
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "yes\n", "")


def test_a_table_is_for_people(dataset_file: str) -> None:
    text = 'SELECT ?name ?n { VALUES (?name ?n) { ("通义千问" 1) ("Qwen" 20) } } ORDER BY ?n'
    result = run("query", "--store", dataset_file, "-e", text)
    assert result.stdout == "name      n\n--------  --\n通义千问  1\nQwen      20\n2 rows\n"


@pytest.mark.parametrize("form", [f.name for f in FORMATS if Kind.BINDINGS in f.kinds])
def test_a_select_is_written_in_every_results_format(form: str, dataset_file: str) -> None:
    result = run("query", "--store", dataset_file, "-e", "SELECT (1 AS ?n) {}", "--format", form)
    assert result.exit_code == 0
    assert "1" in result.stdout


def test_a_query_is_read_from_a_file_and_from_stdin(dataset_file: str, tmp_path: Path) -> None:
    file = tmp_path / "q.rq"
    file.write_text("ASK {}")
    assert run("query", "--store", dataset_file, "-f", str(file)).stdout == "yes\n"
    assert run("query", "--store", dataset_file, "-f", "-", stdin="ASK { FILTER(false) }").stdout == "no\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query"], "give the NAME of a saved query"),
        (["query", "successors", "-e", "ASK {}"], "one of them"),
        (["query", "sucessors"], "did you mean successors"),
        (["query", "successors"], 'needs the parameter "model"'),
        (["query", "successors", "Qwen3"], '"Qwen3" is not KEY=VALUE'),
        (["query", "successors", "model=Qwen3", "model=Qwen2"], 'the parameter "model" is given twice'),
        (["query", "successors", "modle=Qwen3"], "did you mean model?"),
        (["query", "successors", "model=Qwen 2.5 VLL"], "did you mean Qwen2.5-VL"),
        (["query", "-e", "SELECT * {\n ?s ?p }"], "line 2"),
        (["query", "-e", "SELECT * {}", "--format", "turtle"], "offered: "),
        (["query", "-e", "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"], "SERVICE is not allowed"),
        (["query", "-e", "INSERT DATA { <urn:a> <urn:b> <urn:c> }"], "line 1"),
        (["describe", "Qwen17"], "did you mean"),
        (["export", "--graph", "nonsense"], "there is no graph graph:nonsense"),
    ],
)
def test_a_mistake_is_told_on_stderr_with_exit_code_2(
    arguments: list[str], message: str, dataset_file: str
) -> None:
    result = run(arguments[0], "--store", dataset_file, *arguments[1:])
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("location", ["nowhere.nq", "http://127.0.0.1:9/sparql"])
def test_a_store_that_is_not_there_is_told(location: str) -> None:
    result = run("query", "--store", location, "-e", "ASK {}")
    assert result.exit_code in {1, 2}
    assert location.split("/", maxsplit=1)[0] in result.stderr


def test_describe_tells_what_is_known_and_who_says_so(dataset_file: str) -> None:
    result = run("describe", "--store", dataset_file, "qwen 2.5 vl 72b")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Qwen2.5-VL-72B (variant)\n")
    assert "f058" in result.stdout
    assert "\nnot: license Apache License 2.0\n    Qwen (encyclopaedia article), paragraph 8" in result.stdout


def test_describe_tells_standings_and_reasons(dataset_file: str) -> None:
    lines = run("describe", "--store", dataset_file, "Qwen2.5-Max").stdout.splitlines()
    assert "access open weights (planned)" in lines
    assert "not: access open weights" in lines
    assert "in family Qwen (inferred)" in lines
    assert "    Reason: The article on the family lists it among its models." in lines


def test_describe_of_another_side_names_the_subject(dataset_file: str) -> None:
    lines = run("describe", "--store", dataset_file, "Abacus AI").stdout.splitlines()
    assert "Liberated Qwen: developer Abacus AI" in lines
    assert "based in San Francisco" in lines


@pytest.mark.parametrize("form", ["turtle", "jsonld", "ntriples", "rdfxml", "trig", "nquads"])
def test_describe_gives_rdf_that_parses(form: str, dataset_file: str) -> None:
    result = run("describe", "--store", dataset_file, "Qwen3-8B", "--format", form)
    assert result.exit_code == 0, result.output
    assert "Qwen3-8B" in result.stdout


def test_exports_hold_the_same_data(dataset_file: str, small_built: Build, tmp_path: Path) -> None:
    lines = small_built.quads.count(b"\n")
    result = run("export", "--store", dataset_file, "--format", "ntriples")
    assert result.stdout.count("\n") == lines
    output = tmp_path / "all.nq"
    assert run("export", "--store", dataset_file, "--format", "nquads", "-o", str(output)).exit_code == 0
    assert output.read_bytes() == small_built.quads


@pytest.mark.parametrize("form", ["turtle", "jsonld", "trig", "nquads", "ntriples", "rdfxml"])
def test_an_export_is_the_same_each_time(form: str, dataset_file: str) -> None:
    first, second = (run("export", "--store", dataset_file, "--format", form).stdout for _ in range(2))
    assert first == second


def test_an_export_of_one_graph_holds_that_graph(dataset_file: str) -> None:
    result = run("export", "--store", dataset_file, "--graph", "facts", "--format", "turtle")
    exported = {quad.triple for quad in ox.parse(result.stdout, format=ox.RdfFormat.TURTLE)}
    quads = ox.parse(path=dataset_file, format=ox.RdfFormat.N_QUADS)
    assert exported == {q.triple for q in quads if q.graph_name.value.endswith("/graph/facts")}


def test_queries_lists_every_saved_query(root: Path) -> None:
    names = {path.stem for path in (root / "queries").glob("*.rq")}
    assert len(names) >= 30
    listed = run("queries", "--root", str(root)).stdout.splitlines()
    assert {line.split()[0] for line in listed if not line.startswith(" ")} == names
    document = json.loads(run("queries", "--root", str(root), "--format", "json").stdout)
    assert {row["name"] for row in document} == names


def test_validate_says_yes_and_no(root: Path, dataset_file: str, tmp_path: Path) -> None:
    assert run("validate", "--root", str(root), dataset_file).stdout.startswith("conforms: ")
    bad = tmp_path / "bad.ttl"
    bad.write_text("<https://w3id.org/qwen-kg/id/Qwen3> a <http://www.w3.org/2002/07/owl#Nothing> .")
    result = run("validate", "--root", str(root), str(bad), "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["conforms"] is False
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a> <b>\n<c> <d> .")
    result = run("validate", "--root", str(root), str(broken))
    assert result.exit_code == 2
    assert f"{broken}:" in result.stderr


@pytest.mark.parametrize("command", [str(command.name) for command in COMMANDS])
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 4
