"""The pages of things in the browser: to find one, to see who says what, and to follow its lineage."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

DISPUTED = "Qwen2.5-VL-32B-Instruct"


def fact(page: Page, name: str) -> Locator:
    """Give the row of a property."""
    return page.locator(f"tr:has(> #fact-{name})")


def test_an_entity_is_opened_from_the_search(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Find").fill("qwen3 8b")
    page.get_by_role("combobox", name="Find").press("Enter")
    page.locator("main").get_by_role("link", name="Qwen3-8B", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qwen3-8B")
    expect(page).to_have_title(re.compile("^Qwen3-8B, variant "))


def test_the_evidence_of_a_fact_is_one_click_away(page: Page) -> None:
    page.goto("/page/Qwen3-8B")
    licence = fact(page, "license")
    expect(licence.locator("details li").first).to_be_hidden()
    licence.locator("summary").first.click()
    first = licence.locator("details li").first
    expect(first).to_be_visible()
    source, place = first.get_by_role("link").all()
    assert re.search(r"line|paragraph", place.inner_text())
    expect(licence.locator("details").first).to_contain_text("asserted")
    title = source.inner_text()
    place.click()
    expect(page.locator("main")).to_contain_text(title)
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", name="Passages")).to_be_visible()


@pytest.mark.parametrize("name", ["Qwen2.5-VL", "Qwen3"])
def test_lineage_is_followed_by_the_drawing(page: Page, name: str) -> None:
    page.goto(f"/page/{name}")
    drawing = page.get_by_role("region", name="Drawing of the lineage")
    came_after = page.locator(".relations div", has_text="Came after").get_by_role("link").first
    earlier = came_after.inner_text()
    drawing.locator("a", has_text=re.compile(f"{re.escape(earlier)}$")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(earlier)
    later = page.locator(".relations div", has_text="Succeeded by")
    expect(later.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_disputed_fact_is_marked_with_both_sides(page: Page) -> None:
    page.goto(f"/page/{DISPUTED}")
    expect(page.locator("p.contested")).to_contain_text("sources disagree")
    row = fact(page, "successorOf")
    expect(row.locator("th .tag.bad")).to_have_text("disputed")
    row.locator("details", has_text="Contradicts").locator("summary").click()
    expect(row.get_by_text("Contradicts: variant of Qwen2.5-VL")).to_be_visible()
    expect(row.get_by_text("Decided by: curator's decision")).to_be_visible()
    release = page.locator(".events li.against", has_text="January 2025")
    expect(release).to_contain_text("disputed")
    page.get_by_role("link", name="Both sides").click()
    expect(page).to_have_url(re.compile("/disagreements"))
    expect(page.locator("main")).to_contain_text(DISPUTED)


def test_it_is_all_there_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/page/Qwen3-8B")
    licence = fact(unscripted, "license")
    licence.locator("summary").first.click()
    expect(licence.locator("details li").first).to_be_visible()
    expect(unscripted.get_by_role("region", name="Drawing of the lineage").locator("svg")).to_be_visible()
    unscripted.get_by_role("navigation", name="Where it belongs").get_by_role("link", name="Qwen3").click()
    unscripted.locator("#parts").scroll_into_view_if_needed()
    parts = unscripted.get_by_role("region", name="Parts of Qwen3")
    expect(parts.get_by_role("link", name="Qwen3-8B", exact=True)).to_be_visible()


def test_the_parts_of_the_family_are_paged(unscripted: Page) -> None:
    unscripted.goto("/page/Qwen")
    parts = unscripted.get_by_role("region", name="Parts of Qwen")
    before = parts.locator("tbody th").all_inner_texts()
    unscripted.get_by_role("link", name="Next").first.click()
    after = parts.locator("tbody th").all_inner_texts()
    assert after
    assert not set(before) & set(after)


def test_parts_are_sorted_by_their_size(page: Page) -> None:
    page.goto("/page/Qwen2.5")
    parts = page.get_by_role("region", name="Parts of Qwen2.5")
    parts.get_by_role("button", name="Parameters").click()
    keys = parts.locator("tbody td:nth-child(3)").evaluate_all(
        "cells => cells.map(each => each.dataset.value)"
    )
    sizes = [float(key) for key in keys if key and re.fullmatch(r"\d+", key)]
    assert len(sizes) > 3
    assert sizes == sorted(sizes)


def test_scores_are_drawn_and_listed(page: Page) -> None:
    page.goto("/page/Qwen2.5-72B-Instruct")
    expect(page.locator("figure svg.bars")).to_be_visible()
    expect(page.locator("figcaption")).to_contain_text("the highest is drawn")
    table = page.get_by_role("region", name="Scores")
    table.get_by_role("button", name=re.compile("^Score")).click()
    keys = table.locator("tbody td:nth-child(2)").evaluate_all(
        "cells => cells.map(each => +each.dataset.value)"
    )
    assert keys == sorted(keys)
    assert len(keys) > 1


def test_a_benchmark_shows_one_measure_at_a_time(unscripted: Page) -> None:
    unscripted.goto("/page/Chatbot-Arena")
    choice = unscripted.get_by_role("combobox", name="Measured as")
    wanted = choice.locator("option").nth(5).get_attribute("value") or ""
    choice.select_option(wanted)
    unscripted.get_by_role("button", name="Show").click()
    expect(unscripted.locator("figcaption")).to_contain_text(wanted)
    expect(unscripted.get_by_role("combobox", name="Measured as")).to_have_value(wanted)


def test_programs_find_what_it_is(page: Page) -> None:
    page.goto("/page/Qwen3-8B")
    data = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert (data["name"], data["@id"]) == ("Qwen3-8B", "https://w3id.org/qwen-kg/id/Qwen3-8B")
    canonical = page.locator('link[rel="canonical"]').get_attribute("href")
    assert canonical == data["@id"]
    for link in page.locator('link[rel="alternate"][href^="/data/"]').all():
        answer = page.request.get(link.get_attribute("href") or "")
        assert answer.ok
        assert answer.headers["content-type"].startswith(link.get_attribute("type") or "-")


def test_chinese_names_have_their_language(page: Page) -> None:
    page.goto("/page/Qwen")
    name = page.locator(".kind [lang=zh]")
    expect(name).to_be_visible()
    assert re.search(r"[\u4e00-\u9fff]", name.inner_text())


def test_saved_queries_are_offered_with_the_entity_filled_in(page: Page) -> None:
    page.goto("/page/Qwen2.5-VL")
    page.locator("#related ~ ul").get_by_role("link", name="What came after a model").first.click()
    expect(page.locator("main")).to_contain_text(DISPUTED)
    assert "model=Qwen2.5-VL" in page.url
