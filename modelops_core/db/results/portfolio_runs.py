"""Writes and reads calculations of portfolios: a portfolio_ports.PortfolioRunStore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, Engine

from modelops_core.db import bulk, queries, records
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.db.queue.jobs import to_json
from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.result import KEPT
from modelops_core.errors import NotStored, RunLost
from modelops_core.ports import Row
from modelops_core.services.portfolio.loss_sums import MEASURES
from modelops_core.services.portfolio.portfolio_ports import BlockResults, PortfolioRun
from modelops_core.stages.site import MANY, SINGLE, AtSites

COMBINATIONS = len(SCENARIOS) * len(HORIZONS)
PLACES = (
    "latitude",
    "longitude",
    "grid_id",
    "basin_code",
    "district_code",
    "building_id",
    "building_distance_m",
    "asset_value",
    "use_group",
    "structure_class",
    "age",
    "coast_distance_m",
    "problem",
    "site_id",
    "site_name",
)
TEXTS = frozenset(
    {
        *("basin_code", "district_code", "use_group", "structure_class", "problem"),
        *("site_id", "site_name"),
    }
)
IDS = frozenset({"grid_id", "building_id"})
RESULTS = f"""
SELECT r.site, r.flags, {", ".join(f"r.{name}" for name in SINGLE)}, r.status,
       {", ".join(f"r.{name}" for name in MANY)}
  FROM modelops.portfolio_run_results AS r
 WHERE r.run_id = :run_id AND r.risk_type = CAST(:risk_type AS modelops.risk_type)
   AND r.site = ANY(CAST(:sites AS integer[]))
 ORDER BY array_position(CAST(:sites AS integer[]), r.site)"""
#: a run of before kept fewer periods: those that it lacks are unknown
RARE_YEARS = """
SELECT r.site, r.return_losses
       || array_fill(CAST('NaN' AS float8), ARRAY[:kept - cardinality(r.return_losses)])
  FROM modelops.portfolio_run_rare_years AS r
 WHERE r.run_id = :run_id AND r.risk_type = CAST(:risk_type AS modelops.risk_type)
   AND r.site = ANY(CAST(:sites AS integer[]))
 ORDER BY array_position(CAST(:sites AS integer[]), r.site)"""
KINDS = {
    "site": "i4",
    "flags": "i4",
    **dict.fromkeys(SINGLE, "f8"),
    "status": f"i2:{COMBINATIONS}",
    **dict.fromkeys(MANY, f"f8:{COMBINATIONS}"),
}


class PortfolioRuns:
    """Runs of portfolios; each block is one transaction, fenced by the job's claim."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, batch_id: str, version_id: int, facts: Row) -> PortfolioRun:
        """The run of a job that was cut off, where it has the same *facts*; else a new one."""
        about = {**facts, "batch_id": batch_id, "version_id": version_id}
        with translated_errors(), claims.fenced(self._engine) as connection:
            known = queries.row(connection, "portfolio_run_of_job", **about)
            found = known or queries.row(connection, "new_portfolio_run", **about)
            assert found is not None
            run_id = int(found["run_id"])
            done = queries.rows(connection, "finished_portfolio_blocks", run_id=run_id)
            flags = queries.rows(connection, "portfolio_flag_codes", run_id=run_id)
        return PortfolioRun(
            run_id,
            frozenset(row["block"] for row in done),
            {row["code"]: tuple(row["flags"]) for row in flags},
            finished=bool(known and known["finished"]),
        )

    def write(self, run_id: int, results: BlockResults) -> None:
        """Write a block whole; raises ClaimLost where the job is somebody else's by now."""
        sites = results.sites.astype(np.int32)
        same = np.full(sites.size, run_id, dtype=np.int32)
        with translated_errors(), claims.fenced(self._engine) as connection:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            _write_places(connection, run_id, results)
            for peril, own in results.results.items():
                _write_peril(connection, same, sites, peril, own, results.flags[peril])
            bulk.copy_rows(
                connection,
                "modelops.portfolio_run_flags",
                ("run_id", "code", "flags"),
                [
                    (run_id, code, "{" + ",".join(names) + "}")
                    for code, names in results.new_flags.items()
                ],
            )
            about = {"run_id": run_id, "block": results.block, "sites": int(sites.size)}
            queries.run(connection, "note_portfolio_block", **about)

    def read(self, run_id: int, block: int, perils: Sequence[str]) -> BlockResults:
        """A block that is whole, as it was written."""
        with translated_errors(), self._engine.connect() as connection:
            places = queries.rows(connection, "portfolio_run_places", run_id=run_id, block=block)
            sites = np.array([row["site"] for row in places], dtype=np.int64)
            found = {peril: _read_peril(connection, run_id, peril, sites) for peril in perils}
        return BlockResults(
            block=block,
            sites=sites,
            places=_columns(places),
            results={peril: own for peril, (own, _) in found.items()},
            flags={peril: flags for peril, (_, flags) in found.items()},
            new_flags={},
        )

    def finish(self, run_id: int, sums: Iterable[Row], summary: Row) -> None:
        """Write the sums and end the run; raises RunLost where it has ended already."""
        with translated_errors(), claims.fenced(self._engine) as connection:
            columns = ("run_id", "dimension", "key", "quantity", *MEASURES)
            body = "".join(_sum_line(run_id, row) + "\n" for row in sums)
            bulk.copy_text(connection, "modelops.portfolio_run_sums", columns, body)
            values = {"run_id": run_id, "summary": to_json(summary)}
            if not queries.run(connection, "finish_portfolio_run", **values):
                raise RunLost

    def run(self, run_id: int) -> Row:
        """Facts and summary of a run; raises NotStored for an unknown one."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "portfolio_run", run_id=run_id)
        if found is None:
            raise NotStored
        return found

    def of_version(self, version_id: int) -> list[Row]:
        """The runs of a version without their summaries, the latest first."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "portfolio_runs_of_version", version_id=version_id)

    def places(self, run_id: int) -> list[Row]:
        """Where the sites of a run lie, in the order of the portfolio."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "portfolio_run_places", run_id=run_id, block=None)

    def place_columns(self, run_id: int) -> Mapping[str, Any]:
        """The same as columns, (site,)."""
        return _columns(self.places(run_id))

    def sums(self, run_id: int, dimension: str) -> list[Row]:
        """The stored sums of one dimension; each measure is a list over the combinations."""
        about = {"run_id": run_id, "dimension": dimension}
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "portfolio_run_sums", **about)

    def peril(self, run_id: int, peril: str, sites: IntArray) -> AtSites:
        """The stored results of one peril at some sites, in their order."""
        with translated_errors(), self._engine.connect() as connection:
            return _read_peril(connection, run_id, peril, sites)[0]


def _write_places(connection: Connection, run_id: int, results: BlockResults) -> None:
    columns = [results.places[name].tolist() for name in PLACES]
    unknown = [_UNKNOWN.get(name, ("",)) for name in PLACES]
    rows = (
        (run_id, site, results.block, *(_cell(*pair) for pair in zip(row, unknown, strict=True)))
        for site, *row in zip(results.sites.tolist(), *columns, strict=True)
    )
    body = "".join(bulk.line(row) + "\n" for row in rows)
    names = ("run_id", "site", "block", *PLACES)
    bulk.copy_text(connection, "modelops.portfolio_run_sites", names, body)


#: what stands for an unknown value in the columns of places, where it is not NaN
_UNKNOWN: Mapping[str, tuple[Any, ...]] = {
    **dict.fromkeys(IDS, (-1,)),
    **dict.fromkeys(("use_group", "structure_class"), ()),
}


def _cell(value: Any, unknown: tuple[Any, ...]) -> Any:
    return None if value in unknown else value


def _columns(rows: Sequence[Row]) -> dict[str, Any]:
    """The columns of places as they were written."""
    made: dict[str, Any] = {}
    for name in PLACES:
        values = [row[name] for row in rows]
        if name in TEXTS:
            made[name] = np.array([value or "" for value in values], dtype=object)
        elif name in IDS:
            made[name] = np.array([-1 if v is None else v for v in values], dtype=np.int64)
        else:
            made[name] = np.array([np.nan if v is None else v for v in values], dtype=float)
    return made


def _write_peril(
    connection: Connection,
    run_id: np.ndarray,
    sites: np.ndarray,
    peril: str,
    own: AtSites,
    flags: IntArray,
) -> None:
    key: dict[str, Any] = {"run_id": run_id, "risk_type": peril, "site": sites}
    records.copy_records(
        connection,
        "modelops.portfolio_run_results",
        {
            **key,
            "flags": flags.astype(np.int32),
            **{name: getattr(own, name).astype(np.float64) for name in SINGLE},
            "status": own.status.T.astype(np.int16),
            **{name: getattr(own, name).T for name in MANY},
        },
    )
    if own.return_losses is not None:
        losses = own.return_losses.reshape(-1, sites.size).T
        columns = {**key, "return_losses": losses}
        records.copy_records(connection, "modelops.portfolio_run_rare_years", columns)


def _read_peril(
    connection: Connection, run_id: int, peril: str, sites: IntArray
) -> tuple[AtSites, IntArray]:
    values = {"run_id": run_id, "risk_type": peril, "sites": sites.tolist()}
    found = records.read_arrays(connection, RESULTS, values, KINDS)
    kept = COMBINATIONS * len(KEPT)
    kinds = {"site": "i4", "return_losses": f"f8:{kept}"}
    found_rare = records.read_arrays(connection, RARE_YEARS, {**values, "kept": kept}, kinds)
    rare = found_rare["return_losses"]
    shape = (len(KEPT), COMBINATIONS, sites.size)
    made = AtSites(
        **{name: found[name] for name in SINGLE},
        **{name: found[name].T for name in MANY},
        status=found["status"].T.astype(np.int8),
        return_losses=rare.T.reshape(shape) if len(rare) else None,
        flags={},
    )
    return made, found["flags"].astype(np.int64)


def _sum_line(run_id: int, row: Row) -> str:
    """One row of portfolio_run_sums in COPY's text format."""
    known = [name for name in MEASURES if row[name] is not None]
    texts = dict(zip(known, _array_texts(np.stack([row[name] for name in known])), strict=True))
    key = bulk.line((run_id, row["dimension"], row["key"], row["quantity"]))
    return "\t".join([key, *(texts.get(name, bulk.NULL) for name in MEASURES)])


def _array_texts(values: Array) -> list[str]:
    """Each row of *values* as PostgreSQL writes an array; all are finite."""
    text = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return ["{" + one + "}" for one in text[2:-2].split("],[")]
