"""Tests of the demonstration data; what takes long to generate is kept between runs."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Turn on the country that `tests.country` keeps."""
    config.pluginmanager.import_plugin("tests.country")
