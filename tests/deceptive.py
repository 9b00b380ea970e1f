"""Texts written to deceive whoever reads SPARQL in another way than Oxigraph does, for hypothesis.

They are put together from what has more than one reading: ``<`` before what could be an IRI, strings in three
quotes that do not end, comments behind anything, keywords with names glued to them, names that make no IRI.
"""

from __future__ import annotations

from hypothesis import strategies as st

SPACES = st.sampled_from(["", " ", "\n", "  ", "#'\n", '#"""\n', "# '''\r", "#x>\n", "# LOAD SERVICE\n"])
STRINGS = st.sampled_from(
    [
        *("'a'", '"b"', "''", "'''a'b'''", '"""x"y"""', "'\\''", "'#'", '"\'"', "'''\\''''", "'''\n'''"),
        *("'LOAD <x>'", "'SERVICE <x> {}'", "'''a' } ; LOAD <x> '''", "'}'", '"{"', "'''a' } '''"),
    ]
)
TERMS = st.sampled_from(
    [
        *("<http://a/#b>", "<#x>", "<#'x>", "<a:'b>", r"<a:\u+062'>", "<http://a/it's>", "<a:b>", '<#">'),
        *(
            "ex:a",
            "ex:",
            "l:a",
            "l:",
            r"ex:a\'b",
            r"ex:\#",
            "ex:load",
            "ex:service",
            "?x",
            "_:b",
            "1",
            "true",
        ),
    ]
)
CONDITIONS = st.builds(
    str.format,
    st.sampled_from(
        [
            *(
                "?a<#x>{0}\n1",
                "?a<#x>'\n1",
                "?a<'x'&&?b>'y'",
                "?a < {0}",
                "<a:'b> = {0}",
                "1<2",
                "?a<#>}}\n1",
            ),
            *("?a<#x>\n{0}", "{0}<#'>\n{0}", "?a<#x>'''\n 3 || ?b='''{0}", "?a<#>{{\n1", "?a<#>)\n1"),
        ]
    ),
    STRINGS,
)
NOISE = st.sampled_from(["'", '"', "'''", '"""', "\\x", "\\uD800", "#", "{", "}", "<", ">"])


def prologues(url: str) -> st.SearchStrategy[str]:
    """Declare ``ex:`` and others for a URL that ends with a slash."""
    declared = f"PREFIX ex:<{url}>PREFIX :<{url}>PREFIX l:<{url[:-1]}>PREFIX \ufff0:<{url}>"
    forms = ["{0}", "BASE<http://b/#'>{0}", "{0}PREFIX z:<#'>", "{0}PREFIX z:<#x>", "VERSION '{{'{0}"]
    return st.builds(lambda form, space: form.format(declared) + space, st.sampled_from(forms), SPACES)


def glued(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Put parts one behind the other, with any space between them, even none."""
    pieces = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    spaced = [each for piece in pieces for each in (SPACES, piece)]
    return st.tuples(*spaced).map("".join)


def groups(*more: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make groups of patterns, in which other things may stand too."""
    triple = glued("?s", st.one_of(TERMS, TERMS.map("!{}".format)), st.one_of(TERMS, STRINGS))
    item = st.one_of(
        glued(triple, st.sampled_from([".", ";", " .", "\n.", ". "])),
        glued("FILTER(", CONDITIONS, ")"),
        glued("VALUES ?v {", STRINGS, STRINGS, "}"),
        *more,
        *more,
    )
    flat = glued("{", st.lists(item, max_size=4).map("".join), "}")
    return st.recursive(
        flat,
        lambda inner: glued("{", st.lists(st.one_of(item, inner, NOISE), max_size=3).map("".join), "}"),
        max_leaves=3,
    )


ENDS = st.sampled_from(["", "# '''", "#'", "'", "'''", '# """', "#x>"])
