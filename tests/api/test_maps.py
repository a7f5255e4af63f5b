"""GeoJSON layers and vector tiles."""

from __future__ import annotations

import math

import pytest

from modelops_core.db import queries
from modelops_core.db.maps.vector_tiles import MAX_COUNTED_ZOOM, MAX_STORED_ZOOM
from modelops_core.indicators.gev import Gev
from tests.world import CELLS, SEOUL

LAYER = "/api/v1/layers/extreme_heat.geojson"


def at(latitude, longitude, z):
    """The tile of a point."""
    n = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * n
    return f"{z}/{int((longitude + 180) / 360 * n)}/{int(y)}"


def fields(message):
    """A protobuf message as (number, value) pairs."""
    found, i = [], 0

    def varint():
        nonlocal i
        value = shift = 0
        while True:
            byte = message[i]
            i += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    while i < len(message):
        key = varint()
        if key & 7 == 0:
            found.append((key >> 3, varint()))
        elif key & 7 == 2:
            size = varint()
            found.append((key >> 3, message[i : i + size]))
            i += size
        else:
            size = {1: 8, 5: 4}[key & 7]
            found.append((key >> 3, message[i : i + size]))
            i += size
    return found


def layers(mvt):
    """{layer: {'features': n, 'keys': [...]}} of a tile."""
    found = {}
    for number, layer in fields(mvt):
        assert number == 3
        parts = fields(layer)
        name = next(v for n, v in parts if n == 1).decode()
        found[name] = {
            "features": sum(n == 2 for n, _ in parts),
            "keys": [v.decode() for n, v in parts if n == 3],
        }
    return found


def test_a_layer_holds_every_cell(idle, site_app):
    """Value and status of each, closed squares around it, what it is in the head."""
    answer = idle.get(LAYER, params={"metric": "aal", "scenario": "ssp5", "horizon": "2090s"})
    found = answer.json()
    stored = {
        r["grid_id"]: r for r in site_app.stored_results.layer("extreme_heat", "ssp5", "2090s")
    }

    assert answer.headers["content-type"] == "application/geo+json"
    assert (found["metric"], found["scenario"], found["unit"]) == (
        "aal",
        "ssp5",
        "% of the exposed value a year",
    )
    assert {f["id"] for f in found["features"]} == set(CELLS)
    for feature in found["features"]:
        [ring] = feature["geometry"]["coordinates"]
        latitude, longitude, *_ = CELLS[feature["id"]]
        assert ring[0] == ring[-1]
        assert ring[0] == pytest.approx([longitude - 0.05, latitude - 0.05])
        assert feature["properties"]["value"] == stored[feature["id"]]["aal"]


@pytest.fixture
def finer(site_app):
    """The same cells two hundredths of a degree apart."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            """UPDATE modelops.location_grid SET
                 latitude = latitude - CASE WHEN grid_id IN (3, 6) THEN 0.08 ELSE 0 END,
                 longitude = longitude - CASE WHEN grid_id IN (1, 4) THEN 0 ELSE 0.08 END"""
        )


def test_squares_are_as_wide_as_the_grid_is_fine(finer, idle):
    """A hundredth to each side on a grid of two: nothing lies three hundredths west of a cell."""
    found = {f["id"]: f["geometry"]["coordinates"][0] for f in idle.get(LAYER).json()["features"]}
    beside, inside = (idle.get(f"/tiles/grid/{at(37.55, x, 14)}.mvt") for x in (126.92, 126.95))

    assert found[4][0] == pytest.approx([126.94, 37.54])
    assert found[4][2] == pytest.approx([126.96, 37.56])
    assert beside.status_code == 204
    assert layers(inside.content)["grid"]["features"] >= 1


def test_all_perils_together_are_their_sum(idle, site_app):
    """As the nightly run stored it, with what each cell lacks; the same where nothing is stored."""
    view = {"metric": "aal", "scenario": "ssp5", "horizon": "2090s"}
    stored = idle.get("/api/v1/layers/total.geojson", params=view).json()
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM modelops.cell_totals_state")
        level = connection.exec_driver_sql(
            "SELECT modelops.gev_level_v1(100, 10, 0.1, 50)"
        ).scalar_one()
    added = idle.get("/api/v1/layers/total.geojson", params=view).json()

    found = {f["id"]: f["properties"] for f in stored["features"]}
    assert set(found) == set(CELLS)
    assert found[6]["lacking"] > found[4]["lacking"]  # of no basin
    for one in added["features"]:
        same = found[one["id"]] | {"value": pytest.approx(found[one["id"]]["value"], rel=1e-6)}
        assert one["properties"] == same
    assert level == pytest.approx(Gev(100.0, 10.0, 0.1).level(50.0))


def test_unknown_is_null_with_its_status(idle):
    """Cell 6 lies in no basin: water stress is not assessed there, not 0."""
    found = idle.get("/api/v1/layers/water_stress.geojson").json()
    [lonely] = [f["properties"] for f in found["features"] if f["id"] == 6]
    assert lonely["value"] is None
    assert lonely["status"] != "ok"


@pytest.mark.parametrize(
    "path", [LAYER, f"/tiles/grid/{at(*SEOUL, 8)}.mvt", "/tiles/buildings/14/0/0.mvt"]
)
def test_etags(idle, site_app, path):
    """304 while nothing changed, 200 after a nightly run."""
    first = idle.get(path)
    tag = first.headers["etag"]
    same = idle.get(path, headers={"If-None-Match": f'"other", {tag}'})
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.data_sources SET loaded_at = now() + interval '1 second'"
        )
    idle.app.state.data_version._read_at = None
    later = idle.get(path, headers={"If-None-Match": tag})

    assert first.status_code in (200, 204)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert later.status_code == first.status_code
    assert later.headers["etag"] != tag


def test_the_tile_of_a_building_has_it(idle):
    """Every building with what the register says; the neighbour's tile has none."""
    answer = idle.get(f"/tiles/buildings/{at(SEOUL[0] + 0.0005, SEOUL[1], 14)}.mvt")
    found = layers(answer.content)

    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert found["buildings"]["features"] == 1
    assert {"structure", "main_purpose", "built_year"} <= set(found["buildings"]["keys"])
    assert idle.get("/tiles/buildings/14/0/0.mvt").status_code == 204


def test_stored_tiles_say_the_same_as_live_ones(idle, site_app):
    """Before and after they are made; every zoom holds every building once."""
    paths = [
        f"/tiles/buildings/{at(SEOUL[0] + 0.0005, SEOUL[1], z)}.mvt"
        for z in range(MAX_STORED_ZOOM + 3)
    ]
    live = [layers(idle.get(path).content) for path in paths]
    site_app.tiles.make(site_app.tiles.due(), lambda *_: None)
    stored = [layers(idle.get(path).content) for path in paths]

    assert site_app.tiles.due() is None
    for z, (before, after) in enumerate(zip(live, stored, strict=True)):
        assert before["buildings"]["features"] == after["buildings"]["features"], z
        assert ("buildings" in after["buildings"]["keys"]) == (z <= MAX_COUNTED_ZOOM), z
    with site_app.reader.connect() as connection:
        made = dict(
            connection.exec_driver_sql(
                "SELECT z, count(*) FROM modelops.building_tiles GROUP BY z"
            ).all()
        )
        assert sorted(made) == list(range(MAX_STORED_ZOOM + 1))
        assert queries.row(connection, "stored_tile", z=0, x=0, y=0) is not None


def test_the_worker_makes_tiles_of_new_buildings_once(site_app):
    """A maintenance task queues the job; a failed one is not queued again for the same load."""
    site_app.maintenance()
    [job] = [j for j in site_app.jobs.recent() if j.job_type == "building_tiles"]
    site_app.jobs.fail(job.batch_id, "no")
    site_app.maintenance._scheduled_at = None
    site_app.maintenance()
    assert len([j for j in site_app.jobs.recent() if j.job_type == "building_tiles"]) == 1
    site_app.jobs.retry(job.batch_id)
    site_app.worker_loop().step()
    assert site_app.tiles.due() is None


def test_grid_and_districts(idle):
    """Cells with their values; provinces from afar, towns from near."""
    grid = layers(idle.get(f"/tiles/grid/{at(*SEOUL, 9)}.mvt").content)["grid"]
    assert grid["features"] == 3
    assert {"hazard_score", "hazard_level", "aal", "hazard_status", "bin1"} <= set(grid["keys"])
    total = layers(idle.get(f"/tiles/grid/{at(*SEOUL, 9)}.mvt?risk_type=total").content)["grid"]
    assert (total["features"], {"aal", "aal_status", "lacking"} - set(total["keys"])) == (3, set())
    for peril in ("river_flood", "typhoon"):
        tile = idle.get(f"/tiles/grid/{at(*SEOUL, 9)}.mvt?risk_type={peril}").content
        assert {"level_10", "level_200"} <= set(layers(tile)["grid"]["keys"])
    for z in (5, 9, 12):
        found = layers(idle.get(f"/tiles/admin/{at(*SEOUL, z)}.mvt").content)["admin"]
        assert found["features"] >= 1
        assert "admin_name" in found["keys"]


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/buildings/21/0/0.mvt",
        "/tiles/buildings/-1/0/0.mvt",
        "/tiles/buildings/3/8/0.mvt",
        "/tiles/buildings/3/0/9999999999999999999999.mvt",
        "/tiles/secrets/3/0/0.mvt",
        "/tiles/grid/8/0/0.mvt?risk_type=locusts",
        "/tiles/grid/8/0/0.mvt?scenario=ssp4",
        "/api/v1/layers/locusts.geojson",
        "/api/v1/layers/extreme_heat.geojson?horizon=2060s",
        "/api/v1/layers/extreme_heat.geojson?metric=price",
        "/tiles/grid/8/0/0.mvt?risk_type=extreme_heat'--",
    ],
)
def test_tiles_and_layers_that_there_are_not(idle, path):
    """422 with the field; never 500."""
    answer = idle.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_results_before_the_first_night(app):
    """503 and the command that helps, not an empty map; cells without values are null."""
    from tests.api.conftest import calling

    with calling(app) as client:
        found = client.get(LAYER).json()
    assert {f["properties"]["status"] for f in found["features"]} == {"not_calculated"}
