"""The OpenAPI 3.1 description of the endpoint, made of the saved queries and the formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qwen_kg.formats import FORMATS, Format, Kind
from qwen_kg.web.knowledge import Knowledge, Parameter, SavedQuery
from qwen_kg.web.problems import MEDIA_TYPE

_TYPES: dict[str, dict[str, str]] = {
    "iri": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_PAGE: dict[str, Any] = {"text/html": {}}  # where the client prefers one
_PROBLEM = {
    "description": "A problem document (RFC 9457).",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}, **_PAGE},
}


def openapi(kg: Knowledge, server: str) -> dict[str, Any]:
    """Describe the endpoint at an address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "qwen-kg",
            "version": kg.release,
            "summary": "A checked knowledge graph of the Qwen model family.",
            "license": {"name": "CC-BY-4.0 (data), Apache-2.0 (code)"},
        },
        "servers": [{"url": server}],
        "paths": {
            "/sparql": _protocol(),
            "/queries": {"get": _operation("listQueries", "The saved queries.", [_format_field()], _json())},
            **{f"/queries/{query.name}": _saved(query) for query in kg.queries.values()},
            "/id/{name}": _entity(),
            "/data/{name}.{extension}": _entity_data(),
            "/ns": {"get": _operation("ontology", "The ontology.", [_format_field()], _answers(Kind.GRAPH))},
            "/.well-known/void": {
                "get": _operation("description", "The dataset.", [_format_field()], _answers(Kind.GRAPH))
            },
            "/graphs": _graphs(),
            "/healthz": {"get": _operation("health", "Whether the store answers.", [], _json())},
            "/metrics": {"get": _operation("metrics", "Numbers for Prometheus.", [], {"text/plain": {}})},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "for what changes the store"}
            },
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string", "format": "uri"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "id": {"type": "string", "description": "under which the log has a fault"},
                        "line": {"type": "integer", "description": "of a syntax error, from 1"},
                        "column": {"type": "integer", "description": "of a syntax error, from 1"},
                        "excerpt": {"type": "string", "description": "the line at fault, and a caret"},
                        "offered": {"type": "array", "items": {"type": "string"}},
                        "suggestions": {"type": "array", "items": {"type": "string"}},
                        "limit": {"type": "string", "description": "the setting that was exceeded"},
                        "allowed": {"type": "number", "description": "its value"},
                        "report": {"type": "string", "description": "SHACL validation report, as Turtle"},
                    },
                }
            },
        },
    }


def _operation(
    name: str, summary: str, parameters: list[dict[str, Any]], content: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Describe one operation."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": "The whole answer.", "content": content}, "default": _PROBLEM},
        **more,
    }


def _field(name: str, where: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    """Describe one parameter."""
    return {"name": name, "in": where, "schema": schema, "description": description, **more}


def _format_field() -> dict[str, Any]:
    """Describe ``?format=``."""
    names = {"type": "string", "enum": [*(each.name for each in FORMATS), "html"]}
    return _field("format", "query", names, "The format by name; it beats the Accept header.")


def _json() -> dict[str, Any]:
    """Describe a JSON answer that has no schema here."""
    return {"application/json": {}, **_PAGE}


def _answers(*kinds: Kind) -> dict[str, Any]:
    """Describe an answer in the formats of some kinds."""
    return {**{each.media_type: {} for each in _of(kinds)}, **_PAGE}


def _of(kinds: Iterable[Kind]) -> list[Format]:
    """Give the formats of some kinds."""
    return [each for each in FORMATS if each.kinds & set(kinds)]


def _timeout_field() -> dict[str, Any]:
    seconds = {"type": "number", "exclusiveMinimum": 0}
    return _field("timeout", "query", seconds, "Seconds it may take, below the limit of the server.")


def _protocol() -> dict[str, Any]:
    """Describe the SPARQL Protocol."""
    graphs = {"type": "array", "items": {"type": "string", "format": "uri"}}
    dataset = [
        _field("default-graph-uri", "query", graphs, "Graphs whose union is the default graph."),
        _field("named-graph-uri", "query", graphs, "Graphs that GRAPH sees."),
    ]
    query = _field(
        "query", "query", {"type": "string"}, "A SPARQL query; without it, the service describes itself."
    )
    answers = _answers(Kind.BINDINGS, Kind.GRAPH)
    form = {
        "type": "object",
        "properties": {"query": {"type": "string"}, "update": {"type": "string"}},
        "oneOf": [{"required": ["query"]}, {"required": ["update"]}],
    }
    text = {"schema": {"type": "string"}}
    body = {
        "required": True,
        "content": {
            "application/sparql-query": text,
            "application/sparql-update": text,
            "application/x-www-form-urlencoded": {"schema": form},
        },
    }
    more = [*dataset, _timeout_field(), _format_field()]
    asked = _operation("queryByPost", "Ask a query, or carry out an update.", more, answers, requestBody=body)
    return {
        "get": _operation("queryByGet", "Ask a query.", [query, *more], answers),
        "post": _changing(asked),
    }


def _graphs() -> dict[str, Any]:
    """Describe the Graph Store Protocol."""
    iri = {"type": "string", "format": "uri"}
    which = [
        _field("graph", "query", iri, "The IRI of a graph."),
        _field("default", "query", {"type": "string", "enum": [""]}, "The unnamed graph."),
    ]
    content = {each.media_type: {"schema": {"type": "string"}} for each in _of([Kind.GRAPH])}
    body = {"required": True, "content": content}
    answers = _answers(Kind.GRAPH)
    writes = {
        "put": _operation("putGraph", "Replace a graph.", which, {}, requestBody=body),
        "post": _operation("postGraph", "Add to a graph.", which, {}, requestBody=body),
        "delete": _operation("deleteGraph", "Remove a graph.", which, {}),
    }
    return {
        "get": _operation("graph", "A graph, or all of them.", [*which, _format_field()], answers),
        **{method: _changing(operation) for method, operation in writes.items()},
    }


def _changing(operation: dict[str, Any]) -> dict[str, Any]:
    """Describe that an operation may change the store, and who may."""
    done = {"description": "Done."}
    operation["responses"] |= {"201": {"description": "A new graph was made."}, "204": done}
    return {**operation, "security": [{}, {"token": []}]}


def _saved(query: SavedQuery) -> dict[str, Any]:
    """Describe a saved query."""
    name = "query" + "".join(part.capitalize() for part in query.name.split("-"))
    fields = [_parameter(each) for each in query.parameters]
    answers = _answers(Kind.BINDINGS, Kind.BOOLEAN, Kind.GRAPH)
    more: dict[str, Any] = {"description": query.description, "tags": list(query.tags)}
    form = {
        "type": "object",
        "properties": {each["name"]: each["schema"] for each in fields},
        "required": [each["name"] for each in fields if each["required"]],
    }
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {
        "get": _operation(name, query.summary, [*fields, _timeout_field(), _format_field()], answers, **more),
        "post": _operation(
            name + "ByForm",
            query.summary,
            [_timeout_field(), _format_field()],
            answers,
            requestBody=body,
            **more,
        ),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """Describe a parameter of a saved query."""
    schema: dict[str, Any] = dict(_TYPES[parameter.type])
    if parameter.default is not None:
        schema["default"] = _typed(parameter.default, schema["type"])
    return _field(parameter.name, "query", schema, parameter.help, required=parameter.required)


def _typed(text: str, kind: str) -> str | int | float | bool:
    """Give a default as the JSON type it has."""
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    return text == "true" if kind == "boolean" else text


def _entity() -> dict[str, Any]:
    """Describe the redirect from an entity to a document about it."""
    operation = _operation("entity", "An entity.", [_name(), _format_field()], {})
    operation["responses"] = {
        "303": {
            "description": "The address of a document about it.",
            "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
        },
        "default": _PROBLEM,
    }
    return {"get": operation}


def _entity_data() -> dict[str, Any]:
    """Describe the data about an entity."""
    extensions = {"type": "string", "enum": [each.extension for each in _of([Kind.GRAPH])]}
    extension = _field("extension", "path", extensions, "The format, by its extension.", required=True)
    return {
        "get": _operation("entityData", "All about an entity.", [_name(), extension], _answers(Kind.GRAPH))
    }


def _name() -> dict[str, Any]:
    """Describe the name of an entity in an address."""
    return _field("name", "path", {"type": "string"}, "A name, such as Qwen2.5-VL.", required=True)
