"""The ontology as a page: anchors land, drawings lead to terms, and examples open."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_the_iri_of_a_term_lands_on_it(page: Page) -> None:
    page.goto("/ns#contextLength")
    place = page.locator("#contextLength")
    expect(place).to_be_in_viewport()
    expect(place).to_contain_text("contextLength")
    expect(place.locator("p")).not_to_be_empty()


def test_a_name_in_the_drawing_leads_to_the_term(page: Page) -> None:
    page.goto("/ns")
    page.locator("svg.model a[href='#Evaluation'] text").click()
    expect(page.locator("#Evaluation")).to_be_in_viewport()
    page.locator("#Evaluation").get_by_role("link", name="metric", exact=True).click()
    expect(page.locator("#metric")).to_be_in_viewport()


def test_an_example_opens(page: Page) -> None:
    page.goto("/ns#inSeries")
    examples = page.locator("#inSeries .told div").filter(has_text="Example").get_by_role("link")
    name = examples.first.inner_text()
    examples.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_the_contents_can_be_opened_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/ns")
    unscripted.locator(".contents summary").nth(1).click(position={"x": 3, "y": 8})
    unscripted.locator(".contents").get_by_role("link", name="contextLength", exact=True).click()
    expect(unscripted.locator("#contextLength")).to_be_in_viewport()
