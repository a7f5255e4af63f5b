"""
Ten readers at once, clicking: does anything fail, does the server's memory grow?

    .venv/bin/python scripts/bench/soak.py [--sessions 10] [--seconds 120]

Serves the dashboard over this folder's database. Each session changes scenarios and clicks
land at random places (seeded). Prints one JSON line: actions, errors, RSS after a quarter of
the time and at the end.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from screens import ARGS, CHROMIUM, served

SCENARIOS = ("SSP1-2.6", "SSP2-4.5", "SSP3-7.0", "SSP5-8.5")
#: as a share of the map's width and height: well inside the country
LAND = (
    (0.42, 0.33),
    (0.55, 0.35),
    (0.5, 0.45),
    (0.45, 0.55),
    (0.6, 0.5),
    (0.62, 0.6),
    (0.48, 0.62),
)


def server_rss(port: str) -> float:
    """MB of the process that serves *port*, from /proc."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
            if b"serve" in words and port.encode() in words:
                status = (path.parent / "status").read_text()
                return int(status.split("VmRSS:")[1].split()[0]) / 1024
        except (OSError, IndexError):
            continue
    return float("nan")


def act(page: Page, chance: random.Random) -> None:
    """One thing a reader does."""
    if chance.random() < 0.5:
        page.get_by_role("radio", name=chance.choice(SCENARIOS)).click(timeout=15_000)
    else:
        box = page.locator(".map canvas").first.bounding_box(timeout=15_000)
        x, y = chance.choice(LAND)
        if box:
            page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    page.wait_for_timeout(150)


def main() -> None:
    """Click, watch, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=120)
    given = parser.parse_args()
    errors: list[str] = []
    actions, early = 0, float("nan")
    chance = random.Random(7)
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        pages = [
            browser.new_context(viewport={"width": 1100, "height": 800}).new_page()
            for _ in range(given.sessions)
        ]
        for page in pages:
            page.on("pageerror", lambda error: errors.append(str(error)[:200]))
            page.goto(url)
            page.wait_for_selector(".map[data-drawn]", timeout=120_000)
        began = time.monotonic()
        while (spent := time.monotonic() - began) < given.seconds:
            page = pages[actions % len(pages)]
            try:
                act(page, chance)
            except Error as error:
                errors.append(str(error)[:200])
            actions += 1
            if spent > given.seconds / 4 and early != early:  # noqa: PLR0124 - NaN until then
                early = server_rss(url.rpartition(":")[2])
        late = server_rss(url.rpartition(":")[2])
        boxes = sum(page.locator('[data-testid="stException"]').count() for page in pages)
        browser.close()
    print(
        json.dumps(
            {
                "sessions": given.sessions,
                "seconds": given.seconds,
                "actions": actions,
                "errors": len(errors),
                "first_errors": errors[:3],
                "exception_boxes": boxes,
                "rss_early_mb": round(early),
                "rss_late_mb": round(late),
                "ratio": round(late / early, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
