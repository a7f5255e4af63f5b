"""The FastAPI application, its place beside the dashboard, and its workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI
from starlette.routing import BaseRoute

from modelops_core.api import health
from modelops_core.api.backend import Backend
from modelops_core.api.paths import Paths

#: everything the API answers lies below these
PREFIXES = ("/api", "/health", "/metrics", "/tiles")


def create(backend: Backend) -> FastAPI:
    """The API as an application of its own, with its workers."""

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(backend):
            yield

    app = FastAPI(
        title="ModelOps",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
    )
    app.state.backend = backend
    app.include_router(health.router)
    return app


def routes(backend: Backend) -> list[BaseRoute]:
    """The API as routes for another application; that one runs :func:`lifespan`."""
    return [Paths(create(backend), PREFIXES)]


@asynccontextmanager
async def lifespan(backend: Backend) -> AsyncIterator[None]:
    """Work on queued jobs for as long as the server runs; a missing database is waited for."""
    crew = backend.crew()
    await anyio.to_thread.run_sync(crew.start)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(crew.stop)
