"""What must be done to the text of an update (SPARQL 1.1 Update) before the engine gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from qwen_kg.errors import ForbiddenError, InputError
from qwen_kg.lexer import AMBIGUOUS_IRI, TERMS_AND_NAMES, Token, position, readings, tokens


class _Place(NamedTuple):
    """What :func:`refuse_load` knows at a place: the least depth in braces, and what may stand before it."""

    depth: int = 0
    previous: frozenset[str] = frozenset({""})

    def after(self, kind: str, text: str) -> _Place:
        """Give what is known after a token."""
        depth = self.depth + {"{": 1, "{|": 1, "}": -1, "|}": -1}.get(text, 0)
        return _Place(max(depth, 0), frozenset({text if kind == "other" else kind}))

    def merged(self, other: _Place) -> _Place:
        """Give what is known where two readings meet."""
        return _Place(min(self.depth, other.depth), self.previous | other.previous)

    def passes(self) -> re.Pattern[str] | None:
        """Say which tokens make no difference here."""
        return TERMS_AND_NAMES if self.depth else None


# An operation begins with the update, after the IRI or the string of a declaration, or after a semicolon.
_BEFORE_OPERATION = {"", "iri", "string", ";"}
# Most texts with these letters have them within a word.
_LOAD = re.compile(r"(?:\A|[ \t\r\n;>'\"])LOAD", re.IGNORECASE)


def refuse_load(text: str) -> None:
    """Refuse an update that loads a document (SPARQL 1.1 Update, 3.1.4).

    All ways in which Oxigraph could read the text are followed, so in a text written to deceive it may be
    something else that is refused, but no LOAD is missed.

    Raises:
        ForbiddenError: an operation of the update is LOAD; the message says where.
    """
    if _LOAD.search(text) is None:
        return
    for kind, piece, offset, place in readings(text, _Place(), _Place.after, _Place.merged, _Place.passes):
        if (
            kind in {"word", "pname"}  # Oxigraph asks for no space: "LOADex:a" is LOAD and a name to it
            and piece[:4].upper() == "LOAD"
            and not place.depth
            and place.previous & _BEFORE_OPERATION
        ):
            line, column = position(text, offset)
            raise ForbiddenError(
                f"line {line}, column {column}: LOAD is not allowed, because this endpoint fetches nothing; "
                "send the data with the Graph Store Protocol, or in INSERT DATA"
            )


def with_datasets(text: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """Say in an update which graphs its WHERE clauses see (SPARQL 1.1 Protocol, 2.2.3).

    Args:
        text: the update.
        using: IRIs of the graphs whose union is the default graph: the parameters ``using-graph-uri``.
        using_named: IRIs of the graphs that GRAPH sees: the parameters ``using-named-graph-uri``.

    Returns:
        the update with ``USING`` and ``USING NAMED`` in each operation that has a WHERE; no line is added, so
        that a syntax error is reported in its line. A text that is no update may come back as it is.

    Raises:
        InputError: an IRI is none, an operation has USING or WITH itself, or it cannot be told where the
            operations begin; the message says where.

    >>> with_datasets("INSERT { ?s a <x:b> } WHERE { ?s a <x:a> }", ["x:g"], [])
    'INSERT { ?s a <x:b> } USING <x:g> WHERE { ?s a <x:a> }'
    >>> with_datasets("DELETE WHERE { ?s a <x:a> }", [], ["x:g"])
    'DELETE       { ?s a <x:a> } USING NAMED <x:g> WHERE { ?s a <x:a> }'
    """
    clauses = "".join(f"USING {_iri(each)} " for each in using)
    clauses += "".join(f"USING NAMED {_iri(each)} " for each in using_named)
    if not clauses:
        return text
    pieces, end = [], 0
    first = before = _NOTHING
    for token in _outer_tokens(text):
        if _says_dataset(token, before):
            raise InputError(
                f"line {token.line}, column {token.column}: an update that says USING or WITH itself cannot "
                "be sent with using-graph-uri or using-named-graph-uri (SPARQL 1.1 Protocol, 2.2.3)"
            )
        if before.kind == "group" and _word(token) == "WHERE":
            pieces += [text[end : token.offset], clauses]
            end = token.offset
        elif token.kind == "group" and (_word(first) + _word(before)).endswith("DELETEWHERE"):
            # Its pattern is a template too: it stays where it is, and comes once more behind WHERE.
            where, stop = before.offset + len(before.text), token.offset + len(token.text)
            pieces += [text[end : where - len("WHERE")], " " * len("WHERE"), text[where:stop]]
            pieces += [" ", clauses, "WHERE ", _in_one_line(token.text)]
            end = stop
        first, before = before, token
    return "".join([*pieces, text[end:]])


def _iri(iri: str) -> str:
    """Write an IRI as SPARQL does."""
    try:
        return str(ox.NamedNode(iri))
    except ValueError as error:
        raise InputError(f"{iri!r} is no absolute IRI, and so names no graph: {error}") from error


def _word(token: Token) -> str:
    """Give a keyword in capitals, and nothing for another token."""
    return token.text.upper() if token.kind == "word" else ""


def _says_dataset(token: Token, before: Token) -> bool:
    """Say whether a token outside of braces begins USING or WITH, maybe with a name glued to it."""
    if not token.text[:5].upper().startswith(("USING", "WITH")):
        return False
    return token.kind == "word" or (token.kind == "pname" and before.kind in {"", "iri", "string", "group"})


def _in_one_line(text: str) -> str:
    r"""Write a piece of an update in one line, and without comments.

    >>> _in_one_line("{ ?s ?p '''a\nb''' # c\n}")
    "{ ?s ?p '''a\\nb'''   }"
    """
    pieces = []
    for token in tokens(text):
        if token.kind in {"space", "comment"}:
            pieces.append(" ")
        else:  # only a string has line breaks in it
            pieces.append(token.text.replace("\n", r"\n").replace("\r", r"\r"))
    return "".join(pieces)


_NOTHING = Token("", "", 0, 1, 1)


def _outer_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens outside of braces, without spaces and comments; braces with all in them are a group.

    Raises:
        InputError: an IRI may be read as ``<`` and more, as Oxigraph does where it expects an operator.
    """
    parentheses: list[int] = []  # how many are open, for each brace that is open
    opening = last = _NOTHING
    for token in tokens(text):
        if token.kind in {"space", "comment"}:
            continue
        if token.text in {"{", "{|"}:
            opening = opening if parentheses else token
            parentheses.append(0)
        elif token.text in {"}", "|}"} and parentheses:
            parentheses.pop()
            if not parentheses:
                yield opening._replace(
                    kind="group", text=text[opening.offset : token.offset + len(token.text)]
                )
        elif not parentheses:
            yield token
        elif token.text in {"(", ")"}:
            parentheses[-1] += 1 if token.text == "(" else -1
        elif (
            token.kind == "iri"
            and parentheses[-1]
            and last.text not in _BEFORE_OPERAND
            and AMBIGUOUS_IRI.match(token.text)
        ):
            raise InputError(
                f"line {token.line}, column {token.column}: this can be read as an IRI and as a comparison; "
                "write the IRI in full, or a space after <"
            )
        last = token


# Where one of these stands before it, an IRI cannot be anything else.
_BEFORE_OPERAND = {*"(,=<>+-*/!|^", "!=", "<=", ">=", "&&", "||", "^^"}
