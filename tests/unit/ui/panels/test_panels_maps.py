"""What the map shows of each cell: its own status, no number where there is none."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core import bootstrap
from modelops_core.ui.kit import cache, surface
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.layers.values import Layer
from modelops_core.ui.kit.theme import UNKNOWN
from tests.unit.ui.screen import program
from tests.unit.ui.test_raster import GREY, picture

AT = Version(1, "loaded")


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
    """Neither unknown nor excluded cells are points of it; hovering tells the two apart."""
    shown = Layer(np.array([0.0, np.nan, 0.0, 1.0]), np.array([0, 2, 3, 1]))
    monkeypatch.setattr(surface.cache, "layer", lambda *asked: shown)
    found = surface._hover(Choice("typhoon", "ssp2", "2050s", "hazard", "heat", 0.8), AT)
    assert found["weight"].tolist() == pytest.approx([1 / 14, np.nan, np.nan, 13 / 14], nan_ok=True)
    assert found["value"].tolist() == pytest.approx([0.0, np.nan, -np.inf, 1.0], nan_ok=True)
    choice = Choice("typhoon", "ssp2", "2050s", "hazard", "smooth", 0.8)
    assert list(surface._hover(choice, AT)) == ["value"]


def test_a_district_is_the_mean_of_the_cells_that_the_peril_concerns(monkeypatch):
    """Excluded cells are no zeros in it; a district of excluded cells alone is excluded itself."""
    shown = Layer(np.array([0.4, 0.0, np.nan, 0.0]), np.array([0, 3, 2, 3]))
    own = cache.Members(np.arange(4), np.array([0, 0, 1, 2]))
    codes = [{"admin_code": code} for code in "abc"]
    monkeypatch.setattr(cache, "layer", lambda *asked: shown)
    monkeypatch.setattr(cache, "_cells_of_districts", lambda loaded: own)
    monkeypatch.setattr(cache, "districts", lambda loaded: codes)
    asked = (AT, "sea_level_rise", "ssp2", "2050s", "hazard")
    found = cache.by_district.__wrapped__(*asked)
    assert found["value"].tolist() == pytest.approx([0.4, np.nan, np.nan], nan_ok=True)
    assert (found["cells"].tolist(), found["concerned"].tolist()) == ([2, 1, 1], [1, 1, 0])

    monkeypatch.setattr(surface.cache, "by_district", lambda *asked: found)
    choice = Choice("sea_level_rise", "ssp2", "2050s", "hazard", "districts", 1.0)
    colours, texts = surface._districts(choice, AT, "light")
    assert [c[3] for c in colours] == [255, 255, 0]
    assert colours[1][:3] == list(UNKNOWN["light"])
    assert texts[1:] == ["평가 불가", "해당 없음"]
