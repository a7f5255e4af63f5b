"""An analyst's own hazard curves: the file, the sum, the command."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from modelops_core.cli import program
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.perils import PERILS
from modelops_core.services.series import own_curve
from modelops_core.services.series.own_curve import HazardCurves
from modelops_core.sources import curves
from modelops_core.stages.loss import DamageCurve
from tests.parameters import PARAMETERS

CURVE = DamageCurve((0, 1, 2), (0, 0.4, 1.0))
FLOOD = PERILS["river_flood"]
P = PARAMETERS.params("river_flood")


@pytest.fixture
def file(tmp_path):
    """Writes a CSV file and gives its path."""

    def write(text: str, name: str = "own.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_an_own_damage_curve_is_the_buildings_own():
    """0.073 of METHOD's trapezoid for 1 m at 10 and 2 m at 100 years: 7.3 %, and nothing scales it."""
    own = HazardCurves.of(["a", "b"], [10, 100], [[1, 2], [0, 0]], [1e6, None])
    found = own_curve.answer(FLOOD, own, P, CURVE)

    assert found["damage_curve"] == "own"
    assert found["vulnerability_score"] is None
    a, b = found["sites"]
    assert a == {
        "site": "a",
        "base_aal": pytest.approx(7.3),
        "final_aal": pytest.approx(7.3),
        "expected_loss": pytest.approx(73_000),
    }
    assert b == {"site": "b", "base_aal": 0.0, "final_aal": 0.0, "expected_loss": None}


def test_the_perils_curve_is_scaled_by_the_building():
    """Base: the peril's ratio at one depth ÷ 50 years; final: × (1 + V), 0.5 for one nothing is known of."""
    own = HazardCurves.of(["a"], [50], [[1.0]], [1e9])
    unknown = own_curve.answer(FLOOD, own, P)
    [site] = unknown["sites"]
    base = 100 * float(FLOOD.damage(np.array([1.0]), P, "commercial")[0]) / 50

    assert unknown["vulnerability_score"] == pytest.approx(0.5)
    assert site["base_aal"] == pytest.approx(base)
    assert site["final_aal"] == pytest.approx(1.5 * base)
    assert site["expected_loss"] == pytest.approx(1.5 * base / 100 * 1e9)

    old = own_curve.answer(
        FLOOD, own, P, building={"structure": "timber", "built_year": 1960}, as_of=2025
    )
    assert old["vulnerability_score"] > 0.5
    house = own_curve.answer(FLOOD, own, P, building={"purpose": "house"})
    other = 100 * float(FLOOD.damage(np.array([1.0]), P, "residential")[0]) / 50
    assert house["sites"][0]["base_aal"] == pytest.approx(other)
    assert other != pytest.approx(base)


@pytest.mark.parametrize("peril", PERILS.values(), ids=PERILS)
def test_every_peril_takes_a_curve(peril):
    """A worse curve never costs less; an unknown intensity is an unknown loss."""
    p = PARAMETERS.params(peril.key)
    top = max(p["bins"])
    own = HazardCurves.of(
        ["mild", "bad", "unknown"],
        [100, 10],
        [[0.8 * top, 0.5 * top], [1.5 * top, top], [float("nan"), 0.0]],
        [1e9] * 3,
    )
    mild, bad, unknown = own_curve.answer(peril, own, p)["sites"]

    assert 0 <= mild["final_aal"] <= bad["final_aal"]
    assert bad["final_aal"] > 0
    assert unknown["final_aal"] is None
    assert unknown["expected_loss"] is None


def test_a_file_of_many_sites_in_any_order(file):
    """Probabilities or periods; the sites keep the file's order, the periods ascend."""
    text = (
        "# levels of the gauge\nsite,exceedance_probability,intensity,asset_value\n"
        "mill,0.01,2,1000000\nmill,0.1,1,1000000\ndepot,0.1,0.5,\ndepot,0.01,1,\n"
    )
    found = curves.hazard(file(text))

    assert found.sites == ("mill", "depot")
    assert found.periods == pytest.approx((10, 100))
    assert found.intensity.tolist() == [[1, 2], [0.5, 1]]
    np.testing.assert_equal(found.asset_value, [1e6, np.nan])
    one = curves.hazard(file("return_period,intensity\n100,2\n10,1\n"), 5e6)
    assert (one.sites, one.periods, one.asset_value.tolist()) == (("site",), (10, 100), [5e6])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("return_period\n10\n", "column intensity is missing"),
        ("return_period,intensity\n", "no rows"),
        ("intensity\n1\n", "one of the columns return_period"),
        ("return_period,exceedance_probability,intensity\n10,.1,1\n", "one of the columns"),
        ("return_period,intensity\n10,deep\n", "data row 1 is 'deep'"),
        ("exceedance_probability,intensity\n0,1\n", "above 0 and at most 1"),
        ("return_period,intensity\n10,1\n10,2\n", "stands twice"),
        (
            "site,return_period,intensity\na,10,1\na,100,2\nb,10,1\n",
            "needs the same return periods",
        ),
    ],
)
def test_a_bad_file_is_named(text, message, file):
    """File, column, row."""
    with pytest.raises(SourceUnreadable, match=message):
        curves.hazard(file(text))


def test_the_command_reads_a_curve(file):
    """calc PERIL --curve FILE, with a damage curve of one's own or the peril's; never with a series."""
    hazard = file("return_period,intensity\n10,1\n100,2\n")
    damage = file("intensity,ratio\n0,0\n1,0.4\n2,1\n", "damage.csv")
    run = CliRunner().invoke
    asked = ["calc", "river_flood", "--curve", str(hazard), "--asset-value", "1e6"]

    own = run(program, [*asked, "--damage-curve", str(damage), "--json"])
    assert json.loads(own.stdout)["sites"][0]["expected_loss"] == pytest.approx(73_000)
    told = run(program, asked)
    assert "return periods 10, 100 years, the peril's damage curve" in told.stdout
    for wrong in ([*asked, str(hazard)], ["calc", "river_flood"], [*asked, "--baseline", "x.csv"]):
        refused = run(program, wrong)
        assert isinstance(refused.exception, InvalidInput), wrong


def test_lengths_that_differ_are_named():
    """Two intensities for three periods."""
    with pytest.raises(InvalidInput, match="mill: 2 intensities for 3 return periods"):
        HazardCurves.of(["mill"], [2, 10, 50], [[1, 2]], [None])
