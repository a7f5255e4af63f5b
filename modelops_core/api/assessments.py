"""Routes of assessments and their jobs: queue one, follow its progress, read its results."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.requests import HTTPConnection

from modelops_core.api.access import Assessor, Canceller, Reader, Repeater
from modelops_core.api.backend import Backend
from modelops_core.api.models import (
    DEFAULT_HORIZON,
    DEFAULT_SCENARIO,
    Accepted,
    Calculate,
    HorizonKey,
    Job,
    JobLine,
    JobPage,
    JobProgress,
    Latitude,
    Longitude,
    Scenario,
    SiteResults,
)
from modelops_core.api.problems import error_fields, error_responses
from modelops_core.api.serving import requests
from modelops_core.api.threads import in_thread
from modelops_core.domain import job as domain
from modelops_core.domain.access import Caller
from modelops_core.errors import NotStored

PREFIX = "/api/v1/risk-assessment"
router = APIRouter(prefix=PREFIX, tags=["risk assessment"])
RequestId = Annotated[
    str,
    Path(
        max_length=64,
        description="As calculate gave it",
        examples=["550e8400-e29b-41d4-a716-446655440000"],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key gives the same job for a day, however often it is sent",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]
PAGE_SIZE = 50


@router.post("/calculate", status_code=202, responses=error_responses())
async def calculate(
    body: Calculate,
    request: Request,
    key: IdempotencyKey = None,
    caller: Caller = Assessor,
) -> Accepted:
    """Queue an assessment of one site. An equal request that waits or runs is the same job."""
    params = body.model_dump(exclude_none=True)
    request_id = await in_thread(
        _backend(request).submit,
        params,
        caller,
        priority=domain.Priority.batch,
        request_id=requests.current(),
        key=key,
    )
    return await accepted(request, request_id, caller)


@router.get("/status/{request_id}", responses=error_responses(404))
async def status(request_id: RequestId, request: Request, caller: Caller = Reader) -> JobProgress:
    """How far a job is."""
    state = await in_thread(_backend(request).job_access.state, request_id, caller)
    return JobProgress(**_status(request_id, state))


@router.get("/results/{latitude}/{longitude}", responses=error_responses(404))
async def results(
    latitude: Latitude,
    longitude: Longitude,
    request: Request,
    scenario: Scenario = DEFAULT_SCENARIO,
    horizon: HorizonKey = DEFAULT_HORIZON,
    caller: Caller = Reader,
) -> SiteResults:
    """
    What a point's last assessment without corrections gave, in one scenario and horizon.

    It is the same for everybody; corrected assessments stand in their jobs.
    """
    found = await in_thread(
        _backend(request).stored_results.site, latitude, longitude, scenario, horizon
    )
    if not found["aal_scaled"]:
        raise NotStored(
            "no_assessment", latitude=latitude, longitude=longitude, path=f"{PREFIX}/calculate"
        )
    return SiteResults(
        latitude=latitude, longitude=longitude, scenario=scenario, horizon=horizon, **found
    )


@router.get("/jobs", responses=error_responses())
async def jobs(
    request: Request,
    status: domain.JobStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = PAGE_SIZE,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before")
    ] = None,
    caller: Caller = Reader,
) -> JobPage:
    """The caller's jobs, the latest first; an administrator's key sees all."""
    found, following = await in_thread(
        _backend(request).job_access.page, caller, limit, cursor, status=status
    )
    return JobPage(jobs=[JobLine(**_line(job)) for job in found], next=following)


@router.get("/jobs/{request_id}", responses=error_responses(404))
async def job(request_id: RequestId, request: Request, caller: Caller = Reader) -> Job:
    """One job with its results, steps and durations."""
    found = await in_thread(_backend(request).job_access.get, request_id, caller)
    return Job(**_line(found), results=found.results, logs=found.logs)


@router.post("/jobs/{request_id}/cancel", responses=error_responses(404))
async def cancel(
    request_id: RequestId, request: Request, caller: Caller = Canceller
) -> JobProgress:
    """Cancel a job: a waiting one at once, a running one at its next step."""
    jobs = _backend(request).job_access
    await in_thread(jobs.cancel, request_id, caller)
    return JobProgress(**_status(request_id, await in_thread(jobs.state, request_id, caller)))


@router.post("/jobs/{request_id}/retry", status_code=202, responses=error_responses(404))
async def retry(
    request_id: RequestId,
    request: Request,
    key: IdempotencyKey = None,
    caller: Caller = Repeater,
) -> Accepted:
    """Ask for an ended job again, as a new one."""
    named = {"request_id": requests.current(), "key": key}
    again = await in_thread(_backend(request).job_access.retry, request_id, caller, **named)
    return await accepted(request, again, caller)


def _backend(connection: HTTPConnection) -> Backend:
    backend: Backend = connection.app.state.backend
    return backend


async def accepted(request: Request, request_id: str, caller: Caller) -> Accepted:
    """The answer to a request that queued a job."""
    state = await in_thread(_backend(request).job_access.state, request_id, caller)
    scheme = "wss" if request.url.scheme == "https" else "ws"
    url = f"{scheme}://{request.url.netloc}{PREFIX}/ws/{request_id}"
    return Accepted(request_id=request_id, status=state.status, websocket_url=url)


def _status(request_id: str, job: domain.JobState) -> dict[str, Any]:
    return {
        "request_id": request_id,
        "status": job.status,
        "progress": job.progress,
        "current_step": job.current_step,
        **error_fields(job),
    }


def _line(job: domain.Job) -> dict[str, Any]:
    names = (
        "job_type",
        "input_params",
        "worker",
        "attempts",
        "created_at",
        "started_at",
        "completed_at",
        "retry_of",
        "cancel_requested",
        "durations",
    )
    return {**_status(job.batch_id, job), **{name: getattr(job, name) for name in names}}
