"""Tests in this room look at the pages: quick ones by AppTest, a few in a real browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from modelops_core import bootstrap
from modelops_core.ui.frame.preload import preload
from modelops_core.ui.kit.answers import assessment


def pytest_configure(config: pytest.Config) -> None:
    """Turn on the fixtures of the databases, the apps and the browser."""
    for plugin in ("tests.database", "tests.apps", "tests.browser"):
        config.pluginmanager.import_plugin(plugin)


@pytest.fixture(autouse=True, scope="session")
def preloaded() -> None:
    """As a server starts: else the garbage collection after each page takes longer than the page."""
    preload()


@pytest.fixture(autouse=True)
def no_leftovers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Caches of another test's database are forgotten, before and after; a page is this process's main module only for its own test."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    _forget()
    yield
    _forget()


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


#: a page as the frame draws it: its address is complete when it is drawn
FRAMED = """
import runpy
from modelops_core.ui.kit import state
with state.address():
    runpy.run_path({page!r})
"""


@pytest.fixture
def opened(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[..., AppTest]:
    """Opens the page that the test's module calls PAGE over an App, with a URL's parameters, as the first request of a process."""

    def open_page(app: bootstrap.App, **url: str) -> AppTest:
        monkeypatch.setattr(bootstrap, "app", lambda: app)
        monkeypatch.setattr(assessment, "PATIENCE_SECONDS", 0.0)  # a test's worker works in between
        _forget()
        page = AppTest.from_string(FRAMED.format(page=request.module.PAGE), default_timeout=60)
        for name, value in url.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return open_page
