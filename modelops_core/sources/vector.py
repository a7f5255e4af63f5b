"""
Reads features with geometry: GeoJSON, GeoPackage, Shapefile, also zipped or gzipped.

The CRS is the file's own or named by the user, never guessed: coordinates of an old datum lie some
300 m off without looking wrong. Attributes come as text, like the cells of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataSourceError

from modelops_core.domain.source import Field
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import headers, unpacking
from modelops_core.sources.delimited import Frame

ROWS = 50_000  # of a frame
ENDINGS = (".geojson", ".gpkg", ".shp", ".json", ".fgb", ".kml")
#: tried where a shapefile does not say its encoding
ENCODINGS = ("utf-8", "cp949")
WGS84 = "EPSG:4326"
Geometries = npt.NDArray[Any]


class Features(NamedTuple):
    """A frame of attributes and the geometries of its rows [°, WGS84, longitude first]."""

    frame: Frame
    shapes: Geometries


@dataclass(frozen=True, slots=True)
class Layer:
    """The first layer of a recognised file."""

    name: str
    path: str
    crs: str
    encoding: str | None
    headers: tuple[str, ...]
    count: int

    def columns(self, declared: Sequence[Field]) -> dict[str, str]:
        """Field → header, for the fields that the file has; raises for a needed one it lacks."""
        return headers.find(self.headers, declared, self.name)

    def features(self, columns: Mapping[str, str], size: int = ROWS) -> Iterator[Features]:
        """The features in frames of *size*; row 1 is the first feature."""
        to_degrees = pyproj.Transformer.from_crs(self.crs, WGS84, always_xy=True)
        for start in range(0, self.count, size):
            part = _read(self.path, self.encoding, list(columns.values()), start, size)
            shapes = shapely.transform(
                part.shapes, lambda xy: np.stack(to_degrees.transform(xy[:, 0], xy[:, 1]), axis=1)
            )
            cells = pd.DataFrame({field: _text(part.cells[h]) for field, h in columns.items()})
            rows = np.arange(start, start + len(shapes), dtype=np.int64) + 1
            share = min((start + size) / max(self.count, 1), 1.0)
            yield Features(Frame(cells, rows, share), shapes)


class _Part(NamedTuple):
    cells: pd.DataFrame
    shapes: Geometries


def is_vector(path: Path) -> bool:
    """Whether the file's name is that of a file of features, perhaps zipped or gzipped."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".json"):
        return b'"FeatureCollection"' in unpacking.members(path)[0].head()
    return name.endswith(ENDINGS) or (name.endswith(".zip") and ".shp" in _inside(path))


def recognise(path: Path, crs: str | None = None, encoding: str | None = None) -> Layer:
    """Find layer, CRS and attributes of *path*; raises SourceUnreadable."""
    where = _where(path)
    try:
        info = pyogrio.read_info(where, encoding=encoding, force_feature_count=True)
    except (DataSourceError, UnicodeDecodeError, ValueError, IndexError):
        raise SourceUnreadable("features_broken", file=path.name) from None
    if info["geometry_type"] is None:
        raise SourceUnreadable("no_geometry", file=path.name)
    if not (crs or info["crs"]):
        raise SourceUnreadable("crs_unsaid", file=path.name)
    chosen = encoding or _encoding(path, where, info)
    if chosen != info["encoding"]:
        info = pyogrio.read_info(where, encoding=chosen, force_feature_count=True)
    fields = tuple(str(name) for name in info["fields"])
    return Layer(path.name, where, _crs(crs or info["crs"], path), chosen, fields, info["features"])


def _crs(text: str, path: Path) -> str:
    try:
        return str(pyproj.CRS.from_user_input(text).to_string())
    except pyproj.exceptions.CRSError:
        raise SourceUnreadable("crs_unknown", file=path.name, value=text) from None


def _inside(path: Path) -> str:
    """The names in an archive, as one text."""
    return " ".join(member.name.lower() for member in unpacking.members(path))


def _where(path: Path) -> str:
    """The path as GDAL takes it."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith(unpacking.GZIP):
        return f"/vsigzip/{path}"
    return f"/vsizip/{path}" if head.startswith(unpacking.ZIP) else str(path)


def _encoding(path: Path, where: str, info: Mapping[str, Any]) -> str | None:
    """The encoding of the attributes; that of a shapefile without a statement is tried."""
    if info["driver"] != "ESRI Shapefile" or info["encoding"] not in ("ISO-8859-1", None):
        return str(info["encoding"] or "UTF-8")
    for encoding in ENCODINGS:
        try:
            pyogrio.read_dataframe(where, encoding=encoding, read_geometry=False)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SourceUnreadable("encoding_differs", file=path.name, tried=list(ENCODINGS))


def _read(where: str, encoding: str | None, columns: list[str], start: int, size: int) -> _Part:
    try:
        frame = pyogrio.read_dataframe(
            where, encoding=encoding, columns=columns, skip_features=start, max_features=size
        )
    except (DataSourceError, UnicodeDecodeError, ValueError, IndexError):
        raise SourceUnreadable("features_broken", file=where.rpartition("/")[2]) from None
    return _Part(pd.DataFrame(frame[columns]), frame.geometry.to_numpy())


def _text(column: pd.Series) -> pd.Series:
    """Cells as text, '' where empty; whole numbers without a decimal point."""
    if pd.api.types.is_float_dtype(column):
        return column.map(lambda v: "" if np.isnan(v) else f"{v:.15g}")
    return column.map(lambda v: "" if v is None or v is pd.NA or v != v else str(v).strip())  # noqa: PLR0124
