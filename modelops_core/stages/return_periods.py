"""
Losses of rare years: what one year in T exceeds, where a peril has a distribution of yearly maxima.

    D(T) = DR(x(T)) · g · (1 + V) · exposed value,   F(x(T)) = 1 − 1/T

x is the yearly maximum that drives the loss and DR the damage at it, by the same curve, place and
vulnerability as the AAL. As DR never falls with x, the loss of the year is exceeded exactly as
often as x, and the area under the exceedance curve is the AAL [1]_. Where water comes to a share w
of the places only, a place is hit w times as often: F(x(T)) = 1 − 1/(wT).

References
----------
.. [1] P. Grossi & H. Kunreuther, Catastrophe Modeling, 2005, chapter 2 (EP curve and AAL).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Ensemble, Fitted, Peril, Prescribed
from modelops_core.domain.result import PERIODS, Basis, Status, level_name
from modelops_core.domain.site import Sites
from modelops_core.domain.variables import VARIABLES
from modelops_core.indicators.gev import Gev
from modelops_core.stages import damage
from modelops_core.stages.inundation import WET_SHARE
from modelops_core.stages.site import CellValues, SiteRisk
from modelops_core.stages.site_water import Driver, drivers, kinds

#: a place that is reached no more often than this many years has no dry year [years]
EVERY_YEAR = 1.0 + 1e-9


@dataclass(frozen=True, slots=True)
class RareYears:
    """
    Losses of rare years at sites, and what they are known from.

    ``loss`` [KRW] is (period, combination, site), NaN where unknown, without periods where the
    peril has no distribution; ``years`` (combination, site) is how many years of observation carry
    it, 0 where the distribution is given; ``basis`` (site,) says which kind it is.
    """

    loss: Array
    years: Array
    basis: npt.NDArray[np.object_]


def rare_years(
    peril: Peril,
    sites: Sites,
    cell: CellValues,
    risk: SiteRisk,
    p: Params,
    periods: Sequence[int] = PERIODS,
) -> RareYears:
    """Return the losses at *periods* [years] of *sites* whose *risk* is assessed."""
    shape = risk.status.shape
    if peril.site_factor == "inundation":
        ratio, years, basis = _of_water(peril, sites, cell, p, periods)
    elif isinstance(peril.frequency, Ensemble):
        ratio, years = _of_storms(peril, cell, risk, p, periods)
        basis = np.full(shape[1], Basis.storms, dtype=object)
    else:
        counted = np.full(shape[1], Basis.counted, dtype=object)
        return RareYears(np.empty((0, *shape)), np.full(shape, np.nan), counted)
    loss = ratio * risk.scaled.vulnerability_scale * risk.exposed_value
    known = risk.status <= Status.low_confidence
    return RareYears(np.where(known, loss, np.nan), np.where(known, years, np.nan), basis)


def stored_names(peril: Peril, period: int) -> tuple[str, ...]:
    """Return which details of a cell its *period*-year level follows from; none without one."""
    match peril.frequency:
        case Fitted() | Prescribed():
            return "mu", "alpha", "kappa"
        case Ensemble():
            return (level_name(period),)
        case _:
            return ()


def stored_level(peril: Peril, details: Mapping[str, Array], period: int) -> Array:
    """
    Return the yearly maximum that one year in *period* exceeds, from the stored *details* (cell,).

    It is what drives the loss, in the unit of :func:`driver`; NaN where the details are unknown.
    """
    if isinstance(peril.frequency, Ensemble):
        return details[level_name(period)]
    return Gev(details["mu"], details["alpha"], details["kappa"]).level(float(period))


def level_status(level: Array, status: IntArray) -> IntArray:
    """Return the *status* of an AAL (cell,) as that of its *level*: not assessed where none is."""
    lacks = np.isnan(level) & np.isin(status, (Status.ok, Status.low_confidence))
    return np.where(lacks, int(Status.not_assessed), status)


def driver(peril: Peril) -> tuple[str | None, str]:
    """
    Return the variable whose yearly maxima drive the loss, and the unit of their levels.

    None where that is the intensity itself, or a level of water above mean sea level.
    """
    if isinstance(peril.frequency, Fitted):
        found = VARIABLES.get(peril.frequency.index)
        return peril.frequency.index, peril.unit if found is None else found.unit
    return None, peril.unit


def water_ratio(driver: Driver, periods: Sequence[float]) -> Array:
    """
    Return the base damage ratio of the year of each period, (period, combination, site).

    Nothing is lost where water comes to a place less often than once in the period.
    """
    share = driver.terms.get(WET_SHARE, np.ones(1))
    return np.stack([_once_in(driver, period * share) for period in periods])


def _once_in(driver: Driver, period: Array) -> Array:
    """Base damage ratio of the driver's *period*-year level, (combination, site)."""
    level = driver.distribution.level(np.maximum(period, EVERY_YEAR))
    ratio = driver.water.damaged(level, driver.terms)
    reached = np.where((period > EVERY_YEAR) | np.isnan(ratio), ratio, 0.0)
    return np.where(driver.n > 0, reached, np.nan)


def _of_water(
    peril: Peril, sites: Sites, cell: CellValues, p: Params, periods: Sequence[int]
) -> tuple[Array, Array, npt.NDArray[np.object_]]:
    """Damage ratio, years behind the driver and what kind it is, of each site's own water."""
    given = isinstance(peril.frequency, Prescribed)
    one, kind = kinds(peril, sites, cell.details, np.zeros(len(sites), dtype=bool), p)
    details = {name: value[:, one] for name, value in cell.details.items()}
    ratio = np.full((len(periods), len(cell.aal), one.size), np.nan)
    years = np.zeros((len(cell.aal), one.size))
    basis = np.full(one.size, Basis.prescribed if given else Basis.maxima, dtype=object)
    for at, _, driver in drivers(peril, sites.at(one), details, p, intervals=False):
        ratio[:, :, at] = water_ratio(driver, periods)
        years[:, at] = 0.0 if given else driver.n
        if driver.recorded:
            basis[at] = Basis.gauge
    return ratio[:, :, kind], years[:, kind], basis[kind]


def _of_storms(
    peril: Peril, cell: CellValues, risk: SiteRisk, p: Params, periods: Sequence[int]
) -> tuple[Array, Array]:
    """Damage ratio at the levels of the storms, and the years of their catalogue."""
    unknown = np.full_like(cell.aal, np.nan)  # a nightly run of before stored no levels
    stored = np.stack([cell.details.get(level_name(period), unknown) for period in PERIODS])
    level = np.stack([_between(stored, period) for period in periods])
    return damage.ratio(peril, level, p) * risk.loss.factor, cell.details["n"]


def _between(levels: Array, period: int) -> Array:
    """Return the level of *period* years of *levels* at PERIODS, (…); between two by ln T."""
    if period in PERIODS:
        return np.asarray(levels[PERIODS.index(period)])
    after = int(np.searchsorted(PERIODS, period))
    low, high = PERIODS[after - 1], PERIODS[after]
    share = np.log(period / low) / np.log(high / low)
    return np.asarray(levels[after - 1] * (1 - share) + levels[after] * share)
