"""The few things that must be done to the text of a query itself, on the tokens of :mod:`qwen_kg.lexer`.

What is done finds variables and keywords, never within a string, an IRI or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import and_
from typing import NamedTuple

from qwen_kg.errors import ForbiddenError
from qwen_kg.lexer import AMBIGUOUS_IRI, NAME, TERMS, TERMS_AND_NAMES, Token, position, readings, tokens

__all__ = [
    "Token",
    "escape_dots",
    "find_keyword",
    "first_keyword",
    "nesting",
    "position",
    "refuse_service",
    "substitute",
    "tokens",
]


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

    The keyword is one that stands before a term, as SERVICE and FROM do. All :func:`readings` are followed.
    And Oxigraph asks for no space after a keyword: ``SERVICEex:a {`` is SERVICE and ``ex:a`` to it. What is
    found errs on the safe side: it may, in texts written to deceive, be no keyword after all, but no keyword
    is missed.
    """
    wanted = keyword.upper()
    if wanted not in text.upper():
        return None

    for kind, piece, offset, names_graph in readings(
        text,
        False,
        lambda _, kind, piece: kind == "word" and piece.upper() == "GRAPH",
        and_,
        lambda names_graph: None if names_graph else TERMS,
    ):
        if kind not in {"word", "pname"} or wanted not in piece.partition(":")[0].upper():
            continue
        end = offset + len(piece)
        # A name before "{" has the keyword glued to it, unless it says which graph the group is about.
        glued = kind == "pname" and not names_graph and _OPENS_GROUP.match(text, end)
        if glued or (kind == "word" and _TAKES_TERM.match(text, end)):
            return Token(kind, piece, offset, *position(text, offset))
    return None


_SPACE = r"(?:[ \t\r\n]|#[^\r\n]*)*+"
_OPENS_GROUP = re.compile(_SPACE + r"\{(?!\|)")
_TAKES_TERM = re.compile(rf"{_SPACE}[<?$:{NAME}]")


LINKS = 1000
"""So many links of a chain, as of ``?a || ?b || ?c``, need no more of the stack than a bracket."""

_BRACKETS = {"(": 1, "{": 1, "[": 1, "{|": 1, ")": -1, "}": -1, "]": -1, "|}": -1}
_NO_LINKS = {*"]),.;}", "|}", "A", "TRUE", "FALSE"}


class _Depth(NamedTuple):
    """What :func:`nesting` knows at a place: how deep it is in brackets, and in what nests without them."""

    brackets: int = 0
    signs: int = 0  # the "!" in a row
    angle: int = 0  # 1 behind a "<" that the next one makes a bracket of, -1 behind such a ">"
    links: int = 0  # of all chains of this operation
    before_data: bool = False
    data: bool = False

    def after(self, kind: str, text: str) -> _Depth:
        """Give what is known after a token."""
        if kind == "plain":
            return self
        word, angle, links = text.upper(), {"<": 1, ">": -1}.get(text, 0), self.links
        doubled = angle if angle == self.angle else 0
        brackets = max(self.brackets + _BRACKETS.get(text, 0) + doubled, 0)
        data = self.data or (self.before_data and text == "{" and brackets == 1)
        if text == ";" and not self.brackets:
            links = 0
        elif not data and word not in _NO_LINKS and (kind in {"word", "other"} or not brackets):
            links += 1
        return _Depth(
            brackets,
            self.signs + 1 if text == "!" else 0,
            0 if doubled else angle,
            links,
            kind == "word" and word.endswith("DATA"),
            data and brackets > 0,
        )

    def merged(self, other: _Depth) -> _Depth:
        """Give what is known where two readings meet: the worse of each."""
        return _Depth(
            max(self.brackets, other.brackets),
            max(self.signs, other.signs),
            max(self.angle, other.angle),
            max(self.links, other.links),
            self.before_data and other.before_data,
            self.data and other.data,
        )

    def passes(self) -> re.Pattern[str] | None:
        """Say which tokens make no difference here."""
        busy = self.signs or self.angle or self.before_data or not self.brackets
        return None if busy else TERMS_AND_NAMES


def nesting(text: str, enough: int = 0) -> int:
    """Say how deep a query or an update nests, at most: more than a few thousand overflow Oxigraph's stack.

    Brackets of all kinds count, and ``!`` in a row. Chains such as ``?a || ?b || ?c`` or ``{} UNION {} UNION
    {}`` are nested too for an evaluator; every :data:`LINKS` links in an operation count as one bracket.

    Args:
        text: the query or update.
        enough: where a mere count of characters shows that it is no deeper than this, that count is given,
            and the text is not read.

    >>> nesting("ASK { ?s ?p '(((((' FILTER(!(?o = 1)) }")
    3
    """
    bound = sum(map(text.count, ("{", "(", "[", "!", "<<"))) + len(text) // LINKS
    if bound <= enough:
        return bound
    deepest = links = 0
    # What is known behind the last token is what is known before one more.
    for *_, known in readings(text + "\n}", _Depth(), _Depth.after, _Depth.merged, _Depth.passes):
        deepest, links = max(deepest, known.brackets + known.signs), max(links, known.links)
    return deepest + links // LINKS


def escape_dots(text: str) -> str:
    r"""Escape the dots of local names that have several, which Oxigraph reads only so (up to 0.5.13).

    ``id:Qwen2.5-1.5B`` is a prefixed name by the grammar (SPARQL 1.1 Query, 19.8, PN_LOCAL), and so is what
    is made of it; the two name the same. A text that a lenient parser could read in another way is left as
    it is.

    >>> print(escape_dots("ASK { id:Qwen2.5-1.5B ?p 'id:a.b.c' . id:Qwen2.5 ?q ?o }"))
    ASK { id:Qwen2\.5-1\.5B ?p 'id:a.b.c' . id:Qwen2.5 ?q ?o }
    """
    # Most texts have no such name, and reading their tokens takes longer than a short query.
    if not _MANY_DOTS.search(text if "'" in text else _IRI.sub("", text)):
        return text
    pieces = []
    for token in tokens(text):
        if token.kind == "iri" and AMBIGUOUS_IRI.match(token.text):
            return text
        prefix, colon, local = token.text.partition(":")
        many = token.kind == "pname" and len(_BARE_DOT.findall(local)) > 1
        pieces.append(prefix + colon + _BARE_DOT.sub(r"\\.", local) if many else token.text)
    return "".join(pieces)


_MANY_DOTS = re.compile(r":[^\s<>\"]*\.[^\s<>\"]*\.")
_IRI = re.compile(r'<[^<>"{}|^`\\\x00-\x20]*>')
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
