"""The page of the jobs: live table, one job in full, what may be done, and the nightly runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelops_core.domain.access import Caller
from modelops_core.domain.job import Job, JobStatus, Step, StepKind
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.errors import JobTimedOut, RunAlreadyActive
from modelops_core.services.night import nightly
from modelops_core.ui.jobs import job_labels, jobs_cache, nightly_runs
from modelops_core.ui.kit import access, steps, timestamps
from tests.pages import as_read, said
from tests.world import NIGHTLY_ROWS, SEOUL

#: what is told of a job that kept only a text
FAILED = "작업이 결과 없이 끝났습니다."
PAGE = str(Path(__file__).parents[2] / "pages/jobs.py")
PLACE = {"latitude": SEOUL[0], "longitude": SEOUL[1], "as_of": 2025}


def table(page):
    return page.dataframe[0].value


def metrics(page):
    return {m.label: m.value for m in page.metric}


def test_no_job_yet(opened, empty_app):
    """A designed state."""
    assert "아직 작업이 없습니다" in said(opened(empty_app))


def test_jobs_of_every_status(opened, site_app):
    """Each in the reader's words; the URL's status filters; a wrong one is all."""
    done = site_app.assess(PLACE)["batch_id"]
    waiting = site_app.jobs.enqueue(
        "ondemand_risk_calculation", {**PLACE, "corrections": {"floors_above": 3}}
    )
    running = site_app.jobs.create("nightly", {"stages": ["hazard"]}, 8, running=True)
    site_app.jobs.progress(running, 37, Step(StepKind.tile, done=3, total=8), completed_items=3)
    by_hand = site_app.jobs.create("something_new", {"n": 1}, running=True)
    site_app.jobs.progress(by_hand, 5, "Step of another program")
    failed = site_app.jobs.create("something_new", {}, running=True)
    site_app.jobs.fail(failed, "no room", "Traceback …")
    rows = table(opened(site_app)).set_index("번호")
    assert {k[0] for k in rows["상태"]} == {"완료", "대기", "실행 중", "실패"}
    assert rows.loc[done[:8], "단계"] == "완료"
    assert rows.loc[waiting[:8], "요청 내용"].endswith("수정값 1개")
    assert tuple(rows.loc[running[:8], ["작업 종류", "단계", "진행률"]]) == (
        "야간 배치",
        "격자 묶음 3 / 8",
        37,
    )
    assert rows.loc[by_hand[:8], "단계"] == "Step of another program"
    assert tuple(rows.loc[failed[:8], ["작업 종류", "단계"]]) == ("something_new", FAILED)
    assert list(table(opened(site_app, status="failed"))["번호"]) == [failed[:8]]
    assert len(table(opened(site_app, status="odd", part="odd"))) == len(rows)


def test_none_of_a_status(opened, site_app):
    """Said, not an empty table."""
    site_app.assess(PLACE)
    assert "이 상태의 작업이 없습니다" in said(opened(site_app, status="cancelled"))


def test_one_job_in_full(opened, site_app):
    """Input, durations by step, log; the link opens it."""
    done = site_app.assess({**PLACE, "corrections": {"river_distance_m": 80.0}})["batch_id"]
    page = opened(site_app, id=done)
    text = said(page)
    assert done in text
    assert metrics(page)["시도 횟수"] == "1"
    assert "진행 기록" in "".join(e.label for e in page.expander)
    assert job_labels.inputs(site_app.jobs.get(done).input_params)["하천 거리"] == "80\xa0m"
    kinds = [steps.kind(name) for name in site_app.jobs.get(done).durations if name != "total"]
    assert {"지점 확인", "노출도 E", "취약성 V", "AAL", "통합위험 계산"} <= set(kinds)


def test_an_unknown_job_is_said(opened, empty_app):
    """A broken link: a sentence and a way out."""
    page = opened(empty_app, id="not-a-job")
    assert page.error
    next(b for b in page.button if b.key == "jobs.close").click().run()
    assert not page.error
    assert "id" not in page.query_params


def test_a_failed_job_says_why(opened, site_app):
    """Message and trace."""
    failed = site_app.jobs.create("something_new", {}, running=True)
    site_app.jobs.fail(failed, "no room on the disk", "Traceback: line 1")
    page = opened(site_app, id=failed)
    assert [e.value for e in page.error] == [FAILED]
    assert [c.value for c in page.code] == ["Traceback: line 1"]


def test_a_failed_job_says_why_in_the_readers_language(opened, site_app):
    """From its code and values, in the table as well; the stored sentence is English."""
    failed = site_app.jobs.create("something_new", {}, running=True)
    site_app.jobs.fail(failed, JobTimedOut("too_long", seconds=60))
    page = opened(site_app, id=failed)
    assert site_app.jobs.get(failed).error_message == (
        "The job took longer than 60 s and was stopped."
    )
    assert [e.value for e in page.error] == ["작업이 60초를 넘겨 멈췄습니다."]
    assert "작업이 60초를 넘겨 멈췄습니다." in page.dataframe[0].value.to_string()


def test_cancel(opened, site_app):
    """A waiting job ends at once; then it can be run again, as a new job that names it."""
    waiting = site_app.jobs.enqueue("something_new", {"a": 1})
    page = opened(site_app, id=waiting)
    page.button(key="jobs.cancel").click().run()
    assert site_app.jobs.state(waiting).status == "cancelled"
    page.button(key="jobs.retry").click().run()
    again = page.query_params["id"]
    assert again != waiting
    assert site_app.jobs.get(again).retry_of == waiting
    assert [row["action"] for row in site_app.audit.recent()] == ["retry", "cancel"]


def test_a_running_job_is_asked_to_stop(opened, site_app):
    """It stops at its next step: the button says so by being shut."""
    running = site_app.jobs.create("something_new", {}, running=True)
    page = opened(site_app, id=running)
    page.button(key="jobs.cancel").click().run()
    assert site_app.jobs.get(running).cancel_requested
    assert page.button(key="jobs.cancel").disabled
    assert "다음 단계에서 멈춥니다" in said(page)


def test_what_ended_meanwhile_cannot_be_cancelled(opened, site_app):
    """The click comes too late: a sentence instead of an error."""
    running = site_app.jobs.create("something_new", {}, running=True)
    page = opened(site_app, id=running)
    site_app.jobs.complete(running, {})
    page.button(key="jobs.cancel").click().run()
    assert not page.exception
    assert any("허용 범위" in e.value or "cannot" in e.value for e in page.error)


def test_a_queue_without_workers_is_said(opened, site_app):
    """A job that waits while nothing runs."""
    waiting = site_app.jobs.enqueue("something_new", {})
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.batch_jobs SET created_at = now() - interval '1 minute' WHERE batch_id = %s",
            (waiting,),
        )
    assert any("작업자가 없습니다" in w.value for w in opened(site_app).warning)


def test_viewers_only_look(opened, site_app, monkeypatch):
    """No buttons that change anything."""
    viewer = Caller("a@b.kr", "a@b.kr", "viewer", kind="person")
    monkeypatch.setattr(access, "caller", lambda: viewer)
    waiting = site_app.jobs.enqueue("something_new", {}, owner="a@b.kr")
    page = opened(site_app, id=waiting)
    assert "jobs.cancel" not in {b.key for b in page.button}
    assert not opened(site_app, part="nights").button


def test_nights(opened, site_app):
    """History with durations and counts; a nightly run that was cut off says so."""
    nightly.run(site_app.nightly_ports, site_app.nightly_request())
    with site_app.worker.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO modelops.runs (stages, method_version, parameter_hash) SELECT stages, method_version, parameter_hash FROM modelops.runs LIMIT 1"
        )
    rows = table(opened(site_app, part="nights"))
    assert list(rows["상태"]) == ["중단됨", "완료", "완료"]
    assert list(rows["생략/전체 묶음"])[1:] == ["1 / 1", "0 / 1"]
    assert rows["변경된 행"].iloc[2] == f"{2 * NIGHTLY_ROWS:,}"


def test_a_night_is_started_once(opened, site_app):
    """The button queues one; a second click, or a nightly run started elsewhere, is refused with a reason."""
    page = opened(site_app, part="nights")
    page.button(key="jobs.start_night").click().run()
    jobs, _ = site_app.jobs.page(10, job_type="nightly", status="queued")
    assert len(jobs) == 1
    page.button(key="jobs.start_night").click().run()
    assert any("동시에 하나만" in w.value for w in page.warning)
    assert len(site_app.jobs.page(10, job_type="nightly", status="queued")[0]) == 1


def test_a_night_of_the_command_line_counts(opened, site_app):
    """Its row is running and has no worker."""
    opened(site_app)
    site_app.jobs.create("nightly", {"stages": ["hazard"], "parameter_set": "low"}, running=True)
    with pytest.raises(RunAlreadyActive):
        jobs_cache.start_nightly_run()


def test_before_the_first_night(opened, empty_app):
    """A designed state with the way to start one."""
    page = opened(empty_app, part="nights")
    assert "아직 야간 배치가 없습니다" in said(page)
    assert page.button(key="jobs.start_night")


def _unfinished(batch_id):
    return NightlyRun(
        run_id=1,
        stages=[],
        method_version="1",
        parameter_hash="",
        started_at=datetime.now(UTC),
        finished_at=None,
        batch_id=batch_id,
    )


def test_runs_that_go_on_are_not_cut_off():
    """The active job's run is running; another without an end was cut off."""
    active = Job(
        batch_id="a", job_type="nightly", status=JobStatus.running, created_at=datetime.now(UTC)
    )
    assert nightly_runs.run_status_text(_unfinished("a"), active) == "실행 중"
    assert nightly_runs.run_status_text(_unfinished("b"), active) == "중단됨"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.21, "210 ms"), (41.0, "41.0초"), (185.0, "3분 5초"), (7380.0, "2시간 3분"), (None, "–")],
)
def test_durations_are_said_in_their_own_size(seconds, text):
    """Milliseconds to hours."""
    assert as_read(timestamps.duration(seconds)) == text
