"""Whatever is uploaded is a portfolio, or is refused in a sentence."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from modelops_core.errors import InvalidInput, SourceUnreadable, sentence
from modelops_core.sources.portfolio import workbook_extent
from tests.unit.portfolio.files import GOOD, HEADER, checked


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


def test_a_value_far_from_the_table_is_named_before_memory_ends(tmp_path):
    """In the last cell that a sheet has; so is an archive that unpacks to more than is read."""
    book = Workbook()
    sheet = book.active
    sheet.append(HEADER)
    sheet.append(GOOD)
    sheet["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(SourceUnreadable, match="row 1048576 and column 16384") as refused:
        checked(tmp_path / "far.xlsx")
    assert "1048576행, 16384번째 열" in sentence(refused.value.code, refused.value.values, "ko")
    del sheet["XFD1048576"]
    sheet["AB1048576"].fill = PatternFill("solid", "FFFF00")  # coloured, but empty
    book.save(tmp_path / "coloured.xlsx")
    assert len(checked(tmp_path / "coloured.xlsx").portfolio or ()) == 1


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    """By its directory, before any of it is unpacked."""
    monkeypatch.setattr(workbook_extent, "UNPACKED", 1 << 20)
    (tmp_path / "bomb.xlsx").write_bytes(packed(xl__workbook="a" * (3 << 20)))
    with pytest.raises(SourceUnreadable, match="unpacks to 3 MiB; at most 1 MiB"):
        checked(tmp_path / "bomb.xlsx")


def test_a_character_that_cannot_be_kept_is_named_and_left_out(tmp_path):
    """A NUL in a name would end a calculation in the database: its cell is named, clean proposed."""
    (tmp_path / "a.csv").write_bytes(
        "사업장번호,사업장명,위도,경도\nA1,본\0점,37.5665,126.978\n".encode()
    )
    problems = checked(tmp_path / "a.csv").problems
    [one] = [f for p in problems if p.code == "control_character" for f in p.each()]
    assert (one.cell, one.problem.severity) == ("B2", "error")
    assert (one.value, one.proposal) == ("본�점", "본점")
