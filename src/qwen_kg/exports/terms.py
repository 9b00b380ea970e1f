"""The words of a JSON-LD context, found from IRIs (IRI compaction, JSON-LD 1.1 API, 6.2)."""

from __future__ import annotations

import re

from qwen_kg.errors import InputError
from qwen_kg.exports.context import Context

# What is surely no more than a path of names when it is resolved against the base (RFC 3986, 4.2).
_RELATIVE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_][A-Za-z0-9._~-]*)*", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*", re.ASCII)


class Terms:
    """A context, read backwards."""

    def __init__(self, context: Context) -> None:
        self.base, self.vocabulary = str(context["@base"]), str(context["@vocab"])
        self._meanings = {name: meaning for name, meaning in context.items() if not name.startswith("@")}
        self._prefixes = {
            name: meaning
            for name, meaning in self._meanings.items()
            if isinstance(meaning, str) and meaning.endswith(("/", "#"))
        }
        #: Names of inverse properties by the IRI of the property, and of properties with their definitions.
        self.inverse: dict[str, str] = {}
        self._properties: dict[str, tuple[str, dict[str, str]]] = {}
        for name, meaning in self._meanings.items():
            if isinstance(meaning, dict):
                if "@reverse" in meaning:
                    self.inverse[self._expand(meaning["@reverse"])] = name
                else:
                    self._properties.setdefault(self._expand(meaning["@id"]), (name, meaning))

    def _expand(self, curie: str) -> str:
        prefix, _, local = curie.partition(":")
        return self._prefixes[prefix] + local

    def property(self, iri: str) -> tuple[str, dict[str, str]]:
        """Give the key of a property and its definition, empty for one that is not in the context."""
        return self._properties.get(iri) or (self.word(iri), {})

    def word(self, iri: str) -> str:
        """Write an IRI where words of the vocabulary are expected: a key, a class, a concept, a datatype.

        Raises:
            InputError: the scheme of the IRI is a prefix of the context.
        """
        if iri in self._properties:
            return self._properties[iri][0]
        local = iri.removeprefix(self.vocabulary)
        if local != iri and local not in self._meanings and _WORD.fullmatch(local):
            return local
        return self._curie(iri)

    def name(self, iri: str) -> str:
        """Write an IRI where a name is expected: relative to the base, with a prefix, or in full.

        Raises:
            InputError: the scheme of the IRI is a prefix of the context.
        """
        local = iri.removeprefix(self.base)
        # A name that is an alias of a keyword would be read as the keyword (JSON-LD 1.1 API, 5.2.2).
        keyword = str(self._meanings.get(local, "")).startswith("@")
        return local if local != iri and _RELATIVE.fullmatch(local) and not keyword else self._curie(iri)

    def _curie(self, iri: str) -> str:
        fitting = [
            (len(namespace), prefix)
            for prefix, namespace in self._prefixes.items()
            if iri.startswith(namespace) and iri != namespace and not iri.startswith("//", len(namespace))
        ]
        if fitting:
            length, prefix = max(fitting)
            return f"{prefix}:{iri[length:]}"
        if iri.partition(":")[0] in self._prefixes:
            raise InputError(f"JSON-LD cannot hold <{iri}>: its scheme is a prefix of the context")
        return iri
