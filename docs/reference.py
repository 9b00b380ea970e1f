"""The page on the ontology, and the tables that stand in pages which people write.

A page that is made whole is one function here. A page that people write has marked places in it, and
:func:`filled` puts the tables there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mistakes import FILES, MISTAKES, MODEL, said_of
from pages import NOTICE, named, page, table
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from schemas import RECORDS, help_of

from qwen_kg.description import GRAPHS
from qwen_kg.namespaces import PREFIXES
from qwen_kg.vocabulary import QKG, Vocabulary, qkg

# --- the ontology


def ontology(root: Path) -> str:
    """Make the list of all classes, properties and words."""
    vocabulary = Vocabulary.read(root / "ontology")
    graph = vocabulary.graph
    parts = [
        "# The ontology",
        NOTICE,
        f"Every term of `{QKG}`, usually written with the prefix `qkg:`. The [data model](data-model.md) "
        "explains how they work together. A property that is *stated* may be given in a data file, and its "
        "plain triples come only from accepted statements. Of a property with *one value*, two values of a "
        "subject disagree, and the [resolution](resolution.md) decides between them.",
        "## Classes",
        table(("class", "definition", "below"), _classes(graph)),
        "No two of these can share an instance:",
        "\n".join(f"- {', '.join(f'`{named(c)}`' for c in group)}" for group in _disjoint(graph)),
        "## Properties",
    ]
    for title, names in _sections((root / "ontology" / "qwen-kg.ttl").read_text("utf-8")):
        rows = [_property_row(vocabulary, name) for name in names if name in vocabulary.properties]
        if rows:
            parts += [
                f"### {title}",
                table(("property", "definition", "domain", "range", "below", "marks"), rows),
            ]
    annotations = _in_order(t for t in graph.subjects(RDF.type, OWL.AnnotationProperty) if _ours(t))
    annotation_rows = [_annotation_row(graph, term) for term in annotations]
    parts += [
        "### Marks of the ontology itself",
        table(("property", "definition", "domain", "range"), annotation_rows),
        "## Closed vocabularies",
        "The words are SKOS concepts. A data file may use a name, a label or another spelling.",
    ]
    schemes = _in_order(s for s in graph.subjects(RDF.type, SKOS.ConceptScheme) if _ours(s))
    for scheme in schemes:
        users = sorted(row.name for row in vocabulary.properties.values() if row.scheme == scheme)
        parts += [
            f"### {graph.value(scheme, SKOS.prefLabel)}",
            f"{graph.value(scheme, SKOS.definition)} Scheme `{named(scheme)}`, for {_listed(users)}.",
            table(("word", "label", "other spellings", "definition", "below"), _concepts(graph, scheme)),
        ]
    units = _in_order(unit for unit in graph.subjects(RDF.type, qkg("Unit")) if _ours(unit))
    meanings = [(graph.value(u, SKOS.prefLabel), graph.value(u, SKOS.definition)) for u in units]
    parts += [
        "### units",
        "Units that QUDT does not have; the others are from `unit:`.",
        table(
            ("unit", "label", "definition"),
            [(f"`{named(unit)}`", *meaning) for unit, meaning in zip(units, meanings, strict=True)],
        ),
    ]
    return page(parts)


def _in_order(terms: Iterable[Node]) -> list[Node]:
    return sorted(terms, key=str)


def _ours(term: Node) -> bool:
    return isinstance(term, URIRef) and term.startswith(QKG)


def _classes(graph: Graph) -> Iterator[Sequence[object]]:
    for term in graph.subjects(RDF.type, OWL.Class):
        if _ours(term):
            yield f"`{named(term)}`", graph.value(term, SKOS.definition), _terms(graph, term, RDFS.subClassOf)


def _disjoint(graph: Graph) -> Iterator[list[Node]]:
    groups = []
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        members = graph.value(axiom, OWL.members)
        if members is not None:
            groups.append(list(Collection(graph, members)))
    yield from sorted(groups, key=lambda group: [str(term) for term in group])


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give the titles that the comments of the ontology give to groups of properties, in its order."""
    for block in re.split(r"^#### ", text, flags=re.M)[1:]:
        title, _, rest = block.partition("\n")
        yield title, re.findall(r"^qkg:(\w+) a ", rest, flags=re.M)


def _property_row(vocabulary: Vocabulary, name: str) -> Sequence[object]:
    row, graph = vocabulary.properties[name], vocabulary.graph
    marks = [
        ("stated", row.stated),
        ("one value", row.single_valued),
        ("functional", (row.iri, RDF.type, OWL.FunctionalProperty) in graph),
        ("transitive", (row.iri, RDF.type, OWL.TransitiveProperty) in graph),
        ("symmetric", (row.iri, RDF.type, OWL.SymmetricProperty) in graph),
        ("asymmetric", (row.iri, RDF.type, OWL.AsymmetricProperty) in graph),
        ("irreflexive", (row.iri, RDF.type, OWL.IrreflexiveProperty) in graph),
        ("binary prefixes", row.binary_prefixes),
    ]
    said = [word for word, holds in marks if holds]
    if row.unit:
        said.append(f"in `{named(row.unit)}`")
    reach = f"a word of `{named(row.scheme)}`" if row.scheme else f"`{named(row.range)}`"
    return (
        f"`{name}`",
        graph.value(row.iri, SKOS.definition),
        f"`{named(row.domain)}`",
        reach,
        _terms(graph, row.iri, RDFS.subPropertyOf),
        ", ".join(said),
    )


def _annotation_row(graph: Graph, term: Node) -> Sequence[object]:
    ends = [graph.value(term, end) for end in (RDFS.domain, RDFS.range)]
    return f"`{named(term)}`", graph.value(term, SKOS.definition), *(f"`{named(e)}`" for e in ends if e)


def _concepts(graph: Graph, scheme: Node) -> Iterator[Sequence[object]]:
    for term in graph.subjects(SKOS.inScheme, scheme):
        yield (
            f"`{named(term)}`",
            graph.value(term, SKOS.prefLabel),
            ", ".join(sorted(map(str, graph.objects(term, SKOS.altLabel)))),
            graph.value(term, SKOS.definition),
            _terms(graph, term, SKOS.broader),
        )


def _terms(graph: Graph, term: Node, predicate: URIRef) -> str:
    return ", ".join(f"`{named(other)}`" for other in _in_order(graph.objects(term, predicate)))


# --- parts of pages that people write


def record_table(name: str) -> str:
    """Make the table of the keys of a record of data files."""
    record = RECORDS[name]
    rows = []
    for field_name, field in record.model_fields.items():
        key = field.alias or field_name
        if field.exclude or key in {"at", "value_at"}:
            continue
        needed = "required" if field.is_required() else ""
        rows.append((f"`{key}`", needed, help_of(record, key)))
    return table(("key", "", "meaning"), rows)


def sample_files() -> str:
    """Show the data files that the mistakes are made in."""
    shown = [name for name in FILES if name.startswith(("data/sources", "data/models"))]
    return "\n\n".join(f"```yaml\n# {name}\n{FILES[name].strip()}\n```" for name in shown)


def mistakes(root: Path) -> str:
    """Make the table of mistakes, with what the build says of each."""
    parts = []
    for mistake in MISTAKES:
        code, message = said_of(mistake, root)
        first, *more = message.splitlines()
        others = f"\n... and {len(more)} more" if more else ""
        parts.append(
            f"**{mistake.title}** (exit code {code})\n\n```text\n{_difference(mistake.right, mistake.wrong)}"
            f"\n\n{first}{others}\n```"
        )
    return "\n\n".join(parts)


def _difference(right: str, wrong: str) -> str:
    """Show the line that was wrong; of several, the one that was added."""
    old = right.splitlines()
    added = [line.strip() for line in wrong.splitlines() if line not in old]
    whole = next((line for line in FILES[MODEL].splitlines() if right in line), None)
    return whole.replace(right, wrong).strip() if whole and len(added) == 1 else "\n".join(added)


def shapes(root: Path) -> str:
    """List the shapes with what each demands."""
    graph = Graph().parse(root / "shapes" / "shapes.ttl")
    blocks = []
    for shape in sorted(graph.subjects(RDF.type, SH.NodeShape), key=str):
        if not isinstance(shape, URIRef):
            continue
        targets = [f"`{named(t)}`" for t in _in_order(graph.objects(shape, SH.targetClass))]
        targets += [f"what has `{named(t)}`" for t in _in_order(graph.objects(shape, SH.targetSubjectsOf))]
        demands = [graph.value(p, SH.message) for p in graph.objects(shape, SH.property)]
        demands.append(graph.value(shape, SH.message))
        lines = sorted({str(demand) for demand in demands if demand})
        head = f"- **{graph.value(shape, RDFS.label)}** ({', '.join(targets)})"
        blocks.append("\n".join([head, *(f"  - {line}" for line in lines)]))
    return "\n".join(blocks)


def first_comments(directory: Path, meaning: str) -> str:
    """List the queries of a directory by name, each with its first comment."""
    rows = []
    for path in sorted(directory.glob("*.rq")):
        comment = path.read_text("utf-8").splitlines()[0]
        rows.append((f"`{path.stem}`", comment.removeprefix("#").strip().removeprefix("OWL 2 RL, ")))
    return table(("name", meaning), rows)


def graphs(_: Path) -> str:
    """List the named graphs with what is in each."""
    return table(("graph", "what is in it"), [(f"`graph:{name}`", about) for name, about in GRAPHS.items()])


def prefixes(_: Path) -> str:
    """List our prefixes."""
    ours = [name for name, iri in PREFIXES.items() if "qwen-kg" in iri]
    return table(("prefix", "IRI"), [(f"`{name}:`", f"`{PREFIXES[name]}`") for name in ours])


#: The marked places of pages, by name.
PARTS: dict[str, Callable[[Path], str]] = {
    "graphs": graphs,
    "prefixes": prefixes,
    "shapes": shapes,
    "checks": lambda root: first_comments(root / "shapes" / "checks", "what holds"),
    "inconsistencies": lambda root: first_comments(root / "shapes" / "inconsistencies", "rule of OWL 2 RL"),
    "sample": lambda _: sample_files(),
    "mistakes": mistakes,
    **{name: lambda _, name=name: record_table(name) for name in RECORDS},  # type: ignore[misc]
}

_PLACE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.S)


def filled(written: Path, root: Path) -> str:
    """Give the text of a page with its marked places filled anew.

    Raises:
        KeyError: a place is marked with a name that is not in :data:`PARTS`.
    """
    return _PLACE.sub(
        lambda found: f"{found[1]}\n{PARTS[found[2]](root)}\n\n{found[3]}", written.read_text("utf-8")
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "statements"
