"""Damage curves as the method page draws them, and its texts against the method's own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from modelops_core.perils import PERILS
from modelops_core.services.method import method_text
from modelops_core.services.method.curves import curves, edges
from modelops_core.ui.method import figures
from tests.parameters import PARAMETERS as FILE

TEXTS = tomllib.loads(
    (Path(__file__).parents[3] / "modelops_core/ui/method/method.toml").read_text("utf-8")
)
each_peril = pytest.mark.parametrize("peril", PERILS.values(), ids=PERILS)


@each_peril
def test_low_lies_below_high(peril):
    """Every set starts at no damage, never falls, and the central one lies between."""
    low, central, high = curves(peril, FILE)[:3]
    assert [c.set_name for c in (low, central, high)] == ["low", "central", "high"]
    assert (low.published <= central.published).all()
    assert (central.published <= high.published).all()
    assert (np.diff(central.published) >= 0).all()
    assert central.published[-1] > 0


@each_peril
def test_published_is_one_and_a_half_times_base(peril):
    """V of an average building is 0.5."""
    for curve in curves(peril, FILE):
        np.testing.assert_allclose(curve.published, 1.5 * curve.base)
        assert set(edges(peril, FILE)) <= set(curve.x)


def test_floods_have_three_classes_of_use():
    """Commercial under three sets, then the other two."""
    found = curves(PERILS["river_flood"], FILE)
    assert [(c.set_name, c.use) for c in found] == [
        ("low", "commercial"),
        ("central", "commercial"),
        ("high", "commercial"),
        ("central", "residential"),
        ("central", "industrial"),
    ]
    at_one = {
        c.use: c.published[np.flatnonzero(c.x == 1.0)[0]] for c in found if c.set_name == "central"
    }
    assert at_one["commercial"] == pytest.approx(0.6 * 0.537681619)


@each_peril
def test_the_figure_shows_each_curve(peril):
    """A band and a line a curve; the edges of the classes as dotted lines."""
    found = curves(peril, FILE)
    words = {
        "intensity": "X",
        "damage": "DR",
        "central": "c",
        "range": "r",
        **{c.use: c.use for c in found},
    }
    chart = figures.damage(found, edges(peril, FILE), peril.unit, peril.kind, "light", words)
    assert len(chart.data) == 1 + len(found) - 2
    assert len(chart.layout.shapes) == len(edges(peril, FILE))
    np.testing.assert_allclose(chart.data[-1].y, 100 * found[1].published)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (f"{name}_{i}", w)
        for name, group in (
            ("frame", method_text.FRAME),
            ("totals", method_text.TOTALS),
            ("uncertainty", method_text.UNCERTAINTY),
        )
        for i, w in enumerate(group, 1)
    ],
)
def test_the_screen_says_what_the_method_says(key, words):
    """English texts are those of docs/method.md, so that the two cannot part."""
    assert TEXTS[key]["en"] == words.text
