"""Every official file at hand is recognised and read, with the counts that its folder states."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from modelops_core.domain.source import Given
from modelops_core.services.load_files import Request, load
from modelops_core.sources import kinds, unpacking
from modelops_core.sources.demo import reference
from tests.parameters import PARAMETERS
from tests.validation.conftest import DATA

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"raw observations are not at {DATA}")
RAIN = ("climate_obs/asos_rain69_daily_1976_2015.csv.gz", "climate_obs/asos_rain69_stations.csv")
#: kind, files → rows by table, rows left out, values that are unknown
FILES = {
    "admin": (
        ("admin/sigungu_2024.geojson", "population/sigungu_population_2024_06.csv"),
        {"location_admin": 252},
        (0, 0),
    ),
    "typhoon": (
        ("typhoon/ibtracs_wp_1951_2025.csv.gz",),
        {"api_typhoon_list": 637, "api_typhoon_tracks": 27783},
        (0, 0),
    ),
    "buildings": (
        ("buildings/care_facilities_building_register.csv",),
        {"api_buildings": 4063},
        (0, None),
    ),
    "sea-level": (
        ("sea_level/psmsl_korea_annual_rlr.csv", "sea_level/psmsl_korea_stations.csv"),
        {"tide_gauges": 45, "tide_gauge_levels": 1378},
        (0, 3),
    ),
    "daily": (
        RAIN,
        {"weather_stations": 69, "station_years": 2760, "station_months": 33120},
        (0, 165),
    ),
    "wamis": (
        (
            "hydro/nakdong_waterlevel_gauges_2025.csv",
            "hydro/hrfco_waterlevel_stations.csv",
            "hydro/hrfco_rainfall_stations.csv",
        ),
        {"api_wamis_stations": None},
        (0, None),
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_official_files_are_read_as_they_are(kind, report):
    """Recognised without a word of help; no row is left out."""
    names, rows, (dropped, unknown) = FILES[kind]
    files = [unpacking.measured(DATA / name) for name in names]
    found = load(Request(source=kinds.get(kind), files=files, dry_run=True), None, lambda *_: None)
    report(f"{kind}: {dict(found.rows)}, {found.dropped} dropped, {found.unknown} unknown")
    for table, count in rows.items():
        assert count is None or found.rows[table] == count
    assert found.dropped == dropped
    assert unknown is None or found.unknown == unknown


@pytest.fixture(scope="module")
def stations() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Years and months of the 69 stations, as they are loaded."""
    reading = kinds.get("daily").open([unpacking.measured(DATA / n) for n in RAIN], Given())
    rows = list(reading.chunks())[-1].rows
    years, months = (pd.DataFrame(dict(rows[t])) for t in ("station_years", "station_months"))
    return years, months


def test_years_of_stations_have_the_published_normals(stations, report):
    """Means of RX1DAY, RX5DAY, RAIN80, SDII and yearly rain of the years that the table names."""
    years, _ = stations
    normals = reference.table("station_rain_normals").set_index("stn_id")
    first = years["station_id"].map(normals["from"])
    used = years[(years["year"] >= first) & (years["year"] <= 2015)]
    mean = used.groupby("station_id")[["rn", "rx1day", "rx5day", "rain80", "sdii"]].mean()
    for name, column, tolerance in (
        ("rn", "rain_annual", 0.002),
        ("rx1day", "rx1day_mean", 0.002),
        ("rx5day", "rx5day_mean", 0.01),
        ("rain80", "rain80_days", 0.03),
        ("sdii", "sdii_mean", 0.01),
    ):
        off = np.abs(mean[name] / normals[column] - 1)
        report(f"{name}: largest difference from the normals {off.max():.4f} at {off.idxmax()}")
        assert off.median() < tolerance


def test_driest_months_are_the_reference_residuals(stations, report):
    """Yearly minima of SPEI-12 of stations without a missing year: quantiles as in the parameter file."""
    years, _ = stations
    whole = years.groupby("station_id")["rx1day"].transform("count") == 40
    minima = years.loc[whole & years["spei12_min"].notna(), "spei12_min"].to_numpy()
    stored = np.array(PARAMETERS.params("drought")["reference_residuals"])
    found = np.quantile(minima, (np.arange(40) + 0.5) / 40)
    report(f"{whole.sum() // 40} stations: largest difference {np.abs(found - stored).max():.3f}")
    assert np.abs(found - stored).max() < 0.1
