"""One peril at given sites: E, V, the site's own loss, scaled AAL, integrated risk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    RECORD_TERMS,
    Factor,
    Fitted,
    Inundation,
    Peril,
    Prescribed,
    Recorded,
    Terms,
)
from modelops_core.domain.result import Status, StatusArray
from modelops_core.domain.site import Sites
from modelops_core.indicators.gev import Gev, from_l_moments, unit_l1, unit_l2
from modelops_core.stages import asset, exposure, scaling
from modelops_core.stages.inundation import inundated
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
    integrated: Array
    status: StatusArray


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
    hazard = np.where(status == Status.not_assessed, np.nan, cell.hazard)
    return SiteRisk(
        exposure=exposed,
        vulnerability=vulnerable,
        loss=loss,
        scaled=scaling.scale(loss.aal, v, exposed_value),
        exposed_value=exposed_value,
        integrated=scaling.integrated_risk(hazard, exposed.score, vulnerable.score),
        status=status,
    )


def within_reach(exposed: SiteExposure, p: Params) -> Array:
    """The value that the peril can reach [KRW], (site,): φ of the asset value, or of the sum insured where that is unknown."""
    insured = np.where(np.isnan(exposed.asset_value), p["sum_insured"], exposed.asset_value)
    return np.asarray(insured * exposed.exposed_share)


def site_loss(
    peril: Peril, sites: Sites, cell: CellValues, proximity: Factor, p: Params
) -> SiteLoss:
    """The cell's AAL brought to the site, as the peril declares."""
    if peril.site_factor == "inundation":
        return _inundation_loss(peril, sites, cell, p)
    factor = proximity.value if peril.site_factor == "proximity" else np.ones(len(sites))
    grown = factor + 0 * cell.aal
    return SiteLoss(
        factor=grown,
        aal=cell.aal * grown,
        aal_p05=cell.aal_p05 * grown,
        aal_p95=cell.aal_p95 * grown,
    )


def _inundation_loss(peril: Peril, sites: Sites, cell: CellValues, p: Params) -> SiteLoss:
    """Recomputed with the site's own depth, its own damage curve and, where it has one, its own record."""
    aal, low, high = (np.full_like(cell.aal, np.nan) for _ in range(3))
    for at, curve, record in _alike(peril, sites):
        some = Sites({name: sites[name][at] for name in _PLACE_COLUMNS})
        details = {name: value[:, at] for name, value in cell.details.items()}
        driver = (
            _by_index(peril, some, details, p)
            if record is None
            else _by_record(record, some, details, p)
        )
        aal[:, at], low[:, at], high[:, at] = _recomputed(peril, driver, p, curve)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(cell.aal > 0, aal / cell.aal, np.where(aal == 0, 1.0, np.nan))
    return SiteLoss(factor=factor, aal=aal, aal_p05=low, aal_p95=high)


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


def _alike(peril: Peril, sites: Sites) -> Iterator[tuple[IntArray, str, Recorded | None]]:
    """Positions of the sites that share a damage curve and what drives the water."""
    declared = peril.frequency.record if isinstance(peril.frequency, Fitted) else None
    recorded = (sites["gauge_years"] > 0) & (declared is not None)
    for curve in np.unique(sites["curve_class"].astype(str)):
        for record, has in ((None, ~recorded), (declared, recorded)):
            at = np.flatnonzero((sites["curve_class"] == curve) & has)
            if at.size:
                yield at, str(curve), record


@dataclass(frozen=True, slots=True, kw_only=True)
class _Driver:
    """What drives the water at some sites: its distribution, the years behind it, and the way to a depth."""

    inundation: Inundation
    distribution: Gev
    n: Array
    terms: Terms
    #: l₁ and l₂ of a sample
    moments: tuple[Array, Array] | None
    #: the parameter that the intervals' shapes are drawn about
    shape: str


def _by_index(peril: Peril, sites: Sites, details: Mapping[str, Array], p: Params) -> _Driver:
    """The cell's index, as the nightly run fitted or shifted it."""
    frequency = peril.frequency
    assert isinstance(frequency, Fitted | Prescribed)
    window, baseline = _cell_fits(details)
    inundation: Inundation = frequency.inundation
    shape = frequency.shape if isinstance(frequency, Fitted) else None
    return _Driver(
        inundation=inundation,
        distribution=window,
        n=details["n"],
        terms=inundation.terms(baseline.level, inundation.site_place(sites, p), p),
        moments=None if shape is None else _moments(window),
        shape=shape or "",
    )


def _by_record(record: Recorded, sites: Sites, details: Mapping[str, Array], p: Params) -> _Driver:
    """The sites' own record, which changes as the cell's index does; unknown where the index is."""
    window, baseline = _cell_fits(details)
    known = 0 * details["mu"]
    l1, l2 = sites["gauge_l1"] + known, sites["gauge_l2"] + known
    fit = from_l_moments(l1, l2, p[record.shape])
    changes = (
        getattr(gev, part) for gev in (fit, window, baseline) for part in ("mu", "alpha", "kappa")
    )
    place = {
        **record.inundation.site_place(sites, p),
        **dict(zip(RECORD_TERMS, changes, strict=True)),
    }
    return _Driver(
        inundation=record.inundation,
        distribution=fit,
        n=sites["gauge_years"] + known,
        terms=record.inundation.terms(fit.level, place, p),
        moments=(l1, l2),
        shape=record.shape,
    )


def _cell_fits(details: Mapping[str, Array]) -> tuple[Gev, Gev]:
    """The index' distribution in the window and in the baseline."""
    window = Gev(details["mu"], details["alpha"], details["kappa"])
    return window, Gev(details["baseline_mu"], details["baseline_alpha"], _baseline_kappa(details))


def _recomputed(peril: Peril, driver: _Driver, p: Params, curve: str) -> tuple[Array, Array, Array]:
    estimate = inundated(
        peril,
        driver.inundation,
        driver.distribution,
        driver.n,
        driver.terms,
        p,
        estimator="site",
        details={},
        moments=driver.moments,
        curve=curve,
        of_bins=False,
        shape=driver.shape,
    )
    return estimate.aal, estimate.aal_p05, estimate.aal_p95


def _baseline_kappa(details: Mapping[str, Array]) -> Array:
    """The baseline's shape: the window's, unless it was fitted freely."""
    own = details.get("baseline_kappa", np.nan * details["kappa"])
    return np.where(np.isnan(own), details["kappa"], own)


def _moments(fit: Gev) -> tuple[Array, Array]:
    """l₁ and l₂ that a fit of fixed shape went through."""
    return fit.mu + fit.alpha * unit_l1(fit.kappa), fit.alpha * unit_l2(fit.kappa)


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
