"""How well a name fits what somebody typed."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qwen_kg.slips import digits, one_off
from qwen_kg.vocabulary import fold

# How well a name fits, the best first.
_EXACT, _BEGINS, _OTHER_BEGINS, _WORDS, _INSIDE, _SLIP = range(6)
_SHORT = 4  # letters below which a word is too short to be read as a slip of another


@dataclass(frozen=True)
class Name:
    """A name as it is compared; ``starts`` are the places in ``folded`` where a word begins."""

    written: str
    folded: str
    starts: frozenset[int]
    preferred: bool

    @classmethod
    def of(cls, written: str, preferred: bool) -> Name:
        """Make a name ready to be compared: words begin after what is no letter, and at changes to digits.

        >>> sorted(Name.of("Qwen2.5-VL", True).starts)
        [0, 4, 7]
        """
        starts, folded, before = set(), "", ""
        for character in _plain(written).strip("."):
            if not character.isalnum() and character != ".":
                before = ""
                continue
            if not before or ("." not in (before, character) and before.isdigit() != character.isdigit()):
                starts.add(len(folded))
            folded, before = folded + character, character
        return cls(written, folded.rstrip("."), frozenset(starts), preferred)


def words_of(text: str) -> list[str]:
    """Give the words of a text as they are compared.

    >>> words_of("Qwen-2.5  ＶＬ!")
    ['qwen', '2.5', 'vl']
    """
    return [folded for word in re.split(r"[^\w.]+|_", _plain(text)) if (folded := fold(word))]


def fit(name: Name, words: Sequence[str]) -> int | None:
    """Say how well a name fits words: the less the better, None where it does not."""
    whole = "".join(words)
    if name.folded == whole:
        return _EXACT
    if name.folded.startswith(whole):
        return _BEGINS if name.preferred else _OTHER_BEGINS
    if not all(word in name.folded for word in words):
        return None
    begins = all(any(name.folded.startswith(word, start) for start in name.starts) for word in words)
    return _WORDS if begins else _INSIDE


def slip(name: Name, words: Sequence[str]) -> int | None:
    """Say how well a name fits if one of the words, and no more, has a slip of one letter; see :func:`fit`.

    Digits have to be the same, because other digits are another model.
    """
    slipped = [word for word in words if word not in name.folded]
    if len(slipped) != 1 or sum(character.isalpha() for character in slipped[0]) < _SHORT:
        return None
    word = slipped[0]
    near = any(_nearly(name.folded[start : start + len(word) + 1], word) for start in name.starts)
    return _SLIP if near else None


@functools.lru_cache(maxsize=4096)  # many names begin with the same letters
def _nearly(text: str, word: str) -> bool:
    """Say whether a text begins with a word but for one letter."""
    if word[0] not in text[:2]:  # a first letter is seldom wrong, and most names end here
        return False
    beginnings = (text[:length] for length in (len(word), len(word) - 1, len(word) + 1))
    return any(one_off(word, each) and digits(word) == digits(each) for each in beginnings)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
