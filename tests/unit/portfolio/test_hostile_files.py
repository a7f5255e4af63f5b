"""Whatever is uploaded is a portfolio, or is refused in a sentence."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelops_core.errors import InvalidInput, SourceUnreadable
from tests.unit.portfolio.files import checked


def packed(**files):
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


#: how files of each kind begin
HEADS = {
    "a.csv": (b"", b"site_id,lat,lon\n", b"LocNumber,AccNumber\n1,", b"\xff\xfe", b"\x1f\x8b\x08"),
    "a.xlsx": (b"PK\x03\x04", packed(a="x"), packed(xl__workbook="<a/>"), b"\xd0\xcf\x11\xe0"),
    "a.parquet": (b"PAR1", b"PAR1" + bytes(8) + b"PAR1"),
    "a.json": (b'{"items": [', b'{"items": [{"wkt": "POINT', b'{"items": {}}', b"[]", b"{}"),
    "a.geojson": (b'{"type": "FeatureCollection", "features": [', b'{"type": "Point"'),
    "a.gpkg": (b"SQLite format 3\0", b""),
    "a.fgb": (b"fgb\x03fgb\0", b""),
}


@pytest.mark.parametrize("name", HEADS)
def test_any_bytes_are_read_or_refused(name, tmp_path):
    """A file that begins as it should and goes on as it likes never ends in another error."""
    path = tmp_path / name

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.sampled_from(HEADS[name]), st.binary(max_size=200) | st.text(max_size=60))
    @example(HEADS[name][0], b"")
    def run(head, rest):
        path.write_bytes(head + (rest if isinstance(rest, bytes) else rest.encode()))
        said = ""
        try:
            found = checked(path)
            assert found.portfolio is None or len(found.portfolio)
        except (InvalidInput, SourceUnreadable) as error:
            said = str(error)
        assert str(tmp_path) not in said

    run()
