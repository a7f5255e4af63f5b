"""Whose jobs a caller of the API may read."""

from __future__ import annotations

import pytest

from modelops_core.api.access import INCLUDES, Caller, visible_job
from modelops_core.domain.job import JobState, JobStatus
from modelops_core.errors import JobNotFound


def caller(scope, owner):
    return Caller("someone", owner, frozenset(INCLUDES[scope]), "127.0.0.1")


@pytest.mark.parametrize(
    ("scope", "owner", "job_owner", "seen"),
    [
        ("read", "key a", "key a", True),
        ("run", "key a", "key b", False),
        ("run", "key a", None, False),
        ("read", "key a", None, False),
        ("admin", "key a", "key b", True),
        ("admin", "key a", None, True),
        ("admin", None, "key a", True),
        ("read", None, None, True),
    ],
)
def test_who_may_read_a_job(scope, owner, job_owner, seen):
    """One's own; an administrator all; jobs without an owner are not everybody's with a key."""
    job = JobState(status=JobStatus.running, owner=job_owner)
    if seen:
        assert visible_job(caller(scope, owner), job, "b") is job
    else:
        with pytest.raises(JobNotFound, match="no job with that id"):
            visible_job(caller(scope, owner), job, "b")
