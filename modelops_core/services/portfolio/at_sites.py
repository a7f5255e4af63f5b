"""One peril at many sites in many cells: everything that is kept of it, as arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Ensemble, Peril
from modelops_core.domain.result import KEPT, PERIODS, Status, StatusArray
from modelops_core.domain.site import Sites
from modelops_core.stages import vulnerability
from modelops_core.stages.loss import annual_mean
from modelops_core.stages.return_periods import rare_years
from modelops_core.stages.site import (
    MANY,
    SINGLE,
    AtSites,
    CellArrays,
    CellValues,
    SiteRisk,
    assess,
    assess_exposure,
    within_reach,
)

POSITION_COARSE = "position_coarse"
MOSTLY_UNKNOWN = "building_mostly_unknown"
#: periods that are calculated: those of the exceedance curve, then what only a portfolio keeps
ASKED = (*PERIODS, *(period for period in KEPT if period not in PERIODS))
_KEPT = [ASKED.index(period) for period in KEPT]


def detailed(peril: Peril) -> bool:
    """Whether a site's numbers follow from what its cell's distribution was fitted by."""
    return peril.site_factor == "inundation" or isinstance(peril.frequency, Ensemble)


def spread_of_cell(peril: Peril) -> bool:
    """Whether a site's losses vary from year to year as the classes of its cell's years do."""
    return peril.site_factor != "inundation"


def at_sites(
    peril: Peril, sites: Sites, cells: CellArrays, cell: IntArray, best: StatusArray, p: Params
) -> AtSites:
    """
    E, V, loss and rare years of described *sites* by the stages of a single site.

    *cell* (site,) is the position of each site's cell, *best* (site,) the best status that the
    site's position allows.
    """
    stored = _of_sites(cells.stored, cell)
    exposed = assess_exposure(peril, sites, p)
    vulnerable = vulnerability.assess(peril, sites, p)
    risk = assess(peril, sites, stored, exposed, vulnerable, p)
    rare = rare_years(peril, sites, stored, risk, p, ASKED).loss
    losses = rare if len(rare) else None
    own = np.isnan(risk.hazard) | (not peril.hazard_of_site)
    scale = risk.scaled.vulnerability_scale
    coarse = (best > Status.ok) & (risk.status < best).any(axis=0)
    found = AtSites(
        exposure=exposed.score,
        vulnerability=vulnerable.score,
        exposed_value=within_reach(exposed, p),
        status=risk.status,
        hazard=np.where(own, stored.hazard, risk.hazard),
        base_aal=stored.aal,
        final_aal=risk.scaled.final_aal,
        aal_p05=risk.loss.aal_p05 * scale,
        aal_p95=risk.loss.aal_p95 * scale,
        expected_loss=risk.scaled.expected_loss,
        deviation=_deviation(peril, risk, cells.ratio[:, cell], losses),
        return_losses=None if losses is None else losses[_KEPT],
        flags={
            **exposed.flags,
            MOSTLY_UNKNOWN: vulnerable.known_weight < p["known_weight_minimum"],
            POSITION_COARSE: coarse,
        },
    )
    return _limited(found, best)


def unknown(peril: Peril, combinations: int, sites: int) -> AtSites:
    """Results of sites of which nothing is known, such as their places."""
    nothing, many = np.full(sites, np.nan), np.full((combinations, sites), np.nan)
    rare = len(KEPT) if detailed(peril) else 0
    return AtSites(
        exposure=nothing.copy(),
        vulnerability=nothing.copy(),
        exposed_value=nothing.copy(),
        status=np.full((combinations, sites), Status.not_assessed, dtype=np.int8),
        **{name: many.copy() for name in MANY},
        return_losses=np.full((rare, combinations, sites), np.nan) if rare else None,
        flags={},
    )


def spread_out(one: AtSites, among: AtSites, at: IntArray) -> AtSites:
    """*one*'s sites at the positions *at* of *among*, whose other sites stay as they are."""
    changed = {}
    for name in (*SINGLE, "status", *MANY):
        changed[name] = getattr(among, name).copy()
        changed[name][..., at] = getattr(one, name)
    rare = among.return_losses
    if rare is not None and one.return_losses is not None:
        rare = rare.copy()
        rare[..., at] = one.return_losses
    return replace(among, **changed, return_losses=rare)


def _of_sites(cells: CellValues, cell: IntArray) -> CellValues:
    """The cells' values site by site."""
    return CellValues(
        hazard=cells.hazard[:, cell],
        hazard_status=cells.hazard_status[:, cell],
        aal=cells.aal[:, cell],
        aal_p05=cells.aal_p05[:, cell],
        aal_p95=cells.aal_p95[:, cell],
        aal_status=cells.aal_status[:, cell],
        details={name: value[:, cell] for name, value in cells.details.items()},
    )


def _deviation(peril: Peril, risk: SiteRisk, ratio: Array, losses: Array | None) -> Array:
    """
    Standard deviation of the yearly loss [KRW], (combination, site).

    Of water at a site it follows from its own rare years, the trapezoid rule of its exceedance
    curve; else the classes of the cell's years vary as they do in the cell. What varies inside a
    class, or beyond the rarest period, is left out.
    """
    mean = risk.scaled.expected_loss
    if not spread_of_cell(peril) and losses is not None:
        square = annual_mean(np.moveaxis(losses[: len(PERIODS)] ** 2, 0, -1), PERIODS)
        deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    else:
        deviation = mean * np.sqrt(np.maximum(ratio - 1.0, 0.0))
    return np.where(mean == 0, 0.0, deviation)


def _limited(found: AtSites, best: StatusArray) -> AtSites:
    """No better status than the position allows, and no number where that is not assessed."""
    excluded = found.status == Status.not_applicable
    gone = (best == Status.not_assessed) & ~excluded
    if not (best > Status.ok).any():
        return found

    def kept(values: Array) -> Array:
        return np.where(gone, np.nan, values)

    return replace(
        found,
        exposure=np.where(best == Status.not_assessed, np.nan, found.exposure),
        status=np.where(excluded, found.status, np.maximum(found.status, best)),
        hazard=kept(found.hazard),
        final_aal=kept(found.final_aal),
        aal_p05=kept(found.aal_p05),
        aal_p95=kept(found.aal_p95),
        expected_loss=kept(found.expected_loss),
        deviation=kept(found.deviation),
        return_losses=None if found.return_losses is None else kept(found.return_losses),
    )
