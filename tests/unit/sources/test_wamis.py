"""Lists of river gauges and their daily values, with every code for missing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from modelops_core.domain.source import Given
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import kinds, unpacking

STATIONS, VALUES = "api_wamis_stations", "api_wamis_cache"
HRFCO = (
    "obs_code,obs_name,basin,lat_approx,lon_approx\n"
    "1001602,평창군(송정교),한강,37.6398,128.5644\n2001608,태백시(보드미교),낙동강,37.1,129.1\n"
)
EXACT = (
    "obs_code,obs_name,basin,river,drainage_area_km2,lat,lon\n"
    "2001608,보드미교,낙동강동해권,황지천,126.33,37.103889,129.006111\n"
)


def read(tmp_path, files, given=None):
    """Rows by table of all chunks, the rejects, and the reading."""
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / name)
        text = content if isinstance(content, str) else json.dumps(content)
        paths[-1].write_text(text)
    reading = kinds.get("wamis").open([unpacking.measured(p) for p in paths], given or Given())
    chunks = list(reading.chunks())
    rows = {table: columns for chunk in chunks for table, columns in chunk.rows.items()}
    return rows, [r for chunk in chunks for r in chunk.rejects], reading


def test_lists_complete_each_other(tmp_path):
    """The file named first says where a gauge is; what it does not know comes from the next."""
    rows, rejects, reading = read(
        tmp_path, {"nakdong_waterlevel.csv": EXACT, "hrfco_waterlevel.csv": HRFCO}
    )
    gauges = rows[STATIONS]
    assert gauges["station_code"] == ["1001602", "2001608"]
    assert gauges["latitude"].tolist() == [37.6398, 37.103889]
    assert gauges["river_name"] == [None, "황지천"]
    assert gauges["basin_code"] == ["Han", "Nakdong"]
    assert gauges["station_type"] == ["level", "level"]
    assert (rejects, reading.facts["positions"]) == ([], "approximate in at least one list")
    assert reading.publication().tables == (STATIONS, VALUES)


def test_json_of_the_service_and_positions_in_minutes(tmp_path):
    """A place outside Korea is unknown and said; the gauge stays."""
    content = {
        "content": [
            {"wlobscd": "1001602", "obsnm": "송정교", "lat": "37-38-10", "lon": "128-33-36"},
            {"wlobscd": "1001603", "obsnm": "무사교", "lat": "0-00-00", "lon": "128-59-31"},
        ]
    }
    rows, rejects, _ = read(tmp_path, {"list.json": content}, Given(variable="level"))
    assert rows[STATIONS]["latitude"][0] == pytest.approx(37.636111)
    assert np.isnan(rows[STATIONS]["latitude"][1])
    assert [(r.row, r.column, r.value, r.dropped) for r in rejects] == [
        (3, "latitude", "0-00-00", False)
    ]


def test_every_code_for_missing(tmp_path):
    """Unknown, whatever stands for it; a negative flow of the tide is one; a day is a row."""
    cells = ["", "-", "-999", "-9999", "-99999", "99999", "-28316.8", "-28316.846592"]
    lines = [f"202001{i + 1:02},{cell}" for i, cell in enumerate([*cells, "-12.5", '"1,203.4"'])]
    files = {"1001602_flow.csv": "ymd,fw\n" + "\n".join(lines) + "\n", "waterlevel_list.csv": HRFCO}
    rows, rejects, reading = read(tmp_path, files, Given())
    values = rows[VALUES]["value"]
    assert np.isnan(values[: len(cells)]).all()
    assert values[len(cells) :].tolist() == pytest.approx([-12.5, 1203.4])
    assert rows[VALUES]["station_code"][0] == "1001602"
    assert rows[STATIONS]["station_type"] == ["flow", "level"]
    assert (rejects, reading.facts["period"]) == ([], "2020-01-01 – 2020-01-10")


def test_values_alone_replace_those_of_their_gauges(tmp_path):
    """A column says what they are and of which gauge."""
    text = "station_code,data_type,date,value\nT2,flow,2001-01-01,20\nT3,level,2001-01-01,1.5\n"
    rows, _, reading = read(tmp_path, {"days.csv": text})
    assert rows[VALUES]["data_type"] == ["flow", "level"]
    what = reading.publication()
    assert what.tables == (VALUES,)
    assert what.scope == {VALUES: ("station_code", ("T2", "T3"))}


@pytest.mark.parametrize(
    ("files", "given", "said"),
    [
        ({"list.csv": HRFCO}, None, "list.csv does not say its kind of gauges: give --variable"),
        ({"a.csv": "ymd,fw\n20200101,1\n"}, None, "no column for station_code"),
        ({"1001602.csv": "ymd,value\n20200101,1\n"}, None, "does not say its kind of values"),
        ({"1001602.csv": "ymd,유량(cfs)\n20200101,1\n"}, None, "the unit 'cfs' is none of flow"),
        ({"1001602.csv": "ymd,fw\n20200101,1\n"}, Given(variable="stage"), "variable 'stage'"),
        (
            {"a.csv": "station_code,data_type,date,value\nT2,depth,2001-01-01,20\n"},
            None,
            "variable 'depth'",
        ),
    ],
)
def test_what_a_file_does_not_say_is_asked_for(tmp_path, files, given, said):
    """Which gauge, which value, in which unit."""
    with pytest.raises(SourceUnreadable) as raised:
        read(tmp_path, files, given)
    assert said in str(raised.value)
