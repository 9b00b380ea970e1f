"""What the endpoint can do, in the vocabulary of SPARQL 1.1 Service Description."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from qwen_kg.formats import FORMATS, Kind, negotiate
from qwen_kg.namespaces import PREFIXES, expand
from qwen_kg.results import Result, Store
from qwen_kg.web.tables import select

_GRAPHS = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_TOTAL = "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }"

# The names of the formats that have one (https://www.w3.org/ns/formats/).
_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "nquads": "N-Quads",
}
_TYPE = "rdf:type"
_HOW = {"sd:SPARQL11Update": "sd:supportedLanguage"}


def describe(store: Store, endpoint: str, accept: str | None, features: Sequence[str] = ()) -> Result:
    """Describe the endpoint at an address: languages, formats, and the graphs the store has now.

    Args:
        store: what is served.
        endpoint: its address.
        accept: an Accept header.
        features: what it can do beside answering queries, as CURIEs of ``sd:Language`` or ``sd:Feature``.

    Raises:
        NotAcceptableError: no RDF format is accepted.
    """
    chosen = negotiate(accept, Kind.GRAPH)
    service, dataset, default = ox.BlankNode("service"), ox.BlankNode("dataset"), ox.BlankNode("default")
    triples = [
        _triple(service, _TYPE, _term("sd:Service")),
        _triple(service, "sd:endpoint", ox.NamedNode(endpoint)),
        _triple(service, "sd:supportedLanguage", _term("sd:SPARQL11Query")),
        _triple(service, "sd:feature", _term("sd:UnionDefaultGraph")),
        *(_triple(service, _HOW.get(name, "sd:feature"), _term(name)) for name in features),
        _triple(service, "sd:defaultDataset", dataset),
        _triple(dataset, _TYPE, _term("sd:Dataset")),
        _triple(dataset, "sd:defaultGraph", default),
        _triple(default, _TYPE, _term("sd:Graph")),
    ]
    for each in FORMATS:
        if each.kinds != {Kind.DATASET}:
            triples.append(_triple(service, "sd:resultFormat", _format(each.name)))
            triples.append(
                _triple(
                    _format(each.name), "http://www.w3.org/ns/formats/media_type", ox.Literal(each.media_type)
                )
            )
    for number, row in enumerate(select(store, _GRAPHS)):
        named, graph, size = (
            ox.BlankNode(f"named{number}"),
            ox.BlankNode(f"graph{number}"),
            int(row["triples"]["value"]),
        )
        triples += [
            _triple(dataset, "sd:namedGraph", named),
            _triple(named, _TYPE, _term("sd:NamedGraph")),
            _triple(named, "sd:name", ox.NamedNode(row["graph"]["value"])),
            _triple(named, "sd:graph", graph),
            _triple(graph, _TYPE, _term("sd:Graph")),
            _triple(graph, "void:triples", ox.Literal(size)),
        ]
    for row in select(store, _TOTAL):
        triples.append(_triple(default, "void:triples", ox.Literal(int(row["triples"]["value"]))))
    triples.sort(key=lambda triple: (str(triple.subject) != str(service), str(triple.subject)))  # to be read
    used = {prefix: PREFIXES[prefix] for prefix in ("rdf", "sd", "void", "xsd")}
    rdf_format = ox.RdfFormat.from_media_type(chosen.media_type)
    return Result(chosen.media_type, ox.serialize(triples, format=rdf_format, prefixes=used) or b"")


def _triple(
    subject: ox.NamedNode | ox.BlankNode, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal
) -> ox.Triple:
    """Make a triple; the predicate is a CURIE or an IRI."""
    return ox.Triple(subject, _term(predicate), value)


def _term(name: str) -> ox.NamedNode:
    """Make a node of a CURIE or an IRI."""
    return ox.NamedNode(name if "//" in name else expand(name))


def _format(name: str) -> ox.NamedNode:
    """Give the name that W3C gave a format."""
    return ox.NamedNode("http://www.w3.org/ns/formats/" + _NAMES[name])
