"""
Reads an analyst's own curves from CSV files; lines that start with # are comments.

A hazard curve has a row a return period: ``return_period`` [years] or
``exceedance_probability`` [1/year], and ``intensity`` in the peril's unit; with ``site`` and
``asset_value`` [KRW] it holds many sites. A damage curve has ``intensity`` and ``ratio``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from modelops_core.errors import SourceUnreadable
from modelops_core.services.series.own_curve import HazardCurves
from modelops_core.stages.loss import DamageCurve

PERIOD, PROBABILITY = "return_period", "exceedance_probability"
#: the name of the only site of a file without names
ONE_SITE = "site"


def hazard(path: Path, asset_value: float | None = None) -> HazardCurves:
    """Read hazard curves; *asset_value* [KRW] where the file has none. Raises SourceUnreadable."""
    table = _table(path, "intensity")
    if (PERIOD in table) == (PROBABILITY in table):
        raise SourceUnreadable("curve_frequency", file=path.name)
    if PROBABILITY in table:
        if not table[PROBABILITY].between(0, 1, inclusive="right").all():
            raise SourceUnreadable("curve_probability", file=path.name)
        table[PERIOD] = 1.0 / table[PROBABILITY]
    names = table["site"].astype(str) if "site" in table else pd.Series(ONE_SITE, table.index)
    wide = _wide(table.assign(site=names), path)
    if "asset_value" in table:
        found = table.groupby(names)["asset_value"].first().reindex(wide.index)
        values = [None if np.isnan(v) else float(v) for v in found]
    else:
        values = [asset_value] * len(wide)
    return HazardCurves.of(
        list(wide.index), wide.columns.to_numpy(float).tolist(), wide.to_numpy().tolist(), values
    )


def damage(path: Path) -> DamageCurve:
    """Read the damage curve of *path*; raises SourceUnreadable and InvalidInput."""
    table = _table(path, "intensity", "ratio")
    return DamageCurve(tuple(table["intensity"]), tuple(table["ratio"]))


def _wide(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Intensity by site (in the file's order) and period; all sites have the same periods."""
    if table.duplicated(["site", PERIOD]).any():
        raise SourceUnreadable("curve_twice", file=path.name)
    wide = table.pivot(index="site", columns=PERIOD, values="intensity")
    if wide.size != len(table):
        raise SourceUnreadable("curve_periods", file=path.name)
    return wide.reindex(table["site"].unique())


def _table(path: Path, *needed: str) -> pd.DataFrame:
    """The file's rows, numbers in all columns but ``site``."""
    try:
        table = pd.read_csv(path, comment="#", skipinitialspace=True, dtype={"site": str})
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error) from None
    missing = [name for name in needed if name not in table]
    if missing:
        raise SourceUnreadable("column_missing", file=path.name, missing=missing, needed=needed)
    if table.empty:
        raise SourceUnreadable("table_empty", file=path.name)
    for column in table.columns.difference(["site"]):
        numbers = pd.to_numeric(table[column], errors="coerce")
        if numbers.isna().any() and column != "asset_value":
            row = int(numbers.isna().to_numpy().argmax())
            raise SourceUnreadable(
                "row_not_a_number",
                file=path.name,
                column=column,
                row=row + 1,
                value=table[column].iloc[row],
            )
        table[column] = numbers
    return table
