"""
Losses of rare years: against scipy by hand, against the AAL, and what they may never do.

The AAL is the area under the exceedance curve. Between two periods the loss lies between the losses
at both, so the area lies between the lower and the upper sum over the steps: the tolerance of the
comparison is their distance, which follows from the periods alone. The AAL's own quadrature is off
by up to 3e-4 (METHOD §1.4 measured 1.4e-4).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import genextreme

from modelops_core.domain.climate import Climate
from modelops_core.domain.result import PERIODS, Basis, Status, extrapolated, level_name
from modelops_core.domain.site import Site
from modelops_core.perils import PERILS
from modelops_core.stages import damage, return_periods, vulnerability
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.return_periods import rare_years, water_ratio
from modelops_core.stages.site import assess, assess_exposure
from modelops_core.stages.site_water import drivers
from tests.unit.method.test_invariants import (
    FLOODS,
    buildings,
    cell,
    described,
    params,
    property_test,
)

QUADRATURE = 3e-4
BANK = {"latitude": 37.5, "longitude": 127.0, "purpose": "업무시설", "built_year": 2000.0}
ON_BANK = {**BANK, "river_distance_m": 0.0, "hand_m": 0.0, "asset_value": 1e9}


def risk_of(key, *sites, values=None, p=None):
    """The risk of one peril, and the losses of its rare years."""
    p, columns = p or params(key), described(*sites)
    values = values or cell(key, len(sites))
    exposed, v = (
        assess_exposure(PERILS[key], columns, p),
        vulnerability.assess(PERILS[key], columns, p),
    )
    risk = assess(PERILS[key], columns, values, exposed, v, p)
    return risk, rare_years(PERILS[key], columns, values, risk, p)


def area(loss, most):
    """The least and the most that the area under the curve of *loss* (period,) can be."""
    often = 1 / np.asarray(PERIODS, dtype=float)
    steps = -np.diff(often)
    least = steps @ loss[:-1] + often[-1] * loss[-1]
    return least, (1 - often[0]) * loss[0] + steps @ loss[1:] + often[-1] * most


def test_a_river_of_a_hundred_years_by_hand():
    """scipy's GEV, SCS run-off and the JRC curve, written out: nothing up to 100 years, then by depth."""
    p = params("river_flood")
    values = cell("river_flood")
    values.details["baseline_mu"][:] = values.details["mu"]
    site = Site(**{**ON_BANK, "river_class": "national"})
    risk, found = risk_of("river_flood", site, values=values, p=p)
    rain = genextreme(-0.114, loc=120.0, scale=26.0)
    s = 25400 / p["curve_number"] - 254
    start = p["initial_abstraction"] * s

    def effective(x):
        return (x - start) ** 2 / (x - start + s)

    design, depth = effective(rain.isf(1 / 100)), p["design_depth"]["national"]
    for i, period in enumerate(PERIODS):
        stage = depth * ((effective(rain.isf(1 / period)) / design) ** p["stage_exponent"] - 1)
        table = p["depth_damage"]
        ratio = np.interp(max(stage, 0), table["depth"], table["commercial"])
        by_hand = ratio * p["maximum_damage"] / 1.5 * (1 + risk.vulnerability.score[0])
        wanted = by_hand * risk.exposed_value[0, 0]
        assert found.loss[i, 0, 0] == pytest.approx(wanted, rel=1e-9, abs=1e-3), period
    assert found.loss[PERIODS.index(100), 0, 0] == pytest.approx(0, abs=1e-3)
    assert found.loss[PERIODS.index(200), 0, 0] > 1e6
    assert (found.years[0, 0], found.basis[0]) == (30, Basis.maxima)


@pytest.mark.parametrize("key", FLOODS)
@property_test
@given(site=buildings())
def test_rarer_years_cost_no_less_and_their_area_is_the_aal(key, site):
    """At any site: never falling with T, none without a number, the AAL between lower and upper sum."""
    risk, found = risk_of(key, site)
    loss = found.loss[:, 0, 0]
    if risk.status[0, 0] > Status.low_confidence:
        assert np.isnan(loss).all()
        return
    assert (np.diff(loss) >= -1e-9 * loss[:-1]).all()
    most = damage.at_edges(PERILS[key], params(key), "commercial")
    top = risk.scaled.vulnerability_scale[0, 0] * risk.exposed_value[0, 0]
    assert loss[-1] <= top * 0.5
    assert most.max() <= 0.5
    low, high = area(loss, top * 0.5)
    assert low * (1 - QUADRATURE) <= risk.scaled.expected_loss[0, 0] <= high * (1 + QUADRATURE)


@pytest.mark.parametrize("depression", [False, True])
@pytest.mark.parametrize("key", FLOODS)
def test_fine_steps_give_the_aal_itself(key, depression):
    """
    Six thousand steps from 1 to 1e8 years: both sums and the AAL agree to two per cent.

    The AAL keeps the damage of the driver's 1e5-year level beyond it, at most the tail times what
    is lacking to total damage: that much the lower sum may be above it.
    """
    site = Site(
        **ON_BANK, coast_distance_m=50.0, elevation_m=1.0, impervious=0.9, depression=depression
    )
    p, columns, values = params(key), described(site), cell(key)
    [(_, _, driver)] = drivers(PERILS[key], columns, values.details, p, intervals=False)
    often = np.geomspace(1, 1e-8, 6001)
    ratio = water_ratio(driver, 1 / often)[:, 0, 0]
    steps = -np.diff(often)
    lower, upper = steps @ ratio[:-1], steps @ ratio[1:] + 1e-8 * ratio[-1]
    risk, _ = risk_of(key, site)
    aal = risk.loss.aal[0, 0] / 100
    share = float(np.max(driver.terms.get("wet_share", 1.0)))
    tail = p["quadrature_tail"] * share
    cut = tail * (ratio[-1] - np.interp(-np.log(tail), -np.log(often), ratio))

    assert lower * (1 - QUADRATURE) - cut <= aal <= upper * (1 + QUADRATURE)
    assert upper / lower < 1.02
    assert aal > 0


def test_a_place_that_one_flood_in_seven_reaches_waits_seven_times_as_long():
    """With a wet share of 1/7 the year of 3500 costs what that of 500 years costs where all are wet."""
    site = Site(**ON_BANK, impervious=0.9)
    columns, values = described(site), cell("urban_flood")

    def ratio(share, period):
        p = params("urban_flood", wet_share=share)
        [(_, _, driver)] = drivers(
            PERILS["urban_flood"], columns, values.details, p, intervals=False
        )
        return water_ratio(driver, [period])[0, 0, 0]

    assert ratio(1 / 7, 3500) == pytest.approx(ratio(1.0, 500), rel=1e-9)
    assert ratio(1.0, 500) > 0
    assert ratio(1 / 7, 6) == 0


WIND = np.concatenate([np.linspace(10, 30, 36), [34.0, 38.0, 45.0, 52.0]])


def storm_cell():
    """What the night stores of a place with forty known years of wind."""
    climate = Climate(
        ("ssp2",), np.arange(1981, 2021), np.array([1]), {"wind": WIND[None, :, None]}
    )
    return next(cell_risks(PERILS["typhoon"], climate, params("typhoon"))).estimate


def test_the_storms_of_forty_years_are_their_own_return_levels():
    """The T-year wind is the value that forty years exceed 40/T times; damage and money follow from it."""
    estimate, p = storm_cell(), params("typhoon")
    n = (~np.isnan(WIND)).sum()
    for period, times in ((2, n // 2), (10, 4), (20, 2), (100, 0)):
        level = estimate.details[level_name(period)][0, 0]
        assert (WIND > level).sum() == times, period
    details = {name: value for name, value in estimate.details.items()}
    values = replace(cell("typhoon"), aal=estimate.aal, details={**details, "n": estimate.n})
    risk, found = risk_of("typhoon", Site(**ON_BANK, coast_distance_m=0.0), values=values, p=p)
    scale = risk.scaled.vulnerability_scale[0, 0] * risk.exposed_value[0, 0]

    for i, period in enumerate(PERIODS):
        level = estimate.details[level_name(period)][0]
        wanted = damage.ratio(PERILS["typhoon"], level, p)[0] * scale
        assert found.loss[i, 0, 0] == pytest.approx(wanted, rel=1e-12), period
    half = replace(risk, loss=replace(risk.loss, factor=risk.loss.factor / 2))
    less = rare_years(
        PERILS["typhoon"], described(Site(**ON_BANK, coast_distance_m=0.0)), values, half, p
    )
    assert less.loss == pytest.approx(found.loss / 2)
    low, high = area(
        found.loss[:, 0, 0], damage.ratio(PERILS["typhoon"], np.array([52.0]), p)[0] * scale
    )
    assert low * (1 - 1e-12) <= risk.scaled.expected_loss[0, 0] <= high * (1 + 1e-12)
    assert (found.years[0, 0], found.basis[0]) == (n, Basis.storms)


def test_no_levels_of_an_older_night_are_no_losses():
    """What the night did not store is unknown, not nothing."""
    _, found = risk_of("typhoon", Site(**ON_BANK, coast_distance_m=0.0))
    assert np.isnan(found.loss).all()


@pytest.mark.parametrize("key", [k for k in PERILS if k not in (*FLOODS, "typhoon")])
def test_counted_years_have_no_return_period(key):
    """No distribution is assumed for them, and none is made up here."""
    _, found = risk_of(key, Site(**ON_BANK, forest_distance_m=10.0))
    assert found.loss.shape == (0, 1, 1)
    assert found.basis.tolist() == [Basis.counted]


def test_a_period_beyond_the_years_is_extrapolated():
    """Thirty years show an event of thirty years; a given distribution shows none."""
    marked = [[extrapolated(t, years) for t in (10, 30, 50)] for years in (30, 0.0, None)]
    assert marked == [[False, False, True], [True, True, True], [True, True, True]]
    _, coast = risk_of("sea_level_rise", Site(**ON_BANK, coast_distance_m=50.0, elevation_m=1.0))
    assert (coast.years[0, 0], coast.basis[0]) == (0, Basis.prescribed)


def test_the_period_of_every_year_is_dry_ground():
    """A period of one year or less has no level; such a year costs nothing."""
    assert return_periods.EVERY_YEAR > 1
    _, found = risk_of("urban_flood", Site(**ON_BANK, impervious=0.9))
    assert found.loss[0, 0, 0] == 0


def test_a_result_without_a_number_has_no_rare_years():
    """Whatever the water would cost: a site that is not assessed has unknown losses and years."""
    site, values, p = Site(**ON_BANK), cell("river_flood", 1), params("river_flood")
    risk, known = risk_of("river_flood", site, values=values, p=p)
    assert known.loss[-1, 0, 0] > 0
    for status in (Status.not_assessed, Status.not_applicable):
        without = replace(risk, status=np.full_like(risk.status, status))
        found = rare_years(PERILS["river_flood"], described(site), values, without, p)
        assert np.isnan(found.loss).all()
        assert np.isnan(found.years).all()


@pytest.mark.parametrize("period", [10, 50, 100])
def test_a_stored_level_is_that_of_the_stored_distribution(period):
    """scipy's quantile of the rain and of the water; the storms' own; of counted years there is none."""
    fit = {"mu": np.array([120.0, np.nan]), "alpha": np.full(2, 40.0), "kappa": np.full(2, -0.1)}
    wanted = genextreme(-0.1, 120.0, 40.0).ppf(1 - 1 / period)
    for key in ("river_flood", "urban_flood", "sea_level_rise"):
        assert set(return_periods.stored_names(PERILS[key], period)) == set(fit)
        level = return_periods.stored_level(PERILS[key], fit, period)
        assert level.tolist() == pytest.approx([wanted, np.nan], nan_ok=True)
    storms = {level_name(period): np.array([33.0])}
    assert return_periods.stored_names(PERILS["typhoon"], period) == tuple(storms)
    assert return_periods.stored_level(PERILS["typhoon"], storms, period).tolist() == [33.0]
    assert return_periods.stored_names(PERILS["wildfire"], period) == ()

    status = np.array([Status.ok, Status.low_confidence, Status.not_applicable, -1, Status.ok])
    level = np.array([np.nan, 1.0, np.nan, np.nan, 1.0])
    found = return_periods.level_status(level, status)
    assert found.tolist() == [Status.not_assessed, 1, Status.not_applicable, -1, 0]
