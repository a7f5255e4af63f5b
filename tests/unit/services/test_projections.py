"""Years, windows and months of a series: numbers one can do in the head."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.services.series import projections
from modelops_core.services.series.projections import Rules, Series, of_area
from modelops_core.ui.kit.theme import NEUTRAL, SCENARIO
from modelops_core.ui.projections import figures
from tests.parameters import PARAMETERS

YEARS = np.arange(1991, 2101)
WORDS = {"history": "history", "same": "same", "running": "20 years"}


@pytest.fixture(scope="module")
def rules():
    return Rules.of(PARAMETERS)


def monthly(variable, values, years=YEARS):
    """The same months in every year and scenario."""
    return Series(
        variable, years, np.broadcast_to(np.asarray(values, float), (4, years.size, 12)).copy(), 1
    )


def rising(years=YEARS):
    """Scenario i rises by i a year after 2020; (scenario, year)."""
    return np.arange(4.0)[:, None] * np.maximum(0, years - 2020)


def test_rules_come_from_the_parameter_file(rules):
    """15 of 20 years, 10 months of SPEI, 5 first years of the sea."""
    assert (rules.minimum_years, rules.full_years, rules.spei_months, rules.first_years) == (
        15,
        20,
        10,
        5,
    )


def test_a_year_of_rain_is_a_sum_and_of_temperature_a_mean(rules):
    """Twelve months of 1..12: sum 78, mean 6.5."""
    months = np.arange(1, 13)
    assert projections.yearly(monthly("rn", months), rules)[0, 0] == 78
    assert projections.yearly(monthly("ta", months), rules)[3, 0] == 6.5


def test_a_year_without_one_month_is_unknown(rules):
    """Eleven months of rain are not a year of rain."""
    series = monthly("rn", np.ones(12))
    series.values[1, 4, 7] = np.nan
    found = projections.yearly(series, rules)
    assert np.isnan(found[1, 4])
    assert np.isnan(found).sum() == 1


def test_the_driest_month_needs_ten_months(rules):
    """Two missing months leave a minimum, three do not."""
    series = monthly("spei12", np.linspace(-1.1, 0, 12))
    series.values[0, 0, 10:] = np.nan
    series.values[0, 1, 9:] = np.nan
    found = projections.yearly(series, rules)
    assert found[0, 0] == -1.1
    assert np.isnan(found[0, 1])


def test_running_mean_at_2050_is_the_window_of_the_2050s(rules):
    """2041–2060; near the ends there is none."""
    values = np.broadcast_to(YEARS.astype(float), (4, YEARS.size))
    found = projections.running(values, rules)
    assert found[0, YEARS == 2050] == np.mean(np.arange(2041, 2061))
    assert np.isnan(found[0, :9]).all()
    assert np.isnan(found[0, -10:]).all()
    assert not np.isnan(found[0, 9:-10]).any()


def test_running_mean_needs_fifteen_of_twenty_years(rules):
    """Five gaps are allowed, six are not."""
    values = np.ones((4, 20))
    values[0, :5] = np.nan
    values[1, :6] = np.nan
    found = projections.running(values, rules)
    assert found[0, 9] == 1
    assert np.isnan(found[1]).all()
    assert np.isnan(projections.running(values[:, :19], rules)).all()


def test_change_is_against_the_normal_period(rules):
    """1991–2020 is 0; 2041–2060 is 30.5 years after 2020 on average."""
    values = 10 + rising()
    found = projections.summaries(
        values, projections.periods(YEARS, values, rules, "rx1day"), rules, "rx1day"
    )
    one = next(s for s in found if (s.scenario, s.horizon) == ("ssp3", "2050s"))
    assert (one.first, one.last, one.years, one.status) == (2041, 2060, 20, "ok")
    assert one.mean == pytest.approx(10 + 2 * 30.5)
    assert one.change == pytest.approx(61)
    assert one.relative == pytest.approx(610)
    assert one.significant


def test_temperature_has_no_change_in_per_cent(rules):
    """Zero degrees is no true zero."""
    values = 10 + rising()
    found = projections.summaries(
        values, projections.periods(YEARS, values, rules, "ta"), rules, "ta"
    )
    assert all(np.isnan(s.relative) for s in found)


def test_a_baseline_of_zero_has_no_change_in_per_cent(rules):
    """No division by nothing."""
    values = rising()
    found = projections.summaries(
        values, projections.periods(YEARS, values, rules, "csdi"), rules, "csdi"
    )
    assert all(np.isnan(s.relative) for s in found)
    assert not any(np.isnan(s.change) for s in found)


def test_a_change_within_what_years_vary_by_is_not_clear(rules):
    """Years of ±10 have a standard error of 2.9 in a change: twice that hides 4, not 7."""
    noise = np.where(YEARS % 2 == 0, 10.0, -10.0)
    for shift, significant in (
        (1.0, False),
        (4.0, False),
        (-4.0, False),
        (7.0, True),
        (-7.0, True),
    ):
        values = np.broadcast_to(100 + noise + shift * (YEARS > 2020), (4, YEARS.size))
        found = projections.summaries(
            values, projections.periods(YEARS, values, rules, "rn"), rules, "rn"
        )
        assert {s.significant for s in found if s.horizon != "baseline"} == {significant}


def test_the_deviation_is_of_a_sample_of_years(rules):
    """Twenty years of ±1: the root of 20 ÷ 19."""
    values = np.broadcast_to(np.where(YEARS % 2 == 0, 1.0, -1.0), (4, YEARS.size))
    found = projections.summaries(
        values, projections.periods(YEARS, values, rules, "ta"), rules, "ta"
    )
    one = next(s for s in found if s.horizon == "2050s")
    assert one.deviation == pytest.approx((20 / 19) ** 0.5)


def test_thirty_years_of_data_do_not_reach_the_2050s(rules):
    """2021–2050: the first 20 years are the baseline, ten years of the 2050s are too few."""
    years = np.arange(2021, 2051)
    values = rising(years)
    over = projections.periods(years, values, rules, "ta")
    assert over[0].model_start
    assert (over[0].first, over[0].last) == (2021, 2040)
    found = {(s.scenario, s.horizon): s for s in projections.summaries(values, over, rules, "ta")}
    assert found["ssp5", "2030s"].change == 0
    for horizon, known in (("2050s", 10), ("2070s", 0), ("2090s", 0)):
        one = found["ssp5", horizon]
        assert (one.status, one.years) == ("not_assessed", known)
        assert np.isnan([one.mean, one.deviation, one.change]).all()


def test_fifteen_to_nineteen_years_are_low_confidence(rules):
    """To 2056: sixteen years of the 2050s."""
    years = np.arange(1991, 2057)
    values = rising(years)
    found = projections.summaries(
        values, projections.periods(years, values, rules, "ta"), rules, "ta"
    )
    assert {s.status for s in found if s.horizon == "2050s"} == {"low_confidence"}


def test_coverage_is_counted_for_each_scenario(rules):
    """One scenario without data does not borrow from the others."""
    values = rising()
    values[1] = np.nan
    found = projections.summaries(
        values, projections.periods(YEARS, values, rules, "ta"), rules, "ta"
    )
    assert {s.status for s in found if s.scenario == "ssp2"} == {"not_assessed"}
    assert {s.status for s in found if s.scenario == "ssp5"} == {"ok"}


def test_the_rise_of_the_sea_counts_from_its_first_five_years(rules):
    """A series from 2015 of 1 cm a year: baseline 2 cm, the 2030s 15.5 cm."""
    years = np.arange(2015, 2101)
    values = np.broadcast_to((years - 2015).astype(float), (4, years.size))
    over = projections.periods(years, values, rules, "sea_level")
    assert (over[0].first, over[0].last) == (2015, 2019)
    found = projections.summaries(values, over, rules, "sea_level")
    assert (found[0].mean, found[0].status) == (2.0, "ok")
    assert next(s for s in found if s.horizon == "2030s").change == pytest.approx(15.5 - 2)


def test_months_of_a_window(rules):
    """Each month's own mean; unknown where the window is not covered."""
    series = monthly("ta", np.arange(12), np.arange(2021, 2051))
    over = projections.periods(series.years, projections.yearly(series, rules), rules, "ta")
    assert projections.cycle(series, over[0], rules)[2].tolist() == list(range(12))
    assert np.isnan(projections.cycle(series, over[2], rules)).all()


def test_an_area_is_known_where_all_its_cells_are():
    """A cell that has no value in one year leaves that year unknown; one that never has is no part of the area."""
    steps = np.array([2021, 2022, 2024])
    mean = np.full((4, 3), 5.0)
    count = np.array([[3, 2, 3]] * 3 + [[0, 0, 0]])
    found = of_area("cdd", steps, mean, count)
    assert found.years.tolist() == [2021, 2022, 2023, 2024]
    assert np.isnan(found.values[0]).tolist() == [False, True, True, False]
    assert np.isnan(found.values[3]).all()
    assert found.cells == 3


def test_months_lie_in_their_years():
    """January of year 0 is month 0."""
    steps = np.array([2021 * 12 + 2, 2022 * 12])
    found = of_area("ta", steps, np.arange(8.0).reshape(4, 2), np.ones((4, 2), int))
    assert found.values.shape == (4, 2, 12)
    assert found.values[1, 0, 2] == 2.0
    assert found.values[1, 1, 0] == 3.0
    assert np.isnan(found.values).sum() == 4 * 22


def test_no_rows_are_no_years():
    """An empty table is an empty series, with nothing to calculate."""
    found = of_area("ta", np.empty(0, np.int64), np.empty((4, 0)), np.empty((4, 0), np.int64))
    assert (found.cells, found.years.size) == (0, 0)


def test_inputs_are_not_changed(rules):
    """Values that are read only stay so."""
    series = monthly("ta", np.arange(12))
    before = series.values.copy()
    series.values.flags.writeable = False
    values = projections.yearly(series, rules)
    values.flags.writeable = False
    projections.running(values, rules)
    projections.summaries(values, projections.periods(YEARS, values, rules, "ta"), rules, "ta")
    assert np.array_equal(series.values, before)


def test_history_is_drawn_once_and_scenarios_in_their_colours(rules):
    """Shared years in the neutral colour, then one pair of lines a scenario."""
    values = rising()
    chart = figures.years(
        YEARS,
        values,
        projections.running(values, rules),
        [],
        figures.Axis("cm", "cm"),
        "light",
        WORDS,
    )
    thick = [line for line in chart.data if line.line.width == 3]
    assert [line.line.color for line in thick] == [NEUTRAL["light"], *SCENARIO["light"].values()]
    assert thick[0].name == "history"


def test_equal_scenarios_are_one_line(rules):
    """Data without a signal say so in the legend."""
    values = np.ones((4, YEARS.size))
    chart = figures.years(
        YEARS,
        values,
        projections.running(values, rules),
        [],
        figures.Axis("m/s", "m/s"),
        "dark",
        WORDS,
    )
    assert {line.name for line in chart.data} == {"same"}


def test_unknown_scenarios_have_no_line():
    """NaN is left out, never drawn as zero."""
    future = np.full((4, 12), np.nan)
    future[2] = 1.0
    chart = figures.months(
        np.zeros((4, 12)),
        future,
        list("abcdefghijkl"),
        figures.Axis("mm", "mm"),
        "light",
        "1991–2020",
    )
    assert [line.name for line in chart.data] == ["SSP3-7.0", "1991–2020"]
