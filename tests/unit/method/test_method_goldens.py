"""The worked examples of docs/method.md that no golden file carries, G1 to G13."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest

from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.parameters import Params
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site, Sites
from modelops_core.indicators import (
    budyko,
    evapotranspiration,
    fwi,
    gev,
    holland,
    jeffreys,
    lmoments,
)
from modelops_core.indicators.months import month_lengths
from modelops_core.indicators.noon_weather import noon_weather
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.stages import asset, evaluate, exposure, scaling, vulnerability
from modelops_core.stages.score import level
from modelops_core.stages.site import CellValues, assess, assess_exposure
from tests.parameters import PARAMETERS

RAIN = [
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
]
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
AS_OF = 2025


def params(key, **changed):
    return Params(key, MappingProxyType({**PARAMETERS.params(key), **changed}))


def office(**changed):
    return asset.described(Sites.of([OFFICE.corrected(changed)]), AS_OF)


def river_series(factor=1.0):
    rain = factor * np.array(RAIN, dtype=float).reshape(1, 30, 1)
    return Climate(("ssp2",), np.arange(1991, 2021), np.array([1]), {"rx1day": rain})


def hundred_years(**changed):
    protection = {"local": 100, "national": 100, "national_key": 200}
    return params("river_flood", protection_period=protection, **changed)


def cell_values(risk):
    details = {**risk.estimate.details, "n": risk.estimate.n}
    return CellValues(
        hazard=risk.score.score,
        hazard_status=risk.score_status,
        aal=risk.estimate.aal,
        aal_p05=risk.estimate.aal_p05,
        aal_p95=risk.estimate.aal_p95,
        aal_status=risk.estimate_status,
        details=details,
    )


def at_site(key, risk, p, **changed):
    sites = office(**changed)
    exposed = assess_exposure(PERILS[key], sites, p)
    return assess(
        PERILS[key],
        sites,
        cell_values(risk),
        exposed,
        vulnerability.assess(PERILS[key], sites, p),
        p,
    )


def test_g1_scaling_of_the_reference_example():
    """0.082 % and V 0.55: 1.55, 0.1271 %, 0.00127, 127,000 per 100 million."""
    scaled = scaling.scale(np.array(0.082), np.array(0.55), np.array(1e8))

    assert scaled.vulnerability_scale == 1.55
    assert scaled.final_aal == pytest.approx(0.1271, rel=1e-12)
    assert scaling.significant(float(scaled.final_aal)) == 0.127
    assert scaling.significant(float(scaled.insurance_rate)) == 0.00127
    assert scaling.significant(float(scaled.expected_loss)) == 127_000


def test_g1b_exposure():
    """P 0.85 and A 0.72 give 0.6834."""
    assert exposure.score(np.array(0.85), np.array(0.72), params("extreme_heat")) == pytest.approx(
        0.6834, rel=1e-12
    )


def test_g2a_bootstrap_interval_of_heat():
    """11.4 days on average: 0.0456 %, 5–95 % about 0.030 to 0.064."""
    days = np.array(
        [0, 6, 0, 9, 12, 0, 7, 18, 0, 6, 25, 14, 0, 8, 31, 10, 0, 22, 44, 16], dtype=float
    )
    monthly = np.full((1, 20, 12, 1), 23.0)
    climate = Climate(
        ("ssp2",),
        np.arange(2021, 2041),
        np.array([1]),
        {"wsdi": days.reshape(1, 20, 1), "ta": monthly, "rhm": monthly + 40},
    )
    estimate = own_series.calculate(
        PERILS["extreme_heat"], climate, params("extreme_heat")
    ).estimate

    assert estimate.aal[0, 0] == pytest.approx(0.0456, rel=1e-9)
    assert estimate.aal_p05[0, 0] == pytest.approx(0.030, abs=0.002)
    assert estimate.aal_p95[0, 0] == pytest.approx(0.064, abs=0.002)


def test_g2b_reference_bins_and_the_example_office():
    """P (.65, .25, .08, .02) at 5, 25, 75, 250 days is 0.082 %; the office's V, E and value."""
    p = params("extreme_heat")
    ratio = PERILS["extreme_heat"].damage(np.array([5.0, 25.0, 75.0, 250.0]), p)
    assert 100 * np.dot([0.65, 0.25, 0.08, 0.02], ratio) == pytest.approx(0.082, rel=1e-12)

    exposed = assess_exposure(PERILS["extreme_heat"], office(), p)
    v = vulnerability.assess(PERILS["extreme_heat"], office(), p)
    assert v.score[0] == pytest.approx(0.553333, rel=1e-6)
    assert level(float(v.score[0]), p["level_edges"]) == "Medium"
    assert exposed.asset_value[0] == pytest.approx(14_205_113_636, rel=1e-10)
    assert exposed.normalized[0] == pytest.approx(0.717482, rel=1e-6)
    assert exposed.proximity.value[0] == pytest.approx(0.85)
    assert exposed.score[0] == pytest.approx(0.681902, rel=1e-6)
    scaled = scaling.scale(np.array(0.082), v.score, np.array(1e8))
    assert scaled.final_aal[0] == pytest.approx(0.127373, rel=1e-5)
    assert scaling.significant(float(scaled.expected_loss[0])) == 127_000
    risk = scaling.integrated_risk(np.array(0.75), exposed.score, v.score)
    assert risk[0] == pytest.approx(0.282989, rel=1e-5)
    assert scaling.integrated_score(risk)[0] == pytest.approx(0.6565, abs=5e-5)


def test_g4_first_day_of_van_wagner():
    """17 °C, 42 %, 25 km/h, no rain in April: FFMC 87.6930, DMC 8.5451, DC 19.0140, FWI 10.0964."""
    one = [np.array([float(v)]) for v in (17, 42, 25, 0)]
    day = fwi.daily(*one, np.array([4]), fwi.START)

    np.testing.assert_allclose(day[0], [87.6930, 8.5451, 19.0140, 10.0964], rtol=1e-5)


def test_g4_monthly_means_of_a_seoul_like_year():
    """Twelve unequal months, the second of two equal years; a warmer, drier one after it."""
    ta = [-1.9, 0.7, 6.1, 12.6, 18.2, 22.7, 25.3, 26.1, 21.6, 15, 7.5, 0.2]
    rhm = [56.2, 54.6, 54.6, 54.8, 59.7, 65.7, 76.2, 73.5, 66.4, 61.8, 60.4, 57.8]
    ws = [2.2, 2.4, 2.7, 2.7, 2.5, 2.2, 2.3, 2.2, 1.9, 1.9, 2.1, 2.2]
    rn = [16.8, 28.2, 36.9, 72.9, 103.6, 129.5, 414.4, 348.2, 141.5, 52.2, 51.1, 22.6]
    expected = [
        5.461,
        4.8389,
        7.5681,
        8.0122,
        8.2233,
        7.1509,
        0.9909,
        1.4494,
        3.7036,
        6.6648,
        5.7977,
        5.582,
    ]

    assert _monthly_fwi(ta, rhm, ws, rn)[0] == pytest.approx(expected, abs=5e-5)
    warmer = _monthly_fwi(np.add(ta, 3), np.subtract(rhm, 5), ws, rn)[0]
    season = [9, 10, 11, 0, 1, 2, 3, 4]
    assert 2.5 * max(expected[m] for m in season) == pytest.approx(20.5583, rel=1e-4)
    assert 2.5 * max(warmer[m] for m in season) == pytest.approx(28.4834, rel=1e-5)


def _monthly_fwi(*monthly):
    years = np.array([2021, 2022])
    days = month_lengths(years)
    series = [np.tile(np.asarray(m, float), (1, 2, 1))[..., None] for m in monthly]
    weather = noon_weather(
        *series,
        np.full((1, 2, 1), 16.0),
        days,
        noon_excess=5,
        wind_ratio=1.3,
        sdii_floor=5,
        wet_month=1,
    )
    return fwi.monthly_mean(weather, days, np.ones(12, bool), 0, 12)[0, 1:, :, 0]


def test_g4_loss_of_twenty_fire_years():
    """P (.05, .75, .20) and 0.00317174 %; H of the mean 18.1 is 0.536634."""
    x = np.array(
        [12, 15, 18, 22, 14, 17, 26, 19, 11, 16, 20, 24, 13, 18, 31, 15, 17, 21, 14, 19],
        dtype=float,
    )
    p = params("wildfire")

    assert 100 * PERILS["wildfire"].damage(x, p).mean() == pytest.approx(0.00317174, rel=1e-6)
    np.testing.assert_allclose(
        PERILS["wildfire"].damage(np.array([11.2, 17, 21.3, 38, 50]), p),
        [9.286e-6, 2.393e-5, 3.923e-5, 2.355e-4, 6.016e-4],
        rtol=2e-4,
    )


def test_g5_damage_of_dry_years():
    """The four published points of the curve."""
    ratio = PERILS["drought"].damage(np.array([2.0, 2.25, 2.5, 3.0, 3.5]), params("drought"))
    np.testing.assert_allclose(ratio, [0, 5.5556e-4, 1.1111e-3, 2.2222e-3, 1.1111e-2], rtol=1e-4)


def test_g6_reference_et_and_runoff():
    """August in Seoul: R_a 36.9173, E₀ 3.360988 mm/d; Q of three rain–E₀ pairs."""
    radiation = evapotranspiration.extraterrestrial_radiation(np.array(37.5), np.array(228.0))
    assert radiation == pytest.approx(36.9173, abs=5e-5)
    args = (26.1, 73.5, 2.2, 13.4)
    et0 = evapotranspiration.reference_et(*map(np.array, args), radiation, np.array(50.0))
    assert et0 == pytest.approx(3.360988, rel=1e-6)
    flow = budyko.runoff(np.array([1200.0, 900.0, 1350.0]), np.array([900.0, 1000.0, 880.0]), 1.10)
    np.testing.assert_allclose(flow, [652.825, 395.577, 783.880], rtol=2e-6)
    np.testing.assert_allclose(218.1 / flow, [0.33409, 0.55135, 0.27823], rtol=2e-5)


@pytest.mark.parametrize(
    ("rise", "dry", "aal", "hazard"),
    [
        (0.0, 0.98, 0.181472, 0.705609),
        (25.0, 0.898559, 0.929358, None),
        (70.0, 0.116670, 9.941584, 0.892804),
    ],
)
def test_g7_coast_at_busan(rise, dry, aal, hazard):
    """Ground 1.5 m, no rise, 25 and 70 cm: the wall is never raised."""
    p = params("sea_level_rise", reference_quay=1.5 - 0.624)
    base, later = (
        Climate(
            ("ssp5",),
            np.arange(first, first + 20),
            np.array([1]),
            {
                "sea_level": np.full((1, 20, 1), level_cm),
                "latitude": np.array([35.1]),
                "longitude": np.array([129.03]),
                "coast_distance_m": np.array([0.0]),
            },
        )
        for first, level_cm in ((2001, 0.0), (2041, rise))
    )
    risk = own_series.calculate(PERILS["sea_level_rise"], later, p, base)

    assert risk.estimate.aal[0, 0] == pytest.approx(aal, rel=1e-5)
    assert risk.estimate.p[0, 0, 0] == pytest.approx(dry, rel=1e-5)
    closed = 1 - np.exp(-np.exp(-(1.659291 - 1.074 - rise / 100) / 0.15))
    assert 1 - risk.estimate.p[0, 0, 0] == pytest.approx(closed, rel=1e-5)
    if hazard is not None:
        assert risk.score.score[0, 0] == pytest.approx(hazard, rel=1e-5)


def test_g8_moments_and_levels():
    """l₁, l₂, τ₃, μ, α and four return levels of thirty yearly maxima."""
    l1, l2, t3 = lmoments.l_moments(np.array(RAIN, dtype=float)[:, None])
    fit = gev.from_l_moments(l1, l2, -0.114)

    np.testing.assert_allclose([l1[0], l2[0], t3[0]], [136.133333, 19.521839, 0.160580], rtol=1e-5)
    np.testing.assert_allclose([fit.mu[0], fit.alpha[0]], [118.508347, 25.056720], rtol=1e-6)
    levels = [fit.level(t)[0] for t in (10, 30, 50, 100)]
    np.testing.assert_allclose(levels, [182.79, 221.99, 241.64, 270.0517], rtol=3e-5)
    gumbel = gev.from_l_moments(l1, l2, 0.0)
    np.testing.assert_allclose([gumbel.mu[0], gumbel.alpha[0]], [119.876597, 28.164060], rtol=1e-6)
    assert gumbel.level(100)[0] == pytest.approx(249.44, rel=1e-4)


def test_g8_river_bank_300_metres_and_more_rain():
    """0.093717 % on the bank, 0.058139 % at 300 m, 0.300222 % and 0.187582 % with a fifth more rain."""
    p = hundred_years()
    bank = own_series.calculate(PERILS["river_flood"], river_series(), p)
    more = own_series.calculate(PERILS["river_flood"], river_series(1.2), p, river_series())
    place = {"river_distance_m": 300.0, "river_class": "local"}
    near, wet = (at_site("river_flood", risk, p, **place) for risk in (bank, more))

    assert bank.estimate.aal[0, 0] == pytest.approx(0.093717, rel=1e-5)
    assert near.loss.aal[0, 0] == pytest.approx(0.058139, rel=1e-5)
    assert near.loss.factor[0, 0] == pytest.approx(0.62037, rel=2e-5)
    assert more.estimate.aal[0, 0] == pytest.approx(0.300222, rel=1e-5)
    assert more.estimate.p[0, 0, 0] == pytest.approx(0.969265, rel=1e-6)
    assert wet.loss.aal[0, 0] == pytest.approx(0.187582, rel=1e-5)
    assert more.score.score[0, 0] == pytest.approx(0.538696, rel=1e-5)
    # the office: a third of its value is in reach of the water
    assert near.scaled.final_aal[0, 0] == pytest.approx(0.0947666, rel=1e-5)
    assert near.scaled.expected_loss[0, 0] == pytest.approx(4.49e6, rel=1e-3)


def test_g8_the_bank_itself_is_the_cell():
    """Distance 0 and HAND 0 give the cell's loss and factor 1."""
    p = hundred_years()
    bank = own_series.calculate(PERILS["river_flood"], river_series(), p)
    site = at_site("river_flood", bank, p, river_distance_m=0.0, hand_m=0.0, river_class="local")

    assert site.loss.factor[0, 0] == pytest.approx(1.0, rel=1e-12)
    assert site.loss.aal_p05[0, 0] == pytest.approx(bank.estimate.aal_p05[0, 0], rel=1e-9)
    assert 1 - bank.estimate.p[0, 0, 0] == pytest.approx(1 / 100, rel=1e-9)


def test_an_unknown_river_is_not_assessed_at_the_site():
    """No distance, no number; the cell keeps its own."""
    p = hundred_years()
    site = at_site("river_flood", own_series.calculate(PERILS["river_flood"], river_series(), p), p)

    assert site.status[0, 0] == Status.not_assessed
    for number in (
        site.loss.aal,
        site.scaled.final_aal,
        site.scaled.expected_loss,
        site.integrated,
    ):
        assert np.isnan(number).all()
    assert site.exposure.flags["river_distance_unknown"][0]


@pytest.mark.parametrize(
    ("ponding", "factor", "aal"),
    [(4, 1.0, 0.010858), (20, 1.0, 0.170543), (4, 1.2, 0.036487), (20, 1.2, 0.524116)],
)
def test_g9_drains(ponding, factor, aal):
    """Ordinary ground and a depression, today's rain and a fifth more."""
    p = params("urban_flood", ponding=ponding, wet_share=1.0)
    risk = own_series.calculate(PERILS["urban_flood"], river_series(factor), p, river_series())

    assert risk.estimate.aal[0, 0] == pytest.approx(aal, rel=1e-4)


def test_g9_the_example_office():
    """V .70, every building wetted: 0.0184586 % and ₩874,022 a year."""
    p = params("urban_flood", wet_share=1.0)
    risk = own_series.calculate(PERILS["urban_flood"], river_series(), p)
    site = at_site("urban_flood", risk, p)

    assert site.scaled.final_aal[0, 0] == pytest.approx(0.0184586, rel=1e-4)
    assert site.scaled.expected_loss[0, 0] == pytest.approx(874_022, rel=1e-4)
    assert risk.score.statistics["rain_1h_10yr"][0, 0] == pytest.approx(60.320126, rel=1e-6)


STORM = Storms(
    ids=("X",),
    season=np.array([2000]),
    start=np.array([0, 5]),
    time=np.array([0.0, 6, 12, 18, 24]),
    latitude=np.array([31, 33.5, 35.5, 37.3, 39.5]),
    longitude=np.array([126.6, 127, 128.2, 129.8, 132.5]),
    pressure=np.array([940.0, 945, 955, 970, 980]),
    years=np.arange(1985, 2025),
)
PLACES = {
    "Busan": (35.18, 129.08, 32.8775),
    "Masan": (35.20, 128.57, 43.5828),
    "Jeju": (33.51, 126.53, 31.2589),
    "Daegu": (35.87, 128.60, 37.0288),
    "Pohang": (36.03, 129.37, 39.5643),
    "Seoul": (37.57, 126.98, 9.0494),
}


def test_g10_winds_of_one_storm():
    """Six cities under one track; the parts at Busan at hour 12."""
    p = params("typhoon")
    track = holland.hourly(STORM)
    nodes = holland.nodes(track, p)
    lat, lon, expected = (np.array(column) for column in zip(*PLACES.values(), strict=True))
    wind = holland.yearly_maximum(
        (lat, lon), [nodes], np.zeros(1), STORM.years, p["air_density"], p["storm_radius"]
    )

    np.testing.assert_allclose(wind.max(axis=(0, 1)), expected, rtol=1e-5)
    parts = (nodes.deficit, np.hypot(nodes.vx, nodes.vy), nodes.b, nodes.radius)
    np.testing.assert_allclose([a[12] for a in parts], [50, 11.4599, 1.4041, 36.0818], rtol=3e-5)


def test_g10_loss_of_forty_years_with_one_storm():
    """0.00372924 % at Busan and 0.00568278 % at Masan; the warming factor of ΔT 3.55 is 1.096517."""
    p = params("typhoon")
    places = [PLACES["Busan"], PLACES["Masan"]]
    climate = Climate(
        ("ssp5",),
        np.arange(2021, 2101),
        np.arange(2),
        {
            "latitude": np.array([a[0] for a in places]),
            "longitude": np.array([a[1] for a in places]),
            "storm_tracks": STORM,
        },
    )
    risks = {r.horizon: r for r in evaluate.cell_risks(PERILS["typhoon"], climate, p)}

    np.testing.assert_allclose(
        risks["baseline"].estimate.aal[0], [0.00372924, 0.00568278], rtol=1e-4
    )
    np.testing.assert_allclose(
        risks["baseline"].estimate.p[:, 0, 0],
        [0.975407, 0.005711, 0.008815, 0.009993, 0.000074],
        atol=5e-7,
    )
    # the method's example takes the warming from 1995–2014
    intensity, frequency = PERILS["typhoon"].frequency.factor("ssp5", "2090s", (1995, 2014), p)
    assert intensity == pytest.approx(1.096517, rel=1e-6)
    assert frequency == 1.0
    # a catalogue of 1951–2024 begins in a cooler world: .558 K at its middle year
    intensity, _ = PERILS["typhoon"].frequency.factor("ssp5", "2090s", (1951, 2024), p)
    assert intensity == pytest.approx(1.05328 ** ((4.4 - 0.558) / 2), rel=1e-6)
    ratio = PERILS["typhoon"].damage(np.array([30.0, 35, 40, 45, 50, 60]), p)
    np.testing.assert_allclose(
        ratio, [7.5e-5, 7.6e-4, 2.754e-3, 6.730e-3, 0.013299, 0.036095], rtol=6e-3
    )


def test_g11_jeffreys():
    """0 of 20, 2 of 20, 13 of 20, 0 of 30, 20 of 20."""
    low, high = jeffreys.interval(
        np.array([0, 2, 13, 0, 20.0]), np.array([20, 20, 20, 30, 20.0]), 0.025
    )

    np.testing.assert_allclose(low, [0, 0.0214, 0.432, 0, 0.8834], atol=6e-4)
    np.testing.assert_allclose(high, [0.1166, 0.2839, 0.828, 0.080, 1.0], atol=6e-4)


@pytest.mark.parametrize(
    ("peril", "expected"),
    [
        ("extreme_heat", 0.553333),
        ("extreme_cold", 0.45),
        ("wildfire", 0.22),
        ("drought", 0.26),
        ("water_stress", 0.26),
        ("river_flood", 0.63),
        ("urban_flood", 0.70),
        ("sea_level_rise", 0.61),
        ("typhoon", 0.358421),
    ],
)
def test_g12_vulnerability_of_the_example_office(peril, expected):
    """RC, 25 years, office, 10 storeys over 2."""
    v = vulnerability.assess(PERILS[peril], office(), params(peril))

    assert v.score[0] == pytest.approx(expected, rel=1e-6)
    assert v.known_weight[0] == pytest.approx(1.0)


def test_g13_residual_and_standard_price():
    """25 years of RC leave .55; the 2025 standard price is ₩537,000/m²."""
    p, sites = params("extreme_heat"), office()

    assert asset.residual(sites["age"], sites["structure_group"], p)[0] == pytest.approx(0.55)
    price = asset.standard_price(sites, p, 2025)[0]
    assert price == 537_000
    assert price * 5000 == 2.685e9
