"""
Real pages in real Chromium, as a pytest plugin on top of ``tests.apps``.

``site`` is a dashboard over a copy of the small world after a nightly run; ``page`` a fresh tab
that notes script errors and every request that leaves the server.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    TimeoutError,
    sync_playwright,
)

from modelops_core.bootstrap import App
from modelops_core.db.cluster.private import Cluster
from tests.apps import wire
from tests.database import Database, created
from tests.waiting import wait_for

ROOT = Path(__file__).parents[1]
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
#: software rendering on two busy cores; only a failing test waits so long [ms]
PATIENCE = 180_000
#: until a server that was asked to stop is killed [s]
FAREWELL = 60


@dataclass(frozen=True)
class Dashboard:
    """A dashboard and the App over the same database."""

    url: str
    app: App
    process: subprocess.Popen[bytes]
    database: Database
    log: Path


@contextmanager
def serving(database: Database, folder: Path, **settings: str) -> Iterator[Dashboard]:
    """Serve the dashboard over *database* as a user would; stop it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("DATABASE", "MODELOPS", "STREAMLIT"))
    }
    environment = {
        **kept,
        "DATABASE_URL": database.url(),
        "DATABASE_WORKER_URL": database.url("modelops_worker"),
        "DATABASE_READ_URL": database.url("modelops_dashboard"),
        "MODELOPS_VAR": str(folder),
        "MODELOPS_NIGHT_SCHEDULE": "false",
        "MODELOPS_PROCESSES": "1",
        **settings,
    }
    with (folder / "dashboard.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "modelops_core", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    app, url = wire(database), f"http://127.0.0.1:{port}"
    try:
        _wait_for_health(url, process, folder / "dashboard.log")
        yield Dashboard(url, app, process, database, folder / "dashboard.log")
    finally:
        _stop(process)
        app.dispose()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server; one that does not end is killed, and that is an error."""
    process.terminate()
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _wait_for_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            return False
        return True

    wait_for(answers)


@pytest.fixture(scope="session")
def site(
    cluster: Cluster, nightly_app: App, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """The dashboard of the small world after a nightly run, with data of its own."""
    nightly_app.dispose()  # a template may not be in use
    folder = tmp_path_factory.mktemp("dashboard")
    with (
        created(cluster, "ui_world", "world_after_a_night") as database,
        serving(database, folder) as dashboard,
    ):
        yield dashboard


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a session."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed: bash scripts/test.sh installs it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGS)
        yield chromium
        chromium.close()


#: what the frame says where a page's script fails
_FAILED = re.compile("예상하지 못한 오류로 이 화면을|This page failed unexpectedly")


class Tab:
    """A page, what its scripts complained of and what it asked of others."""

    def __init__(self, page: Page, context: BrowserContext, url: str, fresh: bool) -> None:
        self.page, self.context, self.url, self.fresh = page, context, url, fresh
        self.errors: list[str] = []
        self.abroad: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._note(request.url))

    def _note(self, address: str) -> None:
        own = (self.url, self.url.replace("http", "ws"), "blob:", "data:")
        if not address.startswith(own):
            self.abroad.append(address)

    def close(self) -> None:
        """Close it; what the page kept for its next visit is forgotten."""
        if self.fresh:
            self.context.close()
        elif not self.page.is_closed():
            self.page.evaluate("localStorage.clear()")
            self.context.clear_cookies()
            self.page.close()

    def open(self, path: str = "/") -> Tab:
        """Open a path and wait until its script has run."""
        self.page.goto(self.url + path)
        return self.idle()

    def idle(self) -> Tab:
        """Wait until no script runs."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        return self

    def choose(self, label: str, option: str) -> None:
        """Choose from a list; one that a page still running has closed is opened again, as a reader would."""
        field = self.page.get_by_role("combobox", name=label)
        for _ in range(10):
            field.click()
            field.fill(option)  # a long list is drawn as far as it is seen
            try:
                self.page.get_by_role("option", name=option).first.click(timeout=20_000)
            except TimeoutError:
                field.press("Escape")
            else:
                return
        raise AssertionError(f"{label}: {option} could not be chosen")

    def map(self) -> Locator:
        """The map, once it is drawn."""
        self.page.wait_for_selector(".map[data-drawn]")
        return self.page.locator(".map canvas").first

    def click_map(self, longitude: float, latitude: float) -> None:
        """Click the pixel of a place; the view is the whole country's."""
        target = self.map()
        box = target.bounding_box()
        assert box is not None
        x, y = self.page.evaluate(PROJECT, [longitude, latitude, box["width"], box["height"]])
        target.click(position={"x": x, "y": y})  # it scrolls there and waits until the map stands

    def card(self) -> Locator:
        """The subtotals of an answer."""
        sums = self.page.locator(".sums")
        sums.wait_for()
        return sums

    def clean(self) -> None:
        """No script failed, here or on the server, and nothing left the machine."""
        assert self.errors == []
        assert self.page.get_by_text(_FAILED).all_inner_texts() == []
        assert self.abroad == []


#: Web Mercator of the view of ui/maps.HOME, done again independently
PROJECT = """([lon, lat, width, height]) => {
  const home = {lon: 127.9, lat: 35.9, zoom: 5.95}, world = 512 * 2 ** home.zoom;
  const x = l => world * (l + 180) / 360;
  const y = l => world * (0.5 - Math.log(Math.tan(Math.PI / 4 + l * Math.PI / 360)) / (2 * Math.PI));
  return [width / 2 + x(lon) - x(home.lon), height / 2 + y(lat) - y(home.lat)];
}"""


_REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a test's own report for its fixtures."""
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report
    return report


def _what_was_seen(one: Tab, dashboard: Dashboard) -> str:
    """What a reader saw when a test failed: address, texts, complaints, the server's last words."""
    text = one.page.locator("body").inner_text(timeout=30_000)
    log = dashboard.log.read_text(errors="replace")[-3_000:]
    return f"--- {one.page.url}\n{text}\n--- scripts: {one.errors}\n--- server:\n{log}"


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """
    One context for each kind of reader, so that the second visit finds the scripts in its cache.

    ``contexts(fresh=True, ...)`` makes one that has seen nothing.
    """
    kept: dict[tuple[object, ...], BrowserContext] = {}

    def context(fresh: bool, **options: Any) -> BrowserContext:
        key = tuple(map(str, options.values()))
        if fresh or key not in kept:
            made = browser.new_context(**options, reduced_motion="reduce", accept_downloads=True)
            if fresh:
                return made
            kept[key] = made
        return kept[key]

    yield context
    for one in kept.values():
        one.close()


@pytest.fixture
def tab(
    contexts: Callable[..., BrowserContext], site: Dashboard, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Tab]]:
    """Makes tabs: ``tab(width=390, dark=True, locale="en-US")``; with ``fresh`` in a new browser."""
    made: list[Tab] = []

    def make(
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        locale: str = "ko-KR",
        url: str | None = None,
        fresh: bool = False,
    ) -> Tab:
        context = contexts(
            fresh,
            viewport={"width": width, "height": height},
            locale=locale,
            color_scheme="dark" if dark else "light",
        )
        made.append(Tab(context.new_page(), context, url or site.url, fresh))
        return made[-1]

    yield make
    report = request.node.stash.get(_REPORT, None)
    for one in made:
        if report is not None and report.failed:
            sys.stdout.write(_what_was_seen(one, site))
        one.close()
