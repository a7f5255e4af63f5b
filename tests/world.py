"""
A small invented country: two districts, six cells, everything the perils read.

Numbers are made up but ordinary; tests look at what becomes of them, not at them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from sqlalchemy import Engine

from modelops_core.db.inputs.loading import DatasetTables
from modelops_core.domain.dataset import Dataset, Provenance
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.perils import PERILS
from modelops_core.services import loading

SEED = 5
#: district → west, south, east, north
DISTRICTS = {
    "11140": ("서울특별시 중구", "Jung-gu, Seoul", (126.9, 37.5, 127.1, 37.7)),
    "26470": ("부산광역시 연제구", "Yeonje-gu, Busan", (128.9, 35.1, 129.1, 35.3)),
}
#: grid id → latitude, longitude, distance to the coast [m], basin, district
CELLS = {
    1: (35.15, 128.95, 3000.0, "Nakdong", "26470"),
    2: (35.15, 129.05, 500.0, "Nakdong", "26470"),
    3: (35.25, 129.05, 9000.0, "Nakdong", "26470"),
    4: (37.55, 126.95, 40000.0, "Han", "11140"),
    5: (37.55, 127.05, 45000.0, "Han", "11140"),
    6: (37.65, 127.05, 50000.0, None, "11140"),
}
HISTORY = np.arange(1991, 2021)
FUTURE = np.arange(2021, 2101)
#: warming per year after 2020 under each scenario [K]
WARMING = np.array([0.015, 0.03, 0.045, 0.06])
SEOUL = (37.56, 126.98)
BUSAN = (35.16, 129.06)
#: rows of an assessment: a peril, four scenarios, five horizons
SITE_ROWS = len(PERILS) * 4 * 5
#: rows of a result table after a nightly run
NIGHTLY_ROWS = len(CELLS) * SITE_ROWS


def fill(engine: Engine, *, years: np.ndarray | None = None) -> None:
    """Load everything; *years* restricts the climate tables."""
    loading.fill(datasets(years), DatasetTables(engine))


def datasets(years: np.ndarray | None = None) -> Iterator[Dataset]:
    """In an order that foreign keys allow."""
    chosen = np.concatenate([HISTORY, FUTURE]) if years is None else np.asarray(years)
    yield from _places()
    yield from _climate(chosen)
    yield from _buildings()
    yield from rivers()
    yield from _storms()


def _dataset(
    table: str, columns: dict, kind: str = "synthetic", members: int | None = None
) -> Dataset:
    provenance = Provenance(
        name="test world",
        provider="tests",
        licence="none",
        version="1",
        kind=kind,
        period="invented",
        members=members,
    )
    return Dataset(table=table, columns=columns, provenance=provenance)


def _places() -> Iterator[Dataset]:
    codes, names, english, boxes = zip(
        *((c, n, e, shapely.box(*b)) for c, (n, e, b) in DISTRICTS.items()), strict=True
    )
    levels = (
        [(c[:2], "sido", None) for c in codes]
        + [(c, "sigungu", c[:2]) for c in codes]
        + [(c + "510", "emd", c) for c in codes]
    )
    shapes = [
        shapely.to_wkb(
            shapely.set_srid(shapely.MultiPolygon([b]), 4326), hex=True, include_srid=True
        )
        for b in boxes
    ]
    people = {
        f"population_{y}": [None, None, 100_000 - 500 * (y - 2020), 200_000, None, None]
        for y in range(2020, 2051, 5)
    }
    yield _dataset(
        "location_admin",
        {
            "admin_code": [code for code, _, _ in levels],
            "level": [level for _, level, _ in levels],
            "parent_code": [parent for _, _, parent in levels],
            "admin_name": [*(n.split()[0] for n in names), *names, *(f"{n} 일동" for n in names)],
            "admin_name_en": [*english, *english, *english],
            "is_urban": [None, None, True, True, True, False],
            "geom": shapes * 3,
            **people,
        },
    )
    shore = shapely.set_srid(shapely.LineString([(128.9, 35.1), (129.1, 35.1)]), 4326)
    yield _dataset("coastline", {"geom": [shapely.to_wkb(shore, hex=True, include_srid=True)]})
    latitude, longitude, coast, basin, district = zip(*CELLS.values(), strict=True)
    yield _dataset(
        "location_grid",
        {
            "grid_id": list(CELLS),
            "latitude": list(latitude),
            "longitude": list(longitude),
            "coast_distance_m": list(coast),
            "land_fraction": [1.0] * len(CELLS),
            "basin_code": list(basin),
            "admin_code": list(district),
        },
    )
    yield _dataset(
        "sea_level_grid", {"grid_id": [1, 2], "latitude": [35.0, 36.8], "longitude": [129.0, 126.2]}
    )


def _climate(years: np.ndarray) -> Iterator[Dataset]:
    rng = np.random.default_rng(SEED)
    future = np.maximum(0, years - 2020)[:, None] * WARMING  # (year, scenario)
    cells = np.array(list(CELLS))
    season = -13 * np.cos(2 * np.pi * (np.arange(12) - 0.5) / 12)
    made = {
        "ta": lambda noise: 12.5 + season[None, :, None] + 0.6 * noise + future[:, None, :],
        "rn": lambda noise: (
            (40 + 220 * (np.abs(np.arange(12) - 6.5) < 1.6))[None, :, None]
            * np.exp(0.3 * noise)
            * (1 + 0.02 * future[:, None, :])
        ),
        "ws": lambda noise: np.maximum(0.5, 2.4 + 0.2 * noise + 0 * future[:, None, :]),
        "rhm": lambda noise: np.clip(64 + 4 * noise + 0 * future[:, None, :], 5, 100),
        "si": lambda noise: np.clip(
            13
            + 5 * -np.cos(2 * np.pi * np.arange(12) / 12)[None, :, None]
            + 0.5 * noise
            + 0 * future[:, None, :],
            1,
            30,
        ),
        "spei12": lambda noise: noise + 0 * future[:, None, :],
        "wsdi": lambda noise: np.round(np.maximum(0, 10 + 6 * noise + 30 * future)),
        "csdi": lambda noise: np.round(np.maximum(0, 4 + 3 * noise - 2 * future)),
        "rx1day": lambda noise: 140 * np.exp(0.3 * noise) * (1 + 0.065 * future),
        "rx5day": lambda noise: 240 * np.exp(0.3 * noise) * (1 + 0.065 * future),
        "cdd": lambda noise: np.round(25 + 5 * noise + 0 * future),
        "rain80": lambda noise: np.round(np.maximum(0, 2 + noise + 0 * future)),
        "sdii": lambda noise: 16 + noise + 0 * future,
    }
    months = (
        np.datetime64("1970-01") + ((years[:, None] - 1970) * 12 + np.arange(12)).ravel()
    ).astype("datetime64[D]")
    for name in MONTHLY:
        blocks = [made[name](rng.normal(size=(years.size, 12, 1))).reshape(-1, 4) for _ in cells]
        yield _dataset(
            f"{name}_data", _series(cells, "observation_date", months, blocks), "derived", 1
        )
    for name in YEARLY:
        blocks = [made[name](rng.normal(size=(years.size, 1))) for _ in cells]
        yield _dataset(f"{name}_data", _series(cells, "year", years, blocks), "derived", 1)
    rise = np.arange(2015, 2101)
    blocks = [
        np.maximum(0, rise - 2015)[:, None] * np.array([0.5, 0.62, 0.78, 0.96]) for _ in (1, 2)
    ]
    yield _dataset("sea_level_data", _series(np.array([1, 2]), "year", rise, blocks), "derived")


def _series(cells: np.ndarray, time: str, steps: np.ndarray, blocks: list[np.ndarray]) -> dict:
    values = np.concatenate(blocks)
    return {
        "grid_id": np.repeat(cells, steps.size),
        time: np.tile(steps, cells.size),
        **{code: values[:, i] for i, code in enumerate(("ssp1", "ssp2", "ssp3", "ssp5"))},
    }


def _buildings() -> Iterator[Dataset]:
    yield _dataset(
        "api_buildings",
        {
            "building_id": [1, 2],
            "latitude": [SEOUL[0] + 0.0005, BUSAN[0]],
            "longitude": [SEOUL[1], BUSAN[1] + 0.0005],
            "admin_code": ["11140", "26470"],
            "structure": ["철근콘크리트구조", None],
            "main_purpose": ["업무시설", "공장"],
            "built_year": [2000, None],
            "floors_above": [10, 2],
            "floors_below": [2, 0],
            "total_area": [5000.0, 800.0],
            "arch_area": [500.0, 400.0],
            "kind": ["synthetic", "synthetic"],
        },
    )


def rivers() -> Iterator[Dataset]:
    """One gauge with two months of flow."""
    yield _dataset(
        "api_wamis_stations",
        {
            "station_code": ["1001"],
            "station_name": ["한강대교"],
            "station_type": ["flow"],
            "river_name": ["한강"],
            "basin_code": ["Han"],
            "latitude": [37.51],
            "longitude": [126.95],
            "is_basin_outlet": [True],
        },
    )
    days = np.arange("2020-01-01", "2020-03-01", dtype="datetime64[D]")
    yield _dataset(
        "api_wamis_cache",
        {
            "station_code": ["1001"] * days.size,
            "data_type": ["flow"] * days.size,
            "observation_date": list(days.astype(str)),
            "value": np.linspace(100, 900, days.size).tolist(),
        },
    )


def _storms() -> Iterator[Dataset]:
    seasons = list(range(1985, 2025, 2))
    ids = [f"T{season}" for season in seasons]
    yield _dataset("api_typhoon_list", {"storm_id": ids, "season": seasons}, "observed")
    rows = [
        (
            storm,
            f"{season}-08-2{i}T{6 * j:02d}:00:00+00",
            31 + 2 * (4 * i + j) / 2,
            126.5 + (season % 5) / 2 + 0.6 * (4 * i + j) / 2,
            950 + 6 * (4 * i + j),
            None,
        )
        for storm, season in zip(ids, seasons, strict=True)
        for i in range(2)
        for j in range(4)
    ]
    names = ("storm_id", "track_time", "latitude", "longitude", "pressure_hpa", "wind_kt")
    yield _dataset(
        "api_typhoon_tracks",
        dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)),
        "observed",
    )
