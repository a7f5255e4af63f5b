"""The main job in a real browser: click a pixel, watch the bar, read the card, take the file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from modelops_core.domain.job import Step, StepKind
from modelops_core.ui.assess.section_tabs import SECTIONS
from modelops_core.ui.kit import i18n
from tests.browser import Tab
from tests.world import BUSAN, SEOUL

pytestmark = pytest.mark.browser


def test_click_bar_card_and_file(tab, site):
    """A click into the sea becomes a sentence, the next one a job; the card's file has the database's numbers.

    A river distance typed in gives river flood a number.
    """
    one = tab().open("/")
    one.page.get_by_role("button", name="예시: 서울시청").wait_for()
    one.click_map(126.0, 36.0)
    one.page.get_by_text("바다이거나 대한민국 밖입니다").wait_for()
    assert "job=" not in one.page.url
    one.click_map(SEOUL[1], SEOUL[0])
    one.page.wait_for_selector('[data-testid="stProgress"], [data-testid="stMetric"]')
    one.card()
    one.page.wait_for_url("**job=**")
    one.idle()  # a run that goes on replaces the file that its button offers

    job = one.page.url.split("job=")[1].split("&")[0]
    kept = site.app.jobs.get(job)
    assert kept.status == "completed"
    assert abs(kept.input_params["latitude"] - SEOUL[0]) < 0.02  # one pixel is about 0.01°
    assert abs(kept.input_params["longitude"] - SEOUL[1]) < 0.02
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="CSV 내려받기").first.click()
    path = Path(download.value.path())
    assert "중구" in download.value.suggested_filename
    rows = pd.read_csv(path, comment="#")
    assert len(rows) == 180
    for got, stored in zip(rows.to_dict("records"), kept.results["results"], strict=True):
        assert (got["risk_type"], got["ssp_scenario"], got["horizon"]) == (
            stored["risk_type"],
            stored["ssp_scenario"],
            stored["horizon"],
        )
        for name in ("final_aal [%/yr]", "expected_loss [KRW/yr]", "hazard_score"):
            number = stored[name.split(" ")[0]]
            assert got[name] == number or (pd.isna(got[name]) and number is None), name
    assert "synthetic" in path.read_text("utf-8-sig")
    one.page.get_by_text("평가 불가(합계에 없음): 하천홍수").wait_for()
    one.page.get_by_role("spinbutton", name="하천 거리 [m]").first.fill("100")
    one.page.get_by_role("button", name="입력값으로 평가").click()
    one.page.get_by_text("평가 불가(합계에 없음): 하천홍수").wait_for(state="detached")
    one.card()
    one.clean()


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


def test_every_section_of_an_answer_is_drawn(tab):
    """None fails in the browser, nor is any wider than a small dark screen; other perils: test_assess_page.py."""
    one = tab().open(f"/?lat={SEOUL[0]}&lon={SEOUL[1]}&peril=urban_flood&lang=en")
    one.card()
    for name in SECTIONS:
        _section(one, name)
        one.clean()
    one.page.emulate_media(color_scheme="dark")
    one.page.set_viewport_size({"width": 390, "height": 844})
    for name in ("reasons", "building"):
        _section(one, name)
        one.page.wait_for_function(
            "() => document.querySelector('[data-testid=stMain]').scrollWidth <= 390"
        )
    one.clean()


def _section(one: Tab, name: str) -> None:
    """Choose a section of the English page, until it is drawn."""
    label = i18n.catalogue()[f"assess.section_{name}"]["en"]
    one.page.get_by_role("radio", name=label, exact=True).click()
    one.page.wait_for_url(f"**section={name}**")
    one.idle()
