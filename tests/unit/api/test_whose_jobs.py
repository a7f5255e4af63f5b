"""Whose jobs a caller sees."""

from __future__ import annotations

import pytest

from modelops_core.api.access import INCLUDES, Caller
from modelops_core.domain.job import JobState, JobStatus


@pytest.mark.parametrize(
    ("scope", "owner", "jobs_owner", "seen"),
    [
        ("run", "me", "me", True),
        ("run", "me", "other", False),
        ("run", "me", None, False),
        ("read", "me", None, False),
        ("admin", "me", "other", True),
        ("admin", "me", None, True),
        ("run", None, None, True),
        ("run", None, "other", False),
    ],
)
def test_a_caller_sees_their_own_jobs(scope, owner, jobs_owner, seen):
    """Jobs without an owner are seen where access is not controlled; administrators see all."""
    caller = Caller("name", owner, frozenset(INCLUDES[scope]), "127.0.0.1")
    assert caller.sees(JobState(status=JobStatus.running, owner=jobs_owner)) is seen
