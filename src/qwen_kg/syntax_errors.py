"""Turns what Oxigraph says of a text that does not parse into a message for people, and a place.

Oxigraph reports how far its parser looked, which is often some characters beyond the mistake, because it
reads as many characters as a keyword has before it compares them. So the place is corrected by the keywords
it lists as expected, and then moved to the beginning of the token there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from difflib import get_close_matches

from qwen_kg.errors import QuerySyntaxError
from qwen_kg.namespaces import PREFIXES
from qwen_kg.sparql import Token, escape_dots, first_keyword, position, tokens

_QUERIES = {"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z]\w*(?: [\w\\]+){2,}")
_KEYWORD = re.compile(r"\b[A-Z_]{2,}\b")
# With the longest keyword of room behind the text, the parser never runs into its end while it compares.
PADDING = " " * 24

# Prefixes that people write and expect to be known; ours come first where they differ.
WELL_KNOWN: Mapping[str, str] = {
    "as": "https://www.w3.org/ns/activitystreams#",
    "bibo": "http://purl.org/ontology/bibo/",
    "brick": "https://brickschema.org/schema/Brick#",
    "cc": "http://creativecommons.org/ns#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dbo": "http://dbpedia.org/ontology/",
    "dbp": "http://dbpedia.org/property/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcam": "http://purl.org/dc/dcam/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "fn": "http://www.w3.org/2005/xpath-functions#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "gn": "http://www.geonames.org/ontology#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "obo": "http://purl.obolibrary.org/obo/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "p": "http://www.wikidata.org/prop/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "qb": "http://purl.org/linked-data/cube#",
    "qudt": "http://qudt.org/schema/qudt/",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wgs": "https://www.w3.org/2003/01/geo/wgs84_pos#",
    "wikibase": "http://wikiba.se/ontology#",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "yago": "http://yago-knowledge.org/resource/",
    **PREFIXES,
}


def explain(text: str, message: str, *, update: bool = False, dots_escaped: bool = False) -> QuerySyntaxError:
    """Give the error for a query or an update.

    Args:
        text: the query or the update, as it was written.
        message: what Oxigraph said of it, followed by :data:`PADDING`.
        update: whether it was to be an update.
        dots_escaped: whether Oxigraph got what :func:`qwen_kg.sparql.escape_dots` makes of the text.
    """
    found = _PLACE.search(message)
    if found is None:
        return QuerySyntaxError(message)
    read = escape_dots(text) if dots_escaped else text
    place = _offset(read, int(found.group(1)), int(found.group(2)))
    lengths = [len(word) for word in _KEYWORD.findall(found.group(3))]
    sentence = _SENTENCE.search(found.group(3))
    return (
        _wrong_kind(text, update=update)
        or _undeclared(text, _as_written(text, read, place))
        or (sentence and _named_fault(text, sentence.group(), _as_written(text, read, place)))
        or _unreadable(text, _as_written(text, read, max(place - min(lengths, default=0), 0)), update=update)
    )


def _wrong_kind(text: str, *, update: bool) -> QuerySyntaxError | None:
    """Give the error for an update in the place of a query, or a query in the place of an update."""
    keyword = first_keyword(text)
    if keyword not in (_QUERIES if update else _UPDATES):
        return None
    token = next(each for each in tokens(text) if each.kind == "word" and each.text.upper() == keyword)
    is_not = "a query, not an update" if update else "an update, not a query"
    return _error(text, f"{keyword} is {is_not}", token.offset)


def _unreadable(text: str, offset: int, *, update: bool) -> QuerySyntaxError:
    """Give the error for what could not be read from an offset on."""
    end = len(text.rstrip())
    if offset >= end:
        return _error(text, f"the {'update' if update else 'query'} ends too early", end)
    culprit = _token_at(text, offset)
    misplaced = _misplaced(text, culprit) if update and culprit.text == "}" else None
    return misplaced or _error(text, f"cannot be read from {_shown(culprit)} on", culprit.offset)


def _error(text: str, message: str, offset: int) -> QuerySyntaxError:
    """Give the error for a fault at an offset."""
    line, column = position(text, offset)
    return QuerySyntaxError(message, line, column, excerpt(text.split("\n", line)[line - 1], column))


_WIDTH = 100


def excerpt(line: str, column: int) -> str:
    """Show a line and, in a second one, a caret under a column, which counts characters from 1.

    A long line is cut around the column, and what cannot be printed is replaced; tabs stay, in both lines, so
    that the caret stands where it should. A line with nothing in it gives nothing.
    """
    line = "".join(each if each.isprintable() or each == "\t" else "\ufffd" for each in line.rstrip("\r"))
    if not line.strip():
        return ""
    start = max(min(column - 1 - _WIDTH // 2, len(line) - _WIDTH), 0)
    before = ("…" if start else "") + line[start : column - 1]
    after = line[column - 1 : start + _WIDTH] + ("…" if start + _WIDTH < len(line) else "")
    below = "".join(each if each == "\t" else " " for each in before)
    return f"{before}{after}\n{below}^"


def _named_fault(text: str, sentence: str, offset: int) -> QuerySyntaxError:
    """Give the error where Oxigraph names the fault itself; it then stands behind the token at fault."""
    culprit = _token_at(text, max(min(offset, len(text.rstrip())) - 1, 0))
    if sentence == "IRI parsing failed":
        sentence = f"{culprit.text} is not a complete IRI"
    return _error(text, sentence, culprit.offset)


def _undeclared(text: str, end: int) -> QuerySyntaxError | None:
    """Give the error for the first name before an offset whose prefix is not declared, if there is one.

    The parser cannot get beyond such a name, but does not say so where it has looked ahead for a keyword.
    """
    before, declared = "", set[str]()
    for token in tokens(text):
        if token.offset >= end:
            break
        if token.kind == "pname":
            prefix = token.text.partition(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                advice = _advice(prefix, declared)
                return _error(text, f"the prefix {prefix}: is not declared{advice}", token.offset)
        if token.kind not in {"space", "comment"}:
            before = token.text.upper()
    return None


def _advice(prefix: str, declared: Set[str]) -> str:
    """Say how a prefix that is not declared could be, or which one that is like it may be meant."""
    if prefix in WELL_KNOWN:
        return f", declare it with PREFIX {prefix}: <{WELL_KNOWN[prefix]}>"
    for known in (declared, WELL_KNOWN):
        # A slip of the pen is seldom in the first letter.
        spellings = {each.casefold(): each for each in known if each[:1].casefold() == prefix[:1].casefold()}
        for close in get_close_matches(prefix.casefold(), spellings, n=1, cutoff=0.66):
            meant = spellings[close]
            hint = "" if known is declared else f" Declare it with PREFIX {meant}: <{WELL_KNOWN[meant]}>"
            return f", did you mean {meant}:?{hint}"
    return ""


# What Oxigraph finds only at the end of a group: the kinds of tokens that the words before it do not allow.
_NO_BLANK = {"blank": "a blank node", "[": "a blank node"}
_NOT_ALLOWED = {
    ("INSERT", "DATA"): {"variable": "a variable"},
    ("DELETE", "DATA"): {"variable": "a variable", **_NO_BLANK},
    ("DELETE", "WHERE"): _NO_BLANK,
    ("DELETE",): _NO_BLANK,
}


def _misplaced(text: str, closing: Token) -> QuerySyntaxError | None:
    """Give the error for a term that may not be in the group of an update that a brace closes."""
    depth, words, group = 0, [""], list[Token]()
    for token in tokens(text):
        if token.offset == closing.offset:
            break
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth:
            group.append(token)
        elif token.kind not in {"space", "comment"}:
            group = []
            words.append(token.text.upper())
    for place in (tuple(words[-2:]), tuple(words[-1:])):
        not_allowed = _NOT_ALLOWED.get(place, {})
        for token in group:
            if what := not_allowed.get(token.kind) or not_allowed.get(token.text):
                return _error(text, f"{what} is not allowed in {' '.join(place)}", token.offset)
    return None


def _as_written(text: str, read: str, offset: int) -> int:
    """Give the offset in a text of an offset in what :func:`escape_dots` made of it."""
    if read == text:
        return offset
    written = 0
    for character in read[:offset]:
        written += character == text[written : written + 1]
    return written + max(offset - len(read), 0)


def _offset(text: str, line: int, column: int) -> int:
    """Give the offset of a line and column, which may lie behind the end of the text."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text) + len(PADDING))


def _token_at(text: str, offset: int) -> Token:
    """Give the token that holds an offset, or the next one where a space or comment does."""
    last = Token("other", "", 0, 1, 1)
    for token in tokens(text):
        if token.kind not in {"space", "comment"}:
            last = token
            if token.offset + len(token.text) > offset:
                break
    return last


def _shown(token: Token) -> str:
    """Quote a token, shortened."""
    return f"{token.text!r}" if len(token.text) <= 40 else f"{token.text[:37]!r}..."
