"""Degrees (EPSG:4326) and metres (EPSG:5179), and the form the database takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from modelops_core.domain.climate import Array

Geometries = npt.NDArray[Any]

WGS84 = 4326
KOREA_2000 = 5179
_FORWARD = Transformer.from_crs(WGS84, KOREA_2000, always_xy=True)
_BACK = Transformer.from_crs(KOREA_2000, WGS84, always_xy=True)


def metres(longitude: Array, latitude: Array) -> Array:
    """(…, 2) coordinates in EPSG:5179 [m]."""
    return np.stack(_FORWARD.transform(longitude, latitude), axis=-1)


def degrees(xy: Array) -> Array:
    """(…, 2) longitude and latitude [°] of coordinates in EPSG:5179."""
    return np.stack(_BACK.transform(xy[..., 0], xy[..., 1]), axis=-1)


def to_metres(geometries: Geometries) -> Geometries:
    """The same shapes in EPSG:5179."""
    result: Geometries = shapely.transform(geometries, lambda c: metres(c[:, 0], c[:, 1]))
    return result


def to_degrees(geometries: Geometries) -> Geometries:
    """The same shapes in EPSG:4326."""
    result: Geometries = shapely.transform(geometries, degrees)
    return result


def ewkb(geometries: Geometries) -> list[str]:
    """Hexadecimal EWKB with SRID 4326 of shapes in degrees."""
    marked = shapely.set_srid(geometries, WGS84)
    return list(shapely.to_wkb(marked, hex=True, include_srid=True))


def multipolygons(polygons: Geometries) -> Geometries:
    """Each polygon as a valid MultiPolygon; what is not area (touching lines) is dropped."""
    valid = np.where(shapely.is_valid(polygons), polygons, shapely.make_valid(polygons))
    result = np.empty(len(valid), dtype=object)
    result[:] = [_areas(shape) for shape in valid]
    return result


def _areas(shape: Any) -> Any:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
