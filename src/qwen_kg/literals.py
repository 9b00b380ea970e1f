"""Numbers, truth values and dates as people write them, read as RDF writes them; else a ValueError."""

from __future__ import annotations

import re
from datetime import date


def _integer(text: str) -> str:
    if not re.fullmatch(r"[+-]?\d{1,30}", text, re.ASCII):
        raise ValueError(text)
    return str(int(text))


def _decimal(text: str) -> str:
    if not re.fullmatch(r"[+-]?(\d{1,30}(\.\d{1,30})?|\.\d{1,30})", text, re.ASCII):
        raise ValueError(text)
    return text


def _boolean(text: str) -> str:
    words = {"true": "true", "1": "true", "yes": "true", "false": "false", "0": "false", "no": "false"}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


#: For each type of parameter that is a literal, what reads its values and gives the lexical form of RDF.
READERS = {"integer": _integer, "decimal": _decimal, "boolean": _boolean, "date": _date}
