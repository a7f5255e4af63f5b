"""
Changing peril or scenario: from the choice in a real browser until the new map is drawn.

    .venv/bin/python scripts/bench/map_switch.py [--url URL] [SWITCHES]

Prints one JSON line. The clock is the browser's: from the click on the control to the
component's note that its layers are loaded and drawn (software rendering without a GPU).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from screens import ARGS, CHROMIUM, served

TARGET_MS = 500
#: between two choices; a reader looks before choosing again, and the page's fading ends
PAUSE_MS = 1500
SCENARIOS = ("SSP5-8.5", "SSP1-2.6", "SSP3-7.0", "SSP2-4.5")
#: clicks the control and waits for the next drawing
SWITCH = """([name]) => new Promise(resolve => {
  const host = [...document.querySelectorAll('*')]
    .map(e => e.shadowRoot?.querySelector('.map') ?? (e.matches?.('.map') ? e : null))
    .find(Boolean);
  const before = host.dataset.drawn, began = performance.now();
  new MutationObserver((_, watch) => {
    if (host.dataset.drawn !== before) { watch.disconnect(); resolve(performance.now() - began); }
  }).observe(host, {attributes: true});
  [...document.querySelectorAll('[role=radio]')].find(e => e.textContent.trim() === name).click();
})"""


def measure(url: str, switches: int) -> list[float]:
    """Milliseconds of each switch."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url)
        page.wait_for_selector(".map[data-drawn]", timeout=60_000)
        page.wait_for_timeout(3000)
        taken = []
        for i in range(switches):
            taken.append(page.evaluate(SWITCH, [SCENARIOS[i % len(SCENARIOS)]]))
            page.wait_for_timeout(PAUSE_MS)
        browser.close()
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("switches", nargs="?", type=int, default=12)
    parser.add_argument("--url")
    given = parser.parse_args()
    if given.url:
        taken = measure(given.url, given.switches)
    else:
        with served() as url:
            taken = measure(url, given.switches)
    warm = taken[len(SCENARIOS) :] or taken
    median = statistics.median(warm)
    print(
        json.dumps(
            {
                "switches": len(taken),
                "first_ms": [round(t) for t in taken[: len(SCENARIOS)]],
                "median_ms": round(median),
                "p95_ms": round(sorted(warm)[int(0.95 * (len(warm) - 1))]),
                "pause_ms": PAUSE_MS,
                "target_ms": TARGET_MS,
                "ratio": round(median / TARGET_MS, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
