"""Hovering in a real browser: the value of the cell under the pointer, found from the packed places."""

from __future__ import annotations

import re

import pytest

from tests.browser import _PROJECT
from tests.world import CELLS

pytestmark = pytest.mark.browser
#: the page looks at the pointer so often [ms]
PAUSE = 150


def hover(one, longitude, latitude):
    """Move the pointer to a place, and a little, so that the page looks again."""
    box = one.map().bounding_box()
    x, y = one.page.evaluate(_PROJECT, [longitude, latitude, box["width"], box["height"]])
    for aside in (1, 0):
        one.page.mouse.move(box["x"] + x + aside, box["y"] + y)
        one.page.wait_for_timeout(PAUSE)
    return one.page.locator(".map .tip")


def test_hovering_says_the_value_of_the_cell(tab, site):
    """Each cell of the small world, first and last of a row; the value is the table's."""
    one = tab().open("/?peril=river_flood&metric=aal&view=cells&ssp=ssp5&horizon=2090s&lang=en")
    values = site.app.layers.values("river_flood", "ssp5", "2090s").aal
    for value, (latitude, longitude, *_) in zip(values, CELLS.values(), strict=True):
        tip = hover(one, longitude, latitude)
        tip.wait_for(state="visible")
        shown = re.search(r"([\d.]+) %/yr", tip.inner_text())
        assert shown, tip.inner_text()
        assert float(shown[1]) == pytest.approx(value, rel=6e-3)
    assert "%/yr" not in hover(one, 127.9, 36.2).inner_text()  # land of no cell
    one.clean()
