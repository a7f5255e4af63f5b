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
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site, Sites
from modelops_core.errors import InvalidInput, InvalidParameter
from modelops_core.indicators.gev import Gev, from_l_moments
from modelops_core.indicators.lmoments import l_moments
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.services.site import whatif
from modelops_core.stages import asset, damage, needs
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.site import CellValues, assess, assess_exposure
from modelops_core.stages.vulnerability import assess as assess_vulnerability
from tests.parameters import PARAMETERS as FILE
from tests.warming import warmed

CODES = ("ssp1", "ssp2", "ssp3", "ssp5")
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
            match=r"flood\.rain_shape: sets .* csdi, gumbel_pwm, gev_free, dr_table",
        ):
            Parameter(**entry, sets=wrong)
    content = data.parameters()
    flood = {**content["flood"], "spread": {**content["flood"]["spread"], "sets": {"own": 1}}}
    with pytest.raises(InvalidParameter, match=r"flood\.spread"):
        ParameterFile.parse({**content, "flood": flood})


def test_an_unknown_set_is_refused_with_all_names():
    """Whoever asks for a set that does not exist reads all of them."""
    with pytest.raises(InvalidParameter, match=", ".join(ALL_SETS)):
        FILE.params("river_flood", "gumbel")
    with pytest.raises(InvalidInput, match=", ".join(ALL_SETS)):
        own_series.parse_parameter_set("gumbel")
    assert [own_series.parse_parameter_set(name) for name in ALL_SETS] == list(ALL_SETS)


def test_digests_differ():
    """As many hashes as sets: a night under one is never taken for another's."""
    assert len({FILE.digest(name) for name in ALL_SETS}) == len(ALL_SETS) == 11


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
        "window": {"frame.estimator"},
        "own_lcv": {"flood.spread"},
        "kma_rain": {"flood.rain_change"},
        "wet_everywhere": {"urban_flood.wet_share"},
        "csdi": {"extreme_cold.cold_days"},
        "gumbel_pwm": {"flood.rain_shape"},
        "gev_free": {"flood.shape_mode"},
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
    monthly = np.full((values.size, 12), 23.0)
    of = {
        "extreme_heat": {"wsdi": values, "ta": monthly, "rhm": monthly + 40},
        "extreme_cold": {"csdi": values, "ta": monthly},
        "drought": {"spei12": np.repeat(values[:, None], 12, axis=1)},
    }[key]
    more = {"cold_days": "csdi"} if key == "extreme_cold" else {}
    e = own_series.calculate(
        PERILS[key], series(values, **of), params(key, "dr_table", **more)
    ).estimate
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


# --- the response and the region -----------------------------------------------------------


def warmed_tile(spread=0.17):
    """A cell of four scenarios with a known response, 6.5 %/K, and a regional spread."""
    years = np.arange(1991, 2101)
    x = 140 * np.exp(0.3 * np.random.default_rng(3).normal(size=(1, years.size, 1)))
    values = {
        "latitude": np.array([37.5]),
        "longitude": np.array([127.0]),
        "rx1day": x.repeat(4, axis=0),
    }
    tile = Climate(CODES, years, np.array([1]), values, shared_years=30)
    return warmed(tile, spread=spread, worth=30.0)


def estimates(name, tile, key="river_flood"):
    return {r.horizon: r for r in cell_risks(PERILS[key], tile, params(key, name))}


def test_the_window_set_counts_each_windows_own_years():
    """A fifth more rain in one window moves that window only, and only under ``window``."""
    tile = warmed_tile()
    wetter = np.array(tile["rx1day"])
    wetter[:, 50:70] *= 1.2  # 2041–2060
    moved = tile.with_values(rx1day=wetter)
    for name in ("central", "window"):
        before, after = estimates(name, tile), estimates(name, moved)
        changed = {
            h for h in before if not np.array_equal(before[h].estimate.aal, after[h].estimate.aal)
        }
        assert changed == (set() if name == "central" else {"2050s"})


def test_the_own_spread_is_the_cells():
    """``own_lcv``: l₂ of the cell's thirty years; the central set takes the region's."""
    tile = warmed_tile()
    l1, l2, _ = l_moments(tile["rx1day"][0, :30])
    for name, lcv in (("central", 0.17), ("own_lcv", (l2 / l1)[0])):
        d = estimates(name, tile)["2050s"].estimate.details
        fit = from_l_moments(l1, l1 * lcv, -0.114)
        assert d["baseline_alpha"][0, 0] == pytest.approx(fit.alpha[0], rel=1e-12), name


def test_published_change_of_rain():
    """``kma_rain``: the two published scenarios exactly, those between by their warming; the baseline stays."""
    tile = warmed_tile()
    found = estimates("kma_rain", tile)
    d = {h: r.estimate.details["factor"][:, 0] for h, r in found.items()}
    assert set(d["baseline"]) == {1.0}
    assert d["2090s"][[0, 3]] == pytest.approx([1.29, 1.53])
    assert d["2050s"][1] == pytest.approx(1.31 + (1.46 - 1.31) / 3)
    assert d["2030s"][3] == pytest.approx(1.29)


def test_everything_wet_is_the_inverse_of_the_share():
    """``wet_everywhere``: 1 ÷ .15 of the central loss."""
    tile = warmed_tile()
    few, all_of_them = (
        estimates(name, tile, "urban_flood")["2050s"].estimate.aal
        for name in ("central", "wet_everywhere")
    )
    assert all_of_them == pytest.approx(few / 0.15, rel=1e-12)


def test_cold_by_spells():
    """``csdi``: the loss of the worked example G3, without a monthly temperature of its own."""
    monthly = np.full((20, 12), 10.0)
    cold = series(CSDI, csdi=CSDI, ta=monthly)
    found = own_series.calculate(PERILS["extreme_cold"], cold, params("extreme_cold", "csdi"))
    assert found.estimate.aal[0, 0] == pytest.approx(0.00426667, rel=1e-6)


@pytest.mark.parametrize("name", ALL_SETS)
@pytest.mark.parametrize("key", PERILS)
def test_what_a_file_may_lack(key, name):
    """What only H needs; where cold is counted by spells, its monthly temperature. Nothing else."""
    spells = key == "extreme_cold" and name == "csdi"
    lacking = own_series.optional(PERILS[key], FILE.params(key, name))
    assert lacking == ({"ta"} if spells else PERILS[key].hazard_only)


# --- the other sets stay as they were ------------------------------------------------------


def test_what_follows_the_warming_reads_it():
    """Rain and drought under every set but ``window``; every other peril reads what it requires."""
    for key, peril in PERILS.items():
        name = {"river_flood": "rx1day", "urban_flood": "rx1day", "drought": "spei12"}.get(key)
        for choice in ALL_SETS:
            follows = name is not None and choice != "window"
            more = {"warming", f"{name}_signal"} if follows else set()
            assert needs.reads(peril, params(key, choice)) == peril.requires | more, (key, choice)


def test_sensitivities_leave_the_three_sets_alone():
    """Whether or not the warming was read: the same sets differ; without it only ``window`` has an answer."""
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

    found = asked(warmed_tile())
    assert tuple(found.outcomes) == SET_NAMES
    assert found.affecting == {"window", "own_lcv", "kma_rain", "gumbel_pwm", "gev_free"}
    assert set(found.sensitivities) == found.affecting
    assert found.outcome("dr_table") == found.outcomes["central"]
    free = found.sensitivities["gev_free"]
    assert (free.outcome.status, free.outcome.final_aal, free.flags) == (
        "not_assessed",
        None,
        ("free_shape",),
    )
