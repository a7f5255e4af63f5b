"""One peril at given sites: E, V, the site's own loss, scaled AAL, integrated risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Factor, Peril
from modelops_core.domain.result import Status, StatusArray
from modelops_core.domain.site import Sites
from modelops_core.stages import asset, exposure, scaling
from modelops_core.stages.site_water import drivers, kinds, recomputed, site_hazard
from modelops_core.stages.vulnerability import Vulnerability


@dataclass(frozen=True, slots=True, kw_only=True)
class CellValues:
    """
    What the nightly run stored of one peril, each (combination, site).

    A combination is a scenario and a horizon; ``details`` holds the fitted parameters
    (mu, alpha, kappa, baseline_mu, baseline_alpha, n) of the inundation perils, and
    ``baseline_kappa`` where the baseline's shape is its own.
    """

    hazard: Array
    hazard_status: StatusArray
    aal: Array
    aal_p05: Array
    aal_p95: Array
    aal_status: StatusArray
    details: Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteExposure:
    """E and what it is made of, each (site,)."""

    score: Array
    proximity: Factor
    asset_value: Array
    normalized: Array
    exposed_share: Array
    flags: Mapping[str, BoolArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLoss:
    """The site's AAL before vulnerability [% a year], (combination, site)."""

    factor: Array
    aal: Array
    aal_p05: Array
    aal_p95: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRisk:
    """Everything about one peril at the sites; money in KRW a year."""

    exposure: SiteExposure
    vulnerability: Vulnerability
    loss: SiteLoss
    scaled: scaling.ScaledLoss
    exposed_value: Array
    hazard: Array
    integrated: Array
    status: StatusArray


#: fields of AtSites with one number a site, and with one a combination
SINGLE = ("exposure", "vulnerability", "exposed_value")
MANY = (
    "hazard",
    "base_aal",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "expected_loss",
    "deviation",
)


@dataclass(frozen=True, slots=True)
class CellArrays:
    """
    What the nightly run stored of one peril in some cells.

    ``stored`` is (combination, cell). ``ratio`` is the mean square of the yearly damage over the
    square of its mean, from the classes of the cell's years; NaN where nothing is lost.
    ``flags`` are those of each cell in any combination.
    """

    stored: CellValues
    ratio: Array
    flags: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSites:
    """
    One peril at the sites: (site,) or (combination, site); money in KRW, AAL in % a year.

    ``deviation`` is the standard deviation of the yearly loss between the classes of years or the
    return periods. ``return_losses`` (period, combination, site) are those of KEPT, None where
    the peril has no distribution. NaN where a number is unknown, which the status says.
    """

    exposure: Array
    vulnerability: Array
    exposed_value: Array
    status: StatusArray
    hazard: Array
    base_aal: Array
    final_aal: Array
    aal_p05: Array
    aal_p95: Array
    expected_loss: Array
    deviation: Array
    return_losses: Array | None
    flags: Mapping[str, BoolArray]


def assess_exposure(peril: Peril, sites: Sites, p: Params) -> SiteExposure:
    """E of described *sites* (see asset.described)."""
    proximity = peril.proximity(sites, p)
    value, flags = asset.value(sites, p)
    insured = np.where(np.isnan(value), p["sum_insured"], value)
    normalized = exposure.normalized_value(insured, p)
    share, unknown_floors = asset.exposed_share(sites, p)
    if peril.storeys_matter:
        flags = {**flags, "floors_unknown": unknown_floors}
    return SiteExposure(
        score=exposure.score(proximity.value, normalized, p),
        proximity=proximity,
        asset_value=value,
        normalized=normalized,
        exposed_share=share if peril.storeys_matter else np.ones(len(sites)),
        flags={**flags, **proximity.flags},
    )


def assess(
    peril: Peril,
    sites: Sites,
    cell: CellValues,
    exposed: SiteExposure,
    vulnerable: Vulnerability,
    p: Params,
) -> SiteRisk:
    """AAL, money and integrated risk for all combinations of scenario and horizon."""
    loss = site_loss(peril, sites, cell, exposed.proximity, p)
    status = _status(cell, exposed, vulnerable, loss, p)
    loss = _only(loss, status)
    exposed_value = within_reach(exposed, p) + 0 * loss.aal
    v = vulnerable.score + 0 * loss.aal
    own = site_hazard(peril, sites, cell.details, p) if peril.hazard_of_site else cell.hazard
    hazard = np.where(status == Status.not_assessed, np.nan, own)
    hazard = np.where(status == Status.not_applicable, 0.0, hazard)
    return SiteRisk(
        exposure=exposed,
        vulnerability=vulnerable,
        loss=loss,
        scaled=scaling.scale(loss.aal, v, exposed_value),
        exposed_value=exposed_value,
        hazard=hazard,
        integrated=scaling.integrated_risk(hazard, exposed.score, vulnerable.score),
        status=status,
    )


def within_reach(exposed: SiteExposure, p: Params) -> Array:
    """
    Return the value that the peril can reach [KRW], (site,).

    It is φ of the asset value, or of the sum insured where that value is unknown.
    """
    insured = np.where(np.isnan(exposed.asset_value), p["sum_insured"], exposed.asset_value)
    return np.asarray(insured * exposed.exposed_share)


def site_loss(
    peril: Peril, sites: Sites, cell: CellValues, proximity: Factor, p: Params
) -> SiteLoss:
    """The cell's AAL brought to the site, as the peril declares."""
    if peril.site_factor == "inundation":
        return _inundation_loss(peril, sites, cell, p)
    factor = proximity.value if peril.site_factor == "proximity" else np.ones(len(sites))
    if peril.use_factor is not None:
        factor = factor * peril.use_factor(sites, p)
    grown = factor + 0 * cell.aal
    return SiteLoss(
        factor=grown,
        aal=cell.aal * grown,
        aal_p05=cell.aal_p05 * grown,
        aal_p95=cell.aal_p95 * grown,
    )


def _inundation_loss(peril: Peril, sites: Sites, cell: CellValues, p: Params) -> SiteLoss:
    """
    Return the loss recomputed with the site's own depth and damage curve.

    Where the site has a gauge record of its own, that record drives the water. Sites that are alike
    in all that matters are calculated once.
    """
    wanted = np.asarray(~np.isnan(cell.aal_p05).all(axis=0))
    one, kind = kinds(peril, sites, cell.details, wanted, p)
    details = {name: value[:, one] for name, value in cell.details.items()}
    found = np.full((3, len(cell.aal), one.size), np.nan)
    for at, asked, driver in drivers(peril, sites.at(one), details, p, intervals=wanted[one]):
        found[:, :, at] = recomputed(asked, driver)
    aal, low, high = found[:, :, kind]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(cell.aal > 0, aal / cell.aal, np.where(aal == 0, 1.0, np.nan))
    return SiteLoss(factor=factor, aal=aal, aal_p05=low, aal_p95=high)


def _status(
    cell: CellValues, exposed: SiteExposure, vulnerable: Vulnerability, loss: SiteLoss, p: Params
) -> StatusArray:
    weak = [exposed.proximity.flags[name] for name in exposed.proximity.weak]
    doubtful = np.any([vulnerable.known_weight < p["known_weight_minimum"], *weak], axis=0)
    status = np.maximum(cell.aal_status, np.where(doubtful, Status.low_confidence, Status.ok))
    status = np.where(
        np.isnan(loss.aal) | np.isnan(exposed.proximity.value), Status.not_assessed, status
    )
    excluded = exposed.proximity.not_applicable
    if excluded is not None:
        status = np.where(excluded, Status.not_applicable, status)
    status = np.where(cell.aal_status == Status.not_applicable, Status.not_applicable, status)
    return status.astype(np.int8)


def _only(loss: SiteLoss, status: StatusArray) -> SiteLoss:
    """No number where nothing was assessed; no loss where the peril does not apply."""
    gone, none = status == Status.not_assessed, status == Status.not_applicable

    def keep(value: Array, excluded: float) -> Array:
        return np.where(gone, np.nan, np.where(none, excluded, value))

    return SiteLoss(
        factor=keep(loss.factor, np.nan),
        aal=keep(loss.aal, 0.0),
        aal_p05=keep(loss.aal_p05, 0.0),
        aal_p95=keep(loss.aal_p95, 0.0),
    )
