"""Turns what Oxigraph says of a query that does not parse into a message for people, and a place.

Oxigraph reports how far its parser looked, which is often some characters beyond the mistake, because it
reads as many characters as a keyword has before it compares them. So the place is corrected by the keywords
it lists as expected, and then moved to the beginning of the token there.
"""

from __future__ import annotations

import re

from qwen_kg.errors import QuerySyntaxError
from qwen_kg.namespaces import PREFIXES
from qwen_kg.sparql import Token, first_keyword, position, tokens

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z]\w*(?: [\w\\]+){2,}")
_KEYWORD = re.compile(r"\b[A-Z_]{2,}\b")
# With the longest keyword of room behind the text, the parser never runs into its end while it compares.
PADDING = " " * 24


def explain(text: str, message: str) -> QuerySyntaxError:
    """Give the error for a query.

    Args:
        text: the query, as it was written.
        message: what Oxigraph said of the query followed by :data:`PADDING`.
    """
    found = _PLACE.search(message)
    if found is None:
        return QuerySyntaxError(message)
    end = len(text.rstrip())
    reported = min(_offset(text, int(found.group(1)), int(found.group(2))), len(text) + len(PADDING))
    keyword = first_keyword(text)
    if keyword in _UPDATES:
        token = next(each for each in tokens(text) if each.kind == "word" and each.text.upper() == keyword)
        return QuerySyntaxError(f"{keyword} is an update, not a query", token.line, token.column)
    sentence = _SENTENCE.search(found.group(3))
    if sentence is not None:
        return _known_fault(text, sentence.group(), min(reported, end))
    lengths = [len(word) for word in _KEYWORD.findall(found.group(3))]
    offset = max(reported - min(lengths, default=0), 0)
    if offset >= end:
        return QuerySyntaxError("the query ends too early", *position(text, end))
    culprit = _token_at(text, offset)
    return QuerySyntaxError(f"cannot be read from {_shown(culprit)} on", culprit.line, culprit.column)


def _known_fault(text: str, sentence: str, offset: int) -> QuerySyntaxError:
    """Give the error where Oxigraph names the fault itself; it then stands behind the token at fault."""
    culprit = _token_at(text, max(offset - 1, 0))
    if sentence == "Prefix not found":
        prefix = culprit.text.partition(":")[0]
        known = f", declare it with PREFIX {prefix}: <{PREFIXES[prefix]}>" if prefix in PREFIXES else ""
        sentence = f"the prefix {prefix}: is not declared{known}"
    elif sentence == "IRI parsing failed":
        sentence = f"{culprit.text} is not a complete IRI"
    return QuerySyntaxError(sentence, culprit.line, culprit.column)


def _offset(text: str, line: int, column: int) -> int:
    """Give the offset of a line and column, which may lie behind the end of the text."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _token_at(text: str, offset: int) -> Token:
    """Give the token that holds an offset, or the next one where a space or comment does."""
    last = Token("other", "", 0, 1, 1)
    for token in tokens(text):
        if token.kind not in {"space", "comment"}:
            last = token
            if token.offset + len(token.text) > offset:
                break
    return last


def _shown(token: Token) -> str:
    """Quote a token, shortened."""
    return f"{token.text!r}" if len(token.text) <= 40 else f"{token.text[:37]!r}..."
