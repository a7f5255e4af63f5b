"""
A cell under another parameter set than the nightly run's.

The nightly run stores the central set. An assessment with another one evaluates the cell anew from
its own climate, the warming and its response, so that protection, shapes and curves move
together; a peril of basins follows ``whatif``: exact where its sets differ in the
damage alone, else not assessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.parameters import ParameterFile, Params, SetName
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk, StatusArray
from modelops_core.domain.variables import VARIABLES
from modelops_core.ports import ClimateReader, Tile
from modelops_core.services.site import whatif
from modelops_core.services.site.site_rows import DETAILS, StoredCell
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.needs import reads
from modelops_core.stages.score import level
from modelops_core.stages.site import CellValues


def cell_climate(reader: ClimateReader, peril: Peril, grid_id: int, p: Params) -> Climate:
    """What *peril* reads of one cell under *p*, with the catalogue of storms where it needs it."""
    climate = reader.tile(Tile(grid_id, grid_id), reads(peril, p) & frozenset(VARIABLES))
    return (
        climate.with_values(storm_tracks=reader.storms())
        if "storm_tracks" in peril.requires
        else climate
    )


def reevaluate_cell(
    name: SetName,
    peril: Peril,
    stored: StoredCell,
    reader: ClimateReader,
    grid_id: int,
    file: ParameterFile,
) -> StoredCell:
    """*stored* as the nightly run would have stored it under the parameter set *name*."""
    p = file.params(peril.key, name)
    if peril.regional is not None:
        scaled = whatif.scale_stored_loss(name, peril, stored.values, file, p)
        return replace(
            stored, values=whatif.without_loss(stored.values) if scaled is None else scaled
        )
    climate = cell_climate(reader, peril, grid_id, p)
    by_horizon = {risk.horizon: risk for risk in cell_risks(peril, climate, p)}
    picks = [
        (by_horizon[horizon], climate.scenarios.index(scenario))
        for scenario, horizon in stored.combinations
    ]
    values = _values(picks)
    hazard = tuple(
        {**row, "hazard_level": _level(values.hazard[i, 0], p), "flags": _flags(*pick)}
        for i, (row, pick) in enumerate(zip(stored.hazard, picks, strict=True))
    )
    return StoredCell(
        stored.combinations,
        values,
        hazard,
        tuple({**row, "flags": []} for row in stored.probability),
    )


def _values(picks: list[tuple[CellRisk, int]]) -> CellValues:
    def column(read: Mapping[str, Array] | None, name: str) -> Array:
        return np.array(
            [
                [
                    _pick(
                        getattr(r.estimate, name) if read is None else r.estimate.details.get(name),
                        s,
                    )
                ]
                for r, s in picks
            ]
        )

    details = {name: column({}, name) for name in DETAILS if name != "n"}
    return CellValues(
        hazard=np.array([[_pick(r.score.score, s)] for r, s in picks]),
        hazard_status=np.array([[_pick(r.score_status, s)] for r, s in picks], dtype=np.int8),
        aal=column(None, "aal"),
        aal_p05=column(None, "aal_p05"),
        aal_p95=column(None, "aal_p95"),
        aal_status=np.array([[_pick(r.estimate_status, s)] for r, s in picks], dtype=np.int8),
        details={**details, "n": column(None, "n")},
    )


def _pick(array: Array | StatusArray | None, scenario: int) -> float:
    """The only cell of a scenario; history is stored once for all of them."""
    if array is None:
        return float("nan")
    return float(
        np.broadcast_to(array, (max(array.shape[0], scenario + 1), array.shape[1]))[scenario, 0]
    )


def _flags(risk: CellRisk, scenario: int) -> list[str]:
    return [name for name, on in risk.flags.items() if _raised(on, scenario)]


def _raised(on: BoolArray, scenario: int) -> bool:
    return bool(on[scenario if on.shape[0] > 1 else 0, 0])


def _level(score: float, p: Params) -> str | None:
    return None if np.isnan(score) else level(score, p["level_edges"])
