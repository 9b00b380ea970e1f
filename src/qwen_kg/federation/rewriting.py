"""Lets the calls of a query go to the relay, as far as they are allowed (SPARQL 1.1 Federated Query).

This is about texts only, and is done in the process that evaluates.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from qwen_kg.errors import ForbiddenError, RemoteError
from qwen_kg.federation.addresses import read_permitted
from qwen_kg.lexer import Token, position, readings, tokens
from qwen_kg.sparql import find_keyword, refuse_service


class Call(NamedTuple):
    """A call in a query: the IRI as it was written, its place, and the IRI of the relay for it.

    ``offset``, ``line`` and ``column`` are those of the IRI, as in :class:`qwen_kg.sparql.Token`.
    """

    endpoint: str
    relayed: str
    offset: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query whose calls go to the relay: the text to evaluate, and the calls in their order."""

    text: str
    calls: tuple[Call, ...] = ()

    def as_written(self, said: str) -> str:
        """Give what Oxigraph said of the text that it was given, as if said of the text as it was written.

        IRIs of the relay become those of the endpoints again, and places (``error at 3:14``) are moved.
        """
        for call in self.calls:
            said = said.replace(call.relayed, call.endpoint)
        return _PLACE.sub(self._place, said, count=1)

    def _place(self, found: re.Match[str]) -> str:
        line, column = int(found[1]), int(found[2])
        for call in self.calls:
            if call.line == line and column > call.column:
                column = max(column - len(call.relayed) + len(call.endpoint), call.column)
        return f"error at {line}:{column}"

    def failure(self, error: Exception) -> RemoteError | None:
        """Give the error for what Oxigraph raised while it evaluated, or None where no call is to blame."""
        said = self.as_written(str(error))
        # What Oxigraph does not support, such as an unknown function, is a fault of the query.
        if not self.calls or said.endswith("is not supported"):
            return None
        answered = _ANSWERED.match(said)
        return RemoteError("{}: {}".format(*answered.groups()) if answered else f"SERVICE failed: {said}")


# Oxigraph takes a failure in EXISTS for a solution, and in MINUS for none. It asks for no space before them.
_HIDES_ERRORS = re.compile(r"(?:EXISTS|MINUS)\Z", re.IGNORECASE)
_PLACE = re.compile(r"error at (\d+):(\d+)")
_ANSWERED = re.compile(r"Error \d+ .*? returned by (\S+) with payload:\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Redirection:
    """Which endpoints a query may call, and the address of the relay that calls them for it.

    It can be told to another process as JSON, member by member. ``base_url`` holds a secret. The default
    allows no call.
    """

    base_url: str = field(default="", repr=False)
    allowed: Sequence[str] = ()

    def rewrite(self, text: str) -> Rewritten:
        """Let the calls of a query or an update go to the relay.

        Oxigraph sees IRIs of the relay only; that no keyword was missed is for
        :func:`qwen_kg.sparql.find_keyword` to say, which follows all ways in which a text can be read.

        Raises:
            ForbiddenError: it calls an endpoint that is not allowed, or calls one in another form than
                ``SERVICE <IRI>`` or ``SERVICE SILENT <IRI>``; the message says where and what to write.
        """
        if not self.allowed:
            refuse_service(text)
        if find_keyword(text, "SERVICE") is None:
            return Rewritten(text)
        _refuse_two_readings(text)
        query = secrets.token_urlsafe(12)  # by which the relay counts the calls of one query
        pieces, rest, calls, end = [], list(text), [], 0
        for keyword, endpoint in self._calls(text):
            iri = endpoint.text[1:-1]
            relayed = f"{self.base_url}?endpoint={quote(iri, safe='')}&query={query}"
            calls.append(Call(iri, relayed, endpoint.offset, endpoint.line, endpoint.column))
            pieces += [text[end : endpoint.offset], f"<{relayed}>"]
            end = endpoint.offset + len(endpoint.text)
            rest[keyword.offset : keyword.offset + len(keyword.text)] = "X" * len(keyword.text)
        if (missed := find_keyword("".join(rest), "SERVICE")) is not None:
            raise _refusal(missed, f"{missed.text} can be read as a call; write spaces around SERVICE")
        return Rewritten("".join([*pieces, text[end:]]), tuple(calls))

    def _calls(self, text: str) -> Iterator[tuple[Token, Token]]:
        """Yield the keyword and the IRI of each call; refuse those that are not allowed."""
        read = [token for token in tokens(text) if token.kind not in {"space", "comment"}]
        groups: list[Token] = []  # what stands before each brace that is open
        endpoints: set[Token] = set()
        for number, token in enumerate(read):
            if token.text == "{":
                groups.append(read[number - 1])
            elif token.text == "}":
                del groups[-1:]
            if token.kind != "word" or token.text.upper() != "SERVICE":
                continue
            if not endpoints.isdisjoint(groups):
                raise _refusal(token, "a call within a call is not allowed; write one behind the other")
            if any(each.kind == "word" and _HIDES_ERRORS.search(each.text) for each in groups):
                raise _refusal(
                    token,
                    "a call within MINUS or EXISTS is not allowed, because one that fails would change the "
                    "answer unseen; write it in OPTIONAL, and FILTER by what is BOUND",
                )
            silent = [each.text.upper() for each in read[number + 1 : number + 2]] == ["SILENT"]
            endpoint = next(iter(read[number + 1 + silent :]), token)
            if endpoint.kind != "iri":
                raise _refusal(
                    token,
                    "an endpoint is called by its IRI in full, not by a variable or a prefixed name; "
                    "write SERVICE <https://...>",
                )
            try:
                read_permitted(endpoint.text[1:-1], self.allowed)
            except ValueError as error:
                raise _refusal(endpoint, f"{endpoint.text} may not be called: {error}") from error
            endpoints.add(endpoint)
            yield token, endpoint


def _refuse_two_readings(text: str) -> None:
    """Refuse a text that Oxigraph could read in another way than :func:`qwen_kg.lexer.tokens` does."""
    read = readings(
        text, frozenset({0}), lambda counts, *_: frozenset(n + 1 for n in counts), frozenset.union
    )
    for number, (kind, piece, offset, counts) in enumerate(read):
        if counts != {number}:  # in one reading there are as many tokens before this as were yielded
            raise _refusal(
                Token(kind, piece, offset, *position(text, offset)),
                "what stands before this can be read in two ways, which a query with SERVICE may not; write "
                "IRIs in full, and a space behind <",
            )


def _refusal(token: Token, why: str) -> ForbiddenError:
    """Give the error for a call that is not made."""
    return ForbiddenError(f"line {token.line}, column {token.column}: {why}")
