"""The waist of the project: a query goes in as text, an answer comes out as a media type and bytes.

Nothing else crosses it, so that what answers may be this process, another process or another machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Result:
    """An answer as it is sent: ``body`` in the format that ``media_type`` names, in UTF-8."""

    media_type: str
    body: bytes


class Store(Protocol):
    """Whatever answers SPARQL queries."""

    def query(
        self,
        text: str,
        *,
        accept: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Result:
        """Answer a query, whole or not at all.

        Args:
            text: a SPARQL 1.1 query; prefixes have to be declared in it.
            accept: an Accept header that chooses the format (RFC 9110, 12.5.1). Without it, SELECT and ASK
                give JSON, CONSTRUCT and DESCRIBE Turtle.
            default_graphs: IRIs of graphs of the store whose union is the default graph of this query.
            named_graphs: IRIs of the graphs that GRAPH sees. If either is given, they are the dataset, in
                the place of FROM and FROM NAMED (SPARQL 1.1 Protocol, 2.1.4). A graph that the store does
                not have is an empty one; nothing is ever fetched.

            base: the IRI against which relative IRIs are resolved (SPARQL 1.1 Query, 4.1.1.2); without one
                they are errors.

        Raises:
            QuerySyntaxError: the text is no query, which an update is not either.
            NotAcceptableError: no format for what the query gives fits ``accept``.
            ForbiddenError: the query calls another endpoint (SERVICE).
            InputError: a graph is not named by an IRI, or the query cannot be evaluated.
            RemoteError: the store is elsewhere and failed.
        """
        ...
