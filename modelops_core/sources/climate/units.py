"""
Units of climate files: how a value becomes one in the table's unit.

A unit that says no time span (radiation as MJ/m²) is asked for: a monthly total and a daily mean
differ by thirty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.variables import MONTHLY, VARIABLES
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.climate import names

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Unit:
    """value · factor · days^``days`` + offset is in the table's unit; days of the month."""

    factor: float = 1.0
    offset: float = 0.0
    days: int = 0

    def scale(self, steps: IntArray) -> Array:
        """The factor of each step, (step,); steps of monthly values are months since year 0."""
        if not self.days:
            return np.full(steps.shape, self.factor)
        first = (steps - 1970 * 12).astype("datetime64[M]")
        length = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
        factor: Array = self.factor * length.astype(float) ** self.days
        return factor


SAME = Unit()
_TEMPERATURE = {
    "degc": SAME,
    "c": SAME,
    "celsius": SAME,
    "degreescelsius": SAME,
    "degreecelsius": SAME,
    "degreesc": SAME,
    "k": Unit(1, -273.15),
    "kelvin": Unit(1, -273.15),
}
_DEPTH = {"mm": SAME, "kg/m2": SAME, "cm": Unit(10), "m": Unit(1000)}
_RATE = {"mm/day": 1.0, "kg/m2/day": 1.0, "kg/m2/s": DAY, "mm/s": DAY, "m/s": 1000 * DAY}
_MAXIMUM = {**_DEPTH, **{name: Unit(factor) for name, factor in _RATE.items()}}
_DAYS = {"day": SAME, "1": SAME, "": SAME, "일": SAME, "count": SAME}
_SHARE = {"%": SAME, "percent": SAME, "1": Unit(100), "fraction": Unit(100)}
_SPEED = {"m/s": SAME, "km/h": Unit(1 / 3.6), "km/hr": Unit(1 / 3.6), "kt": Unit(1852 / 3600)}
_ENERGY = {
    "mj/m2/day": SAME,
    "mj/m2/month": Unit(1, 0, -1),
    "j/m2/day": Unit(1e-6),
    "j/m2/month": Unit(1e-6, 0, -1),
    "w/m2": Unit(DAY / 1e6),
    "kwh/m2/day": Unit(3.6),
}
#: variable → unit as :func:`plain` writes it → conversion
UNITS: dict[str, dict[str, Unit]] = {
    "ta": _TEMPERATURE,
    "rn": {
        **_DEPTH,
        "mm/month": SAME,
        "kg/m2/month": SAME,
        **{name: Unit(factor, 0, 1) for name, factor in _RATE.items()},
    },
    "ws": _SPEED,
    "rhm": _SHARE,
    "si": _ENERGY,
    "spei12": {"1": SAME, "": SAME, "none": SAME, "unitless": SAME, "dimensionless": SAME},
    **dict.fromkeys(("wsdi", "csdi", "cdd", "rain80"), _DAYS),
    "rx1day": _MAXIMUM,
    "sdii": _MAXIMUM,
    "rx5day": {**_DEPTH, "mm/5day": SAME},
}
#: without a time span they may be a daily mean or a monthly total
AMBIGUOUS = frozenset({"mj/m2", "j/m2", "kwh/m2"})
_POWER = re.compile(r"([a-z]+)(?:\^|\*\*)?(-?\d)")


def plain(unit: str) -> str:
    """A unit for comparison: ``kg m-2 s-1`` and ``kg m⁻² s⁻¹`` are ``kg/m2/s``."""
    text = unit.strip().lower().replace("⁻", "-").replace("²", "2").replace("¹", "1")
    text = text.replace("°", "deg").replace("℃", "degc").replace("^", "").replace("**", "")
    text = re.sub(r"[_·]", " ", text.replace("㎜", "mm").replace("㎡", "m2"))
    text = re.sub(r"\b([a-z]+)-(\d)", lambda m: f"/{m[1]}{m[2] if m[2] != '1' else ''}", text)
    text = re.sub(r"\s*/\s*", "/", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(r"(?<=/)(d|days|일)\b|\bdays\b|^d$", "day", text)
    text = re.sub(r"(?<=/)(sec|second)\b", "s", re.sub(r"(?<=/)(mon|months|월)\b", "month", text))
    return text.replace(" ", "")


def conversion(variable: str, unit: str | None, file: str, *, published: bool) -> tuple[Unit, str]:
    """
    How to convert, and what to say about the unit.

    *published*: the file is one of the KMA, whose units but that of radiation are known even
    where it does not state them. Raises SourceUnreadable for a unit that is unknown, says no time
    span, or is not said.
    """
    known = UNITS[variable]
    stated = None if unit is None or not unit.strip() else plain(unit)
    if stated in AMBIGUOUS and variable == "si":
        raise SourceUnreadable("unit_without_time", file=file, value=unit, known=list(known))
    if stated is not None and stated not in known:
        raise SourceUnreadable(
            "unit_unknown", file=file, variable=variable, value=unit, known=[*filter(None, known)]
        )
    if stated is not None:
        return known[stated], f"{unit} → {VARIABLES[variable].unit}"
    if "" in known or (published and variable != "si"):
        return SAME, f"{VARIABLES[variable].unit}, as published; the file states none"
    raise names.unstated(file, "unit", "unit", filter(None, known))


def cadence(variable: str) -> str:
    """``month`` or ``year``."""
    return "month" if variable in MONTHLY else "year"
