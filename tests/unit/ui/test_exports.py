"""Files for other programs: read by pandas and spreadsheets as what was written, run by none."""

from __future__ import annotations

import ast
import csv
import io
import re
from datetime import UTC, datetime
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from modelops_core.domain import stamp
from modelops_core.domain.answer import Answer
from modelops_core.services import safe_text
from modelops_core.ui.assess import whatif, whatif_named
from modelops_core.ui.compare import files as compare_files
from modelops_core.ui.data import checks, inputs, load_versions, results
from modelops_core.ui.jobs import detail, job_list, nightly_runs
from modelops_core.ui.kit.files import exports, table_files
from modelops_core.ui.kit.files.table_files import Table
from modelops_core.ui.method import limits, method_labels, perils, warming
from modelops_core.ui.population import files as population_files
from modelops_core.ui.projections import files as projection_files
from modelops_core.ui.sites import files as site_files
from tests.answers import answer, data_source

ROOT = Path(__file__).parents[3] / "modelops_core"
#: of every file that a page offers
TABLES = {
    "results": exports.RESULT_COLUMNS,
    "totals": exports.TOTAL_COLUMNS,
    "sites": site_files.COLUMNS,
    "compare": compare_files.COLUMNS,
    "sets": whatif.SET_COLUMNS,
    "differences": whatif.DIFFERENCE_COLUMNS,
    "swings": whatif.SWING_COLUMNS,
    "named": whatif_named.COLUMNS,
    "windows": projection_files.WINDOW_COLUMNS,
    "population": population_files.COLUMNS,
    "inputs": inputs.COLUMNS,
    "result tables": results.COLUMNS,
    "status": results.STATUS_COLUMNS,
    "checks": checks.COLUMNS,
    "loads": load_versions.COLUMNS,
    "jobs": job_list.COLUMNS,
    "nights": nightly_runs.COLUMNS,
    "steps": detail.STEP_COLUMNS,
    "numbers": method_labels.NUMBER_COLUMNS,
    "flags": limits.FLAG_COLUMNS,
    "curves": perils.CURVE_COLUMNS,
    "warming": warming.WARMING_COLUMNS,
    "responses": warming.RESPONSE_COLUMNS,
}
#: as analysts have named their sites
NAMES = (
    "＝1+1",
    "-본점",
    "+82 지점",
    "00123",
    "@home",
    "\t=1",
    "\r=1",
    "a\n=1",
    "지점 #3",
    "－3",
    "=1",
    "\u200e=1",
    "\u202e+1",
)
#: of a text that is tried [characters]
LONGEST = 40
texts = st.one_of(st.sampled_from(NAMES), st.text(max_size=LONGEST))
numbers = st.one_of(
    st.none(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
)


def read(body):
    """As an analyst reads it, without any other option; without rows where there are none."""
    return pd.read_csv(io.BytesIO(body), comment="#")


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_table_is_read_back_by_pandas(name, data):
    """One header row with units; numbers are numbers, texts are texts, whatever stands in the head."""
    columns = TABLES[name]
    kinds = [data.draw(st.sampled_from((texts, numbers))) for _ in columns]
    rows = data.draw(st.lists(st.tuples(*kinds), min_size=1, max_size=4))
    head = [("product", "ModelOps"), ("note", data.draw(texts))]
    table = Table(columns=columns, rows=[dict(zip(columns, row, strict=True)) for row in rows])
    found = read(table_files.csv_bytes(head, table))
    assert list(found.columns) == table.header
    assert len(found) == len([row for row in rows if any(v not in (None, "") for v in row)])
    for at, kind in enumerate(kinds):
        if kind is numbers:
            kept = [row[at] for row in rows if any(v not in (None, "") for v in row)]
            expected = [float("nan") if v is None else float(v) for v in kept]
            assert found.iloc[:, at].astype(float).tolist() == pytest.approx(
                expected, nan_ok=True, rel=1e-15
            )


@settings(max_examples=120, deadline=None)
@given(text=texts)
@example(text="NA")
@example(text="1e5")
@example(text="1234567890123456")
@example(text="\u200b=1")
@example(text="a;=1+1;b")
def test_a_text_of_a_csv_is_read_as_that_text_in_one_line_and_never_run(text):
    """At most an apostrophe before it, or behind a semicolon; a plain number may become that number."""
    table = Table(columns=("value", "site"), rows=[{"site": text, "value": 1}])
    body = table_files.csv_bytes([("site", text)], table)
    [found] = read(body)["site"].tolist()
    line = safe_text.one_line(text)
    if isinstance(found, str):
        bare, expected = (one.replace(";'", ";").removeprefix("'") for one in (found, line))
        assert bare == expected
    elif line:  # a plain number: the same in every notation
        assert found == float(line)
        assert re.fullmatch(r" *-?(0|[1-9][0-9]*)(\.[0-9]+)? *", line)
    else:
        assert pd.isna(found)
    said, header, row, rest = body.decode("utf-8-sig").split("\r\n")
    assert (header, rest) == ("value,site", "")
    cut = re.split("[,;]", said)  # by a spreadsheet, which knows no comments
    # where lists are separated by semicolons it cuts the row there, too
    cut += [cell.partition(",")[0] for cell in next(csv.reader([row], delimiter=";"))]
    for cell in (*cut, *next(csv.reader([row]))):
        assert not cell.strip().startswith(("=", "+", "@", "＝", "＋", "＠", "－"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "지점 #3"])
def test_no_name_is_run_or_changed_by_a_spreadsheet(name):
    """An apostrophe in CSV; in XLSX the type of the cell is enough and the text is whole."""
    table = Table(columns=("site",), rows=[{"site": name}])
    [found] = read(table_files.csv_bytes([], table))["site"]
    safe = name.startswith("a")
    assert found == ("" if safe else "'") + safe_text.one_line(name)
    body = table_files.xlsx_bytes([("note", name)], {"s": table})
    cell = load_workbook(io.BytesIO(body))["s"]["A2"]
    assert cell.data_type == "s"
    assert cell.value.replace("\r", "\n") == name.replace("\r", "\n")


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), np.float32("inf")])
def test_no_number_of_a_file_is_infinite(number):
    """An empty cell says unknown; a spreadsheet would take "inf" for a text."""
    table = Table(columns=["site", "loss"], rows=[{"site": "a", "loss": number}])
    assert table_files.csv_bytes([], table).decode("utf-8-sig").splitlines()[-1] == "a,"


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(texts, numbers), max_size=4), note=texts)
def test_a_workbook_is_read_back(rows, note):
    """The table opens first, with numbers as numbers and no formula anywhere, also in the head."""
    made = [{"site": a, "expected_loss": b} for a, b in rows]
    table = Table(columns=("site", "expected_loss"), rows=made, labels={"site": "사업장"})
    book = load_workbook(io.BytesIO(table_files.xlsx_bytes([("note", note)], {"sites": table})))
    assert book.sheetnames == ["sites", "about", "columns"]
    assert [cell.value for cell in book["sites"][1]] == ["site", "expected_loss [KRW/yr]"]
    assert all(
        cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line
    )
    for (_, number), line in zip(rows, book["sites"].iter_rows(min_row=2), strict=True):
        assert line[1].value == pytest.approx(number)
    assert [cell.value for cell in book["columns"][2]] == ["site", None, "사업장"]


def test_a_workbook_can_be_worked_with():
    """The header stays, filters, columns are as wide as what stands in them, money has no decimals."""
    rows = [{"site": "아주 긴 이름의 사업장입니다", "expected_loss": 1234567.891, "final_aal": 0.1}]
    table = Table(columns=("site", "expected_loss", "final_aal"), rows=rows)
    sheet = load_workbook(io.BytesIO(table_files.xlsx_bytes([], {"a/b": table})))["a-b"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C2"
    assert sheet.column_dimensions["A"].width >= 2 * 13
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == ("#,##0", "0.0000")


def test_a_csv_begins_with_a_bom_and_says_what_its_columns_are():
    """Spreadsheets need the mark to read Korean; labels are a comment and no second header."""
    rows = [{"name": "서울", "value": -3.0, "flags": ["a", "b"]}, {"flags": []}]
    table = Table(columns=("name", "value", "flags"), rows=rows, labels={"name": "이름"})
    body = table_files.csv_bytes([("source", "ta_data: 기온 (derived), 2026")], table)
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.decode("utf-8-sig").split("\r\n") == [
        "# source: ta_data: 기온 (derived), 2026",
        "# columns: name 이름",
        "name,value,flags",
        "서울,-3.0,a b",
        ",,",
        "",
    ]


def test_the_head_says_everything_that_the_number_is_of():
    """Versions, set, times, the analyst's facts with units, the building, demonstration data."""
    found = answer(
        building={
            "asset_value": 1.2e9,
            "as_of": 2025,
            "elevation_m": 2.5,
            "corrections": {"elevation_m": 2.5, "asset_value": 1.2e9},
            "found": {"kind": "synthetic", "distance_m": 12.0, "building_id": 5},
        }
    )
    dated = Answer.from_row(found.to_row(), assessed_at=datetime(2026, 11, 29, 1, tzinfo=UTC))
    demo = data_source("ta_data", provider="ModelOps demonstration data generator")
    head = exports.dated(exports.head(dated, [demo], "ssp2", "2050s"))
    said = dict(head)
    assert said["corrections by the analyst"] == "elevation_m 2.5 m; asset_value 1200000000.0 KRW"
    assert said["assessed_at"] == "2026-11-29T10:00:00+09:00"
    assert said["shown"] == "SSP2-4.5 · 2050s"
    assert said["building"] == "asset value KRW 1200000000; found synthetic 5 at 12 m"
    assert said["climate data"] == stamp.DEMO["en"]
    assert datetime.fromisoformat(said["exported_at"]).utcoffset() is not None
    assert {"method_version", "parameter_set", "batch_id", "use", "source"} <= set(said)


def test_whatever_writes_tables_makes_texts_harmless():
    """
    A new CSV or workbook goes through ``safe_text``, as the ones that are tested here.

    ``bulk`` is a COPY into the database, ``blank`` the empty portfolio, ``typhoon`` what a service
    said in the form that the loader reads.
    """
    makers = {"writer", "DictWriter", "to_csv", "to_excel", "Workbook"}
    careless = {
        path.name
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in makers
        and "safe_text" not in path.read_text("utf-8")
    }
    assert careless == {"bulk.py", "blank.py", "typhoon.py"}


def test_every_table_that_a_page_offers_is_tried():
    """Projections put their columns together by scenario and month and have tests of their own."""
    put_together = {"columns"}
    for path in (ROOT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "downloads.table":
                name = ast.unparse(node.args[2])
                module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
                found = attrgetter(name)(import_module(module)) if name not in put_together else ()
                assert not found or found in TABLES.values(), f"{path.name}: {name}"


def test_no_part_of_the_head_is_run():
    """A spreadsheet cuts a comment line at commas, semicolons and tabs: each part is safe."""
    assert safe_text.for_head("=1+1; +2, -3") == "'=1+1;' +2, -3"
    assert safe_text.for_head("place 37.5, 127.0") == "place 37.5, 127.0"
    body = table_files.csv_bytes([("site", "＝1")], Table(columns=["a"], rows=[])).decode(
        "utf-8-sig"
    )
    assert body.splitlines()[0] == "# site: '＝1"
