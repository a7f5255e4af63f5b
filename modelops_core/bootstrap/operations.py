"""The use cases of an installation: calculate the country, load data; each asks for its right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modelops_core.db.access.audit import Audit
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.dataset import Dataset
from modelops_core.ports import DatasetWriter
from modelops_core.services import loading
from modelops_core.services.night import nightly


@dataclass(frozen=True)
class Operations:
    """What an operator does by the command line; raises NotAllowed where the caller may not."""

    tables: DatasetWriter
    audit: Audit

    def run_night(
        self,
        caller: Caller,
        ports: nightly.Night,
        request: nightly.Request,
        progress: nightly.Listener,
    ) -> nightly.Report:
        """Run a nightly run in this process; raises RunAlreadyActive; NoResults without grid."""
        caller.require(UseCase.start_night)
        asked = {"stages": list(request.stages), "parameter_set": request.set_name}
        self.audit.note(caller.name, "night", None, caller.address, **asked)
        return nightly.run(ports, request, progress)

    def load(self, caller: Caller, datasets: Iterable[Dataset], listener: loading.Listener) -> int:
        """Load each dataset whose table is empty and return the rows written."""
        caller.require(UseCase.load_data)
        tables: list[str] = []

        def noted(table: str, rows: int) -> None:
            tables.append(table)
            listener(table, rows)

        written = loading.fill(datasets, self.tables, noted)
        self.audit.note(caller.name, "load", None, caller.address, tables=tables, rows=written)
        return written
