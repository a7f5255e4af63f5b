"""Which variables, response and warming a peril reads under a parameter set."""

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
    """
    Return the variable whose response to warming moves the peril's distribution.

    None where each window is its own sample. Raises InvalidParameter for an unknown estimator.
    """
    if p["estimator"] not in (RESPONSE, WINDOW):
        raise InvalidParameter(
            "not_one_of",
            field="frame.estimator",
            value=p["estimator"],
            known=(RESPONSE, WINDOW),
        )
    return signal(peril) if p["estimator"] == RESPONSE else None


def signal(peril: Peril) -> str | None:
    """Return the variable whose response the peril declares, if it declares one."""
    match peril.frequency:
        case Fitted(signal=name):
            return name
        case Counted(line=line) if line is not None:
            return line.signal
    return None


def signal_of(climate: Climate, name: str) -> Signal:
    """
    Return the response and spread of the variable *name* in the cells.

    Raises MissingVariable.
    """
    found: Any = climate[f"{name}{SIGNAL}"]
    assert isinstance(found, Signal)
    return found


def warming_of(climate: Climate) -> Warming:
    """Return the warming of the data set's windows; raises MissingVariable."""
    found: Any = climate[WARMING]
    assert isinstance(found, Warming)
    return found


def reads(peril: Peril, p: Params) -> frozenset[str]:
    """Return the names that *peril* requires, with warming and response where it follows them."""
    name = responding(peril, p)
    return peril.requires if name is None else peril.requires | {WARMING, f"{name}{SIGNAL}"}
