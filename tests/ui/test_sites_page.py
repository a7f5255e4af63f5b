"""Sites, run without a browser on the small world."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from modelops_core.ui.kit import formats
from modelops_core.ui.kit.answers import portfolio_files, saved_sites, site_jobs
from modelops_core.ui.sites import files
from tests.pages import said
from tests.world import BUSAN, SEOUL

PAGE = str(Path(__file__).parents[2] / "pages" / "sites.py")
NOWHERE = (37.62, 127.02)
KEY = ("ssp2", "2050s")


def save(app, name, point, **corrections):
    """A saved and assessed site; its id."""
    found = app.assess(
        {"latitude": point[0], "longitude": point[1], "as_of": 2025, "corrections": corrections}
    )
    return app.portfolios.save(name, *point, corrections, found["batch_id"])


def add(page, latitude, longitude, name=""):
    page.text_input(key="add.latitude").set_value(latitude)
    page.text_input(key="add.longitude").set_value(longitude)
    page.text_input(key="add.name").set_value(name)
    return next(button for button in page.button if button.label == "저장하고 평가").click().run()


def test_before_the_first_night_the_page_says_what_to_do(opened, empty_app):
    """A designed state, no error."""
    page = opened(empty_app)

    assert not page.exception
    assert "modelops_core up" in page.code[0].value


def test_an_empty_list_explains_how_to_save_and_takes_coordinates(opened, site_app):
    """The form stands under the explanation; a site added there is queued, then shown."""
    page = opened(site_app)
    assert "저장한 사업장이 없습니다" in said(page)

    add(page, str(SEOUL[0]), str(SEOUL[1]))
    [site] = site_app.portfolios.places()
    assert not page.exception
    assert site.name == "서울특별시 중구"
    assert site.site_id in site_jobs.pending().jobs

    assert site_app.worker_loop().step()
    page.run()
    assert [s.job_status for s in site_app.portfolios.places()] == ["completed"]
    assert "1 / 1곳" in page.metric[0].value


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        ("", "127", "위도를 넣으세요"),
        ("37.5", "east", "숫자가 아닙니다"),
        ("nan", "127", "범위(33 – 38.7) 밖"),
        ("51.5", "0", "대한민국 범위"),
        ("34.0", "131.5", "바다이거나 대한민국 밖"),
    ],
)
def test_what_is_wrong_with_coordinates_is_said_and_nothing_saved(
    opened, site_app, latitude, longitude, words
):
    """Wrong number, sea, abroad: each in its own words; what was typed stays."""
    page = add(opened(site_app), latitude, longitude)

    assert not page.exception
    assert words in said(page)
    assert site_app.portfolios.places() == []
    assert page.text_input(key="add.longitude").value == longitude


def test_a_pair_may_be_pasted_into_one_field(opened, site_app):
    """37.56, 126.98 and nothing in the second field."""
    add(opened(site_app), f"{SEOUL[0]}, {SEOUL[1]}", "", "본점")

    [site] = site_app.portfolios.places()
    assert (site.name, site.latitude, site.longitude) == ("본점", *SEOUL)


def test_totals_add_expected_losses_of_known_values(opened, site_app):
    """Two sites of known value are summed; one of unknown value and one without assessment are named instead."""
    save(site_app, "본점", SEOUL, asset_value=2e10)
    save(site_app, "공장", BUSAN, asset_value=5e9)
    save(site_app, "창고", NOWHERE)
    site_app.portfolios.save("후보", *SEOUL)
    page = opened(site_app)
    stored = [
        total
        for site in site_app.portfolios.sites()
        if site.name in ("본점", "공장")
        for total in site.answer.totals
        if total.key == KEY
    ]

    assert not page.exception
    assert page.metric[0].value == "2 / 4곳"
    for metric, quantity in zip(
        page.metric[1:], ("physical_no_overlap", "operating", "grand"), strict=True
    ):
        loss = sum(getattr(total, quantity) for total in stored)
        assert metric.value == formats.won(loss)
        assert metric.delta.startswith(formats.percent(100 * loss / 2.5e10))
    text = said(page)
    assert "미평가: 후보" in text
    assert "자산가액 미상(금액은 1억원당): 창고" in text


def test_other_scenarios_are_not_mixed_in(opened, site_app):
    """The sum follows the chosen scenario and horizon."""
    save(site_app, "본점", SEOUL, asset_value=2e10)
    values = {
        opened(site_app, ssp=ssp, horizon="2090s").metric[3].value for ssp in ("ssp1", "ssp5")
    }

    assert len(values) == 2


@pytest.mark.parametrize(
    ("lang", "order"), [("ko", "loss"), ("en", "rate"), ("ko", "name"), ("en", "saved")]
)
def test_a_link_opens_the_view(opened, site_app, lang, order):
    """Order, choice, scenario and horizon come from the URL; cards show the chosen sites."""
    ids = [save(site_app, "b", SEOUL), save(site_app, "a", BUSAN)]
    page = opened(
        site_app, sites=f"{ids[0]},{ids[1]}", order=order, ssp="ssp5", horizon="2070s", lang=lang
    )

    assert not page.exception
    assert page.selectbox(key="order").value == order
    assert {f"**{name}**" for name in "ab"} <= {m.value for m in page.markdown}
    assert len(page.get("plotly_chart")) == 2


def test_wrong_values_of_the_url_fall_back(opened, site_app):
    """No error; sites that are not ours are not chosen."""
    save(site_app, "본점", SEOUL)
    page = opened(site_app, sites="999,x,-1,", order="size", ssp="rcp85")

    assert not page.exception
    assert page.selectbox(key="order").value == "loss"
    assert page.button(key="again").disabled
    assert "주소에 적힌 사업장 999는 없거나 다른 사람의 것입니다." in said(page)


def test_assessing_again_keeps_the_former_answer_until_the_new_one_is_there(opened, site_app):
    """The job is queued, the site's answer is replaced when it is complete."""
    site_id = save(site_app, "본점", SEOUL, asset_value=2e10)
    before = site_app.portfolios.places()[0].batch_id
    page = opened(site_app, sites=str(site_id))
    page.button(key="again").click().run()

    assert not page.exception
    assert site_app.portfolios.places()[0].batch_id == before
    assert site_app.worker_loop().step()
    page.run()
    [site] = site_app.portfolios.sites()
    assert site.batch_id != before
    assert site.answer.asset_value == 2e10


def test_a_failed_job_is_said_and_costs_nothing(opened, site_app):
    """The former answer stays; the reason is shown."""
    save(site_app, "본점", SEOUL)
    before = site_app.portfolios.places()[0].batch_id
    page = opened(site_app)
    page.button(key="again.all").click().run()
    [(job, _)] = site_jobs.pending().jobs.values()
    site_app.jobs.fail(job, "the disk is full")
    page.run()

    assert not page.exception
    assert "이전 결과는 유지" in said(page)
    assert "작업이 결과 없이 끝났습니다." in said(page)
    assert site_app.portfolios.places()[0].batch_id == before
    assert site_jobs.pending().jobs == {}


def test_removing_asks_first(opened, site_app):
    """The button in the question removes what is chosen and nothing else."""
    gone, _ = save(site_app, "a", SEOUL), save(site_app, "b", BUSAN)
    page = opened(site_app, sites=str(gone))
    assert len(site_app.portfolios.places()) == 2

    page.button(key="remove.go").click().run()
    assert page.button(key="remove.none").disabled  # what asked is closed
    assert not page.exception
    assert [s.name for s in site_app.portfolios.places()] == ["b"]
    assert "sites" not in page.query_params


def test_removing_several_says_how_many_and_forgets_their_jobs(opened, site_app):
    """A job of a removed site would bring an answer that no site takes; the others' goes on."""
    gone = [save(site_app, name, SEOUL) for name in "ab"]
    kept = save(site_app, "c", BUSAN)
    page = opened(site_app, sites=",".join(map(str, gone)))
    page.button(key="again.all").click().run()
    assert set(site_jobs.pending().jobs) == {*gone, kept}
    page.button(key="remove.go").click().run()

    assert not page.exception
    assert [site.site_id for site in site_app.portfolios.places()] == [kept]
    assert set(site_jobs.pending().jobs) == {kept}
    assert "2곳을 삭제했습니다: a, b" in said(page)


def test_what_was_removed_comes_back(opened, site_app):
    """With name, facts, note and assessment; the last site of a list too."""
    row = site_app.assess({"latitude": SEOUL[0], "longitude": SEOUL[1], "as_of": 2025})
    given = {"asset_value": 1e9, "floors_above": 3.0}
    site_id = site_app.portfolios.save("a", *SEOUL, given, row["batch_id"], "메모")
    [before] = site_app.portfolios.places()
    page = opened(site_app, sites=str(site_id))
    page.button(key="remove.go").click().run()
    assert site_app.portfolios.places() == []
    page.button(key="remove.undo").click().run()

    assert not page.exception
    [after] = site_app.portfolios.places()
    assert replace(after, site_id=site_id) == before
    assert "삭제했습니다" not in said(page)


def test_the_same_place_twice_is_said(opened, site_app):
    """It is added all the same: two branches may share a building."""
    save(site_app, "본점", SEOUL)
    page = add(opened(site_app), str(SEOUL[0]), str(SEOUL[1]), "지점")
    assert len(site_app.portfolios.places()) == 2
    assert any("이미 ‘본점’" in toast.value for toast in page.toast)


def test_a_card_says_what_the_last_assessment_changed(opened, site_app):
    """Before, after and the fact that was given; nothing where there was no earlier one."""
    place = {"latitude": SEOUL[0], "longitude": SEOUL[1], "as_of": 2025}
    first = site_app.assess({**place, "corrections": {"asset_value": 1e9}})
    site_id = site_app.portfolios.save("a", *SEOUL, batch_id=first["batch_id"])
    page = opened(site_app, sites=str(site_id))
    assert "대비" not in said(page)

    facts = {"asset_value": 3e9, "river_distance_m": 900}
    second = site_app.assess({**place, "corrections": facts})
    site_app.portfolios.change(site_id, batch_id=second["batch_id"])
    other = save(site_app, "b", SEOUL, asset_value=3e9)
    page = opened(site_app, sites=f"{site_id},{other}")
    page.session_state[f"site.history.{second['batch_id']}"] = True  # unfolded
    page.run()
    assert not page.exception
    assert "자산가액: ₩10.0억 → ₩30.0억" in said(page)
    assert "하천 거리: 미상 → 900 m" in said(page)
    jobs = [row["batch_id"] for row in site_app.portfolios.history(*SEOUL, 10)]
    assert jobs[1:] == [second["batch_id"], first["batch_id"]]
    assert site_app.portfolios.history(SEOUL[0], SEOUL[1] + 1e-6, 10) == []


def test_a_click_on_a_site_chooses_it_and_elsewhere_fills_the_form(opened, site_app):
    """A second click on the same site takes it back."""
    ids = [save(site_app, "a", SEOUL), save(site_app, "b", BUSAN)]
    opened(site_app, sites=str(ids[1]))

    def click(layer, lat, lon, chosen):
        from types import SimpleNamespace

        import streamlit as st

        from modelops_core.ui.kit.answers import saved_sites
        from modelops_core.ui.sites import site_list, sites_map

        st.session_state["kept.sites"] = chosen
        clicked = {"lat": lat + 0.01, "lon": lon, "layer": layer, "zoom": 7.0}
        clicked["object"] = {"lat": lat, "lon": lon} if layer else None
        st.session_state["sites.map"] = SimpleNamespace(click=clicked)
        sites_map._clicked([site_list.line(s, ("ssp2", "2050s")) for s in saved_sites.all_sites()])
        st.markdown(f"{st.session_state['kept.sites']} {st.session_state.get('add.latitude')}")

    def after(layer, point, chosen):
        page = AppTest.from_function(click, args=(layer, *point, chosen), default_timeout=30).run()
        assert not page.exception
        return page.markdown[0].value

    first, second = map(str, ids)
    assert after("pins", SEOUL, second) == f"{second},{first} None"
    assert after("pin-names", BUSAN, f"{first},{second}") == f"{first} None"
    assert after("", SEOUL, second) == f"{second} {SEOUL[0] + 0.01:.5f}"


def test_names_and_notes_are_written_and_boxes_choose(opened, site_app):
    """The editor's edits reach the right rows; an empty name is refused with its reason."""
    ids = [save(site_app, name, SEOUL) for name in "ab"]
    opened(site_app)

    def edit():
        import streamlit as st

        from modelops_core.ui.kit.answers import saved_sites
        from modelops_core.ui.sites import site_list

        st.session_state["sites.table.0"] = {
            "edited_rows": {0: {"name": "본사", "note": "소유"}, 1: {"chosen": True, "name": " "}}
        }
        site_list._edited(saved_sites.all_sites())

    page = AppTest.from_function(edit, default_timeout=30).run()
    first, second = site_app.portfolios.places()

    assert not page.exception
    assert (first.name, first.note, second.name) == ("본사", "소유", "b")
    assert page.session_state["kept.sites"] == str(ids[1])
    assert page.session_state["sites.turn"] == 1
    problem = page.session_state["sites.edit_problem"]
    assert (problem.code, problem.values["count"]) == ("name_length", 0)


def test_files_hold_every_scenario_and_say_what_they_are(opened, site_app):
    """20 rows an assessed site, one for another; GeoJSON is valid and its head names sources."""
    save(site_app, "본점", SEOUL, asset_value=2e10)
    site_app.portfolios.save("후보", *BUSAN)
    opened(site_app)
    sites = saved_sites.all_sites()
    rows = files.rows(sites)
    assert len(rows) == 20 + 1
    assert (rows[-1]["grand"], rows[-1]["status"]) == (None, "not_assessed")
    assert set(rows[0]) == set(files.COLUMNS)

    head = portfolio_files.head([sites[0].answer], *KEY)
    whole = json.loads(files.geojson(sites, KEY, head))
    assert [f["geometry"]["coordinates"] for f in whole["features"]] == [
        [p[1], p[0]] for p in (SEOUL, BUSAN)
    ]
    assert whole["features"][0]["properties"]["horizon"] == "2050s"
    assert any(
        "test world" in value and "(synthetic;" in value
        for name, value in whole["metadata"]
        if name == "source"
    )
