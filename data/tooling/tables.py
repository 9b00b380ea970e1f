"""Reads the tables of Markdown files with their lines, and the variants and benchmarks that they name.

``markdown_tables`` gives the tables, ``variant`` the id of the variant that the head of a column or line
means, and ``Benchmarks`` the id of a benchmark from any of its spellings in ``data/benchmarks.yaml``.
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

DATA = Path(__file__).parents[1]
COLUMNS = ["variant", "benchmark", "metric", "setting", "score", "unit", "source", "locator", "standing"]


@dataclass
class Line:
    """A line of a table: its number in the file, its cells as plain text, and the heading line above it."""

    number: int
    cells: list[str]
    group: str = ""


@dataclass
class Table:
    """A table: the number of its head, its section, whether a comment hides it, its lines."""

    number: int
    section: str
    hidden: bool
    head: list[str]
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Score:
    """A line of ``data/evaluations``."""

    variant: str
    benchmark: str
    metric: str
    setting: str
    score: str
    unit: str
    source: str
    locator: str
    standing: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Give what may stand only once: everything but the place."""
        return (
            self.variant,
            self.benchmark,
            self.metric,
            self.setting,
            self.score,
            self.unit,
            self.source,
        )


def plain(cell: str) -> str:
    """Take the marks of Markdown and HTML out of a cell: bold, links, notes, entities, markers of tables."""
    cell = re.sub(r"</?(br|sub|sup)\b ?/?>", " ", cell)
    cell = re.sub(r"<(?!\d)[^<>]*>|-->|<!--", "", cell)
    cell = re.sub(r"\[\^\w+\]", "", cell)
    cell = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", cell)
    cell = cell.replace("&nbsp;", " ").replace("&emsp;", " ").replace("\\_", "_").replace("\\*", "")
    return re.sub(r"\s+", " ", re.sub(r"\*+|(?<!\w)_+|_+(?!\w)|`", "", cell)).strip()


def markdown_tables(text: str) -> list[Table]:
    """Read the tables of a file, in their order."""
    tables: list[Table] = []
    lines = text.splitlines()
    hidden, section, table, group = False, "", None, ""
    for number, line in enumerate(lines, 1):
        opened = "<!--" in line
        if opened and line.rfind("-->") < line.rfind("<!--"):
            hidden = True
        if found := re.match(r"\s*(?:<!--\s*)?#{1,6}\s+(.*)", line):
            section = plain(found[1])
        if "|" not in line or not re.match(r"\s*(<!--\s*)?\|?", line) or line.count("|") < 2:
            table = None
        else:
            cells = [plain(cell) for cell in _split(line)]
            if table is None:
                following = lines[number] if number < len(lines) else ""
                if re.fullmatch(r"\s*\|?[\s:|-]*-[\s:|-]*\|?[\s:|-]*", following) and "|" in following:
                    table = Table(number, section, hidden, cells)
                    tables.append(table)
                    group = ""
            elif not all(re.fullmatch(r":?-*:?", cell) for cell in cells) or any(cells[1:]):
                if number == table.number + 1:
                    continue
                if not any(cells[1:]):
                    group = cells[0]
                else:
                    table.lines.append(Line(number, cells, group))
        if "-->" in line and line.rfind("-->") > line.rfind("<!--"):
            hidden = False
    return tables


def _split(line: str) -> list[str]:
    """Cut a line of a table into its cells."""
    line = re.sub(r"^\s*(<!--\s*)?\||(\|\s*(-->)?\s*)$", "", line.rstrip())
    return [part.strip() for part in re.split(r"(?<!\\)\|", line)]


#: What tables call variants that have another id, that of their repository on Hugging Face.
VARIANTS = {
    "Qwen-1.8B": "Qwen-1_8B",
    "Qwen-1.8B-Chat": "Qwen-1_8B-Chat",
    "Qwen-7B-chat": "Qwen-7B-Chat",
    "Qwen-14B-chat": "Qwen-14B-Chat",
    "Qwen-72B-chat": "Qwen-72B-Chat",
    "CodeQwen1.5-7B-chat": "CodeQwen1.5-7B-Chat",
    "CodeQwen1.5": "CodeQwen1.5-7B",
    "CodeQwen1.5-Chat": "CodeQwen1.5-7B-Chat",
    "Qwen1.5-7B-MoE": "Qwen1.5-MoE-A2.7B",
}

#: The variants with weights, as their repositories are named; sizes of one line share a pattern.
PATTERN = re.compile(
    r"Qwen-(1_8|7|14|72)B(-Chat)?(-Int[48])?|Qwen-VL(-Chat(-Int4)?|-Plus|-Max)?|Qwen-Audio(-Chat)?"
    r"|Qwen1\.5-(0\.5|1\.8|4|7|14|32|72|110)B(-Chat)?(-GPTQ-Int[48]|-AWQ)?|Qwen1\.5-MoE-A2\.7B(-Chat)?"
    r"|CodeQwen1\.5-7B(-Chat)?"
    r"|Qwen2-((0\.5|1\.5|7|72)B|57B-A14B)(-Instruct(-AWQ|-GPTQ-Int[48])?)?|Qwen2-Math-(1\.5|7|72)B(-Instruct)?"
    r"|Qwen2-Audio-7B(-Instruct)?|Qwen2-VL-(2|7|72)B(-Instruct(-AWQ|-GPTQ-Int[48])?)?"
    r"|Qwen2\.5-(0\.5|1\.5|3|7|14|32|72)B(-Instruct)?|Qwen2\.5-(7|14)B-Instruct-1M"
    r"|Qwen2\.5-Coder-(0\.5|1\.5|3|7|14|32)B(-Instruct)?|Qwen2\.5-Math-(1\.5|7|72)B(-Instruct)?"
    r"|Qwen2\.5-VL-(3|7|32|72)B-Instruct|Qwen2\.5-Omni-[37]B|QwQ-32B(-Preview)?|QVQ-72B-Preview"
    r"|Qwen3-(0\.6|1\.7|4|8|14|32)B|Qwen3-(0\.6|1\.7|4|8|14)B-Base|Qwen3-30B-A3B(-Base)?|Qwen3-235B-A22B"
    r"|Qwen3-(4B|30B-A3B|235B-A22B)-(Instruct|Thinking)-2507|Qwen3-(Embedding|Reranker)-(0\.6|4|8)B"
    r"|Qwen3Guard-(Gen|Stream)-(0\.6|4|8)B|Qwen3-4B-SafeRL|Qwen3-VL-(Embedding|Reranker)-[28]B"
    r"|Qwen3-VL-((2|4|8|32)B|30B-A3B|235B-A22B)-(Instruct|Thinking)"
    r"|Qwen3-Coder-(30B-A3B|480B-A35B)-Instruct|Qwen3-Next-80B-A3B-(Instruct|Thinking)"
    r"|Qwen3-Omni-30B-A3B-(Instruct|Thinking|Captioner)|Qwen3-ASR-(0\.6|1\.7)B|Qwen3-ForcedAligner-0\.6B"
    r"|Qwen3-TTS-12Hz-(0\.6|1\.7)B-(Base|CustomVoice|VoiceDesign)|Qwen3-TTS-Tokenizer-12Hz"
    r"|Qwen3\.5-(0\.8|2|4|9)B(-Base)?|Qwen3\.5-27B|Qwen3\.5-(35B-A3B|122B-A10B|397B-A17B)"
    r"|Qwen3\.6-(27B|35B-A3B)|Qwen3\.8-(27B|2\.4T-A95B)|Qwen-AgentWorld-35B-A3B"
    r"|Qwen-AgentWorld-397B-A17B|Qwen-VLA-(Base|Instruct)|Qwen-RobotNav-[48]B|Qwen3\.[67]-(Plus|Max)"
    r"|Qwen-Max-0428|Qwen-Max|Qwen-Plus|Qwen-Turbo|Qwen2\.5-(Max|Plus|Turbo)"
)


def variant(name: str, tuned: str = "") -> str | None:
    """Give the id of the variant that a head means, None where it is of somebody else or not named exactly.

    Args:
        name: the head of a column or of a line.
        tuned: what a table of tuned models leaves out of the names, such as ``-Instruct``.
    """
    name = plain(name).removeprefix("Qwen/").replace("(ours)", "").strip()
    name = VARIANTS.get(name, name)
    if tuned and not re.search(r"-(Chat|Instruct|Base|Preview)\b", name):
        name += tuned
    return name if PATTERN.fullmatch(name) else None


class Benchmarks:
    """The benchmarks by their spellings; case, spaces and hyphens make no difference, and + is plus."""

    def __init__(self, path: Path = DATA / "benchmarks.yaml") -> None:
        """Read ``data/benchmarks.yaml``."""
        self.ids: dict[str, str] = {}
        for record in yaml.safe_load(path.read_text("utf-8")):
            for name in [record["id"], record["label"], *record.get("spellings", [])]:
                known = self.ids.setdefault(self.fold(name), record["id"])
                if known != record["id"]:
                    raise ValueError(f"{name!r} is a spelling of {known} and of {record['id']}")

    @staticmethod
    def fold(name: str) -> str:
        """Take out of a name what makes no difference."""
        return re.sub(r"[\s_:-]+", "", name.casefold().replace("+", "plus"))

    def __getitem__(self, name: str) -> str:
        """Give the id of a benchmark."""
        return self.ids[self.fold(name)]

    def __contains__(self, name: str) -> bool:
        """Tell whether a benchmark is known by this name."""
        return self.fold(name) in self.ids


def write(path: Path, scores: list[Score]) -> None:
    """Write the scores, each once, and say how many there are."""
    seen: dict[tuple[str, ...], Score] = {}
    values: dict[tuple[str, ...], Score] = {}
    kept = []
    for score in sorted(scores, key=lambda score: bool(score.standing)):  # first what is shown
        if (first := seen.setdefault(score.key, score)) is not score:
            continue
        same = (score.variant, score.benchmark, score.metric, score.setting, score.source)
        if (first := values.setdefault(same, score)) is not score and not (first.standing or score.standing):
            both = f"{first.score} ({first.locator}), {score.score} ({score.locator})"
            print(f"two scores: {' '.join(same)}: {both}", file=sys.stderr)
        kept.append(score)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns = COLUMNS if any(score.standing for score in kept) else COLUMNS[:-1]
        writer.writerow(columns)
        kept.sort(key=scores.index)
        writer.writerows([[getattr(score, column) for column in columns] for score in kept])
    print(f"{path.name}: {len(kept)} scores, {len(scores) - len(kept)} said twice", file=sys.stderr)
