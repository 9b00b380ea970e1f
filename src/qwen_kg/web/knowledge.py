"""What the web needs of the graph it shows; ``qwen_kg.knowledge_graph.KnowledgeGraph`` has this shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from pyoxigraph import Quad

from qwen_kg.charts import Chart
from qwen_kg.names import NameIndex
from qwen_kg.results import Result, Store
from qwen_kg.search import SearchIndex


class Parameter(Protocol):
    """A parameter of a saved query, of the type iri, string, integer, decimal, boolean or date.

    ``class_iri`` is the class that an entity should be of, if any.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def required(self) -> bool: ...  # noqa: D102
    @property
    def default(self) -> str | None: ...  # noqa: D102
    @property
    def help(self) -> str: ...  # noqa: D102
    @property
    def class_iri(self) -> str | None: ...  # noqa: D102


class SavedQuery(Protocol):
    """A query that is kept under a name."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def summary(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def tags(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def parameters(self) -> Sequence[Parameter]: ...  # noqa: D102
    @property
    def chart(self) -> Chart | None: ...  # noqa: D102


class Knowledge(Protocol):
    """A graph that can be asked.

    ``filled`` gives the text of a saved query with values for its parameters, and ``run`` answers it (both:
    ParameterError, NotFoundError), ``describe`` gives all about one entity
    (NotFoundError), ``graph`` a whole named graph, ``quads`` all there is. ``release`` is the version of the
    data, ``names`` finds what a name means, and ``index`` what has a part of a name.
    """

    @property
    def store(self) -> Store: ...  # noqa: D102
    @property
    def release(self) -> str: ...  # noqa: D102
    @property
    def names(self) -> NameIndex: ...  # noqa: D102
    @property
    def index(self) -> SearchIndex: ...  # noqa: D102
    @property
    def queries(self) -> Mapping[str, SavedQuery]: ...  # noqa: D102

    def filled(self, name: str, parameters: Mapping[str, str]) -> str: ...  # noqa: D102
    def run(self, name: str, parameters: Mapping[str, str], accept: str | None = None) -> Result: ...  # noqa: D102
    def describe(self, iri: str, accept: str | None = None) -> Result: ...  # noqa: D102
    def graph(self, iri: str, accept: str | None = None) -> Result: ...  # noqa: D102
    def quads(self) -> Sequence[Quad]: ...  # noqa: D102
