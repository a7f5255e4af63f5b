"""What several validations need, made once; measured figures are printed at the end of the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelops_core.sources.demo.climate import climate
from modelops_core.sources.demo.places import grid

#: raw observations, outside the repository
DATA = Path(__file__).parents[3] / "shared" / "data"
SEED = 20240601
FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def series() -> climate.Series:
    """The demonstration climate of every cell."""
    return climate.series(grid.grid(), SEED)


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a figure that is measured and told, not tuned to."""
    return request.config.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was measured."""
    if figures := config.stash.get(FIGURES, []):
        terminalreporter.section("measured against observations")
        for figure in figures:
            terminalreporter.write_line(figure)
