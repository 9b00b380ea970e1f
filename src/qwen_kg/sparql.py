"""A lexer for SPARQL (SPARQL 1.1 Query, 19.8), for the few things that must be done to a text itself.

It finds where a variable or a keyword stands, never within a string, an IRI or a comment. It does not parse:
whether a text is a query is for the engine to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from qwen_kg.errors import ForbiddenError


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
_NAME = "0-9A-Za-z_\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
_NAME += "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_LOCAL = rf"(?:[{_NAME}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])"
# The bound keeps the search for a colon, and so the whole, linear in the length of the text.
_PREFIX = rf"(?:[{_NAME}](?:[{_NAME}.-]{{0,254}}[{_NAME}-])?)?"

_LONG = {
    "'": r"'''(?:(?:''|')?(?:[^'\\]|\\.))*'''|",
    '"': r'"""(?:(?:""|")?(?:[^"\\]|\\.))*"""|',
}


def _pattern(long: str) -> re.Pattern[str]:
    """Make the pattern of a token, in which strings in three quotes of these kinds are looked for."""
    return re.compile(
        rf"""
          (?P<space>[ \t\r\n]+)
        | (?P<comment>\#[^\r\n]*)
        | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
        | (?P<string>{"".join(_LONG[quote] for quote in long)}
            "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
        | (?P<langtag>@[A-Za-z]+(?:-[A-Za-z0-9-]+)?)
        | (?P<variable>[?$][{_NAME}]+)
        | (?P<blank>_:[{_NAME}](?:[{_NAME}.-]*[{_NAME}-])?)
        | (?P<pname>{_PREFIX}:(?:{_LOCAL}(?:(?:{_LOCAL}|[.-])*(?:{_LOCAL}|-))?)?)
        | (?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
        | (?P<word>[{_NAME}]+)
        | (?P<other>"(?:[^"\\\r\n]|\\.)*|'(?:[^'\\\r\n]|\\.)*|\^\^|&&|\|\||[<>!]=|\{{\||\|\}}|.)
        """,
        re.VERBOSE | re.DOTALL,
    )


_PATTERNS = {long: _pattern(long) for long in ("", "'", '"', "'\"")}


def _scanner(text: str) -> Callable[[int], re.Match[str] | None]:
    """Give what reads the token at an offset of a text; at the end there is none.

    A string in three quotes that has no end is read as an empty string and more, as Oxigraph does. After one
    no later one of the same quotes can have an end, so none is looked for; otherwise each would cost a walk
    to the end of the text.
    """
    long = "'\""

    def at(offset: int) -> re.Match[str] | None:
        nonlocal long
        match = _PATTERNS[long].match(text, offset)
        if match and match.group() in {"''", '""'} and text.startswith(match.group()[0] * 3, offset):
            long = long.replace(match.group()[0], "")
        return match

    return at


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, spaces and comments included, so that together they are the text again.

    Nothing is refused: what begins no token, or a string that does not end in its line, is of the kind other.
    """
    line, start, offset, at = (
        1,
        0,
        0,
        _scanner(text),
    )  # start is the offset of the first character of the line
    while found := at(offset):
        piece = found.group()
        yield Token(str(found.lastgroup), piece, offset, line, offset - start + 1)
        breaks = piece.count("\n")
        if breaks:
            line += breaks
            start = offset + piece.rindex("\n") + 1
        offset = found.end()


def position(text: str, offset: int) -> tuple[int, int]:
    """Give the line and the column, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def substitute(text: str, terms: Mapping[str, str]) -> str:
    """Put RDF terms in the place of variables.

    Args:
        text: a query.
        terms: names of variables, without ``?``, and the terms for them as N-Triples writes IRIs and
            literals.

    Raises:
        ValueError: a term is not exactly one IRI or literal. So whoever binds untrusted text as a term gets
            an error here at worst, and never another query.

    >>> substitute("ASK { ?_m ?p '?_m' }", {"_m": "<https://example.org/m>"})
    "ASK { <https://example.org/m> ?p '?_m' }"
    """
    for name, term in terms.items():
        if not _is_term(term):
            raise ValueError(f"the value of ?{name} is not one RDF term: {term!r}")
    pieces: list[str] = []
    after_term = False
    for token in tokens(text):
        is_parameter = token.kind == "variable" and token.text[1:] in terms
        # A space keeps neighbours apart that would be read together: "<" and an IRI, a literal and a word.
        if (
            after_term
            and token.kind not in {"space", "comment"}
            and token.text not in {")", "}", ",", ";", "."}
        ) or (is_parameter and pieces and pieces[-1][-1] not in " \t\r\n({,;"):
            pieces.append(" ")
        pieces.append(terms[token.text[1:]] if is_parameter else token.text)
        after_term = is_parameter
    return "".join(pieces)


def _is_term(term: str) -> bool:
    """Say whether a text is one IRI, or one literal with or without language tag or datatype."""
    kinds = [token.text if token.text == "^^" else token.kind for token in tokens(term)]
    return kinds in (["iri"], ["string"], ["string", "langtag"], ["string", "^^", "iri"])


def find_keyword(text: str, keyword: str) -> Token | None:
    """Find the first token that is a keyword, in any case, or that a lenient parser could read as one.

    Two texts have more than one reading. ``?a<#x>`` is a variable and an IRI to a lexer, but a comparison and
    a comment to a parser that knows it expects an operator; so both ways are followed wherever an IRI
    contains what may begin a comment or a string. And Oxigraph asks for no space after a keyword:
    ``SERVICEex:a {`` is SERVICE and ``ex:a`` to it. What is found errs on the safe side: it may, in texts
    written to deceive, be no keyword after all, but no keyword is missed.
    """
    wanted = keyword.upper()
    if wanted not in text.upper():
        return None
    found: list[Token] = []
    seen: set[tuple[int, bool]] = set()
    starts, at = [0], _scanner(text)
    while starts:
        offset, names_graph = starts.pop(), False
        while (offset, names_graph) not in seen and (match := at(offset)):
            seen.add((offset, names_graph))
            piece, kind, end = match.group(), str(match.lastgroup), match.end()
            if kind == "iri" and _AMBIGUOUS_IRI.match(piece):
                starts.append(offset + 1)
            # A name before "{" has the keyword glued to it, unless it says which graph the group is about.
            glued = kind == "pname" and not names_graph and _OPENS_GROUP.match(text, end)
            if (kind == "word" or glued) and wanted in piece.partition(":")[0].upper():
                found.append(Token(kind, piece, offset, *position(text, offset)))
            if kind not in {"space", "comment"}:
                names_graph = piece.upper() == "GRAPH"
            offset = end
    return min(found, key=lambda token: token.offset, default=None)


# After "scheme://" there is no other reading: no operand begins with two slashes.
_AMBIGUOUS_IRI = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*://).*['#]", re.DOTALL)
_OPENS_GROUP = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*\{(?!\|)")


def escape_dots(text: str) -> str:
    r"""Escape the dots of local names that have several, which Oxigraph reads only so (up to 0.5.13).

    ``id:Qwen2.5-1.5B`` is a prefixed name by the grammar (SPARQL 1.1 Query, 19.8, PN_LOCAL), and so is what
    is made of it; the two name the same. A text that a lenient parser could read in another way is left as
    it is.

    >>> print(escape_dots("ASK { id:Qwen2.5-1.5B ?p 'id:a.b.c' . id:Qwen2.5 ?q ?o }"))
    ASK { id:Qwen2\.5-1\.5B ?p 'id:a.b.c' . id:Qwen2.5 ?q ?o }
    """
    pieces = []
    for token in tokens(text):
        if token.kind == "iri" and _AMBIGUOUS_IRI.match(token.text):
            return text
        prefix, colon, local = token.text.partition(":")
        many = token.kind == "pname" and len(_BARE_DOT.findall(local)) > 1
        pieces.append(prefix + colon + _BARE_DOT.sub(r"\\.", local) if many else token.text)
    return "".join(pieces)


_BARE_DOT = re.compile(r"(?<!\\)\.")


def refuse_service(text: str) -> None:
    """Refuse a query that calls another endpoint (SPARQL 1.1 Federated Query).

    Raises:
        ForbiddenError: the query contains SERVICE; the message says where.
    """
    found = find_keyword(text, "SERVICE")
    if found is not None:
        raise ForbiddenError(
            f"line {found.line}, column {found.column}: SERVICE is not allowed, "
            "because this endpoint calls no other; ask that one directly"
        )


def first_keyword(text: str) -> str:
    r"""Give the first keyword after the prologue, in capitals, or nothing where there is none.

    >>> first_keyword("PREFIX a: <http://a/> # SELECT\nask {}")
    'ASK'
    """
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    return next((word for word in words if word not in {"PREFIX", "BASE", "VERSION"}), "")
