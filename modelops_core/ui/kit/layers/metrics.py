"""
Metrics of the map: which there are of a peril, what parts they have, on which scale they are drawn.

A metric with parts is one class of intensity or one return period; a layer names both at once
(``level:50``).
"""

from __future__ import annotations

from collections.abc import Mapping

from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.stages import damage, return_periods
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.theme import RAIN_RESPONSE, RAMP, SCALES, Scale

#: stands for all perils together
TOTAL = "all"
PERCENTILE, PROBABILITY, LEVEL = "percentile", "probability", "level"
#: of a peril, in the order of the list
OF_PERIL = ("hazard", "aal", PERCENTILE, PROBABILITY, LEVEL, "integrated", RAIN_RESPONSE)
#: of all perils together: losses add, scores and probabilities do not
OF_TOTAL = (PERCENTILE, "aal", RAIN_RESPONSE)
#: return periods that the map offers [years]
PERIODS = (10, 50, 100)
SEPARATOR = ":"
#: scale of the return levels by the unit of the driver: the same for all periods and scenarios
LEVELS: Mapping[str, Scale] = {
    scale.unit: scale
    for scale in (
        Scale(LEVEL, "mm", 0.0, 800.0, False, (0.0, 200.0, 400.0, 600.0, 800.0)),
        Scale(LEVEL, "m", 0.0, 8.0, False, (0.0, 2.0, 4.0, 6.0, 8.0)),
        Scale(LEVEL, "m/s", 0.0, 60.0, False, (0.0, 15.0, 30.0, 45.0, 60.0)),
    )
}
#: of a unit that is not listed
WIDEST = (0.01, 10_000.0)


def options(peril: str) -> tuple[str, ...]:
    """Which metrics there are of a peril, or of TOTAL."""
    return OF_TOTAL if peril == TOTAL else OF_PERIL


def whole(metric: str, part: str) -> str:
    """A metric with its part as one word."""
    return f"{metric}{SEPARATOR}{part}" if part else metric


def split(layer_metric: str) -> tuple[str, str]:
    """Metric and part of that word."""
    metric, _, part = layer_metric.partition(SEPARATOR)
    return metric, part


def scale(metric: str, peril: Peril | None) -> Scale:
    """The fixed scale of a metric; return levels have one for each unit."""
    if metric != LEVEL or peril is None:
        return SCALES[metric]
    unit = return_periods.driver(peril)[1]
    low, high = WIDEST
    ticks = (low, 1.0, 100.0, high)
    return LEVELS.get(unit, Scale(LEVEL, unit, low, high, True, ticks, RAMP))


def classes(p: Params) -> tuple[tuple[float | None, float | None], ...]:
    """Lower and upper edge of each class of a peril's intensity; None where it is open."""
    inner = [float(edge) for edge in damage.edges(p)]
    return tuple(zip([None, *inner], [*inner, None], strict=True))


def has_levels(peril: Peril) -> bool:
    """Whether a distribution of yearly maxima is stored for the peril."""
    return bool(return_periods.stored_names(peril, PERIODS[0]))


def span(lower: float | None, upper: float | None) -> str:
    """``0.3–1``, ``< 10``, ``≥ 110``; ``0`` of a class that ends there, as of dry ground."""
    if lower is None:
        return f"< {_edge(upper)}" if upper else "0"
    if upper is None:
        return f"≥ {_edge(lower)}"
    return f"{_edge(lower)}–{_edge(upper)}"


def _edge(value: float) -> str:
    """Three figures without zeros at the end: the list in which it stands is narrow."""
    text = formats.number(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
