"""Route that calculates losses from the caller's own hazard curves, without database or job."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from modelops_core import perils as registry
from modelops_core.api.access import Reader
from modelops_core.api.backend import Backend
from modelops_core.api.models import Corrections, PerilKey
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.domain.parameters import SetName
from modelops_core.domain.site import RANGES
from modelops_core.ports import Row
from modelops_core.services.series import own_curve
from modelops_core.stages.loss import DamageCurve

router = APIRouter(prefix="/api/v1/risk-assessment", tags=["risk assessment"])
MOST_SITES, MOST_PERIODS, MOST_KNOTS = 10_000, 100, 200
Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Period = Annotated[float, Field(ge=1, le=1e9, allow_inf_nan=False, description="[years]")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
FLOOD_EXAMPLE: dict[str, Any] = {
    "risk_type": "river_flood",
    "return_periods": [10, 50, 100, 500],
    "sites": [
        {"name": "Mill", "intensity": [0.0, 0.4, 0.9, 2.1], "asset_value": 2.5e9},
        {"name": "Depot", "intensity": [0.2, 0.8, 1.3, 2.6], "asset_value": 8.0e8},
    ],
    "building": {"structure": "RC", "purpose": "factory", "floors_below": 1},
}
OWN_DAMAGE_EXAMPLE: dict[str, Any] = {
    "risk_type": "typhoon",
    "return_periods": [5, 50, 250],
    "sites": [{"intensity": [28, 41, 52], "asset_value": 1.0e9}],
    "damage_curve": {"intensity": [25, 40, 60], "ratio": [0, 0.05, 0.4]},
}


class SiteCurve(BaseModel):
    """One site's intensity at each return period."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=100)
    intensity: list[Number] = Field(
        min_length=1, max_length=MOST_PERIODS, description="In the peril's unit, one a period"
    )
    asset_value: float | None = Field(
        default=None,
        ge=RANGES["asset_value"][0],
        le=RANGES["asset_value"][1],
        allow_inf_nan=False,
        description="What the peril can reach [KRW]",
    )


class OwnDamage(BaseModel):
    """Damage ratio of the caller's building: linear between the knots, constant outside."""

    model_config = ConfigDict(extra="forbid")

    intensity: list[Number] = Field(min_length=2, max_length=MOST_KNOTS, description="Ascending")
    ratio: list[Share] = Field(min_length=2, max_length=MOST_KNOTS)


class HazardCurves(BaseModel):
    """The request: intensities of sites by return period, and how they damage the building."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [FLOOD_EXAMPLE, OWN_DAMAGE_EXAMPLE]}
    )

    risk_type: PerilKey
    return_periods: list[Period] = Field(min_length=1, max_length=MOST_PERIODS)
    sites: list[SiteCurve] = Field(min_length=1, max_length=MOST_SITES)
    damage_curve: OwnDamage | None = Field(
        default=None, description="Left out: the peril's own, scaled by the building's V"
    )
    building: Corrections | None = Field(default=None, description="Unknown facts are average")
    parameter_set: SetName = "central"


class SiteLoss(BaseModel):
    """One site's loss; unknown is null."""

    site: str
    base_aal: float | None = Field(description="[% of the value a year]", examples=[0.82])
    final_aal: float | None = Field(description="base × (1 + V) [% a year]", examples=[1.17])
    expected_loss: float | None = Field(description="[KRW a year]", examples=[2.9e7])


class HazardCurveLosses(BaseModel):
    """The answer: AAL by site, in the order of the request."""

    risk_type: str
    unit: str = Field(description="Of the intensities", examples=["m"])
    return_periods: list[float]
    damage_curve: Literal["peril", "own"]
    vulnerability_score: float | None
    sites: list[SiteLoss]


@router.post("/hazard-curves", responses=error_responses())
async def hazard_curves(
    body: HazardCurves, request: Request, caller: Caller = Reader
) -> HazardCurveLosses:
    """AAL from your own hazard curves: the trapezoid rule over exceedance probability."""
    backend: Backend = request.app.state.backend
    return HazardCurveLosses(**await in_thread(_losses, backend, body))


def _losses(backend: Backend, body: HazardCurves) -> Row:
    peril = registry.get(body.risk_type, backend.perils)
    curves = own_curve.HazardCurves.of(
        [site.name or f"site {i}" for i, site in enumerate(body.sites, 1)],
        body.return_periods,
        [site.intensity for site in body.sites],
        [site.asset_value for site in body.sites],
    )
    damage = body.damage_curve
    own = None if damage is None else DamageCurve(tuple(damage.intensity), tuple(damage.ratio))
    building: dict[str, Any] = {} if body.building is None else body.building.model_dump()
    p = backend.parameters.params(peril.key, body.parameter_set)
    return own_curve.answer(peril, curves, p, own, building, backend.year())
