"""Rows of the climate tables as arrays: gaps, places, shared years, storms."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.db.inputs import climate

NAN = np.nan
FILL = {"reference": 1010.0, "divisor": 6.7, "exponent": 0.644, "ten_minute_ratio": 0.93}


def records(*rows):
    """(cell, time, ssp1, ssp2, ssp3, ssp5) as a binary COPY gives them."""
    kinds = [("grid_id", "i4"), ("time", "i4"), *((code, "f4") for code in climate.CODES)]
    return np.array(list(rows), dtype=kinds)


def test_values_lie_at_their_cell_year_and_scenario():
    """A year or a cell without a row is unknown; a cell without a node has no values at all."""
    found = records((3, 2001, 1, 2, 3, 4), (5, 2003, 5, 6, 7, 8))
    years, values = climate._spread(found, np.array([3, 5]), np.array([5, -1, 3, 5]), False)
    assert years.tolist() == [2001, 2002, 2003]
    assert values.shape == (4, 3, 4)
    np.testing.assert_array_equal(values[2, 0], [1, 2, 3, 4])
    np.testing.assert_array_equal(values[0, 2], [5, 6, 7, 8])
    np.testing.assert_array_equal(values[3], values[0])
    assert np.isnan(values[1]).all()
    assert np.isnan(values[2, 1:]).all()
    assert np.isnan(values[0, :2]).all()


def test_months_lie_in_their_years():
    """Days since 2000: the first and last months fill whole years."""
    december, january = -31, 366  # 1999-12-01, 2001-01-01
    found = records((1, december, 1, 1, 1, 1), (1, january, 2, 2, 2, 2))
    years, values = climate._spread(found, np.array([1]), np.array([1]), True)
    assert years.tolist() == [1999, 2000, 2001]
    assert values.shape == (1, 36, 4)
    known = np.flatnonzero(~np.isnan(values[0, :, 0]))
    assert known.tolist() == [11, 24]


def test_tables_of_different_years_share_one_span():
    """What a table does not cover is unknown; scenario, year, month and cell are axes in this order."""
    early = (np.array([2000]), np.full((2, 12, 4), 7, np.float32))
    late = (np.array([2001, 2002]), np.arange(16, dtype=np.float32).reshape(2, 2, 4))
    cells = [{"grid_id": 8, "latitude": 1.0}, {"grid_id": 9, "latitude": 2.0}]
    found = climate._assemble(
        cells, {"ta": early, "cdd": late}, frozenset({"ta", "cdd", "latitude"})
    )
    assert (found.years.tolist(), found.cells.tolist()) == ([2000, 2001, 2002], [8, 9])
    assert found["ta"].shape == (4, 3, 12, 2)
    assert (found["ta"][:, 0] == 7).all()
    assert np.isnan(found["ta"][:, 1:]).all()
    assert np.isnan(found["cdd"][:, 0]).all()
    assert found["cdd"][:, 1:, 1].tolist() == [[8, 12], [9, 13], [10, 14], [11, 15]]
    assert found["latitude"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("differs", "shared"), [({}, 5), ({0: 2}, 2), ({0: 3, 1: 1}, 1), ({0: 1, 1: 3}, 1), ({1: 0}, 0)]
)
def test_scenarios_agree_as_long_as_all_variables_do(differs, shared):
    """The first year in which any variable differs ends it; unknown equals unknown."""
    arrays = [np.ones((4, 5, 3)), np.full((4, 5, 12, 3), NAN)]
    for which, year in differs.items():
        arrays[which] = arrays[which].copy()
        arrays[which][3, year, ..., 1] = 2.0
    assert climate._shared_years(arrays) == shared


def node(storm, hour, pressure=980.0, wind=NAN):
    return {
        "storm_id": storm,
        "hour": hour,
        "latitude": 30.0 + hour,
        "longitude": 125.0,
        "pressure": pressure,
        "wind": wind,
    }


def test_a_storm_is_its_track():
    """Two positions at least; hours from its own first one; seasons from the first to the last."""
    listed = [
        {"storm_id": s, "season": y, "name": s.upper()}
        for s, y in (("a", 1990), ("b", 1992), ("c", 1994), ("d", 1995))
    ]
    nodes = [
        *(node("a", hour) for hour in (100, 106, 112)),
        node("b", 200),
        *(node("c", hour) for hour in (300, 306)),
    ]
    storms = climate.catalogue(listed, nodes, FILL)
    fields = [getattr(storms, name) for name in type(storms).__dataclass_fields__]
    ids, seasons, start, hours, latitude, _, _, years, names = fields
    assert names == storms.called == ("A", "C")
    assert (ids, seasons.tolist(), start.tolist()) == (("a", "c"), [1990, 1994], [0, 3, 5])
    assert hours.tolist() == [0, 6, 12, 0, 6]
    assert latitude.tolist() == [130, 136, 142, 330, 336]
    assert years.tolist() == [1990, 1991, 1992, 1993, 1994]


def test_an_unknown_pressure_follows_from_the_wind():
    """1010 − (V / .93 / 6.7)^(1/.644); a known one stays; a wind below zero is none."""
    listed = [{"storm_id": "a", "season": 1990}]
    nodes = [node("a", 0, 950.0, 100.0), node("a", 6, NAN, 62.31), node("a", 12, NAN, -5.0)]
    storms = climate.catalogue(listed, nodes, FILL)
    fields = [getattr(storms, name) for name in type(storms).__dataclass_fields__]
    assert fields[6] == pytest.approx([950.0, 1010.0 - 10 ** (1 / 0.644)])


def test_no_storm_is_an_empty_catalogue():
    """Without seasons."""
    storms = climate.catalogue([], [], FILL)
    fields = [getattr(storms, name) for name in type(storms).__dataclass_fields__]
    assert all(len(field) == 0 for field in (fields[0], fields[1], *fields[3:]))
