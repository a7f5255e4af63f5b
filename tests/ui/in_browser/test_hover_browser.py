"""Hovering in a real browser: the value of the cell under the pointer, from the packed places."""

from __future__ import annotations

import re

import pytest

from tests.browser import PATIENCE, PROJECT, Tab
from tests.waiting import wait_for
from tests.world import CELLS

pytestmark = pytest.mark.browser


def hover(one: Tab, longitude: float, latitude: float) -> str:
    """What the tip says of a place; the pointer moves a little, so that the page looks again."""
    box = one.map().bounding_box()
    x, y = one.page.evaluate(PROJECT, [longitude, latitude, box["width"], box["height"]])
    for aside in (1, 0):
        one.page.mouse.move(box["x"] + x + aside, box["y"] + y)
    tip = one.page.locator(".map .tip")  # a locator sees into the component's shadow tree
    return tip.inner_text() if tip.is_visible() else ""


def shows(one: Tab, longitude: float, latitude: float, value: float) -> bool:
    """Whether the tip says *value* [%/yr] of a place."""
    said = re.search(r"([\d.]+) %/yr", hover(one, longitude, latitude))
    return said is not None and float(said[1]) == pytest.approx(value, rel=6e-3)


def test_hovering_says_the_value_of_the_cell(tab, site):
    """Each cell of the small world, first and last of a row; the value is the table's."""
    one = tab().open("/?peril=river_flood&metric=aal&view=cells&ssp=ssp5&horizon=2090s&lang=en")
    values = site.app.layers.values("river_flood", "ssp5", "2090s").aal
    seconds = PATIENCE / 1000
    for value, (latitude, longitude, *_) in zip(values, CELLS.values(), strict=True):
        wait_for(lambda place=(longitude, latitude), v=value: shows(one, *place, v), seconds)
    wait_for(lambda: "%/yr" not in hover(one, 127.9, 36.2), seconds)  # land of no cell
    one.clean()
