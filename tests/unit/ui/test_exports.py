"""Files for spreadsheets: read by Korean ones, run by none."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from modelops_core.ui.kit import exports

HEAD = [("product", "ModelOps"), ("source", "ta_data: 기온 (derived)")]
ROWS = [
    {"name": "=1+1", "value": 0.125, "flags": ["a", "b"]},
    {"name": "", "value": None, "flags": []},
    {"name": "서울", "value": -3.0, "flags": []},
]
COLUMNS = ("name", "value", "flags")


def test_csv_has_a_bom_a_head_and_labels():
    """UTF-8 with a BOM; comment lines, codes, labels, rows."""
    body = exports.csv_bytes(HEAD, COLUMNS, {"name": "이름", "value": "값"}, ROWS)
    lines = body.decode("utf-8-sig").split("\r\n")

    assert body.startswith(b"\xef\xbb\xbf")
    assert lines[0] == "# product,ModelOps"
    assert lines[2] == "name,value,flags"
    assert lines[3] == "이름,값,"
    assert lines[4] == "'=1+1,0.125,a b"
    assert lines[5] == ",,"
    assert lines[6] == "서울,-3.0,"


def test_xlsx_keeps_numbers_as_numbers():
    """A sheet for the head, one for the table; what is unknown is an empty cell."""
    book = load_workbook(io.BytesIO(exports.xlsx_bytes(HEAD, {"sites": (COLUMNS, {}, ROWS)})))

    assert book.sheetnames == ["about", "sites"]
    assert book["about"]["B1"].value == "ModelOps"
    assert [cell.value for cell in book["sites"]["B"]] == ["value", 0.125, None, -3]
    assert book["sites"]["A2"].value == "'=1+1"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_run_as_a_formula(start):
    """A spreadsheet takes each of these starts for a formula; a number keeps its sign."""
    assert exports._plain(f"{start}1") == f"'{start}1"
    assert exports._plain(-1.0) == -1.0


def test_the_head_of_a_sheet_stays_in_sight():
    """Rows scroll below the first one."""
    body = exports.xlsx_bytes([("product", "ModelOps")], {"sites": (["name"], {}, [{"name": "a"}])})
    assert load_workbook(io.BytesIO(body))["sites"].freeze_panes == "A2"
