"""What the editor at ``/sparql`` is told of this dataset: its prefixes, its terms, and queries that work.

It is told in documents of their own, so that a page is small and browsers keep them: ``/sparql/terms.json``,
``/sparql/examples.json`` and ``/sparql/examples/NAME.rq``.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from qwen_kg.errors import NotAcceptableError, NotFoundError
from qwen_kg.lexer import tokens
from qwen_kg.namespaces import BASE, PREFIXES, compact, prologue
from qwen_kg.web.knowledge import Knowledge, Parameter, SavedQuery
from qwen_kg.web.responses import document
from qwen_kg.web.tables import RESULTS, select

_KINDS = {
    "owl:Class": "class",
    "owl:ObjectProperty": "property",
    "owl:DatatypeProperty": "property",
    "owl:AnnotationProperty": "property",
}

#: What the ontology declares, and how often the facts use it, as the description of the dataset has it.
_DECLARED = """
SELECT ?term ?type ?label ?definition ?uses {
  GRAPH graph:ontology {
    { VALUES ?type { KINDS } ?term a ?type } UNION { ?term skos:inScheme ?type }
    OPTIONAL { ?term rdfs:label|skos:prefLabel ?label }
    OPTIONAL { ?term skos:definition|rdfs:comment ?definition }
  }
  OPTIONAL {
    SELECT ?term (MAX(?count) AS ?uses) {
      GRAPH graph:description {
        { ?part void:property ?term ; void:triples ?count }
        UNION { ?part void:class ?term ; void:entities ?count }
      }
    } GROUP BY ?term
  }
}""".replace("KINDS", " ".join(_KINDS))

#: What the data use, whoever declared it. Counting all would take half a second.
_USED = """
SELECT DISTINCT ?term ?kind {
  { GRAPH graph:description { ?part void:property ?term } BIND("property" AS ?kind) }
  UNION { GRAPH graph:description { ?part void:class ?term } BIND("class" AS ?kind) }
  UNION { { SELECT DISTINCT ?term { GRAPH graph:statements { ?s ?term ?o } } } BIND("property" AS ?kind) }
}"""

#: The best-known entities of a class, or of a scheme: those that most is said of.
_KNOWN = """
SELECT ?entity (COUNT(*) AS ?count) {
  { ?entity a <%s> } UNION { ?entity skos:inScheme <%s> }
  ?s ?p ?entity
} GROUP BY ?entity ORDER BY DESC(?count) ?entity LIMIT 5"""

_TRIES = 12  # sets of values for the parameters of a query, of which the first that has an answer is taken
#: What stands for a parameter that is no entity; whoever takes the example writes something else.
_SAMPLES = {"string": "Qwen", "integer": "1", "decimal": "1", "boolean": "true", "date": "2025-01-01"}
_PLAIN = re.compile(r"\w+:\w(?:[\w.-]*[\w-])?")  # a CURIE in which nothing has to be escaped


def tell_editor(blueprint: Blueprint, kg: Knowledge) -> None:
    """Add the routes of the documents to a blueprint."""

    @blueprint.get("/sparql/terms.json")
    def terms_document() -> Response:
        return document({"base": BASE, "prefixes": PREFIXES, "terms": list(terms(kg).values())})

    @blueprint.get("/sparql/examples.json")
    def examples_document() -> Response:
        return document(
            [{"name": q.name, "summary": q.summary, "tags": list(q.tags)} for q in kg.queries.values()]
        )

    @blueprint.get("/sparql/examples/<name>.rq")
    def example_document(name: str) -> Response:
        if name not in kg.queries:
            raise NotFoundError(f"there is no saved query {name!r}")
        return Response(example(kg, kg.queries[name]), mimetype="application/sparql-query")


def terms(kg: Knowledge) -> dict[str, dict[str, Any]]:
    """Give the classes, properties and words of a graph, by IRI, with what is told of each."""
    found: dict[str, dict[str, Any]] = {}
    for row in select(kg.store, prologue() + _DECLARED):
        told = {name: term["value"] for name, term in row.items()}
        kind = _KINDS.get(compact(told["type"]), "word")
        uses = int(told.get("uses", 0))
        found.setdefault(told["term"], _term(told["term"], kind, told, uses))
    for row in select(kg.store, prologue() + _USED):
        iri = row["term"]["value"]
        found.setdefault(iri, _term(iri, row["kind"]["value"], {}, 0))
    return found


def _term(iri: str, kind: str, told: Mapping[str, str], uses: int) -> dict[str, Any]:
    term = {"iri": iri, "kind": kind, "uses": uses}
    return term | {name: told[name] for name in ("label", "definition") if name in told}


def example(kg: Knowledge, query: SavedQuery) -> str:
    """Give a saved query with values for the parameters that it needs, such that it has an answer.

    Comments before it say what it answers, and which values were taken.
    """
    taken = _taken(kg, query)
    about = [query.summary, *(f"{name}: {compact(value)}" for name, value in taken.items())]
    text = kg.filled(query.name, taken) if taken else query.text
    return "".join(f"# {line}\n" for line in about) + with_prefixes(_shortened(text))


def with_prefixes(text: str) -> str:
    r"""Give a query with the declarations of the prefixes that it uses, and of no others.

    >>> with_prefixes("ASK { id:Qwen ?p ?o }")
    'PREFIX id: <https://w3id.org/qwen-kg/id/>\nASK { id:Qwen ?p ?o }'
    """
    body = "\n".join(line for line in text.splitlines() if not line.startswith("PREFIX ")).strip("\n")
    used = {token.text.partition(":")[0] for token in tokens(body) if token.kind == "pname"}
    return "".join(line for line in prologue().splitlines(True) if line.split()[1][:-1] in used) + body


def _shortened(text: str) -> str:
    """Write CURIEs in the place of IRIs, where they are nothing but letters."""
    pieces = []
    for token in tokens(text):
        short = compact(token.text[1:-1]) if token.kind == "iri" else ""
        pieces.append(short if _PLAIN.fullmatch(short) else token.text)
    return "".join(pieces)


def _taken(kg: Knowledge, query: SavedQuery) -> dict[str, str]:
    """Give values for the parameters that a query needs: the likeliest that have an answer."""
    needed = [each for each in query.parameters if each.required]
    choices = [list(enumerate(_choices(kg, each))) for each in needed]
    ranked = sorted(itertools.product(*choices), key=lambda chosen: sum(rank for rank, _ in chosen))
    sets = [
        {each.name: value for each, (_, value) in zip(needed, chosen, strict=True)}
        for chosen in ranked
        if len({value for _, value in chosen}) == len(chosen)
    ][:_TRIES]
    if len(sets) < 2:  # there is nothing to choose
        return sets[0] if sets else {}
    return next((each for each in sets if _answers(kg, kg.filled(query.name, each))), sets[0])


def _choices(kg: Knowledge, parameter: Parameter) -> list[str]:
    """Give values that a parameter might have."""
    if parameter.type != "iri":
        return [_SAMPLES[parameter.type]]
    kind = parameter.class_iri or PREFIXES["qkg"] + "ModelEntity"
    rows = select(kg.store, prologue() + _KNOWN.replace("<%s>", f"<{kind}>"))
    return [row["entity"]["value"] for row in rows]


def _answers(kg: Knowledge, text: str) -> bool:
    """Say whether a query finds something, or says yes; what gives a graph always does."""
    try:
        found = json.loads(kg.store.query(text, accept=RESULTS).body)
    except NotAcceptableError:
        return True
    return bool(found.get("boolean") or found.get("results", {}).get("bindings"))
