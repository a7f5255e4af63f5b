"""
How often each intensity occurs: one small model for each way a peril may declare.

A model answers for a window: ``estimate(window)`` gives P(H) and base AAL,
``level(window, period)`` a return level, ``count(window)`` the years behind them,
``years(window)`` the first and last of them, ``enough(window)`` how many are needed at all
and for full confidence, ``terms`` what the inundation needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    Counted,
    Ensemble,
    Fitted,
    Indices,
    Peril,
    Prescribed,
    Terms,
)
from modelops_core.domain.result import PERIODS, Estimate, level_name
from modelops_core.indicators.gev import Gev
from modelops_core.stages import counting, damage, extremes, needs
from modelops_core.stages.inundation import Sampled, Water, inundated
from modelops_core.stages.lined import Lined
from modelops_core.stages.warmed import Warmed
from modelops_core.stages.windows import BASELINE_SHORT, Reference, Window, as_float


class Model(Protocol):
    """What the evaluation asks of each way to find a frequency."""

    @property
    def terms(self) -> Terms: ...

    def estimate(self, window: Window) -> Estimate: ...

    def level(self, window: Window, period: float) -> Array: ...

    def count(self, window: Window) -> Array: ...

    def years(self, window: Window) -> tuple[int, int]: ...

    def enough(self, window: Window) -> tuple[int, int]: ...

    def mean(self, window: Window, index: str) -> tuple[Array, Array] | None: ...

    def flags(self, window: Window) -> dict[str, BoolArray]: ...

    def weak(self) -> frozenset[str]: ...


class _Plain:
    """A model that raises no flag and has no mean of its own."""

    def mean(self, window: Window, index: str) -> None: ...

    def flags(self, window: Window) -> dict[str, BoolArray]:
        return {}

    def weak(self) -> frozenset[str]:
        return frozenset()


def model(
    peril: Peril, climate: Climate, indices: Indices, reference: Reference, p: Params
) -> Model:
    """The model that *peril* declares, over the tile's *indices*."""
    warmed = needs.responding(peril, p) is not None
    match peril.frequency:
        case Counted() as declared if warmed:
            return Lined(peril, declared, climate, reference, p)
        case Fitted() as declared if warmed:
            return Warmed(peril, declared, climate, reference, p)
        case Counted() as declared:
            return _Counting(peril, indices[declared.index], climate, p)
        case Ensemble() as declared:
            return _Storms(peril, declared, indices[declared.index], climate, p)
        case Fitted() as declared:
            return _Fit(peril, declared, indices[declared.index], climate, reference, p)
        case Prescribed() as declared:
            return _Given(peril, declared, indices[declared.index], climate, reference, p)


@dataclass(frozen=True)
class _Counting(_Plain):
    peril: Peril
    index: Array
    climate: Climate
    p: Params

    @property
    def terms(self) -> Terms:
        return {}

    def estimate(self, window: Window) -> Estimate:
        x = window.of(self.index)[:, :, None, :]
        by_cell = self.peril.cell_factor
        factor = None if by_cell is None else by_cell(self.climate, self.p)
        return _count(self.peril, x, np.ones(1), "empirical", self.p, factor=factor)

    def level(self, window: Window, period: float) -> Array:
        return counting.weighted_level(window.of(self.index)[:, :, None, :], np.ones(1), period)

    def count(self, window: Window) -> Array:
        return _known_years(window.of(self.index))

    def years(self, window: Window) -> tuple[int, int]:
        return window.first, window.last

    def enough(self, window: Window) -> tuple[int, int]:
        return _usual(self.p)


def _usual(p: Params) -> tuple[int, int]:
    return int(p["minimum_years"]), int(p["full_years"])


def _known_years(values: Array) -> Array:
    """(scenario, year, cell) → years with a value, (scenario, cell)."""
    return (~np.isnan(values)).sum(axis=1).astype(float)


def _count(
    peril: Peril,
    x: Array,
    weights: Array,
    estimator: str,
    p: Params,
    rate: Array | None = None,
    factor: Array | None = None,
) -> Estimate:
    """
    Bins and loss of (scenario, year, member, cell); *rate* (scenario,) scales how often,
    *factor* (cell,) the damage.
    """
    edges = damage.edges(p)
    share, loss = counting.annual_terms(
        x, weights, edges, lambda intensity: damage.ratio(peril, intensity, p)
    )
    if factor is not None:
        loss = loss * factor
    if rate is not None:
        share, loss = counting.at_rate(share, loss, rate)
    return counting.estimate(
        share,
        loss,
        peril=peril.key,
        edges=edges,
        lower_ratio=damage.at_edges(peril, p),
        middle_ratio=damage.at_middles(peril, p),
        estimator=estimator,
        p=p,
    )


@dataclass(frozen=True)
class _Storms(_Plain):
    peril: Peril
    declared: Ensemble
    index: Array
    climate: Climate
    p: Params

    @property
    def terms(self) -> Terms:
        return {}

    def _factors(self, window: Window) -> tuple[Array, Array]:
        """On intensity and on frequency, (scenario,); one scenario where all are alike."""
        span = self.years(window)
        found = np.array(
            [self.declared.factor(s, window.key, span, self.p) for s in self.climate.scenarios]
        )
        alike = self.index.shape[0] == 1 and bool((found == found[0]).all())
        intensity, rate = (found[:1] if alike else found).T
        return intensity, rate

    def estimate(self, window: Window) -> Estimate:
        intensity, rate = self._factors(window)
        x = self.index * intensity[:, None, None, None]
        found = _count(self.peril, x, self._weights(), "storm_ensemble", self.p, rate)
        return replace(found, details={level_name(t): self.level(window, t) for t in PERIODS})

    def _weights(self) -> Array:
        """One weight a shift; an analyst's own series has none."""
        return np.ones(1) if self.index.shape[2] == 1 else self.declared.weights(self.p)

    @cached_property
    def _ordered(self) -> counting.Ordered:
        """Sorted once: a factor on the intensity does not change the order."""
        return counting.ordered(self.index, self._weights())

    def level(self, window: Window, period: float) -> Array:
        last = self.index.shape[0] - 1
        factors = enumerate(zip(*self._factors(window), strict=True))
        return np.stack(
            [by * self._ordered.level(period * often, min(s, last)) for s, (by, often) in factors]
        )

    def count(self, window: Window) -> Array:
        return _known_years(self.index.max(axis=2))

    def years(self, window: Window) -> tuple[int, int]:
        """The catalogue's, or the analyst's own series', in every window."""
        years = self.climate.years if self.index.shape[2] == 1 else self.climate.storms.years
        return int(years[0]), int(years[-1])

    def enough(self, window: Window) -> tuple[int, int]:
        if self.index.shape[2] == 1:
            return _usual(self.p)
        return int(self.p["catalogue_years"]), int(self.p["catalogue_years"])


class _Fit(_Plain):
    """Each window's own sample: METHOD 1's estimator, and that of a series of one's own."""

    def __init__(
        self,
        peril: Peril,
        declared: Fitted,
        index: Array,
        climate: Climate,
        reference: Reference,
        p: Params,
    ) -> None:
        self.peril, self.p, self.index = peril, p, index
        self.climate, self.declared = climate, declared
        self._samples: dict[Window, extremes.Sample] = {}
        self.fixed = float(p[declared.shape])
        own = reference.indices[declared.index]
        self.start = _read_sample(own, reference.climate, reference.window, p)
        self.baseline = self._fit(self.start)
        place = declared.inundation.cell_place(climate, p)
        self.terms = declared.inundation.terms(self.baseline.level, place, p)

    def sample(self, window: Window) -> extremes.Sample:
        """The window's maxima, looked at once."""
        if window not in self._samples:
            self._samples[window] = _read_sample(self.index, self.climate, window, self.p)
        return self._samples[window]

    def _fit(self, sample: extremes.Sample) -> Gev:
        return sample.fit(sample.shape(self.fixed, self.p))

    def estimate(self, window: Window) -> Estimate:
        sample = self.sample(window)
        fit = self._fit(sample)
        return inundated(
            Water(self.peril, self.declared.inundation, self.p),
            fit,
            self.count(window),
            self.terms,
            estimator="gev_free_shape" if extremes.free_shape(self.p) else "gev_fixed_shape",
            details=_parameters(fit, self.baseline)
            | {"detrended": sample.detrended.astype(float)}
            | self._choices(),
            intervals=Sampled(sample.l1, sample.l2, fit.kappa, self.declared.shape),
        )

    def _choices(self) -> dict[str, Array]:
        """A freely fitted baseline has a shape of its own."""
        return {"baseline_kappa": self.baseline.kappa} if extremes.free_shape(self.p) else {}

    def flags(self, window: Window) -> dict[str, BoolArray]:
        doubts = self.declared.inundation.doubts
        raised = {"detrended": self.sample(window).detrended, **self._short_baseline()}
        raised |= {} if doubts is None else dict(doubts(self.terms, self.p))
        if extremes.free_shape(self.p):
            kappa = self._fit(self.sample(window)).kappa
            raised["free_shape"] = np.isnan(kappa) | np.isnan(self.baseline.kappa)
        return raised

    def _short_baseline(self) -> dict[str, BoolArray]:
        return {BASELINE_SHORT: (self.start.n > 0) & (self.start.n < self.p["full_years"])}

    def weak(self) -> frozenset[str]:
        return frozenset({BASELINE_SHORT})

    def level(self, window: Window, period: float) -> Array:
        return self._fit(self.sample(window)).level(period)

    def count(self, window: Window) -> Array:
        """Years behind the window; 0 where the baseline has too few for a protection level."""
        enough = self.start.n >= self.p["minimum_years"]
        return np.where(enough, self.sample(window).n, 0.0)

    def years(self, window: Window) -> tuple[int, int]:
        return window.first, window.last

    def enough(self, window: Window) -> tuple[int, int]:
        return _usual(self.p)


def _read_sample(index: Array, climate: Climate, window: Window, p: Params) -> extremes.Sample:
    years = as_float(climate.years)[window.start : window.stop]
    if not years.size:
        empty = np.full((1, *index.shape[2:]), np.nan)
        return extremes.Sample(empty, empty, empty, empty, np.zeros(empty.shape, bool))
    return extremes.sample(window.of(index), years, p["trend_significance"])


class _Given(_Plain):
    def __init__(
        self,
        peril: Peril,
        declared: Prescribed,
        index: Array,
        climate: Climate,
        reference: Reference,
        p: Params,
    ) -> None:
        self.peril, self.declared, self.index, self.p = peril, declared, index, p
        place = declared.inundation.cell_place(climate, p)
        mu, beta = (
            np.broadcast_to(a, climate.cells.shape)[None] for a in declared.location_scale(place, p)
        )
        self.gumbel = Gev(mu, beta, np.zeros_like(mu))
        own = reference.indices[declared.index]
        self.reference = _reference_level(own, reference, int(p["first_years"]))
        self.terms = declared.inundation.terms(self.gumbel.level, place, p)

    def _shifted(self, window: Window) -> tuple[Gev, Array]:
        """The distribution in the window, and the shift of its location."""
        change = 0 * self.reference.mean
        if window.key != BASELINE:
            values = window.of(self.index)
            n = _known_years(values)
            change = np.nansum(values, axis=1) / np.where(n > 0, n, np.nan) - self.reference.mean
        shift = self.declared.shift(change, self.p)
        return Gev(self.gumbel.mu + shift, self.gumbel.alpha + 0 * shift, 0 * shift), shift

    def estimate(self, window: Window) -> Estimate:
        distribution, shift = self._shifted(window)
        found = inundated(
            Water(self.peril, self.declared.inundation, self.p),
            distribution,
            self.count(window),
            self.terms,
            estimator="gumbel_prescribed",
            details=_parameters(distribution, self.gumbel) | {"shift": shift},
        )
        return replace(found, flags={"no_sampling_interval": ~np.isnan(found.aal)})

    def level(self, window: Window, period: float) -> Array:
        return self._shifted(window)[0].level(period)

    def count(self, window: Window) -> Array:
        return self.reference.n if window.key == BASELINE else _known_years(window.of(self.index))

    def years(self, window: Window) -> tuple[int, int]:
        """Of the baseline: the years from which a rise is measured."""
        return self.reference.years if window.key == BASELINE else (window.first, window.last)

    def enough(self, window: Window) -> tuple[int, int]:
        """The baseline's distribution is given: any year fixes what a rise is measured from."""
        return (1, 1) if window.key == BASELINE else _usual(self.p)


@dataclass(frozen=True, slots=True)
class _Level:
    """Mean and number of the reference years, (scenario, cell), and the first and last of them."""

    mean: Array
    n: Array
    years: tuple[int, int]


def _reference_level(index: Array, reference: Reference, first_years: int) -> _Level:
    """The baseline window's mean, else that of the series' first known years."""
    baseline = reference.window
    known = np.flatnonzero(~np.isnan(index).all(axis=(0, 2)))
    normal = known[(known >= baseline.start) & (known < baseline.stop)]
    used = normal if normal.size else known[:first_years]
    n = _known_years(index[:, used])
    mean = np.nansum(index[:, used], axis=1) / np.where(n > 0, n, np.nan)
    years = (
        (reference.climate.years[used[[0, -1]]]) if used.size else (baseline.first, baseline.last)
    )
    return _Level(mean, n, (int(years[0]), int(years[1])))


def _parameters(window: Gev, baseline: Gev) -> dict[str, Array]:
    return {
        "mu": window.mu,
        "alpha": window.alpha,
        "kappa": window.kappa,
        "baseline_mu": baseline.mu,
        "baseline_alpha": baseline.alpha,
    }
