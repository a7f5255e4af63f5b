"""States that every page has: no data yet, a database that goes away and comes back, few years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import NullPool, create_engine
from streamlit.testing.v1 import AppTest

from modelops_core import bootstrap
from modelops_core.bootstrap import App
from modelops_core.db.cluster.private import Cluster
from modelops_core.services.night import nightly
from modelops_core.ui.kit.navigation import PAGES
from tests import world
from tests.apps import wire
from tests.database import Database, created
from tests.pages import said, sums
from tests.waiting import wait_for
from tests.world import BUSAN

FOLDER = Path(__file__).parents[2] / "pages"
#: a page with the guard of its frame
GUARDED = """
import runpy
from modelops_core.ui.kit import notices, state
with state.address({name!r}), notices.show_errors({name!r}):
    runpy.run_path({page!r})
"""
AWAY = "데이터베이스에 연결할 수 없습니다"


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_database_is_a_designed_state(
    opened: Callable[..., AppTest], empty_app: App, request: pytest.FixtureRequest, name: str
) -> None:
    """No grid, no nightly run: no page fails, the first one says what to do."""
    request.module.PAGE = str(FOLDER / f"{name}.py")
    page = opened(empty_app)

    assert not page.error
    if name == "assess":
        assert "아직 계산된 결과가 없습니다" in said(page)


@pytest.fixture
def leaving(cluster: Cluster, nightly_app: App) -> Iterator[tuple[App, Callable[[bool], None]]]:
    """An App after a nightly run, and what lets its database go and come back."""
    nightly_app.dispose()  # a template may not be in use
    with created(cluster, "ui_away_page", "world_after_a_night") as database:
        app = wire(database)
        yield app, lambda present: allow(database, present)
        allow(database, True)
        app.dispose()


def allow(database: Database, present: bool) -> None:
    """Open a database to sessions, or close it and end those it has."""
    engine = create_engine(
        database.cluster.url(database="postgres"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS {present}")
        if not present:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{database.name}'"
            )


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"method"}))  # needs no database
def test_each_page_says_that_its_database_is_away(
    leaving: tuple[App, Callable[[bool], None]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A sentence and a button, no trace of a script; the page goes on with the database."""
    app, present = leaving
    monkeypatch.setattr(bootstrap, "app", lambda: app)
    script = GUARDED.format(name=name, page=str(FOLDER / f"{name}.py"))
    page = AppTest.from_string(script, default_timeout=60)
    page.query_params.update({"lat": str(BUSAN[0]), "lon": str(BUSAN[1])})
    page.run()
    assert not page.error
    present(False)
    wait_for(lambda: page.run().error)  # what was read a moment ago may still be shown
    assert not page.exception
    assert any(AWAY in error.value for error in page.error)
    present(True)
    next(one for one in page.button if one.label == "다시 시도").click().run()
    assert not page.exception
    assert not page.error


def test_thirty_years_of_data(
    opened: Callable[..., AppTest], make_app: Callable[..., App], request: pytest.FixtureRequest
) -> None:
    """Series of 2021–2050: late horizons are said to be not covered, never extrapolated."""
    request.module.PAGE = str(FOLDER / "assess.py")
    app = make_app()
    world.fill(app.owner, years=np.arange(2021, 2051))
    nightly.run(app.nightly_ports, app.nightly_request())
    answer = app.assess({"latitude": BUSAN[0], "longitude": BUSAN[1], "as_of": 2025})
    page = opened(
        app,
        lat=str(BUSAN[0]),
        lon=str(BUSAN[1]),
        job=answer["batch_id"],
        horizon="2090s",
        section="limits",
    )

    assert "자료 기간이 이 전망 시점을 포함하지 않습니다. (폭염, 한파" in said(page)
    [operating] = [loss for of, loss, _ in sums(page) if "운영비용" in of]
    assert "평가 불가" in operating
    assert "₩" not in operating
