"""Errors as problem documents (RFC 9457), or as pages for browsers."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from qwen_kg.errors import NotAcceptableError, NotFoundError, QuerySyntaxError, QwenKgError
from qwen_kg.formats import PAGE
from qwen_kg.namespaces import BASE
from qwen_kg.web.responses import document, page, prefers_page

MEDIA_TYPE = "application/problem+json"


def register(app: Flask) -> None:
    """Make an app answer every error with a problem document, and an unknown one without a word of itself."""
    app.register_error_handler(QwenKgError, _ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unknown)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Make the response for a problem; ``more`` are its further members, left out where they are None."""
    members = {name: value for name, value in more.items() if value is not None}
    format_name = request.args.get("format")
    if format_name == PAGE.name or (not format_name and prefers_page(request.headers.get("Accept"))):
        return page("problem.html", status, title=title, code=status, detail=detail)
    kind = BASE + "problems/" + title.lower().replace(" ", "-")
    response = document(
        {"type": kind, "title": title, "status": status, "detail": detail, **members}, MEDIA_TYPE
    )
    response.status_code = status
    return response


def _ours(error: QwenKgError) -> Response:
    """Answer an error that was raised on purpose; it knows its status."""
    if error.status == 500:
        return _unknown(error)
    more: dict[str, Any] = {}
    if isinstance(error, QuerySyntaxError):
        more = {"line": error.line, "column": error.column}
    elif isinstance(error, NotAcceptableError):
        more = {"offered": list(error.offered)}
    elif isinstance(error, NotFoundError):
        more = {"suggestions": list(error.suggestions)}
    return problem(error.status, error.title, str(error), **more)


def _of_http(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP itself, with its headers, such as Allow for 405."""
    if error.code is None or error.code < 400:
        return error.get_response()
    response = problem(error.code, error.name, error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _unknown(error: Exception) -> Response:
    """Answer a fault of ours: the log has it all, the answer only the id under which the log has it."""
    fault = secrets.token_hex(8)
    logging.getLogger(__name__).error("fault %s", fault, exc_info=error)
    return problem(
        500,
        "Internal error",
        f"something went wrong here, not with the request; it was noted as {fault}",
        id=fault,
    )
