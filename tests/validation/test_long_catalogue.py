"""Seventy-four seasons of best tracks instead of forty-five, at two coasts."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.db.inputs.climate import catalogue, catalogue_years
from modelops_core.domain.source import Given
from modelops_core.indicators import holland
from modelops_core.perils import typhoon
from modelops_core.sources import kinds, unpacking
from tests.parameters import PARAMETERS
from tests.validation.conftest import DATA

FILE = DATA / "typhoon" / "ibtracs_wp_1951_2025.csv.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"best tracks are not at {FILE}")
#: cells of the grid nearest to the towns
ULLEUNG, YEOSU = (37.5, 130.9), (34.7, 127.7)


@pytest.fixture(scope="module")
def loaded():
    """Storms and nodes as the tables would hold them, and the stated period."""
    reading = kinds.get("typhoon").open([unpacking.measured(FILE)], Given())
    rows = list(reading.chunks())[-1].rows
    storms, tracks = rows["api_typhoon_list"], rows["api_typhoon_tracks"]
    listed = [
        {"storm_id": storm, "season": season}
        for storm, season in zip(storms["storm_id"], storms["season"].tolist(), strict=True)
    ]
    hours = np.asarray(tracks["track_time"]).astype("datetime64[h]").astype(float)
    columns = (hours, *(tracks[n] for n in ("latitude", "longitude", "pressure_hpa", "wind_kt")))
    names = ("storm_id", "hour", "latitude", "longitude", "pressure", "wind")
    nodes = [
        dict(zip(names, row, strict=True)) for row in zip(tracks["storm_id"], *columns, strict=True)
    ]
    return listed, nodes, reading.period


def test_the_catalogue_of_1951_moves_the_coasts_apart(loaded, report):
    """Ulleung +70 % and Yeosu −22 % against 1980–2024 of the same file (method 2 §13.7)."""
    listed, nodes, period = loaded
    p = PARAMETERS.params("typhoon")
    fill = {**p["pressure_fill"], "ten_minute_ratio": p["ten_minute_ratio"]}
    assert catalogue_years(period) == (1951, 2024)
    storms = catalogue(listed, nodes, fill, (1951, 2024))
    track, offsets = holland.hourly(storms), np.asarray(p["offsets"], dtype=float)
    wind = holland.yearly_maximum(
        tuple(np.array([ULLEUNG, YEOSU]).T),
        [holland.nodes(track, p, north) for north in offsets],
        offsets,
        storms.years,
        p["air_density"],
        p["storm_radius"],
    )
    loss = np.einsum("yoc,o->yc", typhoon.damage(wind, p), typhoon.weights(p))
    ratio = loss.mean(axis=0) / loss[storms.years >= 1980].mean(axis=0)
    report(f"AAL of 1951–2024 ÷ 1980–2024: Ulleung {ratio[0]:.3f}, Yeosu {ratio[1]:.3f}")
    assert ratio == pytest.approx([1.70, 0.78], abs=0.01)
