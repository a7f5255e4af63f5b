"""runs, parameter sets and the lock of the nightly run: a ports.RunStore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.db.queue.jobs import dump, reason
from modelops_core.errors import JobFailed, RunAlreadyActive
from modelops_core.ports import Row


class Runs:
    """The table of nightly runs, and the lock that lets one run at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The lock of the nightly run, held by one session; raises RunAlreadyActive where another has it."""
        with explained(), self._engine.connect() as connection:
            found = queries.row(connection, "nightly_lock")
            connection.commit()  # the lock is the session's, not the transaction's
            if not (found and found["locked"]):
                raise RunAlreadyActive
            queries.run(connection, "fail_dead_nightly_runs", **reason(JobFailed("night_killed")))
            connection.commit()
            try:
                yield
            finally:
                _unlock(connection)

    def begin(self, batch_id: str, stages: Sequence[str], parameters: Row) -> int:
        """Note a new run and the numbers it uses; its id."""
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "clear_status_counts")
            queries.run(
                connection,
                "new_parameter_set",
                **{**parameters, "content": dump(parameters["content"])},
            )
            found = queries.row(
                connection,
                "new_run",
                batch_id=batch_id,
                stages=list(stages),
                method_version=parameters["version"],
                parameter_hash=parameters["parameter_hash"],
            )
        assert found is not None
        return int(found["run_id"])

    def finish(self, run_id: int, **details: Row) -> None:
        """Note that a run ended, with its inputs, counts and durations, and count the cells by status."""
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "clear_status_counts")
            queries.run(connection, "count_statuses")
            queries.run(
                connection, "finish_run", run_id=run_id, **{k: dump(v) for k, v in details.items()}
            )

    def last(self) -> Row | None:
        """The last finished run, None before the first."""
        with explained(), self._engine.connect() as connection:
            return queries.row(connection, "last_run")

    def outdated(
        self,
        parameter_hash: str,
        code_version: str,
        stages: Sequence[str] = ("hazard", "probability"),
    ) -> bool:
        """Whether a nightly run is due: none finished, other numbers or calculation, or data loaded since it began."""
        last = self.last()
        if (
            last is None
            or last["parameter_hash"] != parameter_hash
            or not set(stages) <= set(last["stages"])
        ):
            return True
        if last["inputs"].get("code_version") != code_version:
            return True
        with explained(), self._engine.connect() as connection:
            sources = queries.rows(connection, "data_sources")
        return any(source["loaded_at"] > last["started_at"] for source in sources)


def _unlock(connection: Connection) -> None:
    """Unlock, so that the next nightly run may begin at once; the server unlocks a lost session."""
    with suppress(DBAPIError):
        queries.row(connection, "nightly_unlock")
        connection.commit()
    connection.invalidate()
