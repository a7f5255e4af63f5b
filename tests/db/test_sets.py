"""Nights and assessments under the named sensitivities; the cells around a cell."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from modelops_core.bootstrap import App
from modelops_core.domain.parameters import ALL_SETS, SENSITIVITIES
from modelops_core.ports import Tile
from modelops_core.services import nightly
from tests import world

FITTED = ("river_flood", "urban_flood")
#: all but where a row comes from
NUMBERS = "grid_id, risk_type::text, ssp_scenario::text, horizon::text, aal, aal_p05, aal_p95, bin_data, calculation_details, status::text, flags"
ORDER = "ORDER BY 1, 2, 3, 4"
#: the cells of the small world that lie next to each other
AROUND = {1: [2, 3], 2: [1, 3], 3: [1, 2], 4: [5, 6], 5: [4, 6], 6: [4, 5]}


def night(app: App, **options) -> nightly.Report:
    return nightly.run(app.night, app.night_request(**options))


def rows(app: App):
    with app.owner.connect() as connection:
        found = connection.execute(text(f"SELECT {NUMBERS} FROM modelops.probability_results {ORDER}")).all()
    return {tuple(row[:4]): row for row in found}


def fitted(app: App):
    return {key: row for key, row in rows(app).items() if key[1] in FITTED}


def test_a_pooled_night_differs_in_the_fitted_perils_only(app):
    """Every other row is the central night's, to the last digit; the fitted ones say so and are no weaker."""
    night(app)
    central = rows(app)
    night(app, set_name="pooled")
    pooled = rows(app)

    changed = {key for key in central if central[key] != pooled[key]}
    assert {key[1] for key in changed} == set(FITTED)
    assert len(changed) == 6 * 2 * 4 * 5
    for key in changed:
        before, after = central[key], pooled[key]
        assert after.aal != before.aal
        assert after.status == before.status
        assert set(after.flags) - set(before.flags) == {"pooled"}
        assert after.calculation_details["pooled_cells"] == 3


def test_pooled_tiles_of_any_size_give_the_same_rows(app):
    """A cell's neighbours may lie in other tiles: not a bit changes."""
    night(app, set_name="pooled", tile_cells=100)
    whole = fitted(app)
    for size in (1, 4):
        report = night(app, set_name="pooled", tile_cells=size, force=True)
        assert report.tiles == -(-6 // size)
        assert fitted(app) == whole


def test_a_neighbours_rain_recalculates_the_pooled_tile(app):
    """Under the pooled set the cells around are part of what a tile is calculated from; under the central one not."""
    for name, tiles in (("central", 1), ("pooled", 3)):
        night(app, set_name=name, tile_cells=1)
        with app.owner.begin() as connection:
            connection.execute(text("UPDATE modelops.rx1day_data SET ssp2 = ssp2 * 1.5 WHERE grid_id = 1 AND year > 2060"))
        report = night(app, set_name=name, tile_cells=1)
        assert report.tiles - report.skipped == tiles


def test_the_cells_around_are_read_when_asked_for(app):
    """In the order of their ids, with their own values; a cell's place without a neighbour is unknown."""
    plain = app.climate.tile(Tile(1, 6), ["rx1day"])
    assert "rx1day_around" not in plain.values
    with app.owner.begin() as connection:
        connection.execute(text("INSERT INTO modelops.location_grid (grid_id, latitude, longitude) VALUES (7, 33.45, 126.55)"))
    found = app.climate.tile(Tile(1, 7), ["rx1day", "rx1day_around"])
    around = found["rx1day_around"]

    assert around.shape == (4, 110, 2, 7)
    for i, cells in enumerate(AROUND.values()):
        for k, cell in enumerate(cells):
            np.testing.assert_array_equal(around[:, :, k, i], plain["rx1day"][:, :, cell - 1])
    assert np.isnan(around[:, :, :, 6]).all()
    assert found.shared_years == plain.shared_years == 30
    one = app.climate.tile(Tile(7, 7), ["rx1day_around"])["rx1day_around"]
    assert one.shape[2] == 0


def test_a_merged_grid_adds_neighbours_and_moves_no_others(app):
    """Cells of a second grid between the first one's count where they are near; the step stays the first grid's."""
    with app.owner.begin() as connection:
        connection.execute(text("INSERT INTO modelops.location_grid (grid_id, latitude, longitude) VALUES (8, 35.1837, 129.0311), (9, 37.91, 127.05)"))
        connection.execute(text("INSERT INTO modelops.rx1day_data SELECT 8, year, ssp1, ssp2, ssp3, ssp5 FROM modelops.rx1day_data WHERE grid_id = 4"))
    around = app.climate.tile(Tile(1, 9), ["rx1day_around"])["rx1day_around"]
    known = (~np.isnan(around)).all(axis=(0, 1)).sum(axis=0)

    assert known.tolist() == [3, 3, 3, 2, 2, 2, 3, 0]
    assert night(app, set_name="pooled").cells == 8


def test_an_assessment_under_pooled_is_the_pooled_nights(app):
    """On demand reads the cells around, too."""
    night(app, set_name="pooled")
    pooled = rows(app)
    night(app)
    place = {"latitude": world.BUSAN[0], "longitude": world.BUSAN[1], "as_of": 2025, "corrections": {"river_distance_m": 50.0}}
    answer = app.assess({**place, "parameter_set": "pooled"})

    for row in answer["results"]:
        key = (2, row["risk_type"], row["ssp_scenario"], row["horizon"])
        if row["risk_type"] in FITTED:
            assert row["base_aal"] == pytest.approx(pooled[key].aal, rel=1e-9)
            assert "pooled" in row["flags"]
        elif pooled[key].aal is not None:
            assert row["base_aal"] == pytest.approx(pooled[key].aal, rel=1e-6)


def test_every_set_can_be_asked_for(site_app):
    """Seven assessments, each with its own hash; what a set does not touch is the central number."""
    place = {"latitude": world.BUSAN[0], "longitude": world.BUSAN[1], "as_of": 2025, "corrections": {"river_distance_m": 50.0, "elevation_m": 2.0}}
    by_set = {name: site_app.assess({**place, "parameter_set": name}) for name in ALL_SETS}
    final = {
        name: {r["risk_type"]: (r["final_aal"], r["status"], r["flags"]) for r in a["results"] if (r["ssp_scenario"], r["horizon"]) == ("ssp2", "2050s")}
        for name, a in by_set.items()
    }

    assert len({a["parameter_hash"] for a in by_set.values()}) == len(ALL_SETS)
    for name in SENSITIVITIES:
        for key, (value, status, flags) in final[name].items():
            touched = key in FITTED if name != "dr_table" else key not in ("river_flood", "typhoon")
            if status == "not_applicable":
                continue
            if not touched:
                assert same(value, final["central"][key][0]), (name, key)
            elif name == "gev_free" or (name, key) == ("dr_table", "water_stress"):
                assert (value, status) == (None, "not_assessed")
                assert ("free_shape" in flags) == (name == "gev_free")
            else:
                assert not same(value, final["central"][key][0]), (name, key)


def same(one, two):
    """Equal to six figures, or both unknown."""
    return one is two if one is None or two is None else one == pytest.approx(two, rel=1e-6)


def test_a_night_of_free_shapes_says_that_the_horizons_are_too_short(app):
    """Twenty years: no number, the flag, and the check of the stored results still reads."""
    night(app, set_name="gev_free")
    found = fitted(app)

    assert {row.status for row in found.values()} == {"not_assessed"}
    assert {row.aal for row in found.values()} == {None}
    assert all("free_shape" in row.flags for row in found.values())
    assert all("horizon_not_covered" not in row.flags for row in found.values())
