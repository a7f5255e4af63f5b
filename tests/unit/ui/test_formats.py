"""Numbers as the reader sees them."""

from __future__ import annotations

import math
import re

import pytest

from modelops_core.ui.kit import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1271, "0.127"),
        (127_100, "127,000"),
        (0, "0"),
        (None, "–"),
        (math.nan, "–"),
        (1.0, "1.00"),
        (0.00426667, "0.00427"),
        (99.96, "100"),
        (14_205_113_636, "14,200,000,000"),
    ],
)
def test_three_significant_figures(value, text):
    """The seed's examples among them."""
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("percentile", "text"),
    [
        (0.0, "0"),
        (0.04, "0.1"),
        (0.6, "0.6"),
        (42.4, "42"),
        (99.2, "99.2"),
        (99.97, "99.9"),
        (100.0, "100"),
    ],
)
def test_a_rank_is_no_extreme_that_it_is_not(percentile, text):
    """The highest of 1,231 cells is above 99.9 % of them: it does not lie above itself."""
    assert formats.rank(percentile) == text


@pytest.mark.parametrize(
    ("value", "ko", "en"),
    [
        (14_205_113_636, "₩142억", "₩14.2 bn"),
        (127_373, "₩12.7만", "₩127 k"),
        (999.9, "₩1,000", "₩1.00 k"),
        (5_000_000_000_000, "₩5.00조", "₩5.00 tn"),
        (0, "₩0", "₩0"),
        (None, "–", "–"),
    ],
)
def test_won(value, ko, en):
    """억 and 만 in Korean, bn, M and k in English."""
    assert formats.won(value, "ko") == ko
    assert formats.won(value, "en") == en


def test_plain_won_and_percent():
    """Plain numbers with separators; tiny rates are said as such."""
    assert formats.won_full(127_373) == "₩127,000"
    assert formats.percent(0.1271) == "0.127 %"
    assert formats.percent(5e-5) == "< 0.0001 %"
    assert formats.percent(0.0) == "0 %"
    assert formats.interval(0.03, 0.064) == "0.0300–0.0640 %"
    assert formats.interval(None, 1.0) == "–"
    assert formats.interval(2.5e-7, 0.00137) == "< 0.0001–0.00137 %"
    assert formats.interval(4e-6, 1e-5) == "< 0.0001 %"


def test_what_somebody_typed_is_no_address():
    """What GFM would make a link of is cut by a character that nobody sees; the text is kept."""
    typed = "HTTPS://a.b www.c.kr d@e.kr *본점*"
    shown = formats.plain(typed)
    unescaped = re.sub(r"\\(\W)", r"\1", shown)
    assert not re.search(r"https?://|www\.|[-.\w+]@", unescaped, re.IGNORECASE)
    assert unescaped.replace(formats.UNSEEN, "") == typed


def test_a_number_and_its_unit_share_a_line():
    """Units only: a word that begins like one does not count."""
    gap = "\N{NO-BREAK SPACE}"
    assert formats.unbroken("83.5 km 떨어져, 5 %, 3 more") == f"83.5{gap}km 떨어져, 5{gap}%, 3 more"


def test_units_are_written_in_the_readers_language():
    """Only whole words of a unit are translated."""
    units = ("%/yr", "d/yr", "d, °C", "°C below zero", "mm/d", "FWI")
    korean = ["%/년", "일/년", "일, °C", "°C(영하)", "mm/일", "FWI"]
    assert [formats.unit(one, "ko") for one in units] == korean
    assert [formats.unit(one, "en") for one in units] == list(units)


def test_unknown_is_a_word():
    """Neither 0 nor blank."""
    assert formats.rate_or_status("not_assessed", 0.5, "ko") == "평가 불가"
    assert formats.rate_or_status("ok", 0.5, "en") == "0.500 %"
