"""Tables as files: CSV for spreadsheets, GeoParquet, FlatGeobuf and GeoPackage for maps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

from modelops_core.errors import InvalidInput
from modelops_core.services import safe_text

WGS84 = "EPSG:4326"
DRIVERS = {".fgb": "FlatGeobuf", ".gpkg": "GPKG"}


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """UTF-8 with BOM, so that Excel reads the Korean; no text is taken for anything else."""
    inert = {name: _inert(table[name]) for name in table.columns}
    with _written(path):
        pd.DataFrame(inert).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _inert(column: pd.Series) -> pd.Series:
    if column.dtype != object:
        return column
    return column.map(lambda value: safe_text.for_csv(value) if isinstance(value, str) else value)


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """A table without positions; unknown is null."""
    with _written(path):
        table.to_parquet(path, index=False, compression="zstd")


def write_features(path: Path, table: pd.DataFrame) -> None:
    """Points by the columns latitude and longitude: .parquet, .fgb or .gpkg by the name."""
    here = table["longitude"].notna() & table["latitude"].notna()
    points = geopandas.points_from_xy(table["longitude"], table["latitude"], crs=WGS84)
    frame = geopandas.GeoDataFrame(table, geometry=np.where(here, points, None), crs=WGS84)
    with _written(path):
        if path.suffix == ".parquet":
            frame.to_parquet(path, index=False)
        else:
            # FlatGeobuf has no place in its index for a site without a position
            index = {} if here.all() or path.suffix != ".fgb" else {"SPATIAL_INDEX": "NO"}
            path.unlink(missing_ok=True)
            frame.to_file(path, driver=DRIVERS[path.suffix], engine="pyogrio", **index)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Say in the product's words where a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise InvalidInput("file_unwritable", file=path, reason=error.strerror or error) from None
