"""Makes the FastAPI application, mounts it beside the dashboard, and runs the job workers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Protocol

import anyio
from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from modelops_core import __version__
from modelops_core.api import (
    assessments,
    docs,
    etags,
    guard,
    hazard_curves,
    health,
    layers,
    metrics,
    places,
    problems,
    progress,
    ratings,
    reports,
)
from modelops_core.api.backend import Backend
from modelops_core.api.buckets import TokenBuckets
from modelops_core.api.hub import Hub
from modelops_core.api.paths import PathPrefixes
from modelops_core.api.portfolio import reports as portfolio_reports
from modelops_core.api.portfolio import routes as portfolios
from modelops_core.api.serving import limits, requests, stopping, strictness

#: paths below which the API answers
PREFIXES = ("/api", "/health", "/metrics", "/tiles")
#: headers that pages of the MODELOPS_CORS_ORIGINS may send
HEADERS = ["Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Request-ID"]
DESCRIPTION = """\
Physical climate risk of sites in South Korea. Errors are problem documents (RFC 9457).
The live progress of a job is a WebSocket: `/api/v1/risk-assessment/ws/{request_id}`."""


class Workers(Protocol):
    """Job workers that are started and stopped together."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def create(backend: Backend) -> FastAPI:
    """Make the API as an application of its own that also runs the job workers."""

    @asynccontextmanager
    async def app_lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(backend):
            yield

    request_metrics = metrics.RequestMetrics()
    app = FastAPI(
        title="ModelOps",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=app_lifespan,
        dependencies=[Depends(strictness.check)],
        middleware=_middleware(backend, request_metrics),
    )
    app.state.backend, app.state.request_metrics = backend, request_metrics
    app.state.refusals = TokenBuckets(1, time.monotonic)
    app.state.hub = Hub(backend.notices)
    app.state.data_version = etags.CachedValue(partial(_version, backend))
    site = (assessments, ratings, reports, hazard_curves, progress)
    for module in (health, *site, portfolios, portfolio_reports, layers, places, metrics, docs):
        app.include_router(module.router)
    problems.install_handlers(app)
    _describe_problems(app)
    return app


def routes(backend: Backend) -> list[BaseRoute]:
    """Make the API as routes of another application, which must run :func:`lifespan`."""
    return [PathPrefixes(create(backend), PREFIXES)]


@asynccontextmanager
async def lifespan(backend: Backend, workers: Workers | None = None) -> AsyncIterator[None]:
    """
    Run *workers*, else threads of this process, for as long as the server runs.

    They wait for an unavailable database; a private one is started again where it dies.
    """
    backend.log()
    parts = (*backend.supervisors(), workers or backend.worker_pool())
    for part in parts:
        await anyio.to_thread.run_sync(part.start)
    try:
        with stopping.graceful(backend.settings.drain_seconds):
            yield
    finally:
        with anyio.CancelScope(shield=True):
            for part in reversed(parts):
                await anyio.to_thread.run_sync(part.stop)


def _middleware(backend: Backend, request_metrics: metrics.RequestMetrics) -> list[Middleware]:
    settings = backend.settings
    middleware = [
        Middleware(requests.RequestLog),
        Middleware(limits.Limits, sockets=settings.sockets),
        Middleware(metrics.MetricsMiddleware, request_metrics=request_metrics),
        Middleware(guard.Guard, settings=settings),
    ]
    if origins := guard.comma_separated(settings.cors_origins):
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=origins,
                allow_methods=["GET", "POST"],
                allow_headers=HEADERS,
            )
        )
    return middleware


def _version(backend: Backend) -> str:
    return backend.stored_results.version()


def _describe_problems(app: FastAPI) -> None:
    """Add the problem document's schema, which no route returns, to the OpenAPI description."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas["Problem"] = schema
        return document

    app.openapi = described  # type: ignore[method-assign]
