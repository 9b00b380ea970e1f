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
def workbench(root: Path, tmp_path: Path) -> Path:
    """A copy of all that a graph is built from, to be changed."""
    copy = tmp_path / "checkout"
    for part in ("data", "ontology", "shapes", "queries"):
        shutil.copytree(root / part, copy / part)
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


def test_building_twice_gives_the_same_bytes(built: Build, workbench: Path, tmp_path: Path) -> None:
    result = run_build(workbench, tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "dataset.nq").read_bytes() == built.quads
    assert result.stdout.strip() == str(tmp_path / "out" / "dataset.nq")


def test_the_lines_are_sorted_and_unique(built: Build) -> None:
    lines = built.quads.splitlines()
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

#: file, what is replaced, by what, exit code, where the fault is told (a piece of its line), what is told
MISTAKES = {
    "a licence that a source denies": (
        VL, "    totalParameters: 72B", "    totalParameters: 72B\n    license: Apache-2.0", 2,
        "    license: Apache-2.0", '"Apache-2.0" is affirmed here and denied at data/models/qwen2.5-vl.yaml:',
    ),
    "a licence that a source denies, with another passage": (
        VL, "    totalParameters: 72B", "    totalParameters: 72B\n    license: {value: Apache-2.0, from: f057}", 2,
        "    license: {value: Apache-2.0, from: f057}", "a decision with its reason",
    ),
    "an exception forgotten": (
        VL, ", except: {Qwen2.5-VL-72B: f058}", "", 1, None, "data/sources/wikipedia-qwen.yaml:",
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
        VL, "{source: wikipedia-qwen}", "{source: wikipedia}", 2, "from: f053", 'unknown source "wikipedia"',
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
    change(
        VL,
        "    totalParameters: 72B",
        "    totalParameters: 72B\n    license: {value: Apache-2.0, from: f057, decision: The exception was withdrawn.}",
    )
    built = build(workbench)
    assert built.report.conforms, built.report.text()
    assert (
        b"id/Qwen2.5-VL-72B> <https://w3id.org/qwen-kg/ns#license> <http://spdx.org/licenses/Apache-2.0>"
        in built.quads
    )


def test_a_fact_is_one_line_of_data(workbench: Path, change: Change, built: Build) -> None:
    change(QWEN3, "density: dense}", "density: dense, access: openWeights}")
    changed = build(workbench)
    assert changed.report.conforms, changed.report.text()
    new = set(changed.quads.splitlines()) - set(built.quads.splitlines())
    assert any(
        b"id/Qwen3-0.6B> <https://w3id.org/qwen-kg/ns#access> <https://w3id.org/qwen-kg/ns#openWeights>" in q
        for q in new
    )


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
