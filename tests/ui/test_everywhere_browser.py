"""Every page, in both languages and both themes: it draws, nothing leaves the machine, axe finds nothing serious."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from modelops_core.db.cluster.private import Cluster
from modelops_core.services.night import nightly
from modelops_core.ui.kit.navigation import PAGES
from tests import world
from tests.apps import wire
from tests.browser import serving
from tests.database import created
from tests.world import BUSAN

pytestmark = pytest.mark.browser
#: what each page must show once it is ready, by its role or test id
READY = {
    "assess": '[data-testid="stMetric"]',
    "compare": '[data-testid="stPlotlyChart"]',
    "sites": '[data-testid="stAppViewContainer"] h1',
    "projections": '[data-testid="stPlotlyChart"]',
    "population": ".map[data-drawn]",
    "data": '[data-testid="stDataFrame"]',
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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_and_stays_at_home(tab, place, name):
    """Korean and light, then English and dark: no error box, no script error, no foreign request."""
    for language, dark in (("ko", False), ("en", True)):
        one = tab(dark=dark).open(f"/{'' if name == 'assess' else name}?{place}&lang={language}")
        one.page.wait_for_selector(READY[name])
        one.idle()
        assert one.page.locator('[data-testid="stException"]').count() == 0
        assert one.page.locator('[data-testid="stAlertContentError"]').count() == 0
        one.clean()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(tab, place, name):
    """WCAG 2 A and AA by axe-core."""
    one = tab().open(f"/{'' if name == 'assess' else name}?{place}")
    one.page.wait_for_selector(READY[name])
    one.idle()
    found = Axe().run(one.page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical") and v["id"] not in THEIRS]

    assert not [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in serious]


def test_an_empty_database_is_a_designed_state(cluster: Cluster, template, tmp_path, tab):
    """No grid, no nightly run: each page says what to do."""
    with created(cluster, "ui_empty", template) as database, serving(database, tmp_path) as fresh:
        for name in PAGES:
            one = tab(url=fresh.url).open(f"/{'' if name == 'assess' else name}")
            assert one.page.locator('[data-testid="stException"]').count() == 0, name
            one.clean()
        one = tab(url=fresh.url).open("/")
        one.page.get_by_text("아직 계산된 결과가 없습니다").wait_for()


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
            one.page.get_by_text("자료는 준비되었고").wait_for()
            one.page.get_by_role("button", name="야간 배치 지금 시작").click()
            one.map()
            one.page.get_by_text("자료는 준비되었고").wait_for(state="detached")
            one.clean()


def test_a_database_that_goes_away_and_comes_back(cluster: Cluster, nightly_app, tmp_path, tab):
    """Under an open page: a sentence and a button; with the database back the page goes on."""
    nightly_app.dispose()
    with (
        created(cluster, "ui_away", "world_after_a_night") as database,
        serving(database, tmp_path) as fresh,
    ):
        one = tab(url=fresh.url).open("/")
        one.map()
        _allow(cluster, "ui_away", "false")
        one.page.get_by_role("radio", name="SSP5-8.5").click()
        one.page.get_by_text("데이터베이스에 연결할 수 없습니다").wait_for()
        _allow(cluster, "ui_away", "true")
        one.page.get_by_role("button", name="다시 시도").click()
        one.map()
        one.page.get_by_text("데이터베이스에 연결할 수 없습니다").wait_for(state="detached")
        assert one.errors == []


def test_each_open_page_says_that_its_database_is_away(
    cluster: Cluster, nightly_app, tmp_path, tab
):
    """Eight open pages, parts that draw themselves included: a sentence, no trace of a script; they go on with the database."""
    nightly_app.dispose()
    away = "The database does not answer"
    with (
        created(cluster, "ui_away_all", "world_after_a_night") as database,
        serving(database, tmp_path) as fresh,
    ):
        opened = {
            name: tab(url=fresh.url).open(
                f"/{'' if name == 'assess' else name}?lat={BUSAN[0]}&lon={BUSAN[1]}"
            )
            for name in PAGES
        }
        _allow(cluster, "ui_away_all", "false")
        for name in PAGES.keys() - {"method"}:  # the method needs no database
            one = opened[name]
            one.page.get_by_role("radio", name="English").click()
            one.page.get_by_text(away).first.wait_for()
            assert one.page.locator('[data-testid="stException"]').count() == 0, name
        _allow(cluster, "ui_away_all", "true")
        for name in PAGES.keys() - {"method"}:
            one = opened[name]
            one.page.get_by_role("button", name="Try again").first.click()
            one.page.get_by_text(away).first.wait_for(state="detached")
            one.idle()
            one.clean()


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


def test_thirty_years_of_data(cluster: Cluster, template, tmp_path, tab):
    """Series of 2021–2050: late horizons are said to be not covered, never extrapolated."""
    import numpy as np

    with created(cluster, "ui_thirty", template) as database:
        app = wire(database)
        world.fill(app.owner, years=np.arange(2021, 2051))
        nightly.run(app.night, app.night_request())
        app.dispose()
        with serving(database, tmp_path) as fresh:
            one = tab(url=fresh.url).open(
                f"/?lat={BUSAN[0]}&lon={BUSAN[1]}&horizon=2090s&section=limits"
            )
            one.card()
            one.page.get_by_text(
                "자료 기간이 이 시기를 포함하지 않습니다. (폭염, 한파"
            ).first.wait_for()
            operating = one.page.locator('[data-testid="stMetric"]', has_text="운영비용")
            assert "평가 불가" in operating.inner_text()
            assert "₩" not in operating.inner_text()
            one.clean()


def test_the_first_request_may_be_any_page(cluster: Cluster, nightly_app, tmp_path, tab):
    """A deep link right after the start runs the frame: navigation and language switch are there."""
    nightly_app.dispose()
    with (
        created(cluster, "ui_deep", "world_after_a_night") as database,
        serving(database, tmp_path) as fresh,
    ):
        one = tab(url=fresh.url).open("/data")
        one.page.get_by_role("radio", name="English").wait_for()
        one.page.get_by_role("heading", level=1, name="데이터").wait_for()
        one.clean()
