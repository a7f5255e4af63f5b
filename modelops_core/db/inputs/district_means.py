"""Precomputes sums of the climate series over districts: at a load, or later by a job."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.ports import Progress, Row

#: the sea level lies on nodes, which have no district
VARIABLES = (*MONTHLY, *YEARLY)


class DistrictMeans:
    """Finds series whose sums are missing (as reader) and calculates them (as writer)."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader = reader
        self._writer = writer

    def due(self) -> str | None:
        """Name the series that were loaded after their sums, with versions; None without any."""
        return ", ".join(f"{row['variable']} {row['version']}" for row in self._due()) or None

    def _due(self) -> list[Row]:
        with translated_errors(), self._reader.connect() as connection:
            return queries.rows(connection, "district_means_due", variables=list(VARIABLES))

    def make(self, progress: Progress) -> int:
        """Calculate all sums that are due, one transaction a series; return their number."""
        due = [row["variable"] for row in self._due()]
        for i, variable in enumerate(due):
            progress(100 * i // len(due), Step(StepKind.district_means, variable))
            with translated_errors(), claims.fenced(self._writer) as connection:
                make(connection, variable)
        return len(due)


def make(connection: Connection, variable: str) -> None:
    """Calculate the sums of one variable's series in the transaction of *connection*."""
    assert variable in VARIABLES
    queries.run(connection, "clear_district_means", variable=variable)
    step = "d.observation_date - DATE '2000-01-01'" if variable in MONTHLY else "d.year::int4"
    connection.execute(
        text(queries.TEXTS["make_district_means"].format(variable=variable, step=step))
    )
    queries.run(connection, "note_district_means", variable=variable)
