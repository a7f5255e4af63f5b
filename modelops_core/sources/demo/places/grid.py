"""
``location_grid``: the 0.1° cells that hold land of South Korea.

Centres lie on tenths of a degree (…, 37.5, 37.6, …), as on the ERA5-Land grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.dataset import Dataset
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo import provenance, reference
from modelops_core.sources.demo.places import boundaries as source
from modelops_core.sources.demo.places.boundaries import Boundaries, south_korea
from modelops_core.sources.demo.places.coastline import coastline
from modelops_core.sources.demo.places.geometry import metres, to_metres

STEP = 0.1  # [°]
DECIMALS = 1
#: south, north, west, east of the cells looked at [°]
WINDOW = (33.0, 38.7, 124.5, 132.0)
#: cells with less land than this are sea, unless their centre is on land
LEAST_LAND = 0.02
MAJOR_BASINS = ("Han", "Nakdong", "Geum", "Yeongsan", "Seomjin")
#: islands outside the five basins: Jeju (no withdrawal figures) and Ulleung, which the
#: reference table gives to the basin of the nearest gauge, 160 km away on the mainland
OUTSIDE_BASINS = ("50110", "50130", "47940")

METHOD = (
    "Centres of 0.1° cells on tenths of a degree whose centre is on land or whose land share is at"
    " least 2 %. Land share and district (the one with most of the cell's land) by overlay with"
    " the district polygons in EPSG:5179; distance from the centre to the coastline, 0 at sea;"
    " basin through the district (basin=district), none on Jeju and Ulleung. Elevation is unknown"
    " (NULL): no installed package carries a public elevation grid."
)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells, sorted by latitude and longitude [°]; ``xy`` in EPSG:5179 [m]; all (cell, …)."""

    latitude: Array
    longitude: Array
    xy: Array
    land_fraction: Array
    coast_distance: Array
    district: npt.NDArray[np.str_]
    basin: npt.NDArray[np.str_]

    @property
    def cells(self) -> IntArray:
        """grid_id, from 1."""
        return np.arange(1, self.latitude.size + 1)


@lru_cache(maxsize=1)
def grid() -> Grid:
    """The cells of South Korea."""
    return _cells()


def _cells() -> Grid:
    return _of_country(south_korea())


def _of_country(country: Boundaries) -> Grid:
    latitude, longitude = _candidates()
    land = _land(latitude, longitude, country)
    share = (
        land.groupby("cell")["share"].sum().reindex(range(latitude.size), fill_value=0.0).to_numpy()
    )
    xy = metres(longitude, latitude)
    ashore = _ashore(xy, country)
    kept = ashore | (share >= LEAST_LAND)
    most = land.sort_values(["cell", "share"]).groupby("cell")["district"].last()
    district = most.reindex(np.flatnonzero(kept)).to_numpy(dtype=str)
    distance = np.where(ashore, _to_coast(xy), 0.0)[kept]
    return Grid(
        latitude[kept],
        longitude[kept],
        xy[kept],
        np.minimum(share[kept], 1.0),
        distance,
        district,
        _basins(district),
    )


def _candidates() -> tuple[Array, Array]:
    south, north, west, east = WINDOW
    latitude = np.round(np.arange(south, north + STEP / 2, STEP), DECIMALS)
    longitude = np.round(np.arange(west, east + STEP / 2, STEP), DECIMALS)
    grids = np.meshgrid(latitude, longitude, indexing="ij")
    return grids[0].ravel(), grids[1].ravel()


def _land(latitude: Array, longitude: Array, country: Boundaries) -> pd.DataFrame:
    """Share of each cell's area that lies in each district; rows (cell, district)."""
    half = STEP / 2
    squares = to_metres(
        shapely.box(longitude - half, latitude - half, longitude + half, latitude + half)
    )
    cell, district = shapely.STRtree(country.district_shapes).query(squares, predicate="intersects")
    common = shapely.intersection(squares[cell], country.district_shapes[district])
    share = shapely.area(common) / shapely.area(squares[cell])
    return pd.DataFrame(
        {"cell": cell, "district": country.district_codes[district], "share": share}
    )


def _ashore(xy: Array, country: Boundaries) -> npt.NDArray[np.bool_]:
    result = np.zeros(len(xy), dtype=bool)
    result[
        shapely.STRtree(country.district_shapes).query(shapely.points(xy), predicate="intersects")[
            0
        ]
    ] = True
    return result


def _to_coast(xy: Array) -> Array:
    """Distance to the nearest piece of coast [m]."""
    distance: Array = shapely.STRtree(coastline()).query_nearest(
        shapely.points(xy), return_distance=True, all_matches=False
    )[1]
    return distance


def _basins(district: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Basin of each district, '' outside the five major ones."""
    table = reference.table("sigungu_basin", dtype={"sgg_cd": str}).set_index("sgg_cd")["basin"]
    listed = reference.districts().index.difference(list(OUTSIDE_BASINS))
    unknown = [code for code in listed if table.get(code) not in MAJOR_BASINS]
    if unknown:
        raise SourceUnreadable("basin_missing", districts=unknown)
    return np.array(["" if code in OUTSIDE_BASINS else table[code] for code in district])


def dataset(cells: Grid) -> Dataset:
    """One row a cell."""
    return Dataset(
        table="location_grid",
        columns={
            "grid_id": cells.cells,
            "latitude": cells.latitude,
            "longitude": cells.longitude,
            "elevation_m": np.full(cells.cells.size, np.nan, dtype=np.float32),
            "coast_distance_m": cells.coast_distance.astype(np.float32),
            "land_fraction": cells.land_fraction.astype(np.float32),
            "basin_code": [basin or None for basin in cells.basin.tolist()],
            "admin_code": cells.district.tolist(),
        },
        provenance=provenance.packaged(
            "0.1° grid of South Korea",
            "National Geographic Information Institute; Han River Flood Control Office;"
            " global-land-mask",
            "open public data, attribution",
            source.PACKAGE,
            "derived",
            METHOD,
            "boundaries 2023-09-15",
        ),
    )
