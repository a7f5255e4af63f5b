"""Health routes for load balancers and monitoring: liveness, readiness, the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from modelops_core.api.access import Reader, is_known
from modelops_core.api.backend import Backend
from modelops_core.api.models import DatabaseHealth, Live, Ready
from modelops_core.api.problems import error_responses, public_sentence
from modelops_core.api.serving.stopping import STOPPING
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.errors import DatabaseUnavailable, ModelOpsError, NoResults
from modelops_core.ports import Row

router = APIRouter(tags=["health"])
UP_TO_DATE = "up to date"
DAY, HOUR = 86_400.0, 3600.0


@router.get("/health")
async def liveness() -> Live:
    """The process answers; nothing else is looked at."""
    return Live(status="healthy", timestamp=datetime.now(UTC))


@router.get("/health/ready", responses={503: {"model": Ready, "description": "Not ready"}})
async def readiness(request: Request, response: Response) -> Ready:
    """
    The server goes on, the database answers, its schema fits and a nightly run has ended.

    The status is open to all, the reasons are for callers with a key. A server whose database was
    migrated by a newer program is ready, for reading only, and its reasons say so.
    """
    backend: Backend = request.app.state.backend
    ready, reasons = await _readiness(backend)
    response.status_code = 200 if ready else 503
    shown = reasons if await is_known(request) else []
    return Ready(
        status="ready" if ready else "not ready", timestamp=datetime.now(UTC), reasons=shown
    )


@router.get(
    "/health/db",
    responses={**error_responses(), 503: {"model": DatabaseHealth, "description": "Unhealthy"}},
)
async def database(request: Request, response: Response, caller: Caller = Reader) -> DatabaseHealth:
    """The database, what it holds and how old that is."""
    backend: Backend = request.app.state.backend
    now = datetime.now(UTC)
    try:
        state = await in_thread(backend.stored_results.state)
    except ModelOpsError as error:
        response.status_code = 503
        away = isinstance(error, DatabaseUnavailable)
        connection: Literal["connected", "disconnected"] = "disconnected" if away else "connected"
        return DatabaseHealth(
            status="unhealthy", database=connection, timestamp=now, reason=public_sentence(error)
        )
    healthy = state["fits"]
    response.status_code = 200 if healthy else 503
    return DatabaseHealth(
        status="healthy" if healthy else "unhealthy",
        database="connected",
        timestamp=now,
        disk_free_bytes=backend.disk_free(),
        **_details(state, now),
    )


async def _readiness(backend: Backend) -> tuple[bool, list[str]]:
    """Whether the server is ready, and what there is to say of that."""
    if STOPPING.is_set():
        return False, ["The server is stopping."]
    try:
        state = await in_thread(backend.stored_results.state)
    except ModelOpsError as error:
        return False, [public_sentence(error)]
    if state["fits"] and not state["last_night_at"]:
        return False, [str(NoResults())]
    return state["fits"], [] if state["migrations"] == UP_TO_DATE else [state["migrations"]]


def _details(state: Row, now: datetime) -> dict[str, Any]:
    names = ("migrations", "postgresql", "postgis", "datasets", "data_loaded_at", "last_night_at")
    return {
        **{name: state.get(name) for name in names},
        "data_age_days": _age(state.get("data_loaded_at"), now, DAY),
        "last_night_age_hours": _age(state.get("last_night_at"), now, HOUR),
        "jobs_queued": state.get("queued"),
        "jobs_running": state.get("running"),
    }


def _age(moment: datetime | None, now: datetime, unit: float) -> float | None:
    return None if moment is None else round((now - moment).total_seconds() / unit, 2)
