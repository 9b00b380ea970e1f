"""The drawing of the data model: boxes and lines placed by hand, their names checked against the ontology.

A class or a property that the ontology does not have, or that does not join the two boxes it is drawn
between, is an error, so that the drawing cannot tell what is no longer so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from rdflib import SKOS, URIRef

from qwen_kg.vocabulary import Vocabulary, qkg

FILE = "docs/data-model.svg"
#: The same for the page of the ontology, which has its style sheet, and in which each name is a link.
PART = "src/qwen_kg/web/templates/data-model.svg"
WIDTH, HEIGHT = 1080, 816
LINE = 17  # height of a line of properties

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A class: where it is drawn, and the properties that are written into it."""

    name: str
    x: int
    y: int
    width: int
    rows: tuple[str, ...] = ()
    height: int = 0
    group: str = "entity"

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + (self.height or 34 + LINE * len(self.rows) + (8 if self.rows else 0))


@dataclass(frozen=True)
class Link:
    """A property drawn as a line from one class to another, with its name at a place."""

    names: tuple[str, ...]
    start: str
    end: str
    points: tuple[Point, ...]
    label: Point
    anchor: str = "middle"


BOXES = (
    Box("Event", 30, 96, 210, ("eventKind", "date", "dateEarliest", "dateLatest"), group="report"),
    Box("Claim", 30, 232, 210, ("claimText", "claimant", "reporter"), group="report"),
    Box("Comparison", 30, 359, 210, ("relation", "comparedWith"), group="report"),
    Box("Evaluation", 30, 453, 210, ("onBenchmark", "metric", "score"), group="report"),
    Box("Offer", 30, 564, 210, ("price", "currency", "billedFor"), group="report"),
    Box("ModelEntity", 380, 96, 320, height=432, group="frame"),
    Box("ModelFamily", 470, 140, 140),
    Box("ModelSeries", 470, 218, 140),
    Box("Model", 470, 296, 140),
    Box("Variant", 410, 400, 260, ("totalParameters", "activeParameters", "languageCount"), group="entity"),
    Box("Agent", 860, 96, 190),
    Box("License", 860, 166, 190),
    Box("Platform", 860, 236, 190),
    Box("Architecture", 860, 306, 190),
    Box("Technique", 860, 376, 190),
    Box("Quantity", 860, 446, 190, ("value", "minInclusive", "maxInclusive", "unit")),
    Box("Statement", 380, 600, 320, ("polarity", "standing", "reason"), group="evidence"),
    Box("Passage", 380, 729, 320, ("locator",), group="evidence"),
    Box("Source", 860, 596, 190, ("sourceKind",), group="evidence"),
    Box("SourceVersion", 860, 711, 190, ("sha256", "commit"), group="evidence"),
)

LINKS = (
    Link(("concerns",), "Event", "ModelEntity", ((240, 150), (380, 150)), (310, 143)),
    Link(("claimSubject",), "Claim", "ModelEntity", ((240, 270), (380, 270)), (310, 263)),
    Link(("comparison",), "Claim", "Comparison", ((135, 325), (135, 359)), (143, 347), "start"),
    Link(("evaluates",), "Evaluation", "Variant", ((240, 480), (410, 480)), (310, 473)),
    Link(
        ("offeredModel",),
        "Offer",
        "ModelEntity",
        ((240, 600), (352, 600), (352, 510), (380, 510)),
        (300, 593),
    ),
    Link(("inFamily",), "ModelSeries", "ModelFamily", ((540, 218), (540, 174)), (548, 201), "start"),
    Link(("inSeries",), "Model", "ModelSeries", ((540, 296), (540, 252)), (548, 279), "start"),
    Link(("variantOf",), "Variant", "Model", ((540, 400), (540, 330)), (548, 370), "start"),
    Link(("developer",), "ModelEntity", "Agent", ((700, 113), (860, 113)), (780, 106)),
    Link(("license",), "ModelEntity", "License", ((700, 183), (860, 183)), (780, 176)),
    Link(("availableOn",), "ModelEntity", "Platform", ((700, 253), (860, 253)), (780, 246)),
    Link(("usesArchitecture",), "ModelEntity", "Architecture", ((700, 323), (860, 323)), (780, 316)),
    Link(("introduces",), "Architecture", "Technique", ((955, 340), (955, 376)), (963, 363), "start"),
    Link(("contextLength",), "ModelEntity", "Quantity", ((700, 480), (860, 480)), (780, 473)),
    Link(("supportedBy",), "Statement", "Passage", ((540, 693), (540, 729)), (548, 716), "start"),
    Link(
        ("supportedBy",),
        "Offer",
        "Passage",
        ((135, 672), (135, 758), (380, 758)),
        (258, 751),
    ),
    Link(
        ("source",),
        "Passage",
        "Source",
        ((700, 745), (780, 745), (780, 625), (860, 625)),
        (788, 680),
        "start",
    ),
    Link(("sourceVersion",), "Passage", "SourceVersion", ((700, 770), (860, 770)), (780, 787)),
    Link(("versionOf",), "SourceVersion", "Source", ((955, 711), (955, 655)), (963, 687), "start"),
)

#: Properties between model entities that are no part-of: written beside a loop at the frame.
LOOPS = ("successorOf", "derivedFrom", "distilledFrom")

#: The colours of the parts, in light and in dark: paper, text, quiet text, lines, and fill and edge of boxes.
PALETTES = {
    "light": {
        "paper": "#ffffff",
        "ink": "#1f2328",
        "soft": "#59636e",
        "line": "#6e7781",
        "frame": "#f6f8fa",
        "entity": "#e4eeff",
        "entity-edge": "#4178be",
        "report": "#fff1d6",
        "report-edge": "#b07a1e",
        "evidence": "#e0f4e6",
        "evidence-edge": "#3a8a52",
    },
    "dark": {
        "paper": "#0d1117",
        "ink": "#e6edf3",
        "soft": "#aab4bf",
        "line": "#8b949e",
        "frame": "#151b23",
        "entity": "#14273f",
        "entity-edge": "#6ea8fe",
        "report": "#3a2c10",
        "report-edge": "#e0ac4f",
        "evidence": "#12301c",
        "evidence-edge": "#5fbf7d",
    },
}

_SHAPES = """\
  text { font-family: "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
  .title { font-size: 15px; font-weight: 600; }
  .row, .name { font-size: 12.5px; }
  .head { font-size: 13.5px; font-weight: 600; }
  .halo { stroke-width: 5px; stroke-linejoin: round; paint-order: stroke; }
  .box { stroke-width: 1.5; }
  .frame { stroke-dasharray: 6 4; }
  .line { fill: none; stroke-width: 1.5; }"""


def _colours(palette: dict[str, str]) -> str:
    rules = {
        "text": f"fill: {palette['ink']}",
        ".row, .head": f"fill: {palette['soft']}",
        ".paper": f"fill: {palette['paper']}",
        ".halo": f"stroke: {palette['paper']}",
        ".inside": f"stroke: {palette['frame']}",
        ".line": f"stroke: {palette['line']}",
        ".tip": f"fill: {palette['line']}",
        ".frame": f"fill: {palette['frame']}; stroke: {palette['entity-edge']}",
        **{
            f".{name}": f"fill: {palette[name]}; stroke: {palette[name + '-edge']}"
            for name in ("entity", "report", "evidence")
        },
    }
    return "\n".join(f"  {selector} {{ {rule} }}" for selector, rule in rules.items())


def _style() -> str:
    light, dark = _colours(PALETTES["light"]), _colours(PALETTES["dark"])
    return f"\n{_SHAPES}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def draw(root: Path) -> str:
    """Draw the model of the ontology of a root, as SVG.

    Raises:
        ValueError: something is drawn that the ontology does not say.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title about">',
        '<title id="title">The data model of qwen-kg</title>',
        f'<desc id="about">{escape(_in_words())}</desc>',
        f"<style>{_style()}</style>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="tip" d="M0 0 L10 5 L0 10 z"/></marker></defs>',
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        *_parts(root),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def draw_part(root: Path) -> str:
    """Draw the same as a part of a page, where classes begin with m- and names lead to ``#name``.

    Raises:
        ValueError: something is drawn that the ontology does not say.
    """
    drawn = "\n".join(_parts(root)).replace("url(#tip)", "url(#m-tip)")
    drawn = re.sub(r'class="([^"]*)"', lambda found: f'class="{_prefixed(found[1])}"', drawn)
    for name in (
        r'<rect [^>]*/>\n<text class="m-title"[^>]*>(\w+)</text>',
        r"<text [^>]*><title>(\w+):.*?</text>",
    ):
        drawn = re.sub(f"({name})", r'<a href="#\2">\1</a>', drawn)
    return (
        f'<svg class="model" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="group" '
        'aria-label="The data model">\n'
        '<defs><marker id="m-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="m-tip" d="M0 0 L10 5 L0 10 z"/></marker></defs>\n'
        f"{drawn}\n</svg>\n"
    )


def _prefixed(names: str) -> str:
    return " ".join(f"m-{name}" for name in names.split())


def _parts(root: Path) -> list[str]:
    """Draw all that is within the frame of the drawing."""
    vocabulary = Vocabulary.read(root / "ontology")
    _check(vocabulary)
    boxes = sorted(BOXES, key=lambda box: box.group != "frame")  # the frame lies under the others
    return [
        _text(135, 40, "what is reported of models", "head"),
        _text(135, 60, "each names its passages itself", "row"),
        _text(540, 40, "models, from the brand to the download", "head"),
        _text(540, 60, "plain triples of accepted statements", "row"),
        _text(955, 40, "what models have", "head"),
        _text(955, 60, "things with pages of their own", "row"),
        '<rect class="box line" x="16" y="82" width="238" height="590" rx="10" stroke-dasharray="2 4"/>',
        *(_box(box, vocabulary) for box in boxes),
        *(_link(link, vocabulary) for link in LINKS),
        _loop(vocabulary),
        _statement_links(),
    ]


def _check(vocabulary: Vocabulary) -> None:
    for box in BOXES:
        if qkg(box.name) not in vocabulary.superclasses:
            raise ValueError(f"the ontology has no class {box.name}")
        for row in box.rows:
            _check_property(vocabulary, row, box.name, None)
    for link in LINKS:
        for name in link.names:
            _check_property(vocabulary, name, link.start, link.end)
    for name in LOOPS:
        _check_property(vocabulary, name, "ModelEntity", "ModelEntity")


def _check_property(vocabulary: Vocabulary, name: str, start: str, end: str | None) -> None:
    row = vocabulary.properties.get(name)
    if row is None:
        raise ValueError(f"the ontology has no property {name}")
    for kind, allowed in ((start, row.domain), (end, row.range)):
        if kind and not _fits(vocabulary, qkg(kind), allowed):
            raise ValueError(f"{name} is drawn at {kind}, and the ontology says {allowed}")


def _fits(vocabulary: Vocabulary, drawn: URIRef, said: URIRef) -> bool:
    """Say whether a class that is drawn is the one that is said, or above or below it."""
    above = vocabulary.superclasses
    return said in above[drawn] or drawn in above.get(said, ())


def _in_words() -> str:
    return "; ".join(f"{link.start} {link.names[0]} {link.end}" for link in LINKS)


def _box(box: Box, vocabulary: Vocabulary) -> str:
    height = box.bottom - box.y
    centre = box.x + box.width / 2
    about = escape(str(vocabulary.graph.value(qkg(box.name), SKOS.definition)))
    lines = [
        f"<g><title>{box.name}: {about}</title>",
        f'<rect class="box {box.group}" x="{box.x}" y="{box.y}" width="{box.width}" height="{height:g}" '
        'rx="7"/>',
        _text(centre, box.y + 23, box.name, "title"),
    ]
    lines += [
        _text(centre, box.y + 23 + LINE * number, row, "row", _definition(vocabulary, row))
        for number, row in enumerate(box.rows, 1)
    ]
    return "\n".join([*lines, "</g>"])


def _link(link: Link, vocabulary: Vocabulary) -> str:
    inside = all(380 < x < 700 and y < 530 for x, y in link.points)
    kind = "name halo inside" if inside else "name halo"
    about = _definition(vocabulary, link.names[0])
    return _line(link.points) + "\n" + _text(*link.label, ", ".join(link.names), kind, about, link.anchor)


def _loop(vocabulary: Vocabulary) -> str:
    """Draw the properties from model to model as a line that leaves the frame and comes back."""
    points: Sequence[Point] = ((380, 340), (352, 340), (352, 390), (380, 390))
    names = [
        _text(344, 352 + LINE * number, name, "name halo", _definition(vocabulary, name), "end")
        for number, name in enumerate(LOOPS)
    ]
    return "\n".join([_line(points), *names])


def _statement_links() -> str:
    """Draw what RDF reification joins: a statement and the triple that it is about."""
    line = _line(((540, 600), (540, 528)))
    return (
        line + "\n" + _text(548, 569, "rdf:subject, rdf:predicate, rdf:object", "name halo", anchor="start")
    )


def _line(points: Sequence[Point]) -> str:
    drawn = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline class="line" points="{drawn}" marker-end="url(#tip)"/>'


def _text(x: float, y: float, text: str, kind: str, about: str = "", anchor: str = "middle") -> str:
    title = f"<title>{escape(about)}</title>" if about else ""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{title}{escape(text)}</text>'


def _definition(vocabulary: Vocabulary, name: str) -> str:
    return f"{name}: {vocabulary.graph.value(qkg(name), SKOS.definition)}"
