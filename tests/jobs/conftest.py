"""Tests in this room move real jobs through a real PostgreSQL."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Turn on the fixtures of `tests.database` and `tests.apps`."""
    config.pluginmanager.import_plugin("tests.database")
    config.pluginmanager.import_plugin("tests.apps")
