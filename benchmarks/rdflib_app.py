"""The rdflib-endpoint that is measured, made as its documentation shows; uvicorn imports it."""

import os

from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint

graph = Dataset(store=os.environ["BENCHMARKS_STORE"], default_union=True)
graph.parse(os.environ["BENCHMARKS_DATA"], format="nquads")
app = SparqlEndpoint(graph=graph)
