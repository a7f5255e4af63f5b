"""What a reader sees of a page in the browser, so that two views can be compared."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.browser import PATIENCE, Tab

#: looks in a row that must show the same
LOOKS = 3
#: what passes by itself
_AGO = re.compile(
    r"(?:방금|조금 전|\d+\s*(?:초|분|시간)\s*전|just now|\d+ (?:s|seconds?|min|minutes?|h|hours?) ago)"
)
#: text, chosen options, values of fields and sliders, first columns of tables that are drawn on a canvas (others may lie outside of what is seen)
_SEE = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const all = (selector, read) => [...main.querySelectorAll(selector)].map(read);
  return {
    text: main.innerText.split(/\\s+/).join(' '),
    titles: all('h1', e => e.innerText),
    chosen: all('[role="radio"][aria-checked="true"], [role="radio"] input:checked', e => e.innerText || e.closest('label')?.innerText),
    fields: all('input:not([type="radio"]), textarea', e => [e.getAttribute('aria-label'), e.value, e.checked]),
    cells: all('canvas table td', e => +e.getAttribute('aria-colindex') <= 4 ? e.textContent : null).filter(Boolean),
    figures: all('.js-plotly-plot text', e => e.textContent),
  };
}"""


def look(tab: Tab) -> dict[str, Any]:
    """The page as it is now."""
    seen = tab.page.evaluate(_SEE)
    return {
        name: _AGO.sub("…", value) if isinstance(value, str) else _still(value)
        for name, value in seen.items()
    }


def _still(values: list[Any]) -> list[Any]:
    return [_AGO.sub("…", value) if isinstance(value, str) else value for value in values]


def settled(tab: Tab) -> dict[str, Any]:
    """The page once it is drawn and stays as it is."""
    end, before, still = time.monotonic() + PATIENCE / 1000, None, 0
    while time.monotonic() < end:
        now = look(tab.idle())
        still = still + 1 if now == before else 0
        if still == LOOKS:
            return now
        before = now
        tab.page.wait_for_timeout(250)
    raise AssertionError("the page does not come to rest")


def alike(one: Tab, other: Tab) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both pages once they look the same; as they are where they never do. Tables draw their cells late."""
    end = time.monotonic() + PATIENCE / 1000 / 3
    seen = look(one.idle()), look(other.idle())
    while seen[0] != seen[1] and time.monotonic() < end:
        one.page.wait_for_timeout(200)
        seen = look(one.idle()), look(other.idle())
    return seen


def awaited(tab: Tab, wanted: dict[str, Any]) -> dict[str, Any]:
    """The page once it looks as *wanted*; as it is where it never does."""
    end = time.monotonic() + PATIENCE / 1000
    now = look(tab.idle())
    while now != wanted and time.monotonic() < end:
        tab.page.wait_for_timeout(200)
        now = look(tab.idle())
    return now
