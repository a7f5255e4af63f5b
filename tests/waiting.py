"""Waiting for a state: a look again and again, with a deadline that a busy machine keeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

#: longer than anything takes with both processors busy; only a failing test waits so long [s]
PATIENCE = 300.0
T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first result of *condition* that is true; an AssertionError after *seconds*."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)
    return result
