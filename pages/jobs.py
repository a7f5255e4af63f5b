"""Jobs: what is being calculated, what failed and why, and how the nightly runs went?"""

from modelops_core.ui.jobs import job_list, jobs_cache, nightly_runs
from modelops_core.ui.kit import access, choose
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName

# a database that is away is reported once, by the page, and not by each of its parts
jobs_cache.counts(access.caller())
PARTS = {"jobs": job_list.draw, "nights": nightly_runs.draw}

PART = Field(UrlName.PART, tuple(PARTS))
PART.bind()
job_list.bind()  # at once: else a change of part would add a step to the browser's history
part = choose.segments(PART, t("jobs.part"), lambda name: t(f"jobs.part_{name}"), hide_label=True)
PARTS[part]()
