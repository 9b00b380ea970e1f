"""Errors say what they become, and travel between processes without loss."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from qwen_kg import errors
from qwen_kg.errors import (
    BusyError,
    ContentTooLargeError,
    DataError,
    InputError,
    LimitError,
    MemoryLimitError,
    MethodError,
    NotAcceptableError,
    NotConformingError,
    NotFoundError,
    Position,
    QuerySyntaxError,
    QwenKgError,
    TimeLimitError,
    from_wire,
    to_wire,
)

AWKWARD = 'a "b" \\ \n\r\t\x00 é \U0001f600 \ud800 </script>'

#: An error of each class that takes more than a message, and what its members are to be on the other side.
SAMPLES: dict[type[QwenKgError], tuple[QwenKgError, dict[str, object]]] = {
    DataError: (DataError([(Position("a.yaml", 2, 3), AWKWARD)]), {"faults": [[["a.yaml", 2, 3], AWKWARD]]}),
    QuerySyntaxError: (
        QuerySyntaxError(AWKWARD, 3, 7, "ASK {\n    ^"),
        {"message": AWKWARD, "line": 3, "column": 7, "excerpt": "ASK {\n    ^"},
    ),
    NotFoundError: (NotFoundError("no such thing", ["this", AWKWARD]), {"suggestions": ["this", AWKWARD]}),
    NotAcceptableError: (
        NotAcceptableError("nothing fits", ["text/turtle", "text/csv"]),
        {"offered": ["text/turtle", "text/csv"]},
    ),
    MethodError: (MethodError("PATCH", ["GET", "HEAD"]), {"allowed": ["GET", "HEAD"]}),
    LimitError: (LimitError("too many", "max-rows", 5), {"limit": "max-rows", "allowed": 5}),
    ContentTooLargeError: (
        ContentTooLargeError("too long", "max-body", 6),
        {"limit": "max-body", "allowed": 6},
    ),
    NotConformingError: (NotConformingError("wrong", AWKWARD), {"report": AWKWARD}),
    BusyError: (BusyError("later", 3), {"retry_after": 3}),
    MemoryLimitError: (MemoryLimitError("too much", 7), {"limit": "max-memory", "allowed": 7}),
    TimeLimitError: (TimeLimitError("too long", 0.5), {"limit": "timeout", "allowed": 0.5}),
}


def classes(root: type[QwenKgError] = QwenKgError) -> Iterator[type[QwenKgError]]:
    """All classes of the tree, without those that the web process has for itself."""
    if root.__module__ == errors.__name__:
        yield root
    for each in root.__subclasses__():
        yield from classes(each)


CLASSES = list(classes())


def sample(kind: type[QwenKgError]) -> tuple[QwenKgError, dict[str, object]]:
    return SAMPLES[kind] if kind in SAMPLES else (kind(AWKWARD), {})


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_travels_whole(kind: type[QwenKgError]) -> None:
    """Class, message, status and members are the same behind JSON, which is how processes tell each other."""
    error, members = sample(kind)
    told = from_wire(json.loads(json.dumps(to_wire(error))))
    assert type(told) is kind
    assert str(told) == str(error)
    assert (told.status, told.exit_code, told.title) == (error.status, error.exit_code, error.title)
    assert json.loads(json.dumps(vars(told))) == members == json.loads(json.dumps(vars(error)))


def test_an_error_that_travelled_twice_is_still_the_same() -> None:
    error, members = SAMPLES[NotAcceptableError]
    told = error
    for _ in range(3):
        told = from_wire(json.loads(json.dumps(to_wire(told))))
    assert (type(told), str(told), vars(told)) == (NotAcceptableError, str(error), members)


def test_an_error_that_travelled_can_be_raised_and_caught_as_what_it_is() -> None:
    with pytest.raises(InputError, match="too many") as caught:
        raise from_wire(to_wire(LimitError("too many", "max-rows", 5)))
    assert isinstance(caught.value, LimitError)


def test_no_two_classes_have_one_name() -> None:
    """By the name the other process finds the class."""
    names = [kind.__name__ for kind in CLASSES]
    assert len(names) == len(set(names))


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    """Each class is in it, with its status and exit code."""
    drawn = {}
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("|", " ").replace("+-", " ").split()
        if len(words) >= 3 and words[0].endswith("Error") and words[1].isdigit():
            drawn[words[0]] = (int(words[1]), int(words[2]))
    assert drawn == {kind.__name__: (kind.status, kind.exit_code) for kind in CLASSES}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_title_is_of_the_class_and_not_of_the_case(kind: type[QwenKgError]) -> None:
    """RFC 9457, 3.1.4: a title does not change from one occurrence to the next."""
    assert kind.title
    assert kind.title == sample(kind)[0].title
    assert 400 <= kind.status < 600
    assert kind.exit_code in {1, 2}
