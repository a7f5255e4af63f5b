"""The use case of a load, for the command line and for a worker: options in, report out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelops_core.db.inputs.versions import LoadVersions
from modelops_core.domain.source import Given
from modelops_core.ports import Progress, Row
from modelops_core.services import load_files
from modelops_core.services.load_files import Report, Request


@dataclass(frozen=True)
class Loads:
    """Loads files into the input tables, as the database's owner."""

    versions: LoadVersions
    #: where rejects go that have no file named
    folder: Path

    def load(
        self,
        kind: str,
        files: Sequence[Path],
        given: Given,
        progress: Progress,
        rejects: Path | None = None,
        **options: bool | float,
    ) -> Report:
        """Load *files*; *options* are fields of load_files.Request. Raises as load_files.load."""
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
        return self.load(params["kind"], files, given, progress, **options).as_row()
