"""Climate grids in the forms in which they are published, as tiny files over four cells."""

from __future__ import annotations

import gzip
import io
import tarfile

import netCDF4
import numpy as np
import pytest

from modelops_core.domain.source import Given
from modelops_core.domain.window_means import Places
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources import kinds, unpacking
from modelops_core.sources.climate import lines

#: 0.1° cells, of which the second stands alone in its row
CELLS = Places(np.array([5, 6, 9]), np.array([37.4, 37.4, 37.5]), np.array([127.0, 127.1, 127.0]))
LATITUDE = np.round(37.3 + 0.05 * np.arange(6), 2)
LONGITUDE = np.round(126.95 + 0.05 * np.arange(5), 2)
TA = "AR6_SSP245_5ENSMN_skorea_TA_gridraw_monthly_2021_2021.nc"
DAYS = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])


def plane(steps=12):
    """Values (step, row, column) that say where they stand: step + row / 10 + column / 100."""
    t, y, x = np.ogrid[:steps, : LATITUDE.size, : LONGITUDE.size]
    return (t + y / 10 + x / 100).astype(np.float32)


def write(
    path,
    values=None,
    name="TA",
    units="degC",
    time=DAYS,
    since="days since 2021-01-01",
    calendar="standard",
    dims=("time", "latitude", "longitude"),
    latitude=LATITUDE,
    longitude=LONGITUDE,
    fill=None,
    form="NETCDF4",
    attributes=None,
    chunk=None,
    scale=None,
):
    """Write a grid; *fill* is declared as _FillValue."""
    values = plane(len(time)) if values is None else values
    with netCDF4.Dataset(path, "w", format=form) as data:
        data.setncatts(attributes or {})
        for dim, size in zip(dims, values.shape, strict=True):
            data.createDimension(dim, size)
        axis = data.createVariable(dims[0], "f8", dims[:1])
        axis[:] = time
        if since:
            axis.units = since
        if calendar:
            axis.calendar = calendar
        for dim, coordinate in zip(dims[1:], (latitude, longitude), strict=True):
            own = dims[1:] if np.ndim(coordinate) == 2 else (dim,)
            data.createVariable(dim, "f4", own)[:] = coordinate
        made = data.createVariable(
            name, "i2" if scale else "f4", dims, fill_value=fill, chunksizes=chunk, zlib=bool(chunk)
        )
        made.set_auto_maskandscale(False)
        if units is not None:
            made.units = units
        if scale:
            made.scale_factor = scale
        made[:] = values
    return path


def load(path, given=None, places=CELLS, files=()):
    reading = kinds.get("climate").open(
        [unpacking.measured(p) for p in (path, *files)], given or Given()
    )
    reading.place(places)
    chunks = list(reading.chunks())
    rows = {}
    for chunk in chunks:
        for table, columns in chunk.rows.items():
            for column, part in columns.items():
                rows.setdefault(table, {}).setdefault(column, []).append(part)
    joined = {t: {c: np.concatenate(p) for c, p in cols.items()} for t, cols in rows.items()}
    return joined, reading, [r for chunk in chunks for r in chunk.rejects]


def refused(path, given=None, **more):
    with pytest.raises((SourceUnreadable, InvalidInput)) as raised:
        load(path, given, **more)
    return str(raised.value)


def expected(values=None, latitude=LATITUDE):
    """Means of the points within ± 0.05° of each cell's centre, (cell, step)."""
    values = plane() if values is None else values
    means = []
    for y, x in zip(CELLS.latitude, CELLS.longitude, strict=True):
        rows = (latitude > y - 0.06) & (latitude < y + 0.04)
        columns = (x - 0.06 < LONGITUDE) & (x + 0.04 > LONGITUDE)
        part = values[:, rows][:, :, columns].astype(float)
        means.append(np.nanmean(part.reshape(len(values), -1), axis=1))
    return np.array(means)


def test_a_published_grid(tmp_path):
    """Name, unit and axis say what it is; each cell has the mean of its points in each month."""
    rows, reading, rejects = load(write(tmp_path / TA))
    table = rows["ta_data"]
    assert set(table) == {"grid_id", "observation_date", "ssp2"}
    assert table["grid_id"].tolist() == np.repeat([5, 6, 9], 12).tolist()
    assert [str(d) for d in table["observation_date"][[0, 11]]] == ["2021-01-01", "2021-12-01"]
    np.testing.assert_allclose(table["ssp2"].reshape(3, 12), expected(), rtol=1e-6)
    assert rejects == []
    [source] = reading.provenance()["ta_data"]
    assert (source.members, source.kind, source.period) == (5, "derived", "2021-2021")
    assert source.provider == "Korea Meteorological Administration"
    what = kinds.get("climate").publishes(reading)
    assert (what.tables, what.fills) == (("ta_data",), ("ssp2",))
    assert what.within["ta_data"] == ("observation_date", "2021-01-01", "2021-12-31")
    assert reading.facts["set"].startswith("mean of 5 models")


@pytest.mark.parametrize(
    "form",
    [
        "south first",
        "north first",
        "two-dimensional",
        "short names",
        "classic",
        "chunked in time",
        "lower case",
        "gzip in nc",
        "tar.gz",
    ],
)
def test_the_same_grid_in_other_forms(tmp_path, form, monkeypatch):
    """Every form of the same values gives the same rows."""
    path, values = tmp_path / TA, plane()
    if form == "north first":
        write(path, values[:, ::-1], latitude=LATITUDE[::-1])
    elif form == "two-dimensional":
        y, x = np.meshgrid(LATITUDE, LONGITUDE, indexing="ij")
        write(path, latitude=y, longitude=x)
    elif form == "short names":
        write(path, dims=("t", "y", "x"))
    elif form == "classic":
        write(path, form="NETCDF3_CLASSIC")
    elif form == "chunked in time":
        monkeypatch.setattr("modelops_core.sources.climate.netcdf.BLOCK", 200)
        write(path, chunk=(12, 2, 3))
    else:
        write(path)
    if form == "lower case":
        path = path.rename(tmp_path / TA.lower())
    elif form == "gzip in nc":
        path.write_bytes(gzip.compress(path.read_bytes()))
    elif form == "tar.gz":
        path = packed(tmp_path / TA.replace(".nc", "_nc.tar.gz"), {TA: path.read_bytes()})
    rows, _, _ = load(path)
    np.testing.assert_allclose(rows["ta_data"]["ssp2"].reshape(3, 12), expected(), rtol=1e-6)


def packed(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize("fill", [-9990, 1e20, np.nan])
@pytest.mark.parametrize("declared", [True, False])
def test_unknown_values_are_left_out_of_the_means(tmp_path, fill, declared):
    """Whether declared or not; a cell of the sea has no rows."""
    values, known = plane(), plane()
    for where in ((slice(None), 2, 1), (3, slice(None), slice(4))):
        values[where], known[where] = fill, np.nan
    values[:, 1:3, 2:4], known[:, 1:3, 2:4] = fill, np.nan
    rows, _, rejects = load(
        write(tmp_path / TA, values, fill=np.float32(fill) if declared else None)
    )
    table = rows["ta_data"]
    with pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        found = expected(known)
    np.testing.assert_allclose(table["ssp2"].reshape(-1, 12)[[0, -1]], found[[0, 2]], rtol=1e-6)
    assert set(table["grid_id"]) == {5, 9}
    assert rejects == []


def test_float32_coordinates_are_snapped(tmp_path):
    """Points on a cell's edge lie in the same cell whatever float32 makes of 37.35."""
    off = LONGITUDE.astype(np.float32) + np.float32(8e-6)
    rows, _, _ = load(write(tmp_path / TA, longitude=off, latitude=LATITUDE - 4e-6))
    np.testing.assert_allclose(rows["ta_data"]["ssp2"].reshape(3, 12), expected(), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "units", "given", "values", "factor", "offset"),
    [
        ("ta", "K", None, 273.15 + plane(), 1, -273.15),
        ("ws", "km/h", None, plane(), 1 / 3.6, 0),
        ("rhm", "1", None, plane() / 100, 100, 0),
        ("si", "W m-2", None, plane() * 10, 0.0864, 0),
        ("si", "MJ/m2", "MJ/m2/day", plane(), 1, 0),
        ("rn", "kg m-2 s-1", None, plane() / 86400, 86400, 0),
        ("rn", "mm", None, plane() + 20, 1, 0),
    ],
)
def test_units_are_those_of_the_table(tmp_path, name, units, given, values, factor, offset):
    """Stated, or given where they say no time span; rates of rain become monthly totals."""
    path = tmp_path / TA.replace("TA", name.upper())
    rows, reading, _ = load(write(path, values, name.upper(), units), Given(unit=given))
    table = rows[f"{name}_data"]
    days = np.diff([*DAYS, 365]) if units.startswith("kg") else 1
    found = expected(values.astype(np.float32)) * factor * days + offset
    np.testing.assert_allclose(table["ssp2"].reshape(3, 12), found, rtol=1e-4, atol=1e-4)
    assert reading.facts["unit"].startswith(given or units)


def test_a_monthly_total_of_radiation(tmp_path):
    """Divided by the month's days where it is said to be a total."""
    path = write(tmp_path / TA.replace("TA", "SI"), plane() + 300, "SI", "MJ/m2")
    rows, _, _ = load(path, Given(unit="MJ/m2/month"))
    days = np.diff([*DAYS, 365])
    found = (expected() + 300) / days
    np.testing.assert_allclose(rows["si_data"]["ssp2"].reshape(3, 12), found, rtol=1e-6)


@pytest.mark.parametrize(
    ("time", "since"),
    [
        (np.arange(12), "months since 2021-01-01"),
        (np.arange(12) + 0.5, "months since 2021-01-01"),
        (202101 + np.arange(12), None),
        (20210115 + 100 * np.arange(12), None),
        (np.arange(12), None),
        (DAYS * 24.0, "hours since 2021-01-01 00:00:00"),
    ],
)
def test_time_axes_that_nobody_decoded(tmp_path, time, since):
    """Months since, dates as numbers, and positions in the period of the name."""
    rows, _, _ = load(write(tmp_path / TA, time=time, since=since, calendar=None))
    assert [str(d) for d in rows["ta_data"]["observation_date"][[0, 11]]] == [
        "2021-01-01",
        "2021-12-01",
    ]


def test_yearly_extremes_and_packed_numbers(tmp_path):
    """RX1DAY of three years as short integers with a scale, and a fill among them."""
    values = np.full((3, LATITUDE.size, LONGITUDE.size), 1200, dtype=np.int16)
    values[:, :, ::2] = -9990
    path = tmp_path / "SSP126_RX1DAY_gridraw_yearly_2021-2023.nc"
    write(path, values, "RX1DAY", "mm", [2021, 2022, 2023], None, None, fill=-9990, scale=0.1)
    assert "kind of set: give --members" in refused(path)
    rows, reading, _ = load(path, Given(members=5))
    assert rows["rx1day_data"]["year"].tolist() == [2021, 2022, 2023] * 3
    np.testing.assert_allclose(rows["rx1day_data"]["ssp1"], 120, rtol=1e-6)
    assert kinds.get("climate").publishes(reading).within["rx1day_data"] == ("year", "2021", "2023")


def test_observations_are_the_history_of_all_scenarios(tmp_path):
    """MK-PRISM says no scenario: it is the past, which is the same in each."""
    path = write(tmp_path / "MKPRISM_MKPRISMv31_TA_gridraw_monthly_2021_2021.nc")
    rows, reading, _ = load(path)
    table = rows["ta_data"]
    assert set(table) > {"ssp1", "ssp2", "ssp3", "ssp5"}
    np.testing.assert_array_equal(table["ssp1"], table["ssp5"])
    [source] = reading.provenance()["ta_data"]
    assert (source.members, source.kind) == (0, "observed")


def test_parts_of_a_series(tmp_path):
    """Two files of a year each are one series; another scenario, or a gap, is none."""
    first = write(tmp_path / TA)
    second = write(tmp_path / TA.replace("2021", "2022"), since="days since 2022-01-01")
    rows, _, _ = load(second, files=[first])
    assert str(rows["ta_data"]["observation_date"][23]) == "2022-12-01"
    third = write(tmp_path / TA.replace("2021", "2023"), since="days since 2023-01-01")
    assert "begins in 2023-01" in refused(first, files=[third])
    other = write(tmp_path / TA.replace("245", "585"))
    assert "no parts of one series" in refused(first, files=[other])


def text(values, separator=" "):
    return "\n".join(separator.join(f"{v:.2f}" for v in plane.ravel()) for plane in values) + "\n"


@pytest.fixture
def tiny_lines(monkeypatch):
    monkeypatch.setattr(lines, "SHAPES", {30: (6, 5, 0.05)})
    monkeypatch.setattr(lines, "SOUTH", 37.3)
    monkeypatch.setattr(lines, "WEST", 126.95)
    monkeypatch.setattr(lines, "is_lines", lambda head: head[:1].isdigit())


def test_text_without_headers(tmp_path, tiny_lines):
    """A line a month; the unit is the published one and said so."""
    path = packed(
        tmp_path / TA.replace(".nc", "_asc.tar.gz"),
        {TA.replace("nc", "asc"): text(plane()).encode()},
    )
    rows, reading, _ = load(path)
    np.testing.assert_allclose(rows["ta_data"]["ssp2"].reshape(3, 12), expected(), rtol=1e-3)
    assert reading.facts["unit"] == "°C, as published; the file states none"
    years = {f"TA_{year}.txt": text(plane() + year - 2021).encode() for year in (2022, 2021)}
    rows, _, _ = load(packed(tmp_path / TA.replace("2021.nc", "2022_asc.tar.gz"), years))
    series = rows["ta_data"]["ssp2"].reshape(3, 24)
    np.testing.assert_allclose(series[:, 12:], series[:, :12] + 1, rtol=1e-3)
    path = tmp_path / "SSP245_5ENSMN_gridraw_TA.asc"
    path.write_text(text(plane()))
    assert "12 steps, and neither a time axis nor a period" in refused(path)
    rows, _, _ = load(path, Given(period="2031-2031"))
    assert str(rows["ta_data"]["observation_date"][0]) == "2031-01-01"
    path = tmp_path / TA.replace("nc", "asc")
    path.write_text(text(plane(11)))
    assert "11 steps; 2021-2021 has 12" in refused(path)
    path.write_text(text(plane()).replace("3.00 ", "", 1))
    assert "line 4 has 29 values" in refused(path)
    path.write_text(text(plane()).replace("3.00", "3,x0", 1).replace(",", ""))
    assert "line 4, value 1: '3x0' is no number" in refused(path)


def test_tables_of_points(tmp_path):
    """Long with a unit in the header, and wide with a column a scenario."""
    long = tmp_path / "points.csv"
    long.write_text(
        "위도,경도,년월,TA(K)\n37.35,127.0,2021-01,280\n37.40,127.0,202101,282\n"
        "37.4,127.1,2021-02,x\n37.4,127.1,2021-01,-9999\n50,127,2021-01,280\n"
    )
    given = Given(scenario="ssp3", members=1)
    rows, reading, rejects = load(long, given)
    assert rows["ta_data"]["grid_id"].tolist() == [5]
    assert rows["ta_data"]["ssp3"] == pytest.approx(281 - 273.15)
    assert sorted((r.row, r.value) for r in rejects) == [(4, "x"), (6, "50")]
    assert reading.facts["period"] == "2021-01 – 2021-01"
    wide = tmp_path / "rx1day_5ENSMN.csv"
    wide.write_text(
        "lat,lon,year,SSP126 (mm),SSP585 (mm)\n37.4,127,2021,100,120\n37.5,127,2022,90,\n"
    )
    rows, reading, _ = load(wide)
    table = rows["rx1day_data"]
    assert table["year"].tolist() == [2021, 2022, 2021, 2022]
    np.testing.assert_array_equal(table["ssp1"], np.array([100, np.nan, np.nan, 90], np.float32))
    np.testing.assert_array_equal(
        table["ssp5"], np.array([120, np.nan, np.nan, np.nan], np.float32)
    )
    assert kinds.get("climate").publishes(reading).fills == ("ssp1", "ssp5")


def test_values_out_of_range(tmp_path):
    """A few are unknown and said with their place; more of them mean another unit."""
    values = np.tile(plane(), (40, 1, 1))
    values[7, 2, 1] = 999
    path = tmp_path / TA.replace("2021_2021", "2021_2060")
    write(path, values, time=np.arange(480), since="months since 2021-01-01")
    _, _, rejects = load(path)
    [one] = rejects
    assert (one.row, one.column, one.value) == (8, "TA[7, 2, 1]", "999")
    assert (one.reason, one.dropped) == ("out_of_range", False)
    said = refused(write(tmp_path / TA, plane() + 273.15))
    assert "TA[0, 1, 0] = 273.25; allowed: -60 to 60 °C. 144 of 144 values" in said


def test_what_no_korean_climate_is(tmp_path):
    """Rain in metres is refused as a whole."""
    path = tmp_path / TA.replace("TA", "RN").replace("2021_2021", "2021_2030")
    values = np.full((120, 6, 5), 0.1, np.float32)
    write(path, values, "RN", "mm", np.arange(120), "months since 2021-01-01")
    assert "rn, mean year total: 1.2 mm; allowed: 200 to 6000" in refused(path)


BROKEN = {
    "cut off": (lambda p: p.write_bytes(write(p).read_bytes()[:-400]), "cut off or damaged"),
    "classic cut off": (
        lambda p: p.write_bytes(write(p, form="NETCDF3_CLASSIC").read_bytes()[:900]),
        "cut off or damaged",
    ),
    "half a gzip": (
        lambda p: p.write_bytes(gzip.compress(write(p).read_bytes())[:2000]),
        "cut off or damaged",
    ),
    "half a tar": (
        lambda p: packed(p, {TA: write(p).read_bytes()}).write_bytes(p.read_bytes()[:2000]),
        "cut off or damaged",
    ),
    "no NetCDF": (lambda p: p.write_bytes(b"\x89PNG\r\n\0\0" * 9), "neither NetCDF nor text"),
    "a web page": (lambda p: p.write_text("<!DOCTYPE html><p>404"), "web page"),
    "empty": (lambda p: p.write_bytes(b""), "no rows"),
    "another variable": (lambda p: write(p, name="TAMAX"), "variable 'TAMAX' is none"),
    "variable differs": (
        lambda p: write(p, name="RN", units="mm"),
        "variable differs (its name: ta; its contents: rn)",
    ),
    "scenario differs": (
        lambda p: write(p, attributes={"scenario": "SSP5-8.5"}),
        "scenario differs (its name: ssp2; its contents: ssp5)",
    ),
    "kind of set differs": (
        lambda p: write(p, attributes={"source": "HadGEM3-RA"}),
        "kind of set differs (its name: 5; its contents: 1)",
    ),
    "period differs": (
        lambda p: write(p, since="days since 2031-01-01"),
        "period differs (its name: 2021-2021; its contents: 2031-2031)",
    ),
    "swapped": (
        lambda p: write(p, latitude=LONGITUDE[[0, 1, 2, 3, 4, 4]], longitude=LATITUDE[:5]),
        "point 0 is at latitude, longitude 126.95, 37.3: they are swapped",
    ),
    "outside Korea": (
        lambda p: write(p, latitude=LATITUDE - 10),
        "no point lies in a cell of the climate grid (27.3 … 27.55 °N",
    ),
    "coarse": (
        lambda p: write(p, latitude=36.4 + np.arange(6) / 4, longitude=127 + np.arange(5) / 4),
        "points lie 0.25° apart",
    ),
    "turned": (
        lambda p: write(p, dims=("latitude", "longitude", "time"), time=range(12)),
        "TA has the dimensions latitude, longitude, time",
    ),
    "360 days": (lambda p: write(p, calendar="360_day"), "calendar is 360_day"),
    "daily": (lambda p: write(p, time=np.arange(12)), "time[1] is 2021-01 behind 2021-01"),
    "a month lacks": (
        lambda p: write(p, time=[*DAYS[:5], *DAYS[6:], 365]),
        "time[5] is 2021-07 behind 2021-05",
    ),
    "no date": (
        lambda p: write(p, time=np.arange(12) * 1e9),
        "time[1] = 1e+09 with the units 'days since 2021-01-01'",
    ),
    "another unit": (lambda p: write(p, units="degF"), "the unit 'degF' is none of ta"),
    "all sea": (lambda p: write(p, plane() * np.nan), "no value of ta is known"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_files_are_refused_in_one_line(tmp_path, what):
    """Each with the file, and the place and value where there is one."""
    make, said = BROKEN[what]
    path = tmp_path / TA
    make(path)
    sentence = refused(path)
    assert said in sentence
    assert TA in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("TA_5ENSMN_2021_2021.nc", None, "does not say its scenario: give --scenario"),
        ("SSP119_5ENSMN_TA.nc", None, "'ssp119' is no scenario"),
        ("SSP126_SSP245_5ENSMN_TA.nc", None, "several scenarios"),
        (TA, {"scenario": "rcp85"}, "'rcp85' is no scenario"),
        (TA, {"variable": "tamax"}, "tamax"),
        (TA, {"resolution": 0.01}, "cells of 0.1°, not of 0.01°"),
        ("SSP126_TA.nc", None, "kind of set: give --members"),
    ],
)
def test_what_is_not_said_is_asked_for(tmp_path, name, given, said):
    """Scenario, kind of set, and options that fit nothing."""
    assert said in refused(write(tmp_path / name), Given(**(given or {})))


def test_a_unit_that_is_not_said(tmp_path):
    """KMA's is known by its names and said; radiation and others' files are asked for."""
    _, reading, _ = load(write(tmp_path / TA, units=None))
    assert "the file states none" in reading.facts["unit"]
    other = write(tmp_path / "SSP126_5model_TA.nc", units=None)
    assert "does not say its unit: give --unit" in refused(other, Given(members=5))
    radiation = write(tmp_path / TA.replace("TA", "SI"), name="SI", units="MJ/m2")
    assert "a daily mean and a monthly total differ by thirty" in refused(radiation)


def test_reading_twice_gives_the_same(tmp_path):
    """A load that was cut off skips what it has staged."""
    reading = kinds.get("climate").open([unpacking.measured(write(tmp_path / TA))], Given())
    reading.place(CELLS)
    first, second = ([c.rows["ta_data"]["ssp2"] for c in reading.chunks() if c.rows] for _ in "ab")
    np.testing.assert_array_equal(first, second)
