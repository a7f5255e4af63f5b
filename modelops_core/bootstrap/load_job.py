"""The use case of a load, for the command line and for a worker: options in, report out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelops_core.db.access.audit import Audit
from modelops_core.db.inputs.versions import LoadVersions
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.source import Given, Load
from modelops_core.ports import Progress, Row
from modelops_core.services import load_files
from modelops_core.services.load_files import Report, Request


@dataclass(frozen=True)
class Loads:
    """Loads files into the input tables, as the database's owner, for callers with the right."""

    versions: LoadVersions
    audit: Audit
    #: where rejects go that have no file named
    folder: Path

    def load(
        self,
        caller: Caller,
        kind: str,
        files: Sequence[Path],
        given: Given,
        progress: Progress,
        rejects: Path | None = None,
        **options: bool | float,
    ) -> Report:
        """
        Load *files*; *options* are fields of load_files.Request.

        Raises NotAllowed, and what load_files.load raises.
        """
        caller.require(UseCase.load_data)
        report = self._load(kind, files, given, progress, rejects, **options)
        if report.outcome == "loaded":
            self._note(caller, "load", kind, load=report.load_id, rows=dict(report.rows))
        return report

    def undo(self, caller: Caller, kind: str) -> Load:
        """Bring back what the last load of *kind* replaced; raises NotAllowed, InvalidInput."""
        from modelops_core.sources import kinds  # slow to import, needed here only

        caller.require(UseCase.load_data)
        undone = self.versions.undo(kinds.get(kind).kind)
        self._note(caller, "undo load", kind, load=undone.load_id)
        return undone

    def _note(self, caller: Caller, action: str, kind: str, **detail: object) -> None:
        self.audit.note(caller.name, action, kind, caller.address, **detail)

    def _load(
        self,
        kind: str,
        files: Sequence[Path],
        given: Given,
        progress: Progress,
        rejects: Path | None = None,
        **options: bool | float,
    ) -> Report:
        from modelops_core.sources import kinds, unpacking  # slow to import, needed here only
        from modelops_core.sources.rejects import rejects_file

        measured = [unpacking.measured(path) for path in files]
        request = Request(source=kinds.get(kind), files=measured, given=given, **options)  # type: ignore[arg-type]
        with rejects_file(rejects or self.rejects(kind)) as listener:
            return load_files.load(request, self.versions, progress, listener)

    def rejects(self, kind: str) -> Path:
        """Where the rejects of the last load of *kind* are, unless a file was named."""
        return self.folder / f"{kind}-rejects.csv"

    def perform(self, _batch_id: str, params: Row, progress: Progress) -> Row:
        """
        Perform a claimed job and return its report: the handler of this job type.

        Whoever queues such a job asks for the right, and limits the paths.

        *params*: ``kind``, ``files`` (paths on this machine) and, if wanted, ``given`` and the
        options of load_files.Request by name.
        """
        options = {
            name: params[name]
            for name in ("dry_run", "from_scratch", "most_rejects")
            if name in params
        }
        files = [Path(name) for name in params["files"]]
        given = Given(**params.get("given", {}))
        return self._load(params["kind"], files, given, progress, **options).as_row()
