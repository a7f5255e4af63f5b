"""What a layer of the map holds for each cell, by metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from modelops_core.api.backend import Backend
from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.result import PERIODS, Status
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.night import totals
from modelops_core.services.portfolio import rating
from modelops_core.stages import damage, return_periods

Metric = Literal["hazard_score", "aal", "percentile", "probability", "return_level"]
#: stands for all perils together
TOTAL = "total"
#: metrics of all perils together: losses add, scores and probabilities do not
OF_TOTAL: tuple[Metric, ...] = ("aal", "percentile")
UNITS = {
    "hazard_score": "0 to 1",
    "aal": "% of the exposed value a year",
    "percentile": "0 to 100 among the country's cells that have an AAL",
    "probability": "0 to 1 a year",
}
#: metrics of the covering index, with the status that is theirs
STATUS = {"hazard_score": "hazard_status", "aal": "aal_status"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One metric of one peril; ``number`` of its class of intensity, ``period`` [years]."""

    risk_type: str
    scenario: str
    horizon: str
    metric: Metric
    number: int
    period: int

    @property
    def view(self) -> tuple[str, str, str]:
        """Peril, scenario and horizon."""
        return self.risk_type, self.scenario, self.horizon


def check(asked: Asked, backend: Backend) -> None:
    """Raise InvalidInput for a metric, a class or a return level that the peril does not have."""
    if asked.period not in PERIODS:
        raise InvalidInput("not_one_of", field="period", value=asked.period, known=list(PERIODS))
    if asked.risk_type == TOTAL:
        if asked.metric not in OF_TOTAL:
            known = list(OF_TOTAL)
            raise InvalidInput("not_one_of", field="metric", value=asked.metric, known=known)
        return
    peril, p = backend.perils[asked.risk_type], backend.parameters.params(asked.risk_type)
    most = damage.edges(p).size + 1
    if asked.metric == "probability" and asked.number > most:
        raise InvalidInput(
            "out_of_range", field="class", value=asked.number, low=1, high=most, unit=""
        )
    if asked.metric == "return_level" and not return_periods.stored_names(peril, asked.period):
        have = [k for k, p in backend.perils.items() if return_periods.stored_names(p, 10)]
        raise InvalidInput("not_one_of", field="risk_type", value=asked.risk_type, known=have)


def members(asked: Asked, backend: Backend) -> Row:
    """What the values are: names, unit, and what the metric needs besides."""
    fields: Row = {
        "risk_type": asked.risk_type,
        "scenario": asked.scenario,
        "horizon": asked.horizon,
        "metric": asked.metric,
    }
    if asked.risk_type == TOTAL:
        return fields | {"unit": UNITS[asked.metric], "of": list(backend.perils)}
    peril = backend.perils[asked.risk_type]
    if asked.metric == "return_level":
        variable, unit = return_periods.driver(peril)
        return fields | {"unit": unit, "period": asked.period, "of": variable or peril.intensity}
    if asked.metric == "probability":
        edges = [None, *damage.edges(backend.parameters.params(asked.risk_type)).tolist(), None]
        fields |= {"class": asked.number, "class_unit": peril.unit}
        fields |= {"class_edges": edges[asked.number - 1 : asked.number + 1]}
    return fields | {"unit": UNITS[asked.metric]}


def rows(asked: Asked, backend: Backend) -> Sequence[Row]:
    """
    ``grid_id``, ``latitude``, ``longitude``, ``value`` and ``status`` of every cell.

    Of all perils together also ``lacking``: how many of them have no number there.
    """
    if asked.risk_type == TOTAL:
        return _of_total(asked, backend)
    if asked.metric == "percentile":
        own = backend.layers.values(*asked.view)
        return _rows(backend, _ranked(own.aal, own.aal_status), own.aal_status)
    if asked.metric in STATUS:
        found = backend.stored_results.layer(*asked.view)
        return [_row(row, row[asked.metric], row[STATUS[asked.metric]]) for row in found]
    if asked.metric == "probability":
        read = backend.layers.classes(*asked.view, asked.number - 1)
        return _rows(backend, read.values["p"], read.status)
    peril = backend.perils[asked.risk_type]
    names = return_periods.stored_names(peril, asked.period)
    read = backend.layers.details(*asked.view, names)
    level = return_periods.stored_level(peril, read.values, asked.period)
    return _rows(backend, level, return_periods.level_status(level, read.status))


def _of_total(asked: Asked, backend: Backend) -> list[Row]:
    cells = backend.layers.cells().grid_id
    found = totals.of_cells(
        backend.layers, backend.perils, asked.scenario, asked.horizon, np.asarray(cells)
    )
    values = found.aal if asked.metric == "aal" else _ranked(found.aal, found.status)
    made = _rows(backend, values, found.status)
    for row, lacking in zip(made, found.lacking, strict=True):
        row["lacking"] = int(lacking)
    return made


def _ranked(aal: Array, status: IntArray) -> Array:
    """National percentile of each AAL, among the cells that have one."""
    return rating.percentiles(aal, ~np.isnan(aal) & (status != Status.not_applicable))


def _rows(backend: Backend, values: Array, status: IntArray) -> list[Row]:
    cells = backend.layers.cells()
    axes = zip(cells.grid_id, cells.latitude, cells.longitude, values, status, strict=True)
    return [
        _row(
            {"grid_id": int(cell), "latitude": float(y), "longitude": float(x)},
            None if np.isnan(value) else float(value),
            Status(int(own)).name if own >= 0 else None,
        )
        for cell, y, x, value, own in axes
    ]


def _row(at: Row, value: float | None, status: str | None) -> Row:
    place = {name: at[name] for name in ("grid_id", "latitude", "longitude")}
    return {**place, "value": value, "status": status or "not_calculated"}
