"""The route of ratings: where the results of an assessment stand among others."""

from __future__ import annotations

from fastapi import APIRouter, Request

from modelops_core.api.access import Reader
from modelops_core.api.assessments import PREFIX, RequestId
from modelops_core.api.backend import Backend
from modelops_core.api.models import (
    DEFAULT_HORIZON,
    DEFAULT_SCENARIO,
    HorizonKey,
    Rated,
    Rating,
    Scenario,
)
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller

router = APIRouter(prefix=PREFIX, tags=["risk assessment"])


@router.get("/jobs/{request_id}/rating", responses=error_responses(404))
async def rating(
    request_id: RequestId,
    request: Request,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    caller: Caller = Reader,
) -> Rating:
    """An assessment among the country's cells and other assessments of its use and district."""
    backend: Backend = request.app.state.backend
    found = await in_thread(backend.rating, request_id, caller)
    perils = {
        peril: Rated(**standing.to_row())
        for (peril, code, key), standing in found.items()
        if (code, key) == (scenario, horizon)
    }
    return Rating(request_id=request_id, scenario=scenario, horizon=horizon, perils=perils)
