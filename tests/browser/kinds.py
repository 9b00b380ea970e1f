"""One page of each kind, for what looks at all kinds: accessibility and screenshots.

An entity of each class is taken from the data: the one that most is said of, so that its page has every part.
"""

from __future__ import annotations

from collections.abc import Mapping

from qwen_kg.namespaces import prologue
from qwen_kg.remote import RemoteStore
from qwen_kg.results import Store
from qwen_kg.web.search import page_of
from qwen_kg.web.tables import select

#: The class of an entity, for each kind of page.
CLASSES = {
    "family": "qkg:ModelFamily",
    "series": "qkg:ModelSeries",
    "model": "qkg:Model",
    "variant": "qkg:Variant",
    "licence": "qkg:License",
    "organization": "qkg:Organization",
    "benchmark": "qkg:Benchmark",
    "source": "qkg:Source",
    "passage": "qkg:Passage",
    "statement": "qkg:Statement",
}
#: The pages that are there once, or that a request makes.
PAGES = {
    "home": "/",
    "search": "/search?q=qwen3+vl",
    "picture-index": "/pictures",
    "picture-lineage": "/pictures/lineage",
    "picture-timeline": "/pictures/timeline",
    "picture-scores": "/pictures/scores",
    "picture-context": "/pictures/context",
    "picture-prices": "/pictures/prices",
    "picture-licences": "/pictures/licences",
    "compare": "/compare?variant=Qwen3-8B&variant=Qwen2.5-7B-Instruct&variant=QwQ-32B",
    "disagreements": "/disagreements",
    "queries": "/queries",
    "query": "/queries/successors?model=Qwen2.5-VL",
    "query-chart": "/queries/best-scores?benchmark=GPQA",
    "sparql": "/sparql",
    "ontology": "/ns",
    "graph": "/graph/facts",
    "problem": "/page/Qwen99",
}
_MOST = """
SELECT ?entity (COUNT(*) AS ?statements) {
  ?entity a %s
  { ?said rdf:subject|qkg:evaluates|qkg:onBenchmark|qkg:supportedBy ?entity } UNION { ?entity qkg:supportedBy ?said }
  UNION { ?entity qkg:partOf|^qkg:partOf ?said }
}
GROUP BY ?entity ORDER BY DESC(?statements) ?entity LIMIT 1"""


def kinds(store: Store) -> Mapping[str, str]:
    """Give the path of one page of each kind."""
    found = dict(PAGES)
    for kind, name in CLASSES.items():
        rows = list(select(store, prologue() + _MOST % name))
        found[kind] = page_of(str(rows[0]["entity"]["value"]))
    return found


def of_server(url: str) -> Mapping[str, str]:
    """Give the path of one page of each kind of a server."""
    return kinds(RemoteStore(f"{url}/sparql"))
