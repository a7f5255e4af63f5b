"""The use case of reports: a job's answer as a sheet in PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from modelops_core.bootstrap.job_access import JobAccess
from modelops_core.db.inputs.sources import Sources
from modelops_core.db.maps.layers import Layers
from modelops_core.domain import horizons
from modelops_core.domain.access import Caller
from modelops_core.domain.answer import Answer
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.peril import Peril
from modelops_core.domain.stamp import Language
from modelops_core.errors import NotStored
from modelops_core.services.portfolio.rating import Ratings
from modelops_core.services.report import typeset
from modelops_core.services.report.site import SITE, SiteMaterial
from modelops_core.services.report.site_map import Outlines
from modelops_core.services.site import ondemand

#: of the provinces' outlines in the corner of a map [°]
COARSE = 0.01
#: the table of the outlines
DISTRICTS = "location_admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a report shows of an answer, and what it says besides."""

    language: Language = "ko"
    scenario: str = horizons.DEFAULT_SCENARIO
    horizon: str = horizons.DEFAULT_HORIZON
    #: of the site, in place of its district's
    name: str = ""
    #: where the answer is seen on a page
    link: str = ""


@dataclass(frozen=True)
class Reports:
    """Makes reports of stored answers."""

    jobs: JobAccess
    sources: Sources
    layers: Layers
    ratings: Ratings
    perils: Mapping[str, Peril]
    #: what losses are a share of where no asset value is known [KRW]
    sum_insured: float
    #: when the outlines were loaded → those last read
    drawn: dict[datetime | None, Outlines] = field(default_factory=dict)

    def site(self, batch_id: str, choice: Choice, caller: Caller) -> bytes:
        """
        Return the PDF of an assessment.

        Raises JobNotFound for a job that the caller does not see, NotStored where it is no
        assessment that has ended well, InvalidInput for an unknown scenario or horizon.
        """
        scenario = horizons.scenario(choice.scenario)
        horizon = horizons.horizon(choice.horizon).key
        sources = self.sources.all()
        answer = self.answer(batch_id, caller)
        material = SiteMaterial(
            answer=answer,
            ratings=self.ratings.of(answer),
            scenario=scenario,
            horizon=horizon,
            perils=self.perils,
            sources=sources,
            outlines=self._outlines(sources),
            name=choice.name,
            link=choice.link,
        )
        return typeset.pdf(SITE.document(material, choice.language))

    def _outlines(self, sources: Sequence[DataSource]) -> Outlines:
        """Return the outlines, read once for each load of them: half a second."""
        loaded = max((s.loaded_at for s in sources if s.table_name == DISTRICTS), default=None)
        found = self.drawn.get(loaded)
        if found is None:
            found = Outlines(
                self.layers.districts("sigungu"), self.layers.districts("sido", tolerance=COARSE)
            )
            self.drawn.clear()
            self.drawn[loaded] = found
        return found

    def answer(self, batch_id: str, caller: Caller) -> Answer:
        """The answer of a job; raises NotStored where it is no assessment that has ended well."""
        job = self.jobs.get(batch_id, caller)
        if job.job_type != ondemand.JOB or job.results is None:
            raise NotStored("no_answer", job=job.batch_id)
        return Answer.from_row(job.results, self.sum_insured, job.completed_at)
