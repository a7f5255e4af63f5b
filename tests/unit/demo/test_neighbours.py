"""Land around the country: squares of the mask, joined, without the country and its slivers."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from modelops_core.errors import SourceUnreadable
from modelops_core.sources import neighbours
from modelops_core.sources.demo.places.landmask import LandMask

STEP = 1 / 120


def mask(dry):
    """A mask whose squares of BLOCK cells are *dry*, from 40 °N 120 °E to the south and east."""
    ocean = ~np.kron(np.array(dry, dtype=bool), np.ones((neighbours.BLOCK,) * 2, dtype=bool))
    return LandMask(ocean, 40.0 - STEP / 2, 120.0 + STEP / 2, STEP)


def test_land_stands_where_the_mask_is_dry():
    """Two rows of four squares of a twentieth of a degree: a rectangle of 0.1 by 0.2 degrees."""
    found = neighbours.land(mask([[0, 0, 0, 0, 0], [0, 1, 1, 1, 1], [0, 1, 1, 1, 1]]))

    assert found.bounds == pytest.approx((120.05, 39.85, 120.25, 39.95))
    assert found.area == pytest.approx(0.1 * 0.2, rel=0.1)


def test_two_coasts_are_two_parts():
    """What water parts is not joined."""
    found = neighbours.land(mask([[1, 1, 0, 0, 1, 1], [1, 1, 0, 0, 1, 1]]))

    assert len(shapely.get_parts(found)) == 2


def test_the_country_and_slivers_beside_it_are_left_out():
    """Ten degrees of land, five of which are the country but for a strip of a hundredth."""
    whole, country = shapely.box(120, 30, 130, 40), shapely.box(125, 30.01, 130, 40)
    found = neighbours.beside(whole, country, 0.05)

    assert found.bounds == pytest.approx((120, 30, 125, 40), abs=0.03)
    assert found.area == pytest.approx(50, rel=1e-3)


def test_the_neighbours_of_korea():
    """Pyongyang, Beijing and Osaka stand on their land; Seoul and the Yellow Sea do not."""
    country = shapely.to_geojson(shapely.box(126, 34, 129.5, 38))
    parts = [shapely.from_geojson(text) for text in neighbours.outlines([country])]
    land = shapely.union_all(parts)

    for longitude, latitude in ((125.75, 39.03), (116.4, 39.9), (135.6, 34.7)):
        assert land.contains(shapely.Point(longitude, latitude))
    for longitude, latitude in ((126.98, 37.57), (123.5, 35.5)):
        assert not land.contains(shapely.Point(longitude, latitude))
    assert all(json.loads(shapely.to_geojson(part))["type"] == "Polygon" for part in parts)
    assert shapely.get_num_coordinates(np.array(parts)).sum() < 20_000


def test_without_the_mask_there_are_none(monkeypatch):
    """The package belongs to an extra: the map then shows the country alone."""

    def absent(*_):
        raise SourceUnreadable("not installed")

    monkeypatch.setattr(neighbours, "window", absent)
    assert neighbours.outlines([]) == []
