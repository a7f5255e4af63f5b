"""WebSocket route that sends the live progress of a job."""

from __future__ import annotations

from typing import Any

import anyio
import structlog
from fastapi import APIRouter, WebSocket
from starlette.responses import Response
from starlette.websockets import WebSocketDisconnect

from modelops_core.api.access import identify
from modelops_core.api.assessments import PREFIX
from modelops_core.api.backend import Backend, Jobs
from modelops_core.api.hub import Hub, Subscription
from modelops_core.api.problems import error_fields, problem_of
from modelops_core.api.threads import in_thread
from modelops_core.domain.job import Job, JobState, JobStatus
from modelops_core.errors import DatabaseUnavailable, ModelOpsError

log = structlog.get_logger()
router = APIRouter()
#: seconds without a notice after which the job's row is read
POLL_INTERVAL = 5.0


@router.websocket(PREFIX + "/ws/{request_id}")
async def follow(socket: WebSocket, request_id: str) -> None:
    """Messages {"progress", "status", "step"}; the last one carries the results or the error."""
    backend: Backend = socket.app.state.backend
    hub: Hub = socket.app.state.hub
    refused = await _refusal(socket, backend, request_id)
    if refused is not None:
        await _deny(socket, refused)
        return
    await socket.accept()
    with hub.subscribed(request_id.lower()) as subscription:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_closed, socket, tasks.cancel_scope)
            try:
                await _send(socket, backend.jobs, request_id, subscription)
                await socket.close()
            except (WebSocketDisconnect, RuntimeError, OSError):
                log.info("websocket closed by its client", batch_id=request_id)
            tasks.cancel_scope.cancel()


async def _refusal(socket: WebSocket, backend: Backend, request_id: str) -> Response | None:
    try:
        caller = await identify(socket)
        await in_thread(backend.job_access.state, request_id, caller)
    except ModelOpsError as error:
        return problem_of(error)
    return None


async def _deny(socket: WebSocket, answer: Response) -> None:
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(answer)
    else:
        await socket.close(1008)


async def _until_closed(socket: WebSocket, scope: anyio.CancelScope) -> None:
    """Ignore what the client sends; cancel *scope* when it leaves."""
    message = {"type": "websocket.receive"}
    while message["type"] == "websocket.receive":
        message = dict(await socket.receive())
    scope.cancel()


async def _send(socket: WebSocket, jobs: Jobs, request_id: str, subscription: Subscription) -> None:
    """Send the job's state at every notice; read its row where a notice may be missing."""
    sent: JobState | None = None
    state = await _state(jobs, request_id)
    while state is None or not state.status.ended:
        if state is not None and _tells_more(state, sent):
            await socket.send_json(_message(state))
            sent = state
        notice = await subscription.next(POLL_INTERVAL)
        state = await _state(jobs, request_id) if notice is None else JobState.from_row(notice)
    await socket.send_json(await _final_message(jobs, request_id))


async def _state(jobs: Jobs, request_id: str) -> JobState | None:
    """Read the job's state; None where the database is unavailable."""
    try:
        return await in_thread(jobs.state, request_id)
    except DatabaseUnavailable:
        return None


def _tells_more(state: JobState, sent: JobState | None) -> bool:
    """Whether the client does not know *state* yet, nor what came after it."""
    return sent is None or not (state.older_than(sent) or _message(state) == _message(sent))


def _message(job: JobState) -> dict[str, Any]:
    return {"progress": job.progress, "status": job.status, "step": job.current_step}


async def _final_message(jobs: Jobs, request_id: str) -> dict[str, Any]:
    job = await _read_when_available(jobs, request_id)
    if job.status is JobStatus.completed:
        return {**_message(job), "results": job.results}
    return {**_message(job), **error_fields(job)}


async def _read_when_available(jobs: Jobs, request_id: str) -> Job:
    while True:
        try:
            return await in_thread(jobs.get, request_id)
        except DatabaseUnavailable:
            await anyio.sleep(POLL_INTERVAL)
