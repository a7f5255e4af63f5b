"""Each use case begins with the caller's right: what LEAST says, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from modelops_core.bootstrap import operations
from modelops_core.bootstrap.assessments import Assessments
from modelops_core.bootstrap.job_access import JobAccess
from modelops_core.bootstrap.load_job import Loads
from modelops_core.bootstrap.operations import Operations
from modelops_core.bootstrap.report_versions import ReportVersions
from modelops_core.bootstrap.site_access import SiteAccess
from modelops_core.domain.access import LEAST, ROLES, Caller, UseCase
from modelops_core.domain.job import JobState, JobStatus, Priority
from modelops_core.domain.source import Given
from modelops_core.errors import NotAllowed
from modelops_core.perils import PERILS
from modelops_core.services.night.nightly import Request
from tests.parameters import PARAMETERS

ROOT = Path(__file__).parents[3]


class Store:
    """Answers every call, and counts it."""

    def __init__(self):
        self.calls, self.perils = [], PERILS

    def __getattr__(self, name):
        def call(*args, **values):
            self.calls.append(name)
            return {
                "state": JobState(status=JobStatus.failed, owner="a@b.kr"),
                "page": ([], None),
                "counts": [],
                "undo": SimpleNamespace(load_id=1),
            }.get(name, "done")

        return call


STORE = Store()
SITES, JOBS = SiteAccess(STORE, STORE), JobAccess(STORE, STORE, STORE)
OPERATIONS = Operations(STORE, STORE)
LOADS = Loads(STORE, STORE, Path("none"), STORE, STORE, STORE, 60)
#: a version that z made
VERSION = {
    **{"run_id": 1, "number": 1, "former_run_id": None, "sources": [], "method_version": "2"},
    **{"settings": {"reporting_date": "2027-12-31"}, "content_hash": "h", "tables": {}},
    **{"failed": [], "made_by": "z", "made_person": "z@b.kr", "made_at": None},
}
VERSIONS = ReportVersions(
    SimpleNamespace(
        visible=lambda *_: STORE.visible(),
        material=lambda *_: STORE.material(),
        plain=lambda *_: SimpleNamespace(tables=[]),
    ),
    SimpleNamespace(one=lambda *_: VERSION, sign=lambda *_: VERSION),
    STORE,
)
REQUEST = Request(PERILS, PARAMETERS)
ASSESSMENTS = Assessments(STORE, STORE, STORE, STORE, STORE)
PLACE = {"latitude": 37.5, "longitude": 127.0}
#: every call that writes or reveals, with its use case
CALLS = [
    (UseCase.look, SITES.places),
    (UseCase.look, lambda who: SITES.history(37.5, 127.0, 5, who)),
    (UseCase.look, lambda who: JOBS.state("b", who)),
    (UseCase.look, lambda who: JOBS.page(who, 5)),
    (UseCase.look, JOBS.counts),
    (UseCase.look, JOBS.night),
    (UseCase.assess, lambda who: ASSESSMENTS.submit(PLACE, who)),
    (UseCase.save_site, lambda who: SITES.save(who, "a", 37.5, 127.0)),
    (UseCase.change_site, lambda who: SITES.change(who, 1, name="b")),
    (UseCase.share_site, lambda who: SITES.share(who, 1, "all")),
    (UseCase.remove_site, lambda who: SITES.remove(who, 1)),
    (UseCase.remove_site, lambda who: SITES.restore(who, SimpleNamespace(name="a", owner=None))),
    (UseCase.cancel_job, lambda who: JOBS.cancel("b", who)),
    (UseCase.retry_job, lambda who: JOBS.retry("b", who)),
    (UseCase.sign_report, lambda who: VERSIONS.sign(1, 1, replace(who, holder="a@b.kr"))),
    (UseCase.start_night, lambda who: JOBS.start_night(who, 60)),
    (UseCase.start_night, lambda who: OPERATIONS.run_night(who, STORE, REQUEST, print)),
    (UseCase.load_data, lambda who: OPERATIONS.load(who, [], print)),
    (UseCase.load_data, lambda who: LOADS.undo(who, "places")),
    (UseCase.load_data, lambda who: LOADS.submit(who, "places", [Path("a")], {})),
    (UseCase.load_data, lambda who: LOADS.submit_undo(who, SimpleNamespace(kind="a", load_id=1))),
    (UseCase.look, LOADS.listed),
]


@pytest.fixture(autouse=True)
def no_nights(monkeypatch):
    """A nightly run is one call of the store."""
    monkeypatch.setattr(operations.nightly, "run", lambda *_: STORE.run())


def test_what_each_role_may():
    """Written out once more: a right that is given away by mistake is noticed here."""
    least = {role: {use_case for use_case in UseCase if LEAST[use_case] == role} for role in ROLES}
    assert least["viewer"] == {"look"}
    assert least["admin"] == {"start_night", "load_data", "see_all"}


@pytest.mark.parametrize("kind", ["person", "key"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("use_case", "call"), CALLS)
def test_a_use_case_asks_for_its_right(use_case, call, role, kind):
    """Refused before anything is read or written, or done."""
    caller = Caller("a@b.kr", "a@b.kr", role, kind=kind)
    STORE.calls.clear()
    if ROLES.index(role) >= ROLES.index(LEAST[use_case]):
        call(caller)
        assert STORE.calls
    else:
        with pytest.raises(NotAllowed):
            call(caller)
        assert STORE.calls == []


@pytest.mark.parametrize(("use_case", "call"), CALLS)
def test_what_changes_anything_is_audited(use_case, call):
    """Looking is not."""
    STORE.calls.clear()
    call(Caller("a@b.kr", "a@b.kr", "admin"))
    assert ("note" in STORE.calls) == (use_case != UseCase.look)


def test_a_nightly_run_by_hand_waits_behind_what_others_wait_for():
    """As the scheduled one does."""
    asked = []
    store = SimpleNamespace(
        page=lambda *_, **__: ([], None), enqueue=lambda *_, **how: asked.append(how) or "b"
    )
    JobAccess(store, STORE, STORE).start_night(Caller("boss", None, "admin"), 60)
    assert [how["priority"] for how in asked] == [Priority.night]


def test_a_file_is_not_read_for_who_may_not_load_it():
    """Not even looked for."""
    with pytest.raises(NotAllowed):
        LOADS.load(Caller("a", "a", "analyst"), "places", [Path("none")], Given(), print)


def test_every_use_case_is_walked():
    """A new row of the table has a call above; seeing everything is part of the others."""
    assert (
        {use_case for use_case, _ in CALLS}
        == set(UseCase) - {UseCase.see_all}
        == set(LEAST) - {UseCase.see_all}
    )


def test_pages_and_routes_reach_jobs_and_sites_by_their_use_cases_only():
    """The stores themselves ask nobody; metrics and followed sockets are let in by their routes."""
    store = re.compile(r"(app\(\)|app|backend|_backend\(request\))\.(portfolios|jobs)\b")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("modelops_core/ui", "modelops_core/api", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if store.search(path.read_text("utf-8"))
    }
    assert found == {
        "modelops_core/api/metrics.py",
        "modelops_core/api/progress.py",
        "modelops_core/ui/kit/cache.py",
    }


def test_a_load_is_repeated_by_administrators_only():
    """Whoever queued one and has lost the right since repeats it no more."""
    own = JobState(status=JobStatus.failed, owner="a@b.kr", job_type="load")
    store = SimpleNamespace(state=lambda _: own, retry=lambda *_, **__: "again")
    jobs = JobAccess(store, STORE, STORE)
    assert jobs.retry("b", Caller("a@b.kr", "a@b.kr", "admin")) == "again"
    with pytest.raises(NotAllowed):
        jobs.retry("b", Caller("a@b.kr", "a@b.kr", "analyst"))
