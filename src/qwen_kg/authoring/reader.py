"""YAML and CSV to plain structures in which every piece of text knows its file, line and column.

YAML is read by nodes, so that nothing is guessed: ``2025-01-29`` stays text, ``1.10`` keeps its zero and
``no`` is no boolean. A key given twice is an error, because the second would silently win.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from pathlib import Path
from typing import Any

import yaml

from qwen_kg.errors import DataError, Position
from qwen_kg.files import read_text

_STANDARD_TAG = "tag:yaml.org,2002:"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


class Text(str):
    """A scalar and its place."""

    position: Position
    __slots__ = ("position",)

    def __new__(cls, content: str, position: Position) -> Text:
        """Make a text of ``content`` that was found at ``position``."""
        text = super().__new__(cls, content)
        text.position = position
        return text


class Block(dict[str, Any]):
    """A mapping, its place, and the places of its keys."""

    def __init__(self, position: Position) -> None:
        super().__init__()
        self.position = position
        self.key_positions: dict[str, Position] = {}


class Items(list[Any]):
    """A sequence and its place."""

    def __init__(self, position: Position) -> None:
        super().__init__()
        self.position = position


def read_yaml(path: Path, shown_as: str) -> Block | Items:
    """Read one YAML document.

    Args:
        path: the file.
        shown_as: its name in messages, such as ``data/models/qwen3.yaml``.

    Raises:
        DataError: it is no UTF-8 or no YAML, has no content, or repeats a key.
    """
    return read_yaml_text(read_text(path, shown_as), shown_as)


def read_yaml_text(text: str, shown_as: str, indent: int = 0) -> Block | Items:
    """Read YAML that stands in a larger text; columns are counted ``indent`` characters further right.

    Raises:
        DataError: it is no YAML, has no content, or repeats a key.
    """
    try:
        root = _composed(text)
    except yaml.MarkedYAMLError as error:
        unfinished = "end of stream" in (error.problem or "")  # the fault is where it began
        mark = (error.context_mark if unfinished else None) or error.problem_mark or error.context_mark
        place = Position(shown_as, mark.line + 1, mark.column + 1 + indent) if mark else Position(shown_as, 1)
        raise DataError([(place, f"not YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise DataError([(Position(shown_as, 1), f"not YAML: {error}")]) from None
    except RecursionError:
        raise DataError([(Position(shown_as, 1), "blocks are nested too deeply")]) from None
    if root is None:
        raise DataError([(Position(shown_as, 1), "the file is empty")])
    faults: list[tuple[Position, str]] = []
    try:
        tree = _structure(root, shown_as, indent, faults, ())
    except RecursionError:
        raise DataError([(Position(shown_as, 1), "blocks are nested too deeply")]) from None
    if not isinstance(tree, Block | Items):
        faults.append((tree.position, "a mapping or a list is expected"))
        raise DataError(faults)
    if faults:
        raise DataError(faults)
    return tree


def _composed(text: str) -> yaml.Node | None:
    """Read the nodes of a document, by libyaml where it is there, which takes a tenth of the time.

    What it refuses is read again by the parser in Python, whose messages and places are the better ones.
    """
    if fast := getattr(yaml, "CSafeLoader", None):
        with contextlib.suppress(yaml.YAMLError, RecursionError):
            found: yaml.Node | None = yaml.compose(text, Loader=fast)
            return found
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _structure(
    node: yaml.Node, file: str, indent: int, faults: list[tuple[Position, str]], above: tuple[yaml.Node, ...]
) -> Text | Block | Items:
    place = Position(file, node.start_mark.line + 1, node.start_mark.column + 1 + indent)
    if node in above:  # an alias to a block that it stands in has no end
        faults.append((place, "an alias that contains itself"))
        return Text("", place)
    if not (node.tag.startswith(_STANDARD_TAG) and node.tag.removeprefix(_STANDARD_TAG).isalpha()):
        faults.append((place, f"a tag is not read: {node.tag}"))
    if isinstance(node, yaml.SequenceNode):
        items = Items(place)
        items.extend(_structure(child, file, indent, faults, (*above, node)) for child in node.value)
        return items
    if isinstance(node, yaml.MappingNode):
        block = Block(place)
        for key_node, value_node in node.value:
            key_place = Position(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1 + indent)
            key = key_node.value
            if not isinstance(key, str):
                faults.append((key_place, "a key must be plain text"))
                continue
            if key_node.tag == _STANDARD_TAG + "merge":
                faults.append((key_place, "a merge key is not read; write the keys out"))
                continue
            if key in block:
                faults.append(
                    (key_place, f'duplicate key "{key}", first at line {block.key_positions[key].line}')
                )
                continue
            block.key_positions[key] = key_place
            block[key] = _structure(value_node, file, indent, faults, (*above, node))
        return block
    if not node.value.strip():
        faults.append((place, "an empty value"))
    if _CONTROL.search(node.value):
        faults.append((place, "a control character"))
    return Text(node.value, place)


def read_csv(path: Path, shown_as: str) -> list[Block]:
    """Read a CSV file with a header into one block a row; empty cells are left out.

    Raises:
        DataError: it is no UTF-8, has no header, repeats a column, or has a row of another length.
    """
    rows: list[tuple[int, list[str]]] = []
    reader, start = csv.reader(io.StringIO(read_text(path, shown_as), newline=""), strict=True), 1
    try:
        for cells in reader:
            if cells:
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError([(Position(shown_as, start), f"not CSV: {error}")]) from None
    if not rows:
        raise DataError([(Position(shown_as, 1), "the file is empty")])
    header = rows[0][1]
    faults = [
        (Position(shown_as, 1), f'duplicate column "{name}"')
        for name in sorted(set(header))
        if header.count(name) > 1
    ]
    blocks = []
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            faults.append((Position(shown_as, line), f"{len(cells)} cells, but the header has {len(header)}"))
            continue
        block = Block(Position(shown_as, line))
        column = 1
        for name, cell in zip(header, cells, strict=True):
            if cell:
                block[name] = Text(cell, Position(shown_as, line, column))
                block.key_positions[name] = Position(shown_as, line, column)
            column += len(cell) + 1
        blocks.append(block)
    if faults:
        raise DataError(faults)
    return blocks
