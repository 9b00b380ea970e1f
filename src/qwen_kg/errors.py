"""Everything that can go wrong, as one tree.

Each class says which HTTP status and which exit code it becomes, so that the faces (web, command line)
translate no error by hand.

::

    QwenKgError                     500   1
     +- InputError                  400   2   what was given cannot be used
     |   +- DataError               400   2   ... in a data file: file:line:column
     |   +- QuerySyntaxError        400   2   ... in a query: line and column
     |   +- ParameterError          400   2   ... a parameter of a saved query
     |   +- ForbiddenError          403   2   asked for something the endpoint does not do
     |   +- NotFoundError           404   2   no entity, query or graph of that name
     |   +- NotAcceptableError      406   2   none of the media types asked for is on offer
     |   +- UnsupportedTypeError    415   2   a body of a media type that is not understood
     +- NotConformingError          422   1   the data were read, and do not conform
     +- RemoteError                 502   1   another endpoint failed
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple


class Position(NamedTuple):
    """A place in a text file; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class QwenKgError(Exception):
    """The root of all errors raised on purpose; ``status`` is for HTTP, ``exit_code`` for the shell."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "Internal error"


class InputError(QwenKgError):
    """What was given cannot be used."""

    status = 400
    exit_code = 2
    title = "Bad input"


class DataError(InputError):
    """One or more faults in data files; ``faults`` are (position, message), all that were found."""

    title = "Data cannot be read"

    def __init__(self, faults: Iterable[tuple[Position, str]]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(f"{position}: {message}" for position, message in self.faults))


class QuerySyntaxError(InputError):
    """A query that does not parse; ``line`` and ``column`` count from 1 and are None where unknown."""

    title = "Query syntax error"

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.message, self.line, self.column = message, line, column
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(place + message)


class ParameterError(InputError):
    """A parameter of a saved query is missing, unknown, or of the wrong type."""

    title = "Bad parameter"


class ForbiddenError(InputError):
    """The request asks for something this endpoint does not do, such as calling another endpoint."""

    status = 403
    title = "Not allowed"


class NotFoundError(InputError):
    """No entity, saved query or graph has that name; ``suggestions`` are the closest that exist."""

    status = 404
    title = "Not found"

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        self.suggestions = tuple(suggestions)
        hint = f", did you mean {' or '.join(self.suggestions)}?" if self.suggestions else ""
        super().__init__(message + hint)


class NotAcceptableError(InputError):
    """None of the media types asked for is on offer; ``offered`` lists those that are (RFC 9110, 15.5.7)."""

    status = 406
    title = "Not acceptable"

    def __init__(self, message: str, offered: Sequence[str]) -> None:
        self.offered = tuple(offered)
        super().__init__(f"{message}; offered: {', '.join(self.offered)}")


class UnsupportedTypeError(InputError):
    """A request body of a media type that is not understood (RFC 9110, 15.5.16)."""

    status = 415
    title = "Unsupported media type"


class NotConformingError(QwenKgError):
    """The data were read, and do not conform; ``report`` is the text of the validation report."""

    status = 422
    exit_code = 1
    title = "The data do not conform"

    def __init__(self, report: str) -> None:
        self.report = report
        super().__init__(report)


class RemoteError(QwenKgError):
    """Another SPARQL endpoint failed or answered something that is no SPARQL result."""

    status = 502
    title = "The remote endpoint failed"
