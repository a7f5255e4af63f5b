"""What must hold whatever the numbers, of each peril's own physics: docs/method.md §2 to §10."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site
from modelops_core.indicators import budyko, fwi, holland, wbgt
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.stages import counting
from modelops_core.stages.score import through_anchors
from tests.unit.method.test_invariants import FLOODS, PARAMETERS, at, params, property_test

# --- counted perils -------------------------------------------------------------------------------


def counted(key, x, bins=None):
    """The estimate of any intensities x (year,), by the peril's own curve."""
    p = params(key) if bins is None else params(key, bins=bins)
    edges, peril = np.asarray(p["bins"], float), PERILS[key]
    share, loss = counting.annual_terms(
        x.reshape(1, -1, 1, 1), np.ones(1), edges, lambda v: peril.damage(v, p)
    )
    lower = peril.damage(np.concatenate([[0.0], edges]), p)
    return counting.estimate(
        share, loss, peril=key, edges=edges, lower_ratio=lower, estimator="empirical", p=p
    )


COUNTERS = [key for key, peril in PERILS.items() if key not in FLOODS]
years = st.lists(st.floats(0, 1.2), min_size=15, max_size=40)


@pytest.mark.parametrize("key", COUNTERS)
@property_test
@given(x=years)
def test_counted_loss_is_the_mean_of_the_years(key, x):
    """§14.4: AAL = 100 · mean DR(X), so order, doubling and bins change nothing."""
    p = params(key)
    x = np.array(x) * p["bins"][-1]
    one, twice = counted(key, x).aal[0, 0], counted(key, np.tile(x, 2)).aal[0, 0]
    split = sorted({*p["bins"], *(np.array(p["bins"]) * 0.77)})

    assert one == pytest.approx(100 * PERILS[key].damage(x, p).mean(), rel=1e-9, abs=1e-15)
    assert twice == pytest.approx(one, rel=1e-9, abs=1e-15)
    assert counted(key, x, split).aal[0, 0] == pytest.approx(one, rel=1e-9, abs=1e-15)
    assert counted(key, np.sort(x)[::-1]).aal[0, 0] == pytest.approx(one, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("key", COUNTERS)
def test_a_value_on_an_edge_belongs_to_the_bin_above(key):
    """SPEI −1.0 falls in bin 2; 25.7 m/s in bin 3."""
    for i, edge in enumerate(params(key)["bins"]):
        assert counted(key, np.full(20, float(edge))).p[i + 1, 0, 0] == 1
        assert counted(key, np.full(20, float(np.nextafter(edge, 0)))).p[i, 0, 0] == 1


@pytest.mark.parametrize(
    ("key", "harmless"),
    [
        ("extreme_heat", 0.0),
        ("extreme_cold", 0.0),
        ("drought", 2.0),
        ("water_stress", 0.1),
        ("typhoon", 25.7),
    ],
)
def test_no_hazard_no_loss(key, harmless):
    """§14.2: exactly zero up to the onset, more beyond it."""
    assert counted(key, np.full(20, harmless)).aal[0, 0] == 0
    assert counted(key, np.full(20, harmless + 0.2)).aal[0, 0] > 0


@property_test
@given(rain=st.floats(300, 2500), demand=st.floats(400, 1500), more=st.floats(1.01, 2))
def test_a_river_carries_part_of_the_rain(rain, demand, more):
    """§6: 0 < Q < P; Q rises with P and falls with E₀."""
    q = budyko.runoff(
        np.array([rain, rain * more, rain]), np.array([demand, demand, demand * more]), 1.1
    )
    assert 0 < q[2] < q[0] < q[1]
    assert q[0] < rain


@property_test
@given(stress=st.floats(0.1, 0.8))
def test_twice_the_withdrawal_is_one_class_more(stress):
    """§6: H rises by exactly .2."""
    anchors = params("water_stress")["anchors"]
    low, high = through_anchors(np.array([stress, 2 * stress]), anchors, logarithmic=True)
    assert high - low == pytest.approx(0.2, abs=1e-12)


@property_test
@given(t=st.floats(-10, 38), rh=st.floats(10, 95), more=st.floats(0.1, 8))
def test_heat_and_humidity_raise_wet_bulb_globe_temperature(t, rh, more):
    """§2; saturated air of 25 °C has 31.7 hPa."""
    base, hotter, wetter = wbgt.simplified_wbgt(
        np.array([t, t + more, t]), np.array([rh, rh, min(100, rh + more)])
    )
    assert hotter > base
    assert wetter > base
    assert wbgt.vapour_pressure(np.array(25.0), np.array(100.0)) == pytest.approx(31.7, abs=0.15)


# --- fire weather ---------------------------------------------------------------------------------

day = st.tuples(st.floats(-15, 38), st.floats(5, 98), st.floats(0, 60), st.floats(0, 80))


def test_splines_of_fire_weather_are_its_functions():
    """Between the nodes and at both ends, over all moistures and all indices."""
    tables = fwi.splines()
    moisture = np.random.default_rng(3).uniform(0, 250, 5_000)
    moisture[:2] = 0.0, 250.0
    spread = [fwi._interpolated(tables.spread, m / fwi.MOISTURE_STEP) for m in moisture]
    exact = [fwi.spread_index(m, 1.0) for m in moisture]
    np.testing.assert_allclose(spread, exact, rtol=1e-7)
    root = np.random.default_rng(4).uniform(fwi.ROOT_FIRST, fwi.ROOT_LAST, 5_000)
    root[0] = fwi.ROOT_FIRST
    steps = (root - fwi.ROOT_FIRST) / fwi.ROOT_STEP
    index = [fwi._interpolated(tables.index, one) for one in steps]
    np.testing.assert_allclose(index, [fwi.index_of(r * r) for r in root], rtol=1e-7)


@property_test
@given(
    today=day,
    wind=st.floats(0.1, 20),
    drier=st.floats(0.1, 30),
    warmer=st.floats(0.1, 10),
    month=st.integers(1, 12),
)
def test_wind_drought_and_heat_never_lower_the_days_fire_weather(today, wind, drier, warmer, month):
    """
    §4, while fuel dries (FFMC 60 holds 51 %, more than any air): more wind, less humidity and more
    heat never lower it; rain never raises it. Fuel that takes up moisture does so faster in warm wind.
    """
    t, h, w, rain = today
    cases = [
        (t, h, w, rain),
        (t, h, w + wind, rain),
        (t, max(1.0, h - drier), w, rain),
        (t + warmer, h, w, rain),
        (t, h, w, rain + 10),
    ]
    found = [
        fwi.daily(*(np.array([v]) for v in case), np.array([month]), (60.0, 30.0, 200.0))[0, 3]
        for case in cases
    ]
    assert min(found) >= 0
    assert all(more >= found[0] - 1e-9 for more in found[1:4])
    assert found[4] <= found[0] + 1e-9


# --- floods ---------------------------------------------------------------------------------------


@st.composite
def trendless_rain(draw):
    """Thirty yearly maxima without a trend, so that the fit is of the sample itself."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    half = rng.gumbel(draw(st.floats(60, 200)), draw(st.floats(10, 50)), 15).clip(25)
    return np.concatenate([half, half[::-1]])


def rain_tile(rain):
    return Climate(
        ("ssp2",), 1991 + np.arange(rain.size), np.array([1]), {"rx1day": rain[None, :, None]}
    )


def flooded(key, rain, base=None, **changed):
    baseline = None if base is None else rain_tile(base)
    return own_series.calculate(
        PERILS[key], rain_tile(rain), params(key, **changed), baseline
    ).estimate


@property_test
@given(rain=trendless_rain(), period=st.sampled_from([20, 50, 100, 200]))
def test_the_bank_is_flooded_once_in_the_protection_period(rain, period):
    """§8: P(flood) = 1/T_p exactly in the baseline, for any rain."""
    found = flooded("river_flood", rain, protection_period={"local": period})
    assert 1 - found.p[0, 0, 0] == pytest.approx(1 / period, rel=1e-9)


@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
@property_test
@given(rain=trendless_rain(), growth=st.floats(1.02, 1.6))
def test_more_rain_than_the_baselines_floods_more(key, rain, growth):
    """§8, §9: protection stays, loss and frequency grow; half the rain leaves far less."""
    now, more, less = (flooded(key, rain * f, rain) for f in (1.0, growth, 0.5))
    assert more.aal[0, 0] > now.aal[0, 0] > less.aal[0, 0] >= 0
    assert more.p[0, 0, 0] < now.p[0, 0, 0] <= less.p[0, 0, 0] + 1e-12
    assert now.aal_p05[0, 0] <= now.aal_p95[0, 0]


@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
def test_rain_far_beyond_its_protection_floods_every_year(key):
    """Narrow maxima half as high again: F of the threshold rounds to 0, P to 1, without a warning."""
    rain = 155 + 5 * np.sin(np.concatenate([np.arange(15), np.arange(15)[::-1]]))
    everywhere = {"wet_share": 1.0} if key == "urban_flood" else {}
    found = flooded(key, 2 * rain, rain, **everywhere)

    assert found.p[0, 0, 0] == pytest.approx(0, abs=1e-9)
    assert found.p[:, 0, 0].sum() == pytest.approx(1, abs=1e-12)
    assert found.aal[0, 0] > 1


@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
@property_test
@given(rain=trendless_rain())
def test_splitting_the_depth_bins_leaves_the_loss(key, rain):
    """§14.4: to 2e-4 for a fitted peril, the error of its quadrature."""
    coarse, fine = (
        flooded(key, rain),
        flooded(key, rain, bins=[0.0, 0.1, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0]),
    )
    assert fine.aal[0, 0] == pytest.approx(coarse.aal[0, 0], rel=2e-4)


@property_test
@given(rain=trendless_rain())
def test_drains_and_sills_hold_back_and_dry_ground_stays_dry(rain):
    """§9: bin 1 ≥ 1 − 1/T_d; κ up raises, sill and T_d up lower a loss that there is; κ = 0 is no loss."""

    def loss(**changed):
        return flooded("urban_flood", rain, **changed).aal[0, 0]

    usual = loss()
    assert flooded("urban_flood", rain).p[0, 0, 0] >= 1 - 1 / 30
    assert loss(ponding=20) > usual or loss(ponding=20) == usual == 0
    for better in ({"sill": 0.3}, {"drain_period": 100}):
        assert (
            loss(**better) < usual or loss(**better) == usual == 0
        )  # maxima so alike that no water passes the sill
    assert loss(ponding=0) == 0


@property_test
@given(
    distance=st.tuples(st.floats(0, 2900), st.floats(0, 2900)),
    hand=st.tuples(st.floats(0, 5), st.floats(0, 5)),
)
def test_the_river_floods_less_farther_away_and_higher_up(distance, hand):
    """§8: non-increasing in distance and height; nothing beyond three kilometres."""
    low = {"latitude": 37.5, "longitude": 127.0, "river_class": "local"}
    near, far = (Site(**low, river_distance_m=d, hand_m=min(hand)) for d in sorted(distance))
    deep, high = (Site(**low, river_distance_m=min(distance), hand_m=h) for h in sorted(hand))
    beyond = Site(**low, river_distance_m=3001.0, hand_m=0.0)
    aal = at("river_flood", near, far, deep, high, beyond).loss.aal[0]

    assert aal[0] >= aal[1]
    assert aal[2] >= aal[3]
    assert aal[4] == 0


def test_a_site_out_of_the_rivers_reach_is_assessed_at_zero():
    """§8: 3,001 m from the river is a loss of 0 with its interval, not a missing number."""
    risk = at(
        "river_flood", Site(latitude=37.5, longitude=127.0, river_distance_m=3001.0, hand_m=0.0)
    )
    numbers = (risk.loss.aal, risk.loss.aal_p05, risk.loss.aal_p95, risk.scaled.expected_loss)

    assert [float(number[0, 0]) for number in numbers] == [0, 0, 0, 0]
    assert risk.status[0, 0] == Status.low_confidence  # of the unknown building


@property_test
@given(
    rises=st.lists(st.floats(0, 150), min_size=2, max_size=2, unique=True), ground=st.floats(0.5, 6)
)
def test_the_sea_floods_more_as_it_rises_and_less_higher_up(rises, ground):
    """§7: AAL non-decreasing in Δs, non-increasing in z_g and T_def; Δs 0: P(flood) ≤ 1/T_def."""
    low, high = (coast(rise, ground) for rise in sorted(rises))
    assert low.aal[0, 0] <= high.aal[0, 0]
    assert coast(rises[0], ground + 0.5).aal[0, 0] <= coast(rises[0], ground).aal[0, 0] + 1e-15
    assert (
        coast(rises[0], ground, period=200).aal[0, 0] <= coast(rises[0], ground).aal[0, 0] + 1e-15
    )
    assert 1 - coast(0.0, ground).p[0, 0, 0] <= 1 / 50 + 1e-12
    assert coast(30.0, 60.0).aal[0, 0] == 0


def coast(rise, ground, period=50):
    """Busan's quay of a ground height, Δs [cm] above the baseline."""
    place = {
        "latitude": np.array([35.1]),
        "longitude": np.array([129.03]),
        "coast_distance_m": np.array([0.0]),
    }
    now, base = (
        Climate(
            ("ssp5",),
            first + np.arange(20),
            np.array([1]),
            {"sea_level": np.full((1, 20, 1), cm), **place},
        )
        for first, cm in ((2041, 12.0 + rise), (2001, 12.0))
    )
    p = params("sea_level_rise", reference_quay=ground - 0.624, protection_period=period)
    return own_series.calculate(PERILS["sea_level_rise"], now, p, base).estimate


# --- storms ---------------------------------------------------------------------------------------


def storm(latitude, longitude, pressure):
    n = len(latitude)
    return Storms(
        ("X",),
        np.array([2000]),
        np.array([0, n]),
        6.0 * np.arange(n),
        np.array(latitude, float),
        np.array(longitude, float),
        np.array(pressure, float),
        np.array([2000]),
    )


def winds(track, places):
    p = params("typhoon")
    at_places = tuple(np.array(places, float).T)
    nodes = [holland.nodes(holland.hourly(track), p)]
    return holland.yearly_maximum(
        at_places, nodes, np.zeros(1), track.years, p["air_density"], p["storm_radius"]
    )[0, 0]


@property_test
@given(
    east=st.floats(-20, 20),
    place=st.tuples(st.floats(33, 38.5), st.floats(126, 130)),
    depth=st.floats(905, 995),
)
def test_storm_and_place_may_move_east_together(east, place, depth):
    """§10: longitude itself means nothing."""
    lat, lon, pressure = (
        [31, 33.5, 35.5, 37.3],
        [126.6, 127, 128.2, 129.8],
        depth + np.array([0, 2, 5, 8]),
    )
    one = winds(storm(lat, lon, pressure), [place])
    moved = winds(storm(lat, np.add(lon, east), pressure), [(place[0], place[1] + east)])
    np.testing.assert_allclose(moved, one, rtol=1e-9, atol=1e-9)


def test_a_standing_storm_is_symmetric_and_ends_at_three_hundred_kilometres():
    """§10: equal wind due east and west, calm beyond reach, decreasing from R_m outwards."""
    standing = storm([35.0] * 4, [128.0] * 4, [950.0] * 4)
    degrees = np.array([50, 100, 200, 299.9, 300.1, 400]) / (
        holland.KM_PER_DEGREE * np.cos(np.radians(35))
    )
    east = winds(standing, [(35.0, 128 + d) for d in degrees])
    west = winds(standing, [(35.0, 128 - d) for d in degrees])

    np.testing.assert_allclose(east, west, rtol=1e-12)
    assert (np.diff(east[:4]) < 0).all()
    assert east[3] > 5
    assert (east[4:] == 0).all()


def test_weights_of_the_shifts_sum_to_one_and_favour_the_track():
    """§10: .0545, .2442, .4026, .2442, .0545 each way."""
    weights = PERILS["typhoon"].frequency.weights(params("typhoon")).reshape(5, 5)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(
        weights.sum(axis=0), [0.054489, 0.244201, 0.402620, 0.244201, 0.054489], atol=5e-7
    )
    np.testing.assert_allclose(weights, weights.T)


@property_test
@given(x=st.lists(st.floats(0, 60), min_size=30, max_size=40), factor=st.floats(1.0, 1.3))
def test_stronger_storms_cost_more(x, factor):
    """§10: AAL non-decreasing in a common wind factor."""
    x = np.array(x)
    assert counted("typhoon", x * factor).aal[0, 0] >= counted("typhoon", x).aal[0, 0]


@property_test
@given(storms=st.lists(st.floats(0, 0.3), min_size=3, max_size=3), rate=st.floats(0, 4))
def test_rarer_storms_cost_less_in_proportion(storms, rate):
    """§12: the upper bins and their losses × rate, the lowest takes the rest; never more than a year of events."""
    share = np.array([1 - sum(storms), *storms]).reshape(4, 1, 1, 1)
    loss = share * np.array([0, 1e-4, 1e-3, 1e-2]).reshape(4, 1, 1, 1)
    scaled, cost = counting.at_rate(share, loss, np.array([rate]))
    grown = np.array(storms) * rate / max(1.0, rate * sum(storms))

    np.testing.assert_allclose(scaled[1:, 0, 0, 0], grown, atol=1e-12)
    assert scaled.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(cost[1:, 0, 0, 0], grown * [1e-4, 1e-3, 1e-2], atol=1e-15)


def test_low_and_high_sets_change_how_often_storms_come():
    """§12: −30 and +17 % per 2 °C of warming, nothing centrally."""
    factor = PERILS["typhoon"].frequency.factor
    warming = 4.4 - 0.85
    for name, change in (("low", -0.30), ("central", 0.0), ("high", 0.17)):
        _, often = factor("ssp5", "2090s", (1995, 2014), PARAMETERS.params("typhoon", name))
        assert often == pytest.approx(1 + change * warming / 2)


@pytest.mark.parametrize(
    "pair", list(combinations(["2030s", "2050s", "2070s", "2090s"], 2)), ids="-".join
)
def test_later_windows_have_stronger_storms(pair):
    """§10: GMST rises from window to window, and from ssp1 to ssp5 in each later window."""
    p, factor = params("typhoon"), PERILS["typhoon"].frequency.factor
    for scenario in ("ssp1", "ssp2", "ssp3", "ssp5"):
        early, late = (factor(scenario, horizon, (1980, 2024), p)[0] for horizon in pair)
        assert 1 < early < late
    late = [factor(s, pair[1], (1980, 2024), p)[0] for s in ("ssp1", "ssp2", "ssp3", "ssp5")]
    assert late == sorted(late)
    assert len(set(late)) == 4
    assert factor("ssp5", "baseline", (1980, 2024), p) == (1.0, 1.0)
