"""Tables as files: CSV for spreadsheets, GeoParquet, FlatGeobuf and GeoPackage for maps."""

from __future__ import annotations

import io
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

from modelops_core.services import safe_text
from modelops_core.sources import whole_file

WGS84 = "EPSG:4326"
DRIVERS = {".fgb": "FlatGeobuf", ".gpkg": "GPKG"}


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """UTF-8 with BOM, so that Excel reads the Korean; no text is taken for anything else."""
    inert = {name: _inert(table[name]) for name in table.columns}
    with whole_file.written(path) as part:
        pd.DataFrame(inert).to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _inert(column: pd.Series) -> pd.Series:
    if column.dtype != object:
        return column
    return column.map(lambda value: safe_text.for_csv(value) if isinstance(value, str) else value)


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """A table without positions; unknown is null."""
    with whole_file.written(path) as part:
        table.to_parquet(part, index=False, compression="zstd")


def write_features(path: Path, table: pd.DataFrame) -> None:
    """Points by the columns latitude and longitude: .parquet, .fgb or .gpkg by the name."""
    here = table["longitude"].notna() & table["latitude"].notna()
    points = geopandas.points_from_xy(table["longitude"], table["latitude"], crs=WGS84)
    frame = geopandas.GeoDataFrame(table, geometry=np.where(here, points, None), crs=WGS84)
    with whole_file.written(path) as part:
        if path.suffix == ".parquet":
            frame.to_parquet(part, index=False)
        else:
            part.write_bytes(_by_gdal(frame, path, whole=bool(here.all())))


def _by_gdal(frame: geopandas.GeoDataFrame, path: Path, whole: bool) -> bytes:
    """The file in memory: on a full disk GDAL would leave it cut off, and say nothing."""
    # FlatGeobuf has no place in its index for a site without a position
    index = {} if whole or path.suffix != ".fgb" else {"SPATIAL_INDEX": "NO"}
    made = io.BytesIO()
    frame.to_file(made, driver=DRIVERS[path.suffix], layer=path.stem, engine="pyogrio", **index)
    return made.getvalue()
