"""Reading the sources again: what is written is found, what is not is told, and nothing passes by accident."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from qwen_kg.check_sources import check_sources
from qwen_kg.cli import main
from qwen_kg.dataset import Build
from qwen_kg.errors import InputError
from qwen_kg.written_forms import date_pattern, name_pattern, normalized, number_pattern


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("72000000000", "the 72B variant"),
        ("3000000000", "3, 7, 32, and 72 billion parameters"),
        ("600000000", "dense (0.6B, 1.7B)"),
        ("7721324544", "7,721,324,544 parameters"),
        ("131072", "a context of 131072 tokens"),
        ("128000", "a 128K token context"),
        ("40000000", "more than 40 million times"),
        ("10", "less than 10% of"),
        ("10", "greater than 10x higher"),
        ("36000000000000", "36 trillion tokens"),
        ("119", "in 119 languages"),
    ],
)
def test_a_number_is_found_as_it_is_written(amount: str, text: str) -> None:
    assert number_pattern(Decimal(amount)).search(normalized(text))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("2000000000", "the 72B variant"),
        ("7000000000", "its 72B and 1.8B models"),
        ("8000000000", "its 72B and 1.8B models"),
        ("3000000000", "in 3 languages"),
        ("100", "1000 models"),
        ("10", "10.5%"),
        ("32000", "132K tokens"),
        ("1000", "1,000,000"),
    ],
)
def test_another_number_is_not_taken_for_it(amount: str, text: str) -> None:
    assert not number_pattern(Decimal(amount)).search(normalized(text))


@pytest.mark.parametrize(
    ("edtf", "text", "found"),
    [
        ("2025-03-24", "On March 24, 2025, Alibaba", True),
        ("2025-03-24", "24 March 2025", True),
        ("2025-03-24", "2025-03-24T00:00", True),
        ("2025-03-24", "2025.3.24", True),
        ("2025-03-24", "On March 25, 2025", False),
        ("2025-03-24", "On March 24, 2024", False),
        ("2025-01", "In January 2025, Qwen2.5-VL", True),
        ("2025-01", "In January 2024", False),
        ("2025-01", "In January", False),
        ("2024", "as of 2024", True),
        ("2024", "12024", False),
        ("../2023-09", "in September 2023 after", True),
    ],
)
def test_a_date_is_found_as_it_is_written(edtf: str, text: str, found: bool) -> None:
    assert bool(date_pattern(edtf).search(normalized(text))) is found


def test_an_implied_year_may_be_missing() -> None:
    assert date_pattern("2023-08", year_implied=True).search(normalized("were released in August."))


@pytest.mark.parametrize(
    ("names", "text", "found"),
    [
        (["Apache-2.0"], "under the Apache\u20112.0 license", True),
        (["Apache 2.0"], "under the Apache-2.0 license", True),
        (["Qwen2"], "launched Qwen2.5", False),
        (["Qwen2"], "launched Qwen2-VL", True),
        (["o1"], "similar to OpenAI's o1", True),
        (["o1"], "according to10", False),
        (["QwQ-32B"], "and QwQ 32B", True),
        (["通义千问"], "Chinese: 通义千问;", True),
    ],
)
def test_a_name_is_found_as_whole_words(names: list[str], text: str, found: bool) -> None:
    assert bool(name_pattern(names).search(normalized(text))) is found


def test_every_value_of_the_seed_text_is_confirmed(built: Build, seeds: Path) -> None:
    found = check_sources(built.compilation, seeds)
    assert found.unconfirmed == ()
    assert found.total > 200


def test_every_value_of_the_other_sources_is_confirmed(root: Path, built: Build) -> None:
    sources = root.parent / "shared" / "sources"
    if not sources.is_dir():
        pytest.skip("the copies of the public sources are not at hand")
    found = check_sources(built.compilation, sources)
    assert found.unconfirmed == ()
    assert found.total >= 4
    assert set(found.elsewhere) == {"wikipedia-qwen"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/models/qwen2.5-vl.yaml", "totalParameters: 72B", "totalParameters: 73B"),
        ("data/models/qwen2.5-vl.yaml", "date: 2025-03-24", "date: 2025-03-25"),
        ("data/models/qwen3.yaml", 'value: "119"', 'value: "118"'),
        ("data/models/qwen2.5-omni.yaml", "{value: GitHub, from: f087}", "{value: SuperCLUE, from: f087}"),
        ("data/claims/wikipedia-qwen.yaml", "to: Kimi-K2, from: f124", "to: GPT-4o, from: f124"),
        ("data/offers/wikipedia-qwen.csv", "0.41", "0.14"),
        (
            "data/sources/wikipedia-qwen.yaml",
            "f002: {paragraph: 1, chars: 36-49}",
            "f002: {paragraph: 1, chars: 9000-9009}",
        ),
    ],
)
def test_a_slip_of_transcription_is_caught(
    file: str, old: str, new: str, small: Path, seeds: Path, tmp_path: Path
) -> None:
    for part in ("data", "ontology", "shapes", "queries"):
        shutil.copytree(small / part, tmp_path / part)
    text = (tmp_path / file).read_text("utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), "utf-8")
    result = CliRunner().invoke(main, ["check-sources", "--root", str(tmp_path), str(seeds)])
    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert len([line for line in lines if "not found in" in line or "does not exist" in line]) == 1
    assert lines[-1].startswith("confirmed ")


def test_a_directory_without_the_sources_is_bad_input(small_built: Build, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("something else")
    made = small_built.compilation
    with pytest.raises(InputError, match="no file here has the SHA-256"):
        check_sources(made, tmp_path)
    with pytest.raises(InputError, match="there is no such directory"):
        check_sources(made, tmp_path / "nowhere")
