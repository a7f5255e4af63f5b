"""
What a first visit and a click cost a reader: bytes, messages and seconds.

    python scripts/bench/first_visit.py http://127.0.0.1:8501 [LATITUDE LONGITUDE]

Opens the dashboard that runs there in a Chromium with an empty cache and clicks CLICKS places
near the given one. Prints one JSON line: bytes of the first visit until the map is drawn and of
the first card, frames from the server a click, and the seconds from click to card beside the
seconds that each click's own job took by the database's clock.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.browser import ARGS, CHROMIUM, PROJECT

CLICKS = 5
#: between two places, so that none was assessed before [°]
STEP = 0.011


class Wire:
    """Counts what the browser receives."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes, self.frames = 0.0, 0
        session.on("Network.loadingFinished", self._loaded)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.send("Network.enable")

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def _frame(self, event: dict[str, Any]) -> None:
        self.frames += 1
        self.bytes += len(event["response"]["payloadData"]) * 3 / 4  # base64


def main() -> None:
    """Print the figures."""
    url = sys.argv[1].rstrip("/")
    place = tuple(map(float, sys.argv[2:4])) or (37.5, 127.3)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(180_000)
        wire = Wire(context.new_cdp_session(page))
        began = time.perf_counter()
        page.goto(url)
        _idle(page)
        page.wait_for_selector(".map[data-drawn]")
        visit = wire.bytes
        print(json.dumps(_figures(page, wire, url, place, time.perf_counter() - began, visit)))
        chromium.close()


def _figures(
    page: Page, wire: Wire, url: str, place: tuple[float, ...], seconds: float, visit: float
) -> dict[str, Any]:
    clicks = [
        _click(page, wire, url, place[0] + number * STEP, place[1] + number * STEP)
        for number in range(CLICKS)
    ]
    jobs = [_job(url, click.pop("job")) for click in clicks]
    return {
        "first_visit_mb": round(visit / 1e6, 2),
        "first_visit_s": round(seconds, 2),
        "first_card_mb": round((clicks[0]["received"] - visit) / 1e6, 2),
        "frames_a_click": [click["frames"] for click in clicks],
        "click_to_card_s": [round(click["seconds"], 3) for click in clicks],
        "job_s": jobs,
        "ratio": round(
            statistics.median(c["seconds"] for c in clicks) / statistics.median(jobs), 2
        ),
        "load": os.getloadavg()[0],
    }


def _click(page: Page, wire: Wire, url: str, latitude: float, longitude: float) -> dict[str, Any]:
    """Report a click on the map's component; until the card names the place."""
    _idle(page)
    page.wait_for_timeout(1500)
    frames, former, began = wire.frames, page.url, time.perf_counter()
    page.evaluate(_REPORT, [longitude, latitude, PROJECT])
    page.wait_for_url(lambda address: address != former and "job=" in address)
    [job] = parse_qs(urlsplit(page.url).query)["job"]
    asked = _asked(url, job)["input_params"]["latitude"]  # the pixel's, not the place's
    page.get_by_text(f"{asked:.4f}").filter(visible=True).first.wait_for()
    page.locator(".sums").wait_for()
    seconds = time.perf_counter() - began
    _idle(page)
    received = {"frames": wire.frames - frames, "received": wire.bytes}
    return {**received, "seconds": seconds, "job": job}


#: a click at the pixel of a place; Playwright's own mouse waits for slow frames
_REPORT = """([lon, lat, project]) => {
  const host = document.querySelector('.map') ?? [...document.querySelectorAll('*')]
    .map(e => e.shadowRoot?.querySelector('.map')).find(Boolean);
  const canvas = host.querySelector('canvas'), box = canvas.getBoundingClientRect();
  const [x, y] = eval(project)([lon, lat, box.width, box.height]);
  const at = {clientX: box.left + x, clientY: box.top + y, bubbles: true, composed: true};
  canvas.dispatchEvent(new PointerEvent('pointerdown', at));
  canvas.dispatchEvent(new MouseEvent('click', at));
}"""


def _idle(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def _job(url: str, batch_id: str) -> float:
    """Seconds from queued to completed by the database's clock."""
    job = _asked(url, batch_id)
    ended, asked = (datetime.fromisoformat(job[key]) for key in ("completed_at", "created_at"))
    return (ended - asked).total_seconds()


def _asked(url: str, batch_id: str) -> Any:
    with urllib.request.urlopen(f"{url}/api/v1/risk-assessment/jobs/{batch_id}") as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
