"""
The demo's river gauges in a test's database, registered as whatever a test wants.

The flows are the demo generator's, of the invented rain of one cell a basin.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
from sqlalchemy import text

from modelops_core.bootstrap import App
from modelops_core.db.inputs.loading import DatasetTables
from modelops_core.sources.demo import gauges
from modelops_core.sources.demo.places.geometry import metres
from tests import world


def flows() -> tuple[pd.DataFrame, np.ndarray]:
    """The demo's gauges and their daily flow, made of the rain of a cell in each basin."""
    table = gauges.gauges()
    table = table[table["basin_code"].isin(["Han", "Nakdong"])].reset_index(drop=True)
    rng = np.random.default_rng(2)
    month = 40 + 220 * (np.abs(np.arange(12) - 6.5) < 1.6)
    rn = month * np.exp(0.4 * rng.normal(size=(4, 2, 110, 12)))
    places = metres(np.array([126.95, 129.05]), np.array([37.55, 35.15]))
    cells = SimpleNamespace(xy=places, cells=np.arange(2), basin=np.array(["Han", "Nakdong"]))
    series = SimpleNamespace(cells=cells, weather=SimpleNamespace(rn=rn), seed=1)
    return table, gauges.daily_flow(series, table)


def loaded() -> dict[str, np.ndarray]:
    """The daily flow of each gauge as it is stored; code → flow."""
    table, flow = flows()
    return dict(zip(table["station_code"], np.round(flow, 2), strict=True))


def register(app: App, kind: str) -> None:
    """Register the flows that are loaded as *kind*."""
    with app.owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE modelops.data_sources SET kind = :kind WHERE table_name LIKE 'api_wamis%'"
            ),
            {"kind": kind},
        )


def load(app: App, kind: str, times: float = 1.0) -> dict[str, np.ndarray]:
    """The demo's gauges with *times* their flow in place of the small world's, registered as *kind*; code → flow."""
    table, flow = flows()
    flow = times * flow
    _clear(app)
    for dataset in (gauges.stations_dataset(table), gauges.cache_dataset(table, flow)):
        DatasetTables(app.owner).write(
            replace(dataset, provenance=replace(dataset.provenance, kind=kind))
        )
    return dict(zip(table["station_code"], np.round(flow, 2), strict=True))


def restore(app: App) -> None:
    """The small world's own gauge again."""
    _clear(app)
    for dataset in world.rivers():
        DatasetTables(app.owner).write(dataset)


def _clear(app: App) -> None:
    with app.owner.begin() as connection:
        connection.execute(text("DELETE FROM modelops.api_wamis_stations"))
        connection.execute(
            text("DELETE FROM modelops.data_sources WHERE table_name LIKE 'api_wamis%'")
        )
