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


@pytest.fixture(scope="session")
def series() -> climate.Series:
    """The demonstration climate of every cell."""
    return climate.series(grid.grid(), SEED)


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Takes a figure that is measured and reported, not tuned to; printed at the end of the run."""
    return lambda figure: record_property("figure", figure)


def pytest_configure(config: pytest.Config) -> None:
    """Turn on the country that `tests.country` keeps."""
    config.pluginmanager.import_plugin("tests.country")
