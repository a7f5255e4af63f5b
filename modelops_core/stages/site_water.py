"""
Depths of water at given sites, recomputed from what the cells stored.

Arrays are (combination, site); a combination is one scenario and horizon. Where the distribution
follows the warming, the intervals are drawn as those of the cell: protection and window from one
draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    RECORD_TERMS,
    Fitted,
    Inundation,
    Peril,
    Prescribed,
    Recorded,
    ReturnLevel,
    Terms,
)
from modelops_core.domain.site import Sites
from modelops_core.indicators.gev import Gev, from_l_moments, unit_l1, unit_l2
from modelops_core.stages import extremes, joint, score
from modelops_core.stages.inundation import (
    Intervals,
    Response,
    Sampled,
    Together,
    Warmer,
    Water,
    Window,
    inundated,
)
from modelops_core.stages.warmed import drawn_factor

#: relative difference that storing with ten figures makes
ROUNDING = 1e-8


@dataclass(frozen=True, slots=True)
class Asked:
    """
    Sites of one damage curve with the stored ``details`` of their cells.

    ``intervals`` says whether sampling intervals are wanted too.
    """

    peril: Peril
    sites: Sites
    details: Mapping[str, Array]
    p: Params
    curve: str
    intervals: bool

    @property
    def follows(self) -> bool:
        """Whether the cells' distribution follows the warming, instead of each window's sample."""
        factor = self.details.get("factor")
        return factor is not None and not np.isnan(factor).all()

    def water(self, inundation: Inundation) -> Water:
        """Return the sites' way from driver to depth."""
        return Water(self.peril, inundation, self.p, self.curve, of_bins=False)

    def fits(self) -> tuple[Gev, Gev]:
        """Return the index' distribution in the window and in the baseline."""
        d = self.details
        own = d.get("baseline_kappa", np.nan * d["kappa"])
        kappa = np.where(np.isnan(own), d["kappa"], own)
        window = Gev(d["mu"], d["alpha"], d["kappa"])
        return window, Gev(d["baseline_mu"], d["baseline_alpha"], kappa)


@dataclass(frozen=True, slots=True)
class Driver:
    """
    The driver of the water: the yearly maximum that brings a depth.

    Its ``distribution``, the years ``n`` behind it, the ``terms`` that lead from driver to depth,
    and the source of its intervals, None without one. ``recorded`` where a gauge's record is it.
    """

    water: Water
    distribution: Gev
    n: Array
    terms: Terms
    intervals: Intervals | None
    recorded: bool = False


def recomputed(asked: Asked, driver: Driver) -> tuple[Array, Array, Array]:
    """Return the AAL at the sites [% a year], and the low and high end of its interval."""
    estimate = inundated(
        driver.water,
        driver.distribution,
        driver.n,
        driver.terms,
        estimator="site",
        details={},
        intervals=driver.intervals if asked.intervals else None,
    )
    return estimate.aal, estimate.aal_p05, estimate.aal_p95


def drivers(
    peril: Peril,
    sites: Sites,
    details: Mapping[str, Array],
    p: Params,
    *,
    intervals: BoolArray | bool,
) -> Iterator[tuple[IntArray, Asked, Driver]]:
    """
    Yield what drives the water at *sites*, group by group.

    A group shares a damage curve, the kind of its driver and the way its intervals come about, so
    that no site's number depends on which others it is calculated with; with each come its
    positions among the sites. A site with a gauge record of its own is driven by that record.
    *details* are (combination, site); *intervals* says at which sites they are wanted.
    """
    wanted = np.broadcast_to(np.asarray(intervals), len(sites))
    declared = peril.frequency.record if isinstance(peril.frequency, Fitted) else None
    recorded = (sites["gauge_years"] > 0) & (declared is not None)
    for at in _alike(sites, details, recorded, wanted):
        some = Sites({name: sites[name][at] for name in _PLACE_COLUMNS})
        own = {name: value[:, at] for name, value in details.items()}
        curve = str(sites["curve_class"][at[0]])
        asked = Asked(peril, some, own, p, curve, bool(wanted[at[0]]))
        record = declared if recorded[at[0]] else None
        yield at, asked, by_index(asked) if record is None else by_record(asked, record)


_PLACE_COLUMNS = (
    "latitude",
    "longitude",
    "elevation_m",
    "coast_distance_m",
    "river_distance_m",
    "river_class",
    "hand_m",
    "impervious",
    "depression",
    "gauge_years",
    "gauge_l1",
    "gauge_l2",
)
#: sites that are calculated at once: their draws at some depths stay in a processor's cache
MOST = 32


def _alike(
    sites: Sites, details: Mapping[str, Array], recorded: BoolArray, wanted: BoolArray
) -> Iterator[IntArray]:
    """Positions of the sites of each group, at most MOST of them at once."""
    curve = np.unique(sites["curve_class"].astype(str), return_inverse=True)[1]
    keys = np.stack([curve, recorded, wanted, *_moved(details, len(sites))]).astype(np.int64)
    for key in np.unique(keys, axis=1).T:
        at = np.flatnonzero((keys == key[:, None]).all(axis=0))
        for start in range(0, at.size, MOST):
            yield at[start : start + MOST]


def _moved(details: Mapping[str, Array], sites: int) -> tuple[IntArray, IntArray, IntArray]:
    """
    Return how the warming moves each site's driver, (site,) numbers.

    Whether it does, whether by the response to it, and which sites share their warmings.
    """
    factor, kelvin = details.get("factor"), details.get("kelvin")
    none = np.zeros(sites, dtype=np.int64)
    if factor is None or kelvin is None:
        return none, none, none
    follows = ~np.isnan(factor).all(axis=0)
    expected = np.exp(details["response"] * kelvin)
    by_response = np.isclose(factor, expected, rtol=ROUNDING).all(axis=0)
    # only where the response moves the driver do the intervals ask for common warmings
    warmings = np.where(follows & by_response, kelvin, 0.0)
    shared = np.unique(warmings, axis=1, return_inverse=True)[1]
    return (
        np.asarray(follows, dtype=np.int64),
        np.asarray(by_response, dtype=np.int64),
        np.asarray(shared, dtype=np.int64).reshape(-1),
    )


def kinds(
    peril: Peril, sites: Sites, details: Mapping[str, Array], wanted: BoolArray, p: Params
) -> tuple[IntArray, IntArray]:
    """
    Return one site of each kind, and of which kind each site is, (kind,) and (site,).

    Sites of a kind have the same cell's *details* (combination, site), damage curve, gauge and way
    of the water, so that their losses are the same share of their values; *wanted* as in
    :func:`drivers`.
    """
    if len(sites) == 1:
        return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    assert isinstance(peril.frequency, Fitted | Prescribed)
    place = peril.frequency.inundation.site_place(sites, p)
    gauge = (sites[name] for name in ("gauge_years", "gauge_l1", "gauge_l2"))
    curve = np.unique(sites["curve_class"].astype(str), return_inverse=True)[1]
    numbers = [*(np.broadcast_to(one, len(sites)) for one in place.values()), *gauge, curve, wanted]
    table = np.concatenate([np.stack(numbers).astype(float), *details.values()])
    rows = np.ascontiguousarray(table.T)
    rows = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
    _, one, kind = np.unique(rows, return_index=True, return_inverse=True)
    return one.astype(np.int64), kind.astype(np.int64)


def by_index(asked: Asked) -> Driver:
    """Return the cell's index as driver, as the nightly run fitted, moved or shifted it."""
    frequency, p = asked.peril.frequency, asked.p
    assert isinstance(frequency, Fitted | Prescribed)
    window, baseline = asked.fits()
    water = asked.water(frequency.inundation)
    place = water.inundation.site_place(asked.sites, p)
    terms = water.inundation.terms(baseline.level, place, p)
    intervals: Intervals | None = None
    if isinstance(frequency, Fitted) and asked.follows:
        intervals = _together(asked, water, place, _first(asked, baseline))
    elif isinstance(frequency, Fitted):
        intervals = Sampled(*_moments(window), window.kappa, frequency.shape)
    return Driver(water, window, asked.details["n"], terms, intervals)


def by_record(asked: Asked, record: Recorded) -> Driver:
    """
    Return the sites' own gauge record as driver, changed as the cell's index changes.

    It is unknown where the index is.
    """
    window, baseline = asked.fits()
    sites, p = asked.sites, asked.p
    known = 0 * asked.details["mu"]
    l1, l2 = sites["gauge_l1"] + known, sites["gauge_l2"] + known
    fit, years = from_l_moments(l1, l2, p[record.shape]), sites["gauge_years"] + known
    water, place = asked.water(record.inundation), record.inundation.site_place(sites, p)
    if asked.follows:
        factor = asked.details["factor"]
        moved = Gev(fit.mu * factor, fit.alpha * factor, fit.kappa)
        alone = np.ones(len(sites))
        start = joint.Baseline(l1[0], l2[0] / l1[0], fit.kappa[0], years[0], alone)
        terms = water.inundation.terms(fit.level, place, p)
        return Driver(water, moved, years, terms, _together(asked, water, place, start), True)
    changes = (
        getattr(gev, part) for gev in (fit, window, baseline) for part in ("mu", "alpha", "kappa")
    )
    changed = {**place, **dict(zip(RECORD_TERMS, changes, strict=True))}
    terms = water.inundation.terms(fit.level, changed, p)
    return Driver(water, fit, years, terms, Sampled(l1, l2, fit.kappa, record.shape), True)


def site_hazard(peril: Peril, sites: Sites, details: Mapping[str, Array], p: Params) -> Array:
    """
    Return H of the sites' own ground, (combination, site).

    It is the weighted sum of the peril's statistics at that place.
    """
    driver = by_index(Asked(peril, sites, details, p, "commercial", intervals=False))
    total: Array | float = 0.0
    for statistic in peril.hazard:
        assert isinstance(statistic, ReturnLevel)
        level = driver.distribution.level(p[statistic.period])
        value = statistic.transform(level, driver.terms, p)
        weight = 1.0 if statistic.weight is None else p[statistic.weight]
        total = total + weight * score.through_anchors(value, p[statistic.anchors])
    return np.asarray(total)


def _together(asked: Asked, water: Water, place: Terms, start: joint.Baseline) -> Intervals | None:
    """
    Return the sites' intervals from common draws; None where none are wanted.

    A site's baseline is the same in all of its combinations, so that it is drawn once.
    """
    d, p = asked.details, asked.p
    if not asked.intervals:
        return None
    drawn = joint.draws(start, asked.peril.key, p, extremes.free_shape(p))
    se = _known(d["response_se"])
    kelvin = _common_warmings(d)
    if kelvin is not None:
        slope = _known(d["response"]) + se * drawn.score
        response = Response(slope, joint.nodes(max(float(kelvin.max()), 1.0)))
        return Warmer(Together(water, drawn, place, response), kelvin)
    factor = drawn_factor(d["factor"], se, d["kelvin"], drawn)
    return Window(Together(water, drawn, place), factor)


def _common_warmings(details: Mapping[str, Array]) -> Array | None:
    """
    Return the warming of each combination [K] where the driver's change is the response to it.

    The draws are then calculated at few warmings instead of at every combination's. None where
    the change has another cause, or the sites differ in their warmings.
    """
    kelvin, factor = details["kelvin"], details["factor"]
    first = kelvin[:, :1]
    alike = bool((kelvin == first).all() and (first >= 0).all())
    if not alike or not np.allclose(factor, np.exp(details["response"] * kelvin), rtol=ROUNDING):
        return None
    return np.asarray(first[:, 0])


def _first(asked: Asked, baseline: Gev) -> joint.Baseline:
    """Return the mean, spread and years behind the baseline of each site, (site,)."""
    l1, l2 = (_known(m) for m in _moments(baseline))
    return joint.Baseline(
        l1,
        l2 / l1,
        _known(baseline.kappa),
        _known(asked.details["n"]),
        _known(asked.details["worth"]),
    )


def _known(values: Array) -> Array:
    """
    Return the known value of each site over its combinations, (site,).

    All known values of a site are alike, so that the largest is any of them; NaN where none is
    known.
    """
    return np.where(
        np.isnan(values).all(axis=0),
        np.nan,
        np.where(np.isnan(values), -np.inf, values).max(axis=0),
    )


def _moments(fit: Gev) -> tuple[Array, Array]:
    """Return the L-moments l₁ and l₂ that a fit of fixed shape went through."""
    return fit.mu + fit.alpha * unit_l1(fit.kappa), fit.alpha * unit_l2(fit.kappa)
