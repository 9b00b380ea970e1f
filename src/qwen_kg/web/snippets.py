"""A saved query as others can ask it: in a shell, in Python, and as SPARQL whose words have colours."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from qwen_kg.lexer import tokens

#: How a kind of token is shown, by the name of a class; kinds that are not here are plain.
_COLOURS = {
    "comment": "comment", "string": "string", "number": "string", "variable": "variable", "word": "word",
    "iri": "name", "pname": "name",
}  # fmt: skip


def highlighted(text: str) -> Iterator[tuple[str, str]]:
    """Give a query in pieces, each with the class of its colour; neighbours of one class are one piece.

    >>> list(highlighted("ASK { ?x a ?y }"))[:3]
    [('word', 'ASK '), ('', '{ '), ('variable', '?x ')]
    """
    kind, piece = "", ""
    for token in tokens(text):
        colour = _COLOURS.get(token.kind, "")
        if colour == kind or not token.text.strip():
            piece += token.text
            continue
        if piece:
            yield kind, piece
        kind, piece = colour, token.text
    if piece:
        yield kind, piece


def curl(address: str, given: Mapping[str, str], format_name: str) -> str:
    """Give the call of the API that answers, as a line for a shell."""
    fields = urlencode({**given, "format": format_name})
    return f"curl {shlex.quote(f'{address}?{fields}')}"


def python(name: str, given: Mapping[str, str], ending: str) -> str:
    """Give what answers in Python; ``ending`` is what is read of the answer, such as ``.rows()``."""
    values = ", ".join([repr(name), *(f"{key}={value!r}" for key, value in given.items())])
    return f"import qwen_kg\nqwen_kg.open().query({values}){ending}"


def command(name: str, given: Mapping[str, str]) -> str:
    """Give what answers on the command line."""
    return " ".join(["qwen-kg query", name, *(shlex.quote(f"{key}={value}") for key, value in given.items())])
