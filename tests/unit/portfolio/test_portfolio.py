"""What a portfolio says of itself: repeated places, and the grade of a position."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.portfolio import Portfolio, best_status
from modelops_core.domain.result import Status
from modelops_core.perils import PERILS


def portfolio(**columns: list[float]) -> Portfolio:
    """Three sites of which nothing is known but *columns*."""
    numbers = {
        name: np.array(columns.get(name, [np.nan] * 3))
        for name in [
            "latitude",
            "longitude",
            "contents_value",
            "revenue",
            "owner_occupied",
            "first_floor_height_m",
            "flood_barrier_m",
            "service_equipment_raised",
        ]
    }
    texts = {
        name: np.array(["", "", ""], dtype=object)
        for name in ["site_name", "address", "district_code", "industry", "group"]
    }
    return Portfolio(
        name="three",
        source_row=np.array([2, 3, 4]),
        site_id=np.array(["a", "b", "c"], dtype=object),
        address_match=np.array(columns.get("address_match", [1, 1, 1])),
        same_place=np.array(columns.get("same_place", [0, 1, 2])),
        given={"asset_value": np.array([1e9, 2e9, 3e9])},
        **numbers,
        **texts,
    )


@pytest.mark.parametrize("peril", PERILS.values(), ids=lambda peril: peril.key)
def test_a_coarse_position_limits_perils_of_depth_only(peril):
    """From a street on a depth is weak, from a postcode on unknown; a day's heat is the town's."""
    status = best_status(np.array([1, 3, 4, 6, 7, 8, 20, 0]), peril)

    ok, low, none = Status.ok, Status.low_confidence, Status.not_assessed
    depth = peril.site_factor == "inundation"
    assert list(status) == (
        [ok, ok, low, low, none, none, none, none] if depth else [ok] * 7 + [none]
    )


def test_a_repeated_place_is_told_from_the_first_one():
    """The first of two sites at one place counts, the second is marked."""
    assert list(portfolio(same_place=[0, 1, 0]).repeated) == [False, False, True]


def test_a_site_without_coordinates_is_not_placed():
    """One unknown coordinate is enough."""
    found = portfolio(latitude=[37.5, np.nan, 37.5], longitude=[127.0, 127.0, np.nan])

    assert list(found.placed) == [True, False, False]


def test_columns_cannot_be_changed():
    """A stage that writes into a portfolio is noticed, in the given columns too."""
    found = portfolio()

    with pytest.raises(ValueError, match="read-only"):
        found.latitude[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        found.given["asset_value"][0] = 1.0
