"""Reading YAML and CSV: nothing is guessed, and every fault has its place."""

from pathlib import Path

import pytest

from qwen_kg.authoring.reader import Block, Items, read_csv, read_yaml
from qwen_kg.errors import DataError


def read(tmp_path: Path, text: str | bytes, name: str = "x.yaml") -> Block | Items | list[Block]:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_csv(path, "data/" + name) if name.endswith(".csv") else read_yaml(path, "data/" + name)


def test_every_scalar_stays_text(tmp_path: Path) -> None:
    tree = read(tmp_path, "date: 2025-01-29\nversion: 1.10\nanswer: no\nsize: 1_000\nnothing: null\n")
    assert tree == {
        "date": "2025-01-29",
        "version": "1.10",
        "answer": "no",
        "size": "1_000",
        "nothing": "null",
    }


def test_places_are_those_of_the_text(tmp_path: Path) -> None:
    tree = read(tmp_path, "a:\n  - b: x\n    c: {d: y}\n")
    assert isinstance(tree, Block)
    assert str(tree["a"][0]["c"]["d"].position) == "data/x.yaml:3:12"
    assert str(tree["a"][0].key_positions["c"]) == "data/x.yaml:3:5"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", 'data/x.yaml:3:1: duplicate key "a", first at line 1'),
        ("a: [1, 2\n", "data/x.yaml:2:1: not YAML: expected ',' or ']'"),
        ("a: b: c\n", "data/x.yaml:1:5: not YAML: mapping values are not allowed here"),
        ("", "data/x.yaml:1:1: the file is empty"),
        ("just text\n", "data/x.yaml:1:1: a mapping or a list is expected"),
        ("a:\n", "data/x.yaml:1:3: an empty value"),
        ("? [1, 2]\n: x\n", "data/x.yaml:1:3: a key must be plain text"),
        ("a: &loop\n  b: *loop\n", "data/x.yaml:1:4: an alias that contains itself"),
        ("a: 1\n---\nb: 2\n", "data/x.yaml:2:1: not YAML: but found another document"),
        (b"a: \xff\n", "data/x.yaml:1:4: not UTF-8: invalid start byte"),
    ],
)
def test_a_fault_has_its_place(tmp_path: Path, text: str | bytes, fault: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert fault in str(caught.value)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, "a: 1\na: 2\nb:\nb: 3\n")
    assert [place.line for place, _ in caught.value.faults] == [2, 3, 4]


def test_csv_rows_leave_out_empty_cells_and_know_their_line(tmp_path: Path) -> None:
    rows = read(tmp_path, 'x,y,z\n1,,"3,\n4"\n5,6,7\n', "x.csv")
    assert rows == [{"x": "1", "z": "3,\n4"}, {"x": "5", "y": "6", "z": "7"}]
    assert str(rows[1]["y"].position) == "data/x.csv:4:3"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x,y\n1\n", "data/x.csv:2:1: 1 cells, but the header has 2"),
        ("x,x\n1,2\n", 'data/x.csv:1:1: duplicate column "x"'),
        ("", "data/x.csv:1:1: the file is empty"),
        ('x\n"a\n', "data/x.csv:2:1: not CSV: unexpected end of data"),
        (b"x\n\xff\n", "data/x.csv:2:1: not UTF-8"),
    ],
)
def test_a_fault_of_csv_has_its_place(tmp_path: Path, text: str | bytes, fault: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, "x.csv")
    assert fault in str(caught.value)
