"""What clients are told of an error, and what only the log says."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from modelops_core.db.queue.jobs import _position, valid_job_id
from modelops_core.domain.job import JobState, JobStatus
from modelops_core.errors import (
    DatabaseFull,
    DatabaseUnavailable,
    InvalidInput,
    JobNotFound,
    coded,
)
from tests.unit.api.program import Program, job

BASE = "/api/v1/risk-assessment"
SERVER = 'connection to server on socket "/tmp/x/.s.PGSQL.5432" failed: SELECT 1 -- postgresql'


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DatabaseUnavailable("database_silent", reason=SERVER), "database_unavailable"),
        (DatabaseFull("no_room_left", reason=SERVER), "database_full"),
    ],
)
def test_the_servers_words_are_for_the_log(error, code):
    """503 with a class, a sentence and the reference under which the log has the rest."""
    program = Program()

    def fail(*_, **__):
        raise error

    program.jobs.page = fail
    with capture_logs() as logged:
        answer = program.caller().get(f"{BASE}/jobs")
    said = answer.json()
    assert (answer.status_code, said["code"], said["values"]) == (503, code, {})
    assert answer.headers["retry-after"]
    assert not any(word in answer.text for word in ("/tmp", "SELECT", "postgresql"))
    [entry] = [one for one in logged if one.get("reference") == said["reference"]]
    assert SERVER in str(entry)


@pytest.mark.parametrize(
    "kept", [{"error": coded(OSError(SERVER)).as_dict()}, {"error_message": SERVER}]
)
def test_a_failed_job_tells_no_more(kept):
    """Neither its status nor the job itself."""
    program = Program()
    program.jobs.known["b1"] = job(status=JobStatus.failed, **kept)
    for path in ("status/b1", "jobs/b1"):
        answer = program.caller().get(f"{BASE}/{path}")
        assert answer.json()["error"] == "The job ended without a result."
        assert "SELECT" not in answer.text
    assert JobState(status=JobStatus.failed, **kept).reason


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "http://evil.example"])
def test_an_origin_that_is_none_is_another_site(origin):
    """403, not a crash."""
    answer = Program().caller(Origin=origin).post(f"{BASE}/calculate", json={})
    assert answer.status_code == 403


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_forged_cursor_at_the_calendars_end(moment):
    """It is no cursor that a page gave."""
    forged = f"{moment}|550e8400-e29b-41d4-a716-446655440000"
    with pytest.raises(InvalidInput, match="cursor"):
        _position(base64.urlsafe_b64encode(forged.encode()).decode())


@pytest.mark.parametrize("zone", ["+23:59", "-15:59:59.999999", "+00:00"])
def test_a_cursor_of_any_zone_is_a_moment_that_the_database_knows(zone):
    """PostgreSQL has no zones beyond sixteen hours."""
    made = f"2026-01-01T00:00:00{zone}|550e8400-e29b-41d4-a716-446655440000"
    moment, _ = _position(base64.urlsafe_b64encode(made.encode()).decode())
    assert moment.utcoffset() == timedelta(0)
    assert moment == datetime.fromisoformat(f"2026-01-01T00:00:00{zone}")


@pytest.mark.parametrize("form", ["{%s}", "urn:uuid:%s", "%s\n", "%s0"])
def test_a_job_is_called_by_one_form_of_its_id(form):
    """Other spellings of a UUID would reach file names, sockets and logs."""
    own = "550E8400-e29b-41d4-a716-446655440000"
    assert valid_job_id(own) == own.lower()
    for other in (form % own, own.replace("-", ""), own.replace("5", "５")):
        with pytest.raises(JobNotFound):
            valid_job_id(other)
