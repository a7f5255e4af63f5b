"""
A baseline distribution that follows the warming: of yearly maximum rain, and of rivers by it.

The distribution is the baseline's own, with the spread of the region. Each scenario and horizon
multiplies it by exp(β·W), where β [1/K] is the response and W [K] the warming, so that horizons
differ by the scenario and not by which storms their years happen to hold.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Fitted, Indices, Peril
from modelops_core.domain.result import Estimate
from modelops_core.domain.warming import RAIN_SMOOTHED, SIGNAL_FLAGS, Signal, Warming
from modelops_core.errors import InvalidParameter
from modelops_core.indicators.gev import Gev, from_l_moments
from modelops_core.stages import extremes, joint, needs, response
from modelops_core.stages.inundation import (
    Intervals,
    Response,
    Together,
    Warmer,
    Water,
    Window,
    inundated,
)
from modelops_core.stages.windows import BASELINE_SHORT, Reference
from modelops_core.stages.windows import Window as Span

SPREADS = ("regional", "own")


class Warmed:
    """The model of a fitted peril whose declaration names a signal."""

    def __init__(
        self,
        peril: Peril,
        declared: Fitted,
        climate: Climate,
        reference: Reference,
        p: Params,
    ) -> None:
        self.peril, self.p, self.climate, self.declared = peril, p, climate, declared
        assert declared.signal is not None
        self.signal = needs.signal_of(climate, declared.signal)
        self.warming = needs.warming_of(climate)
        own = _own(reference.indices, declared.index, reference.window)
        self.start = _start(own, self.signal, float(p[declared.shape]), p)
        self.baseline = from_l_moments(
            self.start.l1[None], (self.start.l1 * self.start.lcv)[None], self.start.kappa[None]
        )
        self.place = declared.inundation.cell_place(climate, p)
        self.terms = declared.inundation.terms(self.baseline.level, self.place, p)
        self.water = Water(peril, declared.inundation, p)

    @cached_property
    def _together(self) -> Together:
        """Return the common draws of baseline and response for all windows."""
        drawn = joint.draws(self.start, self.peril.key, self.p, extremes.free_shape(self.p))
        return Together(self.water, drawn, self.place, self._response(drawn))

    def _response(self, drawn: joint.Draws) -> Response | None:
        """
        Return β* ~ N(β, se²) of each draw, with the warmings to tabulate draws at.

        None where the change of rain is not the response's, or a warming is negative or none is
        known.
        """
        known = np.array([k for k in self.warming.kelvin.values() if np.isfinite(k)])
        if self.p["rain_change"] != "response" or not known.size or known.min() < 0:
            return None
        slope = self.signal.response + np.nan_to_num(self.signal.se) * drawn.score
        return Response(slope, joint.nodes(max(float(known.max()), 1.0)))

    def _intervals(self, window: Span, kelvin: Array) -> Intervals:
        """Return the window's intervals, from the table by warming where there is one."""
        if self._together.response is not None:
            return Warmer(self._together, kelvin[:, 0])
        drawn = self._together.drawn
        factor = drawn_factor(self._factor(window), self.signal.se, kelvin, drawn)
        return Window(self._together, factor)

    def estimate(self, window: Span) -> Estimate:
        """Return P(H) and base AAL of a window."""
        distribution, kelvin = self._moved(window)
        details = _parameters(distribution, self.baseline) | self._choices(distribution, kelvin)
        return inundated(
            self.water,
            distribution,
            self.count(window),
            self.terms,
            estimator="gev_free_shape" if extremes.free_shape(self.p) else "gev_response",
            details=details,
            intervals=self._intervals(window, kelvin),
        )

    def _moved(self, window: Span) -> tuple[Gev, Array]:
        """Return the window's distribution (scenario, cell), and its warming [K]."""
        factor, base = self._factor(window), self.baseline
        moved = Gev(base.mu * factor, base.alpha * factor, base.kappa + 0 * factor)
        return moved, self._kelvin(window)

    def _kelvin(self, window: Span) -> Array:
        """Return the window's warming [K], (scenario, 1); one scenario in the baseline."""
        scenarios = self.climate.scenarios
        kelvin = self.warming.of(scenarios, window.key)[:, None]
        return kelvin[:1] if window.key == BASELINE else kelvin

    def _factor(self, window: Span) -> Array:
        """Return the factor on the driver, (scenario, cell); one scenario in the baseline."""
        return factor(
            self.p, self.warming, self.climate.scenarios, window.key, self.signal.response
        )

    def _choices(self, moved: Gev, kelvin: Array) -> dict[str, Array]:
        """Return the details that a site's own intervals are drawn from, (scenario, cell)."""
        whole = 0 * moved.mu
        free = {"baseline_kappa": self.baseline.kappa + whole}
        return (free if extremes.free_shape(self.p) else {}) | {
            "factor": self._factor_of(moved),
            "kelvin": kelvin + whole,
            "response": self.signal.response + whole,
            "response_se": np.nan_to_num(self.signal.se) + whole,
            "worth": self.start.worth + whole,
        }

    def _factor_of(self, moved: Gev) -> Array:
        """Return the factor between the baseline and a distribution that was moved."""
        return moved.alpha / self.baseline.alpha

    def flags(self, window: Span) -> dict[str, BoolArray]:
        """
        Return where response or spread are not the data set's own, by flag.

        Doubts about the place, a short baseline and a free shape that cannot be fitted are flagged
        too.
        """
        doubts = self.declared.inundation.doubts
        raised = {name: self.signal.flag(name)[None] for name in SIGNAL_FLAGS}
        raised |= {} if doubts is None else dict(doubts(self.terms, self.p))
        raised[BASELINE_SHORT] = (self.start.n > 0)[None] & (self.start.n < self.p["full_years"])
        if extremes.free_shape(self.p):
            raised["free_shape"] = np.isnan(self.start.kappa)[None]
        return {name: on for name, on in raised.items() if on.any()}

    def weak(self) -> frozenset[str]:
        """Return the flags that make a number one of low confidence."""
        return frozenset({RAIN_SMOOTHED, BASELINE_SHORT})

    def level(self, window: Span, period: float) -> Array:
        """Return the level of the driver exceeded once in *period* years, (scenario, cell)."""
        return self._moved(window)[0].level(period)

    def count(self, window: Span) -> Array:
        """
        Return the years behind the baseline, (scenario, cell).

        NaN where the warming is unknown.
        """
        return self.start.n[None] + 0 * self._factor(window)

    def mean(self, window: Span, index: str) -> None:
        """Return None, since H is not read from a mean."""
        return

    def years(self, window: Span) -> tuple[int, int]:
        """Return the first and last year of the window whose warming moves the distribution."""
        return window.first, window.last

    def enough(self, window: Span) -> tuple[int, int]:
        """Return how many baseline years are needed at all, and for full confidence."""
        return int(self.p["minimum_years"]), int(self.p["full_years"])


def factor(
    p: Params, warming: Warming, scenarios: tuple[str, ...], horizon: str, beta: Array
) -> Array:
    """
    Return f = exp(β·W), or the published factor, (scenario, cell).

    In the baseline it is exactly 1 and there is one scenario.
    """
    kelvin = warming.of(scenarios, horizon)[:, None]
    if horizon == BASELINE:
        return np.ones((1, beta.size)) + 0 * beta
    if p["rain_change"] == "response":
        return np.exp(beta * kelvin)
    table = p["rain_change"]
    low, high = table
    share = warming.share(low, high, scenarios, horizon)
    return response.published_factor(table, share, horizon)[:, None] + 0 * kelvin * beta


def drawn_factor(f: Array, se: Array, kelvin: Array, drawn: joint.Draws) -> Array:
    """
    Return f of each draw, (window, draw, column).

    β* ~ N(β, se²), with the same score in all windows and columns.
    """
    error = (np.nan_to_num(se) * kelvin)[:, None, :] * drawn.score
    return f[:, None, :] * np.exp(error)


def _own(indices: Indices, index: str, window: Span) -> extremes.Sample:
    """Return the L-moments of the baseline's maxima in one scenario, without a test for a trend."""
    values = window.of(indices[index])[:1]
    return extremes.plain_sample(values)


def _start(own: extremes.Sample, signal: Signal, fixed: float, p: Params) -> joint.Baseline:
    """
    Return the mean, spread and shape of the baseline, (cell,).

    Raises InvalidParameter for an unknown choice of the spread.
    """
    if p["spread"] not in SPREADS:
        raise InvalidParameter("not_one_of", field="flood.spread", value=p["spread"], known=SPREADS)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = own.l2[0] / own.l1[0]
    observed = ~np.isnan(signal.level)
    regional = (p["spread"] == "regional") & ~np.isnan(signal.spread)
    return joint.Baseline(
        l1=np.where(observed, signal.level, own.l1[0]),
        lcv=np.where(regional, signal.spread, ratio),
        kappa=np.broadcast_to(own.shape(fixed, p), own.l1.shape)[0].astype(float),
        n=np.where(observed, signal.years, own.n[0]),
        worth=np.where(regional, signal.worth, 1.0),
    )


def _parameters(window: Gev, baseline: Gev) -> dict[str, Array]:
    """Return the parameters of both distributions, by the names that details have."""
    whole = 0 * window.mu
    return {
        "mu": window.mu,
        "alpha": window.alpha,
        "kappa": window.kappa,
        "baseline_mu": baseline.mu + whole,
        "baseline_alpha": baseline.alpha + whole,
    }
