"""
Yearly indices of daily rain by the definitions of ETCCDI, as xclim counts them.

A wet day has 1 mm or more. Spells are counted within the year; five days may begin in the year
before. A year of which any day is unknown has no index.

References
----------
.. [1] X. Zhang et al., WIREs Clim. Change 2, 2011 (ETCCDI: RX1DAY, RX5DAY, CDD, CWD, SDII).
.. [2] P. Bourgault et al., J. Open Source Softw. 8(85), 2023 (xclim).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array, BoolArray, IntArray

WET = 1.0  # mm a day
HEAVY = 80.0  # mm a day
FIVE = 5
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Record:
    """Daily rain [mm], (day, station), NaN where unknown; *days* follow each other."""

    days: Days
    rain: Array

    @property
    def years(self) -> IntArray:
        """The years that the record touches, (year,)."""
        found = np.unique(self.days.astype("datetime64[Y]")).astype(np.int64) + 1970
        return found

    def starts(self, unit: str) -> IntArray:
        """The position of the first day of each year (``Y``) or month (``M``)."""
        period = self.days.astype(f"datetime64[{unit}]").astype(np.int64)
        return np.flatnonzero(np.diff(period, prepend=period[0] - 1))


def yearly(record: Record) -> dict[str, Array]:
    """Days with a known amount, and the indices, each (year, station); NaN where unknown."""
    starts = record.starts("Y")
    known = _counted(~np.isnan(record.rain), starts)
    whole = known == _length(record.years)[:, None]
    rain = np.nan_to_num(record.rain)
    wet = rain >= WET
    count = _counted(wet, starts)
    amount = np.add.reduceat(np.where(wet, rain, 0.0), starts, axis=0)
    indices = {
        "rn": np.add.reduceat(rain, starts, axis=0),
        "rx1day": np.maximum.reduceat(rain, starts, axis=0),
        "rx5day": np.fmax.reduceat(_five_days(record.rain), starts, axis=0),
        "cdd": longest(~wet, starts),
        "cwd": longest(wet, starts),
        "rain80": _counted(rain >= HEAVY, starts),
        "sdii": amount / np.where(count > 0, count, np.nan),
    }
    return {"days": known} | {name: np.where(whole, x, np.nan) for name, x in indices.items()}


def monthly(record: Record) -> tuple[Days, Array]:
    """First days of the months, and their rain [mm], (month, station); NaN unless whole."""
    starts = record.starts("M")
    months = record.days[starts].astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    known = _counted(~np.isnan(record.rain), starts)
    total = np.add.reduceat(np.nan_to_num(record.rain), starts, axis=0)
    return months.astype("datetime64[D]"), np.where(known == length[:, None], total, np.nan)


def longest(where: BoolArray, starts: IntArray) -> Array:
    """The longest run of True (day, station) in each stretch, (stretch, station)."""
    found = np.zeros((len(starts), where.shape[1]))
    ends = [*starts[1:], len(where)]
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        run = np.zeros(where.shape[1])
        for day in where[start:end]:
            run = (run + 1) * day
            found[i] = np.maximum(found[i], run)
    return found


def _counted(where: BoolArray, starts: IntArray) -> Array:
    """How many are True in each stretch; of truth values NumPy would only say whether any is."""
    found: Array = np.add.reduceat(where.astype(float), starts, axis=0)
    return found


def _length(years: IntArray) -> IntArray:
    """Days of each year."""
    first = (years - 1970).astype("datetime64[Y]")
    days: IntArray = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(
        np.int64
    )
    return days


def _five_days(rain: Array) -> Array:
    """The sum of a day and the four before it; NaN where any of them is unknown."""
    sums = np.full(rain.shape, np.nan)
    if len(rain) >= FIVE:
        windows = np.lib.stride_tricks.sliding_window_view(rain, FIVE, axis=0)
        sums[FIVE - 1 :] = windows.sum(axis=-1)
    return sums
