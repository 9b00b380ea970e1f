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
    "dict_type": "a block of keys and values is expected",
    "model_type": "a block of keys and values is expected",
    "too_short": "at least one is expected",
}

#: What the text of a key has to look like, for those whose form is checked.
_FORMS = {
    "id": "an id has letters, digits, dots, hyphens and underscores",
    "source": "an id of a source has small letters, digits, dots and hyphens",
    "lines": "lines are a number or a range, such as 12 or 12-15",
    "sha256": "a SHA-256 digest has 64 hexadecimal digits",
    "chars": "characters are two offsets, such as 6-34",
    "currency": "a currency is a code of three letters, such as USD",
    "timeZone": "a time zone is an offset from UTC, such as +08:00",
    "url": "an address begins with http:// or https://",
    "iri": "an IRI begins with http:// or https://",
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
    if fault["type"] == "string_pattern_mismatch" and path:
        message = _FORMS.get(path[-1], message)
    shown = f' (given: "{node}")' if isinstance(node, Text) and fault["type"] not in _WORDS else ""
    return place, f"{'.'.join(path)}: {message}{shown}" if path else message
