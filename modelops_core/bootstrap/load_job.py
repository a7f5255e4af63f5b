"""The use case of a load, for the command line, pages and a worker: options in, report out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from modelops_core.db.access.audit import Audit
from modelops_core.db.inputs.versions import LoadVersions
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.source import Given, Load, Source
from modelops_core.ports import Progress, Row
from modelops_core.services import load_files
from modelops_core.services.load_files import Report, Request
from modelops_core.settings import Settings
from modelops_core.sources.inbox import Inbox

#: fields of load_files.Request that a job may name
OPTIONS = ("dry_run", "from_scratch", "most_rejects")


@dataclass(frozen=True)
class Loads:
    """Loads files into the input tables, as the database's owner, for callers with the right."""

    versions: LoadVersions
    audit: Audit
    #: where rejects go that have no file named
    folder: Path
    #: the same list of loads for whoever may look
    listing: LoadVersions
    jobs: JobQueue
    inbox: Inbox
    #: seconds that a job may take
    timeout: int

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
        report = self._load(caller.name, kind, files, given, progress, rejects, **options)
        if report.outcome == "loaded":
            self._note(caller, "load", kind, load=report.load_id, rows=dict(report.rows))
        return report

    def undo(self, caller: Caller, kind: str) -> Load:
        """Bring back what the last load of *kind* replaced; raises NotAllowed, InvalidInput."""
        caller.require(UseCase.load_data)
        undone = self.versions.undo(_source(kind).kind, caller.name)
        self._note(caller, "undo load", kind, load=undone.load_id)
        return undone

    def upload(self, caller: Caller) -> str:
        """Begin an upload and return its token; raises NotAllowed."""
        caller.require(UseCase.load_data)
        return self.inbox.new()

    def submit(
        self,
        caller: Caller,
        kind: str,
        files: Sequence[Path],
        given: Mapping[str, Any],
        *,
        dry_run: bool = False,
    ) -> str:
        """
        Queue a load, or a look at the files, and return its job's id.

        *given*: fields of domain.source.Given. Raises NotAllowed; InvalidInput for files that are
        neither uploads nor in the shared folder.
        """
        caller.require(UseCase.load_data)
        _source(kind)
        paths = [str(self.inbox.allowed(path)) for path in files]
        params = {"kind": kind, "files": paths, "given": dict(given), "dry_run": dry_run}
        return self._queue(caller, "check files" if dry_run else "queue load", params)

    def submit_undo(self, caller: Caller, load: Load) -> str:
        """Queue the undoing of *load* and return its job's id; raises NotAllowed."""
        caller.require(UseCase.load_data)
        return self._queue(caller, "queue undo", {"kind": load.kind, "undo": load.load_id})

    def listed(self, caller: Caller) -> Sequence[Load]:
        """All loads, the newest first."""
        caller.require(UseCase.look)
        return self.listing.all()

    def kind_names(self) -> Sequence[str]:
        """What can be loaded, without importing it."""
        from modelops_core.sources import kinds

        return kinds.names()

    def kinds(self) -> Mapping[str, Source]:
        """What can be loaded, by kind."""
        from modelops_core.sources import kinds  # slow to import, needed here only

        return kinds.discover()

    def rejects(self, kind: str) -> Path:
        """Where the rejects of the last load of *kind* are, unless a file was named."""
        return self.folder / f"{kind}-rejects.csv"

    def rejects_of(self, batch_id: str) -> Path:
        """Where the rejects of a job are."""
        return self.folder / "jobs" / f"{batch_id}.csv"

    def perform(self, batch_id: str, params: Row, progress: Progress) -> Row:
        """
        Perform a claimed job and return its report: the handler of this job type.

        Whoever queues such a job asks for the right (``submit``).
        """
        kind, by = params["kind"], params.get("by")
        if "undo" in params:
            undone = self.versions.undo(kind, by, params["undo"])
            self.audit.note(by or "", "undo load", kind, load=undone.load_id)
            tables = list(undone.tables)
            return {"outcome": "undone", "kind": kind, "load_id": undone.load_id, "tables": tables}
        files = [self.inbox.allowed(Path(name)) for name in params["files"]]
        options = {name: params[name] for name in OPTIONS if name in params}
        given, rejects = Given(**params.get("given", {})), self.rejects_of(batch_id)
        report = self._load(by, kind, files, given, progress, rejects, **options)
        if report.outcome == "loaded":
            rows = dict(report.rows)
            self.audit.note(by or "", "load", kind, load=report.load_id, rows=rows, job=batch_id)
        if not params.get("dry_run"):
            self.inbox.forget(files)
        return report.as_row()

    def _queue(self, caller: Caller, action: str, params: Row) -> str:
        batch_id = self.jobs.enqueue(
            load_files.JOB,
            {**params, "by": caller.name},
            owner=caller.owner,
            timeout=self.timeout,
        )
        self._note(caller, action, batch_id, **params)
        return batch_id

    def _note(self, caller: Caller, action: str, subject: str, **detail: object) -> None:
        self.audit.note(caller.name, action, subject, caller.address, **detail)

    def _load(
        self,
        by: str | None,
        kind: str,
        files: Sequence[Path],
        given: Given,
        progress: Progress,
        rejects: Path | None = None,
        **options: bool | float,
    ) -> Report:
        from modelops_core.sources import unpacking  # slow to import, needed here only
        from modelops_core.sources.rejects import rejects_file

        measured = [unpacking.measured(path) for path in files]
        request = Request(source=_source(kind), files=measured, given=given, by=by, **options)  # type: ignore[arg-type]
        with rejects_file(rejects or self.rejects(kind)) as listener:
            return load_files.load(request, self.versions, progress, listener)


def loads(owner: Engine, reader: Engine, audit: Audit, jobs: JobQueue, settings: Settings) -> Loads:
    """The use case over one database and the settings' folders."""
    folder = settings.var / "loads"
    inbox = Inbox(folder / "uploads", settings.load_folder)
    listing = LoadVersions(reader)
    return Loads(LoadVersions(owner), audit, folder, listing, jobs, inbox, settings.night_timeout)


def _source(kind: str) -> Source:
    """The kind's declaration; raises InvalidInput for an unknown one."""
    from modelops_core.sources import kinds  # slow to import, needed here only

    return kinds.get(kind)
