"""A lexer for SPARQL (SPARQL 1.1 Query, 19.8), as strict and as lenient as the parser of Oxigraph 0.5.13.

It does not parse: whether a text is a query is for the engine to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple, TypeVar


class Token(NamedTuple):
    """A piece of a query.

    ``kind`` is one of space, comment, iri, string, langtag, variable, blank, pname, number, word and other;
    ``line`` and ``column`` count from 1, ``offset`` from 0, all in characters.
    """

    kind: str
    text: str
    offset: int
    line: int
    column: int


# Characters of names (productions PN_CHARS_BASE to PN_LOCAL), as one class: a lexer may accept a little more.
NAME = "0-9A-Za-z_\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
NAME += "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_LOCAL = rf"(?:[{NAME}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])"
# The bound keeps the search for a colon, and so the whole, linear in the length of the text.
_PREFIX = rf"(?:[{NAME}](?:[{NAME}.-]{{0,254}}[{NAME}-])?)?"

# In a string, exactly what Oxigraph takes for an escape: the end of a string in three quotes depends on it.
_ESCAPE = r"""\\(?:[tbnrf\\"']|u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}"""
_ESCAPE += r"|U(?!0000[Dd][89A-Fa-f])00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})"
_LONG = {
    quote: re.compile(rf"{quote * 3}(?:{quote}{{0,2}}(?:[^{quote}\\]|{_ESCAPE}))*+", re.DOTALL)
    for quote in "'\""
}
# In an IRI, Oxigraph takes "+" for the first digit of an escape.
_IN_IRI = r'(?:[^<>"{}|^`\\\x00-\x20]|\\u[+0-9A-Fa-f][0-9A-Fa-f]{3}|\\U[+0-9A-Fa-f][0-9A-Fa-f]{7})'

# The kinds of tokens and what they look like; the first that fits is it.
_KINDS = {
    "space": r"[ \t\r\n]+",
    "comment": r"\#[^\r\n]*",
    "iri": rf"<{_IN_IRI}*>",
    "string": r""""(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'""",
    "langtag": r"@[A-Za-z]+(?:-[A-Za-z0-9-]+)?",
    "variable": rf"[?$][{NAME}]+",
    "blank": rf"_:[{NAME}](?:[{NAME}.-]*[{NAME}-])?",
    "pname": rf"{_PREFIX}:(?:{_LOCAL}(?:(?:{_LOCAL}|[.-])*(?:{_LOCAL}|-))?)?",
    "number": r"(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+",
    "word": rf"[{NAME}]+",
    "other": r""""(?:[^"\\\r\n]|\\.)*|'(?:[^'\\\r\n]|\\.)*|\^\^|&&|\|\||[<>!]=|\{\||\|\}|.""",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items()), re.DOTALL)
# Tokens that are often many in a row in data, so that they are best passed at once.
_CLEAR = {
    "iri": rf"<(?:[A-Za-z][A-Za-z0-9+.-]*://{_IN_IRI}*|(?:(?!['#]){_IN_IRI})*)>",
    "string": rf"(?!'{{3}}|\"{{3}})(?:{_KINDS['string']})",
}


def _plain(*kinds: str) -> re.Pattern[str]:
    """Make the pattern of many tokens of these kinds and of full stops, commas and semicolons."""
    forms = [_CLEAR.get(kind, form) for kind, form in _KINDS.items() if kind in kinds]
    return re.compile(f"(?:{'|'.join(forms)}|[,;]|\\.(?![0-9]))++", re.DOTALL)


TERMS = _plain("space", "comment", "iri", "string", "langtag", "blank")
TERMS_AND_NAMES = _plain(
    "space", "comment", "iri", "string", "langtag", "variable", "blank", "pname", "number"
)


class _Scanner:
    """Finds the token at an offset of a text. For rising offsets, the time is linear in the text.

    A string in three quotes that has no end is read as an empty string and more, as Oxigraph does.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._comment_end = 0
        # For each quote where the last string in three of them begins and ends, and whether it does end.
        self._long = {"'": (0, 0, False), '"': (0, 0, False)}

    def at(self, offset: int) -> tuple[str, int] | None:
        """Give the kind of a token and the offset behind it; at the end of the text there is none."""
        text = self._text
        if offset < self._comment_end and text[offset] == "#":
            return "comment", self._comment_end
        if text.startswith(("'''", '"""'), offset) and (end := self._long_end(offset)):
            return "string", end
        match = _TOKEN.match(text, offset)
        if match is None:
            return None
        if match.lastgroup == "comment":
            self._comment_end = match.end()
        return str(match.lastgroup), match.end()

    def _long_end(self, offset: int) -> int | None:
        """Give the offset behind the string in three quotes that begins at an offset, if it ends."""
        quote = self._text[offset]
        begin, end, ends = self._long[quote]
        # Quotes within it are escaped, so what is read from them on has the same end.
        if not begin <= offset <= end - 4:
            found = _LONG[quote].match(self._text, offset)
            end = found.end() if found else offset
            ends = self._text.startswith(quote * 3, end)
            self._long[quote] = offset, end, ends
        return end + 3 if ends else None


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, spaces and comments included, so that together they are the text again.

    Nothing is refused: what begins no token, or a string that does not end in its line, is of the kind other.
    """
    line, start, offset, at = 1, 0, 0, _Scanner(text).at  # start is where the line begins
    while found := at(offset):
        kind, end = found
        piece = text[offset:end]
        yield Token(kind, piece, offset, line, offset - start + 1)
        breaks = piece.count("\n")
        if breaks:
            line += breaks
            start = offset + piece.rindex("\n") + 1
        offset = end


def position(text: str, offset: int) -> tuple[int, int]:
    """Give the line and the column, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


Context = TypeVar("Context")


def readings(
    text: str,
    start: Context,
    step: Callable[[Context, str, str], Context],
    merge: Callable[[Context, Context], Context],
    skip: Callable[[Context], re.Pattern[str] | None] = lambda _: None,
) -> Iterator[tuple[str, str, int, Context]]:
    """Yield the tokens of all ways in which Oxigraph could read a text, in the order of their offsets.

    Spaces and comments are left out. Some texts have two readings. ``?a<#x>`` is a variable and an IRI to a
    lexer, but a comparison and a comment to a parser that knows it expects an operator; so both ways are
    followed wherever an IRI contains what may begin a comment or a string. And where the IRI of a prefixed
    name is none, as of ``ex:b`` with ``PREFIX ex: <http://a:80>``, Oxigraph reads ``ex:`` and then ``b``.

    Args:
        text: a query or an update.
        start: what is known before the first token.
        step: what is known after a token of a kind and text, from what was known before it.
        merge: what is known where two readings meet; the time is linear in the text if this takes no longer
            for what was merged before.
        skip: tokens that need not be yielded, if known from what is known; for them step gets the kind plain.

    Yields:
        the kind of a token, its text, its offset, and what is known before it.
    """
    splits = _SPLIT_NAME.search(text) is not None
    first = text.find("(")  # no operator stands outside of parentheses
    compares = first if first >= 0 else len(text)
    at, pending, heap = _Scanner(text).at, {0: start}, [0]
    while heap:
        offset = heappop(heap)
        known = pending.pop(offset)
        plain = None if heap or splits else skip(known)
        skipped = plain and plain.match(text, offset)
        if skipped:
            known, offset = step(known, "plain", ""), skipped.end()
        if (found := at(offset)) is None:
            continue
        kind, end = found
        ends = [end]
        if kind not in {"space", "comment"}:
            piece = text[offset:end]
            yield kind, piece, offset, known
            known = step(known, kind, piece)
            if kind == "iri" and offset > compares and AMBIGUOUS_IRI.match(piece):
                ends.append(offset + 1)
            elif kind == "pname" and splits and piece.index(":") + 1 < len(piece):
                ends.append(offset + piece.index(":") + 1)
        for end in ends:
            if end in pending:
                pending[end] = merge(pending[end], known)
            else:
                pending[end] = known
                heappush(heap, end)


AMBIGUOUS_IRI = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*://).*['#]", re.DOTALL)
"""Fits an IRI that may be ``<`` and more; not after "scheme://", for no operand begins with two slashes."""
# An IRI that ends in its authority, which a name can make invalid; or what may be in a name, but in no IRI.
_SPLIT_NAME = re.compile(r"<(?:[^<>/?#]*//[^<>/?#]*|[^<>]*\\[^<>]*)>|[\ufff0-\ufffd]")
