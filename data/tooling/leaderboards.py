"""Transcribes what others measured: ``python data/tooling/leaderboards.py ../shared/sources``.

Writes ``data/evaluations/{arena-catalog,evalplus,alpaca-eval-2,arena-hard-2024-07-31,vectara-hallucination,
superclue-readme}.csv``, each named after its source, with the scores of Qwen models. A name is taken for
a variant only if it is the name of a repository or of a snapshot of a service. Left out are models of others
that are built on Qwen, ``qwen2-vl-72b`` of the arena (a base model has that name, and a base model does not
chat), and the average length of summaries, which is not a score.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from repositories import DATA, source, weights, write
from tables import markdown_tables


class Row(NamedTuple):
    """A line of a table of scores."""

    variant: str
    benchmark: str
    metric: str
    setting: str
    score: str
    unit: str
    locator: str
    lower: str = ""
    upper: str = ""
    date: str = ""


#: Services and their snapshots, as the sources name them.
SERVICES = {
    "qwen-max-0919": "Qwen-Max-0919",
    "qwen-plus-0125": "Qwen-Plus-0125",
    "qwen-vl-max-1119": "Qwen-VL-Max-1119",
    "qwen-vl-max-2025-08-13": "Qwen-VL-Max-2025-08-13",
    "qwen2.5-max": "Qwen2.5-Max",
    "qwen2.5-plus-1127": "Qwen2.5-Plus-1127",
    "qwen3-max-2025-09-23": "Qwen3-Max-2025-09-23",
    "qwen3-max-preview": "Qwen3-Max-Preview",
    "qwen3.5-flash-2026-02-23": "Qwen3.5-Flash-2026-02-23",
    "qwen3.5-plus-2026-02-15": "Qwen3.5-Plus-2026-02-15",
    "通义千问2.0": "Tongyi-Qianwen-2.0",
}
#: Entries for a way of using a variant: the variant, and the way.
WAYS = {
    "qwen3-235b-a22b-no-thinking": ("Qwen3-235B-A22B", "no thinking"),
    "qwen-image-prompt-extend": ("Qwen-Image", "prompt extended"),
}
UNCLEAR = {"qwen2-vl-72b"}
ARENAS = {
    "leaderboard-text": ("Chatbot-Arena", "text leaderboard"),
    "leaderboard-text-style-control": ("Chatbot-Arena", "text leaderboard with style control"),
    "leaderboard-vision": ("LMArena-Vision", "vision leaderboard"),
    "leaderboard-image": ("LMArena-Text-to-Image", "image leaderboard"),
}
EVALPLUS = {
    "humaneval": "HumanEval",
    "humaneval+": "HumanEval-Plus",
    "mbpp": "MBPP",
    "mbpp+": "MBPP-Plus",
}
ALPACA = {"win_rate": "win rate", "length_controlled_winrate": "length-controlled win rate"}
VECTARA = "Vectara-Hallucination-Leaderboard"
ABILITIES = {
    "语言 与知识": "language and knowledge",
    "专业 与技能": "profession and skills",
    "工具 使用": "use of tools",
    "传统 安全": "traditional safety",
    "基础 能力": "basic abilities",
    "中文 特性": "features of Chinese",
    "学术专 业能力": "academic and professional abilities",
    "计算": "calculation",
    "逻辑 推理": "logic and reasoning",
    "代码": "code",
    "知识 百科": "encyclopaedic knowledge",
    "语言 理解": "language understanding",
    "生成 创作": "generation and creation",
    "对话": "dialogue",
    "角色 扮演": "role play",
}


class Names:
    """The variants by the names that boards use."""

    def __init__(self, folder: Path) -> None:
        self._known = {name.casefold(): name for name in weights(folder)} | SERVICES

    def find(self, name: str) -> tuple[str, str] | None:
        """Give the variant and the way it was used, None where it is of somebody else or unclear."""
        key = name.casefold().removeprefix("qwen/")
        if key in WAYS:
            return WAYS[key]
        if key in self._known and key not in UNCLEAR:
            return self._known[key], ""
        if "qwen" in key or "千问" in key:
            print(f"left out: {name}", file=sys.stderr)
        return None


def arena(lines: list[str], date: str, names: Names) -> Iterator[Row]:
    """Read the ratings of the arenas: one key or number to a line, indented by its depth."""
    board = category = model = ""
    entry: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, 1):
        if not (found := re.match(r'( *)"([^"]+)": (.*?),?$', line)):
            continue
        depth, key, value = len(found[1]), found[2], found[3]
        if depth == 1:
            board = key
        elif depth == 2:
            category = key
        elif depth == 3:
            model, entry = key, {}
        else:
            entry[key] = value, number
        if len(entry) == 3 and depth == 4 and (named := names.find(model)):
            variant, way = named
            benchmark, setting = ARENAS[board]
            setting = "; ".join(filter(None, [setting, f"category {category}", way]))
            at = sorted(line for _, line in entry.values())
            score, upper, lower = (entry[k][0] for k in ("rating", "rating_q975", "rating_q025"))
            bounds = lower, upper, date
            yield Row(
                variant, benchmark, "arena rating", setting, score, "points", f"{at[0]}-{at[-1]}", *bounds
            )


def evalplus(lines: list[str], names: Names) -> Iterator[Row]:
    """Read the shares of problems solved."""
    model = ""
    for number, line in enumerate(lines, 1):
        if found := re.match(r' "([^"]+)": \{', line):
            model = found[1]
        elif (found := re.match(r'   "(\w+\+?)": ([\d.]+)', line)) and (named := names.find(model)):
            yield Row(named[0], EVALPLUS[found[1]], "pass@1", "", found[2], "percent", str(number))


def alpaca(lines: list[str], names: Names) -> Iterator[Row]:
    """Read the win rates over GPT-4 Turbo."""
    head = next(csv.reader(lines[:1]))
    for number, line in enumerate(lines[1:], 2):
        cells = dict(zip(head, next(csv.reader([line])), strict=True))
        if named := names.find(cells[""]):
            for key, metric in ALPACA.items():
                yield Row(named[0], "AlpacaEval-2", metric, "", cells[key], "percent", str(number))


def arena_hard(lines: list[str], names: Names) -> Iterator[Row]:
    """Read the win rates over the reference of Arena-Hard."""
    for number, cells in enumerate(csv.DictReader(lines), 2):
        if named := names.find(cells["model"]):
            bounds = cells["rating_q025"], cells["rating_q975"], cells["date"]
            yield Row(named[0], "Arena-Hard", "win rate", "", cells["score"], "percent", str(number), *bounds)


def vectara(lines: list[str], names: Names) -> Iterator[Row]:
    """Read the rates of the hallucination leaderboard; all but the lengths."""
    day = re.search(r"Last updated on (March) (\d+), (\d{4})", "\n".join(lines))
    if not day:
        raise ValueError("the board does not say when it was updated")
    date = f"{day[3]}-03-{int(day[2]):02d}"
    table = next(t for t in markdown_tables("\n".join(lines)) if t.head[0] == "Model")
    for line in table.lines:
        if not (named := names.find(line.cells[0])):
            continue
        for head, cell in zip(table.head[1:], line.cells[1:], strict=True):
            if cell.endswith("%"):
                score, at = cell.removesuffix("%").strip(), str(line.number)
                yield Row(named[0], VECTARA, head.lower(), "", score, "percent", at, date=date)


def superclue(lines: list[str], names: Names) -> Iterator[Row]:
    """Read the boards of December 2023, each score once with every line that has it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for table in markdown_tables("\n".join(lines)):
        date = re.search(r"（(\d{4})年(\d+)月）", table.section)
        if "模型" not in table.head or not date:
            continue
        ability = "SuperCLUE-Ten-Abilities" if "十大" in table.section else None
        board = ability or ("SuperCLUE-OPT" if "OPT" in table.section else "SuperCLUE-OPEN")
        for line in table.lines:
            named = names.find(line.cells[table.head.index("模型")])
            for head, cell in zip(table.head, line.cells, strict=False):
                if not named or not re.fullmatch(r"\d+\.\d+", cell):
                    continue
                benchmark, setting = board, ABILITIES.get(head, "")
                if not setting:
                    benchmark = {"总分": "SuperCLUE-Total"}.get(head) or re.match(r"OPEN|OPT", head)[0]  # type: ignore[index]
                    benchmark = benchmark if "-" in benchmark else f"SuperCLUE-{benchmark}"
                key = (named[0], benchmark, setting, cell, f"{date[1]}-{int(date[2]):02d}")
                found.setdefault(key, []).append(str(line.number))
    for (variant, benchmark, setting, score, date_), places in found.items():
        yield Row(variant, benchmark, "score", setting, score, "points", " ".join(places), date=date_)


def main(folder: Path) -> None:
    """Write the tables."""
    names = Names(folder)
    for name, read in {
        "arena-catalog": lambda s: arena(s.lines, s.date, names),
        "evalplus": lambda s: evalplus(s.lines, names),
        "alpaca-eval-2": lambda s: alpaca(s.lines, names),
        "arena-hard-2024-07-31": lambda s: arena_hard(s.lines, names),
        "vectara-hallucination": lambda s: vectara(s.lines, names),
        "superclue-readme": lambda s: superclue(s.lines, names),
    }.items():
        rows = list(read(source(folder, name)))
        used = [
            i for i, c in enumerate(Row._fields) if c not in Row._field_defaults or any(r[i] for r in rows)
        ]
        columns = [Row._fields[i] for i in used]
        write(DATA / "evaluations" / f"{name}.csv", columns, ([row[i] for i in used] for row in rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
