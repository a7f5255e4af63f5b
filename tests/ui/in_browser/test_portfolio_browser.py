"""A bank's spreadsheet in a real browser: refused with its cells, corrected in place, calculated, filed."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, TimeoutError

from modelops_core.ui.kit import i18n
from modelops_core.ui.portfolio.corrections import ROW_HEIGHT
from tests.browser import Tab
from tests.unit.portfolio.files import workbook
from tests.world import BUSAN, SEOUL

pytestmark = pytest.mark.browser
HEADERS = {
    "ko": ["사업장번호", "사업장명", "위도", "경도", "용도", "연면적(㎡)", "자산가액", "준공연도"],
    "en": ["site_id", "name", "lat", "lon", "use", "floor_area_m2", "asset_value_krw", "year_built"],
}  # fmt: skip
#: sheet → rows: exchanged coordinates, a year to come, and a total that is no site
ROWS = [
    ["0001", "Head office", *SEOUL, "업무시설", 5000, 9_000_000_000, 1998],
    ["0002", "Branch", BUSAN[1], BUSAN[0], "공장", 3000, 5_000_000_000, 2010],
    ["0003", "Depot", SEOUL[0] + 0.01, SEOUL[1], "창고", 2000, "12억", 2035],
    ["합계", "", "", "", "", 10000, 15_200_000_000, ""],
]
#: what is wrong, by its cell, as the grid shows it before anything is corrected
WRONG = {"C3": "35.16", "D3": "129.06", "G4": "1200000000", "H4": ""}
#: height of a table's header [px], and the column of new values
HEAD, NEW = 35, 4
#: texts of progress bars, noted as they are drawn
WATCHED = """() => {
  window.bars = [];
  new MutationObserver(() => document.querySelectorAll('[data-testid=stProgress]').forEach(
    one => window.bars.push(one.innerText))).observe(document.body, {childList: true, subtree: true});
}"""
#: the run that the address names
RUN = "() => new URLSearchParams(location.search).get('run')"
#: where the chosen threshold is marked in the figure
MARK = ".portfolio-curve .shapelayer path, .js-plotly-plot .shapelayer path"


def words(key: str, language: str, **values: object) -> str:
    """A text of the page."""
    return i18n.catalogue()[f"portfolio.{key}"][language].format(**values)


def tables(one: Tab, within: str = "") -> Locator:
    """The tables that are seen, each drawn on a canvas."""
    return one.page.locator(f'{within} [data-testid="stDataFrameResizable"]:visible')


def errors(one: Tab) -> Locator:
    """The grid of what is wrong."""
    return tables(one, '[data-testid="stForm"]')


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_broken_spreadsheet_becomes_a_report(language, tab, site, tmp_path):
    """Errors by their cells, corrected in the grid; bar, sums, slider, sites and why; report; the link is the view."""
    file = workbook(tmp_path / "담보.xlsx", 담보=[HEADERS[language], *ROWS])
    one = tab(width=1400).open(f"/portfolio?lang={language}")
    _uploaded(one, str(file), language)
    _corrected(one, language)
    _calculated(one, language)
    _slid(one, language)
    _drilled(one, language)
    _filed(one)
    _opened_again(one)
    one.page.get_by_role("link", name=words("why", language)).click()
    one.page.wait_for_url("**lat=*")
    one.card()
    one.clean()


def _uploaded(one: Tab, file: str, language: str) -> None:
    """The box takes the file; each wrong cell stands in the grid with what is proposed."""
    _open_box(one, language)
    one.page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(file)
    errors(one).locator('[data-testid^="glide-cell-1-"]').first.wait_for(state="attached")
    one.idle()
    found = {
        cell.removeprefix("담보!"): new
        for cell, new in zip(_column(one, 1), _column(one, 4), strict=True)
    }
    assert {cell: found[cell] for cell in WRONG} == WRONG
    assert one.page.get_by_role("button", name=words("calculate", language)).count() == 0


def _open_box(one: Tab, language: str) -> None:
    """Show the box for files, which stands open where there is no run yet; a page that still runs may close it again."""
    expander = one.page.get_by_test_id("stExpander").filter(has_text=words("new", language))
    for _ in range(10):
        expander.wait_for()
        one.idle()
        if expander.locator("details[open]").count() == 0:
            one.page.get_by_text(words("new", language), exact=True).click()
        try:
            expander.get_by_test_id("stFileUploader").wait_for(timeout=20_000)
        except TimeoutError:
            continue
        return
    raise AssertionError("the box stays closed")


def _column(one: Tab, column: int) -> list[str]:
    """The texts of a column of the errors, which a canvas has for those who hear it."""
    cells = errors(one).locator(f'[data-testid^="glide-cell-{column}-"]')
    return [cell or "" for cell in cells.all_text_contents()]


def _cell(one: Tab, column: int, row: int, state: str = "") -> Locator:
    """A cell of the errors, perhaps in a state only."""
    return errors(one).locator(f'[data-testid="glide-cell-{column}-{row}"]{state}')


def _corrected(one: Tab, language: str) -> None:
    """The year is typed into its row, the rest is proposed: one button corrects all."""
    year = next(i for i, cell in enumerate(_column(one, 1)) if cell.endswith("H4"))
    errors(one).click(position={"x": 20, "y": HEAD + ROW_HEIGHT * (year + 0.5)})
    for column in range(NEW):
        _cell(one, column, year, '[aria-selected="true"]').wait_for(state="attached")
        one.page.keyboard.press("ArrowRight")
    _cell(one, NEW, year, '[aria-selected="true"]').wait_for(state="attached")
    one.page.keyboard.press("Enter")
    one.page.locator(".gdg-input").fill("2015")
    one.page.keyboard.press("Enter")
    _cell(one, NEW, year).filter(has_text="2015").wait_for(state="attached")
    one.page.get_by_role("button", name=words("apply", language)).click()
    one.page.get_by_role("button", name=words("calculate", language)).wait_for()
    one.idle()


def _calculated(one: Tab, language: str) -> None:
    """The bar is seen; its run opens by itself, and its sums are those of the file."""
    before = one.page.evaluate(f"({RUN})()")
    one.page.evaluate(WATCHED)
    one.page.get_by_role("button", name=words("calculate", language)).click()
    one.page.wait_for_function(f"before => ({RUN})() !== before", arg=before)
    one.page.locator(".js-plotly-plot").first.wait_for()
    one.idle()
    assert any(words("following", language, step="") in text for text in one.page.evaluate("bars"))
    assert _metric(one, "value", language) == {"ko": "₩152억", "en": "₩15.2\xa0bn"}[language]


def _metric(one: Tab, name: str, language: str) -> str:
    """One of the four numbers at the top."""
    box = one.page.get_by_test_id("stMetric").filter(has_text=words(name, language))
    return box.get_by_test_id("stMetricValue").first.inner_text().strip()


def _slid(one: Tab, language: str) -> None:
    """At the lens' other end nothing is vulnerable; the mark in the figure goes along."""
    before = one.page.locator(MARK).first.get_attribute("d")
    one.page.get_by_role("slider").nth(1).press("End")
    one.page.wait_for_url(re.compile(r"threshold=2(&|$)"))
    one.page.wait_for_function(
        "([where, before]) => document.querySelector(where).getAttribute('d') !== before",
        arg=[MARK, before],
    )
    one.idle()
    assert _metric(one, "vulnerable", language) == "₩0"


def _drilled(one: Tab, language: str) -> None:
    """A row of the sums opens its sites, one of these its perils."""
    _tick(tables(one).nth(0))
    one.page.wait_for_url("**key=**")
    one.idle()
    _tick(tables(one).nth(1))
    one.page.wait_for_url(re.compile(r"[?&]id=000"))
    one.page.get_by_test_id("stTable").wait_for()
    one.idle()


def _tick(table: Locator) -> None:
    """Choose the first row."""
    table.click(position={"x": 16, "y": 52})


def _filed(one: Tab) -> None:
    """The workbook has its cover, the lenses, the sites and the control totals."""
    with one.page.expect_download() as taken:
        one.page.get_by_role("button", name="XLSX").click()
    file = io.BytesIO(Path(taken.value.path()).read_bytes())
    book = load_workbook(file, read_only=True)
    assert {f"T{i}" for i in (0, 1, 12, 16)} <= {name.split(" ")[0] for name in book.sheetnames}


def _opened_again(one: Tab) -> None:
    """Loaded anew, the address shows the same numbers and the same site."""
    seen = one.page.get_by_test_id("stMetricValue").all_inner_texts()
    table = one.page.get_by_test_id("stTable").inner_text()
    one.page.reload()
    one.page.get_by_test_id("stTable").wait_for()
    one.idle()
    assert one.page.get_by_test_id("stMetricValue").all_inner_texts() == seen
    assert one.page.get_by_test_id("stTable").inner_text() == table
