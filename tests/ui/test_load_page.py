"""The loading of files by page: choose, check, load, undo; and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelops_core.domain.access import Caller
from modelops_core.domain.source import Load
from modelops_core.sources.inbox import Inbox
from modelops_core.ui.data import load_versions, load_words
from modelops_core.ui.kit import access
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from tests.pages import said

PAGE = str(Path(__file__).parents[2] / "pages/data.py")
HEADER = "mgmBldrgstPk,lat,lon,strctCdNm,totArea\n"
REGISTER = HEADER + '1,37.5,127.0,철근콘크리트구조,"1,200"\n2,37.6,127.1,벽돌구조,abc\n'


@pytest.fixture
def loading(site_app, tmp_path):
    """The app, whose uploads and folder are this test's."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "broken.csv").write_text(HEADER + "1,3.75,127.0,벽돌구조,100\n", encoding="cp949")
    inbox = Inbox(tmp_path / "uploads", shared)
    made = replace(site_app.loads, folder=tmp_path, inbox=inbox)
    site_app.__dict__["loads"] = made
    return site_app


def worked(app, page):
    """The page after a worker has performed the job."""
    assert page.query_params[UrlName.LOAD_JOB]
    assert app.worker_loop().step()
    page.run()
    assert not page.exception
    return page


def buildings(app):
    with app.owner.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT register_pk, total_area FROM modelops.api_buildings ORDER BY building_id"
        )
        return [tuple(row) for row in rows]


def metrics(page):
    return {one.label: one.value for one in page.metric}


def frame(page, column):
    return next(table.value for table in page.dataframe if column in table.value)


def test_a_file_is_checked_loaded_and_taken_back(opened, loading):
    """What was recognised with its numbers; the table holds it; undoing brings the former rows."""
    before = buildings(loading)
    page = opened(loading, part="load", load="buildings")
    with loading.loads.inbox.writing(
        page.session_state[StateKey.LOAD_UPLOAD], "표제부.csv"
    ) as write:
        write(REGISTER.encode("cp949"))
    page.run()
    assert "표제부\\.csv · 0.1 kB" in said(page)
    page.text_input(key=WidgetKey.LOAD_OPTION.of("buildings.licence")).set_value("KOGL 1")
    page.button(key=WidgetKey.LOAD_CHECK).click().run()
    page = worked(loading, page)
    assert metrics(page) == {
        "읽은 행": "2",
        "표에 들어갈 행": "2",
        "빠지는 행": "0",
        "‘모름’이 되는 값": "1",
    }
    [reject] = frame(page, "허용").to_dict("records")
    assert (reject["파일"], reject["행"], reject["값"]) == ("표제부.csv", 3, "abc")
    assert (reject["이유"], reject["처리"]) == ("숫자가 아님", "값을 ‘모름’으로")
    facts = page.table[0].value.to_dict()
    assert "cp949" in str(facts)
    assert "totArea" in str(facts)
    assert "건물: " in said(page)
    assert buildings(loading) == before

    page = worked(loading, page.button(key=WidgetKey.LOAD_GO).click().run())
    assert "2행" in page.success[0].value
    assert buildings(loading) == [("1", 1200.0), ("2", None)]
    shown = frame(page, "버전").to_dict("records")
    assert [(one["상태"], one["행 수"]) for one in shown] == [
        ("사용 중", "2"),
        ("이전 버전", f"{len(before):,}"),
    ]
    assert (shown[0]["요청자"], shown[0]["이용 조건"]) == ("local", "KOGL 1")
    assert list(loading.loads.inbox.uploads.glob("*/*")) == []

    [load] = loading.loads.listed(access.caller())
    page.button(key=WidgetKey.LOAD_UNDO.of(load.load_id)).click().run()
    page = worked(loading, page)
    assert buildings(loading) == before
    assert list(frame(page, "버전")["상태"]) == ["되돌림"]
    actions = {one["action"] for one in loading.audit.recent()}
    assert {"check files", "queue load", "load", "queue undo", "undo load"} <= actions


def test_a_broken_file_is_one_sentence(opened, loading):
    """File, row and value in the reader's language; the tables hold what they held."""
    before = buildings(loading)
    page = opened(loading, part="load", load="buildings")
    page.multiselect(key=WidgetKey.LOAD_FILES).set_value(["broken.csv"])
    page = worked(loading, page.button(key=WidgetKey.LOAD_CHECK).click().run())
    [error] = page.error
    assert error.value.startswith("broken.csv: 2행 latitude 열의 값 '3.75'. 허용: 33")
    assert "표는 이전 그대로입니다" in said(page)
    assert buildings(loading) == before
    page.button(key=WidgetKey.LOAD_OTHER).click().run()
    assert UrlName.LOAD_JOB not in page.query_params


def test_an_option_that_is_no_number_is_said(opened, loading):
    """Nothing is queued, and nothing without files either."""
    page = opened(loading, part="load", load="climate")
    page.button(key=WidgetKey.LOAD_CHECK).click().run()
    assert "파일을 먼저" in page.warning[0].value
    page.multiselect(key=WidgetKey.LOAD_FILES).set_value(["broken.csv"])
    page.text_input(key=WidgetKey.LOAD_OPTION.of("climate.resolution")).set_value("fine")
    page.button(key=WidgetKey.LOAD_CHECK).click().run()
    assert "fine" in said(page)
    assert "load" not in {job.job_type for job in loading.jobs.recent()}


def test_each_kind_takes_its_own_options(opened, loading):
    """As its declaration says; a kind has words in both languages."""
    for kind, source in loading.loads.kinds().items():
        page = opened(loading, part="load", load=kind)
        drawn = {one.key for one in (*page.text_input, *page.selectbox)}
        own = {WidgetKey.LOAD_OPTION.of(f"{kind}.{name}") for name in source.takes}
        others = {"crs", "timezone", "scenario"} - source.takes
        assert own <= drawn
        assert not {WidgetKey.LOAD_OPTION.of(f"{kind}.{name}") for name in others} & drawn
        assert load_words.kind_label(kind) != kind


def test_a_viewer_sees_versions_only(opened, loading, monkeypatch):
    """No control that would be refused, and not who loaded."""
    loading.loads.versions.begin("places", "f", [], {}, ["place_names"], "boss@b.kr")
    viewer = Caller("v@b.kr", "v@b.kr", "viewer", kind="person")
    monkeypatch.setattr(access, "caller", lambda: viewer)
    page = opened(loading, part="load")
    keys = [one.key for kind in ("button", "multiselect") for one in getattr(page, kind)]
    assert [key for key in keys if key and key.startswith("load.")] == []
    assert "관리자만" in said(page)
    assert list(frame(page, "버전")["상태"]) == ["중단됨"]
    assert "요청자" not in frame(page, "버전")


def load(number, state="published", **values):
    """One load of two storms."""
    return Load(
        **{
            "load_id": number,
            "kind": "typhoon",
            "tables": ("api_typhoon_list",),
            "state": state,
            "fingerprint": "f",
            "files": ({"name": f"{number}.csv", "sha256": "s"},),
            "chunks": 1,
            "rows": {"api_typhoon_list": number},
            "rejects": 0,
            "at": datetime(2026, 1, number, tzinfo=UTC),
            **values,
        }
    )


def test_what_stood_there_before_is_a_version():
    """Behind the first load that is in force; undone ones are between, dropped ones nowhere."""
    demo = {"name": "IBTrACS", "row_count": 256, "licence": "CC BY 4.0"}
    loads = [load(4, "dropped"), load(3), load(2, "undone"), load(1, replaced=(demo,))]
    found = load_versions.versions(loads)
    assert [(v.load_id, v.state, v.rows) for v in found] == [
        (3, "in_force", 3),
        (2, "undone", 2),
        (1, "behind", 1),
        (None, "behind", 256),
    ]
    assert (found[-1].files, found[-1].licences) == (("IBTrACS",), ("CC BY 4.0",))
