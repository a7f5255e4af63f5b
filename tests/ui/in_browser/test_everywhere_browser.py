"""Every page, in both languages and both themes: it draws, nothing leaves the machine, axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from modelops_core.db.cluster.private import Cluster
from modelops_core.ui.kit.i18n import catalogue
from modelops_core.ui.kit.navigation import PAGES
from tests import world
from tests.apps import wire
from tests.browser import Tab, serving
from tests.database import created
from tests.world import BUSAN

pytestmark = pytest.mark.browser
#: what each page must show once it is ready, by its role or test id
READY = {
    "assess": ".sums",
    "compare": '[data-testid="stPlotlyChart"]',
    "sites": '[data-testid="stAppViewContainer"] h1',
    "portfolio": '[data-testid="stFileUploader"], [data-testid="stPlotlyChart"]',
    "projections": '[data-testid="stPlotlyChart"]',
    "population": ".map[data-drawn]",
    "data": '[data-testid="stTable"]',
    "method": '[data-testid="stDataFrame"], [data-testid="stPlotlyChart"]',
    "jobs": '[data-testid="stDataFrame"], [data-testid="stTable"], [data-testid="stProgress"]',
}
#: findings inside Streamlit's own widgets, which a page cannot mend
THEIRS = {
    "scrollable-region-focusable",
    "nested-interactive",
    "aria-allowed-attr",
    "label-title-only",
}


@pytest.fixture(scope="module")
def place(site) -> str:
    """Query of an assessed place, so that pages about a site have one."""
    answer = site.app.assess({"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025})
    return f"lat={BUSAN[0]}&lon={BUSAN[1]}&job={answer['batch_id']}"


#: whether every colour has arrived: a button fades from one theme's to the other's
SETTLED = "() => !document.getAnimations().some(one => one instanceof CSSTransition)"


def serious(one: Tab) -> list[tuple[str, list[str]]]:
    """Serious findings of axe-core by WCAG 2 A and AA, with the first elements of each; no colour is on its way."""
    one.page.wait_for_function(SETTLED)
    found = Axe().run(one.page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    return [
        (v["id"], [node["html"][:160] for node in v["nodes"][:3]])
        for v in found
        if v["impact"] in ("serious", "critical") and v["id"] not in THEIRS
    ]


def drawn(one: Tab, name: str) -> None:
    """Wait until the page is complete; nothing failed in it and nothing was asked of others."""
    one.page.wait_for_selector(READY[name])
    one.idle()
    assert one.page.locator('[data-testid="stException"]').count() == 0
    assert one.page.locator('[data-testid="stAlertContentError"]').count() == 0
    one.clean()


def turn_to(one: Tab, name: str, language: str) -> None:
    """Open a page by the menu."""
    title = catalogue()[f"{name}.page"][language]
    one.page.get_by_role("link", name=title, exact=True).first.click()
    one.page.wait_for_function("title => document.title === title", arg=f"{title} · ModelOps")
    one.idle()


def in_theme(one: Tab, theme: Literal["light", "dark"]) -> None:
    """Ask for a theme, until the page has it."""
    one.page.emulate_media(color_scheme=theme)
    one.page.wait_for_function(IS_DARK, arg=theme == "dark")


#: whether the page's ground is dark, as wanted
IS_DARK = """wanted => {
  const ground = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
  return (Number(ground.match(/\\d+/)[0]) < 128) === wanted;
}"""


#: whether a figure that was drawn before the theme changed has the ink of the new one
INK_IS_READ = """() => {
  const sum = colour => colour.match(/\\d+/g).slice(0, 3).reduce((all, one) => all + Number(one), 0);
  const ground = sum(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
  const inks = [...document.querySelectorAll('.js-plotly-plot .ytick text')].map(one => sum(getComputedStyle(one).fill));
  return inks.length > 0 && inks.every(ink => Math.abs(ink - ground) > 384);
}"""


def test_every_page_draws_stays_at_home_and_is_accessible(tab, place):
    """
    No error box, no script error, no foreign request; axe finds nothing serious.

    Each page is drawn in both themes, and axe looks at the first; half of them are in English. The
    menu is one step of the history, which goes back to what was chosen. Figures follow the theme.
    """
    one = tab().open(f"/?{place}&lang=ko&ssp=ssp5")
    themes: Iterator[Literal["light", "dark"]] = cycle(("light", "dark"))
    language = "ko"
    in_theme(one, next(themes))
    for i, name in enumerate(PAGES):
        before, steps = one.page.url, one.page.evaluate("history.length")
        turn_to(one, name, language)
        drawn(one, name)
        assert serious(one) == [], name
        if name == "compare":
            assert one.page.evaluate("history.length") == steps + 1
            _and_back(one, before)
        if i == len(PAGES) // 2:
            language = _in_english(one)
        in_theme(one, next(themes))
        drawn(one, name)
        if name == "compare":
            one.page.wait_for_function(INK_IS_READ)
        if name == "sites":  # its buttons have the accent of either theme
            assert serious(one) == []


def _in_english(one: Tab) -> str:
    """Switch the language of the page."""
    one.page.get_by_role("radio", name="English").click()
    one.page.wait_for_url("**lang=en**")
    one.idle()
    return "en"


def _and_back(one: Tab, address: str) -> None:
    """Back and Forward: the former page as it was chosen, then this one again."""
    here = one.page.url
    one.page.go_back()
    one.page.wait_for_url(address)
    one.card()
    one.page.go_forward()
    one.page.wait_for_url(here)
    drawn(one, "compare")


def test_the_first_night_is_begun_on_the_page_which_opens_by_itself(
    cluster: Cluster, template, tmp_path, tab
):
    """Data and no nightly run: a button, the nightly run's bar, then the map."""
    with created(cluster, "ui_first_night", template) as database:
        app = wire(database)
        world.fill(app.owner)
        app.dispose()
        with serving(database, tmp_path, MODELOPS_JOB_PROCESS="false") as fresh:
            one = tab(url=fresh.url).open("/")
            one.page.get_by_text("자료는 준비되었으나").wait_for()
            one.page.get_by_role("button", name="야간 배치 지금 시작").click()
            one.map()
            one.page.get_by_text("자료는 준비되었으나").wait_for(state="detached")
            one.clean()
