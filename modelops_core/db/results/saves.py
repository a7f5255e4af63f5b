"""Checks and completes the dictionaries that the requirements' operations take and return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from modelops_core.db.results import cells
from modelops_core.db.results.sites import copy_lines
from modelops_core.domain import building, horizons
from modelops_core.domain.result import Status
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.night.tiles import METHOD_VERSION

KEY = cells.KEY
SITE_KEY = ("latitude", "longitude", "risk_type")
SCENARIO_KEY = (*SITE_KEY, "ssp_scenario", "horizon")
SCORES = (
    "hazard_score",
    "exposure_score",
    "vulnerability_score",
    "proximity_factor",
    "normalized_asset_value",
)
POPULATION_YEARS = (2020, 2025, 2030, 2035, 2040, 2045, 2050)


@dataclass(frozen=True)
class CellTable:
    """Name and columns of a table of results by cell."""

    name: str
    columns: tuple[str, ...]


HAZARD = CellTable("modelops.hazard_results", cells.HAZARD)
PROBABILITY = CellTable("modelops.probability_results", cells.PROBABILITY)


def site_row(row: Row) -> Row:
    """
    Check a site's result and complete it with version and status.

    Coordinates are rounded to six decimals [°]; raises InvalidInput for a missing or wrong field.
    """
    for name in ("latitude", "longitude", "risk_type"):
        if row.get(name) is None:
            raise InvalidInput("result_lacks", field=name)
    for name in SCORES:
        value = row.get(name)
        if value is not None and not 0 <= value <= 1:
            raise InvalidInput("out_of_range", field=name, value=value, low=0, high=1, unit="")
    status = row.get("status") or Status.ok.name
    if status not in Status.__members__:
        raise InvalidInput("none_of", field="status", value=status, known=list(Status.__members__))
    place = {
        "latitude": round(float(row["latitude"]), 6),
        "longitude": round(float(row["longitude"]), 6),
    }
    return {"method_version": METHOD_VERSION, **row, **place, "status": status}


def scenario_row(row: Row) -> Row:
    """As site_row, for results of one scenario and horizon; the defaults where none is named."""
    scenario = horizons.scenario(row.get("ssp_scenario") or horizons.DEFAULT_SCENARIO)
    horizon = horizons.horizon(row.get("horizon") or horizons.DEFAULT_HORIZON).key
    return {**site_row(row), "ssp_scenario": scenario, "horizon": horizon}


def unique(rows: Sequence[Row], key: Sequence[str]) -> Sequence[Row]:
    """Return *rows*; raises InvalidInput where two have the same *key*."""
    seen = set()
    for row in rows:
        about = tuple(row[name] for name in key)
        if about in seen:
            raise InvalidInput("given_twice", fields=key, value=about)
        seen.add(about)
    return rows


def job_status(job: Row) -> Row:
    """Make the requirements' job dictionary: times as ISO 8601 texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in job.items()
    }


def cell_lines(table: CellTable, rows: Sequence[Mapping[str, Any]]) -> str:
    """Make the COPY lines of *rows* for a table of results by cell."""
    return copy_lines(rows, table.columns)


def checked_progress(progress: int) -> int:
    """Return *progress*; raises InvalidInput where it is not within 0 to 100 %."""
    if not 0 <= progress <= 100:
        raise InvalidInput(
            "out_of_range", field="progress", value=progress, low=0, high=100, unit="%"
        )
    return int(progress)


def building_info(found: Row) -> Row:
    """Make the requirements' building dictionary: the register's words beside our classes."""
    age = None if found["built_year"] is None else date.today().year - found["built_year"]
    use = building.classify(found["main_purpose"] or "", building.USE_GROUPS, "other")
    structure = building.classify(found["structure"] or "", building.STRUCTURE_CLASSES)
    return {
        "building_age": age,
        "structure": found["structure"],
        "structure_class": structure,
        "main_purpose": found["main_purpose"],
        "use_group": use,
        "floors_above": found["floors_above"],
        "floors_below": found["floors_below"],
        "total_area": found["total_area"],
        "arch_area": found["arch_area"],
        "distance_m": found["distance_m"],
        "kind": found["kind"],
    }


def population_info(found: Row) -> Row:
    """Make the requirements' population dictionary: persons by year and their change."""
    people = {f"population_{year}": found[f"population_{year}"] for year in POPULATION_YEARS}
    first, last = people["population_2020"], people["population_2050"]
    known = first is not None and last is not None
    return {
        "admin_name": found["admin_name"],
        "admin_code": found["admin_code"],
        **people,
        "population_change_2020_2050": last - first if known else None,
        "population_change_rate_percent": round(100 * (last - first) / first, 2)
        if known and first
        else None,
    }
