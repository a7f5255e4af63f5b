"""Sums of the climate series over districts, made ahead: by the loader, or by a job after another load."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.ports import Progress, Row

#: the sea level lies on nodes, which have no district
VARIABLES = (*MONTHLY, *YEARLY)


class DistrictMeans:
    """Looks with one engine, makes with another."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader = reader
        self._writer = writer

    def due(self) -> str | None:
        """Series loaded since their sums were made, with their versions; None where there are none."""
        return ", ".join(f"{row['variable']} {row['version']}" for row in self._due()) or None

    def _due(self) -> list[Row]:
        with explained(), self._reader.connect() as connection:
            return queries.rows(connection, "district_means_due", variables=list(VARIABLES))

    def make(self, progress: Progress) -> int:
        """Make what is due, each series in a transaction of its own; how many."""
        due = [row["variable"] for row in self._due()]
        for i, variable in enumerate(due):
            progress(100 * i // len(due), Step(StepKind.district_means, variable))
            with explained(), self._writer.begin() as connection:
                make(connection, variable)
        return len(due)


def make(connection: Connection, variable: str) -> None:
    """The sums of one series, in the transaction of *connection*."""
    assert variable in VARIABLES
    queries.run(connection, "clear_district_means", variable=variable)
    step = "d.observation_date - DATE '2000-01-01'" if variable in MONTHLY else "d.year::int4"
    connection.execute(
        text(queries.TEXTS["make_district_means"].format(variable=variable, step=step))
    )
    queries.run(connection, "note_district_means", variable=variable)
