"""
A link copied from any page opens the same view in another browser, and Back brings the former one.

The other browser asks a server that has just been started: its first request is that link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from modelops_core.ui.navigation import PAGES
from tests.browser import Tab, serving
from tests.looks import awaited, settled
from tests.world import BUSAN, SEOUL

pytestmark = pytest.mark.browser
#: the box that chooses the first row of a table [px]
FIRST_BOX = {"x": 20, "y": 52}


@pytest.fixture(scope="module")
def saved(site) -> Iterator[list[int]]:
    """Two assessed sites; forgotten afterwards."""
    found = []
    for name, place in (("Head office", SEOUL), ("Works", BUSAN)):
        params = {"latitude": place[0], "longitude": place[1], "as_of": 2025, "corrections": {"asset_value": 2e10}}
        answer = site.app.assess(params)
        found.append(site.app.portfolios.save(name, *place, params["corrections"], answer["batch_id"]))
    yield found
    for site_id in found:
        site.app.portfolios.remove(site_id)


def _radio(tab: Tab, name: str) -> None:
    tab.page.get_by_role("radio", name=name, exact=True).click()
    tab.idle()


def _pick(tab: Tab, label: str, option: str) -> None:
    """Choose in a drop-down list."""
    tab.page.get_by_role("combobox", name=label).click()
    tab.page.get_by_role("option", name=option).first.click()
    tab.idle()


def _slide(tab: Tab, label: str, keys: int) -> None:
    """Move a slider to the right, or to the left."""
    slider = tab.page.get_by_role("slider", name=label)
    for _ in range(abs(keys)):
        slider.press("ArrowRight" if keys > 0 else "ArrowLeft")
    tab.idle()


def _assess(tab: Tab) -> None:
    _pick(tab, "Peril", "Wildfire")
    _radio(tab, "SSP5-8.5")
    _radio(tab, "Base AAL")
    _slide(tab, "Horizon", 2)
    tab.page.get_by_role("button", name="Drawing").click()
    _radio(tab, "Districts")
    _slide(tab, "Opacity", -3)
    tab.page.keyboard.press("Escape")
    tab.click_map(BUSAN[1], BUSAN[0])
    tab.card()
    _radio(tab, "Scenarios & horizons")


def _compare(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Remove Head office").click()
    _pick(tab, "Quantity", "Typhoon")
    _radio(tab, "Money")
    _radio(tab, "Table")
    _radio(tab, "SSP1-2.6")
    _slide(tab, "Horizon", 1)


def _sites(tab: Tab) -> None:
    _pick(tab, "Order", "By name")
    _slide(tab, "Horizon", 1)
    tab.page.locator('[data-testid="stDataFrame"] canvas').first.click(position=FIRST_BOX)
    tab.page.wait_for_url("**sites=**")
    _radio(tab, "SSP3-7.0")


def _projections(tab: Tab) -> None:
    _pick(tab, "Variable", "Precipitation")
    tab.page.get_by_role("combobox", name="District, or latitude, longitude").fill("Yeonje")
    tab.page.get_by_role("option", name="Yeonje-gu, Busan").last.click()
    tab.page.wait_for_url("**lat=35**")
    _slide(tab, "Horizon", -1)
    _radio(tab, "Change")


def _population(tab: Tab) -> None:
    _radio(tab, "Since 2020")
    _slide(tab, "Year", -2)
    _pick(tab, "Find a district", "Yeonje-gu, Busan")
    tab.page.wait_for_url("**area=26470**")
    _radio(tab, "Provinces")


def _data(tab: Tab) -> None:
    _radio(tab, "Derived")
    _pick(tab, "Table in full (or click a row above)", "ta_data")
    _radio(tab, "Results")
    _radio(tab, "SSP5-8.5")


def _method(tab: Tab) -> None:
    _pick(tab, "Peril", "Typhoon")
    _radio(tab, "Logarithmic")
    _radio(tab, "Numbers & sources")
    _pick(tab, "Section", "Typhoon")
    tab.page.get_by_label("Words").fill("bins")
    tab.page.get_by_label("Words").press("Enter")
    tab.page.wait_for_url("**q=bins**")
    tab.page.get_by_role("radiogroup", name="Grade").get_by_role("radio", name="B", exact=True).click()


def _jobs(tab: Tab) -> None:
    _radio(tab, "completed")
    tab.page.locator('[data-testid="stDataFrame"] canvas').first.click(position=FIRST_BOX)
    tab.page.wait_for_url("**id=**")


ACTS: Mapping[str, Callable[[Tab], None]] = {
    "assess": _assess, "compare": _compare, "sites": _sites, "projections": _projections,
    "population": _population, "data": _data, "method": _method, "jobs": _jobs,
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_copied_link_opens_the_same_view(tab, site, saved, tmp_path, name):
    """Choices by the widgets, then the address in a browser without a past, on a server without one."""
    with serving(site.database, tmp_path) as fresh:
        first = tab(locale="en-US").open(f"/{'' if name == 'assess' else name}?lang=en")
        before = settled(first)
        ACTS[name](first)
        after, address = settled(first), first.page.url.removeprefix(first.url)
        second = tab(url=fresh.url).open(address)
        assert awaited(second, after) == after
        assert after["titles"] == [second.page.title()]
        assert second.page.url.removeprefix(fresh.url) == address
        assert after != before
        second.clean()
