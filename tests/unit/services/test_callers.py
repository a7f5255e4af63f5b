"""Whose jobs a caller may read."""

from __future__ import annotations

import pytest

from modelops_core.bootstrap.job_access import JobAccess
from modelops_core.domain.access import Caller
from modelops_core.domain.job import JobState, JobStatus
from modelops_core.errors import JobNotFound
from tests.unit.api.program import NoSites


@pytest.mark.parametrize(
    ("role", "owner", "job_owner", "seen"),
    [
        ("viewer", "key a", "key a", True),
        ("analyst", "key a", "key b", False),
        ("analyst", "key a", None, False),
        ("viewer", "key a", None, False),
        ("admin", "key a", "key b", True),
        ("admin", "key a", None, True),
        ("admin", None, "key a", True),
    ],
)
def test_who_may_read_a_job(role, owner, job_owner, seen):
    """One's own; an administrator all; jobs without an owner are not everybody's with a key."""
    job = JobState(status=JobStatus.running, owner=job_owner)
    caller = Caller("someone", owner, role, kind="key")
    access = JobAccess(None, NoSites(), None)
    if seen:
        assert access.visible("b", job, caller) is job
    else:
        with pytest.raises(JobNotFound, match="no job with that id"):
            access.visible("b", job, caller)


@pytest.mark.parametrize(("kind", "seen"), [("person", True), ("key", False)])
def test_a_person_follows_the_nightly_run(kind, seen):
    """By its state as by the job itself; a key sees its own jobs only."""
    night = JobState(status=JobStatus.running, job_type="nightly")
    reader = Caller("someone", "a@b.kr", "viewer", kind=kind)
    access = JobAccess(None, NoSites(), None)
    if seen:
        assert access.visible("b", night, reader) is night
    else:
        with pytest.raises(JobNotFound):
            access.visible("b", night, reader)
