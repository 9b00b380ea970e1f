"""The written rule of resolution, clause by clause, on small cases."""

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from qwen_kg.assertions import Assertion, merge
from qwen_kg.builder import compile_root
from qwen_kg.errors import DataError, Position
from qwen_kg.resolution import resolve
from qwen_kg.vocabulary import qkg

S, O1, O2, O3 = (URIRef(f"urn:{name}") for name in ("s", "o1", "o2", "o3"))


class Sources:
    """Stands for the evidence: a passage is named after the rank and the year of its source."""

    def rank(self, passages: frozenset[URIRef]) -> int:
        return min(int(str(p).split(":")[1]) for p in passages)

    def latest(self, passages: frozenset[URIRef]) -> date:
        return max(date(int(str(p).split(":")[2]), 1, 1) for p in passages)


def said(value: URIRef, rank: int = 4, year: int = 2025, **more: object) -> Assertion:
    fields = {
        "subject": S,
        "predicate": qkg("license"),
        "value": value,
        "passages": frozenset({URIRef(f"p:{rank}:{year}:{value}")}),
        "at": Position("data/x.yaml", 7, 3),
        "written": str(value),
        "single_valued": True,
    }
    return Assertion(**{**fields, **more})  # type: ignore[arg-type]


def standing(*assertions: Assertion) -> list[str]:
    outcomes = resolve(assertions, Sources())  # type: ignore[arg-type]
    return [outcomes[a.iri].standing for a in assertions]


def rule(*assertions: Assertion) -> str | None:
    return resolve(assertions, Sources())[assertions[0].iri].rule  # type: ignore[arg-type]


def test_one_statement_stands_as_it_is_said() -> None:
    assert standing(said(O1)) == ["asserted"]
    assert standing(said(O1, standing="planned")) == ["planned"]


def test_a_curators_decision_beats_rank() -> None:
    pair = said(O1, rank=4, decision="The other is a misprint."), said(O2, rank=1)
    assert standing(*pair) == ["asserted", "disputed"]
    assert rule(*pair) == "curatorDecision"


def test_official_beats_registry_beats_press_beats_encyclopaedia() -> None:
    for better, worse in ((1, 2), (2, 3), (3, 4)):
        pair = said(O1, rank=worse, year=2026), said(O2, rank=better, year=2020)
        assert standing(*pair) == ["disputed", "asserted"]
        assert rule(*pair) == "sourceRank"


def test_of_equal_rank_the_later_source_goes_before() -> None:
    pair = said(O1, year=2024), said(O2, year=2025)
    assert standing(*pair) == ["disputed", "asserted"]
    assert rule(*pair) == "recency"


def test_where_no_rule_decides_all_sides_are_disputed_and_say_so() -> None:
    outcomes = resolve([said(O1), said(O2)], Sources())  # type: ignore[arg-type]
    assert {(o.standing, o.rule) for o in outcomes.values()} == {("disputed", "unresolved")}
    assert all(o.reason and o.conflicts for o in outcomes.values())


def test_two_values_from_one_passage_are_a_mistake_and_refused() -> None:
    passage = frozenset({URIRef("p:4:2025")})
    with pytest.raises(DataError, match="are from one passage"):
        resolve([said(O1, passages=passage), said(O2, passages=passage)], Sources())  # type: ignore[arg-type]


def test_of_three_values_the_best_is_accepted_and_the_others_are_not() -> None:
    assert standing(said(O1, rank=4), said(O2, rank=1), said(O3, rank=2)) == [
        "disputed",
        "asserted",
        "disputed",
    ]


def test_the_more_precise_of_two_compatible_dates_refines_the_other() -> None:
    month = said(Literal("2025-01"), extent=(Decimal(1), Decimal(31)))  # type: ignore[arg-type]
    day = said(Literal("2025-01-29"), extent=(Decimal(29), Decimal(29)))  # type: ignore[arg-type]
    outcomes = resolve([month, day], Sources())  # type: ignore[arg-type]
    assert outcomes[day.iri].refines == {month.iri}
    assert outcomes[month.iri].refined_by == {day.iri}
    assert outcomes[day.iri].conflicts == set()
    assert standing(month, day) == ["asserted", "asserted"]


def test_a_value_is_not_given_up_for_a_more_precise_one_that_is_disputed() -> None:
    coarse = said(O1, extent=(Decimal(128_000), Decimal(131_072)))
    fine = said(O2, extent=(Decimal(131_072), Decimal(131_072)))
    denial = said(O2, rank=1, affirmed=False)
    outcomes = resolve([coarse, fine, denial], Sources())  # type: ignore[arg-type]
    assert [outcomes[a.iri].standing for a in (coarse, fine, denial)] == ["asserted", "disputed", "asserted"]
    assert outcomes[coarse.iri].refined_by == set()


def test_after_a_tie_at_the_top_the_question_stays_open_and_the_rest_lose() -> None:
    outcomes = [
        resolve(order, Sources())  # type: ignore[arg-type]
        for three in [[said(O1, rank=1), said(O2, rank=1), said(O3, rank=4)]]
        for order in (three, three[::-1])
    ]
    for outcome in outcomes:
        assert sorted((o.standing, o.rule) for o in outcome.values()) == [
            ("disputed", "sourceRank"),
            ("disputed", "unresolved"),
            ("disputed", "unresolved"),
        ]


def test_three_that_no_rule_decides_are_all_disputed() -> None:
    assert standing(said(O1), said(O2), said(O3)) == ["disputed"] * 3


def test_dates_that_do_not_meet_contradict_each_other() -> None:
    january = said(Literal("2025-01"), extent=(Decimal(1), Decimal(31)))  # type: ignore[arg-type]
    march = said(Literal("2025-03"), extent=(Decimal(60), Decimal(90)), rank=1)  # type: ignore[arg-type]
    assert standing(january, march) == ["disputed", "asserted"]


def test_several_values_of_a_property_that_may_have_them_are_no_conflict() -> None:
    several = [said(o, single_valued=False) for o in (O1, O2)]
    assert standing(*several) == ["asserted", "asserted"]


def test_statements_for_different_times_or_scopes_do_not_contradict() -> None:
    assert standing(said(O1, as_of="2024"), said(O2, as_of="2025")) == ["asserted", "asserted"]
    assert standing(said(O1, scope="some"), said(O1, affirmed=False)) == ["asserted", "asserted"]


def test_what_is_planned_or_attributed_contradicts_nothing() -> None:
    assert standing(said(O1, standing="planned"), said(O1, affirmed=False)) == ["planned", "asserted"]
    assert standing(said(O1, standing="attributed"), said(O2)) == ["attributed", "asserted"]


def test_a_denial_of_higher_rank_beats_the_affirmation() -> None:
    assert standing(said(O1, rank=4), said(O1, rank=1, affirmed=False)) == ["disputed", "asserted"]


def test_a_denial_of_another_value_is_no_conflict() -> None:
    assert standing(said(O1), said(O2, affirmed=False)) == ["asserted", "asserted"]


def test_an_affirmation_and_a_denial_that_no_rule_decides_are_refused_with_both_places() -> None:
    denial = said(O1, affirmed=False, at=Position("data/y.yaml", 9, 1))
    with pytest.raises(DataError) as caught:
        resolve([said(O1), denial], Sources())  # type: ignore[arg-type]
    assert str(caught.value).startswith("data/x.yaml:7:3: ")
    assert "data/y.yaml:9:1" in str(caught.value)


def test_a_part_that_succeeds_its_whole_is_marked_and_both_stay() -> None:
    part = said(O1, predicate=qkg("variantOf"), single_valued=False)
    after = said(O1, predicate=qkg("successorOf"), single_valued=False, decision="Both are kept.")
    outcomes = resolve([part, after], Sources())  # type: ignore[arg-type]
    assert outcomes[part.iri].conflicts == {after.iri}
    assert outcomes[after.iri].conflicts == {part.iri}
    assert {o.standing for o in outcomes.values()} == {"asserted"}
    assert {o.reason for o in outcomes.values()} == {"Both are kept."}


def test_the_order_of_the_data_does_not_matter() -> None:
    three = [said(O1, rank=4), said(O2, rank=1), said(O3, rank=1, year=2026)]
    forwards, backwards = (resolve(order, Sources()) for order in (three, three[::-1]))  # type: ignore[arg-type]
    assert forwards == backwards


def test_what_is_said_twice_is_one_statement_with_both_passages() -> None:
    one, other = said(O1, rank=4), said(O1, rank=1)
    (merged,) = merge([one, other])
    assert merged.passages == one.passages | other.passages
    assert merged == replace(one, passages=merged.passages)


def test_what_one_source_asserts_is_not_only_inferred() -> None:
    inferred = said(O1, standing="inferred", reason="by its place in the text")
    for order in ([inferred, said(O1, rank=1)], [said(O1, rank=1), inferred]):
        (merged,) = merge(order)
        assert (merged.standing, merged.reason) == ("asserted", None)


def test_the_details_of_an_event_told_twice_are_all_kept() -> None:
    agent, note = (qkg("agent"), O1), (qkg("dateNote"), Literal("early"))
    event = {"node": URIRef("urn:event")}
    (merged,) = merge([said(O1, details=(agent,), **event), said(O1, rank=1, details=(agent, note), **event)])
    assert merged.details == (agent, note)


def test_what_is_said_of_the_whole_is_said_of_a_part() -> None:
    whole, part, other = said(O1, rank=1), said(O2, scope="some models"), said(O3, scope="others")
    assert standing(whole, part) == ["asserted", "disputed"]
    assert standing(part, other) == ["asserted", "asserted"]


def test_a_price_without_a_region_may_be_of_any_and_two_regions_differ() -> None:
    def price(text: str, rank: int, region: str | None) -> Assertion:
        number = Decimal(text)
        return said(
            Literal(number), rank, extent=(number, number), limits=(region, None), node=URIRef(f"n:{text}")
        )

    somewhere, abroad, at_home = price("0.41", 4, None), price("0.8", 2, "abroad"), price("0.23", 2, "home")
    assert standing(somewhere, abroad, at_home) == ["disputed", "asserted", "asserted"]
    assert standing(abroad, at_home) == ["asserted", "asserted"]


EVALUATIONS = "variant,benchmark,metric,setting,score,unit,source,locator"


def evaluated(small: Path, tmp_path: Path, *lines: str) -> list[str]:
    """Build with a table of scores, and give what became of each line."""
    home = tmp_path / "home"
    shutil.copytree(small, home)
    (home / "data" / "evaluations" / "scores.csv").write_text(
        "\n".join((EVALUATIONS, *lines)) + "\n", "utf-8"
    )
    made = compile_root(home)
    by_line = {a.at.line: made.outcomes[a.iri] for a in made.nodes.assertions if "scores.csv" in a.at.file}
    return [f"{by_line[line].standing} {by_line[line].rule or ''}".strip() for line in sorted(by_line)]


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (
            ["81.5,percent,qwen3-post,1", "82.5,percent,qwen2-post,1"],
            ["asserted recency", "disputed recency"],
        ),
        (["81.5,percent,qwen3-post,1", "82,percent,qwen2-post,1"], ["asserted", "asserted"]),
        (["81.5,percent,qwen3-post,1", "81.50,percent,qwen2-post,1"], ["asserted", "asserted"]),
        (["81.5,percent,qwen3-post,1", "82.5,points,qwen2-post,1"], ["asserted", "asserted"]),
        (["81.5,percent,qwen3-post,1", "82.5,percent,evalplus,1"], ["asserted", "asserted"]),
    ],
    ids=[
        "another score",
        "the same, rounded",
        "the same, to more digits",
        "another unit",
        "another measurer",
    ],
)
def test_scores_of_the_makers_are_compared(
    lines: list[str], outcome: list[str], small: Path, tmp_path: Path
) -> None:
    rows = [f"Qwen3-8B,GPQA,accuracy,5-shot,{line}" for line in lines]
    assert evaluated(small, tmp_path, *rows) == outcome


def test_two_scores_of_one_kind_from_one_line_are_a_slip(small: Path, tmp_path: Path) -> None:
    rows = [f"Qwen3-8B,GPQA,accuracy,5-shot,{score},percent,qwen3-post,1" for score in ("81.5", "82.5")]
    with pytest.raises(DataError, match=r'scores\.csv:3:\d+: "82\.5" and "81\.5" at .* are from one passage'):
        evaluated(small, tmp_path, *rows)
