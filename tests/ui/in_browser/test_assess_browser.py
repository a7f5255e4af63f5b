"""The main jobs in a real browser: a branch found, assessed, corrected, compared and reported; a click, its bar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from playwright.sync_api import Download, Locator
from pypdf import PdfReader

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.job import Step, StepKind
from modelops_core.sources import place_tables
from modelops_core.ui.assess.section_tabs import SECTIONS
from modelops_core.ui.kit import i18n
from tests.browser import Tab
from tests.world import BUSAN, SEOUL

pytestmark = pytest.mark.browser
#: what a new reader may need from the first page to the report
ACTIONS = 12
PHONE = {"width": 390, "height": 844}


class Reader:
    """Somebody who has read nothing: acts by what is written on the page, and is counted."""

    def __init__(self, one: Tab) -> None:
        self.page, self.actions = one.page, 0

    def types(self, field: Locator, words: str) -> None:
        self.actions += 1
        field.fill(words)

    def clicks(self, name: str, role: Literal["button", "link"] = "button") -> None:
        self.actions += 1
        exact = self.page.get_by_role(role, name=name, exact=True)
        (exact if exact.count() else self.page.get_by_role(role, name=name)).first.click()

    def takes(self, name: str) -> Download:
        with self.page.expect_download() as taken:
            self.clicks(name)
        return taken.value


@pytest.fixture(scope="module")
def landmarks(site) -> Iterator[None]:
    """The shipped stations and landmarks."""
    site.app.tables.write(place_tables.shipped())
    yield
    with site.app.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM modelops.place_names")


def test_a_branch_from_its_landmark_to_the_report(tab, site, landmarks):
    """Found, assessed, two facts corrected, scenarios compared, report and file taken: in twelve actions."""
    one = tab().open("/")
    reader = Reader(one)
    reader.types(one.page.get_by_role("textbox", name="장소 찾기"), "서울역")
    reader.clicks("찾기")
    reader.clicks("서울역 · 역")
    one.card()
    one.page.get_by_text("평가 불가(합계에 없음): 하천홍수").wait_for()
    reader.types(one.page.get_by_role("spinbutton", name="하천 거리 [m]").first, "100")
    reader.types(one.page.get_by_role("spinbutton", name="지반고 [m]").first, "12.5")
    reader.clicks("입력값으로 평가")
    one.page.get_by_text("평가 불가(합계에 없음): 하천홍수").wait_for(state="detached")
    one.card()
    job = one.page.url.split("job=")[1].split("&")[0]

    reader.clicks("비교하기", "link")
    one.page.wait_for_url("**/compare**")
    one.page.locator(".legendtext").nth(3).wait_for()
    assert one.page.locator(".legendtext").all_text_contents() == list(SCENARIOS.values())
    reader.clicks("지도와 평가", "link")
    one.card()
    one.idle()  # a run that goes on replaces the file that its button offers
    report = reader.takes("1쪽 보고서(PDF)")
    rows = reader.takes("CSV 내려받기")
    assert reader.actions <= ACTIONS

    kept = site.app.jobs.get(job)
    given = kept.input_params["corrections"]
    assert given == {"river_distance_m": 100.0, "elevation_m": 12.5}
    _is_report(report, job)
    _equals(rows, kept.results["results"])
    one.clean()


def _is_report(report: Download, job: str) -> None:
    """One page of the assessed place, with its job and both facts."""
    assert "중구" in report.suggested_filename
    pages = PdfReader(str(report.path())).pages
    text = pages[0].extract_text()
    assert len(pages) == 1
    assert job[:8] in text.replace("\n", "")
    assert "12.5" in text


def _equals(file: Download, stored: list[dict[str, object]]) -> None:
    """An ordinary read of the card's file gives the database's numbers."""
    path = Path(file.path())
    rows = pd.read_csv(path, comment="#")
    assert "중구" in file.suggested_filename
    assert "synthetic" in path.read_text("utf-8-sig")
    assert len(rows) == len(stored) == 180
    for got, own in zip(rows.to_dict("records"), stored, strict=True):
        for name in ("risk_type", "ssp_scenario", "horizon"):
            assert got[name] == own[name]
        for name in ("final_aal [%/yr]", "expected_loss [KRW/yr]", "hazard_score"):
            number = own[name.split(" ")[0]]
            assert got[name] == number or (pd.isna(got[name]) and number is None), name


def test_the_bar_moves(tab, site):
    """A slow job: the bar is seen at more than one place, and survives a reload in the middle."""
    batch_id = site.app.jobs.create(
        "ondemand_risk_calculation",
        {"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025},
        running=True,
    )
    one = tab().open(f"/?lat={BUSAN[0]}&lon={BUSAN[1]}&job={batch_id}")
    seen = []
    for progress in (10, 35):
        site.app.jobs.progress(batch_id, progress, Step(StepKind.exposure, "extreme_heat"))
        one.page.get_by_text(f"노출도 E 계산: 폭염 · {progress} %").wait_for()
        seen.append(progress)
    one.page.reload()
    site.app.jobs.progress(batch_id, 60, Step(StepKind.vulnerability, "river_flood"))
    one.page.get_by_text("취약성 V 계산: 하천홍수 · 60 %").wait_for()
    answer = site.app.assess({"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025})
    site.app.jobs.complete(batch_id, answer)
    one.card()

    assert seen == [10, 35]
    one.clean()


def test_a_click_its_card_on_a_phone_and_every_section(tab, site):
    """
    The sea becomes a sentence; a pixel its place, whose card comes into view on a phone.

    No section fails in the browser, nor is any wider than a small dark screen; other perils:
    test_assess_page.py.
    """
    one = tab(**PHONE, dark=True).open("/?peril=urban_flood&lang=en")
    assert one.page.get_by_role("button", name="Drawing").is_visible()
    one.click_map(126.0, 36.0)
    one.page.get_by_text("sea or outside South Korea").first.wait_for()
    one.page.wait_for_function(IN_VIEW, arg="[data-testid=stAlert]")  # the page stands still again
    assert "job=" not in one.page.url
    one.page.mouse.wheel(0, 1)  # a reader moves the page: it does not follow the answer any more
    one.click_map(SEOUL[1], SEOUL[0])
    one.page.wait_for_url("**job=**")
    one.card()
    job = one.page.url.split("job=")[1].split("&")[0]
    place = site.app.jobs.get(job).input_params
    assert abs(place["latitude"] - SEOUL[0]) < 0.02  # one pixel is about 0.01°
    assert abs(place["longitude"] - SEOUL[1]) < 0.02
    one.page.wait_for_function(IN_VIEW, arg=".sums")
    for name in SECTIONS:
        _section(one, name)
        one.page.wait_for_function(
            "() => document.querySelector('[data-testid=stMain]').scrollWidth <= 390"
        )
        one.clean()


#: whether the first of such elements is seen without scrolling
IN_VIEW = """selector => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.top >= 0 && box.bottom <= window.innerHeight;
}"""


def _section(one: Tab, name: str) -> None:
    """Choose a section of the English page, until it is drawn."""
    label = i18n.catalogue()[f"assess.section_{name}"]["en"]
    one.page.get_by_role("radio", name=label, exact=True).click()
    one.page.wait_for_url(f"**section={name}**")
    one.idle()
