"""The draws' curves: what is read from the table is what the formula says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_core.indicators import heavy_tail
from modelops_core.indicators.gev import Gev, unit_l1, unit_l2
from modelops_core.stages import joint, resampling, survival

KEY = (11, "river_flood", 20, 500, (-0.114, 0.045, -0.25, 0.05))


@pytest.fixture(scope="module")
def drawn():
    return survival.curves(*KEY)


def formula(l1: float, l2: float, x: float) -> np.ndarray:
    """P(level > x) of each draw, step by step: fit, sample, refit."""
    unit = resampling.unit_samples(*KEY)
    fit_alpha = l2 / unit_l2(unit.kappa)
    fit_mu = l1 - fit_alpha * unit_l1(unit.kappa)
    sample_l1, sample_l2 = fit_mu + fit_alpha * unit.l1, fit_alpha * unit.l2
    alpha = sample_l2 / unit_l2(unit.kappa)
    inner = np.maximum(1 - unit.kappa * (x - sample_l1 + alpha * unit_l1(unit.kappa)) / alpha, 0.0)
    with np.errstate(divide="ignore"):
        return -np.expm1(-(inner ** (1 / unit.kappa)))


@pytest.mark.parametrize(
    "z", [-7.9, -3.1, -2.0, -0.4, 0.0, 1.7, 4.2, 9.0, 33.3, 150.0, 380.0, 1000.0]
)
def test_the_table_is_the_formula(drawn, z):
    """Resampling and refitting 140 mm, 20 mm, read at z: 2e-8 anywhere, 1e-9 where floods begin."""
    exact = formula(140.0, 20.0, 140.0 + 20.0 * z)
    [read] = survival.bootstrap_losses(
        np.array([140.0]), np.array([20.0]), drawn, np.array([[140.0 + 20.0 * z]]), np.ones(1)
    )
    assert np.abs(read - exact).max() < 2e-8
    if z >= 0:
        assert np.abs(read - exact).max() < 1e-10
        assert read == pytest.approx(exact, rel=1e-6, abs=1e-13)


def test_a_loss_is_the_weighted_sum_of_its_nodes(drawn):
    """Two columns, three depths."""
    l1, l2, weights = np.array([130.0, 150.0]), np.array([18.0, 25.0]), np.array([0.2, 0.3, 0.1])
    x = np.array([[200.0, 220.0], [300.0, 340.0], [500.0, 9e9]])
    read = survival.bootstrap_losses(l1, l2, drawn, x, weights)
    for c in range(2):
        expected = sum(w * formula(l1[c], l2[c], x[g, c]) for g, w in enumerate(weights))
        np.testing.assert_allclose(read[c], expected, rtol=1e-7, atol=1e-10)


def test_out_of_reach_is_never_flooded(drawn):
    """An infinite driver has no probability, under every draw."""
    read = survival.bootstrap_losses(
        np.array([140.0]), np.array([20.0]), drawn, np.array([[np.inf]]), np.ones(1)
    )
    assert (read == 0).all()


def test_equal_years_are_a_step(drawn):
    """l₂ = 0: certain below the value, impossible above it."""
    x = np.array([[99.0, 101.0]])
    read = survival.bootstrap_losses(np.full(2, 100.0), np.zeros(2), drawn, x, np.ones(1))
    assert (read[0] == 1).all()
    assert (read[1] == 0).all()


def test_unknown_stays_unknown(drawn):
    """NaN in, NaN out."""
    read = survival.bootstrap_losses(
        np.array([np.nan]), np.array([20.0]), drawn, np.array([[200.0]]), np.ones(1)
    )
    assert np.isnan(read).all()


def test_bins_of_a_draw_sum_to_one(drawn):
    """Four edges, five bins."""
    l1, l2 = np.array([140.0]), np.array([20.0])
    bins = survival.bootstrap_bins(l1, l2, drawn, np.array([[200.0], [230.0], [280.0], [400.0]]))
    assert bins.shape == (5, 1, 500)
    assert (bins >= -1e-12).all()
    np.testing.assert_allclose(bins.sum(axis=0), 1.0, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 499, 500])
def test_quantiles_are_numpys(size):
    """Linear between order statistics; unknown where any sample is."""
    samples = np.random.default_rng(5).normal(size=(3, 4, size))
    samples[1, 2, size // 2] = np.nan
    levels = [0.0, 0.025, 0.5, 0.95, 1.0]
    found = resampling.quantiles(samples, levels)
    np.testing.assert_allclose(found, np.quantile(samples, levels, axis=-1), rtol=1e-13)
    assert np.isnan(found[:, 1, 2]).all()


@given(st.floats(-0.15, -0.05), st.lists(st.floats(0.01, 60.0), min_size=1, max_size=50))
def test_a_heavy_tail_is_read_as_its_formula(kappa, z):
    """1 − exp(−z^(1/κ)) to 1e-9 of it, from where it is certain to where it is next to nothing."""
    curve = heavy_tail.of_shape(np.array([kappa, np.nan]))
    ends = (curve.first, curve.last, curve.per_unit, curve.power)
    for one in z:
        with np.errstate(divide="ignore"):
            exact = -np.expm1(-(np.float64(one) ** (1 / kappa)))
        assert heavy_tail.read(one, ends, curve.coefficients) == pytest.approx(
            exact, rel=2e-9, abs=1e-13
        )


def test_only_one_heavy_tail_is_tabulated():
    """Several shapes, a bounded one and a table that were too long go by the formula."""
    assert heavy_tail.of_shape(np.array([-0.1, -0.2])) is None
    assert heavy_tail.of_shape(np.array([0.1])) is None
    assert heavy_tail.of_shape(np.array([-0.6])) is None
    assert heavy_tail.of_shape(np.array([np.nan])) is None


def test_losses_by_the_table_are_those_by_the_formula(monkeypatch):
    """Draws, windows and places of all kinds, unknown ones and ones out of reach among them."""
    rng = np.random.default_rng(5)
    draws, columns, windows = 40, 7, 3
    mu, alpha = rng.uniform(80, 140, (draws, columns)), rng.uniform(10, 40, (draws, columns))
    mu[:, 2] = np.nan
    gev = Gev(mu, alpha, np.full((draws, columns), -0.114))
    drawn = joint.Draws(gev, np.zeros((draws, 1)))
    levels = np.sort(rng.uniform(0, 900, (6, draws, columns)), axis=0)
    levels[:, :, 5] = np.inf
    factor = np.exp(rng.uniform(0, 0.5, (windows, draws, columns)))
    weights = rng.uniform(0, 0.1, 6)
    found = joint.losses(drawn, levels, weights, factor)
    monkeypatch.setattr(heavy_tail, "of_shape", lambda kappa: None)

    np.testing.assert_allclose(found, joint.losses(drawn, levels, weights, factor), rtol=1e-8)
    assert np.isnan(found[:, 2]).all()
    assert (found[:, 5] == 0).all()
