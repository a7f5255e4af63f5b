"""
Screenshots of every page for docs/screens: 1280 and 390 px, light and dark, Korean and English.

    .venv/bin/python scripts/screens.py [--url http://127.0.0.1:8501] [PAGE…]

Without --url it serves the dashboard itself, over the database of this folder. Needs the
development requirements and Chromium (`bash scripts/test.sh` installs both).
"""

from __future__ import annotations

import argparse
import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from modelops_core import bootstrap
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.portfolio.choices import Choices

ROOT = Path(__file__).resolve().parents[1]
SCREENS = ROOT / "docs" / "screens"
PORTFOLIO = Path(__file__).with_name("screens_portfolio.csv")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    # SwiftShader paints the map only: it is slower than the processor at everything else
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
SITE = "lat=35.1796&lon=129.0756&peril=typhoon&ssp=ssp5&horizon=2090s"
#: page → path and query; what is seen there
PAGES = {
    "assess": f"/?{SITE}&section=outlook",
    "reasons": f"/?{SITE}&section=reasons",
    "compare": f"/compare?{SITE}",
    "sites": "/sites?",
    "portfolio": "/portfolio?lens=loss_rate&by=sido&id=0023",
    "projections": "/projections?lat=37.5665&lon=126.978",
    "population": "/population?",
    "data": "/data?",
    "method": "/method?peril=typhoon",
    "jobs": "/jobs?",
}
#: width, theme, language
LOOKS = ((1280, "light", "ko"), (1280, "dark", "en"), (390, "light", "en"), (390, "dark", "ko"))
COLOURS = 128
#: software rendering on a busy machine [ms]
PATIENCE = 120_000
#: name, place and what is known of it
SITES = (
    (
        "본사 사옥",
        37.5665,
        126.978,
        {
            "asset_value": 42e9,
            "structure": "RC",
            "purpose": "업무시설",
            "floors_above": 15,
            "floors_below": 3,
            "river_distance_m": 900.0,
        },
    ),
    (
        "부산 물류센터",
        35.1028,
        129.0403,
        {
            "asset_value": 18e9,
            "structure": "철골",
            "purpose": "창고",
            "floors_above": 2,
            "floors_below": 0,
            "elevation_m": 3.0,
            "river_distance_m": 400.0,
        },
    ),
    (
        "대전 데이터센터",
        36.3504,
        127.3845,
        {
            "asset_value": 95e9,
            "structure": "SRC",
            "purpose": "데이터센터",
            "floors_above": 6,
            "floors_below": 1,
            "river_distance_m": 250.0,
        },
    ),
)


@contextmanager
def served() -> Iterator[str]:
    """A dashboard of our own on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "modelops_core", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def examples() -> Iterator[None]:
    """
    Give the pages something to show for the block: three assessed sites, and a portfolio.

    Only where none is there. The portfolio stays: a version is never removed.
    """
    app = bootstrap.app()
    if not app.portfolio_reports.runs(COMMAND_LINE):
        _calculate(app)
    made = [] if app.portfolios.places() else _save(app)
    try:
        yield
    finally:
        for site in made:
            app.portfolios.remove(site)


def _calculate(app: bootstrap.App) -> None:
    """Calculate the example of a portfolio."""
    choices = Choices(as_of=date.today())
    found = app.portfolio_files.check(app.portfolio_files.read([PORTFOLIO], choices), choices)
    if found.portfolio is None:
        raise SystemExit(f"{PORTFOLIO} has {found.errors} errors: modelops portfolio check")
    own = replace(found.portfolio, name="예시 담보")
    version = app.portfolio_jobs.keep(own, COMMAND_LINE)
    app.portfolio_jobs.calculate(version, choices.as_of.year, lambda *_: None)


def _save(app: bootstrap.App) -> list[int]:
    """Assess and save the example's sites; their ids."""
    made = []
    for name, latitude, longitude, corrections in SITES:
        found = app.assess(
            {
                "latitude": latitude,
                "longitude": longitude,
                "as_of": bootstrap.korean_year(),
                "corrections": corrections,
            }
        )
        made.append(app.portfolios.save(name, latitude, longitude, corrections, found["batch_id"]))
    return made


def shoot(page: Page, url: str, width: int) -> bytes:
    """The whole page, once its script is idle and its map is drawn."""
    page.goto(url)
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE
    )
    if page.locator(".map").count():
        page.wait_for_selector(".map[data-drawn]", timeout=PATIENCE)
    if "lat=" in url and "/?" in url:
        page.locator(".sums").wait_for(timeout=PATIENCE)
    page.wait_for_timeout(2500)
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height + 40, 5200)})
    page.wait_for_timeout(2000)
    return page.screenshot(timeout=PATIENCE)


def save(picture: bytes, path: Path) -> None:
    """A PNG of few colours: small enough for a repository."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB")


def main() -> None:
    """Shoot the pages that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", choices=[*PAGES, []])
    parser.add_argument("--url")
    given = parser.parse_args()
    SCREENS.mkdir(parents=True, exist_ok=True)
    with examples(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        if given.url:
            every(browser, given.url, given.pages or list(PAGES))
        else:
            with served() as url:
                every(browser, url, given.pages or list(PAGES))


def every(browser: object, url: str, pages: list[str]) -> None:
    """All looks of all *pages*."""
    for name in pages:
        for width, theme, language in LOOKS:
            context = browser.new_context(  # type: ignore[attr-defined]
                viewport={"width": width, "height": 860},
                color_scheme=theme,
                locale="ko-KR" if language == "ko" else "en-US",
                reduced_motion="reduce",
            )
            picture = shoot(context.new_page(), f"{url}{PAGES[name]}&lang={language}", width)
            save(picture, SCREENS / f"{name}-{width}-{theme}-{language}.png")
            context.close()


if __name__ == "__main__":
    main()
