"""Reads the scores in the Markdown tables of the official sources: ``python data/tooling/markdown_scores.py ../shared/sources``.

Writes ``data/evaluations/qwen-markdown.csv``. The tables are listed below, each with the line of its head, what its
columns are, and the settings that the text around it states. A table that is not listed is no table of scores.
Names of benchmarks are those of ``data/benchmarks.yaml``, with their spellings; what follows a name in a cell, such
as the split of a data set, becomes the setting.
"""

# ruff: noqa: E501 - tables are easier to read with one line for each row

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tables import DATA, Benchmarks, Line, Score, Table, markdown_tables, plain, variant, write

BENCHMARKS = Benchmarks()
BLOG = "QwenLM+qwenlm.github.io/content/blog"

#: Benchmarks and metrics whose scores are no percentages.
POINTS = {
    *("AlignBench", "MT-Bench", "MM-MT-Bench", "MM-Vet", "MME", "OCRBench", "MMBench-Video", "TouchStone"),
    *("AgentWorldBench", "LiveBench", "FollowIR", "MLDR", "MTEB-Multilingual", "MTEB-English", "C-MTEB"),
    *("MTEB-Code", "MMEB-V2", "JinaVDR", "ViDoRe-V3", "Multi-Translation", "Multilingual-Average", "WMT22"),
    "Qwen-Multilingual-Human-Evaluation",
}
IN_POINTS = {"tool input ROUGE-L (0 to 1)"}

#: What stands behind the name of a benchmark, in other words.
PARTS = {"textA": "test-A", "textB": "test-B", "w/o sub": "without subtitles", "w sub": "with subtitles", "test Avg": "test, mean", "GPT-4-Turbo": "marked by GPT-4-Turbo", "turbo": "marked by GPT-4-Turbo", "strict-prompt": "", "Prompt Strict-Acc.": ""}  # fmt: skip
STRICT = "IFEval; strict prompt accuracy"

MULTILINGUAL = {"Multi-Exam": "M3Exam 5-shot, IndoMMLU 3-shot, ruMMLU 5-shot, mMMLU 5-shot", "Multi-Understanding": "BELEBELE, XCOPA, XWinograd and PAWS-X 5-shot, XStoryCloze 0-shot", "Multi-Mathematics": "MGSM 8-shot", "Multi-Translation": "Flores-101 5-shot"}  # fmt: skip
COMMON = {"MMLU": "5-shot", "MMLU-Pro": "5-shot", "BBH": "3-shot", "ARC-C": "25-shot", "TruthfulQA": "0-shot", "Winogrande": "5-shot", "HellaSwag": "10-shot", "GPQA": "5-shot", "TheoremQA": "5-shot", "GSM8K": "4-shot", "MATH": "4-shot", "HumanEval": "0-shot", "HumanEval-Plus": "0-shot", "MBPP": "0-shot", "MBPP-Plus": "0-shot", "MultiPL-E": "0-shot", **MULTILINGUAL}  # fmt: skip
QWEN25_SHOTS = {**COMMON, "MMLU-Redux": "5-shot"}  # lines 94 to 100 of the post
QWEN2_SHOTS = {
    **COMMON,
    "EvalPlus": "0-shot",
    "C-Eval": "5-shot",
    "CMMLU": "5-shot",
}  # lines 208 to 216 of the post
QWEN_SHOTS = {
    "MMLU": "5-shot",
    "C-Eval": "5-shot",
    "GSM8K": "8-shot",
    "MATH": "4-shot",
    "HumanEval": "0-shot",
    "MBPP": "3-shot",
    "BBH": "3-shot",
    "CMMLU": "5-shot",
}  # line 86

#: What the names of tuned models lack in some tables, whose heads link to them.
INSTRUCT = "-Instruct"
#: The columns of others whose models are named exactly and described in ``data/models``.
SOME_OTHERS = {
    "GPT-4o": "GPT-4o",
    "Claude-3.5 Sonnet": "Claude-3.5-Sonnet",
    "Claude3.5 Sonnet": "Claude-3.5-Sonnet",
}

#: The variant that has no other tuning, so that nothing is left out of its name.
OMNI = {"Qwen2.5-Omni-7B": "Qwen2.5-Omni-7B"}

L_EVAL = {"Average": "L-Eval; mean", "Avg.": "L-Eval; mean", "Coursera": "L-Eval; score; Coursera", "GSM": "L-Eval; score; GSM", "QuALITY": "L-Eval; score; QuALITY", "TOEFL": "L-Eval; score; TOEFL", "CodeU": "L-Eval; score; CodeU", "SFiction": "L-Eval; score; SFiction", "SFcition": "L-Eval; score; SFiction"}  # fmt: skip
TASKS = {"Bitxt Mining": "bitext mining", "Class.": "classification", "Clust.": "clustering", "Inst. Retri.": "instruction retrieval", "Multi. Class.": "multilabel classification", "Pair. Class.": "pair classification", "Pair Class.": "pair classification", "Rerank": "reranking", "Rerank.": "reranking", "Retri.": "retrieval", "Retr.": "retrieval", "STS": "semantic textual similarity", "Summ.": "summarization"}  # fmt: skip
MMEB = {"CLS": "classification", "QA": "question answering", "RET": "retrieval", "GD": "grounding", "MRET": "moment retrieval", "Overall": "", "VDRv1": "ViDoRe V1", "VDRv2": "ViDoRe V2", "VR": "VisRAG", "OOD": "out of distribution"}  # fmt: skip
KINDS = {"Image": "images", "Video": "videos", "VisDoc": "visual documents"}
#: The table also has Qwen3-Embedding-0.6B itself, whose order of them is what the rerankers start from.
CANDIDATES = "on the first 100 that Qwen3-Embedding-0.6B finds"
RERANKING = {"MTEB-R": f"MTEB-English; mean; retrieval, {CANDIDATES}", "CMTEB-R": f"C-MTEB; mean; retrieval, {CANDIDATES}", "MMTEB-R": f"MTEB-Multilingual; mean; retrieval, {CANDIDATES}", "MLDR": f"MLDR; score; {CANDIDATES}", "MTEB-Code": f"MTEB-Code; mean; retrieval, {CANDIDATES}", "FollowIR": f"FollowIR; score; {CANDIDATES}"}  # fmt: skip
RETRIEVAL = {
    f"MMEB-v2(Retrieval) - {name}": f"MMEB-V2; mean; retrieval tasks{of}"
    for name, of in {
        "Avg": "",
        "Image": ", images",
        "Video": ", videos",
        "VisDoc": ", visual documents",
    }.items()
} | {"MMTEB(Retrieval)": "MTEB-Multilingual; mean; retrieval tasks"}
SUBJECTS = {
    "STEM": "STEM",
    "Social Sciences": "social sciences",
    "Humanities": "humanities",
    "Others": "others",
}


def mteb(benchmark: str) -> dict[str, str]:
    """Give what the columns of a table of text embedding are."""
    means = {"Mean (Task)": "mean over tasks", "Mean(Task)": "mean over tasks", "Mean (Type)": "mean over types", "Mean(Type)": "mean over types"}  # fmt: skip
    return {head: f"{benchmark}; {mean}" for head, mean in means.items()} | {
        head: f"{benchmark}; mean; {task}" for head, task in TASKS.items()
    }


def mmeb() -> dict[str, str]:
    """Give what the columns of the table of multimodal embedding are."""
    heads = {
        f"{kind} {head}": f"MMEB-V2; mean; {', '.join(filter(None, [name, task]))}"
        for kind, name in KINDS.items()
        for head, task in MMEB.items()
    }
    return heads | {"All": "MMEB-V2; mean"}


def subjects(benchmark: str, setting: str) -> dict[str, str]:
    """Give what the columns of a table of examinations by subject are."""
    names = {head: f"{benchmark}; accuracy; {setting}, {name}" for head, name in SUBJECTS.items()}
    means = dict.fromkeys(("Average", "Avg.", "Avg. Acc."), f"{benchmark}; accuracy; {setting}")
    parts = {"Avg. (Hard)": "C-Eval-Hard"} | ({"STEM": "MMLU-STEM"} if benchmark == "MMLU" else {})
    return names | means | {head: f"{part}; accuracy; {setting}" for head, part in parts.items()}


def quantized(table: Table) -> None:
    """Put the ids of the builds into the first column, from the columns of model and quantization."""
    model = ""
    for line in table.lines:
        model = line.cells[0] or model
        build = re.sub(r"\W*\(.*", "", line.cells[1])
        suffix = {"BF16": "", "AWQ": "-AWQ"}.get(build, f"-{build}")
        line.cells[:2] = [f"{model}{suffix}"]
    table.head[:2] = ["Model"]


def builds_of_qwen(table: Table) -> None:
    """Make ids of names such as ``Qwen-7B-Chat (Int4)``."""
    for line in table.lines:
        name, _, build = line.cells[0].removesuffix(")").partition(" (")
        line.cells[0] = f"{variant(name)}{'' if build == 'BF16' else f'-{build}'}"


def agents(table: Table) -> None:
    """Join the columns of benchmark and metric; a benchmark is left out where it is that of the line above."""
    metrics = {"TM": "type match", "EM": "exact match", "SR": "success rate", "GC": "goal-condition success"}
    name = ""
    for line in table.lines:
        name = re.sub(r"\W*\[1\]", "", line.cells[1]) or name
        line.cells[:3] = [f"{name}; {metrics[line.cells[2]]}"]
    table.head[:3] = ["Benchmark"]


def unsafe(table: Table) -> None:
    """Keep the columns of Qwen2-72B-Instruct in the table of unsafe requests, as lines of models."""
    kinds = [table.head[number] for number in (2, 5, 8, 11)]
    lines, table.lines = table.lines[1:], []
    for line in lines:
        for kind, score in zip(kinds, line.cells[3::3], strict=True):
            language = "mean over languages" if line.cells[0] == "Average" else line.cells[0]
            cell = f"Multilingual-Jailbreak; share of harmful responses; {kind.lower()}, {language}"
            table.lines.append(Line(line.number, [cell, score]))
    table.head = ["", "Qwen2-72B-Instruct"]


def robots(table: Table) -> None:
    """Put the two metrics of a line into lines of their own."""
    names = {"SR": "success rate", "SPL": "success weighted by path length", "TR": "tracking rate"}
    lines, table.lines = table.lines, []
    for line in lines:
        for cell in line.cells[2:]:
            score, metric = cell.split()
            table.lines.append(Line(line.number, [f"{line.cells[0]}; {names[metric]}", score]))
    table.head = ["", lines[0].cells[1]]


def touchstone(table: Table) -> None:
    """Make ids of the names of builds."""
    for line in table.lines:
        line.cells[0] = "Qwen-VL-Chat" + {"BF16": "", "Int4": "-Int4"}[line.cells[0]]


#: Lines and columns that tell what a model is.
NO_TEST = re.compile(r"params?$|^(#|Architecture|Size$|Model Size$|Input Length$|Param\.?$)", re.IGNORECASE)


@dataclass
class Known:
    """What is known of a table besides its cells.

    Attributes:
        line: the line of its head.
        down: whether its lines are models; else its columns are.
        names: what a cell or head that names a benchmark means: benchmark; metric; setting.
        models: what a cell or head that names a model means.
        shots: settings by benchmark, before anything that the cell says.
        setting: of the whole table.
        metric: of the whole table.
        tuned: what is left out of the names of tuned models.
        chats: the tests that were taken by the tuned models of the base models that the lines name.
        pairs: what the two values in a cell are, by the name of the benchmark.
        prepare: what is done to the table before it is read.
    """

    line: int
    down: bool = False
    names: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    shots: dict[str, str] = field(default_factory=dict)
    setting: str = ""
    metric: str = "score"
    tuned: str = ""
    chats: tuple[str, ...] = ()
    pairs: dict[str, tuple[str, str]] = field(default_factory=dict)
    prepare: Callable[[Table], None] | None = None


def base(line: int) -> Known:
    """Give a table of the base models of Qwen2.5."""
    return Known(line, shots=QWEN25_SHOTS)


def older(line: int) -> Known:
    """Give a table of the base models of Qwen2."""
    return Known(line, shots=QWEN2_SHOTS)


SUBTITLES = ("without subtitles", "with subtitles")
EXAMS = {"Exams": "Multi-Exam", "Understanding": "Multi-Understanding", "Math": "Multi-Mathematics", "Translation": "Multi-Translation", "Average": "Multilingual-Average", "Multilingual": "Multilingual-Average"}  # fmt: skip
EXAMS_15 = {"Exams": "Multi-Exam; accuracy; MMLU-multi and M3Exams 5-shot", "Understanding": "Multi-Understanding; accuracy; BELEBELE, XWinograd, XCOPA and PAWS-X 5-shot, XStoryCloze 0-shot", "Math": "Multi-Mathematics; accuracy; MGSM 8-shot", "Translation": "Multi-Translation; BLEU; Flores 5-shot"}  # fmt: skip
WORLDS = {head: f"AgentWorldBench; mean of five rubrics; {name}" for head, name in {"MCP": "MCP", "Search": "search", "Term.": "terminal", "SWE": "software engineering", "Android": "Android", "Web": "web", "OS": "operating system"}.items()} | {"Overall": "AgentWorldBench; mean of five rubrics"}  # fmt: skip
PEOPLE = {name: f"Qwen-Multilingual-Human-Evaluation; mark; {name}" for name in ("ar", "es", "fr", "ko", "th", "vi", "pt", "id", "ja", "ru")} | {"Average": "Qwen-Multilingual-Human-Evaluation; mark"} | {name: f"Qwen-Multilingual-Human-Evaluation; mark; {name.lower()}" for name in ("Knowledge", "Understanding", "Creation", "Math")}  # fmt: skip
DRIVING = {
    "NC": "no at-fault collision",
    "DAC": "drivable area compliance",
    "TTC": "time to collision",
    "Comfort": "comfort",
    "EP": "ego progress",
    "PDMS": "PDM score",
}
WALKING = {"SR": "success rate", "SPL": "success weighted by path length", "OS": "oracle success rate"}

#: The tables by source: the file, and what is known of each table.
TABLES: dict[str, tuple[str, list[Known]]] = {
    "qwen2.5-llm-post": (f"{BLOG}/qwen2.5-llm/index.md", [
        base(104), base(137), base(170), base(201), base(235),
        *(Known(line, names={"IFeval strict-prompt": STRICT}) for line in (282, 303, 325, 347, 366)), Known(390), Known(408),
    ]),
    "qwen2-post": (f"{BLOG}/qwen2/index.md", [
        Known(147, prepare=unsafe), older(219), older(252), older(285), older(317),
        *(Known(line, names={"IFEval (Prompt Strict-Acc.)": STRICT}) for line in (338, 362, 387, 409)),
        Known(425, down=True, setting="mean over languages"), Known(444, down=True, names=PEOPLE), Known(455, down=True, names=PEOPLE),
    ]),
    "qwen1.5-post": (f"{BLOG}/qwen1.5/index.md", [
        Known(67, down=True, shots={"MMLU": "5-shot"}), Known(85, down=True, shots={"MMLU": "5-shot"}),
        Known(170, down=True, names=EXAMS_15), Known(198, down=True, names=L_EVAL),
    ]),
    "qwen1.5-32b-post": (f"{BLOG}/qwen1.5-32b/index.md", [Known(62, down=True), Known(101, down=True, names=EXAMS, setting="12 languages")]),
    "qwen1.5-110b-post": (f"{BLOG}/qwen1.5-110b/index.md", [Known(58)]),
    "qwen-moe-post": (f"{BLOG}/qwen-moe/index.md", [Known(72, down=True, names=EXAMS, chats=("MT-Bench",))]),
    "qwen3-embedding-post": (f"{BLOG}/qwen3-embedding/index.md", [Known(57, down=True, names=RERANKING)]),
    "qwen2.5-coder-post": (f"{BLOG}/qwen2.5-coder/index.md", [
        Known(82, down=True, names={"AIME24": "AIME; score; 2024"}), Known(89, down=True, names={"AMC23": "AMC; score; 2023"}),
    ]),
    "qwen-post": (f"{BLOG}/qwen/index.md", [Known(83, down=True, names=L_EVAL, setting="32K input")]),
    # The heads of its tables link to the tuned models.
    "qwen2-vl-readme": ("QwenLM+Qwen2-VL/README.md", [
        Known(56, models=SOME_OTHERS, tuned=INSTRUCT), Known(82, models=SOME_OTHERS, tuned=INSTRUCT, names={"Video-MME (wo/w subs)": "Video-MME"}, pairs={"Video-MME (wo/w subs)": SUBTITLES}),
        Known(90, models=SOME_OTHERS, tuned=INSTRUCT, prepare=agents),
        Known(1029, down=True, metric="accuracy", setting="VLMEvalKit", prepare=quantized, names={"MMMU": "MMMU; accuracy; val", "DocVQA": "DocVQA; accuracy; val", "MMBench": "MMBench-EN; accuracy; dev", "MathVista": "MathVista; accuracy; testmini"}),
    ]),
    "qwen3-vl-embedding-readme": ("QwenLM+Qwen3-VL-Embedding/README.md", [
        Known(332, down=True, names=mmeb()), Known(350, down=True, names=mteb("MTEB-Multilingual")), Known(371, down=True, names=RETRIEVAL),
    ]),
    "qwen3-embedding-readme": ("QwenLM+Qwen3-Embedding/README.md", [
        Known(385, down=True, names=mteb("MTEB-Multilingual")), Known(404, down=True, names=mteb("MTEB-English")), Known(419, down=True, names=mteb("C-MTEB")), Known(431, down=True, names=RERANKING),
    ]),
    "qwen-readme": ("QwenLM+Qwen/README.md", [
        Known(84, down=True, shots=QWEN_SHOTS), Known(448, down=True, prepare=builds_of_qwen), Known(1351, down=True, names=L_EVAL, setting="closed-ended tasks, 32K input"),
    ]),
    # Its last two tables are in the section on Qwen-7B-Chat and name it without its ending.
    "qwen-tech-memo": ("QwenLM+Qwen/tech_memo.md", [
        Known(83, down=True, names={"Average": "C-Eval; accuracy; val, 5-shot"}), Known(97, down=True, names=subjects("C-Eval", "test, 5-shot")), Known(116, down=True, names=subjects("MMLU", "5-shot")),
        Known(135, down=True, names={"Pass@1": "HumanEval; pass@1"}), Known(152, down=True, names={"Accuracy": "GSM8K; accuracy; 8-shot"}),
        Known(171, down=True, names={"Average": "WMT22; BLEU; 5-shot", "zh-en": "WMT22; BLEU; 5-shot, zh-en", "en-zh": "WMT22; BLEU; 5-shot, en-zh"}),
        Known(246, down=True, names=subjects("C-Eval", "val, 0-shot")), Known(259, down=True, names=subjects("C-Eval", "test, 0-shot")), Known(272, down=True, names=subjects("MMLU", "0-shot")),
        Known(285, down=True, names={"Pass@1": "HumanEval; pass@1; 0-shot"}), Known(297, down=True, names={"Zero-shot Acc.": "GSM8K; accuracy; 0-shot", "4-shot Acc.": "GSM8K; accuracy; 4-shot"}),
        Known(316, down=True, models={"Qwen-7B": "Qwen-7B-Chat"}, names={"Tool Selection (Acc.↑)": "Qwen-Tool-Use-Benchmark; tool selection accuracy; ReAct", "Tool Input (Rouge-L↑)": "Qwen-Tool-Use-Benchmark; tool input ROUGE-L (0 to 1); ReAct", "False Positive Error↓": "Qwen-Tool-Use-Benchmark; false positive error; ReAct"}),
        Known(329, down=True, models={"Qwen-7B": "Qwen-7B-Chat"}, names={"Tool Selection↑": "HuggingFace-Agent-Benchmark; tool selection", "Tool Used↑": "HuggingFace-Agent-Benchmark; tool used", "Code↑": "HuggingFace-Agent-Benchmark; code"}),
    ]),
    # Of Qwen2.5-VL-7B only the tuned model exists; the values of Qwen2.5-7B and Qwen2-7B are those that the post
    # qwen2.5-llm gives for the tuned models.
    "qwen2.5-omni-readme": ("QwenLM+Qwen2.5-Omni/README.md", [
        Known(471, models=OMNI, tuned=INSTRUCT, names={"MMBench-V1.1-EN test": "MMBench-V1.1; score; English, test"}),
        Known(493, models=OMNI, tuned=INSTRUCT, names={f"Refcocog+ {split}": f"RefCOCOg; score; {split}" for split in ("val", "test")}), Known(511, models=OMNI, tuned=INSTRUCT), Known(616, models=OMNI, tuned=INSTRUCT),
    ]),
    "qwen-vl-readme": ("QwenLM+Qwen-VL/README.md", [
        Known(604, down=True, names={"Score": "TouchStone; score; English"}), Known(617, down=True, names={"Score": "TouchStone; score; Chinese"}),
        Known(875, down=True, prepare=touchstone, names={"EN": "TouchStone; score; English", "ZH": "TouchStone; score; Chinese"}),
    ]),
    "qwen-agentworld-readme": ("QwenLM+Qwen-AgentWorld/README.md", [Known(65, down=True, names=WORLDS), Known(88, down=True)]),
    # The order of the two values is not explained; the README of Qwen2.5-Omni and that of Qwen2-VL repeat the first of
    # OCRBench v2 as English, and both of Video-MME; those of Android Control are the goals and the single steps.
    "qwen2.5-vl-readme": ("QwenLM+Qwen2.5-VL/README.md", [
        Known(60, models={**SOME_OTHERS, "Qwen2-VL 72B": "Qwen2-VL-72B-Instruct"}, tuned=INSTRUCT, pairs={"OCRBenchV2": ("en", "zh"), "VideoMME": SUBTITLES, "Android Control": ("high-level", "low-level")}),
    ]),
    "qwen-vla-readme": ("QwenLM+Qwen-VLA/README.md", [
        Known(63, down=True, metric="success rate", names={"RoboTwin-Easy": "RoboTwin; success rate; easy", "RoboTwin-Hard": "RoboTwin; success rate; hard"} | {f"{name} {head}": f"{name}; {metric}" for name in ("R2R", "RxR") for head, metric in WALKING.items()}),
        Known(71, down=True, names={"SimplerEnv-OOD SR (%)": "SimplerEnv-OOD; success rate", "DOMINO SR (%)": "DOMINO; success rate; 0-shot", "DOMINO MS (%)": "DOMINO; MS; 0-shot"}),
    ]),
    "qwen-robotnav-readme": ("QwenLM+Qwen-RobotNav/README.md", [
        Known(104, down=True, names={f"{name} {head} (%)": f"{name}; {metric}; VLN-CE, val unseen" for name in ("R2R", "RxR") for head, metric in WALKING.items()}),
        Known(115, prepare=robots), Known(138, down=True, names={head: f"NAVSIM; {metric}" for head, metric in DRIVING.items()}),
    ]),
}  # fmt: skip


def meaning(name: str, known: Known) -> tuple[str, str, str] | None:
    """Give benchmark, metric and setting of a cell that names a benchmark."""
    told = name
    if name in known.names:
        told = known.names[name]
    found, metric, setting = (part.strip() for part in f"{told};;".split(";")[:3])
    rest: list[str] = []
    while found not in BENCHMARKS:
        found, _, last = found.rpartition(" ")
        if not found:
            return None
        rest.insert(0, last)
    part = " ".join(rest).strip("()")
    benchmark = BENCHMARKS[found]
    settings = [PARTS.get(part, part), known.shots.get(benchmark, ""), setting, known.setting]
    return benchmark, metric or known.metric, ", ".join(filter(None, settings))


def scores(source: str, table: Table, known: Known) -> Iterator[Score]:
    """Read a table."""
    if known.prepare:
        known.prepare(table)
    for line in table.lines:
        for head, cell in zip(table.head[1:], line.cells[1:], strict=False):
            model, test = (line.cells[0], head) if known.down else (head, line.cells[0])
            model = re.sub(r"\s*\((?:🤗.*)?$", "", model)
            found = known.models.get(model) or variant(model, "-Chat" if test in known.chats else known.tuned)
            if not found or not re.match(r"-?\d", cell) or NO_TEST.search(test):
                continue
            what = meaning(test, known)
            if what is None:
                print(f"{source}:{line.number}: no benchmark {test!r}", file=sys.stderr)
                continue
            benchmark, metric, setting = what
            values = cell.split("/")
            for number, value in enumerate(values):
                pair = known.pairs[test][number] if len(values) > 1 else ""
                if value.endswith("(SoM)"):
                    pair = "set of mark"
                score = value.removesuffix("(SoM)").removesuffix("%")
                if not re.fullmatch(r"-?\d+(\.\d+)?", score):
                    print(f"{source}:{line.number}: left out {cell!r} of {model}", file=sys.stderr)
                    continue
                unit = "points" if benchmark in POINTS or metric in IN_POINTS else "percent"
                said = ", ".join(filter(None, [setting, pair]))
                standing = "withdrawn" if table.hidden else ""
                yield Score(found, benchmark, metric, said, score, unit, source, str(line.number), standing)


def of_quantized(folder: Path) -> Iterator[Score]:
    """Read the table of quantized Qwen2 models in the documentation, which is drawn with lines."""
    path = folder / "QwenLM+Qwen3@v2.5/docs/source/benchmark/quantization_benchmark.rst"
    table = Table(0, "", False, [], [])
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        if text.startswith("|"):
            cells = [plain(cell) for cell in text.strip("|").split("|")]
            if table.head:
                table.lines.append(Line(number, cells))
            else:
                table.head = cells
    names = {"IFEval": STRICT, "MMLU": "MMLU; accuracy", "C-Eval": "C-Eval; accuracy"}
    table.lines = [line for line in table.lines if len(line.cells) == len(table.head)]
    quantized(table)
    average = table.head.index("Average")
    for row in (table.head, *(line.cells for line in table.lines)):
        del row[average]
    yield from scores(
        "qwen3-v2.5-quantization-benchmark",
        table,
        Known(0, down=True, names=names, setting="greedy decoding"),
    )


def main(folder: Path) -> None:
    """Write the table of evaluations."""
    found: list[Score] = []
    for source, (path, tables) in TABLES.items():
        by_line = {table.number: table for table in markdown_tables((folder / path).read_text("utf-8"))}
        for known in tables:
            of_table = list(scores(source, by_line[known.line], known))
            if not of_table:
                print(f"{source}:{known.line}: a table without scores", file=sys.stderr)
            found += of_table
    found += of_quantized(folder)
    write(DATA / "evaluations" / "qwen-markdown.csv", found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
