"""
Which years of the storms' catalogue the wind losses of a portfolio come from.

All sites meet the same storms, moved together: the loss of a year and shift is the sum over the
cells of the damage ratio there times what stands behind it, which follows from the stored results
as loss ÷ ratio. So the years' losses are joint over all sites, as those of no other peril are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from modelops_core.domain.climate import Array, Climate, IntArray, Storms
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Ensemble, Peril
from modelops_core.domain.result import FILED
from modelops_core.ports import Row
from modelops_core.services.portfolio import concentration

#: years with the largest losses of which the storm is found, by the cells that lose most in them
NAMED, CELLS = 20, 40


class Grid(Protocol):
    """The climate cells in the order of their numbers, each (cell,)."""

    @property
    def grid_id(self) -> IntArray: ...

    @property
    def latitude(self) -> Array: ...

    @property
    def longitude(self) -> Array: ...


@dataclass(frozen=True, slots=True)
class Stake:
    """
    What stands in the climate cells where something does, each (cell,).

    ``amount`` is what stands behind the damage ratio [KRW], ``sites`` how many sites, ``expected``
    their stored loss [KRW a year].
    """

    latitude: Array
    longitude: Array
    amount: Array
    sites: IntArray
    expected: float

    def at(self, cells: IntArray) -> Stake:
        """What stands in some of the cells."""
        return Stake(
            self.latitude[cells],
            self.longitude[cells],
            self.amount[cells],
            self.sites[cells],
            self.expected,
        )


@dataclass(frozen=True, slots=True)
class StormYears:
    """
    Losses of each catalogue year under each shift [KRW], (year, shift), and the shifts' weights.

    ``often`` is the factor on the storms' frequency. ``expected`` is the stored loss of the same
    sites [KRW a year], which the mean of the years should give. ``sites`` are those that lose
    something under a shift, ``names`` the storms of the years whose losses are largest, '' of the
    others; both (year,).
    """

    years: IntArray
    loss: Array
    weights: Array
    often: float
    expected: float
    sites: IntArray
    names: tuple[str, ...]

    @property
    def of_year(self) -> Array:
        """What each year adds to the expected loss [KRW a year], (year,)."""
        return np.asarray(self.often * (self.loss @ self.weights) / self.years.size)

    @property
    def mean(self) -> float:
        """The expected loss by the years [KRW a year]."""
        return float(self.of_year.sum())

    def exceeded(self, period: float) -> float:
        """
        Return the loss [KRW] that one year in *period* exceeds, all sites together.

        It is the least loss of the years and shifts that are exceeded no more often; a period
        beyond the catalogue rests on the shifts of its worst years.
        """
        order = np.argsort(self.loss, axis=None)[::-1]
        share = np.broadcast_to(self.weights / self.years.size, self.loss.shape).ravel()[order]
        above = self.often * np.cumsum(share)
        at = int(np.searchsorted(above, 1 / period))
        return float(self.loss.ravel()[order][at]) if at < order.size else 0.0


def at_stake(grid: Grid, grid_id: IntArray, loss: Array, rate: Array, value: Array) -> Stake:
    """
    What stands in the cells of sites in *grid_id* (site,), by their losses and the cells' rates.

    *loss* [KRW a year], *rate* [% a year] and *value* [KRW] are (site,).
    """
    own = behind(loss, rate, value)
    known = own > 0
    at = np.searchsorted(grid.grid_id, grid_id[known])
    amount = np.asarray(np.bincount(at, own[known], grid.grid_id.size), dtype=float)
    sites = np.bincount(at, minlength=grid.grid_id.size)
    here = amount > 0
    expected = float(loss[known].sum())
    return Stake(grid.latitude[here], grid.longitude[here], amount[here], sites[here], expected)


def behind(loss: Array, rate: Array, value: Array) -> Array:
    """What stands behind the cell's damage ratio at each site [KRW], 0 where nothing is known."""
    known = (rate > 0) & ~np.isnan(loss) & ~np.isnan(value)
    return np.where(known, 100 * loss / np.where(known, rate, 1.0), 0.0)


def storm_years(
    peril: Peril, storms: Storms, stake: Stake, key: tuple[str, str], p: Params
) -> StormYears | None:
    """
    The years of *storms* over the cells in which *stake* stands; None without either.

    *key* is scenario and horizon, whose warming moves the wind and the frequency.
    """
    assert isinstance(peril.frequency, Ensemble)
    if not (storms.years.size and stake.amount.size):
        return None
    span = int(storms.years[0]), int(storms.years[-1])
    intensity, often = peril.frequency.factor(*key, span, p)
    weights = peril.frequency.weights(p)
    ratio = _ratio(peril, storms, stake, intensity, p)
    loss = np.asarray(ratio @ stake.amount)
    sites = (ratio > 0).any(axis=1) @ stake.sites
    largest = np.argsort(-(loss @ weights), kind="stable")[:NAMED]
    names = [""] * storms.years.size
    for i in largest[loss[largest].any(axis=1)].tolist():
        worst = np.argsort(-(weights @ ratio[i]) * stake.amount, kind="stable")[:CELLS]
        there, own = stake.at(worst), _each_alone(storms, int(storms.years[i]))
        by_storm = _ratio(peril, own, there, intensity, p) @ there.amount @ weights
        names[i] = own.called[int(np.argmax(by_storm))]
    return StormYears(
        storms.years, loss, weights, float(often), stake.expected, sites, tuple(names)
    )


def _ratio(peril: Peril, storms: Storms, stake: Stake, intensity: float, p: Params) -> Array:
    """Damage ratios of the strongest winds, (year, shift, cell)."""
    assert isinstance(peril.frequency, Ensemble)
    places = {
        "latitude": stake.latitude,
        "longitude": stake.longitude,
        "storm_tracks": storms,
    }
    climate = Climate(tuple(SCENARIOS), storms.years, np.arange(stake.amount.size), places)
    [wind] = peril.indices(climate, p)[peril.frequency.index]
    return peril.damage(wind * intensity, p)


def _each_alone(storms: Storms, year: int) -> Storms:
    """The storms of a *year*, each as a year of its own."""
    at = np.flatnonzero(storms.season == year)
    parts = [np.arange(storms.start[i], storms.start[i + 1]) for i in at]
    nodes = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    names = ("time", "latitude", "longitude", "pressure")
    return Storms(
        ids=tuple(storms.ids[i] for i in at),
        season=np.arange(at.size),
        start=np.cumsum([0, *(part.size for part in parts)]),
        years=np.arange(at.size),
        names=tuple(storms.called[i] for i in at),
        **{name: getattr(storms, name)[nodes] for name in names},
    )


def as_row(found: StormYears) -> Row:
    """
    Return what the years with a loss say, the largest first, and the losses of rare years.

    ``mean`` beside ``expected`` says how well the years give the stored loss.
    """
    position = {str(year): i for i, year in enumerate(found.years.tolist())}
    in_year = found.loss @ found.weights
    return {
        "expected": found.expected,
        "mean": found.mean,
        "hhi": None if found.mean <= 0 else concentration.herfindahl(found.of_year),
        "joint_rare_years": {str(period): found.exceeded(period) for period in FILED},
        "years": [
            {
                "year": int(one.key),
                "storm": found.names[position[one.key]],
                "sites": int(found.sites[position[one.key]]),
                "loss_in_year": float(in_year[position[one.key]]),
                "loss": one.loss,
                "share": one.share,
                "up_to": one.cumulative,
            }
            for one in concentration.shares(list(position), found.of_year)
            if one.loss > 0
        ],
    }


def nothing() -> Row:
    """What is said where no storm is loaded, or nothing is lost by wind."""
    return {"expected": 0.0, "mean": 0.0, "hhi": None, "joint_rare_years": {}, "years": []}
