"""What the map shows of each cell: its own status, no number where there is none."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core import bootstrap
from modelops_core.ui.kit import cache, surface
from modelops_core.ui.kit.cache import Layer, Version
from modelops_core.ui.kit.filters import Choice
from tests.unit.ui.screen import program
from tests.unit.ui.test_raster import GREY, picture

AT = Version(1, "loaded")
LATITUDE, LONGITUDE = np.array([36.0, 36.1, 36.2, 36.3]), np.full(4, 127.0)


@pytest.mark.parametrize(("metric", "value", "status"), [("aal", 0.2, 1), ("hazard", 0.7, 0)])
def test_a_layer_has_the_status_of_its_own_number(monkeypatch, metric, value, status):
    """An AAL of low confidence beside a hazard that is sound."""
    read = SimpleNamespace(
        aal=np.array([0.2]),
        aal_status=np.array([1]),
        hazard=np.array([0.7]),
        hazard_status=np.array([0]),
    )
    layers = SimpleNamespace(values=lambda *asked: read)
    monkeypatch.setattr(bootstrap, "app", lambda: program(layers=layers))
    found = cache.layer.__wrapped__(AT, "typhoon", "ssp2", "2050s", metric)
    assert (found.values.tolist(), found.status.tolist()) == ([value], [status])


@pytest.mark.parametrize("status", [-1, 2])
def test_cells_without_a_number_are_grey(status):
    """Not assessed, or not calculated by any nightly run; never as light as no loss."""
    shown = picture([0.5, 0.0, 0.5, 0.0], np.array([0, status, 0, 0]))
    assert tuple(shown[-2, -2]) == (*GREY, 255)


def test_a_heat_map_is_of_the_cells_that_the_peril_concerns(monkeypatch):
    """Neither unknown nor excluded cells are points of it."""
    shown = Layer(np.array([0.2, np.nan, 0.4, 0.6]), np.array([0, 2, 3, 1]))
    grid = SimpleNamespace(latitude=LATITUDE, longitude=LONGITUDE)
    monkeypatch.setattr(surface.cache, "layer", lambda *asked: shown)
    monkeypatch.setattr(surface.cache, "cells", lambda loaded: grid)
    choice = Choice("typhoon", "ssp2", "2050s", "hazard", "heat", 0.8)
    points = surface._weights(choice, AT)
    assert points["lat"].tolist() == pytest.approx([36.0, 36.3])
    assert points["weight"].tolist() == pytest.approx([0.2, 0.6])
