"""
Walk through signing in with three roles in a real browser, against a provider of its own:

    .venv/bin/python scripts/login_walk.py [FOLDER]

It serves the dashboard over the database of this folder (MODELOPS_VAR), signs in a viewer, an
analyst and an administrator one after the other, and says what each sees of the controls that
change something. Pictures go to FOLDER. Needs the development requirements and Chromium.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooSlow

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PEOPLE = {
    "viewer@bank.kr": True,
    "analyst@bank.kr": True,
    "admin@bank.kr": True,
    "fake@bank.kr": False,
}
#: page → texts of the controls that change something
CONTROLS = {
    "/?lat=37.5665&lon=126.978": ("저장",),
    "/sites": ("저장하고 평가", "전체 다시 평가"),
    "/jobs?part=nights": ("야간 배치 지금 시작",),
}
PATIENCE = 120_000
#: until a control that a role has must have been drawn [ms]
SOON = 30_000


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(port: int, provider: str) -> subprocess.Popen[bytes]:
    """The dashboard, which asks the provider who reads it."""
    settings = {
        "MODELOPS_LOGIN": "true",
        "MODELOPS_READERS": "viewer@bank.kr,fake@bank.kr",
        "MODELOPS_ANALYSTS": "analyst@bank.kr",
        "MODELOPS_ADMINS": "admin@bank.kr",
        "MODELOPS_OIDC_METADATA_URL": f"{provider}/.well-known/openid-configuration",
        "MODELOPS_OIDC_CLIENT_ID": "modelops",
        "MODELOPS_OIDC_CLIENT_SECRET": "secret",
        "MODELOPS_PUBLIC_URL": f"http://localhost:{port}",
        "MODELOPS_COOKIE_SECRET": "only for this walk, only for this walk",
    }
    command = [sys.executable, "-m", "modelops_core", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings)
    while True:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/health", timeout=5)
            return process
        except OSError:
            if process.poll() is not None:
                raise SystemExit("the server ended") from None
            time.sleep(0.5)


def settled(page: Page) -> None:
    """Wait until the page has been drawn."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=PATIENCE
    )


def drawn(page: Page, texts: tuple[str, ...]) -> list[str]:
    """The buttons of *texts* that the page draws; waits for all of them as long as is fair."""
    deadline = time.monotonic() + SOON / 1000
    while True:
        seen = [text for text in texts if page.get_by_role("button", name=text).count()]
        if len(seen) == len(texts) or time.monotonic() > deadline:
            return seen
        time.sleep(0.5)


def walk(browser: Browser, here: str, name: str, folder: Path) -> None:
    """Sign in, look at the pages, sign out."""
    context = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.goto(here)
    page.get_by_role("button", name="로그인").click(timeout=PATIENCE)
    page.locator("input[name=sub]").first.fill(name, timeout=PATIENCE)
    page.get_by_role("button", name="Authorize").first.click()
    page.wait_for_url(f"{here}/**", timeout=PATIENCE)
    settled(page)
    for path, texts in CONTROLS.items():
        page.goto(here + path)
        settled(page)
        seen = drawn(page, texts)
        picture = f"{name.partition('@')[0]}-{path.strip('/').partition('?')[0] or 'assess'}.png"
        page.screenshot(path=folder / picture)
        print(f"{name:16} {path:28} {', '.join(seen) or '–'}")
    page.get_by_role("button", name=name).first.click(timeout=PATIENCE)
    page.get_by_role("button", name="로그아웃").click(timeout=PATIENCE)
    with suppress(TooSlow):  # a provider that is too slow is not asked: the session ends here
        page.wait_for_url("**/oauth2/end_session**", timeout=SOON)
    page.goto(here)
    page.get_by_role("button", name="로그인").wait_for(timeout=PATIENCE)
    print(f"{name:16} signed out; errors in the console: {problems or 'none'}")
    context.close()


def main() -> None:
    """Walk as each of the people."""
    folder = Path(sys.argv[1] if sys.argv[1:] else "var/login_walk")
    folder.mkdir(parents=True, exist_ok=True)
    users = [
        User(sub=name, claims={"email": name, "email_verified": verified})
        for name, verified in PEOPLE.items()
    ]
    with run_server_in_thread(user_claims=users) as provider, sync_playwright() as playwright:
        port = free_port()
        server = served(port, f"http://localhost:{provider.server_port}")
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            for name in PEOPLE:
                walk(browser, f"http://localhost:{port}", name, folder)
            browser.close()
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main()
