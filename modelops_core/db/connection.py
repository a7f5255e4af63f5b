"""
The database operations of the requirements, under the required names and return shapes.

Each method runs a named query and converts its rows. Callers that name no scenario or
horizon get the defaults. The nightly run reads and writes whole tiles (``db.inputs.climate``,
``db.results.cells``) and does not use this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from sqlalchemy import Connection, Engine

from modelops_core import perils
from modelops_core.db import bulk, engine, queries
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.inputs.climate import ClimateTables
from modelops_core.db.inputs.places import (
    SHORE_TOLERANCE,
    building_near,
    cell_at,
    district_at,
    population_at,
)
from modelops_core.db.queue.jobs import Jobs
from modelops_core.db.results import saves
from modelops_core.db.results.sites import SiteResults
from modelops_core.domain import horizons
from modelops_core.domain.site import check_coordinates
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.errors import OutsideKorea
from modelops_core.ports import Row, Tile
from modelops_core.settings import Settings

#: a point this near a cell's centre is that cell [m]
CELL_CENTRE_RADIUS = 1.0
SEA_LEVEL_YEARS = (2020, 2100)


class DatabaseConnection:
    """The requirements' data access, as static methods over one pooled engine."""

    _bound: ClassVar[Engine | None] = None

    @classmethod
    def bind(cls, bound: Engine | None) -> None:
        """Use *bound* instead of the engine that the settings name; None undoes it."""
        cls._bound = bound

    @staticmethod
    def fetch_climate_data(
        latitude: float, longitude: float, risk_type: str | None = None, ssp_scenario: str = "ssp2"
    ) -> Row:
        """
        {'climate_data': {variable: [values in time order, None = missing]}, 'grid_id', 'years'}.

        With *risk_type* only the variables that this peril reads.
        """
        scenario = horizons.scenario(ssp_scenario)
        names = frozenset((*MONTHLY, *YEARLY, "sea_level"))
        if risk_type is not None:
            peril = perils.get(risk_type, perils.discover(*perils.folders(Settings().peril_path)))
            names &= peril.requires | peril.regional_requires
        with engine.translated_errors(), _engine().connect() as connection:
            cell = _cell(connection, latitude, longitude)
        tables = ClimateTables(_engine(), {})
        climate = tables.tile(Tile(cell["grid_id"], cell["grid_id"]), names)
        index = climate.scenarios.index(scenario)
        series = {name: _with_none(climate[name][index].ravel()) for name in sorted(names)}
        return {"climate_data": series, "grid_id": cell["grid_id"], "years": climate.years.tolist()}

    @staticmethod
    def fetch_grid_coordinates() -> list[dict[str, float]]:
        """[{'latitude', 'longitude'}] of all cells."""
        with _read() as connection:
            return queries.rows(connection, "grid_coordinates")

    @staticmethod
    def fetch_sea_level_data(grid_id: int, ssp_scenario: str = "ssp2") -> list[float | None]:
        """Yearly sea-level rise [cm] 2020–2100 of a sea_level_grid node; empty if unknown."""
        scenario = horizons.scenario(ssp_scenario)
        first, last = SEA_LEVEL_YEARS
        with _read() as connection:
            found = queries.rows(
                connection, "sea_level_at_node", grid_id=grid_id, first=first, last=last
            )
        by_year = {row["year"]: row[scenario] for row in found}
        return [by_year.get(year) for year in range(first, last + 1)] if by_year else []

    @staticmethod
    def fetch_building_info(
        latitude: float, longitude: float, search_radius: float = 500
    ) -> Row | None:
        """The nearest building within *search_radius* m; None where there is none."""
        check_coordinates(latitude, longitude)
        with _read() as connection:
            found = building_near(connection, latitude, longitude, search_radius)
        return None if found is None else saves.building_info(found)

    @staticmethod
    def fetch_population_data(latitude: float, longitude: float) -> Row:
        """Population 2020–2050 of the district at a point; raises OutsideKorea off the land."""
        check_coordinates(latitude, longitude)
        with _read() as connection:
            found = population_at(connection, latitude, longitude)
        if found is None or found["distance_m"] > SHORE_TOLERANCE:
            raise OutsideKorea("in_no_district", latitude=latitude, longitude=longitude)
        return saves.population_info(found)

    @staticmethod
    def fetch_hazard_results(
        latitude: float,
        longitude: float,
        risk_types: Sequence[str] | None = None,
        ssp_scenario: str = horizons.DEFAULT_SCENARIO,
        horizon: str = horizons.DEFAULT_HORIZON,
    ) -> dict[str, Row]:
        """{risk_type: {'hazard_score', 'hazard_score_100', 'hazard_level', …}} at a point."""
        return _stored("hazard_at", latitude, longitude, risk_types, ssp_scenario, horizon)

    @staticmethod
    def fetch_probability_results(
        latitude: float,
        longitude: float,
        risk_types: Sequence[str] | None = None,
        ssp_scenario: str = horizons.DEFAULT_SCENARIO,
        horizon: str = horizons.DEFAULT_HORIZON,
    ) -> dict[str, Row]:
        """{risk_type: {'aal', 'bin_probabilities', 'bin_data', 'calculation_details', …}}."""
        return _stored("probability_at", latitude, longitude, risk_types, ssp_scenario, horizon)

    @staticmethod
    def fetch_base_aals(
        latitude: float,
        longitude: float,
        risk_types: Sequence[str] | None = None,
        ssp_scenario: str = horizons.DEFAULT_SCENARIO,
        horizon: str = horizons.DEFAULT_HORIZON,
    ) -> dict[str, float | None]:
        """{risk_type: base AAL [% a year]}; None where not assessed."""
        found = _stored("probability_at", latitude, longitude, risk_types, ssp_scenario, horizon)
        return {risk_type: row["aal"] for risk_type, row in found.items()}

    @staticmethod
    def save_hazard_results(results: Iterable[Row]) -> int:
        """Insert or replace H of cells; rows changed."""
        return _save(saves.HAZARD, results)

    @staticmethod
    def save_probability_results(results: Iterable[Row]) -> int:
        """Insert or replace P(H) and AAL of cells; rows changed."""
        return _save(saves.PROBABILITY, results)

    @staticmethod
    def save_exposure_results(results: Iterable[Row]) -> int:
        """Insert or replace E of sites; rows changed."""
        return SiteResults(_engine()).exposure(
            saves.unique([saves.site_row(row) for row in results], saves.SITE_KEY)
        )

    @staticmethod
    def save_vulnerability_results(results: Iterable[Row]) -> int:
        """Insert or replace V of sites; rows changed."""
        return SiteResults(_engine()).vulnerability(
            saves.unique([saves.site_row(row) for row in results], saves.SITE_KEY)
        )

    @staticmethod
    def save_aal_scaled_results(results: Iterable[Row]) -> int:
        """Insert or replace scaled AAL of sites; rows changed."""
        return SiteResults(_engine()).aal_scaled(
            saves.unique([saves.scenario_row(row) for row in results], saves.SCENARIO_KEY)
        )

    @staticmethod
    def create_batch_job(job_type: str, input_params: Row) -> str:
        """Queue a new job and return its id."""
        return Jobs(_engine()).create(
            job_type, input_params, len(set(input_params.get("risk_types") or ())) or None
        )

    @staticmethod
    def update_batch_progress(
        batch_id: str,
        progress: int,
        current_step: str | None = None,
        completed_items: int | None = None,
        failed_items: int | None = None,
        total_items: int | None = None,
    ) -> None:
        """Write a job's progress [%] and step; raises JobCancelled where the job shall stop."""
        Jobs(_engine()).progress(
            batch_id,
            saves.checked_progress(progress),
            current_step,
            completed_items=completed_items,
            failed_items=failed_items,
            total_items=total_items,
        )

    @staticmethod
    def complete_batch_job(batch_id: str, results: Row) -> None:
        """Set a job's status to completed and store its results."""
        Jobs(_engine()).complete(batch_id, results)

    @staticmethod
    def fail_batch_job(
        batch_id: str, error_message: str, error_stack_trace: str | None = None
    ) -> None:
        """Set a job's status to failed and store the error."""
        Jobs(_engine()).fail(batch_id, error_message, error_stack_trace)

    @staticmethod
    def get_batch_status(batch_id: str) -> Row:
        """A job's row with its times as ISO 8601 texts; raises JobNotFound."""
        return saves.job_status(Jobs(_engine()).get(batch_id).as_row())


def _engine() -> Engine:
    return DatabaseConnection._bound or _from_settings()


@lru_cache(maxsize=1)
def _from_settings() -> Engine:
    settings = Settings()
    url = settings.database_worker_url or settings.database_url
    return engine.make(url or Cluster(settings.var).url("modelops_worker"), "modelops_worker")


def _read() -> Any:
    return _engine().connect()


def _cell(connection: Connection, latitude: float, longitude: float) -> Row:
    """The cell of a point on land; a cell's centre counts as land though it may lie in the sea."""
    check_coordinates(latitude, longitude)
    cell = cell_at(connection, latitude, longitude)
    if cell["distance_m"] > CELL_CENTRE_RADIUS:
        district_at(connection, latitude, longitude)
    return cell


def _stored(
    query: str,
    latitude: float,
    longitude: float,
    risk_types: Sequence[str] | None,
    scenario: str,
    horizon: str,
) -> dict[str, Row]:
    horizons.scenario(scenario), horizons.horizon(horizon)
    with engine.translated_errors(), _engine().connect() as connection:
        cell = _cell(connection, latitude, longitude)
        found = queries.rows(connection, query, grid_id=cell["grid_id"])
    return {
        row["risk_type"]: row
        for row in found
        if (row["ssp_scenario"], row["horizon"]) == (scenario, horizon)
        and (risk_types is None or row["risk_type"] in risk_types)
    }


def _save(table: saves.CellTable, results: Iterable[Row]) -> int:
    rows = [saves.scenario_row(row) for row in results]
    if not rows:
        return 0
    with engine.translated_errors(), _engine().begin() as connection:
        of_cells = saves.unique([{**row, **_grid(connection, row)} for row in rows], saves.KEY)
        body = saves.cell_lines(table, of_cells)
        queries.run(connection, "clear_status_counts")
        queries.run(connection, "forget_totals")
        return bulk.merge(connection, table.name, saves.KEY, table.columns, body)


def _grid(connection: Connection, row: Row) -> Row:
    """The grid id of a result's coordinates, which are those of the cell."""
    check_coordinates(row["latitude"], row["longitude"])
    cell = cell_at(connection, row["latitude"], row["longitude"])
    return {
        "grid_id": cell["grid_id"],
        "latitude": cell["latitude"],
        "longitude": cell["longitude"],
    }


def _with_none(values: Any) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 4) for v in values]
