"""The ways to call another endpoint from a query (SPARQL 1.1 Federated Query), by where the call stands.

``{0}`` is the address, and ``{1}`` what of it follows the first four characters.
"""

from __future__ import annotations

SERVICES = {
    "constant": "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "silent": "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "by VALUES": "SELECT * {{ VALUES ?e {{ <{0}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
    "by VALUES, silent": "SELECT * {{ VALUES ?e {{ <{0}> }} SERVICE SILENT ?e {{ ?s ?p ?o }} }}",
    "by BIND": "SELECT * {{ BIND(IRI(CONCAT('{0}', '')) AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
    "unbound": "SELECT * {{ SERVICE ?e {{ ?s ?p ?o }} VALUES ?e {{ <{0}> }} }}",
    "by a prefix": "PREFIX e: <{0}> SELECT * {{ SERVICE e: {{ ?s ?p ?o }} }}",
    "by the base": "BASE <{0}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "in lower case": "select * {{ service <{0}> {{ ?s ?p ?o }} }}",
    "glued to the name": "PREFIX e: <{0}> SELECT * {{ SERVICEe: {{ ?s ?p ?o }} }}",
    "after a comment that is none": "SELECT * {{ ?a ?b ?c FILTER(?a<#x>\n) SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "with a comment between": "SELECT * {{ SERVICE#\n<{0}>#\n{{ ?s ?p ?o }} }}",
    "in a subselect": "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "in EXISTS": "ASK {{ FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "in OPTIONAL": "SELECT * {{ OPTIONAL {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }} }}",
    "in MINUS": "SELECT * {{ ?s ?p ?o MINUS {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }} }}",
    "in GRAPH": "SELECT * {{ GRAPH ?g {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "in SERVICE": "SELECT * {{ SERVICE <x:none> {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "to construct": "CONSTRUCT WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "to construct from a pattern": "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "to describe": "DESCRIBE ?s {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "with escapes in the keyword": "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "with escapes in the address": "SELECT * {{ SERVICE <\\u0068ttp{1}> {{ ?s ?p ?o }} }}",
}
