"""Land or sea about Korea, from the 1 km mask of the package ``global_land_mask``."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo.packages import data_file

PACKAGE = "global_land_mask"
FILE = "globe_combined_mask_compressed.npz"
#: what is kept of the globe: south, north, west, east [°]
WINDOW = (32.0, 41.0, 122.0, 134.0)


@dataclass(frozen=True, slots=True)
class LandMask:
    """``ocean`` is (row from the north, column from the west), one value a 1/120°."""

    ocean: BoolArray
    north: float
    west: float
    step: float

    def is_sea(self, longitude: Array, latitude: Array) -> BoolArray:
        """True over the sea; outside the window counts as sea."""
        row = np.floor((self.north - latitude) / self.step).astype(int)
        column = np.floor((longitude - self.west) / self.step).astype(int)
        rows, columns = self.ocean.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        found = self.ocean[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
        return np.where(inside, found, True)


@lru_cache(maxsize=1)
def land_mask() -> LandMask:
    """The mask about Korea."""
    return window(*WINDOW)


def window(south: float, north: float, west: float, east: float) -> LandMask:
    """The mask between these degrees; only this part of the 930 MB globe is held in memory."""
    path = data_file(PACKAGE, FILE)
    try:
        with zipfile.ZipFile(path) as archive:
            latitude, longitude = _axis(archive, "lat"), _axis(archive, "lon")
            rows = np.flatnonzero((latitude > south) & (latitude < north))
            columns = np.flatnonzero((longitude > west) & (longitude < east))
            ocean = _part(archive, rows, columns, longitude.size)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error) from None
    step = float(longitude[1] - longitude[0])
    return LandMask(ocean, float(latitude[rows[0]]), float(longitude[columns[0]]), step)


def _axis(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(f"{name}.npy") as file:
        values = np.frombuffer(_body(file), dtype=np.float64)
    if np.ptp(np.diff(values)) > 1e-6:
        raise ValueError(f"{name} is not evenly spaced")
    return values


def _body(file: IO[bytes]) -> bytes:
    _skip_header(file)
    return file.read()


def _skip_header(file: IO[bytes]) -> None:
    np.lib.format.read_magic(file)
    np.lib.format.read_array_header_1_0(file)


def _part(archive: zipfile.ZipFile, rows: np.ndarray, columns: np.ndarray, width: int) -> BoolArray:
    """*rows* (consecutive) and *columns* of the mask, which is *width* columns wide."""
    with archive.open("mask.npy") as file:
        _skip_header(file)
        file.seek(int(rows[0]) * width, 1)
        return np.stack([np.frombuffer(file.read(width), dtype=bool)[columns] for _ in rows])
