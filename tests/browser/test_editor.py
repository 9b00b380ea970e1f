"""The editor at ``/sparql`` in a real browser: completion, answers of every kind, and what is wrong, told."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from ..asking import ENDLESS
from ..serving import Server

QKG = "PREFIX qkg: <https://w3id.org/qwen-kg/ns#>\n"
SKOS = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
VARIANTS = (
    QKG + SKOS + "SELECT ?variant ?label { ?variant a qkg:Variant ; skos:prefLabel ?label } ORDER BY ?label"
)
SIZES = (
    QKG
    + SKOS
    + "SELECT ?label ?size { ?variant qkg:totalParameters ?size ; skos:prefLabel ?label } ORDER BY ?size LIMIT 20"
)


def written(page: Page) -> str:
    """What is in the editor."""
    return str(page.locator(".CodeMirror").evaluate("place => place.CodeMirror.getValue()"))


def write(page: Page, query: str) -> None:
    """Put a query into the editor, in the place of what is there."""
    page.locator(".CodeMirror").evaluate("(place, text) => place.CodeMirror.setValue(text)", query)
    page.locator(".CodeMirror").evaluate(
        "place => { place.CodeMirror.focus(); place.CodeMirror.setCursor(place.CodeMirror.lineCount()) }"
    )


def run(page: Page, query: str) -> Locator:
    """Run a query, and give the place of its answer."""
    write(page, query)
    page.get_by_role("button", name="Run").click()
    return page.locator("#answer")


@pytest.fixture
def editor(page: Page) -> Page:
    """The page with the editor, ready for use."""
    page.goto("/sparql")
    expect(page.locator(".CodeMirror")).to_be_visible()
    return page


def choose(page: Page, typed: str, offered: str) -> None:
    """Type a part of something and take the completion that is offered for it."""
    page.keyboard.type(typed, delay=20)
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hints li", has_text=offered).first
    expect(hint).to_be_visible()
    hint.click()
    expect(page.locator(".CodeMirror-hints")).to_have_count(0)
    page.wait_for_timeout(100)  # CodeMirror takes the focus back a moment after a click


def test_a_query_is_written_with_completion_and_run(editor: Page) -> None:
    write(editor, "")
    editor.keyboard.type("SELECT ?later { ?later ")
    choose(editor, "success", "successor of")
    editor.keyboard.type(" ")
    choose(editor, "Qwen2.5-VL", "Qwen2.5-VL")
    editor.keyboard.type(" }")
    text = written(editor)
    assert "qkg:successorOf id:Qwen2.5-VL" in text.replace("  ", " ")
    assert "PREFIX qkg: <https://w3id.org/qwen-kg/ns#>" in text
    editor.keyboard.press("Escape")
    editor.keyboard.press("Control+Enter")
    run_again = editor.get_by_role("button", name="Run")
    run_again.click()
    expect(editor.locator("#answer tbody")).to_contain_text("Qwen3-VL")


def test_a_class_is_completed_after_a(editor: Page) -> None:
    write(editor, "")
    editor.keyboard.type("SELECT * { ?one a ")
    choose(editor, "bench", "qkg:Benchmark")
    assert "?one a qkg:Benchmark" in written(editor)


def test_a_prefix_is_completed_and_declared(editor: Page) -> None:
    write(editor, "")
    editor.keyboard.type("SELECT * { ?one ")
    choose(editor, "sko", "skos:")
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>" in written(editor)


def test_the_keyboard_runs_and_leaves(editor: Page) -> None:
    write(editor, VARIANTS + " LIMIT 3")
    editor.keyboard.press("Control+Enter")
    expect(editor.locator("#answer tbody tr")).to_have_count(3)
    editor.locator(".CodeMirror textarea").focus()
    editor.keyboard.press("Escape")
    expect(editor.get_by_role("button", name="Run")).to_be_focused()


def test_a_syntax_error_is_shown_at_its_line(editor: Page) -> None:
    answer = run(editor, QKG + "SELECT ?s {\n  ?s qkg:successorOf\n}")
    expect(answer.get_by_role("alert")).to_contain_text("syntax error")
    fault = editor.locator(".CodeMirror .fault")
    expect(fault).to_be_visible()
    lines = editor.locator(".CodeMirror-code > div")
    marked = [i for i, each in enumerate(lines.all()) if each.locator(".fault").count()]
    told = re.search(r"line (\d+)", answer.inner_text())
    assert told
    assert marked == [int(told[1]) - 1]
    write(editor, "ASK {}")
    expect(fault).to_have_count(0)


def test_a_time_out_is_told_as_one(page: Page) -> None:
    page.goto("/sparql?timeout=1")
    expect(page.locator(".CodeMirror")).to_be_visible()
    problem = run(page, ENDLESS).get_by_role("alert")
    expect(problem).to_contain_text("Time limit")
    expect(problem).to_contain_text("longer than 1 second")


def test_a_query_that_runs_can_be_cancelled(editor: Page) -> None:
    write(editor, ENDLESS)
    editor.get_by_role("button", name="Run").click()
    editor.get_by_role("button", name="Cancel").click()
    expect(editor.locator("#running [role=status]")).to_contain_text("Cancelled")
    expect(run(editor, "ASK {}").locator(".verdict")).to_have_text("Yes")


def test_a_long_answer_is_paged_sorted_and_filtered(editor: Page) -> None:
    answer = run(editor, VARIANTS)
    expect(answer.locator("tbody tr")).to_have_count(50)
    first = answer.locator("tbody tr").first.inner_text()
    answer.get_by_role("button", name="Next page").click()
    expect(answer.locator("tbody tr").first).not_to_have_text(first)
    answer.locator("th button", has_text="label").click()
    answer.locator("th button", has_text="label").click()
    expect(answer.locator("th[aria-sort=descending]")).to_contain_text("label")
    labels = answer.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert labels[0].casefold() > labels[-1].casefold()
    answer.get_by_role("searchbox", name="Filter rows").fill("QwQ")
    expect(answer.locator("tbody tr").first).to_contain_text("QwQ")
    assert all("qwq" in row.lower() for row in answer.locator("tbody tr").all_inner_texts())


def test_numbers_come_as_a_chart(editor: Page) -> None:
    answer = run(editor, SIZES)
    answer.get_by_role("tab", name="Chart").click()
    expect(answer.locator("svg.drawing rect.mark")).to_have_count(20)
    answer.get_by_label("Kind").select_option("points")
    expect(answer.locator("svg.drawing circle.mark")).to_have_count(20)


def test_triples_come_as_a_graph(editor: Page) -> None:
    answer = run(editor, QKG + "CONSTRUCT WHERE { ?later qkg:successorOf ?earlier }")
    answer.get_by_role("tab", name="Graph").click()
    expect(answer.locator("svg.drawing")).to_contain_text("Qwen3-VL")


def test_an_answer_of_yes_and_one_of_nothing(editor: Page) -> None:
    expect(run(editor, "ASK { ?s ?p ?o }").locator(".verdict")).to_have_text("Yes")
    expect(run(editor, "ASK { ?s ?s ?s }").locator(".verdict")).to_have_text("No")
    expect(run(editor, "SELECT * { ?s ?s ?s }")).to_contain_text("Nothing in the graph fits")


def test_markup_in_an_answer_is_text(editor: Page) -> None:
    answer = run(editor, 'SELECT ("<img src=x onerror=alert(1)>" AS ?text) ("zh"@zh AS ?name) {}')
    expect(answer.locator("tbody td").first).to_have_text("<img src=x onerror=alert(1)>")
    expect(answer.locator("tbody td[lang=zh]")).to_contain_text("zh")
    assert answer.locator("img").count() == 0


def test_csv_is_downloaded(editor: Page, tmp_path: Path) -> None:
    answer = run(editor, SIZES)
    with editor.expect_download() as begun:
        answer.locator(".downloads").get_by_role("link", name="csv").click()
    kept = tmp_path / "answer.csv"
    begun.value.save_as(kept)
    rows = list(csv.reader(kept.read_text("utf-8").splitlines()))
    assert rows[0] == ["label", "size"]
    assert len(rows) == 21


def test_a_saved_query_is_an_example(editor: Page) -> None:
    before = written(editor)
    editor.get_by_role("button", name="Examples").click()
    chooser = editor.get_by_role("dialog", name="Examples")
    chooser.get_by_role("searchbox").fill("successors")
    chooser.locator("li button:visible").first.click()
    editor.wait_for_function(
        "before => document.querySelector('.CodeMirror').CodeMirror.getValue() !== before", arg=before
    )
    editor.get_by_role("button", name="Run").click()
    expect(editor.locator("#answer .answered")).to_be_visible()


def test_the_link_and_the_snippets_give_the_same_answer(editor: Page, server: Server) -> None:
    run(editor, SIZES)
    expect(editor.locator("#answer tbody tr")).to_have_count(20)
    editor.locator(".elsewhere summary").click()

    def text(name: str) -> str:
        return editor.locator(".elsewhere").get_by_role("region", name=name, exact=True).inner_text()

    curl, python, library, link = (text(name) for name in ("curl", "Python", "qwen_kg", "Link"))
    told = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True, timeout=60)
    rows = told.stdout.strip().splitlines()
    assert len(rows) == 21
    for lines in (python, library):
        told = subprocess.run(
            [sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=60
        )
        assert len(told.stdout.strip().splitlines()) == 20
    editor.goto(link.strip())
    assert written(editor).strip() == SIZES.strip()
    expect(editor.locator("#answer tbody tr")).to_have_count(20)


def test_it_works_on_a_phone(editor: Page) -> None:
    editor.set_viewport_size({"width": 390, "height": 844})
    run(editor, VARIANTS)
    expect(editor.locator("#answer tbody tr").first).to_be_visible()
    assert editor.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_form_answers(unscripted: Page) -> None:
    unscripted.goto("/sparql")
    unscripted.locator("#query").fill(VARIANTS + " LIMIT 3")
    unscripted.get_by_role("button", name="Run").click()
    expect(unscripted.locator("#answer tbody tr")).to_have_count(3)
    unscripted.locator("#query").fill("SELECT ?s {\n ?s ?p\n}")
    unscripted.get_by_role("button", name="Run").click()
    expect(unscripted.locator("#answer")).to_contain_text("line 2")


def test_without_the_editor_of_others_the_form_is_one_still(page: Page) -> None:
    page.route("**/npm/yasgui.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/sparql?query=" + quote("ASK {}"))
    expect(page.locator("#answer .verdict")).to_have_text("Yes")
    page.locator("#query").fill("SELECT * { ?later qkg:successorOf id:Qwen2.5-VL }")
    page.locator("#query").press("Control+Enter")
    expect(page.locator("#answer tbody")).to_contain_text("Qwen3-VL")
    assert page.locator("#query").input_value().startswith("PREFIX ")
