"""A drawing as a document of its own, with its colours written into it.

On a page a drawing takes its looks from the style sheet, light or dark. A file has no style sheet, and many
programs read no styles in it, so there every shape has presentation attributes, with the light colours.
"""

from __future__ import annotations

import functools
import re
from importlib import resources
from xml.etree import ElementTree

from markupsafe import Markup

from qwen_kg.namespaces import BASE
from qwen_kg.web.drawing.svg import SVG

#: What the classes of the style sheet stand for; a name with a $ is a colour, $c that of the group.
LOOKS: dict[str, dict[str, str]] = {
    "label": {"fill": "$ink"},
    "faint": {"fill": "$quiet"},
    "axis": {"stroke": "$line", "fill": "none"},
    "grid": {"stroke": "$line", "fill": "none"},
    "mark": {"fill": "$c"},
    "line": {"stroke": "$c", "fill": "none"},
    "box": {"fill": "$paper", "stroke": "$c", "stroke-width": "1.5"},
    "heavy": {"stroke": "$ink", "stroke-width": "1.8"},
    "head": {"fill": "$c"},
    "dark": {"fill": "$ink"},
    "off": {"opacity": "0.28"},
    "lane": {"font-weight": "600"},
    "band": {"fill": "$soft"},
    "beside": {"font-size": "11"},
    "small": {"font-size": "10"},
    "said": {
        "font-size": "10",
        "paint-order": "stroke",
        "stroke": "$paper",
        "stroke-width": "3",
        "stroke-linejoin": "round",
    },
}
_STRONG = {"box": {"fill": "$c"}, "label": {"fill": "$paper", "font-weight": "600"}}
_GROUP = re.compile(r"c[1-8]")


@functools.cache
def _colours() -> dict[str, str]:
    """Read the light colours of the style sheet by their names."""
    text = (resources.files("qwen_kg.web") / "static" / "style.css").read_text("utf-8")
    first = text[text.index(":root") : text.index("}")]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-fA-F]+)", first))


def document(drawing: Markup) -> str:
    """Make a file of a drawing: an SVG document with its colours, and with links to the IRIs of things."""
    root = ElementTree.fromstring(drawing)  # noqa: S314 - we have drawn it ourselves
    _look(root, "", False)
    _, _, width, height = root.attrib["viewBox"].split()
    background = ElementTree.Element(f"{{{SVG}}}rect", width=width, height=height, fill=_colours()["paper"])
    root.insert(0, background)
    root.attrib.update({"font-family": "Inter, Liberation Sans, Noto Sans, sans-serif", "font-size": "12"})
    ElementTree.register_namespace("", SVG)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _look(node: ElementTree.Element, group: str, strong: bool) -> None:
    names = node.attrib.pop("class", "").split()
    group = next((name for name in names if _GROUP.fullmatch(name)), group)
    strong = strong or "strong" in names
    for name in names:
        for key, value in {**LOOKS.get(name, {}), **(_STRONG.get(name, {}) if strong else {})}.items():
            node.attrib[key] = _colour(value, group)
    if node.attrib.get("href", "").startswith("/"):
        node.attrib["href"] = BASE + node.attrib["href"].removeprefix("/")
    for name in [name for name in node.attrib if name.startswith("data-")]:
        del node.attrib[name]
    for child in node:
        _look(child, group, strong)


def _colour(value: str, group: str) -> str:
    name = value.removeprefix("$")
    if name == value:
        return value
    return _colours()[(group or "quiet") if name == "c" else name]
