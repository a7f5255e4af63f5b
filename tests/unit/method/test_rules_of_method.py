"""Rules of docs/method.md that no example of it happens to show: edges, horizons, scenarios, the odd input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from modelops_core.db.inputs.climate import catalogue
from modelops_core.db.results.lines import hazard_lines
from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site, Sites
from modelops_core.indicators import evapotranspiration as et
from modelops_core.indicators import holland
from modelops_core.perils import PERILS, drought, river_flood, sea_level_rise, water_stress
from modelops_core.ports import Run
from modelops_core.services.night import basins
from modelops_core.services.series import own_series
from modelops_core.services.site import site_rows
from modelops_core.stages import vulnerability, windows
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.return_periods import rare_years
from modelops_core.stages.site import assess, assess_exposure
from tests.unit.method.test_invariants import at, cell, described, params

PLACE = {"latitude": 37.5, "longitude": 127.0}
OFFICE = {
    **PLACE,
    "structure": "철근콘크리트구조",
    "purpose": "업무시설",
    "built_year": 2000.0,
    "total_area": 5000.0,
}


def one_cell(years, scenarios=("ssp2",), **values):
    return Climate(scenarios, np.asarray(years), np.array([1]), values)


# --- §1.2 windows -------------------------------------------------------------------------------


@pytest.mark.parametrize(("known", "normal"), [(15, True), (14, False)])
def test_fifteen_years_of_the_normal_period_are_a_baseline(known, normal):
    """§1.2: a window needs 15 years or more; with fewer the series' first years are the baseline, and it says so."""
    climate = one_cell(np.arange(2021 - known, 2101))
    found = windows.baseline(climate, np.ones(climate.years.size, bool), params("drought"))

    assert found.model_start is not normal
    assert found.covered == (known if normal else 20)
    assert (found.first, found.last) == ((1991, 2020) if normal else (2007, 2026))


# --- §1.7, §10: scores, storms -------------------------------------------------------------------


@pytest.mark.parametrize(("often", "wind"), [(1.0, 38.0), (0.5, 36.0), (2.0, 39.0)])
def test_storms_half_as_frequent_make_the_twenty_year_wind_the_catalogues_ten_year_wind(
    often, wind
):
    """§10, §12: frequency changes the return level: winds of 1 to 40 m/s in forty years."""
    typhoon = PERILS["typhoon"]
    peril = replace(typhoon, frequency=replace(typhoon.frequency, factor=lambda *_: (1.0, often)))
    series = one_cell(1981 + np.arange(40), wind=np.arange(1.0, 41.0).reshape(1, 40, 1))
    risk = own_series.calculate(peril, series, params("typhoon"))

    assert risk.score.statistics["wind_20yr"][0, 0] == pytest.approx(0.93 * wind)


@pytest.mark.parametrize(("times", "hours"), [([0.0, 6.0, 12.0, 24.0], 25), ([0.0, 6.5], 7)])
def test_a_track_is_interpolated_to_its_last_whole_hour(times, hours):
    """§10: linear interpolation to 1 h, both ends included."""
    t = np.array(times)
    storm = Storms(
        ("a",),
        np.array([2000]),
        np.array([0, t.size]),
        t,
        30 + t / 2,
        126 + t,
        950 + t,
        np.array([2000]),
    )
    track = holland.hourly(storm)

    np.testing.assert_allclose(track.time, np.arange(hours))
    np.testing.assert_allclose(track.pressure, 950 + np.arange(hours))
    assert track.start.tolist() == [0, hours]


def test_a_missing_pressure_follows_from_the_wind():
    """§10: p = 1010 − (V/.93/6.7)^(1/.644), V a 10-minute mean; a given pressure is left alone."""
    fill = {**params("typhoon")["pressure_fill"], "ten_minute_ratio": 0.93}
    nodes = [
        {
            "storm_id": "a",
            "hour": 6.0 * i,
            "latitude": 30.0,
            "longitude": 126.0,
            "pressure": p,
            "wind": v,
        }
        for i, (p, v) in enumerate([(np.nan, 62.31), (950.0, 67.0), (np.nan, 6.231)])
    ]
    storms = catalogue([{"storm_id": "a", "season": 2000}], nodes, fill)

    np.testing.assert_allclose(
        storms.pressure, [1010 - 10 ** (1 / 0.644), 950.0, 1009.0], rtol=1e-12
    )


@pytest.mark.parametrize(
    ("score", "expected"), [(0.566, "57"), (0.564, "56"), (0.998, "100"), (0.004, "0")]
)
def test_the_score_of_a_hundred_is_rounded(score, expected):
    """§1.7: hazard_score_100 = round(100 H)."""
    series = one_cell(
        1981 + np.arange(40),
        latitude=np.array([37.5]),
        longitude=np.array([127.0]),
        wind=np.ones((1, 40, 1)),
    )
    risk = own_series.calculate(PERILS["typhoon"], series, params("typhoon"))
    risk = replace(risk, score=replace(risk.score, score=np.array([[score]])))
    run = Run(1, "1", (0.2, 0.4, 0.6, 0.8), {"typhoon": "m/s"})
    columns = hazard_lines(series, [risk], run).rstrip("\n").split("\t")

    assert columns[6:8] == [str(score), expected]


# --- §5, §6: drought and water --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "sd", "doubtful"),
    [(0, 1, 0), (-0.4, 1, 1), (0.4, 1, 1), (-0.2, 1, 0), (0, 0.6, 1), (0, 1.4, 1)],
)
def test_spei_must_be_standard_normal_in_the_baseline(mean, sd, doubtful):
    """§5: mean within ±0.3, standard deviation .7 to 1.3; too dry is as wrong as too wet."""
    sample = np.tile([-1.0, 1.0], 180).reshape(1, 30, 12, 1)
    found = drought.quality(
        one_cell(np.arange(1991, 2021), spei12=mean + sd * sample), params("drought")
    )

    assert found["spei_calibration"].tolist() == [[bool(doubtful)]]


def test_radiation_under_an_overcast_sky_keeps_a_quarter_of_the_clear_sky():
    """§6: r = clip(R_s/R_so, .25, 1) in the long-wave term, and R_s itself in the short-wave one."""
    t, vapour, clear = 20.0, 1.5, 30.0
    longwave = 4.903e-9 * 293.16**4 * (0.34 - 0.14 * np.sqrt(1.5))
    for solar, ratio in ((3.0, 0.25), (9.0, 0.30), (7.5, 0.25), (33.0, 1.0)):
        found = et.net_radiation(*(np.array(v) for v in (t, vapour, solar, clear)))
        assert found == pytest.approx(0.77 * solar - longwave * (1.35 * ratio - 0.35), rel=1e-12)


@pytest.mark.parametrize(("basin", "share"), [("Han", 0.544), ("Seomjin", 0.10), ("Geum", 0.30)])
def test_only_the_domestic_share_of_the_water_follows_the_population(basin, share):
    """§6: W = W₀ [s_d pop/pop(2020) + 1 − s_d]; half the people save half of s_d."""
    demand = np.array([1.0, 0.5, 0.0]).reshape(1, 3, 1)
    full = np.full((1, 3, 1), 1000.0)
    climate = one_cell(
        [2020, 2035, 2050],
        regional_precipitation=full,
        regional_reference_et=full,
        basin_code=np.array([basin]),
        domestic_demand=demand,
        **basins.outlet_values([basin], {}),
    )
    stress = water_stress.indices(climate, params("water_stress"))["stress"][0, :, 0]

    np.testing.assert_allclose(stress / stress[0], [1, 1 - share / 2, 1 - share])


def test_people_count_in_the_years_they_are_given_for():
    """§6: against 2020, linear between the projections, constant outside; unknown without a census."""
    years = np.array([2019, 2020, 2025, 2030, 2031])

    np.testing.assert_allclose(
        basins.demand({2020: 200.0, 2030: 100.0}, years), [1, 1, 0.75, 0.5, 0.5]
    )
    assert np.isnan(basins.demand({2025: 200.0}, years)).all()


def test_a_basin_without_a_known_cell_has_no_mean():
    """§1.10: a year that no cell of a basin knows is unknown, never zero."""
    part = basins.RegionSums(
        ("ssp2",),
        np.array([2020, 2021]),
        np.array([1, 2]),
        np.zeros(2),
        np.zeros(2),
        ("Han", "Han"),
        {"regional_precipitation": {"Han": np.array([[2600.0, 0.0]])}},
        {"regional_precipitation": {"Han": np.array([[2.0, 0.0]])}},
    )
    found = basins.means([part], {}, {})["regional_precipitation"]

    np.testing.assert_array_equal(found, [[[1300.0], [np.nan]]])


# --- §7: the coast --------------------------------------------------------------------------------


def coast(years, rise):
    """A quay at Busan with the sea level *rise* [cm], (scenario, year)."""
    place = {"latitude": [35.1], "longitude": [129.04], "coast_distance_m": [100.0]}
    series = {name: np.array(value) for name, value in place.items()}
    return one_cell(
        years, ("ssp1", "ssp5"), sea_level=np.asarray(rise, dtype=float)[:, :, None], **series
    )


def test_the_sea_rises_from_the_first_five_years_of_its_own_scenario():
    """§7: without a baseline Δs is against the mean of the first five years, scenario by scenario."""
    years = np.arange(2021, 2101)
    rise = np.stack([2.0 + 0.5 * (years - 2021), 10.0 + 1.0 * (years - 2021)])
    found = {
        r.horizon: r
        for r in cell_risks(PERILS["sea_level_rise"], coast(years, rise), params("sea_level_rise"))
    }

    # mean of years 1–5 is 2 after the start, of 2021–2040 it is 9.5, of 2081–2100 69.5
    np.testing.assert_allclose(found["2030s"].estimate.details["shift"][:, 0], [0.5 * 0.075, 0.075])
    np.testing.assert_allclose(found["2090s"].estimate.details["shift"][:, 0], [0.5 * 0.675, 0.675])
    assert found[BASELINE].estimate.details["shift"][0, 0] == 0


@pytest.mark.parametrize(
    ("ssp1", "ssp5", "suspect"), [(45, 39, True), (30, 41, False), (30, 40, False)]
)
def test_a_rise_is_suspect_by_its_strongest_scenario(ssp1, ssp5, suspect):
    """§7: SSP5-8.5 in 2100 below 40 cm is the dynamic part alone; little rise under SSP1 is no reason."""
    share = np.linspace(0, 1, 10)
    climate = coast(np.arange(2091, 2101), [ssp1 * share, ssp5 * share])
    found = sea_level_rise.quality(climate, params("sea_level_rise"))

    assert found["slr_component_suspect"].tolist() == [[suspect]]


def test_a_rise_that_ends_before_the_other_series_is_looked_at_too():
    """§7: the last known year counts; a series to 2099 beside temperatures to 2100 is not let through."""
    share = np.append(np.linspace(0, 1, 9), np.nan)
    found = sea_level_rise.quality(
        coast(np.arange(2091, 2101), [45 * share, 20 * share]), params("sea_level_rise")
    )

    assert found["slr_component_suspect"].tolist() == [[True]]


@pytest.mark.parametrize(
    ("purpose", "curve"),
    [
        ("업무시설", "commercial"),
        ("공장", "industrial"),
        ("창고시설", "industrial"),
        ("공동주택", "residential"),
    ],
)
def test_a_site_is_damaged_by_the_curve_of_its_use(purpose, curve):
    """§8e: industrial for factory and warehouse, residential for housing; against the sum over 2·10⁵ years."""
    p = params("sea_level_rise")
    risk = at(
        "sea_level_rise",
        Site(
            latitude=35.1, longitude=129.04, purpose=purpose, coast_distance_m=0.0, elevation_m=1.0
        ),
    )
    u = (np.arange(200_000) + 0.5) / 200_000
    level = 1.3 - 0.15 * np.log(-np.log(u))  # the window's Gumbel, see test_invariants.cell
    crest = 0.95 * 1.3 - 0.15 * np.log(
        -np.log(1 - 1 / 50)
    )  # the baseline's 50-year level is the wall
    table = p["depth_damage"]
    share = np.interp(np.where(level > crest, level - 1.0, 0.0), table["depth"], table[curve])

    assert risk.loss.aal[0, 0] == pytest.approx(
        100 * share.mean() * p["maximum_damage"] / 1.5, rel=2e-3
    )


# --- §8: the river --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("river", "metres", "reach"),
    [
        ("local", 500.0, np.exp(-1)),
        ("national", 500.0, np.exp(-0.5)),
        ("national_key", 2000.0, np.exp(-2)),
        ("unknown", 500.0, np.exp(-1)),
        ("local", 3000.0, np.exp(-6)),
        ("national", 3000.0, np.exp(-3)),
        ("national", 3000.1, 0.0),
    ],
)
def test_water_reaches_three_kilometres_and_farther_from_a_national_river(river, metres, reach):
    """§8: exp(−d/L), L 500 m local, 1,000 m national; 0 beyond 3 km."""
    sites = Sites.of([Site(**PLACE, river_class=river, river_distance_m=metres)])

    np.testing.assert_allclose(
        river_flood.site_place(sites, params("river_flood"))["reach"], [reach], rtol=1e-12
    )


# --- §1.6, §1.10, §11: the site's row -------------------------------------------------------------


def test_integrated_risk_needs_an_assessed_loss():
    """§1.10: not_assessed is no number at all, though H, E and V are known."""
    p, columns = params("extreme_heat"), described(Site(**OFFICE))
    night = cell("extreme_heat")
    unknown = replace(
        night, aal=np.full((1, 1), np.nan), aal_status=np.full((1, 1), Status.not_assessed, np.int8)
    )
    peril = PERILS["extreme_heat"]
    exposed, v = assess_exposure(peril, columns, p), vulnerability.assess(peril, columns, p)
    found = {
        name: assess(peril, columns, values, exposed, v, p)
        for name, values in (("known", night), ("unknown", unknown))
    }

    assert found["known"].integrated[0, 0] == pytest.approx(0.6 * exposed.score[0] * v.score[0])
    assert np.isnan(found["unknown"].integrated[0, 0])


def row_of(key, site):
    """The result row of one peril at one site, and the risk that it tells of."""
    p, columns = params(key), described(site)
    risk = at(key, site)
    exposure = site_rows.exposure_row({}, key, risk.exposure)
    v = site_rows.vulnerability_row({}, key, risk.vulnerability, p)
    stored = site_rows.StoredCell(
        (("ssp2", "2050s"),),
        cell(key, len(columns)),
        ({"hazard_level": "High", "flags": []},),
        ({"flags": []},),
    )
    rare = rare_years(PERILS[key], columns, stored.values, risk, p)
    [result] = site_rows.PerilCase(PERILS[key], stored, risk, exposure, v, p, rare).results()
    return result, risk


def test_the_interval_is_scaled_as_the_loss_is():
    """§1.6: final = base × (1 + V), and so are its 5 and 95 %."""
    row, risk = row_of("extreme_heat", Site(**OFFICE))
    scale = 1 + risk.vulnerability.score[0]

    assert scale > 1.3
    assert [row.aal_p05, row.final_aal, row.aal_p95] == pytest.approx(
        [0.05 * scale, 0.08 * scale, 0.12 * scale]
    )


def test_a_site_of_unknown_distance_has_the_cells_loss_if_it_were_on_the_bank():
    """§1.8: not_assessed, and the cell's AAL under its own assumption, scaled as any other."""
    row, risk = row_of("river_flood", Site(**OFFICE))

    assert (row.status, row.final_aal) == ("not_assessed", None)
    assert row.if_on_bank.final_aal == pytest.approx(0.08 * (1 + risk.vulnerability.score[0]))


def test_the_loss_on_the_bank_is_of_the_exposed_storeys():
    """§1.8: the money "if on the bank" is of φ = 4/12 of the value."""
    row, risk = row_of("river_flood", Site(**OFFICE, floors_above=10.0, floors_below=2.0))
    found = row.if_on_bank

    assert found.expected_loss == pytest.approx(
        found.final_aal / 100 * risk.exposure.asset_value[0] * 4 / 12
    )
