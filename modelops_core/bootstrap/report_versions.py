"""The use cases of a report's versions: make one, read them, sign somebody else's."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_core.bootstrap.portfolio_reports import PortfolioReports
from modelops_core.db.access.audit import Audit
from modelops_core.db.results.report_versions import StoredReportVersions
from modelops_core.domain.access import Caller, UseCase
from modelops_core.errors import NotStored
from modelops_core.services.report.portfolio import versions
from modelops_core.services.report.portfolio.content import Content
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.lenses import shipped
from modelops_core.services.report.portfolio.versions import ReportVersion


@dataclass(frozen=True)
class ReportVersions:
    """
    Versions of the reports of runs that a caller sees: their own, an administrator all.

    A run or version that they do not see is none: NotStored. What a role may not do, and signing
    what one made oneself, raises NotAllowed.
    """

    reports: PortfolioReports
    store: StoredReportVersions
    audit: Audit

    def make(
        self,
        run_id: int,
        choice: Choice,
        caller: Caller,
        former_id: int | None = None,
        note: str = "",
    ) -> ReportVersion:
        """Keep the report of a run, as the caller chooses it, as its next version."""
        caller.require(UseCase.assess)
        own, said = versions.settled(choice, shipped()), versions.note(note)
        material = self.reports.material(run_id, own, caller, former_id)
        content = self.reports.plain(material, own)
        values = versions.kept(content, own, caller, self.reports.failed(content))
        values |= {
            "former_run_id": former_id,
            "sources": [source.to_row() for source in material.sources],
            "method_version": material.run["method_version"],
            "note": said,
        }
        made = ReportVersion.from_row(self.store.add(run_id, values))
        self._note(caller, "report", made)
        return made

    def all(self, run_id: int, caller: Caller) -> list[ReportVersion]:
        """All versions of a run's report, the latest first."""
        self.reports.visible(run_id, caller)
        return [ReportVersion.from_row(row) for row in self.store.all(run_id)]

    def get(self, run_id: int, number: int, caller: Caller) -> ReportVersion:
        """One version."""
        self.reports.visible(run_id, caller)
        found = self.store.one(run_id, number)
        if found is None:
            raise NotStored("no_such_report", run=run_id, number=number)
        return ReportVersion.from_row(found)

    def content(self, run_id: int, number: int, caller: Caller) -> tuple[Content, list[str]]:
        """A version's report, made anew, and the tables that are not what they were."""
        version = self.get(run_id, number, caller)
        content = self._anew(version, caller)
        changed = version.changed(content)
        return versions.headed(content, version, changed), changed

    def file(self, run_id: int, number: int, kind: str, caller: Caller) -> tuple[bytes, list[str]]:
        """A version as a file (xlsx, pdf, docx), and the tables that are not what they were."""
        content, changed = self.content(run_id, number, caller)
        return self.reports.file(content, kind), changed

    def sign(self, run_id: int, number: int, caller: Caller, note: str = "") -> ReportVersion:
        """
        Sign a version that a second person made; raises what forbids it.

        Its tables are made anew: where they are not what they were, nobody can check them.
        """
        caller.require(UseCase.sign_report)
        version, said = self.get(run_id, number, caller), versions.note(note)
        if (reason := version.unsignable(caller)) is not None:
            raise reason
        content = self._anew(version, caller)
        if (reason := version.unsignable(caller, version.changed(content))) is not None:
            raise reason
        row = self.store.sign(run_id, number, versions.signature(caller, said, content))
        if row is None:  # somebody was quicker
            raise self.get(run_id, number, caller).unsignable(caller) or NotStored()
        signed = ReportVersion.from_row(row)
        self._note(caller, "sign report", signed)
        return signed

    def _anew(self, version: ReportVersion, caller: Caller) -> Content:
        """The report as the program makes it now of what the version names."""
        own, former = version.settings, version.former_run_id
        material = self.reports.material(version.run_id, own, caller, former, version.sources)
        return self.reports.plain(material, own)

    def _note(self, caller: Caller, action: str, version: ReportVersion) -> None:
        subject = f"run {version.run_id} version {version.number}"
        about = {"content_hash": version.content_hash}
        self.audit.note(caller.name, action, subject, caller.address, **about)
