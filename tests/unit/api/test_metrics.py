"""Figures for Prometheus: each request once, under its route and its true status."""

from __future__ import annotations

import re

from tests.unit.api.program import Program

BASE = "/api/v1/risk-assessment"


def requests(text):
    """(method, route, status) → count."""
    found = re.findall(
        r'modelops_http_requests_total\{method="(\w+)",route="([^"]+)",status="(\d+)"\} (\S+)', text
    )
    return {(method, route, int(status)): float(n) for method, route, status, n in found}


def test_a_crash_is_counted_as_one():
    """Not as an answer of 200."""
    client = Program().caller()
    assert client.get(f"{BASE}/status/unknown").status_code == 500
    counted = requests(client.get("/metrics").text)
    assert counted["GET", f"{BASE}/status/{{request_id}}", 500] == 1


def test_requests_are_counted_by_method_route_and_status():
    """Two that were alive, one refused by its method, one of no route."""
    client = Program().caller()
    for _ in range(2):
        client.get("/health")
    client.put("/health")
    client.get("/api/nothing")
    counted = requests(client.get("/metrics").text)
    assert counted["GET", "/health", 200] == 2
    assert counted["PUT", "/health", 405] == 1
    assert counted["GET", "none", 404] == 1


def test_jobs_and_steps_are_what_the_table_says_now():
    """A count by type and status, seconds by type and step."""
    text = Program().caller().get("/metrics").text
    assert 'modelops_jobs{job_type="nightly",status="failed"} 3.0' in text
    assert 'modelops_job_step_seconds{job_type="nightly",step="Reading inputs"} 1.5' in text
    assert 'modelops_http_seconds_bucket{le="0.005"' not in text  # nothing ended before this one


def test_the_queue_and_the_disk_are_gauges():
    """What is unknown, here the end of a run that never was, has none."""
    lines = Program().caller().get("/metrics").text.splitlines()
    for line in (
        "modelops_jobs_oldest_waiting_seconds 7.5",
        "modelops_jobs_rescues 2.0",
        "modelops_jobs_attempts 9.0",
        "modelops_nightly_runs_failed 3.0",
        "modelops_disk_free_bytes 5.36870912e+09",
    ):
        assert line in lines
    assert not [line for line in lines if "run_finished" in line]
