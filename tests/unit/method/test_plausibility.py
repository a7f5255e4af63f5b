"""What no Korean climate can be: refused, or flagged."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain import plausibility


def yearly(values):
    return np.asarray(values, dtype=float).reshape(1, -1, 1)


def names(variable, values):
    return {(f.rule.action, f.rule.name) for f in plausibility.findings(variable, values)}


RAIN = 120 + 40 * np.sin(np.arange(30))


@pytest.mark.parametrize(
    ("variable", "values", "expected"),
    [
        ("rx1day", RAIN, set()),
        ("rx1day", RAIN / 10, {("refuse", "another_unit")}),
        ("rx1day", 0 * RAIN, {("refuse", "missing_as_zero"), ("refuse", "another_unit")}),
        (
            "rx1day",
            [*RAIN, 999.0],
            {("refuse", "code_for_missing"), ("flag", "rain_beyond_record")},
        ),
        ("rx1day", [*RAIN, 900.0], {("flag", "rain_beyond_record")}),
        ("rx1day", 0 * RAIN + 120, {("flag", "no_spread")}),
        ("sea_level", 0.6 * np.arange(20), set()),
        ("sea_level", 6.0 * np.arange(20), {("refuse", "another_unit")}),
        ("wind", [20.0, 30, 40, 79.7], {("refuse", "another_unit")}),
        ("rx1day", [np.nan] * 30, set()),
    ],
)
def test_yearly_values(variable, values, expected):
    """Units, codes, zeros and records without spread."""
    assert names(variable, yearly(values)) >= expected
    if not expected:
        assert not names(variable, yearly(values))


def test_monthly_values():
    """Rain as a flux, humidity as a fraction, SPEI with a code; good ones pass."""
    month = np.tile(np.linspace(20, 300, 12), (1, 10, 1))[..., None]
    assert not names("rn", month)
    assert names("rn", month / 2.6e6) == {("refuse", "another_unit")}
    assert not names("rhm", month / 4 + 20)
    assert names("rhm", month / 400) == {("refuse", "fraction")}
    assert ("refuse", "code_or_unit") in names("spei12", np.where(month > 290, -9.0, 0.5))


def test_a_refusal_says_where():
    """The position of the value that is refused."""
    found = next(plausibility.findings("wind", yearly([20.0, 80.0, 30.0])))
    assert (found.at, found.value) == ((0, 1, 0), 80.0)
