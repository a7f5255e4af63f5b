"""River gauges: the flow path of the flood, and the measured supply of a basin. docs/method.md §6, §8."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import genextreme

from modelops_core.domain.climate import Climate
from modelops_core.domain.gauges import (
    GAUGED,
    IMPLAUSIBLE,
    NONE_NEAR,
    STATES,
    SYNTHETIC,
    TOO_SHORT,
    FlowRecord,
    RiverGauge,
    same_river,
)
from modelops_core.domain.parameters import Params
from modelops_core.domain.result import Basis, Status
from modelops_core.domain.site import NAME_LENGTH, Site, Sites
from modelops_core.errors import InvalidInput
from modelops_core.indicators.gauge_flow import Changed, two_year_depth
from modelops_core.indicators.gev import Gev, from_l_moments
from modelops_core.indicators.lmoments import l_moments
from modelops_core.perils import PERILS
from modelops_core.services.night import basins
from modelops_core.services.night.tiles import Plan, fingerprint
from modelops_core.services.series import own_series
from modelops_core.services.site import gauges, whatif, whatif_attributes
from modelops_core.stages import asset, vulnerability
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.inundation import inundated
from modelops_core.stages.return_periods import rare_years
from modelops_core.stages.site import CellValues, assess, assess_exposure
from modelops_core.stages.site_water import Asked, by_record
from tests import answers
from tests.parameters import PARAMETERS
from tests.warming import warmed

RIVER, WATER = PERILS["river_flood"], PERILS["water_stress"]
#: the worked example: yearly maximum flow of twenty years [m³/s]
FLOWS = np.array(
    [
        820,
        1430,
        960,
        2100,
        1180,
        640,
        3050,
        1520,
        890,
        1270,
        1740,
        1010,
        2480,
        760,
        1390,
        1120,
        1960,
        930,
        1610,
        1330,
    ],
    dtype=float,
)
L1, L2 = 1409.5, 338.71052631578947
#: the rain of the worked example: GEV of its thirty maxima [mm]
RAIN = (118.508347, 25.056720, -0.114)
GAUGE = RiverGauge(
    state=GAUGED,
    station_code="1003666",
    station_name="여주",
    distance_m=800.0,
    years=20,
    l1=L1,
    l2=L2,
)
BANK = {"river_distance_m": 0.0, "hand_m": 0.0, "river_class": "local", "river_name": "한강"}
OFFICE = Site(
    latitude=37.5,
    longitude=127.0,
    structure="RC",
    purpose="office",
    built_year=2000,
    floors_above=10,
    floors_below=2,
    total_area=5000.0,
)
property_test = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def params(key="river_flood", **changed):
    return Params(key, MappingProxyType({**PARAMETERS.params(key), **changed}))


def period(years):
    return params(protection_period={"local": years, "national": years, "national_key": years})


def site(gauge=GAUGE, **changed):
    return replace(OFFICE.corrected({**BANK, **changed}), river_gauge=gauge)


def cell(factor=1.0, spread=1.0, n=1):
    """A cell whose window has *factor* times the baseline's rain, varying *spread* times as much."""
    mu, alpha, kappa = RAIN
    one = np.ones((1, n))
    details = {
        "mu": factor * mu * one,
        "alpha": factor * spread * alpha * one,
        "kappa": kappa * one,
        "n": 30 * one,
    }
    details |= {"baseline_mu": mu * one, "baseline_alpha": alpha * one}
    return CellValues(
        hazard=0.5 * one,
        hazard_status=np.zeros((1, n), np.int8),
        aal=0.09 * one,
        aal_p05=0.05 * one,
        aal_p95=0.2 * one,
        aal_status=np.zeros((1, n), np.int8),
        details=details,
    )


def at(*sites, p=None, **window):
    p = p or period(100)
    columns = asset.described(Sites.of(sites), 2025)
    v = vulnerability.assess(RIVER, columns, p)
    return assess(
        RIVER, columns, cell(n=len(sites), **window), assess_exposure(RIVER, columns, p), v, p
    )


def aal(*sites, **window):
    return at(*sites, **window).loss.aal[0]


# --- the flood at a gauge ----------------------------------------------------------------------


def test_the_worked_example_to_six_figures():
    """l₁, l₂, two-year and hundred-year flow, and the river's depth at both."""
    l1, l2, _ = l_moments(FLOWS[:, None])
    fit = from_l_moments(l1, l2, PARAMETERS.params("river_flood")["flow_shape"])
    place = {"period": np.array([100.0]), "hand_m": np.zeros(1), "reach": np.ones(1)}
    terms = RIVER.frequency.record.inundation.terms(fit.level, place, params())

    np.testing.assert_allclose([l1[0], l2[0]], [1409.5, 338.710526], rtol=1e-9)
    np.testing.assert_allclose(
        [fit.level(2)[0], terms["protection"][0]], [1271.288, 3685.857], rtol=1e-6
    )
    assert two_year_depth(fit.level(2), 0.27, 0.30)[0] == pytest.approx(2.304819, rel=1e-6)
    assert terms["design_depth"][0] == pytest.approx(4.365296, rel=1e-6)


def test_the_worked_example_s_loss():
    """On the bank, protected to 100 years: 0.117385 % a year, with a fifth more rain 0.309972 %."""
    assert [aal(site())[0], aal(site(), factor=1.2)[0]] == pytest.approx(
        [0.117385, 0.309972], rel=1e-5
    )


def by_hand(factor=1.0, spread=1.0, distance=0.0, hand=0.0, years=100):
    """AAL [%] from scipy's distributions, a million equally likely years and the formulas of the method."""
    share = (np.arange(1_000_000) + 0.5) / 1_000_000
    u = 1 - (1 - 0.9) * share  # nothing floods below
    scale = L2 * -0.1 / ((1 - 2**0.1) * 1.068628702119319)  # Γ(0.9)
    location = L1 - scale * (1 - 1.068628702119319) / -0.1
    flow = genextreme(-0.1, location, scale)
    mu, alpha, kappa = RAIN
    ratio = genextreme(kappa, factor * mu, factor * spread * alpha).ppf(u) / genextreme(
        kappa, mu, alpha
    ).ppf(u)
    design, usual = flow.ppf(1 - 1 / years), flow.ppf(0.5)
    deep = 0.27 * usual**0.3 * (design / usual) ** 0.6
    stage = deep * ((flow.ppf(u) * ratio / design) ** 0.6 - 1)
    depth = np.maximum(stage - hand, 0) * np.exp(-distance / 500)
    return 100 * 0.1 * RIVER.damage(depth, params(), "commercial").mean()


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"factor": 1.2},
        {"factor": 0.9},
        {"factor": 1.1, "spread": 1.3},
        {"distance": 300.0},
        {"hand": 0.8, "factor": 1.2},
        {"years": 50},
    ],
    ids=str,
)
def test_the_loss_is_that_of_an_independent_sum(case):
    """To the error of the quadrature and its tail, 3e-4."""
    place = {"river_distance_m": case.get("distance", 0.0), "hand_m": case.get("hand", 0.0)}
    window = {name: case[name] for name in ("factor", "spread") if name in case}
    found = aal(site(**place), p=period(case.get("years", 100)), **window)[0]

    assert found == pytest.approx(by_hand(**case), rel=3e-4)
    assert found > 0


def asked(sites, details, p):
    """Offices in their cell, whose windows have each a fit of their own."""
    return Asked(RIVER, sites, details, p, "commercial", intervals=True)


@pytest.mark.parametrize("river_class", ["local", "national", "national_key"])
def test_the_baseline_floods_the_bank_once_in_the_design_period(river_class):
    """P(flood) = 1/T_p exactly."""
    p = PARAMETERS.params("river_flood")
    sites = Sites.of([site(river_class=river_class)])
    driver = by_record(asked(sites, cell().details, p), RIVER.frequency.record)
    e = inundated(
        driver.water,
        driver.distribution,
        driver.n,
        driver.terms,
        estimator="",
        details={},
        intervals=driver.intervals,
    )

    assert 1 - e.p[0, 0, 0] == pytest.approx(1 / p["protection_period"][river_class], rel=1e-10)
    assert e.p.sum(axis=0) == pytest.approx(1.0, abs=1e-12)


@property_test
@given(
    distance=st.tuples(st.floats(0, 2900), st.floats(0, 2900)),
    hand=st.tuples(st.floats(0, 5), st.floats(0, 5)),
    periods=st.tuples(st.floats(20, 300), st.floats(20, 300)),
    factors=st.tuples(st.floats(0.7, 1.6), st.floats(0.7, 1.6)),
    ratio=st.floats(0.1, 0.6),
    level=st.floats(1, 20_000),
)
def test_less_far_away_high_up_and_well_protected_more_with_more_rain(
    distance, hand, periods, factors, ratio, level
):
    """§8, at any gauge: AAL falls with d, HAND and T_p and rises with the window's rain; nothing beyond 3 km."""
    gauge = replace(GAUGE, l1=level, l2=ratio * level)
    near, far = (site(gauge, river_distance_m=d, hand_m=min(hand)) for d in sorted(distance))
    deep, high = (site(gauge, river_distance_m=min(distance), hand_m=h) for h in sorted(hand))
    found = aal(near, far, deep, high, site(gauge, river_distance_m=3001.0))
    weak, strong = (aal(site(gauge), p=period(t))[0] for t in sorted(periods))
    dry, wet = (aal(site(gauge), factor=f)[0] for f in sorted(factors))

    slack = 1 + 1e-9
    assert found[1] <= found[0] * slack
    assert found[3] <= found[2] * slack
    assert found[4] == 0
    assert strong <= weak * slack
    assert dry <= wet * slack
    assert np.isfinite(found).all()


def test_a_fifth_more_rain_costs_more():
    """Strictly: the invariant cannot be met by a constant."""
    assert aal(site(), factor=0.9)[0] < aal(site())[0] < aal(site(), factor=1.2)[0]


def changed(factor=1.0, spread=1.0):
    mu, alpha, kappa = (np.array([v]) for v in RAIN)
    record = from_l_moments(np.array([L1]), np.array([L2]), -0.1)
    return Changed(record, Gev(factor * mu, factor * spread * alpha, kappa), Gev(mu, alpha, kappa))


@property_test
@given(factor=st.floats(0.6, 1.8), spread=st.floats(0.6, 1.6), flow=st.floats(900, 60_000))
def test_flow_and_record_are_inverses(factor, spread, flow):
    """recorded(flow(q)) = q; the same non-exceedance on both sides."""
    change = changed(factor, spread)
    q = np.array([flow])

    np.testing.assert_allclose(change.recorded(change.flow(q)), q, rtol=1e-9)


def test_no_change_of_rain_is_no_change_of_flow_and_no_flow_is_out_of_reach():
    """Ratio 1 to the bit; what no year brings is infinite; the unknown stays unknown."""
    q = np.array([700.0, 1271.0, 3686.0, 9000.0])

    np.testing.assert_array_equal(changed().flow(q), q)
    assert changed().recorded(np.array([np.inf, 1e12])).tolist() == [np.inf, np.inf]
    assert np.isnan(changed().recorded(np.array([np.nan]))).all()
    assert np.isnan(changed(np.nan).recorded(np.array([2000.0]))).all()


def test_the_interval_is_that_of_a_plain_bootstrap():
    """2,000 records of twenty years from the fitted GEV, refitted each, against the stored thresholds."""
    p, rng = period(100), np.random.default_rng(4)
    driver = by_record(asked(Sites.of([site()]), cell(1.1).details, p), RIVER.frequency.record)
    depths = np.linspace(0, 6, 601)
    x = np.array(
        [driver.water.inundation.driver(np.asarray(h), driver.terms, p)[0, 0] for h in depths]
    )
    middle = RIVER.damage((depths[1:] + depths[:-1]) / 2, p)
    losses = []
    for kappa in np.clip(rng.normal(-0.1, 0.045, 2000), -0.25, 0.05):
        drawn = from_l_moments(np.array([L1]), np.array([L2]), kappa).quantile(
            rng.uniform(size=(20, 1))
        )
        l1, l2, _ = l_moments(drawn)
        beyond = 1 - from_l_moments(l1, l2, kappa).cdf(x)
        losses.append(-np.diff(beyond) @ middle + beyond[-1] * RIVER.damage(depths[-1:], p)[0])
    low, high = 100 * np.quantile(losses, [0.05, 0.95])
    found = at(site(), p=p, factor=1.1).loss

    assert found.aal_p05[0, 0] == pytest.approx(low, rel=0.3)
    assert found.aal_p95[0, 0] == pytest.approx(high, rel=0.12)
    assert found.aal_p05[0, 0] < found.aal[0, 0] < found.aal_p95[0, 0]


def test_the_flow_has_its_own_shape():
    """The rain's shape is in its fits already: another one for the draws of rain leaves the gauge alone."""
    usual, of_rain, of_flow = (
        at(site(), p=params(**changed)).loss
        for changed in ({}, {"rain_shape": 0.0}, {"flow_shape": 0.0})
    )

    assert (of_rain.aal, of_rain.aal_p05, of_rain.aal_p95) == (
        usual.aal,
        usual.aal_p05,
        usual.aal_p95,
    )
    assert of_flow.aal < usual.aal
    assert of_flow.aal_p95 < usual.aal_p95


def test_rain_and_gauge_stand_side_by_side():
    """Each site has its own path, whatever stands beside it; the row and the flags say which."""
    rain, gauge = site(None), site()
    both = at(rain, gauge, rain)
    np.testing.assert_allclose(
        both.loss.aal[0], [aal(rain)[0], aal(gauge)[0], aal(rain)[0]], rtol=1e-12
    )
    assert both.exposure.proximity.remarks["river_path"].tolist() == [
        "rain",
        "gauge 1003666 (여주), 20 years",
        "rain",
    ]
    assert both.exposure.flags["river_gauged"].tolist() == [False, True, False]
    assert both.loss.aal[0, 0] != both.loss.aal[0, 1]
    columns = asset.described(Sites.of([rain, gauge, rain]), 2025)
    rare = rare_years(RIVER, columns, cell(n=3), both, period(100))
    assert rare.basis.tolist() == [Basis.maxima, Basis.gauge, Basis.maxima]
    assert rare.years[0].tolist() == [30, 20, 30]


def test_where_the_rain_is_unknown_nothing_is_assessed():
    """No window, no change; no distance, no depth."""
    lost = cell()
    unknown = replace(
        lost,
        details={name: np.nan * value for name, value in lost.details.items()},
        aal=np.nan * lost.aal,
    )
    columns = asset.described(Sites.of([site()]), 2025)
    p = period(100)
    found = assess(
        RIVER,
        columns,
        unknown,
        assess_exposure(RIVER, columns, p),
        vulnerability.assess(RIVER, columns, p),
        p,
    )
    away = at(replace(site(), river_distance_m=float("nan")))

    for risk in (found, away):
        assert risk.status[0, 0] == Status.not_assessed
        assert np.isnan(
            [risk.loss.aal, risk.loss.aal_p05, risk.loss.aal_p95, risk.scaled.expected_loss]
        ).all()


def test_a_gauge_moves_no_other_peril():
    """Urban flood and the coast know no river."""
    columns = [asset.described(Sites.of([s]), 2025) for s in (site(None), site())]
    p = params("urban_flood")
    found = [
        assess(
            PERILS["urban_flood"],
            c,
            cell(),
            assess_exposure(PERILS["urban_flood"], c, p),
            vulnerability.assess(PERILS["urban_flood"], c, p),
            p,
        )
        for c in columns
    ]

    assert found[0].loss.aal.tolist() == found[1].loss.aal.tolist()


# --- which gauge -------------------------------------------------------------------------------


def record(code="1", maxima=FLOWS, kind="observed", known=1.0, distance=500.0, median=None):
    years = 1991 + np.arange(len(maxima))
    share = np.broadcast_to(np.asarray(known, float), years.shape).copy()
    return FlowRecord(
        station_code=code,
        station_name=f"다리 {code}",
        river_name="한강",
        kind=kind,
        distance_m=distance,
        year=years,
        known=share,
        mean=np.asarray(maxima, float) / 10,
        median=np.asarray(maxima, float) / 20 if median is None else np.full(len(maxima), median),
        maximum=np.asarray(maxima, float),
    )


def chosen(*records):
    return gauges.choose(records, RIVER.frequency.record, PARAMETERS.params("river_flood"))


def test_the_nearest_gauge_with_enough_years_is_used():
    """L-moments of its maxima; a nearer one that is too short is passed over."""
    found = chosen(
        record("near", FLOWS[:14]), record("far", distance=9000.0), record("farther", 2 * FLOWS)
    )

    assert (found.state, found.station_code, found.years, found.distance_m) == (
        GAUGED,
        "far",
        20,
        9000.0,
    )
    assert (found.l1, found.l2) == (pytest.approx(L1), pytest.approx(L2))
    assert str(found) == "gauge far (다리 far), 20 years"


def test_a_year_with_too_many_gaps_does_not_count():
    """90 % of its days, not one less; a fifteenth year decides."""
    share = np.full(20, 0.5)
    share[:15] = 0.9
    assert (chosen(record(known=share)).years, chosen(record(known=share)).l1) == (
        15,
        pytest.approx(FLOWS[:15].mean()),
    )
    share[14] = 0.899
    assert chosen(record(known=share)).state == TOO_SHORT


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ([], NONE_NEAR),
        ([record(kind="synthetic")], SYNTHETIC),
        ([record(kind="")], SYNTHETIC),
        ([record(maxima=FLOWS[:14])], TOO_SHORT),
        ([record(maxima=FLOWS[:14], kind="synthetic")], SYNTHETIC),
        ([record(kind="derived")], GAUGED),
        ([record(maxima=[99999.0] * 16, median=20.0)], IMPLAUSIBLE),
        ([record(maxima=np.full(16, 850.0))], IMPLAUSIBLE),
        ([record(maxima=[*FLOWS[:18], 9999.0, 9999.0])], IMPLAUSIBLE),
        ([record(maxima=[*FLOWS[:19], 99999.0], median=30.0)], IMPLAUSIBLE),
        ([record(maxima=FLOWS / 1000, median=0.0)], GAUGED),
        ([record(maxima=np.full(14, 850.0))], TOO_SHORT),
        ([record(maxima=np.full(16, 850.0)), record()], GAUGED),
    ],
)
def test_why_no_gauge_is_used(records, state):
    """Each reason is a flag with a meaning in both languages."""
    found = chosen(*records)
    assert found.state == state
    assert found.to_row()["state"] == state
    flags = assess_exposure(RIVER, asset.described(Sites.of([site(found)]), 2025), params()).flags
    assert [name for name in STATES if flags[name][0]] == [state]


class River:
    """A ports.GaugeReader with one gauge."""

    def __init__(self):
        self.asked = []

    def along(self, *asked):
        self.asked.append(asked)
        return [record()]


def test_only_a_site_that_names_a_river_is_looked_up():
    """Once, within 20 km; without a name, or a peril that declares it, never."""
    river = River()
    unnamed = OFFICE.corrected({**BANK, "river_name": "  "})
    assert gauges.gauged(unnamed, PERILS, river, PARAMETERS) is unnamed
    assert (
        gauges.gauged(site(None), {"wildfire": PERILS["wildfire"]}, river, PARAMETERS).river_gauge
        is None
    )
    assert river.asked == []
    assert gauges.gauged(site(None), PERILS, river, PARAMETERS).river_gauge.state == GAUGED
    assert river.asked == [("한강", 37.5, 127.0, 20_000.0)]


def test_names_of_one_river():
    """Spaces, case and decomposed letters aside."""
    assert same_river(" 한 강", "한강")
    assert same_river(unicodedata.normalize("NFD", "한강"), "한강")
    assert same_river("Han River", "hanriver")
    assert not same_river("한강", "한강천")
    assert not same_river(None, None)
    assert not same_river("", "")


@pytest.mark.parametrize("name", ["x" * (NAME_LENGTH + 1), "한\n강", "\x00", 5])
def test_a_river_has_a_printable_name(name):
    """The error names the field and what is wrong."""
    with pytest.raises(InvalidInput, match="river_name"):
        OFFICE.corrected({"river_name": name})


def test_another_name_is_another_river():
    """The gauge goes with the name; other corrections keep it."""
    assert site().corrected({"hand_m": 1.0}).river_gauge == GAUGE
    assert site().corrected({"river_name": "낙동강"}).river_gauge is None


# --- what would change it ----------------------------------------------------------------------


def answer_row(gauge=GAUGE):
    building = {
        name: getattr(site(), name)
        for name in (
            *BANK,
            "structure",
            "purpose",
            "built_year",
            "floors_above",
            "floors_below",
            "total_area",
        )
    }
    given = None if gauge is None else gauge.to_row()
    return answers.answer(
        building={**building, "corrections": BANK, "river_gauge": given, "as_of": 2025}
    )


def test_an_answer_gives_its_gauge_back():
    """What-if starts from the answer: no gauge is looked up again."""
    assert whatif.site_of(answer_row()) == site()
    assert whatif.site_of(answer_row(RiverGauge(state=NONE_NEAR))).river_gauge == RiverGauge(
        state=NONE_NEAR
    )
    assert whatif.site_of(answer_row(None)).river_gauge is None


def test_parameter_sets_and_attributes_follow_the_gauge():
    """The central outcome is the site's own; each set moves it; height saves, rain's path has other numbers."""
    series = warmed(
        Climate(
            ("ssp2",),
            np.arange(1991, 2061),
            np.array([1]),
            {"rx1day": 140 * np.exp(0.3 * np.random.default_rng(3).normal(size=(1, 70, 1)))},
            shared_years=30,
        )
    )
    found, rain = (
        whatif.by_set(
            RIVER,
            series,
            cell(),
            ("ssp2", "2050s"),
            asset.described(Sites.of([s]), 2025),
            PARAMETERS,
        )
        for s in (site(), site(None))
    )
    low, central, high = (found.outcomes[name].final_aal for name in ("low", "central", "high"))
    p = PARAMETERS.params("river_flood")
    tried = whatif_attributes.options(site(), 2025)
    swings = whatif_attributes.one_at_a_time(RIVER, found.cells["central"], site(), 2025, tried, p)

    assert 0 < low < central < high
    assert central != rain.outcomes["central"].final_aal
    assert swings.now.final_aal == pytest.approx(central, rel=1e-12)
    moves = {s.attribute: s for s in swings.moves}
    assert moves["hand_m"].least.outcome.final_aal < central
    assert moves["river_class"].least.value == "national_key"


# --- the measured supply of a basin ------------------------------------------------------------

#: the Nakdong of the method: 218.1 mm withdrawn from 23,384 km²
AREA = 23_384e6


def basin(**outlet):
    """Two basins, thirty years: P 1200 and E₀ 900 mm, in the last ten years P 900 and E₀ 1000 mm."""
    years = np.arange(1991, 2041)
    rain, et0 = (
        np.where(years[None, :, None] > 2020, late, early) * np.ones((1, 1, 2))
        for early, late in ((1200.0, 900.0), (900.0, 1000.0))
    )
    values = {
        "regional_precipitation": rain,
        "regional_reference_et": et0,
        "domestic_demand": np.ones((1, years.size, 1)),
    }
    records = {"Nakdong": outlets(**outlet)} if outlet else {}
    names = ["Han", "Nakdong"]
    climate = Climate(
        ("ssp2",),
        years,
        np.arange(2),
        {**values, **basins.outlet_values(names, records)},
        shared_years=30,
    )
    return climate.with_values(basin_code=np.array(names, dtype=object))


def outlets(depth=500.0, years=20, first=1971, kind="observed", known=1.0, flood=(8e3, 1e4)):
    """A gauge whose every year carries *depth* mm of the Nakdong's area."""
    year = first + np.arange(years)
    days = np.where((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)), 366, 365)
    return FlowRecord(
        station_code="2022680",
        station_name='부산시(구포"대교)',
        river_name="낙동강",
        kind=kind,
        distance_m=np.nan,
        year=year,
        known=np.full(years, known),
        mean=depth / 1000 * AREA / (days * 86_400),
        median=np.full(years, 200.0),
        maximum=np.resize(flood, years),
    )


def stress(**outlet):
    return WATER.indices(basin(**outlet), params("water_stress"))["stress"][0]


def test_a_measured_volume_sets_the_level_and_the_balance_the_change():
    """By hand: 218.1 mm over 500 mm today; over 500 × 395.577/652.825 mm when it dries. The Han has no gauge."""
    found, balance = stress(depth=500.0), stress()

    assert found[0, 1] == pytest.approx(218.0979 / 500, rel=1e-6)
    assert found[-1, 1] == pytest.approx(218.0979 / (500 * 395.577 / 652.825), rel=1e-5)
    np.testing.assert_array_equal(found[:, 0], balance[:, 0])
    assert balance[0, 1] == pytest.approx(0.33409, rel=1e-4)


def test_twice_the_volume_is_half_the_stress():
    """And a volume equal to the balance's changes nothing."""
    np.testing.assert_allclose(stress(depth=1000.0)[:, 1], stress(depth=500.0)[:, 1] / 2)
    np.testing.assert_allclose(stress(depth=652.825)[:, 1], stress()[:, 1], rtol=1e-5)


def test_without_history_the_first_twenty_years_are_the_reference():
    """A series that starts in 2021."""
    whole = basin(depth=500.0)
    late = {
        name: value[:, 30:]
        for name, value in whole.values.items()
        if name.startswith(("regional", "domestic"))
    }
    later = replace(whole, years=whole.years[30:], values={**whole.values, **late})
    found = WATER.indices(later, params("water_stress"))["stress"][0]

    assert found[:, 1] == pytest.approx(218.0979 / 500, rel=1e-6)


@pytest.mark.parametrize(
    ("outlet", "flag"),
    [
        ({}, None),
        ({"depth": 500.0}, "supply_gauged"),
        ({"kind": "derived"}, "supply_gauged"),
        ({"kind": "synthetic"}, "supply_gauge_synthetic"),
        ({"kind": ""}, "supply_gauge_synthetic"),
        ({"years": 15}, "supply_gauged"),
        ({"years": 14}, "supply_gauge_short"),
        ({"known": 0.899}, "supply_gauge_short"),
        ({"known": 0.9}, "supply_gauged"),
        ({"flood": [99999.0]}, "supply_gauge_implausible"),
        ({"flood": [5000.0]}, "supply_gauge_implausible"),
        ({"flood": [5000.0, 7000.0, 5e5]}, "supply_gauge_implausible"),
        ({"flood": [5000.0], "years": 14}, "supply_gauge_short"),
    ],
)
def test_which_gauges_set_the_supply(outlet, flag):
    """Only a long record that nobody invented; any other leaves every number as it was, and says why."""
    climate, p = basin(**outlet), params("water_stress")
    raised = {name: on[0].tolist() for name, on in WATER.quality(climate, p).items() if on.any()}
    said = WATER.notes(climate, p)["supply_gauge"].tolist()

    assert raised == ({} if flag is None else {flag: [False, True]})
    if flag == "supply_gauged":
        assert said == ["", f'2022680 (부산시(구포"대교)), n = {outlet.get("years", 20)}']
    else:
        assert said == ["", ""]
        np.testing.assert_array_equal(stress(**outlet), stress())


def test_a_gauged_supply_lowers_no_status():
    """The flags speak, the numbers stay ok, and the cells of the basin carry the note."""
    risk = next(iter(cell_risks(WATER, basin(depth=500.0), params("water_stress"))))
    part = basins.RegionSums(
        ("ssp2",),
        np.arange(1991, 2041),
        np.array([7, 8, 9]),
        np.zeros(3),
        np.zeros(3),
        ("Nakdong", "Han", "Nakdong"),
        {},
        {},
    )
    _, [spread] = basins.spread([part], basin(), [risk])

    assert (risk.estimate_status == Status.ok).all()
    assert risk.flags["supply_gauged"][0].tolist() == [False, True]
    assert spread.notes["supply_gauge"].tolist() == [
        '2022680 (부산시(구포"대교)), n = 20',
        "",
        '2022680 (부산시(구포"대교)), n = 20',
    ]
    assert spread.estimate.aal[0].tolist() == risk.estimate.aal[0, [1, 0, 1]].tolist()


def test_other_volumes_are_another_fingerprint():
    """One more mm at the gauge recalculates the basins; so does another kind."""
    plan = Plan({}, PARAMETERS, "central", (), None, None)  # type: ignore[arg-type]
    marks = {
        fingerprint(plan, basin(**outlet), [WATER])
        for outlet in ({}, {"depth": 500.0}, {"depth": 501.0}, {"kind": "derived"}, {"years": 21})
    }

    assert len(marks) == 5
    assert fingerprint(plan, basin(depth=500.0), [WATER]) in marks


def test_an_own_series_has_no_gauge():
    """calc answers as before: the balance."""
    rng = np.random.default_rng(1)
    monthly = {"ta": 12.0, "rhm": 65.0, "ws": 2.5, "si": 13.0, "rn": 110.0}
    values = {
        name: value * rng.uniform(0.8, 1.2, (1, 20, 12, 1)) for name, value in monthly.items()
    }
    place = {
        "latitude": np.array([37.5]),
        "elevation_m": np.array([50.0]),
        "basin_code": np.array(["Nakdong"]),
    }
    risk = own_series.calculate(
        WATER,
        Climate(("ssp2",), np.arange(2001, 2021), np.array([1]), {**values, **place}),
        params("water_stress"),
    )

    assert risk.estimate_status[0, 0] == Status.ok
    assert not risk.flags["supply_gauged"].any()
