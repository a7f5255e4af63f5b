"""The eighteen operations of the requirements, by name and shape."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modelops_core.db.connection import DatabaseConnection as Db
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.errors import InvalidInput, JobNotFound, OutsideKorea
from tests.database import PERILS
from tests.world import BUSAN, SEOUL

CELL = (37.55, 126.95)


@pytest.fixture
def db(site_app):
    Db.bind(site_app.worker)
    yield site_app
    Db.bind(None)


def test_fetch_climate_data_gives_every_series_in_time_order(db):
    """Thirteen tables and the sea level; months × years values each; the chosen scenario."""
    found = Db.fetch_climate_data(*SEOUL)
    series = found["climate_data"]

    assert set(series) == {*MONTHLY, *YEARLY, "sea_level"}
    assert len(series["ta"]) == 12 * len(found["years"])
    assert len(series["wsdi"]) == len(found["years"])
    warm = Db.fetch_climate_data(*SEOUL, ssp_scenario="ssp5")["climate_data"]["ta"]
    assert warm[:360] == series["ta"][:360]
    assert sum(warm[-120:]) > sum(series["ta"][-120:])


def test_fetch_climate_data_for_one_peril(db):
    """Only what extreme heat reads."""
    assert set(Db.fetch_climate_data(*SEOUL, risk_type="extreme_heat")["climate_data"]) == {
        "wsdi",
        "ta",
        "rhm",
    }


def test_missing_values_stay_in_their_place(db):
    """The sea level starts in 2015: years before are None, not left out."""
    found = Db.fetch_climate_data(*SEOUL)
    assert found["years"][0] == 1991
    assert found["climate_data"]["sea_level"][:24] == [None] * 24
    assert found["climate_data"]["sea_level"][24] == 0.0


def test_fetch_grid_coordinates(db):
    """All cells, in order."""
    assert len(Db.fetch_grid_coordinates()) == 6
    assert Db.fetch_grid_coordinates()[0] == {"latitude": 35.15, "longitude": 128.95}


def test_fetch_sea_level_data(db):
    """Eighty-one years in cm; an unknown node is empty, an unknown scenario an error."""
    rise = Db.fetch_sea_level_data(1, "ssp5")
    assert len(rise) == 81
    assert rise[0] == pytest.approx(4.8)
    assert Db.fetch_sea_level_data(99) == []
    with pytest.raises(InvalidInput, match="ssp9"):
        Db.fetch_sea_level_data(1, "ssp9")


def test_fetch_building_info_searches_in_metres(db):
    """55 m away: found within 100 m, not within 50 m."""
    found = Db.fetch_building_info(*SEOUL, search_radius=100)
    assert found["structure"] == "철근콘크리트구조"
    assert found["structure_class"] == "rc"
    assert found["use_group"] == "office"
    assert (found["floors_above"], found["floors_below"], found["total_area"]) == (10, 2, 5000.0)
    assert found["building_age"] == datetime.now(UTC).year - 2000
    assert Db.fetch_building_info(*SEOUL, search_radius=50) is None


def test_fetch_population_data(db):
    """By five years, with its change; nothing at sea."""
    found = Db.fetch_population_data(*SEOUL)
    assert found["admin_name"] == "서울특별시 중구"
    assert found["population_2020"] == 100_000
    assert found["population_change_2020_2050"] == -15_000
    assert found["population_change_rate_percent"] == -15.0
    with pytest.raises(OutsideKorea):
        Db.fetch_population_data(36.0, 125.0)


def test_fetch_results_default_to_ssp2_and_the_2050s(db):
    """The requirements' calls keep working; scenario and horizon can be named."""
    hazard = Db.fetch_hazard_results(*SEOUL)
    assert set(hazard) == set(PERILS)
    assert hazard["extreme_heat"]["horizon"] == "2050s"
    assert 0 <= hazard["extreme_heat"]["hazard_score"] <= 1
    assert hazard["extreme_heat"]["hazard_score_100"] == round(
        100 * hazard["extreme_heat"]["hazard_score"]
    )
    probability = Db.fetch_probability_results(*SEOUL, risk_types=["extreme_heat", "river_flood"])
    assert set(probability) == {"extreme_heat", "river_flood"}
    assert sum(probability["extreme_heat"]["bin_probabilities"].values()) == pytest.approx(1)
    aals = Db.fetch_base_aals(*SEOUL, ssp_scenario="ssp5", horizon="2090s")
    assert aals["extreme_heat"] > Db.fetch_base_aals(*SEOUL)["extreme_heat"]
    assert aals["sea_level_rise"] == 0.0
    assert Db.fetch_base_aals(37.65, 127.05)["water_stress"] is None


def test_save_hazard_results_replaces_and_keeps_scenarios_apart(db):
    """An upsert by cell, peril, scenario, horizon; defaults where none is named."""
    row = {
        "latitude": CELL[0],
        "longitude": CELL[1],
        "risk_type": "extreme_heat",
        "hazard_score": 0.75,
        "hazard_score_100": 75,
        "hazard_level": "High",
        "calculated_at": datetime.now(UTC),
    }
    before = Db.fetch_hazard_results(*CELL, ssp_scenario="ssp5")["extreme_heat"]["hazard_score"]

    assert Db.save_hazard_results([row]) == 1
    assert Db.fetch_hazard_results(*CELL)["extreme_heat"]["hazard_level"] == "High"
    assert (
        Db.fetch_hazard_results(*CELL, ssp_scenario="ssp5")["extreme_heat"]["hazard_score"]
        == before
    )
    assert Db.save_hazard_results([{**row, "hazard_score": 0.3, "ssp_scenario": "ssp5"}]) == 1
    assert Db.fetch_hazard_results(*CELL)["extreme_heat"]["hazard_score"] == 0.75


def test_save_probability_results(db):
    """The requirements' example, read back."""
    bins = {"bin1": 0.65, "bin2": 0.25, "bin3": 0.08, "bin4": 0.02}
    row = {
        "latitude": CELL[0],
        "longitude": CELL[1],
        "risk_type": "extreme_heat",
        "aal": 0.082,
        "bin_probabilities": bins,
        "calculation_details": {"n": 20, "note": 'tab\there, "quotes", back\\slash'},
        "bin_data": {},
        "calculated_at": datetime.now(UTC),
    }
    Db.save_probability_results([row])
    found = Db.fetch_probability_results(*CELL)["extreme_heat"]

    assert (found["aal"], found["bin_probabilities"]) == (0.082, bins)
    assert found["calculation_details"] == row["calculation_details"]
    assert Db.fetch_base_aals(*CELL)["extreme_heat"] == 0.082


def test_save_exposure_vulnerability_and_aal(db):
    """Three tables of a site; a second save replaces, an equal one changes nothing."""
    place = {
        "latitude": 37.5665,
        "longitude": 126.9780,
        "risk_type": "extreme_heat",
        "calculated_at": datetime.now(UTC),
    }
    exposure = {
        **place,
        "exposure_score": 0.68,
        "proximity_factor": 0.85,
        "normalized_asset_value": 0.72,
    }
    vulnerability = {
        **place,
        "vulnerability_score": 0.55,
        "vulnerability_level": "Medium",
        "factors": {"floors": 10},
    }
    aal = {
        **place,
        "base_aal": 0.082,
        "vulnerability_scale": 1.55,
        "final_aal": 0.127,
        "insurance_rate": 0.00127,
        "expected_loss": 127000.0,
    }

    assert [
        Db.save_exposure_results([exposure]),
        Db.save_vulnerability_results([vulnerability]),
        Db.save_aal_scaled_results([aal]),
    ] == [1, 1, 1]
    assert Db.save_exposure_results([{**exposure, "exposure_score": 0.7}]) == 1
    assert Db.save_aal_scaled_results([{**aal, "horizon": "2090s"}]) == 1
    with db.owner.connect() as connection:
        [score] = connection.exec_driver_sql(
            "SELECT exposure_score FROM modelops.exposure_results"
        ).all()
        rows = connection.exec_driver_sql(
            "SELECT horizon::text, final_aal FROM modelops.aal_scaled_results ORDER BY 1"
        ).all()
    assert score[0] == 0.7
    assert rows == [("2050s", 0.127), ("2090s", 0.127)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hazard_score": 1.2}, "hazard_score: 1.2 lies outside 0 to 1"),
        ({"ssp_scenario": "ssp4"}, "ssp4"),
        ({"horizon": "2040s"}, "2040s"),
        ({"latitude": None}, "latitude is missing"),
        ({"status": "fine"}, "status"),
        ({"latitude": 10.0}, "latitude 10"),
    ],
)
def test_bad_results_name_the_field(db, change, message):
    """Nothing is saved, and the sentence says what is wrong."""
    row = {
        "latitude": CELL[0],
        "longitude": CELL[1],
        "risk_type": "extreme_heat",
        "hazard_score": 0.5,
    }
    with pytest.raises(InvalidInput, match=message):
        Db.save_hazard_results([{**row, **change}])


def test_one_number_is_not_given_twice(db):
    """Two rows about the same in one call: refused with their key, nothing saved; two points of one cell are the same."""
    near = {
        "latitude": CELL[0],
        "longitude": CELL[1],
        "risk_type": "extreme_heat",
        "hazard_score": 0.11,
    }
    before = Db.fetch_hazard_results(*CELL)["extreme_heat"]["hazard_score"]
    with pytest.raises(InvalidInput, match="extreme_heat, ssp2, 2050s is given twice"):
        Db.save_hazard_results([near, {**near, "latitude": CELL[0] + 0.001, "hazard_score": 0.22}])
    assert Db.fetch_hazard_results(*CELL)["extreme_heat"]["hazard_score"] == before

    site = {"latitude": 37.5665, "longitude": 126.9780, "risk_type": "drought"}
    for save in (
        Db.save_exposure_results,
        Db.save_vulnerability_results,
        Db.save_aal_scaled_results,
    ):
        with pytest.raises(InvalidInput, match=r"37\.5665, 126\.978, drought.* is given twice"):
            save([site, dict(site)])
        assert save([site, {**site, "risk_type": "typhoon"}]) == 2


def test_a_job_from_queue_to_end(db):
    """create → progress → complete → status; an ended job moves no more."""
    batch_id = Db.create_batch_job(
        "ondemand_risk_calculation",
        {"latitude": 37.5, "risk_types": ["extreme_heat", "river_flood"]},
    )
    status = Db.get_batch_status(batch_id)
    assert (status["status"], status["progress"], status["total_items"]) == ("queued", 0, 2)

    Db.update_batch_progress(batch_id, 50, "Calculating E for extreme_heat", completed_items=1)
    status = Db.get_batch_status(batch_id)
    assert (status["status"], status["progress"], status["completed_items"]) == ("running", 50, 1)
    assert status["current_step"] == "Calculating E for extreme_heat"
    Db.update_batch_progress(batch_id, progress=60)
    assert Db.get_batch_status(batch_id)["current_step"] == "Calculating E for extreme_heat"

    Db.complete_batch_job(batch_id, {"integrated_risk": {"extreme_heat": 0.285}})
    Db.update_batch_progress(batch_id, 10)
    status = Db.get_batch_status(batch_id)
    assert (status["status"], status["progress"]) == ("completed", 100)
    assert status["results"] == {"integrated_risk": {"extreme_heat": 0.285}}
    assert datetime.fromisoformat(status["completed_at"]) >= datetime.fromisoformat(
        status["created_at"]
    )


def test_a_job_that_fails(db):
    """Message and trace are kept; completing it later does nothing."""
    batch_id = Db.create_batch_job("ondemand_risk_calculation", {})
    Db.fail_batch_job(batch_id, "Database connection timeout", "Traceback …")
    Db.complete_batch_job(batch_id, {})
    status = Db.get_batch_status(batch_id)

    assert (status["status"], status["error_message"]) == ("failed", "Database connection timeout")
    assert status["error_stack_trace"] == "Traceback …"


@pytest.mark.parametrize("batch_id", ["550e8400-e29b-41d4-a716-446655440000", "x'; DROP TABLE", ""])
def test_unknown_jobs(db, batch_id):
    """Neither a foreign id nor nonsense is a job."""
    with pytest.raises(JobNotFound):
        Db.get_batch_status(batch_id)


def test_progress_is_a_percentage(db):
    """101 % is refused."""
    batch_id = Db.create_batch_job("x", {})
    with pytest.raises(InvalidInput, match="progress: 101"):
        Db.update_batch_progress(batch_id, 101)


def test_busan_has_another_cell(db):
    """Two places, two cells, two numbers."""
    assert Db.fetch_base_aals(*BUSAN)["river_flood"] != Db.fetch_base_aals(*SEOUL)["river_flood"]


def test_every_cell_of_the_grid_can_be_read(db):
    """The requirements' batch: coordinates of all cells, then the climate of each, off the shore too."""
    with db.owner.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO modelops.location_grid (grid_id, latitude, longitude) VALUES (7, 35.05, 129.35)"
        )
    for place in Db.fetch_grid_coordinates():
        assert Db.fetch_climate_data(place["latitude"], place["longitude"])["grid_id"]
    with pytest.raises(OutsideKorea):
        Db.fetch_climate_data(35.051, 129.35)
