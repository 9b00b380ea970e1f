"""Elements of SVG, the drawing around them, and how much room a text takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape

SVG = "http://www.w3.org/2000/svg"
SIZE = 12.0
"""The size of the text of a drawing, as the style sheet has it."""

_GROUPS = 8
_NARROW = frozenset("iljtfrI.,:;'|!()[]- ")
_BROAD = frozenset("mwMWQOGDCABHKNRSUVXYPETZ@%—")


def element(name: str, *inside: str | Markup, **attributes: str | float | None) -> Markup:
    """Make an element; an underscore in the name of an attribute is a hyphen, and None leaves it out.

    >>> element("text", "a < b", x=1.25, class_="label")
    Markup('<text x="1.2" class="label">a &lt; b</text>')
    """
    parts = ["<", name]
    for key, value in attributes.items():
        if value is not None:
            parts += [" ", key.strip("_").replace("_", "-"), '="', str(escape(_written(value))), '"']
    parts += [">", *(str(escape(each)) for each in inside), "</", name, ">"]
    return Markup("".join(parts))  # noqa: S704 - every text and value is escaped above


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 1):g}"


def drawing(
    width: float, height: float, title: str, parts: Iterable[Markup], *, kind: str, larger: float = 1.0
) -> Markup:
    """Make the drawing of its parts.

    Args:
        width: how much room the parts take from left to right.
        height: how much they take from top to bottom.
        title: what is drawn, for those who do not see it.
        parts: what is in it.
        kind: a class for the whole.
        larger: how much larger than its parts a wide screen shows it.
    """
    inside = Markup("").join(parts)
    return element(
        "svg",
        inside,
        xmlns=SVG,
        class_=f"drawing {kind}",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width * larger:.0f}",
        height=f"{height * larger:.0f}",
        # What has links inside is no single image: its parts would be hidden from who cannot see it.
        role="group" if "<a " in inside else "img",
        aria_label=title,
    )


def mark(link: str, told: str, *inside: Markup, **attributes: str | float | None) -> Markup:
    """Make a part that tells what it is when it is pointed at, and leads somewhere if there is a link."""
    title = element("title", told)
    if not link:
        return element("g", title, *inside, **attributes)
    return element("a", title, *inside, href=link, **attributes)


def colour(group: int) -> str:
    """Give the class of a group of marks; there are eight, which come round again."""
    return f"c{(group - 1) % _GROUPS + 1}"


def wide(text: str, size: float = SIZE) -> float:
    """Estimate how wide a text is; rather too much than too little.

    >>> wide("千问") > wide("Qw")
    True
    """
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    if character in _NARROW:
        return 0.38
    return 0.76 if character in _BROAD else 0.62


def shortened(text: str, room: float, size: float = SIZE) -> str:
    """Cut a text to the room there is.

    >>> shortened("Qwen2.5-VL-72B-Instruct", 70)
    'Qwen2.5-…'
    >>> shortened("Qwen", 70)
    'Qwen'
    """
    if wide(text, size) <= room:
        return text
    room -= size
    kept = ""
    for character in text:
        room -= size * _em(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + "…"
