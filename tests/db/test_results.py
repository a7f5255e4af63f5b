"""The nightly run writes, the day reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from modelops_core.bootstrap import App
from modelops_core.domain.result import Status
from modelops_core.errors import InvalidInput, NoResults, OutsideKorea, RunAlreadyActive
from modelops_core.ports import Tile
from modelops_core.services.night import nightly
from modelops_core.stages.evaluate import cell_risks
from tests import world


def night(app: App, **options) -> nightly.Report:
    return nightly.run(app.nightly_ports, app.nightly_request(**options))


def stored(app: App, table: str, columns: str = "*", where: str = "true"):
    with app.owner.connect() as connection:
        return connection.execute(
            text(f"SELECT {columns} FROM modelops.{table} WHERE {where}")
        ).all()


def test_a_night_fills_every_cell_peril_scenario_and_horizon(nightly_app):
    """Every cell, peril, scenario and horizon once."""
    assert len(stored(nightly_app, "hazard_results")) == world.NIGHTLY_ROWS
    assert len(stored(nightly_app, "probability_results")) == world.NIGHTLY_ROWS
    [(status, progress)] = stored(
        nightly_app, "batch_jobs", "status::text, progress", "job_type = 'nightly'"
    )
    assert (status, progress) == ("completed", 100)
    assert nightly_app.runs.last().counts["cells"] == 6


def test_what_is_stored_is_what_was_calculated(nightly_app):
    """The tables hold the stage's numbers to ten figures, whatever the peril."""
    names = ["wsdi", "ta", "rhm", "rx1day", "rx1day_signal", "warming", "latitude", "longitude"]
    tile = nightly_app.climate.tile(Tile(1, 6), names)
    for key in ("extreme_heat", "river_flood"):
        peril, p = nightly_app.perils[key], nightly_app.parameters.params(key)
        for risk in cell_risks(peril, tile, p):
            for s, scenario in enumerate(tile.scenarios):
                rows = stored(
                    nightly_app,
                    "probability_results",
                    "grid_id, aal, aal_p05, bin_data, calculation_details",
                    f"risk_type = '{key}' AND ssp_scenario = '{scenario}' AND horizon = '{risk.horizon}' ORDER BY grid_id",
                )
                assert [r.aal for r in rows] == pytest.approx(
                    risk.estimate.aal[s].tolist(), rel=1e-12
                )
                assert [r.aal_p05 for r in rows] == pytest.approx(
                    risk.estimate.aal_p05[s].tolist(), rel=1e-12
                )
                np.testing.assert_allclose(
                    [r.bin_data["p"] for r in rows], risk.estimate.p[:, s].T, rtol=1e-9
                )
                assert [r.calculation_details["n"] for r in rows] == risk.estimate.n[s].tolist()


def test_jeju_like_cells_without_basin_are_not_assessed(nightly_app):
    """No withdrawal figures: no number, a reason instead of a default."""
    rows = stored(
        nightly_app,
        "probability_results",
        "status::text, aal, flags",
        "risk_type = 'water_stress' AND grid_id = 6",
    )
    assert {(r.status, r.aal) for r in rows} == {(Status.not_assessed.name, None)}
    assert all("no_withdrawal_figures" in r.flags for r in rows)


def test_inland_cells_have_no_coast(nightly_app):
    """H and AAL are 0 with the status that says why."""
    rows = stored(
        nightly_app,
        "hazard_results",
        "status::text, hazard_score",
        "risk_type = 'sea_level_rise' AND grid_id = 4",
    )
    assert set(rows) == {(Status.not_applicable.name, 0.0)}


def test_baseline_is_the_same_in_all_scenarios(nightly_app):
    """History is one, so the baseline's rows differ in the scenario only."""
    rows = stored(
        nightly_app,
        "probability_results",
        "grid_id, risk_type, count(DISTINCT aal), count(aal)",
        "horizon = 'baseline' GROUP BY 1, 2",
    )
    assert all(distinct == min(1, known) for _, _, distinct, known in rows)


def test_a_second_night_changes_nothing(app):
    """Unchanged tiles are skipped; --all recalculates them and finds the same numbers."""
    first = night(app)
    second = night(app)
    forced = night(app, force=True)

    assert (first.skipped, second.skipped, forced.skipped) == (0, second.tiles, 0)
    assert sum(first.changed.values()) == 2 * world.NIGHTLY_ROWS
    assert sum(second.changed.values()) == 0
    assert sum(forced.changed.values()) == 0


def test_one_changed_value_recalculates_its_tile_only(app):
    """A single number in one table changes that tile's fingerprint and the basins'."""
    night(app, tile_cells=2)
    with app.owner.begin() as connection:
        connection.execute(
            text("UPDATE modelops.wsdi_data SET ssp2 = ssp2 + 30 WHERE grid_id = 1 AND year = 2050")
        )
    report = night(app, tile_cells=2)

    assert (report.tiles, report.skipped) == (3, 2)
    assert report.changed == {"hazard_results": 1, "probability_results": 1}
    [(cell, scenario, horizon)] = stored(
        app,
        "probability_results",
        "grid_id, ssp_scenario::text, horizon::text",
        f"run_id = {report.run_id} AND risk_type <> 'water_stress'",
    )
    assert (cell, scenario, horizon) == (1, "ssp2", "2050s")


def test_other_numbers_are_another_night(app):
    """The low set changes the hash, and with it every tile."""
    night(app)
    low = night(app, set_name="low")

    assert low.skipped == 0
    assert low.changed["probability_results"] > 0
    hashes = stored(app, "runs", "parameter_hash", "true ORDER BY run_id")
    assert len(set(hashes)) == 2


def test_stages_can_run_one_after_the_other(app):
    """hazard_batch.py, then probability_batch.py."""
    hazard = night(app, stages=("hazard",))
    assert set(hazard.changed) == {"hazard_results"}
    assert not stored(app, "probability_results", "1")
    probability = night(app, stages=("probability",))
    assert set(probability.changed) == {"probability_results"}


def test_two_nights_at_once(app):
    """The second is refused and leaves no job behind."""
    with app.runs.lock(), pytest.raises(RunAlreadyActive):
        night(app)
    assert not stored(app, "batch_jobs", "1")


def test_the_lock_is_free_after_a_night(app):
    """And after one that failed."""
    with pytest.raises(RuntimeError), app.runs.lock():
        raise RuntimeError
    night(app)


def test_an_empty_grid_is_said(empty_app):
    """No grid, no nightly run: a sentence, not a traceback."""
    with pytest.raises(NoResults, match="empty"):
        night(empty_app)


def test_tiles_of_any_size_give_the_same_rows(app):
    """Where tiles are cut does not matter, to the twelfth figure."""
    every = "aal, aal_p05, aal_p95", "true ORDER BY grid_id, risk_type, ssp_scenario, horizon"
    night(app, tile_cells=100)
    whole = stored(app, "probability_results", *every)
    night(app, tile_cells=1, force=True)
    cut = stored(app, "probability_results", *every)

    np.testing.assert_allclose(
        np.array(cut, dtype=float), np.array(whole, dtype=float), rtol=1e-11, atol=1e-16
    )


def test_a_tile_that_fails_leaves_nothing_half_written(app, monkeypatch):
    """An error while writing P(H) takes the tile's H back too."""
    from modelops_core.db.results import cells

    monkeypatch.setattr(cells, "probability_lines", lambda *_: "not a row\n")
    ports = app.nightly_ports
    broken = replace(ports, over_tiles=replace(ports.over_tiles, processes=1))
    with pytest.raises(Exception, match=r"COPY|missing data|invalid input"):
        nightly.run(broken, app.nightly_request())

    assert not stored(app, "hazard_results", "1")
    assert stored(app, "batch_jobs", "status::text") == [("failed",)]


def test_thirty_years_cover_the_2030s_only(engine, make_app):
    """2021–2050 and no history: baseline is the 2030s, later horizons are not extrapolated."""
    app = make_app()
    world.fill(engine, years=np.arange(2021, 2051))
    night(app)
    rows = stored(
        app,
        "probability_results",
        "DISTINCT horizon::text, status::text, flags",
        "risk_type = 'extreme_heat'",
    )
    by_horizon = {r.horizon: r for r in rows}

    assert by_horizon["2050s"].status == "not_assessed"
    assert "horizon_not_covered" in by_horizon["2050s"].flags
    assert by_horizon["2030s"].status == "ok"
    assert "baseline_model_start" in by_horizon["2030s"].flags
    assert {by_horizon[h].status for h in ("2070s", "2090s")} == {"not_assessed"}


def test_places_on_land_at_sea_and_abroad(nightly_app):
    """A point in a district, one off the shore, one in the sea, one in Paris."""
    place = nightly_app.places.place(*world.SEOUL)
    assert (place.grid_id, place.district_code) == (4, "11140")
    assert place.building["distance_m"] == pytest.approx(55.6, abs=1)
    assert place.site.is_urban is True
    with pytest.raises(OutsideKorea, match="sea"):
        nightly_app.places.place(36.0, 125.0)
    with pytest.raises(InvalidInput, match=r"longitude 2.35|latitude 48.85"):
        nightly_app.places.place(48.85, 2.35)


def test_nearest_searches_use_the_index(nightly_app):
    """GiST nearest neighbours in metres, not a scan in degrees."""
    from modelops_core.db import tables
    from modelops_core.db.inputs import places

    with nightly_app.owner.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        for statement, index in (
            (places.nearest(tables.BUILDINGS, *world.SEOUL), "api_buildings_geom_5179_idx"),
            (places.in_district(*world.SEOUL), "location_admin_parts_sigungu_idx"),
            (places.in_district(*world.SEOUL, "emd"), "location_admin_parts_emd_idx"),
            (places.nearest(tables.CELLS, *world.SEOUL), "location_grid_geom_5179_idx"),
            (places.nearest(tables.COASTLINE, *world.SEOUL), "coastline_geom_5179_idx"),
        ):
            written = statement.compile(connection, compile_kwargs={"literal_binds": True})
            plan = "\n".join(connection.execute(text(f"EXPLAIN {written}")).scalars())
            assert index in plan, plan
            assert "Order By" in plan, plan
