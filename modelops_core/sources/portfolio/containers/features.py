"""GeoJSON, GeoPackage, Shapefile: attributes, and the position of each feature as lat and lon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely

from modelops_core.errors import SourceUnreadable
from modelops_core.sources import unpacking, vector
from modelops_core.sources.portfolio import limits
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet

POSITION = ("lat", "lon")


def fits(path: Path, head: bytes) -> bool:
    """By its name; a JSON file only where it says that it holds features."""
    if path.suffix.lower() == ".json":
        return b'"FeatureCollection"' in head
    return vector.is_vector(path)


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """The first layer as a sheet, positions in ° WGS84; raises SourceUnreadable."""
    unpacking.refuse_beyond(path, limits.UNPACKED)
    layer = vector.recognise(path, reader.crs, reader.encoding)
    taken = [name for name in layer.headers if name.lower() not in POSITION]
    if not layer.count:
        raise SourceUnreadable("table_empty", file=path.name)
    frames = list(layer.features({str(i): name for i, name in enumerate(taken)}))
    cells = pd.concat([one.frame.cells for one in frames], ignore_index=True)
    points = np.concatenate([_inside(one.shapes) for one in frames])
    exact = pyproj.CRS(layer.crs) == pyproj.CRS(vector.WGS84)
    cells = cells.set_axis(range(len(taken)), axis=1)
    for i, values in enumerate((shapely.get_y(points), shapely.get_x(points))):
        cells[len(taken) + i] = ["" if np.isnan(v) else _degrees(v, exact) for v in values.tolist()]
    return [
        Sheet(
            file=path.name,
            name="",
            headers=(*taken, *POSITION),
            letters=("",) * (len(taken) + 2),
            cells=cells,
            rows=np.concatenate([one.frame.rows for one in frames]),
        )
    ]


def _degrees(value: float, exact: bool) -> str:
    """All figures of a coordinate, a centimetre's of one that was transformed."""
    return repr(value) if exact else f"{value:.7f}"


def _inside(shapes: vector.Geometries) -> vector.Geometries:
    """A point of each shape: its own, or one inside its outline."""
    points: vector.Geometries = shapely.point_on_surface(shapes)
    return points


CONTAINER = Container(name="features", fits=fits, read=read)
