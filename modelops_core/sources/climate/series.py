"""What several files of one load hold together: one variable of one scenario, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain import plausibility
from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.source import Reject
from modelops_core.domain.variables import VARIABLES
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.climate.steps import label

#: known values of a block that may be out of range, as a share; above it the file is refused
MOST_OUTSIDE = 0.001


def outside(variable: str, values: Array) -> BoolArray:
    """Where a known value is none that the variable can have."""
    allowed = VARIABLES[variable]
    with np.errstate(invalid="ignore"):
        found: BoolArray = (values < allowed.low) | (values > allowed.high)
    return found


def limits(variable: str) -> str:
    """The range of a variable, as a text."""
    v = VARIABLES[variable]
    return f"{v.low:g} to {v.high:g} {v.unit}"


def refuse_outside(variable: str, wrong: list[Reject], known: int, file: str) -> None:
    """Raise SourceUnreadable where so many values are out of range that the unit is another."""
    if wrong and len(wrong) > MOST_OUTSIDE * known:
        raise SourceUnreadable(
            "grid_values",
            file=file,
            where=wrong[0].column,
            value=wrong[0].value,
            allowed=limits(variable),
            count=len(wrong),
            known=known,
        )


def refuse_implausible(
    variable: str, cadence: str, first: int, means: Array, file: str
) -> list[str]:
    """
    Flags that the means (step, cell) deserve; raises SourceUnreadable for what cannot be Korea.

    *first* is the first step. Means may be numbers that stand for "missing" by chance.
    """
    a_year = 12 if cadence == "month" else 1
    start = -first % a_year
    years = (len(means) - start) // a_year
    if not years:
        return []
    cube = means[start : start + years * a_year].reshape(1, years, a_year, -1)
    flags = []
    for found in plausibility.findings(variable, cube if cadence == "month" else cube[:, :, 0]):
        if found.rule.action == "flag":
            flags.append(found.rule.name)
        elif found.rule.name != "code_for_missing":
            where = found.rule.statistic.replace("_", " ")
            if found.at is not None:
                at = first + start + found.at[1] * a_year
                where = label(at + (found.at[2] if cadence == "month" else 0), cadence)
            raise SourceUnreadable(
                "grid_implausible",
                file=file,
                variable=variable,
                where=where,
                value=found.value,
                allowed=f"{found.rule.low:g} to {found.rule.high:g}",
                unit=VARIABLES[variable].unit,
                why=plausibility.WHY[found.rule.name],
            )
    return flags


def time_column(cadence: str) -> str:
    """The column of a table that holds the steps."""
    return "year" if cadence == "year" else "observation_date"


def times(steps: IntArray, cadence: str) -> npt.NDArray[Any]:
    """The steps as that column holds them: years, or first days of months."""
    if cadence == "year":
        return steps.astype(np.int16)
    return (steps - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
