"""Everything that can go wrong, as one tree.

Each class says which HTTP status and which exit code it becomes, so that the faces (web, command line)
translate no error by hand.

::

    QwenKgError                     500   1
     +- InputError                  400   2   what was given cannot be used
     |   +- DataError               400   2   ... in a data file: file:line:column
     |   +- QuerySyntaxError        400   2   ... in a query: line and column
     |   +- ParameterError          400   2   ... a parameter of a saved query
     |   +- UnauthorizedError       401   2   a write without the token that it needs
     |   +- ForbiddenError          403   2   asked for something the endpoint does not do
     |   +- NotFoundError           404   2   no entity, query or graph of that name
     |   +- NotAcceptableError      406   2   none of the media types asked for is on offer
     |   +- MethodError             405   2   a method that the resource does not have
     |   +- RequestTimeoutError     408   2   a request that does not come to its end
     |   +- UnsupportedTypeError    415   2   a body of a media type that is not understood
     |   +- LimitError              400   2   more than a limit of the endpoint allows
     |       +- ContentTooLargeError 413  2   ... in what was sent
     +- NotConformingError          422   1   the data were read, and do not conform
     +- RemoteError                 502   1   another endpoint failed
     +- BusyError                   503   1   too much to do at the moment
     +- MemoryLimitError            503   1   the evaluation needed more memory than it may have
     +- TimeLimitError              504   1   the evaluation took longer than it may
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple


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
    """A query that does not parse; ``line`` and ``column`` count from 1 and are None where unknown.

    ``excerpt`` shows the line at fault and, in a second line, a caret under the column; it is empty where the
    place is unknown.
    """

    title = "Query syntax error"

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None, excerpt: str = ""
    ) -> None:
        self.message, self.line, self.column, self.excerpt = message, line, column, excerpt
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(place + message)


class ParameterError(InputError):
    """A parameter of a saved query is missing, unknown, or of the wrong type."""

    title = "Bad parameter"


class UnauthorizedError(InputError):
    """A write without the bearer token that it needs, or with another one (RFC 6750, 3)."""

    status = 401
    title = "Not authorized"


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


class MethodError(InputError):
    """A method that the resource does not have; ``allowed`` are those it has (RFC 9110, 15.5.6)."""

    status = 405
    title = "Method not allowed"

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"{method} is not allowed here, only {', '.join(self.allowed)}")


class RequestTimeoutError(InputError):
    """The request did not arrive whole in the time that it has (RFC 9110, 15.5.9)."""

    status = 408
    title = "Request timeout"


class UnsupportedTypeError(InputError):
    """A request body of a media type that is not understood (RFC 9110, 15.5.16)."""

    status = 415
    title = "Unsupported media type"


class LimitError(InputError):
    """The request needs more than a limit allows: ``limit`` names the setting, ``allowed`` is its value.

    400, because the same request will never be answered: RFC 9110 has 413 for what is sent, and nothing for
    an answer that would be too large.
    """

    title = "Beyond a limit"

    def __init__(self, message: str, limit: str, allowed: int) -> None:
        self.limit, self.allowed = limit, allowed
        super().__init__(message)


class ContentTooLargeError(LimitError):
    """The body of the request, or the query in it, is longer than allowed (RFC 9110, 15.5.14)."""

    status = 413
    title = "Content too large"


class NotConformingError(QwenKgError):
    """The data were read, and do not conform; ``report`` tells it to machines, if it can."""

    status = 422
    exit_code = 1
    title = "The data do not conform"

    def __init__(self, text: str, report: str | None = None) -> None:
        self.report = report or text
        super().__init__(text)


class RemoteError(QwenKgError):
    """Another SPARQL endpoint failed or answered something that is no SPARQL result."""

    status = 502
    title = "The remote endpoint failed"


class BusyError(QwenKgError):
    """Too much to do at the moment; worth another try after ``retry_after`` seconds (RFC 9110, 15.6.4)."""

    status = 503
    title = "Busy"

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class MemoryLimitError(QwenKgError):
    """The evaluation was ended because it needed more memory than ``allowed`` bytes."""

    status = 503
    title = "Memory limit"

    def __init__(self, message: str, allowed: int) -> None:
        self.limit, self.allowed = "max-memory", allowed
        super().__init__(message)


class TimeLimitError(QwenKgError):
    """The evaluation was ended after ``allowed`` seconds.

    504 and not 503, because it is no use to try the same again: what answers HTTP is a gateway to the process
    that evaluates, and that gave no answer in time (RFC 9110, 15.6.5).
    """

    status = 504
    title = "Time limit"

    def __init__(self, message: str, allowed: float) -> None:
        self.limit, self.allowed = "timeout", allowed
        super().__init__(message)


def tree(root: type[QwenKgError] = QwenKgError) -> Iterator[type[QwenKgError]]:
    """Yield a class and all below it."""
    yield root
    for each in root.__subclasses__():
        yield from tree(each)


def to_wire(error: QwenKgError) -> dict[str, Any]:
    """Write an error as JSON, to tell it to another process."""
    return {"error": type(error).__name__, "message": str(error), "members": vars(error)}


def from_wire(told: Mapping[str, Any]) -> QwenKgError:
    """Read an error that another process told."""
    kind = next(each for each in tree() if each.__name__ == told["error"])
    error = kind.__new__(kind)
    Exception.__init__(error, told["message"])
    vars(error).update(told["members"])
    return error
