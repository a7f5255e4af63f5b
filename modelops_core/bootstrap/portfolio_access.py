"""The use cases of portfolios: what a caller checks, keeps, calculates, reads and takes away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modelops_core.bootstrap.portfolio_exports import FinishedRun, PortfolioExports
from modelops_core.bootstrap.portfolio_files import PortfolioFiles
from modelops_core.bootstrap.portfolio_runs import PortfolioJobs
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.errors import InvalidInput, NotStored
from modelops_core.ports import Row
from modelops_core.services.portfolio.validation import Validated


@dataclass(frozen=True)
class PortfolioAccess:
    """
    Portfolios as a caller sees them: their own, an administrator all.

    What a caller does not see is none: NotStored. What a role may not do raises NotAllowed.
    """

    files: PortfolioFiles
    jobs: PortfolioJobs
    exports: PortfolioExports

    def check(self, path: Path, choices: Choices, caller: Caller) -> Validated:
        """What is wrong with a file; raises SourceUnreadable where it holds no portfolio."""
        caller.require(UseCase.assess)
        return self.files.check(self.files.read([path], choices), choices)

    def keep(self, path: Path, choices: Choices, caller: Caller) -> tuple[int, Validated]:
        """Keep a file's portfolio as a version; raises InvalidInput where it has errors."""
        found = self.check(path, choices, caller)
        if found.portfolio is None:
            raise InvalidInput("portfolio_wrong", errors=found.errors)
        return self.jobs.keep(found.portfolio, caller), found

    def all(self, caller: Caller) -> list[Row]:
        """The caller's versions, the latest first, each with the id of its last finished run."""
        caller.require(UseCase.look)
        return [row for row in self.jobs.versions.all() if _sees(caller, row)]

    def version(self, version_id: int, caller: Caller) -> Row:
        """One version with its runs, the latest first."""
        caller.require(UseCase.look)
        found = self.jobs.versions.about(version_id)
        if found is None or not _sees(caller, found):
            raise NotStored("no_such_portfolio", version=version_id)
        return {**found, "runs": self.exports.runs.of_version(version_id)}

    def start(self, version_id: int, caller: Caller, **queued: Any) -> str:
        """Queue the calculation of one of the caller's versions and return its job's id."""
        caller.require(UseCase.assess)
        self.version(version_id, caller)
        return self.jobs.submit(version_id, caller, **queued)

    def run(self, run_id: int, caller: Caller) -> Row:
        """Facts and summary of one run, finished or not."""
        try:
            facts = self.exports.runs.run(run_id)
            self.version(facts["version_id"], caller)
        except NotStored:
            raise NotStored("no_such_run", run=run_id) from None
        return facts

    def finished(self, run_id: int, caller: Caller) -> FinishedRun:
        """One finished run with its portfolio."""
        if self.run(run_id, caller)["finished_at"] is None:
            raise NotStored("run_not_finished", run=run_id)
        return self.exports.finished(run_id)

    def sums(self, run_id: int, dimension: str, caller: Caller) -> list[Row]:
        """One row a key, quantity, scenario and horizon of a dimension of a finished run."""
        return self.finished(run_id, caller).sum_rows(dimension)

    def sites(
        self, run_id: int, key: tuple[str, str], first: int, most: int, caller: Caller
    ) -> tuple[list[Row], int | None]:
        """Rows of *most* sites from the position *first*, and the position after them."""
        run = self.finished(run_id, caller)
        end = min(first + most, len(run.portfolio))
        rows = run.site_rows(*key, np.arange(min(first, end), end))
        known = rows.astype(object).where(rows.notna(), None)
        found = [{str(name): v for name, v in row.items()} for row in known.to_dict("records")]
        return found, end if end < len(run.portfolio) else None

    def write(self, run_id: int, path: Path, key: tuple[str, str], caller: Caller) -> None:
        """Write one of the files of a finished run, named by *path*."""
        self.exports.write(self.finished(run_id, caller), path, *key)


def _sees(caller: Caller, version: Row) -> bool:
    return caller.may(UseCase.see_all) or version["owner"] == caller.owner
