"""Basins: sums over tiles, means over basins, results back over cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate, IntArray
from modelops_core.domain.gauges import FlowRecord
from modelops_core.domain.parameters import ParameterFile, SetName
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk, Estimate, Score
from modelops_core.indicators.months import month_lengths

#: years of the census and the projections; constant after the last
CENSUS = 2020
SECONDS_A_DAY = 86_400.0


class Settings(Protocol):
    """What the sums need of a plan."""

    @property
    def parameters(self) -> ParameterFile: ...

    @property
    def set_name(self) -> SetName: ...


@dataclass(frozen=True)
class RegionSums:
    """
    Sums over some cells, from which the means of basins are made.

    ``basin`` names the basin of each cell; ``total`` and ``count`` are by variable and basin, each
    array (scenario, year).
    """

    scenarios: tuple[str, ...]
    years: IntArray
    cells: IntArray
    latitude: Array
    longitude: Array
    basin: tuple[str, ...]
    total: Mapping[str, Mapping[str, Array]]
    count: Mapping[str, Mapping[str, Array]]


def sums(climate: Climate, perils: Iterable[Peril], settings: Settings) -> RegionSums | None:
    """The tile's part of each basin's mean; None where no peril wants one."""
    values: dict[str, Array] = {}
    for peril in perils:
        assert peril.regional is not None
        values.update(
            peril.regional(climate, settings.parameters.params(peril.key, settings.set_name))
        )
    if not values:
        return None
    basin = np.array([str(b) for b in climate["basin_code"]])
    total, count = dict[str, dict[str, Array]](), dict[str, dict[str, Array]]()
    for name, value in values.items():
        known = ~np.isnan(value)
        total[name] = {
            b: np.where(known, value, 0.0)[:, :, basin == b].sum(axis=2) for b in np.unique(basin)
        }
        count[name] = {
            b: known[:, :, basin == b].sum(axis=2).astype(float) for b in np.unique(basin)
        }
    return RegionSums(
        climate.scenarios,
        climate.years,
        climate.cells,
        climate["latitude"],
        climate["longitude"],
        tuple(basin.tolist()),
        total,
        count,
    )


def means(
    parts: Sequence[RegionSums],
    population: Mapping[str, Mapping[int, float]],
    outlets: Mapping[str, FlowRecord],
) -> Climate:
    """
    Return a climate whose cells are the basins, in alphabetical order.

    Its values are the means of all tiles, the demand of the basin's people and its lowest gauge.
    """
    names = sorted({b for part in parts for b in part.basin})
    years = np.unique(np.concatenate([part.years for part in parts]))
    scenarios = parts[0].scenarios
    values: dict[str, Array] = {}
    for variable in parts[0].total:
        total, count = np.zeros((2, len(scenarios), years.size, len(names)))
        for part in parts:
            at = np.searchsorted(years, part.years)
            for i, name in enumerate(names):
                if name in part.total[variable]:
                    total[:, at, i] += part.total[variable][name]
                    count[:, at, i] += part.count[variable][name]
        values[variable] = total / np.where(count > 0, count, np.nan)
    values["domestic_demand"] = np.stack(
        [demand(population.get(n, {}), years) for n in names], axis=1
    )[None]
    climate = Climate(scenarios, years, np.arange(len(names)), values)
    return climate.with_values(
        basin_code=np.array(names, dtype=object), **outlet_values(names, outlets)
    )


def outlet_values(names: Sequence[str], outlets: Mapping[str, FlowRecord]) -> dict[str, Any]:
    """
    The lowest gauges of the basins *names*: yearly volume [m³], share of known days, median and
    maximum flow [m³/s], (record year, cell), NaN where a gauge has no value; kind and station as
    text (cell,).

    A year's volume is the mean flow of its known days over all of its days.
    """
    records = [outlets.get(name) for name in names]
    years = np.unique(np.concatenate([[], *(r.year for r in records if r is not None)])).astype(
        np.int64
    )
    volume, known, median, maximum = np.full((4, years.size, len(records)), np.nan)
    for i, record in enumerate(records):
        if record is not None:
            at = np.searchsorted(years, record.year)
            days = month_lengths(record.year).sum(axis=1)
            volume[at, i], known[at, i] = record.mean * days * SECONDS_A_DAY, record.known
            median[at, i], maximum[at, i] = record.median, record.maximum
    return {
        "outlet_volume": volume,
        "outlet_known": known,
        "outlet_median": median,
        "outlet_maximum": maximum,
        "outlet_kind": _texts(r.kind if r else "" for r in records),
        "outlet_station": _texts(
            f"{r.station_code} ({r.station_name})" if r else "" for r in records
        ),
    }


def _texts(values: Iterable[str]) -> Any:
    return np.array(list(values), dtype=object)


def demand(population: Mapping[int, float], years: IntArray) -> Array:
    """
    Return the number of people relative to 2020 [1], (year,); NaN where that is unknown.

    It is linear between the years given and constant outside them.
    """
    if CENSUS not in population:
        return np.full(years.size, np.nan)
    known = sorted(population)
    people = np.interp(years, known, [population[y] for y in known])
    return people / population[CENSUS]


def spread(
    parts: Sequence[RegionSums], regional: Climate, risks: Iterable[CellRisk]
) -> tuple[Climate, list[CellRisk]]:
    """The basins' results for each of their cells."""
    names = list(regional["basin_code"])
    index = np.array([names.index(b) for part in parts for b in part.basin])
    cells = Climate(
        regional.scenarios,
        regional.years,
        np.concatenate([part.cells for part in parts]),
        {
            "latitude": np.concatenate([part.latitude for part in parts]),
            "longitude": np.concatenate([part.longitude for part in parts]),
        },
    )
    return cells, [_spread_one(risk, index) for risk in risks]


def _spread_one(risk: CellRisk, index: IntArray) -> CellRisk:
    def all_of(values: Mapping[str, Array]) -> dict[str, Array]:
        return {name: value[..., index] for name, value in values.items()}

    def flags(values: Mapping[str, BoolArray]) -> dict[str, BoolArray]:
        return {name: value[..., index] for name, value in values.items()}

    e, s = risk.estimate, risk.score
    estimate: Estimate = replace(
        e,
        n=e.n[..., index],
        p=e.p[..., index],
        p_low=e.p_low[..., index],
        p_high=e.p_high[..., index],
        damage_ratio=e.damage_ratio[..., index],
        aal=e.aal[..., index],
        aal_p05=e.aal_p05[..., index],
        aal_p95=e.aal_p95[..., index],
        details=all_of(e.details),
        flags={},
    )
    score: Score = replace(
        s, score=s.score[..., index], n=s.n[..., index], statistics=all_of(s.statistics), flags={}
    )
    return replace(
        risk,
        estimate=estimate,
        score=score,
        estimate_status=risk.estimate_status[..., index],
        score_status=risk.score_status[..., index],
        flags=flags(risk.flags),
        notes={name: text[index] for name, text in risk.notes.items()},
    )
