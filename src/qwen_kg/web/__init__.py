"""The pages of a graph, in Flask; :mod:`qwen_kg.web.application` puts them behind the front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from qwen_kg.exports.context import published
from qwen_kg.web import problems
from qwen_kg.web.compare import compare_blueprint
from qwen_kg.web.disagreements import disagreements_blueprint
from qwen_kg.web.documents import documents_blueprint
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.ontology import ontology_blueprint
from qwen_kg.web.pictures import pictures_blueprint
from qwen_kg.web.queries import queries_blueprint
from qwen_kg.web.resources import resources_blueprint
from qwen_kg.web.search import search_blueprint
from qwen_kg.web.sparql import sparql_blueprint


def create_app(
    kg: Knowledge,
    context: Mapping[str, Any] | None = None,
    release: Callable[[], str] | None = None,
) -> Flask:
    """Make the application for a graph.

    Args:
        kg: the graph.
        context: the JSON-LD context to serve; the published one where nothing is given.
        release: gives the version of the data that pages name, at once; where nothing is given, the graph
            is asked for it.
    """
    named = release or (lambda: kg.release)
    app = Flask(__name__)
    app.context_processor(lambda: {"release": named()})  # it changes when the store is written to
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    problems.register(app)
    app.register_blueprint(sparql_blueprint(kg))
    app.register_blueprint(queries_blueprint(kg))
    app.register_blueprint(pictures_blueprint(kg))
    app.register_blueprint(search_blueprint(kg))
    app.register_blueprint(compare_blueprint(kg))
    app.register_blueprint(disagreements_blueprint(kg))
    app.register_blueprint(resources_blueprint(kg))
    app.register_blueprint(ontology_blueprint(kg))
    app.register_blueprint(documents_blueprint(kg, context or {"@context": published()}))
    return app
