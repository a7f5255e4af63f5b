"""The pages as each role: what is drawn is never refused, and what others own is not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from modelops_core.domain.access import Caller
from modelops_core.ui.kit import access, formats
from modelops_core.ui.kit.keys import WidgetKey
from tests.pages import as_read, said
from tests.world import BUSAN, SEOUL

PAGES = Path(__file__).parents[2] / "pages"
PAGE = ""
NAME = "**x** [a](http://b) :red[y] $z$"


def person(role, name=None, team=None):
    """Somebody who signed in."""
    address = f"{name or role}@b.kr"
    return Caller(address, address, role, team, kind="person")


@pytest.fixture
def reading(opened, monkeypatch):
    """Opens a page of the app as somebody."""

    def open_as(app, who, page, **url):
        monkeypatch.setattr(access, "caller", lambda: who)
        monkeypatch.setattr(sys.modules[__name__], "PAGE", str(PAGES / f"{page}.py"))
        return opened(app, **url)

    return open_as


def assessed(app, who, point, audience, **corrections):
    """A site that *who* assessed, saved and shared; its id and its job's."""
    params = {"latitude": point[0], "longitude": point[1], "corrections": corrections}
    job = app.submit(params, who)
    assert app.worker_loop().step()
    saved = app.site_access.save(who, NAME, *point, corrections, job)
    app.site_access.share(who, saved, audience)
    return saved, job


@pytest.mark.parametrize("role", ["viewer", "analyst", "admin"])
def test_no_button_of_a_page_is_refused(reading, site_app, monkeypatch, role):
    """Every button of every page with buttons is pressed; each use case asks for its right."""
    refused, plain = [], Caller.refusal
    monkeypatch.setattr(
        Caller, "refusal", lambda who, right: refused.append(right) or plain(who, right)
    )
    site, job = assessed(site_app, person("analyst", "other"), SEOUL, "all", asset_value=1e9)
    own = site_app.jobs.enqueue("a", {}, owner=person(role).owner)
    place = {"lat": str(SEOUL[0]), "lon": str(SEOUL[1]), "job": job}
    for page, url in (
        ("sites", {"sites": str(site)}),
        ("assess", place),
        ("assess", {}),
        ("jobs", {"id": own}),
        ("jobs", {"part": "nights"}),
        ("data", {"part": "load"}),
    ):
        drawn = reading(site_app, person(role), page, **url)
        for key in [button.key for button in drawn.button if not button.disabled]:
            if key in [button.key for button in drawn.button]:
                drawn.button(key=key).click().run()
                assert not drawn.exception
    assert refused == []
    others = [saved.site_id for saved in site_app.portfolios.places() if saved.site_id == site]
    assert others == ([] if role == "admin" else [site])


def test_what_is_private_is_nowhere_on_the_pages_of_others(reading, site_app):
    """Neither site, nor answer, nor job; the owner sees all three, by whatever name it has."""
    owner, other = person("analyst", "a"), person("analyst", "b")
    site, job = assessed(site_app, owner, SEOUL, "private", asset_value=123456789012)
    here = {"lat": str(SEOUL[0]), "lon": str(SEOUL[1]), "job": job}

    mine = said(reading(site_app, owner, "sites", sites=str(site)))
    assert as_read(formats.plain(NAME)) in mine
    assert NAME not in mine
    assert "저장한 사업장이 없습니다" in said(reading(site_app, other, "sites"))
    assert "번호가" in said(reading(site_app, other, "jobs", id=job))
    shown = reading(site_app, other, "assess", **here)
    assert shown.query_params["job"] != job
    assert site_app.jobs.state(shown.query_params["job"]).owner == other.owner


def test_an_owner_shares_with_the_team(reading, site_app):
    """The control says who sees the site from now on, and a member of the team does."""
    owner, member = (person("analyst", name, "R*sk") for name in "ab")
    site, _ = assessed(site_app, owner, SEOUL, "private")
    page = reading(site_app, owner, "sites", sites=str(site))
    assert site_app.site_access.places(member) == []

    choice = page.radio(key=WidgetKey.SITES_SHARE.of(str(site)))
    assert choice.options == ["나만", r"우리 팀\(R\*sk\)", "모든 사용자"]
    choice.set_value("team")
    page.button(key=WidgetKey.SITES_SHARE_GO).click().run()

    assert [one.site_id for one in site_app.site_access.places(member)] == [site]
    assert [toast.value for toast in page.toast] == [r"1곳의 열람 범위 변경: 우리 팀\(R\*sk\)"]


def test_an_administrator_shares_with_the_owners_team(reading, site_app):
    """The control names the owner's team; the administrator's own does not see the site."""
    owner, boss = person("analyst", "a", "Risk"), person("admin", "boss", "Head")
    site, _ = assessed(site_app, owner, SEOUL, "private")
    page = reading(site_app, boss, "sites", sites=str(site))

    choice = page.radio(key=WidgetKey.SITES_SHARE.of(str(site)))
    assert choice.options == ["소유자만", r"소유자의 팀\(Risk\)", "모든 사용자"]
    choice.set_value("team")
    page.button(key=WidgetKey.SITES_SHARE_GO).click().run()

    seen = [site_app.site_access.places(person("viewer", "c", team)) for team in ("Risk", "Head")]
    assert [len(places) for places in seen] == [1, 0]


def test_a_viewer_opens_what_is_shared(reading, site_app):
    """The answer of a shared site, and a sentence where there is none; nothing is queued."""
    _, job = assessed(site_app, person("analyst", "a"), SEOUL, "all")
    at = {"lat": str(SEOUL[0]), "lon": str(SEOUL[1])}
    assert reading(site_app, person("viewer"), "assess", **at).query_params["job"] == job
    at = {"lat": str(BUSAN[0]), "lon": str(BUSAN[1])}
    assert "열람 전용 계정" in said(reading(site_app, person("viewer"), "assess", **at))
    assert [one.owner for one in site_app.jobs.recent()].count("viewer@b.kr") == 0
