"""What the nightly run reads is what METHOD asks for: the nearest node of the sea, every year of the census."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from modelops_core.ports import Tile


def test_a_cell_reads_the_nearest_node_of_the_sea(app):
    """§7: the western node holds twice the rise; the cells of Seoul read it, those of Busan do not."""
    with app.owner.begin() as connection:
        connection.execute(
            text("UPDATE modelops.sea_level_data SET ssp5 = 2 * ssp5 WHERE grid_id = 2")
        )
    rise = app.climate.tile(Tile(1, 6), ["sea_level"])["sea_level"][3, -1]

    np.testing.assert_allclose(rise, np.array([1, 1, 1, 2, 2, 2]) * 0.96 * 85, rtol=1e-6)


def test_people_of_a_basin_by_the_year_of_their_projection(app):
    """§6: the districts' people summed by basin, each of the seven years its own."""
    years = range(2020, 2051, 5)
    with app.owner.begin() as connection:
        connection.execute(
            text("UPDATE modelops.location_grid SET basin_code = 'Han' WHERE grid_id = 6")
        )
    found = app.climate.basin_population()

    assert found["Han"] == pytest.approx({y: 100_000 - 500 * (y - 2020) for y in years})
    assert found["Nakdong"] == pytest.approx(dict.fromkeys(years, 200_000))


def test_a_basin_with_an_unknown_district_has_no_population(app):
    """A missing projection is not nobody: the year is unknown, the others stay."""
    with app.owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE modelops.location_admin SET population_2030 = NULL WHERE admin_code ="
                " (SELECT max(admin_code) FROM modelops.location_admin WHERE level = 'sigungu' AND admin_code LIKE '26%')"
            )
        )
    found = app.climate.basin_population()

    assert 2030 not in found["Nakdong"]
    assert found["Nakdong"][2035] == pytest.approx(200_000)
