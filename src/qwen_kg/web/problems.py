"""Errors as problem documents (RFC 9457), or as pages for browsers."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from qwen_kg.errors import BusyError, MethodError, QwenKgError, UnauthorizedError, tree
from qwen_kg.formats import PAGE
from qwen_kg.namespaces import BASE
from qwen_kg.web.exchange import Reply, Request
from qwen_kg.web.responses import page, prefers_page

MEDIA_TYPE = "application/problem+json"

# What errors know that a client can use; other attributes are not told.
_MEMBERS = ("id", "line", "column", "excerpt", "offered", "suggestions", "limit", "allowed", "report")


def name_of(title: str) -> str:
    """Give the last part of the IRI of a type of problem.

    >>> name_of("Query syntax error")
    'query-syntax-error'
    """
    return title.lower().replace(" ", "-")


#: The types of problems that errors of ours are, by name.
TYPES = {name_of(each.title): each for each in tree()}


def register(app: Flask) -> None:
    """Make an app answer every error with a problem document, and an unknown one without a word of itself."""
    app.register_error_handler(QwenKgError, _ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _ours)


class FaultError(QwenKgError):
    """A fault of ours, of which is told only the ``id`` under which the log has it."""

    def __init__(self, name: str) -> None:
        self.id = name
        super().__init__(f"something went wrong here, not with the request; it was noted as {name}")


def fault(error: Exception) -> FaultError:
    """Note a fault of ours: the log has it all, what is answered only the id under which the log has it."""
    name = secrets.token_hex(8)
    logging.getLogger(__name__).error("fault %s", name, exc_info=error)
    return FaultError(name)


def problem(error: Exception) -> Reply:
    """Make the reply for an error: its attributes are members of the document, where it is one of ours.

    One that is not, or has no status of its own, is a fault, and noted.
    """
    if not isinstance(error, QwenKgError) or (error.status == 500 and not isinstance(error, FaultError)):
        error = fault(error)
    members = {name: value for name in _MEMBERS if (value := vars(error).get(name)) not in (None, "", (), [])}
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, MethodError):
        del members["allowed"]  # which is the value of a limit
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = 'Bearer realm="qwen-kg"'
    return document(error.status, error.title, str(error), members, headers)


def document(status: int, title: str, detail: str, members: dict[str, Any], headers: dict[str, str]) -> Reply:
    """Make a problem document."""
    body = {
        "type": f"{BASE}problems/{name_of(title)}",
        "title": title,
        "status": status,
        "detail": detail,
        **members,
    }
    told = json.dumps(body, ensure_ascii=False).encode() + b"\n"
    return Reply(status, MEDIA_TYPE, told, {"Vary": "Accept", **headers})


def _ours(error: Exception) -> Response:
    """Answer an error; one that was raised on purpose knows its status."""
    return _shown(problem(error))


def _of_http(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP itself, with its headers, such as Allow for 405."""
    if error.code is None or error.code < 400:
        return error.get_response()
    headers = {
        name: value for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}
    }
    return _shown(document(error.code, error.name, error.description or error.name, {}, headers))


def shown(app: Flask, asked: Request, reply: Reply) -> Reply:
    """Give a problem as a page, where whoever asked prefers one."""
    if not prefers_page(asked.accept) or asked.method == "QUERY":
        return reply
    with app.test_request_context(asked.path):
        response = _page(reply)
    return Reply(reply.status, response.content_type or "", response.get_data(), reply.headers)


def _shown(reply: Reply) -> Response:
    """Give a problem as a response of Flask, on a page where the client prefers one."""
    format_name = request.args.get("format")
    if format_name == PAGE.name or (not format_name and prefers_page(request.headers.get("Accept"))):
        response = _page(reply)
    else:
        response = Response(reply.body, reply.status, mimetype=MEDIA_TYPE)
    response.headers.update(reply.headers)
    response.vary.add("Accept")
    return response


def _page(reply: Reply) -> Response:
    told = json.loads(reply.body)
    name = told["type"].rpartition("/")[2]
    return page("problem.html", reply.status, told=told, about=name if name in TYPES else "")
