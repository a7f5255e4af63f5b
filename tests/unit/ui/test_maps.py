"""What the map component is sent: the places of the cells, packed."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.ui.kit import maps


def unpacked(places):
    """Latitudes and longitudes from the stretches, as the page reads them."""
    row, column, cells = (
        places.runs[name].to_numpy().astype(int) for name in ("row", "column", "cells")
    )
    within = np.arange(cells.sum()) - np.repeat(cells.cumsum() - cells, cells)
    return places.south + np.repeat(row, cells) * places.step, places.west + (
        np.repeat(column, cells) + within
    ) * places.step


@pytest.mark.parametrize("step", [0.1, 0.01])
def test_places_come_back_as_they_were(step):
    """Rows with gaps, single cells, whatever the order."""
    chance = np.random.default_rng(3)
    rows, columns = np.nonzero(chance.random((40, 50)) < 0.7)
    latitude, longitude = np.round(33.105 + rows * step, 6), np.round(124.605 + columns * step, 6)
    found = maps.places(latitude, longitude, step)
    np.testing.assert_allclose(unpacked(found), [latitude, longitude], atol=1e-9)
    assert len(found.runs) < 0.4 * latitude.size

    order = chance.permutation(latitude.size)
    np.testing.assert_allclose(
        unpacked(maps.places(latitude[order], longitude[order], step)),
        [latitude[order], longitude[order]],
        atol=1e-9,
    )


def test_a_stretch_ends_with_its_row():
    """The last cell of a row and the first of the next are no neighbours, even one column further."""
    found = maps.places(np.array([36.0, 36.1]), np.array([127.0, 127.1]), 0.1)
    assert found.runs["cells"].tolist() == [1, 1]


def test_a_country_is_few_bytes():
    """100,000 cells in rows of a thousand: less than a byte a hundred cells."""
    latitude, longitude = (axis.ravel() for axis in np.mgrid[33:34:0.01, 124:134:0.01])
    found = maps.places(latitude, longitude, 0.01)
    assert found.runs.memory_usage(index=False).sum() < 1000


def test_no_cells_no_places():
    """An empty grid draws an empty map."""
    assert len(maps.places(np.empty(0), np.empty(0), 0.1).runs) == 0
