"""Finding something, following its evidence and its lineage, and putting it beside others, in a real browser."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Page, expect


def test_from_a_search_to_the_passage_behind_a_fact(page: Page) -> None:
    page.goto("/search?q=QWEN+2.5+vl+32b")
    page.locator(".found a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qwen2.5-VL-32B")
    fact = page.locator("td", has=page.locator("details.evidence")).first
    fact.locator("details.evidence summary").click()
    passage = fact.locator("details.evidence a").nth(1)
    where = passage.inner_text()
    passage.click()
    expect(page.locator("main")).to_contain_text(where)


def test_hyphens_spaces_and_case_do_not_matter(unscripted: Page) -> None:
    found = []
    for spelling in ("Qwen3-VL", "qwen3 vl", "QWEN3VL", "qwen 3 vl"):
        unscripted.goto("/search?" + f"q={spelling.replace(' ', '+')}")
        found.append(unscripted.locator(".found a").first.inner_text())
    assert set(found) == {"Qwen3-VL"}


def test_what_is_not_found_is_said_with_what_is_close(unscripted: Page) -> None:
    unscripted.goto("/search?q=Qwenn3-Codr")
    expect(unscripted.locator("main")).to_contain_text("Did you mean")


def test_the_lineage_of_a_thing_leads_to_its_successor(page: Page) -> None:
    page.goto("/page/Qwen2.5-VL")
    page.locator("svg.drawing a", has_text="Qwen3-VL").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qwen3-VL")


def test_three_variants_are_put_side_by_side(page: Page) -> None:
    address = "/compare?variant=Qwen3-8B&variant=Qwen2.5-7B-Instruct&variant=QwQ-32B"
    page.goto(address)
    heads = page.locator(".compared thead th").first.locator("xpath=..").locator("th").all_inner_texts()
    for label in ("Qwen3-8B", "Qwen2.5-7B-Instruct", "QwQ-32B"):
        assert any(label in head for head in heads)
    assert page.locator(".compared .differs, .compared [class*=differ]").count() > 0


def test_a_choice_is_made_in_the_form_and_kept_in_the_address(unscripted: Page) -> None:
    unscripted.goto("/compare")
    boxes = unscripted.locator("main form input[name=variant]")
    for number, name in enumerate(("qwen3 8b", "qwq 32b")):
        boxes.nth(number).fill(name)
    unscripted.locator("main form button").first.click()
    assert "variant=" in unscripted.url
    expect(unscripted.locator(".compared").first).to_contain_text("QwQ-32B")


def test_a_comparison_comes_as_csv(page: Page, tmp_path: Path) -> None:
    page.goto("/compare?variant=Qwen3-8B&variant=QwQ-32B")
    answer = page.request.get(page.get_by_role("link", name="CSV").first.get_attribute("href") or "")
    rows = list(csv.reader(answer.text().splitlines()))
    assert len(rows) > 5


def test_disagreements_show_both_sides_and_the_reason(unscripted: Page) -> None:
    unscripted.goto("/disagreements")
    first = unscripted.locator(".pairs > li").first
    assert first.locator(".side").count() == 2
    expect(first.locator(".why")).not_to_be_empty()
