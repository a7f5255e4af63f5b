"""The main job in a real browser: click a pixel, watch the bar, read the card, take the file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from modelops_core.domain.job import Step, StepKind
from modelops_core.ui.assess.section_tabs import SECTIONS
from modelops_core.ui.kit import i18n
from tests.flows import load, restore
from tests.world import BUSAN, SEOUL

pytestmark = pytest.mark.browser


def table_of(text: str) -> list[dict[str, str]]:
    """The rows under the head and the labels of an exported file."""
    lines = [line for line in csv.reader(io.StringIO(text)) if line and not line[0].startswith("#")]
    names, _labels, *rows = lines
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_click_bar_card_and_file(tab, site):
    """A click becomes a job; its numbers on the card's file are those in the database."""
    one = tab().open("/")
    one.page.get_by_role("button", name="예시: 서울시청").wait_for()
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
    text = Path(download.value.path()).read_text("utf-8-sig")
    rows = table_of(text)
    assert len(rows) == 180
    for got, stored in zip(rows, kept.results["results"], strict=True):
        assert (got["risk_type"], got["ssp_scenario"], got["horizon"]) == (
            stored["risk_type"],
            stored["ssp_scenario"],
            stored["horizon"],
        )
        for name in ("final_aal", "expected_loss", "hazard_score"):
            assert got[name] == ("" if stored[name] is None else str(stored[name])), name
    assert "synthetic" in text
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
        one.page.get_by_text(f"노출 E 계산: 폭염 · {progress} %").wait_for()
        seen.append(progress)
    one.page.reload()
    site.app.jobs.progress(batch_id, 60, Step(StepKind.vulnerability, "river_flood"))
    one.page.get_by_text("취약성 V 계산: 하천홍수 · 60 %").wait_for()
    answer = site.app.assess({"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025})
    site.app.jobs.complete(batch_id, answer)
    one.card()

    assert seen == [10, 35]
    one.clean()


def test_the_sea_is_a_clear_message(tab):
    """A click into the sea: a sentence, no job, and the next click works."""
    one = tab().open("/")
    one.click_map(126.0, 36.0)
    one.page.get_by_text("바다이거나 대한민국 밖입니다").wait_for()
    assert "job=" not in one.page.url
    one.click_map(BUSAN[1], BUSAN[0])
    one.card()
    one.clean()


def test_corrections_by_hand(tab):
    """River distance typed in: river flood gets a number; the map is reached without a mouse too."""
    one = tab().open("/?section=building")
    one.page.get_by_label("좌표 또는 지역명").fill(f"{BUSAN[0]}, {BUSAN[1]}")
    one.page.get_by_role("button", name="찾기").click()
    one.card()
    one.page.get_by_text("평가 불가(합계에 없음): 하천홍수").wait_for()
    one.page.get_by_role("spinbutton", name="하천 거리 [m]").fill("100")
    one.page.get_by_role("button", name="다시 계산").click()
    one.page.get_by_text("평가 불가(합계에 없음): 하천홍수").wait_for(state="detached")
    one.card()
    one.clean()


def test_the_value_on_another_basis(tab):
    """Depreciated instead of anew: the card says which; a known value needs no basis. The values: test_method_goldens_parts."""
    one = tab().open(f"/?section=building&lat={SEOUL[0]}&lon={SEOUL[1]}")
    one.card()
    one.page.get_by_text("(재조달원가 추정)").first.wait_for()
    one.idle()
    one.choose("추정 가액의 기준", "감가 추정")
    one.page.get_by_role("button", name="다시 계산").click()
    one.page.get_by_text("(감가 추정)").first.wait_for()
    one.card()
    one.page.get_by_role("spinbutton", name="자산가액 [KRW]").fill("5000000000")
    one.page.get_by_role("button", name="다시 계산").click()
    one.page.get_by_text("자산가액 ₩50.0억", exact=False).first.wait_for()
    one.page.get_by_text("(감가 추정)").wait_for(state="detached")
    one.clean()


@pytest.fixture
def gauges(site):
    """Observed flows in the dashboard's database, while a test needs them."""
    load(site.app, "observed")
    yield
    restore(site.app)


@pytest.mark.usefixtures("gauges")
def test_a_river_by_its_name(tab, site):
    """The name typed in: the card and the reasons say which gauge drives the river; invented flows say that they do not."""
    one = tab().open(f"/?section=building&peril=river_flood&lat={BUSAN[0]}&lon={BUSAN[1]}")
    one.card()
    one.page.get_by_role("spinbutton", name="하천 거리 [m]").fill("100")
    one.page.get_by_role("textbox", name="하천명").fill("낙동강")
    one.page.get_by_role("button", name="다시 계산").click()
    said = "관측소 2022680 (부산시(구포대교))의 연최대 유량 30년"
    one.page.get_by_text(said).first.wait_for()
    reasons = tab().open(
        one.page.url.replace(one.url, "").replace("section=building", "section=reasons")
    )
    reasons.page.get_by_role("cell", name=said).wait_for()
    with site.app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.data_sources SET kind = 'synthetic' WHERE table_name LIKE 'api_wamis%%'"
        )
    one.page.get_by_role("button", name="다시 계산").click()
    one.page.get_by_text("합성 예시 자료").first.wait_for()
    one.clean()
    reasons.clean()


def test_a_small_screen(tab):
    """390 px: nothing is wider than the screen, the card is there."""
    one = tab(width=390, height=844, dark=True).open(
        f"/?lat={SEOUL[0]}&lon={SEOUL[1]}&section=reasons"
    )
    one.card()
    one.idle()
    one.page.wait_for_function(
        "() => document.querySelector('[data-testid=stMain]').scrollWidth <= 390"
    )
    one.clean()


def test_every_section_of_an_answer_is_drawn(tab):
    """None of the sections fails in the browser; those of the other perils: test_assess_page.py."""
    one = tab().open(f"/?lat={SEOUL[0]}&lon={SEOUL[1]}&peril=urban_flood&lang=en")
    one.card()
    for name in SECTIONS:
        one.page.get_by_role(
            "radio", name=i18n.catalogue()[f"assess.section_{name}"]["en"], exact=True
        ).click()
        one.page.wait_for_url(f"**section={name}**")
        one.idle()
        one.clean()
