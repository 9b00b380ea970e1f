"""What all pages have: the frame, and tables that can be sorted."""

from playwright.sync_api import Page, expect


def test_the_frame_is_there(page: Page) -> None:
    page.goto("/queries")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page.get_by_role("combobox", name="Find")).to_be_visible()


def test_a_table_is_sorted_by_a_click(page: Page) -> None:
    page.goto("/queries/largest")
    before = page.locator("tbody tr td:first-child").all_text_contents()
    page.get_by_role("button", name="variant").click()
    after = page.locator("tbody tr td:first-child").all_text_contents()
    assert sorted(before) == sorted(after)
    assert before != after


def test_it_works_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/queries/successors")
    unscripted.get_by_role("textbox", name="model").fill("Qwen2.5-VL")
    unscripted.get_by_role("button", name="Ask").click()
    expect(unscripted.locator("tbody")).to_contain_text("Qwen2.5-VL-32B-Instruct")
