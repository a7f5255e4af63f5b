"""Map & assess, run without a browser on the small world."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.services.site import place_search
from modelops_core.ui.assess.section_tabs import SECTIONS
from modelops_core.ui.kit import filters, formats, surface, theme
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.keys import StateKey
from tests.flows import load, restore
from tests.pages import as_read, said, sums
from tests.waiting import wait_for
from tests.world import BUSAN, SEOUL

PAGE = str(Path(__file__).parents[2] / "pages" / "assess.py")
KEY = ("ssp2", "2050s")
#: from a click on the map to its card
MOST_MESSAGES = 30


def assess(app, point, **params):
    """A finished assessment as its answer."""
    row = app.assess({"latitude": point[0], "longitude": point[1], "as_of": 2025, **params})
    return Answer.from_row(row, 1e8)


def link(answer, **more):
    """The URL's parameters of an answer."""
    return {
        "lat": str(answer.latitude),
        "lon": str(answer.longitude),
        "job": answer.batch_id,
        **more,
    }


def figure(page, key):
    """The chart drawn under *key*, as plotly's JSON."""
    [found] = [c for c in page.get("plotly_chart") if c.proto.id.endswith(f"-{key}")]
    return json.loads(found.proto.spec)


def query(page, name):
    value = page.query_params[name]
    return value[0] if isinstance(value, list) else value


def search(page, words):
    page.text_input(key="search").set_value(words)
    return page.button[[b.label for b in page.button].index("찾기")].click().run()


def test_a_place_becomes_a_job_and_then_a_card(opened, site_app):
    """The bar first; once a worker is done: place, value, subtotals and what share they are."""
    page = search(opened(site_app), f"{SEOUL[0]}, {SEOUL[1]}")
    job = query(page, "job")
    assert "이 지점을 평가하고 있습니다" in said(page)
    assert not sums(page)
    assert site_app.worker_loop().step()
    page.run()
    answer = Answer.from_row(site_app.jobs.get(job).results)
    totals = answer.total(*KEY)

    assert not page.exception
    assert "#### 서울특별시 중구" in said(page)
    assert "37.5600°N 126.9800°E" in said(page)
    losses = (totals.physical_no_overlap, totals.operating, totals.grand)
    assert [loss for _, loss, _ in sums(page)] == [as_read(formats.won(loss)) for loss in losses]
    assert [share for _, _, share in sums(page)] == [
        as_read(formats.percent(100 * loss / answer.asset_value)) for loss in losses
    ]
    assert "합성 예시 자료" in said(page)


@pytest.mark.parametrize(
    ("end", "heading", "reason"),
    [
        (
            lambda jobs, job: jobs.fail(job, "the disk is full"),
            "평가에 실패했습니다.",
            "작업이 결과 없이 끝났습니다.",
        ),
        (lambda jobs, job: jobs.cancel(job), "평가가 취소되었습니다.", ""),
    ],
    ids=["failed", "cancelled"],
)
def test_a_job_that_did_not_end_well_can_be_repeated(opened, site_app, end, heading, reason):
    """What became of it and why, no card; the button queues the same place anew."""
    page = search(opened(site_app), f"{SEOUL[0]}, {SEOUL[1]}")
    before = query(page, "job")
    end(site_app.jobs, before)
    wait_for(lambda: page.run().error)  # the page hears of it by a notice

    assert [error.value for error in page.error] == [heading]
    assert reason in said(page)
    assert not sums(page)
    next(button for button in page.button if button.label == "다시 시도").click().run()
    again = query(page, "job")
    assert again != before
    assert not page.error
    assert "이 지점을 평가하고 있습니다" in said(page)
    place = site_app.jobs.get(again).input_params
    assert (place["latitude"], place["longitude"]) == SEOUL


def test_a_run_of_the_page_waits_for_its_card(opened, site_app, monkeypatch):
    """A worker is at hand: the run that asks also shows the card, and no bar. 126.98, 37.56 is no latitude of 126."""
    page = opened(site_app)
    monkeypatch.setattr(assessment, "PATIENCE_SECONDS", 60.0)
    worker = threading.Thread(target=lambda: wait_for(site_app.worker_loop().step), daemon=True)
    worker.start()
    page = search(page, f"{SEOUL[1]}, {SEOUL[0]}")
    worker.join(60)

    assert (query(page, "lat"), query(page, "lon")) == ("37.56", "126.98")
    assert len(sums(page)) == 3
    assert not page.get("progress")
    drawn = below(page._tree, "-answer") + below(page._tree, "-sections")
    # a click draws these anew; besides: begin and end of the run, its status twice, the URL, a bar
    assert len(SECTIONS) < drawn <= MOST_MESSAGES - 6


def below(node, key):
    """Number of elements and blocks below the container *key*: each is a message to the browser."""
    children = list(getattr(node, "children", {}).values())
    whole = getattr(getattr(node, "proto", None), "id", "").endswith(key)
    return sum(
        1 + below(child, "") if whole or not key else below(child, key) for child in children
    )


def test_a_name_offers_places_and_a_choice_is_assessed(opened, site_app):
    """Every district of the name is one button away; nothing of that name is said."""
    found = place_search.find("중구", site_app.place_names)
    page = search(opened(site_app), "중구")
    offered = [b for b in page.button if (b.key or "").startswith("go.")]
    assert [b.label for b in offered] == [place.name for place in found]
    page = offered[0].click().run()
    given = site_app.jobs.get(query(page, "job")).input_params
    assert (given["latitude"], given["longitude"]) == (found[0].latitude, found[0].longitude)

    page = search(opened(site_app), "없는곳")
    assert "‘없는곳’에 해당하는 곳이 없습니다" in said(page)


def test_the_sea_is_no_failure(opened, site_app):
    """A hint, no job; abroad the same."""
    page = opened(site_app, lat="36.0", lon="126.0")
    assert "바다이거나 대한민국 밖입니다" in said(page)
    assert not page.error

    assert "바다이거나 대한민국 밖입니다" in said(opened(site_app, lat="48.8", lon="2.3"))


def test_another_places_answer_is_not_shown(opened, site_app):
    """Coordinates changed by hand beside an old job: the old answer goes, a job of the new place comes."""
    seoul = assess(site_app, SEOUL)
    page = opened(site_app, lat=str(BUSAN[0]), lon=str(BUSAN[1]), job=seoul.batch_id)
    assert "서울특별시" not in said(page)
    assert query(page, "job") != seoul.batch_id
    assert site_app.worker_loop().step()
    page.run()

    assert f"{BUSAN[0]:.4f}°N {BUSAN[1]:.4f}°E" in said(page)


def test_a_link_to_no_job_of_the_readers_is_assessed_anew_and_that_is_said(opened, site_app):
    """The job may have been of corrected facts: the frame tells that the address's means nothing here."""
    gone = "00000000-0000-4000-8000-000000000000"
    page = opened(site_app, lat=str(BUSAN[0]), lon=str(BUSAN[1]), job=gone)
    assert page.session_state[StateKey.ADDRESS_REFUSED] == {"job"}
    assert site_app.jobs.state(query(page, "job")).status == "queued"


def test_the_last_of_two_places_is_shown(opened, site_app):
    """Two were asked for, both are done: the second one's card."""
    page = search(opened(site_app), f"{SEOUL[0]}, {SEOUL[1]}")
    page = search(page, f"{BUSAN[0]}, {BUSAN[1]}")
    loop = site_app.worker_loop()
    assert loop.step()
    assert loop.step()
    page.run()

    assert f"{BUSAN[0]:.4f}°N" in said(page)
    assert f"{SEOUL[0]:.4f}°N" not in said(page)


def test_the_peril_table_has_every_number_in_its_column(opened, site_app):
    """H, E, V, base, factor, final, interval, loss and H·E·V of the chosen scenario and horizon."""
    answer = assess(site_app, BUSAN, corrections={"river_distance_m": 100.0})
    page = opened(site_app, **link(answer, ssp="ssp5", horizon="2090s"))
    table = page.table[0].value
    results = answer.at("ssp5", "2090s")

    assert list(table.iloc[:, 0]) == [filters.peril_name(key) for key in results]
    for row, one in zip(table.itertuples(index=False), results.values(), strict=True):
        status = formats.status(one.status, "ko")
        assert row[1] == status
        for cell, value in zip(
            (row[2], row[3], row[4], row[10]),
            (one.hazard_score, one.exposure_score, one.vulnerability_score, one.integrated_risk),
            strict=True,
        ):
            assert cell.split()[0] == (status.split()[0] if value is None else f"{value:.2f}")
        assert (row[5], row[6]) == (formats.percent(one.base_aal), formats.number(one.site_factor))
        assert row[7] == (formats.percent(one.final_aal) if one.has_number else status)
        assert row[8] == formats.interval(one.aal_p05, one.aal_p95)
        assert row[9] == (formats.won_full(one.expected_loss) if one.has_number else status)


def test_bars_stand_by_size_and_unknown_ones_last(opened, site_app):
    """The order of the card's bars, and the losses of both kinds."""
    answer = assess(site_app, BUSAN)
    chart = figure(opened(site_app, **link(answer)), "losses")
    results = answer.at(*KEY).values()
    losses = {filters.peril_name(r.risk_type): r.expected_loss for r in results if r.has_number}
    drawn = {
        y: x
        for bar in chart["data"]
        for y, x in zip(bar["y"], bar["x"], strict=True)
        if x is not None
    }

    assert drawn == pytest.approx(losses)
    order = chart["layout"]["yaxis"]["categoryarray"][::-1]
    assert order[: len(losses)] == sorted(losses, key=losses.__getitem__, reverse=True)


def test_the_map_shows_sums_classes_and_return_levels(opened, site_app, monkeypatch):
    """At first all perils' rank; then what lies behind one peril's loss, in its own unit; none where there is none."""
    drawn = []
    monkeypatch.setattr(surface, "click_map", lambda view, **_: drawn.append(view))
    page = opened(site_app)
    aal = page.selectbox(key="metric").set_value("aal").run()
    first, fixed = drawn
    assert (query(page, "peril"), query(page, "metric")) == ("all", "aal")
    assert first.legend.title == "전체 위험(합계) · AAL 전국 백분위"
    assert first.legend.when == "SSP2-4.5 · 2050년대"
    np.testing.assert_allclose(first.hover["behind"], fixed.hover["value"])
    known = np.isfinite(fixed.hover["value"])
    assert known.any()
    np.testing.assert_allclose(
        first.hover["value"][known], percentiles(fixed.hover["value"][known]), rtol=1e-6
    )
    assert "합계에서 빠진 격자" in said(aal)
    assert "max(" in said(aal)

    page.selectbox(key="beside").set_value("ssp5").run()
    both = page.selectbox(key="metric").set_value("percentile").run()
    other = drawn[-1].beside
    assert (drawn[-1].name, other.name) == ("SSP2-4.5", "SSP5-8.5")
    assert drawn[-1].legend.when == "SSP2-4.5 ↔ SSP5-8.5 · 2050년대"
    higher = site_app.layers.stored(tuple(site_app.perils), "ssp5", "2050s", np.arange(1, 7)).aal
    np.testing.assert_allclose(other.hover["behind"], higher, rtol=1e-6)
    low = fixed.hover["value"][known]  # both are ranked among the first one's cells
    ranks = [100 * float((low < one).mean()) for one in other.hover["behind"][known]]
    np.testing.assert_allclose(other.hover["value"][known], ranks, rtol=1e-6)
    assert "SSP2-4.5의 격자 분포" in said(both)

    drawn.clear()
    view = {"ssp": "ssp5", "horizon": "2090s"}
    page = opened(site_app, peril="typhoon", metric="probability", **{"class": "2"}, **view)
    page.selectbox(key="metric").set_value("level").run()
    page.selectbox(key="period").set_value("100").run()
    page.selectbox(key="peril").set_value("wildfire").run()
    probability, ten, hundred, none = drawn
    read = site_app.layers.classes("typhoon", *view.values(), 1).values["p"]
    np.testing.assert_allclose(probability.hover["value"], 100 * read, rtol=1e-6)
    assert as_read(probability.legend.title) == "태풍 · P(H) 2등급(17–25.7 m/s) [%/년]"
    levels = site_app.layers.details("typhoon", *view.values(), ("level_10", "level_100")).values
    np.testing.assert_allclose(ten.hover["value"], levels["level_10"], rtol=1e-6)
    np.testing.assert_allclose(hundred.hover["value"], levels["level_100"], rtol=1e-6)
    assert hundred.words["unit"] == " m/s"
    assert "100년 빈도" in hundred.legend.title
    assert np.isnan(none.hover["value"]).all()
    assert "재현수준이 없습니다" in said(page)


def percentiles(values):
    """Share of the values below each [%]."""
    return [100 * float((values < one).mean()) for one in values]


@pytest.mark.parametrize("view", ["smooth", "cells", "districts", "heat"])
def test_the_response_of_the_rain_is_a_layer_of_its_own(opened, site_app, monkeypatch, view):
    """One hundred times the stored response; no peril, scenario or horizon changes it; published ones are counted."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.change_signals SET pooled = 0.01 * grid_id, flags = '{}'"
        )
        connection.exec_driver_sql(
            "UPDATE modelops.change_signals SET pooled = 0.065, flags = '{response_assumed}' WHERE grid_id = 2"
        )
        connection.exec_driver_sql("DELETE FROM modelops.change_signals WHERE grid_id = 6")
    drawn = []
    monkeypatch.setattr(surface, "click_map", lambda view, **_: drawn.append(view))
    link = {"metric": "rain_response", "view": view, "opacity": "100"}
    page = opened(site_app, **link, peril="river_flood", ssp="ssp5", horizon="2090s")
    opened(site_app, **link, peril="wildfire", ssp="ssp1", horizon="2030s")
    one, other = drawn

    assert one.spec() == other.spec()
    assert one.legend.title == "극한강수의 온난화 반응 [%/K]" == other.legend.title
    assert one.legend.gradient == theme.gradient(theme.DIVERGING)
    if view == "districts":
        assert list(one.texts) == ["강수 반응 4.50 %/K", "강수 반응 3.50 %/K"]
    else:
        np.testing.assert_allclose(one.hover["value"], [1, 6.5, 3, 4, 5, np.nan], rtol=1e-6)
        assert one.words["unit"] == " %/K"
    assert "시나리오·전망 시점과 무관하게 같습니다" in said(page)
    assert "격자의 중앙값은 4.00 %/K, 5–95 %는 1.40에서 6.20입니다" in said(page)
    assert "격자 6개 중 1개는" in said(page)
    heat = [layer for layer in json.loads(one.spec())["layers"] if layer["id"] == "heat"]
    assert [layer["colorRange"] for layer in heat] == (
        [[list(colour) for colour in theme.DIVERGING]] if view == "heat" else []
    )
    assert "공표값 6.50 %/K" in said(page)
    assert "제방에 접한" not in said(page)


def test_what_is_unknown_is_named_with_its_reason(opened, site_app):
    """Without a river distance: river flood is in no sum, and the form can help."""
    text = said(opened(site_app, **link(assess(site_app, BUSAN))))

    assert "평가 불가(합계에 없음): 하천홍수" in text
    assert "확인된 값을 아래에 입력하면" in text


def test_corrections_are_assessed_and_kept(opened, site_app):
    """Value and river distance typed in become a job; the form shows them again."""
    page = opened(site_app, **link(assess(site_app, BUSAN), section="building"))
    page.text_input(key="fix.asset_value").set_value("200억")
    page.number_input(key="fix.river_distance_m").set_value(100.0)
    page.text_input(key="fix.structure").set_value("목구조")
    page.selectbox(key="fix.river_class").set_value("national")
    page = page.button[[b.label for b in page.button].index("다시 계산")].click().run()
    job = site_app.jobs.get(query(page, "job"))

    assert job.input_params["corrections"] == {
        "asset_value": 2e10,
        "river_distance_m": 100.0,
        "structure": "목구조",
        "river_class": "national",
    }
    assert site_app.worker_loop().step()
    page.run()
    assert "자산가액 ₩200억" in said(page)
    assert "평가 불가(합계에 없음): 하천홍수" not in said(page)
    assert page.text_input(key="fix.asset_value").value == "200억"


def recalculated(page, app, **fields):
    """The page after "calculate again" with these fields of the form, and after its job."""
    for name, value in fields.items():
        kinds = (page.number_input, page.text_input, page.selectbox)
        [field] = [w for kind in kinds for w in kind if w.key == f"fix.{name}"]
        field.set_value(value)
    page = page.button[[b.label for b in page.button].index("다시 계산")].click().run()
    assert app.worker_loop().step()
    return page.run()


def test_the_value_on_another_basis(opened, site_app):
    """Depreciated instead of anew: the card says which; a known value needs no basis. The values: test_method_goldens_parts."""
    page = opened(site_app, **link(assess(site_app, SEOUL), section="building"))
    assert "(재조달원가 추정)" in said(page)
    page = recalculated(page, site_app, value_basis="depreciated")
    assert "(감가 추정)" in said(page)
    page = recalculated(page, site_app, asset_value="50억")
    assert "자산가액 ₩50.0억" in said(page)
    assert "(감가 추정)" not in said(page)


@pytest.fixture
def gauges(site_app):
    """Observed flows in the database, while a test needs them."""
    load(site_app, "observed")
    yield
    restore(site_app)


@pytest.mark.usefixtures("gauges")
def test_a_river_by_its_name(opened, site_app):
    """The name typed in: card and reasons say which gauge drives the river; invented flows say that they do not."""
    answer = assess(site_app, BUSAN)
    page = opened(site_app, **link(answer, section="building", peril="river_flood"))
    page = recalculated(page, site_app, river_distance_m=100.0, river_name="낙동강")
    gauge = "관측소 2022680 (부산시(구포대교))의 연최대 유량 30년"
    assert gauge in said(page)
    job = query(page, "job")
    reasons = opened(
        site_app,
        **link(answer) | {"job": job, "section": "reasons", "peril": "river_flood"},
    )
    cells = [str(cell) for table in reasons.table for cell in table.value.to_numpy().ravel()]
    assert any(gauge in as_read(cell) for cell in cells)
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.data_sources SET kind = 'synthetic' WHERE table_name LIKE 'api_wamis%%'"
        )
    page = opened(
        site_app, **link(answer) | {"job": job, "section": "building", "peril": "river_flood"}
    )
    page = recalculated(page, site_app, river_distance_m=100.0, river_name="낙동강")
    assert "합성 예시 자료" in said(page)


def test_a_wrong_correction_is_said_and_makes_no_job(opened, site_app):
    """One won is no value of a building; the sentence stands at the field, among those of the form."""
    answer = assess(site_app, BUSAN)
    page = opened(site_app, **link(answer, section="building"))
    page.text_input(key="fix.asset_value").set_value("1원")
    page = page.button[[b.label for b in page.button].index("다시 계산")].click().run()

    [problem] = page.error
    assert "자산가액" in problem.value
    assert query(page, "job") == answer.batch_id


def test_unknown_words_are_asked_at_once_and_never_mapped(opened, site_app):
    """Neither a default class nor a job comes of words that no rule knows, however many they are."""
    typed = {"asset_value": "12억 어쩌고", "structure": "우주정거장", "purpose": "비밀기지"}
    answer = assess(site_app, SEOUL)
    page = opened(site_app, **link(answer, section="building"))
    for field, word in typed.items():
        page.text_input(key=f"fix.{field}").set_value(word)
    page = page.button[[b.label for b in page.button].index("다시 계산")].click().run()
    problems = [problem.value for problem in page.error]
    assert [word in problem for word, problem in zip(typed.values(), problems, strict=True)] == [
        True
    ] * len(typed)
    assert "기타" in problems[1]
    assert query(page, "job") == answer.batch_id


def test_what_is_typed_stands_beside_what_was_found(opened, site_app):
    """2.5 m stays 2.5 m in card, table and form, and is called the analyst's; a program's whole numbers too."""
    given = {"elevation_m": 2.5, "asset_value": 1_230_000_000, "floors_above": 15, "hand_m": 2}
    answer = assess(site_app, SEOUL, corrections=given)
    page = opened(site_app, **link(answer, section="building"))
    given = next(c.value for c in page.caption if "사용자 입력: " in c.value)
    assert formats.plain("지반고 2.5 m") in as_read(given)
    assert "자산가액 ₩12.3억 (사용자 입력)" in said(page)
    frame = next(one.value for one in page.table if "사용자 입력" in one.value)
    assert frame.loc["평균해수면 위 지반고", "사용자 입력"] == "2.5\xa0m"
    assert frame.loc["자산가액", "사용자 입력"] == "₩12억 3,000만 (1,230,000,000)"
    assert page.text_input(key="fix.asset_value").value == "12억 3,000만"
    assert page.number_input(key="fix.elevation_m").value == 2.5
    assert page.number_input(key="fix.floors_above").value == 15.0


def test_the_outlook_draws_totals_and_the_perils_rate(opened, site_app):
    """A line a scenario: sums in won on the left, final AAL of the chosen peril on the right."""
    answer = assess(site_app, SEOUL)
    page = opened(site_app, **link(answer, section="outlook", peril="wildfire", ssp="ssp3"))
    totals, rates = (
        [trace for trace in figure(page, key)["data"] if not trace.get("fill")]
        for key in ("totals", "peril.lines")
    )

    for trace, rate, code in zip(totals, rates, SCENARIOS, strict=True):
        assert (trace["name"], rate["name"]) == (SCENARIOS[code], SCENARIOS[code])
        assert trace["y"] == pytest.approx([answer.total(code, h).grand for h in HORIZONS])
        assert rate["y"] == pytest.approx(
            [answer.at(code, h)["wildfire"].final_aal for h in HORIZONS]
        )
    heat = figure(page, "loss.heat")
    texts = {(n["y"], n["x"]): n["text"] for n in heat["layout"]["annotations"]}
    for h in HORIZONS:
        one = answer.at("ssp3", h)["wildfire"]
        assert texts["산불", formats.horizon(h, "ko")] == formats.bare(one.final_aal)


def test_the_reasons_lead_from_the_bins_to_the_final_number(opened, site_app):
    """Steps of the waterfall are those of the answer; the central set gives the stored number."""
    answer = assess(site_app, SEOUL)
    one = answer.at(*KEY)["wildfire"]
    page = opened(site_app, **link(answer, section="reasons", peril="wildfire"))
    site = one.base_aal * one.site_factor

    assert figure(page, "steps")["data"][0]["y"] == pytest.approx(
        [one.base_aal, site - one.base_aal, one.final_aal - site, one.final_aal]
    )
    low, central, high = figure(page, "whatif.sets")["data"][0]["x"]
    assert low <= central <= high
    assert central == pytest.approx(one.final_aal)
    for trace in figure(page, "whatif.spans")["data"]:
        assert trace["x"][0] <= trace["x"][1]
    assert sum(figure(page, "bins")["data"][0]["y"]) == pytest.approx(100)
    chain = dict(zip(page.table[0].value.index, page.table[0].value.iloc[:, 0], strict=True))
    assert any(formats.won_full(one.expected_loss) in text for text in chain.values())


@pytest.mark.parametrize("peril", ["typhoon", "water_stress", "drought"])
def test_every_section_of_an_answer_is_drawn(opened, site_app, peril):
    """Numbers that are assessed have all of their figures: no part fails."""
    answer = assess(site_app, SEOUL)
    for section in SECTIONS:
        page = opened(site_app, **link(answer, section=section, peril=peril, lang="en"))
        assert not page.exception
        assert not page.error
        assert query(page, "section") == section


def test_limits_name_flags_and_versions(opened, site_app):
    """Version, set, hash and job of the answer are written below its assumptions."""
    answer = assess(site_app, SEOUL, parameter_set="high")
    text = said(opened(site_app, **link(answer, section="limits")))

    version, name, digest = answer.stamp
    assert name == "high"
    for part in (version, "매개변수 고", digest, answer.batch_id):
        assert part in text
    assert "고 세트" in text


def test_a_place_is_saved_under_a_name(opened, site_app):
    """With its corrections and its answer."""
    answer = assess(site_app, SEOUL, corrections={"asset_value": 2e10})
    page = opened(site_app, **link(answer))
    page.button(key="save.open").click().run()
    page.text_input(key="save.name").set_value("본점")
    page.button(key="save.go").click().run()
    [site] = site_app.portfolios.places()

    assert (site.name, site.latitude, site.longitude) == ("본점", *SEOUL)
    assert (site.batch_id, site.corrections) == (answer.batch_id, {"asset_value": 2e10})


def test_replaced_inputs_are_said_on_the_card_and_in_the_reasons(opened, site_app):
    """Of an answer the tables that were loaded since; a new one names the perils until the next nightly run."""
    asked = {"latitude": SEOUL[0], "longitude": SEOUL[1]}
    job = site_app.submit(asked, COMMAND_LINE)
    assert site_app.worker_loop().step()
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.data_sources SET loaded_at = clock_timestamp()"
            " WHERE table_name IN ('wsdi_data', 'place_names')"
        )
    at = {"lat": str(SEOUL[0]), "lon": str(SEOUL[1]), "peril": "extreme_heat"}
    page = opened(site_app, **at, job=job, section="reasons")
    said_so = [one.value for one in page.warning if "바뀌었습니다" in one.value]
    assert len(said_so) == 1
    assert "온난일" in said_so[0]
    assert any("마지막 야간 배치 뒤에 바뀐" in one.value for one in page.warning)
    files = next(t.value for t in page.dataframe if "SHA-256" in t.value)
    assert "wsdi_data" in set(files["테이블"])

    again = site_app.submit(asked, COMMAND_LINE)
    assert site_app.worker_loop().step()
    warned = {one["code"]: one["perils"] for one in site_app.jobs.get(again).results["warnings"]}
    assert "extreme_heat" in warned["inputs_replaced"]
    assert "typhoon" not in warned["inputs_replaced"]
