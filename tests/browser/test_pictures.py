"""The pictures in a real browser: choices with and without scripts, zoom, and downloads."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qwen_kg.web.pictures import PICTURES

NODE = "svg.drawing a.node"


def scale(page: Page) -> float:
    """How large the drawing is, as a part of its natural size."""
    return float(
        page.locator("svg.drawing").evaluate(
            "svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width"
        )
    )


def shown(page: Page) -> list[list[str]]:
    """The rows of the table that are seen, as texts."""
    return list(
        page.locator("#data ~ .scroll tbody").evaluate(
            "body => [...body.rows].filter(row => !row.hidden).map(row => [...row.cells].map(cell => cell.textContent.trim()))"
        )
    )


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_opened_from_the_list(page: Page, name: str) -> None:
    page.goto("/pictures")
    page.get_by_role("link", name=PICTURES[name].title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PICTURES[name].title)
    drawing = page.locator("svg.drawing")
    expect(drawing).to_be_visible()
    box = drawing.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert box["height"] > 200
    expect(page.get_by_role("button", name="PNG")).to_be_visible()


def test_a_mark_leads_to_its_page(page: Page) -> None:
    page.goto("/pictures/timeline")
    page.locator("svg.drawing a[href='/page/Qwen2-VL']").first.click()
    expect(page).to_have_url(re.compile("/page/Qwen2-VL$"))


def test_a_choice_draws_another_picture_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/pictures/scores")
    before = unscripted.locator("svg.drawing").inner_html()
    select = unscripted.get_by_label("Benchmark")
    select.select_option(index=1)
    chosen = select.input_value()
    unscripted.get_by_role("button", name="Show").click()
    expect(unscripted.get_by_label("Benchmark")).to_have_value(chosen)
    assert unscripted.locator("svg.drawing").inner_html() != before


def test_the_lineage_is_narrowed_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/pictures/lineage")
    everything = unscripted.locator(NODE).count()
    unscripted.get_by_role("searchbox", name="Name", exact=True).fill("qwen2.5 vl")
    unscripted.get_by_role("button", name="Show").click()
    expect(unscripted.locator(f"{NODE}[href='/page/Qwen2.5-VL-32B-Instruct']")).to_be_visible()
    assert 0 < unscripted.locator(NODE).count() < everything


def test_the_lineage_is_narrowed_at_once_where_there_are_scripts(page: Page) -> None:
    page.goto("/pictures/lineage")
    total = len(shown(page))
    page.get_by_role("searchbox", name="Name", exact=True).fill("qwen2.5 vl")
    seen = shown(page)
    assert 0 < len(seen) < total
    assert all("Qwen2.5-VL" in row[0] for row in seen)
    expect(page.locator("#count")).to_have_text(str(len(seen)))
    expect(page.locator(f"{NODE}[href='/page/Qwen2.5-VL']").first).not_to_have_class("off")
    assert "off" in (page.locator(f"{NODE}[href='/page/Qwen3']").first.get_attribute("class") or "")
    assert page.url.endswith("/pictures/lineage?q=qwen2.5+vl")
    page.reload()
    assert sorted(row[0] for row in shown(page)) == sorted(row[0] for row in seen)


def test_both_ways_of_narrowing_find_the_same(page: Page) -> None:
    page.goto("/pictures/lineage")
    for label in ("Series", "Kind", "Licence"):
        select = page.get_by_label(label, exact=True)
        select.select_option(index=1)
        at_once = sorted(shown(page))
        assert at_once
        page.reload()
        assert sorted(shown(page)) == at_once
        page.goto("/pictures/lineage")


def test_what_is_found_comes_into_view(page: Page) -> None:
    page.goto("/pictures/lineage")
    page.get_by_role("searchbox", name="Name", exact=True).fill("QVQ-72B")
    inside = page.locator(f"{NODE}:not(.off)").first.evaluate(
        """node => {
             const [at, frame] = [node.getBoundingClientRect(), node.closest('.scroll').getBoundingClientRect()];
             return at.left >= frame.left && at.top >= frame.top && at.right <= frame.right && at.bottom <= frame.bottom;
           }"""
    )
    assert inside


def test_zoom_by_buttons_and_keys(page: Page) -> None:
    page.goto("/pictures/lineage")
    natural = scale(page)
    page.get_by_role("button", name="Zoom in").click()
    assert scale(page) > natural
    page.get_by_role("button", name="Fit the width").click()
    fitted = page.locator(".large").evaluate("frame => frame.scrollWidth <= frame.clientWidth + 1")
    assert fitted
    frame = page.get_by_role("region", name="the drawing")
    frame.focus()
    page.keyboard.press("0")
    assert scale(page) == pytest.approx(natural, abs=0.01)
    page.keyboard.press("-")
    assert scale(page) < natural


def test_zoom_by_the_wheel_stays_where_the_pointer_is(page: Page) -> None:
    page.goto("/pictures/lineage")
    node = page.locator(f"{NODE}[href='/page/Qwen1.5']").first
    node.scroll_into_view_if_needed()
    node.hover()
    before = node.bounding_box()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("document.querySelector('svg.drawing').dataset.scale > 1.2")
    after = node.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == pytest.approx(before["y"], abs=30)
    assert after["x"] == pytest.approx(before["x"], abs=60)


def test_the_drawing_is_dragged_along(page: Page) -> None:
    page.goto("/pictures/lineage")
    frame = page.locator(".large")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y - 100, steps=5)
    page.mouse.up()
    assert frame.evaluate("frame => [frame.scrollLeft, frame.scrollTop]") == [200, 100]
    assert page.url.endswith("/pictures/lineage")


def test_what_is_joined_is_shown_to_those_who_use_the_keyboard(page: Page) -> None:
    page.goto("/pictures/lineage")
    page.locator(f"{NODE}[href='/page/Qwen2.5-VL']").first.focus()
    lit = page.locator("svg.drawing .arrow.lit title").all_text_contents()
    assert any("Qwen2-VL succeeded by Qwen2.5-VL" in text for text in lit)
    assert "lit" in (page.locator(f"{NODE}[href='/page/Qwen3-VL']").first.get_attribute("class") or "")


def test_the_csv_is_what_the_table_shows(page: Page, tmp_path: Path) -> None:
    page.goto("/pictures/lineage")
    page.get_by_label("Series", exact=True).select_option(index=1)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "data.csv"
    downloading.value.save_as(file)
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.reader(opened))[1:]
    assert rows == [["" if cell == "–" else cell for cell in row] for row in shown(page)]


@pytest.mark.parametrize("name", ["lineage", "licences"])
def test_a_picture_is_saved_as_png(page: Page, name: str, tmp_path: Path) -> None:
    page.goto(f"/pictures/{name}")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="PNG").click()
    assert downloading.value.suggested_filename == f"{name}.png"
    file = tmp_path / "picture.png"
    downloading.value.save_as(file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size > 10_000


def test_the_file_of_a_drawing_shows_its_colours_by_itself(page: Page) -> None:
    page.goto("/pictures/licences.svg")
    fills = page.evaluate(
        "[...new Set([...document.querySelectorAll('circle')].map(each => getComputedStyle(each).fill))]"
    )
    assert len(fills) > 1
    assert "rgb(0, 0, 0)" not in fills
