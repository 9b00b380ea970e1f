"""The order of the modules: each imports only what stands above it in this list."""

import ast
from pathlib import Path

import qwen_kg

PACKAGE = Path(qwen_kg.__file__).parent

#: From the ground up. A package stands for all its modules, which may import each other.
FLOORS = [
    ["errors", "namespaces", "limits", "literals", "slips"],
    ["edtf", "formats", "lexer"],
    ["sparql"],
    ["results", "syntax_errors", "updates", "written_forms", "bridge", "serialization", "federation"],
    ["files", "settings"],
    ["authoring", "remote", "vocabulary", "writing"],
    ["charts"],
    ["store", "saved_queries", "values", "names", "search", "content"],
    ["assertions", "evidence", "exports", "description"],
    ["entities"],
    ["statements", "nodes", "resolution", "tables"],
    ["events", "closure"],
    ["builder", "validation", "root"],
    ["check_sources", "dataset"],
    ["ready"],
    ["knowledge_graph", "workers"],
    ["__init__"],
    ["web"],
    ["cli"],
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}


def modules() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] == "packaged":  # the data that a wheel brings, with the scripts that made some of them
            continue
        found.setdefault(parts[0], []).append(path)
    return found


def imported(path: Path) -> set[str]:
    """Give the top-level modules of ours that a file imports; ``qwen_kg`` itself is ``__init__``."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "qwen_kg":
            rest = node.module.split(".")[1:]
            names |= {rest[0]} if rest else {a.name if a.name in FLOOR_OF else "__init__" for a in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first, *rest = alias.name.split(".")
                if first == "qwen_kg":
                    names.add(rest[0] if rest else "__init__")
    return names


def test_every_module_has_its_floor() -> None:
    assert set(modules()) == set(FLOOR_OF)


def test_imports_go_down_only() -> None:
    upwards = [
        f"{path.relative_to(PACKAGE)} (floor {FLOOR_OF[name]}) imports {other} (floor {FLOOR_OF[other]})"
        for name, paths in modules().items()
        for path in paths
        for other in imported(path) - {name}
        if FLOOR_OF[other] >= FLOOR_OF[name]
    ]
    assert upwards == []


def test_no_module_is_too_long_to_hold_in_mind() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for paths in modules().values()
        for path in paths
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert long == {}
