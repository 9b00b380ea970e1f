"""Drawings: what goes in is escaped, ticks are where a reader wants them, and little or nothing is drawn, too."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from qwen_kg.web.drawing.bars import Bar, bars
from qwen_kg.web.drawing.layered import Edge, Node, layered
from qwen_kg.web.drawing.layers import places
from qwen_kg.web.drawing.looks import LOOKS, document
from qwen_kg.web.drawing.matrix import Count, Head, matrix
from qwen_kg.web.drawing.scales import dates, linear, logarithmic, nice_step
from qwen_kg.web.drawing.scatter import Axis, Point, scatter
from qwen_kg.web.drawing.svg import SVG, colour
from qwen_kg.web.drawing.terraces import Arrow, Box, Chip, Item, terraces
from qwen_kg.web.drawing.timeline import Lane, Moment, timeline

BAD = "<script>alert(\"x\")</script> & 'y'"
DAY = date(2024, 9, 19)


def drawn(count: int, text: str = "Qwen", link: str = "/page/Qwen") -> dict[str, Markup]:
    """Draw one of each kind, with so many marks, all of the same value."""
    several = range(count)
    items = [Item(f"k{n}", text, link, text, n % 2, chips=[Chip(text, link, text)]) for n in several]
    return {
        "bars": bars([Bar(text, link, 3.0, text) for _ in several], text),
        "layered": layered(
            [Node(f"{n}", text, link, strong=n == 0) for n in several],
            [Edge(f"{n}", f"{n + 1}", text, dashed=True) for n in several],
            text,
        ),
        "timeline": timeline([Lane(text, link, [Moment(DAY, text, link, text)]) for _ in several], text),
        "scatter": scatter(
            [Point(DAY, 5.0, text, link, text) for _ in several], Axis(text, "date"), Axis(text), text
        ),
        "log": scatter(
            [Point(7e9, 5.0, text, link) for _ in several], Axis(text, "log"), Axis(text, "log"), text
        ),
        "matrix": matrix(
            [Head(text, link) for _ in several],
            [Head(text, link, text)] * min(count, 1),
            {(n, 0): Count(2, link, text) for n in several},
            text,
        ),
        "terraces": terraces(
            [Box("b", text, link, 0, 0, items), Box("c", "", "", 0, 1, [])] if count else [],
            [(text, link)] if count else [],
            [text, text] if count else [],
            [Arrow("k0", "c", text), Arrow("c", "b", text), Arrow("b", "nowhere", text)],
            text,
        ),
    }


KINDS = list(drawn(0))


def elements(svg: Markup, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{{{SVG}}}{name}"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_drawing_is_well_formed_and_all_of_it_has_numbers(kind: str, count: int) -> None:
    svg = drawn(count)[kind]
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-label"] == "Qwen"
    assert root.attrib["role"] == ("group" if count else "img")
    assert all(float(each) >= 0 for each in root.attrib["viewBox"].split())
    assert "nan" not in svg
    assert "inf" not in svg
    assert "style=" not in svg


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_in_is_escaped(kind: str) -> None:
    svg = drawn(2, BAD, '/page/"x"><script>')[kind]
    assert "<script" not in svg
    assert elements(svg, "script") == []
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-label"] == BAD
    assert {each.attrib["href"] for each in root.iter(f"{{{SVG}}}a")} == {'/page/"x"><script>'}


@pytest.mark.parametrize("kind", KINDS)
def test_marks_tell_what_they_are(kind: str) -> None:
    svg = drawn(1)[kind]
    links = elements(svg, "a")
    assert links
    assert all(each.find(f"{{{SVG}}}title") is not None for each in links)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_has_its_colours_in_it(kind: str) -> None:
    root = ElementTree.fromstring(document(drawn(2)[kind]).encode())
    assert not any("class" in each.attrib for each in root.iter())
    assert all(each.attrib["href"].startswith("https://w3id.org/") for each in root.iter(f"{{{SVG}}}a"))
    filled = {each.attrib["fill"] for each in root.iter() if "fill" in each.attrib}
    assert len(filled) > 2
    assert all(each == "none" or each.startswith("#") for each in filled)


def test_every_class_of_a_drawing_has_looks_in_a_file() -> None:
    used = {
        name
        for svg in drawn(3).values()
        for each in ElementTree.fromstring(svg).iter()
        if each.tag != f"{{{SVG}}}svg"
        for name in each.attrib.get("class", "").split()
    }
    groups = {colour(number) for number in range(1, 9)}
    assert used - set(LOOKS) - groups - {"strong", "node", "arrow"} == set()


def test_bars_are_as_long_as_their_values() -> None:
    svg = bars([Bar("a", "", 10, "10"), Bar("b", "", 5, "5"), Bar("c", "", 0, "0")], "x")
    long, half, none = (float(each.attrib["width"]) for each in elements(svg, "rect"))
    assert long == pytest.approx(2 * half, abs=0.2)
    assert none <= 1


def test_bars_below_zero_go_the_other_way() -> None:
    svg = bars([Bar("a", "", 10, "10"), Bar("b", "", -10, "-10")], "x")
    up, down = elements(svg, "rect")
    assert float(down.attrib["x"]) + float(down.attrib["width"]) == pytest.approx(
        float(up.attrib["x"]), abs=0.2
    )


@pytest.mark.parametrize(("values", "texts"), [
    ([0, 100], ["0", "20", "40", "60", "80", "100"]),
    ([61.5, 88.4], ["60", "65", "70", "75", "80", "85", "90"]),
    ([0.1, 0.3], ["0.1", "0.15", "0.2", "0.25", "0.3"]),
])  # fmt: skip
def test_ticks_of_a_linear_scale_are_round(values: list[float], texts: list[str]) -> None:
    assert [tick.text for tick in linear(values, 0, 100).ticks] == texts


def test_a_linear_scale_holds_all_values_between_its_ends() -> None:
    scale = linear([61.5, 88.4], 10, 110)
    assert 10 <= scale.at(61.5) < scale.at(88.4) <= 110
    assert scale.ticks[0].at == pytest.approx(10)
    assert scale.ticks[-1].at == pytest.approx(110)


def test_a_scale_may_run_upwards() -> None:
    scale = linear([0, 10], 200, 0)
    assert scale.at(0) == 200
    assert scale.at(10) == 0


def test_equal_ratios_are_equally_long_on_a_logarithmic_scale() -> None:
    scale = logarithmic([1e9, 1e12], 0, 300)
    assert scale.at(1e10) == pytest.approx(100)
    assert [tick.text for tick in scale.ticks] == ["1B", "3B", "10B", "30B", "100B", "300B", "1T"]
    assert scale.at(0) == 0


@pytest.mark.parametrize(("first", "last", "texts"), [
    (date(2024, 1, 1), date(2024, 5, 1), ["Jan 2024", "Feb 2024", "Mar 2024", "Apr 2024", "May 2024"]),
    (date(2023, 8, 3), date(2025, 8, 1), ["Oct 2023", "Jan 2024", "Apr 2024", "Jul 2024", "Oct 2024", "Jan 2025", "Apr 2025", "Jul 2025"]),
    (date(2015, 6, 1), date(2022, 2, 1), ["2016", "2017", "2018", "2019", "2020", "2021", "2022"]),
])  # fmt: skip
def test_ticks_of_days_are_months_quarters_or_years(first: date, last: date, texts: list[str]) -> None:
    assert [tick.text for tick in dates([first, last], 0, 100).ticks] == texts


@pytest.mark.parametrize("make", [linear, logarithmic])
def test_equal_values_stand_in_the_middle(make: object) -> None:
    assert make([7, 7], 0, 100).at(7) == pytest.approx(50)  # type: ignore[operator]
    assert dates([DAY], 0, 100).at(DAY.toordinal()) == pytest.approx(50)


def test_a_step_is_never_too_small() -> None:
    for span in (0.003, 1, 7, 99, 12345):
        assert math.ceil(span / nice_step(span, 6)) <= 6


def test_labels_of_a_timeline_do_not_stand_over_each_other() -> None:
    days = [DAY, DAY, date(2024, 9, 25), date(2025, 9, 1)]
    svg = timeline([Lane("x", "", [Moment(day, "Qwen2.5-72B-Instruct", "", "") for day in days])], "x")
    at = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in elements(svg, "circle")]
    close = [y for x, y in at if x < max(x for x, _ in at)]
    assert len(set(close)) == 3


def test_layers_go_from_the_earlier_to_the_later() -> None:
    at = places(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("a", "c")])
    assert [at[key].layer for key in "abc"] == [0, 1, 2]
    assert at["d"].layer == 0


def test_circles_are_tolerated() -> None:
    at = places(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")])
    assert [at[key].layer for key in "abc"] == [0, 1, 2]


def test_nodes_of_a_layer_stand_apart() -> None:
    keys = ["root", *(f"n{number}" for number in range(20))]
    at = places(keys, [("root", key) for key in keys[1:]])
    rows = sorted(at[key].row for key in keys[1:])
    assert all(after - before >= 1 - 1e-9 for before, after in pairwise(rows))
    assert rows[0] <= at["root"].row <= rows[-1]


def test_edges_to_nothing_are_left_out() -> None:
    svg = layered(
        [Node("a", "A", ""), Node("b", "B", "")],
        [Edge("a", "b", "x"), Edge("a", "z", "x"), Edge("a", "a", "x")],
        "x",
    )
    assert len([each for each in elements(svg, "path") if each.attrib["class"] == "line"]) == 1
