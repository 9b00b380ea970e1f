"""The expected answers of the saved queries: reading them, comparing them, and writing them anew.

There are two sets: those over the small data, which stay as they are and can be compared whole, and those over
the whole, which say what people get.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from rdflib import Graph

from qwen_kg.dataset import build
from qwen_kg.knowledge_graph import KnowledgeGraph, open_graph
from qwen_kg.namespaces import PREFIXES, compact
from qwen_kg.saved_queries import read_queries
from qwen_kg.store import LocalStore

from ..small import lay_out

HERE = Path(__file__).parent
SUFFIXES = {"SELECT": "csv", "ASK": "json", "CONSTRUCT": "ttl"}
NUMBERS = {PREFIXES["xsd"] + name for name in ("integer", "decimal")}

#: A cell of a table: nothing, a number, or a text; IRIs are CURIEs.
Cell = Decimal | str | None


@dataclass(frozen=True)
class Case:
    """A saved query with parameters, and a name for the two; ``dataset`` is "small" or "whole"."""

    dataset: str
    query: str
    name: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        return f"{self.query}.{self.name}"

    def path(self, kg: KnowledgeGraph) -> Path:
        return HERE / self.dataset / f"{self.id}.{SUFFIXES[kg.queries[self.query].form]}"


def read_cases(dataset: str) -> list[Case]:
    """Read the index of the cases of a dataset; every value is text, as it is on a command line."""
    document = yaml.load((HERE / dataset / "cases.yaml").read_text("utf-8"), yaml.BaseLoader)
    return [
        Case(dataset, query, name, tuple((parameters or {}).items()))
        for query, cases in document.items()
        for name, parameters in cases.items()
    ]


def bindings(kg: KnowledgeGraph, case: Case) -> tuple[list[str], list[dict[str, Any]]]:
    """Answer a SELECT: its columns, and its solutions as SPARQL JSON gives them."""
    document = json.loads(kg.run(case.query, dict(case.parameters)).body)
    return document["head"]["vars"], document["results"]["bindings"]


def cell(term: dict[str, str] | None) -> Cell:
    """Give a term as a cell."""
    if term is None:
        return None
    if term["type"] == "uri":
        return compact(term["value"])
    return Decimal(term["value"]) if term.get("datatype") in NUMBERS else term["value"]


def table(kg: KnowledgeGraph, case: Case) -> list[list[Cell]]:
    """Answer a SELECT as a table with its header."""
    columns, solutions = bindings(kg, case)
    return [[*columns], *([cell(solution.get(column)) for column in columns] for solution in solutions)]


def expected_table(path: Path, like: list[list[Cell]]) -> list[list[Cell]]:
    """Read an expected table; where ``like`` has a number, the text of the cell is read as one."""
    rows: list[list[Cell]] = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            same = like[number] if number < len(like) else []
            numeric = [isinstance(value, Decimal) for value in same] + [False] * len(row)
            rows.append([_read(text, is_number) for text, is_number in zip(row, numeric, strict=False)])
    return rows


def _read(text: str, is_number: bool) -> Cell:
    if text == "":
        return None
    try:
        return Decimal(text) if is_number else text
    except ArithmeticError:
        return text


def expected_graph(path: Path) -> Graph:
    return Graph().parse(path)


def graph(kg: KnowledgeGraph, case: Case) -> Graph:
    return Graph().parse(data=kg.run(case.query, dict(case.parameters)).body, format="turtle")


def _written(kg: KnowledgeGraph, case: Case) -> str:
    form = kg.queries[case.query].form
    if form == "CONSTRUCT":
        return graph(kg, case).serialize(format="turtle")
    if form == "ASK":
        return json.dumps(json.loads(kg.run(case.query, dict(case.parameters)).body)["boolean"]) + "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_shown(value) for value in row] for row in table(kg, case))
    return text.getvalue()


def _shown(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def files(dataset: str) -> Iterator[Path]:
    """Give the files of expected answers over a dataset."""
    yield from (path for path in (HERE / dataset).iterdir() if path.suffix in {".csv", ".json", ".ttl"})


def main() -> None:
    """Write all answers anew, from the data of this checkout and from the small data."""
    with tempfile.TemporaryDirectory() as directory:
        small = lay_out(Path(directory))
        store = LocalStore.from_nquads(build(small).quads)
        graphs = {
            "small": KnowledgeGraph(store, read_queries(small / "queries")),
            "whole": open_graph(root=HERE.parents[1]),
        }
    for dataset, kg in graphs.items():
        for path in files(dataset):
            path.unlink()
        for case in read_cases(dataset):
            case.path(kg).write_text(_written(kg, case), "utf-8")


if __name__ == "__main__":
    main()
