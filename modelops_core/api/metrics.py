"""Figures for Prometheus: of the requests of this process, and of the jobs of all."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelops_core.api.access import Caller, Reader
from modelops_core.api.backend import Backend, Jobs
from modelops_core.api.problems import declared
from modelops_core.api.threads import call
from modelops_core.ports import Row

router = APIRouter(tags=["health"])
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **declared()},
)
async def metrics(request: Request, caller: Caller = Reader) -> Response:
    """Prometheus text."""
    backend: Backend = request.app.state.backend
    jobs = await call(_read, backend.jobs)
    figures: Figures = request.app.state.figures
    return Response(figures.text(*jobs), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _read(jobs: Jobs) -> tuple[list[Row], list[Row]]:
    return jobs.counts(), jobs.step_seconds()


class Figures:
    """Counts requests as they end."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "modelops_http_requests", "Requests answered", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "modelops_http_seconds",
            "Time to answer",
            ("route",),
            registry=self.registry,
            buckets=BUCKETS,
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, counts: list[Row], steps: list[Row]) -> bytes:
        """Everything, and what the table of jobs says now."""
        now = CollectorRegistry()
        now.register(_OfJobs(counts, steps))
        return generate_latest(self.registry) + generate_latest(now)


class _OfJobs(Collector):
    def __init__(self, counts: list[Row], steps: list[Row]) -> None:
        self._counts, self._steps = counts, steps

    def collect(self) -> Iterator[Metric]:
        """Gauges of the table as it is."""
        jobs = GaugeMetricFamily(
            "modelops_jobs", "Jobs by type and status", labels=("job_type", "status")
        )
        for row in self._counts:
            jobs.add_metric((row["job_type"], row["status"]), row["jobs"])
        yield jobs
        steps = GaugeMetricFamily(
            "modelops_job_step_seconds",
            "Mean duration of a step over the last hour",
            labels=("job_type", "step"),
        )
        for row in self._steps:
            steps.add_metric((row["job_type"], row["step"]), row["seconds"])
        yield steps


class Measured:
    """ASGI: notes each request under its route's pattern, never under what was asked."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its route is known afterwards."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._figures.note(scope["method"], route, status, time.perf_counter() - began)
