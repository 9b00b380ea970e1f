"""Counts and quantities as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from qwen_kg.namespaces import PREFIXES
from qwen_kg.values import count, decimal, quantity
from qwen_kg.vocabulary import Property, Vocabulary, qkg


@pytest.fixture(scope="module")
def context_length(vocabulary: Vocabulary) -> Property:
    return vocabulary.properties["contextLength"]


@pytest.fixture(scope="module")
def training_cost(vocabulary: Vocabulary) -> Property:
    return vocabulary.properties["trainingCost"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("72B", 72_000_000_000), ("0.6B", 600_000_000), ("1.7 B", 1_700_000_000), ("119", 119), ("36T", 36 * 10**12),
     ("7,721,324,544", 7_721_324_544), ("40M", 40_000_000)],
)  # fmt: skip
def test_a_count_is_read_with_its_scale(text: str, number: int) -> None:
    assert count(text) == number


@pytest.mark.parametrize(
    "text", ["", "B", "72b", "1.2345", "0.0001K", "-3", "1e9", "７B", "72B tokens", "1..2"]
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no (count|whole number)"):
        count(text)


@given(st.integers(min_value=0, max_value=10**15))
def test_a_count_is_read_with_and_without_separators(number: int) -> None:
    assert count(str(number)) == count(f"{number:,}") == number


@pytest.mark.parametrize("text", ["", "1.", ".5", "1e3", "0,41", "US$0.41", "٣"])
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no decimal number"):
        decimal(text)


def test_a_context_length_in_k_has_both_powers_as_bounds(context_length: Property) -> None:
    amount = quantity("128K", context_length)
    assert dict(amount.bounds) == {"minInclusive": Decimal(128_000), "maxInclusive": Decimal(131_072)}
    assert amount.unit == qkg("Token")
    assert amount.extent == (128_000, 131_072)


def test_a_context_length_in_digits_is_exact(context_length: Property) -> None:
    assert dict(quantity("131,072", context_length).bounds) == {"value": Decimal(131_072)}


@pytest.mark.parametrize(
    ("text", "bound", "amount", "unit"),
    [
        ("<10%", "maxExclusive", "10", "PERCENT"),
        (">10x", "minExclusive", "10", "UNITLESS"),
        (">= 2.5 x", "minInclusive", "2.5", "UNITLESS"),
        ("<=30%", "maxInclusive", "30", "PERCENT"),
    ],
)
def test_a_comparison_is_a_bound(
    training_cost: Property, text: str, bound: str, amount: str, unit: str
) -> None:
    made = quantity(text, training_cost)
    assert dict(made.bounds) == {bound: Decimal(amount)}
    assert made.unit == URIRef(PREFIXES["unit"] + unit)


def test_a_quantity_without_a_unit_is_refused(training_cost: Property) -> None:
    with pytest.raises(ValueError, match="has no unit"):
        quantity("10", training_cost)


def test_equal_quantities_are_one_node_and_others_are_not(context_length: Property) -> None:
    plain, same = quantity("32K", context_length), quantity("32K", context_length)
    conditional = quantity("32K", context_length, condition="with extrapolation")
    assert plain.iri == same.iri
    assert len({plain.iri, conditional.iri, quantity("128K", context_length).iri}) == 3
