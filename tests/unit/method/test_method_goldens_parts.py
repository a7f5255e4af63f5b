"""The worked examples of docs/method.md once more: the numbers between input and result."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.site import Sites
from modelops_core.errors import InvalidInput
from modelops_core.indicators import gev, holland, lmoments, runoff
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.stages import asset, counting, damage, score
from tests.unit.method.test_method_goldens import (
    OFFICE,
    PLACES,
    RAIN,
    STORM,
    hundred_years,
    params,
    river_series,
)

FIRE_YEARS = [12, 15, 18, 22, 14, 17, 26, 19, 11, 16, 20, 24, 13, 18, 31, 15, 17, 21, 14, 19]
WARMED = 1.096517


def counted(key, x, weights=(1.0,)):
    """P, DR and AAL [%] of (year, member) intensities of one cell."""
    p, values = params(key), np.asarray(x, dtype=float).reshape(1, len(x), -1, 1)
    edges = damage.edges(p)
    share, loss = counting.annual_terms(
        values, np.array(weights), edges, lambda i: damage.ratio(PERILS[key], i, p)
    )
    lower = damage.at_edges(PERILS[key], p)
    found = counting.estimate(
        share,
        loss,
        peril=key,
        edges=edges,
        lower_ratio=lower,
        middle_ratio=damage.at_middles(PERILS[key], p),
        estimator="empirical",
        p=p,
    )
    return found.p[:, 0, 0], found.damage_ratio[:, 0, 0], found.aal[0, 0]


def test_g4_bins_of_twenty_fire_years():
    """P (.05, .75, .20, 0, 0), the damage of each, 0.00317174 %, H of the mean 18.1."""
    p, ratio, aal = counted("wildfire", FIRE_YEARS)

    np.testing.assert_allclose(p, [0.05, 0.75, 0.20, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(ratio[:3], [8.96956e-6, 2.29483e-5, 7.02885e-5], rtol=1e-5)
    assert aal == pytest.approx(0.00317174, rel=1e-6)
    assert np.mean(FIRE_YEARS) == pytest.approx(18.1)
    assert score.through_anchors(np.array(18.1), params("wildfire")["anchors"]) == pytest.approx(
        0.536634, rel=1e-6
    )


@pytest.mark.parametrize(
    ("stress", "hazard", "ratio"), [(0.33409, 0.5480, 1.33764e-4), (0.55135, 0.6926, 2.57912e-4)]
)
def test_g6_hazard_and_damage_of_two_years_of_the_nakdong(stress, hazard, ratio):
    """X .334 and .551: H and the damage ratio."""
    p = params("water_stress")

    assert score.through_anchors(np.array(stress), p["anchors"], logarithmic=True) == pytest.approx(
        hazard, abs=5e-5
    )
    assert PERILS["water_stress"].damage(np.array(stress), p) == pytest.approx(ratio, rel=1e-4)


def test_g8_stage_of_two_days_over_a_local_river():
    """P_e(R_p) 206.4191; 0.403005 m at 320 mm, 0.995195 m at 400 mm."""
    s = runoff.retention(80)
    design = runoff.effective_rain(np.array(270.0517), s, 0.2)
    stage = runoff.overbank_stage(
        runoff.effective_rain(np.array([320.0, 400.0]), s, 0.2), design, np.array(3.0), 0.6
    )

    assert design == pytest.approx(206.4191, rel=1e-6)
    np.testing.assert_allclose(stage, [0.403005, 0.995195], rtol=1e-5)


def test_g8_bins_of_the_bank():
    """P and damage ratio of the five depths, H of the ten-year rain."""
    found = own_series.calculate(PERILS["river_flood"], river_series(), hundred_years())

    np.testing.assert_allclose(
        found.estimate.p[:, 0, 0], [0.99, 0.005625, 0.003661, 0.000644, 0.000070], atol=5e-7
    )
    np.testing.assert_allclose(
        found.estimate.damage_ratio[:, 0, 0], [0, 0.038786, 0.147135, 0.244790, 0.324779], atol=6e-7
    )
    assert found.score.score[0, 0] == pytest.approx(0.46558, rel=1e-5)


@pytest.mark.parametrize(
    ("ponding", "p", "ratio"),
    [
        (4, [0.994667, 0.005231, 0.000102, 0, 0], [0, 0.018458, 0.117157]),
        (20, [0.977571, 0.014947, 0.006598, 0.000800, 0.000083], [0]),
    ],
)
def test_g9_bins_of_two_kinds_of_ground(ponding, p, ratio):
    """Ordinary ground and a depression: P, and the damage of the two depths that ordinary ground sees."""
    series = river_series()
    found = own_series.calculate(
        PERILS["urban_flood"], series, params("urban_flood", ponding=ponding, wet_share=1.0), series
    ).estimate

    np.testing.assert_allclose(found.p[:, 0, 0], p, atol=6e-7)
    np.testing.assert_allclose(found.damage_ratio[: len(ratio), 0, 0], ratio, rtol=3e-5)


def test_g9_water_of_the_hundred_year_day_in_a_depression():
    """317.213 mm in the street, less the door sill in the building."""
    p = params("urban_flood")
    fit = gev.from_l_moments(*lmoments.l_moments(np.array(RAIN, dtype=float)[:, None])[:2], -0.114)
    capacity = p["hourly_ratio"] * fit.level(30)
    inside = PERILS["urban_flood"].frequency.inundation.depth(
        fit.level(100), {"capacity": capacity, "ponding": np.array([20.0])}, p
    )

    assert capacity[0] == pytest.approx(73.256439, rel=1e-6)
    assert inside[0] + p["sill"] == pytest.approx(0.317213, rel=1e-5)


def test_g10_damage_of_forty_years_today_and_in_a_warmer_world():
    """DR of the three highest bins at Busan; winds × 1.096517: 0.00751669 % at Busan, 0.01127892 % at Masan."""
    p, typhoon = params("typhoon"), PERILS["typhoon"]
    lat, lon = (np.array([PLACES[name][i] for name in ("Busan", "Masan")]) for i in (0, 1))
    nodes = [holland.nodes(holland.hourly(STORM), p, north) for north in p["offsets"]]
    wind = holland.yearly_maximum(
        (lat, lon), nodes, np.array(p["offsets"]), STORM.years, p["air_density"], p["storm_radius"]
    )
    weights = typhoon.frequency.weights(p)
    now = [counted("typhoon", wind[:, :, cell], weights) for cell in (0, 1)]
    later = [counted("typhoon", WARMED * wind[:, :, cell], weights)[2] for cell in (0, 1)]

    np.testing.assert_allclose(now[0][1][2:], [1.98e-4, 3.491e-3, 9.001e-3], rtol=3e-3)
    np.testing.assert_allclose([aal for _, _, aal in now], [0.00372924, 0.00568278], rtol=1e-4)
    np.testing.assert_allclose(later, [0.00751669, 0.01127892], rtol=1e-4)


def test_g13_an_estimated_value_on_three_bases():
    """§1.8: the office anew ₩14.205 bn, at 25 years × .55, by the 2025 standard price ₩2.685 bn; what a basis lacks is unknown."""
    p = params("extreme_heat")

    def worth(as_of=2025, **changed):
        value, flags = asset.value(asset.described(Sites.of([OFFICE.corrected(changed)]), as_of), p)
        return value[0], {name for name, on in flags.items() if on[0]}

    anew, said = worth()
    assert (anew, said) == (pytest.approx(14_205_113_636, rel=1e-10), {"asset_value_estimated"})
    aged, said = worth(value_basis="depreciated")
    assert (aged, said) == (
        pytest.approx(0.55 * anew),
        {"asset_value_estimated", "value_depreciated"},
    )
    price, said = worth(value_basis="standard_price", location_index=100.0)
    assert (price, said) == (2.685e9, {"asset_value_estimated", "value_standard_price"})
    assert (
        worth(2027, value_basis="standard_price", location_index=100.0)[0]
        == 5000 * np.floor(860 * 1.15 * 0.514) * 1000
    )

    for lacking in (
        {"value_basis": "standard_price"},  # no location index
        {"value_basis": "depreciated", "built_year": np.nan},
        {"value_basis": "depreciated", "total_area": np.nan},
    ):
        assert worth(**lacking) == (pytest.approx(np.nan, nan_ok=True), {"asset_value_unknown"}), (
            lacking
        )
    assert worth(2024, value_basis="standard_price", location_index=100.0)[1] == {
        "asset_value_unknown"
    }  # before the first notice
    assert worth(value_basis="standard_price", asset_value=1e9) == (1e9, set())  # given is given


def test_a_basis_is_one_of_three():
    """The field, the value and what is allowed."""
    with pytest.raises(
        InvalidInput,
        match="value_basis: 'market' is none of replacement, depreciated, standard_price",
    ):
        OFFICE.corrected({"value_basis": "market"})
    with pytest.raises(InvalidInput, match="location_index: 500 lies outside 50 to 200"):
        OFFICE.corrected({"location_index": 500.0})
