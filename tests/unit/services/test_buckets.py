"""How many requests a caller may make, and whose jobs a caller sees."""

from __future__ import annotations

import pytest

from modelops_core.api.access import INCLUDES, Caller
from modelops_core.api.guard import Buckets
from modelops_core.domain.job import JobState, JobStatus


def allowed(buckets, caller="a"):
    """Requests in one instant until one is refused."""
    count = 0
    while buckets.take(caller) is None:
        count += 1
        assert count < 1000
    return count


@pytest.mark.parametrize(("per_minute", "bunch"), [(60, 15), (20, 5), (2, 1)])
def test_a_bucket_holds_a_bunch_however_long_it_fills(per_minute, bunch):
    """A quarter of a minute's requests, at least one: after a day of silence no more than that."""
    now = [0.0]
    buckets = Buckets(per_minute, lambda: now[0])
    assert allowed(buckets) == bunch
    now[0] += 86_400
    assert allowed(buckets) == bunch
    now[0] += 60 / per_minute
    assert allowed(buckets) == 1


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
def test_whose_jobs_a_caller_sees(scope, owner, jobs_owner, seen):
    """Their own; those of nobody only where nobody is told apart; administrators see all."""
    caller = Caller("name", owner, frozenset(INCLUDES[scope]), "127.0.0.1")
    assert caller.sees(JobState(status=JobStatus.running, owner=jobs_owner)) is seen
