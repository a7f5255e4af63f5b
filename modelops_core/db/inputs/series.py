"""Reads mean series of one climate variable over some cells, for the projections page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.series.projections import SEA_LEVEL, Series, of_area

CODES = tuple(SCENARIOS)
FIELDS = {"step": "i4", **dict.fromkeys(CODES, "f4"), **{f"n{code[3:]}": "i4" for code in CODES}}


class SeriesTables:
    """Reads mean series of areas from the climate tables; keeps nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def area(self, variable: str, cells: Sequence[int]) -> Series:
        """
        The mean of *cells* (of nodes, for the sea level), with all years that the table holds.

        Raises InvalidInput for a variable without a table of series.
        """
        if variable not in (*MONTHLY, *YEARLY, SEA_LEVEL):
            raise InvalidInput(
                "not_one_of", field="variable", value=variable, known=(*MONTHLY, *YEARLY, SEA_LEVEL)
            )
        if not cells:
            return of_area(
                variable, np.empty(0, np.int64), np.empty((4, 0)), np.empty((4, 0), np.int64)
            )
        query = queries.TEXTS["series_of_cells"].format(
            step="observation_date" if variable in MONTHLY else "year::int4",
            table=f"{variable}_data",
            cells=", ".join(str(int(cell)) for cell in cells),
        )
        with translated_errors(), self._engine.connect() as connection:
            records = bulk.read_records(connection, query, FIELDS)
        return _series(variable, records)

    def districts(self, variable: str, codes: Sequence[str]) -> Series | None:
        """
        The mean over all cells of the districts *codes* from precomputed sums; as :meth:`area`.

        None where no sums of the present load exist, or none of these districts.
        """
        with translated_errors(), self._engine.connect() as connection:
            found = queries.rows(
                connection, "series_of_districts", variable=variable, codes=list(codes)
            )
        if not found:
            return None
        table = {
            name: np.array([row[name] for row in found], dtype=kind)
            for name, kind in FIELDS.items()
        }  # None is NaN
        return _series(variable, table)

    def sea_level_node(self, latitude: float, longitude: float) -> Row | None:
        """The nearest node with its distance [m]; None where none is loaded."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.row(
                connection, "series_sea_level_node", latitude=latitude, longitude=longitude
            )


def _series(variable: str, table: bulk.Records | Mapping[str, Array]) -> Series:
    """From the columns ``FIELDS``, a row a step."""
    step = table["step"].astype(np.int64)
    if variable in MONTHLY:
        step = _months(step)
    return of_area(
        variable, step, _columns(table, CODES), _columns(table, tuple(FIELDS)[5:]).astype(np.int64)
    )


def _columns(records: bulk.Records | Mapping[str, Array], names: Sequence[str]) -> Array:
    return np.stack([records[name].astype(float) for name in names])


def _months(days: IntArray) -> IntArray:
    """Days since 2000-01-01 → months since January of year 0."""
    months = (np.datetime64("2000-01-01") + days.astype("timedelta64[D]")).astype("datetime64[M]")
    return months.astype(np.int64) + 1970 * 12
