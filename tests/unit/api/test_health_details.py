"""What the health routes say of a database, each number in its unit and place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from modelops_core.api import health
from modelops_core.errors import DatabaseUnavailable, SchemaOutdated
from tests.unit.api.program import Program

STATE = {
    "fits": True,
    "migrations": "up to date",
    "postgresql": "16.2",
    "postgis": "3.4",
    "datasets": 21,
    "queued": 3,
    "running": 2,
}


def program(**state):
    made = Program()
    made.stored_results.now = {**STATE, **state}
    return made


def test_ages_and_counts_in_their_places():
    """Data of three days, a nightly run of six hours, three jobs that wait and two that run."""
    now = datetime.now(UTC)
    made = program(
        data_loaded_at=now - timedelta(days=3), last_night_at=now - timedelta(hours=6, minutes=30)
    )
    found = made.caller().get("/health/db").json()

    assert found["data_age_days"] == pytest.approx(3, abs=0.02)
    assert found["last_night_age_hours"] == pytest.approx(6.5, abs=0.02)
    assert (found["jobs_queued"], found["jobs_running"], found["datasets"]) == (3, 2, 21)
    assert (found["postgresql"], found["postgis"]) == ("16.2", "3.4")
    assert (found["status"], found["database"]) == ("healthy", "connected")


def test_what_never_was_has_no_age():
    """Unknown is null, not zero."""
    found = program().caller().get("/health/db").json()
    assert (found["data_age_days"], found["last_night_age_hours"]) == (None, None)


@pytest.mark.parametrize(
    ("state", "database", "ready"),
    [
        ({"last_night_at": datetime(2026, 1, 1, tzinfo=UTC)}, 200, 200),
        ({"last_night_at": None}, 200, 503),
        (
            {
                "fits": False,
                "migrations": "run: db migrate",
                "last_night_at": datetime(2026, 1, 1, tzinfo=UTC),
            },
            503,
            503,
        ),
    ],
)
def test_healthy_is_not_yet_ready(state, database, ready):
    """Ready needs a nightly run; an old schema is neither."""
    client = program(**state).caller()
    assert client.get("/health/db").status_code == database
    answer = client.get("/health/ready")
    assert answer.status_code == ready
    assert bool(answer.json()["reasons"]) == (ready == 503)
    assert answer.json()["status"] == ("ready" if ready == 200 else "not ready")


def test_a_server_that_only_reads_a_newer_database_is_ready_and_says_so():
    now = datetime.now(UTC)
    client = program(fits=True, migrations="reads only", last_night_at=now).caller()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["reasons"] == ["reads only"]
    assert client.get("/health/db").json()["migrations"] == "reads only"


@pytest.mark.parametrize(
    ("error", "connection"),
    [(DatabaseUnavailable(), "disconnected"), (SchemaOutdated(), "connected")],
)
def test_a_database_that_answers_with_an_error_is_there(error, connection):
    """Only one that cannot be reached is disconnected."""
    made = Program()

    def state():
        raise error

    made.stored_results.state = state
    answer = made.caller().get("/health/db")
    assert (answer.status_code, answer.json()["database"]) == (503, connection)
    assert answer.json()["reason"]
    assert made.caller().get("/health").status_code == 200


def test_an_age_is_rounded_to_hundredths():
    """90 minutes are 1.5 hours."""
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert health._age(now - timedelta(minutes=90), now, health.HOUR) == 1.5
    assert health._age(now - timedelta(hours=36), now, health.DAY) == 1.5
