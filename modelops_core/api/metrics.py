"""Prometheus metrics: requests of this process, and jobs of all processes."""

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

from modelops_core.api.access import Reader
from modelops_core.api.backend import Backend, Jobs
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.ports import Row

router = APIRouter(tags=["health"])
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **error_responses(),
    },
)
async def metrics(request: Request, caller: Caller = Reader) -> Response:
    """Metrics in Prometheus' text format."""
    backend: Backend = request.app.state.backend
    jobs = await in_thread(_read, backend.jobs)
    request_metrics: RequestMetrics = request.app.state.request_metrics
    text = request_metrics.text(*jobs, backend.disk_free())
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _read(jobs: Jobs) -> tuple[list[Row], list[Row], Row]:
    return jobs.counts(), jobs.step_seconds(), jobs.health()


class RequestMetrics:
    """Counts answered requests and their durations [s]."""

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
        """Count one answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, counts: list[Row], steps: list[Row], queue: Row, disk_free: int | None) -> bytes:
        """
        Return all metrics as Prometheus text.

        *counts*, *steps* and *queue* are read from batch_jobs; *disk_free* [bytes] is that of the
        private cluster.
        """
        now = CollectorRegistry()
        now.register(_JobsCollector(counts, steps))
        now.register(_QueueCollector({**queue, "disk_free": disk_free}))
        return generate_latest(self.registry) + generate_latest(now)


class _JobsCollector(Collector):
    def __init__(self, counts: list[Row], steps: list[Row]) -> None:
        self._counts, self._steps = counts, steps

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of batch_jobs."""
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


#: value → metric's name and what it is
QUEUE = {
    "oldest_waiting": ("modelops_jobs_oldest_waiting_seconds", "How long the oldest job waits"),
    "attempts": ("modelops_jobs_attempts", "Attempts of the jobs that are kept"),
    "rescues": ("modelops_jobs_rescues", "Jobs taken from workers that died, of those kept"),
    "retries": ("modelops_jobs_retries", "Jobs put back after an error that passes, of those kept"),
    "night_finished": ("modelops_nightly_run_finished_timestamp_seconds", "End of the last run"),
    "nights_failed": ("modelops_nightly_runs_failed", "Nightly runs that failed within a day"),
    "disk_free": ("modelops_disk_free_bytes", "Free space where the private cluster lies"),
}


class _QueueCollector(Collector):
    def __init__(self, values: Row) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        """Yield a gauge for each value that is known."""
        for name, (metric, text) in QUEUE.items():
            if self._values.get(name) is not None:
                yield GaugeMetricFamily(metric, text, value=float(self._values[name]))


class MetricsMiddleware:
    """ASGI middleware that counts each request under its route's pattern, never its own path."""

    def __init__(self, app: ASGIApp, request_metrics: RequestMetrics) -> None:
        self._app = app
        self._figures = request_metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it afterwards, when its route is known."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._figures.note(scope["method"], route, status, time.perf_counter() - began)
