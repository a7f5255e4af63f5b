"""The rows that one assessment leaves behind, and the answer it gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelops_core.domain.answer import Key, OnBank, PerilResult, SiteTotals
from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import PERIODS, Status, level_name
from modelops_core.ports import Row
from modelops_core.stages.return_periods import RareYears
from modelops_core.stages.scaling import integrated_score, scale
from modelops_core.stages.score import level
from modelops_core.stages.site import CellValues, SiteExposure, SiteRisk, within_reach
from modelops_core.stages.totals import PerilLoss, Totals, totals
from modelops_core.stages.vulnerability import Vulnerability

#: parameters of the fitted distributions that a site's own loss is recomputed from
FITTED = (
    "mu",
    "alpha",
    "kappa",
    "baseline_mu",
    "baseline_alpha",
    "baseline_kappa",
    "factor",
    "kelvin",
    "response",
    "response_se",
    "worth",
    "n",
)
#: these, and the return levels of a peril that has events
DETAILS = (*FITTED, *map(level_name, PERIODS))
STATUS = {status.name: int(status) for status in Status}


@dataclass(frozen=True)
class StoredCell:
    """The stored values of one peril at one cell, in the order of ``combinations``."""

    combinations: tuple[tuple[str, str], ...]
    values: CellValues
    hazard: tuple[Row, ...]
    probability: tuple[Row, ...]


def stored(peril: str, hazard: Sequence[Row], probability: Sequence[Row]) -> StoredCell | None:
    """The peril's rows of a cell; None where the nightly run has not calculated it."""
    h = {(r["ssp_scenario"], r["horizon"]): r for r in hazard if r["risk_type"] == peril}
    p = {(r["ssp_scenario"], r["horizon"]): r for r in probability if r["risk_type"] == peril}
    both = tuple(key for key in p if key in h)
    if not both:
        return None
    rows, scores = tuple(p[key] for key in both), tuple(h[key] for key in both)
    details = [row["calculation_details"] or {} for row in rows]
    values = CellValues(
        hazard=_column(scores, "hazard_score"),
        hazard_status=_statuses(scores),
        aal=_column(rows, "aal"),
        aal_p05=_column(rows, "aal_p05"),
        aal_p95=_column(rows, "aal_p95"),
        aal_status=_statuses(rows),
        details={name: _column(details, name) for name in DETAILS},
    )
    return StoredCell(both, values, scores, rows)


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Array:
    """(combination, 1); missing is NaN."""
    return np.array(
        [[math.nan if row.get(name) is None else row[name]] for row in rows], dtype=float
    )


def _statuses(rows: Sequence[Row]) -> Any:
    return np.array([[STATUS[row["status"]]] for row in rows], dtype=np.int8)


def number(value: Any) -> float | None:
    """A float for JSON; NaN is None."""
    result = float(value)
    return None if math.isnan(result) else result


def flag_names(flags: Mapping[str, BoolArray], site: int = 0) -> list[str]:
    """Names of the flags that a site carries."""
    return [name for name, on in flags.items() if bool(on[site])]


def exposure_row(key: Row, peril: str, e: SiteExposure) -> Row:
    """One row of exposure_results."""
    proximity = number(e.proximity.value[0])
    excluded = e.proximity.not_applicable is not None and bool(e.proximity.not_applicable[0])
    status = (
        Status.not_applicable
        if excluded
        else Status.not_assessed
        if proximity is None
        else Status.ok
    )
    if status == Status.ok and any(bool(e.proximity.flags[name][0]) for name in e.proximity.weak):
        status = Status.low_confidence
    return {
        **key,
        "risk_type": peril,
        "exposure_score": number(e.score[0]),
        "proximity_factor": proximity,
        "normalized_asset_value": number(e.normalized[0]),
        "asset_value": number(e.asset_value[0]),
        "factors": {"exposed_share": number(e.exposed_share[0]), **_remarks(e)},
        "status": status.name,
        "flags": flag_names(e.flags),
    }


def _remarks(e: SiteExposure) -> dict[str, str]:
    """What else there is to say of the site, by name."""
    return {name: str(text[0]) for name, text in e.proximity.remarks.items()}


def vulnerability_row(key: Row, peril: str, v: Vulnerability, p: Params) -> Row:
    """One row of vulnerability_results."""
    score = float(v.score[0])
    known = bool(v.known_weight[0] >= p["known_weight_minimum"])
    factors = {
        name: {
            "value": number(value[0]) if not np.isnan(value[0]) else p["factor_unknown"],
            "weight": v.weights[name],
            "known": not bool(np.isnan(value[0])),
        }
        for name, value in v.factors.items()
    }
    return {
        **key,
        "risk_type": peril,
        "vulnerability_score": score,
        "vulnerability_level": level(score, p["level_edges"]),
        "factors": {**factors, "known_weight": round(float(v.known_weight[0]), 6)},
        "status": (Status.ok if known else Status.low_confidence).name,
        "flags": [] if known else ["building_mostly_unknown"],
    }


@dataclass(frozen=True, slots=True)
class PerilCase:
    """What the result of one peril at one site is made of."""

    peril: Peril
    cell: StoredCell
    risk: SiteRisk
    exposure: Row
    vulnerability: Row
    p: Params
    rare: RareYears

    def results(self) -> list[PerilResult]:
        """One result a combination: everything the analyst reads of it."""
        return [self._result(i) for i in range(len(self.cell.combinations))]

    def _result(self, i: int) -> PerilResult:
        scenario, horizon = self.cell.combinations[i]
        status = Status(int(self.risk.status[i, 0]))
        return PerilResult(
            risk_type=self.peril.key,
            ssp_scenario=scenario,
            horizon=horizon,
            status=status.name,
            **self._scores(i),
            **self._losses(i),
            **self._integrated(i),
            **self._rare_years(i),
            flags=self._flags(i, status),
            remarks=tuple(f"{name}: {text}" for name, text in _remarks(self.risk.exposure).items()),
            if_on_bank=_if_on_bank(self.risk, self.cell, i, status, self.p),
        )

    def _scores(self, i: int) -> Row:
        """H, E and V."""
        own = self.risk.hazard[i, 0]
        # a site that cannot be assessed shows its cell's H
        of_site = self.peril.hazard_of_site and not np.isnan(own)
        hazard = own if of_site else self.cell.values.hazard[i, 0]
        words = level(float(own), self.p["level_edges"])
        return {
            "hazard_score": number(hazard),
            "hazard_level": words if of_site else self.cell.hazard[i]["hazard_level"],
            "exposure_score": self.exposure["exposure_score"],
            "proximity_factor": self.exposure["proximity_factor"],
            "normalized_asset_value": self.exposure["normalized_asset_value"],
            "vulnerability_score": self.vulnerability["vulnerability_score"],
            "vulnerability_level": self.vulnerability["vulnerability_level"],
        }

    def _losses(self, i: int) -> Row:
        """From the cell's AAL to the site's expected loss."""
        scaled, loss = self.risk.scaled, self.risk.loss
        scale = scaled.vulnerability_scale[i, 0]
        return {
            "base_aal": number(self.cell.values.aal[i, 0]),
            "site_factor": number(loss.factor[i, 0]),
            "vulnerability_scale": 1.0 + self.vulnerability["vulnerability_score"],
            "final_aal": number(scaled.final_aal[i, 0]),
            "aal_p05": number(loss.aal_p05[i, 0] * scale),
            "aal_p95": number(loss.aal_p95[i, 0] * scale),
            "insurance_rate": number(scaled.insurance_rate[i, 0]),
            "exposed_value": number(self.risk.exposed_value[i, 0]),
            "expected_loss": number(scaled.expected_loss[i, 0]),
        }

    def _integrated(self, i: int) -> Row:
        """H·E·V and its level."""
        risk = number(self.risk.integrated[i, 0])
        grade = None if risk is None else level(_root(risk), self.p["level_edges"])
        return {"integrated_risk": risk, "integrated_level": grade}

    def _rare_years(self, i: int) -> Row:
        """Losses at the return periods, none where they are unknown or there is no such year."""
        losses = tuple(number(loss) for loss in self.rare.loss[:, i, 0])
        known = any(loss is not None for loss in losses)
        return {
            "return_losses": losses if known else (),
            "return_basis": str(self.rare.basis[0]),
            "return_years": number(self.rare.years[i, 0]),
        }

    def _flags(self, i: int, status: Status) -> tuple[str, ...]:
        flags = [
            *self.cell.hazard[i]["flags"],
            *self.cell.probability[i]["flags"],
            *self.exposure["flags"],
            *self.vulnerability["flags"],
        ]
        if np.isnan(self.risk.loss.factor[i, 0]) and status <= Status.low_confidence:
            flags.append("cell_loss_zero")
        return tuple(dict.fromkeys(flags))


def _root(integrated: float) -> float:
    return float(integrated_score(np.asarray(integrated)))


def _if_on_bank(
    risk: SiteRisk, cell: StoredCell, i: int, status: Status, p: Params
) -> OnBank | None:
    """The cell's loss under its own assumption, where the site itself cannot be assessed."""
    unknown = bool(risk.exposure.flags.get("river_distance_unknown", np.array([False]))[0])
    if status != Status.not_assessed or not unknown or np.isnan(cell.values.aal[i, 0]):
        return None
    scaled = scale(cell.values.aal[i], risk.vulnerability.score, within_reach(risk.exposure, p))
    return OnBank(
        final_aal=number(scaled.final_aal[0]), expected_loss=number(scaled.expected_loss[0])
    )


def subtotals(results: Sequence[PerilResult], perils: Mapping[str, Peril]) -> list[SiteTotals]:
    """Subtotals of each scenario and horizon."""
    groups: dict[Key, dict[str, PerilLoss]] = {}
    for result in results:
        one = PerilLoss(status=Status[result.status], expected_loss=result.expected_loss)
        groups.setdefault(result.key, {})[result.risk_type] = one
    return [_subtotal(key, totals(losses, perils)) for key, losses in groups.items()]


def _subtotal(key: Key, t: Totals) -> SiteTotals:
    return SiteTotals(
        ssp_scenario=key[0],
        horizon=key[1],
        physical=t.physical,
        physical_no_overlap=t.physical_no_overlap,
        operating=t.operating,
        grand=t.grand,
        assessed=tuple(t.assessed),
        not_assessed=tuple(t.not_assessed),
    )
