"""Finds the hubs of repositories that ms-swift lacks: ``python data/tooling/hub_links.py ../shared/sources``.

Writes ``data/facts/hub-links.csv``: for each repository of ``INVENTORY.md`` that the list of ms-swift does
not link on a hub, the first line of an official text (else of llmfit, which is made from Hugging Face) that
links to it there or names it with its owner. Names are written as they stand there; none is made up.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import ms_swift
from repositories import DATA, Source, builds, sources, weights, write

#: The forms of a name on a hub, the best first: a link, the argument of a command that downloads from there,
#: or a name with its owner in code or prose, if the line does not speak of the other hub.
FORMS = {
    "huggingFaceId": [
        r"https?://(?:www\.)?huggingface\.co/(Qwen/{})",
        r"(?:huggingface-cli download |\bhf\.co/)(Qwen/{})",
        r"^(?!.*(?i:modelscope)).*?(?<![\w/.-])(Qwen/{})",
    ],
    "modelScopeId": [
        r"https?://(?:www\.)?modelscope\.cn/(?:models/)?([Qq]wen/{})",
        r"(?:modelscope download --model |\bmodelscope\.cn/)([Qq]wen/{})",
    ],
}
END = r"(?![\w-]|\.\w)"


def first(texts: list[Source], form: str, name: str) -> tuple[str, str, int] | None:
    """Give the first place that names a repository in a form: the name there, source and line."""
    pattern = re.compile(form.format(re.escape(name)) + END)
    for text in texts:
        for number, line in enumerate(text.lines, 1):
            if found := pattern.search(line):
                return found[1], text.id, number
    return None


def main(folder: Path) -> None:
    """Write the table."""
    linked = {(row[0], row[1]) for row in ms_swift.links(folder)}
    at_hand = sources(folder)
    texts = [s for s in at_hand if s.kind == "official"] + [s for s in at_hand if s.id == "llmfit"]
    rows, without = [], []
    for name in [*weights(folder), *builds(folder)]:
        for key, forms in FORMS.items():
            if (name, key) in linked:
                continue
            places = (first(texts, form, name) for form in forms)
            if place := next(filter(None, places), None):
                rows.append([name, key, *place])
            elif key == "huggingFaceId":
                without.append(name)
    write(DATA / "facts" / "hub-links.csv", ["subject", "property", "value", "source", "locator"], rows)
    print(f"without a place on Hugging Face: {', '.join(without) or 'none'}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
