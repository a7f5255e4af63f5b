"""
Counts years about a line that follows the warming, as drought's do.

An index that is normalised inside its own baseline varies less there than in any other period [1]_.
So the mean of each window, the baseline's too, is the fitted line, and the years that are counted
are the line plus the residuals of all later windows from their own means.

References
----------
.. [1] S. Sippel et al., Geophys. Res. Lett. 42:9990, 2015 (reference-period artefact).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Peril
from modelops_core.domain.result import Estimate
from modelops_core.domain.warming import OBSERVED_SPREAD, SIGNAL_FLAGS
from modelops_core.stages import counting, damage, needs, resampling
from modelops_core.stages.windows import Reference, Window

#: errors of the response, in standard errors, at which the loss is tabulated for the intervals;
#: it is linear between them
SCORES = np.linspace(-3.0, 3.0, 9)
NO_SIGNAL = "no_drought_signal"


class Lined:
    """The model of a counted peril whose declaration has a line."""

    def __init__(
        self, peril: Peril, declared: Counted, climate: Climate, reference: Reference, p: Params
    ) -> None:
        line = declared.line
        assert line is not None
        self.peril, self.p, self.climate, self.index, self.line = (
            peril,
            p,
            climate,
            declared.index,
            line,
        )
        self.signal = needs.signal_of(climate, line.signal)
        self.warming = needs.warming_of(climate)
        self.slope = line.sign * self.signal.response
        # the line at no warming: own mean plus the fit's intercept, or the mean of given residuals,
        # or that of a reference
        given = line.sign * np.asarray(p[line.residuals], dtype=float)
        observed = self.signal.flag(OBSERVED_SPREAD)
        own = _mean(reference.window.of(reference.indices[declared.index])[:1])[0]
        start = own + line.sign * self.signal.intercept
        self.start = np.where(observed, given.mean(), start)
        fixed = line.sign * self.signal.level
        self.start = np.where(np.isnan(fixed), self.start, fixed)
        self.residuals = (
            _given(given, climate.cells.size)
            if observed.any()  # of one data set: everywhere or nowhere
            else _residuals(climate, declared.index, reference, self._spans(), p)
        )

    def _spans(self) -> list[tuple[int, int]]:
        """Return the first and last year of each window after the baseline."""
        return [(first, last) for first, last in self.p["horizons"].values()]

    @property
    def terms(self) -> dict[str, Array]:
        """Return no terms, since nothing is inundated."""
        return {}

    def _line(self, window: Window) -> Array:
        """
        Return the line in the window [unit of the index], (scenario, cell).

        In the baseline there is one scenario.
        """
        kelvin = self.warming.of(self.climate.scenarios, window.key)[:, None]
        line = self.start + self.slope * kelvin
        return line[:1] if window.key == BASELINE else line

    def estimate(self, window: Window) -> Estimate:
        """Return P(H) and base AAL of the line plus each residual, up to the index' cap."""
        line, p = self._line(window), self.p
        share, loss = self._terms(line)
        known = 0.0 * line[None, :, None, :]
        found = counting.estimate(
            share + known,
            loss + known,
            peril=self.peril.key,
            edges=damage.edges(p),
            lower_ratio=damage.at_edges(self.peril, p),
            estimator="response_line",
            p=p,
            sampled=False,
        )
        low, high = self._interval(window, line)
        found = replace(found, details=self._details(window, line))
        return counting.held(
            replace(found, aal_p05=low, aal_p95=high), damage.at_middles(self.peril, p)
        )

    def _details(self, window: Window, line: Array) -> dict[str, Array]:
        """Return the line, the warming [K], and the response with its error [unit/K]."""
        kelvin = self.warming.of(self.climate.scenarios, window.key)[: len(line), None]
        whole = 0 * line
        return {
            "line": line,
            "kelvin": kelvin + whole,
            "response": self.slope + whole,
            "response_se": np.nan_to_num(self.signal.se) + whole,
        }

    def _terms(self, line: Array) -> tuple[Array, Array]:
        """Return each year's share in every class and its loss there; see counting.annual_terms."""
        x = np.minimum(line[:, None, None, :] + self.residuals[None], float(self.p[self.line.cap]))
        weights = np.full(x.shape[2], 1 / x.shape[2])
        return counting.annual_terms(
            x, weights, damage.edges(self.p), lambda i: damage.ratio(self.peril, i, self.p)
        )

    def _yearly(self, line: Array) -> Array:
        """
        Return the loss of each year [share], (scenario, year, cell).

        It is the mean over the residuals of all scenarios in that year, which share its weather.
        """
        x = np.minimum(line[:, None, None, :] + self.residuals[None], float(self.p[self.line.cap]))
        return damage.ratio(self.peril, x, self.p).mean(axis=2)

    def _interval(self, window: Window, line: Array) -> tuple[Array, Array]:
        """
        Return the interval of the AAL [%], low and high, each (scenario, cell).

        Years are redrawn, all scenarios of a year together, and so is the fitted line, whose
        error is smallest in the middle of the windows and not at the baseline.
        """
        p = self.p
        kelvin = self.warming.of(self.climate.scenarios, window.key)[: len(line), None]
        error = self.signal.line_error(kelvin)
        scores = SCORES if error.any() else np.zeros(1)
        table = np.stack([self._yearly(line + z * error) for z in scores])
        return resampling.shifted_interval(table, scores, self.peril.key, p)

    def flags(self, window: Window) -> dict[str, BoolArray]:
        """
        Return the flags of the response and the spread, (1, cell), by name.

        One says where the response is too small against its error to be found at all.
        """
        raised = {name: self.signal.flag(name)[None] for name in SIGNAL_FLAGS}
        weak = np.abs(self.signal.response) < self.p["no_signal_score"] * self.signal.se
        raised[NO_SIGNAL] = weak[None]
        return {name: on for name, on in raised.items() if on.any()}

    def weak(self) -> frozenset[str]:
        """Return no flags, since none lowers the status."""
        return frozenset()

    def level(self, window: Window, period: float) -> Array:
        """Return the level of the index reached once in *period* years, (scenario, cell)."""
        x = self._line(window)[:, None, None, :] + self.residuals[None]
        return counting.weighted_level(x, np.full(x.shape[2], 1 / x.shape[2]), period)

    def count(self, window: Window) -> Array:
        """Return the years behind the residuals, (scenario, cell); NaN where the line is."""
        known = (~np.isnan(self.residuals).any(axis=1)).sum(axis=0).astype(float)
        return known[None] + 0 * self._line(window)

    def mean(self, window: Window, index: str) -> tuple[Array, Array] | None:
        """Return the line and its years, from which H is read; None for another index."""
        return (self._line(window), self.count(window)) if index == self.index else None

    def years(self, window: Window) -> tuple[int, int]:
        """Return the first and last year of the window whose warming moves the line."""
        return window.first, window.last

    def enough(self, window: Window) -> tuple[int, int]:
        """Return how many years of residuals are needed at all, and for full confidence."""
        return int(self.p["minimum_years"]), int(self.p["full_years"])


def _mean(values: Array) -> Array:
    """Return the mean over years, (scenario, year, cell) → (scenario, cell); NaN without a year."""
    n = (~np.isnan(values)).sum(axis=1)
    return np.nansum(values, axis=1) / np.where(n > 0, n, np.nan)


def _given(residuals: Array, cells: int) -> Array:
    """Return published deviations less their mean, the same in every cell, (year, 1, cell)."""
    centred = residuals - residuals.mean()
    return np.repeat(centred[:, None, None], cells, axis=2)


def _residuals(
    climate: Climate, index: str, reference: Reference, spans: list[tuple[int, int]], p: Params
) -> Array:
    """
    Return the later windows' deviations from their own means, (year, scenario, cell).

    Where fewer than ``residual_windows`` later windows are covered, they are the baseline's.
    """
    series = reference.indices[index]
    # a series of one's own is one window, whatever its years
    spans = spans if reference.window.key == BASELINE else []
    later = _later(climate, series, spans, int(p["minimum_years"]))
    if sum(part.shape[1] for part in later) >= p["residual_windows"]:
        return np.concatenate(later)
    own = reference.window.of(reference.indices[index])[:1]
    return np.moveaxis(own - _mean(own)[:, None], 0, 1)


def _later(
    climate: Climate, series: Array, spans: list[tuple[int, int]], least: int
) -> list[Array]:
    """
    Return the deviations of each covered window from its mean, (year, scenario, cell).

    A window is covered where at least *least* of its years are known.
    """
    present = ~np.isnan(series).all(axis=(1, 2))
    found = []
    for first, last in spans:
        start, stop = np.searchsorted(climate.years, [first, last + 1])
        part = series[present, start:stop]
        covered = (~np.isnan(part)).any(axis=(0, 2)).sum() >= least
        if covered:
            found.append(np.moveaxis(part - _mean(part)[:, None], 0, 1))
    return found
