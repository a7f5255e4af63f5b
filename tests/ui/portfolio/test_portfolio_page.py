"""The page of portfolios, run without a browser on the small world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelops_core.domain.access import COMMAND_LINE, Caller
from modelops_core.domain.portfolio import Portfolio
from modelops_core.ui.kit import access
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.portfolio import corrections, intake
from modelops_core.ui.portfolio import upload as uploads
from tests import portfolios
from tests.pages import said
from tests.world import BUSAN, SEOUL

PAGE = str(Path(__file__).parents[3] / "pages" / "portfolio.py")
HEAD = "사업장번호,사업장명,위도,경도,용도,연면적,자산가액\n"


def two_sites() -> Portfolio:
    """Seoul and Busan, of known value."""
    given = [{"asset_value": 2e9, "purpose": "공장"}, {"asset_value": 5e8, "purpose": "주택"}]
    return portfolios.portfolio([SEOUL, BUSAN], given, industry=["C26", "L68"])


def calculated(app, own: Portfolio, owner: Caller = COMMAND_LINE) -> int:
    """The run of a portfolio that a worker has calculated."""
    version = app.portfolio_jobs.keep(own, owner)
    job = app.portfolio_jobs.submit(version, COMMAND_LINE, as_of=2025)
    assert app.worker_loop().step()
    return int(app.jobs.get(job).results["run_id"])


def upload(page, *lines: str):
    """A CSV of sites, as an analyst uploads it."""
    content = (HEAD + "\n".join(lines) + "\n").encode()
    page.file_uploader[0].upload("sites.csv", content, "text/csv")
    return page.run()


def test_errors_are_corrected_in_place_and_the_portfolio_is_calculated(opened, site_app):
    """A wrong latitude is named with its cell; corrected, it is kept, and its run opens."""
    page = opened(site_app)
    assert "계산한 포트폴리오가 없습니다" in said(page)
    lines = (f"A1,본점,{SEOUL[0]},{SEOUL[1]},공장,1000,2000000000",
             f"A1,지점,{BUSAN[0]},{BUSAN[1]},주택,500,900000000")  # fmt: skip
    upload(page, *lines)
    assert not page.exception
    assert "오류 **1**" in said(page)
    assert not [button for button in page.button if button.label == "저장하고 계산"]

    kept = page.session_state[uploads.FILE]
    [wrong] = [f for p in kept.found.problems if p.severity == "error" for f in p.each()]
    draft = corrections.corrected(kept.draft, [wrong], ["A2"], [False])
    found = uploads.check(draft, kept.choices)
    page.session_state[uploads.FILE] = replace(kept, draft=draft, found=found, turn=1)
    page.run()
    assert "오류 **0**" in said(page)
    next(button for button in page.button if button.label == "저장하고 계산").click().run()
    assert not page.exception
    waiting = page.session_state[intake.JOB]
    assert opened(site_app).session_state[intake.JOB] == waiting  # a page that is loaded anew
    assert site_app.worker_loop().step()
    page.run()
    page.run()
    assert not page.exception
    assert len(site_app.portfolio_reports.runs(COMMAND_LINE)) == 1
    assert any("2곳" in one.value for one in page.subheader)


def test_a_link_to_no_run_of_the_readers_says_so(opened, site_app, monkeypatch):
    """In the same words whether there is none or it is another's; the latest opens by a button."""
    own, other = (Caller(f"{n}@b.kr", f"{n}@b.kr", "analyst", kind="person") for n in ("a", "b"))
    theirs, mine = (calculated(site_app, two_sites(), who) for who in (other, own))
    monkeypatch.setattr(access, "caller", lambda: own)
    for run in (str(theirs), "99"):
        page = opened(site_app, run=run)
        assert f"주소에 적힌 계산 #{run}" in said(page).replace("\\", "")
        assert "없거나 다른 사람의 것입니다" in said(page)
        assert len(page.metric) == 0
    page.button(key=WidgetKey.PORTFOLIO_LATEST).click().run()
    assert str(mine) in page.query_params["run"]
    assert len(page.metric) > 0
    page = opened(site_app, run=str(mine), id="S9", former=str(theirs))
    assert not page.exception
    assert "이 계산의 사업장 S9는 없거나" in said(page)
    assert f"계산 #{theirs}" in said(page).replace("\\", "")


def test_a_sum_opens_its_sites_and_a_site_its_reasons(opened, site_app):
    """Chosen in the address: Busan's one site, each peril with its status, and the link."""
    run = calculated(site_app, two_sites())
    page = opened(site_app, run=str(run), by="sido", key="26", id="S1")
    sites = page.dataframe[-1].value if len(page.dataframe) else None
    assert not page.exception
    assert any("사업장 1곳" in one.value for one in page.subheader)
    assert sites is not None
    assert "어느 사업장에서도 평가하지 못한 위험: 하천홍수" in said(page)
    assert len(page.table[0].value) == len(site_app.perils)


@pytest.mark.parametrize(("threshold", "share"), [("0", "100"), ("2", "0")])
def test_the_slider_moves_what_is_vulnerable(opened, site_app, threshold, share):
    """At 0 everything is, at 2 % a year nothing."""
    calculated(site_app, two_sites())
    page = opened(site_app, lens="loss_rate", threshold=threshold)
    vulnerable = next(one for one in page.metric if one.label == "취약 금액")
    assert (vulnerable.value == "₩0") is (share == "0")


def test_two_runs_are_compared(opened, site_app):
    """The same file twice: nothing changed; half the value: each loss falls, by its sign and site."""
    poorer = portfolios.portfolio(
        [SEOUL, BUSAN],
        [{"asset_value": 1e9, "purpose": "공장"}, {"asset_value": 5e8, "purpose": "주택"}],
        industry=["C26", "L68"],
    )
    first, second, third = (calculated(site_app, one) for one in (*[two_sites()] * 2, poorer))
    page = opened(site_app, run=str(second), former=str(first))
    assert not page.exception
    assert "두 계산의 값이 같습니다" in said(page)
    assert "변화 없음: 폭염" in said(page)
    page = opened(site_app, run=str(third), former=str(second), ssp="ssp5")
    assert not page.exception
    [table] = [one.value for one in page.dataframe if "원인별 변화" in one.value]
    assert set(table["차이"].str[:2]) == {"−₩"}
    assert set(table["원인"]) == {"포트폴리오"}
    assert "위치·입력이 바뀜 1 (S0)" in said(page)
    assert "연간 기대손실 · SSP5-8.5 · 2050년대" in said(page)


def test_a_link_is_the_view(opened, site_app):
    """What is chosen stands in the address, and the address opens it again."""
    run = calculated(site_app, two_sites())
    page = opened(site_app)
    for key, value in (
        ("lens", "rare_loss"),
        ("threshold", "10"),
        ("kind", "acute"),
        ("by", "use"),
    ):
        kinds = ("button_group", "select_slider")
        [one] = [w for kind in kinds for w in getattr(page, kind) if w.key == key]
        one.set_value(value).run()
        assert not page.exception
    address = {k: v if isinstance(v, str) else v[0] for k, v in page.query_params.items()}
    assert address["run"] == str(run)
    numbers = [(one.label, one.value) for one in page.metric]
    again = opened(site_app, **address)
    assert [(one.label, one.value) for one in again.metric] == numbers


def test_a_version_is_kept_and_a_second_person_signs_it(opened, site_app, monkeypatch):
    """Not who made it, to whom the page says so; the list says both people, and offers no more."""
    analyst, boss = (
        Caller(f"{name}@b.kr", f"{name}@b.kr", role, kind="person")
        for name, role in (("kim", "analyst"), ("lee", "admin"))
    )
    run = calculated(site_app, two_sites(), analyst)
    sign = WidgetKey.PORTFOLIO_SIGN.of(f"{run}.1")
    monkeypatch.setattr(access, "caller", lambda: analyst)
    page = opened(site_app, run=str(run))
    page.button(key=WidgetKey.PORTFOLIO_KEEP.of(run)).click().run()
    assert not page.exception
    assert "본인이 만든 보고서" in said(page)
    assert sign not in [button.key for button in page.button]

    monkeypatch.setattr(access, "caller", lambda: boss)
    page = opened(site_app, run=str(run))
    page.text_input(key=WidgetKey.PORTFOLIO_SIGN_NOTE.of(f"{run}.1")).set_value("확인")
    page.button(key=sign).click().run()
    assert not page.exception
    [row] = next(t.value for t in page.dataframe if "서명" in t.value).to_dict("records")
    assert (row["작성"].split()[0], row["서명"].split()[0]) == ("kim@b.kr", "lee@b.kr")
    assert sign not in [button.key for button in page.button]
