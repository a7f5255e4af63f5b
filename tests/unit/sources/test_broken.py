"""Files that are not what they seem: each is refused in one line that names it, nothing is guessed."""

from __future__ import annotations

import gzip
import io
import math
import tarfile

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from modelops_core.domain.source import Given
from modelops_core.errors import SourceUnreadable
from modelops_core.services.load_files import Request, load
from modelops_core.sources import kinds, unpacking

HEAD = "mgmBldrgstPk,lat,lon,totArea\n"
ROWS = "".join(f"{i},37.5,127.0,80\n" for i in range(50))
TRACK = "SID,ISO_TIME,LAT,LON,WMO_WIND,WMO_PRES\n"


def tar(text, cut=0):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in ("a.csv", "b.csv"):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()[: len(packed.getvalue()) - cut]


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        (
            "buildings",
            HEAD + ROWS.replace("37.5,127.0", "127.0,37.5"),
            "row 2, column latitude: '127.0'; allowed: 33 to 39 °",
        ),
        ("buildings", HEAD + ROWS.replace("37.5,127.0", "953901.1,1952032.0"), "'953901.1'"),
        ("buildings", HEAD + ROWS.replace("127.0", "nan"), "row 2, column longitude: 'nan'"),
        ("buildings", HEAD + "\n".join(["7,37.5,127.0,80"] * 9), "row 3, column register_pk: '7'"),
        (
            "buildings",
            HEAD + ROWS + "9,37,5,127,0,80\n",
            "row 52 has more cells than the 4 headers",
        ),
        ("buildings", HEAD, "no rows"),
        ("buildings", "", "no rows"),
        (
            "buildings",
            "이름,주소\n가,나\n",
            "no column for latitude (known names: lat, 위도, y); found: 이름, 주소",
        ),
        (
            "buildings",
            '{"response": {"header": {"resultMsg": "SERVICE KEY IS NOT REGISTERED"}}}',
            "no rows",
        ),
        ("buildings", '[{"lat": 37.5, "lon": 127.0}, {"lat"', "broken in row 1, character 37"),
        ("buildings", gzip.compress((HEAD + ROWS * 99).encode())[:-40], "cut off or damaged"),
        ("buildings", tar(HEAD + ROWS, 60), "cut off or damaged"),
        ("buildings", tar(HEAD + ROWS), "holds 2 files (a.csv, b.csv …)"),
        (
            "buildings",
            b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 4,
            "neither UTF-8 nor another known encoding",
        ),
        ("buildings", b"\xd0\xcf\x11\xe0" + bytes(999), "old Excel workbook"),
        ("buildings", "<html><body>로그인</body></html>", "is a web page"),
        ("typhoon", HEAD + ROWS, "no column for storm_id"),
        ("typhoon", TRACK.replace(",WMO_WIND,WMO_PRES", ""), "no column for pressure"),
        (
            "typhoon",
            TRACK + "A,2003-13-12 06:00,33,127,90,945\n",
            "column time: '2003-13-12 06:00'",
        ),
        ("typhoon", TRACK + "A,2003-12-12 06:00,,127,90,945\n", "column latitude: ''"),
        (
            "typhoon",
            "태풍번호,일시(UTC),위도,경도,최대풍속\n1,2003-09-12 06:00,33,127,40\n",
            "does not say its unit: give --unit (kt, m/s)",
        ),
    ],
)
def test_a_broken_file_is_refused_in_one_line(tmp_path, kind, content, said):
    """With file, row, column, value and what is allowed, where there are such."""
    path = tmp_path / "given.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    request = Request(source=kinds.get(kind), files=[unpacking.measured(path)], dry_run=True)
    with pytest.raises(SourceUnreadable) as raised:
        load(request, None, lambda *_: None)
    assert said in str(raised.value)
    assert "given.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("shape", "crs", "said"),
    [
        (Point(126.978, 37.5665), 5179, "column latitude"),
        (Point(37.5665, 126.978), 4326, "column latitude: '126.9780000'; allowed: 33 to 39 °"),
        (None, 4326, "row 1"),
    ],
)
def test_features_elsewhere_are_refused(tmp_path, shape, crs, said):
    """A wrong CRS, exchanged axes, no geometry."""
    path = tmp_path / "r.gpkg"
    gpd.GeoDataFrame({"a": ["x"]}, geometry=[shape], crs=crs).to_file(path)
    request = Request(source=kinds.get("buildings"), files=[unpacking.measured(path)])
    with pytest.raises(SourceUnreadable) as raised:
        load(request, None, lambda *_: None)
    assert said in str(raised.value)


def test_half_a_file_of_features_is_refused(tmp_path):
    """Cut in the middle."""
    path = tmp_path / "sig.geojson"
    gpd.GeoDataFrame(
        {"sgg_cd": ["11110"] * 30, "sgg_nm": ["종로구"] * 30},
        geometry=[box(127, 37, 128, 38)] * 30,
        crs=4326,
    ).to_file(path)
    path.write_bytes(path.read_bytes()[:-900])
    request = Request(source=kinds.get("admin"), files=[unpacking.measured(path)])
    with pytest.raises(SourceUnreadable) as raised:
        load(request, None, lambda *_: None)
    assert "sig.geojson" in str(raised.value)


def test_a_datum_is_asked_for(tmp_path):
    """Features without a coordinate system are refused; on Bessel's ellipsoid they lie 300 m off."""
    path = tmp_path / "register.shp"
    gpd.GeoDataFrame({"a": ["x"]}, geometry=[Point(126.978, 37.5665)], crs=4326).to_file(path)
    path.with_suffix(".prj").unlink()
    source = kinds.get("buildings")
    with pytest.raises(SourceUnreadable, match="does not say its coordinate system"):
        source.open([unpacking.measured(path)], Given())
    reading = source.open([unpacking.measured(path)], Given(crs="EPSG:4162"))
    [chunk] = reading.chunks()
    rows = chunk.rows["api_buildings"]
    off = (rows["latitude"][0] - 37.5665) * 111_000, (rows["longitude"][0] - 126.978) * 88_000
    assert 200 < math.hypot(*off) < 450
