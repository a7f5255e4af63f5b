"""The loss integral over return periods, on numbers one can do in the head."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.errors import InvalidInput
from modelops_core.stages.loss import DamageCurve, annual_loss, annual_ratio

CURVE = DamageCurve((0, 1, 2), (0, 0.4, 1.0))


def test_a_trapezoid_over_probability():
    """1 m at 10 years, 2 m at 100: (0.4 + 1)/2 · (0.1 − 0.01) + 1 · 0.01 = 0.073."""
    assert annual_ratio(np.array([1.0, 2.0]), (10, 100), CURVE) == pytest.approx(0.073, rel=1e-14)


def test_one_return_period_is_its_probability():
    """0.5 m once in 50 years: 0.2 / 50."""
    assert annual_ratio(np.array([0.5]), (50,), CURVE) == pytest.approx(0.004, rel=1e-14)


def test_constant_outside_the_knots():
    """Below the first knot no damage, above the last no more than all."""
    assert annual_ratio(np.array([[-3.0], [99.0], [np.inf]]), (1,), CURVE).tolist() == [
        0.0,
        1.0,
        1.0,
    ]


def test_the_order_of_intensities_does_not_matter_to_the_curve():
    """A falling row reads the same ratios as a rising one."""
    falling, rising = np.array([2.0, 0.5, 1.5]), np.array([0.5, 1.5, 2.0])
    weights = [
        annual_ratio(np.eye(3)[k], (2, 10, 100), DamageCurve((0, 1), (0, 1))) for k in range(3)
    ]
    for row in (falling, rising):
        expected = np.dot(np.interp(row, CURVE.intensity, CURVE.ratio), weights)
        assert annual_ratio(row, (2, 10, 100), CURVE) == pytest.approx(expected, rel=1e-14)


def test_unknown_stays_unknown_and_shapes_are_kept():
    """(2, 3, period) gives (2, 3); NaN in one place only."""
    x = np.ones((2, 3, 2))
    x[1, 2, 0] = np.nan
    found = annual_loss(x, (10, 100), CURVE, np.full((2, 3), 1e6))
    assert found.shape == (2, 3)
    assert np.isnan(found).sum() == 1
    assert found[0, 0] == pytest.approx(0.4 * 0.1 * 1e6)


def test_the_benchmarks_first_site():
    """u = 5003/10007, V = ₩1 million, nine return periods: the published sum."""
    periods = (2, 5, 10, 25, 50, 100, 250, 500, 1000)
    curve = DamageCurve(
        (0, 0.5, 1, 1.5, 2, 3, 4, 5, 6), (0, 0.327, 0.494, 0.617, 0.721, 0.870, 0.931, 0.984, 1)
    )
    x = 5003 / 10007 * np.log(np.array(periods) / 2)
    assert annual_loss(x, periods, curve, np.array(1e6)) == pytest.approx(
        137552.07805982698, rel=1e-12
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DamageCurve((0, 0), (0, 1)), "0 follows 0"),
        (lambda: DamageCurve((0, 1), (0, 1.2)), "1.2 lies outside 0 to 1"),
        (lambda: DamageCurve((0, 1), (0, float("nan"))), "nan lies outside"),
        (lambda: DamageCurve((0,), (0,)), "two or more"),
        (lambda: annual_ratio(np.ones(2), (100, 10), CURVE), "10 follows 100"),
        (lambda: annual_ratio(np.ones(1), (0.5,), CURVE), "at least 1 year"),
        (lambda: annual_ratio(np.ones(0), (), CURVE), "periods: –"),
        (lambda: annual_ratio(np.ones(3), (10, 100), CURVE), "3 values for 2 return periods"),
    ],
)
def test_bad_input_is_named(make, message):
    """Field, value, range."""
    with pytest.raises(InvalidInput, match=message):
        make()
