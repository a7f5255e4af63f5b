"""What a peril reads under a parameter set."""

from __future__ import annotations

from typing import Any

from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Fitted, Peril
from modelops_core.domain.warming import Signal, Warming
from modelops_core.errors import InvalidParameter

RESPONSE, WINDOW = "response", "window"
WARMING, SIGNAL = "warming", "_signal"


def responding(peril: Peril, p: Params) -> str | None:
    """The variable whose response to warming moves the peril's distribution; None where each window is its own sample."""
    if p["estimator"] not in (RESPONSE, WINDOW):
        raise InvalidParameter(
            "not_one_of",
            field="frame.estimator",
            value=p["estimator"],
            known=(RESPONSE, WINDOW),
        )
    return signal(peril) if p["estimator"] == RESPONSE else None


def signal(peril: Peril) -> str | None:
    """The variable whose response the peril declares."""
    match peril.frequency:
        case Fitted(signal=name):
            return name
        case Counted(line=line) if line is not None:
            return line.signal
    return None


def signal_of(climate: Climate, name: str) -> Signal:
    """What is known of the variable *name*'s response in the cells; raises MissingVariable."""
    found: Any = climate[f"{name}{SIGNAL}"]
    assert isinstance(found, Signal)
    return found


def warming_of(climate: Climate) -> Warming:
    """The warming of the data set's windows; raises MissingVariable."""
    found: Any = climate[WARMING]
    assert isinstance(found, Warming)
    return found


def reads(peril: Peril, p: Params) -> frozenset[str]:
    """What *peril* requires, and where it follows the warming that too."""
    name = responding(peril, p)
    return peril.requires if name is None else peril.requires | {WARMING, f"{name}{SIGNAL}"}
