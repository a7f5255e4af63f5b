"""Data: what is loaded, where does it come from, and can it be trusted?"""

from modelops_core.ui.data import checks, inputs, load, results
from modelops_core.ui.kit import cache, choose, filters
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName

PARTS = {"inputs": inputs.draw, "results": results.draw, "checks": checks.draw, "load": load.draw}

at = cache.version()
PART = Field(UrlName.PART, tuple(PARTS))
PART.bind()
# all of them at once: else each change of part would add steps to the browser's history
inputs.bind()
filters.SCENARIO.bind()
checks.bind()
load.bind()
part = choose.segments(PART, t("data.part"), lambda name: t(f"data.part_{name}"), hide_label=True)
PARTS[part](at)
