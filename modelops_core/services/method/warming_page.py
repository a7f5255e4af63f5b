"""
The warming of the loaded data, and how extremes respond to it, for the method page.

Unlike the rest of that page these are results: a nightly run finds them in the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelops_core.domain.climate import Array
from modelops_core.domain.horizons import BASELINE, HORIZONS, SCENARIOS
from modelops_core.ports import ResponseReader, ResponseSummary

#: the windows that warm; the baseline is what they are compared with
WINDOWS = tuple(name for name in HORIZONS if name != BASELINE)


@dataclass(frozen=True, slots=True)
class WarmingOfData:
    """
    Warming W [K] of each window, by horizon an array (scenario,), and the responses to it.

    W is NaN where the data do not cover the window. ``responses`` is by variable.
    """

    kelvin: Mapping[str, Array]
    responses: Mapping[str, ResponseSummary]


def warming_of_data(reader: ResponseReader) -> WarmingOfData | None:
    """Return what the last nightly run found; None where none has looked yet."""
    warming, responses = reader.warming(), reader.summaries()
    if not warming.kelvin and not responses:
        return None
    return WarmingOfData({name: warming.of(SCENARIOS, name) for name in WINDOWS}, responses)
