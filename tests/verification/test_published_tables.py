"""Tables of the parameter file against the copies that physrisk 1.10.6 carries."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from modelops_core.perils import PERILS
from tests.parameters import PARAMETERS
from tests.verification.references import package_file

FOLDER = "physrisk/data/static/vulnerability"
FLOODS = ("river_flood", "urban_flood", "sea_level_rise")
each_class = pytest.mark.parametrize("curve", ["residential", "commercial", "industrial"])


def physrisk_rows():
    path = package_file("physrisk-lib", f"{FOLDER}/vulnerability_config.csv")
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@each_class
def test_depth_damage_shares_are_those_of_the_jrc(curve):
    """Huizinga et al. 2017, Asia: every digit of every depth."""
    path = package_file("physrisk-lib", f"{FOLDER}/EU JRC global flood depth-damage functions.json")
    [item] = [
        i
        for i in json.loads(path.read_text("utf-8"))["items"]
        if (i["location"], i["asset_type"]) == ("Asia", f"Buildings/{curve.title()}")
    ]
    table = PARAMETERS.params("river_flood")["depth_damage"]

    assert table["depth"] == item["intensity"]
    assert table[curve] == item["impact_mean"]


@each_class
@pytest.mark.parametrize("key", FLOODS)
def test_damage_of_a_depth_is_physrisks(key, curve):
    """Share × 0.6, the part of a building that can be damaged; physrisk rounds to three decimals."""
    [row] = [
        r
        for r in physrisk_rows()
        if r["asset_identifier"] == f"type=Buildings/{curve.title()},location=Asia"
    ]
    depth, ratio = (np.array(json.loads(row[name])) for name in ("points_x", "points_y"))

    np.testing.assert_allclose(
        1.5 * PERILS[key].damage(depth, PARAMETERS.params(key), curve), ratio, atol=6e-4
    )


def test_output_lost_in_drought_is_physrisks():
    """The SPEI-12 table of a generic manufacturer."""
    [row] = [
        r
        for r in physrisk_rows()
        if (r["hazard_class"], r["asset_identifier"]) == ("Drought", "type=Generic")
        and r["indicator_id"] == "months/spei12m/below/threshold"
    ]
    x, y = (json.loads(row[name]) for name in ("points_x", "points_y"))
    table = PARAMETERS.params("drought")["output_lost"]

    assert dict(zip(table["dryness"], table["share"], strict=True)) == dict(
        zip((-v for v in x), y, strict=True)
    )
