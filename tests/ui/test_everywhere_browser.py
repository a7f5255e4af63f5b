"""Every page, in both languages and both themes: it draws, nothing leaves the machine, axe finds nothing serious."""

from __future__ import annotations

from itertools import cycle

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
    "projections": '[data-testid="stPlotlyChart"]',
    "population": ".map[data-drawn]",
    "data": '[data-testid="stDataFrame"]',
    "method": '[data-testid="stDataFrame"], [data-testid="stPlotlyChart"]',
    "jobs": '[data-testid="stDataFrame"], [data-testid="stTable"], [data-testid="stProgress"]',
}
LANGUAGES = {"ko": "한국어", "en": "English"}
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


def serious(one: Tab) -> list[tuple[str, list[str]]]:
    """Serious findings of axe-core by WCAG 2 A and AA, with the first elements of each."""
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


def test_every_page_draws_stays_at_home_and_is_accessible(tab, place):
    """
    No error box, no script error, no foreign request; axe finds nothing serious.

    Every other page is looked at in English and dark first, the others in Korean and light;
    then each in the other language and theme.
    """
    one = tab().open(f"/?{place}&lang=ko")
    looks = cycle((("ko", "light"), ("en", "dark")))
    language, _ = next(looks)
    for name in PAGES:
        turn_to(one, name, language)
        drawn(one, name)
        assert serious(one) == [], name
        language, theme = next(looks)
        one.page.emulate_media(color_scheme=theme)
        one.page.get_by_role("radio", name=LANGUAGES[language]).click()
        one.page.wait_for_url(f"**lang={language}**")
        drawn(one, name)


def test_the_first_night_is_begun_on_the_page_which_opens_by_itself(
    cluster: Cluster, template, tmp_path, tab
):
    """Data and no nightly run: a button, the nightly run's bar, then the map."""
    with created(cluster, "ui_first_night", template) as database:
        app = wire(database)
        world.fill(app.owner)
        app.dispose()
        with serving(database, tmp_path) as fresh:
            one = tab(url=fresh.url).open("/")
            one.page.get_by_text("자료는 준비되었으나").wait_for()
            one.page.get_by_role("button", name="야간 배치 지금 시작").click()
            one.map()
            one.page.get_by_text("자료는 준비되었으나").wait_for(state="detached")
            one.clean()


def test_a_database_that_goes_away_and_comes_back(cluster: Cluster, nightly_app, tmp_path, tab):
    """Under an open page: a sentence and a button; with the database back the page goes on."""
    nightly_app.dispose()
    with (
        created(cluster, "ui_away", "world_after_a_night") as database,
        serving(database, tmp_path) as fresh,
    ):
        one = tab(url=fresh.url).open("/data?lang=en")
        drawn(one, "data")
        _allow(cluster, "ui_away", "false")
        one.page.get_by_role("radio", name="한국어").click()
        one.page.get_by_text("데이터베이스에 연결할 수 없습니다").wait_for()
        _allow(cluster, "ui_away", "true")
        one.page.get_by_role("button", name="다시 시도").click()
        one.page.wait_for_selector(READY["data"])
        one.page.get_by_text("데이터베이스에 연결할 수 없습니다").wait_for(state="detached")
        assert one.errors == []


def _allow(cluster: Cluster, name: str, allowed: str) -> None:
    """Close a database to new sessions and end the open ones, or open it again."""
    from sqlalchemy import NullPool, create_engine

    engine = create_engine(
        cluster.url(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
