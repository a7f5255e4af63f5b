"""Reads a finished run of a portfolio whole, for its report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from modelops_core.db import queries, records
from modelops_core.db.engine import translated_errors
from modelops_core.db.results import portfolio_runs
from modelops_core.errors import NotStored
from modelops_core.ports import Row
from modelops_core.stages.site import MANY, SINGLE, AtSites

#: arrays that a report reads
READ = tuple(name for name in MANY if name != "deviation")
RESULTS = f"""
SELECT r.flags, {", ".join(f"r.{name}" for name in SINGLE)}, r.status,
       {", ".join(f"r.{name}" for name in READ)}
  FROM modelops.portfolio_run_results AS r
 WHERE r.run_id = :run_id AND r.risk_type = CAST(:risk_type AS modelops.risk_type)
 ORDER BY r.site"""
RARE_YEARS = """
SELECT r.return_losses FROM modelops.portfolio_run_rare_years AS r
 WHERE r.run_id = :run_id AND r.risk_type = CAST(:risk_type AS modelops.risk_type)
 ORDER BY r.site"""


class PortfolioReports:
    """Facts, places, results and sums of finished runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, run_id: int) -> Row:
        """Facts and summary of a finished run; raises NotStored for any other."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "portfolio_run", run_id=run_id)
        if found is None or found["finished_at"] is None:
            raise NotStored
        return found

    def version(self, version_id: int) -> Row:
        """Name, fingerprint and owner of a version."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "portfolio_version", version_id=version_id)
        if found is None:
            raise NotStored
        return found

    def places(self, run_id: int) -> dict[str, Any]:
        """Where the sites lie, as columns (site,) in the order of the portfolio."""
        return dict(portfolio_runs.PortfolioRuns(self._engine).place_columns(run_id))

    def peril(self, run: Row, peril: str) -> tuple[AtSites, list[int]]:
        """Results of one peril at all sites without their spread, and each site's code of flags."""
        values = {"run_id": run["run_id"], "risk_type": peril}
        apart = ("site", "deviation")
        kinds = {name: kind for name, kind in portfolio_runs.KINDS.items() if name not in apart}
        with translated_errors(), self._engine.connect() as connection:
            found = records.read_arrays(connection, RESULTS, values, kinds)
            rare = _rare(connection, values, len(run["return_periods"]))
        made = AtSites(
            **{name: found[name] for name in SINGLE},
            **{name: found[name].T for name in READ},
            deviation=np.broadcast_to(np.nan, found["hazard"].T.shape),
            status=found["status"].T.astype(np.int8),
            return_losses=rare,
            flags={},
        )
        return made, found["flags"].tolist()

    def flags(self, run_id: int) -> dict[int, tuple[str, ...]]:
        """What the codes of a run stand for."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "portfolio_flag_codes", run_id=run_id)
        return {row["code"]: tuple(row["flags"]) for row in rows}

    def sums(self, run_id: int) -> dict[str, list[Row]]:
        """
        The stored sums by dimension; each measure is a list over the combinations.

        Of the whole portfolio all of them, of its parts the loss of all perils.
        """
        about = {"run_id": run_id, "dimension": "all"}
        with translated_errors(), self._engine.connect() as connection:
            found = {"all": queries.rows(connection, "portfolio_run_sums", **about)}
            for row in queries.rows(connection, "portfolio_run_parts", run_id=run_id):
                found.setdefault(row["dimension"], []).append(row)
        return found

    def districts(self) -> list[Row]:
        """Code and both names of each sigungu and sido."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "names_of_districts")

    def finished(self) -> Iterator[Row]:
        """All finished runs, the latest first, with name and owner of their portfolios."""
        with translated_errors(), self._engine.connect() as connection:
            yield from queries.rows(connection, "finished_portfolio_runs")


def _rare(connection: Connection, values: Row, periods: int) -> Any:
    """Losses of rare years (period, combination, site); None where the peril has none."""
    kinds = {"return_losses": f"f8:{portfolio_runs.COMBINATIONS * periods}"}
    found = records.read_arrays(connection, RARE_YEARS, values, kinds)["return_losses"]
    if not len(found):
        return None
    return found.T.reshape(periods, portfolio_runs.COMBINATIONS, len(found))
