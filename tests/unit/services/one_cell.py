"""One climate cell, its stored results and a site in it, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.site import Site
from modelops_core.ports import Place, Tile

YEARS = np.arange(1991, 2101)
SEOUL = (37.5, 127.0)
Row = dict[str, Any]
#: what every stored row says of itself
MADE: Row = {
    "status": "ok",
    "flags": [],
    "run_id": 1,
    "method_version": "1",
    "calculated_at": datetime(2026, 1, 1, tzinfo=UTC),
}


def site(**more: Any) -> Site:
    """An office of 25 years in Seoul, far from the sea."""
    known = {
        "latitude": SEOUL[0],
        "longitude": SEOUL[1],
        "structure": "철근콘크리트구조",
        "purpose": "업무시설",
        "built_year": 2000.0,
        "floors_above": 10.0,
        "floors_below": 1.0,
        "total_area": 5000.0,
        "coast_distance_m": 40_000.0,
        "elevation_m": 30.0,
    }
    return Site(**{**known, **more})


def hazard(peril: str, scenario: str = "ssp2", horizon: str = "2050s", **more: Any) -> Row:
    """A stored H."""
    key = {"risk_type": peril, "ssp_scenario": scenario, "horizon": horizon}
    score = {"hazard_score": 0.5, "hazard_score_100": 50.0, "hazard_level": "Medium"}
    return {**key, **score, "statistic": None, "unit": None, **MADE, **more}


def probability(peril: str, scenario: str = "ssp2", horizon: str = "2050s", **more: Any) -> Row:
    """A stored P(H) with an interval from half to three times the AAL."""
    key = {"risk_type": peril, "ssp_scenario": scenario, "horizon": horizon}
    loss = {"aal": 0.02, "aal_p05": 0.01, "aal_p95": 0.06, "bin_probabilities": None}
    details = {"bin_data": None, "calculation_details": {"n": 20, "years": [2041, 2060]}}
    return {**key, **loss, **details, **MADE, **more}


def climate() -> Climate:
    """20 warm-spell days a year and one more with each scenario; 25 °C and 70 % all year."""
    spells = 20.0 + np.arange(4.0)[:, None, None] + np.zeros((4, YEARS.size, 1))
    monthly = {
        name: np.full((4, YEARS.size, 12, 1), value)
        for name, value in (("ta", 25.0), ("rhm", 70.0))
    }
    place = {
        "latitude": np.array([SEOUL[0]]),
        "longitude": np.array([SEOUL[1]]),
        "coast_distance_m": np.array([40_000.0]),
        "elevation_m": np.array([30.0]),
    }
    return Climate(tuple(SCENARIOS), YEARS, np.array([7]), {"wsdi": spells, **monthly, **place})


def storms() -> Storms:
    """No storm in four years."""
    none, nothing = np.empty(0), np.empty(0, np.int64)
    return Storms((), nothing, np.zeros(1, np.int64), none, none, none, none, np.arange(1991, 1995))


@dataclass
class Readers:
    """Everything that an assessment or an explanation reads, and what it writes."""

    found: Site = field(default_factory=site)
    building: Row | None = None
    rows: tuple[Sequence[Row], Sequence[Row]] = ((), ())
    series: Climate = field(default_factory=climate)
    sources: Sequence[DataSource] = ()
    written: dict[str, list[Row]] = field(default_factory=dict)

    def place(self, latitude: float, longitude: float) -> Place:
        return Place(self.found, 7, 37.55, 127.05, "11140", "중구", "Jung-gu", self.building)

    def cell(self, grid_id: int) -> tuple[Sequence[Row], Sequence[Row]]:
        assert grid_id == 7
        return self.rows

    estimates = cell

    def tile(self, tile: Tile, variables: Iterable[str]) -> Climate:
        assert (tile.first, tile.last) == (7, 7)
        return self.series

    def storms(self) -> Storms:
        return storms()

    def along(self, *asked: Any) -> Sequence[Any]:
        return ()

    def all(self) -> Sequence[DataSource]:
        return self.sources

    def exposure(self, rows: Sequence[Row]) -> int:
        return self._keep("exposure", rows)

    def vulnerability(self, rows: Sequence[Row]) -> int:
        return self._keep("vulnerability", rows)

    def aal_scaled(self, rows: Sequence[Row]) -> int:
        return self._keep("aal_scaled", rows)

    def _keep(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        self.written.setdefault(table, []).extend(dict(row) for row in rows)
        return len(rows)
