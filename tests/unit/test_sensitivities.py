"""The named sensitivities: one choice of the method changed, everything else central."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import lmoments3
import numpy as np
import pytest

from modelops_core import data
from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import (
    ALL_SETS,
    COMMON,
    SENSITIVITIES,
    ParameterFile,
    Params,
)
from modelops_core.domain.result import Status
from modelops_core.errors import InvalidInput, InvalidParameter, MissingVariable
from modelops_core.indicators.gev import from_l_moments
from modelops_core.perils import PERILS
from modelops_core.services import own_series, whatif
from modelops_core.services.explain import parameters
from modelops_core.stages import damage, pooling
from modelops_core.stages.evaluate import cell_risks
from tests.contract.test_perils import PLACE, ordinary, tile
from tests.unit import test_method_goldens as goldens
from tests.unit import test_whatif as asked

FILE = ParameterFile.parse(data.parameters())
FITTED = {"river_flood", "urban_flood"}
WSDI = [0, 6, 0, 9, 12, 0, 7, 18, 0, 6, 25, 14, 0, 8, 31, 10, 0, 22, 44, 16]
CSDI = [0, 0, 6, 0, 9, 0, 0, 3, 12, 0, 0, 7, 0, 0, 16, 0, 6, 0, 0, 5]
SPEI = [-0.8, -1.2, -0.4, -1.6, -2.2, -0.9, -0.3, -1.1, -1.9, -2.7, -0.6, -1.4, -0.2, -0.7, -1.0, -2.1, -0.5, -1.3, -0.8, -1.7]
FWI = [12, 15, 18, 22, 14, 17, 26, 19, 11, 16, 20, 24, 13, 18, 31, 15, 17, 21, 14, 19]


def estimate(key, name, **values):
    """The cell's estimate under the set *name*, from yearly values of one cell."""
    made = {k: np.asarray(v, float).reshape(1, -1, 1) for k, v in values.items()}
    years = np.arange(2021, 2021 + next(iter(made.values())).shape[1])
    series = {**ordinary(PERILS[key], years.size), **made}
    climate = Climate(("ssp2",), years, np.array([1]), {**PLACE, **series})
    return own_series.calculate(PERILS[key], climate, FILE.params(key, name)).estimate


# names


@pytest.mark.parametrize("sets", [{"gumbel_pmw": 0.0}, {"low": 1.0}, {"central": 1.0}, ["pooled"]])
def test_a_misspelt_sensitivity_is_refused(sets):
    """With the names there are; low and high have fields of their own."""
    content = deepcopy(data.parameters())
    content["flood"]["rain_shape"]["sets"] = sets

    with pytest.raises(InvalidParameter, match=r"flood\.rain_shape.*gumbel_pwm, gev_free, pooled, dr_table"):
        ParameterFile.parse(content)


def test_each_set_has_a_digest_of_its_own():
    """Results under one set are never mistaken for another's."""
    assert len({FILE.digest(name) for name in ALL_SETS}) == len(ALL_SETS) == 7


def test_an_unknown_set_lists_all_names():
    """What may be chosen is said."""
    for ask in (lambda: FILE.params("drought", "best"), lambda: own_series.set_name("best")):
        with pytest.raises((InvalidParameter, InvalidInput), match="low, central, high, gumbel_pwm, gev_free, pooled, dr_table"):
            ask()


def test_a_sensitivity_changes_its_own_numbers_and_nothing_else():
    """One choice each; the tables belong to the perils whose intensity they were made for."""
    changed = {name: {p.key for _, p in FILE.entries if p.moves(name)} for name in SENSITIVITIES}

    assert changed["gumbel_pwm"] == {"flood.rain_shape"}
    assert changed["gev_free"] == {"flood.shape_mode"}
    assert changed["pooled"] == {"flood.pooling"}
    assert changed["dr_table"] == {f"{key}.damage_table" for key in PERILS if key not in ("river_flood", "typhoon")}


def test_tables_are_marked_as_comparison():
    """Provenance F, grade D, and the reason where there is none."""
    for key in PERILS:
        entry = FILE.sections[key]["damage_table"]
        assert (entry.provenance, entry.grade) == ("F", "D")
        assert "comparison only" in entry.source
        assert entry.sets or "no table on this intensity" in entry.note
    assert next(row["sets"] for row in parameters(FILE, "drought") if row["key"] == "drought.damage_table")


# damage by a table


@pytest.mark.parametrize(
    ("key", "values", "p", "base"),
    [
        # 6 years below 3 days, 3 below 8, 7 below 20, 4 beyond: (.3·.1 + .15·.3 + .35·1 + .2·2) ÷ 1.5
        ("extreme_heat", {"wsdi": WSDI}, (0.30, 0.15, 0.35, 0.20), 0.55),
        # the edges are ours: (.6·.05 + .2·.2 + .15·.6 + .05·1.5) ÷ 1.5
        ("extreme_cold", {"csdi": CSDI}, (0.60, 0.20, 0.15, 0.05), 0.235 / 1.5),
        # −1.0 falls in the second class: (.25·2 + .15·7 + .15·20) ÷ 1.5
        ("drought", {"spei12": np.repeat(SPEI, 12).reshape(1, 20, 12, 1)}, (0.45, 0.25, 0.15, 0.15), 4.55 / 1.5),
    ],
)
def test_tables_on_the_worked_examples(key, values, p, base):
    """Counted and added by hand from the series of G2a, G3 and G5."""
    if key == "drought":
        climate = Climate(("ssp2",), np.arange(2021, 2041), np.array([1]), {**PLACE, **values})
        found = own_series.calculate(PERILS[key], climate, FILE.params(key, "dr_table")).estimate
    else:
        found = estimate(key, "dr_table", **values)

    np.testing.assert_allclose(found.p[:, 0, 0], p, rtol=1e-12)
    assert found.aal[0, 0] == pytest.approx(base, rel=1e-12)
    assert found.aal_p05[0, 0] < base < found.aal_p95[0, 0]


@pytest.mark.parametrize(
    ("key", "x", "percent"),
    [
        ("wildfire", [0, 11.19, 11.2, 21.3, 38, 50, 90], [0, 0, 1, 3, 10, 25, 25]),
        ("water_stress", [0.1, 0.2, 0.33409, 0.55135, 0.8], [1, 3, 3, 7, 15]),
        ("drought", [-1.0, 0.99, 1.0, 1.5, 2.0], [0, 0, 2, 7, 20]),
        ("urban_flood", [0.0, 1e-9, 0.29, 0.3, 1.0], [0, 5, 5, 25, 50]),
        ("sea_level_rise", [0.0, 1e-9, 0.3, 1.0, 4.0], [0, 2, 15, 35, 35]),
    ],
)
def test_steps_of_the_tables(key, x, percent):
    """A value on an edge belongs above; dry ground is dry; an average building (V 0.5) gets the table's ratio."""
    p = FILE.params(key, "dr_table")
    found = damage.ratio(PERILS[key], np.array(x, float), p)

    np.testing.assert_allclose(found * (1 + p["reference_vulnerability"]), np.array(percent) / 100)
    assert np.isnan(damage.ratio(PERILS[key], np.array([np.nan]), p)).all()


def test_twenty_fire_years_by_the_table():
    """1, 15 and 4 years of classes that cost 0, 1 and 3 %."""
    ratio = damage.ratio(PERILS["wildfire"], np.array(FWI, float), FILE.params("wildfire", "dr_table"))
    assert 100 * ratio.mean() == pytest.approx((0.75 * 1 + 0.2 * 3) / 1.5)


def test_streets_by_the_table():
    """G9: the classes' probabilities stay, the two deepest are one; each costs its ratio, interval included."""
    central, table = (
        own_series.calculate(PERILS["urban_flood"], goldens.river_series(), FILE.params("urban_flood", name)).estimate
        for name in ("central", "dr_table")
    )
    merged = np.concatenate([central.p[:3], central.p[3:].sum(axis=0, keepdims=True)])

    np.testing.assert_allclose(table.p, merged, rtol=1e-12, atol=1e-15)
    # beyond 1 − 10⁻⁵ the damage of that level holds (§1.4): a metre is rarer, so its step is not reached
    expected_loss = (100 * merged * np.array([0, 0.05, 0.25, 0.25])[:, None, None] / 1.5).sum(axis=0)
    np.testing.assert_allclose(table.aal, expected_loss, rtol=1e-12)
    assert table.aal[0, 0] == pytest.approx((0.005231 * 5 + 0.000102 * 25) / 1.5, rel=1e-3)
    assert table.aal_p05[0, 0] < table.aal[0, 0] < table.aal_p95[0, 0]


def test_the_interval_of_a_table_is_of_its_classes():
    """Every draw's AAL is Σ P·DR of that draw: with one wet ratio it is the interval of P(wet)."""
    p = dict(FILE.params("urban_flood", "dr_table"))
    p["damage_table"] = {"edges": [0.0], "ratio": [0.0, 0.6]}
    p["interval"] = [p["jeffreys_tail"], 1 - p["jeffreys_tail"]]  # the quantiles of the bins' intervals
    found = own_series.calculate(PERILS["urban_flood"], goldens.river_series(), Params("urban_flood", p)).estimate

    assert found.aal_p05[0, 0] == pytest.approx(40 * found.p_low[1, 0, 0], rel=1e-12)
    assert found.aal_p95[0, 0] == pytest.approx(40 * found.p_high[1, 0, 0], rel=1e-12)


def test_the_coast_by_the_table():
    """G7, 25 cm: over the crest the water stands 16 cm deep at once; from 1.8 m on 30 cm."""
    p = Params("sea_level_rise", {**FILE.params("sea_level_rise", "dr_table"), "reference_quay": 1.5 - 0.624})
    base, later = (
        Climate(
            ("ssp5",), np.arange(first, first + 20), np.array([1]),
            {
                "sea_level": np.full((1, 20, 1), cm), "latitude": np.array([35.1]), "longitude": np.array([129.03]),
                "coast_distance_m": np.array([0.0]),
            },
        )
        for first, cm in ((2001, 0.0), (2041, 25.0))
    )  # fmt: skip
    found = own_series.calculate(PERILS["sea_level_rise"], later, p, base).estimate

    def beyond(level):
        return 1 - np.exp(-np.exp(-(level - 1.074 - 0.25) / 0.15))

    crest, deep, deeper = map(beyond, (1.659291, 1.8, 2.5))
    assert found.aal[0, 0] == pytest.approx((2 * (crest - deep) + 15 * (deep - deeper) + 35 * deeper) / 1.5, rel=1e-5)


def test_a_site_by_the_table():
    """A site with the cell's own ponding has the cell's loss, whatever its use: the table has one column."""
    p = FILE.params("urban_flood", "dr_table")
    risk = own_series.calculate(PERILS["urban_flood"], goldens.river_series(), p)
    for use in ("office", "factory", "residential"):
        site = goldens.at_site("urban_flood", risk, p, purpose=use)
        assert site.loss.aal[0, 0] == pytest.approx(risk.estimate.aal[0, 0], rel=1e-12)
        assert site.loss.aal_p95[0, 0] == pytest.approx(risk.estimate.aal_p95[0, 0], rel=1e-9)


@pytest.mark.parametrize("key", ["river_flood", "typhoon"])
def test_perils_without_a_table_keep_their_curve(key):
    """River flood and typhoon under dr_table are the central numbers, to the bit."""
    one, two = (own_series.calculate(PERILS[key], tile(PERILS[key], ordinary(PERILS[key])), FILE.params(key, name)).estimate for name in ("central", "dr_table"))
    assert one.aal.tobytes() == two.aal.tobytes()
    assert one.p.tobytes() == two.p.tobytes()


@pytest.mark.parametrize("wrong", [{"edges": [3, 8], "ratio": [0.1, 0.2]}, {"edges": [8, 3], "ratio": [0.1, 0.2, 0.3]}])
def test_a_table_that_does_not_fit_is_refused(wrong):
    """Edges ascend, and there is one ratio more."""
    p = Params("extreme_heat", {**FILE.params("extreme_heat"), "damage_table": wrong})
    with pytest.raises(InvalidParameter, match=r"extreme_heat\.damage_table"):
        damage.edges(p)


# Gumbel


def test_gumbel_is_the_golden_one():
    """G8: μ 119.876597, α 28.164060, hundred-year rain 249.44 mm."""
    protection = {"local": 100, "national": 100, "national_key": 200}
    p = Params("river_flood", {**FILE.params("river_flood", "gumbel_pwm"), "protection_period": protection})
    risk = own_series.calculate(PERILS["river_flood"], goldens.river_series(), p)
    details = risk.estimate.details

    assert details["mu"][0, 0] == pytest.approx(119.876597, rel=1e-6)
    assert details["alpha"][0, 0] == pytest.approx(28.164060, rel=1e-6)
    assert details["kappa"][0, 0] == 0
    assert details["threshold"][0, 0] == pytest.approx(249.44, rel=1e-4)
    assert risk.estimate.aal_p05[0, 0] < risk.estimate.aal[0, 0] < risk.estimate.aal_p95[0, 0]
    assert risk.estimate_status[0, 0] == Status.ok


# free shape


def rain(years, seed=2, growth=1.0):
    """Rain-like maxima with a heavy tail and no trend, as a tile of one cell."""
    rng = np.random.default_rng(seed)
    x = growth * (120 + 35 * (rng.exponential(size=years) ** -0.15 - 1) / 0.15)
    return Climate(("ssp2",), 1961 + np.arange(years), np.array([1]), {"rx1day": x.reshape(1, -1, 1)})


@pytest.mark.parametrize(("years", "status"), [(49, Status.not_assessed), (50, Status.ok)])
def test_a_free_shape_needs_fifty_years(years, status):
    """One year too few: no number, and the flag that says why."""
    p = FILE.params("river_flood", "gev_free")
    risk = own_series.calculate(PERILS["river_flood"], rain(years), p)

    assert risk.estimate_status[0, 0] == risk.score_status[0, 0] == status
    assert risk.flags["free_shape"][0, 0] == (years < 50)
    assert np.isnan(risk.estimate.aal[0, 0]) == (years < 50)
    assert "horizon_not_covered" not in risk.flags


def test_a_short_baseline_has_no_free_shape_either():
    """The protection level is the baseline's."""
    p = FILE.params("river_flood", "gev_free")
    risk = own_series.calculate(PERILS["river_flood"], rain(60), p, rain(30, seed=3))
    assert risk.estimate_status[0, 0] == Status.not_assessed
    assert risk.flags["free_shape"][0, 0]


def test_equal_years_have_no_free_shape():
    """τ₃ of a constant is rounding."""
    constant = Climate(("ssp2",), np.arange(1961, 2021), np.array([1]), {"rx1day": np.full((1, 60, 1), 120.0)})
    risk = own_series.calculate(PERILS["river_flood"], constant, FILE.params("river_flood", "gev_free"))
    assert risk.estimate_status[0, 0] == Status.not_assessed


def test_a_freely_fitted_site_knows_the_baselines_own_shape():
    """On the bank the site is the cell, with two shapes and the interval; with one shape it would not be."""
    p = FILE.params("river_flood", "gev_free")
    risk = own_series.calculate(PERILS["river_flood"], rain(60), p, rain(70, seed=5, growth=0.9))
    details = risk.estimate.details
    site = goldens.at_site("river_flood", risk, p, river_distance_m=0.0, hand_m=0.0, river_class="local")

    assert abs(details["kappa"][0, 0] - details["baseline_kappa"][0, 0]) > 0.02
    assert site.loss.factor[0, 0] == pytest.approx(1.0, rel=1e-12)
    assert site.loss.aal_p05[0, 0] == pytest.approx(risk.estimate.aal_p05[0, 0], rel=1e-9)


def test_the_modes_that_exist():
    """A shape is fixed or free; a pool is off or one neighbour wide."""
    for changed in ({"shape_mode": "loose"}, {"pooling": 2}):
        p = Params("river_flood", {**FILE.params("river_flood"), **changed})
        with pytest.raises(InvalidParameter, match=rf"flood\.{next(iter(changed))}"):
            own_series.calculate(PERILS["river_flood"], rain(30), p)


# pooling

#: yearly values of mean 0 without a trend; a cell's L-CV is then a multiple of this l₂
SHAPE = np.random.default_rng(1).permutation(np.linspace(-1, 1, 20))


def nine(spreads, short=()):
    """A 3×3 block as centre and eight neighbours: 100 mm ± the spread of each; those *short* have ten years."""
    x = 100 + np.asarray(spreads, float)[:, None] * SHAPE
    for i in short:
        x[i, 10:] = np.nan
    around = x[1:].T[None, :, :, None]
    return Climate(("ssp2",), np.arange(1991, 2011), np.array([1]), {"rx1day": 1.5 * x[0].reshape(1, -1, 1), "rx1day_around": around})


def baseline_of(climate, name="pooled"):
    return next(iter(cell_risks(PERILS["river_flood"], climate, FILE.params("river_flood", name))))


def expected(spread):
    """The fit with 150 mm and a spread of so much of the mean."""
    _, l2 = lmoments3.lmom_ratios(SHAPE, nmom=2)
    return from_l_moments(np.array(150.0), np.array(150.0 * spread / 100 * l2), -0.114)


def test_pooling_by_hand():
    """Nine cells whose spreads are 10 to 50 mm of 100: the middle one gets their mean of 30, and keeps its 150 mm."""
    spreads = [10, 15, 20, 25, 30, 35, 40, 45, 50]
    risk = baseline_of(nine(spreads))
    details, fit = risk.estimate.details, expected(30)

    assert details["mu"][0, 0] == pytest.approx(float(fit.mu), rel=1e-12)
    assert details["alpha"][0, 0] == pytest.approx(float(fit.alpha), rel=1e-12)
    assert details["pooled_cells"][0, 0] == 9
    assert risk.flags["pooled"][0, 0]
    assert baseline_of(nine(spreads), "central").estimate.details["alpha"][0, 0] == pytest.approx(float(expected(10).alpha), rel=1e-12)


def test_neighbours_with_too_few_years_or_none_do_not_count():
    """Two of four have ten years, four do not exist: (10 + 40 + 70) ÷ 3."""
    climate = nine([10, 40, 70, 1, 2, 0, 0, 0, 0], short=(3, 4))
    climate["rx1day_around"][:, :, 4:] = np.nan
    details = baseline_of(climate).estimate.details

    assert details["alpha"][0, 0] == pytest.approx(float(expected(40).alpha), rel=1e-12)
    assert details["pooled_cells"][0, 0] == 3


def test_a_cell_without_neighbours_keeps_its_own():
    """No flag, the central number, status unharmed."""
    climate = nine([20] * 9)
    alone = climate.with_values(rx1day_around=np.empty((1, 20, 0, 1)))
    risk, central = baseline_of(alone), baseline_of(alone, "central")

    assert risk.estimate.aal.tobytes() == central.estimate.aal.tobytes()
    assert not risk.flags["pooled"].any()
    assert (risk.estimate_status == central.estimate_status).all()


def test_pooling_lowers_no_status():
    """The flag explains; it does not doubt."""
    climate = nine([20] * 9)
    assert (baseline_of(climate).estimate_status == baseline_of(climate, "central").estimate_status).all()


def test_padding_with_cells_that_do_not_exist_changes_no_bit():
    """A tile has as many places for neighbours as its best-surrounded cell needs."""
    climate = nine([10, 15, 20, 25, 30, 35, 40, 45, 50])
    more = np.concatenate([climate["rx1day_around"], np.full((1, 20, 7, 1), np.nan)], axis=2)
    one, two = baseline_of(climate).estimate, baseline_of(climate.with_values(rx1day_around=more)).estimate
    assert one.aal.tobytes() == two.aal.tobytes()


def test_pooling_without_the_cells_around_is_an_error():
    """Never silently the cell's own."""
    climate = goldens.river_series()
    with pytest.raises(MissingVariable, match="rx1day_around"):
        baseline_of(climate)
    with pytest.raises(InvalidInput, match="parameters pooled: river_flood"):
        own_series.calculate(PERILS["river_flood"], climate, FILE.params("river_flood", "pooled"))


@pytest.mark.parametrize("key", PERILS)
def test_only_fitted_perils_read_the_cells_around(key):
    """And only when the set asks."""
    read = {name: pooling.reads(PERILS[key], FILE.params(key, name)) - PERILS[key].requires for name in ALL_SETS}
    assert read == {name: {"rx1day_around"} if key in FITTED and name == "pooled" else frozenset() for name in ALL_SETS}


# what-if


def around(climate, spread=1.2):
    """The tile with two neighbours whose rain spreads more."""
    own = climate["rx1day"]
    near = own.mean() + spread * (own - own.mean())
    return climate.with_values(rx1day_around=np.stack([near, near], axis=2))


def test_a_flood_has_three_sensitivities():
    """Those that change a number it reads, each with that number; low, central and high as before."""
    plain = asked.answer("river_flood", asked.rain())
    found = asked.answer("river_flood", around(asked.rain()))

    assert found.touching == {"gumbel_pwm", "gev_free", "pooled"}
    assert {name: [n.key for n in one.numbers] for name, one in found.sensitivities.items()} == {
        "gumbel_pwm": ["flood.rain_shape"], "gev_free": ["flood.shape_mode"], "pooled": ["flood.pooling"],
    }  # fmt: skip
    assert found.outcomes == plain.outcomes
    assert found.differences == plain.differences
    central, gumbel, pooled = found.outcomes["central"], found.outcome("gumbel_pwm"), found.outcome("pooled")
    assert 0 < gumbel.final_aal < central.final_aal
    assert pooled.status == central.status
    assert pooled.final_aal != central.final_aal
    assert found.sensitivities["pooled"].flags == ("pooled",)


def test_twenty_years_have_no_free_shape():
    """Not assessed, and the reason."""
    free = asked.answer("river_flood", asked.rain()).sensitivities["gev_free"]
    assert (free.outcome.status, free.outcome.final_aal) == ("not_assessed", None)
    assert free.flags == ("free_shape",)


def test_cells_around_that_were_not_read_leave_the_others_alone():
    """One sensitivity less, and no number in its place."""
    found = asked.answer("river_flood", asked.rain())
    assert set(found.sensitivities) == {"gumbel_pwm", "gev_free"}
    assert found.outcome("pooled") is None
    assert np.isnan(found.cell("pooled", asked.stored()).aal).all()
    assert "rx1day_around" in whatif.reads(PERILS["river_flood"], FILE)


def test_heat_by_the_table():
    """20 warm-spell days cost 2 % ÷ 1.5; sets that change nothing here give the central number."""
    found = asked.answer("extreme_heat", asked.climate(wsdi=np.full(asked.YEARS.size, 20.0)))
    table = found.sensitivities["dr_table"]

    assert set(found.sensitivities) == {"dr_table"}
    assert table.outcome.base_aal == pytest.approx(2 / 1.5)
    assert [(n.key, n.central, n.provenance, n.grade) for n in table.numbers] == [("extreme_heat.damage_table", "none", "F", "D")]
    assert found.outcome("pooled") == found.outcomes["central"]
    assert found.cell("pooled", asked.stored()) is not None


def test_a_basin_that_cannot_be_scaled_lacks_the_sensitivity():
    """Its low, central and high answers stay; a table is no factor on the curve."""
    found = asked.answer("water_stress", None)
    assert set(found.outcomes) == {"low", "central", "high"}
    assert found.sensitivities == {}
    assert found.touching == {"dr_table"}
    assert found.cell("dr_table", asked.stored()).aal_status[0, 0] == Status.not_assessed


def test_a_basin_may_be_scaled_where_a_sensitivity_is_a_factor():
    """Twice the bill under a sensitivity is twice the loss."""
    section = dict(FILE.sections["water_stress"])
    section["bill_ratio"] = replace(section["bill_ratio"], sets={"dr_table": 1.2e-3})
    section["damage_table"] = replace(section["damage_table"], sets={})
    found = asked.answer("water_stress", None, file=ParameterFile(FILE.version, {**FILE.sections, "water_stress": section}))
    assert found.outcome("dr_table").base_aal == pytest.approx(2 * found.outcomes["central"].base_aal)


def test_every_common_number_that_a_set_moves_is_read_by_some_peril():
    """No sensitivity without an effect."""
    moved = {p.key.partition(".")[2] for name, p in FILE.entries for s in SENSITIVITIES if name in COMMON and p.moves(s)}
    assert moved == {"rain_shape", "shape_mode", "pooling"}
