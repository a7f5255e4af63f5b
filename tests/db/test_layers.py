"""What the maps read."""

from __future__ import annotations

import json

import numpy as np
import pytest

from modelops_core.domain.result import Status
from modelops_core.errors import InvalidInput
from tests.world import CELLS


def test_layers_come_in_the_order_of_the_cells(nightly_app):
    """One value a cell, equal to what the tables hold."""
    grid = nightly_app.layers.cells()
    found = nightly_app.layers.values("extreme_heat", "ssp5", "2090s")
    with nightly_app.reader.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT p.grid_id, p.aal, h.hazard_score FROM modelops.probability_results p JOIN modelops.hazard_results h"
            " USING (grid_id, risk_type, ssp_scenario, horizon)"
            " WHERE risk_type = 'extreme_heat' AND ssp_scenario = 'ssp5' AND horizon = '2090s' ORDER BY 1"
        ).all()

    assert grid.grid_id.tolist() == list(CELLS) == [row[0] for row in stored]
    np.testing.assert_allclose(found.aal, [row[1] for row in stored], rtol=1e-6)
    np.testing.assert_allclose(found.hazard, [row[2] for row in stored], rtol=1e-6)
    assert (found.aal_status == 0).all()


def test_what_lies_behind_an_aal_is_read_by_cell(nightly_app):
    """One class' probability, the details by name, all perils' losses: as each row of the table has them."""
    layers, view = nightly_app.layers, ("ssp5", "2090s")
    cells = layers.cells().grid_id
    losses = layers.losses(tuple(nightly_app.perils), *view, cells)
    for place, key in enumerate(nightly_app.perils):
        with nightly_app.reader.connect() as connection:
            stored = connection.exec_driver_sql(
                "SELECT aal, bin_data, calculation_details AS fit, status FROM modelops.probability_results"
                " WHERE risk_type = %s AND ssp_scenario = 'ssp5' AND horizon = '2090s' ORDER BY grid_id",
                (key,),
            ).all()
        second = [np.nan if row.bin_data is None else row.bin_data["p"][1] for row in stored]
        found = layers.classes(key, *view, 1)
        np.testing.assert_array_equal(found.values["p"], second)
        assert [Status(one).name for one in found.status] == [row.status for row in stored]
        fit = layers.details(key, *view, ("n", "nobody"))
        np.testing.assert_array_equal(fit.values["n"], [row.fit["n"] or np.nan for row in stored])
        assert np.isnan(fit.values["nobody"]).all()
        aal = np.array([row.aal for row in stored], float)
        np.testing.assert_allclose(losses.aal[place], aal, rtol=1e-6)
        assert losses.status[place].tolist() == found.status.tolist()


def test_before_a_night_there_is_nothing(app):
    """NaN and status −1, not zero."""
    found = app.layers.values("wildfire", "ssp2", "2050s")
    assert np.isnan(found.aal).all()
    assert (found.hazard_status == -1).all()
    assert np.isnan(app.layers.classes("wildfire", "ssp2", "2050s", 0).values["p"]).all()
    losses = app.layers.losses(("wildfire",), "ssp2", "2050s", app.layers.cells().grid_id)
    assert np.isnan(losses.aal).all()
    assert (losses.status == -1).all()


@pytest.mark.parametrize(
    "names",
    [
        ("x'; DROP TABLE", "ssp2", "2050s"),
        ("wildfire", "ssp9", "2050s"),
        ("wildfire", "ssp2", "now"),
    ],
)
def test_unknown_names_are_refused(nightly_app, names):
    """A peril that the database does not know, a scenario or a window that nobody knows."""
    with pytest.raises(InvalidInput, match=r"ssp9|now|DROP TABLE"):
        nightly_app.layers.values(*names)


def test_districts_have_outlines_and_people(nightly_app):
    """GeoJSON text, a point inside, population."""
    found = nightly_app.layers.districts()
    shape = json.loads(found[0]["outline"])

    assert [d["admin_code"] for d in found] == ["11140", "26470"]
    assert shape["type"] in ("Polygon", "MultiPolygon")
    assert 126.9 < found[0]["longitude"] < 127.1
    assert found[0]["population_2020"] == 100_000


def test_statuses_are_their_places_in_the_enumeration(site_app):
    """Each code of the screen is the one of the table."""
    names = ["ok", "low_confidence", "not_assessed", "not_applicable"]
    with site_app.owner.begin() as connection:
        for grid_id, name in enumerate(names, start=1):
            connection.exec_driver_sql(
                "UPDATE modelops.hazard_results SET status = %s WHERE grid_id = %s AND risk_type = 'drought'",
                (name, grid_id),
            )
        connection.exec_driver_sql("DELETE FROM modelops.hazard_results WHERE grid_id = 5")

    assert site_app.layers.values("drought", "ssp2", "2050s").hazard_status[:5].tolist() == [
        0,
        1,
        2,
        3,
        -1,
    ]
    assert [status.value for status in map(Status.__getitem__, names)] == [0, 1, 2, 3]


def test_cells_are_the_rows_of_the_grid(site_app):
    """Numbers, basins and districts; unknown ones are NaN and ''; a quote in a code is a quote."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.location_grid SET admin_code = NULL, coast_distance_m = NULL WHERE grid_id = 2"
        )
        connection.exec_driver_sql(
            "UPDATE modelops.location_grid SET basin_code = 'O''Brien''s' WHERE grid_id = 3"
        )
        connection.exec_driver_sql(
            "UPDATE modelops.location_grid SET elevation_m = 12.5 WHERE grid_id = 4"
        )
    grid = site_app.layers.cells()

    places = [(cell[0], cell[1]) for cell in CELLS.values()]
    assert list(zip(grid.latitude.tolist(), grid.longitude.tolist(), strict=True)) == places
    assert grid.admin_code.tolist() == ["26470", "", "26470", "11140", "11140", "11140"]
    assert grid.basin_code.tolist() == ["Nakdong", "Nakdong", "O'Brien's", "Han", "Han", ""]
    np.testing.assert_array_equal(grid.coast_distance_m, [3000, np.nan, 9000, 40000, 45000, 50000])
    assert grid.elevation_m[3] == 12.5


def test_a_response_says_of_each_cell_where_it_comes_from(site_app):
    """Estimated, published, unknown, or not looked for; of the variable that was asked for alone."""
    with site_app.owner.begin() as connection:
        for change in (
            "SET pooled = 0.01 * grid_id, flags = '{}' WHERE variable = 'rx1day'",
            "SET flags = '{rain_smoothed,response_assumed}' WHERE variable = 'rx1day' AND grid_id = 2",
            "SET pooled = NULL WHERE variable = 'rx1day' AND grid_id = 3",
            "SET pooled = -0.2 WHERE variable = 'spei12'",
        ):
            connection.exec_driver_sql(f"UPDATE modelops.change_signals {change}")
        connection.exec_driver_sql("DELETE FROM modelops.change_signals WHERE grid_id = 6")
    rain, drought = (site_app.layers.response(name) for name in ("rx1day", "spei12"))

    np.testing.assert_allclose(rain.response, [0.01, 0.02, np.nan, 0.04, 0.05, np.nan], rtol=1e-6)
    assert rain.status.tolist() == [0, 1, 2, 0, 0, -1]
    np.testing.assert_allclose(drought.response, [*[-0.2] * 5, np.nan], rtol=1e-6)
    assert (site_app.layers.response("ta").status == -1).all()


def test_an_empty_grid_has_no_cells(empty_app):
    """Seven arrays of nothing."""
    grid = empty_app.layers.cells()
    assert grid.grid_id.size == grid.latitude.size == grid.admin_code.size == 0
