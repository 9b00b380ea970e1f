"""Blocks to records, with every fault at the place where it was written."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from qwen_kg.authoring.reader import Block, Items, Text
from qwen_kg.authoring.records import Record
from qwen_kg.errors import DataError, Position

RecordType = TypeVar("RecordType", bound=Record)


def parse(kind: type[RecordType], given: Block) -> RecordType:
    """Make a record of a block.

    Raises:
        DataError: with every fault of the block, each at its place and with its path.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise DataError(_fault(given, fault) for fault in error.errors(include_url=False)) from None


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of this block",
    "string_type": "plain text is expected",
    "list_type": "a list is expected",
}


def _fault(root: Block, fault: Any) -> tuple[Position, str]:
    """Place a fault at the deepest part of its path that was written."""
    node: Any = root
    place, path = root.position, []
    for part in fault["loc"]:
        if isinstance(node, Block) and part in node:
            place, node = node.key_positions[part], node[part]
            path.append(part)
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node):
            node = node[part]
            place = node.position
            path.append(str(part))
        elif fault["type"] == "missing" and part == fault["loc"][-1]:
            path.append(str(part))
    if isinstance(node, Text):
        place = node.position
    message = _WORDS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    shown = f' (given: "{node}")' if isinstance(node, Text) and fault["type"] not in _WORDS else ""
    return place, f"{'.'.join(path)}: {message}{shown}" if path else message
