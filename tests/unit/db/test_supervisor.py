"""The thread that watches a private cluster outlives a look that fails."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from modelops_core.bootstrap.databases import Databases
from modelops_core.db.cluster import supervisor
from modelops_core.db.cluster.private import Cluster
from modelops_core.settings import Settings
from tests.waiting import PATIENCE


@pytest.mark.parametrize("error", [PermissionError("postmaster.pid"), OSError("gone")])
def test_a_look_that_fails_is_not_the_last(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next look is made."""
    monkeypatch.setattr(supervisor, "INTERVAL", 0.001)
    looked_again, errors = threading.Event(), [error]

    def died() -> bool:
        if errors:
            raise errors.pop()
        looked_again.set()
        return False

    place = SimpleNamespace(root=tmp_path / "none")
    watching = supervisor.Supervisor(
        cast(Cluster, cast(Any, SimpleNamespace(place=place, died=died)))
    )
    watching.start()
    assert looked_again.wait(PATIENCE)
    watching.stop()


def test_a_disk_that_is_nearly_full_is_said_once(tmp_path: Path) -> None:
    """When it gets low, and again only after it had room; the pages' warning goes by the same line."""
    place = SimpleNamespace(root=tmp_path, free_megabytes=lambda: left.pop(0))
    cluster = cast(Cluster, cast(Any, SimpleNamespace(place=place, died=lambda: False)))
    watching = supervisor.Supervisor(cluster)
    left = [5000, 1000, 900, 1200, 5000, 1000]
    with capture_logs() as said:
        for _ in range(6):
            watching.check()
    assert [entry["free_megabytes"] for entry in said] == [1000, 1000]
    warned = []
    for free in (1023, 1024):
        app = Databases(Settings(_env_file=None))  # type: ignore[call-arg]
        app.__dict__["cluster"] = SimpleNamespace(
            place=SimpleNamespace(free_megabytes=lambda free=free: free)
        )
        warned.append(app.disk_warning())
    assert warned == [1023, None]
