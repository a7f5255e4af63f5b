"""
Which years of the storms' catalogue the wind losses of a portfolio come from.

All sites meet the same storms, moved together: the loss of a year and shift is the sum over the
cells of the damage ratio there times what stands behind it, which follows from the stored results
as loss ÷ ratio. So the years' losses are joint over all sites, as those of no other peril are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, Climate, IntArray, Storms
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Ensemble, Peril
from modelops_core.domain.result import FILED
from modelops_core.ports import Row
from modelops_core.services.portfolio import concentration
from modelops_core.stages.site import AtSites


@dataclass(frozen=True, slots=True)
class StormYears:
    """
    Losses of each catalogue year under each shift [KRW], (year, shift), and the shifts' weights.

    ``often`` is the factor on the storms' frequency. ``expected`` is the stored loss of the same
    sites [KRW a year], which the mean of the years should give.
    """

    years: IntArray
    loss: Array
    weights: Array
    often: float
    expected: float

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


def behind(one: AtSites, combination: int, value: Array) -> Array:
    """What stands behind the cell's damage ratio at each site [KRW], 0 where nothing is known."""
    loss, rate = one.expected_loss[combination], one.base_aal[combination]
    known = (rate > 0) & ~np.isnan(loss) & ~np.isnan(value)
    return np.where(known, 100 * loss / np.where(known, rate, 1.0), 0.0)


def storm_years(
    peril: Peril,
    storms: Storms,
    cells: tuple[Array, Array],
    stake: Array,
    key: tuple[str, str],
    p: Params,
    expected: float,
) -> StormYears:
    """
    The years of *storms* over *cells* (latitude, longitude [°]) behind which *stake* [KRW] stands.

    *key* is scenario and horizon, whose warming moves the wind and the frequency.
    """
    assert isinstance(peril.frequency, Ensemble)
    latitude, longitude = cells
    places = {"latitude": latitude, "longitude": longitude, "storm_tracks": storms}
    climate = Climate(tuple(SCENARIOS), storms.years, np.arange(latitude.size), places)
    [wind] = peril.indices(climate, p)[peril.frequency.index]
    span = int(storms.years[0]), int(storms.years[-1])
    intensity, often = peril.frequency.factor(*key, span, p)
    loss = np.asarray(peril.damage(wind * intensity, p) @ stake)
    return StormYears(storms.years, loss, peril.frequency.weights(p), float(often), expected)


def as_row(found: StormYears) -> Row:
    """
    Return what the years say: shares of the loss by year, the largest first, and rare years.

    ``mean`` beside ``expected`` says how well the years give the stored loss.
    """
    names = [str(year) for year in found.years.tolist()]
    return {
        "expected": found.expected,
        "mean": found.mean,
        "hhi": None if found.mean <= 0 else concentration.herfindahl(found.of_year),
        "joint_rare_years": {str(period): found.exceeded(period) for period in FILED},
        "years": [
            {"year": int(one.key), "loss": one.loss, "share": one.share, "up_to": one.cumulative}
            for one in concentration.shares(names, found.of_year)
        ],
    }
