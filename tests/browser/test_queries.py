"""Saved queries as pages: a form with completion, an answer that can be sorted, paged and downloaded."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Page, expect


def test_the_list_is_narrowed_while_typing(page: Page) -> None:
    page.goto("/queries")
    items = page.locator(".topic li")
    before = items.count()
    page.get_by_label("With the words").fill("licence")
    expect(page.locator(".topic li:visible").first).to_be_visible()
    after = page.locator(".topic li:visible").count()
    assert 0 < after < before
    expect(page.get_by_role("status")).to_contain_text(str(after))
    page.get_by_label("With the words").fill("")
    page.get_by_label("About").select_option("lineage")
    page.wait_for_url(re.compile("tag=lineage"))
    expect(page.get_by_role("link", name="What came after a model")).to_be_visible()


def test_a_query_is_asked_with_completion(page: Page) -> None:
    page.goto("/queries/successors")
    page.get_by_role("combobox", name="Model").press_sequentially("qwen2.5 v")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    option = options.filter(has_text=re.compile(r"^Qwen2\.5-VL\s*model"))  # the name, and its kind
    option.first.click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("Qwen2.5-VL")
    page.get_by_role("button", name="Ask").click()
    answer = page.locator("table.answer")
    expect(answer).to_contain_text("Qwen2.5-VL-32B-Instruct")
    answer.get_by_role("link", name="Qwen2.5-VL-32B-Instruct", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qwen2.5-VL-32B-Instruct")


def test_an_answer_is_sorted_and_paged(page: Page) -> None:
    page.goto("/queries/evaluations")
    rows = page.locator("table.answer tbody tr")
    expect(rows).to_have_count(200)
    expect(page.locator("table.answer caption")).to_contain_text("sorting is of these rows")
    page.get_by_role("button", name="Score").click()
    column = page.locator("table.answer thead th").all_inner_texts()
    place = next(index for index, text in enumerate(column) if text.startswith("Score"))
    shown = page.locator(f"table.answer tbody td:nth-child({place + 1})").all_inner_texts()
    numbers = [float(text.replace(",", "")) for text in shown if text != "–"]
    assert numbers == sorted(numbers)
    first = rows.first.inner_text()
    page.get_by_role("navigation", name="Pages").first.get_by_role("link", name="Next").click()
    expect(page.locator("table.answer caption")).to_contain_text("Rows 201 to 400")
    assert rows.first.inner_text() != first


def test_an_answer_is_downloaded(page: Page, tmp_path: Path) -> None:
    page.goto("/queries/largest?under=1")
    count = page.locator("table.answer tbody tr").count()
    assert count
    address = page.get_by_role("link", name="csv", exact=True).get_attribute("href")
    answer = page.request.get(address or "")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(answer.text().splitlines()))
    assert "variant" in rows[0]  # the raw column, which the page shows as a link
    assert len(rows) == count + 1


def test_an_answer_is_drawn(page: Page) -> None:
    page.goto("/queries/best-scores?benchmark=GPQA")
    chart = page.locator("figure svg").first
    expect(chart).to_be_visible()
    chart.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/page/" in page.url


def test_a_graph_is_drawn_and_shown(page: Page) -> None:
    page.goto("/queries/lineage-graph?model=Qwen2.5-VL")
    expect(page.locator("figure svg")).to_contain_text("Qwen3-VL")
    expect(page.locator("pre.excerpt").first).to_contain_text("@prefix")


def test_what_was_typed_stays(page: Page) -> None:
    page.goto("/queries/releases")
    page.get_by_role("combobox", name="Model").fill("no such model at all")
    page.get_by_label("Since").fill("2025-01-01")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_contain_text("no such model at all")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("no such model at all")
    expect(page.get_by_label("Since")).to_have_value("2025-01-01")
    page.goto("/queries/releases?since=january")
    expect(page.get_by_role("alert")).to_contain_text("is no date")
    expect(page.get_by_label("Since")).to_have_value("january")


def test_values_of_a_column_are_offered(page: Page) -> None:
    page.goto("/queries/models?kind=series")
    kinds = page.locator("datalist option").evaluate_all("all => all.map(each => each.value)")
    assert {"family", "series", "model", "variant"} <= set(kinds)
    expect(page.locator("table.answer tbody tr").first).to_contain_text("series")


def test_the_query_opens_in_the_editor(page: Page) -> None:
    page.goto("/queries/successors?model=Qwen2.5-VL")
    page.get_by_role("link", name="Open in the editor").click()
    page.wait_for_url(re.compile(r"/sparql\?query="))
    assert "/id/Qwen2.5-VL>" in unquote(page.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_all_of_it_works_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/queries?q=largest")
    unscripted.goto("/queries")
    unscripted.get_by_label("With the words").fill("most parameters")
    unscripted.get_by_role("button", name="Show").click()
    unscripted.get_by_role("link", name="The variants with the most parameters").click()
    unscripted.get_by_label("Under").fill("2")
    unscripted.get_by_role("button", name="Ask").click()
    assert unscripted.locator("table.answer tbody tr").count() > 0
    unscripted.goto("/queries/evaluations")
    unscripted.get_by_role("link", name="Next").first.click()
    expect(unscripted.locator("table.answer caption")).to_contain_text("Rows 201 to 400")


def test_where_nothing_is_found_there_is_help(page: Page) -> None:
    page.goto("/page/Qwen2.5-VLL")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    page.get_by_role("main").get_by_role("link", name="Qwen2.5-VL", exact=True).click()
    expect(page.locator("main")).to_contain_text("Qwen2.5-VL")
    page.goto("/no/such/place")
    expect(page.get_by_role("search", name="Search by name").get_by_role("combobox")).to_have_value("place")


def test_a_named_graph_is_told_of(page: Page) -> None:
    page.goto("/graph")
    page.get_by_role("link", name="facts", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facts")
    text = page.locator("pre.code").inner_text()
    assert 0 < len(text.splitlines()) <= 200
    assert len(page.content()) < 300 * 1024
