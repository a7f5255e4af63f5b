"""Best tracks of three providers, as small files of their forms."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.source import Given
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import kinds, unpacking

IBTRACS = """SID,SEASON,NAME,ISO_TIME,LAT,LON,WMO_WIND,WMO_PRES,WMO_AGENCY,TRACK_TYPE
 ,Year, , ,degrees_north,degrees_east,kts,mb, ,
2003A,2003,MAEMI,2003-09-12 06:00:00,33.0,127.0,90,945,tokyo,main
2003A,2003,MAEMI,2003-09-12 09:00:00,34.0,127.5, , , ,main
2003A,2003,MAEMI,2003-09-12 12:00:00,35.0,128.5,75,0,tokyo,main
2003A,2003,MAEMI,2003-09-12 18:00:00,38.0,-130.0,60,-999,hko,main
2003B,2003,NOT_NAMED,2003-10-01 00:00:00,15.0,150.0,35,1000,tokyo,main
2004A,2004,MEGI,2004-08-18 00:00:00,34.0,127.0,60,970,tokyo,spur-merge
2004A,2004,MEGI,2004-08-18 06:00:00,34.5,128.0,60,999,tokyo,main
"""
RSMC = """66666 0314  002 0314 0314 0 6             MAEMI              20031002
03091206 002 5 330 1270  945     090     10125 0070 90350 0180
03091212 002 5 350 1285  960     000
66666 5102  001 5102 5102 0 6             BABS               19901220
51021906 002 2 360 1285 1010
"""
KMA = "태풍번호,태풍명,일시(KST),위도,경도,중심기압(hPa),중심최대풍속(m/s)\n0314,매미,2003-09-12 15:00,33.0,127.0,945,46.3\n"


def load(tmp_path, text, given=None, encoding="utf-8"):
    path = tmp_path / "tracks.csv"
    path.write_bytes(text.encode(encoding))
    reading = kinds.get("typhoon").open([unpacking.measured(path)], given or Given())
    chunks = list(reading.chunks())
    return chunks[-1].rows, reading, [r for chunk in chunks for r in chunk.rejects]


def test_ibtracs_as_published(tmp_path):
    """Units' row, 3-hourly rows, codes for missing, other agencies' winds, spurs, signed longitude."""
    rows, reading, rejects = load(tmp_path, IBTRACS)
    tracks = rows["api_typhoon_tracks"]
    assert rows["api_typhoon_list"]["storm_id"] == ["2003A", "2004A"]
    assert rows["api_typhoon_list"]["name"] == ["MAEMI", "MEGI"]
    np.testing.assert_array_equal(tracks["pressure_hpa"], [945, np.nan, np.nan, 999])
    np.testing.assert_array_equal(tracks["wind_kt"], [90, 75, np.nan, 60])
    assert tracks["longitude"][2] == 230
    assert str(tracks["track_time"][0]) == "2003-09-12T06:00:00"
    assert rejects == []
    assert reading.provenance()["api_typhoon_list"][0].period == "2003-01-01 – 2004-08-18"
    assert "2004 is not over" in reading.facts["season"]


@pytest.mark.parametrize(
    ("column", "agency", "wind"),
    [("WMO_WIND", "tokyo", 90), ("WMO_WIND", "", np.nan), ("TOKYO_WIND", "hko", 90)],
)
def test_a_wind_counts_by_whose_it_is(tmp_path, column, agency, wind):
    """The agency tells of WMO's column only; a wind of nobody is a mean over nobody knows what."""
    text = IBTRACS.replace("WMO_WIND", column).replace("90,945,tokyo", f"90,945,{agency}")
    rows, _, _ = load(tmp_path, text)
    np.testing.assert_array_equal(rows["api_typhoon_tracks"]["wind_kt"][:1], [wind])


def test_a_storm_of_another_time_does_not_lengthen_the_catalogue(tmp_path):
    """A gap of more than three years ends the record; the stray storm is a reject."""
    stray = "1951A,1951,BABS,1951-09-12 06:00:00,33.0,127.0,,1000,tokyo,main\n"
    rows, reading, rejects = load(tmp_path, IBTRACS + stray)
    assert "1951A" not in rows["api_typhoon_list"]["storm_id"]
    assert [(r.row, r.value, r.dropped) for r in rejects] == [(10, "1951", True)]
    assert reading.facts["period"].startswith("2003-01-01")


def test_rsmc_text(tmp_path):
    """Two-digit years, tenths of a degree, wind 000 and blank are unknown."""
    rows, reading, _ = load(tmp_path, RSMC, Given(period="1951-2003"))
    tracks = rows["api_typhoon_tracks"]
    assert tracks["storm_id"] == ["195102", "200314", "200314"]
    assert rows["api_typhoon_list"]["name"] == ["BABS", "MAEMI"]
    np.testing.assert_array_equal(tracks["wind_kt"], [np.nan, 90, np.nan])
    np.testing.assert_array_almost_equal(tracks["latitude"], [36.0, 33.0, 35.0])
    assert reading.facts["format"] == "RSMC Tokyo"


def test_kma_says_its_units_or_is_asked(tmp_path):
    """KST becomes UTC, m/s knots; a table that says neither is refused."""
    rows, _, _ = load(tmp_path, KMA, encoding="cp949")
    assert str(rows["api_typhoon_tracks"]["track_time"][0]) == "2003-09-12T06:00:00"
    assert rows["api_typhoon_tracks"]["wind_kt"][0] == pytest.approx(90, abs=0.01)
    unsaid = KMA.replace("(KST)", "")
    with pytest.raises(SourceUnreadable, match="--timezone"):
        load(tmp_path, unsaid)
    rows, _, _ = load(tmp_path, unsaid, Given(timezone="UTC"))
    assert str(rows["api_typhoon_tracks"]["track_time"][0]) == "2003-09-12T15:00:00"
