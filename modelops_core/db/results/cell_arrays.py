"""Reads stored H and P(H) of many cells as arrays: a portfolio_ports.CellArrayReader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Engine

from modelops_core.db import queries, records
from modelops_core.db.engine import translated_errors
from modelops_core.domain.climate import IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.result import Status
from modelops_core.services.site.site_rows import DETAILS
from modelops_core.stages.site import CellArrays, CellValues

#: cells and combinations by their positions, the statuses as numbers, NaN where unknown. The years
#: of a cell in classes: Σ p·dr² / (Σ p·dr)², of which the spread of the yearly loss follows.
QUERY = """
SELECT CAST(cell.i - 1 AS integer),
       CAST(array_position(CAST(:perils AS text[]), p.risk_type::text) - 1 AS integer),
       CAST((array_position(CAST(:scenarios AS text[]), p.ssp_scenario::text) - 1) * :horizon_count
            + array_position(CAST(:horizons AS text[]), p.horizon::text) - 1 AS integer),
       CAST(array_position(CAST(:statuses AS text[]), h.status::text) - 1 AS integer),
       CAST(array_position(CAST(:statuses AS text[]), p.status::text) - 1 AS integer),
       coalesce(h.hazard_score, 'NaN'), coalesce(p.aal, 'NaN'),
       coalesce(p.aal_p05, 'NaN'), coalesce(p.aal_p95, 'NaN'), coalesce(years.ratio, 'NaN'),
       {details}
  FROM unnest(CAST(:cells AS integer[])) WITH ORDINALITY AS cell (grid_id, i)
  JOIN modelops.probability_results AS p ON p.grid_id = cell.grid_id
  JOIN modelops.hazard_results AS h
    ON h.grid_id = p.grid_id AND h.risk_type = p.risk_type
   AND h.ssp_scenario = p.ssp_scenario AND h.horizon = p.horizon
 CROSS JOIN LATERAL jsonb_to_record(
       CASE WHEN p.risk_type::text = ANY(CAST(:detailed AS text[]))
            THEN coalesce(p.calculation_details, '{{}}') ELSE '{{}}' END) AS d ({types})
  LEFT JOIN LATERAL (
       SELECT sum(share * ratio * ratio) / nullif(sum(share * ratio) ^ 2, 0) AS ratio
         FROM (SELECT CAST(q.p AS float8) AS share, CAST(q.dr AS float8) AS ratio
                 FROM ROWS FROM (jsonb_array_elements_text(p.bin_data -> 'p'),
                                 jsonb_array_elements_text(p.bin_data -> 'dr')) AS q (p, dr)) AS bin
       ) AS years ON p.risk_type::text = ANY(CAST(:counted AS text[]))
 WHERE p.risk_type::text = ANY(CAST(:perils AS text[]))""".format(
    details=", ".join(f"coalesce(d.{name}, 'NaN')" for name in DETAILS),
    types=", ".join(f"{name} float8" for name in DETAILS),
)
VALUES = ("hazard", "aal", "aal_p05", "aal_p95", "ratio", *DETAILS)
KINDS = {
    **dict.fromkeys(("cell", "peril", "combination", "hazard_status", "aal_status"), "i4"),
    **dict.fromkeys(VALUES, "f8"),
}


class StoredCellArrays:
    """Reads by one COPY for all perils, scenarios and horizons."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cells(
        self,
        cells: IntArray,
        perils: Sequence[str],
        detailed: Sequence[str],
        in_classes: Sequence[str],
    ) -> Mapping[str, CellArrays]:
        """
        Peril → values of *cells* (combination, cell); a combination is a scenario's horizon.

        What a distribution was fitted by is read for the perils that are *detailed*, the spread of
        the years of their classes for those *in_classes*. Not assessed where no nightly run has
        been.
        """
        values = {
            "cells": cells.tolist(),
            "perils": list(perils),
            "detailed": list(detailed),
            "counted": list(in_classes),
            "scenarios": list(SCENARIOS),
            "horizons": list(HORIZONS),
            "horizon_count": len(HORIZONS),
            "statuses": [status.name for status in Status],
        }
        with translated_errors(), self._engine.connect() as connection:
            found = records.read_arrays(connection, QUERY, values, KINDS)
            flags = queries.rows(connection, "flags_of_cells", cells=cells.tolist())
        position = {grid_id: i for i, grid_id in enumerate(cells.tolist())}
        named: dict[str, list[tuple[str, ...]]] = {key: [()] * len(cells) for key in perils}
        for row in flags:
            if row["risk_type"] in named:
                named[row["risk_type"]][position[row["grid_id"]]] = tuple(row["flags"])
        return {
            key: _arrays(found, i, len(cells), key in detailed, named[key])
            for i, key in enumerate(perils)
        }


def _arrays(
    found: Mapping[str, np.ndarray],
    peril: int,
    cells: int,
    detailed: bool,
    flags: Sequence[tuple[str, ...]],
) -> CellArrays:
    own = found["peril"] == peril
    at = found["combination"][own], found["cell"][own]
    shape = len(SCENARIOS) * len(HORIZONS), cells

    def values(name: str) -> np.ndarray:
        made = np.full(shape, np.nan)
        made[at] = found[name][own]
        return made

    def statuses(name: str) -> np.ndarray:
        made = np.full(shape, Status.not_assessed, dtype=np.int8)
        made[at] = found[name][own]
        return made

    stored = CellValues(
        hazard=values("hazard"),
        hazard_status=statuses("hazard_status"),
        aal=values("aal"),
        aal_p05=values("aal_p05"),
        aal_p95=values("aal_p95"),
        aal_status=statuses("aal_status"),
        details={name: values(name) for name in DETAILS} if detailed else {},
    )
    return CellArrays(stored, values("ratio"), tuple(flags))
