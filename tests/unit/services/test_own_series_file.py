"""A file of an own series that cannot be used: file, row, value and range are named."""

from __future__ import annotations

import re

import pytest

from modelops_core.errors import SourceUnreadable
from modelops_core.sources import series


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "needs a column 'year'; found: a, b."),
        ("year,month\n2000,1\n", "column ta is missing; needed are year, month, ta."),
        ("year,ta\n2000,1\n", "ta is monthly; the column 'month' is missing."),
        ("year,month,ta\n2000,1,1\n2000,2,x\n", "ta in data row 2 is 'x', not a number."),
        ("year,month,ta\n1000,1,1\n", "year in data row 1 is 1000; it must be 1800 to 2300."),
        ("year,month,ta\n2000,1,1\n,2,1\n", "year in data row 2 is nan; it must be 1800 to 2300."),
        (
            "year,month,ta\n2000,1,1\n2000,13,1\n",
            "month in data row 2 is 13; it must be 1 to 12.",
        ),
        ("year,month,ta\n2000,1,1\n2000,1,1\n", "month 1 of 2000 stands twice (data row 2)."),
        ("year,month,ta\n2000,1,900\n", "ta = 900 lies outside -60 to 60 °C."),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    """So that the reader finds it in the file."""
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(SourceUnreadable) as error:
        series.read(path, ["ta"])
    assert str(error.value) == f"own.csv: {said}"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Year ,rx1day,지점\n2000,112,서산\n2001,96,서산\n", "cp949"),
        ("# 서산\nyear;rx1day\n2000;112\n\n2001;96\n", "utf-8-sig"),
        ("year\tRX1DAY\n2000\t112\n# again\n2001\t96\n", "utf-8"),
        ("year,rx1day,,\n2000,112,,\n2001,96,,\n,,,\n", "utf-16"),
    ],
)
def test_files_as_people_have_them(tmp_path, text, encoding):
    """Korean Excel's encoding, other separators, empty rows, columns that nobody reads."""
    path = tmp_path / "own.csv"
    path.write_text(text, encoding)
    assert series.read(path, ["rx1day"])["rx1day"].ravel().tolist() == [112, 96]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (12.0, "rx1day: median 13.2 lies below 25 mm: another unit?"),
        (0.0, "rx1day: every value is 0: missing stored as 0?"),
    ],
)
def test_a_refused_record_says_its_limit(tmp_path, value, says):
    """Thirty years in centimetres, and thirty years of zeros."""
    file = tmp_path / "rx.csv"
    rows = "".join(f"{1991 + i},{value * (1 + i % 3 / 10)}\n" for i in range(30))
    file.write_text("year,rx1day\n" + rows, "utf-8")
    with pytest.raises(SourceUnreadable, match=re.escape(says)):
        series.read(file, ["rx1day"])
