"""What is summed and counted ahead equals what a page would work out, and is not used once it is old."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.bootstrap.precomputation import DISTRICT_MEANS
from modelops_core.db.connection import DatabaseConnection
from modelops_core.services.night import nightly, totals
from tests.world import CELLS, NIGHTLY_ROWS

SEOUL = (4, 5, 6)
COUNTED = """
    SELECT risk_type::text, horizon::text, status::text, count(*) FROM modelops.probability_results
     WHERE ssp_scenario = 'ssp2' GROUP BY 1, 2, 3"""


def execute(app, *statements):
    with app.owner.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def remade(app):
    """The series were loaded again, and the job has run."""
    execute(
        app,
        "UPDATE modelops.data_sources SET loaded_at = loaded_at + interval '1 second' WHERE table_name LIKE '%%_data'",
    )
    return app.district_means.make(lambda *_: None)


def same(one, other):
    assert (one.variable, one.cells, one.years.tolist()) == (
        other.variable,
        other.cells,
        other.years.tolist(),
    )
    np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("variable", ["ta", "spei12", "rx1day"])
def test_a_district_is_the_mean_of_its_cells(app, variable):
    """One district, and both as a province would have them; months and years, to the last bit."""
    same(app.series.districts(variable, ["11140"]), app.series.area(variable, SEOUL))
    same(
        app.series.districts(variable, ["11140", "26470"]), app.series.area(variable, tuple(CELLS))
    )


def test_gaps_are_the_same_gaps(app):
    """A cell without a value at a step, a step without any value, a scenario without any."""
    execute(
        app,
        "UPDATE modelops.cdd_data SET ssp1 = NULL WHERE grid_id = 4 AND year = 2030",
        "UPDATE modelops.cdd_data SET ssp2 = NULL WHERE year = 2031",
        "UPDATE modelops.cdd_data SET ssp3 = NULL",
        "DELETE FROM modelops.cdd_data WHERE year = 2050",
    )
    remade(app)
    found = app.series.districts("cdd", ["11140", "26470"])
    same(found, app.series.area("cdd", tuple(CELLS)))
    assert np.isnan(found.values[0, found.years == 2030]).all()
    assert np.isnan(found.values[2]).all()
    assert not np.isnan(found.values[3, found.years == 2031]).any()


def test_the_loader_leaves_nothing_due_and_another_load_does(app):
    """Old sums are no answer; the job makes new ones, once."""
    assert app.district_means.due() is None
    execute(
        app,
        "UPDATE modelops.cdd_data SET ssp1 = 77",
        "UPDATE modelops.data_sources SET loaded_at = now() WHERE table_name = 'cdd_data'",
    )
    assert app.district_means.due().startswith("cdd ")
    assert app.series.districts("cdd", ["11140"]) is None
    assert app.series.districts("ta", ["11140"]) is not None
    assert app.district_means.make(lambda *_: None) == 1
    assert (app.series.districts("cdd", ["11140"]).values[0] == 77).all()
    assert app.district_means.due() is None


def test_another_grid_makes_all_of_them_old(app):
    """Other cells may lie in the districts."""
    execute(
        app, "UPDATE modelops.data_sources SET loaded_at = now() WHERE table_name = 'location_grid'"
    )
    assert app.series.districts("ta", ["11140"]) is None
    assert len(app.district_means.due().split(", ")) == 13


@pytest.mark.parametrize("codes", [[], ["00000"]])
def test_of_no_district_nothing_is_known(app, codes):
    """The caller reads cells then."""
    assert app.series.districts("ta", codes) is None


def test_workers_queue_it_once(app):
    """A maintenance task: one job for a load, none where nothing is due."""
    app.maintenance()
    assert [job for job in app.jobs.recent() if job.job_type == DISTRICT_MEANS] == []
    execute(app, "UPDATE modelops.data_sources SET loaded_at = now() WHERE table_name = 'ta_data'")
    for _ in range(2):
        app.precomputation.queue_due()
    [job] = [job for job in app.jobs.recent() if job.job_type == DISTRICT_MEANS]
    assert app.handlers()[DISTRICT_MEANS](job.batch_id, {}, lambda *_: None) == {"series": 1}
    assert app.district_means.due() is None


def counts(app):
    return sorted(
        (r.risk_type, r.horizon, r.status, r.cells) for r in app.inventory.statuses("ssp2")
    )


def direct(app):
    with app.owner.connect() as connection:
        return sorted(tuple(row) for row in connection.exec_driver_sql(COUNTED))


def kept(app):
    with app.owner.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT sum(cells) FROM modelops.status_counts"
        ).scalar_one()


def test_a_night_counts_its_statuses(nightly_app):
    """As counting the rows gives them."""
    assert kept(nightly_app) == NIGHTLY_ROWS
    assert counts(nightly_app) == direct(nightly_app)


def stored_total(app, view=("ssp5", "2090s")):
    return app.layers.stored(tuple(app.perils), *view, app.layers.cells().grid_id)


def same_totals(one, other):
    np.testing.assert_allclose(one.aal, other.aal, rtol=1e-6)
    assert one.status.tolist() == other.status.tolist()
    assert one.lacking.tolist() == other.lacking.tolist()
    assert one.without == other.without


def test_a_night_adds_its_perils(nightly_app):
    """Cell by cell, status and what it lacks; of other perils or cells nothing is stored."""
    app, cells = nightly_app, nightly_app.layers.cells().grid_id
    for view in (("ssp2", "2050s"), ("ssp5", "2090s")):
        same_totals(stored_total(app, view), totals.added(app.layers, app.perils, *view, cells))
    assert stored_total(app).without
    assert app.layers.stored(("typhoon",), "ssp2", "2050s", cells) is None
    assert app.layers.stored(tuple(app.perils), "ssp2", "2050s", cells[1:]) is None


def test_totals_belong_to_the_last_finished_night(site_app):
    """Never half a run's: one that was cut off changes nothing, the next one whose tiles are unchanged adds anew."""
    before = stored_total(site_app)
    nightly.run(site_app.nightly_ports, site_app.nightly_request())  # nothing to do
    same_totals(stored_total(site_app), before)
    site_app.runs.begin(
        site_app.jobs.create("nightly", {}, running=True), ["hazard"], _numbers(site_app)
    )
    execute(site_app, "UPDATE modelops.probability_results SET aal = 2 * aal")
    same_totals(stored_total(site_app), before)
    nightly.run(site_app.nightly_ports, site_app.nightly_request())
    np.testing.assert_allclose(stored_total(site_app).aal, 2 * before.aal, rtol=1e-6)


@pytest.fixture
def saving(site_app):
    """The requirements' interface over the test's database."""
    DatabaseConnection.bind(site_app.worker)
    yield DatabaseConnection
    DatabaseConnection.bind(None)


def test_counts_follow_what_is_saved_otherwise(site_app, saving):
    """A result saved by hand is counted with the others."""
    latitude, longitude, *_ = CELLS[4]
    row = {
        "latitude": latitude,
        "longitude": longitude,
        "risk_type": "typhoon",
        "aal": None,
        "status": "not_assessed",
    }
    before = counts(site_app)
    saving.save_probability_results([{**row, "ssp_scenario": "ssp2", "horizon": "2050s"}])
    assert kept(site_app) is None
    assert before != counts(site_app) == direct(site_app)
    assert stored_total(site_app) is None


def test_a_night_that_was_cut_off_leaves_no_counts(site_app):
    """Its tiles are counted as they are."""
    site_app.runs.begin(
        site_app.jobs.create("nightly", {}, running=True), ["hazard"], _numbers(site_app)
    )
    assert kept(site_app) is None
    execute(site_app, "UPDATE modelops.probability_results SET status = 'low_confidence'")
    assert counts(site_app) == direct(site_app)
    nightly.run(site_app.nightly_ports, site_app.nightly_request())
    assert kept(site_app) == NIGHTLY_ROWS
    assert counts(site_app) == direct(site_app)


def _numbers(app):
    return {
        "parameter_hash": app.parameters.digest(),
        "name": "central",
        "version": app.parameters.version,
        "content": {},
    }
