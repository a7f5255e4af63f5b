"""The portfolio of the cases from public reports: what a check says of each of its cells."""

from __future__ import annotations

import pytest

from tests.unit.portfolio.files import cells, checked
from tests.validation.conftest import DATA

FILE = DATA.parent / "cases" / "portfolio_oed.csv"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the cases are not here")
WRONG = [
    ("E6", "coordinates_exchanged"),
    ("E5", "place_missing"),
    ("F6", "coordinates_exchanged"),
    ("I5", "year_future"),
]


def test_errors_are_those_of_the_cells_that_are_wrong():
    """Exchanged, without a position, not built yet; and dollars without a rate."""
    assert cells(checked(FILE)) == [*WRONG, ("T4", "currency_without_rate")]
    assert cells(checked(FILE, rates={"USD": 1400.0})) == WRONG


def test_a_location_on_two_rows_counts_once():
    """0007 stands on rows for two perils; its name keeps its zeros."""
    found = checked(FILE)

    assert found.sites == 4
    assert ("C3", "rows_repeated") in cells(found, "warning")
