"""Records nightly runs and their parameter sets, and holds their lock: a ports.RunStore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.db.queue.jobs import error_columns, to_json
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.errors import JobFailed, RunAlreadyActive
from modelops_core.ports import Row


class Runs:
    """The table ``runs``, and the lock by which only one nightly run goes on at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        #: process id of the session that holds the lock
        self._lock_pid: int | None = None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of the nightly run; raises RunAlreadyActive where another run holds it."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "nightly_lock")
            connection.commit()  # the lock is the session's, not the transaction's
            if not (found and found["locked"]):
                raise RunAlreadyActive
            self._lock_pid = found["pid"]
            queries.run(
                connection, "fail_dead_nightly_runs", **error_columns(JobFailed("night_killed"))
            )
            connection.commit()
            try:
                yield
            finally:
                self._lock_pid = None
                _unlock(connection)

    def begin(self, batch_id: str, stages: Sequence[str], parameters: Row) -> int:
        """
        Record a new run and the parameters that it uses; return its id.

        From here on no other run may write: one that lost its lock unnoticed is shut out.
        """
        with translated_errors(), self._engine.begin() as connection:
            queries.run(connection, "end_other_runs")
            queries.run(connection, "clear_status_counts")
            queries.run(
                connection,
                "new_parameter_set",
                **{**parameters, "content": to_json(parameters["content"])},
            )
            found = queries.row(
                connection,
                "new_run",
                batch_id=batch_id,
                stages=list(stages),
                method_version=parameters["version"],
                parameter_hash=parameters["parameter_hash"],
                lock_pid=self._lock_pid,
            )
        assert found is not None
        return int(found["run_id"])

    def finish(self, run_id: int, **details: Row) -> None:
        """
        Record that a run ended, with inputs, counts and durations; count cells by status.

        Raises RunLost where another run has begun or the lock is lost.
        """
        with translated_errors(), self._engine.begin() as connection:
            claims.require_run(connection, run_id)
            queries.run(connection, "clear_status_counts")
            queries.run(connection, "count_statuses")
            queries.run(
                connection,
                "finish_run",
                run_id=run_id,
                **{k: to_json(v) for k, v in details.items()},
            )

    def last(self) -> NightlyRun | None:
        """The last finished run, None before the first."""
        with translated_errors(), self._engine.connect() as connection:
            row = queries.row(connection, "last_run")
        return None if row is None else NightlyRun.from_row(row)

    def loaded_since(self) -> frozenset[str]:
        """The tables that were loaded after the last finished nightly run began."""
        last = self.last()
        if last is None:
            return frozenset()
        with translated_errors(), self._engine.connect() as connection:
            sources = queries.rows(connection, "data_sources")
        return frozenset(s["table_name"] for s in sources if s["loaded_at"] > last.started_at)

    def outdated(
        self,
        parameter_hash: str,
        code_version: str,
        stages: Sequence[str] = ("hazard", "probability"),
    ) -> bool:
        """
        Whether a nightly run is due.

        It is where none has finished, parameters or code have changed, or data were loaded after
        the last one began.
        """
        last = self.last()
        if (
            last is None
            or last.parameter_hash != parameter_hash
            or not set(stages) <= set(last.stages)
        ):
            return True
        if last.inputs.get("code_version") != code_version:
            return True
        with translated_errors(), self._engine.connect() as connection:
            sources = queries.rows(connection, "data_sources")
        return any(source["loaded_at"] > last.started_at for source in sources)


def _unlock(connection: Connection) -> None:
    """Unlock, so that the next nightly run may begin at once; the server unlocks a lost session."""
    with suppress(DBAPIError):
        queries.row(connection, "nightly_unlock")
        connection.commit()
    connection.invalidate()
