"""What is not known is not a number: gaps in series, unknown places, doubtful ones. docs/method.md §1.2, §1.10."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core.domain.climate import Climate, full_year
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.horizons import BASELINE, HORIZONS
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site
from modelops_core.indicators.months import month_lengths
from modelops_core.perils import PERILS
from modelops_core.services.night import basins
from modelops_core.services.series import own_series
from modelops_core.stages import evaluate
from modelops_core.stages.totals import PerilLoss, of_cells, totals
from tests.parameters import PARAMETERS
from tests.unit.method.test_invariants import at, params

YEARS = np.arange(2001, 2021)
GAP = 7
#: peril → index, input that gets a gap, months missing in the gap's year, years without the index
GAPS = [
    ("extreme_heat", "wbgt", "ta", [0], [GAP]),
    ("extreme_heat", "wbgt", "rhm", [6], [GAP]),
    ("extreme_cold", "frost", "ta", [6], [GAP]),
    ("drought", "dryness", "spei12", [0, 1, 2], [GAP]),
    ("drought", "dryness", "spei12", [0, 1], []),
    ("water_stress", "stress", "rn", [0], [GAP]),
    ("water_stress", "stress", "si", [11], [GAP]),
    # the codes start anew after a gap and are not used for a year
    ("wildfire", "fwi", "rhm", [9], [0, GAP, GAP + 1]),
    ("wildfire", "fwi", "rn", [6], [0, GAP, GAP + 1]),
    ("wildfire", "fwi", "sdii", None, [0, GAP, GAP + 1]),
]


def weather():
    """Twenty different ordinary years of all that perils read, one cell."""
    rng = np.random.default_rng(5)
    season = -np.cos(2 * np.pi * np.arange(12) / 12)[None, None, :, None]
    monthly, yearly = (1, YEARS.size, 12, 1), (1, YEARS.size, 1)
    return {
        "ta": 12 + 13 * season + rng.normal(0, 1, monthly),
        "rhm": rng.uniform(45, 80, monthly),
        "ws": rng.uniform(1.5, 3.5, monthly),
        "rn": rng.gamma(3, 35, monthly),
        "si": rng.uniform(8, 20, monthly),
        "spei12": rng.normal(0, 1, monthly),
        "wsdi": rng.integers(0, 30, yearly).astype(float),
        "csdi": rng.integers(0, 12, yearly).astype(float),
        "sdii": rng.uniform(12, 20, yearly),
        "latitude": np.array([37.5]),
        "elevation_m": np.array([50.0]),
        "basin_code": np.array(["Han"]),
    }


def index_of(peril, name, values):
    """(year,) one of the peril's indices."""
    p = params(peril)
    climate = own_series.prepared(
        PERILS[peril], Climate(("ssp2",), YEARS, np.array([1]), values), p
    )
    return PERILS[peril].indices(climate, p)[name][0, :, 0]


@pytest.mark.parametrize(("peril", "index", "variable", "months", "lost"), GAPS)
def test_a_gap_costs_its_year_and_no_other(peril, index, variable, months, lost):
    """§1.2: twelve months (ten of SPEI, the season of fire) or no value; the years around keep theirs."""
    values = weather()
    whole = index_of(peril, index, values)
    gap = (0, GAP, 0) if months is None else (0, GAP, months, 0)  # a yearly value has no months
    values[variable][gap] = np.nan
    found = index_of(peril, index, values)

    assert set(np.flatnonzero(np.isnan(found))) == set(lost)
    before = slice(1 if 0 in lost else 0, GAP)
    np.testing.assert_array_equal(found[before], whole[before])
    np.testing.assert_allclose(found[GAP + 3 :], whole[GAP + 3 :], rtol=2e-2)


def test_a_full_year_has_twelve_months():
    """Eleven known months are not a year; ten are where ten are asked for."""
    monthly = np.zeros((1, 3, 12, 1))
    monthly[0, 1, 4, 0] = np.nan
    monthly[0, 2, :2, 0] = np.nan

    assert full_year(monthly)[0, :, 0].tolist() == [True, False, False]
    assert full_year(monthly, 10)[0, :, 0].tolist() == [True, True, True]
    assert full_year(monthly, 11)[0, :, 0].tolist() == [True, True, False]


def test_radiation_as_monthly_totals_is_understood():
    """§6: a July median over 60 is a total of the month, not MJ/m² per day."""
    values = weather()
    days = month_lengths(YEARS)[None, :, :, None]
    whole = index_of("water_stress", "stress", values)
    totals = index_of("water_stress", "stress", {**values, "si": values["si"] * days})

    np.testing.assert_allclose(totals, whole, rtol=1e-12)


@pytest.mark.parametrize(
    ("unit", "flag"),
    [
        ("MJ a day", None),
        ("W/m²", "radiation_watts"),
        ("MJ a month", "radiation_monthly_total"),
    ],
)
def test_a_guessed_unit_of_radiation_is_said_at_night_too(unit, flag):
    """A basin of which one tile was read so carries the flag, and is not ok."""
    days = month_lengths(YEARS)[None, :, :, None]
    times = {"MJ a day": 1.0, "W/m²": 1 / 0.0864, "MJ a month": days}[unit]
    settings = SimpleNamespace(parameters=PARAMETERS, set_name="central")
    parts = []
    for cell, factor in ((1, 1.0), (2, times)):
        place = {"longitude": np.array([127.0]), "basin_code": np.array(["Geum"], dtype=object)}
        values = {**weather(), **place}
        tile = Climate(("ssp2",), YEARS, np.array([cell]), {**values, "si": values["si"] * factor})
        parts.append(basins.sums(tile, [PERILS["water_stress"]], settings))
    climate = basins.means(parts, {"Geum": {2020: 1.0}}, {})
    raised = PERILS["water_stress"].quality(climate, params("water_stress"))

    found = {name for name in FLAGS if name.startswith("radiation_") and name in raised}
    assert found == ({flag} if flag else set())
    assert all(raised[name].tolist() == [[True]] for name in found)
    assert not found & PERILS["water_stress"].harmless


def test_years_without_a_value_are_not_counted():
    """Four of twenty years unknown: n is 16, P and AAL are of the sixteen, and that is too few to be sure."""
    values = {name: v for name, v in weather().items() if name in ("wsdi", "ta", "rhm")}
    values["wsdi"][0, :, 0] = np.repeat([0.0, 50.0], 10)
    values["wsdi"][0, :4, 0] = np.nan
    risk = own_series.calculate(
        PERILS["extreme_heat"],
        Climate(("ssp2",), YEARS, np.array([1]), values),
        params("extreme_heat"),
    )

    assert risk.estimate.n[0, 0] == 16
    np.testing.assert_allclose(risk.estimate.p[:, 0, 0], [6 / 16, 0, 10 / 16, 0])
    assert risk.estimate.aal[0, 0] == pytest.approx(100 * 4e-5 * 50 * 10 / 16)
    assert risk.estimate_status[0, 0] == Status.low_confidence


def test_windows_tile_the_century():
    """Twenty years each, from 2021 to 2100, without overlap or gap; the baseline is the normal before."""
    future = [h for h in HORIZONS.values() if h.key != BASELINE]
    assert [year for h in future for year in range(h.first, h.last + 1)] == list(range(2021, 2101))
    assert {h.length for h in future} == {20}
    assert (HORIZONS[BASELINE].first, HORIZONS[BASELINE].last) == (1991, 2020)


def test_the_coast_needs_the_ground():
    """§1.8: elevation unknown near the sea is no number; far from it the coast does not apply; 2 km inland is doubtful."""
    known = {
        "latitude": 35.1,
        "longitude": 129.03,
        "structure": "철근콘크리트구조",
        "purpose": "업무시설",
        "built_year": 2000.0,
        "floors_below": 1.0,
    }
    quay = Site(**known, coast_distance_m=50.0, elevation_m=1.6)
    unknown = Site(**known, coast_distance_m=50.0)
    inland = Site(**known, coast_distance_m=2000.0, elevation_m=1.6)
    far = Site(**known, coast_distance_m=10_001.0)
    risk = at("sea_level_rise", quay, unknown, inland, far)

    assert risk.status[0].tolist() == [
        Status.ok,
        Status.not_assessed,
        Status.low_confidence,
        Status.not_applicable,
    ]
    assert risk.loss.aal[0, 0] > 0
    assert np.isnan(risk.loss.aal[0, 1])
    assert risk.loss.aal[0, 3] == 0


def test_unknown_surroundings_are_assumed_by_name():
    """§1.8: 0.30 and doubtful without a forest distance, 0.85 without an urban share, flagged both."""
    known = {
        "latitude": 37.5,
        "longitude": 127.0,
        "structure": "철근콘크리트구조",
        "built_year": 2000.0,
    }
    fire = at(
        "wildfire",
        Site(**known),
        Site(**known, forest_distance_m=30.0),
        Site(**known, forest_distance_m=350.0),
    )
    heat = at("extreme_heat", Site(**known), Site(**known, urban_share=1.0))
    drains = at(
        "urban_flood",
        Site(**known, is_urban=True),
        Site(**known, is_urban=False),
        Site(**known, impervious=0.9),
    )

    np.testing.assert_allclose(fire.exposure.proximity.value, [0.30, 1.0, np.exp(-1)])
    assert fire.status[0].tolist() == [Status.low_confidence, Status.ok, Status.ok]
    assert fire.exposure.flags["forest_distance_assumed"].tolist() == [True, False, False]
    np.testing.assert_allclose(heat.exposure.proximity.value, [0.85, 1.0])
    np.testing.assert_allclose(
        drains.exposure.proximity.value, [0.2 + 0.8 * 0.6, 0.2 + 0.8 * 0.2, 0.2 + 0.8 * 0.9]
    )
    # the fire that reaches a site is the cell's, less the way from the forest
    np.testing.assert_allclose(fire.loss.aal[0], 0.08 * fire.exposure.proximity.value)


def test_hazard_score_of_storms_is_of_the_ten_minute_wind():
    """§1.7: winds of 1 to 40 m/s in forty years; 38 is reached once in 20, .93 × 38 scores .6425."""
    wind = np.arange(1.0, 41.0).reshape(1, 40, 1)
    tile = Climate(("ssp2",), 1981 + np.arange(40), np.array([1]), {"wind": wind})
    risk = own_series.calculate(PERILS["typhoon"], tile, params("typhoon"))

    assert risk.score.statistics["wind_20yr"][0, 0] == pytest.approx(0.93 * 38)
    assert risk.score.score[0, 0] == pytest.approx(0.6 + 0.2 * (0.93 * 38 - 33) / 11)


def test_a_subtotal_of_nothing_known_is_unknown():
    """No operating peril has a number: neither has their sum, and the whole is what is known; a known zero stays zero."""
    wind, heat = (
        PerilLoss(status=Status.ok, expected_loss=5.0),
        PerilLoss(status=Status.not_assessed, expected_loss=None),
    )
    found = totals({"typhoon": wind, "extreme_heat": heat}, PERILS)
    assert (found.physical, found.physical_no_overlap, found.operating, found.grand) == (
        5.0,
        5.0,
        None,
        5.0,
    )

    nothing = totals({"extreme_heat": heat}, PERILS)
    assert (nothing.physical, nothing.operating, nothing.grand, nothing.not_assessed) == (
        None,
        None,
        None,
        ("extreme_heat",),
    )

    zero = totals({"extreme_cold": PerilLoss(status=Status.ok, expected_loss=0.0)}, PERILS)
    assert (zero.operating, zero.grand, zero.physical) == (0.0, 0.0, None)


def test_the_maps_sum_of_a_cell_is_the_sites_rule():
    """Overlaps count once, what is excluded is zero, what is unknown is left out and counted."""
    rng = np.random.default_rng(11)
    keys, cells = tuple(PERILS), 200
    status = rng.integers(-1, 4, (len(keys), cells))
    status[:, 0], status[:, 1] = Status.not_assessed, Status.not_applicable
    none = np.isin(status, (-1, Status.not_assessed))
    aal = np.where(
        none, np.nan, np.where(status == Status.not_applicable, 0.0, rng.random(none.shape))
    )
    found = of_cells(aal, status, tuple(PERILS.values()))
    for cell in range(cells):
        own = {
            key: PerilLoss(
                status=Status(max(0, int(status[i, cell]))),
                expected_loss=None if none[i, cell] else float(aal[i, cell]),
            )
            for i, key in enumerate(keys)
            if status[i, cell] != Status.not_applicable
        }
        wanted = totals(own, PERILS)
        assert found.aal[cell] == pytest.approx(
            np.nan if wanted.grand is None else wanted.grand, nan_ok=True
        )
        assert found.lacking[cell] == len(wanted.not_assessed)
    assert sum(found.without.values()) == found.lacking.sum()
    assert found.without[keys[3]] == (none & (status != Status.not_applicable))[3].sum()
    assert found.status[:2].tolist() == [Status.not_assessed, Status.not_applicable]
    assert (found.status[(found.lacking > 0) & ~np.isnan(found.aal)] == Status.low_confidence).all()


@pytest.mark.parametrize(("code", "unknown"), [("51", False), (None, True), ("", True)])
def test_an_unknown_province_is_said(code, unknown):
    """The country's share of burned forest stands in for that of the province, with a flag."""
    values = {**weather(), "province_code": np.array([code], dtype=object)}
    climate = Climate(("ssp2",), YEARS, np.array([1]), values, YEARS.size)
    risks = list(evaluate.cell_risks(PERILS["wildfire"], climate, params("wildfire")))
    assert [bool(risk.flags["province_unknown"].all()) for risk in risks] == [unknown] * len(risks)
    assert "province_unknown" in FLAGS
