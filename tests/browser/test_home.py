"""The home page in a real browser: from nothing to an answer, for people who know no SPARQL."""

from __future__ import annotations

import json
import shlex
import subprocess
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from qwen_kg.web.home import EXAMPLES, Example

from ..serving import Server


def test_a_name_that_is_typed_leads_to_its_page(page: Page) -> None:
    page.goto("/")
    box = page.locator("#main").get_by_role("combobox")
    box.press_sequentially("qwen 2.5 vl 32")
    option = page.locator("#main").get_by_role("option", name="Qwen2.5-VL-32B-Instruct").first
    expect(option).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qwen2.5-VL-32B")


def test_a_name_is_found_without_scripts(unscripted: Page) -> None:
    unscripted.goto("/")
    unscripted.locator("#q").fill("qwen2.5 vl 32b instruct")
    unscripted.locator("#main").get_by_role("button", name="Find").click()
    unscripted.locator(".found").get_by_role("link", name="Qwen2.5-VL-32B-Instruct", exact=True).click()
    expect(unscripted.get_by_role("heading", level=1)).to_contain_text("Qwen2.5-VL-32B-Instruct")


def test_a_question_leads_to_its_answer(unscripted: Page) -> None:
    unscripted.goto("/")
    unscripted.get_by_role("link", name="Which variants succeeded Qwen2.5-VL?").click()
    expect(unscripted.locator("table").first).to_contain_text("Qwen3-VL")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.query)
def test_every_example_has_an_answer(server: Server, example: Example) -> None:
    answer = server.ask(
        "GET",
        f"/queries/{example.query}?{urlencode(example.parameters)}",
        headers={"Accept": "application/json"},
    )
    assert answer.status == 200
    assert json.loads(answer.body)["results"]["bindings"]


def test_the_family_is_drawn_and_leads_on(page: Page) -> None:
    page.goto("/")
    marks = page.locator(".glance svg a")
    assert marks.count() > 20
    label = marks.first.evaluate("a => a.getAttribute('href')")
    page.goto(label)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_counts_are_those_of_the_graph(page: Page, server: Server) -> None:
    page.goto("/")
    for word, name in {"models": "Model", "variants": "Variant", "sources": "Source"}.items():
        text = f"SELECT (COUNT(DISTINCT ?n) AS ?c) {{ ?n a <https://w3id.org/qwen-kg/ns#{name}> }}"
        answer = server.ask(
            "GET", "/sparql?" + urlencode({"query": text}), headers={"Accept": "application/json"}
        )
        number = int(json.loads(answer.body)["results"]["bindings"][0]["c"]["value"])
        shown = page.locator(".counts div", has=page.get_by_role("link", name=word, exact=True)).locator("dd")
        expect(shown).to_have_text(f"{number:,}")


def test_the_newest_come_first(page: Page) -> None:
    page.goto("/")
    dates = page.locator(".newest .date").all_text_contents()
    assert len(dates) > 4
    assert [each[:4] for each in dates] == sorted((each[:4] for each in dates), reverse=True)


def test_the_lines_for_a_shell_give_answers(page: Page) -> None:
    page.goto("/")
    for line in page.locator("pre.shell").all_text_contents():
        done = subprocess.run(
            [*shlex.split(line), "--silent", "--fail"], capture_output=True, text=True, check=True, timeout=30
        )
        assert "qwen3-vl" in done.stdout.lower()


def test_the_lines_of_python_give_answers(page: Page) -> None:
    page.goto("/")
    lines = page.locator("pre.python").inner_text().splitlines()
    known: dict[str, object] = {}
    exec("\n".join(lines[:-1]), known)  # what the page tells people to type
    rows = eval(lines[-1], known)
    assert "Qwen3-VL" in {row["label"] for row in rows}
