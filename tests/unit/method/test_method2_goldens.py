"""The golden numbers of method 2, H1 to H13; they come from a program that shares no code with this one."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.climate import Climate
from modelops_core.domain.warming import Signal, Warming
from modelops_core.indicators import gev, kernel, lmoments
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.stages import response
from tests.unit.method.test_method_goldens import RAIN, hundred_years, params, river_series

KELVIN = {
    "ssp1": (0.9, 1.5, 1.8, 1.9),
    "ssp2": (0.9, 1.7, 2.4, 3.0),
    "ssp3": (0.9, 1.8, 2.9, 4.1),
    "ssp5": (1.1, 2.3, 3.8, 5.2),
}
MEANS = {
    "ssp1": (148, 146, 155, 150),
    "ssp2": (143, 156, 151, 166),
    "ssp3": (139, 149, 170, 173),
    "ssp5": (150, 158, 168, 190),
}
BETA = 0.0566306294
LCV = 0.1516873539
#: one cell and its neighbours at 60 and 140 km, and one at 160 km that is too far
APART = np.array([0.0, 60.0, 140.0, 160.0])
DRY_YEARS = [
    *(-0.8, -1.2, -0.4, -1.6, -2.2, -0.9, -0.3, -1.1, -1.9, -2.7),
    *(-0.6, -1.4, -0.2, -0.7, -1.0, -2.1, -0.5, -1.3, -0.8, -1.7),
]
SEOUL = [-1.9, 0.7, 6.1, 12.6, 18.2, 22.7, 25.3, 26.1, 21.6, 15, 7.5, 0.2]


def rain_points():
    """The baseline once, and four windows of four scenarios."""
    base = float(np.mean(RAIN))
    means = np.array([base, *(m for s in KELVIN for m in MEANS[s])])[:, None]
    return response.Points(
        kelvin=np.array([0.0, *(w for s in KELVIN for w in KELVIN[s])]),
        horizon=np.array([0, *([1, 2, 3, 4] * 4)]),
        change=response.relative_change(means, np.array([base])),
        years=np.array([30.0, *([20.0] * 16)])[:, None],
    )


def signal(slope=0.0, **given):
    """The signal of one cell; what is not given is unknown, or nothing."""
    known = {"se": 0.0, "intercept": 0.0, "worth": 1.0, "spread": np.nan, "level": np.nan}
    columns = known | {"years": np.nan, "intercept_se": 0.0, "covariance": 0.0} | given
    return Signal(np.array([slope]), **{name: np.array([float(v)]) for name, v in columns.items()})


def weights():
    found = kernel.weights(APART, 50.0, 150.0)
    return found / found.sum()


def test_h1_slope_of_the_cell_and_its_error_by_horizons():
    """6.357 % a kelvin; the jackknife leaves out one horizon with all its scenarios."""
    p = params("river_flood")
    about = response.neighbourhood(np.array([36.0]), np.array([127.0]), p)
    own, pooled = response.pooled(rain_points(), about, p)

    assert own.slope[0] == pytest.approx(0.0616297798, rel=1e-8)
    assert np.expm1(own.slope[0]) == pytest.approx(0.06357, abs=5e-6)
    assert own.points[0] == 17
    assert pooled.slope[0] == pytest.approx(own.slope[0], rel=1e-12)
    assert pooled.se[0] == pytest.approx(0.0021512448, rel=1e-6)


def test_h2_h3_h5_gaussian_means_of_the_neighbourhood():
    """Weights by distance, none beyond 150 km; pooled β and regional L-CV."""
    w = weights()
    own = lmoments.l_moments(np.array(RAIN, dtype=float)[:, None])

    np.testing.assert_allclose(w, [0.66374911, 0.32308138, 0.01316951, 0], rtol=1e-6)
    assert w[:3] @ [0.0616297798, 0.045, 0.09] == pytest.approx(BETA, rel=1e-8)
    assert own[1][0] / own[0][0] == pytest.approx(0.1434023439, rel=1e-9)
    assert w[:3] @ [0.1434023439, 0.170, 0.120] == pytest.approx(LCV, rel=1e-8)


def test_h2_the_grid_weighs_as_the_formula():
    """Three cells in a row on the equator's scale: the neighbourhood's mean is the weighted mean."""
    p = params("river_flood")
    degree = kernel.distances(np.array([[36.0, 127.0]]), np.array([[37.0, 127.0]]))[0, 0]
    latitude = 36.0 + APART / degree
    about = response.neighbourhood(latitude, np.full(4, 127.0), p)

    mean = about.mean(np.array([0.0616297798, 0.045, 0.09, 7.0]))
    assert mean[0] == pytest.approx(BETA, rel=1e-7)


def test_h4_factor_of_two_warmings():
    """Exactly 1 in the baseline."""
    np.testing.assert_allclose(
        np.exp(BETA * np.array([1.7, 5.2])), [1.1010585882, 1.3424271383], rtol=1e-9
    )


def test_h6_regional_distribution():
    """l₁ of the cell, L-CV of the region."""
    l1 = np.mean(RAIN)
    fit = gev.from_l_moments(np.array([l1]), np.array([l1 * LCV]), -0.114)

    np.testing.assert_allclose([fit.mu[0], fit.alpha[0]], [117.4900708, 26.5043617], rtol=1e-8)
    np.testing.assert_allclose(
        [fit.level(t)[0] for t in (10, 50, 100)],
        [185.4837295, 247.7359694, 277.7888266],
        rtol=1e-8,
    )


def follows(peril, p, f, lcv=np.nan):
    """AAL [%] of the rain of G8 where the warming multiplies it by *f*."""
    series = river_series().with_values(
        rx1day_signal=signal(np.log(f), spread=lcv, worth=20.0),
        warming=Warming({("ssp2", "1991-2020"): 1.0}),
    )
    return own_series.calculate(PERILS[peril], series, p).estimate


@pytest.mark.parametrize(
    ("lcv", "expected"),
    [
        (np.nan, (0.093717, 0.300222, 0.174661, 0.594255)),
        (LCV, (0.095187, 0.295716, 0.174588, 0.574006)),
    ],
)
def test_h7_h8_river_on_the_bank(lcv, expected):
    """Own and regional spread, protection of the baseline; f 1, 1.2 and those of H4."""
    found = [
        follows("river_flood", hundred_years(), f, lcv)
        for f in (1.0, 1.2, 1.1010585882, 1.3424271383)
    ]

    np.testing.assert_allclose([e.aal[0, 0] for e in found], expected, rtol=1e-4)
    assert 1 - found[0].p[0, 0, 0] == pytest.approx(0.01, rel=1e-12)


@pytest.mark.parametrize(
    ("lcv", "expected"),
    [
        (np.nan, (0.010858, 0.036487, 0.074715)),
        (LCV, (0.012447, 0.040506, 0.081228)),
    ],
)
def test_h9_urban_before_the_wet_share(lcv, expected):
    """κ 4, drains of 30 years; f 1, 1.2 and 1.342427."""
    p = params("urban_flood", wet_share=1.0)
    found = [follows("urban_flood", p, f, lcv).aal[0, 0] for f in (1.0, 1.2, 1.342427)]

    np.testing.assert_allclose(found, expected, rtol=2e-4)


def dry_series(kelvin):
    """The sample of G5 about the line a −1.10, γ −.12."""
    spei = np.full((1, 20, 12, 1), 1.0)
    spei[0, :, 6, 0] = DRY_YEARS
    values = {
        "spei12": spei,
        "spei12_signal": signal(-0.12, level=-1.10),
        "warming": Warming({("ssp2", "2021-2040"): kelvin}),
    }
    return Climate(("ssp2",), np.arange(2021, 2041), np.array([1]), values)


@pytest.mark.parametrize(
    ("kelvin", "mean", "aal"),
    [(0.0, -1.10, 0.0087778), (1.7, -1.304, 0.0159556), (5.2, -1.724, 0.0363333)],
)
def test_h10_drought_about_its_line(kelvin, mean, aal):
    """The line moves, the residuals stay; nothing is worse than −3."""
    found = own_series.calculate(PERILS["drought"], dry_series(kelvin), params("drought"))

    assert found.estimate.aal[0, 0] == pytest.approx(aal, rel=1e-5)
    assert found.score.statistics["dryness"][0, 0] == pytest.approx(-mean, rel=1e-12)
    if kelvin == 5.2:
        np.testing.assert_allclose(
            found.estimate.p[:, 0, 0], [0.15, 0.30, 0.25, 0.15, 0.15], rtol=1e-12
        )


def seoul_years(shift=0.0):
    """Years of 365 days alike, and CSDI that only H reads."""
    years = np.array([y for y in range(2021, 2048) if y % 4])[:20]
    ta = np.tile((np.array(SEOUL) + shift).reshape(1, 1, 12, 1), (1, 20, 1, 1))
    csdi = np.zeros((1, 20, 1))
    return Climate(("ssp2",), years, np.array([1]), {"ta": ta, "csdi": csdi})


def test_h11_days_of_hard_frost():
    """Seoul 5.03 days a year, 32.1 where it is 5 K colder."""
    p, cold = params("extreme_cold"), PERILS["extreme_cold"]
    now, colder = (cold.indices(seoul_years(s), p)["cold_days"][0, 0, 0] for s in (0.0, -5.0))

    assert now == pytest.approx(5.0295713, rel=1e-7)
    assert colder == pytest.approx(32.1442132, rel=1e-7)
    found = own_series.calculate(cold, seoul_years(), p)
    assert found.estimate.aal[0, 0] == pytest.approx(0.0067061, rel=1e-5)


@pytest.mark.parametrize(
    ("factor", "level", "hazard"), [(1.0, 60.320126, 0.703201), (1.2, None, 0.819073)]
)
def test_h12_hazard_of_urban_flood(factor, level, hazard):
    """The ten-year hour through the classes of rain."""
    p = params("urban_flood")
    found = own_series.calculate(PERILS["urban_flood"], river_series(factor), p).score

    assert found.score[0, 0] == pytest.approx(hazard, rel=1e-6)
    if level is not None:
        assert found.statistics["rain_1h_10yr"][0, 0] == pytest.approx(level, rel=1e-7)


@pytest.mark.parametrize(("factor", "aal"), [(1.0, 0.0016287), (1.2, 0.0054731)])
def test_h13_urban_with_the_wet_share(factor, aal):
    """G9 times .15."""
    p = params("urban_flood")
    found = own_series.calculate(
        PERILS["urban_flood"], river_series(factor), p, river_series()
    ).estimate

    assert found.aal[0, 0] == pytest.approx(aal, rel=2e-4)
    assert found.p.sum() == pytest.approx(1.0, rel=1e-12)
