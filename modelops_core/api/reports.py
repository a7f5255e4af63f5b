"""The route of reports: an answer as one page in PDF."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from modelops_core.api.access import Reader
from modelops_core.api.assessments import PREFIX, RequestId
from modelops_core.api.backend import Backend
from modelops_core.api.models import DEFAULT_HORIZON, DEFAULT_SCENARIO, HorizonKey, Scenario
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller

PDF = "application/pdf"
LONGEST_NAME = 120
router = APIRouter(prefix=PREFIX, tags=["risk assessment"])


@router.get(
    "/jobs/{request_id}/report.pdf",
    response_class=Response,
    responses={
        200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
        **error_responses(404),
    },
)
async def report(
    request_id: RequestId,
    request: Request,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    lang: Annotated[Literal["ko", "en"], Query(description="Language of the report")] = "ko",
    name: Annotated[
        str, Query(max_length=LONGEST_NAME, description="The site's name, in place of its district")
    ] = "",
    caller: Caller = Reader,
) -> Response:
    """One page (A4) of an assessment that has ended, in one scenario and horizon."""
    backend: Backend = request.app.state.backend
    # not request.url_for: beside the pages it asks the router of the pages, which has no such route
    path = request.app.url_path_for("job", request_id=request_id)
    link = str(path.make_absolute_url(request.base_url))
    choice = {
        "language": lang,
        "scenario": scenario,
        "horizon": horizon,
        "name": name,
        "link": link,
    }
    body = await in_thread(_pdf, backend, request_id, caller, choice)
    saved_as = f'inline; filename="modelops_{request_id[:8]}_{scenario}_{horizon}.pdf"'
    return Response(body, media_type=PDF, headers={"content-disposition": saved_as})


def _pdf(backend: Backend, request_id: str, caller: Caller, choice: dict[str, str]) -> bytes:
    return backend.site_report(request_id, caller, **choice)
