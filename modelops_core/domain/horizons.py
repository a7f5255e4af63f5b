"""Scenarios and time windows: the axes of every result."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_core.errors import InvalidInput

#: Scenario code → IPCC name. Scenarios are never averaged and carry no probability.
SCENARIOS = {"ssp1": "SSP1-2.6", "ssp2": "SSP2-4.5", "ssp3": "SSP3-7.0", "ssp5": "SSP5-8.5"}
DEFAULT_SCENARIO = "ssp2"
DEFAULT_HORIZON = "2050s"
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Horizon:
    """A window of years, both ends included."""

    key: str
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


HORIZONS = {
    h.key: h
    for h in (
        Horizon(BASELINE, 1991, 2020),
        Horizon("2030s", 2021, 2040),
        Horizon("2050s", 2041, 2060),
        Horizon("2070s", 2061, 2080),
        Horizon("2090s", 2081, 2100),
    )
}


def scenario(code: str) -> str:
    """*code* itself, or InvalidInput naming the allowed ones."""
    if code not in SCENARIOS:
        raise InvalidInput("not_one_of", field="scenario", value=code, known=list(SCENARIOS))
    return code


def horizon(key: str) -> Horizon:
    """The window named *key*, or InvalidInput naming the allowed ones."""
    try:
        return HORIZONS[key]
    except KeyError:
        raise InvalidInput("not_one_of", field="horizon", value=key, known=list(HORIZONS)) from None
