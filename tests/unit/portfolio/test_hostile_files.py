"""Whatever is uploaded is a portfolio, or is refused in a sentence."""

from __future__ import annotations

import gzip
import io
import re
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from modelops_core.errors import InvalidInput, SourceUnreadable, sentence
from modelops_core.sources.portfolio import limits
from tests.unit.portfolio.files import GOOD, HEADER, cells, checked


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


def rewritten(path, change, name=""):
    """The workbook with the XML of its sheet changed, and its part called otherwise."""
    with zipfile.ZipFile(path) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[name or sheet] = change(parts.pop(sheet))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    path.write_bytes(buffer.getvalue())


def far(path):
    """A workbook with a site and a value in the last cell that a sheet has."""
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(GOOD)
    book.active["XFD1048576"] = "x"
    book.save(path)
    return path


#: ways to write the same cells, none of which a program that we know uses
WRITINGS = {
    "usual": lambda xml: xml,
    "single quotes": lambda xml: re.sub(rb' (r|t)="([^"]*)"', rb" \1='\2'", xml),
    "the address last": lambda xml: re.sub(rb' r="([A-Z]+\d+)" t="(\w+)"', rb' t="\2" r="\1"', xml),
    "blanks": lambda xml: re.sub(rb'<c r="', rb'<c\n r = "', xml),
    "entities": lambda xml: xml.replace(b'r="XFD', b'r="&#88;FD'),
    "UTF-16": lambda xml: re.sub(rb"^<\?.*?\?>", b"", xml).decode().encode("utf-16"),
    "a prefix": lambda xml: re.sub(
        rb"<(/?)(?=[a-z])", rb"<\1x:", xml.replace(b"xmlns=", b"xmlns:x=")
    ),
    "the last row first": lambda xml: re.sub(
        rb"(<sheetData>)(.*)(<row r=\"1048576\".*?</row>)", rb"\1\3\2", xml
    ),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_a_value_far_from_the_table_is_named_before_memory_ends(writing, tmp_path):
    """In the last cell that a sheet has, however its XML is written."""
    path = far(tmp_path / "far.xlsx")
    rewritten(path, WRITINGS[writing])
    with pytest.raises(SourceUnreadable, match="row 1048576 and column 16384") as refused:
        checked(path)
    assert "1048576행, 16384번째 열" in sentence(refused.value.code, refused.value.values, "ko")


def test_a_sheet_is_found_whatever_its_part_is_called(tmp_path):
    """Names of parts differ in case for nobody."""
    path = far(tmp_path / "far.xlsx")
    rewritten(path, lambda xml: xml, "xl/Worksheets/SHEET1.xml")
    with pytest.raises(SourceUnreadable, match="column 16384"):
        checked(path)


def test_cells_that_are_only_coloured_reach_nowhere(tmp_path):
    """A column that is coloured to its last row holds nothing."""
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(GOOD)
    book.active["AB1048576"].fill = PatternFill("solid", "FFFF00")
    book.save(tmp_path / "coloured.xlsx")
    assert len(checked(tmp_path / "coloured.xlsx").portfolio or ()) == 1


def test_errors_of_formulas_are_seen_however_a_sheet_is_written(tmp_path):
    """A hidden row, a formula without a result and an error value: the same in both quotes."""
    book = Workbook()
    for row in ([*HEADER], [*GOOD], [*GOOD[:4], "=1+1", "#N/A"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    usual = cells(checked(tmp_path / "a.xlsx")), cells(checked(tmp_path / "a.xlsx"), "warning")
    rewritten(tmp_path / "a.xlsx", WRITINGS["single quotes"])
    assert (
        cells(checked(tmp_path / "a.xlsx")),
        cells(checked(tmp_path / "a.xlsx"), "warning"),
    ) == (usual)
    assert {"formula_without_result", "formula_error", "hidden_rows"} <= {
        code for found in usual for _, code in found
    }


ROWS = ("site_id,lat,lon\n" + "A1,37.5665,126.978\n" * 90_000).encode()
POINTS = b'{"type": "FeatureCollection", "features": [' + b" " * (3 << 20) + b"]}"
BOMBS = {
    "workbook.xlsx": lambda: packed(xl__workbook="a" * (3 << 20)),
    "a.csv": lambda: gzip.compress(ROWS),
    "zipped.csv": lambda: packed(**{"a.csv": ROWS}),
    "twice.csv": lambda: gzip.compress(gzip.compress(ROWS)),
    "a.geojson": lambda: gzip.compress(POINTS),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_unpacks_to_too_much_is_refused(name, tmp_path, monkeypatch):
    """Whatever packs it, before or while it is unpacked."""
    monkeypatch.setattr(limits, "UNPACKED", 1 << 20)
    (tmp_path / name).write_bytes(BOMBS[name]())
    with pytest.raises(SourceUnreadable, match="unpacks to more than 1 MiB") as refused:
        checked(tmp_path / name)
    assert "1 MiB까지만 읽습니다" in sentence(refused.value.code, refused.value.values, "ko")


def test_a_part_that_is_larger_than_its_directory_says_is_refused(tmp_path):
    """Else a small number there would let through what fills the memory."""
    content = packed(xl__workbook="a" * 5000)
    at = content.rindex(b"PK\x01\x02")
    lie = content[: at + 24] + (10).to_bytes(4, "little") + content[at + 28 :]
    (tmp_path / "a.xlsx").write_bytes(lie)
    with pytest.raises(SourceUnreadable, match="no whole Excel workbook"):
        checked(tmp_path / "a.xlsx")


def test_a_packed_workbook_is_checked_as_one(tmp_path):
    """What is behind gzip is no way around the limits."""
    (tmp_path / "far.csv").write_bytes(gzip.compress(far(tmp_path / "far.xlsx").read_bytes()))
    with pytest.raises(SourceUnreadable, match="column 16384"):
        checked(tmp_path / "far.csv")


def test_a_small_parquet_of_many_rows_is_refused(tmp_path, monkeypatch):
    """Equal values take no room in the file; the number of rows stands in its end."""
    monkeypatch.setattr(limits, "CELLS", 1000)
    pd.DataFrame({"site_id": ["A1"] * 501, "lat": [37.5] * 501}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceUnreadable, match="501 rows and 2 columns; at most 1000 cells"):
        checked(tmp_path / "a.parquet")


SITES = "site_id,lat,lon\nA1,37.5665,126.978\n"
#: name and content of a broken file → code and place
BROKEN = {
    "an open quote": ("a.csv", SITES + 'A2,"37,127\nA3,37,127\n', "quote_unclosed", {"row": 3}),
    "after a comment": ("a.csv", "# x\n" + SITES + '"A2,37\n', "quote_unclosed", {"row": 4}),
    "in the header": ("a.csv", 'site_id,"lat,lon\nA1,37,127\n', "quote_unclosed", {"row": 1}),
    "a wide row": ("a.csv", SITES + "A2,1,2,3,4,5\n", "row_too_long", {"row": 3}),
    "a long header": ("a.csv", f'site_id,"{"x" * 200_000}"\nA1,1\n', "table_broken", {}),
    "half a Parquet": ("a.parquet", "PAR1" + "\0" * 99, "parquet_broken", {}),
    "half a workbook": ("a.xlsx", "PK\x03\x04" + "\0" * 99, "workbook_broken", {}),
    "half a JSON": ("a.json", '{"items": [\n{"latitude": 37,', "json_broken", {"row": 2}),
    "no items": ("a.json", '{"items": {"a": 1}}', "items_missing", {}),
    "a key twice": (
        "a.json",
        '{"items": [{"latitude": 37, "latitude": 38}]}',
        "file_key_repeated",
        {"name": "latitude", "count": 2},
    ),
    "no features": ("a.fgb", "fgb\x03fgb\0", "features_broken", {}),
    "half a gzip": ("a.csv", gzip.compress(SITES.encode() * 99)[:-20], "archive_broken", {}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_described_in_our_words(case, tmp_path):
    """In both languages, with file and row where they are known; no library speaks."""
    name, content, code, where = BROKEN[case]
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SourceUnreadable) as refused:
        checked(tmp_path / name)
    assert (refused.value.code, refused.value.values["file"]) == (code, name)
    assert where.items() <= refused.value.values.items()


def test_a_character_that_cannot_be_kept_is_named_and_left_out(tmp_path):
    """A NUL in a name would end a calculation in the database: its cell is named, clean proposed."""
    (tmp_path / "a.csv").write_bytes(
        "사업장번호,사업장명,위도,경도\nA1,본\0점,37.5665,126.978\n".encode()
    )
    problems = checked(tmp_path / "a.csv").problems
    [one] = [f for p in problems if p.code == "control_character" for f in p.each()]
    assert (one.cell, one.problem.severity) == ("B2", "error")
    assert (one.value, one.proposal) == ("본�점", "본점")
