"""The line that says what a number is of, and the names of files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from modelops_core.domain import stamp
from modelops_core.domain.horizons import HORIZONS
from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.result import LEVELS, Basis, Status
from modelops_core.services.report import formats
from tests.answers import answer, data_source

#: already the 29th in Korea
WHEN = datetime(2026, 11, 28, 16, tzinfo=UTC)
DEMO = data_source("ta_data", provider="ModelOps demonstration data generator", kind="derived")


def made(sources=(DEMO,), **more):
    found = answer(**more)
    dated = type(found).from_row(found.to_row(), assessed_at=WHEN)
    return stamp.of(dated, sources, "ssp2", "2050s")


def test_the_line_says_all_five_in_both_languages():
    """Scenario, horizon, parameter set, day in Korea, source."""
    assert made().text("ko") == (
        "SSP2-4.5 · 2050년대 · 매개변수 중앙 · 2026-11-29 평가 · 기후자료 예시 생성기"
    )
    assert made(parameter_set="high").text("en") == (
        "SSP2-4.5 · 2050s · High parameters · assessed 2026-11-29 · climate data: demo generator"
    )


def test_what_is_unknown_is_left_out():
    """No dash and no default where nothing is known."""
    assert stamp.Stamp(scenario="ssp5").text("ko") == "SSP5-8.5"
    assert stamp.Stamp().text("en") == ""


def test_providers_are_named_where_the_climate_is_no_demonstration():
    """Each provider of a climate series once; other tables do not count."""
    sources = [
        data_source("ta_data"),
        data_source("rn_data"),
        data_source("buildings", provider="X"),
    ]
    assert made(sources).source("ko") == "KMA"
    assert not stamp.is_demo([data_source("buildings", provider=DEMO.provider)])
    assert stamp.is_demo([*sources, DEMO])


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("중구", "losses_중구_ssp2_2050s_central_20261129"),
        ("a/b: c?", "losses_a-b-c_ssp2_2050s_central_20261129"),
        ("..", "losses_x_ssp2_2050s_central_20261129"),
    ],
)
def test_file_names_hold_what_the_file_is_of(place, name):
    """Nothing in them that a system refuses or reads as a folder."""
    assert made().file_name("losses", place) == name


def test_every_set_and_horizon_has_its_words():
    """A set without a name would break the line."""
    assert set(stamp.SET) == set(ALL_SETS)
    assert set(stamp.HORIZON) == set(HORIZONS)
    assert set(formats.STATUS) == {status.name for status in Status}
    assert set(formats.LEVEL) == set(LEVELS)
    assert set(formats.BASIS) == set(Basis) - {Basis.counted}


def test_several_answers_say_what_they_have_in_common():
    """Another set or another day is left out, and never the first one's taken for all."""
    one = replace(answer(), assessed_at=WHEN)
    later = replace(one, assessed_at=one.assessed_at + timedelta(days=1))
    high = replace(one, parameter_set="high")

    alike = stamp.of_all([one, one], (), "ssp2", "2050s")
    assert alike == stamp.of(one, (), "ssp2", "2050s")
    assert stamp.of_all([one, later], ()).assessed_at is None
    assert stamp.of_all([one, later], ()).parameter_set == one.parameter_set
    assert stamp.of_all([one, high], ()).parameter_set is None
