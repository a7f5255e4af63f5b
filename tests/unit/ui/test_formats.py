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
        (14_205_113_636, "₩142억", "₩14.2\xa0bn"),
        (127_373, "₩12.7만", "₩127\xa0k"),
        (999.9, "₩1,000", "₩1.00\xa0k"),
        (5_000_000_000_000, "₩5.00조", "₩5.00\xa0tn"),
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
    assert formats.percent(0.1271) == "0.127\xa0%"
    assert formats.percent(5e-5) == "<\xa00.0001\xa0%"
    assert formats.percent(0.0) == "0\xa0%"
    assert formats.interval(0.03, 0.064) == "0.0300–0.0640\xa0%"
    assert formats.interval(None, 1.0) == "–"
    assert formats.interval(2.5e-7, 0.00137) == "<\xa00.0001–0.00137\xa0%"
    assert formats.interval(4e-6, 1e-5) == "<\xa00.0001\xa0%"


def test_what_somebody_typed_is_no_address():
    """What GFM would make a link of is cut by a character that nobody sees; the text is kept."""
    typed = "HTTPS://a.b www.c.kr d@e.kr *본점*"
    shown = formats.plain(typed)
    unescaped = re.sub(r"\\(\W)", r"\1", shown)
    assert not re.search(r"https?://|www\.|[-.\w+]@", unescaped, re.IGNORECASE)
    assert unescaped.replace(formats.UNSEEN, "") == typed


def test_a_number_and_its_unit_share_a_line():
    """Units and short words of money only: a word that begins like one does not count."""
    said = "83.5 km 떨어져, 5 %p, 3 more, ₩1.2 bn to 4 M a year, < 0.1 %, 12 Ms"
    kept = "83.5~km 떨어져, 5~%p, 3 more, ₩1.2~bn to 4~M a year, <~0.1~%, 12 Ms"
    assert formats.unbroken(said).replace(formats.GAP, "~") == kept


def test_ranges_and_particles_share_a_line():
    """Of years and shares; Korean that belongs to a bracket or per cent; other dashes may end a line."""
    held = formats.unbroken("1991–2020, 5–95 %는 계수(상한)와 (a) 값 – 1").replace(
        formats.UNSEEN, "|"
    )
    assert held.replace(formats.GAP, "~") == "1991–|2020, 5–|95~%|는 계수(상한)|와 (a) 값 – 1"


def test_negative_numbers_have_a_minus_sign():
    """Names and dates keep their hyphens."""
    said = formats.minus("κ = -0.114, -.5; SSP1-2.6 2026-11-30")
    assert said == "κ = −0.114, −.5; SSP1-2.6 2026-11-30"
    assert formats.number(-3.21) == "−3.21"
    assert formats.won(-14_205_113_636) == "−₩142억"


def test_a_date_shares_a_line():
    """The hyphens of dates and years hold, those of names do not; nothing is seen of it."""
    said = "SSP5-8.5 · 2026-11-30 09:50 · 2021-2040"
    held = formats.whole_days(said)
    assert held.replace(f"-{formats.UNSEEN}", "~") == "SSP5-8.5 · 2026~11~30 09:50 · 2021~2040"


def test_the_unit_of_a_heading_is_one_word():
    """``[%/년]`` never ends a line at its stroke; other strokes may."""
    assert formats.heading("AAL [%/년], 취수/공급") == f"AAL [%/{formats.UNSEEN}년], 취수/공급"


def test_units_are_written_in_the_readers_language():
    """Only whole words of a unit are translated."""
    units = ("%/yr", "d/yr", "d, °C", "°C below zero", "mm/d", "FWI")
    korean = ["%/년", "일/년", "일, °C", "°C(영하)", "mm/일", "FWI"]
    assert [formats.unit(one, "ko") for one in units] == korean
    assert [formats.unit(one, "en") for one in units] == list(units)


def test_unknown_is_a_word():
    """Neither 0 nor blank."""
    assert formats.rate_or_status("not_assessed", 0.5, "ko") == "평가 불가"
    assert formats.rate_or_status("ok", 0.5, "en") == "0.500\xa0%"
