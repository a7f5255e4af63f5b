"""Tests in this room look at the pages: quick ones by AppTest, a few in a real browser."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Turn on the fixtures of the databases, the apps and the browser."""
    for plugin in ("tests.database", "tests.apps", "tests.browser"):
        config.pluginmanager.import_plugin(plugin)
