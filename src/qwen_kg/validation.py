"""Three judges of a dataset, one report: OWL 2 RL consistency, SHACL, and checks that must find nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ConstraintLoadError, ShapeLoadError
from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef

from qwen_kg.bridge import graph_of, quads_of
from qwen_kg.closure import Triple
from qwen_kg.errors import DataError, Position
from qwen_kg.files import read_text, read_turtle
from qwen_kg.namespaces import PREFIXES, compact, prologue
from qwen_kg.syntax_errors import PADDING, explain
from qwen_kg.vocabulary import Vocabulary

#: Graphs whose triples are data or needed to judge them; the shapes and the queries are not judged.
UNJUDGED = ("alignments", "shapes", "queries", "description")
JUDGED = ("facts", "statements", "sources", "ontology", "inferred")
_SHAPES = "shapes/shapes.ttl"
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_BEYOND_SHACL = "SHACL judges RDF 1.1: no triples about triples, no texts with a direction"


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: what is wrong with which node, by which check, and where that was written."""

    check: str
    focus: str
    path: str
    message: str
    place: Position | None = field(default=None, compare=False)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        path = f" {compact(self.path)}" if self.path else ""
        return f"{where}{compact(self.focus)}{path}: {self.message} [{self.check}]"


@dataclass(frozen=True)
class Report:
    """The findings of all judges, and how much was judged."""

    findings: tuple[Finding, ...]
    triples: int

    @property
    def conforms(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def text(self) -> str:
        """The report for people, one line a finding."""
        if self.conforms:
            return f"conforms: {self.triples} triples, no finding\n"
        lines = [str(finding) for finding in self.findings]
        plural = "finding" if len(lines) == 1 else "findings"
        return (
            "\n".join([*lines, f"does not conform: {len(lines)} {plural} in {self.triples} triples"]) + "\n"
        )

    def json(self) -> str:
        """The report for machines."""
        rows = [
            {
                "check": finding.check,
                "focusNode": finding.focus,
                "path": finding.path,
                "message": finding.message,
                "file": finding.place.file if finding.place else None,
                "line": finding.place.line if finding.place else None,
                "column": finding.place.column if finding.place else None,
            }
            for finding in self.findings
        ]
        return (
            json.dumps({"conforms": self.conforms, "triples": self.triples, "findings": rows}, indent=2)
            + "\n"
        )

    def turtle(self) -> str:
        """The report as a SHACL validation report (SHACL 3.6), whichever judge found a fault."""
        graph = Graph()
        graph.bind("sh", SH)
        report = BNode()
        graph.add((report, RDF.type, SH.ValidationReport))
        graph.add((report, SH.conforms, Literal(self.conforms)))
        for finding in self.findings:
            result = BNode()
            graph.add((report, SH.result, result))
            graph.add((result, RDF.type, SH.ValidationResult))
            graph.add((result, SH.focusNode, URIRef(finding.focus)))
            graph.add((result, SH.resultSeverity, SH.Violation))
            graph.add((result, SH.resultMessage, Literal(finding.message)))
            graph.add((result, RDFS.label, Literal(finding.check)))
            if finding.path:
                graph.add((result, SH.resultPath, URIRef(finding.path)))
            if finding.place:
                graph.add((result, RDFS.comment, Literal(str(finding.place))))
        return graph.serialize(format="turtle")


Places = Mapping[tuple[URIRef, URIRef | None], Position]


def validate(
    dataset: ox.Store, closed: Set[Triple], shapes: Path, places: Places, triples: Graph | None = None
) -> Report:
    """Judge a dataset.

    Args:
        dataset: all named graphs.
        closed: the OWL 2 RL closure of what is judged.
        shapes: the directory with ``shapes.ttl``, ``checks`` and ``inconsistencies``.
        places: where a node, or a property of it, was written; empty for data without files.
        triples: what is judged; without it, the triples that :func:`judged` gives.
    """
    triples = judged(dataset) if triples is None else triples
    consistency = ox.Store()
    consistency.bulk_extend(quads_of(closed))
    findings = [
        *_ask_nothing(consistency, shapes / "inconsistencies"),
        *_ask_nothing(dataset, shapes / "checks"),
        *_shacl(triples, _read_shapes(shapes / "shapes.ttl", _SHAPES), _SHAPES),
    ]
    placed = sorted(
        {  # a fault that is found twice is told once
            _placed(finding, places, dataset) for finding in findings
        }
    )
    return Report(tuple(placed), len(triples))


def shacl_report(quads: Iterable[ox.Quad], shapes: Path) -> Report:
    """Judge the content of a store, all its graphs as one, by SHACL shapes and by nothing else.

    Args:
        quads: the content; a store is one such.
        shapes: a file of Turtle, or a directory with ``shapes.ttl``; it is read once in a process.

    The classes above a class are those that the content tells of (SHACL 3.2, SHACL types); where the shapes
    are of a root, whose ``ontology`` lies beside their directory, the ontology tells of them too. What RDF
    1.1 has not, a triple that speaks of a triple or a text with a direction, is a finding, because SHACL
    cannot judge it.

    Raises:
        DataError: the shapes cannot be read, or are not SHACL.
    """
    wanted, ontology = _shapes_and_ontology(shapes)
    triples = [quad.triple for quad in quads]
    told = [triple for triple in triples if _is_of_rdf_1_2(triple)]
    content = graph_of(set(triples).difference(told) if told else triples)
    content += ontology
    findings = {
        *(Finding("RDF 1.1", _name(t.subject), _name(t.predicate), _BEYOND_SHACL) for t in told),
        *_shacl(content, wanted, str(shapes)),
    }
    return Report(tuple(sorted(findings)), len(triples))


@cache
def _shapes_and_ontology(shapes: Path) -> tuple[Graph, Graph]:
    file = shapes / "shapes.ttl" if shapes.is_dir() else shapes
    ontology = file.parent.parent / "ontology"
    known = Vocabulary.read(ontology).graph if ontology.is_dir() else Graph()
    return _read_shapes(file, str(file)), known


def _read_shapes(path: Path, shown_as: str) -> Graph:
    """Read shapes, and let the property shapes of a node shape have its targets themselves.

    What they find is the same (SHACL, 4.7.2), and pySHACL then looks at the nodes of a target all at once
    and not one by one, which takes a fifth of the time.
    """
    shapes = read_turtle(path, shown_as)
    for shape in set(shapes.subjects(RDF.type, SH.NodeShape)):
        targets = [(named, target) for named in _TARGETS for target in shapes.objects(shape, named)]
        # Not where the shape is asked for by another, is a class and so a target itself, or is out of use.
        alone = [*shapes.objects(shape, RDF.type)] == [SH.NodeShape] and (None, None, shape) not in shapes
        if targets and alone and not {SH.path, SH.deactivated} & set(shapes.predicates(shape)):
            for part in list(shapes.objects(shape, SH.property)):
                if (part, SH.path, None) in shapes:
                    shapes.remove((shape, SH.property, part))
                    for named, target in targets:
                        shapes.add((part, named, target))
    return shapes


def _name(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _is_of_rdf_1_2(triple: ox.Triple) -> bool:
    value = triple.object
    return isinstance(value, ox.Triple) or (isinstance(value, ox.Literal) and value.direction is not None)


def judged(dataset: ox.Store) -> Graph:
    """Give the triples of a dataset that are judged; all of them where its graphs are not ours."""
    graphs = [ox.NamedNode(PREFIXES["graph"] + name) for name in JUDGED]
    triples = [q.triple for name in graphs for q in dataset.quads_for_pattern(None, None, None, name)]
    known = {*graphs, *(ox.NamedNode(PREFIXES["graph"] + name) for name in UNJUDGED)}
    triples += [q.triple for q in dataset if q.graph_name not in known]  # of a file from elsewhere
    return graph_of(triples)


def _ask_nothing(store: ox.Store, directory: Path) -> Iterator[Finding]:
    """Run each query of a directory; each solution is a fault, and the file name says of what kind."""
    for path in sorted(directory.glob("*.rq")):
        shown_as = f"shapes/{directory.name}/{path.name}"
        for solution in _solutions(store, read_text(path, shown_as), shown_as):
            focus, where, message = solution["focus"], solution["path"], solution["message"]
            named = where.value if isinstance(where, ox.NamedNode) else ""
            told = message.value if isinstance(message, ox.Literal) else ""
            yield Finding(path.stem, _name(focus), named, told)


def _solutions(store: ox.Store, text: str, shown_as: str) -> ox.QuerySolutions:
    try:
        solutions = store.query(prologue() + text + PADDING, use_default_graph_as_union=True)
    except SyntaxError as error:
        fault = explain(prologue() + text, str(error))
        line = max((fault.line or 1) - prologue().count("\n"), 1)
        raise DataError([(Position(shown_as, line, fault.column or 1), fault.message)]) from None
    if not (
        isinstance(solutions, ox.QuerySolutions)
        and {"focus", "path", "message"} <= {v.value for v in solutions.variables}
    ):
        raise DataError([(Position(shown_as, 1), "a check selects ?focus, ?path and ?message")])
    return solutions


def _shacl(graph: Graph, shapes: Graph, shown_as: str) -> Iterator[Finding]:
    try:
        _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    except (ShapeLoadError, ConstraintLoadError) as error:
        raise DataError([(Position(shown_as, 1), f"not SHACL: {error}")]) from None
    if not isinstance(results, Graph):
        raise TypeError(f"pySHACL could not validate: {results}")
    for result in results.subjects(RDF.type, SH.ValidationResult):
        focus = results.value(result, SH.focusNode)
        path = results.value(result, SH.resultPath)
        message = results.value(result, SH.resultMessage)
        value = results.value(result, SH.value)
        shown = (
            f"{message} (found: {compact(str(value))})"
            if value is not None and value != focus
            else str(message)
        )
        yield Finding("shape", str(focus), str(path) if isinstance(path, URIRef) else "", shown)


def _placed(finding: Finding, places: Places, dataset: ox.Store) -> Finding:
    focus = URIRef(finding.focus)
    for key in (
        (focus, URIRef(finding.path) if finding.path else None),
        (focus, None),
        *_around(focus, dataset),
    ):
        if key in places:
            return Finding(finding.check, finding.focus, finding.path, finding.message, places[key])
    return finding


def _around(focus: URIRef, dataset: ox.Store) -> Iterable[tuple[URIRef, None]]:
    """Give the nodes that point to one without a place of its own, such as the subject of a quantity."""
    if "://" not in focus:
        return []
    pointing = dataset.quads_for_pattern(None, None, ox.NamedNode(str(focus)))
    return [(URIRef(q.subject.value), None) for q in pointing if isinstance(q.subject, ox.NamedNode)]
