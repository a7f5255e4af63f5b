"""
The order of the tests when several processes share them, and the figures they report.

`bash scripts/test.sh` gives each file to one process (pytest-xdist, --dist loadfile). Files that
take long come first, so that the processes end at about the same time.
"""

from __future__ import annotations

from pathlib import Path

import pytest

#: where a file's tests take long: about the seconds of one file, largest first
LONG = (
    ("tests/ui/", "_browser.py", 100),
    ("tests/unit/demo/", ".py", 60),
    ("tests/jobs/", ".py", 40),
    ("tests/api/", ".py", 40),
    ("tests/db/", ".py", 30),
    ("tests/ui/", ".py", 30),
    ("tests/contract/", ".py", 20),
    ("tests/validation/", ".py", 20),
    ("tests/verification/", ".py", 10),
)
ROOT = Path(__file__).parents[1]


def _seconds(item: pytest.Item) -> int:
    """About how long the file of a test takes."""
    path = item.path.relative_to(ROOT).as_posix()
    return next((s for start, end, s in LONG if path.startswith(start) and path.endswith(end)), 0)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first, in a run of several processes."""
    if hasattr(config, "workerinput"):
        items.sort(key=_seconds, reverse=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the validations measured; `report` of tests/validation keeps it."""
    figures = [
        value
        for reports in terminalreporter.stats.values()
        for one in reports
        if isinstance(one, pytest.TestReport) and one.when == "call"
        for name, value in one.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("measured against observations")
        for figure in figures:
            terminalreporter.write_line(str(figure))
