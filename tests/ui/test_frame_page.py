"""The frame of every page, run without a browser: what an address means, and the gate before the pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from modelops_core import bootstrap
from modelops_core.bootstrap import App
from modelops_core.domain.access import Caller
from modelops_core.ui.kit import access
from tests.pages import said

VIEWER = Caller("viewer", "v@b.kr", "viewer", kind="person")
FRAME = Path(bootstrap.__file__).parents[1] / "ui" / "frame" / "main.py"


@pytest.fixture
def framed(nightly_app: App, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The first page in its frame, by an address; a test counts as this machine's reader."""

    def open_frame(**url: str) -> AppTest:
        monkeypatch.setattr(bootstrap, "app", lambda: nightly_app)
        page = AppTest.from_file(str(FRAME), default_timeout=60)
        page.query_params.update(url)
        page.run()
        assert not page.exception
        return page

    return open_frame


def test_the_gate_stands_before_the_pages(
    framed: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frame and the closed door, and nothing of the page: no map, no field of it."""
    monkeypatch.setattr(access, "page_caller", lambda *_: None)
    page = framed(lang="ko", lat="37.56", lon="126.98")
    assert "이 서버는 다른 컴퓨터에 화면을 열지 않습니다" in said(page)
    assert len(page.title) == 1
    assert {one.key for one in page.button_group} == {"figures", "lang"}
    assert 'class="sums"' not in said(page)


def test_values_that_mean_nothing_are_said(framed: Callable[..., AppTest]) -> None:
    """Defaults instead, and a mended address."""
    page = framed(ssp="rcp85", lat="abc", lon="1", at="north", opacity="7", lang="ko")
    [note] = page.toast
    assert note.value.endswith("기본값을 적용했습니다: at, lat, lon, opacity, ssp")
    assert page.query_params["ssp"] in ("ssp2", ["ssp2"])
    assert not {"lat", "lon", "at"} & set(page.query_params)


def test_a_place_abroad_is_said(framed: Callable[..., AppTest]) -> None:
    """Numbers outside of Korea are no reason to show nothing."""
    page = framed(lat="51.5", lon="0", lang="ko")
    assert "바다이거나 대한민국 밖입니다" in said(page)
    assert "위도 51.5는 대한민국 범위" in said(page)


def test_administrators_are_warned_of_a_full_disk(
    framed: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above every page, with what is left; whoever cannot make room is not told."""
    monkeypatch.setattr(App, "disk_warning", lambda _: 312)
    assert "남은 공간이 312 MB입니다" in said(framed(lang="ko"))
    monkeypatch.setattr(access, "page_caller", lambda *_: VIEWER)
    assert "남은 공간" not in said(framed(lang="ko"))
