"""The FastAPI application, its place beside the dashboard, and its workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from modelops_core import __version__
from modelops_core.api import (
    assessments,
    etags,
    guard,
    hazard_curves,
    health,
    layers,
    metrics,
    problems,
    progress,
)
from modelops_core.api.backend import Backend
from modelops_core.api.hub import Hub
from modelops_core.api.paths import Paths

#: everything the API answers lies below these
PREFIXES = ("/api", "/health", "/metrics", "/tiles")
#: what pages of other sites may send, where MODELOPS_CORS_ORIGINS lets them
HEADERS = ["Authorization", "Content-Type", "X-API-Key"]
DESCRIPTION = """Physical climate risk of sites in South Korea. Errors are problem documents (RFC 9457).
The live progress of a job is a WebSocket: `/api/v1/risk-assessment/ws/{request_id}`."""


def create(backend: Backend) -> FastAPI:
    """The API as an application of its own, with its workers."""

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(backend):
            yield

    figures = metrics.Figures()
    app = FastAPI(
        title="ModelOps",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=living,
        middleware=_middleware(backend, figures),
    )
    app.state.backend, app.state.figures = backend, figures
    app.state.hub = Hub(backend.notices)
    app.state.data_version = etags.Believed(partial(_version, backend))
    for room in (health, assessments, hazard_curves, progress, layers, metrics):
        app.include_router(room.router)
    problems.install(app)
    _describe_problems(app)
    return app


def routes(backend: Backend) -> list[BaseRoute]:
    """The API as routes for another application; that one runs :func:`lifespan`."""
    return [Paths(create(backend), PREFIXES)]


@asynccontextmanager
async def lifespan(backend: Backend) -> AsyncIterator[None]:
    """Work on queued jobs for as long as the server runs; a missing database is waited for."""
    backend.log()
    pool = backend.worker_pool()
    await anyio.to_thread.run_sync(pool.start)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(pool.stop)


def _middleware(backend: Backend, figures: metrics.Figures) -> list[Middleware]:
    settings = backend.settings
    found = [
        Middleware(metrics.Measured, figures=figures),
        Middleware(guard.Guard, settings=settings),
    ]
    if origins := guard.listed(settings.cors_origins):
        found.append(
            Middleware(
                CORSMiddleware,
                allow_origins=origins,
                allow_methods=["GET", "POST"],
                allow_headers=HEADERS,
            )
        )
    return found


def _version(backend: Backend) -> str:
    return backend.served.version()


def _describe_problems(app: FastAPI) -> None:
    """Put the problem document's schema, which no route returns by itself, into the description."""
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
