"""Slips of one letter, as people make them when they type."""

from __future__ import annotations


def digits(text: str) -> str:
    """Give what of a text is no letter.

    >>> digits("qwen2.5vl")
    '2.5'
    """
    return "".join(character for character in text if not character.isalpha())


def one_off(one: str, other: str) -> bool:
    """Say whether one text becomes another by one letter more, less or other, or two in turn.

    >>> one_off("qwne3", "qwen3"), one_off("qwen3", "qwen3")
    (True, False)
    """
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )
