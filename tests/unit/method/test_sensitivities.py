"""The named sensitivities: one choice of the method each. docs/method.md §1.2, §1.3, §8, §17."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from lmoments3 import distr
from scipy import stats

from modelops_core import data
from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import (
    ALL_SETS,
    SENSITIVITIES,
    SET_NAMES,
    Parameter,
    ParameterFile,
    Params,
)
from modelops_core.domain.peril import Fitted
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site, Sites
from modelops_core.errors import InvalidInput, InvalidParameter
from modelops_core.indicators.gev import Gev
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.services.site import whatif
from modelops_core.stages import asset, damage, extremes, pooling
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.site import CellValues, assess, assess_exposure
from modelops_core.stages.vulnerability import assess as assess_vulnerability
from tests.parameters import PARAMETERS as FILE

#: the rain of the worked example, thirty yearly maxima [mm]
RAIN = np.array(
    [
        98,
        112,
        121,
        87,
        143,
        165,
        131,
        109,
        152,
        178,
        95,
        126,
        139,
        204,
        117,
        88,
        147,
        161,
        133,
        119,
        102,
        231,
        128,
        141,
        110,
        172,
        136,
        99,
        155,
        185,
    ],
    dtype=float,
)
WSDI = np.array([0, 6, 0, 9, 12, 0, 7, 18, 0, 6, 25, 14, 0, 8, 31, 10, 0, 22, 44, 16], dtype=float)
CSDI = np.array([0, 0, 6, 0, 9, 0, 0, 3, 12, 0, 0, 7, 0, 0, 16, 0, 6, 0, 0, 5], dtype=float)
SPEI = -np.array(
    [
        0.8,
        1.2,
        0.4,
        1.6,
        2.2,
        0.9,
        0.3,
        1.1,
        1.9,
        2.7,
        0.6,
        1.4,
        0.2,
        0.7,
        1.0,
        2.1,
        0.5,
        1.3,
        0.8,
        1.7,
    ]
)


def params(key, name="central", **changed):
    return Params(key, MappingProxyType({**FILE.params(key, name), **changed}))


def series(values, **more):
    """One cell, one scenario, years from 2021 on."""
    years = 2021 + np.arange(values.size)
    return Climate(
        ("ssp2",),
        years,
        np.array([1]),
        {name: v.reshape(1, values.size, *v.shape[1:], 1) for name, v in more.items()},
    )


def rain(values):
    return series(values, rx1day=values)


def maxima(years, seed, shape=-0.1):
    """Rain-like yearly maxima without a significant trend [mm]."""
    return stats.genextreme.rvs(shape, 120, 35, size=years, random_state=seed)


# --- names ---------------------------------------------------------------------------------


def test_a_misspelt_set_is_refused():
    """A name that is no sensitivity, low and high among them, is said with those that are."""
    entry = {
        "key": "flood.rain_shape",
        "value": -0.114,
        "unit": "1",
        "source": "s",
        "provenance": "M",
        "grade": "B",
    }
    assert Parameter(**entry, sets={"gumbel_pwm": 0.0}).under("gumbel_pwm") == 0.0
    for wrong in ({"gumbel": 0.0}, {"low": 0.0}, ["gumbel_pwm"]):
        with pytest.raises(
            InvalidParameter,
            match=r"flood\.rain_shape: sets .* gumbel_pwm, gev_free, pooled, dr_table",
        ):
            Parameter(**entry, sets=wrong)
    content = data.parameters()
    flood = {**content["flood"], "pooling": {**content["flood"]["pooling"], "sets": {"pool": 1}}}
    with pytest.raises(InvalidParameter, match=r"flood\.pooling"):
        ParameterFile.parse({**content, "flood": flood})


def test_an_unknown_set_is_refused_with_all_names():
    """Whoever asks for a set that does not exist reads all seven."""
    with pytest.raises(InvalidParameter, match=", ".join(ALL_SETS)):
        FILE.params("river_flood", "gumbel")
    with pytest.raises(InvalidInput, match=", ".join(ALL_SETS)):
        own_series.set_name("gumbel")
    assert [own_series.set_name(name) for name in ALL_SETS] == list(ALL_SETS)


def test_digests_differ():
    """Seven sets, seven hashes: a nightly run under one is never taken for another's."""
    assert len({FILE.digest(name) for name in ALL_SETS}) == len(ALL_SETS) == 7


def test_a_sensitivity_changes_one_choice():
    """What each set moves, and nothing that low or high moves."""
    moved = {name: {p.key for _, p in FILE.entries if p.moves(name)} for name in SENSITIVITIES}
    tables = (
        "extreme_heat",
        "extreme_cold",
        "wildfire",
        "drought",
        "water_stress",
        "sea_level_rise",
        "urban_flood",
    )
    assert moved == {
        "gumbel_pwm": {"flood.rain_shape"},
        "gev_free": {"flood.shape_mode"},
        "pooled": {"flood.pooling"},
        "dr_table": {f"{key}.damage_table" for key in tables},
    }


# --- gumbel_pwm ----------------------------------------------------------------------------


def test_gumbel_of_the_rain_sample():
    """Method §8: μ 119.876597, α 28.164060, x₁₀₀ 249.44 through l₁ and l₂."""
    e = own_series.calculate(
        PERILS["river_flood"], rain(RAIN), params("river_flood", "gumbel_pwm")
    ).estimate
    mu, alpha, kappa = (e.details[name][0, 0] for name in ("mu", "alpha", "kappa"))
    assert (mu, alpha, kappa) == (
        pytest.approx(119.876597, abs=1e-6),
        pytest.approx(28.164060, abs=1e-6),
        0.0,
    )
    assert Gev(mu, alpha, kappa).level(100.0) == pytest.approx(249.44, abs=5e-3)
    central = own_series.calculate(
        PERILS["river_flood"], rain(RAIN), params("river_flood")
    ).estimate
    assert 0 < e.aal[0, 0] < central.aal[0, 0]


# --- dr_table ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "values", "p", "ratio"),
    [
        ("extreme_heat", WSDI, (0.30, 0.15, 0.35, 0.20), (0.001, 0.003, 0.01, 0.02)),
        ("extreme_cold", CSDI, (0.60, 0.20, 0.15, 0.05), (0.0005, 0.002, 0.006, 0.015)),
        ("drought", SPEI, (0.45, 0.25, 0.15, 0.15), (0.0, 0.02, 0.07, 0.20)),
    ],
)
def test_tables_by_hand(key, values, p, ratio):
    """Method's G2a, G3 and G5: share of the years in each class × ratio ÷ 1.5; −1.0 is in the second class."""
    monthly = np.full((values.size, 12), 20.0)
    of = {
        "extreme_heat": {"wsdi": values, "ta": monthly, "rhm": monthly + 40},
        "extreme_cold": {"csdi": values, "ta": monthly},
        "drought": {"spei12": np.repeat(values[:, None], 12, axis=1)},
    }[key]
    e = own_series.calculate(PERILS[key], series(values, **of), params(key, "dr_table")).estimate
    assert e.p[:, 0, 0] == pytest.approx(p, abs=1e-12)
    assert e.damage_ratio[:, 0, 0] == pytest.approx(np.array(ratio) / 1.5, rel=1e-12)
    assert e.aal[0, 0] == pytest.approx(100 * np.dot(p, ratio) / 1.5, rel=1e-12)


def test_the_tables_of_the_three_samples_in_numbers():
    """0.55, 0.156667 and 3.03333 % a year, worked by pencil, against 0.0456, 0.00427 and 0.0111."""
    by_hand = {
        "extreme_heat": (WSDI, 0.55),
        "extreme_cold": (CSDI, 0.1566667),
        "drought": (-SPEI, 3.0333333),
    }
    for key, (x, expected) in by_hand.items():
        found = 100 * damage.ratio(PERILS[key], x, params(key, "dr_table")).mean()
        assert found == pytest.approx(expected, rel=1e-6), key


def test_classes_are_closed_on_the_left():
    """An edge belongs to the class above it; no intensity is the lowest class; unknown stays unknown."""
    heat, p = PERILS["extreme_heat"], params("extreme_heat", "dr_table")
    below = np.nextafter([3.0, 8.0, 20.0], 0)
    assert 1.5 * damage.ratio(heat, below, p) == pytest.approx([0.001, 0.003, 0.01])
    assert 1.5 * damage.ratio(heat, np.array([3.0, 8.0, 20.0]), p) == pytest.approx(
        [0.003, 0.01, 0.02]
    )
    assert 1.5 * damage.ratio(heat, np.array([0.0]), p) == pytest.approx([0.001])
    assert np.isnan(damage.ratio(heat, np.array([np.nan]), p)).all()
    flood, q = PERILS["urban_flood"], params("urban_flood", "dr_table")
    depths = np.array([0.0, 1e-9, 0.3, 1.0, np.nan])
    np.testing.assert_allclose(
        1.5 * damage.ratio(flood, depths, q), [0.0, 0.05, 0.25, 0.50, np.nan], rtol=1e-12
    )


def test_a_table_that_does_not_fit_is_refused():
    """Edges that fall, and a ratio too few."""
    for broken in (
        {"edges": [3, 3, 20], "ratio": [0, 0, 0, 0]},
        {"edges": [3, 8], "ratio": [0.0, 0.1]},
    ):
        with pytest.raises(InvalidParameter, match=r"extreme_heat\.damage_table: edges"):
            damage.table(params("extreme_heat", damage_table=broken))


# --- gev_free ------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [50, 60, 90])
def test_free_gev_is_lmoments3s(years):
    """κ within Hosking's approximation of the exact one, and the hundred-year rain with it."""
    x = maxima(years, seed=1)
    e = own_series.calculate(
        PERILS["river_flood"], rain(x), params("river_flood", "gev_free")
    ).estimate
    assert not e.details["detrended"].any()
    ours, theirs = (
        (e.details[name][0, 0] for name in ("mu", "alpha", "kappa")),
        distr.gev.lmom_fit(x),
    )
    mu, alpha, kappa = ours
    assert kappa == pytest.approx(theirs["c"], abs=9e-4)
    assert (mu, alpha) == (
        pytest.approx(theirs["loc"], rel=1e-3),
        pytest.approx(theirs["scale"], rel=2e-3),
    )
    exact = stats.genextreme(theirs["c"], theirs["loc"], theirs["scale"]).isf(0.01)
    assert Gev(mu, alpha, kappa).level(100.0) == pytest.approx(exact, rel=3e-3)
    assert e.estimator == "gev_free_shape"
    assert 0 <= e.aal_p05[0, 0] < e.aal[0, 0] < e.aal_p95[0, 0]


def test_a_short_record_has_no_free_shape():
    """49 years: not assessed, and the flag says why; the central set has a number."""
    x = maxima(49, seed=1)
    short = own_series.calculate(PERILS["river_flood"], rain(x), params("river_flood", "gev_free"))
    assert short.estimate_status[0, 0] == Status.not_assessed
    assert short.flags["free_shape"][0, 0]
    assert np.isnan(short.estimate.aal[0, 0])
    central = own_series.calculate(PERILS["river_flood"], rain(x), params("river_flood"))
    assert "free_shape" not in central.flags
    assert central.estimate.aal[0, 0] > 0
    long = own_series.calculate(
        PERILS["river_flood"], rain(maxima(50, seed=1)), params("river_flood", "gev_free")
    )
    assert not long.flags["free_shape"][0, 0]


def test_a_short_baseline_has_none_either():
    """The protection level comes from the baseline: 90 years of window do not help."""
    risk = own_series.calculate(
        PERILS["river_flood"],
        rain(maxima(90, seed=1)),
        params("river_flood", "gev_free"),
        rain(maxima(49, seed=2)),
    )
    assert risk.flags["free_shape"][0, 0]
    assert risk.estimate_status[0, 0] == Status.not_assessed


def test_the_site_keeps_the_baselines_own_shape():
    """On the bank the site is the cell, also where window and baseline have other shapes."""
    peril, p = PERILS["river_flood"], params("river_flood", "gev_free")
    risk = own_series.calculate(
        peril, rain(1.3 * maxima(80, 3, -0.25)), p, rain(maxima(80, 4, 0.1))
    )
    details = risk.estimate.details
    assert details["kappa"][0, 0] < -0.1 < 0 < details["baseline_kappa"][0, 0]
    assert risk.estimate.aal[0, 0] > 0
    assert bank_aal(peril, risk, p, details) == pytest.approx(risk.estimate.aal[0, 0], rel=1e-9)
    without = {**details, "baseline_kappa": np.full((1, 1), np.nan)}
    assert bank_aal(peril, risk, p, without) != pytest.approx(risk.estimate.aal[0, 0], rel=0.05)


def bank_aal(peril, risk, p, details):
    """The loss of an office on the bank of a local river, in the cell of *risk*."""
    e = risk.estimate
    cell = CellValues(
        hazard=risk.score.score,
        hazard_status=risk.score_status,
        aal=e.aal,
        aal_p05=e.aal_p05,
        aal_p95=e.aal_p95,
        aal_status=risk.estimate_status,
        details={**details, "n": e.n},
    )
    site = Site(
        latitude=37.5,
        longitude=127.0,
        structure="RC",
        purpose="office",
        river_distance_m=0.0,
        hand_m=0.0,
        river_class="local",
    )
    sites = asset.described(Sites.of([site]), 2026)
    return assess(
        peril,
        sites,
        cell,
        assess_exposure(peril, sites, p),
        assess_vulnerability(peril, sites, p),
        p,
    ).loss.aal[0, 0]


# --- pooled --------------------------------------------------------------------------------


def a_sample(n, l1, l2):
    """Samples of one scenario; lists by cell, or by neighbour and cell."""
    n, l1, l2 = (np.asarray(v, float)[None] for v in (n, l1, l2))
    return extremes.Sample(
        n, l1, l2, np.full(n.shape, 0.17), np.zeros(n.shape, bool), np.ones(n.shape)
    )


def test_pooling_of_nine_cells_by_hand():
    """
    The middle of 3 × 3: L-CV .15 of its own, .10 to .16 of seven neighbours; the eighth has 14 years.

    (.15 + .10 + .11 + .12 + .13 + .14 + .15 + .16) ÷ 8 = .1325; l₁ stays 140: l₂ = 18.55.
    """
    ratio = np.array([0.10, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.90])
    l1 = np.array([100.0, 110, 120, 130, 150, 160, 170, 180])
    years = [20.0, 20, 20, 30, 20, 15, 20, 14]
    own = a_sample([20.0], [140.0], [21.0])
    around = a_sample(np.array(years)[:, None], l1[:, None], (ratio * l1)[:, None])
    found = pooling.pooled(own, around, params("river_flood", "pooled"))
    assert found.l1[0, 0] == 140.0
    assert found.l2[0, 0] == pytest.approx(18.55, rel=1e-12)
    assert (found.n[0, 0], found.cells[0, 0]) == (20.0, 8.0)


def test_pooling_where_neighbours_are_missing():
    """At the edge fewer count, alone a cell keeps its own, and a cell without rain takes none into the mean."""
    own = a_sample([20.0, 20.0, 10.0], [100.0, 100.0, 100.0], [20.0, 20.0, 20.0])
    n = [[20.0, 0.0, 20.0], [20.0, 0.0, 20.0]]
    l1 = [[100.0, np.nan, 100.0], [0.0, np.nan, 50.0]]
    l2 = [[10.0, np.nan, 10.0], [0.0, np.nan, 10.0]]
    found = pooling.pooled(own, a_sample(n, l1, l2), params("river_flood", "pooled"))
    assert found.l2[0] == pytest.approx([15.0, 20.0, 15.0])
    assert found.cells[0].tolist() == [2.0, 1.0, 2.0]


def test_the_flag_is_raised_only_where_pooled():
    """Two cells of a tile, the second without a neighbour; the flag leaves the status alone."""
    years = np.arange(1991, 2101)
    x = np.exp(0.3 * np.random.default_rng(3).normal(size=(4, years.size, 3)))
    around = np.stack([140 * x[..., 2], np.full(x.shape[:2], np.nan)], axis=-1)[:, :, None, :]
    place = {"latitude": np.array([37.5, 34.0]), "longitude": np.array([127.0, 126.0])}
    tile = Climate(
        ("ssp1", "ssp2", "ssp3", "ssp5"),
        years,
        np.array([1, 2]),
        {**place, "rx1day": 140 * x[..., :2], "rx1day_around": around},
        shared_years=30,
    )
    river = PERILS["river_flood"]
    central, pooled = (
        {risk.horizon: risk for risk in cell_risks(river, tile, params("river_flood", name))}[
            "2050s"
        ]
        for name in ("central", "pooled")
    )
    assert "pooled" not in central.flags
    assert pooled.flags["pooled"][1].tolist() == [True, False]
    assert (pooled.estimate_status == central.estimate_status).all()
    assert pooled.estimate.aal[1, 0] != pytest.approx(central.estimate.aal[1, 0], rel=1e-6)
    assert pooled.estimate.aal[1, 1] == central.estimate.aal[1, 1]
    assert pooled.estimate.details["pooled_cells"][1].tolist() == [2.0, 1.0]


def test_an_own_series_has_no_neighbours():
    """``calc --parameters pooled`` on a fitted peril says so; a counted peril does not ask for any."""
    for key in ("river_flood", "urban_flood"):
        with pytest.raises(
            InvalidInput, match=f"parameters pooled: {key} .* an own series has none"
        ):
            own_series.calculate(PERILS[key], rain(RAIN), params(key, "pooled"))
    monthly = np.full((20, 12), 20.0)
    heat = series(WSDI, wsdi=WSDI, ta=monthly, rhm=monthly + 40)
    found = own_series.calculate(PERILS["extreme_heat"], heat, params("extreme_heat", "pooled"))
    assert found.estimate.aal[0, 0] == pytest.approx(0.0456, rel=1e-9)


def test_pooling_is_off_or_one():
    """Two cells each way are not read."""
    with pytest.raises(InvalidParameter, match=r"flood\.pooling 2: choose 0 .* or 1"):
        pooling.reads(PERILS["river_flood"], params("river_flood", pooling=2))


# --- the other sets stay as they were ------------------------------------------------------


def test_only_pooled_floods_read_the_cells_around():
    """Every other set reads what the peril requires."""
    for key, peril in PERILS.items():
        for name in ALL_SETS:
            more = (
                {"rx1day_around"}
                if name == "pooled" and isinstance(peril.frequency, Fitted)
                else set()
            )
            assert pooling.reads(peril, params(key, name)) == peril.requires | more, (key, name)


def test_sensitivities_leave_the_three_sets_alone():
    """Whether or not the cells around were read: same outcomes, same list of differing numbers."""
    years = np.arange(1991, 2101)
    x = 140 * np.exp(0.3 * np.random.default_rng(3).normal(size=(1, years.size, 2))).repeat(
        4, axis=0
    )
    place = {"latitude": np.array([37.5]), "longitude": np.array([127.0])}
    alone = Climate(
        ("ssp1", "ssp2", "ssp3", "ssp5"),
        years,
        np.array([1]),
        {**place, "rx1day": x[..., :1]},
        shared_years=30,
    )
    site = Site(
        latitude=37.5, longitude=127.0, river_distance_m=20.0, hand_m=0.0, river_class="local"
    )
    sites = asset.described(Sites.of([site]), 2026)

    def asked(tile):
        nan, ok = np.array([[np.nan]]), np.array([[Status.ok]], np.int8)
        stored = CellValues(
            hazard=nan,
            hazard_status=ok,
            aal=nan,
            aal_p05=nan,
            aal_p95=nan,
            aal_status=ok,
            details={},
        )
        return whatif.by_set(PERILS["river_flood"], tile, stored, ("ssp2", "2050s"), sites, FILE)

    without, among = asked(alone), asked(alone.with_values(rx1day_around=x[:, :, None, 1:]))
    assert tuple(without.outcomes) == SET_NAMES
    assert without.outcomes == among.outcomes
    assert without.differences == among.differences
    assert without.touching == among.touching == {"gumbel_pwm", "gev_free", "pooled"}
    assert set(without.sensitivities) == {"gumbel_pwm", "gev_free"}
    assert without.outcome("pooled") is None
    assert set(among.sensitivities) == {"gumbel_pwm", "gev_free", "pooled"}
    assert among.sensitivities["pooled"].flags == ("pooled",)
    assert among.outcome("dr_table") == among.outcomes["central"]
    free = among.sensitivities["gev_free"]
    assert (free.outcome.status, free.outcome.final_aal, free.flags) == (
        "not_assessed",
        None,
        ("free_shape",),
    )
