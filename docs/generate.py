"""Write the files that are made from others, or with --check name those that are out of date.

python docs/generate.py
python docs/generate.py --check
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import contents
import diagram
import interfaces
import reference
import schemas

from qwen_kg.exports.context import FILE, context
from qwen_kg.exports.jsonld import lay_out

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "python docs/generate.py"


def jsonld_context() -> str:
    """Make the JSON-LD context of the ontology, of all its files together."""
    ontology = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "ontology").glob("*.ttl")))
    return lay_out({"@context": context(ontology)}) + "\n"


def schema(name: str) -> str:
    """Make one of the JSON Schemas for editors."""
    return schemas.as_text(schemas.schemas(ROOT)[name])


#: Pages that people write, with marked places for what is made.
PAGES = ("docs/data-model.md", "docs/authoring.md", "docs/validation.md")

#: Every generated file, relative to the root of the checkout, with what makes its text.
GENERATED: dict[str, Callable[[], str]] = {
    f"ontology/{FILE}": jsonld_context,
    diagram.FILE: partial(diagram.draw, ROOT),
    diagram.PART: partial(diagram.draw_part, ROOT),
    "docs/data.md": partial(contents.contents, ROOT),
    "docs/ontology.md": partial(reference.ontology, ROOT),
    "docs/commands.md": partial(interfaces.commands, ROOT),
    "docs/routes.md": partial(interfaces.routes, ROOT),
    "docs/queries.md": partial(interfaces.queries, ROOT),
    **{page: partial(reference.filled, ROOT / page, ROOT) for page in PAGES},
    **{f"{schemas.FOLDER}/{name}.json": partial(schema, name) for name in schemas.FILES},
}


def stale() -> list[str]:
    """Name the generated files whose text is not what it would be now."""
    return [name for name, make in GENERATED.items() if _text(ROOT / name) != make()]


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


def main(arguments: Sequence[str]) -> int:
    """Write what is stale, or only name it; give the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    names = stale()
    for name in names:
        if arguments:
            print(f"{name} is out of date: run {COMMAND}")
        else:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(GENERATED[name](), "utf-8")
            print(f"{name} written")
    return 1 if arguments and names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
