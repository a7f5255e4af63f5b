"""Won as analysts type them, in 조, 억 and 만."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelops_core.domain.korean import money
from modelops_core.errors import InvalidInput


@given(st.integers(0, 10**15))
@example(0)
@example(10**8 + 5)
@example(12_3000_0000)
def test_what_is_formatted_is_read_as_the_same_number(won):
    """In Korean units, with separators, and as plain digits."""
    for text in (money.exact(won), f"{money.exact(won)}원", f"₩{won:,}", str(won)):
        assert money.parse(text) == won


@given(st.integers(1, 9999), st.integers(0, 99))
def test_decimals_of_a_unit_are_exact(whole, hundredths):
    """1.2억 is 120,000,000 and not what binary fractions make of it."""
    assert money.parse(f"{whole}.{hundredths:02}억") == whole * 10**8 + hundredths * 10**6


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("12억", 1_200_000_000),
        ("3,500만", 35_000_000),
        ("1.2억", 120_000_000),
        ("12억 3,000만", 1_230_000_000),
        ("１２억　３０００만원", 1_230_000_000),
        ("￦１，２３４만", 12_340_000),
        ("5천만", 50_000_000),
        ("2천5백만", 25_000_000),
        ("백만", 1_000_000),
        ("3천억", 300_000_000_000),
        ("1조 2,000억", 1_200_000_000_000),
        ("12억 500", 1_200_000_500),
        ("1.5 bn", 1_500_000_000),
        ("₩ 142M", 142_000_000),
    ],
)
def test_the_ways_of_writing_an_amount(text, won):
    """As they stand in registers, contracts and chats."""
    assert money.parse(text) == won


@pytest.mark.parametrize(
    "text",
    [
        "",
        "억",
        "열두억",
        "1,2억",
        "12,00",
        "3만 2억",
        "1억 2억",
        "-5억",
        "5억불",
        "1e9",
        "1억 20000만",
        "nan",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text):
    """The error names the field and what was typed."""
    with pytest.raises(InvalidInput) as problem:
        money.parse(text, "asset_value")
    assert problem.value.values == {"field": "asset_value", "value": text}
