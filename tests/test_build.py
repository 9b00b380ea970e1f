"""The build: the same bytes each time, refused when wrong, with file and line, and nothing lost."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qwen_kg.cli import main
from qwen_kg.dataset import Build, build

Change = Callable[[str, str, str], None]


@pytest.fixture
def workbench(small: Path, tmp_path: Path) -> Path:
    """A copy of all that a graph is built from, to be changed."""
    copy = tmp_path / "checkout"
    for part in ("data", "ontology", "shapes", "queries"):
        shutil.copytree(small / part, copy / part)
    return copy


@pytest.fixture
def change(workbench: Path) -> Change:
    def replace(file: str, old: str, new: str) -> None:
        text = (workbench / file).read_text("utf-8")
        assert text.count(old) >= 1, f"{file} has no {old!r}"
        (workbench / file).write_text(text.replace(old, new, 1), "utf-8")

    return replace


def run_build(root: Path, output: Path) -> Result:
    return CliRunner().invoke(main, ["build", "--root", str(root), "-o", str(output)])


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_building_twice_gives_the_same_bytes(small_built: Build, workbench: Path, tmp_path: Path) -> None:
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "dataset.nq").read_bytes() == small_built.quads
    assert result.stdout.strip() == str(tmp_path / "out" / "dataset.nq")


def test_the_lines_are_sorted_and_unique(small_built: Build) -> None:
    lines = small_built.quads.splitlines()
    assert lines == sorted(set(lines))


VL, QWEN3, OTHERS = (
    "data/models/qwen2.5-vl.yaml",
    "data/models/qwen3.yaml",
    "data/models/models-of-others.yaml",
)
SOURCE, OFFERS, CLAIMS = (
    "data/sources/wikipedia-qwen.yaml",
    "data/offers/wikipedia-qwen.csv",
    "data/claims/wikipedia-qwen.yaml",
)

DENIAL = "license: {value: Apache-2.0, polarity: denied, from: f058}"

#: file, what is replaced, by what, exit code, where the fault is told (a piece of its line), what is told
MISTAKES = {
    "a licence that a source denies": (
        VL, DENIAL, "license: Apache-2.0", 2, "    license: Apache-2.0", '"Apache-2.0" is affirmed here and denied at data/models/qwen2.5-vl.yaml:',
    ),
    "a licence that a source denies, with another passage": (
        VL, DENIAL, "license: {value: Apache-2.0, from: f057}", 2, "    license: {value: Apache-2.0, from: f057}", "a decision with its reason",
    ),
    "an unknown licence": (
        VL, "{value: Apache-2.0, from: f082}", "{value: Apache 2.0x, from: f082}", 2,
        "value: Apache 2.0x", 'variants.2.license: unknown licence "Apache 2.0x", did you mean Apache-2.0?',
    ),
    "an impossible month": (VL, "date: 2025-03-24", "date: 2025-13-24", 2, None, "month 13 does not exist"),
    "an impossible day": (VL, "date: 2025-01,", "date: 2025-02-30,", 2, "2025-02-30", "2025-02 has no day 30"),
    "a missing source": (
        VL, "    from: f053\n", "", 2, "totalParameters: 3B", "variants.0.totalParameters: no source is named",
    ),
    "an unknown source": (
        VL, "{source: wikipedia-qwen}", "{source: wikipedia}", 2, "{source: wikipedia}", 'unknown source "wikipedia", did you mean wikipedia-qwen?',
    ),
    "an unknown passage": (
        QWEN3, "from: f111", "from: f999", 2, "f999", 'the source "wikipedia-qwen" has no passage "f999"',
    ),
    "a duplicate key": (
        QWEN3, "languageCount:", "license: Apache-2.0\nlanguageCount:", 2, "license: Apache-2.0", 'duplicate key "license"',
    ),
    "an id used twice": (
        OTHERS, "- id: Kimi-K2", "- id: GPT-4o", 2, None, 'id: "GPT-4o" is described already at',
    ),
    "active parameters above total": (
        QWEN3, "activeParameters: {value: 3B", "activeParameters: {value: 300B", 1,
        "value: 300B", "active parameters are at most the total parameters",
    ),
    "an unknown property": (
        QWEN3, "languageCount:", "langageCount:", 2, "langageCount", "did you mean languageCount?",
    ),
    "a property of another kind": (
        OFFERS.replace("offers/wikipedia-qwen.csv", "organizations.yaml"), "  basedIn:", "  density: {value: dense, from: f069}\n  basedIn:", 2,
        "density", "density: is said of: model entity; Abacus-AI is of the kind Organization",
    ),
    "an unknown word": (QWEN3, "density: sparse", "density: thick", 2, "thick", 'unknown word "thick"; one of dense, sparse'),
    "an unknown kind": ("data/models/qwen-audio.yaml", "ModelSeries", "ModelSeris", 2, "ModelSeris", "did you mean ModelSeries?"),
    "no number": (QWEN3, "totalParameters: 30B", "totalParameters: thirty", 2, "thirty", '"thirty" is no count'),
    "no description": (
        QWEN3, " description: The dense Qwen3 model of 14 billion parameters.,", "", 2, "Qwen3-14B,", "description: is missing",
    ),
    "an exception that is no variant": (
        QWEN3, "except: {Qwen3-0.6B:", "except: {Qwen3-0.5B:", 2, None, '"Qwen3-0.5B" is no variant of this block, did you mean Qwen3-0.6B?',
    ),
    "a passage that supports nothing": (
        CLAIMS, "to: Kimi-K2, from: f124", "to: Kimi-K2, from: f125", 1, None, "src:wikipedia-qwen/f124",
    ),
    "a passage that ends before it starts": (SOURCE, "chars: 6-34", "chars: 36-34", 2, "36-34", "ends before it starts"),
    "an inference without a reason": (
        "data/models/qwen2.yaml", "standing: inferred, reason: The article on the family lists it among its models.", "standing: inferred", 2,
        "inFamily", "an inferred value needs a reason",
    ),
    "an unused entity": (
        OTHERS, "- id: Kimi-K2\n", "- {id: X, kind: Variant, label: X, description: Nothing is said of it.}\n- id: Kimi-K2\n", 1,
        "id: X", "nothing is said of this entity",
    ),
    "a label used twice": (
        OTHERS, "label: Kimi K2", "label: gpt 4o", 1, "id: Kimi-K2", 'is used for two of one kind',
    ),
    "a model that succeeds itself": (
        VL, "value: Qwen2.5-VL\n", "value: Qwen2.5-VL-32B-Instruct\n", 1, "value: Qwen2.5-VL-32B-Instruct", "nothing stands in this relation to itself",
    ),
    "a negative price": (OFFERS, "0.41", "-0.41", 1, "-0.41", "which is not negative"),
    "no currency code": (OFFERS, "USD", "US$", 2, "US$", "currency"),
    "a row that is too short": (OFFERS, ",f060 f061", "", 2, "Qwen-VL-Max", "8 cells, but the header has 9"),
    "a comparison by an unknown relation": (
        CLAIMS, "relation: ahead", "relation: before", 2, "relation: before", 'unknown word "before"',
    ),
    "a source that is no source file": (SOURCE, "kind: encyclopaedia", "kind: rumour", 2, "rumour", "kind"),
    "no release": ("data/release.yaml", "version: 0.1.0\n", "", 2, None, "version and issued are expected"),
    "a release on no day": ("data/release.yaml", "2026-11-23", "2026-11", 2, "issued", "a day is expected"),
    "a licence that another line denies": (
        VL, DENIAL, "license: {value: Apache-2.0, from: f058}", 2,
        "license: {value: Apache-2.0, from: f058}", "is affirmed here and denied at",
    ),
    "an exception forgotten that another line denies": (
        VL, "each: true, except: {Qwen2.5-VL-72B: f058}", "each: true", 2, "each: true}", "is affirmed here and denied at",
    ),
    "a variant in two models": (
        VL, "    from: f053\n", "    from: f053\n    variantOf: [Qwen2.5-VL, Qwen2-VL]\n", 2, "variantOf", "are from one passage",
    ),
    "two sizes from one passage": (
        VL, "totalParameters: 3B", "totalParameters: [3B, 4B]", 2, "[3B, 4B]", '"4B" and "3B" at',
    ),
    "a family within itself": (
        "data/models/qwen.yaml", "from: {source: wikipedia-qwen}\n", "from: {source: wikipedia-qwen}\ninFamily: {value: Qwen, from: f004}\n", 1,
        "inFamily", "leads back to itself",
    ),
    "a spelling that is another's label": (VL, "[Qwen2.5-VL-32B]", "[qwen 2.5 vl 72b]", 1, None, "is used for two of one kind"),
    "an IRI of ours": (VL, "  - id: Qwen2.5-VL-3B\n", "  - id: Qwen2.5-VL-3B\n    iri: https://w3id.org/qwen-kg/ns#Model\n", 2, "iri:", "an IRI of ours"),
    "no IRI": (VL, "  - id: Qwen2.5-VL-3B\n", "  - id: Qwen2.5-VL-3B\n    iri: not an iri\n", 2, "iri:", "an IRI begins with http"),
    "no address": ("data/organizations.yaml", "https://www.alibabagroup.com/", "javascript:alert(1)", 2, "javascript", "an address begins with http"),
    "a decimal comma": (VL, "totalParameters: 3B", 'totalParameters: "3,0B"', 2, "3,0B", "is no count"),
    "an empty origin": (VL, "{value: Apache-2.0, from: f082}", "{value: Apache-2.0, from: {}}", 2, "from: {}", "give a source, a passage or lines"),
    "a control character": (VL, "label: Qwen2.5-VL-3B", 'label: "Qwen2.5\\u0007"', 2, "u0007", "a control character"),
    "a tag": (VL, "totalParameters: 3B", "totalParameters: !!python/name:os.system 3B", 2, "!!python", "a tag is not read"),
    "a merge key": (VL, "    totalParameters: 3B", "    <<: {a: b}\n    totalParameters: 3B", 2, "<<", "a merge key is not read"),
    "a reserved key": (VL, "    totalParameters: 3B", "    at: here\n    totalParameters: 3B", 2, "Qwen2.5-VL-3B", '"at" is not a key'),
    "variants chosen without each": (VL, "from: f052, each: true}", "from: f052, only: [Qwen2.5-VL-3B]}", 2, "only:", "only goes with each: true"),
    "an unclosed quote": (VL, "label: Qwen2.5-VL\n", 'label: "Qwen2.5-VL\n', 2, 'label: "Qwen2.5-VL', "not YAML"),
    "lines that are none": (VL, "    from: f053\n", "    from: {lines: first}\n", 2, "lines: first", "lines are a number or a range"),
    "the date of a version": ("data/sources/qwq-32b-preview-post.yaml", "    date: 2024-11-28", "    date: 2024-13-28", 2, "2024-13", "month 13"),
    "an unknown publisher": (SOURCE, "kind: encyclopaedia", "kind: encyclopaedia\npublisher: Nobody", 2, "Nobody", 'unknown agent "Nobody"'),
    "a source under another name": (SOURCE, "id: wikipedia-qwen", "id: wikipedia", 2, "id: wikipedia", "the file of the source"),
    "broken Turtle in the ontology": ("ontology/qwen-kg.ttl", "qkg:Entity a owl:Class ;", "qkg:Entity a ,, owl:Class ;", 2, ",, owl", ""),
    "an unknown prefix in the shapes": ("shapes/shapes.ttl", "shape:Named a sh:NodeShape ;", "shape:Named a shacl:NodeShape ;", 2, "shacl:NodeShape", "prefix"),
    "no SHACL": ("shapes/shapes.ttl", "sh:path skos:prefLabel ; sh:minCount 1", 'sh:path skos:prefLabel ; sh:minCount "one"', 2, None, "shapes/shapes.ttl:1:1: not SHACL"),
    "a broken check": ("shapes/checks/unused-entity.rq", "FILTER NOT EXISTS", "FILTER NOT EXIST", 2, "NOT EXIST {", "cannot be read"),
    "a check that selects something else": ("shapes/checks/unused-entity.rq", "?focus ?path ?message WHERE", "?focus WHERE", 2, None, "a check selects"),
    "a broken saved query": ("queries/successors.rq", "SELECT ?successor ?label ?how", "SELEC ?successor ?label ?how", 2, None, "queries/successors.rq:"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_its_place_and_the_last_build_stays(
    mistake: str, workbench: Path, change: Change, tmp_path: Path
) -> None:
    file, old, new, exit_code, line, message = MISTAKES[mistake]
    output = tmp_path / "out"
    output.mkdir()
    (output / "dataset.nq").write_bytes(b"the last build\n")
    change(file, old, new)
    result = run_build(workbench, output)
    assert result.exit_code == exit_code, result.output
    assert message in result.stderr
    if line is not None:
        assert f"{file}:{line_of(workbench, file, line)}" in result.stderr
    assert result.stdout == ""
    assert [(path.name, path.read_bytes()) for path in output.iterdir()] == [
        ("dataset.nq", b"the last build\n")
    ]


def test_all_faults_of_all_files_are_told_at_once(workbench: Path, change: Change, tmp_path: Path) -> None:
    change(QWEN3, "density: sparse", "density: thick")
    change(VL, "date: 2025-03-24", "date: 2025-13-24")
    change(OTHERS, "developer: {value: OpenAI", "developer: {value: OpenAl")
    errors = run_build(workbench, tmp_path / "out").stderr
    for message in ("thick", "month 13", 'unknown agent "OpenAl", did you mean OpenAI?'):
        assert message in errors


def test_a_curators_decision_settles_a_contradiction(workbench: Path, change: Change) -> None:
    change(VL, DENIAL, "license: {value: Apache-2.0, from: f057, decision: The exception was withdrawn.}")
    built = build(workbench)
    assert built.report.conforms, built.report.text()
    triple = b"id/Qwen2.5-VL-72B> <https://w3id.org/qwen-kg/ns#license> <http://spdx.org/licenses/Apache-2.0>"
    assert triple in built.quads


def test_a_fact_is_one_line_of_data(workbench: Path, change: Change, small_built: Build) -> None:
    change(QWEN3, "density: dense}", "density: dense, focus: reasoning}")
    changed = build(workbench)
    assert changed.report.conforms, changed.report.text()
    new = set(changed.quads.splitlines()) - set(small_built.quads.splitlines())
    assert any(
        b"id/Qwen3-0.6B> <https://w3id.org/qwen-kg/ns#focus> <https://w3id.org/qwen-kg/ns#reasoning>" in q
        for q in new
    )


@pytest.mark.parametrize(
    "part",
    [
        "ontology/qwen-kg.ttl",
        "ontology/alignments.ttl",
        "shapes/shapes.ttl",
        "shapes/checks",
        "shapes/inconsistencies",
        "data/release.yaml",
    ],
)
def test_nothing_that_judges_can_be_left_out(part: str, workbench: Path, tmp_path: Path) -> None:
    target = workbench / part
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 2
    assert part in result.stderr


@pytest.mark.parametrize(
    "name", ["models/extra.yml", "models/sub/extra.yaml", "extra.yaml", "offers/extra.tsv"]
)
def test_a_file_that_nothing_reads_is_refused(name: str, workbench: Path, tmp_path: Path) -> None:
    path = workbench / "data" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("id: X\n")
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 2
    assert f"data/{name}:1:1: no file of this name is read here" in result.stderr


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (VL, 3),
        ("ontology/qwen-kg.ttl", 5),
        ("queries/successors.rq", 2),
        ("shapes/checks/circle.rq", 2),
        (OFFERS, 2),
    ],
)
def test_a_byte_that_is_no_utf_8_is_told_by_its_line(
    file: str, line: int, workbench: Path, tmp_path: Path
) -> None:
    lines = (workbench / file).read_bytes().split(b"\n")
    lines[line - 1] += b"\xff"
    (workbench / file).write_bytes(b"\n".join(lines))
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 2, result.output
    assert f"{file}:{line}:" in result.stderr
    assert "not UTF-8" in result.stderr


def test_blocks_without_end_are_refused(workbench: Path, tmp_path: Path) -> None:
    (workbench / "data" / "models" / "deep.yaml").write_text("[" * 5000)
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 2
    assert "data/models/deep.yaml:1:1: blocks are nested too deeply" in result.stderr


def test_a_byte_order_mark_and_line_ends_of_windows_are_read(workbench: Path, small_built: Build) -> None:
    for file in (VL, OFFERS):
        text = (workbench / file).read_text("utf-8")
        (workbench / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert build(workbench).quads == small_built.quads


def test_an_output_that_cannot_be_written_is_told(workbench: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run_build(workbench, tmp_path / "file" / "out")
    assert result.exit_code == 2
    assert str(tmp_path / "file") in result.stderr


def test_a_root_that_lacks_a_part_is_bad_input(workbench: Path, tmp_path: Path) -> None:
    shutil.rmtree(workbench / "shapes")
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 2
    assert "shapes" in result.stderr


def test_data_without_a_source_file_are_bad_input(workbench: Path, tmp_path: Path) -> None:
    shutil.rmtree(workbench / "data" / "sources")
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 2
    assert "there is no source file" in result.stderr
