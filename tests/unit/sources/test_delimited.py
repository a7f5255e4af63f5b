"""Tables of text as people have them: encodings, separators, archives, what is no table at all."""

from __future__ import annotations

import gzip
import io
import tarfile

import pandas as pd
import pytest

from modelops_core.domain.source import Field
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import delimited
from modelops_core.sources.validation import check

TEXT = '지점,강수량(mm),비고\n서산,"1,234.5",x\n,,\n부산,-,\n대구,-999,\n인천,abc,\n'
FIELDS = (
    Field(name="place", headers=("지점",), kind="text", needed=True),
    Field(name="rain", headers=("강수량",), low=0, high=2000, missing=(-999,), unit="mm"),
)


def written(tmp_path, content, name="file.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def read(path, encoding=None):
    table = delimited.recognise(path, encoding)
    return [check(f, FIELDS, path.name) for f in table.frames(table.columns(FIELDS))], table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_are_found(tmp_path, encoding, separator):
    """Empty rows are passed over, unread columns left alone; thousands' commas are read."""
    text = (
        TEXT
        if separator == ","
        else TEXT.replace(",", separator).replace(f"1{separator}234", "1,234")
    )
    [found], _table = read(written(tmp_path, text.encode(encoding)))
    assert list(found.values["place"]) == ["서산", "부산", "대구", "인천"]
    assert found.values["rain"].iloc[0] == 1234.5
    assert found.values["rain"].isna().tolist() == [False, True, True, True]
    assert list(found.rows) == [2, 4, 5, 6]
    [reject] = found.rejects
    assert (reject.row, reject.column, reject.value, reject.dropped) == (6, "rain", "abc", False)
    assert reject.allowed == "0 to 2000 mm"


def test_a_gzip_or_tar_or_workbook_behind_any_name_is_read(tmp_path):
    """Told by the first bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("inside.csv")
        entry.size = len(TEXT.encode())
        archive.addfile(entry, io.BytesIO(TEXT.encode()))
    sheet = io.BytesIO()
    pd.read_csv(io.StringIO(TEXT), dtype=str).to_excel(sheet, index=False)
    records = pd.read_csv(io.StringIO(TEXT), dtype=str, keep_default_na=False)
    listed = f'{{"body": {{"items": {{"item": {records.to_json(orient="records")}}}}}}}'.encode()
    for content in (gzip.compress(TEXT.encode()), packed.getvalue(), sheet.getvalue(), listed):
        [found], _table = read(written(tmp_path, content))
        assert list(found.values["place"]) == ["서산", "부산", "대구", "인천"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(TEXT.encode() * 999)[:-30], "archive_broken"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old_excel"),
        (b"<!DOCTYPE html><html>", "web_page"),
        (b"\n \n", "table_empty"),
        (b"\xff\xfe\x00", "encoding_differs"),
        ("이름,강수량\n서산,1\n".encode(), "header_missing"),
        ("지점,강수량\n서산,1,234\n".encode(), "row_too_long"),
    ],
)
def test_what_is_no_table_is_said_in_one_line(tmp_path, content, code):
    """And nothing is guessed."""
    with pytest.raises(SourceUnreadable) as raised:
        read(written(tmp_path, content))
    assert raised.value.code == code
    assert "\n" not in str(raised.value)


def test_rows_are_streamed(tmp_path):
    """Frames of the size asked for; the share grows to 1 and rows keep their numbers."""
    path = written(tmp_path, ("지점\n" + "a\n" * 10).encode())
    table = delimited.recognise(path)
    frames = list(table.frames({"place": "지점"}, size=4))
    assert [list(f.rows) for f in frames] == [[2, 3, 4, 5], [6, 7, 8, 9], [10, 11]]
    assert frames[-1].share == 1


def test_a_needed_value_that_is_missing_drops_its_row(tmp_path):
    """A decimal comma is no number: it may mean another."""
    fields = (Field(name="x", low=0, high=10, needed=True), Field(name="n", kind="whole"))
    path = written(tmp_path, b'x;n\n1;2\n;3\n11;4\n"1,5";5\n2;2.5\n')
    table = delimited.recognise(path)
    [frame] = table.frames(table.columns(fields))
    found = check(frame, fields, "file.csv")
    assert list(found.values["x"]) == [1, 2]
    assert [(r.row, r.reason, r.dropped) for r in found.rejects] == [
        (5, "not_a_number", True),
        (4, "out_of_range", True),
        (3, "empty", True),
        (6, "not_whole", False),
    ]
