"""Queries that do not come to an end, of every kind that an engine knows, over any graph of some size.

Each was seen to run for more than six seconds by itself over the graph of this package.
"""

from __future__ import annotations

_TWO = "?a ?b ?c . ?d ?e ?f"
_THREE = _TWO + " . ?g ?h ?i"


def _doubling(times: int) -> str:
    return "BIND('aaaaaaaaaaaaaaaa' AS ?x0)" + "".join(
        f" BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(times)
    )


def _growing(times: int) -> str:
    sixteen = "'aaaaaaaaaaaaaaaa'"
    return f"BIND({sixteen} AS ?x0)" + "".join(
        f" BIND(REPLACE(?x{number}, 'a', {sixteen}) AS ?x{number + 1})" for number in range(times)
    )


_THIRTY = " ".join(str(number) for number in range(30))
_VALUES = " ".join(f"VALUES ?v{number} {{ {_THIRTY} }}" for number in range(8))

SLOW: dict[str, str] = {
    "count of a cross product": f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }}",
    "rows of a cross product": f"SELECT * {{ {_THREE} }}",
    "cross product of twelve": "SELECT (COUNT(*) AS ?n) {"
    + " . ".join(f"?s{number} ?p{number} ?o{number}" for number in range(12))
    + "}",
    "joins in a chain of thirty": "SELECT (COUNT(*) AS ?n) {"
    + " . ".join(f"?s{number} ?p{number} ?s{number + 1}" for number in range(30))
    + "}",
    "sort": f"SELECT ?a ?d {{ {_THREE} }} ORDER BY ?c ?f LIMIT 1",
    "sort by an expression": f"SELECT ?a {{ {_TWO} }} ORDER BY SHA512(CONCAT(STR(?a), STR(?f))) LIMIT 1",
    "group": f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {_THREE} }} GROUP BY ?a ?d ORDER BY ?n LIMIT 1",
    "having": f"SELECT ?a {{ {_TWO} }} GROUP BY ?a HAVING (COUNT(DISTINCT ?d) < 0)",
    "distinct": f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?c ?f {{ {_THREE} }} }}",
    "distinct in an aggregate": f"SELECT (COUNT(DISTINCT ?k) AS ?n) {{ {_TWO} BIND(CONCAT(STR(?c), STR(?f)) AS ?k) }}",
    "reduced": f"SELECT REDUCED ?a {{ {_THREE} }}",
    "offset": f"SELECT * {{ {_TWO} }} OFFSET 100000000000 LIMIT 1",
    "path without end": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>)* ?b . ?c (!<x:y>)* ?d }",
    "path in both directions": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^(!<x:y>))+ ?b }",
    "path of nine steps": "SELECT (COUNT(*) AS ?n) { ?a " + "/".join(["(!<x:y>)"] * 9) + " ?b }",
    "regular expression": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} "
    "FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?c)), CONCAT('(.*a){20}', STRLEN(STR(?f)), '$'))) }",
    "text growing by REPLACE": f"SELECT (STRLEN(?x9) AS ?n) {{ {_growing(9)} }}",
    "text doubled by BIND": f"SELECT (STRLEN(?x40) AS ?n) {{ {_doubling(40)} }}",
    "text in one by GROUP_CONCAT": f"SELECT (STRLEN(GROUP_CONCAT(?s)) AS ?n) {{ {_TWO} BIND(CONCAT(STR(?a), STR(?d)) AS ?s) }}",
    "text made for every row": f"SELECT (SUM(STRLEN(CONCAT(STR(?a), STR(?c), STR(?d), STR(?f)))) AS ?n) {{ {_TWO} }}",
    "hashes": f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?f)))) AS ?m) {{ {_TWO} }}",
    "optional in optional": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i OPTIONAL { ?j ?k ?l } } } }",
    "optional in a row": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c "
    + " ".join(f"OPTIONAL {{ ?x{number} ?y{number} ?z{number} }}" for number in range(10))
    + "}",
    "unions joined": "SELECT (COUNT(*) AS ?n) {"
    + " ".join(
        "{ { ?s? ?p? ?o? } UNION { ?o? ?p? ?s? } UNION { ?s? ?o? ?p? } }".replace("? ", f"{number} ")
        for number in range(6)
    )
    + "}",
    "fifty unions": "SELECT (COUNT(*) AS ?n) {"
    + " UNION ".join(f"{{ ?a ?b ?c . ?d{number} ?e{number} ?f{number} }}" for number in range(50))
    + "}",
    "subselects joined": "SELECT (COUNT(*) AS ?n) { { SELECT ?a ?x { ?a ?b ?c . ?x ?y ?z } } { SELECT ?d ?u { ?d ?e ?f . ?u ?v ?w } } }",
    "minus": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} MINUS {{ ?a ?x ?d . ?d ?y ?a }} }}",
    "minus of a cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c MINUS { ?d ?e ?f . ?g ?h ?c } }",
    "not exists": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} FILTER NOT EXISTS {{ ?a ?x ?d . ?d ?y ?a }} }}",
    "not exists in an ASK": f"ASK {{ FILTER NOT EXISTS {{ {_THREE} FILTER(STR(?a) = CONCAT(STR(?d), 'x')) }} }}",
    "exists": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} FILTER EXISTS {{ ?c ?x ?y . ?f ?z ?w FILTER(?y = ?w) }} }}",
    "values": f"SELECT (COUNT(*) AS ?n) {{ {_VALUES} }}",
    "values in an ASK": f"ASK {{ {_VALUES} FILTER({' + '.join(f'?v{number}' for number in range(8))} = -1) }}",
    "construct": f"CONSTRUCT {{ ?a ?b ?f }} {{ {_THREE} }}",
    "describe": f"DESCRIBE ?a ?d ?g {{ {_THREE} }}",
}

#: One that needs no memory, for tests that are not about the query.
RUNAWAY = SLOW["count of a cross product"]
