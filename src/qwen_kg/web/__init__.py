"""The endpoint: a Flask application over a graph, made by :func:`create_app`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response

from qwen_kg.exports.context import published
from qwen_kg.web import problems
from qwen_kg.web.documents import documents_blueprint
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.queries import queries_blueprint
from qwen_kg.web.resources import resources_blueprint
from qwen_kg.web.sparql import sparql_blueprint

BODY_LIMIT = 1024 * 1024
"""The longest request body in bytes; a longer one is answered with 413."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}


def create_app(kg: Knowledge, context: Mapping[str, Any] | None = None) -> Flask:
    """Make the application for a graph.

    Args:
        kg: the graph.
        context: the JSON-LD context to serve; the published one where nothing is given.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = BODY_LIMIT
    app.jinja_env.globals["release"] = kg.release
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    problems.register(app)
    app.register_blueprint(sparql_blueprint(kg))
    app.register_blueprint(queries_blueprint(kg))
    app.register_blueprint(resources_blueprint(kg))
    app.register_blueprint(documents_blueprint(kg, context or {"@context": published()}))

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["QWEN-KG-Release"] = kg.release
        return response

    return app
