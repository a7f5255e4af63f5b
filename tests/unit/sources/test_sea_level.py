"""Projections of sea level on nodes, and tide gauges as changes."""

from __future__ import annotations

import netCDF4
import numpy as np
import pytest

from modelops_core.domain.source import Given
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.services.load_files import Request, load
from modelops_core.sources import kinds, unpacking

NODES, DATA = "sea_level_grid", "sea_level_data"
PROBLEMS = (InvalidInput, SourceUnreadable)
GAUGES = "psmsl_id,lat,lon,name\n955,35.10,129.04,BUSAN\n1,48.38,-4.49,BREST\n"


def read(paths, given=None):
    """The rows of all chunks by table, the rejects, and the reading."""
    reading = kinds.get("sea-level").open(
        [unpacking.measured(path) for path in paths], given or Given()
    )
    chunks = list(reading.chunks())
    return chunks[-1].rows, [r for c in chunks for r in c.rejects], reading


def grid(path, *, unit="m", variable="slr", scale=0.01, swapped=False, years=86):
    """A rise of 1 to 86 *scale*, at 2 × 2 nodes of 2-D coordinates, one of them land."""
    with netCDF4.Dataset(path, "w") as data:
        for name, size in (("time", years), ("j", 2), ("i", 2)):
            data.createDimension(name, size)
        latitude, longitude = np.meshgrid([34.5, 35.5], [128.5, 140.5], indexing="ij")
        if swapped:
            latitude, longitude = longitude, latitude
        for name, values in (("latitude", latitude), ("longitude", longitude)):
            data.createVariable(name, "f4", ("j", "i"))[:] = values
        rise = data.createVariable(variable, "f4", ("time", "j", "i"), fill_value=-9990.0)
        if unit:
            rise.units = unit
        rise[:] = scale * np.arange(1, years + 1)[:, None, None] * np.ones((1, 2, 2))
        rise[:, 1, 0] = -9990.0
    return path


def test_a_grid_of_one_scenario(tmp_path):
    """Metres become centimetres, years are counted from 2015, land and other seas are left out."""
    rows, rejects, reading = read([grid(tmp_path / "kma_slr_annual_mean_ssp5_8_5.nc")])
    assert rows[NODES]["latitude"].tolist() == [34.5]
    assert rows[DATA]["year"].tolist() == list(range(2015, 2101))
    np.testing.assert_allclose(rows[DATA]["ssp5"], np.arange(1, 87), rtol=1e-6)
    assert (rejects, reading.facts["unit"]) == ([], "m → cm")
    assert reading.facts["not read"] == "SSP1-2.6, SSP2-4.5, SSP3-7.0"
    assert reading.publication().fills == ("ssp5",)


def test_all_scenarios_replace_the_table(tmp_path):
    """Grids and tables alike; nodes of several files are one list."""
    names = ("ssp1_2_6", "ssp2_4_5", "ssp3_7_0")
    paths = [grid(tmp_path / f"slr_annual_mean_{name}.nc") for name in names]
    table = tmp_path / "slr_ssp585.csv"
    lines = [f"34.5,128.5,{y},{y - 2014}\n36.0,130.0,{y},{y - 2014}" for y in range(2015, 2101)]
    table.write_text("위도,경도,연도,해수면상승(cm)\n" + "\n".join(lines))
    rows, _, reading = read([*paths, table])
    assert rows[NODES]["grid_id"].tolist() == [1, 2]
    assert rows[DATA]["ssp1"][:2] == pytest.approx([1, 2])
    assert np.isnan(rows[DATA]["ssp1"][86:]).all()
    assert rows[DATA]["ssp5"][86:88] == pytest.approx([1, 2])
    assert reading.publication().fills == ()


BROKEN = {
    "no unit": (
        {"unit": ""},
        "a_ssp585.nc",
        None,
        "does not say its unit: give --unit (m, cm, mm)",
    ),
    "another": ({"unit": "K"}, "a_ssp585.nc", None, "the unit 'K' is none of sea_level"),
    "scenario": ({}, "slr.nc", None, "does not say its scenario"),
    "rcp": ({}, "slr_rcp8.5.nc", None, "'rcp8.5' is no scenario"),
    "variable": ({"variable": "sst"}, "a_ssp585.nc", None, "variable 'sst'"),
    "metres": ({"unit": "cm"}, "a_ssp585.nc", None, "changes by 0.85 cm in 86 years"),
    "millimetres": ({"scale": 1.0}, "a_ssp585.nc", None, "slr[5, 0, 0] = 6"),
    "swapped": ({"swapped": True}, "a_ssp585.nc", None, "they are swapped"),
    "years": ({}, "slr_2015_2099_ssp585.nc", None, "86 steps; 2015-2099 has 85"),
    "given": ({}, "a_ssp585.nc", Given(scenario="ssp4"), "ssp4"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_a_grid_does_not_say_is_not_guessed(tmp_path, what):
    """One line names the file and what is wrong."""
    made, name, given, said = BROKEN[what]
    with pytest.raises(PROBLEMS) as raised:
        read([grid(tmp_path / name, **made)], given)
    assert said in str(raised.value)


def test_gauges_of_psmsl_are_kept_as_changes(tmp_path):
    """Yearly millimetres become changes [cm]; −99999 and flagged values are unknown."""
    series, places = tmp_path / "rlr.csv", tmp_path / "stations.csv"
    series.write_text(
        "psmsl_id,year,rlr_mm,flag\n955,1960,6990,000\n955,1961,7010,000\n955,1962,-99999,000\n"
        "955,1963,7400,001\n1,1960,7000,000\n"
    )
    places.write_text(GAUGES)
    rows, rejects, reading = read([series, places])
    assert rows["tide_gauges"]["name"] == ["BUSAN"]
    assert rows["tide_gauge_levels"]["change_cm"][:2].tolist() == [-1.0, 1.0]
    assert np.isnan(rows["tide_gauge_levels"]["change_cm"][2:]).all()
    assert [(r.row, r.reason) for r in rejects] == [(5, "flagged")]
    assert reading.facts["period"] == "1960-1963"


def test_months_of_psmsls_own_files(tmp_path):
    """Semicolons, decimal years, no headers; a year needs eleven months."""
    months = [(year, k) for year in (1990, 1991) for k in range(12)]
    lines = [
        f"  {y + (k + 0.5) / 12:.4f}; {-99999 if y == 1991 and k < 2 else 7000 + k};  0;000"
        for y, k in months
    ]
    (tmp_path / "955.rlrdata").write_text("\n".join(lines))
    (tmp_path / "filelist.txt").write_text("  955; 35.096; 129.036; BUSAN ; 620; 046; N\n")
    rows, _, reading = read([tmp_path / "955.rlrdata", tmp_path / "filelist.txt"])
    assert rows["tide_gauge_levels"]["year"].tolist() == [1990, 1991]
    assert rows["tide_gauge_levels"]["change_cm"][0] == 0
    assert np.isnan(rows["tide_gauge_levels"]["change_cm"][1])
    assert reading.facts["time"].startswith("monthly")


@pytest.mark.parametrize(
    ("files", "given", "said"),
    [
        ({"a.csv": "psmsl_id,year,rlr_mm\n955,1960,6990\n"}, None, "a second file is needed"),
        ({"a.csv": "psmsl_id,year,rlr_mm\n7,1960,6990\n", "b.csv": GAUGES}, None, "gauge '7'"),
        ({"a.csv": "psmsl_id,year,rlr_mm\n955,1960,6990\n", "b.csv": GAUGES}, "cm", "publishes mm"),
        ({"a.csv": "psmsl_id,year,rlr_mm\n1,1960,6990\n", "b.csv": GAUGES}, None, "around Korea"),
        ({"a.csv": "psmsl_id,year,rlr_mm\n955,1960,0.6990\n", "b.csv": GAUGES}, None, "'0.6990'"),
    ],
)
def test_gauges_that_cannot_be_used(tmp_path, files, given, said):
    """Without a place, in another sea, in another unit."""
    paths = [tmp_path / name for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text)
    request = Request(
        source=kinds.get("sea-level"),
        files=[unpacking.measured(path) for path in paths],
        given=Given(unit=given),
        dry_run=True,
    )
    with pytest.raises(SourceUnreadable) as raised:
        load(request, None, lambda *_: None)
    assert said in str(raised.value)
