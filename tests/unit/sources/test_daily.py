"""Daily rain of stations as yearly indices, monthly rain and SPEI."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from modelops_core.domain.source import Given
from modelops_core.errors import SourceUnreadable
from modelops_core.indicators import rain_days
from modelops_core.sources import kinds, unpacking
from tests.verification.references import indices, xr

PLACES = (
    "stn_id,name_en,latitude,longitude,altitude,first_valid_year,suspect_years\n"
    "90,Sokcho,38.25,128.56,18.1,,\n108,Seoul,37.57,126.97,86,2002,2003;2005-06\n"
)


def made(years=(2001, 2003), stations=(90,), seed=1):
    """Days of drawn rain, the half of them dry."""
    days = pd.date_range(f"{years[0]}-01-01", f"{years[1]}-12-31", name="date")
    draw = np.random.default_rng(seed)
    shape = (len(days), len(stations))
    rain = np.where(draw.random(shape) < 0.5, 0.0, draw.gamma(0.7, 20, shape)).round(1)
    return pd.DataFrame(rain, index=days, columns=list(stations))


def read(tmp_path, tables, given=None):
    """The rows of the last chunk, all rejects, and the reading."""
    paths = []
    for name, text in tables.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text)
    files = [unpacking.measured(path) for path in paths]
    reading = kinds.get("daily").open(files, given or Given())
    chunks = list(reading.chunks())
    return chunks[-1].rows, [r for c in chunks for r in c.rejects], reading


@pytest.mark.filterwarnings("ignore:The 'name' property is deprecated")  # xclim on pandas 3
def test_indices_are_those_of_xclim():
    """RX1DAY, RX5DAY, longest dry and wet spell, intensity and total of drawn years."""
    days = made((1999, 2004), (90, 108))
    found = rain_days.yearly(
        rain_days.Record(days.index.to_numpy().astype("datetime64[D]"), days.to_numpy())
    )
    rain = xr.DataArray(
        days.to_numpy(),
        dims=("time", "station"),
        coords={"time": days.index.to_numpy()},
        attrs={"units": "mm/d"},
    )
    expected = {
        "rx1day": indices.max_1day_precipitation_amount(rain),
        "rx5day": indices.max_n_day_precipitation_amount(rain, window=5),
        "cdd": indices.maximum_consecutive_dry_days(rain, thresh="1 mm/day"),
        "cwd": indices.maximum_consecutive_wet_days(rain, thresh="1 mm/day"),
        "sdii": indices.daily_pr_intensity(rain, thresh="1 mm/day"),
        "rain80": indices.wetdays(rain, thresh="80 mm/day", op=">="),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values.values, rtol=1e-9, err_msg=name)


def test_a_wide_table_of_stations(tmp_path):
    """A year with an unknown day, years without rain and those said to be missing have no index."""
    days = made((2001, 2006), (90, 108))
    days.loc["2001", 90] = 0.0
    days = days.astype(object)
    days.loc["2002-07-01", 90] = ""
    rows, rejects, reading = read(tmp_path, {"rain.csv": days.to_csv(), "places.csv": PLACES})
    years = pd.DataFrame(dict(rows["station_years"])).set_index(["station_id", "year"])
    assert years.loc[90, "days"].tolist() == [0, 364, 365, 366, 365, 365]
    assert years.loc[90, "rx1day"].isna().tolist() == [True, True, False, False, False, False]
    assert years.loc[108, "rx1day"].isna().tolist() == [True, False, True, False, True, True]
    assert [(r.row, r.column, r.reason, r.value[-4:]) for r in rejects] == [
        (2, "station 90", "missing_as_zero", "2001"),
        (2, "station 108", "said_missing", "2001"),
        (732, "station 108", "said_missing", "2003"),
        (1463, "station 108", "said_missing", "2005"),
        (1828, "station 108", "said_missing", "2006"),
    ]
    assert rows["weather_stations"]["name"] == ["Sokcho", "Seoul"]
    assert (reading.period, reading.facts["empty"]) == ("2001-2006", "unknown")


def test_a_long_download_of_the_kma(tmp_path):
    """Korean headers; an empty amount is no rain there, and that is said; a day twice is one."""
    days = made((2001, 2001)).stack().reset_index()
    days.columns = ["일시", "지점", "일강수량(mm)"]
    days["일강수량(mm)"] = days["일강수량(mm)"].where(days["일강수량(mm)"] > 0)
    days = pd.concat([days, days.tail(1)])
    rows, rejects, reading = read(
        tmp_path, {"rain.csv": days.to_csv(index=False), "places.csv": PLACES}
    )
    assert rows["station_years"]["days"] == [365]
    assert rows["station_years"]["rn"][0] == pytest.approx(
        days["일강수량(mm)"][:-1].sum(), rel=1e-5
    )
    assert (rejects, reading.facts["empty"]) == ([], "no rain, as in KMA's downloads")


def test_spei_is_standard_normal_over_the_record(tmp_path):
    """Of thirty years; the first eleven months have none; fewer than twenty years have none."""
    rows, _, _ = read(tmp_path, {"rain.csv": made((1986, 2015)).to_csv(), "places.csv": PLACES})
    index = rows["station_months"]["spei12"]
    assert np.isnan(index[:11]).all()
    assert abs(np.nanmean(index)) < 0.05
    assert np.nanstd(index) == pytest.approx(1, abs=0.05)
    least = rows["station_years"]["spei12_min"]
    assert np.isnan(least[0])
    assert least[1] == index[12:24].min()
    short, _, _ = read(tmp_path, {"rain.csv": made((2001, 2010)).to_csv(), "places.csv": PLACES})
    assert np.isnan(short["station_months"]["spei12"]).all()


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"r.csv": "date,90\n2001-01-01,1\n"}, "1 tables of daily rain and 0 of stations"),
        ({"r.csv": "date,95\n2001-01-01,1\n", "p.csv": PLACES}, "r.csv, row 2: station 95"),
        (
            {"r.csv": "date,90\n2001-01-01,1\n2001-01-01,2\n", "p.csv": PLACES},
            "r.csv, station_years: rows 2 and 3 have the same station_id, date (90, 2001-01-01)",
        ),
        ({"r.csv": "stn_id,rain_mm\n90,1\n", "p.csv": PLACES}, "no column for date"),
        ({"r.csv": "date,90\n2001-01-01,1\n", "p.csv": PLACES.replace("2005-06", "2005 ff")}, "ff"),
    ],
)
def test_what_cannot_be_placed_or_read(tmp_path, tables, said):
    """One line names the file, the row and the value."""
    with pytest.raises(SourceUnreadable) as raised:
        read(tmp_path, tables)
    assert said in str(raised.value)
