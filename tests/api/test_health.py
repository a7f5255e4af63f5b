"""Health, readiness, metrics, the description."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from modelops_core.api import create
from modelops_core.bootstrap import App
from modelops_core.settings import Settings
from tests.api.conftest import LOCAL
from tests.jobs.test_assess import params


def test_alive_and_ready(idle):
    """After a nightly run everything is green, with versions and ages."""
    assert idle.get("/health").json()["status"] == "healthy"
    assert idle.get("/health/ready").json()["status"] == "ready"
    found = idle.get("/health/db").json()
    assert (found["status"], found["database"], found["migrations"]) == (
        "healthy",
        "connected",
        "up to date",
    )
    assert re.match(r"\d+\.\d+", found["postgis"])
    assert found["last_night_age_hours"] >= 0
    assert found["data_age_days"] >= 0


def test_before_the_first_night(app):
    """Alive, not ready, and why."""
    client = TestClient(create(app), "http://127.0.0.1", client=LOCAL)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "nightly" in answer.json()["reasons"][0]
    assert client.get("/health").status_code == 200


def test_an_old_schema(bare_database):
    """Connected, and what to do."""
    app = App(Settings(database_url=bare_database.url()))
    client = TestClient(create(app), "http://127.0.0.1", client=LOCAL)
    answer = client.get("/health/db")
    app.dispose()
    assert answer.status_code == 503
    assert answer.json()["database"] == "connected"
    assert "db migrate" in answer.json()["migrations"]


def test_no_database_at_all(tmp_path):
    """503 with Retry-After on what needs it, 200 on liveness; workers wait and stop cleanly."""
    app = App(Settings(database_url=f"postgresql://nobody@/none?host={tmp_path}"))
    with TestClient(create(app), "http://127.0.0.1", client=LOCAL) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/db").json()["database"] == "disconnected"
        answer = client.post(
            "/api/v1/risk-assessment/calculate", json={"latitude": 37.5, "longitude": 127}
        )
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_metrics_are_prometheus_text(idle, site_app):
    """Requests under their route's pattern; jobs and steps of all workers."""
    site_app.assess(params())
    idle.get("/api/v1/risk-assessment/status/some-forged-id")
    answer = idle.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    assert (
        'modelops_http_requests_total{method="GET",route="/api/v1/risk-assessment/status/{request_id}",status="404"} 1.0'
        in text
    )
    assert "forged" not in text
    assert 'modelops_jobs{job_type="ondemand_risk_calculation",status="completed"} 1.0' in text
    assert 'modelops_job_step_seconds{job_type="ondemand_risk_calculation",step="exposure"}' in text


def test_the_description_is_openapi_3_1_with_examples(idle):
    """Generated, complete, and no page that loads from elsewhere."""
    document = idle.get("/api/openapi.json").json()
    calculate = document["paths"]["/api/v1/risk-assessment/calculate"]["post"]

    assert document["openapi"].startswith("3.1")
    assert document["components"]["schemas"]["Calculate"]["examples"]
    assert "application/problem+json" in calculate["responses"]["422"]["content"]
    assert "Problem" in document["components"]["schemas"]
    assert idle.get("/docs").status_code == 404
    assert idle.get("/redoc").status_code == 404


def test_errors_of_the_server_are_problems_too(idle):
    """404 and 405 as well."""
    for answer in (idle.get("/api/nothing"), idle.put("/health")):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
