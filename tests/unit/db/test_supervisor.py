"""The thread that watches a private cluster outlives a look that fails."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from modelops_core.db.cluster import supervisor
from modelops_core.db.cluster.private import Cluster
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
