"""What psycopg2 prints itself, and then replaces by an error it raises, stays off the terminal."""

from __future__ import annotations

import sys

import psycopg2
import pytest

from modelops_core.db import engine


def test_only_the_replaced_error_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A SystemError of C code that the driver's own error caused; anything else is printed."""
    printed: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: printed.append(error))
    engine._hide_errors_of_copy.__wrapped__()  # as in a new process
    replaced, own, other = SystemError("decode"), SystemError("mine"), ValueError("wrong")
    replaced.__cause__ = other.__cause__ = psycopg2.OperationalError("terminating connection")
    for error in (replaced, own, other):
        sys.excepthook(type(error), error, None)
    assert printed == [own, other]
