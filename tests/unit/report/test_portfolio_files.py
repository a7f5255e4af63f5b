"""Workbook, pages and DOCX of a portfolio's report."""

from __future__ import annotations

import dataclasses
import io

import docx
import openpyxl
import pytest

from modelops_core.services.report import typeset
from modelops_core.services.report.blocks import Picture, Table
from modelops_core.services.report.portfolio import paper, word, workbook
from modelops_core.services.report.portfolio.content import Column
from modelops_core.services.report.portfolio.report import content
from modelops_core.services.report.portfolio.texts import Say
from tests.unit.report.portfolio_report import CHOICE, PERILS, material


@pytest.fixture(scope="module")
def found():
    """The report in Korean."""
    return content(material(), "ko")


def sheet_of(found, key):
    """The rows of a sheet from its codes on."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx(found, PERILS)))
    sheet = next(s for s in book.worksheets if s.title.split()[0] == key)
    rows = list(sheet.iter_rows())
    first = int("".join(sign for sign in sheet.freeze_panes if sign.isdigit())) - 1
    return sheet, rows[first - 1 :]


def test_a_sheet_has_its_stamp_codes_numbers_and_a_head_in_sight(found):
    """Money in the chosen unit, as numbers; the header is frozen."""
    sheet, rows = sheet_of(found, "T1")
    assert sheet["A2"].value == found.stamp
    codes = [cell.value for cell in rows[0]]
    at = codes.index("amount_total")
    assert rows[1][at].value == pytest.approx(10_500)
    assert rows[1][at].number_format == "#,##0.000"
    eok = content(material(dataclasses.replace(CHOICE, unit="eok")), "ko")
    assert sheet_of(eok, "T1")[1][1][at].value == pytest.approx(105)


def test_a_sheet_without_rows_says_why(found):
    """In the workbook and on paper: measures are not calculated."""
    assert sheet_of(found, "T11")[1][1][0].value == "이 버전은 계산하지 않음"
    [page] = [b for b in paper.document(found, PERILS).blocks
              if isinstance(b, Table) and b.title.startswith("T11 ")]  # fmt: skip
    assert page.rows[0][0] == "이 버전은 계산하지 않음"


def test_nothing_in_the_workbook_is_a_formula(found):
    """A site that is called =site 0 is a text."""
    sheet, rows = sheet_of(found, "T12")
    names = [row[1] for row in rows[1:]]
    assert [cell.value for cell in names[:2]] == ["=site 0", "=site 1"]
    assert {cell.data_type for cell in names} == {"s"}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_equal_contents_make_equal_files(found):
    """A workbook and a PDF hold no time but that of the run."""
    assert workbook.xlsx(found, PERILS) == workbook.xlsx(found, PERILS)
    page = paper.document(found, PERILS)
    assert typeset.pdf(page) == typeset.pdf(page)


def test_every_table_and_figure_on_paper_says_what_it_is_of(found):
    """Key, title, and the stamp below it; what the report lacks stands at its end."""
    blocks = paper.document(found, PERILS).blocks
    tables = [block for block in blocks if isinstance(block, Table)]
    drawn = [block for block in blocks if isinstance(block, Picture)]
    assert [block.title.split()[0] for block in tables] == [t.key for t in found.tables]
    assert all(found.stamp in block.note for block in tables[1:])
    assert "SSP5-8.5 · 2050년대 · 금액 단위" in tables[3].note
    assert [block.title.split()[0] for block in drawn] == ["F1", "F3", "F4", "F5", "F7"]
    assert all(block.caption.endswith(found.stamp) and block.alt for block in drawn)
    views = [block.caption.removesuffix(found.stamp) for block in drawn]
    assert views == ["2050년대 · ", "2050년대 · ", "", *["SSP5-8.5 · 2050년대 · "] * 2]
    assert {key for key, _ in found.lacking} == {"F2", "F6", "F8"}


def test_the_docx_has_the_tables_and_the_figures(found):
    """All of them; the head of a table is repeated on each page."""
    made = docx.Document(io.BytesIO(word.file(found, PERILS)))
    assert len(made.tables) == len(found.tables)
    assert len(made.inline_shapes) == len(found.figures)
    assert made.tables[1].rows[0]._tr.trPr is not None


def test_amounts_of_the_file_stand_to_the_unit_on_paper(found):
    """Rows of exposures add up; a loss is an estimate of three figures; a scenario has its name."""
    say = Say("ko")

    def printed(value, code, kind="money"):
        return paper.words(value, Column(code, kind), found, say, PERILS)

    assert printed(1_234_567e6, "b_gross") == "1,234,567"
    assert printed(12_345e6, "expected_loss") == "12,300"
    assert printed(1.2345e6, "b_gross") == "1.23"
    assert printed("ssp5", "scenario", "text") == "SSP5-8.5"
