"""A copied link opens the same view in another browser, and Back brings the former one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import expect

from tests.browser import PATIENCE, Tab, serving
from tests.looks import alike, awaited, settled
from tests.world import BUSAN, SEOUL

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def saved(site) -> Iterator[list[int]]:
    """Two assessed sites; forgotten afterwards."""
    found = []
    for name, place in (("Head office", SEOUL), ("Works", BUSAN)):
        params = {
            "latitude": place[0],
            "longitude": place[1],
            "as_of": 2025,
            "corrections": {"asset_value": 2e10},
        }
        answer = site.app.assess(params)
        found.append(
            site.app.portfolios.save(name, *place, params["corrections"], answer["batch_id"])
        )
    yield found
    for site_id in found:
        site.app.portfolios.remove(site_id)


def _radio(tab: Tab, name: str, then: str, within: str | None = None) -> None:
    """Choose a button of a row, until the address says so."""
    row = tab.page if within is None else tab.page.get_by_role("radiogroup", name=within)
    row.get_by_role("radio", name=name, exact=True).click()
    tab.page.wait_for_url(f"**{then}**")


def _pick(tab: Tab, label: str, option: str, then: str) -> None:
    """Choose in a list by typing: long ones show only a part of themselves."""
    tab.idle()  # a run that ends closes an open list
    tab.choose(label, option)
    tab.page.wait_for_url(f"**{then}**")


def _first_box(tab: Tab, x: int, then: str) -> None:
    """Tick the first row of the first table; tables are drawn on a canvas."""
    tab.page.locator('[data-testid="stDataFrameResizable"]:visible').first.click(
        position={"x": x, "y": 52}
    )
    tab.page.wait_for_url(f"**{then}**")


def _slide(tab: Tab, label: str, keys: int, then: str) -> None:
    """Move a slider to the right, or to the left."""
    slider = tab.page.get_by_role("slider", name=label)
    for _ in range(abs(keys)):
        slider.press("ArrowRight" if keys > 0 else "ArrowLeft")
    tab.page.wait_for_url(f"**{then}**")


def _click_map(tab: Tab, place: tuple[float, float]) -> None:
    """Assess a place; until its card is there."""
    former = tab.page.url
    tab.click_map(place[1], place[0])
    tab.page.wait_for_url(lambda url: url != former and "job=" in url)
    tab.page.get_by_text(f"{str(place[0])[:4]}").first.wait_for()  # the pixel decides the rest
    tab.card()


def _assess(tab: Tab) -> None:
    _pick(tab, "Peril", "Wildfire", "peril=wildfire")
    _slide(tab, "Horizon", 1, "horizon=2070s")
    _click_map(tab, SEOUL)
    _radio(tab, "Scenarios & horizons", "section=outlook")


def _sites(tab: Tab) -> None:
    _radio(tab, "SSP3-7.0", "ssp=ssp3")


def _choose_site(tab: Tab) -> None:
    _first_box(tab, 37, "sites=")
    tab.page.get_by_text("Candidates side by side").wait_for()


#: page → choices, and one more that Back takes away; other pages: test_links_page.py
ACTS: Mapping[str, tuple[Callable[[Tab], None], Callable[[Tab], None]]] = {
    "assess": (_assess, lambda tab: _click_map(tab, BUSAN)),
    "sites": (_sites, _choose_site),
}


def _path(name: str, query: str) -> str:
    return f"/{'' if name == 'assess' else name}?{query}"


def _open_popover(tab: Tab) -> None:
    """What is drawn when it is opened shows what the address says, and changes nothing."""
    address = tab.page.url
    tab.page.get_by_role("button", name="Drawing").click()
    expect(tab.page.get_by_role("radio", name="Cells")).to_be_checked(timeout=PATIENCE)
    tab.page.get_by_text("40 %").wait_for()
    tab.page.keyboard.press("Escape")
    assert tab.idle().page.url == address


@pytest.mark.parametrize("name", ACTS)
def test_a_copied_link_opens_the_same_view(tab, saved, name):
    """Choices by the widgets, their address in a browser that knows nothing else; Back and Forward."""
    first = tab(locale="en-US").open(_path(name, "lang=en&view=cells&opacity=40"))
    choices, last = ACTS[name]
    choices(first)
    former = settled(first)
    steps = first.page.evaluate("history.length")
    last(first)
    now, address = settled(first), first.page.url.removeprefix(first.url)
    assert now != former
    assert first.page.evaluate("history.length") == steps + 1

    second = tab().open(address)  # another browser's: it keeps nothing of the first
    now, there = alike(first, second)
    assert there == now
    assert len(now["titles"]) == 1
    assert second.page.get_by_role("link", name="Method").first.is_visible()
    assert second.page.url.removeprefix(second.url) == address
    if name == "assess":
        _open_popover(second)

    first.page.go_back()
    assert awaited(first, former) == former
    first.page.go_forward()
    assert awaited(first, now) == now
    first.clean()
    second.clean()


def test_the_gate_stands_before_the_pages(tab, site, tmp_path):
    """A closed server's first request is a deep link: the frame, the closed door, and nothing of the page."""
    settings = {"MODELOPS_ACCESS": "on", "MODELOPS_JOB_PROCESS": "false"}
    with serving(site.database, tmp_path, **settings) as closed:
        one = tab(url=closed.url).open(_path("data", "lang=ko"))
        one.page.get_by_text("이 서버는 다른 컴퓨터에 화면을 열지 않습니다").wait_for()
        main = one.page.locator('[data-testid="stMain"]')
        assert main.locator("h1").count() == 1
        assert (
            main.locator(
                '[data-testid="stMetric"], .sums, [data-testid="stDataFrame"], .map, [data-testid="stPlotlyChart"]'
            ).count()
            == 0
        )
        one.close()
