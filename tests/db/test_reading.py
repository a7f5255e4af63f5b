"""What is read for maps, charts, assessments and the check, where two columns or cases lie near."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from sqlalchemy import create_engine, text

from modelops_core.db import bulk, queries
from modelops_core.db import engine as engines
from modelops_core.db.inputs.loading import DatasetTables
from modelops_core.db.inputs.series import FIELDS
from modelops_core.db.results.check import CheckTables
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.errors import OutsideKorea
from modelops_core.services.site import place_search
from tests import world
from tests.world import BUSAN, CELLS, SEOUL


def execute(app, *statements):
    with app.owner.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


# --- maps --------------------------------------------------------------------------------------


def test_islets_are_left_out_of_the_drawing(app):
    """Below 0.2 km²; a district of islets only is drawn whole."""
    islet, land = shapely.box(126.0, 36.0, 126.003, 36.003), shapely.box(127.0, 37.5, 127.1, 37.6)

    def drawn(*parts):
        shape = shapely.to_wkt(shapely.MultiPolygon(parts))
        execute(
            app,
            f"UPDATE modelops.location_admin SET geom = ST_GeomFromText('{shape}', 4326)"
            " WHERE admin_code = '11140'",
        )
        outline = app.layers.districts()[0]["outline"]
        return shapely.from_geojson(outline).bounds

    assert drawn(islet, land) == pytest.approx(land.bounds)
    assert drawn(islet) == pytest.approx(islet.bounds)


@pytest.mark.parametrize("words", ["BUSAN", "busan", "Yeonje-GU Busan", "연제"])
def test_names_are_found_in_any_case(app, words):
    """All words, in Korean or English."""
    assert "26470" in {place.code for place in place_search.find(words, app.place_names)}
    assert place_search.find(f"{words} nowhere", app.place_names) == []
    assert len(place_search.find(words, app.place_names, limit=1)) == 1


def test_a_layer_keeps_its_two_statuses_apart(site_app):
    """That of H and that of the AAL, of one peril, scenario and horizon."""
    where = "risk_type = 'drought' AND ssp_scenario = 'ssp2' AND horizon = '2050s'"
    execute(
        site_app,
        f"UPDATE modelops.hazard_results SET status = 'low_confidence' WHERE {where}",
        f"UPDATE modelops.probability_results SET status = 'not_assessed', aal = 9 WHERE {where}",
    )
    found = site_app.layers.values("drought", "ssp2", "2050s")
    assert set(found.hazard_status.tolist()) == {1}
    assert set(found.aal_status.tolist()) == {2}
    assert (found.aal == 9).all()
    for other in (("drought", "ssp3", "2050s"), ("drought", "ssp2", "2070s")):
        values = site_app.layers.values(*other)
        assert 2 not in values.aal_status[:3].tolist()
        assert not (values.aal == 9).any()
    listed = site_app.stored_results.layer("drought", "ssp2", "2050s")
    assert {(row["hazard_status"], row["aal_status"]) for row in listed} == {
        ("low_confidence", "not_assessed")
    }


# --- series ------------------------------------------------------------------------------------


def test_each_scenario_is_over_its_own_cells(app):
    """Where a cell lacks one scenario its mean is unknown, those of the three others are not."""
    codes = tuple(SCENARIOS)
    for n, code in enumerate(codes):
        execute(
            app,
            f"UPDATE modelops.cdd_data SET {code} = 10 * ({n} + 1) + grid_id",
            f"UPDATE modelops.cdd_data SET {code} = NULL WHERE grid_id = 4 AND year = {2030 + n}",
        )
    execute(
        app,
        "UPDATE modelops.data_sources SET loaded_at = loaded_at + interval '1 second'"
        " WHERE table_name = 'cdd_data'",
    )
    app.district_means.make(lambda *_: None)
    area, district = app.series.area("cdd", (4, 5, 6)), app.series.districts("cdd", ["11140"])
    for n in range(4):
        for m in range(4):
            mean = float("nan") if n == m else 10 * (n + 1) + 5.0
            for found in (area, district):
                value = found.values[n, found.years == 2030 + m].ravel()
                assert value == pytest.approx(mean, nan_ok=True), (codes[n], 2030 + m)


@pytest.mark.parametrize("n", range(4))
def test_cells_with_a_value_are_counted_by_scenario(app, n):
    """From the cells and from the sums of districts."""
    code = tuple(SCENARIOS)[n]
    execute(
        app,
        f"UPDATE modelops.cdd_data SET {code} = NULL WHERE grid_id = 4 AND year = 2030",
        "UPDATE modelops.data_sources SET loaded_at = loaded_at + interval '1 second'"
        " WHERE table_name = 'cdd_data'",
    )
    app.district_means.make(lambda *_: None)
    query = queries.TEXTS["series_of_cells"].format(
        step="year::int4", table="cdd_data", cells="4, 5, 6"
    )
    with app.reader.connect() as connection:
        records = bulk.read_records(connection, query, FIELDS)
        summed = queries.rows(connection, "series_of_districts", variable="cdd", codes=["11140"])
    expected = [2 if m == n else 3 for m in range(4)]
    names = ("n1", "n2", "n3", "n5")
    [record] = records[records["step"] == 2030]
    [row] = [row for row in summed if row["step"] == 2030]
    assert [int(record[name]) for name in names] == expected
    assert [row[name] for name in names] == expected


# --- loading -----------------------------------------------------------------------------------


def test_another_load_has_another_moment(app):
    """So that what was made of the former one is known to be old; rows and source are the new ones."""
    [dataset] = [d for d in world.datasets() if d.table == "cdd_data"]
    before = {row.table_name: row for row in app.sources.all()}
    execute(app, "DELETE FROM modelops.cdd_data")
    rows = DatasetTables(app.owner).write(dataset)
    after = {row.table_name: row for row in app.sources.all()}
    assert after["cdd_data"].loaded_at > before["cdd_data"].loaded_at
    assert after["cdd_data"].row_count == rows == 660
    assert after["ta_data"] == before["ta_data"]
    with app.owner.connect() as connection:
        indexes = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_index WHERE indrelid = 'modelops.cdd_data'::regclass"
        ).scalar()
    assert indexes > 0


def test_a_value_that_becomes_known_is_written(empty_app):
    """NULL and a number differ, both ways; an equal row is left alone, as are volatile columns."""
    with empty_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE modelops.t (k int PRIMARY KEY, a real, b real, at int)"
        )

        def merged(*values):
            body = "".join(bulk.line(row) + "\n" for row in values)
            changed = bulk.merge(
                connection, "modelops.t", ("k",), ("k", "a", "b", "at"), body, ("at",)
            )
            rows = connection.execute(text("SELECT a, b, at FROM modelops.t ORDER BY k")).all()
            return changed, [tuple(row) for row in rows]

        assert merged((1, None, 2.5, 1)) == (1, [(None, 2.5, 1)])
        assert merged((1, None, 2.5, 2)) == (0, [(None, 2.5, 1)])
        assert merged((1, 1.5, 2.5, 3)) == (1, [(1.5, 2.5, 3)])
        assert merged((1, 1.5, float("nan"), 4), (2, 1.0, 1.0, 4)) == (
            2,
            [(1.5, None, 4), (1.0, 1.0, 4)],
        )


def test_a_role_that_is_taken_has_its_time_limit(database):
    """A login that has the role becomes it; the owner, and the worker, have no limit of the pages."""
    for role, limit in (("modelops_dashboard", "10s"), (None, "0"), ("modelops_worker", "0")):
        engine = engines.make(database.url(), role)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == limit
            user = connection.exec_driver_sql("SELECT current_user").scalar()
            path = connection.exec_driver_sql("SHOW search_path").scalar()
        engine.dispose()
        assert role in (None, user)
        assert path == "modelops, public"
    plain = create_engine(database.url())
    with plain.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
    plain.dispose()


# --- places ------------------------------------------------------------------------------------


def test_a_town_decides_what_is_urban(nightly_app):
    """Busan's town of this world is not urban though its district is; Seoul's is."""
    assert nightly_app.places.place(*BUSAN).site.is_urban is False
    assert nightly_app.places.place(*SEOUL).site.is_urban is True


def test_a_place_is_what_lies_nearest(nightly_app):
    """Cell, district, building and coast, each its own; no building beyond 500 m."""
    found = nightly_app.places.place(*BUSAN)
    assert (found.grid_id, found.district_code) == (2, "26470")
    assert (found.cell_latitude, found.cell_longitude) == CELLS[2][:2]
    assert (found.site.purpose, found.site.structure) == ("공장", "")
    assert (found.site.floors_above, found.site.total_area) == (2, 800)
    assert np.isnan(found.site.built_year)
    assert found.site.coast_distance_m == pytest.approx(6_650, rel=0.01)
    field = nightly_app.places.place(35.25, 129.05)
    assert (field.grid_id, field.building) == (3, None)
    assert (field.site.purpose, np.isnan(field.site.floors_above)) == ("", True)


@pytest.mark.parametrize(("east", "inside"), [(129.11, True), (129.112, False)])
def test_a_quay_a_kilometre_off_is_land(nightly_app, east, inside):
    """The district ends at 129.1° E: 910 m off it is land, 1,090 m off it is sea."""
    if inside:
        assert nightly_app.places.place(35.2, east).district_code == "26470"
    else:
        with pytest.raises(OutsideKorea):
            nightly_app.places.place(35.2, east)


# --- check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "looked"), [(9, 3), (3, 3), (2, 1), (1, 1)])
def test_a_sample_is_never_larger_than_asked(site_app, most, looked):
    """Every n-th building, n such that no more than *most* remain; the count is of all."""
    execute(
        site_app,
        "INSERT INTO modelops.api_buildings (building_id, latitude, longitude, kind)"
        " VALUES (3, 37.56, 126.98, 'synthetic')",
    )
    stock = CheckTables(site_app.worker).stock(most)
    assert (len(stock.rows), len(stock.cell), stock.total) == (looked, looked, 3)


def test_damage_of_the_causes_is_in_per_cent(nightly_app):
    """Of the bins above the first, as the bins' own table holds it: a ratio a hundred times less."""
    key = ("extreme_heat", "ssp2", "2050s")
    causes = CheckTables(nightly_app.worker).mean_drivers({4: 1.0})[key]
    with nightly_app.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT bin_data FROM modelops.probability_results WHERE grid_id = 4"
            " AND risk_type = 'extreme_heat' AND ssp_scenario = 'ssp2' AND horizon = '2050s'"
        ).scalar()
    bins = found if isinstance(found, dict) else json.loads(found)
    occurring = [n for n, p in enumerate(bins["p"]) if n and p > 0]
    assert occurring
    for n in occurring:
        assert causes[f"damage [%] in bin {n + 1}"] == pytest.approx(100 * bins["dr"][n])
        assert causes[f"probability of bin {n + 1}"] == pytest.approx(bins["p"][n])
    assert "probability of bin 1" not in causes
