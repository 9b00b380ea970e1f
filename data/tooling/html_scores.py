"""Transcribes the scores in HTML tables and in prose: ``python data/tooling/html_scores.py ../shared/sources``.

Writes ``data/evaluations/qwen-html.csv``. ``LAYOUTS`` says for each table what its lines and columns are: which
variants (those of others are left out) and which measures. A cell that packs several parts, such as
``2.11 | 4.55``, has a measure whose setting packs their names in the same way. ``PROSE`` are the scores that
sentences tell. Means over several benchmarks are left out, and so are numbers whose metric no source names.
"""

# ruff: noqa: E501 - tables are easier to read with one line for each row

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from tables import DATA, Benchmarks

TARGET = DATA / "evaluations" / "qwen-html.csv"
COLUMNS = [
    "variant",
    "benchmark",
    "metric",
    "setting",
    "score",
    "unit",
    "source",
    "locator",
    "date",
    "standing",
]
BLOG = "QwenLM+qwenlm.github.io/content/blog"
FILES = {
    "qwen3-tts-readme": "QwenLM+Qwen3-TTS/README.md",
    "qwen3-asr-readme": "QwenLM+Qwen3-ASR/README.md",
    "codeqwen1.5-readme": "QwenLM+CodeQwen1.5/README.md",
    "qwen-audio-readme": "QwenLM+Qwen-Audio/README.md",
    "qwen2-audio-readme": "QwenLM+Qwen2-Audio/README.md",
    "qwen2.5-omni-readme": "QwenLM+Qwen2.5-Omni/README.md",
    "qwen-vl-readme": "QwenLM+Qwen-VL/README.md",
    "qwen-readme": "QwenLM+Qwen/README.md",
    "qwen-tech-memo": "QwenLM+Qwen/tech_memo.md",
    "qwen2-vl-readme": "QwenLM+Qwen2-VL/README.md",
    "qwen1.5-post": f"{BLOG}/qwen1.5/index.md",
    "qwen1.5-32b-post": f"{BLOG}/qwen1.5-32b/index.md",
    "qwen1.5-110b-post": f"{BLOG}/qwen1.5-110b/index.md",
    "qwen-vl-post": f"{BLOG}/qwen-vl/index.md",
    "codeqwen1.5-post": f"{BLOG}/codeqwen1.5/index.md",
    "qwen-tts-post": f"{BLOG}/qwen-tts/index.md",
    "qwen-max-0428-post": f"{BLOG}/qwen-max-0428/index.md",
}


@dataclass
class Cell:
    """A cell: the lines of the file that it stands in, its text, and whether a comment hides it."""

    first: int
    last: int
    text: str
    hidden: bool
    rows: int = 1
    columns: int = 1

    @property
    def words(self) -> str:
        """Give the text with single spaces, without marks of the direction that is better."""
        return re.sub(r"\s+", " ", re.sub(r"[↑↓*]|\(↑\)|\(↓\)", "", self.text)).strip()


class Reader(HTMLParser):
    """Reads the tables of a file; what a comment hides is read, too."""

    def __init__(self, text: str) -> None:
        """Read a text."""
        super().__init__()
        self.tables: list[list[list[Cell]]] = []
        self._row: list[Cell] | None = None
        self._cell: Cell | None = None
        self._hidden = self._inside = False
        self.feed(text.replace("<!--", "<hidden>").replace("-->", "</hidden>"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a line, a cell; a break in a cell becomes a line end, an index stands apart."""
        if tag == "hidden":
            self._hidden = True
        elif tag == "table":
            self.tables.append([])
            self._inside, self._row, self._cell = True, None, None
        elif tag == "tr" and self._inside:
            self._row = []
            self.tables[-1].append(self._row)
        elif tag in {"td", "th"} and self._row is not None:
            spans = dict(attrs)
            at = self.getpos()[0]
            self._cell = Cell(
                at, at, "", self._hidden, int(spans.get("rowspan") or 1), int(spans.get("colspan") or 1)
            )
            self._row.append(self._cell)
        elif self._cell and tag in {"br", "sub", "sup"}:
            self._cell.text += "\n" if tag == "br" else " "

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if tag == "hidden":
            self._hidden = False
        elif tag in {"td", "th"} and self._cell:
            self._cell.last, self._cell = self.getpos()[0], None
        elif tag == "table":
            self._inside, self._row, self._cell = False, None, None

    def handle_data(self, data: str) -> None:
        """Take the text of a cell; ends of lines in the file are spaces."""
        if self._cell:
            self._cell.text += re.sub(r"\s+", " ", data)


def grid(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Repeat the cells that span lines and columns, so that a column is an index; a hidden line ends no span."""
    pending: dict[int, tuple[Cell, int]] = {}
    result = []
    for row in rows:
        if not row:
            continue
        line: list[Cell] = []
        cells = list(row)
        while cells or len(line) in pending:
            if len(line) in pending:
                cell, left = pending[len(line)]
                if not row[0].hidden:
                    if left == 1:
                        del pending[len(line)]
                    else:
                        pending[len(line)] = (cell, left - 1)
                line.append(cell)
            else:
                cell = cells.pop(0)
                for _ in range(cell.columns):
                    if cell.rows > 1:
                        pending[len(line)] = (cell, cell.rows - 1)
                    line.append(cell)
        if row[0].hidden and result and len(line) < len(result[-1]):  # it stands after the end of a span
            line = result[-1][: len(result[-1]) - len(line)] + line
        result.append(line)
    return result


class M(NamedTuple):
    """A measure: benchmark, metric, setting and unit; a setting that packs parts is cut at its bars."""

    benchmark: str
    metric: str
    setting: str = ""
    unit: str = "percent"


#: How a table names a variant: its id, or its id and what is added to the setting.
Named = str | tuple[str, str]


@dataclass
class ByLine:
    """A table with variants down a column (``names``) and measures across; ``at`` picks by a label of the line."""

    source: str
    table: int
    names: int
    variants: dict[str, Named]
    measures: dict[int, M | None] = field(default_factory=dict)
    label: int = -1
    at: dict[str, dict[int, M | None]] = field(default_factory=dict)
    first: int = 0
    last: int = 10**9


@dataclass
class ByColumn:
    """A table with variants across and measures down; a key of ``measures`` may begin with its group and ``/``."""

    source: str
    table: int
    variants: dict[int, Named]
    measures: dict[str, M | None]
    label: int = 0


TTS = "Qwen3-TTS-{}Hz-{}B-{}"
TTS_LANGUAGES = [
    "Chinese",
    "English",
    "German",
    "Italian",
    "Portuguese",
    "Spanish",
    "Japanese",
    "Korean",
    "French",
    "Russian",
]
WER, SIM = "word error rate", "speaker similarity"
SHIFT = "accumulated average shift (ms)"
ASR = {"Qwen3-ASR-0.6B": "Qwen3-ASR-0.6B", "Qwen3-ASR-1.7B": "Qwen3-ASR-1.7B"}


def asr(benchmark: str, setting: str = "") -> M:
    """Give a word error rate."""
    return M(benchmark, WER, setting)


def qwen2_audio(table: int, setting: str = "") -> list[ByLine]:
    """Give the layout of the two tables of Qwen2-Audio: before and after its framework was changed.

    They do not say which of the two variants was scored. The scripts of the repository
    (``eval_audio/evaluate_*.py``) take the base model for all tasks but the chat, and for that the tuned one.
    The lines on Qwen-Audio, which are the same in both tables, are read in the first, without the chat, of which
    it is not said whether Qwen-Audio-Chat is meant.
    """
    own: dict[str, Named] = {"Qwen2-Audio": "Qwen2-Audio-7B"}
    chat: dict[str, Named] = {"Qwen2-Audio": "Qwen2-Audio-7B-Instruct"}
    if not setting:
        own["Qwen-Audio"] = "Qwen-Audio"
    measures: dict[str, dict[int, M | None]] = {
        "Librispeech dev-clean | dev-other | test-clean | test-other": {4: asr("LibriSpeech", "dev-clean|dev-other|test-clean|test-other")},
        "Common Voice 15 en | zh | yue | fr": {4: asr("Common Voice", "version 15, en|version 15, zh|version 15, yue|version 15, fr")},
        "Fleurs zh": {4: asr("FLEURS", "zh")},
        "Aishell2 Mic | iOS | Android": {4: asr("AISHELL-2", "Mic|iOS|Android")},
        "CoVoST2 en-de | de-en | en-zh | zh-en": {4: M("CoVoST2", "BLEU", "en-de|de-en|en-zh|zh-en", "points")},
        "CoVoST2 es-en | fr-en | it-en |": {4: M("CoVoST2", "BLEU", "es-en|fr-en|it-en", "points")},
        "Meld": {4: M("MELD", "accuracy (0 to 1)", "", "points")},
        "VocalSound": {4: M("VocalSound", "accuracy (0 to 1)", "", "points")},
    }  # fmt: skip
    chats = {
        "Chat Benchmark Speech | Sound | Music | Mixed-Audio": {
            4: M(
                "AIR-Bench", "GPT-4 score", "chat, speech|chat, sound|chat, music|chat, mixed audio", "points"
            )
        }
    }
    layouts = []
    for variants, at in ((own, measures), (chat, chats)):
        for columns in at.values():
            for index, measure in columns.items():
                if measure and setting:
                    parts = "|".join(
                        ", ".join(filter(None, (part, setting))) for part in measure.setting.split("|")
                    )
                    columns[index] = measure._replace(setting=parts)
        layouts.append(ByLine("qwen2-audio-readme", table, 2, variants, label=1, at=at))  # type: ignore[arg-type]
    return layouts


HUMAN_EVAL = {2: M("HumanEval", "score", "0-shot"), 3: M("HumanEval+", "score", "0-shot"), 4: M("MBPP", "score", "0-shot"), 5: M("MBPP+", "score", "0-shot"), 6: M("MBPP", "score", "3-shot")}  # fmt: skip
CODEQWEN: dict[str, Named] = {"CodeQwen1.5": "CodeQwen1.5-7B", "CodeQwen1.5-Chat": "CodeQwen1.5-7B-Chat"}
QWEN15: dict[str, Named] = {f"Qwen1.5-{size}B-Chat": f"Qwen1.5-{size}B-Chat" for size in (7, 14, 32, 72, 110)}
VL_SERVICES: dict[str, Named] = {"Qwen-VL-Plus": "Qwen-VL-Plus", "Qwen-VL-Max": "Qwen-VL-Max"}
VL_MEASURES = {
    index: M(name, "score", "without OCR tools")
    for index, name in enumerate(
        ["DocVQA", "ChartQA", "AI2D", "TextVQA", "MMMU", "MathVista", "MMBench-CN"], 1
    )
}
LENGTHS = [1024, 2048, 4096, 8192, 16384, 32768]
PERPLEXITY = {
    index: M("arXiv-Perplexity", "perplexity", f"{length} tokens", "points")
    for index, length in enumerate(LENGTHS, 1)
}
INTERPRETER = {
    1: M("Code-Interpreter-Benchmark", "accuracy of code execution results", "math"),
    2: M("Code-Interpreter-Benchmark", "accuracy of code execution results", "visualization, hard"),
    3: M("Code-Interpreter-Benchmark", "accuracy of code execution results", "visualization, easy"),
    4: M("Code-Interpreter-Benchmark", "executable rate of code", "general"),
}  # fmt: skip
T_EVAL = ["overall", "instruct", "plan", "reason", "retrieve", "understand", "review"]
RGB = [
    ("accuracy", "noise 0.8"),
    ("accuracy", "rejection 1.0"),
    ("accuracy", "integration 0.4"),
    ("accuracy", "counterfactual"),
]
ALIGNMENT = [("Chinese", "Chinese"), ("English", "English"), ("French", "French"), ("German", "German"), ("Italian", "Italian"), ("Japanese", "Japanese"), ("Korean", "Korean"), ("Portuguese", "Portuguese"), ("Russian", "Russian"), ("Spanish", "Spanish")]  # fmt: skip

LAYOUTS: list[ByLine | ByColumn] = [
    # -- Qwen3-TTS ---------------------------------------------------------------------------------------------
    ByLine("qwen3-tts-readme", 0, 1, {TTS.format(rate, size, "Base"): TTS.format(rate, size, "Base") for rate in (25, 12) for size in (0.6, 1.7)}, {2: asr("Seed-TTS-Eval", "test-zh, zero-shot"), 3: asr("Seed-TTS-Eval", "test-en, zero-shot")}),
    ByColumn("qwen3-tts-readme", 1, {1: TTS.format(25, 0.6, "Base"), 2: TTS.format(25, 1.7, "Base"), 3: TTS.format(12, 0.6, "Base"), 4: TTS.format(12, 1.7, "Base")}, {f"Content Consistency/{language}": asr("TTS-Multilingual", language) for language in TTS_LANGUAGES} | {f"Speaker Similarity/{language}": M("TTS-Multilingual", SIM, language, "points") for language in TTS_LANGUAGES}),
    ByColumn("qwen3-tts-readme", 2, {1: TTS.format(25, 1.7, "Base"), 2: TTS.format(12, 1.7, "Base")}, {f"{a}-to-{b}": M("Cross-Lingual-TTS", "mixed error rate", f"{a}-to-{b}") for b in ("zh", "en", "ja", "ko") for a in ("en", "ja", "ko", "zh") if a != b}),
    ByLine("qwen3-tts-readme", 3, 1, {"Qwen3TTS-25Hz-1.7B-CustomVoice": TTS.format(25, 1.7, "CustomVoice"), "Qwen3TTS-12Hz-1.7B-CustomVoice": TTS.format(12, 1.7, "CustomVoice"), "Qwen3TTS-12Hz-1.7B-VD": TTS.format(12, 1.7, "VoiceDesign")}, label=0, at={
        kind: {2 + 3 * n + m: M("InstructTTSEval", metric, f"{language}, {kind.lower()}") for n, language in enumerate(("ZH", "EN")) for m, metric in enumerate(("attribute perception and synthesis accuracy", "description-speech consistency", "response precision"))}
        for kind in ("Target Speaker", "Voice Design")}),
    ByColumn("qwen3-tts-readme", 4, {1: TTS.format(25, 0.6, "CustomVoice"), 2: TTS.format(25, 1.7, "CustomVoice"), 3: TTS.format(12, 0.6, "CustomVoice"), 4: TTS.format(12, 1.7, "CustomVoice")}, {language: asr("TTS-Multilingual", f"{language}, target speaker") for language in TTS_LANGUAGES}),
    ByLine("qwen3-tts-readme", 5, 1, {TTS.format(rate, 1.7, "CustomVoice"): TTS.format(rate, 1.7, "CustomVoice") for rate in (25, 12)}, {2: asr("Long-Speech-TTS", "long-zh"), 3: asr("Long-Speech-TTS", "long-en")}),
    ByLine("qwen3-tts-readme", 6, 0, {f"Qwen-TTS-Tokenizer-25Hz (Stage {n})": ("Qwen-TTS-Tokenizer-25Hz", f"stage {n}") for n in (1, 2)}, {3: asr("Common Voice", "en"), 4: asr("Common Voice", "zh"), 5: asr("FLEURS", "en"), 6: asr("FLEURS", "zh")}),
    ByLine("qwen3-tts-readme", 7, 0, {"Qwen-TTS-Tokenizer-12Hz": "Qwen3-TTS-Tokenizer-12Hz"}, {index: M("Speech-Reconstruction", metric, "", "points") for index, metric in enumerate(("PESQ, wide band", "PESQ, narrow band", "STOI", "UTMOS", SIM), 4)}),
    # -- Qwen3-ASR ---------------------------------------------------------------------------------------------
    ByColumn("qwen3-asr-readme", 0, {7: "Qwen3-ASR-0.6B", 8: "Qwen3-ASR-1.7B"}, {
        "Librispeech clean | other": asr("LibriSpeech", "clean|other"), "GigaSpeech": asr("GigaSpeech"), "CV-en": asr("Common Voice", "en"), "Fleurs-en": asr("FLEURS", "en"), "MLS-en": asr("MLS", "en"), "Tedlium": asr("TED-LIUM"), "VoxPopuli": asr("VoxPopuli"),
        "WenetSpeech net | meeting": asr("WenetSpeech", "net|meeting"), "AISHELL-2-test": asr("AISHELL-2", "test"), "SpeechIO": asr("SpeechIO"), "Fleurs-zh": asr("FLEURS", "zh"), "CV-zh": asr("Common Voice", "zh"),
        "KeSpeech": asr("KeSpeech"), "Fleurs-yue": asr("FLEURS", "yue"), "CV-yue": asr("Common Voice", "yue"), "CV-zh-tw": asr("Common Voice", "zh-tw"), "WenetSpeech-Yue short | long": asr("WenetSpeech-Yue", "short|long"), "WenetSpeech-Chuan easy | hard": asr("WenetSpeech-Chuan", "easy|hard"),
    }),
    ByColumn("qwen3-asr-readme", 1, {6: "Qwen3-ASR-0.6B", 7: "Qwen3-ASR-1.7B"}, {
        "Dialog-Accented English": asr("Dialog-Accented-English", "mean of 16 accents"), "Elders&Kids": asr("Elders-and-Kids"), "ExtremeNoise": asr("ExtremeNoise"), "TongueTwister": asr("TongueTwister"), "Dialog-Mandarin": asr("Dialog-Mandarin"), "Dialog-Cantonese": asr("Dialog-Cantonese"), "Dialog-Chinese Dialects": asr("Dialog-Chinese-Dialects", "mean of 22 dialects"),
    }),
    ByColumn("qwen3-asr-readme", 2, {4: "Qwen3-ASR-0.6B", 5: "Qwen3-ASR-1.7B"}, {
        "MLS": asr("MLS", "8 languages"), "CommonVoice": asr("Common Voice", "13 languages"), "MLC-SLM": asr("MLC-SLM", "11 languages"), "Fleurs": asr("FLEURS", "12 languages"), "Fleurs †": asr("FLEURS", "20 languages"), "Fleurs ††": asr("FLEURS", "30 languages"), "News-Multilingual": asr("News-Multilingual", "15 languages"),
    }),
    ByColumn("qwen3-asr-readme", 3, {2: "Qwen3-ASR-0.6B", 3: "Qwen3-ASR-1.7B"}, {
        "MLS": M("MLS", "language identification accuracy", "8 languages"), "CommonVoice": M("Common Voice", "language identification accuracy", "13 languages"), "MLC-SLM": M("MLC-SLM", "language identification accuracy", "11 languages"), "Fleurs": M("FLEURS", "language identification accuracy", "30 languages"), "Avg.": None,
    }),
    ByColumn("qwen3-asr-readme", 4, {6: "Qwen3-ASR-1.7B"}, {"M4Singer": asr("M4Singer"), "MIR-1k-vocal": asr("MIR-1K", "vocal"), "Opencpop": asr("Opencpop"), "Popcs": asr("PopCS"), "EntireSongs-en": asr("EntireSongs", "en"), "EntireSongs-zh": asr("EntireSongs", "zh")}),
    ByLine("qwen3-asr-readme", 5, 0, ASR, label=1, at={mode: {2: asr("LibriSpeech", f"clean, {mode.lower()}|other, {mode.lower()}"), 3: asr("FLEURS", f"en, {mode.lower()}"), 4: asr("FLEURS", f"zh, {mode.lower()}"), 5: None} for mode in ("Offline", "Streaming")}),
    ByColumn("qwen3-asr-readme", 6, {4: "Qwen3-ForcedAligner-0.6B"},
        {f"MFA-Labeled Raw/{language}": M("MFA-Labeled-Alignment", SHIFT, f"raw, {language}", "points") for language in (*TTS_LANGUAGES, "Avg.")}
        | {f"MFA-Labeled Concat-300s/{language}": M("MFA-Labeled-Alignment", SHIFT, f"concatenated to 300 s, {language}", "points") for language in (*TTS_LANGUAGES, "Cross-lingual", "Avg.")}
        | {f"Human-Labeled/{part}": M("Human-Labeled-Alignment", SHIFT, part, "points") for part in ("Raw", "Raw-Noisy", "Concat-60s", "Concat-300s", "Concat-Cross-lingual", "Avg.")}),
    # -- CodeQwen1.5 -------------------------------------------------------------------------------------------
    ByLine("codeqwen1.5-readme", 0, 0, CODEQWEN, HUMAN_EVAL),  # type: ignore[arg-type]
    ByLine("codeqwen1.5-readme", 1, 0, CODEQWEN, {2: M("LiveCodeBench", "pass@1", "code generation, all time"), 3: M("LiveCodeBench", "pass@1", "code generation, 2023-09-01 to 2024-04-01")}),
    ByLine("codeqwen1.5-readme", 2, 0, CODEQWEN, {index: M("MultiPL-E", "score", language) for index, language in enumerate(("Python", "C++", "Java", "PHP", "TypeScript", "C#", "Bash", "JavaScript", "average"), 2)}),
    ByLine("codeqwen1.5-readme", 3, 0, {"CodeQwen1.5-Chat": "CodeQwen1.5-7B-Chat"}, {2: M("Spider", "execution accuracy", "dev"), 3: M("BIRD", "execution accuracy", "dev")}),
    ByLine("codeqwen1.5-post", 0, 0, CODEQWEN, HUMAN_EVAL),  # type: ignore[arg-type]
    # -- Qwen-Audio --------------------------------------------------------------------------------------------
    *(ByLine("qwen-audio-readme", table, 1, {"Qwen-Audio": "Qwen-Audio"}, label=0, at=at) for table, at in enumerate([
        {"Librispeech": {2: asr("LibriSpeech", "dev-clean"), 3: asr("LibriSpeech", "dev-other"), 4: asr("LibriSpeech", "test-clean"), 5: asr("LibriSpeech", "test-other")}},
        {"Aishell1": {2: asr("AISHELL-1", "dev"), 3: asr("AISHELL-1", "test")}},
        {"Aishell2": {2: asr("AISHELL-2", "Mic"), 3: asr("AISHELL-2", "iOS"), 4: asr("AISHELL-2", "Android")}},
        {"CoVoST2": {index: M("CoVoST2", "BLEU", pair, "points") for index, pair in enumerate(("en-de", "de-en", "en-zh", "zh-en", "es-en", "fr-en", "it-en"), 2)}},
        {"Clotho": {2: M("Clotho", "CIDEr", "", "points"), 3: M("Clotho", "SPICE", "", "points"), 4: M("Clotho", "SPIDEr", "", "points")}},
        {"Industrial Data": {2: M("Qwen-Audio-Word-Timestamp", SHIFT, "", "points")}},
        {"Cochlscene": {2: M("CochlScene", "accuracy (0 to 1)", "", "points")}, "TUT2017": {2: M("TUT2017", "accuracy (0 to 1)", "", "points")}},
        {"Meld": {2: M("MELD", "accuracy (0 to 1)", "", "points")}},
        {"ClothoAQA": {2: M("ClothoAQA", "accuracy (0 to 1)", "", "points"), 3: M("ClothoAQA", "accuracy (0 to 1)", "binary", "points")}},
        {"VocalSound": {2: M("VocalSound", "accuracy (0 to 1)", "", "points")}},
        {"NSynth": {2: M("NSynth", "mean average precision (0 to 1)", "note qualities", "points"), 3: M("NSynth", "accuracy (0 to 1)", "instrument", "points")}},
    ])),  # type: ignore[arg-type]
    # -- Qwen2-Audio -------------------------------------------------------------------------------------------
    *qwen2_audio(1),
    *qwen2_audio(2, "after conversion to Hugging Face"),
    # -- Qwen2.5-Omni; of the table on audio, Qwen2-Audio is read only where its README has the same tasks ------
    ByLine("qwen2.5-omni-readme", 0, 1, {"Qwen2.5-Omni-7B": "Qwen2.5-Omni-7B"}, {2: M("OmniBench", "score", "speech|sound event|music|average")}),
    ByLine("qwen2.5-omni-readme", 1, 1, {"Qwen2.5-Omni-7B": "Qwen2.5-Omni-7B", "Qwen-Audio": "Qwen-Audio", "Qwen2-Audio": "Qwen2-Audio-7B"}, label=0, last=359, at={
        "Librispeech dev-clean | dev other | test-clean | test-other": {2: asr("LibriSpeech", "dev-clean|dev-other|test-clean|test-other")},
        "Common Voice 15 en | zh | yue | fr": {2: asr("Common Voice", "version 15, en|version 15, zh|version 15, yue|version 15, fr")},
        "Fleurs zh | en": {2: asr("FLEURS", "zh|en")},
        "Wenetspeech test-net | test-meeting": {2: asr("WenetSpeech", "net|meeting")},
        "Voxpopuli-V1.0-en": {2: asr("VoxPopuli", "version 1.0, en")},
        "CoVoST2 en-de | de-en | en-zh | zh-en": {2: M("CoVoST2", "BLEU", "en-de|de-en|en-zh|zh-en", "points")},
        "Meld": {2: M("MELD", "accuracy (0 to 1)", "", "points")},
        "VocalSound": {2: M("VocalSound", "accuracy (0 to 1)", "", "points")},
    }),
    ByLine("qwen2.5-omni-readme", 1, 1, {"Qwen2.5-Omni-7B": "Qwen2.5-Omni-7B"}, label=0, first=360, at={
        "GiantSteps Tempo": {2: M("GiantSteps-Tempo", "score (0 to 1)", "", "points")},
        "MusicCaps": {2: None},  # six numbers without the names of their metrics
        "MMAU Sound | Music | Speech | Avg": {2: M("MMAU", "score", "sound|music|speech|average")},
        "VoiceBench AlpacaEval | CommonEval | SD-QA | MMSU": {2: M("VoiceBench", "score", "AlpacaEval|CommonEval|SD-QA|MMSU", "points")},
        "VoiceBench OpenBookQA | IFEval | AdvBench | Avg": {2: M("VoiceBench", "score", "OpenBookQA|IFEval|AdvBench|average", "points")},
    }),
    *(ByLine("qwen2.5-omni-readme", 2, 1, {"Qwen2.5-Omni-7B_ICL": ("Qwen2.5-Omni-7B", "ICL"), "Qwen2.5-Omni-7B_RL": ("Qwen2.5-Omni-7B", "RL")}, {2: M("Seed-TTS-Eval", metric, "test-zh, zero-shot|test-en, zero-shot|test-hard, zero-shot", unit)}, first=first, last=last) for metric, unit, first, last in ((WER, "percent", 531, 570), (SIM, "points", 571, 611))),
    # -- Qwen-VL -----------------------------------------------------------------------------------------------
    ByLine("qwen-vl-readme", 0, 0, VL_SERVICES, VL_MEASURES),  # type: ignore[arg-type]
    ByLine("qwen-vl-post", 1, 0, VL_SERVICES, {index: measure._replace(setting="") for index, measure in VL_MEASURES.items()}),
    ByLine("qwen-vl-readme", 1, 1, {"Qwen-VL (Qwen-7B)": "Qwen-VL", "Qwen-VL-Chat": "Qwen-VL-Chat", "Qwen-VL (4-shot)": ("Qwen-VL", "4-shot"), "Qwen-VL-Chat (4-shot)": ("Qwen-VL-Chat", "4-shot")}, {
        2: M("NoCaps", "score", "zero-shot", "points"), 3: M("Flickr30K", "score", "zero-shot", "points"), 4: M("VQAv2", "score", "dev"), 5: M("OK-VQA", "score"), 6: M("GQA", "score"), 7: M("ScienceQA-Img", "score", "0-shot"), 8: M("VizWiz", "score", "0-shot")}),
    ByLine("qwen-vl-readme", 2, 1, {"Qwen-VL (Qwen-7B)": "Qwen-VL"}, {index: M(name, "score") for index, name in enumerate(("TextVQA", "DocVQA", "ChartQA", "AI2D", "OCR-VQA"), 2)}),
    ByLine("qwen-vl-readme", 3, 1, {"Qwen-VL-7B": "Qwen-VL", "Qwen-VL-7B-Chat": "Qwen-VL-Chat"}, {index: M(name, "score", split) for index, (name, split) in enumerate([("RefCOCO", "val"), ("RefCOCO", "test-A"), ("RefCOCO", "test-B"), ("RefCOCO+", "val"), ("RefCOCO+", "test-A"), ("RefCOCO+", "test-B"), ("RefCOCOg", "val-u"), ("RefCOCOg", "test-u"), ("GRIT", "refexp")], 2)}),
    ByLine("qwen2-vl-readme", 0, 0, {"Qwen2-VL-72B": "Qwen2-VL-72B-Instruct", "GPT-4o": "GPT-4o"}, {index: M("MTVQA", "score", part) for index, part in enumerate(("AR", "DE", "FR", "IT", "JA", "KO", "RU", "TH", "VI", "average"), 1)}),
    # -- Qwen --------------------------------------------------------------------------------------------------
    ByLine("qwen-readme", 2, 0, {f"Qwen-{size}B-Chat": f"Qwen-{size}B-Chat" for size in ("1_8", "7", "14", "72")}, {1: M("Qwen-Tool-Use-Benchmark", "tool selection accuracy", "version 20231206"), 2: M("Qwen-Tool-Use-Benchmark", "tool input ROUGE-L (0 to 1)", "version 20231206", "points"), 3: M("Qwen-Tool-Use-Benchmark", "false positive error", "version 20231206")}),
    ByLine("qwen-readme", 3, 0, {f"Qwen-{size}B-Chat": f"Qwen-{size.replace('.', '_')}B-Chat" for size in ("1.8", "7", "14", "72")}, {index: m._replace(setting=f"version 20231206, {m.setting}") for index, m in INTERPRETER.items()}),
    *(ByLine("qwen-readme", 4, 0, {name: named, **{mark: (variant, setting) for mark, setting in extra.items()}}, PERPLEXITY, first=first, last=last) for name, named, variant, extra, first, last in [  # type: ignore[arg-type,dict-item]
        ("Qwen-7B (original)", ("Qwen-7B", "first release"), "Qwen-7B", {"+ dynamic_ntk": "first release, dynamic NTK", "+ dynamic_ntk + logn": "first release, dynamic NTK, LogN", "+ dynamic_ntk + logn + window_attn": "first release, dynamic NTK, LogN, window attention"}, 1312, 1323),
        ("Qwen-1.8B", "Qwen-1_8B", "Qwen-1_8B", {"+ dynamic_ntk + logn + window_attn": "dynamic NTK, LogN, window attention"}, 1324, 1330),
        ("Qwen-7B", "Qwen-7B", "Qwen-7B", {"+ dynamic_ntk + logn + window_attn": "dynamic NTK, LogN, window attention"}, 1331, 1336),
        ("Qwen-14B", "Qwen-14B", "Qwen-14B", {"+ dynamic_ntk + logn + window_attn": "dynamic NTK, LogN, window attention"}, 1337, 1342),
        ("Qwen-72B", "Qwen-72B", "Qwen-72B", {}, 1343, 1346),
    ]),
    ByLine("qwen-tech-memo", 0, 0, {"Qwen-7B": "Qwen-7B", "+ dynamic_ntk": ("Qwen-7B", "dynamic NTK"), "+ dynamic_ntk + logn": ("Qwen-7B", "dynamic NTK, LogN"), "+ dynamic_ntk + logn + local_attn": ("Qwen-7B", "dynamic NTK, LogN, local attention")}, PERPLEXITY),  # type: ignore[arg-type]
    # -- Qwen1.5 -----------------------------------------------------------------------------------------------
    ByLine("qwen1.5-post", 0, 0, QWEN15, {1: M("MT-Bench", "score", "mean of three runs", "points"), 2: M("AlpacaEval 2.0", "win rate"), 3: None}),
    *(ByLine("qwen1.5-post", 1, 0, QWEN15, {index: M("RGB", metric, f"{language}, {part}") for index, (metric, part) in enumerate(RGB, 1)}, first=first, last=last) for language, first, last in (("English", 219, 286), ("Chinese", 287, 353))),
    *(ByLine("qwen1.5-post", 2, 0, QWEN15, {index: M("T-Eval", "score", f"{language}, {part}") for index, part in enumerate(T_EVAL, 1)}, first=first, last=last) for language, first, last in (("English", 356, 440), ("Chinese", 441, 523))),
    ByLine("qwen1.5-post", 3, 0, QWEN15, {1: M("Qwen-Tool-Use-Benchmark", "tool selection accuracy"), 2: M("Qwen-Tool-Use-Benchmark", "tool input ROUGE-L"), 3: M("Qwen-Tool-Use-Benchmark", "false positive accuracy")}),
    ByLine("qwen1.5-post", 4, 0, QWEN15, INTERPRETER),  # type: ignore[arg-type]
    ByLine("qwen1.5-32b-post", 0, 0, QWEN15, {1: M("MT-Bench", "score", "", "points"), 2: M("AlpacaEval 2.0", "length-controlled win rate")}),
    ByLine("qwen1.5-110b-post", 0, 0, QWEN15, {1: M("MT-Bench", "score", "", "points"), 2: M("AlpacaEval 2.0", "length-controlled win rate")}),
    ByLine("qwen-max-0428-post", 0, 0, {"Qwen1.5-110B-Chat": "Qwen1.5-110B-Chat", "Qwen-Max-0428": "Qwen-Max-0428"}, {1: M("MT-Bench", "score", "", "points"), 2: M("Chatbot Arena", "arena rating", "", "points")}),
    ByLine("qwen-tts-post", 1, 0, {voice: ("Qwen-TTS", f"voice {voice}") for voice in ("Chelsie", "Serena", "Ethan", "Cherry")}, {1 + 3 * n + m: M("Seed-TTS-Eval", metric, f"test-{part}", unit) for n, (metric, unit) in enumerate(((WER, "percent"), (SIM, "points"))) for m, part in enumerate(("zh", "en", "hard"))}),
]  # fmt: skip

#: Three runs stand beside their mean in one table.
RUNS = ("qwen1.5-post", 0, 1)


class Told(NamedTuple):
    """A score that a sentence tells."""

    variant: str
    measure: M
    score: str
    source: str
    locator: str
    date: str = ""


MATH_25 = [
    ("qwen2.5-math-post", 101, 103, 113, 119),
    ("qwen2.5-math-readme", 179, 181, 195, 201),
    ("qwen2-math-readme", 175, 177, 191, 197),
]
PROSE = [
    Told("QVQ-72B-Preview", M("MMMU", "score"), "70.3", "qvq-72b-preview-post", "51 78"),
    *(Told("Qwen3-Embedding-8B", M("MTEB-Multilingual", "score", "", "points"), "70.58", source, line, "2025-06-05") for source, line in (("qwen3-embedding-readme", "17"), ("qwen3-embedding-post", "74"))),
    Told("CodeQwen1.5-7B-Chat", M("SWE-bench", "score"), "0.89", "codeqwen1.5-post", "204"),
    Told("Qwen2.5-Coder-32B-Instruct", M("Aider", "score"), "73.7", "qwen2.5-coder-family-post", "65"),
    Told("Qwen2.5-Coder-32B-Instruct", M("McEval", "score"), "65.9", "qwen2.5-coder-family-post", "71"),
    Told("Qwen2.5-Coder-32B-Instruct", M("MdEval", "score"), "75.2", "qwen2.5-coder-family-post", "74"),
    Told("Qwen2.5-Turbo", M("RULER", "score"), "93.1", "qwen2.5-turbo-post", "49 120"),
    Told("Qwen2.5-Turbo", M("Passkey-Retrieval", "accuracy", "1M tokens"), "100", "qwen2.5-turbo-post", "49"),
    *(Told(f"Qwen2.5-Math-{size}B-Instruct", M("MATH", "score", "tool-integrated reasoning"), score, "qwen2.5-math-post", "64") for size, score in (("1.5", "79.7"), ("7", "85.3"), ("72", "87.8"))),
    *(told for source, best, seven, amc, aime in MATH_25 for told in (
        Told("Qwen2.5-Math-72B-Instruct", M("MATH", "score", "tool-integrated reasoning, RM@8"), "92.9", source, str(best)),
        Told("Qwen2.5-Math-7B-Instruct", M("MATH", "score", "chain of thought"), "83.6", source, str(seven)),
        *([Told("Qwen2.5-Math-7B-Instruct", M("MATH", "score", "tool-integrated reasoning"), "85.3", source, str(seven))] if source != "qwen2.5-math-post" else []),
        Told("Qwen2.5-Math-1.5B-Instruct", M("AMC", "problems solved of 40", "2023, chain of thought, RM@256", "points"), "29", source, str(amc)),
        Told("Qwen2.5-Math-72B-Instruct", M("AIME", "problems solved of 30", "2024, chain of thought, greedy", "points"), "9", source, str(aime)),
        Told("Qwen2.5-Math-72B-Instruct", M("AIME", "problems solved of 30", "2024, tool-integrated reasoning", "points"), "12", source, str(aime)),
        Told("Qwen2.5-Math-7B-Instruct", M("AIME", "problems solved of 30", "2024, with a reward model", "points"), "21", source, str(aime)),
    )),
]  # fmt: skip


def numbers(text: str, parts: int) -> list[str | None]:
    """Give the numbers of a cell, one for each part that it packs; None where there is none."""
    pieces = [piece.strip() for piece in text.split("|")] if parts > 1 else [text.strip()]
    if len(pieces) != parts:
        raise ValueError(f"{len(pieces)} numbers for {parts} parts: {text!r}")
    return [found[0] if (found := re.match(r"-?\d+(?:\.\d+)?", piece)) else None for piece in pieces]


class Transcription:
    """The rows that come of the layouts."""

    def __init__(self, sources: Path) -> None:
        """Read the benchmarks; the sources are under the given folder."""
        self._sources, self._benchmarks = sources, Benchmarks()
        self._tables: dict[str, list[list[list[Cell]]]] = {}
        self.rows: list[dict[str, str]] = []

    def _grid(self, source: str, table: int) -> list[list[Cell]]:
        if source not in self._tables:
            self._tables[source] = Reader((self._sources / FILES[source]).read_text("utf-8")).tables
        return grid(self._tables[source][table])

    def by_line(self, layout: ByLine) -> None:
        """Read a table with a line for each variant."""
        met: set[str] = set()
        for line in self._grid(layout.source, layout.table):
            if not layout.first <= line[-1].first <= layout.last or len(line) <= layout.names:
                continue
            names = [name.strip() for name in line[layout.names].text.split("\n") if name.strip()]
            packed = len(names) > 1 and line[-1].text.strip().count("\n") == len(names) - 1
            for index, name in enumerate(names if packed else [line[layout.names].words]):
                if name not in layout.variants:
                    continue
                met.add(name)
                measures = layout.measures
                if layout.label >= 0:
                    label = line[layout.label].words
                    if label not in layout.at:
                        continue
                    met.add(label)
                    measures = layout.at[label]
                for column, measure in measures.items():
                    if measure and column < len(line):
                        text = line[column].text.strip()
                        self._add(
                            layout.variants[name],
                            measure,
                            text.split("\n")[index] if packed else text,
                            layout.source,
                            line[column],
                        )
                        if (layout.source, layout.table, column) == RUNS:
                            self._runs(layout.variants[name], measure, layout.source, line[column])
        if (
            missing := {*layout.variants, *layout.at}
            - met
            - ({*QWEN15} if layout.variants is QWEN15 else set())
        ):
            print(f"{layout.source}, table {layout.table}: not found: {sorted(missing)}", file=sys.stderr)

    def by_column(self, layout: ByColumn) -> None:
        """Read a table with a column for each variant."""
        group, met = "", set()
        for line in self._grid(layout.source, layout.table):
            label = line[layout.label].words
            if all(cell is line[0] for cell in line):
                group = label
                continue
            key = label if label in layout.measures else f"{group}/{label}"
            if key not in layout.measures:
                if any(
                    re.match(r"\d", cell.text.strip())
                    and cell is not line[layout.label]
                    and column in layout.variants
                    and not cell.words.endswith(("Base", "CustomVoice"))
                    for column, cell in enumerate(line)
                ):
                    print(f"{layout.source}, table {layout.table}: unknown line {key}", file=sys.stderr)
                continue
            met.add(key)
            if measure := layout.measures[key]:
                for column, named in layout.variants.items():
                    self._add(
                        named, measure, line[column].text.replace("\n", " "), layout.source, line[column]
                    )
        if missing := layout.measures.keys() - met:
            print(f"{layout.source}, table {layout.table}: not found: {sorted(missing)}", file=sys.stderr)

    def _runs(self, named: Named, measure: M, source: str, cell: Cell) -> None:
        runs = re.search(r"\(([\d./]+)\)", cell.text)
        for number, score in enumerate(runs[1].split("/") if runs else [], 1):
            self._add(named, measure._replace(setting=f"run {number} of 3"), score, source, cell)

    def _add(self, named: Named, measure: M, text: str, source: str, cell: Cell) -> None:
        variant, more = (named, "") if isinstance(named, str) else named
        settings = measure.setting.split("|")
        for setting, score in zip(settings, numbers(text.replace("%", ""), len(settings)), strict=True):
            if score is not None:
                shots = more.endswith("-shot")  # of a line, they are not those of the column
                whole = ", ".join(part for part in (more, "" if shots else setting) if part)
                locator = str(cell.first) if cell.first == cell.last else f"{cell.first}-{cell.last}"
                self.add(
                    variant,
                    measure._replace(setting=whole),
                    score,
                    source,
                    locator,
                    "",
                    "withdrawn" if cell.hidden else "",
                )

    def add(
        self,
        variant: str,
        measure: M,
        score: str,
        source: str,
        locator: str,
        date: str = "",
        standing: str = "",
    ) -> None:
        """Add a row."""
        benchmark = self._benchmarks[measure.benchmark]
        values = (
            variant,
            benchmark,
            measure.metric,
            measure.setting,
            score,
            measure.unit,
            source,
            locator,
            date,
            standing,
        )
        self.rows.append(dict(zip(COLUMNS, values, strict=True)))

    def write(self) -> None:
        """Write the rows; two scores of one thing in one source are told of."""
        seen: dict[tuple[str, ...], dict[str, str]] = {}
        for row in self.rows:
            key = tuple(row[column] for column in ("variant", "benchmark", "metric", "setting", "source"))
            if (first := seen.setdefault(key, row)) is not row:
                print(
                    f"twice: {' '.join(key)}: {first['score']} ({first['locator']}), {row['score']} ({row['locator']})",
                    file=sys.stderr,
                )
        with TARGET.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, "standing": row["standing"] or "asserted"} for row in self.rows)
        print(f"{TARGET.name}: {len(self.rows)} scores", file=sys.stderr)


def main() -> None:
    """Write the scores of the sources in the folder that is given."""
    made = Transcription(Path(sys.argv[1]))
    for layout in LAYOUTS:
        made.by_line(layout) if isinstance(layout, ByLine) else made.by_column(layout)
    for told in PROSE:
        made.add(told.variant, told.measure, told.score, told.source, told.locator, told.date)
    made.write()


if __name__ == "__main__":
    main()
