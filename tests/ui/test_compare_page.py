"""Compare, run without a browser on the small world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modelops_core.services.night import nightly
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.answers import site_jobs
from tests import world
from tests.pages import said
from tests.world import BUSAN, SEOUL

PAGE = str(Path(__file__).parents[2] / "pages" / "compare.py")
VIEWS = ("lines", "heat", "change", "spread", "table")


def save(app, name, point, **corrections):
    """A saved and assessed site; its id as the URL has it."""
    found = app.assess(
        {"latitude": point[0], "longitude": point[1], "as_of": 2025, "corrections": corrections}
    )
    return str(app.portfolios.save(name, *point, corrections, found["batch_id"]))


def query(page, name):
    value = page.query_params[name]
    return value[0] if isinstance(value, list) else value


def test_before_the_first_night_the_page_says_what_to_do(opened, empty_app):
    """A designed state, no error."""
    page = opened(empty_app)

    assert not page.exception
    assert "야간 배치" in said(page)
    assert "modelops_core up" in page.code[0].value


def test_with_data_and_no_night_one_is_a_button_away(opened, app):
    """The page says that data are there, queues the nightly run and follows it."""
    page = opened(app)
    assert "자료는 준비되었으나" in said(page)
    assert not page.code
    page.button(key="jobs.start_night").click().run()

    assert not page.exception
    assert app.jobs.page(5, job_type="nightly")[0][0].status == "queued"
    page.run()
    assert not page.exception


def test_without_sites_it_explains_how_to_get_some(opened, site_app):
    """Neither a saved site nor a point."""
    page = opened(site_app)

    assert not page.exception
    assert "비교할 사업장이 없습니다" in said(page)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_link_opens_every_view(opened, site_app, lang):
    """Sites, view and number come from the URL and stay in it."""
    ids = [save(site_app, "본점", SEOUL), save(site_app, "공장", BUSAN, asset_value=5e9)]
    for view in VIEWS:
        page = opened(
            site_app,
            sites=",".join(ids),
            show=view,
            measure="loss",
            quantity="typhoon",
            ssp="ssp5",
            lang=lang,
        )

        assert not page.exception, view
        assert query(page, "sites") == ",".join(ids)
        assert (query(page, "show"), query(page, "quantity"), query(page, "ssp")) == (
            view,
            "typhoon",
            "ssp5",
        )
        assert page.multiselect(key="compare.sites").value == ids


def test_wrong_values_of_the_url_fall_back(opened, site_app):
    """No error, the defaults instead; unknown sites are left out."""
    key = save(site_app, "본점", SEOUL)
    page = opened(
        site_app,
        sites=f"99,x,{key},{key}",
        show="nonsense",
        measure="7",
        quantity="' OR 1",
        ssp="ssp9",
        horizon="1066",
    )

    assert not page.exception
    assert (
        query(page, "sites"),
        query(page, "show"),
        query(page, "measure"),
        query(page, "quantity"),
    ) == (key, "lines", "rate", "grand")
    assert "주소에 적힌 사업장 99, x는 없거나 다른 사람의 것입니다." in said(page)


def test_no_site_chosen_is_a_state_of_its_own(opened, site_app):
    """Taking the last one away asks to choose, and the URL remembers it."""
    save(site_app, "본점", SEOUL)
    page = opened(site_app)
    page.multiselect(key="compare.sites").set_value([]).run()

    assert not page.exception
    assert query(page, "sites") == "none"
    assert "하나 이상" in said(page)


def test_the_point_of_the_map_can_be_compared(opened, site_app):
    """?lat&lon&job of the map's page is the site called here."""
    job = site_app.assess({"latitude": SEOUL[0], "longitude": SEOUL[1], "as_of": 2025})["batch_id"]
    page = opened(site_app, lat=str(SEOUL[0]), lon=str(SEOUL[1]), job=job)

    assert not page.exception
    assert page.multiselect(key="compare.sites").value == ["here"]
    assert "서울특별시 중구" in said(page)


def test_the_table_adds_losses_and_weights_by_value(opened, site_app):
    """The sum's column is the sum of the two sites' losses, made from the stored answers."""
    ids = [
        save(site_app, "a", SEOUL, asset_value=2e10),
        save(site_app, "b", BUSAN, asset_value=5e9),
    ]
    page = opened(site_app, sites=",".join(ids), show="table", measure="loss")
    frame = page.dataframe[0].value.set_index("항목")
    answers = [site.answer for site in site_app.portfolios.sites()]
    totals = [t for a in answers for t in a.totals if t.key == ("ssp2", "2050s")]

    row = frame.loc["물리적 손상 · SSP2-4.5"]
    assert row["a"] == formats.won(totals[0].physical_no_overlap)
    assert row["합계(가액 가중)"] == formats.won(sum(t.physical_no_overlap for t in totals))
    assert frame.loc["자산가액", "합계(가액 가중)"] == formats.won(2.5e10)


def test_a_site_of_unknown_value_is_in_no_sum(opened, site_app):
    """Its money is per ₩100 M: said, and left out; one known site makes no sum."""
    nowhere = (37.62, 127.02)
    ids = [save(site_app, "a", SEOUL), save(site_app, "b", nowhere)]
    page = opened(site_app, sites=",".join(ids), show="table", measure="loss")

    assert not page.exception
    assert "합계(가액 가중)" not in page.dataframe[0].value.columns
    assert (
        page.dataframe[0].value.set_index("항목").loc["자산가액", "b"].startswith("자산가액 미상")
    )
    assert "1억원당" in said(page)


def test_results_of_two_parameter_sets_are_warned_of(opened, site_app):
    """They must be neither subtracted nor added."""
    first = save(site_app, "a", SEOUL)
    high = site_app.assess(
        {"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025, "parameter_set": "high"}
    )
    second = str(site_app.portfolios.save("b", *BUSAN, batch_id=high["batch_id"]))
    page = opened(site_app, sites=f"{first},{second}")

    assert any("매개변수가 다른" in w.value for w in page.warning)


def test_a_site_never_assessed_is_one_button_away(opened, site_app):
    """The button queues a job; once a worker did it the site is compared."""
    key = site_app.portfolios.save("후보", *SEOUL, {"asset_value": 1e9})
    page = opened(site_app, sites=str(key))
    assert "아직 평가하지 않았습니다" in said(page)

    page.button(key=f"assess.{key}").click().run()
    assert not page.exception
    assert key in site_jobs.pending().jobs
    assert site_app.worker_loop().step()
    page.run()

    assert not page.exception
    assert site_jobs.pending().jobs == {}
    [site] = site_app.portfolios.sites()
    assert site.answer.asset_value == 1e9
    assert len(page.get("plotly_chart")) == 1


def test_thirty_years_of_data_say_which_horizons_are_missing(opened, make_app):
    """2021–2050 only: the 2070s and 2090s are not assessed, and the 2030s are the baseline itself."""
    app = make_app()
    world.fill(app.owner, years=np.arange(2021, 2051))
    nightly.run(app.nightly_ports, app.nightly_request())
    key = save(app, "본점", SEOUL)
    for view in VIEWS:
        page = opened(app, sites=key, show=view, horizon="2090s", quantity="extreme_heat")
        assert not page.exception, view
    lines = opened(app, sites=key, show="lines", quantity="extreme_heat")
    changes = opened(app, sites=key, show="change", quantity="extreme_heat")
    total = opened(app, sites=key, show="lines", quantity="grand")

    assert "2050년대, 2070년대, 2090년대: 다른 전망 시점의 합계에 포함된 위험" in said(
        total
    )  # only typhoons are left there
    assert "2090년대" in next(c.value for c in lines.caption if c.value.startswith("평가 불가:"))
    frame = changes.dataframe[0].value
    assert set(frame["2030년대"]) == {"동일 기간(변화 없음)"}
    assert set(frame["2090년대"]) == {"평가 불가"}
    assert any("정의상 변화가 없습니다" in i.value for i in changes.info)
