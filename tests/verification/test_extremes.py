"""L-moments, GEV, Gumbel, Jeffreys and the flood integral against lmoments3 and scipy."""

from __future__ import annotations

from itertools import pairwise

import lmoments3
import numpy as np
import pytest
from lmoments3 import distr
from scipy import integrate, special, stats

from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import Params
from modelops_core.indicators import gev, jeffreys, lmoments
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.stages import extremes
from tests.parameters import PARAMETERS

SHAPES = [-0.25, -0.114, -0.02, 1e-4, 0.05, 0.2]


def samples(seed=1, years=30, columns=12):
    """Rain-like yearly maxima, (year, column) [mm]."""
    return stats.genextreme.rvs(-0.1, 120, 35, size=(years, columns), random_state=seed)


def test_l_moments_are_lmoments3s():
    """Twelve samples; unbiased, to rounding."""
    x = samples()
    l1, l2, t3 = lmoments.l_moments(x)
    reference = np.array([lmoments3.lmom_ratios(column, nmom=3) for column in x.T]).T

    np.testing.assert_allclose([l1, l2, t3], reference, rtol=1e-12)


def test_l_moments_leave_out_what_is_missing():
    """A gap is not a value: the same as lmoments3 without it."""
    x = samples()
    x[[3, 9, 17], 0] = np.nan
    found = [column[0] for column in lmoments.l_moments(x)]

    np.testing.assert_allclose(
        found, lmoments3.lmom_ratios(x[~np.isnan(x[:, 0]), 0], nmom=3), rtol=1e-12
    )


@pytest.mark.parametrize("kappa", SHAPES)
def test_gev_is_scipys(kappa):
    """F and x(F) with scipy's sign of the shape, ends of the support included."""
    ours = gev.Gev(*map(np.asarray, (120.0, 25.0, kappa)))
    theirs = stats.genextreme(kappa, 120, 25)
    x, f = np.linspace(0, 900, 181), np.concatenate([np.linspace(1e-6, 0.999, 200), [1 - 1e-5]])

    np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(ours.quantile(f), theirs.ppf(f), rtol=1e-9)
    assert ours.quantile(np.array(0.0)) == pytest.approx(theirs.ppf(0), rel=1e-9)
    periods = np.array([2, 10, 50, 200.0])
    np.testing.assert_allclose(ours.level(periods), theirs.isf(1 / periods), rtol=1e-9)


def test_gumbel_is_scipys():
    """κ = 0."""
    ours, theirs = gev.Gev(*map(np.asarray, (1.074, 0.15, 0.0))), stats.gumbel_r(1.074, 0.15)
    x, f = np.linspace(0.5, 3, 60), np.linspace(1e-5, 1 - 1e-5, 101)

    np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=1e-12)
    np.testing.assert_allclose(ours.quantile(f), theirs.ppf(f), rtol=1e-11)
    assert ours.quantile(np.array(0.0)) == theirs.ppf(0) == -np.inf


@pytest.mark.parametrize("kappa", SHAPES)
def test_fixed_shape_gev_has_the_samples_moments(kappa):
    """lmoments3's moments of the fitted distribution are those that it was fitted to."""
    l1, l2, _ = lmoments.l_moments(samples())
    fit = gev.from_l_moments(l1, l2, kappa)
    for i in range(l1.size):
        moments = distr.gev(kappa, fit.mu[i], fit.alpha[i]).lmom(nmom=2)
        np.testing.assert_allclose(moments, [l1[i], l2[i]], rtol=1e-9)


def test_gumbel_fit_is_lmoments3s():
    """The sensitivity ``gumbel_pwm``: κ = 0 through l₁ and l₂."""
    x = samples()
    fit = gev.from_l_moments(*lmoments.l_moments(x)[:2], 0.0)
    for i, column in enumerate(x.T):
        reference = distr.gum.lmom_fit(column)
        assert fit.mu[i] == pytest.approx(reference["loc"], rel=1e-9)
        assert fit.alpha[i] == pytest.approx(reference["scale"], rel=1e-9)


def test_free_shape_is_lmoments3s_within_hoskings_approximation():
    """lmoments3 iterates to the exact κ; the published approximation is within 9e-4 of it."""
    x = samples(years=60)
    ours = gev.shape_from_t3(lmoments.l_moments(x)[2])
    reference = [distr.gev.lmom_fit(column)["c"] for column in x.T]

    assert np.ptp(reference) > 0.1
    np.testing.assert_allclose(ours, reference, atol=9e-4)


@pytest.mark.parametrize("seed", [3, 8])
def test_the_set_gev_free_is_lmoments3s_fit(seed):
    """Sixty years under ``gev_free``: κ, μ, α and the ten-year rain are those of lmoments3's free fit."""
    x = samples(seed, years=60, columns=1)[:, 0]
    reference = distr.gev.lmom_fit(x)
    risk = own_series.calculate(
        PERILS["river_flood"], rain_tile(x), PARAMETERS.params("river_flood", "gev_free")
    )
    details = {name: value[0, 0] for name, value in risk.estimate.details.items()}

    assert not risk.flags["detrended"].any()
    assert details["kappa"] == details["baseline_kappa"] == pytest.approx(reference["c"], abs=9e-4)
    assert details["mu"] == pytest.approx(reference["loc"], rel=1e-3)
    assert details["alpha"] == pytest.approx(reference["scale"], rel=2e-3)
    theirs = stats.genextreme(reference["c"], reference["loc"], reference["scale"])
    assert risk.score.statistics["rx1day_10yr"][0, 0] == pytest.approx(theirs.isf(0.1), rel=1e-3)


def test_the_interval_of_a_free_shape_is_that_of_refitted_samples():
    """4,000 samples of scipy's GEV refitted with their own τ₃: the 5 and 95 % of P(flood) within a fifth."""
    x = samples(8, years=60, columns=1)[:, 0]
    p = dict(PARAMETERS.params("river_flood", "gev_free")) | {
        "jeffreys_tail": 0.05,
        "bootstrap_fitted": 4000,
    }
    found = own_series.calculate(
        PERILS["river_flood"], rain_tile(x), Params("river_flood", p)
    ).estimate
    kappa, mu, alpha, threshold = (
        found.details[name][0, 0] for name in ("kappa", "mu", "alpha", "threshold")
    )
    drawn = stats.genextreme.rvs(kappa, mu, alpha, size=(60, 4000), random_state=1)
    l1, l2, t3 = np.array([lmoments3.lmom_ratios(column, nmom=3) for column in drawn.T]).T
    c = 2 / (3 + t3) - np.log(2) / np.log(3)
    refit = gev.from_l_moments(l1, l2, 7.8590 * c + 2.9554 * c**2)
    theirs = np.quantile(
        stats.genextreme.sf(threshold, refit.kappa, refit.mu, refit.alpha), [0.05, 0.95]
    )

    np.testing.assert_allclose(
        [1 - found.p_high[0, 0, 0], 1 - found.p_low[0, 0, 0]], theirs, rtol=0.2
    )
    assert theirs[1] > 3 * theirs[0]


@pytest.mark.parametrize("tail", [0.025, 0.05])
def test_jeffreys_is_scipys_beta(tail):
    """Every count of 15, 20, 30 and 40 years, and fractional counts of weighted storms."""
    for n in (15, 20, 30, 40):
        count = np.concatenate([np.arange(n + 1.0), [0.3, 1.7, n - 0.4]])
        low, high = jeffreys.interval(count, np.asarray(float(n)), tail)
        theirs = stats.beta(count + 0.5, n - count + 0.5)

        np.testing.assert_allclose(low, np.where(count == 0, 0, theirs.ppf(tail)), rtol=1e-9)
        np.testing.assert_allclose(high, np.where(count == n, 1, theirs.isf(tail)), rtol=1e-9)


def test_trend_test_is_scipys_regression():
    """Detrended exactly where scipy's p-value of the slope is below 5 %; divided by scipy's line."""
    years = np.arange(1991.0, 2021.0)
    rng = np.random.default_rng(4)
    slopes = np.linspace(-3, 3, 25)
    x = 150 + slopes * (years[:, None] - 2005) + rng.normal(0, 25, (30, 25))
    found = extremes.sample(x[None], years, 0.05)
    lines = [stats.linregress(years, column) for column in x.T]

    assert 3 < found.detrended.sum() < 22
    np.testing.assert_array_equal(found.detrended[0], [line.pvalue < 0.05 for line in lines])
    for i in np.flatnonzero(found.detrended[0]):
        line = lines[i].intercept + lines[i].slope * years
        level = x[:, i] / line * (lines[i].intercept + lines[i].slope * years.mean())
        assert found.l1[0, i] == pytest.approx(level.mean(), rel=1e-10)
        assert found.l2[0, i] == pytest.approx(lmoments3.lmom_ratios(level, nmom=2)[1], rel=1e-10)


def rain_tile(rain):
    return Climate(
        ("ssp2",), 1991 + np.arange(rain.size), np.array([1]), {"rx1day": rain[None, :, None]}
    )


@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
@pytest.mark.parametrize("growth", [1.0, 1.2])
def test_flood_loss_is_scipys_integral(key, growth):
    """
    E[DR] = ∫ DR(depth(x)) dF(x) by scipy's adaptive quadrature over scipy's distribution.

    From a local river's bank and from the street; 64 nodes a bin agree to 2e-4.
    """
    p, peril = PARAMETERS.params(key), PERILS[key]
    rain = np.round(samples(seed=8)[:, 0] - 10 * np.linspace(-0.5, 0.5, 30), 1)
    base, now = rain_tile(rain), rain_tile(growth * rain)
    found = own_series.calculate(peril, now, p, base).estimate

    baseline, window = scipy_fit(rain, p["rain_shape"]), scipy_fit(growth * rain, p["rain_shape"])
    threshold, depth = by_hand(key, baseline, p)
    table = p["depth_damage"]

    def density(u):
        share = np.interp(depth(window.ppf(u)), table["depth"], table["commercial"])
        return share * p["maximum_damage"] / 1.5

    dry = window.cdf(threshold)
    pieces = np.concatenate([[dry], 1 - np.geomspace(1 - dry, 1e-5, 40)[1:]])
    loss = sum(integrate.quad(density, a, b)[0] for a, b in pairwise(pieces))
    loss += 1e-5 * density(1 - 1e-5)

    wet = p["wet_share"] if key == "urban_flood" else 1.0
    assert found.p[0, 0, 0] == pytest.approx(1 - wet * (1 - dry), rel=1e-9)
    assert found.aal[0, 0] == pytest.approx(100 * wet * loss, rel=2e-4)


def scipy_fit(rain, kappa):
    """Through l₁ and l₂ of lmoments3, parameters by the textbook formula."""
    l1, l2 = lmoments3.lmom_ratios(rain, nmom=2)
    unit = distr.gev(kappa, 0, 1).lmom(nmom=2)
    alpha = l2 / unit[1]
    return stats.genextreme(kappa, l1 - alpha * unit[0], alpha)


def by_hand(key, baseline, p):
    """Threshold [mm] and depth [m] of a day's rain, from the method's text."""
    if key == "urban_flood":
        capacity = 0.33 * baseline.isf(1 / 30)
        start = (capacity + 0.1 * 1000 / 4) / 0.33
        return start, lambda r: np.maximum(0, 4 * (0.33 * r - capacity) / 1000 - 0.1)
    retention = 25400 / 80 - 254

    def runoff(r):
        return np.where(
            r > 0.2 * retention, (r - 0.2 * retention) ** 2 / (r + 0.8 * retention), 0.0
        )

    design = baseline.isf(1 / p["protection_period"]["local"])
    return design, lambda r: np.maximum(0, 3.0 * ((runoff(r) / runoff(design)) ** 0.6 - 1))


@pytest.mark.parametrize("key", ["river_flood", "urban_flood"])
def test_interval_of_a_fitted_loss_is_a_parametric_bootstraps(key):
    """
    κ ~ N(−.114, .045²) clipped to [−.25, .05], thirty values from that GEV, refitted, integrated:
    scipy's distribution gives the same intervals within the sampling error of 8,000 draws.
    """
    p = PARAMETERS.params(key)
    rain = np.concatenate([samples(seed=8)[:15, 0], samples(seed=8)[:15, 0][::-1]])
    many = Params(key, {**p, "bootstrap_fitted": 20_000})
    found = own_series.calculate(PERILS[key], rain_tile(rain), many).estimate
    rng = np.random.default_rng(9)
    kappa = np.clip(rng.normal(-0.114, 0.045, 8000), -0.25, 0.05)
    drawn = stats.genextreme.rvs(
        kappa, *located(rain[:, None], kappa), size=(rain.size, kappa.size), random_state=rng
    )
    refitted = stats.genextreme(kappa, *located(drawn, kappa))
    threshold, depth = by_hand(key, scipy_fit(rain, p["rain_shape"]), p)

    exceedance = np.geomspace(0.2, 1e-5, 300)[:, None]
    table = p["depth_damage"]
    damage = (
        np.interp(depth(refitted.isf(exceedance)), table["depth"], table["commercial"])
        * p["maximum_damage"]
        / 1.5
    )
    losses = 100 * (1e-5 * damage[-1] - integrate.trapezoid(damage, exceedance, axis=0))
    wet = p["wet_share"] if key == "urban_flood" else 1.0
    interval = [found.aal_p05[0, 0], found.aal_p95[0, 0]]
    np.testing.assert_allclose(interval, wet * np.quantile(losses, [0.05, 0.95]), rtol=0.04)
    dry = [found.p_low[0, 0, 0], found.p_high[0, 0, 0]]
    np.testing.assert_allclose(
        dry, 1 - wet * (1 - np.quantile(refitted.cdf(threshold), [0.025, 0.975])), atol=2.5e-3
    )


def located(x, kappa):
    """μ and α of each draw from mean and Gini's mean difference of (year, draw)."""
    unit = stats.genextreme(kappa)
    l1, l2 = x.mean(axis=0), np.abs(x[:, None] - x).sum(axis=(0, 1)) / (2 * len(x) * (len(x) - 1))
    alpha = l2 * kappa / ((1 - 2.0**-kappa) * special.gamma(1 + kappa))
    return l1 - alpha * unit.mean(), alpha


def test_coastal_loss_is_scipys_integral():
    """Busan's quay under 40 cm of rise: a Gumbel moved by the rise, damage above the 50-year crest."""
    p = PARAMETERS.params("sea_level_rise")
    place = {
        "latitude": np.array([35.1]),
        "longitude": np.array([129.03]),
        "coast_distance_m": np.array([0.0]),
    }
    tiles = [
        Climate(
            ("ssp5",),
            first + np.arange(20),
            np.array([1]),
            {"sea_level": np.full((1, 20, 1), cm), **place},
        )
        for first, cm in ((2001, 3.0), (2041, 43.0))
    ]
    found = own_series.calculate(PERILS["sea_level_rise"], tiles[1], p, tiles[0]).estimate

    ground, mu, beta = 0.624 + 1.5, 0.624 + 0.45, 0.15
    crest = max(ground, stats.gumbel_r.isf(1 / 50, mu, beta))
    water = stats.gumbel_r(mu + 0.40, beta)
    table = p["depth_damage"]

    def loss(z):
        return (
            np.interp(z - ground, table["depth"], table["commercial"])
            * p["maximum_damage"]
            / 1.5
            * water.pdf(z)
        )

    reference = (
        integrate.quad(loss, crest, ground + 0.5)[0] + integrate.quad(loss, ground + 0.5, 5)[0]
    )
    assert found.p[0, 0, 0] == pytest.approx(water.cdf(crest), rel=1e-12)
    assert found.aal[0, 0] == pytest.approx(100 * reference, rel=1e-3)
