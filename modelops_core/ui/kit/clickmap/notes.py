"""Words about a layer of the map: its metric in full, and what its values are."""

from __future__ import annotations

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.stages import return_periods
from modelops_core.ui.kit import cache, filters, labels
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.layers import metrics


def metric_name(choice: Choice) -> str:
    """The metric with its class or return period."""
    name = t(f"common.metric_{choice.metric}")
    if choice.metric == metrics.PROBABILITY:
        return f"P(H) {filters.class_name(choice.peril, choice.part)}"
    if choice.metric == metrics.LEVEL and choice.part:
        return f"{filters.period_name(choice.part)} {driver(choice.peril)}"
    return name


def driver(peril: str) -> str:
    """What the return levels of a peril are levels of."""
    declared = cache.app().perils[peril]
    variable, _ = return_periods.driver(declared)
    if variable is not None:
        return labels.variable_label(variable)
    if declared.site_factor == "inundation":
        return t("common.water_level")
    return cache.intensity_label(peril)


def of_metric(choice: Choice) -> list[str]:
    """What the values are, where that is not plain."""
    if choice.metric == "integrated":
        return [t("assess.map_reference")]
    if choice.metric == metrics.PROBABILITY:
        return [t("assess.map_probability", intensity=cache.intensity_label(choice.peril))]
    if choice.metric == metrics.PERCENTILE:
        return [of_percentile(choice)]
    if choice.metric != metrics.LEVEL:
        return []
    name = filters.peril_name(choice.peril)
    if not choice.part:
        return [t("assess.map_no_level", peril=name)]
    level = t("assess.map_level", years=choice.part, driver=driver(choice.peril))
    return [level]


def of_percentile(choice: Choice) -> str:
    """Among which cells: with a scenario beside, those of the first for both."""
    note = t("assess.map_percentile")
    if choice.other is None:
        return note
    return f"{note} {t('assess.map_percentile_beside', scenario=SCENARIOS[choice.scenario])}"


def of_total(choice: Choice, at: Version) -> str:
    """How the sum is made, and which perils it lacks in how many cells."""
    found, perils = cache.total(at, choice.scenario, choice.horizon), cache.app().perils
    kinds = [filters.subtotal_formula(kind) for kind in ("physical", "operating")]
    parts = [of_percentile(choice)] if choice.metric == metrics.PERCENTILE else []
    parts.append(t("assess.map_total", formula=" + ".join(kinds), count=len(perils)))
    if found.without:
        cells = found.status.size
        lacks = [
            t("assess.map_lacking", peril=filters.peril_name(key), count=f"{count:,}")
            for key, count in found.without.items()
        ]
        parts.append(t("assess.map_total_lacks", lacks=", ".join(lacks), cells=f"{cells:,}"))
    return " ".join(parts)
