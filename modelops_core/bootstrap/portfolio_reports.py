"""The use cases of a portfolio's report: its material, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from modelops_core.bootstrap.portfolio_storms import PortfolioStorms
from modelops_core.db.inputs.sources import Sources
from modelops_core.db.maps.layers import Layers
from modelops_core.db.results.portfolio_reports import PortfolioReports as Reader
from modelops_core.db.results.portfolio_versions import PortfolioVersions
from modelops_core.db.results.responses import Responses
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.peril import Peril
from modelops_core.domain.stamp import Language
from modelops_core.errors import InvalidInput, NotStored
from modelops_core.ports import Row
from modelops_core.services.report import typeset
from modelops_core.services.report.portfolio import controls, paper, report, word, workbook
from modelops_core.services.report.portfolio.content import Content
from modelops_core.services.report.portfolio.gather import Choice, Stored, former, gathered
from modelops_core.services.report.portfolio.lenses import shipped
from modelops_core.services.report.portfolio.material import District, Former, Material
from modelops_core.services.report.portfolio.versions import headed
from modelops_core.sources import whole_file
from modelops_core.stages.site import AtSites

#: of the provinces' outlines [°]
COARSE = 0.01
#: kind of file → how it is written
WRITERS: Mapping[str, Callable[[Content, Mapping[str, Peril]], bytes]] = {
    "xlsx": workbook.xlsx,
    "pdf": lambda content, perils: typeset.pdf(paper.document(content, perils)),
    "docx": word.file,
}


@dataclass(frozen=True)
class PortfolioReports:
    """Reports of finished runs, as a caller sees them: their own, an administrator all."""

    reader: Reader
    versions: PortfolioVersions
    sources: Sources
    layers: Layers
    responses: Responses
    storms: PortfolioStorms
    perils: Mapping[str, Peril]

    def runs(self, caller: Caller) -> list[Row]:
        """Finished runs that the caller sees, the latest first."""
        caller.require(UseCase.look)
        return [row for row in self.reader.finished() if _sees(caller, row)]

    def material(
        self,
        run_id: int,
        choice: Choice,
        caller: Caller,
        former_id: int | None = None,
        sources: Sequence[DataSource] | None = None,
    ) -> Material:
        """
        What a report is made of; raises NotStored for a run that the caller does not see.

        *sources* are the data sets that it names, those that are loaded now where left out.
        """
        codes = self.reader.flags(run_id)
        flags = dict[str, list[tuple[str, ...]]]()
        stored = self._stored(run_id, caller, lambda peril, own: flags.__setitem__(
            peril, [codes[code] for code in own]))  # fmt: skip
        before = None if former_id is None else self.former(former_id, choice, caller)
        return gathered(
            stored,
            self.perils,
            choice,
            sums=self.reader.sums(run_id),
            flags=flags,
            districts=self._districts(),
            sources=self.sources.all() if sources is None else sources,
            warming=self.responses.warming(),
            provinces=self.layers.districts("sido", tolerance=COARSE),
            former=before,
        )

    def former(self, run_id: int, choice: Choice, caller: Caller) -> Former:
        """An earlier run to compare a report with."""
        stored = self._stored(run_id, caller)
        return former(stored, self.perils, choice.focus(shipped()))

    def content(
        self, run_id: int, choice: Choice, caller: Caller, former_id: int | None = None
    ) -> Content:
        """The whole report, as a draft: a version that is kept is made by ReportVersions."""
        return headed(self.plain(self.material(run_id, choice, caller, former_id), choice), None)

    def plain(self, material: Material, choice: Choice) -> Content:
        """The report without what its cover says of its version."""
        language: Language = "en" if choice.language == "en" else "ko"
        return report.content(replace(material, storms=self._storms(material)), language)

    def _storms(self, material: Material) -> Row:
        """The storms behind the wind losses, which pages do not need and files show."""
        at = list(self.perils).index(self.storms.peril.key)
        key = material.focus.scenario, material.focus.horizon
        loss, rate = material.loss[at, material.at], material.base_aal[at]
        return self.storms.of_sites(material.places["grid_id"], loss, rate, material.value, key)

    def file(self, content: Content, kind: str) -> bytes:
        """The report as a file of one kind: xlsx, pdf or docx."""
        if kind not in WRITERS:
            raise InvalidInput("not_one_of", field="kind", value=kind, known=list(WRITERS))
        return WRITERS[kind](content, self.perils)

    def write(self, content: Content, folder: Path, kinds: tuple[str, ...]) -> list[Path]:
        """Write the report into a folder, which is made where it lacks; the paths."""
        whole_file.folder(folder)
        paths = [folder / f"report.{kind}" for kind in kinds]
        for path, kind in zip(paths, kinds, strict=True):
            whole_file.write(path, self.file(content, kind))
        return paths

    def failed(self, content: Content) -> list[str]:
        """The control totals that do not add up."""
        return controls.failed(content.table("T16"))

    def visible(self, run_id: int, caller: Caller) -> Row:
        """The facts of a finished run; raises NotStored for one that the caller does not see."""
        caller.require(UseCase.look)
        try:
            run = self.reader.run(run_id)
            version = self.reader.version(run["version_id"])
        except NotStored:
            raise NotStored("no_such_run", run=run_id) from None
        if not _sees(caller, version):
            raise NotStored("no_such_run", run=run_id)
        return {**run, "version": version}

    def _stored(
        self,
        run_id: int,
        caller: Caller,
        note: Callable[[str, list[int]], None] = lambda peril, flags: None,
    ) -> Stored:
        run = dict(self.visible(run_id, caller))
        version = run.pop("version")

        def peril(key: str) -> AtSites:
            found, flags = self.reader.peril(run, key)
            note(key, flags)
            return found

        return Stored(
            portfolio=self.versions.read(run["version_id"]),
            version=version,
            run=run,
            places=self.reader.places(run_id),
            peril=peril,
        )

    def _districts(self) -> dict[str, District]:
        return {
            row["admin_code"]: District(row["admin_code"], row["admin_name"], row["admin_name_en"])
            for row in self.reader.districts()
        }


def reports_of(
    engine: Engine,
    sources: Sources,
    layers: Layers,
    responses: Responses,
    storms: PortfolioStorms,
    perils: Mapping[str, Peril],
) -> PortfolioReports:
    """The use cases over one database; *engine* is the readers'."""
    stored, versions = Reader(engine), PortfolioVersions(engine)
    return PortfolioReports(stored, versions, sources, layers, responses, storms, perils)


def _sees(caller: Caller, version: Row) -> bool:
    return caller.may(UseCase.see_all) or version["owner"] == caller.owner
