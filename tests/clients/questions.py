"""What every client asks, so that their answers can be compared with each other and with ours."""

from __future__ import annotations

import json

PROLOGUE = """\
PREFIX qkg: <https://w3id.org/qwen-kg/ns#>
PREFIX id: <https://w3id.org/qwen-kg/id/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

#: An IRI, a literal with a language and one with a datatype in each of some twenty rows.
SELECT = (
    PROLOGUE + "SELECT ?variant ?name ?size { ?variant qkg:totalParameters ?size ; skos:prefLabel ?name }"
)
ASK = PROLOGUE + "ASK { id:Qwen2.5-VL-32B-Instruct qkg:successorOf id:Qwen2.5-VL }"
ASK_FALSE = PROLOGUE + "ASK { id:Qwen2.5-VL qkg:successorOf id:Qwen2.5-VL-32B-Instruct }"
CONSTRUCT = PROLOGUE + "CONSTRUCT WHERE { ?variant qkg:totalParameters ?size ; skos:prefLabel ?name }"
DESCRIBE = PROLOGUE + "DESCRIBE id:Qwen2.5-VL"
BROKEN = "SELECT ?x WHERE { ?x }"

FACTS = "https://w3id.org/qwen-kg/graph/facts"

#: Characters that clients and servers like to lose: outside of ASCII and of the basic plane, reserved, quoted.
AWKWARD = 'é 汉 😀 +&=% "quoted" \\ \t tab'
AWKWARD_LITERAL = json.dumps(
    AWKWARD, ensure_ascii=False
)  # what JSON escapes in it, Turtle and SPARQL escape alike

#: A row of :data:`SELECT` as Python values, whatever a client calls them.
Row = tuple[str, str, int]
