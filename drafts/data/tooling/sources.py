"""Describes every file of the folder of sources as a source: ``python data/tooling/sources.py ../shared/sources``.

Writes ``data/sources/{qwenlm,qwen-weblog,models.dev,registries}.yaml`` from the list ``MANIFEST.tsv`` of that
folder: one line for each file, with the commit that it was read at and the digest of its text. Sources that are
described by hand in a file of their own are left out.
"""

# ruff: noqa: E501 - tables are easier to read with one line for each row

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from urllib.parse import quote

HOME = Path(__file__).parents[1] / "sources"
WEBLOG = "QwenLM/qwenlm.github.io"
MODELS = "anomalyco/models.dev"

#: Repositories of others: the id of the file that is cited, its title, and what it is.
REGISTRIES = {
    "modelscope/ms-swift": ("ms-swift-models", "Supported models (documentation of ms-swift)", "A list of models that a training tool supports, with their repositories on two hubs."),
    "rauletorresc/llmfit": ("llmfit", "hf_models.json (llmfit)", "A list of models with what the interface of Hugging Face told of them in March 2026: parameters counted, days of creation, formats."),
    "vectara/hallucination-leaderboard": ("vectara-hallucination", "Hallucination leaderboard (Vectara)", "Measured rates at which models add to a text that they summarize."),
    "lmarena/arena-hard-auto": ("arena-hard-2024-07-31", "Arena-Hard leaderboard of 31 July 2024", "Win rates of models over a reference, judged by a model."),
    "tatsu-lab/alpaca_eval": ("alpaca-eval-2", "AlpacaEval 2 leaderboard", "Win rates of models over a reference, judged by a model, with and without a correction for length."),
    "CLUEbenchmark/SuperCLUE": ("superclue-readme", "README of SuperCLUE", "Scores of models on a Chinese benchmark up to December 2023."),
    "lmarena/arena-catalog": ("arena-catalog", "Arena leaderboards, entries on Qwen (LMArena catalogue)", "Ratings of models by the votes of users, with their bounds, by category."),
    "evalplus/evalplus.github.io": ("evalplus", "EvalPlus results, entries on Qwen", "Shares of programming problems that models solve, with the tests of their authors and with more of them."),
}  # fmt: skip
DATES = {
    "QwenLM/Qwen": "2026-03-05", "QwenLM/Qwen-VL": "2024-04-09", "QwenLM/Qwen2-VL": "2025-01-12", "QwenLM/Qwen2.5-VL": "2025-02-10",
    "QwenLM/Qwen3-VL": "2026-01-30", "QwenLM/Qwen-Audio": "2024-04-09", "QwenLM/Qwen2-Audio": "2025-04-21", "QwenLM/Qwen2.5-Omni": "2025-03-29",
    "QwenLM/Qwen-Image": "2026-02-10", "QwenLM/Qwen-Image-Layered": "2025-12-25", "QwenLM/Qwen3-Embedding": "2025-06-13",
    "QwenLM/Qwen3-VL-Embedding": "2026-01-19", "QwenLM/Qwen3Guard": "2025-10-21", "QwenLM/Qwen3-TTS": "2026-03-17", "QwenLM/Qwen3-ASR": "2026-06-26",
    "QwenLM/Qwen2.5-Coder": "2025-06-20", "QwenLM/Qwen3-Coder": "2025-07-31", "QwenLM/Qwen2.5-Math": "2025-01-12", "QwenLM/Qwen2-Math": "2024-09-18",
    "QwenLM/CodeQwen1.5": "2024-05-23", "QwenLM/QwQ": "2025-03-27", "QwenLM/WorldPM": "2025-05-16", "QwenLM/Qwen3": "2026-01-09",
    "QwenLM/Qwen2": "2024-10-02", "QwenLM/Qwen1.5": "2024-06-26", "QwenLM/Qwen3.5": "2026-03-02", "QwenLM/Qwen3.8": "2026-08-17",
    "QwenLM/Qwen-AgentWorld": "2026-07-20", "QwenLM/Qwen-VLA": "2026-05-29", "QwenLM/Qwen-RobotNav": "2026-06-30",
    "modelscope/ms-swift": "2026-08-22", "rauletorresc/llmfit": "2026-03-03", "lmarena/arena-catalog": "2025-12-17", "lmarena/arena-hard-auto": "2024-07-31",
}  # fmt: skip


def source_of(repository: str, path: str, revision: str) -> tuple[str, str, str, str, str] | None:  # noqa: PLR0911 - a table with conditions
    """Give file, id, title, description and kind of the source that a file is; None where it is not cited."""
    stem = re.sub(r"[^a-z0-9.]+", "-", Path(path).stem.lower()).strip("-")
    if repository == WEBLOG:
        slug = Path(path).parent.name
        if "/blog/" not in path:
            return (
                "qwen-weblog",
                f"weblog-{slug}",
                f"{slug.title()} (page of the Qwen weblog)",
                "A page of the weblog of the Qwen team.",
                "official",
            )
        return (
            "qwen-weblog",
            f"{slug}-post",
            f"{slug} (post on the Qwen weblog)",
            f"The post of the Qwen team under the name {slug}.",
            "official",
        )
    if repository == MODELS:
        if path == "LICENSE":
            return None
        name = Path(path).stem.lower()
        where = f"{path.split('/')[1]}-" if path.startswith("providers") else ""
        region = {
            "alibaba-": " as the international platform of Alibaba sells it",
            "alibaba-cn-": " as the platform of Alibaba in mainland China sells it",
        }.get(where, "")
        return (
            "models.dev",
            f"models.dev-{where}{name}",
            f"{path} (models.dev)",
            f"What models.dev records of {name}{region}.",
            "registry",
        )
    if repository in REGISTRIES:
        if path == "LICENSE":
            return None
        name, title, description = REGISTRIES[repository]
        return "registries", name, title, description, "registry"
    short = repository.removeprefix("QwenLM/")
    at = f"-{revision}" if re.fullmatch(r"v\d\.\d", revision) else ""
    branch = f" at its branch {revision}" if at else ""
    if "LICENSE AGREEMENT" in path:
        return (
            "qwenlm",
            stem,
            path,
            "A licence agreement under which weights of Qwen models are given away.",
            "official",
        )
    if path in {"LICENSE", "NOTICE"}:
        return (
            "qwenlm",
            f"{short.lower()}-{path.lower()}",
            f"{path} of {repository}",
            f"The file {path} of the repository {repository}.",
            "official",
        )
    if path == "README.md":
        return (
            "qwenlm",
            f"{short.lower()}{at}-readme",
            f"README of {repository}{branch}",
            f"The page with which the repository {repository} presents itself{branch}.",
            "official",
        )
    return "qwenlm", f"{short.lower()}{at}-{stem}", f"{path} of {repository}{branch}", f"A document of the repository {repository}{branch}.", "official"  # fmt: skip


def main(folder: Path) -> None:
    """Write the files."""
    files: dict[str, list[str]] = {}
    seen: set[str] = {path.stem for path in HOME.glob("*.yaml")}
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            found = source_of(row["repo"], row["path"], row["rev"])
            if found is None or found[1] in seen:
                continue
            file, name, title, description, kind = found
            seen.add(name)
            url = f"https://github.com/{row['repo']}/blob/{row['commit']}/{quote(row['path'])}"
            if row["kind"].startswith("derived"):  # the entries on Qwen, taken out of larger files
                url = f"https://github.com/{row['repo']}/tree/{row['commit']}"
            dated = _date(folder, row)
            rights = row["licence"].replace('"', "")
            files.setdefault(file, []).append(
                f'- id: {name}\n  title: "{title}"\n  description: "{description}"\n  kind: {kind}\n  url: {url}\n'
                f'  license: "{rights}; figures and facts only"\n'
                f"  versions: [{{commit: {row['commit']}, sha256: {row['sha256']}{dated}}}]\n"
            )
    for file, blocks in files.items():
        head = "# yaml-language-server: $schema=../schema/source.json\n# Made by data/tooling/sources.py.\n"
        (HOME / f"{file}.yaml").write_text(head + "".join(blocks), "utf-8")
        print(f"{file}.yaml: {len(blocks)} sources", file=sys.stderr)


def _date(folder: Path, row: dict[str, str]) -> str:
    """Give the day of a post, or of the commit that a repository was read at."""
    if row["repo"] == WEBLOG and "/blog/" in row["path"]:
        text = (folder / WEBLOG.replace("/", "+") / row["path"]).read_text("utf-8")
        day = re.search(r"(?m)^date:\s*\"?(\d{4}-\d{2}-\d{2})", text)
        return f", date: {day[1]}" if day else ""
    known = DATES.get(row["repo"]) if not re.fullmatch(r"v\d\.\d", row["rev"]) else None
    return f", date: {known}" if known else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
